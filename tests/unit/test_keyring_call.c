#include "config.h"

#include "tests/unit/ring.h"

#define THREADS	32

START_TEST(it_answers_every_call_with_its_own_answer)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	AUTO_JSON *hello = NULL, *entries = NULL, *keys = NULL;

	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	unit_ok(keyring_hello(k, 0, &hello, &unit_err));
	ck_assert_str_eq(json_str(hello, "house", ""), "house_1");
	unit_ok(keyring_keys(k, &keys, &unit_err));
	/* Some hundred kilobytes: an answer of several frames. */
	unit_ok(keyring_tail(k, 5, 4, &entries, &unit_err));
	ck_assert_uint_eq(json_array_size(entries), 4);
	ck_assert_int_eq(json_int(json_array_get(entries, 3), "n", 0), 8);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_hands_out_what_the_keeper_refused_with)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	struct sha256 permit = sha256_of("permit", 6);
	AUTO_JSON *op = operation("nothing"), *document = json_object();
	json_t *entry = NULL, *answer = NULL;

	unit_fails(keyring_use(k, &permit, document, op, &entry, &answer,
	    &unit_err), EDENIED);
	ck_assert_str_eq(unit_err.what, "no such key");
	ck_assert_ptr_null(entry);
	ck_assert_str_eq(json_str(json_object_get(answer, "explanation"),
	    "why", ""), "because");
	json_decref(answer);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_sends_a_permit_once_and_again_when_the_keeper_forgot_it)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	struct sha256 permit = sha256_of("permit", 6);
	AUTO_JSON *op = operation("ecdsa-sha256"), *document = json_object();
	json_t *entry = NULL;
	int i;

	(void)peer_add_key(p, "ecdsa-sha256", EVP_EC_gen("P-256"));
	for (i = 0; i < 3; i++) {
		unit_ok(keyring_use(k, &permit, document, op, &entry, NULL,
		    &unit_err));
		json_decref(entry);
	}
	ck_assert_uint_eq(p->documents, 1);
	ck_assert_uint_eq(p->unknown, 0);
	p->forget = true;
	unit_ok(keyring_use(k, &permit, document, op, &entry, NULL,
	    &unit_err));
	json_decref(entry);
	ck_assert_uint_eq(p->documents, 2);
	ck_assert_uint_eq(p->unknown, 1);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_shows_many_events_in_several_messages)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	struct keyring_event *events = calloc(3000, sizeof(*events));
	struct keyring_shown all = { 0, events, 3000 },
	    late = { 2999, events, 1 };
	char *note = NULL;
	uint64_t i;

	for (i = 0; i < 3000; i++)
		events[i] = (struct keyring_event){ "{}", 2 };
	unit_ok(keyring_show(k, &all, true, &note, &unit_err));
	ck_assert_str_eq(note, "a note\n");
	ck_assert_uint_eq(p->leaves, 3000);
	ck_assert_uint_ge(p->messages, 3);
	unit_fails(keyring_show(k, &late, false, NULL, &unit_err), ECONFLICT);
	free(note);
	free(events);
	keyring_free(k);
	peer_free(p);
}
END_TEST

static void *
caller(void *arg)
{
	struct keyring *k = arg;
	int i;

	for (i = 0; i < CALLS; i++) {
		json_t *entries = NULL;
		struct err e = { 0 };
		uint64_t from = (uint64_t)i * 1000;

		ck_assert_msg(keyring_tail(k, from, 1, &entries, &e) == 0,
		    "%s", e.what);
		ck_assert_int_eq(json_int(json_array_get(entries, 0), "n", -1),
		    (int64_t)from);
		json_decref(entries);
	}
	return NULL;
}

START_TEST(many_threads_share_it_and_their_writes)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	pthread_t t[THREADS];
	int i;

	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, caller, k), 0);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	ck_assert_uint_eq(p->messages, THREADS * CALLS + 1);
	ck_assert_uint_eq(p->connections, 1);
	ck_assert_uint_lt(p->reads, p->messages);
	keyring_free(k);
	peer_free(p);
}
END_TEST

struct greeting {
	atomic_uint	 times;
	atomic_uint	 refuse;	/* an error's code; OK: not */
};

/* The house pulls the tail before others' calls pass. */
static int
welcome(void *ctx, struct keyring *k, const json_t *hello, struct err *err)
{
	struct greeting *g = ctx;
	AUTO_JSON *entries = NULL;

	g->times++;
	ck_assert_str_eq(json_str(hello, "house", ""), "house_1");
	ck_assert(!keyring_ready(k));
	if (g->refuse)
		return err_set(err, (enum err_code)g->refuse, "the ledger is shorter");
	return keyring_tail(k, 1, 1, &entries, err);
}

START_TEST(it_greets_on_each_new_connection)
{
	struct greeting g = { 0 };
	struct peer *p = peer_new();
	struct keyring *k = ring(p, welcome, &g);
	json_t *answer = NULL;
	int i;

	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	ck_assert_uint_eq(g.times, 1);
	for (i = 0; i < 5; i++) {
		unsigned before = p->connections;

		if (i == 0)
			keyring_retry(k);
		else
			peer_drop(p);
		while (p->connections == before)
			usleep(1000);
		unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
		unit_ok(keyring_hello(k, 0, &answer, &unit_err));
		json_decref(answer);
	}
	ck_assert_uint_eq(g.times, p->connections);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(nothing_passes_while_the_house_refuses_its_keeper)
{
	struct greeting g = { .refuse = EHALTED };
	struct peer *p = peer_new();
	struct keyring *k = ring(p, welcome, &g);
	json_t *answer = NULL;

	unit_fails(keyring_wait(k, TIME_S(1) / 5, &unit_err), EHALTED);
	ck_assert_str_eq(unit_err.what, "the ledger is shorter");
	g.refuse = OK;
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	unit_ok(keyring_hello(k, 0, &answer, &unit_err));
	json_decref(answer);
	keyring_free(k);
	peer_free(p);
}
END_TEST

static const struct {
	const char	*why;
	enum err_code	 greeting, told;
} FAULTS[] = {
	{ "the house's disk is full", ESTORE, ESTORE },
	{ "its ledger takes nothing", ELEDGER, ELEDGER },
	{ "the keeper's answer is none", EINPUT, EKEEPER },
	{ "the keeper is of another house", EHOUSE, EKEEPER },
};

/* The keeper is there: who cannot greet it is to be looked at. */
START_TEST(a_call_is_told_whose_fault_it_is)
{
	struct greeting g = { .refuse = FAULTS[_i].greeting };
	struct peer *p = peer_new();
	struct keyring *k = ring(p, welcome, &g);
	json_t *answer = NULL;

	unit_fails(keyring_keys(k, &answer, &unit_err), FAULTS[_i].told);
	ck_assert_msg(strstr(unit_err.what, "the ledger is shorter") != NULL,
	    "%s: %s", FAULTS[_i].why, unit_err.what);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_waits_for_a_keeper_that_comes_later_and_finds_one_that_returns)
{
	struct peer *p = peer_new();
	struct keyring *k;
	json_t *answer = NULL;

	peer_stop(p);
	k = ring(p, NULL, NULL);
	unit_fails(keyring_wait(k, TIME_S(1) / 10, &unit_err), EKEEPER);
	peer_listen(p);
	unit_ok(keyring_keys(k, &answer, &unit_err));
	json_decref(answer);
	peer_stop(p);
	unit_fails(keyring_keys(k, &answer, &unit_err), EKEEPER);
	peer_listen(p);
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	unit_ok(keyring_keys(k, &answer, &unit_err));
	json_decref(answer);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_gives_up_on_an_answer_that_does_not_come)
{
	struct peer *p = peer_new();
	struct keyring_options o = { .socket = p->path,
		.timeout = TIME_S(1) / 10, .most = 1 };
	struct keyring *k = NULL;
	json_t *answer = NULL;

	unit_ok(keyring_open(&o, &k, &unit_err));
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	unit_fails(keyring_keys(k, &answer, &unit_err), EKEEPER);
	ck_assert_str_eq(unit_err.what, "no answer in time");
	p->mute = false;
	unit_ok(keyring_keys(k, &answer, &unit_err));
	json_decref(answer);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(more_calls_than_allowed_are_told_so)
{
	struct peer *p = peer_new();
	struct keyring_options o = { .socket = p->path, .most = 2 };
	struct keyring *k = NULL;
	json_t *answer = NULL;
	pthread_t t[2];
	int i;

	unit_ok(keyring_open(&o, &k, &unit_err));
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, unanswered, k),
		    0);
	while (p->messages < 3)
		usleep(1000);
	unit_fails(keyring_keys(k, &answer, &unit_err), EBUSY_);
	/* Those under way learn at once that their answers will not come. */
	peer_drop(p);
	for (i = 0; i < 2; i++)
		(void)pthread_join(t[i], NULL);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_ends_while_a_call_waits)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	json_t *answer = NULL;

	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	p->mute = true;
	peer_drop(p);
	if (keyring_keys(k, &answer, &unit_err) == 0)
		ck_abort_msg("a mute keeper answered");
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(it_refuses_what_cannot_be)
{
	char path[300];
	struct keyring_options o = { .socket = path };
	struct keyring *k = NULL;
	struct peer *p;
	AUTO_JSON *big = json_object();
	char *text = malloc(FRAME_UNFINISHED + 1);

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	unit_fails(keyring_open(&o, &k, &unit_err), ERANGE_);
	o.socket = "short";
	o.most = 1000000;
	unit_fails(keyring_open(&o, &k, &unit_err), ERANGE_);
	p = peer_new();
	k = ring(p, NULL, NULL);
	memset(text, 'x', FRAME_UNFINISHED);
	text[FRAME_UNFINISHED] = '\0';
	(void)json_object_set_new(big, "do", json_string(text));
	unit_fails(keyring_call(k, big, NULL, &unit_err), ETOOBIG);
	free(text);
	keyring_free(k);
	peer_free(p);
}
END_TEST

/* By who waits a tenth of a second; denied is an answer, too. */
static enum err_code
asked_shortly(struct keyring *k)
{
	struct sha256 permit = sha256_of("permit", 6);
	AUTO_JSON *op = operation("nothing"), *document = json_object();
	struct keyring_whole w = { &permit, document, op, TIME_S(1) / 10 };
	json_t *signatures = NULL;

	return (enum err_code)-keyring_ocsp(k, &w, &signatures, NULL,
	    &unit_err);
}

START_TEST(who_waits_shortly_leaves_the_line_to_others_and_tells_those_behind)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	json_t *answer = NULL;
	unsigned sent;

	ck_assert_int_eq(asked_shortly(k), EDENIED);
	p->mute = true;
	ck_assert_int_eq(asked_shortly(k), EKEEPER);
	ck_assert_str_eq(unit_err.what, "no answer in time");
	ck_assert(keyring_ready(k));
	unit_fails(keyring_answers(k, &unit_err), EKEEPER);
	sent = p->messages;
	ck_assert_int_eq(asked_shortly(k), EKEEPER);
	unit_fails(keyring_hello(k, TIME_S(9), &answer, &unit_err), EKEEPER);
	ck_assert_uint_eq(p->messages, sent);
	p->mute = false;
	ck_assert_int_eq(asked_shortly(k), EKEEPER);
	/* Whatever it says to others, it is there. */
	unit_ok(keyring_keys(k, &answer, &unit_err));
	json_decref(answer);
	unit_ok(keyring_answers(k, &unit_err));
	ck_assert_int_eq(asked_shortly(k), EDENIED);
	unit_ok(keyring_hello(k, TIME_S(9), &answer, &unit_err));
	json_decref(answer);
	p->deaf = true;
	unit_fails(keyring_hello(k, TIME_S(1) / 10, &answer, &unit_err),
	    EKEEPER);
	unit_fails(keyring_answers(k, &unit_err), EKEEPER);
	ck_assert_uint_eq(p->connections, 1);
	keyring_free(k);
	peer_free(p);
}
END_TEST

START_TEST(who_waits_shortly_waits_once_for_a_keeper_that_is_gone)
{
	struct peer *p = peer_new();
	struct keyring *k = ring(p, NULL, NULL);
	time_us began;

	ck_assert_int_eq(asked_shortly(k), EDENIED);
	peer_stop(p);
	while (keyring_ready(k))
		usleep(1000);
	unit_fails(keyring_answers(k, &unit_err), EKEEPER);
	ck_assert_int_eq(asked_shortly(k), EKEEPER);
	began = clock_mono();
	for (int i = 0; i < CALLS; i++)
		ck_assert_int_eq(asked_shortly(k), EKEEPER);
	ck_assert_int_lt(clock_mono() - began, CALLS * (TIME_S(1) / 10) / 2);
	peer_listen(p);
	unit_ok(keyring_wait(k, TIME_S(5), &unit_err));
	ck_assert_int_eq(asked_shortly(k), EDENIED);
	keyring_free(k);
	peer_free(p);
}
END_TEST

UNIT_MAIN("keyring/call",
	UNIT_SCRATCH
	UNIT(it_answers_every_call_with_its_own_answer)
	UNIT(it_hands_out_what_the_keeper_refused_with)
	UNIT(it_sends_a_permit_once_and_again_when_the_keeper_forgot_it)
	UNIT(it_shows_many_events_in_several_messages)
	UNIT(many_threads_share_it_and_their_writes)
	UNIT(it_greets_on_each_new_connection)
	UNIT(nothing_passes_while_the_house_refuses_its_keeper)
	UNIT_ROWS(a_call_is_told_whose_fault_it_is, FAULTS)
	UNIT(it_waits_for_a_keeper_that_comes_later_and_finds_one_that_returns)
	UNIT(it_gives_up_on_an_answer_that_does_not_come)
	UNIT(who_waits_shortly_leaves_the_line_to_others_and_tells_those_behind)
	UNIT(who_waits_shortly_waits_once_for_a_keeper_that_is_gone)
	UNIT(more_calls_than_allowed_are_told_so)
	UNIT(it_ends_while_a_call_waits)
	UNIT(it_refuses_what_cannot_be))
