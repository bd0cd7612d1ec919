/* What the nouns of floor 3 answer, on the tables that events made. */
#include "config.h"

#include "tests/unit/world_all.h"

/* ---- people ---- */

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

/* ---- lists ---- */

struct pages {
	int (*list)(struct tx *, const char *cursor, json_t **, char **,
	    struct err *);
	unsigned n, pages;
};

static int
list_people(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return people_list(tx, cursor, 2, ret, next, err);
}

static int
list_requests(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	struct asked_filter f = { .action = "key.destroy" };

	return approval_list(tx, &f, cursor, 2, ret, next, err);
}

static int
list_keys(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	struct key_filter f = { .product = "camera", .state = "destroyed" };

	return key_list(tx, &f, cursor, 2, ret, next, err);
}

static int
list_windows(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return window_list(tx, "closed", cursor, 2, ret, next, err);
}

static int
list_versions(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return product_list(tx, cursor, 2, ret, next, err);
}

static int
list_credentials(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return people_credentials(tx, "ci", cursor, 2, ret, next, err);
}

static int
all_pages(struct tx *tx, void *ctx, struct err *err)
{
	struct pages *p = ctx;
	char *cursor = NULL, *next;

	do {
		AUTO_JSON *list = NULL;

		TRY(p->list(tx, cursor, &list, &next, err));
		p->n += (unsigned)json_array_size(list);
		p->pages++;
		free(cursor);
		cursor = next;
	} while (cursor != NULL && p->pages < 100);
	return 0;
}

static const struct {
	const char *why;
	int (*list)(struct tx *, const char *, json_t **, char **,
	    struct err *);
	unsigned n, pages;
} LISTS[] = {
	{ "four people and a tool", list_people, 5, 3 },
	{ "four requests to destroy, two on a page", list_requests, 4, 2 },
	{ "one key, by product and state", list_keys, 1, 1 },
	{ "one window, closed", list_windows, 1, 1 },
	{ "one version, on no track", list_versions, 1, 1 },
	{ "one credential of the tool", list_credentials, 1, 1 },
};

START_TEST(lists_come_in_pages_that_miss_nothing)
{
	struct world w;
	struct pages p = { .list = LISTS[_i].list };

	world_begin(&w);
	world_everything(&w);
	unit_ok(state_read(w.state, all_pages, &p, &unit_err));
	ck_assert_msg(p.n == LISTS[_i].n, "%s: %u", LISTS[_i].why, p.n);
	ck_assert_uint_eq(p.pages, LISTS[_i].pages);
	world_end(&w);
}
END_TEST

/* ---- keys, uses, versions ---- */

static int
look_history(struct tx *tx, void *ctx, struct err *err)
{
	struct { const char *key; json_t *history; } *l = ctx;

	return key_history(tx, l->key, &l->history, err);
}

START_TEST(a_key_remembers_its_states)
{
	static const char *const STATES[] = { "pre-activation", "active",
		"suspended", "active", "deactivated", "compromised",
		"destroyed" };
	struct world w;
	struct { const char *key; json_t *history; } l;
	json_t *j;

	world_begin(&w);
	world_everything(&w);
	l.key = w.key;
	unit_ok(state_read(w.state, look_history, &l, &unit_err));
	ck_assert_uint_eq(json_array_size(l.history), NELEM(STATES));
	for (size_t i = 0; i < NELEM(STATES); i++)
		ck_assert_str_eq(json_str(json_array_get(l.history, i),
		    "state", ""), STATES[i]);
	j = json_array_get(l.history, 5);
	ck_assert_str_eq(json_str(j, "since", ""),
	    "2026-11-01T00:00:00.000000Z");
	json_decref(l.history);
	world_end(&w);
}
END_TEST

START_TEST(a_key_is_shown_with_its_public_half)
{
	struct world w;
	struct key *k;
	json_t *j;
	BIO *mem;
	EVP_PKEY *public;
	const char *pem;

	world_begin(&w);
	world_key(&w, "development");
	unit_ok(state_key(w.state, "fw", &k, &unit_err));
	unit_ok(key_json(k, &j, &unit_err));
	pem = json_str(j, "public_key", "");
	mem = BIO_new_mem_buf(pem, -1);
	public = PEM_read_bio_PUBKEY(mem, NULL, NULL, NULL);
	ck_assert_int_eq(EVP_PKEY_eq(public, w.firmware_key), 1);
	ck_assert_str_eq(json_str(j, "exportable", ""), "never");
	ck_assert(json_flag(j, "exclusive", false));
	EVP_PKEY_free(public);
	BIO_free(mem);
	json_decref(j);
	key_free(k);
	world_end(&w);
}
END_TEST

struct uses {
	const char *key, *rule;
	uint64_t count, count_later, seqs;
	char version[PRODUCT_VERSION], digest[130];
	bool signed_there, signed_elsewhere;
};

static int
look_uses(struct tx *tx, void *ctx, struct err *err)
{
	struct uses *u = ctx;
	uint64_t seq[64];
	size_t n;
	struct err none;
	char digest[130];

	TRY(use_count(tx, u->rule, u->key, "ci", 0, &u->count, err));
	TRY(use_count(tx, u->rule, u->key, "ci", clock_now(), &u->count_later,
	    err));
	TRY(product_highest(tx, "camera", "", u->version, u->digest, err));
	u->signed_there = use_signed(tx, u->key, "camera", "", "1.0", digest,
	    &none) == 0 && strcmp(digest, u->digest) == 0;
	u->signed_elsewhere = use_signed(tx, u->key, "camera", "", "1.1",
	    digest, &none) == 0;
	TRY(use_seqs(tx, 0, 1000, 64, seq, &n, err));
	u->seqs = n;
	return 0;
}

START_TEST(uses_are_counted_and_versions_remembered)
{
	struct world w;
	struct uses u = { .count = 0 };
	const struct key_class *c;
	char rule[SHA256_HEX];

	world_begin(&w);
	world_everything(&w);
	c = charter_class(w.charter, "firmware-signing");
	for (size_t i = 0; i < c->rule_n; i++)
		if (strcmp(c->rule[i].name, "production-window") == 0)
			sha256_hex(&c->rule[i].hash, rule);
	u.key = w.key;
	u.rule = rule;
	unit_ok(state_read(w.state, look_uses, &u, &unit_err));
	ck_assert_uint_eq(u.count, 2);
	ck_assert_uint_eq(u.count_later, 0);
	ck_assert_str_eq(u.version, "1.0");
	ck_assert(u.signed_there);
	ck_assert(!u.signed_elsewhere);
	ck_assert_uint_eq(u.seqs, w.journal.n);
	world_end(&w);
}
END_TEST

/* ---- windows ---- */

static const struct {
	const char *why, *principal, *image;
	time_us after;
	int code;
} WINDOW_USES[] = {
	{ "a named digest by who may", "ci", "a", 0, 0 },
	{ "another digest", "ci", "c", 0, ENOENT_ },
	{ "another principal", "officer-1", "a", 0, ENOENT_ },
	{ "too late", "ci", "a", TIME_S(7200), ENOENT_ },
};

START_TEST(an_open_window_is_found_by_what_it_covers)
{
	struct world w;
	json_t *q;
	char from[TIME_TEXT], until[TIME_TEXT], x[SHA256_HEX];
	struct sha256 h = sha256_of("a", 1);
	struct window *found;
	struct decision d;
	int rc;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	sha256_hex(&h, x);
	clock_text(clock_now() - TIME_S(5), from);
	clock_text(clock_now() + TIME_S(3600), until);
	q = world_request(&w, ACTION_WINDOW_OPEN, "release-lead", world_json(
	    "{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:[s]}", "keys", "key",
	    w.key, "key_name", "fw", "by", "ci", "uses", 1, "from", from,
	    "until", until, "digests", x));
	world_open(&w, q, NULL);
	world_approve(&w, q, 0);
	world_approve(&w, q, 1);
	world_event(&w, EVENT_WINDOW_OPENED, "release-lead", json_str(q, "id",
	    ""), world_json("{s:s, s:o, s:o}", "request", json_str(q, "id",
	    ""), "permit", world_permit(&w, q, true), "facts", world_facts(&w,
	    q, "release-lead", NULL, &d)), NULL);
	h = sha256_of(WINDOW_USES[_i].image, 1);
	sha256_hex(&h, x);
	rc = state_window(w.state, w.key, WINDOW_USES[_i].principal, x, NULL,
	    NULL, clock_now() + WINDOW_USES[_i].after, &found, &unit_err);
	ck_assert_msg(rc == -WINDOW_USES[_i].code, "%s: %d",
	    WINDOW_USES[_i].why, rc);
	if (rc == 0) {
		window_free(found);
		/* Its one use made, it covers nothing more. */
		unit_ok(world_signed(&w, q, true, 1, "ci", "a", NULL,
		    &unit_err));
		unit_fails(state_window(w.state, w.key, "ci", x, NULL, NULL,
		    clock_now(), &found, &unit_err), ENOENT_);
	}
	json_decref(q);
	world_end(&w);
}
END_TEST

/* ---- requests ---- */

struct sought {
	const char *name;
	char id[40];
	uint64_t seq;
	json_t *due, *overdue, *rivals;
	const char *key;
};

static int
look_found(struct tx *tx, void *ctx, struct err *err)
{
	struct sought *f = ctx;

	TRY(approval_due(tx, 10, &f->due, err));
	TRY(approval_overdue(tx, clock_now() + TIME_S(36000), 10, &f->overdue,
	    err));
	TRY(approval_rivals(tx, f->key, "camera", "", "1.0", "00", &f->rivals,
	    err));
	return approval_find(tx, "ci", f->name, f->id, &f->seq, err);
}

START_TEST(what_waits_and_what_is_due_is_found)
{
	struct world w;
	struct sought f = { .name = "ask-1" };
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	f.key = w.key;
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	world_open(&w, q, "ask-1");
	unit_ok(state_read(w.state, look_found, &f, &unit_err));
	ck_assert_str_eq(f.id, json_str(q, "id", ""));
	ck_assert_uint_eq(f.seq, UINT64_MAX);
	ck_assert_uint_eq(json_array_size(f.due), 0);
	ck_assert_uint_eq(json_array_size(f.overdue), 1);
	ck_assert_uint_eq(json_array_size(f.rivals), 1);
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	world_approve(&w, q, 0);
	world_approve(&w, q, 1);
	unit_ok(state_read(w.state, look_found, &f, &unit_err));
	ck_assert_uint_eq(json_array_size(f.due), 1);
	ck_assert_uint_eq(json_array_size(f.overdue), 0);
	ck_assert_uint_eq(json_array_size(f.rivals), 0);
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	f.name = "ask-2";
	unit_fails(state_read(w.state, look_found, &f, &unit_err), ENOENT_);
	json_decref(f.due);
	json_decref(f.overdue);
	json_decref(f.rivals);
	json_decref(q);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("state/nouns",
	UNIT(a_token_stands_for_its_holder_until_it_is_revoked)
	UNIT(a_token_ends_when_it_says)
	UNIT(a_certificate_is_pinned_by_its_public_key)
	UNIT(an_officer_logs_in_with_their_key_once_per_challenge)
	UNIT_ROWS(no_other_answer_logs_in, NO_LOGIN)
	UNIT(a_challenge_costs_nothing_and_holds_nothing)
	UNIT_ROWS(lists_come_in_pages_that_miss_nothing, LISTS)
	UNIT(a_key_remembers_its_states)
	UNIT(a_key_is_shown_with_its_public_half)
	UNIT(uses_are_counted_and_versions_remembered)
	UNIT_ROWS(an_open_window_is_found_by_what_it_covers, WINDOW_USES)
	UNIT(what_waits_and_what_is_due_is_found))
