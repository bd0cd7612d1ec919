/*
 * fault - every error path runs: the N-th call fails, for every N.
 *
 * The programs here are linked with LDFLAGS_FAULT, which puts a counter in
 * front of each function that FAULTS names, where our own objects call it.
 * jansson allocates through base, and so through it too; what other libraries allocate
 * for themselves is not reached.
 */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include <stdbool.h>
#include "base/err.h"

/* name, kind, the errno it fails with.  LDFLAGS_FAULT has the same names. */
#define FAULTS(F) \
	F(malloc,	FAULT_MEMORY,	ENOMEM) \
	F(calloc,	FAULT_MEMORY,	ENOMEM) \
	F(realloc,	FAULT_MEMORY,	ENOMEM) \
	F(reallocarray,	FAULT_MEMORY,	ENOMEM) \
	F(strdup,	FAULT_MEMORY,	ENOMEM) \
	F(strndup,	FAULT_MEMORY,	ENOMEM) \
	F(mmap,		FAULT_MEMORY,	ENOMEM) \
	F(write,	FAULT_IO,	ENOSPC) \
	F(fsync,	FAULT_IO,	EIO) \
	F(fdatasync,	FAULT_IO,	EIO) \
	F(ftruncate,	FAULT_IO,	EIO) \
	F(rename,	FAULT_IO,	EACCES) \
	F(fchmod,	FAULT_IO,	EPERM) \
	F(mkostemp,	FAULT_IO,	EACCES) \
	F(mkdir,	FAULT_IO,	EACCES) \
	F(getrandom,	FAULT_RANDOM,	ENOSYS)

enum fault_kind {
	FAULT_MEMORY = 1,
	FAULT_IO = 2,
	FAULT_RANDOM = 4,
	FAULT_ALL = 7,
	FAULT_HERE = 8,		/* besides: in the thread that armed alone */
	FAULT_OPENSSL = 16,	/* libraries.h has these */
	FAULT_SQLITE = 32
};

/**
 * A scenario does something from beginning to end and cleans up after
 * itself.  It returns what the function under test returned, and says with
 * fault_holds() what must be true whether that succeeded or not.  It makes no
 * ck_assert before it has called fault_disarm(): Check allocates too.
 */
typedef int fault_scenario(void *ctx, struct err *err);

#define fault_holds(x)	\
	fault_claim((x), __FILE__ ":" ERR_STR(__LINE__) ": " #x)
void fault_claim(bool holds, const char *words);

/**
 * fault_each - run @scenario with its first call of @kinds failing, then
 * with its second, and so on until it made fewer calls.
 *
 * Fails the running Check test where a scenario does not return the failure
 * of a call, returns it without describing it, calls it anything but
 * ENOMEMORY when there was no memory, or does not succeed in the
 * end, and where something does not hold.  Returns how many calls there were to fail, so that a test can see
 * that it tested something.
 */
unsigned fault_each(unsigned kinds, fault_scenario *scenario, void *ctx);

/** fault_arm - let the @nth call from now (1: the next) of @kinds fail. */
void fault_arm(unsigned kinds, unsigned nth);
/** fault_disarm - let no more fail; was there one? */
bool fault_disarm(void);
/** fault_calls - how many were counted since fault_arm. */
unsigned fault_calls(void);
/** fault_due - is this call of that kind the one that fails, with this errno? */
bool fault_due(enum fault_kind kind, int number);
/** fault_begin - what is made once in a process is made, before anything fails. */
void fault_begin(void);

#endif
