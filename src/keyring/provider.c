#include "config.h"

#include <errno.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "keyring/provider.h"

#define DER(s)	s, sizeof(s) - 1
#define SHA256_ID \
	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"

static const struct scheme SCHEMES[] = {
	/* RFC 5758, 3.2 */
	{ "ecdsa-sha256", "EC", "SHA256", "sha-256", 256, 0,
	    DER("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02") },
	{ "ecdsa-sha384", "EC", "SHA384", "sha-384", 384, 0,
	    DER("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03") },
	/* RFC 4055, 3.1: SHA-256, MGF1 with SHA-256, a salt of 32 octets */
	{ "rsa-pss-sha256", "RSA", "SHA256", "sha-256", 0,
	    RSA_PKCS1_PSS_PADDING,
	    DER("\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
	    "\x30\x34\xa0\x0f" SHA256_ID "\xa1\x1c\x30\x1a\x06\x09"
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" SHA256_ID
	    "\xa2\x03\x02\x01\x20") },
	/* RFC 4055, 5 */
	{ "rsa-pkcs1-sha256", "RSA", "SHA256", "sha-256", 0,
	    RSA_PKCS1_PADDING,
	    DER("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
	    "\x05\x00") },
	/* RFC 8410, 3 */
	{ "ed25519", "ED25519", NULL, "sha-256", 0, 0,
	    DER("\x30\x05\x06\x03\x2b\x65\x70") },
};

const struct scheme *
scheme_find(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(SCHEMES); i++)
		if (strcmp(SCHEMES[i].name, name) == 0)
			return &SCHEMES[i];
	return NULL;
}

static const OSSL_ALGORITHM *
query(void *provctx, int operation, int *no_cache)
{
	*no_cache = 0;
	switch (operation) {
	case OSSL_OP_KEYMGMT:
		return keymgmt_algorithms;
	case OSSL_OP_SIGNATURE:
		return signature_algorithms;
	default:
		return NULL;
	}
}

static void
teardown(void *provctx)
{
	struct provider *p = provctx;

	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

static const OSSL_DISPATCH FUNCTIONS[] = {
	{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
	{ OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown },
	{ 0, NULL }
};

static int
init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provctx)
{
	struct provider *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return 0;
	(void)pthread_mutex_init(&p->lock, NULL);
	*out = FUNCTIONS;
	*provctx = p;
	return 1;
}

/* The default provider first, and preferred: ours is asked for by name alone. */
static int
load(OSSL_LIB_CTX *lib, OSSL_PROVIDER **standard, OSSL_PROVIDER **ours)
{
	return (*standard = OSSL_PROVIDER_load(lib, "default")) != NULL &&
	    OSSL_PROVIDER_add_builtin(lib, PROVIDER_NAME, init) == 1 &&
	    (*ours = OSSL_PROVIDER_load(lib, PROVIDER_NAME)) != NULL &&
	    EVP_set_default_properties(lib, "?" PROVIDER_DEFAULT) == 1;
}

int
provider_new(struct provider **ret, struct err *err)
{
	OSSL_PROVIDER *standard = NULL, *ours = NULL;
	OSSL_LIB_CTX *lib;
	struct provider *p;

	errno = 0;
	lib = OSSL_LIB_CTX_new();
	if (lib == NULL || !load(lib, &standard, &ours)) {
		int rc = err_set(err, errno == ENOMEM ? ENOMEMORY : EINTERNAL,
		    "OpenSSL's provider");

		(void)OSSL_PROVIDER_unload(ours);
		(void)OSSL_PROVIDER_unload(standard);
		OSSL_LIB_CTX_free(lib);
		return rc;
	}
	p = OSSL_PROVIDER_get0_provider_ctx(ours);
	p->lib = lib;
	p->standard = standard;
	p->ours = ours;
	*ret = p;
	return 0;
}

void
provider_free(struct provider *p)
{
	OSSL_PROVIDER *standard, *ours;
	OSSL_LIB_CTX *lib;

	if (p == NULL)
		return;
	lib = p->lib;
	standard = p->standard;
	ours = p->ours;
	(void)OSSL_PROVIDER_unload(ours);	/* ends in teardown(), now or with the context */
	(void)OSSL_PROVIDER_unload(standard);
	OSSL_LIB_CTX_free(lib);
}
