/*
 * A hostile service and deltas: none but to a full list that was signed and
 * may still be valid, and no full list that sends devices elsewhere for them.
 */
#include "config.h"

#include "tests/keeper/certs.h"

static void
delta_to_an_old_one(struct list_attempt *l)
{
	l->ask.base = number_of(5);
}

static void
delta_to_none(struct list_attempt *l)
{
	l->ask.base = number_of(8);
}

static void
delta_to_a_delta(struct list_attempt *l)
{
	l->ask.base = number_of(9);
}

static void
delta_of_another(struct list_attempt *l)
{
	l->op_partition = 2;
	l->url = POINT("2");
}

static void
delta_backwards(struct list_attempt *l)
{
	l->ask.number = number_of(9);
}

static void
delta_of_the_whole(struct list_attempt *l)
{
	l->op_partition = -1;
	l->url = NULL;
}

static void
delta_of_root(struct list_attempt *l)
{
	l->by = &pki.root;
	l->issuer_cert = &pki.root_cert;
	l->ca = "root";
	l->op_partition = 0;
	l->url = "http://pki.example/root/0.crl";
}

static void
full_of(struct list_attempt *l, const char *freshest)
{
	l->ask.base = (struct number){ 0 };
	l->ask.freshest = freshest;
}

static void
full_of_root(struct list_attempt *l)
{
	delta_of_root(l);
	full_of(l, "http://pki.example/root/0.delta.crl");
}

static void
full_without(struct list_attempt *l)
{
	full_of(l, NULL);
}

static void
full_elsewhere(struct list_attempt *l)
{
	full_of(l, "http://evil.example/1.delta.crl");
}

static void
full_of_another(struct list_attempt *l)
{
	full_of(l, NEWS("2"));
}

static void
full_of_the_whole(struct list_attempt *l)
{
	full_of(l, NEWS("1"));
	delta_of_the_whole(l);
}

static const struct {
	const char	*why;
	void		(*spoil)(struct list_attempt *l);
	const char	*code;
} DELTAS[] = {
	{ "to a list that has ended", delta_to_an_old_one, "denied" },
	{ "to a list that was not signed", delta_to_none, "denied" },
	{ "to a delta", delta_to_a_delta, "denied" },
	{ "to another partition's list", delta_of_another, "denied" },
	{ "with a number that goes backwards", delta_backwards, "conflict" },
	{ "to the whole, which has no place for it", delta_of_the_whole,
	    "denied" },
	{ "of a CA without deltas", delta_of_root, "denied" },
	{ "a full list of a CA without deltas that names some", full_of_root,
	    "denied" },
	{ "a full list that hides them", full_without, "denied" },
	{ "a full list with deltas of somebody else", full_elsewhere,
	    "denied" },
	{ "a full list with another partition's", full_of_another, "denied" },
	{ "the whole, with a partition's", full_of_the_whole, "denied" },
};

/* Full lists 5, 6 and 7 of one partition, and a delta, 9, to the last. */
static void
lists_and_delta(void)
{
	static const uint64_t signed_[][2] = { { 5, 0 }, { 6, 0 }, { 7, 0 },
		{ 9, 7 } };
	struct list_attempt l;

	for (size_t i = 0; i < NELEM(signed_); i++) {
		point_begin(&l, signed_[i][0], signed_[i][1]);
		unit_ok(list_go(&l));
	}
}

START_TEST(it_gets_no_other_delta)
{
	struct list_attempt l;
	int rc;

	certs_setup();
	lists_and_delta();
	if (_i % 3 == 0)
		rig_again(SIGKILL);
	point_begin(&l, 10, 7);
	DELTAS[_i].spoil(&l);
	rc = list_go(&l);
	ck_assert_msg(rc != 0 && strcmp(json_str(rig.answer, "code", ""),
	    DELTAS[_i].code) == 0, "%s: %s (%s)", DELTAS[_i].why,
	    json_str(rig.answer, "code", ""), json_str(rig.answer, "what", ""));
	ck_assert_uint_eq(rig_entries("crl"), 4);
}
END_TEST

/* Whoever holds a full list that is still valid can use the next delta. */
START_TEST(a_delta_is_to_one_of_the_newest_two)
{
	struct list_attempt l;

	certs_setup();
	lists_and_delta();
	point_begin(&l, 10, 6);
	l.asked = 1;
	ck_assert_int_eq(list_go(&l), -EPROOF);
	point_begin(&l, 10, 6);
	unit_ok(list_go(&l));
	rig_again(SIGKILL);
	point_begin(&l, 11, 7);
	unit_ok(list_go(&l));
	point_begin(&l, 12, 0);
	unit_ok(list_go(&l));
	point_begin(&l, 13, 6);
	ck_assert_int_eq(list_go(&l), -EDENIED);
	point_begin(&l, 13, 12);
	unit_ok(list_go(&l));
}
END_TEST

UNIT_MAIN("keeper against a hostile service: deltas",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT_ROWS(it_gets_no_other_delta, DELTAS)
	UNIT(a_delta_is_to_one_of_the_newest_two))
