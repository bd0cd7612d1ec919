/*
 * hsm - a PKCS #11 token: sessions, keys, signatures, small data objects.
 *
 * Floor 2.  Sees base.  Seen by keeper and cli.
 * Threads:  share one.  Sessions come from a bounded pool; a caller waits its turn.
 * Locks:    pool, then cache; neither is held over a call that signs or generates.
 *
 * A token that goes away and comes back is opened again, logged into again and
 * its handles are found again, within the call that met the loss; one retry.
 * A call that could not be carried out answers ETOKEN and changes nothing.
 */
#ifndef HSM_HSM_H
#define HSM_HSM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/sha256.h"

struct hsm;			/* opaque */

/* name, what documents call it (0001), private key? */
#define HSM_ALGORITHMS(A) \
	A(EC_P256, "ec-p256")	A(EC_P384, "ec-p384") \
	A(RSA_2048, "rsa-2048")	A(RSA_3072, "rsa-3072")	A(RSA_4096, "rsa-4096") \
	A(ED25519, "ed25519") \
	A(AES_128, "aes-128")	A(AES_256, "aes-256")
enum hsm_algorithm {
#define A(name, text) HSM_##name,
	HSM_ALGORITHMS(A)
#undef A
	HSM_ALGORITHM__N
};
#define HSM_SCHEMES(S) \
	S(ECDSA_SHA256, "ecdsa-sha256")		S(ECDSA_SHA384, "ecdsa-sha384") \
	S(RSA_PSS_SHA256, "rsa-pss-sha256")	S(RSA_PKCS1_SHA256, "rsa-pkcs1-sha256") \
	S(EDDSA, "ed25519")			S(NONE, "none")
enum hsm_scheme {
#define S(name, text) HSM_SCHEME_##name,
	HSM_SCHEMES(S)
#undef S
	HSM_SCHEME__N
};

const char *hsm_algorithm_name(enum hsm_algorithm a);
NODISCARD int hsm_algorithm_from_name(const char *name, enum hsm_algorithm *ret, struct err *err);
const char *hsm_scheme_name(enum hsm_scheme s);
NODISCARD int hsm_scheme_from_name(const char *name, enum hsm_scheme *ret, struct err *err);
/** hsm_scheme_default - what a key of this algorithm signs with unless told. */
enum hsm_scheme hsm_scheme_default(enum hsm_algorithm a);
/** hsm_scheme_fits - may a key of this algorithm have this scheme? */
bool hsm_scheme_fits(enum hsm_algorithm a, enum hsm_scheme s);
/** hsm_scheme_digest_octets - 32 or 48; 0: signs the message itself (ed25519), or nothing. */
size_t hsm_scheme_digest_octets(enum hsm_scheme s);

struct hsm_options {
	const char		*module;	/* shared object; NULL: p11-kit's proxy */
	const char		*label;		/* which token: by label, serial or both */
	const char		*serial;	/* may be NULL */
	const struct secret	*pin;		/* NULL: no login (public objects only) */
	const char		*folder;	/* token folder to sync; NULL: SoftHSM's own, found from its
						   configuration; other tokens have none */
	unsigned		 sessions;	/* most at once; 0: 16 */
	time_us			 wait;		/* longest wait for a session or a token; 0: 5 s */
};

/* What a token says of itself; blanks cut off. */
struct hsm_info {
	char	label[33], manufacturer[33], model[17], serial[17], firmware[12];
};

/**
 * hsm_open - load the module, find the token, log in.
 *
 * Errors: ETOKEN (module, token), EAUTH (PIN), ENOENT_ (no such token), ERANGE_.
 */
NODISCARD int hsm_open(const struct hsm_options *o, struct hsm **ret, struct err *err);
void hsm_free(struct hsm *h);
DEFINE_FREEP(hsm)
/** hsm_info - of the token found at open. */
void hsm_info(const struct hsm *h, struct hsm_info *ret);
/** hsm_check - does the token answer now, and hold @key (may be NULL)? Reconnects.
 * Errors: ETOKEN, EAUTH, ENOKEY. */
NODISCARD int hsm_check(struct hsm *h, const struct sha256 *key, struct err *err);
/** hsm_can - does the token make keys of this algorithm? */
bool hsm_can(struct hsm *h, enum hsm_algorithm a);
/**
 * hsm_sync - make the token's files durable (SoftHSM never does); nothing to
 * do for other tokens.  Call before a new key is promised.  Errors: EIO_.
 */
NODISCARD int hsm_sync(struct hsm *h, struct err *err);

/* What generation gives. */
struct hsm_made {
	struct blob	*spki;		/* owned; DER of SubjectPublicKeyInfo; NULL for AES */
	unsigned char	 kcv[3];	/* AES: first octets of the zero block enciphered */
	char		 uri[512];	/* RFC 7512, without PIN */
};
void hsm_made_done(struct hsm_made *m);

/**
 * hsm_generate - make a key in the token: sensitive, never extractable, CKA_SIGN
 * alone (AES: encrypt and decrypt), labelled, found by its CKA_ID.
 *
 * @id     32 octets that no other key has; they outlive a crash.
 * @label  1..64 octets of name.
 * Errors: EEXISTS (an object with this id), ETOKEN, ERANGE_ (not an algorithm of this token).
 * A failure half-way takes back what was made.  Not synced: see hsm_sync.
 */
NODISCARD int hsm_generate(struct hsm *h, enum hsm_algorithm a,
    const struct sha256 *id, const char *label, struct hsm_made *ret, struct err *err);
/** hsm_recall - what hsm_generate gave for a key that is in the token: after a crash.
 * Errors: ENOKEY (not there, or half made only), ETOKEN. */
NODISCARD int hsm_recall(struct hsm *h, enum hsm_algorithm a,
    const struct sha256 *id, const char *label, struct hsm_made *ret, struct err *err);
/* A key that was made by other means: by its label, or its CKA_ID. */
struct hsm_foreign {
	const char		*label;		/* NULL: by id */
	const void		*id;
	size_t			 id_octets;
	enum hsm_scheme		 scheme;	/* that it must sign by */
	const void		*challenge;	/* a digest (ed25519: a message) that it signs */
	size_t			 challenge_octets;
	/* Is it the key that is wanted?  Non-zero: it stays as it is. */
	int			(*fit)(void *ctx, const struct blob *spki,
				    const struct blob *signature, struct err *err);
	void			*ctx;
};
/**
 * hsm_adopt - have a key found by @id and @label from now on, as a key of
 * hsm_generate's is.  One that is so already is given again: after a crash.
 *
 * Errors: ENOKEY (not there, or one half of it only), ECONFLICT (several),
 * ERANGE_ (it does not sign so, asks for the PIN each time, may not be renamed,
 * or the token refuses it otherwise), ETOKEN (away); and those of fit.
 * After a failure it is called as it was; ETOKEN: as soon as it is tried again.
 */
NODISCARD int hsm_adopt(struct hsm *h, const struct hsm_foreign *f,
    const struct sha256 *id, const char *label, struct hsm_made *ret, struct err *err);
/** hsm_public - the public half of a key in the token, as SPKI. Errors: ENOKEY, ETOKEN. */
NODISCARD int hsm_public(struct hsm *h, const struct sha256 *id, struct blob *ret_spki, struct err *err);
/** hsm_find_label - the id of the one private or secret key with this label. Errors: ENOKEY, ECONFLICT. */
NODISCARD int hsm_find_label(struct hsm *h, const char *label, struct sha256 *ret, struct err *err);
/**
 * hsm_sign - sign a digest (ed25519: a message of at most 64 MiB).
 *
 * @scheme  must fit the key; ECDSA answers DER (ECDSA-Sig-Value), hsm_ecdsa_raw gives r||s.
 * @ret     the signature is appended.
 * Errors: ENOKEY, ERANGE_ (digest's length), ETOKEN, EBUSY_ (no session in time).
 */
NODISCARD int hsm_sign(struct hsm *h, const struct sha256 *id, enum hsm_scheme scheme,
    const void *p, size_t n, struct blob *ret, struct err *err);
/** hsm_destroy - remove every object with this id. 0 also when there was none. */
NODISCARD int hsm_destroy(struct hsm *h, const struct sha256 *id, struct err *err);

/* One key in the token, all its objects taken together. */
struct hsm_key {
	bool		 id_fits;	/* CKA_ID has 32 octets */
	struct sha256	 id;
	char		 label[65];	/* cut */
	bool		 has_private, has_public, has_secret;
	bool		 partial;	/* one half of a pair is missing */
};
/** hsm_list - every key in the token. @ret is for free(). Errors: ETOKEN. */
NODISCARD int hsm_list(struct hsm *h, struct hsm_key **ret, size_t *ret_n, struct err *err);

/* One thing in a token, whoever made it; borrowed for the call. */
enum hsm_thing_kind { HSM_THING_PAIR, HSM_THING_PRIVATE, HSM_THING_PUBLIC,
	HSM_THING_SECRET, HSM_THING_CERTIFICATE };
struct hsm_thing {
	enum hsm_thing_kind	 kind;
	const struct blob	*id, *label;	/* as they are; may be empty */
	const struct blob	*value;		/* SPKI, or the certificate's DER; empty: not known */
};
typedef int hsm_thing_fn(void *ctx, const struct hsm_thing *t, struct err *err);
/** hsm_survey - every key and certificate; a pair by its id is one thing.  After
 * a loss of the token some may come twice. Errors: ETOKEN, EAUTH; those of @fn. */
NODISCARD int hsm_survey(struct hsm *h, hsm_thing_fn *fn, void *ctx, struct err *err);

/**
 * hsm_data_put - write (replace) a small private data object. hsm_data_get - read it.
 *
 * @label  names it; application is "claviger".  Up to 4096 octets.
 * A replacement is written before the old one goes, so one is always there; the
 * newest, by the counter kept in the object's first 8 octets, is the one read.
 * Errors: ENOENT_ (get), ERANGE_, ETOKEN.
 */
NODISCARD int hsm_data_put(struct hsm *h, const char *label, const void *p, size_t n, struct err *err);
NODISCARD int hsm_data_get(struct hsm *h, const char *label, struct blob *ret, struct err *err);

/** hsm_ecdsa_der, hsm_ecdsa_raw - r||s as ECDSA-Sig-Value, and back (@half: 32 or 48). RFC 5480, 2.2.3 of RFC 3279. */
NODISCARD int hsm_ecdsa_der(const void *raw, size_t n, struct blob *ret, struct err *err);
NODISCARD int hsm_ecdsa_raw(const void *der, size_t n, size_t half, struct blob *ret, struct err *err);

#endif
