/*
 * est - what EST gives to everybody: the CA's certificates, and what a
 * request should have (RFC 7030, 4.1 and 4.5).
 */
#include <string.h>
#include "ca/est.h"
#include "ca/p7.h"
#include "flow/est.h"
#include "flow/inside.h"

int
est_certs(const struct est_label *l, const struct span *certs, size_t n,
    struct blob *ret, struct err *err)
{
	AUTO(blob) *p7 = blob_new();

	if (p7 == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(p7_certs_only(certs, n, p7, err));
	return est_body_write(span_blob(p7), l->columns, ret, err);
}

/* ---- cacerts ---- */

struct way {
	const char	*from;
	struct cert_ca	*ca[CERT_CHAIN];	/* owned */
	size_t		 n;
};

/* From the CA up to its root. */
static int
way_read(struct tx *tx, void *ctx, struct err *err)
{
	const char *name;
	struct way *w = ctx;

	char next[CERT_NAME];

	TRY(cert_ca_successor(tx, w->from, next, err));
	for (name = next[0] != '\0' ? next : w->from; name[0] != '\0'; name = w->ca[w->n++]->issuer) {
		if (w->n == CERT_CHAIN)
			return err_set(err, ESTORE, "a chain without an end");
		TRY(cert_ca_get(tx, name, &w->ca[w->n], err));
	}
	return 0;
}

int
flow_est_cacerts(struct flow *f, const char *label, struct blob *ret,
    struct err *err)
{
	const struct est_label *l;
	struct span certs[CERT_CHAIN];
	struct way w = { .n = 0 };
	int rc;

	TRY(est_label_find(f, label, &l, err));
	w.from = l->ca;
	rc = state_read(f->state, way_read, &w, err);
	for (size_t i = 0; i < w.n; i++)
		certs[i] = span_blob(&w.ca[i]->der);
	if (rc == 0)
		rc = est_certs(l, certs, w.n, ret, err);
	while (w.n > 0)
		cert_ca_free(w.ca[--w.n]);
	return rc;
}

/* ---- csrattrs ---- */

struct wishes {
	struct est_attr	 attr[EST_ATTRS];
	char		 oid[EST_ATTRS][OID_TEXT];
	size_t		 n;
};

static int
wish(struct wishes *w, enum oid o, struct err *err)
{
	if (w->n == EST_ATTRS)
		return err_set(err, ERANGE_, "too many attributes");
	TRY(oid_text(oid_der(o), w->oid[w->n], err));
	w->attr[w->n].oid = w->oid[w->n];
	w->n++;
	return 0;
}

/* Attributes of the subject that the request itself must bring. */
static int
wish_subject(const struct profile *p, struct wishes *w, struct err *err)
{
	for (size_t i = 0; i < p->subject_n; i++)
		if (p->subject[i].from == FROM_CSR ||
		    p->subject[i].from == FROM_DEVICE)
			TRY(wish(w, p->subject[i].attribute, err));
	for (size_t i = 0; i < p->san_n; i++)
		if (p->san[i].from == FROM_CSR) {
			TRY(wish(w, OID_EXTENSION_REQUEST, err));
			w->attr[w->n - 1].value[0] = "2.5.29.17";
			return 0;
		}
	return 0;
}

static const struct { const char *algorithm; enum oid key; const char *curve; }
KEYS[] = {
	{ "ec-p256", OID_EC_KEY, "1.2.840.10045.3.1.7" },
	{ "ec-p384", OID_EC_KEY, "1.3.132.0.34" },
	{ "ed25519", OID_ED25519, NULL },
	{ "rsa-2048", OID_RSA_KEY, NULL }, { "rsa-3072", OID_RSA_KEY, NULL },
	{ "rsa-4096", OID_RSA_KEY, NULL },
};

/* Each kind of key once; of elliptic curves, which (RFC 7030, 4.5.2). */
static int
wish_keys(const struct profile *p, struct wishes *w, struct err *err)
{
	enum oid last = OID__N;
	size_t values = 0;

	for (size_t i = 0; i < NELEM(KEYS); i++) {
		if (!profile_allows_key(p, KEYS[i].algorithm))
			continue;
		if (KEYS[i].key != last)
			TRY(wish(w, KEYS[i].key, err));
		last = KEYS[i].key;
		if (KEYS[i].curve != NULL)
			w->attr[w->n - 1].value[values++] = KEYS[i].curve;
	}
	return 0;
}

static int
wishes_write(const struct profile *p, struct blob *ret, struct err *err)
{
	struct wishes w = { .n = 0 };

	TRY(wish_subject(p, &w, err));
	TRY(wish_keys(p, &w, err));
	return est_csrattrs_write(w.attr, w.n, ret, err);
}

int
flow_est_csrattrs(struct flow *f, const char *label, struct blob *ret,
    struct err *err)
{
	const struct profile *p;
	AUTO(law) *law = NULL;
	AUTO(blob) *der = blob_new();
	const struct est_label *l;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "attributes");
	TRY(est_label_find(f, label, &l, err));
	TRY(state_law(f->state, &law, err));
	TRY(profile_named(law, l->profile, &p, err));
	TRY(wishes_write(p, der, err));
	return est_body_write(span_blob(der), l->columns, ret, err);
}
