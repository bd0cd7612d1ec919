/*
 * secret - octets that must not be seen: no formatter, wiped when freed,
 * compared in constant time.  Held in memory that is locked and left out of
 * core dumps where the system allows it.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct secret;			/* opaque */

/** secret_new - a copy of @n octets at @p. Errors: ENOMEMORY. */
NODISCARD int secret_new(const void *p, size_t n, struct secret **ret, struct err *err);
/** secret_random - @n octets from the system's generator. */
NODISCARD int secret_random(size_t n, struct secret **ret, struct err *err);
/**
 * secret_file_check - may this open file hold a secret?
 * Errors: EIO_; EDENIED when group or others can read the file.
 */
NODISCARD int secret_file_check(int fd, const char *path, struct err *err);
/**
 * secret_read_file - a secret kept in a file, without its final newline.
 * Errors: EIO_; EDENIED when group or others can read the file.
 */
NODISCARD int secret_read_file(const char *path, struct secret **ret, struct err *err);
void secret_free(struct secret *s);
DEFINE_FREEP(secret)
/** secret_equal - constant time in the contents; lengths may leak. */
bool secret_equal(const struct secret *a, const struct secret *b);
/** secret_data, secret_len - for the one call that must have the octets. */
const unsigned char *secret_data(const struct secret *s);
size_t secret_len(const struct secret *s);

#endif
