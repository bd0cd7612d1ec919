/* artifact - what was signed; see artifact.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "product/artifact.h"
#include "store/store.h"

#define LOOKED		5000	/* signatures, for one page */
#define SIGNATURES	100	/* over one artifact that are shown */

/* What nobody named is NULL, or "" for a track. */
static const char *
named(const struct rows *r, const char *column)
{
	const char	*text = rows_text(r, column);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

static int
row_of(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = NULL;

	TRY(json_build(&j, err, "{s:s, s:s*, s:s*, s:s*, s:s, s:s, s:s, s:s,"
	    " s:I}", "digest", rows_text(r, "digest"),
	    "product", named(r, "product"), "version", named(r, "version"),
	    "track", named(r, "track"), "key", rows_text(r, "key"),
	    "key_name", rows_text(r, "key_name"),
	    "request", rows_text(r, "request"),
	    "principal", rows_text(r, "principal"),
	    "event", (json_int_t)rows_int(r, "seq")));
	TRY(json_set_time(j, "time", rows_int(r, "time"), err));
	*ret = TAKE(j);
	return 0;
}

/* ---- one ---- */

static int
signatures_read(struct tx *tx, const char *digest, unsigned most,
    json_t **ret, bool *ret_more, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	json_t		*j;
	bool		 more;

	TRY(tx_query(tx, "artifact_get", PARAMS(v_text(digest),
	    v_int((int64_t)most + 1)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == most)
			break;
		TRY(row_of(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "an artifact");
	}
	*ret = TAKE(list);
	*ret_more = more;
	return 0;
}

int
artifact_get(struct tx *tx, const char *digest, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = NULL;
	const json_t	*first;
	bool		 more;

	TRY(signatures_read(tx, digest, SIGNATURES, &list, &more, err));
	if ((first = json_array_get(list, 0)) == NULL)
		return err_set(err, ENOENT_, "there is no artifact %.64s: "
		    "nobody signed it here", digest);
	return json_build(ret, err, "{s:s, s:O*, s:O*, s:O*, s:O, s:b}",
	    "digest", digest, "product", json_object_get(first, "product"),
	    "version", json_object_get(first, "version"),
	    "track", json_object_get(first, "track"), "signatures", list,
	    "more_signatures", (int)more);
}

int
artifact_find(struct tx *tx, const char *digest, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*list = NULL;
	bool		 more;

	TRY(signatures_read(tx, digest, 1, &list, &more, err));
	*ret = json_incref(json_array_get(list, 0));
	return 0;
}

/* ---- a list ---- */

static int
before_read(const char *cursor, int64_t *ret, struct err *err)
{
	char		*end;

	*ret = INT64_MAX;
	if (cursor == NULL)
		return 0;
	*ret = strtoll(cursor, &end, 10);
	return *end == '\0' && *ret >= 0 ? 0 :
	    err_set(err, EINPUT, "/cursor: not one of this list");
}

/* Without a filter nothing is passed over. */
static unsigned
looks_at(const struct artifact_filter *f, unsigned limit)
{
	if (f->product == NULL && f->version == NULL && f->key == NULL)
		return limit + 1;
	return f->most != 0 ? f->most : LOOKED;
}

static int
page_read(struct tx *tx, const struct artifact_filter *f, int64_t before,
    unsigned limit, json_t *list, bool *ret_more, struct err *err)
{
	AUTO(rows)	*r = NULL;
	json_t		*j;

	TRY(tx_query(tx, "artifact_list", PARAMS(v_int(before),
	    v_int(looks_at(f, limit)),
	    v_text(f->product != NULL ? f->product : ""),
	    v_text(f->version != NULL ? f->version : ""),
	    v_text(f->key != NULL ? f->key : ""), v_int((int64_t)limit + 1)),
	    &r, err));
	for (;;) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			return 0;
		TRY(row_of(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "artifacts");
	}
}

/* Behind the last that is shown, or behind all that was looked at; 0: nothing
 * is left. */
static int
next_find(struct tx *tx, const struct artifact_filter *f, int64_t before,
    unsigned limit, const json_t *list, bool more, int64_t *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	unsigned	 looked = looks_at(f, limit);

	*ret = 0;
	if (more) {
		*ret = json_int(json_array_get(list,
		    json_array_size(list) - 1), "event", 0);
		return 0;
	}
	TRY(tx_one(tx, "artifact_looked", PARAMS(v_int(before),
	    v_int(looked)), &r, err));
	if (rows_int(r, "n") == looked)
		*ret = rows_int(r, "seq");
	return 0;
}

int
artifact_list(struct tx *tx, const struct artifact_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	char		 text[24];
	int64_t		 before, next;
	bool		 more;

	TRY(before_read(cursor, &before, err));
	TRY(page_read(tx, f, before, limit, list, &more, err));
	TRY(next_find(tx, f, before, limit, list, more, &next, err));
	snprintf(text, sizeof(text), "%lld", (long long)next);
	*ret_next = next != 0 ? strdup(text) : NULL;
	if (next != 0 && *ret_next == NULL)
		return err_set(err, ENOMEMORY, "artifacts");
	*ret = TAKE(list);
	return 0;
}
