/*
 * ca_revoked - authorities of the house that are revoked, as far as the keeper
 * knows it: by the lists that it signed.
 *
 * Floor 4 (keeper).  Sees ca, base.
 * Threads:  belongs to the keeper's loop.
 *
 * For good only (RFC 5280, 5.3.1): a hold ends with the next list, and what is
 * on lists is the service's to say.  It stands in the record of the certificate.
 */
#ifndef KEEPER_CA_REVOKED_H
#define KEEPER_CA_REVOKED_H

#include "keeper/ca_record.h"

/* The authorities that one issued, while its list is read. */
struct ca_below {
	struct ca_issued {
		struct sha256	 hash;		/* of its certificate */
		struct number	 serial;
		bool		 revoked;	/* for another reason than a compromise */
		bool		 told;		/* found holds it */
	}		*at;			/* owned */
	size_t		 n;
	json_t		*found;			/* owned: [{certificate, reason, serial}] on the list; or NULL */
};
/** ca_below_find - those that are not known to be revoked as compromised, a root
 * itself too. */
NODISCARD int ca_below_find(const struct keys *all, const struct issuer *by,
    struct ca_below *ret, struct err *err);
void ca_below_done(struct ca_below *b);
/** ca_below_each - a crl_each, with a struct ca_below as @ctx. A list may name a
 * serial number twice; what is found has it once, or no event could hold it. */
NODISCARD int ca_below_each(void *ctx, const struct crl_entry *e,
    struct err *err);

/** ca_revoked_note - a list was signed that names these: "found", or NULL.
 * Where others have the key, all certificates that it has are revoked. */
NODISCARD int ca_revoked_note(struct keys *all, const json_t *authorities,
    struct err *err);
/** ca_revoked_check - is the newest certificate of this CA good, and that of
 * each above it that is known?  Errors: EDENIED. */
NODISCARD int ca_revoked_check(const struct keys *all, const struct key *k,
    const char *name, struct err *err);

#endif
