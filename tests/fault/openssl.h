/*
 * openssl - a counter in front of calls into OpenSSL, where a program's own
 * objects make them: OPENSSL_WRAP here, --wrap=NAME where it is linked.
 */
#ifndef TESTS_FAULT_OPENSSL_H
#define TESTS_FAULT_OPENSSL_H

#include "tests/fault/fault.h"
#include "tests/unit/unit.h"

static unsigned openssl_countdown;	/* 0: nothing fails */
static bool openssl_fired;

static inline bool
openssl_due(void)
{
	if (openssl_countdown == 0 || --openssl_countdown > 0)
		return false;
	openssl_fired = true;
	return true;
}

/* result, name, failure, parameters, arguments */
#define OPENSSL_WRAP(type, name, failure, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return openssl_due() ? (failure) : __real_##name args; \
	}

/* Each call fails once, and is never taken for a success. How many there were. */
static inline UNUSED unsigned
openssl_each(fault_scenario *scenario, void *ctx)
{
	struct err err;
	unsigned nth;
	int rc;

	for (nth = 1; nth < 1000; nth++) {
		memset(&err, 0, sizeof(err));
		openssl_fired = false;
		openssl_countdown = nth;
		rc = scenario(ctx, &err);
		openssl_countdown = 0;
		if (!openssl_fired) {
			ck_assert_msg(rc == 0, "no call failed, but: %s",
			    err.what);
			return nth - 1;
		}
		ck_assert_msg(rc != 0 && rc == -(int)err.code &&
		    err.what[0] != '\0', "call %u failed: %d, %s", nth, rc,
		    err.what);
	}
	ck_abort_msg("more than %u calls", nth);
	return 0;
}

#endif
