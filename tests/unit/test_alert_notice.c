/* The queue of what is to be told: each once, none lost, in order. */
#include "config.h"

#include <string.h>

#include "alert/notice.h"
#include "base/json.h"
#include "store/store.h"
#include "tests/unit/engine.h"

#define NOW	TIME_S(1700000000)

static struct notice
notice(const char *id, const char *request, const char *person,
    enum channel by, time_us due)
{
	struct notice n = { .occasion = request[0] != '\0' ? NOTICE_ASKED :
	    NOTICE_TEST, .channel = by, .created = NOW, .due = due,
	    .about = json_pack("{s:s}", "state", "waiting") };

	snprintf(n.id, sizeof(n.id), "ntc_%s", id);
	snprintf(n.request, sizeof(n.request), "%s", request);
	snprintf(n.person, sizeof(n.person), "%s", person);
	return n;
}

static int
put(struct tx *tx, void *ctx, struct err *err)
{
	return notice_put(tx, ctx, err);
}

static void
queued(struct store *s, struct notice n)
{
	unit_ok(store_write(s, put, &n, &unit_err));
	notice_done(&n);
}

struct next {
	enum channel	 by;
	time_us		 now;
	struct notice	 got[4];
	size_t		 n;
	struct receiver	 to[4];
	size_t		 to_n;
};

static int
next_read(struct tx *tx, void *ctx, struct err *err)
{
	struct next *x = ctx;

	TRY(notice_receivers(tx, x->by, x->now, NELEM(x->to), x->to, &x->to_n,
	    err));
	return x->to_n == 0 ? 0 : notice_next(tx, x->by, x->to[0].person,
	    x->now, NELEM(x->got), x->got, &x->n, err);
}

/* Who is told what now: ids in a row. */
static const char *
next(struct store *s, enum channel by, time_us now)
{
	static char ids[200];
	struct next x = { .by = by, .now = now };

	unit_ok(store_read(s, next_read, &x, &unit_err));
	ids[0] = '\0';
	for (size_t i = 0; i < x.n; i++) {
		strcat(strcat(ids, i > 0 ? " " : ""), x.got[i].id + 4);
		ck_assert_str_eq(json_str(x.got[i].about, "state", ""),
		    "waiting");
		ck_assert_str_eq(x.got[i].person, x.got[0].person);
		notice_done(&x.got[i]);
	}
	return ids;
}

struct end {
	const char	*id;
	time_us		 due;
	const char	*why;		/* NULL: it was sent */
};

static int
end_write(struct tx *tx, void *ctx, struct err *err)
{
	const struct end *e = ctx;

	return e->why == NULL ? notice_sent(tx, e->id, NOW, err) :
	    notice_again(tx, e->id, NOW, e->due, e->why, err);
}

static void
ended(struct store *s, const char *id, time_us due, const char *why)
{
	struct end e = { id, due, why };

	unit_ok(store_write(s, end_write, &e, &unit_err));
}

static int
counts_read(struct tx *tx, void *ctx, struct err *err)
{
	return notice_counts(tx, ctx, err);
}

static void
counts(struct store *s, int queued_n, int failing, int failed,
    const char *why)
{
	AUTO_JSON *j = NULL;

	unit_ok(store_read(s, counts_read, &j, &unit_err));
	ck_assert_int_eq(json_int(j, "queued", -1), queued_n);
	ck_assert_int_eq(json_int(j, "failing", -1), failing);
	ck_assert_int_eq(json_int(j, "failed", -1), failed);
	ck_assert_str_eq(json_str(j, "why", ""), why);
	ck_assert(queued_n == 0 || json_str(j, "oldest", NULL) != NULL);
}

START_TEST(one_person_is_told_all_that_is_due)
{
	struct store *s = engine_store();

	queued(s, notice("1", "req_a", "ann", BY_MAIL, NOW));
	queued(s, notice("2", "req_a", "bob", BY_MAIL, NOW + 1));
	queued(s, notice("3", "req_b", "ann", BY_MAIL, NOW + 2));
	queued(s, notice("4", "req_c", "ann", BY_MAIL, NOW + 9));
	queued(s, notice("5", "req_a", "ann", BY_WEBHOOK, NOW));
	queued(s, notice("6", "req_a", "ann", BY_MAIL, NOW));
	ck_assert_str_eq(next(s, BY_MAIL, NOW - 1), "");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 2), "1 3");
	ck_assert_str_eq(next(s, BY_WEBHOOK, NOW), "5");
	ended(s, "ntc_1", 0, NULL);
	ended(s, "ntc_3", NOW + 7, "away");
	counts(s, 4, 1, 0, "away");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 2), "2");
	ended(s, "ntc_2", 0, "nobody there");
	counts(s, 3, 1, 1, "away");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 6), "");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 9), "3 4");
	/* What has ended stays so. */
	ended(s, "ntc_2", NOW, "again");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 6), "");
	store_free(s);
}
END_TEST

START_TEST(who_was_tried_in_vain_comes_behind_the_others)
{
	struct store *s = engine_store();
	struct next x = { .by = BY_WEBHOOK, .now = NOW + 30 };

	queued(s, notice("1", "req_a", "ann", BY_WEBHOOK, NOW));
	queued(s, notice("2", "req_b", "ann", BY_WEBHOOK, NOW + 1));
	queued(s, notice("3", "req_b", "bob", BY_WEBHOOK, NOW + 20));
	queued(s, notice("4", "req_b", "cem", BY_WEBHOOK, NOW + 10));
	queued(s, notice("5", "req_b", "dot", BY_MAIL, NOW));
	ended(s, "ntc_1", NOW + 5, "away");
	unit_ok(store_read(s, next_read, &x, &unit_err));
	ck_assert_uint_eq(x.to_n, 3);
	ck_assert_str_eq(x.to[0].person, "cem");
	ck_assert_str_eq(x.to[1].person, "bob");
	ck_assert_str_eq(x.to[2].person, "ann");
	ck_assert(!x.to[0].late && !x.to[1].late && x.to[2].late);
	for (size_t i = 0; i < x.n; i++)
		notice_done(&x.got[i]);
	store_free(s);
}
END_TEST

struct waits {
	const char	*person;
	bool		 is;
};

static int
waits_read(struct tx *tx, void *ctx, struct err *err)
{
	struct waits *w = ctx;

	return notice_waits(tx, NOTICE_TEST, w->person, &w->is, err);
}

static bool
waits(struct store *s, const char *person)
{
	struct waits w = { .person = person };

	unit_ok(store_read(s, waits_read, &w, &unit_err));
	return w.is;
}

static int
forget(struct tx *tx, void *ctx, struct err *err)
{
	return notice_forget(tx, *(time_us *)ctx, err);
}

struct hold {
	const char	*person;
	time_us		 until;
};

static int
hold(struct tx *tx, void *ctx, struct err *err)
{
	const struct hold *h = ctx;

	return notice_hold(tx, BY_MAIL, h->person, h->until, err);
}

static int
overtake(struct tx *tx, void *ctx, struct err *err)
{
	return notice_overtaken(tx, ctx, NOW, err);
}

START_TEST(who_is_held_keeps_nobody_else_waiting)
{
	struct store *s = engine_store();
	struct hold h = { "ann", NOW + 5 };
	char over[] = "req_b";

	queued(s, notice("1", "req_a", "ann", BY_MAIL, NOW));
	queued(s, notice("2", "req_b", "ann", BY_MAIL, NOW + 9));
	queued(s, notice("3", "req_a", "ann", BY_WEBHOOK, NOW));
	queued(s, notice("4", "req_b", "bob", BY_MAIL, NOW));
	unit_ok(store_write(s, hold, &h, &unit_err));
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 4), "4");
	ck_assert_str_eq(next(s, BY_WEBHOOK, NOW), "3");
	unit_ok(store_write(s, overtake, over, &unit_err));
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 4), "");
	ck_assert_str_eq(next(s, BY_MAIL, NOW + 9), "1");
	counts(s, 2, 0, 0, "");
	store_free(s);
}
END_TEST

START_TEST(a_test_waits_until_it_is_sent_and_is_forgotten_later)
{
	struct store *s = engine_store();
	time_us before = NOW;

	queued(s, notice("1", "", "ann", BY_MAIL, NOW));
	queued(s, notice("2", "", "ann", BY_MAIL, NOW));
	ck_assert(waits(s, "ann"));
	ck_assert(!waits(s, "bob"));
	ended(s, "ntc_1", 0, NULL);
	ended(s, "ntc_2", 0, "no");
	ck_assert(!waits(s, "ann"));
	unit_ok(store_write(s, forget, &before, &unit_err));
	counts(s, 0, 0, 1, "");
	before++;
	unit_ok(store_write(s, forget, &before, &unit_err));
	counts(s, 0, 0, 0, "");
	store_free(s);
}
END_TEST

struct following {
	const char	*request;
	time_us		 remind;
	struct followed	 got[2];
	size_t		 n;
};

static int
follow(struct tx *tx, void *ctx, struct err *err)
{
	struct following *f = ctx;

	return f->remind < 0 ? notice_unfollow(tx, f->request, err) :
	    notice_follow(tx, f->request, f->remind, err);
}

static int
followed(struct tx *tx, void *ctx, struct err *err)
{
	struct following *f = ctx;

	return notice_followed(tx, f->request, 2, f->got, &f->n, err);
}

START_TEST(requests_are_followed_until_they_end)
{
	struct store *s = engine_store();
	struct following f[] = { { .request = "req_c", .remind = 3 },
		{ .request = "req_a", .remind = 1 },
		{ .request = "req_b", .remind = 2 }, { .request = "req_b" } };
	struct following all = { .request = "" };

	for (size_t i = 0; i < NELEM(f); i++)
		unit_ok(store_write(s, follow, &f[i], &unit_err));
	unit_ok(store_read(s, followed, &all, &unit_err));
	ck_assert_uint_eq(all.n, 2);
	ck_assert_str_eq(all.got[1].request, "req_b");
	ck_assert_int_eq(all.got[1].remind, 0);
	all.request = "req_b";
	unit_ok(store_read(s, followed, &all, &unit_err));
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.got[0].request, "req_c");
	f[0].remind = -1;
	unit_ok(store_write(s, follow, &f[0], &unit_err));
	unit_ok(store_read(s, followed, &all, &unit_err));
	ck_assert_uint_eq(all.n, 0);
	store_free(s);
}
END_TEST

struct listing {
	struct notice_filter filter;
	const char	*cursor;
	json_t		*list;
	char		*next;
};

static int
list_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	return notice_list(tx, &l->filter, l->cursor, 2, &l->list, &l->next, err);
}

static void
listed(struct store *s, struct listing l, size_t n, const char *first,
    bool more)
{
	unit_ok(store_read(s, list_read, &l, &unit_err));
	ck_assert_uint_eq(json_array_size(l.list), n);
	ck_assert_str_eq(json_str(json_array_get(l.list, 0), "id", ""), first);
	ck_assert((l.next != NULL) == more);
	json_decref(l.list);
	free(l.next);
}

/* Ids as they are made: whoever pages hands one back. */
#define ID(c)	"01m7xvyy4462zbt2wj5gb22r4" c

START_TEST(the_list_pages_and_narrows)
{
	struct store *s = engine_store();
	struct listing bad = { .cursor = "req_" ID("1") }, worse = { .filter =
		{ .state = "bogus" } };

	queued(s, notice(ID("1"), "req_a", "ann", BY_MAIL, NOW));
	queued(s, notice(ID("2"), "req_a", "bob", BY_MAIL, NOW));
	queued(s, notice(ID("3"), "req_b", "ann", BY_WEBHOOK, NOW));
	ended(s, "ntc_" ID("2"), 0, NULL);
	listed(s, (struct listing){ .cursor = NULL }, 2, "ntc_" ID("3"), true);
	listed(s, (struct listing){ .cursor = "ntc_" ID("2") }, 1,
	    "ntc_" ID("1"), false);
	listed(s, (struct listing){ .filter = { .person = "ann" } }, 2,
	    "ntc_" ID("3"), false);
	listed(s, (struct listing){ .filter = { .state = "sent" } }, 1,
	    "ntc_" ID("2"), false);
	unit_fails(store_read(s, list_read, &bad, &unit_err), EINPUT);
	unit_fails(store_read(s, list_read, &worse, &unit_err), ERANGE_);
	store_free(s);
}
END_TEST

/* ---- alerts ---- */

static const char *gone = "";

static bool
is_there(void *ctx, enum channel by, const char *person)
{
	(void)ctx;
	ck_assert_uint_lt(by, CHANNEL__N);
	return strcmp(person, gone) != 0;
}

static int
failing_read(struct tx *tx, void *ctx, struct err *err)
{
	return notice_failing(tx, is_there, NULL, ctx, err);
}

static void
failing(struct store *s, const char *by, int want)
{
	AUTO_JSON *o = NULL;

	unit_ok(store_read(s, failing_read, &o, &unit_err));
	ck_assert_int_eq(json_int(json_object_get(o, by), "notices", 0), want);
	ck_assert_uint_eq(json_object_size(o), want > 0);
}

START_TEST(a_channel_fails_until_it_takes_something)
{
	struct store *s = engine_store();

	queued(s, notice("1", "req_a", "ann", BY_MAIL, NOW));
	queued(s, notice("2", "req_a", "bob", BY_MAIL, NOW));
	queued(s, notice("3", "req_a", "bob", BY_WEBHOOK, NOW));
	failing(s, "mail", 0);
	ended(s, "ntc_1", NOW + 1, "away");
	failing(s, "mail", 1);
	/* Given up is no success. */
	ended(s, "ntc_1", 0, "away");
	failing(s, "mail", 1);
	/* Nor is what another channel took. */
	ended(s, "ntc_3", 0, NULL);
	failing(s, "mail", 1);
	ended(s, "ntc_2", NOW + 1, "away");
	failing(s, "mail", 2);
	/* Who is no contact any more hears nothing, and nobody can mend it. */
	gone = "ann";
	failing(s, "mail", 1);
	gone = "bob";
	failing(s, "mail", 1);
	gone = "";
	ended(s, "ntc_2", 0, NULL);
	failing(s, "mail", 0);
	store_free(s);
}
END_TEST

static int
persons_read(struct tx *tx, void *ctx, struct err *err)
{
	return notice_persons(tx, "alr_1", ctx, err);
}

static int
overtaken(struct tx *tx, void *ctx, struct err *err)
{
	return notice_alert_overtaken(tx, ctx, NOW, err);
}

START_TEST(who_was_told_of_an_alert_is_known)
{
	struct store *s = engine_store();
	struct notice n = notice("1", "", "ann", BY_MAIL, NOW);
	AUTO_JSON *who = NULL;
	char none[] = "alr_2", that[] = "alr_1";

	snprintf(n.alert, sizeof(n.alert), "alr_1");
	queued(s, n);
	n = notice("2", "", "ann", BY_WEBHOOK, NOW);
	snprintf(n.alert, sizeof(n.alert), "alr_1");
	queued(s, n);
	queued(s, notice("3", "", "bob", BY_MAIL, NOW));
	unit_ok(store_read(s, persons_read, &who, &unit_err));
	ck_assert_uint_eq(json_object_size(who), 1);
	ck_assert_ptr_nonnull(json_object_get(who, "ann"));
	unit_ok(store_write(s, overtaken, none, &unit_err));
	ck_assert_str_eq(next(s, BY_WEBHOOK, NOW), "2");
	unit_ok(store_write(s, overtaken, that, &unit_err));
	ck_assert_str_eq(next(s, BY_WEBHOOK, NOW), "");
	ck_assert_str_eq(next(s, BY_MAIL, NOW), "3");
	store_free(s);
}
END_TEST

ENGINE_MAIN("alert/notice", UNIT(one_person_is_told_all_that_is_due)
	UNIT(who_is_held_keeps_nobody_else_waiting)
	UNIT(who_was_tried_in_vain_comes_behind_the_others)
	UNIT(a_test_waits_until_it_is_sent_and_is_forgotten_later)
	UNIT(requests_are_followed_until_they_end)
	UNIT(the_list_pages_and_narrows)
	UNIT(a_channel_fails_until_it_takes_something)
	UNIT(who_was_told_of_an_alert_is_known))
