/* ring - a keyring on a peer's line, and what tests ask by it. */
#ifndef TESTS_RING_H
#define TESTS_RING_H

#include "keyring/keyring.h"
#include "tests/unit/peer.h"

#define CALLS	100	/* that are made where there shall be many */

static UNUSED struct keyring *
ring(const struct peer *p, keyring_welcome *welcome, void *ctx)
{
	struct keyring_options o = { .socket = p->path, .welcome = welcome,
		.ctx = ctx, .timeout = TIME_S(10), .patience = TIME_S(1) };
	struct keyring *k = NULL;

	unit_ok(keyring_open(&o, &k, &unit_err));
	return k;
}

static UNUSED json_t *
operation(const char *key)
{
	return json_pack("{s:s,s:s,s:{s:s,s:s}}", "op", "sign", "key", key,
	    "digest", "algorithm", "sha-256", "value",
	    "000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f");
}

/* A call that fails for want of an answer. */
static UNUSED void *
unanswered(void *arg)
{
	json_t *answer = NULL;
	struct err e;

	ck_assert_int_eq(keyring_keys(arg, &answer, &e), -(int)EKEEPER);
	return NULL;
}

#endif
