/*
 * uri - an officer's key named by a pkcs11: URI (RFC 7512): a card, or another token.
 *
 * Floor 2.  Sees base.  Seen by cli.
 * Threads:  one at a time.
 *
 * The module is that of module-path, else @module, else CLAVIGER_PKCS11_MODULE in the environment,
 * else p11-kit's proxy.  The PIN is that of pin-source (a file, by path or file: URI), else of pin-value, else of @ask.
 */
#ifndef HSM_URI_H
#define HSM_URI_H

#include <stdbool.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/secret.h"

/* What a URI says of a token and of an object in it; "" and 0: nothing. */
struct hsm_uri_said {
	char		 label[33], serial[17];
	char		 object[256];	/* CKA_LABEL */
	unsigned char	 id[128];	/* CKA_ID */
	size_t		 id_octets;
};
/** hsm_uri_read - Errors: EINPUT (no URI, or longer than this holds). */
NODISCARD int hsm_uri_read(const char *uri, struct hsm_uri_said *ret,
    struct err *err);

struct hsm_uri_key;		/* opaque */

/** hsm_ask - get a PIN for this token from whoever holds it. Errors: EAUTH when there is none. */
typedef int hsm_ask(void *ctx, const char *token_label, bool again, struct secret **ret, struct err *err);

/** hsm_uri_is - does this text begin as a pkcs11: URI? */
bool hsm_uri_is(const char *text);
/**
 * hsm_uri_open - find the key and log in.
 *
 * @module  used where the URI names none; may be NULL.
 * @ask     may be NULL.
 * Errors: EINPUT (the URI), ENOKEY, ECONFLICT (several keys fit), EAUTH, ETOKEN.
 */
NODISCARD int hsm_uri_open(const char *uri, const char *module, hsm_ask *ask, void *ctx,
    struct hsm_uri_key **ret, struct err *err);
void hsm_uri_key_free(struct hsm_uri_key *k);
DEFINE_FREEP(hsm_uri_key)
/** hsm_uri_key_spki - DER of SubjectPublicKeyInfo; borrowed. */
const struct blob *hsm_uri_key_spki(const struct hsm_uri_key *k);
/**
 * hsm_uri_key_sign - sign octets with the scheme that follows the key (0001): P-256
 * ECDSA-SHA256, P-384 ECDSA-SHA384 (DER), Ed25519, RSA PSS-SHA256 with salt 32.
 */
NODISCARD int hsm_uri_key_sign(struct hsm_uri_key *k, const void *p, size_t n,
    struct blob *ret, struct err *err);

#endif
