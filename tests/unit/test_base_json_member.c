#include "config.h"

#include "base/json.h"
#include "tests/unit/unit.h"

static const struct json_row ROWS[] = {
	{ "name", WANT_STRING, true, 1, 8, "what it is called" },
	{ "count", WANT_INTEGER, false, 1, 10, "how many" },
	{ "depth", WANT_INTEGER, false, -5, 0, "below the sea" },
	{ "size", WANT_INTEGER, false, 0, 0, "any" },
	{ "open", WANT_BOOL, false, 0, 0, "may people come in?" },
	{ "by", WANT_STRINGS, false, 1, 2, "who" },
	{ "parts", WANT_ARRAY, false, 0, 0, "any values" },
	{ "more", WANT_OBJECT, false, 0, 1, "names and values" },
	{ "else", WANT_ANY, false, 0, 0, "anything" },
};

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
	const char	*says;
} CHECKED[] = {
	{ "what must be there suffices", "{\"name\":\"x\"}", OK, "" },
	{ "all of it", "{\"name\":\"12345678\",\"count\":10,\"depth\":-5,"
	    "\"size\":9007199254740991,\"open\":false,\"by\":[\"a\",\"b\"],"
	    "\"parts\":[1,null],\"more\":{\"x\":1},\"else\":null}", OK, "" },
	{ "an unknown name", "{\"name\":\"x\",\"nam\":1}", ESCHEMA,
	    "/rules/2/nam: unknown name" },
	{ "one that is missing", "{\"count\":1}", ESCHEMA,
	    "/rules/2/name: is missing" },
	{ "null is not absent", "{\"name\":null}", ESCHEMA,
	    "/rules/2/name: expected a string" },
	{ "no object", "[]", ESCHEMA, "/rules/2: expected an object" },
	{ "a number as text", "{\"name\":\"x\",\"count\":\"1\"}", ESCHEMA,
	    "/rules/2/count: expected an integer" },
	{ "a number for a truth", "{\"name\":\"x\",\"open\":1}", ESCHEMA,
	    "/rules/2/open: expected true or false" },
	{ "one string for several", "{\"name\":\"x\",\"by\":\"a\"}", ESCHEMA,
	    "/rules/2/by: expected an array of strings" },
	{ "one of them is none", "{\"name\":\"x\",\"by\":[\"a\",1]}",
	    ESCHEMA, "/rules/2/by: expected an array of strings" },
	{ "too short", "{\"name\":\"\"}", ERANGE_,
	    "/rules/2/name: 0 octets, expected 1 to 8" },
	{ "too long", "{\"name\":\"123456789\"}", ERANGE_,
	    "/rules/2/name: 9 octets, expected 1 to 8" },
	{ "too few", "{\"name\":\"x\",\"by\":[]}", ERANGE_,
	    "/rules/2/by: 0 elements, expected 1 to 2" },
	{ "too many names", "{\"name\":\"x\",\"more\":{\"a\":1,\"b\":2}}",
	    ERANGE_, "/rules/2/more: 2 elements, expected 0 to 1" },
	{ "too small", "{\"name\":\"x\",\"count\":0}", ERANGE_,
	    "/rules/2/count: 0, expected 1 to 10" },
	{ "too large", "{\"name\":\"x\",\"count\":11}", ERANGE_,
	    "/rules/2/count: 11, expected 1 to 10" },
	{ "above a bound of zero", "{\"name\":\"x\",\"depth\":1}", ERANGE_,
	    "/rules/2/depth: 1, expected -5 to 0" },
	{ "no bound means none below zero", "{\"name\":\"x\",\"size\":-1}",
	    ERANGE_, "/rules/2/size: -1, expected 0 to 9007199254740991" },
};

static json_t *
reads(const char *text)
{
	json_t *j = NULL;

	unit_ok(json_read(text, strlen(text), &j, &unit_err));
	return j;
}

START_TEST(a_schema_says_what_is_wrong_and_where)
{
	AUTO_JSON *j = reads(CHECKED[_i].text);

	if (CHECKED[_i].code == OK) {
		unit_ok(json_check(j, "/rules/2", ROWS, NELEM(ROWS),
		    &unit_err));
		return;
	}
	unit_fails(json_check(j, "/rules/2", ROWS, NELEM(ROWS), &unit_err),
	    CHECKED[_i].code);
	ck_assert_msg(strcmp(unit_err.what, CHECKED[_i].says) == 0, "%s: %s",
	    CHECKED[_i].why, unit_err.what);
}
END_TEST

START_TEST(a_long_string_has_a_bound_even_in_a_list)
{
	AUTO_JSON *j = NULL;
	static char text[65538];

	memset(text, 'x', sizeof(text) - 1);
	unit_ok(json_build(&j, &unit_err, "{s:s, s:[s]}", "name", "x", "by",
	    text));
	unit_fails(json_check(j, "", ROWS, NELEM(ROWS), &unit_err), ERANGE_);
	ck_assert_str_eq(unit_err.what, "/by/0: over 65536 octets");
}
END_TEST

START_TEST(each_row_gets_its_value_or_none)
{
	AUTO_JSON *j = reads("{\"by\":[\"a\"],\"count\":7,\"name\":\"x\"}");
	AUTO_JSON *bad = reads("{\"name\":\"x\",\"count\":11}");
	const json_t *v[NELEM(ROWS)];

	unit_ok(json_rows(j, "", ROWS, NELEM(ROWS), v, &unit_err));
	for (size_t i = 0; i < NELEM(ROWS); i++)
		ck_assert_ptr_eq(v[i], json_object_get(j, ROWS[i].name));
	unit_fails(json_rows(bad, "", ROWS, NELEM(ROWS), v, &unit_err),
	    ERANGE_);
	ck_assert_ptr_eq(v[1], json_object_get(j, "count"));
}
END_TEST

START_TEST(members_are_read_or_the_default_is)
{
	AUTO_JSON *j = reads("{\"s\":\"text\",\"i\":-7,\"t\":true}");

	ck_assert_str_eq(json_str(j, "s", "none"), "text");
	ck_assert_str_eq(json_str(j, "i", "none"), "none");
	ck_assert_ptr_null(json_str(j, "absent", NULL));
	ck_assert_int_eq(json_int(j, "i", 1), -7);
	ck_assert_int_eq(json_int(j, "s", 1), 1);
	ck_assert(json_flag(j, "t", false));
	ck_assert(json_flag(j, "i", true));
	ck_assert(!json_flag(NULL, "t", false));
}
END_TEST

START_TEST(members_that_must_be_there_are_named_when_they_are_not)
{
	AUTO_JSON *j = reads("{\"s\":\"text\",\"i\":-7,\"h\":"
	    "\"ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad\"}");
	const char *s = "kept";
	struct sha256 h = { { 0 } };
	int64_t i = 42;

	unit_fails(json_need_str(j, "i", &s, &unit_err), ESCHEMA);
	ck_assert_str_eq(unit_err.what, "i: expected a string");
	unit_fails(json_need_int(j, "s", &i, &unit_err), ESCHEMA);
	unit_fails(json_need_hash(j, "s", &h, &unit_err), ESCHEMA);
	unit_fails(json_need_hash(j, "absent", &h, &unit_err), ESCHEMA);
	ck_assert_str_eq(s, "kept");
	ck_assert_int_eq(i, 42);
	ck_assert(sha256_is_zero(&h));
	unit_ok(json_need_str(j, "s", &s, &unit_err));
	unit_ok(json_need_int(j, "i", &i, &unit_err));
	unit_ok(json_need_hash(j, "h", &h, &unit_err));
	unit_ok(json_as_hash(json_object_get(j, "h"), "h", &h, &unit_err));
	unit_fails(json_as_hash(NULL, "h", &h, &unit_err), ESCHEMA);
	ck_assert_str_eq(s, "text");
	ck_assert_int_eq(i, -7);
	ck_assert_uint_eq(h.o[31], 0xad);
}
END_TEST

START_TEST(members_are_set_from_values)
{
	AUTO_JSON *j = json_object();
	struct sha256 h = sha256_of("abc", 3);
	struct blob b = { 0 };

	unit_ok(json_set_b64(j, "b", "foob", 4, &unit_err));
	unit_ok(json_set_int(j, "i", -1, &unit_err));
	unit_ok(json_set_str(j, "s", "caf\xc3\xa9", &unit_err));
	unit_ok(json_set_time(j, "t", TIME_S(1), &unit_err));
	unit_ok(json_set_new(j, "n", json_null(), &unit_err));
	unit_ok(json_set_hash(j, "h", &h, &unit_err));
	unit_ok(json_canonical(j, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), "{\"b\":\"Zm9vYg==\",\"h\":"
	    "\"ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad\",\"i\":-1,\"n\":null,"
	    "\"s\":\"caf\xc3\xa9\",\"t\":\"1970-01-01T00:00:01.000000Z\"}");
	blob_done(&b);
	unit_fails(json_set_str(j, "s", "\xff", &unit_err), EINPUT);
	unit_fails(json_set_new(j, "s", NULL, &unit_err), ENOMEMORY);
}
END_TEST

START_TEST(building_fails_in_words_and_releases_what_it_took)
{
	json_t *j = NULL, *stolen;

	unit_ok(json_build(&j, &unit_err, "{s:s, s:I, s:o*}", "a", "x", "b",
	    (json_int_t)7, "c", NULL));
	ck_assert_uint_eq(json_object_size(j), 2);
	json_decref(j);
	j = NULL;
	stolen = json_object();
	json_incref(stolen);
	unit_fails(json_build(&j, &unit_err, "{s:s, s:o}", "a", "\xff", "b",
	    stolen), EINPUT);
	ck_assert_ptr_null(j);
	ck_assert_uint_eq(stolen->refcount, 1);
	json_decref(stolen);
	unit_fails(json_build(&j, &unit_err, "{s:s}", "a", NULL), EINPUT);
	unit_fails(json_build(&j, &unit_err, "{s:", "a"), EINTERNAL);
}
END_TEST

START_TEST(lists_of_texts_are_joined)
{
	AUTO_JSON *list = json_pack("[s, s, i]", "a", "b", 1);
	AUTO_JSON *more = json_pack("[s, s, s]", "b", "c", "c");
	AUTO_JSON *want = json_pack("[s, s, i, s]", "a", "b", 1, "c");

	ck_assert(json_has(list, "b") && !json_has(list, "c"));
	ck_assert(!json_has(NULL, "a"));
	unit_ok(json_join(list, more, &unit_err));
	ck_assert(json_equal(list, want));
	unit_ok(json_join(list, NULL, &unit_err));
	ck_assert(json_equal(list, want));
}
END_TEST

/* Each by its hash, all of them, and in that order. */
START_TEST(a_list_fits_its_hashes_or_not)
{
	AUTO_JSON *list = json_pack("[{s:i}, {s:i}]", "a", 1, "a", 2);
	AUTO_JSON *turned = json_pack("[{s:i}, {s:i}]", "a", 2, "a", 1);
	AUTO_JSON *longer = json_pack("[{s:i}, {s:i}, {s:i}]", "a", 1, "a", 2,
	    "a", 2);
	AUTO_JSON *text = json_pack("[s, s]", "a", "b");
	AUTO_JSON *none = json_array(), *hashes = json_array();
	struct sha256 h;
	char hex[SHA256_HEX];

	for (size_t i = 0; i < 2; i++) {
		unit_ok(json_hash(json_array_get(list, i), &h, &unit_err));
		sha256_hex(&h, hex);
		json_array_append_new(hashes, json_string(hex));
	}
	ck_assert(json_hashes(list, hashes) && json_hashes(none, none));
	ck_assert(!json_hashes(turned, hashes));
	ck_assert(!json_hashes(longer, hashes) && !json_hashes(none, hashes));
	ck_assert(!json_hashes(list, list) && !json_hashes(text, hashes));
	ck_assert(!json_hashes(NULL, none) && !json_hashes(none, NULL));
}
END_TEST

UNIT_MAIN("base/json members",
	UNIT(a_list_fits_its_hashes_or_not)
	UNIT(lists_of_texts_are_joined)
	UNIT_ROWS(a_schema_says_what_is_wrong_and_where, CHECKED)
	UNIT(a_long_string_has_a_bound_even_in_a_list)
	UNIT(each_row_gets_its_value_or_none)
	UNIT(members_are_read_or_the_default_is)
	UNIT(members_that_must_be_there_are_named_when_they_are_not)
	UNIT(members_are_set_from_values)
	UNIT(building_fails_in_words_and_releases_what_it_took))
