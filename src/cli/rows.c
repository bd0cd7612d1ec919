/*
 * rows - see rows.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/options.h"
#include "cli/rows_read.h"
#include "cli/table.h"

#define PAGE_OCTETS	((size_t)400 << 10)	/* as a row's line: what fits in a body */
#define TOLD		1000u	/* bad rows that are told one by one */

struct sending {
	struct cli	*cli;
	const struct rows_what *what;
	bool		 check;		/* only look at each, and have the service look */
	json_t		*page;		/* owned */
	size_t		 page_octets;
	uint64_t	 line[ROWS_PAGE];
	uint64_t	 sent;		/* the last line of the pages that went; or 0 */
	json_t		*bad, *waiting, *artifacts;	/* owned */
	int64_t		 bad_n, entered, changed, known, devices;
};

static const struct table_row BAD[] = {
	{ "LINE", "line" }, { "WHY", "why" },
};

/* ---- what a page comes to ---- */

static int
bad_put(struct sending *m, uint64_t line, const char *why, struct err *err)
{
	json_t *one;

	if (m->bad_n++ >= TOLD)
		return 0;
	TRY(json_build(&one, err, "{s:I, s:s}", "line", (json_int_t)line,
	    "why", why));
	return json_array_append_new(m->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "rows");
}

/* The service counts within its page; people count within their file. */
static int
answer_take(struct sending *m, const json_t *result, struct err *err)
{
	const json_t *one;
	size_t i, n;

	m->entered += json_int(result, "entered", 0);
	m->changed += json_int(result, "changed", 0);
	m->known += json_int(result, "known", 0);
	m->devices += json_int(result, "unknown_devices", 0);
	TRY(json_join(m->artifacts, json_object_get(result,
	    "unknown_artifacts"), err));
	json_array_foreach(json_object_get(result, "bad"), i, one) {
		n = (size_t)json_int(one, "row", 0);
		if (n > 0 && n <= json_array_size(m->page))
			TRY(bad_put(m, m->line[n - 1], json_str(one, "why",
			    "?"), err));
	}
	return 0;
}

static int
body_make(const struct sending *m, json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(json_build(&body, err, "{s:O}", m->what->member, m->page));
	TRY(body_str(m->cli, body, "reason", "reason", err));
	/* A look tells each row that is bad, not the first alone. */
	if (!m->check && in_flag(m->cli->in, "all-or-nothing"))
		TRY(json_set_new(body, "all_or_nothing", json_true(), err));
	if (m->check || in_flag(m->cli->in, "dry-run"))
		TRY(json_set_new(body, "dry_run", json_true(), err));
	*ret = TAKE(body);
	return 0;
}

/* Whoever waited for people learns from a second look what did not go in. */
static int
page_ask(struct sending *m, const json_t *body, json_t **ret, struct err *err)
{
	AUTO_JSON *again = NULL;
	int64_t known;

	TRY(ask_once(m->cli, m->what->action, m->what->path, body, ret, err));
	if (json_object_get(*ret, "bad") != NULL)
		return 0;
	TRY(ask_once(m->cli, m->what->action, m->what->path, body, &again,
	    err));
	known = json_int(again, "known", 0) - json_int(*ret, "entered", 0);
	TRY(json_set_int(*ret, "known", known > 0 ? known : 0, err));
	return json_object_update_missing(*ret, again) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "rows");
}

/* One that waits for people does not keep the others back. */
static int
page_send(struct sending *m, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	int rc;

	if (json_array_size(m->page) == 0)
		return 0;
	TRY(body_make(m, &body, err));
	rc = page_ask(m, body, &result, err);
	if (rc == -EQUORUM) {
		if (json_array_append_new(m->waiting, json_string(err->what))
		    != 0)
			return err_set(err, ENOMEMORY, "rows");
		rc = 0;
	}
	TRY(rc);
	TRY(answer_take(m, result, err));
	m->sent = m->line[json_array_size(m->page) - 1];
	m->page_octets = 0;
	return json_array_clear(m->page) == 0 ? 0 : err_set(err, ENOMEMORY,
	    "rows");
}

/* ---- what a file has ---- */

static int
row_add(struct sending *m, uint64_t line, json_t *row, struct err *err)
{
	AUTO(blob) *octets = blob_new();

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "rows");
	TRY(json_canonical(row, octets, err));
	if (json_array_size(m->page) == ROWS_PAGE ||
	    m->page_octets + octets->len > PAGE_OCTETS)
		TRY(page_send(m, err));
	m->line[json_array_size(m->page)] = line;
	m->page_octets += octets->len;
	return json_array_append(m->page, row) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "rows");
}

static int
row_take(struct sending *m, uint64_t line, const json_t *given,
    struct err *why, struct err *err)
{
	AUTO_JSON *row = NULL;
	int rc = given == NULL ? -(int)why->code :
	    m->what->read(m->cli, given, &row, why);

	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "rows");
	if (rc != 0)
		return bad_put(m, line, why->what, err);
	return row_add(m, line, row, err);
}

static int
rows_take(struct sending *m, struct rows_from *from, struct err *err)
{
	struct err why;
	uint64_t line;
	bool more;

	for (;;) {
		AUTO_JSON *row = NULL;

		TRY(rows_from_next(from, m->what, &line, &row, &why, &more,
		    err));
		if (!more)
			return page_send(m, err);
		TRY(row_take(m, line, row, &why, err));
	}
}

static int
file_take(struct sending *m, struct err *err)
{
	struct rows_from from = { .file = NULL };
	int rc = rows_from_open(m->cli, m->what,
	    in_arg(m->cli->in, 0), &from, err);

	if (rc == 0 && m->check)
		rc = rows_twice_check(&from, err);
	if (rc == 0)
		rc = rows_take(m, &from, err);
	rows_from_close(&from);
	return rc;
}

/* ---- all of it ---- */

static int
summary(const struct sending *m, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:I, s:I, s:I, s:O, s:I, s:O, s:I, s:O,"
	    " s:b}", "entered", (json_int_t)m->entered,
	    "changed", (json_int_t)m->changed, "known", (json_int_t)m->known,
	    "bad", m->bad, "bad_total", (json_int_t)m->bad_n,
	    "unknown_artifacts", m->artifacts,
	    "unknown_devices", (json_int_t)m->devices,
	    "waiting", m->waiting,
	    "dry_run", (int)in_flag(m->cli->in, "dry-run"));
}

static void
print(const struct sending *m)
{
	const json_t *one;
	size_t i;

	printf("%lld %s, %lld changed, %lld were there, %zu requests wait, "
	    "%lld are bad\n", (long long)m->entered,
	    in_flag(m->cli->in, "dry-run") ? "would be entered" : "entered",
	    (long long)m->changed, (long long)m->known,
	    json_array_size(m->waiting), (long long)m->bad_n);
	if (m->devices > 0)
		printf("%lld devices were not known\n", (long long)m->devices);
	json_array_foreach(m->artifacts, i, one)
		printf("unknown artifact: %s\n", json_string_value(one));
	if (json_array_size(m->bad) > 0)
		table_list(m->bad, ROWS(BAD));
}

/* The worst of it is what the command ends with. */
static int
verdict(const struct sending *m, struct err *err)
{
	const json_t *first = json_array_get(m->bad, 0);
	struct text_cut why = text_cut(json_str(first, "why", "?"), 100);

	if (first != NULL)
		return err_set(err, EINPUT, "%lld rows are bad, the first on "
		    "line %lld: %s%s", (long long)m->bad_n,
		    (long long)json_int(first, "line", 0), why.at, m->check ?
		    "; nothing was entered" : "");
	first = json_array_get(m->waiting, 0);
	return first == NULL ? 0 : err_set(err, EQUORUM, "run the same line "
	    "again once %s has its approvals", json_string_value(first));
}

/* People see what was done also where something went wrong. */
static int
outcome(const struct sending *m, json_t *all, int rc)
{
	if (!cli_outcome(m->cli, all, rc))
		print(m);
	return rc;
}

static int
report(const struct sending *m, struct err *err)
{
	json_t *all;

	TRY(summary(m, &all, err));
	return outcome(m, all, verdict(m, err));
}

/* The pages before the one that failed are in all the same. */
static int
stopped(const struct sending *m, int rc)
{
	AUTO_JSON *all = NULL;
	struct err why;

	if (m->sent == 0 || summary(m, &all, &why) != 0 || json_set_int(all,
	    "sent_to_line", (int64_t)m->sent, &why) != 0)
		return rc;
	/* Who was denied learns why. */
	if (m->cli->told != NULL && json_object_update_missing(all,
	    m->cli->told) != 0)
		return rc;
	cli_note(m->cli, "up to line %llu all was sent; the same file again "
	    "goes on from there", (unsigned long long)m->sent);
	return outcome(m, TAKE(all), rc);
}

/* What it would come to is not what came of it. */
static int
look_first(struct sending *m, struct err *err)
{
	m->check = true;
	TRY(file_take(m, err));
	m->entered = m->changed = m->known = m->devices = 0;
	(void)json_array_clear(m->artifacts);
	m->sent = 0;
	m->check = m->bad_n > 0;
	return 0;
}

static int
send_all(struct sending *m, struct err *err)
{
	int rc;

	if (m->page == NULL || m->bad == NULL || m->waiting == NULL ||
	    m->artifacts == NULL)
		return err_set(err, ENOMEMORY, "rows");
	if (in_flag(m->cli->in, "all-or-nothing"))
		TRY(look_first(m, err));
	if (!m->check && (rc = file_take(m, err)) != 0)
		return stopped(m, rc);
	return report(m, err);
}

int
rows_send(struct cli *cli, const struct rows_what *what, struct err *err)
{
	struct sending m = { .cli = cli, .what = what, .page = json_array(),
	    .bad = json_array(), .waiting = json_array(),
	    .artifacts = json_array() };
	int rc = send_all(&m, err);

	json_decref(m.page);
	json_decref(m.bad);
	json_decref(m.waiting);
	json_decref(m.artifacts);
	return rc;
}
