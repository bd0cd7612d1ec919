/*
 * What halts the keeper, or ends a connection: older state, a wrong clock,
 * garbage, a ledger that is not shown or not the same.
 */
#include "config.h"

#include <sys/resource.h>
#include "tests/keeper/hostile.h"

/* Stop, keep a copy, sign more, stop, and put the copy back. */
static void
roll_back(void)
{
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	copy_state("state", "old");
	rig_start();
	unit_ok(sign_with("12"));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("new")), 0);
	ck_assert_int_eq(rename(scratch_path("old"), scratch_path("state")), 0);
}

START_TEST(a_journal_that_was_rolled_back_halts_the_house)
{
	json_t *p;

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	roll_back();
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	ck_assert_ptr_nonnull(strstr(json_str(rig.answer, "why", ""), "rolled back"));
	refused(use(p, sign_operation(&IMAGE, "ci")), 0, "halted", NULL);
	json_decref(p);
}
END_TEST

START_TEST(a_journal_that_is_gone_halts_the_house)
{
	json_t *m;

	setup();
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("gone")), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	/* And nobody founds another one on the same token. */
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "found",
	    "charter", house.charter));
	ck_assert_int_ne(rig_call(m), 0);
}
END_TEST

static void
ledger_is_refused(const char *why)
{
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	ck_assert_ptr_nonnull(strstr(json_str(rig.answer, "why", ""), why));
	refused(sign_with("12"), 1, "halted", NULL);
}

/* Shown, signed for, and then there is no record of it. */
START_TEST(a_ledger_that_is_gone_halts_the_house)
{
	char path[512], away[512];

	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	snprintf(path, sizeof(path), "%s", scratch_path("state/ledger.json"));
	snprintf(away, sizeof(away), "%s", scratch_path("ledger.json"));
	ck_assert_int_eq(rename(path, away), 0);
	ledger_is_refused("ledger");
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	/* Halted, it told the token nothing: the right one is taken again. */
	ck_assert_int_eq(rename(away, path), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "ready");
	ck_assert_int_eq(json_int(json_object_get(rig.answer, "ledger"), "size",
	    0), (int64_t)house.leaves);
}
END_TEST

START_TEST(a_ledger_that_was_rolled_back_halts_the_house)
{
	char path[512], old[512];
	int64_t n;

	setup();
	unit_ok(show_entries(1, 0));
	n = json_int(json_object_get((json_t *)(uintptr_t)rig_hello(),
	    "journal"), "n", 0);
	snprintf(path, sizeof(path), "%s", scratch_path("state/ledger.json"));
	snprintf(old, sizeof(old), "%s", scratch_path("old.json"));
	ck_assert_int_eq(link(path, old), 0);
	unit_ok(sign_with("12"));
	unit_ok(show_entries(n + 1, 0));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(old, path), 0);
	ledger_is_refused("rolled back");
}
END_TEST

START_TEST(another_ledger_of_the_same_size_halts_the_house)
{
	struct merkle_range r = { 0 };
	struct sha256 leaf = sha256_of("other", 5), root;
	json_t *doc, *nodes = json_array();
	struct blob text = { 0 };
	char hex[SHA256_HEX];

	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	while (r.size < house.leaves)
		unit_ok(merkle_range_add(&r, &leaf, NULL, NULL, &unit_err));
	root = merkle_range_root(&r);
	for (int i = 63; i >= 0; i--) {
		if ((r.size >> i & 1) == 0)
			continue;
		sha256_hex(&r.node[i], hex);
		json_array_append_new(nodes, json_string(hex));
	}
	unit_ok(json_build(&doc, &unit_err, "{s:I, s:i, s:o, s:[]}", "size",
	    (json_int_t)r.size, "entries", 1, "range", nodes, "shown"));
	unit_ok(json_set_hash(doc, "root", &root, &unit_err));
	unit_ok(json_canonical(doc, &text, &unit_err));
	rig_write("state/ledger.json", 0600, blob_str(&text));
	blob_done(&text);
	json_decref(doc);
	ledger_is_refused("another ledger");
}
END_TEST

/* A crash: the token may know an older ledger, never a newer one. */
START_TEST(a_ledger_newer_than_the_token_knows_is_good)
{
	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	rig_again(SIGKILL);
	ck_assert_str_eq(rig_state(), "ready");
	ck_assert_int_eq(json_int(json_object_get(rig.answer, "ledger"), "size",
	    0), (int64_t)house.leaves);
	rig_again(SIGTERM);
	ck_assert_str_eq(rig_state(), "ready");
}
END_TEST

START_TEST(a_clock_that_was_set_back_halts_the_house)
{
	json_t *p;

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	(void)rig_end(SIGTERM);
	rig.faketime = "-3600s";
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	ck_assert_ptr_nonnull(strstr(json_str(rig.answer, "why", ""), "clock"));
	refused(use(p, sign_operation(&IMAGE, "ci")), 0, "halted", NULL);
	/* Set right again, it goes on. */
	(void)rig_end(SIGTERM);
	rig.faketime = NULL;
	rig_start();
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	json_decref(p);
}
END_TEST

START_TEST(a_clock_a_moment_behind_reads_as_the_journals_last_time)
{
	json_t *p, *e;
	char last[TIME_TEXT];

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	unit_ok(sign_with("12"));
	snprintf(last, sizeof(last), "%s", json_str(json_object_get(rig.answer,
	    "entry"), "time", ""));
	(void)rig_end(SIGTERM);
	rig.faketime = "-1.5s";
	rig_start();
	{
		struct image i = IMAGE;

		i.version = "1.1";
		i.text = "next";
		unit_ok(sign_other(&i, &i));
	}
	e = json_object_get(rig.answer, "entry");
	ck_assert_int_ge(strcmp(json_str(e, "time", ""), last), 0);
	json_decref(p);
}
END_TEST

/* No file of the keeper's may grow beyond this: a disk that is full. */
static void
disk_of(rlim_t octets)
{
	struct rlimit r = { octets, RLIM_INFINITY };

	ck_assert_int_eq(prlimit(rig.pid, RLIMIT_FSIZE, &r, NULL), 0);
}

/* A limit of its files' size stands for it: to the keeper it is a write that fails. */
START_TEST(a_full_disk_is_said_and_survived)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	unsigned good = 0, full = 0;
	char text[16];
	json_t *w;

	setup();
	w = window_of(200, "ci");
	disk_of(64 * 1024);
	for (; good < 5; good++) {
		snprintf(text, sizeof(text), "first-%u", good);
		i.text = text;
		unit_ok(use(w, sign_operation(&i, "ci")));
	}
	for (int n = 0; n < 120; n++) {
		snprintf(text, sizeof(text), "%d", n);
		i.text = text;
		(void)rig_send(use_message(w, sign_operation(&i, "ci")));
	}
	for (int n = 0; n < 120; n++) {
		json_t *answer = rig_next(NULL);

		ck_assert_ptr_nonnull(answer);
		if (json_flag(answer, "ok", false))
			good++;
		else
			full++;
		ck_assert(json_flag(answer, "ok", false) ||
		    strcmp(json_str(answer, "code", ""), "io") == 0 ||
		    strcmp(json_str(answer, "code", ""), "busy") == 0);
		json_decref(answer);
	}
	ck_assert_uint_gt(full, 0);
	ck_assert_uint_eq(rig_entries("sign"), good);
	/* There is room again: it goes on without a restart, and nothing was used. */
	disk_of(RLIM_INFINITY);
	for (unsigned n = good; n < 200; n++) {
		snprintf(text, sizeof(text), "x%u", n);
		i.text = text;
		unit_ok(use(w, sign_operation(&i, "ci")));
	}
	i.text = "one more";
	ck_assert_int_eq(use(w, sign_operation(&i, "ci")), -EUSED);
	rig_again(SIGKILL);
	ck_assert_str_eq(rig_state(), "ready");
	ck_assert_uint_eq(rig_entries("sign"), 200);
	json_decref(w);
}
END_TEST

START_TEST(a_token_that_goes_away_uses_nothing_up)
{
	static const struct timespec moment = { 0, 100000000 };
	struct image i = { prod, "prod", "b", NULL, NULL, NULL };
	char tokens[512], away[512];
	json_t *w, *p;

	setup();
	w = window_of(2, "ci");
	p = permit(request_for(&IMAGE), "production-image", "12");
	unit_ok(use(w, sign_operation(&i, "ci")));
	snprintf(tokens, sizeof(tokens), "%s", scratch_path("tokens"));
	snprintf(away, sizeof(away), "%s", scratch_path("away"));
	ck_assert_int_eq(rename(tokens, away), 0);
	i.text = "c";
	refused(use(w, sign_operation(&i, "ci")), 1, "token-unavailable", NULL);
	refused(use(p, sign_operation(&IMAGE, "ci")), 1, "token-unavailable", NULL);
	ck_assert_int_eq(rename(away, tokens), 0);
	/* It is looked for a few times a second. */
	for (int n = 0; n < 50 && use(w, sign_operation(&i, "ci")) != 0; n++)
		nanosleep(&moment, NULL);
	unit_ok(use(w, sign_operation(&i, "ci")));
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	ck_assert_uint_eq(rig_entries("sign"), 3);
	json_decref(w);
	json_decref(p);
}
END_TEST

static const struct {
	const char	*why;
	unsigned char	 o[16];
	size_t		 n;
} GARBAGE[] = {
	{ "a length below the smallest", { 0, 0, 0, 1, 0, 0, 0, 1, 0 }, 9 },
	{ "a length of zero", { 0, 0, 0, 0, 0, 0, 0, 1, 0 }, 9 },
	{ "a length above the largest", { 0, 1, 0, 1, 0, 0, 0, 0, 0 }, 9 },
	{ "a length of four gigabytes", { 255, 255, 255, 255, 0, 0, 0, 0, 0 }, 9 },
	{ "flags that mean nothing", { 0, 0, 0, 6, 0, 0, 0, 1, 0xfe, '{' }, 10 },
	{ "text instead of frames", "GET / HTTP/1.1\r", 15 },
};

START_TEST(garbage_ends_the_connection_and_nothing_else)
{
	char c;

	rig_setup();
	ck_assert_int_eq((int)send(rig.fd, GARBAGE[_i].o, GARBAGE[_i].n, 0),
	    (int)GARBAGE[_i].n);
	ck_assert_int_le((int)recv(rig.fd, &c, 1, 0), 0);
	rig_disconnect();
	ck_assert(rig_connect());
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

static const struct {
	const char	*why, *text;
} NONSENSE[] = {
	{ "no JSON", "hello" },
	{ "not closed", "{\"do\":\"hello\"" },
	{ "an array", "[]" },
	{ "no verb", "{}" },
	{ "an unknown verb", "{\"do\":\"sign\"}" },
	{ "a verb of another type", "{\"do\":7}" },
	{ "a name twice", "{\"do\":\"hello\",\"do\":\"keys\"}" },
	{ "a use of nothing", "{\"do\":\"use\"}" },
	{ "a show of nothing", "{\"do\":\"show\"}" },
	{ "a tail of nothing", "{\"do\":\"tail\"}" },
	{ "a tail of too much", "{\"do\":\"tail\",\"from\":1,\"limit\":100000}" },
	{ "a tail from below", "{\"do\":\"tail\",\"from\":-1}" },
	{ "an amendment of nothing", "{\"do\":\"amend\"}" },
	{ "a restore of nothing", "{\"do\":\"restore\"}" },
	{ "a founding on nothing", "{\"do\":\"found\"}" },
	{ "a founding on an empty charter", "{\"do\":\"found\",\"charter\":{}}" },
};

START_TEST(nonsense_is_answered_with_its_reason)
{
	json_t *answer;

	rig_setup();
	unit_ok(frame_writer_add(rig.out, 9, NONSENSE[_i].text,
	    strlen(NONSENSE[_i].text), &unit_err));
	unit_ok(frame_writer_flush(rig.out, rig.fd, &unit_err));
	answer = rig_next(NULL);
	ck_assert_ptr_nonnull(answer);
	ck_assert(!json_flag(answer, "ok", true));
	ck_assert_str_ne(json_str(answer, "code", ""), "internal");
	ck_assert_str_ne(json_str(answer, "what", ""), "");
	json_decref(answer);
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

/* Unfinished messages without end: the keeper's bound is 8 MiB for all. */
START_TEST(more_unfinished_octets_than_allowed_end_the_connection)
{
	static unsigned char frame[FRAME_LENGTH + FRAME_MAX];
	size_t sent = 0;
	ssize_t n = 0;

	rig_setup();
	frame[1] = 1;		/* 65536 */
	frame[8] = FRAME_MORE;
	while (sent < (64u << 20)) {
		n = send(rig.fd, frame, sizeof(frame), MSG_NOSIGNAL);
		if (n < 0)
			break;
		sent += (size_t)n;
	}
	ck_assert_int_lt((int)n, 0);
	ck_assert_uint_lt(sent, 32u << 20);
	rig_disconnect();
	ck_assert(rig_connect());
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

START_TEST(connections_are_bounded)
{
	int fd[40];
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	unsigned closed = 0;

	rig_setup();
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", scratch_path("keeper.sock"));
	for (int i = 0; i < 40; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ck_assert_int_eq(connect(fd[i], (struct sockaddr *)&a,
		    sizeof(a)), 0);
	}
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
	for (int i = 0; i < 40; i++) {
		char c;

		if (recv(fd[i], &c, 1, MSG_DONTWAIT) == 0)
			closed++;
		close(fd[i]);
	}
	ck_assert_uint_ge(closed, 20);
}
END_TEST

static void
many(json_t *w, int from, int upto)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	char text[16];

	for (int n = from; n < upto; n++) {
		snprintf(text, sizeof(text), "%d", n);
		i.text = text;
		(void)rig_send(use_message(w, sign_operation(&i, "ci")));
	}
	for (int n = from; n < upto; n++) {
		json_t *answer = rig_next(NULL);

		ck_assert_ptr_nonnull(answer);
		ck_assert_msg(json_flag(answer, "ok", false), "%s",
		    json_str(answer, "what", ""));
		json_decref(answer);
	}
}

START_TEST(a_thousand_uses_without_the_ledger_are_the_last)
{
	struct image i = { prod, "prod", "one more", NULL, NULL, NULL };
	json_t *w;

	setup();
	w = window_of(5000, "ci");
	for (int n = 0; n < 1000; n += 100)
		many(w, n, n + 100);
	refused(use(w, sign_operation(&i, "ci")), 1000, "halted-ledger", NULL);
	rig_again(SIGKILL);
	refused(use(w, sign_operation(&i, "ci")), 1000, "halted-ledger", NULL);
	/* Suspending works all the same. */
	unit_ok(house_move("stop", ACTION_KEY_SUSPEND, dev, "dev", "suspended", ""));
	unit_ok(show_entries(1, 0));
	unit_ok(show_entries(1001, 0));
	ck_assert_ptr_nonnull(json_str(rig.answer, "checkpoint", NULL));
	unit_ok(use(w, sign_operation(&i, "ci")));
	json_decref(w);
}
END_TEST

/* A signature is taken and its event withheld: J stays, and after a minute it is the last. */
START_TEST(a_withheld_event_stops_the_keeper)
{
	struct image i = IMAGE;
	int64_t n;
	json_t *ledger;

	setup();
	unit_ok(sign_with("12"));
	n = json_int(json_object_get(rig.answer, "entry"), "n", 0);
	unit_ok(show_entries(1, n));
	ledger = json_object_get((json_t *)(uintptr_t)rig_hello(), "ledger");
	ck_assert_int_eq(json_int(ledger, "entries", 0), n - 1);
	(void)rig_end(SIGTERM);
	rig.faketime = "+70s";
	rig_start();
	i.version = "1.1";
	i.text = "next";
	refused(sign_other(&i, &i), 1, "halted-ledger", NULL);
}
END_TEST

static int
show_one(int64_t from, json_t *event)
{
	json_t *m;

	unit_ok(json_build(&m, &unit_err, "{s:s, s:I, s:[o], s:b}", "do",
	    "show", "from", (json_int_t)from, "events", event, "final", 1));
	return rig_call(m);
}

START_TEST(a_ledger_that_forks_gets_no_checkpoint)
{
	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	ck_assert_ptr_nonnull(json_str(rig.answer, "checkpoint", NULL));
	/* Another history from the beginning on. */
	unit_ok(show_one(0, json_pack("{s:{}}", "data")));
	ck_assert_ptr_null(json_str(rig.answer, "checkpoint", NULL));
	ck_assert_int_eq(json_int(rig.answer, "size", 0), (int64_t)house.leaves);
	rig_again(SIGKILL);
	unit_ok(show_one(0, json_pack("{s:{}}", "data")));
	ck_assert_ptr_null(json_str(rig.answer, "checkpoint", NULL));
	ck_assert_int_eq(json_int(rig.answer, "size", 0), (int64_t)house.leaves);
}
END_TEST

static json_t *
event_of(json_t *entry)
{
	return json_pack("{s:{s:o}}", "data", "entry", entry);
}

/* With another signature than the journal has; also once that was shown. */
START_TEST(an_event_that_is_not_the_entry_is_refused)
{
	json_t *entry, *forged;

	setup();
	unit_ok(sign_with("12"));
	entry = json_incref(json_object_get(rig.answer, "entry"));
	forged = json_deep_copy(entry);
	json_object_set_new(json_object_get(forged, "result"), "signature",
	    json_string("AAAA"));
	ck_assert_int_eq(show_one(0, event_of(json_incref(forged))), -EVERIFY);
	unit_ok(show_entries(1, 0));
	ck_assert_int_eq(show_one((int64_t)house.leaves, event_of(forged)),
	    -EVERIFY);
	/* Nor is the very one, with whatever else an event says of it. */
	ck_assert_int_eq(show_one((int64_t)house.leaves, event_of(entry)),
	    -EVERIFY);
	rig_again(SIGKILL);
	unit_ok(show_one((int64_t)house.leaves, json_pack("{s:{}}", "data")));
}
END_TEST

/* What passes for an entry to nobody does not to the keeper. */
START_TEST(what_is_shown_is_events)
{
	static const char *const ROWS[] = { "[1]", "[\"x\"]",
		"[{\"data\":{\"entry\":1}}]", "[{\"data\":{\"entry\":{}}}]",
		"{}", "null" };

	setup();
	for (size_t i = 0; i < NELEM(ROWS); i++) {
		json_t *m = json_pack("{s:s, s:i, s:o, s:b}", "do", "show",
		    "from", 0, "events", json_loads(ROWS[i], JSON_DECODE_ANY,
		    NULL), "final", 1);

		ck_assert_msg(rig_call(m) == -ESCHEMA, "%s", ROWS[i]);
	}
}
END_TEST

/* Clang's AddressSanitizer and libfaketime wait for each other at start. */
#if defined(__clang__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NO_FAKETIME
#endif
#endif
#ifdef NO_FAKETIME
#define UNIT_FAKETIME \
	(void)a_clock_that_was_set_back_halts_the_house; \
	(void)a_clock_a_moment_behind_reads_as_the_journals_last_time; \
	(void)a_withheld_event_stops_the_keeper;
#else
#define UNIT_FAKETIME \
	UNIT(a_clock_that_was_set_back_halts_the_house) \
	UNIT(a_clock_a_moment_behind_reads_as_the_journals_last_time) \
	UNIT(a_withheld_event_stops_the_keeper)
#endif

UNIT_MAIN("keeper/halts",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT(a_journal_that_was_rolled_back_halts_the_house)
	UNIT(a_journal_that_is_gone_halts_the_house)
	UNIT(a_ledger_that_is_gone_halts_the_house)
	UNIT(a_ledger_that_was_rolled_back_halts_the_house)
	UNIT(another_ledger_of_the_same_size_halts_the_house)
	UNIT(a_ledger_newer_than_the_token_knows_is_good)
	UNIT_FAKETIME
	UNIT(a_full_disk_is_said_and_survived)
	UNIT(a_token_that_goes_away_uses_nothing_up)
	UNIT_ROWS(garbage_ends_the_connection_and_nothing_else, GARBAGE)
	UNIT_ROWS(nonsense_is_answered_with_its_reason, NONSENSE)
	UNIT(more_unfinished_octets_than_allowed_end_the_connection)
	UNIT(connections_are_bounded)
	UNIT(a_thousand_uses_without_the_ledger_are_the_last)
	UNIT(a_ledger_that_forks_gets_no_checkpoint)
	UNIT(an_event_that_is_not_the_entry_is_refused)
	UNIT(what_is_shown_is_events))
