/*
 * blob - octets that grow, with an owner and a length.
 */
#ifndef BASE_BLOB_H
#define BASE_BLOB_H

#include <stdarg.h>
#include <stddef.h>
#include "base/err.h"

/* Begin an embedded one as "struct blob b = { 0 };", end it with blob_done(). */
struct blob {
	unsigned char	*data;		/* owned; one NUL past len; NULL while empty */
	size_t		 len;
	size_t		 room;
};

/** blob_new - an empty blob, or NULL when memory has run out. */
struct blob *blob_new(void);
/** blob_free - wipe and release; takes NULL. */
void blob_free(struct blob *b);
DEFINE_FREEP(blob)
/** blob_done - wipe and release what an embedded blob holds. */
void blob_done(struct blob *b);
/** blob_put - append octets. Errors: ENOMEMORY, ETOOBIG (over 256 MiB). */
NODISCARD int blob_put(struct blob *b, const void *p, size_t n, struct err *err);
/** blob_puts, blob_printf - append text. */
NODISCARD int blob_puts(struct blob *b, const char *s, struct err *err);
NODISCARD int blob_printf(struct blob *b, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** blob_extend - have @n more, which the caller fills. */
NODISCARD int blob_extend(struct blob *b, size_t n, unsigned char **ret,
    struct err *err);
/** blob_reserve - have room for @n more, so that they are never moved. */
NODISCARD int blob_reserve(struct blob *b, size_t n, struct err *err);
/** blob_clear - forget the contents, keep the room. */
void blob_clear(struct blob *b);
/** blob_cut - forget what is past the first @n octets (at most len). */
void blob_cut(struct blob *b, size_t n);
/** blob_str - the contents as a string (they always end in NUL); never NULL. */
const char *blob_str(const struct blob *b);

#endif
