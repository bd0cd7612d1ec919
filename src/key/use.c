/* use - what the keeper did; see use.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "key/use.h"
#include "policy/version.h"
#include "store/store.h"

static bool
is_counted(const struct use *u)
{
	return u->key != NULL && u->rule != NULL && u->principal != NULL &&
	    (strcmp(u->op, "sign") == 0 || strcmp(u->op, "certify") == 0);
}

/* One number, or @otherwise when there is no row. */
static int
number(struct tx *tx, const char *name, const struct value *p, size_t n,
    uint64_t otherwise, const char *column, uint64_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 row;

	TRY(tx_query(tx, name, p, n, &r, err));
	TRY(rows_next(r, &row, err));
	*ret = row ? (uint64_t)rows_int(r, column) : otherwise;
	return 0;
}

/* The highest entry there is, asked for once in a transaction. */
struct memo_newest {
	bool		 valid;
	uint64_t	 n;
};

static int
newest(struct tx *tx, struct memo_newest **ret, struct err *err)
{
	static const struct memo_kind kind = { .octets = sizeof(**ret) };
	struct memo_newest *m = tx_memo(tx, &kind);

	if (m == NULL)
		return err_set(err, ENOMEMORY, "the newest entry");
	if (!m->valid)
		TRY(number(tx, "use_highest", NO_PARAMS, 0, "n", &m->n, err));
	m->valid = true;
	*ret = m;
	return 0;
}

/*
 * Each row of a rule, key and principal has its ordinal among them by time.
 * Entries come in their order, so nearly always nothing is behind.
 */
static int
count_behind(struct tx *tx, const struct use *u, uint64_t highest,
    struct err *err)
{
	if (u->n > highest || !is_counted(u))
		return 0;
	return tx_run(tx, "use_behind", PARAMS(v_text(u->key), v_text(u->rule),
	    v_text(u->principal), v_int(u->time), v_int((int64_t)u->n)), NULL,
	    err);
}

int
use_insert(struct tx *tx, const struct use *u, struct err *err)
{
	struct memo_newest *m = NULL;
	char normal[VERSION_TEXT];
	int rc;

	TRY(newest(tx, &m, err));
	version_normal(u->version != NULL ? u->version : "", normal);
#define SOME(s)	v_text((s) != NULL ? (s) : "")
	rc = tx_run(tx, "use_put", PARAMS(v_int((int64_t)u->n),
	    v_text(u->hash), v_text(u->op), v_int(u->time),
	    v_int((int64_t)u->seq), SOME(u->request), SOME(u->key),
	    SOME(u->principal), SOME(u->rule), SOME(u->digest),
	    SOME(u->signature), v_text(u->product), v_text(u->track),
	    v_text(u->version), v_int((int64_t)u->ordinal), v_text(normal)),
	    NULL, err);
#undef SOME

	if (rc == -EEXISTS)
		return err_set(err, ECONFLICT, "journal entry %llu has its "
		    "event already", (unsigned long long)u->n);
	TRY(rc);
	TRY(count_behind(tx, u, m->n, err));
	if (u->n > m->n)
		m->n = u->n;
	return 0;
}

int
use_known(struct tx *tx, uint64_t n, bool *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "use_known", PARAMS(v_int((int64_t)n)), &r, err));
	return rows_next(r, ret, err);
}

/* One step on from @at: over a run of entries, a silent one, or a hole. */
static int
advance(struct tx *tx, uint64_t at, uint64_t *ret, struct err *err)
{
	const struct value	 next[] = { v_int((int64_t)at + 1) };
	AUTO(rows)		*r = NULL;
	bool			 known;

	TRY(tx_query(tx, "use_run", next, 1, &r, err));
	TRY(rows_next(r, &known, err));
	if (known) {
		/* The run must begin at the very next one. */
		uint64_t to = (uint64_t)rows_int(r, "n");

		TRY(use_known(tx, at + 1, &known, err));
		if (known) {
			uint64_t silent;

			TRY(number(tx, "use_silent", next, 1, 0, "n", &silent,
			    err));
			*ret = silent != 0 ? at + 1 : to;
			return 0;
		}
	} else {
		TRY(number(tx, "use_silent", next, 1, at, "n", ret, err));
		if (*ret != at)
			return 0;
	}
	return number(tx, "use_hole", next, 1, at, "last", ret, err);
}

int
use_position(struct tx *tx, uint64_t *ret_whole, uint64_t *ret_highest,
    struct err *err)
{
	uint64_t	 at, to, highest;

	TRY(number(tx, "use_mark_get", PARAMS(v_text("journal")), 0, "value",
	    &at, err));
	TRY(number(tx, "use_highest", NO_PARAMS, 0, "n", &highest, err));
	for (;; at = to) {
		TRY(advance(tx, at, &to, err));
		if (to == at)
			break;
	}
	*ret_whole = at;
	*ret_highest = highest > at ? highest : at;
	return 0;
}

int
use_silent(struct tx *tx, uint64_t n, struct err *err)
{
	return tx_run(tx, "use_silent_put", PARAMS(v_int((int64_t)n)), NULL,
	    err);
}

int
use_mark(struct tx *tx, uint64_t whole, struct err *err)
{
	return tx_run(tx, "use_mark_put", PARAMS(v_text("journal"),
	    v_int((int64_t)whole)), NULL, err);
}

int
use_count(struct tx *tx, const char *rule, const char *key,
    const char *principal, time_us since, uint64_t *ret, struct err *err)
{
	return number(tx, "use_count", PARAMS(v_text(rule), v_text(key),
	    v_text(principal), v_int(since)), 0, "n", ret, err);
}

int
use_began(struct tx *tx, const char *rule, const char *key,
    const char *principal, time_us *ret, struct err *err)
{
	uint64_t	 first;

	TRY(number(tx, "use_began", PARAMS(v_text(rule), v_text(key),
	    v_text(principal)), 0, "time", &first, err));
	*ret = (time_us)first;
	return 0;
}

/* The next rule and principal behind those of @s; the last entry has the count. */
static int
sum_next(struct tx *tx, const char *key, struct use_sum *s, bool *ret_there,
    struct err *err)
{
	AUTO(rows)	*r = NULL, *last = NULL;

	TRY(tx_query(tx, "use_sum", PARAMS(v_text(key), v_text(s->rule),
	    v_text(s->principal)), &r, err));
	TRY(rows_next(r, ret_there, err));
	if (!*ret_there)
		return 0;
	TRY(rows_copy(r, "rule", s->rule, sizeof(s->rule), err));
	TRY(rows_copy(r, "principal", s->principal, sizeof(s->principal), err));
	TRY(tx_one(tx, "use_sum_last", PARAMS(v_text(key), v_text(s->rule),
	    v_text(s->principal)), &last, err));
	s->count = (uint64_t)rows_int(last, "nth");
	s->last = rows_int(last, "time");
	return 0;
}

int
use_sums(struct tx *tx, const char *key, unsigned most, use_sum_fn *fn,
    void *ctx, bool *ret_more, struct err *err)
{
	struct use_sum	 s = { .count = 0 };

	for (unsigned n = 0;; n++) {
		TRY(sum_next(tx, key, &s, ret_more, err));
		if (!*ret_more || n == most)
			return 0;
		TRY(fn(ctx, &s, err));
	}
}

int
use_of_request(struct tx *tx, const char *request, uint64_t *ret,
    struct err *err)
{
	return number(tx, "use_of_request", PARAMS(v_text(request)), 0, "n",
	    ret, err);
}

/* Most requests have one use, which is looked at first: a window's are found by
 * the image. */
static int
first_of(struct tx *tx, const char *request, const char *digest,
    struct rows **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "use_first", PARAMS(v_text(request)), &r, err));
	if (digest != NULL && digest[0] != '\0' &&
	    strcmp(digest, rows_text(r, "digest")) != 0)
		return tx_one(tx, "use_first_of", PARAMS(v_text(request),
		    v_text(digest)), ret, err);
	*ret = TAKE(r);
	return 0;
}

int
use_find(struct tx *tx, const char *request, const char *digest,
    json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 time[TIME_TEXT];

	TRY(first_of(tx, request, digest, &r, err));
	clock_text(rows_int(r, "time"), time);
	return json_build(ret, err, "{s:I, s:I, s:s, s:s, s:s, s:s, s:s}",
	    "n", (json_int_t)rows_int(r, "n"),
	    "seq", (json_int_t)rows_int(r, "seq"), "time", time,
	    "key", rows_text(r, "key"), "principal", rows_text(r, "principal"),
	    "digest", rows_text(r, "digest"),
	    "signature", rows_text(r, "signature"));
}

int
use_signed(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, char ret_digest[130],
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 normal[VERSION_TEXT];

	version_normal(version, normal);
	TRY(tx_one(tx, "use_signed", PARAMS(v_text(key), v_text(product),
	    v_text(track), v_text(normal)), &r, err));
	snprintf(ret_digest, 130, "%s", rows_text(r, "digest"));
	return 0;
}
