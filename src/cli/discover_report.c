/*
 * discover_report - what was found, told to the service a page at a time, and
 * what was told before and is seen no more.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/ask.h"
#include "cli/discover.h"
#include "cli/options.h"
#include "cli/request.h"

#define PATH		"/v1/findings"
#define PAGE		100
#define PAGE_TEXT	((size_t)512 << 10)	/* base64: what fits in a body */

struct report {
	struct cli	*cli;
	struct scan	*scan;
	json_t		*found, *gone;	/* owned: the page */
	size_t		 text;
	json_t		*waiting;	/* owned */
	int64_t		 fresh, told, known, left;	/* new, told before, in the inventory, gone */
	int64_t		 others;	/* not seen, and told by others */
	int64_t		 entries;	/* not seen, and keys of the inventory */
};

static int
body_make(const struct report *r, json_t **ret, struct err *err)
{
	TRY(json_build(ret, err, "{s:O, s:O}", "found", r->found, "gone",
	    r->gone));
	return body_str(r->cli, *ret, "reason", "reason", err);
}

static void
answer_take(struct report *r, const json_t *result)
{
	r->fresh += json_int(result, "new", 0);
	r->told += json_int(result, "told", 0);
	r->known += json_int(result, "known", 0);
	r->left += json_int(result, "gone", 0);
	r->others += json_int(result, "others", 0);
}

/* One that waits for people does not keep the others back. */
static int
page_send(struct report *r, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	int rc;

	if (json_array_size(r->found) + json_array_size(r->gone) == 0)
		return 0;
	TRY(body_make(r, &body, err));
	rc = ask(r->cli, PATH, body, NULL, &result, err);
	if (rc == -EQUORUM) {
		if (json_array_append_new(r->waiting, json_string(err->what))
		    != 0)
			return err_set(err, ENOMEMORY, "findings");
		rc = 0;
	}
	TRY(rc);
	answer_take(r, result);
	r->text = 0;
	(void)json_array_clear(r->found);
	(void)json_array_clear(r->gone);
	return 0;
}

static int
found_add(struct report *r, json_t *one, struct err *err)
{
	size_t n = json_string_length(json_object_get(one, "der"));

	if (json_array_size(r->found) == PAGE || r->text + n > PAGE_TEXT)
		TRY(page_send(r, err));
	r->text += n;
	return json_array_append(r->found, one) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "findings");
}

/* ---- what was told before ---- */

static int
gone_add(struct report *r, const json_t *told, struct err *err)
{
	const char *id = json_str(told, "id", "");
	const char *state = json_str(told, "state", "");

	if (json_object_get(r->scan->found, id) != NULL ||
	    strcmp(state, "absent") == 0 || scan_left(r->scan,
	    json_str(told, "place", "")))
		return 0;
	r->entries += strcmp(state, "taken") == 0 &&
	    strcmp(json_str(told, "kind", ""), "token-key") == 0;
	if (json_array_size(r->gone) == PAGE)
		TRY(page_send(r, err));
	return json_array_append_new(r->gone, json_string(id)) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "findings");
}

static int
told_page(struct cli *cli, const char *place, const char *cursor,
    json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, PATH "?limit=1000"));
	rc = path_add(&path, "under", place, err);
	if (rc == 0)
		rc = path_add(&path, "cursor", cursor, err);
	if (rc == 0)
		rc = cli_get(cli, ret, err, path);
	free(path);
	return rc;
}

/* Read whole before anything is told: telling changes the list. */
static int
told_read(struct report *r, const char *place, json_t *all, struct err *err)
{
	AUTO_JSON *page = NULL;

	do {
		json_t *next = NULL;

		TRY(told_page(r->cli, place, json_str(page, "next", NULL),
		    &next, err));
		json_decref(page);
		page = next;
		if (json_array_extend(all, json_object_get(page, "findings"))
		    != 0)
			return err_set(err, ENOMEMORY, "findings");
	} while (json_object_get(page, "next") != NULL);
	return 0;
}

static int
gone_find(struct report *r, struct err *err)
{
	AUTO_JSON *all = json_array(), *places = NULL;
	const json_t *one;
	size_t i;

	TRY(scan_places(r->scan, &places, err));
	json_array_foreach(places, i, one)
		TRY(told_read(r, json_string_value(one), all, err));
	TRY(scan_missing(r->cli, r->scan, all, err));
	json_array_foreach(all, i, one)
		TRY(gone_add(r, one, err));
	return 0;
}

/* ---- all of it ---- */

static int
summary(const struct report *r, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O, "
	    "s:O}",
	    "looked_at", (json_int_t)r->scan->things, "new",
	    (json_int_t)r->fresh, "told", (json_int_t)r->told, "known",
	    (json_int_t)r->known, "gone", (json_int_t)r->left, "others",
	    (json_int_t)r->others, "missing", (json_int_t)r->scan->missing,
	    "passed", r->scan->passed, "waiting", r->waiting);
}

static void
print(const struct report *r)
{
	printf("%lld looked at: %lld new, %lld told before, %lld in the "
	    "inventory, %lld gone, %zu requests wait\n",
	    (long long)r->scan->things, (long long)r->fresh,
	    (long long)r->told, (long long)r->known, (long long)r->left,
	    json_array_size(r->waiting));
	if (r->others > 0)
		printf("not seen: %lld were told by others and stay\n",
		    (long long)r->others);
	if (r->scan->missing > 0)
		printf("not seen: %lld that the inventory says are in the "
		    "token\n", (long long)r->scan->missing);
	if ((r->entries > 0 && r->left > 0) || r->scan->missing > 0)
		cli_note(r->cli, "claviger discover list --state absent names "
		    "keys of the inventory that are not in their token.");
	if (r->fresh > 0)
		cli_note(r->cli, "claviger discover list shows what is not in "
		    "the inventory.");
}

static int
verdict(const struct report *r, struct err *err)
{
	return json_array_size(r->waiting) == 0 ? scan_verdict(r->scan, err) :
	    err_set(err, EQUORUM, "%s has not its approvals yet",
	    json_string_value(json_array_get(r->waiting, 0)));
}

static int
report_all(struct report *r, struct err *err)
{
	json_t *one, *all;
	const char *id;
	int rc;

	if (r->found == NULL || r->gone == NULL || r->waiting == NULL)
		return err_set(err, ENOMEMORY, "findings");
	TRY(gone_find(r, err));
	json_object_foreach(r->scan->found, id, one)
		TRY(found_add(r, one, err));
	TRY(page_send(r, err));
	TRY(summary(r, &all, err));
	rc = verdict(r, err);
	if (!cli_outcome(r->cli, all, rc))
		print(r);
	return rc;
}

int
scan_report(struct cli *cli, struct scan *s, struct err *err)
{
	struct report r = { .cli = cli, .scan = s, .found = json_array(),
	    .gone = json_array(), .waiting = json_array() };
	int rc = report_all(&r, err);

	json_decref(r.found);
	json_decref(r.gone);
	json_decref(r.waiting);
	return rc;
}
