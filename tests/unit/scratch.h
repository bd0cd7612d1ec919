/*
 * scratch - a folder of the test's own, gone with all that is in it.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>
#include "tests/unit/unit.h"

static UNUSED char scratch[64];

static inline UNUSED int
scratch_remove(const char *path, const struct stat *st, int flag,
    struct FTW *ftw)
{
	return remove(path);
}

/* For tcase_add_checked_fixture, or by hand. */
static inline UNUSED void
scratch_make(void)
{
	const char *in = getenv("TMPDIR");

	snprintf(scratch, sizeof(scratch), "%s/claviger-test.XXXXXX",
	    in == NULL || strlen(in) > 32 ? "/tmp" : in);
	ck_assert_ptr_nonnull(mkdtemp(scratch));
}

static inline UNUSED void
scratch_clean(void)
{
	(void)nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* "scratch folder/name", in a buffer that the fourth call takes again. */
static inline UNUSED const char *
scratch_path(const char *name)
{
	static char path[4][512];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", scratch, name);
	return p;
}

#define UNIT_SCRATCH	\
	tcase_add_checked_fixture(tc, scratch_make, scratch_clean);

#endif
