/*
 * ca_taken - may a certificate that others made be taken in?  Not one that is
 * here already, nor one whose key somebody else has.
 */
#include <string.h>
#include "cert/elsewhere.h"
#include "flow/certify.h"
#include "flow/inside.h"

struct taking {
	const char	*key;		/* its hash */
	const char	*name;		/* under which it shall be taken in */
	const struct issuer *next;
	char		 print[SHA256_HEX];
	char		 ours[ID_TEXT];		/* a certificate of the house that was revoked as compromised; or "" */
	char		 others[SHA256_HEX];	/* one of others */
};

/* ---- what the house has of this key ---- */

static int
certificates_check(const struct taking *t, struct tx *tx, const char *ca,
    struct err *err)
{
	AUTO_JSON *all = NULL;
	const json_t *one;
	size_t i;

	TRY(cert_ca_certificates(tx, ca, &all, err));
	json_array_foreach(all, i, one)
		if (strcmp(json_str(one, "fingerprint", ""), t->print) == 0)
			return err_set(err, EEXISTS, "/certificate: the "
			    "authority %s has it already", ca);
	return 0;
}

/* One subject and key is one authority: lists of two could not be told apart. */
static int
authority_check(const struct taking *t, struct tx *tx,
    const struct cert_ca *ca, struct err *err)
{
	AUTO(issuer) *i = NULL;

	TRY(certificates_check(t, tx, ca->name, err));
	TRY(issuer_read(span_blob(&ca->der), ca->urls, ca->partitions, &i,
	    err));
	if (strcmp(ca->name, t->name) == 0)
		return asked_wrongly(issuer_goes_on(i, t->next, err), err);
	if (!span_equal(i->subject, t->next->subject))
		return 0;
	return err_set(err, EEXISTS, "/name: this subject and key are the "
	    "authority %s; take its next certificate in under that name",
	    ca->name);
}

struct each {
	const struct taking *t;
	struct tx	*tx;
};

static int
each_check(void *ctx, const struct cert_ca *ca, struct err *err)
{
	const struct each *e = ctx;

	return strcmp(ca->key, e->t->key) != 0 ? 0 :
	    authority_check(e->t, e->tx, ca, err);
}

static int
taking_read(struct tx *tx, void *ctx, struct err *err)
{
	struct taking *t = ctx;
	struct each e = { t, tx };
	struct sha256 spki;

	TRY(sha256_parse(t->key, &spki, err));
	TRY(cert_spki_compromised(tx, &spki, t->ours, err));
	TRY(cert_elsewhere_compromised(tx, t->key, t->others, err));
	return cert_ca_each(tx, each_check, &e, err);
}

int
ca_taken_check(struct flow *f, const char *key, const char *name,
    const struct issuer *next, struct err *err)
{
	struct taking t = { .key = key, .name = name, .next = next };
	struct sha256 print = sha256_of(next->der.data, next->der.len);

	sha256_hex(&print, t.print);
	TRY(state_read(f->state, taking_read, &t, err));
	if (t.ours[0] == '\0' && t.others[0] == '\0')
		return 0;
	return err_set(err, ECONFLICT, "/certificate: %s %s of its key was "
	    "revoked because somebody else has the key; make a new one "
	    "(RFC 5280, 5.3.1)", t.ours[0] != '\0' ? "certificate" :
	    "another CA's certificate", t.ours[0] != '\0' ? t.ours : t.others);
}
