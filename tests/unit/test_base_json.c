#include "config.h"

#include <stdio.h>

#include "base/json.h"
#include "base/json_plain.h"
#include "tests/unit/unit.h"

#define MOST	"9007199254740991"
#define DEEP8	"[[[[[[[["
#define UP8	"]]]]]]]]"

/* What is read, and its canonical spelling. */
static const struct {
	const char	*why;
	const char	*text;
	const char	*canonical;
} SPELLED[] = {
	{ "no white space", " { \"a\" : [ 1 , 2 ] }\n", "{\"a\":[1,2]}" },
	{ "names are sorted", "{\"b\":1,\"a\":2,\"B\":3}",
	    "{\"B\":3,\"a\":2,\"b\":1}" },
	{ "a shorter name comes first", "{\"ab\":1,\"a\":2}",
	    "{\"a\":2,\"ab\":1}" },
	{ "each object has an order of its own",
	    "{\"a\":{\"x\":1,\"z\":[{\"y\":1}]},\"ab\":{\"b\":2}}",
	    "{\"a\":{\"x\":1,\"z\":[{\"y\":1}]},\"ab\":{\"b\":2}}" },
	{ "also behind one in it",
	    "{\"b\":{\"c\":1},\"a\":2}", "{\"a\":2,\"b\":{\"c\":1}}" },
	{ "at every depth", "[{\"b\":{\"d\":1,\"c\":2},\"a\":3}]",
	    "[{\"a\":3,\"b\":{\"c\":2,\"d\":1}}]" },
	{ "the three words", "[true,false,null]", "[true,false,null]" },
	{ "nothing in them", "[{},[],\"\"]", "[{},[],\"\"]" },
	{ "the largest integers", "[" MOST ",-" MOST "]",
	    "[" MOST ",-" MOST "]" },
	{ "short escapes (RFC 8785, 3.2.2.2)",
	    "[\"\\u0008\\u0009\\u000a\\u000c\\u000D\\u0022\\u005c\"]",
	    "[\"\\b\\t\\n\\f\\r\\\"\\\\\"]" },
	{ "a slash needs no escape", "[\"\\/\"]", "[\"/\"]" },
	{ "UTF-8 stands as it is", "[\"\\u20ac\\ud83d\\ude00\"]",
	    "[\"\xe2\x82\xac\xf0\x9f\x98\x80\"]" },
	{ "DEL is no control character of JSON", "[\"\\u007f\"]",
	    "[\"\x7f\"]" },
	{ "ASCII names may be escaped", "{\"\\u0061\\\"\":1}",
	    "{\"a\\\"\":1}" },
	{ "32 deep", DEEP8 DEEP8 DEEP8 DEEP8 UP8 UP8 UP8 UP8,
	    DEEP8 DEEP8 DEEP8 DEEP8 UP8 UP8 UP8 UP8 },
	{ "brackets in a string are no depth", "[\"" DEEP8 DEEP8 DEEP8 DEEP8
	    "\"]", "[\"" DEEP8 DEEP8 DEEP8 DEEP8 "\"]" },
	{ "many names", "{\"z\":1,\"y\":1,\"x\":1,\"w\":1,\"v\":1,\"u\":1,"
	    "\"t\":1,\"s\":1,\"r\":1,\"q\":1,\"p\":1,\"o\":1,\"n\":1,"
	    "\"m\":1,\"l\":1,\"k\":1,\"j\":1,\"i\":1,\"h\":1,\"g\":1,"
	    "\"f\":1,\"e\":1,\"d\":1,\"c\":1,\"b\":1,\"a\":1,\"9\":1,"
	    "\"8\":1,\"7\":1,\"6\":1,\"5\":1,\"4\":1,\"3\":1,\"2\":1}",
	    "{\"2\":1,\"3\":1,\"4\":1,\"5\":1,\"6\":1,\"7\":1,\"8\":1,"
	    "\"9\":1,\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,"
	    "\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,"
	    "\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"s\":1,\"t\":1,"
	    "\"u\":1,\"v\":1,\"w\":1,\"x\":1,\"y\":1,\"z\":1}" },
};

#define TEXT(s)	s, sizeof(s) - 1

static const struct {
	const char	*why;
	const char	*text;
	size_t		 n;
	const char	*at;		/* how the refusal begins */
} REFUSED[] = {
	{ "nothing", TEXT(""), "" },
	{ "no object or array", TEXT("1"), "1:" },
	{ "a name twice", TEXT("{\"a\":1,\n\"a\":2}"), "2:" },
	{ "a name twice, spelled otherwise", TEXT("{\"a\":1,\"\\u0061\":2}"),
	    "1:" },
	{ "a real", TEXT("{\"a\":\n  1.0}"), "2:3:" },
	{ "an exponent", TEXT("[1e3]"), "1:2:" },
	{ "minus zero, which has two spellings", TEXT("[-0]"), "1:2:" },
	{ "a leading zero", TEXT("[01]"), "1:2:" },
	{ "2^53", TEXT("[9007199254740992]"), "1:2:" },
	{ "-2^53", TEXT("[-9007199254740992]"), "1:2:" },
	{ "2^64", TEXT("[18446744073709551616]"), "1:2:" },
	{ "an escaped NUL", TEXT("[\"\\u0000\"]"), "1:3:" },
	{ "a bare NUL", TEXT("[\"\0\"]"), "1:" },
	{ "a NUL behind the end", TEXT("[]\0"), "1:" },
	{ "a control character that has no short escape",
	    TEXT("[\"a\\u001f\"]"), "1:4:" },
	{ "a bare control character", TEXT("[\"\x01\"]"), "1:" },
	{ "a line break in a string", TEXT("[\"a\nb\"]"), "1:" },
	{ "33 deep", TEXT(DEEP8 DEEP8 DEEP8 DEEP8 "["), "1:33:" },
	{ "a name that is not ASCII", TEXT("{\"caf\xc3\xa9\":1}"), "1:2:" },
	{ "the same, escaped", TEXT("{\"caf\\u00e9\" \n :1}"), "1:2:" },
	{ "a control character in a name", TEXT("{\"a\\n\":1}"), "1:2:" },
	{ "half a surrogate pair", TEXT("[\"\\ud83d\"]"), "1:" },
	{ "no UTF-8", TEXT("[\"\xff\"]"), "1:" },
	{ "UTF-8 that is longer than it need be", TEXT("[\"\xc0\xaf\"]"),
	    "1:" },
	{ "a byte order mark", TEXT("\xef\xbb\xbf[]"), "1:" },
	{ "two values", TEXT("[] []"), "1:" },
	{ "a comma at the end", TEXT("[1,]"), "1:" },
	{ "a comment", TEXT("[] // x"), "1:" },
	{ "one quote too few", TEXT("[\"a"), "1:" },
	{ "a backslash at the end", TEXT("[\"\\"), "1:" },
	{ "an escape cut short", TEXT("[\"\\u00"), "1:" },
	{ "not a number", TEXT("[NaN]"), "1:" },
};

static json_t *
reads(const char *text)
{
	json_t *j = NULL;

	unit_ok(json_read(text, strlen(text), &j, &unit_err));
	return j;
}

START_TEST(each_document_has_one_canonical_spelling)
{
	AUTO_JSON *j = reads(SPELLED[_i].text);
	struct blob b = { 0 };
	char *theirs;

	unit_ok(json_canonical(j, &b, &unit_err));
	ck_assert_msg(strcmp(blob_str(&b), SPELLED[_i].canonical) == 0,
	    "%s: %s", SPELLED[_i].why, blob_str(&b));
	/* The library's own writer is the second opinion. */
	theirs = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	ck_assert_str_eq(theirs, blob_str(&b));
	free(theirs);
	blob_done(&b);
}
END_TEST

START_TEST(only_the_canonical_spelling_is_taken_as_canonical)
{
	AUTO_JSON *j = NULL, *other = NULL;
	const char *text = SPELLED[_i].text, *same = SPELLED[_i].canonical;

	unit_ok(json_read_canonical(same, strlen(same), &j, &unit_err));
	if (strcmp(text, same) == 0)
		return;
	unit_fails(json_read_canonical(text, strlen(text), &other, &unit_err),
	    EINPUT);
	ck_assert_ptr_null(other);
}
END_TEST

/* Read in one pass or not at all; never to another value. */
START_TEST(what_is_plain_is_what_the_library_reads)
{
	const char *text = SPELLED[_i].text, *same = SPELLED[_i].canonical;
	AUTO_JSON *j = NULL, *again = NULL, *theirs = NULL;
	bool sorted;

	unit_ok(json_plain(text, strlen(text), NULL, &j, &sorted, &unit_err));
	ck_assert(j == NULL || sorted == (strcmp(text, same) == 0));
	unit_ok(json_plain(same, strlen(same), NULL, &again, &sorted, &unit_err));
	ck_assert(again == NULL || sorted);
	theirs = json_loads(same, JSON_REJECT_DUPLICATES, NULL);
	ck_assert(j == NULL || json_equal(j, theirs));
	ck_assert(again == NULL || json_equal(again, theirs));
	ck_assert(again != NULL || strpbrk(same, "\\\x7f\xe2") != NULL);
}
END_TEST

static const struct { const char *why, *text, *lies; } INNER[] = {
	{ "an object", "{\"a\":1,\"d\":{\"e\":{\"x\":[1]},\"f\":2}}",
	    "{\"x\":[1]}" },
	{ "the last one, a text", "{\"d\":{\"a\":{\"e\":3},\"e\":\"t\"}}",
	    "\"t\"" },
	{ "further in", "{\"d\":{\"a\":{\"e\":3}}}", NULL },
	{ "in the outermost", "{\"e\":{\"a\":1}}", NULL },
	{ "a name that begins so", "{\"d\":{\"ee\":1}}", NULL },
	{ "a text that looks so", "{\"d\":\"e\"}", NULL },
	{ "what is not plain is not looked through",
	    "{\"d\":{\"e\":1,\"f\":\"\\n\"}}", NULL },
};

START_TEST(where_a_member_lies_is_told)
{
	struct json_inner in = { .name = "e", .p = "of before", .n = 2 };
	const char *text = INNER[_i].text, *lies = INNER[_i].lies;
	AUTO_JSON *j = NULL;

	unit_ok(json_read_inner(text, strlen(text), &in, &j, &unit_err));
	ck_assert_msg((in.p != NULL) == (lies != NULL), "%s", INNER[_i].why);
	if (lies == NULL)
		return;
	ck_assert(in.p > text && in.p + in.n < text + strlen(text));
	ck_assert_uint_eq(in.n, strlen(lies));
	ck_assert_msg(memcmp(in.p, lies, in.n) == 0, "%s", INNER[_i].why);
}
END_TEST

START_TEST(what_is_refused_is_not_plain)
{
	json_t *j = NULL;
	bool sorted;

	unit_ok(json_plain(REFUSED[_i].text, REFUSED[_i].n, NULL, &j, &sorted,
	    &unit_err));
	ck_assert_msg(j == NULL, "%s", REFUSED[_i].why);
}
END_TEST

START_TEST(what_has_no_canonical_spelling_is_refused_with_its_place)
{
	json_t *j = NULL;
	const char *at = REFUSED[_i].at;

	unit_fails(json_read(REFUSED[_i].text, REFUSED[_i].n, &j, &unit_err),
	    EINPUT);
	ck_assert_ptr_null(j);
	ck_assert_msg(strncmp(unit_err.what, at, strlen(at)) == 0, "%s: %s",
	    REFUSED[_i].why, unit_err.what);
}
END_TEST

START_TEST(a_document_that_is_too_large_is_not_looked_at)
{
	json_t *j = NULL;

	unit_fails(json_read("", JSON_OCTETS + 1, &j, &unit_err), ETOOBIG);
}
END_TEST

static json_t *
deep(int n)
{
	json_t *j = json_array();

	while (--n > 0) {
		json_t *around = json_array();

		json_array_append_new(around, j);
		j = around;
	}
	return j;
}

START_TEST(a_value_without_canonical_spelling_writes_nothing)
{
	json_t *bad[] = {
		json_real(1.5), json_pack("[f]", 2.0),
		json_integer(9007199254740992), json_integer(INT64_MIN),
		json_stringn("a\0b", 3), json_string("\x1b[0m"),
		json_pack("{s:i}", "caf\xc3\xa9", 1),
		json_pack("{s:i}", "a\tb", 1), deep(33),
	};
	struct blob b = { 0 };
	struct sha256 h = { { 0 } };
	size_t i;

	unit_ok(blob_puts(&b, "kept", &unit_err));
	for (i = 0; i < NELEM(bad); i++) {
		ck_assert_ptr_nonnull(bad[i]);
		unit_fails(json_canonical(bad[i], &b, &unit_err), EINPUT);
		ck_assert_str_eq(blob_str(&b), "kept");
		unit_fails(json_hash(bad[i], &h, &unit_err), EINPUT);
		ck_assert(sha256_is_zero(&h));
		json_decref(bad[i]);
	}
	blob_done(&b);
}
END_TEST

START_TEST(the_hash_is_that_of_the_canonical_octets)
{
	AUTO_JSON *j = reads("{\"b\": 1, \"a\": 2}");
	struct sha256 h, want = sha256_of("{\"a\":2,\"b\":1}", 13);

	unit_ok(json_hash(j, &h, &unit_err));
	ck_assert(sha256_equal(&h, &want));
}
END_TEST

START_TEST(people_see_it_sorted_and_indented)
{
	AUTO_JSON *j = reads("{\"b\":[1],\"a\":\"x\"}");
	char *text = json_pretty(j);

	ck_assert_str_eq(text,
	    "{\n  \"a\": \"x\",\n  \"b\": [\n    1\n  ]\n}\n");
	free(text);
}
END_TEST

UNIT_MAIN("base/json",
	UNIT_ROWS(each_document_has_one_canonical_spelling, SPELLED)
	UNIT_ROWS(only_the_canonical_spelling_is_taken_as_canonical, SPELLED)
	UNIT_ROWS(what_is_plain_is_what_the_library_reads, SPELLED)
	UNIT_ROWS(where_a_member_lies_is_told, INNER)
	UNIT_ROWS(what_is_refused_is_not_plain, REFUSED)
	UNIT_ROWS(what_has_no_canonical_spelling_is_refused_with_its_place,
	    REFUSED)
	UNIT(a_document_that_is_too_large_is_not_looked_at)
	UNIT(a_value_without_canonical_spelling_writes_nothing)
	UNIT(the_hash_is_that_of_the_canonical_octets)
	UNIT(people_see_it_sorted_and_indented))
