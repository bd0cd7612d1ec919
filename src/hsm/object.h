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
#define FIND_MOST	(1u << 20)	/* objects of one kind that are looked at */

/** object_find - every object that matches; @ret is for free(). */
NODISCARD int object_find(struct session *s, CK_ATTRIBUTE *want, CK_ULONG n,
    CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err);
/** object_find_id - those with this id; @class CK_UNAVAILABLE_INFORMATION: any. */
NODISCARD int object_find_id(struct session *s, CK_OBJECT_CLASS class,
    const struct sha256 *id, CK_OBJECT_HANDLE **ret, size_t *ret_n, struct err *err);
/** object_signer - the private or secret key with this id, from what is known or found. Errors: ENOKEY. */
NODISCARD int object_signer(struct session *s, const struct sha256 *id,
    CK_OBJECT_HANDLE *ret, struct err *err);
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
