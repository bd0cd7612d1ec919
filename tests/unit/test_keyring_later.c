/* Who does not wait for the keeper's answer, and who waits no longer. */
#include "config.h"

#include "tests/unit/ring.h"

/* Uses whose caller does not wait. */
struct told {
	atomic_uint	 good, bad;
	int		 rc;
	struct err	 why;
};

static void
used(void *ctx, int rc, json_t *entry, struct blob *octets,
    const struct err *why)
{
	struct told *t = ctx;

	AUTO(blob) *text = octets, *again = blob_new();

	ck_assert((rc == 0) == (entry != NULL));
	ck_assert((rc == 0) == (octets != NULL));
	if (rc == 0) {
		unit_ok(json_canonical(entry, again, &unit_err));
		ck_assert_str_eq(blob_str(text), blob_str(again));
	}
	t->rc = rc;
	if (rc != 0)
		t->why = *why;
	json_decref(entry);
	atomic_fetch_add(rc == 0 ? &t->good : &t->bad, 1);
}

static void
use_later(struct keyring *k, const char *key, struct told *t)
{
	struct sha256 permit = sha256_of("permit", 6);
	AUTO_JSON *op = operation(key), *document = json_object();

	unit_ok(keyring_use_later(k, &permit, document, op, used, t,
	    &unit_err));
}

static void
until(atomic_uint *n, unsigned many)
{
	while (*n < many)
		usleep(1000);
}

START_TEST(who_does_not_wait_is_told_of_each_use)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	struct told t = { .rc = 1 };
	int i;

	(void)peer_add_key(p, "ecdsa-sha256", EVP_EC_gen("P-256"));
	use_later(k, "ecdsa-sha256", &t);
	until(&t.good, 1);
	for (i = 0; i < CALLS; i++)
		use_later(k, "ecdsa-sha256", &t);
	until(&t.good, CALLS + 1);
	ck_assert_uint_eq(p->documents, 1);
	use_later(k, "nothing", &t);
	until(&t.bad, 1);
	ck_assert_int_eq(t.rc, -(int)EDENIED);
	ck_assert_str_eq(t.why.what, "no such key");
	/* What was forgotten is for the caller to say again. */
	p->forget = true;
	use_later(k, "ecdsa-sha256", &t);
	until(&t.bad, 2);
	ck_assert_int_eq(t.rc, -(int)EPERMIT);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(who_does_not_wait_is_told_that_the_line_broke)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	struct told t = { .rc = 1 };
	int i;

	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	for (i = 0; i < 3; i++)
		use_later(k, "ecdsa-sha256", &t);
	while (p->messages < 4)
		usleep(1000);
	peer_drop(p);
	until(&t.bad, 3);
	ck_assert_int_eq(t.rc, -(int)EKEEPER);
	ck_assert_str_eq(t.why.what, "the connection broke");
	/* The last ones learn it from the keyring's own end. */
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	use_later(k, "ecdsa-sha256", &t);
	keyring_free(k);
	ck_assert_uint_eq(t.bad, 4);
	peer_free(p);
}
END_TEST

START_TEST(who_does_not_wait_is_told_when_it_took_too_long)
{
	struct peer *p = peer_new();
	struct keyring_options o = { .socket = p->path,
		.timeout = TIME_S(1) / 10, .most = 1 };
	struct keyring *k = NULL;
	struct told t = { .rc = 1 };
	json_t *answer = NULL;

	unit_ok(keyring_open(&o, &k, &unit_err));
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	use_later(k, "ecdsa-sha256", &t);
	until(&t.bad, 1);
	ck_assert_int_eq(t.rc, -(int)EKEEPER);
	ck_assert_str_eq(t.why.what, "no answer in time");
	/* Its place is free again. */
	p->mute = false;
	unit_ok(keyring_keys(k, &answer, &unit_err));
	json_decref(answer);
	keyring_free(k);
	peer_free(p);
}
END_TEST

/* Its calls have an hour: what ends them here is that it is silent. */
START_TEST(who_ends_waits_for_a_keeper_as_long_as_it_is_heard)
{
	struct peer *p = peer_new();
	struct keyring_options o = { .socket = p->path,
		.timeout = TIME_S(3600), .patience = TIME_S(3600) };
	struct keyring *k = NULL;
	struct told t = { .rc = 1 };
	json_t *answer;
	pthread_t waits;

	unit_ok(keyring_open(&o, &k, &unit_err));
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	use_later(k, "ecdsa-sha256", &t);
	ck_assert_int_eq(pthread_create(&waits, NULL, unanswered, k), 0);
	keyring_end(k);
	for (int i = 0; i < 12; i++) {
		answer = NULL;
		unit_ok(keyring_hello(k, 0, &answer, &unit_err));
		json_decref(answer);
		usleep(300000);
	}
	ck_assert_uint_eq(t.bad, 0);
	p->deaf = true;
	until(&t.bad, 1);
	ck_assert_int_eq(t.rc, -(int)EKEEPER);
	(void)pthread_join(waits, NULL);
	/* Nor is it waited for by who comes now. */
	answer = NULL;
	unit_fails(keyring_keys(k, &answer, &unit_err), EKEEPER);
	unit_fails(keyring_wait(k, TIME_S(3600), &unit_err), EKEEPER);
	keyring_free(k);
	peer_free(p);
}
END_TEST

UNIT_MAIN("keyring/later",
	UNIT_SCRATCH
	UNIT(who_does_not_wait_is_told_of_each_use)
	UNIT(who_does_not_wait_is_told_that_the_line_broke)
	UNIT(who_does_not_wait_is_told_when_it_took_too_long)
	UNIT(who_ends_waits_for_a_keeper_as_long_as_it_is_heard))
