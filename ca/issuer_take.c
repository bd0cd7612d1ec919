/*
 * issuer_take - is what others certified, or a system before made, fit to go on
 * as an authority of the house?
 */
#include "config.h"

#include <openssl/evp.h>

#include "ca/issuer.h"
#include "ca/key.h"
#include "ca/profile.h"
#include "ca/seal.h"

static bool
signed_itself(const struct issuer *i)
{
	return span_equal(i->by, i->subject) && (i->by_key_id.n == 0 ||
	    span_equal(i->by_key_id, i->key_id));
}

/* By name alone another's may be meant; nothing is known of that one's key. */
static const struct issuer *
signer_of(const struct issuer *i, issuer_above_fn *fn, void *ctx)
{
	if (signed_itself(i))
		return i;
	return i->by_key_id.n > 0 && fn != NULL ? fn(ctx, i) : NULL;
}

/* Whoever checks what it issues must refuse that, too. */
static int
critical_check(const struct tbs *t, struct err *err)
{
	char dotted[OID_TEXT];

	for (size_t i = 0; i < t->extension_n; i++) {
		if (!t->extension[i].critical ||
		    t->extension[i].which != OID__N)
			continue;
		TRY(oid_text(t->extension[i].oid, dotted, err));
		return err_set(err, EDENIED, "the CA's certificate has a "
		    "critical extension that is not known here: %.100s "
		    "(RFC 5280, 4.2)", dotted);
	}
	return 0;
}

static int
signature_check(const struct cert *c, const struct issuer *by,
    struct err *err)
{
	EVP_PKEY *key = NULL;
	int rc;

	TRY(key_pkey(by->spki, &key, err));
	rc = seal_verify(c->tbs.whole, c->algorithm, c->signature, key, err);
	EVP_PKEY_free(key);
	if (rc == -EVERIFY)
		return err_set(err, EDENIED, "the CA's certificate is not "
		    "signed by the key that it names (RFC 5280, 6.1.3)");
	return rc;
}

int
issuer_take_check(const struct issuer *i, time_us now, issuer_above_fn *fn,
    void *ctx, struct err *err)
{
	const struct issuer *by = signer_of(i, fn, ctx);
	char ended[TIME_TEXT];
	uint32_t usage;
	struct cert c;

	TRY(cert_read(i->der.data, i->der.len, &c, err));
	TRY(tbs_key_usage(&c.tbs, &usage, err));
	if ((usage & USAGE_BIT(USAGE_CRL_SIGN)) == 0)
		return err_set(err, EDENIED, "the CA's key may not sign its "
		    "lists: cRLSign is missing (RFC 5280, 4.2.1.3)");
	TRY(critical_check(&c.tbs, err));
	clock_text(i->not_after, ended);
	if (i->not_after <= now)
		return err_set(err, EDENIED, "the CA's certificate ended at %s "
		    "(RFC 5280, 4.1.2.5)", ended);
	return by == NULL ? 0 : signature_check(&c, by, err);
}
