/*
 * ledger_add - events for tests of the store and the ledger.
 */
#ifndef TESTS_LEDGER_ADD_H
#define TESTS_LEDGER_ADD_H

#include <stdio.h>
#include "ledger/ledger.h"
#include "tests/unit/unit.h"

struct add {
	const char	*kind, *actor, *subject;
	uint64_t	 n;		/* how many; 0 is one */
	uint64_t	 first;		/* set: the first's seq */
};

/* The octets of event @seq: what the tests know without asking. */
static UNUSED size_t
add_leaf(uint64_t seq, char ret[64])
{
	return (size_t)snprintf(ret, 64, "{\"seq\":%llu}",
	    (unsigned long long)seq);
}

/* A store_fn: append events whose time is their seq, in seconds. */
static UNUSED int
add_events(struct tx *tx, void *ctx, struct err *err)
{
	struct add *a = ctx;

	TRY(ledger_next(tx, &a->first, err));
	for (uint64_t i = 0; i < (a->n == 0 ? 1 : a->n); i++) {
		char leaf[64];
		struct ledger_event e = {
			.seq = a->first + i,
			.time = TIME_S((time_us)(a->first + i)),
			.kind = a->kind == NULL ? "key.signed" : a->kind,
			.actor = a->actor == NULL ? "ci" : a->actor,
			.subject = a->subject == NULL ? "key-1" : a->subject,
			.leaf = leaf,
		};

		e.leaf_octets = add_leaf(e.seq, leaf);
		TRY(ledger_append(tx, &e, err));
	}
	return 0;
}

static UNUSED int
get_head(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_head(tx, ctx, err);
}

static UNUSED struct ledger_head
head_of(struct store *s)
{
	struct ledger_head h;

	unit_ok(store_read(s, get_head, &h, &unit_err));
	return h;
}

/* The root of the first @n events, made again from the definition: RFC 6962, 2.1. */
static UNUSED struct sha256
naive_root(uint64_t from, uint64_t n)
{
	struct sha256 l, r;
	char leaf[64];
	uint64_t k = 1;

	if (n == 0)
		return sha256_of("", 0);
	if (n == 1)
		return merkle_leaf(leaf, add_leaf(from, leaf));
	while (k * 2 < n)
		k *= 2;
	l = naive_root(from, k);
	r = naive_root(from + k, n - k);
	return merkle_node(&l, &r);
}

#endif
