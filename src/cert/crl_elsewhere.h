/*
 * crl_elsewhere - revocation lists of other CAs, and what they say of the
 * certificates of theirs that are in the inventory.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 *
 * A head is what a list says of itself, as the parameters of crl.import have
 * it: {authority, issuer_name, series, list, number, this_update, next_update,
 * entries, scope?}.  A series are the lists that follow each other: of one
 * key, for the same certificates.
 */
#ifndef CERT_CRL_ELSEWHERE_H
#define CERT_CRL_ELSEWHERE_H

#include <jansson.h>
#include "ca/crl.h"

struct tx;

/**
 * crl_elsewhere_read - a whole list, signed by an authority whose certificate
 * is in the inventory: that which ends last, of those with its key.
 *
 * @ret  its head, new.
 * Errors: ENOENT_: no certificate of that authority; those of crl_take_other.
 */
NODISCARD int crl_elsewhere_read(struct tx *tx, struct span der,
    json_t **ret, struct err *err);
/** crl_elsewhere_fits - is it at least as new as the newest of its series?
 * @ret_newest  it is that.  Errors: EPRECOND; EINPUT for a head that is none. */
NODISCARD int crl_elsewhere_fits(struct tx *tx, const json_t *head,
    bool *ret_newest, struct err *err);

/* What a list brings: of certificates that are here. */
struct crl_brings {
	int64_t		 revoked, held, released;	/* that change */
	int64_t		 known;				/* that it names as before */
	bool		 more;		/* and others, for which there was no room */
};
#define CRL_CHANGES	7000	/* of one event: what fits into it */
/**
 * crl_elsewhere_look - what a whole list would bring. Errors: as read.
 *
 * @changes  an array, or NULL: each is put onto it as [fingerprint, reason,
 *           microseconds], what is released with reason "" and 0; CRL_CHANGES at
 *           most, and then no more are counted either.
 */
NODISCARD int crl_elsewhere_look(struct tx *tx, const json_t *head,
    struct span der, json_t *changes, struct crl_brings *ret,
    struct err *err);

/**
 * crl_elsewhere_overdue - the newest of their series that a newer one should have followed by then.
 *
 * Of an authority no certificate of which is in force, by its end and by the lists that are here, none is awaited.
 *
 * @ret  [{series, authority, number, issuer_name, owner?, products, next_update}], the longest overdue first.
 */
NODISCARD int crl_elsewhere_overdue(struct tx *tx, time_us now,
    unsigned limit, json_t **ret, struct err *err);

/* One as it is taken; borrowed. */
struct crl_elsewhere {
	const json_t	*head;
	struct span	 der;		/* whole; or: */
	const json_t	*changes;	/* what was found in it by whoever read it; else NULL */
	bool		 again;		/* of these, what another series has overtaken since is left */
	const char	*request;
	time_us		 time;
	uint64_t	 seq;
};
/** crl_elsewhere_put - projection: called by state's apply functions only.
 * Errors: EPRECOND: an older one; ECONFLICT: the list is not the head's;
 * ESCHEMA: changes that are none; ENOENT_: of no certificate here. */
NODISCARD int crl_elsewhere_put(struct tx *tx, const struct crl_elsewhere *c,
    struct err *err);

#endif
