/* Who stands behind a token, a certificate, an officer's key. */
#include "config.h"

#include "tests/unit/world_all.h"

static const char CRED[] = "cred_01j0000000000000000000000a";

/* credential.issued without more ado; returns what is shown once. */
static void
give_token(struct world *w, const char *principal, const char *expires,
    char ret_token[PEOPLE_TOKEN])
{
	struct sha256 hash;
	char hex[SHA256_HEX];
	json_t *q;

	unit_ok(people_token_new(ret_token, &hash, &unit_err));
	sha256_hex(&hash, hex);
	q = world_request(w, ACTION_CREDENTIAL_ISSUE, "release-lead",
	    world_json("{s:s, s:s, s:s, s:s}", "principal", principal, "type",
	    "token", "expires", expires, "hash", hex));
	world_event(w, EVENT_CREDENTIAL_ISSUED, "release-lead", CRED,
	    world_json("{s:O, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "request", q,
	    "credential", "id", CRED, "principal", principal, "type", "token",
	    "hash", hex, "created", "2026-01-01T00:00:00.000000Z", "expires",
	    expires), NULL);
	json_decref(q);
}

static int
ending_seen(void *ctx, const struct people_end *c, struct err *err)
{
	snprintf((char *)ctx + strlen(ctx), 20, "%s/%s ", c->id, c->label);
	return 0;
}

struct ending {
	time_us	 from, until;
	char	 seen[200];
	unsigned most;
	time_us	 looked;
};

static int
ending_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ending *e = ctx;

	return people_ending(tx, e->from, e->until, e->most, ending_seen,
	    e->seen, &e->looked, err);
}

/* Rows, and no more than that. */
static int
ending_put(struct tx *tx, void *ctx, struct err *err)
{
	static const struct {
		const char	*id, *who, *type, *label;
		time_us		 expires;
	} rows[] = {
		{ "a", "ci", "token", "old", 20 },
		{ "b", "ci", "token", "old", 90 },	/* follows a */
		{ "c", "ci", "token", "line", 10 },
		{ "d", "ci", "tls-client", "tls", 15 },
		{ "e", "ci", "enrolment", "once", 12 },
		{ "f", "gone", "token", "lost", 11 },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		TRY(tx_run(tx, "people_credential_put", PARAMS(
		    v_text(rows[i].id), v_text(rows[i].who),
		    v_text(rows[i].type), v_text(rows[i].label), v_text("h"),
		    v_int(1), v_int(rows[i].expires), v_null(), v_int(1)),
		    NULL, err));
	return 0;
}

START_TEST(what_somebody_comes_in_by_ends_unless_another_follows)
{
	struct world w;
	struct ending all = { 0, 50, "", 2, -1 }, some = { 11, 90, "", 2, -1 };

	world_begin(&w);
	unit_ok(store_write(w.store, ending_put, NULL, &unit_err));
	unit_ok(store_read(w.store, ending_read, &all, &unit_err));
	ck_assert_str_eq(all.seen, "c/line d/tls ");
	unit_ok(store_read(w.store, ending_read, &some, &unit_err));
	ck_assert_str_eq(some.seen, "d/tls ");
	some.until++;
	some.seen[0] = '\0';
	unit_ok(store_read(w.store, ending_read, &some, &unit_err));
	ck_assert_str_eq(some.seen, "d/tls b/old ");
	ck_assert_int_eq(all.looked, 0);
	ck_assert_int_eq(some.looked, 0);
	/* One fewer, and up to when. */
	some.most = 1;
	some.seen[0] = '\0';
	unit_ok(store_read(w.store, ending_read, &some, &unit_err));
	ck_assert_str_eq(some.seen, "d/tls ");
	ck_assert_int_eq(some.looked, 15);
	world_end(&w);
}
END_TEST

static void
take_token(struct world *w)
{
	json_t *q = world_request(w, ACTION_CREDENTIAL_REVOKE, "release-lead",
	    world_json("{s:s}", "credential", CRED));

	world_event(w, EVENT_CREDENTIAL_REVOKED, "release-lead", CRED,
	    world_json("{s:O, s:s}", "request", q, "credential", CRED), NULL);
	json_decref(q);
}

START_TEST(a_token_stands_for_its_holder_until_it_is_revoked)
{
	struct world w;
	struct caller who;
	char token[PEOPLE_TOKEN];
	struct people *p;

	world_begin(&w);
	p = state_people(w.state);
	give_token(&w, "ci", "2099-01-01T00:00:00.000000Z", token);
	for (int i = 0; i < 2; i++) {	/* from the table, then from memory */
		unit_ok(people_by_token(p, token, clock_now(), &who,
		    &unit_err));
		ck_assert_str_eq(who.id, "ci");
		ck_assert_str_eq(who.credential, CRED);
		ck_assert(who.tool);
	}
	token[20] ^= 1;
	unit_fails(people_by_token(p, token, clock_now(), &who, &unit_err),
	    EAUTH);
	token[20] ^= 1;
	take_token(&w);
	unit_fails(people_by_token(p, token, clock_now(), &who, &unit_err),
	    EAUTH);
	unit_fails(people_by_token(p, "clv_short", clock_now(), &who,
	    &unit_err), EAUTH);
	world_end(&w);
}
END_TEST

START_TEST(a_token_ends_when_it_says)
{
	struct world w;
	struct caller who;
	char token[PEOPLE_TOKEN];
	time_us end;

	world_begin(&w);
	give_token(&w, "ci", "2098-01-01T00:00:00.000000Z", token);
	unit_ok(clock_parse("2098-01-01T00:00:00Z", &end, &unit_err));
	unit_ok(people_by_token(state_people(w.state), token, end - 1, &who,
	    &unit_err));
	unit_fails(people_by_token(state_people(w.state), token, end, &who,
	    &unit_err), EAUTH);
	world_end(&w);
}
END_TEST

START_TEST(a_certificate_is_pinned_by_its_public_key)
{
	struct world w;
	struct caller who;
	struct blob *spki;
	struct sha256 hash;
	char hex[SHA256_HEX];
	json_t *q;

	world_begin(&w);
	spki = world_spki(w.firmware_key);
	hash = sha256_of(spki->data, spki->len);
	sha256_hex(&hash, hex);
	q = world_request(&w, ACTION_CREDENTIAL_ISSUE, "release-lead",
	    world_json("{s:s, s:s, s:s, s:s}", "principal", "ci", "type",
	    "tls-client", "expires", "2099-01-01T00:00:00.000000Z", "hash",
	    hex));
	world_event(&w, EVENT_CREDENTIAL_ISSUED, "release-lead", CRED,
	    world_json("{s:O, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "request", q,
	    "credential", "id", CRED, "principal", "ci", "type", "tls-client",
	    "hash", hex, "created", "2026-01-01T00:00:00.000000Z", "expires",
	    "2099-01-01T00:00:00.000000Z"), NULL);
	unit_ok(people_by_certificate(state_people(w.state), spki->data,
	    spki->len, clock_now(), &who, &unit_err));
	ck_assert_str_eq(who.id, "ci");
	ck_assert_int_eq(who.by, BY_CERTIFICATE);
	spki->data[spki->len - 1] ^= 1;
	unit_fails(people_by_certificate(state_people(w.state), spki->data,
	    spki->len, clock_now(), &who, &unit_err), EAUTH);
	json_decref(q);
	blob_free(spki);
	world_end(&w);
}
END_TEST

/* What officer @n answers to a challenge, signed for @house. */
static json_t *
answer(struct world *w, size_t n, const char *house, const char *challenge)
{
	struct blob octets = { 0 }, sig = { 0 };
	char hex[SHA256_HEX], *b64;
	json_t *j = world_json("{s:s, s:s, s:s, s:s}", "format",
	    "claviger/login/v1", "house", house, "officer", world_person[n],
	    "challenge", challenge);

	unit_ok(json_canonical(j, &octets, &unit_err));
	json_decref(j);
	unit_ok(proof_sign(w->person[n], octets.data, octets.len, &sig,
	    &unit_err));
	b64 = b64_encode(sig.data, sig.len);
	sha256_hex(&w->credential[n], hex);
	j = world_json("{s:s, s:s, s:s, s:s}", "officer", world_person[n],
	    "credential", hex, "challenge", challenge, "signature", b64);
	free(b64);
	blob_done(&octets);
	blob_done(&sig);
	return j;
}

START_TEST(an_officer_logs_in_with_their_key_once_per_challenge)
{
	struct world w;
	struct people *p;
	struct caller who;
	char challenge[PEOPLE_TOKEN], token[PEOPLE_TOKEN];
	time_us expires, now = clock_now();
	json_t *j;

	world_begin(&w);
	p = state_people(w.state);
	unit_ok(people_challenge(p, "officer-1", now, challenge, &unit_err));
	j = answer(&w, 0, w.house, challenge);
	unit_ok(people_login(p, w.charter, w.house, j, now, token, &expires,
	    &unit_err));
	ck_assert_int_eq(expires, now + TIME_S(PEOPLE_SESSION_S));
	unit_ok(people_by_token(p, token, now, &who, &unit_err));
	ck_assert_str_eq(who.id, "officer-1");
	ck_assert_int_eq(who.by, BY_SESSION);
	ck_assert_uint_eq(people_sessions(p, now), 1);
	unit_fails(people_by_token(p, token, expires, &who, &unit_err), EAUTH);
	unit_fails(people_login(p, w.charter, w.house, j, now, token, &expires,
	    &unit_err), EAUTH);
	json_decref(j);
	world_amend(&w);
	unit_fails(people_by_token(p, token, now, &who, &unit_err), EAUTH);
	world_end(&w);
}
END_TEST

static const struct {
	const char *why;
	size_t officer;		/* who the challenge was given to */
	size_t answers;
	bool other_house, late;
} NO_LOGIN[] = {
	{ "a challenge is for who asked for it", 0, 1, false, false },
	{ "a challenge runs out", 0, 0, false, true },
	{ "a signature for another house is none", 0, 0, true, false },
};

START_TEST(no_other_answer_logs_in)
{
	struct world w;
	char challenge[PEOPLE_TOKEN], token[PEOPLE_TOKEN];
	time_us expires, now = clock_now();
	json_t *j;

	world_begin(&w);
	unit_ok(people_challenge(state_people(w.state),
	    world_person[NO_LOGIN[_i].officer], now, challenge, &unit_err));
	j = answer(&w, NO_LOGIN[_i].answers, NO_LOGIN[_i].other_house ?
	    "house_other" : w.house, challenge);
	unit_fails(people_login(state_people(w.state), w.charter, w.house, j,
	    NO_LOGIN[_i].late ? now + TIME_S(PEOPLE_CHALLENGE_S) + 1 : now, token,
	    &expires, &unit_err), EAUTH);
	json_decref(j);
	world_end(&w);
}
END_TEST

START_TEST(a_challenge_costs_nothing_and_holds_nothing)
{
	struct world w;
	char challenge[PEOPLE_TOKEN];
	time_us now = clock_now();

	world_begin(&w);
	for (int i = 0; i < 5000; i++)
		unit_ok(people_challenge(state_people(w.state), "officer-1",
		    now, challenge, &unit_err));
	unit_fails(people_challenge(state_people(w.state), "not a name", now,
	    challenge, &unit_err), EINPUT);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("people",
	UNIT(a_token_stands_for_its_holder_until_it_is_revoked)
	UNIT(a_token_ends_when_it_says)
	UNIT(a_certificate_is_pinned_by_its_public_key)
	UNIT(an_officer_logs_in_with_their_key_once_per_challenge)
	UNIT_ROWS(no_other_answer_logs_in, NO_LOGIN)
	UNIT(what_somebody_comes_in_by_ends_unless_another_follows)
	UNIT(a_challenge_costs_nothing_and_holds_nothing))
