/*
 * crl - certificate revocation lists: full, delta and partitioned.
 *
 * Floor 2, pure.  Sees base.  RFC 5280, 5.
 *
 * What is made and read here is the TBSCertList: ca/seal signs it.  Entries
 * come from and go to a callback, so that a million of them never stand in
 * memory as anything but their own octets.
 */
#ifndef CA_CRL_H
#define CA_CRL_H

#include "ca/number.h"
#include "ca/reason.h"

#define CRL_URL		1024	/* octets of a distribution point's URL */
#define CRL_KEY_ID	64	/* octets of a key identifier */
#define CRL_ROOM	((uint64_t)1 << 56)	/* numbers of a series, above the one it begins at */
#define CRL_OTHER	700000	/* octets of another system's list, which goes into an event: some 14,000 entries */
#define CRL_WHOLE	((size_t)64 << 20)	/* of one that does not: more than a million */

/* What a CRL is for: onlyContainsUserCerts, onlyContainsCACerts, or neither. */
enum crl_scope {
	CRL_ALL,
	CRL_USERS,
	CRL_CAS
};

struct crl_entry {
	struct number	 serial;	/* positive */
	time_us		 revoked;
	enum reason	 reason;	/* REASON_REMOVE: in a delta only */
	bool		 dated;		/* there is an invalidity date */
	time_us		 invalidity;
};

/**
 * crl_next - the caller's list of what is revoked, one entry at a time.
 *
 * @ret_more  false: there was no entry left, and *ret is not looked at.
 */
typedef int crl_next(void *ctx, struct crl_entry *ret, bool *ret_more,
    struct err *err);

/* Everything borrowed.  Times are written in whole seconds, cut. */
struct crl_ask {
	const char	*scheme;	/* that the CA's key signs by */
	struct span	 issuer;	/* the CA's subject, whole */
	struct span	 key_id;	/* its subjectKeyIdentifier: 1..64 octets */
	struct number	 number;
	struct number	 base;		/* with a number: this is a delta */
	time_us		 this_update, next_update;
	const char	*partition;	/* fullName URL, as in the certificates; or NULL */
	enum crl_scope	 scope;
	const char	*freshest;	/* where deltas are; NULL in a delta */
	size_t		 room;		/* entries expected, to have memory once; 0: unknown */
	crl_next	*next;		/* NULL: nothing is revoked */
	void		*ctx;
};

/**
 * crl_draft - the TBSCertList, DER; deterministic.
 *
 * @ret  appended to; on failure as it was.
 *
 * Errors: EINPUT - an unknown scheme; ERANGE_ - no number, a base that is
 *         not below it, a key identifier of no or too many octets, next_update not after this_update, a time before 1950
 *         or after 9999, a URL over CRL_URL or not printable ASCII, freshest
 *         in a delta, a serial that is not positive, REASON_REMOVE outside a
 *         delta;
 *         ETOOBIG - over 256 MiB; ENOMEMORY; what @next returned.
 */
NODISCARD int crl_draft(const struct crl_ask *ask, struct blob *ret,
    struct err *err);

/* What a CRL says of itself.  Spans go into the octets that were read. */
struct crl_info {
	struct span	 algorithm;	/* AlgorithmIdentifier, whole */
	struct span	 issuer;	/* Name, whole */
	struct span	 key_id;	/* AKI's keyIdentifier; n is 0: none */
	struct number	 number;	/* n is 0: none */
	struct number	 base;		/* n is 0: not a delta */
	time_us		 this_update, next_update;
	struct span	 partition;	/* IDP's URL, of another system's list what it has instead; n is 0: none */
	enum crl_scope	 scope;
	struct span	 freshest;	/* URL; n is 0: none */
	size_t		 entries;
	size_t		 unknown;	/* extensions not critical and not known here; ours have none */
	bool		 ascending;	/* each serial is above the one before: none twice */
};

typedef int crl_each(void *ctx, const struct crl_entry *e, struct err *err);

/**
 * crl_read - all of a TBSCertList, strictly, in one pass.
 *
 * Every entry is looked at; @each, which may be NULL, is called for each of
 * them in its order, before the extensions behind them are read: what it was
 * told is worth something when crl_read has succeeded.
 *
 * Refused: anything that is not DER, version 1, no nextUpdate, an empty list
 * of entries, an extension twice, a critical one that is not known here,
 * indirect CRLs, some reasons only, attribute certificates only, a relative
 * name or several names of a distribution point, a base not below the number,
 * freshest in a delta, an entry with reason 0, 7 or above 10, removeFromCRL
 * outside a delta, IDP or base not critical.
 *
 * Errors: EINPUT, ERANGE_, with the section of RFC 5280; what @each returned.
 */
NODISCARD int crl_read(struct span tbs, crl_each *each, void *ctx,
    struct crl_info *ret, struct err *err);

/**
 * crl_read_other - another system's, as strictly, but for what the standard
 * leaves to others: a reason "unspecified", a key identifier left out, places
 * of the list and of fresher ones as they like, which are passed over.
 */
NODISCARD int crl_read_other(struct span tbs, crl_each *each, void *ctx,
    struct crl_info *ret, struct err *err);

/* The authority that a list must be of: from its certificate, borrowed. */
struct crl_of {
	struct span	 name;		/* subject, whole */
	struct span	 key_id;	/* may be empty */
	struct span	 spki;		/* whole */
	bool		 part;		/* one of several is taken too: of some certificates, by place or kind */
	size_t		 most;		/* octets of the list; 0: CRL_OTHER */
};
/**
 * crl_take_other - a CertificateList, DER, as the newest complete one of an
 * authority that another system kept.
 *
 * @each  may be NULL; what it was told is worth something on success only.
 *
 * Errors: EINPUT, ERANGE_, with the section of RFC 5280; ETOOBIG: over
 * @of->most; EDENIED: another authority's, a delta, or (but for @of->part) of
 * some certificates only; EPROOF: the authority's key did not sign it.
 */
NODISCARD int crl_take_other(struct span whole, const struct crl_of *of,
    crl_each *each, void *ctx, struct crl_info *ret, struct err *err);
/**
 * crl_other_check - is it all that there is?  What is missing on it will be on no
 * list of ours: nobody should agree to that unknowingly.
 *
 * @asked  when it was asked for: it was good then.
 * @only   it was said that the authority had no other.
 * Errors: EDENIED.
 */
NODISCARD int crl_other_check(const struct crl_info *i, time_us asked, bool only,
    struct err *err);

#endif
