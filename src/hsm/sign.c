#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

#define SIGNATURE_MAX	1024		/* RSA of 8192 bits */
#define CONTENT_MAX	(64u << 20)

/* DigestInfo of SHA-256, to which the digest is added. RFC 8017, 9.2 note 1. */
static const unsigned char DIGEST_INFO[] = {
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20
};

/* What C_SignInit and C_Sign get. */
struct order {
	CK_MECHANISM		 mechanism;
	CK_RSA_PKCS_PSS_PARAMS	 pss;
	unsigned char		 info[sizeof(DIGEST_INFO) + 32];
	const void		*p;
	size_t			 n;
	bool			 ecdsa;		/* what comes out is r||s */
};

static int
order_make(enum hsm_scheme scheme, const void *p, size_t n, struct order *o,
    struct err *err)
{
	size_t digest = hsm_scheme_digest_octets(scheme);

	memset(o, 0, sizeof(*o));
	o->p = p;
	o->n = n;
	if (digest != 0 && n != digest)
		return err_set(err, ERANGE_, "%s signs %zu octets, not %zu",
		    hsm_scheme_name(scheme), digest, n);
	switch (scheme) {
	case HSM_SCHEME_ECDSA_SHA256:
	case HSM_SCHEME_ECDSA_SHA384:
		o->mechanism.mechanism = CKM_ECDSA;
		o->ecdsa = true;
		return 0;
	case HSM_SCHEME_RSA_PSS_SHA256:
		o->mechanism.mechanism = CKM_RSA_PKCS_PSS;
		o->mechanism.pParameter = &o->pss;
		o->mechanism.ulParameterLen = sizeof(o->pss);
		o->pss.hashAlg = CKM_SHA256;
		o->pss.mgf = CKG_MGF1_SHA256;
		o->pss.sLen = 32;
		return 0;
	case HSM_SCHEME_RSA_PKCS1_SHA256:
		o->mechanism.mechanism = CKM_RSA_PKCS;
		memcpy(o->info, DIGEST_INFO, sizeof(DIGEST_INFO));
		memcpy(o->info + sizeof(DIGEST_INFO), p, n);
		o->p = o->info;
		o->n = sizeof(o->info);
		return 0;
	case HSM_SCHEME_EDDSA:
		o->mechanism.mechanism = CKM_EDDSA;
		return n <= CONTENT_MAX ? 0 :
		    err_set(err, ETOOBIG, "a message of %zu octets", n);
	case HSM_SCHEME_NONE:
	case HSM_SCHEME__N:
		break;
	}
	return err_set(err, ERANGE_, "this key signs nothing");
}

/* PKCS #11 takes octets without const and does not write to them. */
static CK_BYTE *
unconst(const void *p)
{
	CK_BYTE *q;

	memcpy(&q, &p, sizeof(q));
	return q;
}

int
sign_session(struct session *s, CK_OBJECT_HANDLE key, enum hsm_scheme scheme,
    const struct secret *context_pin, const void *p, size_t n,
    struct blob *ret, struct err *err)
{
	unsigned char sig[SIGNATURE_MAX];
	CK_ULONG sig_n = sizeof(sig);
	struct order o;

	TRY(order_make(scheme, p, n, &o, err));
	P11(s, err, C_SignInit, s->h, &o.mechanism, key);
	if (context_pin != NULL)
		P11(s, err, C_Login, s->h, CKU_CONTEXT_SPECIFIC,
		    unconst(secret_data(context_pin)), secret_len(context_pin));
	P11(s, err, C_Sign, s->h, unconst(o.p), o.n, sig, &sig_n);
	return o.ecdsa ? hsm_ecdsa_der(sig, sig_n, ret, err) :
	    blob_put(ret, sig, sig_n, err);
}

struct sign_job {
	const struct sha256	*id;
	enum hsm_scheme		 scheme;
	const void		*p;
	size_t			 n;
	struct blob		*ret;
};

static int
sign_job(struct session *s, void *ctx, struct err *err)
{
	struct sign_job *j = ctx;
	CK_OBJECT_HANDLE key;
	int rc;

	TRY(object_signer(s, j->id, j->scheme, &key, err));
	rc = sign_session(s, key, j->scheme, NULL, j->p, j->n, j->ret, err);
	if (s->lost)
		handle_forget(s, j->id);
	return rc;
}

int
hsm_sign(struct hsm *h, const struct sha256 *id, enum hsm_scheme scheme,
    const void *p, size_t n, struct blob *ret, struct err *err)
{
	struct sign_job j = { id, scheme, p, n, ret };

	return pool_run(&h->pool, sign_job, &j, err);
}
