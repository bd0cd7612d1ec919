/*
 * ocsp_part - the parts that several of ca/ocsp_* read or judge.
 *
 * Floor 2, pure.  Sees base.  Seen by ca/ocsp_* only.
 */
#ifndef CA_OCSP_PART_H
#define CA_OCSP_PART_H

#include "ca/ocsp.h"

/** ocsp_certid_take - the next value of @in, a CertID. Errors: EINPUT. */
NODISCARD int ocsp_certid_take(struct span *in, struct ocsp_certid *ret,
    struct err *err);
/** ocsp_nonce_read - the value of the nonce's extension. Errors: EINPUT. */
NODISCARD int ocsp_nonce_read(struct span value, struct span *ret,
    struct err *err);

/** ocsp_single_check - do its times and its reason agree? Errors: ERANGE_. */
NODISCARD int ocsp_single_check(const struct ocsp_single *s, time_us produced,
    struct err *err);

#endif
