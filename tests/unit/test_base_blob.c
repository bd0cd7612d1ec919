#include "config.h"

#include "base/blob.h"
#include "tests/unit/unit.h"

START_TEST(an_empty_one_is_an_empty_string)
{
	struct blob b = { 0 };

	ck_assert_str_eq(blob_str(&b), "");
	blob_clear(&b);
	unit_ok(blob_put(&b, NULL, 0, &unit_err));
	ck_assert_str_eq(blob_str(&b), "");
	ck_assert_uint_eq(b.len, 0);
	blob_done(&b);
	blob_done(&b);
	blob_free(NULL);
}
END_TEST

START_TEST(it_grows_and_always_ends_in_nul)
{
	AUTO(blob) *b = blob_new();
	size_t i;

	for (i = 0; i < 10000; i++) {
		unit_ok(blob_put(b, "ab", 2, &unit_err));
		ck_assert_uint_eq(b->len, 2 * (i + 1));
		ck_assert_uint_eq(b->data[b->len], 0);
		ck_assert_uint_lt(b->len, b->room);
	}
	for (i = 0; i < b->len; i++)
		ck_assert_int_eq(b->data[i], "ab"[i % 2]);
}
END_TEST

START_TEST(it_takes_octets_and_text)
{
	struct blob b = { 0 };

	unit_ok(blob_put(&b, "a\0b", 3, &unit_err));
	unit_ok(blob_puts(&b, "cd", &unit_err));
	unit_ok(blob_printf(&b, &unit_err, "%s-%d", "e", 42));
	ck_assert_uint_eq(b.len, 9);
	ck_assert_mem_eq(b.data, "a\0bcde-42", 10);
	blob_done(&b);
}
END_TEST

START_TEST(printing_needs_no_room_beforehand)
{
	struct blob b = { 0 };
	int n;

	for (n = 60; n < 70; n++) {
		unit_ok(blob_printf(&b, &unit_err, "%0*d", n, 7));
		ck_assert_uint_eq(b.len, (size_t)n);
		ck_assert_int_eq(blob_str(&b)[n - 1], '7');
		blob_done(&b);
	}
}
END_TEST

START_TEST(clearing_wipes_and_keeps_the_room)
{
	struct blob b = { 0 };
	unsigned char *data;
	size_t room;

	unit_ok(blob_puts(&b, "hunter2", &unit_err));
	data = b.data;
	room = b.room;
	blob_clear(&b);
	ck_assert_ptr_eq(b.data, data);
	ck_assert_uint_eq(b.room, room);
	ck_assert_mem_eq(b.data, "\0\0\0\0\0\0\0", 7);
	blob_done(&b);
}
END_TEST

START_TEST(cutting_wipes_what_is_past_and_keeps_what_is_before)
{
	struct blob b = { 0 };

	blob_cut(&b, 0);
	unit_ok(blob_puts(&b, "hunter2", &unit_err));
	blob_cut(&b, 7);
	ck_assert_str_eq(blob_str(&b), "hunter2");
	blob_cut(&b, 4);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_mem_eq(b.data, "hunt\0\0\0", 8);
	blob_done(&b);
}
END_TEST

START_TEST(what_was_reserved_is_not_moved)
{
	struct blob b = { 0 };
	unsigned char *data;
	size_t i;

	unit_ok(blob_reserve(&b, 1000, &unit_err));
	ck_assert_str_eq(blob_str(&b), "");
	ck_assert_uint_eq(b.room, 1001);
	data = b.data;
	for (i = 0; i < 1000; i++)
		unit_ok(blob_put(&b, "x", 1, &unit_err));
	unit_ok(blob_reserve(&b, 0, &unit_err));
	ck_assert_ptr_eq(b.data, data);
	unit_ok(blob_put(&b, "y", 1, &unit_err));
	ck_assert_uint_eq(b.len, 1001);
	unit_fails(blob_reserve(&b, (size_t)256 << 20, &unit_err), ETOOBIG);
	ck_assert_int_eq(b.data[1000], 'y');
	blob_done(&b);
}
END_TEST

START_TEST(it_refuses_to_grow_without_bounds)
{
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, "kept", &unit_err));
	unit_fails(blob_put(&b, "", (size_t)256 << 20, &unit_err), ETOOBIG);
	unit_fails(blob_put(&b, "", SIZE_MAX, &unit_err), ETOOBIG);
	ck_assert_str_eq(blob_str(&b), "kept");
	blob_done(&b);
}
END_TEST

UNIT_MAIN("base/blob",
	UNIT(an_empty_one_is_an_empty_string)
	UNIT(it_grows_and_always_ends_in_nul)
	UNIT(it_takes_octets_and_text)
	UNIT(printing_needs_no_room_beforehand)
	UNIT(clearing_wipes_and_keeps_the_room)
	UNIT(cutting_wipes_what_is_past_and_keeps_what_is_before)
	UNIT(what_was_reserved_is_not_moved)
	UNIT(it_refuses_to_grow_without_bounds))
