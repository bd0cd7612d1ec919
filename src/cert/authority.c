/* authority - certificate authorities and their chains; see cert.h. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "ca/name.h"
#include "ca/tbs.h"
#include "cert/inside.h"

void
cert_ca_free(struct cert_ca *c)
{
	if (c == NULL)
		return;
	free(c->subject);
	free(c->reason);
	blob_done(&c->der);
	json_decref(c->urls);
	free(c);
}

static int
dup_text(const struct rows *r, const char *name, char **ret, struct err *err)
{
	const char	*s = rows_text(r, name);

	if (s != NULL && (*ret = strdup(s)) == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	return 0;
}

#define TEXT(member) \
	TRY(column_text(r, #member, c->member, sizeof(c->member), err))

/* All in the order of the table's columns: each is found at once (rows.c). */
static int
ca_names(const struct rows *r, struct cert_ca *c, struct err *err)
{
	TEXT(name);
	TEXT(key);
	TEXT(key_name);
	TEXT(issuer);
	TEXT(profile);
	c->active = strcmp(rows_text(r, "state"), "active") == 0;
	return dup_text(r, "subject", &c->subject, err);
}

static int
ca_certificate(const struct rows *r, struct cert_ca *c, struct err *err)
{
	const char	*urls;
	const void	*der;
	size_t		 n;

	TRY(column_number(r, "serial", &c->serial, err));
	TRY(rows_hash(r, "fingerprint", &c->fingerprint, err));
	der = rows_blob(r, "der", &n);
	TRY(blob_put(&c->der, der, n, err));
	c->not_before = rows_int(r, "not_before");
	c->not_after = rows_int(r, "not_after");
	urls = rows_text(r, "urls");
	return json_read(urls, strlen(urls), &c->urls, err);
}

static int
ca_life(const struct rows *r, struct cert_ca *c, struct err *err)
{
	c->partitions = (unsigned)rows_int(r, "partitions");
	TEXT(responder);
	c->imported = rows_int(r, "imported") != 0;
	TEXT(request);
	c->created = rows_int(r, "created");
	c->retired = rows_int(r, "retired");
	TRY(dup_text(r, "reason", &c->reason, err));
	c->seq = (uint64_t)rows_int(r, "seq");
	TEXT(succeeds);
	if (!rows_null(r, "crl_floor"))
		TRY(column_number(r, "crl_floor", &c->floor, err));
	return 0;
}
#undef TEXT

int
ca_from_row(const struct rows *r, struct cert_ca **ret, struct err *err)
{
	AUTO(cert_ca)	*c = calloc(1, sizeof(*c));

	if (c == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(ca_names(r, c, err));
	TRY(ca_certificate(r, c, err));
	TRY(ca_life(r, c, err));
	*ret = TAKE(c);
	return 0;
}

int
cert_ca_get(struct tx *tx, const char *name, struct cert_ca **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_ca_get", PARAMS(v_text(name)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return err_set(err, ENOENT_, "there is no certificate authority "
		    "\"%.64s\"; GET /v1/cas lists them", name);
	return ca_from_row(r, ret, err);
}

int
cert_ca_changed(struct tx *tx, uint64_t *ret, struct err *err)
{
	static const char *const kinds[] = { "created", "imported", "retired",
	    "revoked", "held", "released" };
	AUTO(rows)	*r = NULL;
	uint64_t	 last = 0, seq;

	TRY(tx_one(tx, "cert_ca_changed", NO_PARAMS, &r, err));
	for (size_t i = 0; i < NELEM(kinds); i++) {
		seq = (uint64_t)rows_int(r, kinds[i]);
		if (seq > last)
			last = seq;
	}
	*ret = last;
	return 0;
}

int
cert_ca_number(const struct cert_ca *c, uint64_t n, struct number *ret,
    struct err *err)
{
	return number_add(&c->floor, n, ret, err);
}

int
cert_ca_count(const struct cert_ca *c, const struct number *number,
    uint64_t *ret, struct err *err)
{
	uint64_t	 n;

	if (!number_above(number, &c->floor, &n) || n == 0 || n >= CRL_ROOM)
		return err_set(err, ERANGE_, "a CRL number not above what %s "
		    "came with, or 2^56 above it", c->name);
	*ret = n;
	return 0;
}

static int
set_whole(const struct cert_ca *c, json_t *o, struct err *err)
{
	AUTO(blob)	*pem = blob_new();
	char		 floor[NUMBER_DECIMAL];

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(json_set_hash(o, "fingerprint", &c->fingerprint, err));
	if (c->floor.n > 0) {
		number_decimal(&c->floor, floor);
		TRY(json_set_str(o, "crl_number", floor, err));
	}
	TRY(json_set_time(o, "not_before", c->not_before, err));
	TRY(json_set_time(o, "not_after", c->not_after, err));
	TRY(json_set_time(o, "created", c->created, err));
	if (c->retired != 0)
		TRY(json_set_time(o, "retired", c->retired, err));
	TRY(pem_put(span_blob(&c->der), pem, err));
	return json_set_str(o, "certificate", blob_str(pem), err);
}

int
cert_ca_json(const struct cert_ca *c, json_t **ret, struct err *err)
{
	AUTO_JSON	*o = NULL;
	char		 serial[NUMBER_HEX];

#define SOME(s)	((s)[0] != '\0' ? (s) : NULL)
	number_hex(&c->serial, serial);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s,"
	    " s:s, s:O, s:I, s:b, s:s*, s:s*, s:s*}",
	    "name", c->name, "state", c->active ? "active" : "retired",
	    "key", c->key, "key_name", c->key_name,
	    "issuer", SOME(c->issuer), "profile", SOME(c->profile),
	    "responder", SOME(c->responder), "subject", c->subject,
	    "serial", serial, "urls", c->urls,
	    "partitions", (json_int_t)c->partitions,
	    "imported", (int)c->imported, "reason", c->reason,
	    "request", SOME(c->request), "succeeds", SOME(c->succeeds)));
#undef SOME
	TRY(set_whole(c, o, err));
	*ret = TAKE(o);
	return 0;
}

static int
list_rows(struct rows *r, unsigned limit, json_t *list, bool *ret_more,
    struct err *err)
{
	for (;;) {
		AUTO(cert_ca)	*c = NULL;
		json_t		*j;

		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || json_array_size(list) == limit)
			return 0;
		TRY(ca_from_row(r, &c, err));
		TRY(cert_ca_json(c, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list of authorities");
	}
}

int
cert_ca_list(struct tx *tx, const char *state, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	char		*next = NULL;
	bool		 more;

	TRY(tx_query(tx, "cert_ca_list", PARAMS(v_some(cursor), v_some(state),
	    v_int((int64_t)limit + 1)), &r, err));
	TRY(list_rows(r, limit, list, &more, err));
	if (more && (next = strdup(json_str(json_array_get(list, limit - 1),
	    "name", ""))) == NULL)
		return err_set(err, ENOMEMORY, "a list of authorities");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}

int
cert_ca_names(struct tx *tx, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "cert_ca_names", NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		if (json_array_append_new(list, json_string(rows_text(r,
		    "name"))) != 0)
			return err_set(err, ENOMEMORY, "a list of authorities");
	}
	*ret = TAKE(list);
	return 0;
}

int
cert_chain(struct tx *tx, const char *ca, struct blob *ret, struct err *err)
{
	char	 at[CERT_NAME];

	if (strlen(ca) >= sizeof(at))
		return err_set(err, ENOENT_, "there is no such authority");
	memcpy(at, ca, strlen(ca) + 1);
	for (unsigned i = 0; i < CERT_CHAIN && at[0] != '\0'; i++) {
		AUTO(cert_ca)	*c = NULL;

		TRY(cert_ca_get(tx, at, &c, err));
		TRY(pem_put(span_blob(&c->der), ret, err));
		memcpy(at, c->issuer, sizeof(at));
	}
	return 0;
}

/* ---- projections ---- */

int
cert_ca_retire(struct tx *tx, const char *name, const char *reason,
    time_us time, struct err *err)
{
	AUTO(cert_ca)	*c = NULL;
	int64_t		 changed;

	TRY(cert_ca_get(tx, name, &c, err));
	TRY(tx_run(tx, "cert_ca_retire", PARAMS(v_text(name), v_int(time),
	    v_text(reason)), &changed, err));
	if (changed == 0)
		return err_set(err, ECONFLICT, "%s is retired already", name);
	return 0;
}
