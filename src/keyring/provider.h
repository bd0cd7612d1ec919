/*
 * provider - an OpenSSL 3 provider whose private keys are in the keeper.
 * Inside src/keyring only.
 *
 * A key's public half is an EVP_PKEY of the default provider, to which all that
 * needs no secret is passed on; its private half is a binding.  Export with the
 * private part selected must fail: that alone makes OpenSSL bring every signature to us.
 */
#ifndef KEYRING_PROVIDER_H
#define KEYRING_PROVIDER_H

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/blob.h"
#include "keyring/pkey.h"

#define PROVIDER_NAME		"claviger"
#define PROVIDER_OURS		"provider=" PROVIDER_NAME
#define PROVIDER_DEFAULT	"provider=default"
#define PROVIDER_BINDING	"claviger-binding"	/* parameter: a binding's handle */

/* How a key of one scheme signs: nothing of it is the caller's choice. */
struct scheme {
	const char		*name;		/* as documents call it */
	const char		*type;		/* OpenSSL's key type */
	const char		*digest;	/* OpenSSL's name; NULL: the message itself */
	const char		*digest_name;	/* as documents call it */
	int			 bits;		/* EC: of the curve; 0: any */
	int			 pad;		/* RSA_..._PADDING; 0: none */
	const char		*id;		/* AlgorithmIdentifier, DER */
	size_t			 id_octets;
};

/** scheme_find - by the documents' name; NULL: none. */
const struct scheme *scheme_find(const char *name);

/* What the provider's functions get as provctx. */
struct provider {
	OSSL_LIB_CTX		*lib;
	OSSL_PROVIDER		*standard, *ours;	/* default, this */
	pthread_mutex_t		 lock;
	struct keyring_binding	*bindings;	/* those alive, under lock */
	uint64_t		 last;		/* handle given, under lock */
};

struct keyring_binding {
	atomic_uint		 refs;
	struct provider		*provider;
	struct keyring_binding	*next;		/* provider's lock */
	uint64_t		 handle;
	struct sha256		 permit;
	json_t			*document, *operation;
	const struct scheme	*scheme;
	EVP_PKEY		*pkey;		/* the owner's reference */

	pthread_mutex_t		 lock;		/* all that follows */
	struct keyring		*keyring;	/* NULL: released */
	json_t			*entries;	/* array, or NULL */
	struct err		 failed;
};

/* A key as KEYMGMT knows it. */
struct pkey {
	atomic_uint		 refs;
	struct provider		*provider;
	const char		*type;
	EVP_PKEY		*public;	/* of the default provider */
	struct keyring_binding	*binding;	/* NULL: no private half */
};

/** provider_new - a library context with the default provider and ours. */
NODISCARD int provider_new(struct provider **ret, struct err *err);
void provider_free(struct provider *p);

/** binding_find - by handle, with a reference, or NULL. */
struct keyring_binding *binding_find(struct provider *p, uint64_t handle);
struct keyring_binding *binding_ref(struct keyring_binding *b);
void binding_unref(struct keyring_binding *b);
/** binding_sign - one use of the permit. @ret: the signature is appended. */
NODISCARD int binding_sign(struct keyring_binding *b, const void *p, size_t n,
    struct blob *ret, struct err *err);

/** binding_keep - an entry that was made under it. */
NODISCARD int binding_keep(struct keyring_binding *b, json_t *entry, struct err *err);
/** binding_is_whole - is what is signed sent whole (a key of kind ca)? */
bool binding_is_whole(const struct keyring_binding *b);
/** whole_put - collect it. Errors: ETOOBIG. */
NODISCARD int whole_put(const struct keyring_binding *b, struct blob *to, const void *p, size_t n, struct err *err);
/** whole_sign - as binding_sign, for what has been collected. */
NODISCARD int whole_sign(struct keyring_binding *b, struct keyring *k, const void *p, size_t n,
    struct blob *ret, struct err *err);

struct pkey *pkey_ref(struct pkey *k);
void pkey_unref(struct pkey *k);

extern const OSSL_ALGORITHM keymgmt_algorithms[];
extern const OSSL_ALGORITHM signature_algorithms[];

#endif
