/* crl_inside - what crl_elsewhere.c and crl_mark.c share. */
#ifndef CERT_CRL_INSIDE_H
#define CERT_CRL_INSIDE_H

#include "ca/tbs.h"
#include "cert/crl_elsewhere.h"
#include "cert/inside.h"

/* The authority of a list, from its certificate in the inventory. */
struct crl_ca {
	struct blob	 der;		/* owned */
	struct crl_of	 of;		/* goes into it */
	char		 print[SHA256_HEX];
};
void crl_ca_done(struct crl_ca *c);
/* By its certificate's fingerprint; @ret zeroed. Errors: ENOENT_. */
NODISCARD int crl_ca_get(struct tx *tx, const char *print,
    struct crl_ca *ret, struct err *err);

/* A walk through a list's entries, of which some are in the inventory. */
struct crl_marking {
	struct tx	*tx;
	const struct crl_ca *ca;
	const char	*issuer, *series, *list;	/* of the head */
	bool		 put;		/* else only counted, and told: */
	bool		 again;		/* changes are looked at before they are put */
	json_t		*changes;	/* borrowed; or NULL */
	json_t		*kept;		/* owned: {fingerprint: true} of those that are not released */
	struct crl_brings brings;
};
/* crl_each: one entry. */
NODISCARD int crl_mark(void *ctx, const struct crl_entry *e,
    struct err *err);
/* Those that the series has put on hold and the list names no more. */
NODISCARD int crl_release(struct crl_marking *m, struct err *err);

/* Those that somebody found in a list that is not here; @again: but for those
 * that another series has overtaken since. */
NODISCARD int crl_changes_put(struct tx *tx, const json_t *head,
    const json_t *changes, bool again, struct err *err);

#endif
