/*
 * ca_record - what the keeper knows of a key that is a CA's: its certificates,
 * where lists and answers are found, and the CRL numbers per scope.
 *
 * Floor 4 (keeper).  Sees ca, base.
 * Threads:  belongs to the keeper's loop.
 *
 * All of it stands in the key's row of the register, and so in the snapshot.
 */
#ifndef KEEPER_CA_RECORD_H
#define KEEPER_CA_RECORD_H

#include "ca/crl.h"
#include "ca/issuer.h"
#include "keeper/register.h"

#define CA_RECORDS	16	/* certificates of one key */
#define CA_BASES	2	/* newest full lists that a delta may be to: those still valid */
#define CA_SCOPE	32	/* a scope's name, with the NUL */

struct ca_record {
	const char	*name;		/* borrowed from the row */
	struct sha256	 hash;		/* of the certificate */
	struct issuer	*issuer;	/* owned */
	bool		 revoked;	/* for good: ca_revoked.h */
	struct issuer_path above;	/* as of this change of the register */
	uint64_t	 above_at;
};

/** ca_records_load - from the key's row, where there are any. */
NODISCARD int ca_records_load(struct key *k, struct err *err);
void ca_records_done(struct key *k);
/** ca_record_find - by the certificate's hash, or NULL. */
struct ca_record *ca_record_find(const struct key *k, const struct sha256 *hash);
/** ca_record_above - the house's authorities above this one, by their newest
 * certificates. Errors: ETOOBIG. */
NODISCARD int ca_record_above(const struct keys *all, struct ca_record *r,
    const struct issuer_path **ret, struct err *err);
/**
 * ca_subject_check - may a CA certificate bear this Name?  No other key's CA of the
 * house does (RFC 5280, 4.1.2.6): under its name it could sign its lists.
 *
 * @own       whose certificate it is; NULL: nobody's of the house.
 * @succeeds  the CA for which it goes on, and which has this name; or NULL.
 * Errors: EEXISTS.
 */
NODISCARD int ca_subject_check(const struct keys *all, const struct key *own,
    struct span subject, const char *succeeds, struct err *err);
/** ca_may_be - is this key nothing that never becomes a CA? Errors: EDENIED. */
NODISCARD int ca_may_be(const struct key *k, struct err *err);
/**
 * ca_record_check - may this key become, or go on as, the CA of this name?
 * Errors: EEXISTS (the name is another key's), EDENIED (a responder; a number
 * for lists that go on), ERANGE_ (no room for lists above it),
 * ETOOBIG; and whatever is wrong with certificate, urls and partitions.
 */
NODISCARD int ca_record_check(const struct keys *all, const struct key *k,
    const json_t *parameters, struct span certificate, struct err *err);
/** ca_record_take_check - may this certificate of others be taken in at @now?
 * Errors: as issuer_take_check. */
NODISCARD int ca_record_take_check(const struct keys *all, struct span certificate,
    time_us now, struct err *err);
/** ca_record_add - from the parameters of ca.create or ca.import. */
NODISCARD int ca_record_add(struct keys *all, struct key *k,
    const json_t *parameters, struct span certificate, const char *request,
    struct err *err);

/** ca_scope - a series of CRL numbers: the CA's subject, and a partition or -1. */
void ca_scope(const struct ca_record *r, int64_t partition, char ret[CA_SCOPE]);
/** ca_deltas - are there deltas to this list? Never to the whole, which has no place. */
bool ca_deltas(const struct ca_record *r, int64_t partition);
/* What was signed in it; n is 0: nothing yet. */
struct ca_series {
	struct number	 floor;			/* of the system before this one */
	struct number	 last;			/* the highest of all, the floor among them */
	struct number	 base[CA_BASES];	/* of the full lists, the newest first */
	time_us		 began;			/* thisUpdate of the last; 0: not known */
};
NODISCARD int ca_series(const struct key *k, const char *scope,
    struct ca_series *ret, struct err *err);
/** ca_series_raise - this one was signed. @base: deltas may be to it; @began:
 * its thisUpdate. */
NODISCARD int ca_series_raise(struct key *k, const char *scope,
    const char *number, bool base, time_us began, struct err *err);
/** ca_responder - the key answers for OCSP: it never becomes a CA. */
NODISCARD int ca_responder(struct key *k, struct err *err);
/** ca_certified - it has a certificate for something else: it never answers for OCSP. */
NODISCARD int ca_certified(struct key *k, struct err *err);

#endif
