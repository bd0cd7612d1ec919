/*
 * signature - a signature operation of the provider's, and its settings.
 * Inside src/keyring only.
 */
#ifndef KEYRING_SIGNATURE_H
#define KEYRING_SIGNATURE_H

#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/blob.h"
#include "keyring/provider.h"

#define REASON		1	/* of ERR_LIB_USER; the words say which */

struct signature {
	struct pkey	*key;
	EVP_MD_CTX	*digest;	/* of what came so far */
	EVP_PKEY_CTX	*verify;	/* the default provider's */
	bool		 verifying;	/* digest is the default provider's too */
	bool		 collects;	/* the whole message, instead of its digest */
	struct blob	 whole;
};

/** signature_scheme - of its key, or NULL: the key has no private half. */
const struct scheme *signature_scheme(const struct signature *s);
/** signature_refuse - raise an error of ours. @return 0, as OpenSSL wants it. */
int signature_refuse(const char *what);
/** signature_is_digest - digests have several names; "SHA2-256" is "SHA256". */
bool signature_is_digest(const char *name, const char *want);
/** signature_set, signature_get, signature_gettable, signature_settable - the settings, as
 * OpenSSL's dispatch tables call them. */
int signature_set(void *ctx, const OSSL_PARAM params[]);
int signature_get(void *ctx, OSSL_PARAM params[]);
const OSSL_PARAM *signature_gettable(void *ctx, void *provctx);
const OSSL_PARAM *signature_settable(void *ctx, void *provctx);

#endif
