/* key - the inventory; see key.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "key/key.h"
#include "store/store.h"

struct key *
key_ref(struct key *k)
{
	__atomic_add_fetch(&k->refs, 1, __ATOMIC_RELAXED);
	return k;
}

void
key_free(struct key *k)
{
	if (k == NULL || __atomic_sub_fetch(&k->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	free(k->exportable);
	free(k->uri);
	free(k->spki);
	free(k->kcv);
	json_decref(k->products);
	free(k);
}

static int
column_dup(const struct rows *r, const char *name, char **ret, struct err *err)
{
	const char	*s = rows_text(r, name);

	if (s != NULL && (*ret = strdup(s)) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	return 0;
}

static int
key_texts(const struct rows *r, struct key *k, struct err *err)
{
	TRY(rows_copy(r, "hash", k->hash, sizeof(k->hash), err));
	TRY(rows_copy(r, "name", k->name, sizeof(k->name), err));
	TRY(rows_copy(r, "class", k->class, sizeof(k->class), err));
	TRY(rows_copy(r, "kind", k->kind, sizeof(k->kind), err));
	TRY(rows_copy(r, "environment", k->environment, sizeof(k->environment),
	    err));
	TRY(rows_copy(r, "algorithm", k->algorithm, sizeof(k->algorithm), err));
	TRY(rows_copy(r, "scheme", k->scheme, sizeof(k->scheme), err));
	TRY(rows_copy(r, "owner", k->owner, sizeof(k->owner), err));
	TRY(rows_copy(r, "recovery", k->recovery, sizeof(k->recovery), err));
	TRY(rows_copy(r, "request", k->request, sizeof(k->request), err));
	TRY(column_dup(r, "exportable", &k->exportable, err));
	TRY(column_dup(r, "uri", &k->uri, err));
	return column_dup(r, "kcv", &k->kcv, err);
}

static int
key_rest(const struct rows *r, struct key *k, struct err *err)
{
	size_t		 n;
	const void	*spki = rows_blob(r, "spki", &n);
	const char	*products = rows_text(r, "products");

	if (n > 0) {
		if ((k->spki = malloc(n)) == NULL)
			return err_set(err, ENOMEMORY, "a key");
		memcpy(k->spki, spki, n);
		k->spki_octets = n;
	}
	TRY(json_read(products, strlen(products), &k->products, err));
	k->exclusive = rows_int(r, "exclusive") != 0;
	k->created = rows_int(r, "created");
	k->state_since = rows_int(r, "state_since");
	k->compromised_since = rows_int(r, "compromised_since");
	return key_state_from_name(rows_text(r, "state"), &k->state, err);
}

static int
key_from_row(const struct rows *r, struct key **ret, struct err *err)
{
	AUTO(key)	*k = calloc(1, sizeof(*k));

	if (k == NULL)
		return err_set(err, ENOMEMORY, "a key");
	k->refs = 1;
	TRY(key_texts(r, k, err));
	TRY(key_rest(r, k, err));
	*ret = TAKE(k);
	return 0;
}

int
key_get(struct tx *tx, const char *name_or_hash, struct key **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "key_get",
	    PARAMS(v_text(name_or_hash)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOKEY, "\"%.70s\"", name_or_hash);
	TRY(rc);
	return key_from_row(r, ret, err);
}

int
key_living(struct tx *tx, const char *class, char ret[KEY_NAME],
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	ret[0] = '\0';
	TRY(tx_query(tx, "key_living", PARAMS(v_text(class)), &r, err));
	TRY(rows_next(r, &there, err));
	return there ? rows_copy(r, "name", ret, KEY_NAME, err) : 0;
}

int
key_list(struct tx *tx, const struct key_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
#define ANY(s)	v_text((s) != NULL ? (s) : "")
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;
	char		*next = NULL;
	char		 last[KEY_NAME] = "";

	TRY(tx_query(tx, "key_list", PARAMS(ANY(cursor), ANY(f->class),
	    ANY(f->state), ANY(f->environment), ANY(f->product),
	    v_int((int64_t)limit + 1)), &r, err));
#undef ANY
	for (;;) {
		AUTO(key)	*k = NULL;
		json_t		*j;

		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(key_from_row(r, &k, err));
		TRY(key_json(k, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of keys");
		memcpy(last, k->name, sizeof(last));
	}
	if (more && (next = strdup(last)) == NULL)
		return err_set(err, ENOMEMORY, "a list of keys");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}

#define WALK	1000	/* keys read at once */

/* One stretch behind @last, which follows; @ret_n: how long it was. */
static int
key_stretch(struct tx *tx, const char *product, char last[KEY_NAME],
    key_fn *fn, void *ctx, unsigned *ret_n, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 more;

	if (product == NULL)
		TRY(tx_query(tx, "key_all", PARAMS(v_text(last), v_int(WALK)),
		    &r, err));
	else
		TRY(tx_query(tx, "key_of_product", PARAMS(v_text(last),
		    v_int(WALK), v_text(product)), &r, err));
	for (*ret_n = 0;; (*ret_n)++) {
		AUTO(key)	*k = NULL;

		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(key_from_row(r, &k, err));
		TRY(fn(ctx, k, err));
		memcpy(last, k->name, KEY_NAME);
	}
}

int
key_each(struct tx *tx, const char *product, key_fn *fn, void *ctx,
    struct err *err)
{
	char	 last[KEY_NAME] = "";
	unsigned n;

	do
		TRY(key_stretch(tx, product, last, fn, ctx, &n, err));
	while (n == WALK);
	return 0;
}

int
key_activated(struct tx *tx, const char *hash, time_us *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 row;

	TRY(tx_query(tx, "key_activated", PARAMS(v_text(hash)), &r, err));
	TRY(rows_next(r, &row, err));
	*ret = row ? rows_int(r, "time") : 0;
	return 0;
}

int
key_history(struct tx *tx, const char *hash, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "key_state_list", PARAMS(v_text(hash)), &r, err));
	for (;;) {
		json_t	*j;
		char	 time[TIME_TEXT], since[TIME_TEXT];

		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		clock_text(rows_int(r, "time"), time);
		clock_text(rows_int(r, "since"), since);
		TRY(json_build(&j, err, "{s:s, s:s, s:s*, s:s*, s:s, s:s, s:I}",
		    "state", rows_text(r, "state"), "time", time,
		    "since", rows_int(r, "since") != 0 ? since : NULL,
		    "reason", rows_text(r, "reason"),
		    "request", rows_text(r, "request"),
		    "actor", rows_text(r, "actor"),
		    "seq", (json_int_t)rows_int(r, "seq")));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a key's history");
	}
	*ret = TAKE(list);
	return 0;
}
