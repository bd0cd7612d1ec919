/*
 * certs_inside - what the files of ca/certs share.  Private to them.
 */
#ifndef CA_CERTS_INSIDE_H
#define CA_CERTS_INSIDE_H

#include "ca/certs.h"

struct certs {
	certs_fn	*fn;
	void		*ctx;
	const char	*passphrase;
	size_t		 n;		/* items so far */
	int64_t		 rounds;	/* of key derivations so far */
	bool		 look;		/* without a passphrase, as far as that goes */
};
/** certs_put - the next item; certs_bad - one that is none, and why. */
NODISCARD int certs_put(struct certs *c, enum certs_kind kind,
    struct span der, const char *why, struct err *err);
NODISCARD int certs_bad(struct certs *c, const char *why, struct err *err);
/** certs_over - one that is passed over: CERTS_PRIVATE or CERTS_OTHER. */
NODISCARD int certs_over(struct certs *c, const struct certs_item *what,
    struct err *err);
/** certs_p7, certs_p12 - everything that a container has. */
NODISCARD int certs_p7(struct certs *c, struct span der, struct err *err);
NODISCARD int certs_p12(struct certs *c, struct span der, struct err *err);

#endif
