/*
 * The keeper with no memory left at any moment: a message is answered, nothing is
 * reserved that was not used, and asked again it is done.
 */
#include "config.h"

#include "base/io.h"
#include "tests/fault/fault.h"
#include "tests/keeper/bare_ca.h"
#include "tests/unit/unit.h"

void *__wrap_malloc(size_t n);

static const struct {
	const char	*folder, *name;
} SEEDS[] = {
	{ "keeper", "look" }, { "keeper", "sign" }, { "keeper", "refused" },
	{ "keeper", "proof" }, { "keeper", "state" }, { "keeper", "generate" },
	{ "keeper", "amend" }, { "keeper", "window" }, { "keeper", "show" },
	{ "keeper", "show-entry" },
	{ "keeper_ca", "certify" }, { "keeper_ca", "crl" },
	{ "keeper_ca", "ocsp" }, { "keeper_ca", "adopt-ca" },
	{ "keeper_ca", "ca-create" },
};

static void
read_seed(const char *folder, const char *name, struct blob *ret)
{
	const char *in = getenv("srcdir");
	char path[512];

	snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/%s/%s",
	    in == NULL ? "." : in, folder, name);
	unit_ok(io_read_file(path, 1 << 20, ret, &unit_err));
}

/* Nothing is under way, and no use is counted that is not made. */
static void
nothing_hangs(void)
{
	struct tally *t;
	size_t at = 0;

	ck_assert_ptr_null(k.making.first);
	ck_assert_ptr_null(k.writing.first);
	ck_assert_uint_eq(k.reserved, 0);
	ck_assert_uint_eq(k.barriers, 0);
	while ((t = map_each(&k.house.counts.tallies, &at)) != NULL) {
		ck_assert_int_eq(t->reserved, 0);
		ck_assert_int_le(t->used, 1);
	}
}

START_TEST(it_answers_without_memory_and_does_it_when_there_is_some)
{
	struct blob seed = { 0 };
	unsigned nth, good;
	bool failed;

	json_set_alloc_funcs(__wrap_malloc, free);
	(void)sha256_of("", 0);
	read_seed(SEEDS[_i].folder, SEEDS[_i].name, &seed);
	if (strcmp(SEEDS[_i].folder, "keeper_ca") == 0)
		bare_house = &bare_ca;
	bare_begin();
	bare_feed(seed.data, seed.len);
	good = refusals;
	ck_assert(bare_house != &bare_ca || good == 0);
	bare_end();
	for (nth = 1; nth < 20000; nth++) {
		bare_begin();
		bare_short = true;
		fault_arm(FAULT_MEMORY, nth);
		bare_feed(seed.data, seed.len);
		failed = fault_disarm();
		bare_short = false;
		nothing_hangs();
		/* A halted keeper has said so, and stays so. */
		if (k.standing == STANDING_READY) {
			bare_feed(seed.data, seed.len);
			ck_assert_uint_le(refusals, good);
			nothing_hangs();
		}
		bare_end();
		if (!failed)
			break;
	}
	ck_assert_uint_gt(nth, 10);
	ck_assert_uint_lt(nth, 20000);
	blob_done(&seed);
}
END_TEST

UNIT_MAIN("fault/keeper",
	UNIT_ROWS(it_answers_without_memory_and_does_it_when_there_is_some, SEEDS))
