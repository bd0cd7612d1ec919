/* What becomes of an alert, and how it is kept. */
#include "config.h"

#include <string.h>

#include "alert/alert.h"
#include "base/json.h"
#include "store/store.h"
#include "tests/unit/engine.h"

#define NOW	TIME_S(1700000000)
#define DAY	TIME_S(86400)

/* ---- steps ---- */

struct walk {
	const char	*why;
	time_us		 at;		/* after the first sight */
	time_us		 threshold;	/* found; -2: found no more */
	bool		 acked;		/* somebody sees to it from now on */
	enum alert_step	 step;
	bool		 escalated;
};

/* Repeated after 7 days, escalated after 2. */
static const struct walk WALK[] = {
	{ "it is told at once", 0, 30 * DAY, false, STEP_TELL, false },
	{ "and not again", TIME_S(60), 30 * DAY, false, STEP_NONE, false },
	{ "until nobody has heard for two days", 2 * DAY, 30 * DAY, false, STEP_TELL, true },
	{ "others are told once", 3 * DAY, 30 * DAY, false, STEP_NONE, true },
	{ "it is repeated after a week", 9 * DAY, 30 * DAY, false, STEP_TELL, true },
	{ "a nearer threshold is news", 10 * DAY, 7 * DAY, true, STEP_TELL, true },
	{ "an acknowledgement ends repetition", 40 * DAY, 7 * DAY, true, STEP_NONE, true },
	{ "not what is nearer still", 41 * DAY, 1 * DAY, false, STEP_TELL, true },
	{ "its end is", 42 * DAY, 0, false, STEP_TELL, true },
	{ "of which nobody heard either", 44 * DAY, 0, false, STEP_TELL, true },
	{ "a farther one is kept", 45 * DAY, 30 * DAY, false, STEP_KEEP, true },
	{ "found no more, it is over", 46 * DAY, -2, false, STEP_OVER, true },
};

START_TEST(an_alert_is_told_when_there_is_news)
{
	static const struct alert_rule r = { .repeat = 7 * DAY,
		.escalate = 2 * DAY };
	struct alert a = { .id = "" };

	for (size_t i = 0; i < NELEM(WALK); i++) {
		const struct walk *w = &WALK[i];
		struct sighting s = { .threshold = w->threshold, .ends = NOW,
			.about = json_pack("{s:s}", "name", "x") };
		enum alert_step step = alert_step(&r, &a, w->threshold == -2 ?
		    NULL : &s, NOW + w->at);

		ck_assert_msg(step == w->step, "%s: %d", w->why, step);
		ck_assert_msg((a.escalated != 0) == w->escalated, "%s", w->why);
		if (w->acked)
			a.acked = NOW + w->at;
		json_decref(s.about);
	}
	ck_assert_int_eq(a.raised, NOW);
	ck_assert_int_eq(a.escalated, NOW + 44 * DAY);
	ck_assert_int_eq(a.resolved, NOW + 46 * DAY);
	alert_done(&a);
}
END_TEST

START_TEST(what_has_no_end_is_repeated_too)
{
	static const struct alert_rule r = { .repeat = DAY };
	struct alert a = { .id = "" };
	struct sighting s = { .threshold = NO_THRESHOLD,
		.about = json_pack("{s:i}", "n", 1) };

	ck_assert_int_eq(alert_step(&r, &a, &s, NOW), STEP_TELL);
	json_decref(s.about);
	s.about = json_pack("{s:i}", "n", 2);
	ck_assert_int_eq(alert_step(&r, &a, &s, NOW + 1), STEP_KEEP);
	ck_assert_int_eq(json_int(a.about, "n", 0), 2);
	json_decref(s.about);
	s.about = json_pack("{s:i}", "n", 2);
	ck_assert_int_eq(alert_step(&r, &a, &s, NOW + DAY - 1), STEP_NONE);
	json_decref(s.about);
	s.about = json_pack("{s:i}", "n", 2);
	ck_assert_int_eq(alert_step(&r, &a, &s, NOW + DAY), STEP_TELL);
	/* A clock that was set back repeats nothing. */
	json_decref(s.about);
	s.about = json_pack("{s:i}", "n", 2);
	ck_assert_int_eq(alert_step(&r, &a, &s, NOW - DAY), STEP_NONE);
	/* And makes nobody wait for its old time. */
	json_decref(s.about);
	s.about = json_pack("{s:i}", "n", 2);
	ck_assert_int_eq(alert_step(&r, &a, &s, NOW), STEP_TELL);
	json_decref(s.about);
	alert_done(&a);
}
END_TEST

/* ---- stored ---- */

static struct alert
alert(const char *id, enum watch w, const char *subject, time_us ends)
{
	struct alert a = { .watch = w, .threshold = 30 * DAY, .ends = ends,
		.raised = NOW, .changed = NOW, .told = NOW,
		.about = json_pack("{s:s}", "name", subject) };

	snprintf(a.id, sizeof(a.id), "alr_%s", id);
	snprintf(a.subject, sizeof(a.subject), "%s", subject);
	return a;
}

static int
put(struct tx *tx, void *ctx, struct err *err)
{
	return alert_put(tx, ctx, err);
}

/* Ids as id_check wants them: 26 characters. */
#define ID(c)	"0000000000000000000000000" c

static void
kept(struct store *s, struct alert a)
{
	unit_ok(store_write(s, put, &a, &unit_err));
	alert_done(&a);
}

static void
some(struct store *s)
{
	kept(s, alert(ID("1"), WATCH_KEY, "late", NOW + 2));
	kept(s, alert(ID("2"), WATCH_KEY, "soon", NOW + 1));
	kept(s, alert(ID("3"), WATCH_KEEPER, "keeper", 0));
	kept(s, alert(ID("4"), WATCH_KEY, "as soon", NOW + 1));
}

struct listing {
	struct alert_filter f;
	char		 cursor[80];
	unsigned	 limit;
	json_t		*list;
	char		*next;
};

static int
listing_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	return alert_list(tx, &l->f, l->cursor[0] != '\0' ? l->cursor : NULL,
	    l->limit, &l->list, &l->next, err);
}

/* Their subjects in a row, over all pages. */
static const char *
listed(struct store *s, const char *state, const char *watch, unsigned limit)
{
	static char all[300];
	struct listing l = { .f = { state, watch }, .limit = limit };
	const json_t *one;
	size_t i;

	all[0] = '\0';
	do {
		l.next = NULL;
		unit_ok(store_read(s, listing_read, &l, &unit_err));
		json_array_foreach(l.list, i, one)
			strcat(strcat(all, all[0] != '\0' ? ", " : ""),
			    json_str(one, "subject", "?"));
		snprintf(l.cursor, sizeof(l.cursor), "%s", l.next != NULL ?
		    l.next : "");
		free(l.next);
		json_decref(l.list);
	} while (l.cursor[0] != '\0');
	return all;
}

START_TEST(the_most_urgent_come_first)
{
	AUTO(store) *s = engine_store();

	some(s);
	ck_assert_str_eq(listed(s, NULL, NULL, 10),
	    "keeper, soon, as soon, late");
	ck_assert_str_eq(listed(s, NULL, NULL, 1),
	    "keeper, soon, as soon, late");
	ck_assert_str_eq(listed(s, NULL, "keeper", 10), "keeper");
	ck_assert_str_eq(listed(s, "open", "key", 2), "soon, as soon, late");
	ck_assert_str_eq(listed(s, "acknowledged", NULL, 10), "");
	ck_assert_str_eq(listed(s, "over", NULL, 10), "");
}
END_TEST

START_TEST(an_end_before_1970_is_the_first)
{
	AUTO(store) *s = engine_store();

	some(s);
	kept(s, alert(ID("5"), WATCH_KEY, "long ago", TIME_S(-62167219200)));
	ck_assert_str_eq(listed(s, NULL, NULL, 1),
	    "long ago, keeper, soon, as soon, late");
}
END_TEST

START_TEST(a_list_that_nobody_has_is_refused)
{
	AUTO(store) *s = engine_store();
	struct listing l = { .f = { "lost", NULL }, .limit = 1 };

	unit_fails(store_read(s, listing_read, &l, &unit_err), ERANGE_);
	l.f = (struct alert_filter){ NULL, "keys" };
	unit_fails(store_read(s, listing_read, &l, &unit_err), ERANGE_);
	l.f.watch = NULL;
	snprintf(l.cursor, sizeof(l.cursor), "12");
	unit_fails(store_read(s, listing_read, &l, &unit_err), EINPUT);
	snprintf(l.cursor, sizeof(l.cursor), "12.ntc_%s", ID("1"));
	unit_fails(store_read(s, listing_read, &l, &unit_err), EINPUT);
	snprintf(l.cursor, sizeof(l.cursor), ".alr_%s", ID("1"));
	unit_fails(store_read(s, listing_read, &l, &unit_err), EINPUT);
}
END_TEST

struct ack {
	const char	*id;
	time_us		 at;
};

static int
ack(struct tx *tx, void *ctx, struct err *err)
{
	const struct ack *a = ctx;

	return alert_ack(tx, a->id, "anna", "on it", a->at, err);
}

START_TEST(an_acknowledgement_holds_until_there_is_news)
{
	AUTO(store) *s = engine_store();
	struct ack one = { "alr_" ID("1"), NOW + 5 };
	struct alert a;

	some(s);
	unit_ok(store_write(s, ack, &one, &unit_err));
	ck_assert_str_eq(listed(s, "acknowledged", NULL, 10), "late");
	ck_assert_str_eq(listed(s, "open", "key", 10), "soon, as soon");
	unit_fails(store_write(s, ack, &one, &unit_err), ECONFLICT);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "anna"));
	/* What was read before it came does not undo it. */
	kept(s, alert(ID("1"), WATCH_KEY, "late", NOW + 2));
	ck_assert_str_eq(listed(s, "acknowledged", NULL, 10), "late");
	a = alert(ID("1"), WATCH_KEY, "late", NOW + 2);
	a.news = true;
	kept(s, a);
	ck_assert_str_eq(listed(s, "acknowledged", NULL, 10), "");
	a = alert(ID("1"), WATCH_KEY, "late", NOW + 2);
	a.resolved = NOW + 7;
	kept(s, a);
	unit_fails(store_write(s, ack, &one, &unit_err), ECONFLICT);
	ck_assert_str_eq(listed(s, "over", NULL, 10), "late");
	one.id = "alr_" ID("9");
	unit_fails(store_write(s, ack, &one, &unit_err), ENOENT_);
	/* What is over may come again. */
	kept(s, alert(ID("5"), WATCH_KEY, "late", NOW + 3));
	ck_assert_str_eq(listed(s, "open", "key", 10), "soon, as soon, late");
}
END_TEST

static int
forget(struct tx *tx, void *ctx, struct err *err)
{
	return alert_forget(tx, *(time_us *)ctx, err);
}

static int
counted(struct tx *tx, void *ctx, struct err *err)
{
	return alert_counts(tx, ctx, err);
}

START_TEST(they_are_counted_and_forgotten)
{
	AUTO(store) *s = engine_store();
	AUTO_JSON *counts = NULL;
	struct ack one = { "alr_" ID("1"), NOW + 5 };
	struct alert a = alert(ID("2"), WATCH_KEY, "soon", NOW + 1);
	time_us before = NOW + 7;

	some(s);
	a.resolved = NOW + 7;
	kept(s, a);
	unit_ok(store_write(s, ack, &one, &unit_err));
	unit_ok(store_read(s, counted, &counts, &unit_err));
	ck_assert_uint_eq(json_object_size(counts), WATCH__N);
	ck_assert_int_eq(json_int(json_object_get(counts, "key"), "open", -1), 1);
	ck_assert_int_eq(json_int(json_object_get(counts, "key"),
	    "acknowledged", -1), 1);
	ck_assert_int_eq(json_int(json_object_get(counts, "tls"), "open", -1), 0);
	unit_ok(store_write(s, forget, &before, &unit_err));
	ck_assert_str_eq(listed(s, "over", NULL, 10), "soon");
	before++;
	unit_ok(store_write(s, forget, &before, &unit_err));
	ck_assert_str_eq(listed(s, "over", NULL, 10), "");
	ck_assert_str_eq(listed(s, NULL, "key", 10), "as soon, late");
}
END_TEST

START_TEST(one_of_a_subject_is_open)
{
	AUTO(store) *s = engine_store();
	struct alert a = alert(ID("8"), WATCH_KEY, "soon", NOW + 1);

	some(s);
	ck_assert_int_ne(store_write(s, put, &a, &unit_err), 0);
	a.watch = WATCH_AUTHORITY;
	kept(s, a);
}
END_TEST

static int
each(void *ctx, struct alert *a, struct err *err)
{
	strcat(strcat(ctx, a->subject), ";");
	ck_assert_str_eq(json_str(a->about, "name", ""), a->subject);
	return 0;
}

static int
all_read(struct tx *tx, void *ctx, struct err *err)
{
	return alert_each(tx, each, ctx, err);
}

START_TEST(those_that_are_not_over_are_read)
{
	AUTO(store) *s = engine_store();
	char all[300] = "";

	some(s);
	unit_ok(store_read(s, all_read, all, &unit_err));
	ck_assert_str_eq(all, "keeper;soon;as soon;late;");
}
END_TEST

ENGINE_MAIN("alert/alert",
	UNIT(an_alert_is_told_when_there_is_news)
	UNIT(what_has_no_end_is_repeated_too)
	UNIT(the_most_urgent_come_first)
	UNIT(an_end_before_1970_is_the_first)
	UNIT(a_list_that_nobody_has_is_refused)
	UNIT(an_acknowledgement_holds_until_there_is_news)
	UNIT(they_are_counted_and_forgotten)
	UNIT(one_of_a_subject_is_open)
	UNIT(those_that_are_not_over_are_read))
