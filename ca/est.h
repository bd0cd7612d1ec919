/*
 * est - bodies of Enrolment over Secure Transport.
 *
 * Floor 2, pure.  Sees base.  RFC 7030, with the clarifications of RFC 8951: a body is
 * base64 whatever Content-Transfer-Encoding says.
 */
#ifndef CA_EST_H
#define CA_EST_H

#include "ca/der.h"

#define EST_BODY_OCTETS	65536	/* of base64, white space included */
#define EST_ATTRS	32
#define EST_VALUES	16

/**
 * est_body_read - base64 with white space wherever there is some.
 *
 * Bare DER and PEM are refused, by name: RFC 8951, 3.1, knows neither.
 *
 * @ret  appended to; on failure as it was.
 * Errors: EINPUT, ETOOBIG, ENOMEMORY.
 */
NODISCARD int est_body_read(struct span body, struct blob *ret,
    struct err *err);

/**
 * est_body_write - base64 of @der.
 *
 * @columns  0: all in one line and no newline, as strongSwan must have it;
 *           else lines of so many digits (a multiple of 4, at most 76), each
 *           ended, as libest must have it.
 * @ret      appended to; on failure as it was.
 * Errors: ERANGE_ - other columns; ETOOBIG, ENOMEMORY.
 */
NODISCARD int est_body_write(struct span der, unsigned columns,
    struct blob *ret, struct err *err);

/* What a CSR should have: an attribute without values is its OID alone. */
struct est_attr {
	const char	*oid;		/* dotted */
	const char	*value[EST_VALUES];	/* dotted; NULL behind the last */
};

/**
 * est_csrattrs_write - CsrAttrs (RFC 7030, 4.5.2), DER: to be sent through
 * est_body_write.
 *
 * @n    0..EST_ATTRS; a profile that wants nothing has an empty SEQUENCE.
 * @ret  appended to; on failure as it was.
 * Errors: EINPUT - not an OID; ERANGE_ - too many; ENOMEMORY.
 */
NODISCARD int est_csrattrs_write(const struct est_attr *attrs, size_t n,
    struct blob *ret, struct err *err);

#endif
