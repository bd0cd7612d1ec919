/*
 * draft - the certificate that will be signed, from what was decided.
 *
 * Floor 2, pure.  Sees base.
 * The same question gives the same octets, wherever it is asked: the service
 * drafts, the keeper drafts again with its own charter and its own facts, and
 * signs only when both are equal.
 */
#ifndef CA_DRAFT_H
#define CA_DRAFT_H

#include "ca/issuer.h"
#include "ca/profile.h"

struct draft_ask {
	const struct profile *profile;
	const struct issuer *issuer;	/* NULL: a root, signed by its own key */
	const json_t	*parameters;	/* subject, san?, not_after?, and for a CA
					 * path_length?, name_constraints? */
	const char	*scheme;	/* that the signing key signs by */
	struct span	 serial;	/* magnitude: positive, at most 20 octets */
	time_us		 not_before;
	unsigned	 partition;	/* of the issuer's CRL */
	struct span	 spki;		/* the subject's key, whole */
};

/**
 * draft_tbs - append the TBSCertificate (RFC 5280, 4.1).
 *
 * The profile has the last word on everything that parameters do not say.  The
 * parameters' names are put as they are: profile_check judges them.
 *
 * notAfter is profile_end, or parameters.not_after where that is earlier.
 * It is never clipped: beyond the issuer's own end it is refused.
 * path_length may only be shorter than the profile's; name_constraints may add
 * excluded ones, and permitted ones within the profile's.
 *
 * Errors: ERANGE_: serial, validity (naming both dates), path length;
 * EDENIED: key algorithm, constraints, a root with an issuer or a CA that the
 * issuer's path length does not allow (RFC 5280, 4.2.1.9); ECONFLICT: the
 * profile needs a URL that the CA does not have; EINPUT, ESCHEMA.
 */
NODISCARD int draft_tbs(const struct draft_ask *ask, struct blob *ret,
    struct err *err);
/** draft_end - notAfter of that certificate, with the same errors. */
NODISCARD int draft_end(const struct draft_ask *ask, time_us *ret,
    struct err *err);

#endif
