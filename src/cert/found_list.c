/* found_list - findings as they are shown, one and by pages; see found.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "cert/found.h"
#include "cert/inside.h"

#define PAGE	500

/* ---- reading ---- */

static int
from_row(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON *j = NULL, *more = NULL;
	const char *text = rows_text(r, "document");
	char since[TIME_TEXT], created[TIME_TEXT];

	clock_text(rows_int(r, "state_since"), since);
	clock_text(rows_int(r, "created"), created);
	TRY(json_read(text, strlen(text), &j, err));
	TRY(json_build(&more, err, "{s:s, s:s, s:s, s:s*, s:s*, s:s, s:s, s:s, "
	    "s:s}", "id", rows_text(r, "id"), "state", rows_text(r, "state"),
	    "state_since", since, "reason", rows_text(r, "reason"), "subject",
	    rows_text(r, "subject"), "told_by", rows_text(r, "teller"),
	    "request", rows_text(r, "request"),
	    "created", created, "provenance", "asserted"));
	if (rows_int(r, "not_after") != 0)
		TRY(json_set_time(more, "not_after", rows_int(r, "not_after"),
		    err));
	if (json_object_update(j, more) != 0)
		return err_set(err, ENOMEMORY, "a finding");
	*ret = TAKE(j);
	return 0;
}

/* In the inventory since: then it is no finding any more, but for a private key,
 * whose owner will want to know of it. */
static int
known_put(struct tx *tx, json_t *j, struct err *err)
{
	bool is;

	TRY(found_owner_put(tx, j, err));
	TRY(found_absent_put(tx, j, err));
	if (strcmp(json_str(j, "state", ""), "open") != 0)
		return 0;
	if (json_object_get(j, "entry") != NULL)
		TRY(found_entry_is(tx, json_str(j, "entry", ""), &is, err));
	else
		TRY(found_taken(tx, json_str(j, "kind", ""), json_str(j,
		    "fingerprint", ""), &is, err));
	return is ? json_set_str(j, "state", "taken", err) : 0;
}

static int
pem_set(const struct rows *r, json_t *j, struct err *err)
{
	AUTO(blob) *pem = blob_new();
	const void *der;
	size_t n = 0;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a finding");
	der = rows_blob(r, "der", &n);
	if (der == NULL || n == 0)
		return 0;
	TRY(pem_put(span_of(der, n), pem, err));
	return json_set_str(j, "certificate", blob_str(pem), err);
}

int
found_get(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *j = NULL;
	int rc = tx_one(tx, "finding_get", PARAMS(v_text(id)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no finding %.64s", id);
	TRY(rc);
	TRY(from_row(r, &j, err));
	TRY(pem_set(r, j, err));
	TRY(known_put(tx, j, err));
	*ret = TAKE(j);
	return 0;
}

/* ---- lists ---- */

/* The last that was told: its id is the cursor. */
struct behind {
	char		 id[SHA256_HEX];
	char		*place;		/* owned */
};

static int
behind_set(const char *id, const char *place, struct behind *ret,
    struct err *err)
{
	char *copy = strdup(place);

	if (copy == NULL)
		return err_set(err, ENOMEMORY, "findings");
	(void)snprintf(ret->id, sizeof(ret->id), "%s", id);
	free(ret->place);
	ret->place = copy;
	return 0;
}

static int
behind_read(struct tx *tx, const char *cursor, struct behind *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	int rc;

	if (cursor == NULL)
		return behind_set("", "", ret, err);
	rc = tx_one(tx, "finding_get", PARAMS(v_text(cursor)), &r, err);
	if (rc == -ENOENT_)
		return err_set(err, EINPUT, "/cursor: not one of this list");
	TRY(rc);
	return behind_set(cursor, rows_text(r, "place"), ret, err);
}

/* Those that are open in the table may be taken by now; of those that are gone
 * there is a query for the ones that are absent. */
static int
stored_state(const char *state, const char **ret, struct err *err)
{
	static const char *const states[] = { "open", "taken", "dismissed",
		"gone", "absent" };

	*ret = state == NULL ? "" : strcmp(state, "taken") == 0 ? "open" :
	    state;
	for (size_t i = 0; state != NULL && i < NELEM(states); i++)
		if (strcmp(states[i], state) == 0)
			return 0;
	return state == NULL ? 0 : err_set(err, EINPUT, "/state: a finding is "
	    "open, taken, dismissed, absent or gone");
}

/* A / at its end says nothing: what is below is behind it in any case. */
static void
under_plain(const char *place, char ret[FOUND_PLACE + 2])
{
	size_t n = (size_t)snprintf(ret, FOUND_PLACE + 2, "%s", place != NULL ?
	    place : "");

	if (n > FOUND_PLACE + 1)
		n = FOUND_PLACE + 1;
	while (n > 1 && ret[n - 1] == '/')
		ret[--n] = '\0';
}

static int
page_query(struct tx *tx, const struct found_filter *f, const char *state,
    const struct behind *b, struct rows **ret, struct err *err)
{
	char plain[FOUND_PLACE + 2];
	struct value place = v_text(b->place), id = v_text(b->id),
	    kind = v_some(f->kind), under;

	if (f->key != NULL)
		return tx_query(tx, "finding_copies", PARAMS(place, id,
		    v_text(f->key), v_int(PAGE)), ret, err);
	under_plain(f->under, plain);
	under = v_text(plain);
	if (strcmp(state, "absent") == 0)
		return tx_query(tx, "finding_absent", PARAMS(place, id, kind,
		    under, v_int(PAGE)), ret, err);
	if (f->held)
		return tx_query(tx, "finding_held", PARAMS(place, id,
		    v_int(PAGE)), ret, err);
	if (strcmp(state, "open") == 0)
		return tx_query(tx, "finding_open", PARAMS(place, id, kind,
		    under, v_int(PAGE)), ret, err);
	return tx_query(tx, "finding_list", PARAMS(place, id, v_text(state),
	    kind, under, v_int(PAGE)), ret, err);
}

/* Read whole, since each asks the tables once more. */
static int
rows_all(struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	json_t *j;
	bool more;

	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(from_row(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	*ret = TAKE(list);
	return 0;
}

static int
rows_page(struct tx *tx, const struct found_filter *f, const char *state,
    const struct behind *b, json_t **ret, struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(page_query(tx, f, state, b, &r, err));
	return rows_all(r, ret, err);
}

int
found_of_key(struct tx *tx, const char *print, unsigned limit, json_t *list,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *all = NULL;
	json_t *one;
	size_t i;

	TRY(tx_query(tx, "finding_of_key", PARAMS(v_text(print), v_int(limit)),
	    &r, err));
	TRY(rows_all(r, &all, err));
	json_array_foreach(all, i, one) {
		TRY(known_put(tx, one, err));
		if (json_array_append(list, one) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	return 0;
}

/* Is it of this state by now?  NULL: any but gone. */
static bool
is_asked(const json_t *j, const char *state)
{
	const char *is = json_str(j, "state", "");

	return state != NULL ? strcmp(is, state) == 0 : strcmp(is, "gone") !=
	    0;
}

/* Those of this state, as it is by now; full: there is one more. */
static int
page_take(struct tx *tx, const json_t *page, const char *state,
    unsigned limit, json_t *list, bool *ret_full, struct err *err)
{
	json_t *j;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)page, i, j) {
		TRY(known_put(tx, j, err));
		if (!is_asked(j, state))
			continue;
		if ((*ret_full = json_array_size(list) == limit))
			return 0;
		if (json_array_append(list, j) != 0)
			return err_set(err, ENOMEMORY, "findings");
	}
	return 0;
}

static int
walk(struct tx *tx, const struct found_filter *f, const char *state,
    struct behind *b, unsigned limit, json_t *list, bool *ret_full,
    struct err *err)
{
	size_t n;

	do {
		AUTO_JSON *page = NULL;
		const json_t *last;

		TRY(rows_page(tx, f, state, b, &page, err));
		n = json_array_size(page);
		TRY(page_take(tx, page, f->state, limit, list, ret_full, err));
		last = json_array_get(page, n > 0 ? n - 1 : 0);
		TRY(behind_set(json_str(last, "id", ""), json_str(last,
		    "place", ""), b, err));
	} while (!*ret_full && n == PAGE);
	return 0;
}

static int
next_make(const json_t *list, char **ret, struct err *err)
{
	*ret = strdup(json_str(json_array_get(list, json_array_size(list) - 1),
	    "id", ""));
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "findings");
}

int
found_list(struct tx *tx, const struct found_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON *list = json_array();
	struct behind b = { .place = NULL };
	const char *state;
	bool full = false;
	int rc;

	TRY(stored_state(f->state, &state, err));
	rc = behind_read(tx, cursor, &b, err);
	if (rc == 0)
		rc = walk(tx, f, state, &b, limit, list, &full, err);
	free(b.place);
	TRY(rc);
	*ret_next = NULL;
	if (full)
		TRY(next_make(list, ret_next, err));
	*ret = TAKE(list);
	return 0;
}

int
found_copies_count(struct tx *tx, const char *key, int64_t *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(tx_one(tx, "finding_copies_count", PARAMS(v_text(key)), &r, err));
	*ret = rows_int(r, "n");
	return 0;
}
