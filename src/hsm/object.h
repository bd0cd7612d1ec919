/*
 * object - finding, reading and removing PKCS #11 objects.  Inside src/hsm only.
 */
#ifndef HSM_OBJECT_H
#define HSM_OBJECT_H

#include "base/blob.h"
#include "hsm/hsm.h"
#include "hsm/pool.h"

struct hsm {
	struct pool	 pool;
	CK_TOKEN_INFO	 info;		/* as it was at open */
	char		*label, *serial;
	char		*folder;	/* token folder; NULL: nothing to sync */
	struct secret	*pin;
};

#define ATTR(t, p, n)	{ (t), (void *)(p), (CK_ULONG)(n) }
/* Our curves as CKA_EC_PARAMS has them, with their lengths. RFC 5480, 2.1.1.1; RFC 8410, 3. */
#define EC_P256_PARAMS	"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10
#define EC_P384_PARAMS	"\x06\x05\x2b\x81\x04\x00\x22", 7
#define ED25519_PARAMS	"\x06\x03\x2b\x65\x70", 5
#define ED25519_NAME	"\x13\x0c" "edwards25519", 14
#define FIND_MOST	(1u << 20)	/* objects of one kind that are looked at */

/** object_find - every object that matches; @ret is for free(). */
NODISCARD int object_find(struct session *s, CK_ATTRIBUTE *want, CK_ULONG n,
    CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err);
/** object_find_id - those with this id; @class CK_UNAVAILABLE_INFORMATION: any. */
NODISCARD int object_find_id(struct session *s, CK_OBJECT_CLASS class,
    const struct sha256 *id, CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err);
/** object_key - the private or secret key with this id, from what is known or found; its
 * schemes may be HANDLE_UNKNOWN. Errors: ENOKEY. */
NODISCARD int object_key(struct session *s, const struct sha256 *id, CK_OBJECT_HANDLE *ret,
    unsigned *ret_schemes, struct err *err);
/**
 * object_signer - the same, if it has this scheme.  Errors: ENOKEY, ERANGE_.
 *
 * SoftHSM does not look: asked for PSS with an EC key it reads what is not there.
 */
NODISCARD int object_signer(struct session *s, const struct sha256 *id,
    enum hsm_scheme scheme, CK_OBJECT_HANDLE *ret, struct err *err);
/** object_schemes - bits of those that a key can sign by. Errors: ETOKEN. */
NODISCARD int object_schemes(struct session *s, CK_OBJECT_HANDLE o, unsigned *ret, struct err *err);
/** object_get - append an attribute's octets. Errors: ETOKEN, ETOOBIG. */
NODISCARD int object_get(struct session *s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE t, struct blob *ret, struct err *err);
/** object_ulong, object_flag - attributes of a fixed size. */
NODISCARD int object_ulong(struct session *s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE t, CK_ULONG *ret, struct err *err);
NODISCARD int object_flag(struct session *s, CK_OBJECT_HANDLE o,
    CK_ATTRIBUTE_TYPE t, bool *ret, struct err *err);
/** object_destroy_id - remove all objects with this id, private ones first. */
NODISCARD int object_destroy_id(struct session *s, const struct sha256 *id, struct err *err);
/** object_spki - the public key of a public-key object. Errors: ETOKEN (what it says is no key). */
NODISCARD int object_spki(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret, struct err *err);

/** sign_session - one signature by a key's handle; @context_pin for keys that ask for it at each use. */
NODISCARD int sign_session(struct session *s, CK_OBJECT_HANDLE key, enum hsm_scheme scheme,
    const struct secret *context_pin, const void *p, size_t n, struct blob *ret, struct err *err);

/** folder_find - SoftHSM's token folder from its configuration. @ret for free(). Errors: ENOENT_, EIO_. */
NODISCARD int folder_find(char **ret, struct err *err);

#endif
