#include "config.h"

#include "base/json.h"
#include "keeper/counts.h"
#include "keeper/shadow.h"
#include "tests/unit/unit.h"

static struct sha256
h(const char *s)
{
	return sha256_of(s, strlen(s));
}

START_TEST(a_table_keeps_what_it_is_given_and_forgets_what_it_is_told)
{
	struct map m = { 0 };
	struct use *u[1000];
	size_t at = 0, seen = 0;
	char name[16];

	for (int i = 0; i < 1000; i++) {
		u[i] = calloc(1, sizeof(*u[i]));
		snprintf(name, sizeof(name), "%d", i);
		u[i]->what = h(name);
		unit_ok(map_put(&m, u[i], &unit_err));
	}
	for (int i = 0; i < 1000; i += 2) {
		map_remove(&m, &u[i]->what);
		free(u[i]);
	}
	for (int i = 1; i < 1000; i += 2)
		ck_assert_ptr_eq(map_get(&m, &u[i]->what), u[i]);
	while (map_each(&m, &at) != NULL)
		seen++;
	ck_assert_uint_eq(seen, 500);
	map_done(&m, free);
}
END_TEST

START_TEST(uses_are_reserved_made_and_undone)
{
	struct counts c = { 0 };
	struct sha256 r = h("request"), a = h("a"), b = h("b");
	struct use_at at = { 7, 1, 99 };
	struct tally *t;
	struct use *ua, *ub;

	unit_ok(tally_get(&c, "req_1", &r, 100, &t, &unit_err));
	unit_ok(tally_add(&c, t, &a, NULL, &ua, &unit_err));
	unit_ok(tally_add(&c, t, &b, NULL, &ub, &unit_err));
	ck_assert_int_eq(t->reserved, 2);
	tally_made(t, ua, &at);
	tally_undo(&c, t, ub);
	ck_assert_int_eq(t->used, 1);
	ck_assert_int_eq(t->reserved, 0);
	ck_assert_ptr_eq(tally_use(t, &a), ua);
	ck_assert_ptr_null(tally_use(t, &b));
	counts_forget(&c, 100);
	ck_assert_ptr_eq(tally_find(&c, "req_1"), t);
	counts_forget(&c, 101);
	ck_assert_ptr_null(tally_find(&c, "req_1"));
	counts_done(&c);
}
END_TEST

START_TEST(a_limit_slides)
{
	struct counts c = { 0 };
	struct sha256 n = h("limit");

	for (int i = 0; i < 10; i++)
		unit_ok(limit_add(&c, &n, TIME_S(10), TIME_S(i), &unit_err));
	ck_assert_int_eq(limit_count(&c, &n, TIME_S(10), TIME_S(9)), 10);
	ck_assert_int_eq(limit_count(&c, &n, TIME_S(10), TIME_S(14)), 5);
	limit_undo(&c, &n);
	ck_assert_int_eq(limit_count(&c, &n, TIME_S(10), TIME_S(14)), 4);
	ck_assert_int_eq(limit_count(&c, &n, TIME_S(10), TIME_S(60)), 0);
	counts_done(&c);
}
END_TEST

/* 20,000 a day, each a use: nothing is moved but once in as many uses. */
START_TEST(a_long_limit_slides_for_long)
{
	struct counts c = { 0 };
	struct sha256 n = h("limit");
	time_us day = TIME_S(86400), each = day / 20000;
	struct limit *l;
	time_us now = 0;

	for (int i = 0; i < 100000; i++) {
		now += each;
		unit_ok(limit_add(&c, &n, day, now, &unit_err));
		if (i % 7 == 0) {
			limit_undo(&c, &n);
			unit_ok(limit_add(&c, &n, day, now, &unit_err));
		}
		ck_assert_int_eq(limit_count(&c, &n, day, now),
		    i < 20000 ? i + 1 : 20000);
	}
	l = map_get(&c.limits, &n);
	ck_assert_uint_le(l->room, 65536);
	ck_assert_int_eq(l->at[l->first + l->n - 1], now);
	ck_assert_int_eq(l->at[l->first], now - 19999 * each);
	counts_done(&c);
}
END_TEST

START_TEST(the_highest_version_is_kept_per_product_and_track)
{
	struct counts c = { 0 };
	char before[VERSION_TEXT];

	ck_assert_str_eq(version_highest(&c, "gw", ""), "");
	unit_ok(version_raise(&c, "gw", "", "3.0", before, &unit_err));
	ck_assert_str_eq(before, "");
	unit_ok(version_raise(&c, "gw", "", "2.1.9", before, &unit_err));
	ck_assert_str_eq(version_highest(&c, "gw", ""), "3.0");
	unit_ok(version_raise(&c, "gw", "lts", "2.1.9", before, &unit_err));
	ck_assert_str_eq(version_highest(&c, "gw", "lts"), "2.1.9");
	unit_ok(version_raise(&c, "gw", "", "3.0.1", before, &unit_err));
	version_undo(&c, "gw", "", before);
	ck_assert_str_eq(version_highest(&c, "gw", ""), "3.0");
	unit_fails(version_raise(&c, "gw", "", "3.x", NULL, &unit_err), EINPUT);
	counts_done(&c);
}
END_TEST

START_TEST(a_closing_is_remembered_until_the_window_has_ended)
{
	struct counts c = { 0 };

	ck_assert_ptr_null(closing_find(&c.closings, "req_1"));
	unit_ok(closing_put(&c.closings, "req_1", 100, &unit_err));
	unit_ok(closing_put(&c.closings, "req_2", 99, &unit_err));
	unit_fails(closing_put(&c.closings, "req_1", 200, &unit_err),
	    ECONFLICT);
	counts_forget(&c, 100);
	ck_assert_ptr_nonnull(closing_find(&c.closings, "req_1"));
	ck_assert_ptr_null(closing_find(&c.closings, "req_2"));
	counts_forget(&c, 101);
	ck_assert_ptr_null(closing_find(&c.closings, "req_1"));
	counts_done(&c);
}
END_TEST

START_TEST(closings_are_bounded_by_those_of_windows_that_go_on)
{
	struct counts c = { 0 };
	char id[80];

	for (int i = 0; i < CLOSINGS_MOST; i++) {
		unit_ok(closing_check(&c.closings, "one more", 7, &unit_err));
		snprintf(id, sizeof(id), "req_%d", i);
		unit_ok(closing_put(&c.closings, id, i == 0 ? 7 : 8,
		    &unit_err));
	}
	unit_fails(closing_check(&c.closings, "one more", 7, &unit_err),
	    ECONFLICT);
	unit_ok(closing_check(&c.closings, "one more", 8, &unit_err));
	ck_assert_uint_eq(c.closings.all.n, CLOSINGS_MOST - 1);
	/* What the journal says is so, however many it were. */
	unit_ok(closing_put(&c.closings, "req_0", 8, &unit_err));
	unit_ok(closing_put(&c.closings, "one more", 8, &unit_err));
	memset(id, 'x', sizeof(id));
	id[sizeof(((struct closing *)0)->id)] = '\0';
	unit_fails(closing_put(&c.closings, id, 7, &unit_err), ERANGE_);
	id[sizeof(((struct closing *)0)->id) - 1] = '\0';
	unit_ok(closing_put(&c.closings, id, 7, &unit_err));
	counts_done(&c);
}
END_TEST

START_TEST(counts_survive_as_a_document)
{
	struct counts c = { 0 }, d = { 0 };
	struct sha256 r = h("request"), a = h("a"), b = h("b"), n = h("limit");
	struct use_at at = { 7, 1, 99 };
	json_t *doc = json_object();
	struct tally *t;
	struct use *u;

	unit_ok(tally_get(&c, "req_1", &r, 100, &t, &unit_err));
	unit_ok(tally_add(&c, t, &a, NULL, &u, &unit_err));
	tally_made(t, u, &at);
	unit_ok(tally_add(&c, t, &b, NULL, &u, &unit_err));
	t->permit = h("permit");
	unit_ok(limit_add(&c, &n, TIME_S(10), TIME_S(5), &unit_err));
	unit_ok(version_raise(&c, "gw", "lts", "2.1.9", NULL, &unit_err));
	unit_ok(closing_put(&c.closings, "req_2", 100, &unit_err));
	unit_ok(counts_json(&c, doc, &unit_err));
	unit_ok(counts_load(&d, doc, &unit_err));
	ck_assert_int_eq(closing_find(&d.closings, "req_2")->until, 100);
	t = tally_find(&d, "req_1");
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(t->used, 1);
	ck_assert_ptr_null(tally_use(t, &b));
	ck_assert_uint_eq(tally_use(t, &a)->at.n, 7);
	ck_assert_uint_eq(tally_use(t, &a)->at.offset, 99);
	ck_assert_int_eq(limit_count(&d, &n, TIME_S(10), TIME_S(6)), 1);
	ck_assert_str_eq(version_highest(&d, "gw", "lts"), "2.1.9");
	json_decref(doc);
	counts_done(&c);
	counts_done(&d);
}
END_TEST

START_TEST(j_is_the_highest_entry_with_none_unshown_below)
{
	struct shadow s = { 0 };
	struct sha256 x = h("x"), y = h("y");

	unit_ok(shadow_note(&s, 1, &x, 1, ENTRY_FOUND, &unit_err));
	unit_ok(shadow_note(&s, 2, &x, 2, ENTRY_GENERATE_INTENT, &unit_err));
	unit_ok(shadow_note(&s, 3, &x, 3, ENTRY_SIGN, &unit_err));
	unit_ok(shadow_note(&s, 4, &y, 4, ENTRY_SIGN, &unit_err));
	ck_assert_uint_eq(s.uses, 2);
	unit_ok(shadow_entry(&s, 1, &x, &unit_err));
	shadow_settle(&s);
	ck_assert_uint_eq(s.entries, 2);
	unit_fails(shadow_entry(&s, 4, &x, &unit_err), EVERIFY);
	unit_ok(shadow_entry(&s, 4, &y, &unit_err));
	shadow_settle(&s);
	ck_assert_uint_eq(s.entries, 2);
	unit_fails(shadow_entry(&s, 9, &x, &unit_err), EVERIFY);
	unit_ok(shadow_entry(&s, 3, &x, &unit_err));
	shadow_settle(&s);
	ck_assert_uint_eq(s.entries, 4);
	ck_assert_uint_eq(s.uses, 0);
	shadow_done(&s);
}
END_TEST

START_TEST(an_entry_is_shown_once)
{
	struct shadow s = { 0 };
	struct sha256 x = h("x");

	for (unsigned i = 1; i <= 3; i++)
		unit_ok(shadow_note(&s, i, &x, 1, ENTRY_SIGN, &unit_err));
	unit_ok(shadow_entry(&s, 1, &x, &unit_err));
	unit_ok(shadow_entry(&s, 3, &x, &unit_err));
	unit_fails(shadow_entry(&s, 3, &x, &unit_err), EVERIFY);
	shadow_settle(&s);
	unit_fails(shadow_entry(&s, 1, &x, &unit_err), EVERIFY);
	unit_fails(shadow_entry(&s, 3, &x, &unit_err), EVERIFY);
	unit_ok(shadow_entry(&s, 2, &x, &unit_err));
	shadow_done(&s);
}
END_TEST

/* Behind entry 2 a restore left out what goes before 100. */
START_TEST(what_a_restore_left_out_comes_before_it)
{
	struct shadow s = { 0 }, t = { 0 };
	struct sha256 x = h("x"), y = h("y");
	json_t *doc, *snapshot = json_object();

	for (unsigned i = 1; i <= 2; i++) {
		unit_ok(shadow_note(&s, i, &x, 1, ENTRY_SIGN, &unit_err));
		unit_ok(shadow_entry(&s, i, &x, &unit_err));
	}
	unit_ok(shadow_note(&s, 100, &x, 1, ENTRY_RESTORE, &unit_err));
	shadow_settle(&s);
	unit_ok(shadow_json(&s, &doc, &unit_err));
	unit_ok(shadow_unshown_json(&s, snapshot, &unit_err));
	unit_ok(shadow_load(&t, doc, &unit_err));
	unit_ok(shadow_unshown_load(&t, snapshot, &unit_err));
	shadow_apply_shown(&t, doc);
	unit_fails(shadow_entry(&t, 2, &y, &unit_err), EVERIFY);
	unit_ok(shadow_entry(&t, 3, &y, &unit_err));
	unit_ok(shadow_entry(&t, 99, &y, &unit_err));
	unit_fails(shadow_entry(&t, 101, &y, &unit_err), EVERIFY);
	unit_ok(shadow_entry(&t, 100, &x, &unit_err));
	unit_fails(shadow_entry(&t, 50, &y, &unit_err), EVERIFY);
	shadow_settle(&t);
	ck_assert_uint_eq(t.entries, 100);
	unit_fails(shadow_entry(&t, 50, &y, &unit_err), EVERIFY);
	json_decref(doc);
	json_decref(snapshot);
	shadow_done(&s);
	shadow_done(&t);
}
END_TEST

START_TEST(signing_stops_at_a_thousand_unshown_uses_or_a_minute)
{
	struct shadow s = { 0 };
	struct sha256 x = h("x");

	for (unsigned i = 1; i <= 999; i++)
		unit_ok(shadow_note(&s, i, &x, TIME_S(10), ENTRY_SIGN, &unit_err));
	unit_ok(shadow_check(&s, 0, TIME_S(70), &unit_err));
	unit_fails(shadow_check(&s, 1, TIME_S(70), &unit_err), EUNSHOWN);
	unit_fails(shadow_check(&s, 0, TIME_S(71), &unit_err), EUNSHOWN);
	unit_ok(shadow_note(&s, 1000, &x, TIME_S(10), ENTRY_SIGN, &unit_err));
	unit_fails(shadow_check(&s, 0, TIME_S(10), &unit_err), EUNSHOWN);
	shadow_done(&s);
}
END_TEST

START_TEST(a_shadow_survives_as_documents)
{
	struct shadow s = { 0 }, t = { 0 };
	struct sha256 x = h("x"), a, b;
	json_t *doc, *snapshot = json_object();

	for (unsigned i = 1; i <= 20; i++) {
		unit_ok(shadow_note(&s, i, &x, (time_us)i, i == 7 ?
		    ENTRY_GENERATE_INTENT : ENTRY_SIGN, &unit_err));
		unit_ok(shadow_leaf(&s, &x, &unit_err));
	}
	for (unsigned i = 1; i <= 20; i++)
		if (i != 5 && i != 7)
			unit_ok(shadow_entry(&s, i, &x, &unit_err));
	shadow_settle(&s);
	ck_assert_uint_eq(s.entries, 4);
	unit_ok(shadow_json(&s, &doc, &unit_err));
	unit_ok(shadow_unshown_json(&s, snapshot, &unit_err));
	unit_ok(shadow_load(&t, doc, &unit_err));
	unit_ok(shadow_unshown_load(&t, snapshot, &unit_err));
	shadow_apply_shown(&t, doc);
	ck_assert_uint_eq(t.entries, 4);
	ck_assert_uint_eq(t.uses, 1);
	a = merkle_range_root(&s.range);
	b = merkle_range_root(&t.range);
	ck_assert(sha256_equal(&a, &b));
	unit_ok(shadow_entry(&t, 5, &x, &unit_err));
	shadow_settle(&t);
	ck_assert_uint_eq(t.entries, 20);
	json_decref(doc);
	json_decref(snapshot);
	shadow_done(&s);
	shadow_done(&t);
}
END_TEST

UNIT_MAIN("keeper/counts",
	UNIT(a_table_keeps_what_it_is_given_and_forgets_what_it_is_told)
	UNIT(uses_are_reserved_made_and_undone)
	UNIT(a_limit_slides)
	UNIT(a_long_limit_slides_for_long)
	UNIT(the_highest_version_is_kept_per_product_and_track)
	UNIT(a_closing_is_remembered_until_the_window_has_ended)
	UNIT(closings_are_bounded_by_those_of_windows_that_go_on)
	UNIT(counts_survive_as_a_document)
	UNIT(j_is_the_highest_entry_with_none_unshown_below)
	UNIT(an_entry_is_shown_once)
	UNIT(what_a_restore_left_out_comes_before_it)
	UNIT(signing_stops_at_a_thousand_unshown_uses_or_a_minute)
	UNIT(a_shadow_survives_as_documents))
