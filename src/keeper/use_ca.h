/*
 * use_ca - what the operations of keys of kind ca share.
 *
 * Floor 4 (keeper).  Sees policy, ca, base.
 * Such a key signs no digest: what it is to sign comes whole, is read, and
 * compared with what was allowed.
 */
#ifndef KEEPER_USE_CA_H
#define KEEPER_USE_CA_H

#include "ca/der.h"
#include "keeper/ca_record.h"
#include "keeper/use.h"

#define CA_NEAR		TIME_S(300)	/* how far a moment may lie from now */
#define CRL_FIRST	((uint64_t)1 << 52)	/* a series begins no higher */
#define CRL_LEAP	((uint64_t)1 << 32)	/* from one number to the next, at most */
#define OCSP_BATCH	64		/* answers in one message */
#define OCSP_ANSWER	32768		/* octets of one ResponseData */
#define OCSP_ENTRY	1000		/* answers after which they are journaled */
#define OCSP_AGE	TIME_S(60)	/* the same */
#define ED25519_CONTENT	(8u << 20)	/* what is held while the token signs it whole */

/** ca_use_name - what a certificate's signature is known by. */
struct sha256 ca_use_name(const struct sha256 *key, struct span content);
/**
 * ca_key - the operation's key: of kind ca, active, and the request's.
 * Errors: EPROOF: the request is for another action; EDENIED, ESTATE.
 */
NODISCARD int ca_key(struct keeper *k, struct using *u, enum action action,
    struct key **ret, struct err *err);
/** ca_is_near - is this moment within CA_NEAR of now, or up to @before earlier? */
bool ca_is_near(time_us moment, time_us now, time_us before);
/** ca_digest - of @content, as the key's scheme takes it (ed25519: SHA-256).
 * @ret of EVP_MAX_MD_SIZE octets; @ret_name as documents call it. */
NODISCARD int ca_digest(const struct key *key, struct span content,
    unsigned char *ret, size_t *ret_n, const char **ret_name, struct err *err);
/** ca_input - into the ticket: what the token is given for @content. */
NODISCARD int ca_input(const struct key *key, struct span content,
    struct ticket *t, struct err *err);
/** ca_ready - may the keeper sign just now? Errors: EBUSY_, EUNSHOWN. */
NODISCARD int ca_ready(struct keeper *k, time_us now, struct err *err);
/** ca_unused - for a use that no ticket reserves. Errors: EUSED. */
NODISCARD int ca_unused(struct keeper *k, const struct using *u, struct err *err);

/** ocsp_flush - journal what was answered and is not yet; @all: however little. */
void ocsp_flush(struct keeper *k, bool all);
/** ocsp_done - forget it all. */
void ocsp_done(struct keeper *k);

#endif
