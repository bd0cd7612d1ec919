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

struct showing {
	const char	*id;
	json_t		*shown;
	struct blob	 chain;
};

static int
show(struct tx *tx, void *ctx, struct err *err)
{
	struct showing *s = ctx;

	TRY(cert_show(tx, s->id, &s->shown, err));
	return cert_chain(tx, "root", &s->chain, err);
}

/* What is made of the entry alone, against what the tables have. */
static void
is_shown_alike(struct pki *k)
{
	const json_t *p = json_object_get(k->q, "parameters");
	struct issued i = { .entry = k->entry, .parameters = p, .ca = "root",
	    .request = json_str(k->q, "id", "") };
	struct blob der = { 0 };
	struct showing s = { 0 };
	char id[ID_TEXT];
	struct cert_made m;
	json_t *made;

	unit_ok(state_certificate(k->entry, &der, &unit_err));
	i.der = span_blob(&der);
	unit_ok(state_issued(&i, &m, &unit_err));
	cert_id(m.der, m.time, id);
	s.id = id;
	unit_ok(state_read(k->w.state, show, &s, &unit_err));
	/* The number is the receipt's. */
	m.seq = (uint64_t)json_int(s.shown, "event", 0);
	ck_assert_uint_gt(m.seq, 0);
	unit_ok(cert_made_show(&m, blob_str(&s.chain), &made, &unit_err));
	ck_assert_msg(json_equal(made, s.shown), "%s\n%s",
	    json_dumps(made, JSON_SORT_KEYS), json_dumps(s.shown,
	    JSON_SORT_KEYS));
	json_decref(made);
	json_decref(s.shown);
	blob_done(&s.chain);
	blob_done(&der);
}

START_TEST(what_is_said_of_a_new_one_is_what_is_shown_of_it)
{
	struct pki k;

	pki_begin(&k);
	issue(&k, "one", false);
	is_shown_alike(&k);
	unit_ok(batch_open(&k, "one"));
	k.batch = BATCH;
	issue(&k, "two", false);
	is_shown_alike(&k);
	issue(&k, "three", true);
	is_shown_alike(&k);
	pki_end(&k);
}
END_TEST

static int
read_changed(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_changed(tx, ctx, err);
}

static uint64_t
changed(struct pki *k)
{
	uint64_t at;

	unit_ok(state_read(k->w.state, read_changed, &at, &unit_err));
	return at;
}

/* Whatever is kept in memory of authorities is kept by this number. */
START_TEST(what_changes_authorities_is_told_and_nothing_else)
{
	struct pki k;
	uint64_t at;

	pki_begin(&k);
	ck_assert_uint_gt(at = changed(&k), 0);
	issue(&k, "one", false);
	publish(&k, 1);
	ck_assert_uint_eq(changed(&k), at);
	unit_ok(change(&k, ACTION_CERT_HOLD, EVENT_CERT_HELD, k.serial, NULL));
	ck_assert_uint_gt(changed(&k), at);
	at = changed(&k);
	unit_ok(change(&k, ACTION_CERT_RELEASE, EVENT_CERT_RELEASED, k.serial,
	    NULL));
	ck_assert_uint_gt(changed(&k), at);
	at = changed(&k);
	unit_ok(change(&k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, k.serial,
	    NULL));
	ck_assert_uint_gt(changed(&k), at);
	at = changed(&k);
	retire(&k);
	ck_assert_uint_gt(changed(&k), at);
	pki_end(&k);
}
END_TEST

ENGINE_MAIN("state/cert",
	UNIT(what_is_said_of_a_new_one_is_what_is_shown_of_it)
	UNIT(what_changes_authorities_is_told_and_nothing_else)
	UNIT(events_and_replay_make_the_same_certificates)
	UNIT(a_batch_is_counted_and_replay_counts_it_alike)
	UNIT(what_was_never_issued_is_not_revoked))
