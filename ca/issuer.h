/*
 * issuer - an issuing CA, as far as its certificates depend on it.
 *
 * Floor 2, pure.  Sees base.
 */
#ifndef CA_ISSUER_H
#define CA_ISSUER_H

#include "base/json.h"
#include "ca/tbs.h"

#define ISSUER_URL	512	/* octets of a base URL */
#define ISSUER_PARTITIONS 4096
#define ISSUER_ABOVE	15	/* authorities above one */

/* Read, never written, once it is there: threads may share one. */
struct issuer {
	struct blob	 der;		/* owned: the certificate, which the spans borrow */
	struct span	 subject;	/* Name, whole */
	struct span	 spki;		/* whole */
	struct span	 key_id;	/* its subjectKeyIdentifier */
	struct span	 by, by_key_id;	/* who signed it; the second may be empty */
	time_us		 not_before, not_after;
	int		 path_length;	/* -1: none */
	uint32_t	 key_usage;	/* USAGE_BITs */
	json_t		*constraints;	/* owned; NULL: none */
	struct span	 purposes, policies; /* extKeyUsage, certificatePolicies: values; empty: none */
	int64_t		 explicit_policy; /* after so many certificates below it each needs a policy; -1: none does */
	bool		 no_any_policy;	/* none below it has anyPolicy */
	json_t		*subject_json;	/* owned; NULL where it has no text here */
	char		 crl[ISSUER_URL + 1], delta[ISSUER_URL + 1],
			 ocsp[ISSUER_URL + 1], issuer[ISSUER_URL + 1]; /* "": none */
	unsigned	 partitions;
};

/**
 * issuer_read - what a CA certificate says of what may be issued below it.
 *
 * @certificate  in DER; copied.
 * @urls         {crl?, delta?, ocsp?, issuer?}, or NULL.
 * @partitions   1 to ISSUER_PARTITIONS.
 * Errors: EINPUT, ESCHEMA, ERANGE_; EDENIED for one that is no CA
 * (RFC 5280, 4.2.1.9), may not sign certificates (4.2.1.3), or is constrained
 * in a way that cannot be checked here (4.2.1.10).
 */
NODISCARD int issuer_read(struct span certificate, const json_t *urls,
    unsigned partitions, struct issuer **ret, struct err *err);
void issuer_free(struct issuer *i);
DEFINE_FREEP(issuer)
/* The authorities above one, the nearest first, as far as they are known. */
struct issuer_path {
	const struct issuer *at[ISSUER_ABOVE];
	size_t		 n;
};
/* Who signed @i, among those that are known; NULL: none of them. */
typedef const struct issuer *issuer_above_fn(void *ctx,
    const struct issuer *i);
/** issuer_signed - has @above signed @i, by name and key identifier (RFC 5280,
 * 4.2.1.1)?  Not its own other certificates. */
bool issuer_signed(const struct issuer *above, const struct issuer *i);
/** issuer_limits_read - what the certificate says of purposes and policies; what
 * cannot be read limits most. */
void issuer_limits_read(struct issuer *i, const struct tbs *t);
/** issuer_serves - may what is below it be for this purpose (RFC 5280, 4.2.1.12)?
 * An OCSP responder is its issuer's, whatever that is for (RFC 6960, 4.2.2.2). */
bool issuer_serves(const struct issuer *i, struct span purpose);
/** issuer_has_policy - has its certificate this policy, or any? */
bool issuer_has_policy(const struct issuer *i, struct span policy);
/** issuer_is_root - did it certify itself (RFC 5280, 3.2)? */
bool issuer_is_root(const struct issuer *i);
/** issuer_climb - all above @i, each once. Errors: ETOOBIG: more than ISSUER_ABOVE. */
NODISCARD int issuer_climb(const struct issuer *i, issuer_above_fn *fn,
    void *ctx, struct issuer_path *ret, struct err *err);
/**
 * issuer_take_check - may it be taken in at @now: signs it lists too, goes its
 * certificate on, says it nothing critical that is not known here, and is it
 * signed by whom it names, as far as that is known?
 *
 * Apart from issuer_read, so that a CA which was taken in before goes on.
 * @fn  who signed it, among those that are known; may be NULL: nobody else is.
 * Errors: EDENIED; EINPUT for a signature of an algorithm that is not known.
 * Standard: RFC 5280, 4.2, 4.2.1.3, 4.1.2.5, 6.1.3.
 */
NODISCARD int issuer_take_check(const struct issuer *i, time_us now,
    issuer_above_fn *fn, void *ctx, struct err *err);
/** issuer_goes_on - is @next the same authority with another certificate: name,
 * key, URLs and partitions?  Errors: EDENIED. */
NODISCARD int issuer_goes_on(const struct issuer *i, const struct issuer *next,
    struct err *err);
/** issuer_urls_check - are these base URLs: http, without query, of at most
 * ISSUER_URL octets; deltas only to lists that have one? Errors: ESCHEMA, EINPUT. */
NODISCARD int issuer_urls_check(const json_t *urls, struct err *err);
/**
 * issuer_lists_check - can the lists of a new CA be told apart?
 *
 * Apart from issuer_read, so that a CA which was made before this was asked
 * for goes on. Errors: EINPUT: several partitions, and no URL for them.
 */
NODISCARD int issuer_lists_check(const json_t *urls, unsigned partitions,
    struct err *err);
/** issuer_crl_url - where a partition's CRL is: "BASE/N.crl". Errors: ERANGE_:
 * there is no such partition; ECONFLICT: it has no such URL. */
NODISCARD int issuer_crl_url(const struct issuer *i, unsigned partition,
    struct blob *ret, struct err *err);
/** issuer_delta_url - where deltas to it are: "BASE/N.delta.crl". Errors: the same. */
NODISCARD int issuer_delta_url(const struct issuer *i, unsigned partition,
    struct blob *ret, struct err *err);
/** issuer_partition - which partition a certificate of its belongs to, by its
 * distribution point; 0 where it has none. Errors: EINPUT: another CA's. */
NODISCARD int issuer_partition(const struct issuer *i, const struct tbs *t,
    unsigned *ret, struct err *err);

#endif
