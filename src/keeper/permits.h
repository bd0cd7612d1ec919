/*
 * permits - documents that the service has handed over in this run, read
 * once, and used: one that was refused is forgotten.
 *
 * Floor 4 (keeper).  Sees policy, base.
 * Threads:  belongs to the keeper's loop.
 *
 * Bounded in number and octets: the oldest makes room, and is asked for again
 * ("permit-unknown").
 */
#ifndef KEEPER_PERMITS_H
#define KEEPER_PERMITS_H

#include <stdbool.h>
#include "keeper/map.h"
#include "policy/permit.h"
#include "policy/rule.h"

#define PERMITS_HELD	2048
#define PERMIT_OCTETS	(1u << 20)
#define PERMITS_OCTETS	(64u << 20)	/* of memory, all together */

struct held {
	struct sha256	 hash;		/* first: the permit's name */
	struct permit	*permit;	/* owned */
	struct sha256	 request;	/* hash of its REQUEST */
	struct blob	 text;		/* its canonical octets */
	/* A window that was judged good: once per charter and key. */
	uint64_t	 judged;	/* the charter's generation; 0: never */
	struct sha256	 judged_key;	/* the key it was last judged for */
	const struct rule *rule;
};

struct permits;

NODISCARD int permits_new(struct permits **ret, struct err *err);
void permits_free(struct permits *p);
DEFINE_FREEP(permits)
/** permits_find - by hash, or NULL. */
struct held *permits_find(const struct permits *p, const struct sha256 *hash);
/** permits_keep - one that was judged good; stolen. Errors: ENOMEMORY. */
NODISCARD int permits_keep(struct permits *p, struct held *h, struct err *err);
/** held_new - read a document: not kept until it is judged. Errors: ETOOBIG, as permit_read. */
NODISCARD int held_new(const json_t *document, struct held **ret, struct err *err);
void held_free(struct held *h);
DEFINE_FREEP(held)

#endif
