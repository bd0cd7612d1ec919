/* How lists stand: by what is served, and when the next was due. */
#include "config.h"

#include <string.h>
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/publisher.h"
#include "tests/unit/charters.h"

#define HOUR	TIME_S(3600)

/* A CA of two partitions with deltas, made three hours ago. */
struct world {
	struct flow	 flow;
	struct publisher p;
	struct cert_ca	 ca;
	struct charter	*law;		/* that says nothing of lists */
	time_us		 now;
};

static void
world_begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->now = clock_now();
	w->law = charter_shipped("quickstart");
	w->flow.o.publisher = "publisher";
	w->p.flow = &w->flow;
	pthread_mutex_init(&w->p.lock, NULL);
	memcpy(w->ca.name, "things", 7);
	w->ca.partitions = 2;
	w->ca.created = w->now - 3 * HOUR;
	w->ca.not_after = w->now + HOUR;
	unit_ok(json_build(&w->ca.urls, &unit_err, "{s:s, s:s}", "crl",
	    "http://a", "delta", "http://a"));
}

static void
world_end(struct world *w)
{
	watch_free(&w->p);
	charter_free(w->law);
	json_decref(w->ca.urls);
	pthread_mutex_destroy(&w->p.lock);
}

/* All four lists, of eight hours, from this moment on. */
static void
serve(struct world *w, time_us from)
{
	for (unsigned i = 0; i < 4; i++) {
		struct list_id id = { i / 2, i % 2 != 0 };
		struct crl_info info = { .number = number_of(i + 1),
			.this_update = from, .next_update = from + 8 * HOUR,
			.entries = i };

		watch_note(&w->p, "things", &id, &info, 100 + i);
	}
}

static int64_t
late(struct world *w, bool *ret_warns)
{
	json_t *j;
	int64_t n;

	unit_ok(watch_status(&w->p, w->law, &j, &unit_err));
	n = json_int(j, "late", -1);
	*ret_warns = json_object_get(j, "warning") != NULL;
	json_decref(j);
	return n;
}

#define DAYS(n)	TIME_S((n) * 86400ll)

/* What the service's settings would have lists last. */
static const struct {
	const char	*why;
	time_us		 list, delta;
	const char	*warns;		/* NULL: not */
} LASTS[] = {
	{ "as long as the charter lets them", DAYS(10), DAYS(10), NULL },
	{ "a second longer", DAYS(10) + TIME_S(1), DAYS(1),
	    "crl.lifetime is 864001 s" },
	{ "deltas a second longer", DAYS(10), DAYS(10) + TIME_S(1),
	    "crl.delta-lifetime is 864001 s" },
};

START_TEST(lists_that_may_not_last_so_long_are_told)
{
	const char *want = LASTS[_i].warns;
	struct world w;
	const char *told;
	json_t *j;

	world_begin(&w);
	w.flow.o.crl_lifetime = LASTS[_i].list;
	w.flow.o.delta_lifetime = LASTS[_i].delta;
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	serve(&w, w.now);
	unit_ok(watch_status(&w.p, w.law, &j, &unit_err));
	told = json_str(j, "warning", NULL);
	ck_assert_msg(want == NULL ? told == NULL : told != NULL &&
	    strstr(told, want) != NULL, "%s: %s", LASTS[_i].why, told);
	json_decref(j);
	world_end(&w);
}
END_TEST

static const struct {
	const char	*why;
	time_us		 age;	/* of the lists; -1: there are none */
	time_us		 made, ends;	/* the CA, from now */
	int64_t		 late;
} STANDS[] = {
	{ "a new CA's are not there yet", -1, -TIME_S(299), HOUR, 0 },
	{ "after five minutes they are missed", -1, -TIME_S(301), HOUR, 4 },
	{ "new ones", 0, -9 * HOUR, HOUR, 0 },
	{ "due, and being made", 4 * HOUR, -9 * HOUR, HOUR, 0 },
	{ "just not missed", 5 * HOUR - TIME_S(60), -9 * HOUR, HOUR, 0 },
	{ "an eighth of their life too late", 5 * HOUR + TIME_S(1), -9 * HOUR,
	    HOUR, 4 },
	{ "ended", 9 * HOUR, -20 * HOUR, HOUR, 4 },
	{ "nobody waits for those of a CA that ended", 9 * HOUR, -20 * HOUR,
	    -HOUR, 0 },
};

START_TEST(a_list_is_late_when_its_next_was_due)
{
	struct world w;
	bool warns;

	world_begin(&w);
	w.ca.created = w.now + STANDS[_i].made;
	w.ca.not_after = w.now + STANDS[_i].ends;
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	if (STANDS[_i].age >= 0)
		serve(&w, w.now - STANDS[_i].age);
	ck_assert_msg(late(&w, &warns) == STANDS[_i].late, "%s",
	    STANDS[_i].why);
	ck_assert(warns == (STANDS[_i].late > 0));
	world_end(&w);
}
END_TEST

START_TEST(each_list_is_told)
{
	struct world w;
	struct cert_untold of[2] = { { 0 }, { 2, 1 } };
	struct blob text = { 0 };
	json_t *j, *one;

	world_begin(&w);
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	serve(&w, w.now);
	(void)watch_untold(&w.p, "things", of, false, "");
	unit_ok(watch_lists(&w.p, "things", &j, &unit_err));
	ck_assert_uint_eq(json_array_size(j), 4);
	one = json_array_get(j, 3);
	ck_assert_str_eq(json_str(one, "kind", ""), "delta");
	ck_assert_int_eq(json_int(one, "partition", -1), 1);
	ck_assert_int_eq(json_int(one, "number", -1), 4);
	ck_assert_int_eq(json_int(one, "octets", -1), 103);
	ck_assert_int_eq(json_int(one, "entries", -1), 3);
	json_decref(j);
	unit_ok(watch_lists(&w.p, "others", &j, &unit_err));
	ck_assert_uint_eq(json_array_size(j), 0);
	json_decref(j);
	unit_ok(watch_metrics(&w.p, &text, &unit_err));
	ck_assert_ptr_nonnull(strstr(blob_str(&text),
	    "claviger_crl_number{ca=\"things\"} 4\n"));
	ck_assert_ptr_nonnull(strstr(blob_str(&text),
	    "claviger_crl_late{ca=\"things\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(blob_str(&text),
	    "claviger_crl_untold{ca=\"things\"} 2\n"));
	blob_done(&text);
	world_end(&w);
}
END_TEST

/* Others count as far as 20 octets go. */
START_TEST(a_number_beyond_an_integer_is_told_in_full)
{
	static const struct { const char *hex, *text; } T[] = {
		{ "ffffffffffffff", NULL },
		{ "0100000000000000", "72057594037927936" },
		{ "7fffffffffffffffffffffffffffffffffffffff",
		    "730750818665451459101842416358141509827966271487" },
	};
	struct list_id id = { 0, false };
	struct crl_info info = { .this_update = TIME_S(1),
		.next_update = TIME_S(2) };
	struct blob text = { 0 };
	const json_t *number;
	struct world w;
	json_t *j;

	world_begin(&w);
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	for (size_t i = 0; i < NELEM(T); i++) {
		unit_ok(number_parse(T[i].hex, &info.number, &unit_err));
		watch_note(&w.p, "things", &id, &info, 1);
		unit_ok(watch_lists(&w.p, "things", &j, &unit_err));
		number = json_object_get(json_array_get(j, 0), "number");
		if (T[i].text == NULL)
			ck_assert_int_eq(json_integer_value(number),
			    (INT64_C(1) << 56) - 1);
		else
			ck_assert_str_eq(json_string_value(number),
			    T[i].text);
		json_decref(j);
	}
	unit_ok(watch_metrics(&w.p, &text, &unit_err));
	ck_assert_ptr_nonnull(strstr(blob_str(&text), "claviger_crl_number{"
	    "ca=\"things\"} 730750818665451459101842416358141509827966271487"
	    "\n"));
	blob_done(&text);
	world_end(&w);
}
END_TEST

/* Two of the second partition. */
static const struct {
	const char	*why;
	bool		 rests;
	time_us		 age;
	int64_t		 late;
	bool		 delta;	/* is signed then; else the full one */
} WAITS[] = {
	{ "its key rests", true, 0, 1, true },
	{ "it may come yet", false, TIME_S(50), 0, true },
	{ "it did not come", false, TIME_S(70), 1, true },
	{ "a full list tells it, too", true, 0, 1, false },
};

START_TEST(what_no_list_tells_makes_it_late)
{
	struct world w;
	struct list_id id = { 1, WAITS[_i].delta };
	struct cert_untold of[2] = { { 0 } };
	struct crl_info info = { .number = number_of(9) };
	bool warns;

	world_begin(&w);
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	serve(&w, w.now);
	info.this_update = w.now;
	info.next_update = w.now + HOUR;
	of[1] = (struct cert_untold){ 2, w.now - WAITS[_i].age };
	ck_assert_uint_eq(watch_untold(&w.p, "things", of, WAITS[_i].rests,
	    "its key rests"), 2);
	ck_assert_uint_eq(watch_untold(&w.p, "things", of, WAITS[_i].rests,
	    "its key rests"), 0);
	ck_assert_msg(late(&w, &warns) == WAITS[_i].late, "%s", WAITS[_i].why);
	ck_assert(warns == (WAITS[_i].late > 0));
	watch_note(&w.p, "things", &id, &info, 100);
	ck_assert_msg(late(&w, &warns) == 0 && !warns, "%s", WAITS[_i].why);
	ck_assert_uint_eq(watch_untold(&w.p, "things", of, true, "rests"), 2);
	ck_assert_uint_eq(watch_untold(&w.p, "things", NULL, false, ""), 0);
	ck_assert_int_eq(late(&w, &warns), 0);
	world_end(&w);
}
END_TEST

START_TEST(a_service_that_publishes_nothing_watches_nothing)
{
	struct world w;
	bool warns;

	world_begin(&w);
	w.flow.o.publisher = "";
	unit_ok(watch_add(&w.p, &w.ca, &unit_err));
	ck_assert_int_eq(late(&w, &warns), 0);
	world_end(&w);
}
END_TEST

UNIT_MAIN("flow/publish_watch",
	UNIT_ROWS(a_list_is_late_when_its_next_was_due, STANDS)
	UNIT_ROWS(lists_that_may_not_last_so_long_are_told, LASTS)
	UNIT(each_list_is_told)
	UNIT_ROWS(what_no_list_tells_makes_it_late, WAITS)
	UNIT(a_number_beyond_an_integer_is_told_in_full)
	UNIT(a_service_that_publishes_nothing_watches_nothing))
