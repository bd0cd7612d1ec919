/*
 * authority - certificate authorities: those that issue, and those before them.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a struct cert_ca is constant once made; a function belongs to its
 *           transaction's thread.
 */
#ifndef CERT_AUTHORITY_H
#define CERT_AUTHORITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/sha256.h"
#include "ca/number.h"

struct tx;

#define CERT_NAME	66	/* a name and its NUL */
#define CERT_CHAIN	16	/* longest way to a root */
#define CERT_RENEWALS	16	/* certificates of one authority */

struct cert_ca {
	char		 name[CERT_NAME];
	char		 key[SHA256_HEX];	/* its own */
	char		 key_name[CERT_NAME];
	char		 issuer[CERT_NAME];	/* "": a root, or another house's */
	char		 profile[CERT_NAME];	/* "": imported */
	char		 responder[CERT_NAME];	/* key that signs its OCSP answers; "": none */
	char		 request[ID_TEXT];	/* that made it, or renewed it last */
	char		 succeeds[CERT_NAME];	/* for which it issues; "": none */
	bool		 active, imported;
	char		*subject;		/* for people */
	struct number	 serial;
	struct sha256	 fingerprint;		/* of the certificate */
	struct blob	 der;			/* the certificate */
	json_t		*urls;			/* {crl?, ocsp?, issuer?} */
	unsigned	 partitions;
	struct number	 floor;			/* above which its lists are numbered; n is 0: none */
	time_us		 not_before, not_after, created, retired;
	char		*reason;		/* why it was retired, or NULL */
	uint64_t	 seq;
};
void cert_ca_free(struct cert_ca *c);
DEFINE_FREEP(cert_ca)

/** cert_ca_get - by name. Errors: ENOENT_, ESTORE. */
NODISCARD int cert_ca_get(struct tx *tx, const char *name,
    struct cert_ca **ret, struct err *err);
/** cert_ca_changed - the newest event that changed an authority, or what became of a
 * certificate: as long as it stays the same, so do all authorities, by whichever
 * service they are changed.  0: there are none. */
NODISCARD int cert_ca_changed(struct tx *tx, uint64_t *ret, struct err *err);
/** cert_ca_json - what the API shows of one, with its certificate as PEM. */
NODISCARD int cert_ca_json(const struct cert_ca *c, json_t **ret,
    struct err *err);
/**
 * cert_ca_number - what the @n-th number of its lists is, from 1.
 * Errors: ERANGE_: DER would need more than 20 octets for it.
 */
NODISCARD int cert_ca_number(const struct cert_ca *c, uint64_t n,
    struct number *ret, struct err *err);
/** cert_ca_count - and back. Errors: ERANGE_: not above those of the system
 * before, or by 2^56 and more. */
NODISCARD int cert_ca_count(const struct cert_ca *c,
    const struct number *number, uint64_t *ret, struct err *err);
/** cert_ca_list - in order of name; @state NULL: any. */
NODISCARD int cert_ca_list(struct tx *tx, const char *state,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);
/** cert_ca_successor - who issues where @name was to: active, and the newest
 * that succeeds it; "": itself. */
NODISCARD int cert_ca_successor(struct tx *tx, const char *name,
    char ret[CERT_NAME], struct err *err);
/* An authority, and those that succeeded it one after another. */
struct cert_ca_line {
	char		 name[CERT_CHAIN][CERT_NAME];
	unsigned	 n;		/* at least 1 */
};
/** cert_ca_line - @name first; the last is the one that issues. */
NODISCARD int cert_ca_line(struct tx *tx, const char *name,
    struct cert_ca_line *ret, struct err *err);
/** cert_ca_before - the one that @name succeeds; "": none. Errors: ENOENT_. */
NODISCARD int cert_ca_before(struct tx *tx, const char *name,
    char ret[CERT_NAME], struct err *err);
/** cert_ca_above - the authority of the house that certified it; "": none of them. */
NODISCARD int cert_ca_above(struct tx *tx, const struct cert_ca *of,
    char ret[CERT_NAME], struct err *err);
/** cert_issuers - which authorities issued the newest 1000 certificates of this
 * key, as far as they are good: [NAME...]. */
NODISCARD int cert_issuers(struct tx *tx, const struct sha256 *spki, json_t **ret,
    struct err *err);
/** cert_ca_certificates - all that it has had, the newest first:
 * [{fingerprint, serial, issuer?, not_before, not_after, certificate}]. */
NODISCARD int cert_ca_certificates(struct tx *tx, const char *name,
    json_t **ret, struct err *err);
/** cert_ca_names - array of all, in order. */
NODISCARD int cert_ca_names(struct tx *tx, json_t **ret, struct err *err);
/** cert_chain - append, as PEM, the CA's certificate and those above it, the
 * root last. Errors: ENOENT_. */
NODISCARD int cert_chain(struct tx *tx, const char *ca, struct blob *ret,
    struct err *err);

/* ---- projections: called by state's apply functions only ---- */

/* A CA that was made or taken in; everything borrowed. */
struct cert_ca_made {
	const char	*name, *key, *key_name, *issuer, *profile, *responder;
	const char	*succeeds, *request;
	const json_t	*urls;
	unsigned	 partitions;
	struct number	 floor;		/* of the system before; n is 0: none */
	bool		 imported;
	struct span	 der;
	time_us		 time;
	uint64_t	 seq;
};
/** cert_ca_insert - or renewed: of this name and key already, it has one
 * certificate more. Errors: EEXISTS (another's name, this certificate), EINPUT. */
NODISCARD int cert_ca_insert(struct tx *tx, const struct cert_ca_made *m,
    struct err *err);
/** cert_ca_retire - Errors: ENOENT_; ECONFLICT: it is retired. */
NODISCARD int cert_ca_retire(struct tx *tx, const char *name,
    const char *reason, time_us time, struct err *err);

#endif
