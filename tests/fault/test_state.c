/*
 * Each allocation of each kind of commit fails once: an event is there with
 * all that it makes, or nothing of it is; and the audit of it runs as well.
 */
#include "config.h"

#include "state/state.h"
#include "tests/fault/fault.h"

static int commit_through_faults(struct state *s, const struct event *e,
    size_t n, struct receipt *ret, struct err *err);
#define WORLD_COMMIT	commit_through_faults
#include "ca/profile.h"
#include "tests/fault/never_well.h"
#include "tests/unit/world_cert.h"

#define MOST	20000

static unsigned failures;	/* commits that failed in all */

static int
read_size(struct tx *tx, void *ctx, struct err *err)
{
	struct ledger_head head;

	TRY(ledger_head(tx, &head, err));
	*(uint64_t *)ctx = head.size;
	return 0;
}

static uint64_t
size_of(struct state *s)
{
	uint64_t n;

	unit_ok(state_read(s, read_size, &n, &unit_err));
	return n;
}

/* The first allocation fails, then the second ... until it succeeds. */
static int
commit_through_faults(struct state *s, const struct event *e, size_t n,
    struct receipt *ret, struct err *err)
{
	uint64_t before = size_of(s);

	for (unsigned nth = 1; nth < MOST; nth++) {
		struct err why = { .code = OK };
		bool failed;
		int rc;

		fault_arm(FAULT_MEMORY, nth);
		rc = state_commit(s, e, n, ret, &why);
		failed = fault_disarm();
		if (rc == 0) {
			ck_assert_uint_eq(size_of(s), before + n);
			return 0;
		}
		ck_assert_msg(failed, "%s: %s (%s)", event_kind_name(e->kind),
		    err_text(why.code), why.what);
		ck_assert_uint_eq(size_of(s), before);
		failures++;
	}
	ck_abort_msg("%s never succeeds", event_kind_name(e->kind));
	return -1;
}

START_TEST(no_event_is_half_applied)
{
	struct world w;
	json_t *r;
	char *text;

	world_begin(&w);
	world_everything(&w);
	world_amend(&w);
	ck_assert_uint_gt(failures, 1000);
	unit_ok(audit_replay(w.store, NULL, &r, &unit_err));
	text = json_pretty(r);
	ck_assert_msg(json_flag(r, "ok", false), "%s", text);
	free(text);
	json_decref(r);
	world_end(&w);
}
END_TEST

START_TEST(no_certificate_is_half_there)
{
	struct pki k;
	json_t *r;
	char *text;

	pki_begin(&k);
	unit_ok(batch_open(&k, "one"));
	k.batch = BATCH;
	issue(&k, "one", false);
	issue(&k, "one", false);
	unit_ok(batch_count(&k, world_json("[s]", "00112233445566778899aabb"
	    "ccddeeff00112233445566778899aabbccddeeff"), json_array()));
	unit_ok(change(&k, ACTION_CERT_HOLD, EVENT_CERT_HELD, k.serial, NULL));
	unit_ok(change(&k, ACTION_CERT_RELEASE, EVENT_CERT_RELEASED, k.serial,
	    NULL));
	unit_ok(change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, k.serial,
	    "superseded"));
	publish(&k, 1);
	retire(&k);
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	text = json_pretty(r);
	ck_assert_msg(json_flag(r, "ok", false), "%s", text);
	free(text);
	json_decref(r);
	pki_end(&k);
}
END_TEST

START_TEST(an_audit_without_memory_does_not_say_it_is_well)
{
	struct world w;
	struct blob b = { 0 };

	world_begin(&w);
	world_key(&w, "development");
	bundle_write(&w, 0, NULL, &b);
	b.data[b.len / 2] ^= 1;
	ck_assert_uint_gt(never_well(&w, &b, FAULT_MEMORY, 1, 0), 10);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(nor_that_the_charters_of_its_head_are)
{
	struct world w;
	struct blob b = { 0 };
	json_t *chain;

	world_begin(&w);
	world_amend(&w);
	world_key(&w, "development");
	chain = bundle_chain(&w, 5);
	ck_assert_uint_eq(json_array_size(chain), 2);
	bundle_put(chain, "1/inclusion/proof/0", "\"00112233445566778899aabb"
	    "ccddeeff00112233445566778899aabbccddeeff\"");
	bundle_write(&w, 5, chain, &b);
	ck_assert_uint_gt(never_well(&w, &b, FAULT_MEMORY, 1, 0), 10);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("fault/state",
	UNIT(no_event_is_half_applied)
	UNIT(no_certificate_is_half_there)
	UNIT(an_audit_without_memory_does_not_say_it_is_well)
	UNIT(nor_that_the_charters_of_its_head_are))
