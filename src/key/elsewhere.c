/* elsewhere - keys that live elsewhere; see elsewhere.h. */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "key/elsewhere.h"
#include "key/key.h"
#include "store/store.h"

/* ---- reading ---- */

/* What was said, and what is known of that it was said. */
static int
entry_from_row(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = NULL, *more = NULL;
	const char	*text = rows_text(r, "document"),
			*hash = rows_text(r, "hash");
	char		 created[TIME_TEXT], since[TIME_TEXT];

	clock_text(rows_int(r, "created"), created);
	clock_text(rows_int(r, "state_since"), since);
	TRY(json_read(text, strlen(text), &j, err));
	TRY(json_build(&more, err, "{s:b, s:s, s:s, s:s, s:s*, s:s*, s:s, s:s}",
	    "elsewhere", 1, "provenance", "asserted", "state",
	    rows_text(r, "state"), "state_since", since,
	    "hash", hash[0] != '\0' ? hash : NULL,
	    "reason", rows_text(r, "reason"), "request",
	    rows_text(r, "request"), "created", created));
	if (json_object_update(j, more) != 0)
		return err_set(err, ENOMEMORY, "an entry");
	*ret = TAKE(j);
	return 0;
}

int
elsewhere_get(struct tx *tx, const char *name_or_hash, json_t **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "elsewhere_key_get",
	    PARAMS(v_text(name_or_hash)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOKEY, "\"%.70s\"", name_or_hash);
	TRY(rc);
	return entry_from_row(r, ret, err);
}

int
elsewhere_named(struct tx *tx, const char *name, bool *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_key_named", PARAMS(v_text(name)), &r,
	    err));
	return rows_next(r, ret, err);
}

int
elsewhere_list(struct tx *tx, const struct elsewhere_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
#define ANY(s)	v_text((s) != NULL ? (s) : "")
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;
	char		*next = NULL;
	json_t		*j;

	TRY(tx_query(tx, "elsewhere_key_list", PARAMS(ANY(cursor),
	    ANY(f->class), ANY(f->state), ANY(f->environment),
	    ANY(f->product), v_int((int64_t)limit + 1)), &r, err));
#undef ANY
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(entry_from_row(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of keys");
	}
	if (more && (next = strdup(json_str(json_array_get(list,
	    json_array_size(list) - 1), "name", ""))) == NULL)
		return err_set(err, ENOMEMORY, "a list of keys");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}

/* ---- what fits ---- */

/* Hexadecimal SHA-256 of its public key; "" for none. */
static int
hash_of(const json_t *entry, char ret[SHA256_HEX], struct err *err)
{
	const char	*text = json_str(entry, "public_key", NULL);
	AUTO(blob)	*spki = blob_new();
	struct sha256	 h;

	ret[0] = '\0';
	if (text == NULL)
		return 0;
	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(b64_decode(text, spki, err));
	h = sha256_of(spki->data, spki->len);
	sha256_hex(&h, ret);
	return 0;
}

static int
house_has(struct tx *tx, const char *name_or_hash, bool *ret,
    struct err *err)
{
	AUTO(key)	*k = NULL;
	int		 rc = key_get(tx, name_or_hash, &k, err);

	*ret = rc == 0;
	return rc == -ENOKEY ? 0 : rc;
}

static int
name_free(struct tx *tx, const char *name, struct err *err)
{
	bool	 here, there;

	TRY(house_has(tx, name, &here, err));
	TRY(elsewhere_named(tx, name, &there, err));
	return !here && !there ? 0 : err_set(err, EEXISTS,
	    "there is a key named %.64s already", name);
}

static int
public_free(struct tx *tx, const char *name, const char *hash,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 here, there;

	if (hash[0] == '\0')
		return 0;
	TRY(house_has(tx, hash, &here, err));
	if (here)
		return err_set(err, ECONFLICT, "this house has the key with that "
		    "public key, %.16s...: it is in the inventory already",
		    hash);
	TRY(tx_query(tx, "elsewhere_key_twin", PARAMS(v_text(hash),
	    v_text(name)), &r, err));
	TRY(rows_next(r, &there, err));
	return !there ? 0 : err_set(err, ECONFLICT, "%.64s is the entry with "
	    "that public key already", rows_text(r, "name"));
}

int
elsewhere_living(struct tx *tx, const json_t *entry, struct err *err)
{
	const char	*name = json_str(entry, "name", "");
	const char	*replaces = json_str(entry, "replaces", NULL);
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "elsewhere_key_named",
	    PARAMS(v_text(name)), &r, err);

	if (rc == -ENOENT_)
		return err_set(err, ENOKEY, "\"%.70s\" is no key that lives "
		    "elsewhere", name);
	TRY(rc);
	if (strcmp(rows_text(r, "state"), "ended") == 0)
		return err_set(err, ECONFLICT, "the entry %.64s has ended",
		    name);
	if (replaces != NULL && strcmp(replaces, rows_text(r, "request")) != 0)
		return err_set(err, EPRECOND, "the entry %.64s was corrected "
		    "meanwhile, by %.40s: look at it, and ask again", name,
		    rows_text(r, "request"));
	return 0;
}

/* A public key that was not known may be told later; another is another key. */
static int
same_public(struct tx *tx, const char *name, const char *hash,
    struct err *err)
{
	AUTO_JSON	*was = NULL;
	const char	*old;

	TRY(elsewhere_get(tx, name, &was, err));
	old = json_str(was, "hash", hash);
	return strcmp(old, hash) == 0 ? 0 : err_set(err, ECONFLICT,
	    "the public key of %.64s is another: end this entry, and register "
	    "that key", name);
}

int
elsewhere_fits(struct tx *tx, const json_t *entry, bool anew,
    struct err *err)
{
	const char	*name = json_str(entry, "name", "");
	char		 hash[SHA256_HEX];

	TRY(hash_of(entry, hash, err));
	if (anew)
		TRY(name_free(tx, name, err));
	else {
		TRY(elsewhere_living(tx, entry, err));
		TRY(same_public(tx, name, hash, err));
	}
	return public_free(tx, name, hash, err);
}

/* ---- projections ---- */

static int
products_put(struct tx *tx, const char *name, const json_t *entry,
    struct err *err)
{
	const json_t	*p;
	size_t		 i;

	json_array_foreach(json_object_get(entry, "products"), i, p)
		TRY(tx_run(tx, "elsewhere_key_product_put",
		    PARAMS(v_text(json_string_value(p)), v_text(name)), NULL,
		    err));
	return 0;
}

/* Why it was said, and in whose place, belongs to the request, not to the key. */
static int
document_of(const json_t *entry, struct blob *ret, struct err *err)
{
	AUTO_JSON	*said = json_clone_flat(entry);

	if (said == NULL)
		return err_set(err, ENOMEMORY, "an entry");
	(void)json_object_del(said, "reason");
	(void)json_object_del(said, "replaces");
	return json_canonical(said, ret, err);
}

/* Is it said to be where it was not before? */
static int
is_moved(struct tx *tx, const json_t *entry, bool *ret, struct err *err)
{
	AUTO_JSON	*was = NULL;
	int		 rc = elsewhere_get(tx, json_str(entry, "name", ""),
	    &was, err);

	*ret = rc == -ENOKEY || strcmp(json_str(was, "at", ""),
	    json_str(entry, "at", "")) != 0;
	return rc == -ENOKEY ? 0 : rc;
}

int
elsewhere_put(struct tx *tx, const struct elsewhere_said *s, struct err *err)
{
	const char	*name = json_str(s->entry, "name", "");
	AUTO(blob)	*document = blob_new();
	char		 hash[SHA256_HEX];
	bool		 moved;

	if (document == NULL)
		return err_set(err, ENOMEMORY, "an entry");
	TRY(is_moved(tx, s->entry, &moved, err));
	TRY(hash_of(s->entry, hash, err));
	TRY(document_of(s->entry, document, err));
	TRY(tx_run(tx, "elsewhere_key_put", PARAMS(v_text(name), v_text(hash),
	    v_text(json_str(s->entry, "class", "")),
	    v_text(json_str(s->entry, "environment", "")),
	    v_text(blob_str(document)), v_text(s->request), v_int(s->time),
	    v_int((int64_t)s->seq), v_int(moved)), NULL, err));
	return products_put(tx, name, s->entry, err);
}

int
elsewhere_end(struct tx *tx, const struct elsewhere_said *s, struct err *err)
{
	const char	*name = json_str(s->entry, "name", "");

	TRY(elsewhere_living(tx, s->entry, err));
	return tx_run(tx, "elsewhere_key_end", PARAMS(v_text(name),
	    v_int(s->time), v_text(json_str(s->entry, "reason", NULL)),
	    v_text(s->request), v_int((int64_t)s->seq)), NULL, err);
}
