/* people_list - principals and credentials as the API shows them. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "people/people.h"
#include "store/store.h"

static int
array_of(const char *text, json_t **ret, struct err *err)
{
	if (text == NULL || text[0] == '\0')
		return 0;
	return json_read(text, strlen(text), ret, err);
}

static int
principal_json(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*groups = NULL, *owners = NULL;
	char		 since[TIME_TEXT], until[TIME_TEXT];
	const char	*party = rows_text(r, "party");

	TRY(array_of(rows_text(r, "groups"), &groups, err));
	TRY(array_of(rows_text(r, "owners"), &owners, err));
	clock_text(rows_int(r, "since"), since);
	clock_text(rows_int(r, "until"), until);
	return json_build(ret, err, "{s:s, s:s, s:s*, s:O*, s:O*, s:s, s:s*}",
	    "id", rows_text(r, "id"), "kind", rows_text(r, "kind"),
	    "party", party[0] != '\0' ? party : NULL, "owners", owners,
	    "groups", groups, "since", since,
	    "until", rows_null(r, "until") ? NULL : until);
}

int
people_get(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "people_get", PARAMS(v_text(id)), &r, err));
	return principal_json(r, ret, err);
}

static int
credential_json(const struct rows *r, json_t **ret, struct err *err)
{
	char		 created[TIME_TEXT], expires[TIME_TEXT];
	char		 revoked[TIME_TEXT];
	const char	*type = rows_text(r, "type");

	clock_text(rows_int(r, "created"), created);
	clock_text(rows_int(r, "expires"), expires);
	clock_text(rows_int(r, "revoked"), revoked);
	return json_build(ret, err,
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*}",
	    "id", rows_text(r, "id"), "principal", rows_text(r, "principal"),
	    "type", type, "label", rows_text(r, "label"),
	    "created", created, "expires", expires,
	    "revoked", rows_null(r, "revoked") ? NULL : revoked,
	    "reason", rows_text(r, "reason"),
	    "fingerprint", strcmp(type, "tls-client") == 0 ?
	    rows_text(r, "hash") : NULL);
}

int
people_credential(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "people_credential_get", PARAMS(v_text(id)), &r, err));
	return credential_json(r, ret, err);
}

/* A page of rows, each made into JSON; the cursor is the last one's id. */
static int
page(struct rows *r, unsigned limit,
    int (*make)(const struct rows *, json_t **, struct err *),
    json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON	*list = json_array();
	char		*next = NULL;
	bool		 more;

	for (;;) {
		json_t	*j;

		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(make(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list");
	}
	if (more && (next = strdup(json_str(json_array_get(list,
	    json_array_size(list) - 1), "id", ""))) == NULL)
		return err_set(err, ENOMEMORY, "a list");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}

int
people_list(struct tx *tx, const char *cursor, unsigned limit,
    json_t **ret, char **ret_next, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "people_list", PARAMS(
	    v_text(cursor != NULL ? cursor : ""), v_int((int64_t)limit + 1)),
	    &r, err));
	return page(r, limit, principal_json, ret, ret_next, err);
}

int
people_credentials(struct tx *tx, const char *principal, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "people_credential_list", PARAMS(
	    v_text(cursor != NULL ? cursor : ""),
	    v_text(principal != NULL ? principal : ""),
	    v_int((int64_t)limit + 1)), &r, err));
	return page(r, limit, credential_json, ret, ret_next, err);
}

static struct people_end
end_read(const struct rows *r)
{
	return (struct people_end){ rows_text(r, "id"),
		rows_text(r, "principal"), rows_text(r, "type"),
		rows_text(r, "label"), rows_int(r, "created"),
		rows_int(r, "expires") };
}

int
people_key_of(struct tx *tx, const char *print, time_us now,
    people_end_fn *fn, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL;
	struct people_end c;
	bool there;

	TRY(tx_query(tx, "people_key_of", PARAMS(v_text(print), v_int(now)),
	    &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return 0;
	c = end_read(r);
	return fn(ctx, &c, err);
}

int
people_key_each(struct tx *tx, time_us now, people_key_fn *fn, void *ctx,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	bool more;

	TRY(tx_query(tx, "people_keys", PARAMS(v_int(now),
	    v_int(PEOPLE_KEYS)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(fn(ctx, rows_text(r, "hash"), err));
	}
}

int
people_ending(struct tx *tx, time_us from, time_us until, unsigned most,
    people_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	AUTO(rows) *r = NULL;
	time_us last = 0;
	bool more;

	TRY(tx_query(tx, "people_credential_ending", PARAMS(v_int(from),
	    v_int(until), v_int((int64_t)most + 1)), &r, err));
	for (unsigned n = 0;; n++) {
		struct people_end c;

		TRY(rows_next(r, &more, err));
		if (!more || n == most)
			break;
		c = end_read(r);
		last = c.expires;
		TRY(fn(ctx, &c, err));
	}
	*ret_until = more ? last : 0;
	return 0;
}
