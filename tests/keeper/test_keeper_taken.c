/*
 * A hostile service and authorities that others signed, or kept before: what
 * is taken in is what was approved, and lists go on where theirs ended.
 */
#include "config.h"

#include "tests/keeper/certs.h"

struct taken {
	struct held_key	 key;		/* of the house, that others certified */
	struct blob	 whole;		/* the certificate */
	json_t		*params;	/* owned: of ca.import */
};

static void
taken_done(struct taken *t)
{
	json_decref(t->params);
	blob_done(&t->whole);
	blob_done(&t->key.spki);
}

/* As another system would have it: made elsewhere, for our key. */
static void
taken_certificate(struct taken *t, time_us not_before)
{
	struct sha256 hash;
	struct attempt a;

	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &t->key,
	    ca_parameters("more", "More", "root", &t->key));
	a.not_before = not_before;
	attempt_draft(&a);
	blob_clear(&t->whole);
	unit_ok(seal_assemble(span_blob(&a.tbs), "ecdsa-sha256",
	    span_of("\x30\x06\x02\x01\x01\x02\x01\x01", 8), &t->whole,
	    &unit_err));
	attempt_done(&a);
	hash = sha256_of(t->whole.data, t->whole.len);
	unit_ok(json_set_hash(t->params, "certificate", &hash, &unit_err));
}

static void
taken_begin(struct taken *t, const char *number)
{
	*t = (struct taken){ .key.name = "more" };
	certs_setup();
	held_key_make(&t->key, "ca");
	t->params = key_parameters(t->key.hash, t->key.name);
	unit_ok(json_set_str(t->params, "name", "more", &unit_err));
	unit_ok(json_set_new(t->params, "urls", json_of(URLS), &unit_err));
	unit_ok(json_set_int(t->params, "partitions", 4, &unit_err));
	if (number != NULL)
		unit_ok(json_set_str(t->params, "crl_number", number,
		    &unit_err));
	taken_certificate(t, clock_now() / TIME_S(1) * TIME_S(1));
}

static json_t *
taken_permit(const struct taken *t)
{
	return permit(ask("ca-make", ACTION_CA_IMPORT, "officer-1",
	    json_deep_copy(t->params)), "ca-make", "12");
}

static int
taken_use(const struct taken *t, const json_t *p, const struct blob *der)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "adopt-ca",
	    "key", t->key.hash, "principal", "officer-1"));
	unit_ok(json_set_b64(op, "content", der->data, der->len, &unit_err));
	return use(p, op);
}

static int
taken_go(const struct taken *t)
{
	json_t *p = taken_permit(t);
	int rc = taken_use(t, p, &t->whole);

	json_decref(p);
	return rc;
}

START_TEST(a_ca_that_others_signed_is_taken_in_once)
{
	struct taken t;
	json_t *p;

	taken_begin(&t, NULL);
	p = taken_permit(&t);
	/* Another certificate than was approved. */
	ck_assert_int_eq(taken_use(&t, p, &pki.issuing_cert), -EPROOF);
	unit_ok(taken_use(&t, p, &t.whole));
	rig_again(SIGKILL);
	unit_ok(taken_use(&t, p, &t.whole));
	ck_assert_uint_eq(rig_entries("adopt-ca"), 1);
	json_decref(p);
	taken_done(&t);
}
END_TEST

/* ---- the lists of the system before ---- */

/* The highest that leaves room for 2^56 lists in 20 octets, and one more. */
#define HIGHEST		"7fffffffffffffffffffffff" "feffffffffffffff"
#define TOO_HIGH	"7fffffffffffffffffffffff" "ff00000000000000"

/* Its next list of a partition, so far above the floor. */
static int
list_above(const struct taken *t, int partition, uint64_t above)
{
	static const char *const url[] = { POINT("0"), POINT("1") },
	    *const news[] = { NEWS("0"), NEWS("1") };
	struct list_attempt l;
	struct number floor;

	list_begin(&l, 1);
	l.ca = "more";
	l.by = &t->key;
	l.issuer_cert = &t->whole;
	l.op_partition = partition;
	l.url = url[partition];
	l.ask.freshest = news[partition];
	unit_ok(number_parse(json_str(t->params, "crl_number", "00"), &floor,
	    &unit_err));
	unit_ok(number_add(&floor, above, &l.ask.number, &unit_err));
	return list_go(&l);
}

static int
list_numbered(const struct taken *t, const char *hex)
{
	struct list_attempt l;

	list_begin(&l, 1);
	l.ca = "more";
	l.by = &t->key;
	l.issuer_cert = &t->whole;
	unit_ok(number_parse(hex, &l.ask.number, &unit_err));
	return list_go(&l);
}

START_TEST(no_list_is_below_those_of_the_system_before)
{
	struct taken t;

	taken_begin(&t, "0100");
	unit_ok(taken_go(&t));
	for (int again = 0; again < 2; again++) {
		ck_assert_int_eq(list_numbered(&t, "01"), -ECONFLICT);
		ck_assert_int_eq(list_numbered(&t, "ff"), -ECONFLICT);
		ck_assert_int_eq(list_numbered(&t, "0100"), -ECONFLICT);
		rig_again(SIGKILL);
	}
	unit_ok(list_numbered(&t, "0101"));
	/* Each scope begins there, not only the first. */
	ck_assert_int_eq(list_above(&t, 1, 0), -ECONFLICT);
	unit_ok(list_above(&t, 1, 1));
	ck_assert_int_eq(list_numbered(&t, "0101"), -ECONFLICT);
	ck_assert_uint_eq(rig_entries("crl"), 2);
	taken_done(&t);
}
END_TEST

START_TEST(lists_go_on_from_the_highest_number)
{
	struct taken t;

	taken_begin(&t, HIGHEST);
	unit_ok(taken_go(&t));
	ck_assert_int_eq(list_above(&t, 0, 0), -ECONFLICT);
	ck_assert_int_eq(list_above(&t, 0, ((uint64_t)1 << 32) + 1), -ERANGE_);
	unit_ok(list_above(&t, 0, (uint64_t)1 << 32));
	unit_ok(list_above(&t, 1, 1));
	taken_done(&t);
}
END_TEST

START_TEST(a_number_that_leaves_no_room_is_not_taken)
{
	struct taken t;

	taken_begin(&t, TOO_HIGH);
	ck_assert_int_eq(taken_go(&t), -ERANGE_);
	ck_assert_uint_eq(rig_entries("adopt-ca"), 0);
	taken_done(&t);
}
END_TEST

/* Otherwise whoever renews a certificate could say it anew. */
START_TEST(the_number_is_told_once)
{
	struct taken t;

	taken_begin(&t, "0100");
	unit_ok(taken_go(&t));
	taken_certificate(&t, clock_now() / TIME_S(1) * TIME_S(1) + TIME_S(1));
	unit_ok(json_set_str(t.params, "crl_number", "05", &unit_err));
	ck_assert_int_eq(taken_go(&t), -EDENIED);
	(void)json_object_del(t.params, "crl_number");
	unit_ok(taken_go(&t));
	ck_assert_int_eq(list_numbered(&t, "0100"), -ECONFLICT);
	unit_ok(list_numbered(&t, "0101"));
	taken_done(&t);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: authorities of others",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_ca_that_others_signed_is_taken_in_once)
	UNIT(no_list_is_below_those_of_the_system_before)
	UNIT(lists_go_on_from_the_highest_number)
	UNIT(a_number_that_leaves_no_room_is_not_taken)
	UNIT(the_number_is_told_once))
