/*
 * above - who certified an authority, or a certificate: ours, or another CA
 * whose certificate is in the inventory; see authority.h and elsewhere.h.
 *
 * By name and key identifier (RFC 5280, 4.2.1.1): no signature is verified
 * here, as nowhere of what other CAs issued.
 */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "ca/issuer.h"
#include "cert/elsewhere.h"
#include "cert/inside.h"

/* ---- ours ---- */

struct above {
	const struct cert_ca *of;
	struct issuer	*i;		/* owned: @of, as a certificate */
	char		*name;
};

/* An authority's certificate that other software made may be odd: then it is
 * nobody's issuer here. */
static int
above_look(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct above	*a = ctx;
	AUTO(issuer)	*i = NULL;
	struct err	 why;

	if (a->name[0] != '\0' || strcmp(c->name, a->of->name) == 0)
		return 0;
	if (issuer_read(span_blob(&c->der), NULL, 1, &i, &why) != 0)
		return why.code != ENOMEMORY ? 0 : err_set(err, ENOMEMORY,
		    "an authority");
	if (issuer_signed(i, a->i))
		memcpy(a->name, c->name, CERT_NAME);
	return 0;
}

int
cert_ca_above(struct tx *tx, const struct cert_ca *of, char ret[CERT_NAME],
    struct err *err)
{
	struct above	 a = { .of = of, .name = ret };
	int		 rc;

	memcpy(ret, of->issuer, CERT_NAME);
	if (!of->imported || ret[0] != '\0')
		return 0;
	TRY(issuer_read(span_blob(&of->der), NULL, 1, &a.i, err));
	rc = issuer_is_root(a.i) ? 0 : cert_ca_each(tx, above_look, &a, err);
	issuer_free(a.i);
	return rc;
}

int
cert_issuers(struct tx *tx, const struct sha256 *spki, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "cert_issuers", PARAMS(v_hash(spki)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		if (json_array_append_new(list, json_string(rows_text(r,
		    "ca"))) != 0)
			return err_set(err, ENOMEMORY, "issuers");
	}
	*ret = TAKE(list);
	return 0;
}

/* ---- elsewhere ---- */

static struct span
key_id_of(const struct tbs *t)
{
	struct span	 id;
	struct err	 none;

	return tbs_subject_key_id(t, &id, &none) == 0 ? id : span_of("", 0);
}

static struct span
issuer_key_id_of(const struct tbs *t)
{
	struct span	 id;
	struct err	 none;
	bool		 only;

	return tbs_authority_key_id(t, &id, &only, &none) == 0 ? id :
	    span_of("", 0);
}

/* Where one of them names no key its name must do. */
static bool
is_above(const struct tbs *above, const struct tbs *t)
{
	struct span	 id = key_id_of(above), by = issuer_key_id_of(t);

	return span_equal(above->subject, t->issuer) &&
	    !span_equal(above->spki, t->spki) &&
	    (id.n == 0 || by.n == 0 || span_equal(id, by));
}

/* The one that ends last. */
static int
next_find(struct tx *tx, const struct tbs *t, struct blob *der,
    char print[SHA256_HEX], struct err *err)
{
	AUTO(blob)	*name = blob_new();
	AUTO(rows)	*r = NULL;
	struct err	 odd;
	struct cert	 c;
	const void	*p;
	size_t		 n;
	bool		 more;

	print[0] = '\0';
	if (name == NULL)
		return err_set(err, ENOMEMORY, "a name");
	TRY(cert_name_text(t->issuer, name, err));
	TRY(tx_query(tx, "elsewhere_ca_named", PARAMS(v_text(blob_str(name))),
	    &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		p = rows_blob(r, "der", &n);
		if (cert_read_other(p, n, &c, &odd) == 0 && is_above(&c.tbs, t))
			break;
	}
	TRY(rows_copy(r, "fingerprint", print, SHA256_HEX, err));
	return blob_put(der, p, n, err);
}

static bool
is_listed(const json_t *list, const char *print)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(list, i, one)
		if (strcmp(json_str(one, "fingerprint", ""), print) == 0)
			return true;
	return false;
}

int
cert_elsewhere_above(struct tx *tx, struct span der, json_t *list,
    struct err *err)
{
	AUTO(blob)	*of = blob_new();
	char		 print[SHA256_HEX];
	struct cert	 c;
	json_t		*one;

	if (of == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(blob_put(of, der.p, der.n, err));
	for (unsigned i = 0; i < CERT_CHAIN; i++) {
		AUTO(blob)	*next = blob_new();

		if (next == NULL)
			return err_set(err, ENOMEMORY, "a certificate");
		TRY(cert_read_other(of->data, of->len, &c, err));
		if (span_equal(c.tbs.subject, c.tbs.issuer))
			return 0;
		TRY(next_find(tx, &c.tbs, next, print, err));
		if (print[0] == '\0' || is_listed(list, print))
			return 0;
		TRY(cert_elsewhere_get(tx, print, &one, err));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "certificates");
		(void)json_object_del(one, "certificate");
		blob_clear(of);
		TRY(blob_put(of, next->data, next->len, err));
	}
	return 0;
}

int
cert_elsewhere_above_of(struct tx *tx, const char *fingerprint, json_t *list,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	const void	*p;
	size_t		 n;

	TRY(tx_one(tx, "elsewhere_cert_get", PARAMS(v_text(fingerprint)), &r,
	    err));
	p = rows_blob(r, "der", &n);
	return cert_elsewhere_above(tx, span_of(p, n), list, err);
}
