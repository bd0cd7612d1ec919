/*
 * x509 - when a certificate is good.
 *
 * Floor 1.  For certificates of TLS, which others made; what a CA of the house
 * made is read by ca/.
 */
#ifndef BASE_X509_H
#define BASE_X509_H

#include <openssl/types.h>
#include "base/clock.h"
#include "base/err.h"

/** x509_times - notBefore and notAfter; 0 for one that cannot be read. */
void x509_times(const X509 *x, time_us *ret_from, time_us *ret_until);
/** x509_file_times - the same of the first certificate of a PEM file. Errors: EIO_, EINPUT. */
NODISCARD int x509_file_times(const char *path, time_us *ret_from,
    time_us *ret_until, struct err *err);

#endif
