/*
 * people - principals, their credentials and who stands behind a token.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  share one struct people; lookups take a read lock.
 * Locks:    people is a leaf but for the store's reader it asks on a miss.
 *
 * Tokens are "clv_" and 43 characters of base64url (256 bits); only their
 * SHA-256 is kept.  Client certificates are pinned by the SHA-256 of their
 * SubjectPublicKeyInfo.  Sessions live in memory and die with the service.
 */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct charter;
struct people;
struct store;
struct tx;

#define PEOPLE_NAME	66
#define PEOPLE_TOKEN	48	/* "clv_", 43 characters, NUL */
#define PEOPLE_SESSION_S	900
#define PEOPLE_CHALLENGE_S	120

enum people_by { BY_TOKEN, BY_CERTIFICATE, BY_SESSION };

/* Who is asking: a plain value. */
struct caller {
	char		 id[PEOPLE_NAME];
	bool		 tool;			/* else a person */
	char		 party[PEOPLE_NAME];	/* "" for the house's own */
	enum people_by	 by;
	char		 credential[40];	/* cred_...; "" for a session */
};

NODISCARD int people_new(struct store *store, struct people **ret, struct err *err);
void people_free(struct people *p);
/** people_session_lasts - how long those do that begin from now on; else PEOPLE_SESSION_S.
 * Before others share @p. */
void people_session_lasts(struct people *p, unsigned seconds);
DEFINE_FREEP(people)

/**
 * people_by_token - who holds this bearer token (a session's too).
 * people_by_certificate - whose client certificate has this SPKI (DER).
 *
 * Errors: EAUTH - unknown, revoked, expired, or its holder left the roster.
 */
NODISCARD int people_by_token(struct people *p, const char *token, time_us now,
    struct caller *ret, struct err *err);
NODISCARD int people_by_certificate(struct people *p, const void *spki, size_t octets,
    time_us now, struct caller *ret, struct err *err);

/** people_forget - credentials or the roster changed: drop the cache. Called after a commit. */
void people_forget(struct people *p);
/** people_forget_sessions - the roster changed: every session must log in again. */
void people_forget_sessions(struct people *p);

/** people_challenge - a login challenge (base64url) for an officer: 120 s, one use; asking stores nothing. */
NODISCARD int people_challenge(struct people *p, const char *officer, time_us now,
    char ret[PEOPLE_TOKEN], struct err *err);
/**
 * people_login - a signed challenge for a session's token.
 *
 * @login  {"officer","credential","challenge","signature"}; the signature is
 *         over canonical {"format":"claviger/login/v1","house","officer","challenge"}.
 * Errors: EAUTH, ESCHEMA.
 */
NODISCARD int people_login(struct people *p, const struct charter *c, const char *house,
    const json_t *login, time_us now, char ret_token[PEOPLE_TOKEN],
    time_us *ret_expires, struct err *err);
/** people_sessions - how many sessions are open now. */
unsigned people_sessions(struct people *p, time_us now);

/* A password that lets one request in. */
struct people_once {
	struct caller	 who;
	time_us		 expires;
	uint64_t	 seq;	/* of the last event about it: given, used or revoked */
};
/** people_once - by the password's hash; also where it was used or revoked. Errors: ENOENT_. */
NODISCARD int people_once(struct tx *tx, const struct sha256 *hash,
    struct people_once *ret, struct err *err);

/** people_token_new - a fresh token, to be shown once, and what is kept of it. */
NODISCARD int people_token_new(char ret_token[PEOPLE_TOKEN], struct sha256 *ret_hash, struct err *err);

/** people_get - one principal as JSON: {id, kind, party?, owners?, groups[], since, until?}. Errors: ENOENT_. */
NODISCARD int people_get(struct tx *tx, const char *id, json_t **ret, struct err *err);
/** people_caller - the same as a value, of one still on the roster. Errors: ENOENT_. */
NODISCARD int people_caller(struct tx *tx, const char *id, struct caller *ret, struct err *err);
NODISCARD int people_list(struct tx *tx, const char *cursor, unsigned limit,
    json_t **ret, char **ret_next, struct err *err);
/** people_credentials - never the hash of a token: {id, principal, type, label, created, expires, revoked?, fingerprint? (tls-client)}. */
NODISCARD int people_credentials(struct tx *tx, const char *principal, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err);
NODISCARD int people_credential(struct tx *tx, const char *id, json_t **ret, struct err *err);

/* A credential, while it is shown to people_end_fn. */
struct people_end {
	const char	*id, *principal, *type, *label;
	time_us		 created, expires;
};
typedef int people_end_fn(void *ctx, const struct people_end *c, struct err *err);
/** people_ending - what people and tools come in by and ends next, at or after @from
 * and before @until, at most @most; none that another of the same label follows.
 * @ret_until: up to when none is left out; 0: to the last. */
NODISCARD int people_ending(struct tx *tx, time_us from, time_us until, unsigned most,
    people_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);

#define PEOPLE_KEYS	10000u	/* of client certificates; beyond, none is looked at */

/** people_key_of - the client certificate with this key (SHA-256 of its SPKI) by which
 * somebody comes in at @now; the last to end.  @fn is called for it, or not at all. */
NODISCARD int people_key_of(struct tx *tx, const char *print, time_us now,
    people_end_fn *fn, void *ctx, struct err *err);
typedef int people_key_fn(void *ctx, const char *print, struct err *err);
/** people_key_each - the keys of all such, each once. */
NODISCARD int people_key_each(struct tx *tx, time_us now, people_key_fn *fn,
    void *ctx, struct err *err);

/* Projections: called by state's apply functions only. */

/** people_roster - make the principals those of this charter; who left gets "until". */
NODISCARD int people_roster(struct tx *tx, const json_t *charter, time_us time,
    uint64_t seq, struct err *err);
/** people_credential_add - @credential is the event's {id,principal,type,label,hash,created,expires}. */
NODISCARD int people_credential_add(struct tx *tx, const json_t *credential,
    const char *request, uint64_t seq, struct err *err);
/** people_credential_use - an enrolment password, once. Errors: ENOENT_: it is none, was used or revoked. */
NODISCARD int people_credential_use(struct tx *tx, const char *id, time_us time,
    uint64_t seq, struct err *err);
/** people_credential_revoke - Errors: ENOENT_. */
NODISCARD int people_credential_revoke(struct tx *tx, const char *id, time_us time,
    const char *reason, uint64_t seq, struct err *err);

#endif
