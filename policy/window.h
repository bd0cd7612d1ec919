/*
 * window - what an approved window.open allows: bounds when it is asked for,
 * and the check of each use.
 *
 * Floor 2, pure.
 */
#ifndef POLICY_WINDOW_H
#define POLICY_WINDOW_H

#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/permit.h"

/** window_bounds - does what is asked stay within what the rule permits:
 * uses, length, digests unless any-digest?  Errors: EDENIED naming which. */
NODISCARD int window_bounds(const struct rule *rule, const json_t *parameters,
    struct err *err);

struct window_use {
	const struct sha256 *key;
	const char	*key_name;	/* what it is called; NULL: not known here */
	const char	*principal;
	const char	*digest;	/* hexadecimal */
	const char	*product, *track;	/* or NULL */
	time_us		 now;
};
/** window_use_check - may this use be made of the window?  Counting uses and
 * the quorum are the caller's.  Errors: EDENIED, EEXPIRED, EPROOF (people agreed to
 * this key under another name). */
NODISCARD int window_use_check(const struct request *window,
    const struct window_use *use, struct err *err);

/** window_proves - is this fact of its uses ("artifact.product") what the window
 * was approved for alone?  @rule decided it; that its quorum is there is the
 * caller's to know.  False of any other request. */
bool window_proves(const struct request *window, const struct rule *rule,
    const char *fact);

#endif
