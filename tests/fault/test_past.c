/* Whatever a replay lacks on its way, it is whole or there is nothing of it. */
#include "config.h"

#include "audit/past.h"
#include "tests/fault/libraries.h"
#include "tests/unit/world_all.h"

#define MOST	200000

static bool
is_clear(void)
{
	static const char *const files[] = { "past", "past-wal", "past-shm",
		"past-journal" };

	for (size_t i = 0; i < NELEM(files); i++)
		if (access(scratch_path(files[i]), F_OK) == 0)
			return false;
	return true;
}

/* What must be so whether it was made or not; true: it was. */
static bool
stands(struct world *w, int rc, struct past *p, const struct err *why)
{
	struct key *k;

	if (rc != 0) {
		ck_assert_msg(p == NULL && why->code != OK && is_clear(), "%s",
		    why->what);
		return false;
	}
	unit_ok(state_key(past_state(p), w->key, &k, &unit_err));
	ck_assert_int_eq(k->state, KEY_PREACTIVATION);
	key_free(k);
	past_free(p);
	ck_assert(is_clear());
	return true;
}

/* A call fails, then one @step behind it ...; how many replays ended so. */
static unsigned
through(struct world *w, uint64_t size, unsigned kinds, unsigned step)
{
	unsigned failures = 0;
	bool failed = true;

	for (unsigned nth = 1; failed; nth += step) {
		struct err why = { .code = OK };
		struct past *p = NULL;
		int rc;

		ck_assert_uint_lt(nth, MOST);
		fault_arm(kinds, nth);
		rc = past_make(w->store, scratch_path("past"), size, NULL,
		    NULL, &p, &why);
		failed = fault_disarm();
		ck_assert(failed || rc == 0);
		failures += !stands(w, rc, p, &why);
	}
	return failures;
}

START_TEST(a_past_is_whole_or_there_is_none)
{
	struct world w;
	uint64_t size;

	fault_begin();
	world_begin(&w);
	world_key(&w, "production");
	unit_ok(past_size(w.store, clock_now(), &size, &unit_err));
	world_activate(&w);
	/* Its charter alone takes thousands: every 97th stands for all. */
	ck_assert_uint_gt(through(&w, size, FAULT_MEMORY, 97), 20);
	ck_assert_uint_gt(through(&w, size, FAULT_SQLITE, 7), 20);
	world_end(&w);
}
END_TEST

static int
size_of(void *ctx, struct err *err)
{
	struct world *w = ctx;
	uint64_t size = 7;
	int rc = past_size(w->store, INT64_MAX - 1, &size, err);

	fault_holds(rc == 0 ? size == 1 : size == 7);
	return rc;
}

START_TEST(a_size_is_right_or_unknown)
{
	struct world w;

	fault_begin();
	world_begin(&w);
	ck_assert_uint_gt(fault_each(FAULT_MEMORY | FAULT_SQLITE, size_of, &w),
	    5);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("fault/past",
	UNIT(a_past_is_whole_or_there_is_none)
	UNIT(a_size_is_right_or_unknown))
