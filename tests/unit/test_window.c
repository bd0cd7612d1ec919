/* Which windows go on when another ends, and those that memory has. */
#include "config.h"

#include "tests/unit/charters.h"
#include "tests/unit/world_all.h"

/* A window of the key k for ci until 10, two uses of three made; what is said of
 * another one. */
static const struct {
	const char	*why, *keys, *by, *product, *track;
	time_us		 until;
	uint64_t	 used;
	bool		 closed, any, follows;
	bool		 was_any;	/* the first takes any digest */
} FOLLOWS[] = {
	{ "the same for longer", "['k']", "['ci']", "lock", "main", 11, 2,
	    false, false, true, false },
	{ "itself does not", "['k']", "['ci']", "lock", "main", 10, 2, false,
	    false, false, false },
	{ "nor what is closed", "['k']", "['ci']", "lock", "main", 11, 2, true,
	    false, false, false },
	{ "nor what is used up", "['k']", "['ci']", "lock", "main", 11, 3,
	    false, false, false, false },
	{ "another key", "['j']", "['ci']", "lock", "main", 11, 0, false,
	    false, false, false },
	{ "another user", "['k']", "['cd']", "lock", "main", 11, 0, false,
	    false, false, false },
	{ "and others besides", "['j','k']", "['cd','ci']", "lock", "main",
	    11, 0, false, false, true, false },
	{ "another product", "['k']", "['ci']", "gate", "main", 11, 0, false,
	    false, false, false },
	{ "another track", "['k']", "['ci']", "lock", "beta", 11, 0, false,
	    false, false, false },
	{ "any of them", "['k']", "['ci']", NULL, NULL, 11, 0, false, false,
	    true, false },
	{ "listed digests for any", "['k']", "['ci']", "lock", "main", 11, 0,
	    false, false, false, true },
	{ "any for any", "['k']", "['ci']", "lock", "main", 11, 0, false, true,
	    true, true },
};

START_TEST(a_window_is_followed_by_one_for_all_that_it_is_for)
{
	AUTO_JSON *keys = json_text(FOLLOWS[_i].keys);
	AUTO_JSON *by = json_text(FOLLOWS[_i].by);
	AUTO_JSON *k = json_text("['k']");
	AUTO_JSON *ci = json_text("['ci']");
	struct window w = { .used = 2, .uses = 3, .until = 10, .open = true,
		.any_digest = FOLLOWS[_i].was_any, .product = "lock",
		.track = "main", .keys = k, .by = ci };
	struct window later = { .used = FOLLOWS[_i].used, .uses = 3,
		.until = FOLLOWS[_i].until, .open = !FOLLOWS[_i].closed,
		.any_digest = FOLLOWS[_i].any, .product = FOLLOWS[_i].product,
		.track = FOLLOWS[_i].track, .keys = keys, .by = by };

	ck_assert(window_goes_on(&w));
	ck_assert_msg(window_follows(&later, &w) == FOLLOWS[_i].follows, "%s",
	    FOLLOWS[_i].why);
}
END_TEST

START_TEST(windows_of_memory_are_those_that_are_open)
{
	struct world w;
	struct windows *all;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	unit_ok(state_windows(w.state, &all, &unit_err));
	ck_assert_uint_eq(all->n, 0);
	windows_free(all);
	q = world_window_open(&w, 2);
	unit_ok(state_windows(w.state, &all, &unit_err));
	ck_assert_uint_eq(all->n, 1);
	ck_assert_str_eq(all->window[0]->id, json_str(q, "id", ""));
	windows_free(all);
	windows_free(NULL);
	json_decref(q);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("window",
	UNIT_ROWS(a_window_is_followed_by_one_for_all_that_it_is_for, FOLLOWS)
	UNIT(windows_of_memory_are_those_that_are_open))
