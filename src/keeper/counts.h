/*
 * counts - what the keeper counts: uses per approved request, uses per limit,
 * the highest version per product and track.
 *
 * Floor 4 (keeper).  Sees policy, base.
 * Threads:  belongs to the keeper's loop.
 *
 * A use is reserved before the token signs, so that uses made at the same time
 * never exceed what was approved, and becomes fact when its entry is durable; a
 * failed one is taken back in reverse order.
 */
#ifndef KEEPER_COUNTS_H
#define KEEPER_COUNTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/id.h"
#include "keeper/map.h"
#include "policy/version.h"

/* Where a use's entry lies. */
struct use_at {
	uint64_t	 n, segment, offset;
};

/* One use of a request. */
struct use {
	struct sha256	 what;		/* first: hash of key and digest; zero: the only use there can be */
	struct use_at	 at;		/* at.n 0: not durable yet */
	void		*ticket;	/* then: who makes it */
};

/* What is known of one request. */
struct tally {
	struct sha256	 name;		/* first: hash of its id */
	char		 id[ID_TEXT + 25];
	struct sha256	 request;	/* hash of the REQUEST it was first used as */
	struct sha256	 permit;	/* whose document the journal holds; zero: none yet */
	time_us		 forget;	/* after this it can never be used again */
	int64_t		 used, reserved;
	struct map	 uses;		/* owns its records */
};

/* Sliding: when uses under a rule, key and principal were made. */
struct limit {
	struct sha256	 name;		/* first: hash of rule, key, principal */
	time_us		 per;
	time_us		*at;		/* owned; ascending, from first on */
	size_t		 first, n, room;
};

/* Highest version of a product on a track. */
struct highest {
	struct sha256	 name;		/* first */
	char		 product[65], track[65], version[VERSION_TEXT];
};

struct counts {
	struct map	 tallies, limits, versions;	/* own their records */
	size_t		 uses;				/* records in all tallies */
};

void counts_done(struct counts *c);

/** tally_find - by request id, or NULL. */
struct tally *tally_find(const struct counts *c, const char *request);
/** tally_get - the same, made when there is none. */
NODISCARD int tally_get(struct counts *c, const char *request,
    const struct sha256 *request_hash, time_us forget, struct tally **ret, struct err *err);
/** tally_use - the use of this name, or NULL. */
struct use *tally_use(const struct tally *t, const struct sha256 *what);
/** tally_add - a use that is being made: reserved. */
NODISCARD int tally_add(struct counts *c, struct tally *t, const struct sha256 *what,
    void *ticket, struct use **ret, struct err *err);
/** tally_made - it has become durable. */
void tally_made(struct tally *t, struct use *u, const struct use_at *at);
/** tally_undo - it has not been made. */
void tally_undo(struct counts *c, struct tally *t, struct use *u);
/** use_name - what a signature is known by: its key and digest. */
struct sha256 use_name(const struct sha256 *key, const void *digest, size_t n);

/** limit_name - of rule (by name: it stays the same through amendments), key and principal. */
struct sha256 limit_name(const char *rule, const struct sha256 *key, const char *principal);
/** limit_count - uses in the period that ends at @now. */
int64_t limit_count(struct counts *c, const struct sha256 *name, time_us per, time_us now);
/** limit_add, limit_undo - one more at this time; the newest of this time never was. */
NODISCARD int limit_add(struct counts *c, const struct sha256 *name, time_us per, time_us now, struct err *err);
void limit_undo(struct counts *c, const struct sha256 *name);

/** version_highest - "" where none was signed yet. */
const char *version_highest(const struct counts *c, const char *product, const char *track);
/** version_raise - remember when higher; @ret_before (VERSION_TEXT) what stood there. */
NODISCARD int version_raise(struct counts *c, const char *product, const char *track,
    const char *version, char *ret_before, struct err *err);
/** version_undo - put back what stood there. */
void version_undo(struct counts *c, const char *product, const char *track, const char *before);

/** counts_forget - drop what can never matter again at this time. */
void counts_forget(struct counts *c, time_us now);
/** counts_json, counts_load - for the snapshot. */
NODISCARD int counts_json(const struct counts *c, json_t *into, struct err *err);
NODISCARD int counts_load(struct counts *c, const json_t *from, struct err *err);

#endif
