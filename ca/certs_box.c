/*
 * certs_box - the certificates of PKCS #7 and PKCS #12; see certs.h.
 */
#include "config.h"

#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "ca/certs_inside.h"

#define DEPTH	4	/* safe contents within safe contents */

static int
x509_put(struct certs *c, X509 *x, struct err *err)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der), rc;

	rc = n <= 0 ? certs_bad(c, "a certificate that cannot be written "
	    "again", err) : certs_put(c, CERTS_CERTIFICATE, span_of(der,
	    (size_t)n), NULL, err);
	OPENSSL_free(der);
	return rc;
}

int
certs_p7(struct certs *c, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	STACK_OF(X509) *all = cms != NULL ? CMS_get1_certs(cms) : NULL;
	int n = all != NULL ? sk_X509_num(all) : 0, rc = 0;

	if (cms == NULL || p != der.p + der.n || n == 0)
		rc = certs_bad(c, cms == NULL ? "not a PKCS #7 in DER" :
		    n == 0 ? "a PKCS #7 without certificates" :
		    "octets behind a PKCS #7", err);
	for (int i = 0; rc == 0 && i < n; i++)
		rc = x509_put(c, sk_X509_value(all, i), err);
	sk_X509_pop_free(all, X509_free);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return rc;
}

/* ---- PKCS #12 ---- */

static int bags_take(struct certs *c, const STACK_OF(PKCS12_SAFEBAG) *bags,
    unsigned depth, struct err *err);

/* What is in it is nobody's to see: only whether it is under a passphrase. */
static int
key_put(struct certs *c, const char *label, struct err *err)
{
	return certs_over(c, &(struct certs_item){ .kind = CERTS_PRIVATE,
	    .label = span_of(label, strlen(label)),
	    .text = span_of("", 0) }, err);
}

static int
bag_take(struct certs *c, const PKCS12_SAFEBAG *bag, unsigned depth,
    struct err *err)
{
	X509 *x;
	int rc;

	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
		return key_put(c, CERTS_KEY_BAG, err);
	case NID_pkcs8ShroudedKeyBag:
		return key_put(c, CERTS_SHROUDED_BAG, err);
	case NID_certBag:
		if ((x = PKCS12_SAFEBAG_get1_cert(bag)) == NULL)
			return certs_bad(c, "a bag without a certificate", err);
		rc = x509_put(c, x, err);
		X509_free(x);
		return rc;
	case NID_safeContentsBag:
		return depth > 0 ? bags_take(c, PKCS12_SAFEBAG_get0_safes(bag),
		    depth - 1, err) : certs_bad(c, "safes within safes", err);
	}
	return certs_put(c, CERTS_OTHER, span_of("", 0), "a bag of another "
	    "kind", err);
}

static int
bags_take(struct certs *c, const STACK_OF(PKCS12_SAFEBAG) *bags,
    unsigned depth, struct err *err)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++)
		TRY(bag_take(c, sk_PKCS12_SAFEBAG_value(bags, i), depth, err));
	return 0;
}

/* How often key derivations go round; what cannot be read does so for ever. */
static int64_t
count_of(const ASN1_INTEGER *n)
{
	int64_t rounds;

	return ASN1_INTEGER_get_int64(&rounds, n) == 1 && rounds >= 0 ?
	    rounds : INT64_MAX;
}

static int64_t
pbkdf2_rounds(const ASN1_STRING *p)
{
	PBKDF2PARAM *k = ASN1_item_unpack(p, ASN1_ITEM_rptr(PBKDF2PARAM));
	int64_t n = k != NULL ? count_of(k->iter) : INT64_MAX;

	PBKDF2PARAM_free(k);
	return n;
}

/* Below PBES2, and PBMAC1, which has the same parameters, is PBKDF2 and nothing
 * else (RFC 8018, 6.2 and 7.1): another PBES2 there could go on for ever. */
static int64_t
pbes2_rounds(const ASN1_STRING *p)
{
	PBE2PARAM *k = ASN1_item_unpack(p, ASN1_ITEM_rptr(PBE2PARAM));
	const ASN1_OBJECT *o = NULL;
	const void *below = NULL;
	int type = V_ASN1_UNDEF;
	int64_t n;

	if (k != NULL)
		X509_ALGOR_get0(&o, &type, &below, k->keyfunc);
	n = type == V_ASN1_SEQUENCE && OBJ_obj2nid(o) == NID_id_pbkdf2 ?
	    pbkdf2_rounds(below) : INT64_MAX;
	PBE2PARAM_free(k);
	return n;
}

static int64_t
pbe_rounds(const ASN1_STRING *p)
{
	PBEPARAM *k = ASN1_item_unpack(p, ASN1_ITEM_rptr(PBEPARAM));
	int64_t n = k != NULL ? count_of(k->iter) : INT64_MAX;

	PBEPARAM_free(k);
	return n;
}

/* Of this algorithm; 0: not known. */
static int64_t
rounds_of(const X509_ALGOR *a)
{
	const ASN1_OBJECT *o;
	const void *p;
	int type;

	X509_ALGOR_get0(&o, &type, &p, a);
	if (type != V_ASN1_SEQUENCE)
		return 0;
	switch (OBJ_obj2nid(o)) {
	case NID_id_pbkdf2:
		return pbkdf2_rounds(p);
	case NID_pbes2:
	case NID_pbmac1:
		return pbes2_rounds(p);
	}
	return pbe_rounds(p);
}

static const char TOO_OFTEN[] = "its key derivations go round too often";

/* All of a file together: safes cost nothing to add. */
static bool
rounds_spend(struct certs *c, int64_t n)
{
	if (n > CERTS_ROUNDS - c->rounds)
		return false;
	c->rounds += n;
	return true;
}

/* In clear, or under the passphrase; for somebody's public key is no file of ours.
 * Whoever only looks derives no key, of which a file may ask for thousands. */
static int
safe_take(struct certs *c, PKCS7 *safe, struct err *err)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
	const char *why = "it does not open: another passphrase, or an "
	    "algorithm that is retired (openssl pkcs12 -legacy reads it)";
	int rc;

	if (PKCS7_type_is_data(safe))
		bags = PKCS12_unpack_p7data(safe);
	else if (!PKCS7_type_is_encrypted(safe))
		why = "a safe that no passphrase opens";
	else if (c->look)
		why = "a safe that is under a passphrase";
	else if (!rounds_spend(c, rounds_of(
	    safe->d.encrypted->enc_data->algorithm)))
		why = TOO_OFTEN;
	else
		bags = PKCS12_unpack_p7encdata(safe, c->passphrase, -1);
	rc = bags == NULL ? certs_bad(c, why, err) : bags_take(c, bags, DEPTH,
	    err);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return rc;
}

/* The MAC says whether the passphrase is right, before anything else is tried. */
static const char *
mac_wrong(struct certs *c, PKCS12 *p12)
{
	const char *passphrase = c->passphrase;
	const ASN1_INTEGER *rounds = NULL;
	const X509_ALGOR *how = NULL;

	if (PKCS12_mac_present(p12) != 1)
		return NULL;
	PKCS12_get0_mac(NULL, &how, NULL, &rounds, p12);
	if (!rounds_spend(c, rounds != NULL ? count_of(rounds) : 1) ||
	    (OBJ_obj2nid(how->algorithm) == NID_pbmac1 &&
	    !rounds_spend(c, rounds_of(how))))
		return TOO_OFTEN;
	if (PKCS12_verify_mac(p12, passphrase, -1) == 1 ||
	    (passphrase[0] == '\0' && PKCS12_verify_mac(p12, NULL, 0) == 1))
		return NULL;
	return "the passphrase (--passphrase-file) is another, or the file was "
	    "changed";
}

static int
safes_take(struct certs *c, PKCS12 *p12, struct err *err)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
	int rc = 0;

	if (safes == NULL)
		return certs_bad(c, "a PKCS #12 that has no safes", err);
	for (int i = 0; rc == 0 && i < sk_PKCS7_num(safes); i++)
		rc = safe_take(c, sk_PKCS7_value(safes, i), err);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return rc;
}

int
certs_p12(struct certs *c, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)der.n);
	const char *why = p12 == NULL || p != der.p + der.n ?
	    "not a PKCS #12 in DER" : c->look ? NULL :
	    mac_wrong(c, p12);
	int rc = why != NULL ? certs_bad(c, why, err) : safes_take(c, p12,
	    err);

	PKCS12_free(p12);
	ERR_clear_error();
	return rc;
}
