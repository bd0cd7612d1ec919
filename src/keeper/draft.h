/*
 * draft - a journal entry that is being put together as canonical text.
 *
 * Floor 4 (keeper).  Sees base, wire.
 * Threads:  belongs to one thread at a time.
 *
 * The members of an entry are few and their order in the canonical spelling
 * is known, so each is spelled once, when it is known, and the entry is their
 * concatenation: number, previous hash and time come last, when its turn has come.
 */
#ifndef KEEPER_DRAFT_H
#define KEEPER_DRAFT_H

#include <jansson.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "wire/entry.h"

/* In the order of the canonical spelling: sorted by name. */
#define DRAFT_SLOTS(S) \
	S(DRAFT_CHARTER, "charter")	S(DRAFT_FACTS, "facts") \
	S(DRAFT_N, "n")			S(DRAFT_OP, "op") \
	S(DRAFT_OPERATION, "operation")	S(DRAFT_PERMIT, "permit") \
	S(DRAFT_PERMIT_DOCUMENT, "permit_document") S(DRAFT_PREV, "prev") \
	S(DRAFT_REQUEST, "request")	S(DRAFT_RESULT, "result") \
	S(DRAFT_RULE, "rule")		S(DRAFT_TIME, "time") \
	S(DRAFT_USE, "use")

enum draft_slot {
#define S(name, text) name,
	DRAFT_SLOTS(S)
#undef S
	DRAFT__N
};

struct draft {
	struct blob	 text;		/* the values, one after the other */
	struct {
		size_t	 at, octets;	/* octets 0: the entry lacks it */
	} slot[DRAFT__N];
	time_us		 time;
};

/** draft_done - release what it holds. */
void draft_done(struct draft *d);
/** draft_json - a member from a document. */
NODISCARD int draft_json(struct draft *d, enum draft_slot s, const json_t *j, struct err *err);
/** draft_word - a string that needs no escape: a name, an id, a hash. */
NODISCARD int draft_word(struct draft *d, enum draft_slot s, const char *word, struct err *err);
/** draft_hash, draft_number, draft_rule, draft_raw - the other shapes of a member. */
NODISCARD int draft_hash(struct draft *d, enum draft_slot s, const struct sha256 *h, struct err *err);
NODISCARD int draft_number(struct draft *d, enum draft_slot s, uint64_t v, struct err *err);
NODISCARD int draft_rule(struct draft *d, const char *name, const struct sha256 *h, struct err *err);
NODISCARD int draft_signature(struct draft *d, const char *b64, struct err *err);
NODISCARD int draft_raw(struct draft *d, enum draft_slot s, const void *p, size_t n, struct err *err);
/**
 * draft_spell - append the entry's canonical octets, without a newline.
 * @n, @prev  its place in the chain; @prev is all zero for entry 1 only.
 */
NODISCARD int draft_spell(struct draft *d, uint64_t n, const struct sha256 *prev,
    struct blob *ret, struct err *err);

#endif
