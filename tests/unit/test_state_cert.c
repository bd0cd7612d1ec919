/* What authorities and certificates go through, as events make it and replay
 * makes it again. */
#include "config.h"

#include "audit/audit.h"
#include "tests/unit/world_cert.h"

struct look {
	const char	*serial;
	struct cert_row	 row;
	struct cert_ca	*ca;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct look *l = ctx;
	struct number n;

	TRY(number_parse(l->serial, &n, err));
	TRY(cert_ca_get(tx, "root", &l->ca, err));
	return cert_by_serial(tx, "root", &n, &l->row, err);
}

static enum cert_status
status_of(struct pki *k, const char *serial)
{
	struct look l = { .serial = serial };

	unit_ok(state_read(k->w.state, look, &l, &unit_err));
	cert_ca_free(l.ca);
	return l.row.status;
}

START_TEST(events_and_replay_make_the_same_certificates)
{
	struct pki k;
	char first[NUMBER_HEX], second[NUMBER_HEX], *text;
	json_t *r;

	pki_begin(&k);
	issue(&k, "one", false);
	memcpy(first, k.serial, sizeof(first));
	issue(&k, "two", false);
	memcpy(second, k.serial, sizeof(second));
	issue(&k, "three", true);
	ck_assert_int_eq(status_of(&k, second), CERT_GOOD);
	issue(&k, "one", true);
	ck_assert_int_eq(status_of(&k, first), CERT_REVOKED);
	ck_assert_int_eq(status_of(&k, k.serial), CERT_GOOD);
	unit_ok(change(&k, ACTION_CERT_HOLD, EVENT_CERT_HELD, second, NULL));
	ck_assert_int_eq(status_of(&k, second), CERT_HELD);
	unit_ok(change(&k, ACTION_CERT_RELEASE, EVENT_CERT_RELEASED, second,
	    NULL));
	ck_assert_int_eq(status_of(&k, second), CERT_GOOD);
	unit_ok(change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, second,
	    "key-compromise"));
	ck_assert_int_eq(status_of(&k, second), CERT_REVOKED);
	publish(&k, 1);
	retire(&k);
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	text = json_pretty(r);
	ck_assert_msg(json_flag(r, "ok", false), "%s", text);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "certificate",
	    0), 5);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "rework", 0),
	    1);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "crl", 0), 1);
	free(text);
	json_decref(r);
	engine_sql("UPDATE certificate SET status = 'good'");
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	ck_assert(!json_flag(r, "ok", true));
	json_decref(r);
	pki_end(&k);
}
END_TEST

static int
batch_look(struct tx *tx, void *ctx, struct err *err)
{
	return cert_batch_show(tx, BATCH, ctx, err);
}

static void
batch_is(struct pki *k, int done, int failed)
{
	AUTO_JSON *j = NULL;

	unit_ok(state_read(k->w.state, batch_look, &j, &unit_err));
	ck_assert_int_eq(json_int(j, "done", -1), done);
	ck_assert_int_eq(json_int(j, "waiting", -1), 0);
	ck_assert_int_eq(json_int(j, "failed", -1), failed);
}

START_TEST(a_batch_is_counted_and_replay_counts_it_alike)
{
	static const char a[] = "00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff";
	static const char b[] = "ff112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff";
	struct pki k;
	json_t *r;

	pki_begin(&k);
	issue(&k, "none", false);
	unit_ok(batch_open(&k, "one"));
	unit_fails(batch_open(&k, "one"), EEXISTS);
	unit_fails(batch_open(&k, "two"), EEXISTS);
	k.batch = BATCH;
	issue(&k, "one", false);
	issue(&k, "two", true);
	unit_ok(batch_count(&k, world_json("[s, s, s]", a, b, a),
	    json_array()));
	batch_is(&k, 2, 2);
	unit_ok(batch_count(&k, json_array(), world_json("[s]", a)));
	batch_is(&k, 2, 1);
	unit_fails(batch_count(&k, world_json("[i]", 1), json_array()),
	    ESCHEMA);
	unit_fails(batch_count(&k, world_json("[s]", "a"), json_array()),
	    EINPUT);
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	ck_assert(json_flag(r, "ok", false));
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "batch", 0), 1);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"),
	    "batch_refused", 0), 1);
	json_decref(r);
	engine_sql("UPDATE certificate SET batch = NULL");
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	ck_assert(!json_flag(r, "ok", true));
	json_decref(r);
	pki_end(&k);
}
END_TEST

START_TEST(what_was_never_issued_is_not_revoked)
{
	struct pki k;

	pki_begin(&k);
	unit_fails(change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "4fff",
	    NULL), ENOENT_);
	pki_end(&k);
}
END_TEST

ENGINE_MAIN("state/cert",
	UNIT(events_and_replay_make_the_same_certificates)
	UNIT(a_batch_is_counted_and_replay_counts_it_alike)
	UNIT(what_was_never_issued_is_not_revoked))
