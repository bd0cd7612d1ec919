/*
 * template - how a token is asked for a key of each algorithm.
 * Inside src/hsm only.
 */
#ifndef HSM_TEMPLATE_H
#define HSM_TEMPLATE_H

#include "hsm/object.h"

#define TEMPLATE_ATTRS	16

struct template {
	CK_ATTRIBUTE	 a[TEMPLATE_ATTRS];
	CK_ULONG	 n;
};

/* What a new key is called. */
struct template_name {
	const struct sha256	*id;
	const char		*label;
};

/** template_mechanism - that generates keys of this algorithm; @ret_size may be NULL: RSA bits, AES octets, or 0. */
CK_MECHANISM_TYPE template_mechanism(enum hsm_algorithm a, CK_ULONG *ret_size);
/** template_is_pair - a private and a public key, not one secret key. */
bool template_is_pair(enum hsm_algorithm a);

/* Attributes point at what they are given: it must outlive the template. */
void template_private(enum hsm_algorithm a, const struct template_name *n, struct template *ret);
void template_public(enum hsm_algorithm a, const struct template_name *n, struct template *ret);
void template_secret(enum hsm_algorithm a, const struct template_name *n, struct template *ret);
/** template_uri - what a pkcs11: URI says of the key; @class outlives the template. */
void template_uri(const CK_OBJECT_CLASS *class, const struct template_name *n, struct template *ret);

/** made_uri - where the token keeps a key (RFC 7512). Errors: ENOMEMORY, EINTERNAL. */
NODISCARD int made_uri(struct hsm *h, CK_OBJECT_CLASS class, const struct template_name *n,
    struct hsm_made *ret, struct err *err);
/** template_kept - has it the attributes of a key that was made here?  @ret_why: what it
 * has instead, or "". Errors: ETOKEN. */
NODISCARD int template_kept(struct session *s, CK_OBJECT_HANDLE key, char ret_why[80],
    struct err *err);
/** template_check - believe no template: ask the token what it has made. Errors: ETOKEN. */
NODISCARD int template_check(struct session *s, CK_OBJECT_HANDLE key, struct err *err);

#endif
