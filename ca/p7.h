/*
 * p7 - certificates as files and bodies: PEM, chains of it, and PKCS #7.
 *
 * Floor 2, pure.  Sees base.
 */
#ifndef CA_P7_H
#define CA_P7_H

#include "ca/der.h"

#define P7_CERTS	64	/* certificates in one chain */

/**
 * p7_certs_only - a ContentInfo with a SignedData of nobody's signature
 * (RFC 5652, 5.1; RFC 8551, 3.8), DER: the certificates in DER's order of a
 * SET, whatever the order they came in.
 *
 * @n    1..P7_CERTS.
 * @ret  appended to; on failure as it was.
 *
 * Errors: ERANGE_ - none or too many; EINPUT - one is not a whole DER
 *         SEQUENCE; ETOOBIG, ENOMEMORY.
 */
NODISCARD int p7_certs_only(const struct span *certs, size_t n,
    struct blob *ret, struct err *err);

/**
 * p7_pem - append "-----BEGIN label-----", base64 in lines of 64 (RFC 7468),
 * and the end; once for each octet string for p7_chain, label CERTIFICATE.
 *
 * Errors: ETOOBIG, ENOMEMORY; @ret is then as it was.
 */
NODISCARD int p7_pem(const char *label, struct span der, struct blob *ret,
    struct err *err);
NODISCARD int p7_chain(const struct span *certs, size_t n,
    struct blob *ret, struct err *err);

#endif
