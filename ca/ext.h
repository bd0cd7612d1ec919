/*
 * ext - extensions of CRLs, their entries, OCSP requests and answers
 * (RFC 5280, 4.1 and 4.2).
 *
 * Floor 2, pure.  Sees base.  Seen by ca only.
 */
#ifndef CA_EXT_H
#define CA_EXT_H

#include "ca/der.h"
#include "ca/oid.h"

#define EXT_MOST	16	/* in one list */

struct ext {
	struct span	 oid;		/* content */
	bool		 critical;
	struct span	 value;		/* what is in the OCTET STRING */
};
struct exts {
	size_t		 n;
	struct ext	 e[EXT_MOST];	/* [n] and past it: not set */
};

/** ext_open, ext_close - an extension whose value is what is written between. */
NODISCARD int ext_open(struct der *w, enum oid o, bool critical);
NODISCARD int ext_close(struct der *w);
/**
 * ext_list - the next value of @in, Extensions: at least one, at most
 * EXT_MOST, none twice (RFC 5280, 4.2).  Errors: EINPUT.
 */
NODISCARD int ext_list(struct span *in, struct exts *ret, struct err *err);
/** ext_of - is it this one, and as critical as it must be?  An extension that
 * is this one and is not is refused: EINPUT. */
NODISCARD int ext_of(const struct ext *e, enum oid o, bool critical,
    bool *ret, struct err *err);
/** ext_unknown - it may be passed over. Errors: EINPUT: it is critical. */
NODISCARD int ext_unknown(const struct ext *e, struct err *err);

#endif
