/* elsewhere - certificates that other CAs issued; see elsewhere.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hex.h"
#include "base/json.h"
#include "ca/name.h"
#include "ca/tbs.h"
#include "cert/elsewhere.h"
#include "cert/inside.h"

#define SERIAL_HEX	(2 * DER_UINT_OCTETS + 1)

int
cert_elsewhere_check(struct span der, struct sha256 *ret, struct err *err)
{
	AUTO(blob)	*name = blob_new();
	struct cert	 c;

	if (name == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(cert_read_other(der.p, der.n, &c, err));
	TRY(name_text_other(c.tbs.subject, name, err));
	TRY(name_text_other(c.tbs.issuer, name, err));
	*ret = sha256_of(der.p, der.n);
	return 0;
}

/* ---- reading ---- */

/* What a list says; of what none names nobody here knows that it is good. */
static int
revoked_put(const struct rows *r, json_t *j, struct err *err)
{
	const char	*reason = rows_text(r, "reason");
	bool		 held = strcmp(reason, reason_name(REASON_HOLD)) == 0;

	if (reason[0] == '\0')
		return 0;
	TRY(json_set_str(j, "status", cert_status_name(held ? CERT_HELD :
	    CERT_REVOKED), err));
	TRY(json_set_str(j, "reason", reason, err));
	TRY(json_set_time(j, "revoked", rows_int(r, "revoked"), err));
	return json_set_str(j, "list", rows_text(r, "list"), err);
}

int
cert_elsewhere_row(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = NULL;
	const char	*products = rows_text(r, "products"),
			*print = rows_text(r, "fingerprint");
	json_t		*list;

	TRY(json_build(&j, err, "{s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:b, s:s,"
	    " s:s*, s:s, s:I}", "id", print, "fingerprint", print, "elsewhere", 1,
	    "provenance", "asserted", "serial", rows_text(r, "serial"),
	    "issuer", rows_text(r, "issuer"), "subject",
	    rows_text(r, "subject"), "authority", rows_int(r, "ca") != 0,
	    "spki", rows_text(r, "spki"), "owner", rows_text(r, "owner"),
	    "request", rows_text(r, "request"), "version",
	    (json_int_t)rows_int(r, "version")));
	TRY(json_read(products, strlen(products), &list, err));
	TRY(json_set_new(j, "products", list, err));
	TRY(json_set_time(j, "not_before", rows_int(r, "not_before"), err));
	TRY(json_set_time(j, "not_after", rows_int(r, "not_after"), err));
	TRY(json_set_time(j, "created", rows_int(r, "created"), err));
	TRY(revoked_put(r, j, err));
	*ret = TAKE(j);
	return 0;
}

int
cert_elsewhere_get(struct tx *tx, const char *fingerprint, json_t **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	AUTO(blob)	*pem = blob_new();
	AUTO_JSON	*j = NULL;
	const void	*der;
	size_t		 n;
	int		 rc;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	rc = tx_one(tx, "elsewhere_cert_get", PARAMS(v_text(fingerprint)), &r,
	    err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "there is no certificate %.64s",
		    fingerprint);
	TRY(rc);
	TRY(cert_elsewhere_row(r, &j, err));
	der = rows_blob(r, "der", &n);
	TRY(pem_put(span_of(der, n), pem, err));
	TRY(json_set_str(j, "certificate", blob_str(pem), err));
	*ret = TAKE(j);
	return 0;
}

static bool
has_all(const json_t *have, const json_t *want)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(want, i, one)
		if (!json_has(have, json_string_value(one)))
			return false;
	return true;
}

static int
issued_here(struct tx *tx, const char *fingerprint, bool *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct sha256	 h;

	TRY(sha256_parse(fingerprint, &h, err));
	TRY(tx_query(tx, "elsewhere_cert_ours", PARAMS(v_hash(&h)), &r, err));
	return rows_next(r, ret, err);
}

int
cert_elsewhere_known(struct tx *tx, const char *fingerprint,
    const char *owner, const json_t *products, bool *ret, struct err *err)
{
	AUTO_JSON	*was = NULL;
	int		 rc = cert_elsewhere_get(tx, fingerprint, &was, err);

	if (rc == -ENOENT_)
		return issued_here(tx, fingerprint, ret, err);
	TRY(rc);
	*ret = (owner == NULL || strcmp(json_str(was, "owner", ""), owner)
	    == 0) && has_all(json_object_get(was, "products"), products);
	return 0;
}

/* ---- lists ---- */

/* "not_after/fingerprint" of the last that was told. */
struct behind {
	time_us		 end;
	char		 print[SHA256_HEX];
};

static int
behind_read(const char *cursor, struct behind *ret, struct err *err)
{
	struct sha256	 h;
	char		*slash;

	if (cursor == NULL)
		return 0;
	ret->end = strtoll(cursor, &slash, 10);
	if (*slash != '/' || sha256_parse(slash + 1, &h, NULL) != 0)
		return err_set(err, EINPUT, "/cursor: not one of this list");
	sha256_hex(&h, ret->print);
	return 0;
}

/* By what they are looked for, and the statement that does it. */
static const char *
statement_of(const struct cert_elsewhere_filter *f, const char **ret_by)
{
	static const char *const names[] = { "elsewhere_cert_of_product",
		"elsewhere_cert_of_spki", "elsewhere_cert_of_serial",
		"elsewhere_cert_of_device" };
	const char	*const by[] = { f->product, f->spki, f->serial,
			    f->device };

	for (size_t i = 0; i < NELEM(by); i++)
		if ((*ret_by = by[i]) != NULL)
			return names[i];
	return "elsewhere_cert_list";
}

static int
rows_open(struct tx *tx, const struct cert_elsewhere_filter *f,
    const struct behind *b, unsigned limit, struct rows **ret,
    struct err *err)
{
	struct value	 v[5] = { v_int(b->end), v_text(b->print),
	    v_int(f->expires_before != 0 ? f->expires_before : INT64_MAX),
	    v_int((int64_t)limit + 1) };
	const char	*by, *statement = statement_of(f, &by);
	char		 serial[NUMBER_HEX];
	struct number	 n;

	if ((f->product != NULL) + (f->spki != NULL) + (f->serial != NULL) +
	    (f->device != NULL) > 1)
		return err_set(err, EINPUT, "look for one of product, key, "
		    "serial and device at a time");
	if (f->serial != NULL) {
		TRY(number_parse_typed(f->serial, &n, err));
		number_hex(&n, serial);
		by = serial;
	}
	v[4] = v_text(by);
	return tx_query(tx, statement, v, by != NULL ? 5 : 4, ret, err);
}

/* Of a line's and of a key's it is looked for. */
static int
followed_put(const struct rows *r, const struct cert_elsewhere_filter *f,
    json_t *j, struct err *err)
{
	if ((f->product == NULL && f->spki == NULL) || rows_int(r, "followed")
	    == 0)
		return 0;
	return json_set_new(j, "followed", json_true(), err);
}

static int
page_read(struct rows *r, const struct cert_elsewhere_filter *f,
    unsigned limit, json_t *list, char **ret_next, struct err *err)
{
	char		 next[32 + SHA256_HEX] = "";
	json_t		*j;
	bool		 more;

	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more || json_array_size(list) == limit)
			break;
		TRY(cert_elsewhere_row(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "certificates");
		TRY(followed_put(r, f, j, err));
		snprintf(next, sizeof(next), "%lld/%s",
		    (long long)rows_int(r, "not_after"),
		    rows_text(r, "fingerprint"));
	}
	*ret_next = more ? strdup(next) : NULL;
	return !more || *ret_next != NULL ? 0 : err_set(err, ENOMEMORY,
	    "certificates");
}

int
cert_elsewhere_list(struct tx *tx, const struct cert_elsewhere_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	struct behind	 b = { .end = f->expires_after };

	TRY(behind_read(cursor, &b, err));
	TRY(rows_open(tx, f, &b, limit, &r, err));
	TRY(page_read(r, f, limit, list, ret_next, err));
	*ret = TAKE(list);
	return 0;
}

int
cert_elsewhere_count(struct tx *tx, const char *product, time_us from,
    time_us before, bool good, unsigned most, int64_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "elsewhere_cert_count", PARAMS(v_text(product),
	    v_int(from), v_int(before), v_int(most), v_int(!good)), &r, err));
	*ret = rows_int(r, "n");
	return 0;
}

/* ---- entering ---- */

/* What was said before, and this. */
static int
products_join(const json_t *was, const json_t *more, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*all = json_array();

	if (all == NULL || (was != NULL && json_array_extend(all,
	    json_object_get(was, "products")) != 0))
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(json_join(all, more, err));
	*ret = TAKE(all);
	return 0;
}

static int
products_put(struct tx *tx, const json_t *products, time_us end,
    const char *print, bool listed, struct err *err)
{
	const json_t	*p;
	size_t		 i;

	json_array_foreach(products, i, p)
		TRY(tx_run(tx, "elsewhere_cert_product_put",
		    PARAMS(v_text(json_string_value(p)), v_int(end),
		    v_text(print), v_int(listed)), NULL, err));
	return 0;
}

int
cert_name_text(struct span name, struct blob *ret, struct err *err)
{
	AUTO_JSON	*json = NULL;
	struct err	 why;

	if (name_json(name, &json, &why) == 0)
		return subject_text(json, ret, err);
	/* The same name must read the same when it is replayed. */
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a name");
	return name_text_other(name, ret, err);
}

/* Others' may be odd: what says nothing of a CA is none.  Before version 3 none
 * could say it: then one that issued itself is somebody's root. */
static bool
is_authority(const struct tbs *t)
{
	bool		 ca;
	int		 length;

	if (t->version < 3)
		return span_equal(t->subject, t->issuer);
	return tbs_basic(t, &ca, &length, NULL) == 0 && ca;
}

static int
row_put(struct tx *tx, const struct cert_elsewhere *c, const struct cert *x,
    const char *print, const json_t *was, const json_t *products,
    struct err *err)
{
	AUTO(blob)	*issuer = blob_new(), *subject = blob_new(),
			*lines = blob_new();
	struct sha256	 key = sha256_of(x->tbs.spki.p, x->tbs.spki.n);
	char		 spki[SHA256_HEX], serial[SERIAL_HEX];

	if (issuer == NULL || subject == NULL || lines == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(cert_name_text(x->tbs.issuer, issuer, err));
	TRY(cert_name_text(x->tbs.subject, subject, err));
	TRY(json_canonical(products, lines, err));
	sha256_hex(&key, spki);
	hex_encode(x->tbs.serial.p, x->tbs.serial.n, serial);
	return tx_run(tx, "elsewhere_cert_put", PARAMS(v_text(print),
	    v_text(serial), v_text(blob_str(issuer)),
	    v_text(blob_str(subject)), v_int(is_authority(&x->tbs)),
	    v_text(spki),
	    v_int(x->tbs.not_before), v_int(x->tbs.not_after),
	    v_text(c->owner != NULL ? c->owner : json_str(was, "owner",
	    NULL)), v_text(blob_str(lines)), v_blob(c->der.p, c->der.n),
	    v_text(c->request), v_int(c->time), v_int((int64_t)c->seq),
	    v_int(x->tbs.version)), NULL, err);
}

int
cert_elsewhere_put(struct tx *tx, const struct cert_elsewhere *c,
    struct err *err)
{
	AUTO_JSON	*was = NULL, *products = NULL;
	struct sha256	 h = sha256_of(c->der.p, c->der.n);
	char		 print[SHA256_HEX];
	struct cert	 x;
	int		 rc;

	sha256_hex(&h, print);
	TRY(cert_read_other(c->der.p, c->der.n, &x, err));
	rc = cert_elsewhere_get(tx, print, &was, err);
	if (rc != 0 && rc != -ENOENT_)
		return rc;
	TRY(products_join(was, c->products, &products, err));
	TRY(row_put(tx, c, &x, print, was, products, err));
	TRY(cert_modulus_add(tx, x.tbs.spki, c->seq, err));
	TRY(cert_elsewhere_devices_put(tx, &x.tbs, print, err));
	return products_put(tx, products, x.tbs.not_after, print,
	    json_object_get(was, "status") != NULL, err);
}
