/* product - the highest version on each track; see product.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "policy/version.h"
#include "product/product.h"
#include "store/store.h"

int
product_highest(struct tx *tx, const char *product, const char *track,
    char ret_version[PRODUCT_VERSION], char ret_digest[130], struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 row;

	TRY(tx_query(tx, "product_highest", PARAMS(v_text(product),
	    v_text(track)), &r, err));
	TRY(rows_next(r, &row, err));
	ret_version[0] = ret_digest[0] = '\0';
	if (!row)
		return 0;
	TRY(rows_copy(r, "version", ret_version, PRODUCT_VERSION, err));
	return rows_copy(r, "digest", ret_digest, 130, err);
}

int
product_is_known(struct tx *tx, const char *product, bool *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "product_known", PARAMS(v_text(product)), &r, err));
	return rows_next(r, ret, err);
}

int
product_names(struct tx *tx, json_t **ret, struct err *err)
{
	AUTO_JSON	*all = NULL;
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(json_build(&all, err, "{}"));
	TRY(tx_query(tx, "product_names", NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(json_set_new(all, rows_text(r, "product"), json_true(),
		    err));
	}
	*ret = TAKE(all);
	return 0;
}

static int
next_name(struct tx *tx, const char *behind, json_t *all, const char **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	const char	*name;
	bool		 there;

	TRY(tx_query(tx, "product_next", PARAMS(v_text(behind)), &r, err));
	TRY(rows_next(r, &there, err));
	*ret = NULL;
	if (!there)
		return 0;
	name = rows_text(r, "product");
	TRY(json_set_new(all, name, json_true(), err));
	/* The object's own text: the row's ends here. */
	*ret = json_object_iter_key(json_object_iter_at(all, name));
	return 0;
}

int
product_all(struct tx *tx, const char *behind, unsigned most, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*all = NULL;
	const char	*at = behind;

	TRY(json_build(&all, err, "{}"));
	while (at != NULL && json_object_size(all) < most)
		TRY(next_name(tx, at, all, &at, err));
	*ret = TAKE(all);
	return 0;
}

int
product_counts(struct tx *tx, const char *product, json_t **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "product_counts", PARAMS(v_text(product),
	    v_int(PRODUCT_COUNTED)), &r, err));
	return json_build(ret, err, "{s:I, s:I, s:I, s:I, s:I}", "keys",
	    (json_int_t)rows_int(r, "keys"), "elsewhere",
	    (json_int_t)rows_int(r, "elsewhere"), "tracks",
	    (json_int_t)rows_int(r, "tracks"), "others",
	    (json_int_t)rows_int(r, "others"), "devices",
	    (json_int_t)rows_int(r, "devices"));
}

int
product_raise(struct tx *tx, const struct product_version *v, struct err *err)
{
	char	 version[PRODUCT_VERSION], digest[130];
	int	 order = 1;

	TRY(product_highest(tx, v->product, v->track, version, digest, err));
	if (version[0] != '\0' &&
	    version_compare(v->version, version, &order, NULL) != 0)
		return 0;	/* not comparable: the rule did not ask for it */
	if (order <= 0 || version_check(v->version, NULL) != 0)
		return 0;
	return tx_run(tx, "product_put", PARAMS(v_text(v->product),
	    v_text(v->track), v_text(v->version), v_text(v->digest),
	    v_text(v->request), v_int(v->time), v_int((int64_t)v->seq)), NULL,
	    err);
}

static int
product_json(const struct rows *r, json_t **ret, struct err *err)
{
	char	 time[TIME_TEXT];

	clock_text(rows_int(r, "time"), time);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:s}",
	    "product", rows_text(r, "product"), "track", rows_text(r, "track"),
	    "version", rows_text(r, "version"),
	    "digest", rows_text(r, "digest"),
	    "request", rows_text(r, "request"), "time", time);
}

/* A cursor is "product/track": neither name can hold a slash. */
static char *
cursor_of(const json_t *last)
{
	const char	*p = json_str(last, "product", "");
	const char	*t = json_str(last, "track", "");
	size_t		 n = strlen(p) + strlen(t) + 2;
	char		*s = malloc(n);

	if (s != NULL)
		snprintf(s, n, "%s/%s", p, t);
	return s;
}

int
product_list(struct tx *tx, const char *cursor, unsigned limit,
    json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	char		 from[PRODUCT_VERSION] = "", *slash = from, *next = NULL;
	bool		 more;

	if (cursor != NULL)
		snprintf(from, sizeof(from), "%s", cursor);
	if ((slash = strchr(from, '/')) != NULL)
		*slash++ = '\0';
	TRY(tx_query(tx, "product_list", PARAMS(v_text(from),
	    v_text(slash != NULL ? slash : ""), v_int((int64_t)limit + 1)), &r,
	    err));
	for (;;) {
		json_t	*j;

		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(product_json(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of versions");
	}
	if (more && (next = cursor_of(json_array_get(list,
	    json_array_size(list) - 1))) == NULL)
		return err_set(err, ENOMEMORY, "a list of versions");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}
