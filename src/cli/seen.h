/*
 * seen - what the rows of a file have said so far: 16 octets each, whatever
 * they say.
 *
 * Floor 7, cli.
 */
#ifndef CLI_SEEN_H
#define CLI_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SEEN_MOST	((size_t)12 << 20)	/* things that are remembered: 256 MiB */

struct seen_slot {
	uint64_t	 key, said;	/* key 0: empty */
};

/* Zeroed: nothing was said yet. */
struct seen {
	struct seen_slot *slot;		/* owned; a power of two of them */
	size_t		 room, n;
};

void seen_done(struct seen *s);
/** seen_hash - of what a row speaks of, or of what it says; never 0. */
uint64_t seen_hash(const void *p, size_t n);
/**
 * seen_at - what was said of @key: 0 where nothing was, to be written there.
 *
 * @ret  borrowed, until the next call.
 * Errors: ETOOBIG (SEEN_MOST are remembered), ENOMEMORY.
 */
NODISCARD int seen_at(struct seen *s, uint64_t key, uint64_t **ret,
    struct err *err);

#endif
