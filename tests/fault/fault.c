#include "config.h"

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "tests/fault/fault.h"

#include "base/sha256.h"

#define MOST_CALLS	100000

static unsigned armed;		/* kinds */
static unsigned first, countdown;
static _Thread_local bool arms;	/* this thread did */
static enum fault_kind fired;	/* 0: none yet */
static const char *broken;	/* the first claim that did not hold */

bool
fault_due(enum fault_kind kind, int number)
{
	if ((armed & kind) == 0 || ((armed & FAULT_HERE) != 0 && !arms) ||
	    --countdown > 0)
		return false;
	armed = 0;
	fired = kind;
	errno = number;
	return true;
}

#define ROW(name, kind, number) \
	enum { kind_of_##name = kind, errno_of_##name = number };
FAULTS(ROW)
#undef ROW

#define DUE(name)	fault_due((enum fault_kind)kind_of_##name, errno_of_##name)

/* The counter in front of one function: name, result, failure, arguments. */
#define WRAP(name, type, failure, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return DUE(name) ? (failure) : __real_##name args; \
	}

WRAP(malloc, void *, NULL, (size_t n), (n))
WRAP(calloc, void *, NULL, (size_t k, size_t n), (k, n))
WRAP(realloc, void *, NULL, (void *p, size_t n), (p, n))
WRAP(reallocarray, void *, NULL, (void *p, size_t k, size_t n), (p, k, n))
WRAP(strdup, char *, NULL, (const char *s), (s))
WRAP(strndup, char *, NULL, (const char *s, size_t n), (s, n))
WRAP(mmap, void *, (void *)-1,
    (void *p, size_t n, int prot, int flags, int fd, off_t at),
    (p, n, prot, flags, fd, at))
WRAP(write, ssize_t, -1, (int fd, const void *p, size_t n), (fd, p, n))
WRAP(fsync, int, -1, (int fd), (fd))
WRAP(fdatasync, int, -1, (int fd), (fd))
WRAP(ftruncate, int, -1, (int fd, off_t n), (fd, n))
WRAP(rename, int, -1, (const char *from, const char *to), (from, to))
WRAP(fchmod, int, -1, (int fd, mode_t mode), (fd, mode))
WRAP(mkostemp, int, -1, (char *path, int flags), (path, flags))
WRAP(mkdir, int, -1, (const char *path, mode_t mode), (path, mode))
WRAP(getrandom, ssize_t, -1, (void *p, size_t n, unsigned flags),
    (p, n, flags))

void
fault_arm(unsigned kinds, unsigned nth)
{
	fired = 0;
	first = countdown = nth;
	arms = true;
	armed = kinds;
}

unsigned
fault_calls(void)
{
	return first - countdown;
}

bool
fault_disarm(void)
{
	armed = 0;
	return fired != 0;
}

void
fault_claim(bool holds, const char *words)
{
	if (!holds && broken == NULL)
		broken = words;
}

static void
check_failure(unsigned nth, int rc, const struct err *err)
{
	ck_assert_msg(rc != 0, "call %u failed and nobody was told", nth);
	ck_assert_msg(rc < 0 && rc == -(int)err->code,
	    "call %u failed: %d was returned, %d described", nth, rc,
	    (int)err->code);
	ck_assert_msg(fired != FAULT_MEMORY || err->code == ENOMEMORY,
	    "call %u found no memory, but: %s (%s) at %s", nth,
	    err_code_name(err->code), err->what, err->where);
	ck_assert_msg(err->what[0] != '\0' && err->where != NULL,
	    "call %u failed without words", nth);
}

void
fault_begin(void)
{
	(void)sha256_of("", 0);
}

unsigned
fault_each(unsigned kinds, fault_scenario *scenario, void *ctx)
{
	struct err err;
	unsigned nth;
	bool failed;
	int rc;

	fault_begin();
	for (nth = 1; nth < MOST_CALLS; nth++) {
		memset(&err, 0, sizeof(err));
		broken = NULL;
		fault_arm(kinds, nth);
		rc = scenario(ctx, &err);
		failed = fault_disarm();
		ck_assert_msg(broken == NULL, "call %u failed: %s", nth,
		    broken);
		if (!failed) {
			ck_assert_msg(rc == 0, "no call failed, but: %s",
			    err.what);
			return nth - 1;
		}
		check_failure(nth, rc, &err);
	}
	ck_abort_msg("more than %d calls", MOST_CALLS);
	return 0;
}
