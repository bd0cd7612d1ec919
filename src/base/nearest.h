/*
 * nearest - what a mistyped word was probably meant to be.
 *
 * Floor 1.  Pure.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/**
 * nearest - which of the words that @next gives is close enough to be what
 * was meant?  NULL when none is.
 */
const char *nearest(const char *word,
    const char *(*next)(const void *ctx, size_t i), const void *ctx);

#endif
