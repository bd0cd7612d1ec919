#include "config.h"

#include "base/json.h"
#include "keeper/show_text.h"
#include "tests/unit/unit.h"

#define SHOW(event) \
	"{\"do\":\"show\",\"events\":[" event "],\"final\":true,\"from\":7}"
#define X4(t)		t t t t
#define X28(t)		X4(t) X4(t) X4(t) X4(t) X4(t) X4(t) X4(t)
#define EVENT(data) "{\"actor\":\"ci\",\"data\":" data ",\"kind\":\"x\"}"
/* Behind a value that is passed. */
#define BEHIND(value)	SHOW(EVENT("{\"a\":" value ",\"entry\":" ENTRY "}"))
#define ENTRY \
	"{\"charter\":\"04\",\"facts\":{\"a\":[{\"n\":3}],\"n\":4},\"n\":12,\"op\":\"x\"}"

static const struct {
	const char *why, *text;
	bool read;
} ROWS[] = {
	{ "a signature's event: the entry comes first",
	    SHOW(EVENT("{\"entry\":" ENTRY ",\"facts\":{}}")), true },
	{ "a certificate's: behind its request's hash",
	    SHOW(EVENT("{\"csr\":\"04\",\"entry\":" ENTRY "}")), true },
	{ "behind values of every kind",
	    SHOW(EVENT(
		"{\"a\":[{\"entry\":{\"n\":1}}],\"b\":-1,\"c\":true,\"d\":{},"
		"\"entry\":" ENTRY "}")),
	    true },
	{ "behind a string that looks like it",
	    SHOW(EVENT("{\"a\":\"\\\"entry\\\":{\",\"entry\":" ENTRY "}")),
	    true },
	{ "an entry that is none", SHOW(EVENT("{\"entry\":[" ENTRY "]}")),
	    false },
	{ "an entry without a number of its own",
	    SHOW(EVENT("{\"entry\":{\"facts\":{\"n\":12}}}")), false },
	{ "a number with a zero before it",
	    SHOW(EVENT("{\"entry\":{\"n\":012}}")), false },
	{ "an object that does not end", SHOW("{\"data\":{\"entry\":" ENTRY),
	    false },
	{ "a string that does not end", SHOW("{\"data"), false },
	/* Canonical, whatever it is passed for. */
	{ "nested", BEHIND("[[],{},[{\"a\":[1,-2],\"b\":{\"c\":null}},[false]]]"),
	    true },
	{ "every short escape", BEHIND("\"\\b\\t\\n\\f\\r\\\"\\\\\""), true },
	{ "UTF-8 of two, three and four octets, and DEL",
	    BEHIND("\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x94\x91\x7f\""), true },
	{ "the largest integer", BEHIND("9007199254740991"), true },
	{ "nested as deep as is read", BEHIND(X28("[") X28("]")), true },
	/* What the tree would refuse, or spell otherwise. */
	{ "one deeper", BEHIND(X28("[") "[]" X28("]")), false },
	{ "beyond the largest integer", BEHIND("9007199254740992"), false },
	{ "a word with a string in it", BEHIND("tru\"e\"x"), false },
	{ "a word with more behind", BEHIND("truex"), false },
	{ "no value", BEHIND(""), false },
	{ "no value but a comma", BEHIND(",\"b\":1"), false },
	{ "no value in an array", BEHIND("[1,]"), false },
	{ "no comma in an array", BEHIND("[1 2]"), false },
	{ "no comma between members", BEHIND("{\"b\":1\"c\":2}"), false },
	{ "a comma before the first member", BEHIND("{,\"b\":1}"), false },
	{ "no colon", BEHIND("{\"b\"1}"), false },
	{ "a name that is none", BEHIND("{1:1}"), false },
	{ "a brace closes an array", BEHIND("[}"), false },
	{ "a bracket closes an object", BEHIND("{]"), false },
	{ "brackets closed in the wrong order", BEHIND("[{\"b\":[1}]]"), false },
	{ "a bracket closes the data",
	    SHOW("{\"data\":{\"entry\":" ENTRY "],\"kind\":\"x\"}"), false },
	{ "a space", BEHIND(" 1"), false },
	{ "a real", BEHIND("1.5"), false },
	{ "an exponent", BEHIND("12e3"), false },
	{ "minus nothing", BEHIND("-0"), false },
	{ "plus", BEHIND("+1"), false },
	{ "an escape that is none", BEHIND("\"\\x\""), false },
	{ "an escape that canonical JSON does not make", BEHIND("\"\\/\""), false },
	{ "an escape by number", BEHIND("\"\\u0041\""), false },
	{ "an escape of NUL by number", BEHIND("\"\\u0000\""), false },
	{ "a control character", BEHIND("\"\x01\""), false },
	{ "the end of a line", BEHIND("\"\n\""), false },
	{ "UTF-8 that goes on before it began", BEHIND("\"\x80\""), false },
	{ "UTF-8 that is cut", BEHIND("\"\xe2\x82\""), false },
	{ "UTF-8 longer than need be", BEHIND("\"\xc0\x80\""), false },
	{ "UTF-8 of a surrogate", BEHIND("\"\xed\xa0\x80\""), false },
	{ "UTF-8 beyond Unicode", BEHIND("\"\xf4\x90\x80\x80\""), false },
	{ "names not sorted", BEHIND("{\"c\":1,\"b\":2}"), false },
	{ "a longer name before a shorter", BEHIND("{\"bb\":1,\"b\":2}"), false },
	{ "a name twice", BEHIND("{\"b\":1,\"b\":1}"), false },
	{ "names of the event not sorted",
	    SHOW("{\"b\":1,\"a\":1,\"data\":{\"entry\":" ENTRY "}}"), false },
	{ "names of the data not sorted behind the entry",
	    SHOW(EVENT("{\"entry\":" ENTRY ",\"b\":1}")), false },
	{ "data twice", SHOW(EVENT("{\"entry\":" ENTRY "},\"data\":{}")), false },
	{ "a number twice", SHOW(EVENT("{\"entry\":{\"n\":12,\"n\":12}}")), false },
	{ "a number with an exponent", SHOW(EVENT("{\"entry\":{\"n\":12e3}}")),
	    false },
};


static void
is_event(const struct show_text *t)
{
	ck_assert_uint_eq(t->event_n, 1);
	ck_assert_uint_eq(t->event[0].n, 12);
	ck_assert_uint_eq(t->event[0].entry_n, strlen(ENTRY));
	ck_assert_mem_eq(t->event[0].entry, ENTRY, strlen(ENTRY));
}

START_TEST(an_event_is_read_as_text_wherever_its_entry_stands)
{
	const char *text = ROWS[_i].text;
	struct show_text t;
	bool read = show_text_read(text, strlen(text), &t);

	ck_assert_msg(read == ROWS[_i].read, "%s", ROWS[_i].why);
	if (!read)
		return;
	is_event(&t);
	show_text_done(&t);
}
END_TEST

/* Read the long way, or refused there; nothing behind the end is looked at. */
START_TEST(a_message_that_is_cut_is_not_read)
{
	const char *text = ROWS[2].text;
	struct show_text t;

	for (size_t n = 0; n < strlen(text); n++) {
		char *cut = malloc(n + (n == 0));

		memcpy(cut, text, n);
		ck_assert(!show_text_read(cut, n, &t));
		free(cut);
	}
}
END_TEST

static const char CANONICAL[] = SHOW(EVENT(
    "{\"a\":[[],{},-1,true,false,null],\"b\":{\"c\":\"\\n\xc3\xbc\",\"d\":10},"
    "\"entry\":" ENTRY ",\"f\":\"\"}"));

/* One octet, by one that means something in JSON, one of the text, or none. */
static size_t
mutate(char *text, size_t n, unsigned r)
{
	static const char of[] = "{}[]\",:\\ntfu019-e. \n\x1f\x7f\x80\xc3\xff";
	size_t at = (r >> 3) % n;
	char c = r & 1 ? of[(r >> 16) % sizeof(of)] : text[(r >> 16) % n];

	switch (r >> 1 & 3) {
	case 0:
		memmove(text + at, text + at + 1, n - at - 1);
		return n - 1;
	case 1:
		memmove(text + at + 1, text + at, n - at);
		text[at] = c;
		return n + 1;
	default:
		text[at] = c;
		return n;
	}
}

/* Else the keeper would sign for what nobody can parse. */
START_TEST(what_is_read_as_text_is_canonical)
{
	unsigned r = 1, read = 0;

	for (unsigned i = 0; i < 200000; i++) {
		char text[sizeof(CANONICAL) + 3];
		size_t n = sizeof(CANONICAL) - 1;
		struct show_text t;
		json_t *j;

		memcpy(text, CANONICAL, n);
		for (unsigned k = 0; k <= i % 3; k++) {
			r ^= r << 13;
			r ^= r >> 17;
			r ^= r << 5;
			n = mutate(text, n, r);
		}
		if (!show_text_read(text, n, &t))
			continue;
		show_text_done(&t);
		read++;
		ck_assert_msg(json_read_canonical(text, n, &j, NULL) == 0,
		    "%.*s", (int)n, text);
		json_decref(j);
	}
	ck_assert_uint_gt(read, 1000);
}
END_TEST

/* A message whose event has a string of so many escapes. */
static bool
read_escapes(size_t n)
{
	static const char around[] = BEHIND("\"@\"");
	size_t from = strcspn(around, "@"), behind = sizeof(around) - from - 1;
	char *text = malloc(from + 2 * n + behind);
	struct show_text t;
	bool read;

	ck_assert_ptr_nonnull(text);
	memcpy(text, around, from);
	for (size_t i = 0; i < n; i++)
		memcpy(text + from + 2 * i, "\\n", 2);
	memcpy(text + from + 2 * n, around + from + 1, behind - 1);
	if ((read = show_text_read(text, from + 2 * n + behind - 1, &t)))
		show_text_done(&t);
	free(text);
	return read;
}

/* Minutes for the first, if each began to look for the quote anew. */
START_TEST(an_event_is_passed_once_and_as_long_as_one_that_can_be_read)
{
	ck_assert(read_escapes(JSON_OCTETS / 2 - 512));
	ck_assert(!read_escapes(JSON_OCTETS / 2));
}
END_TEST

static const char *const WITHOUT[] = {
	EVENT("{}"),
	EVENT("{\"csr\":\"04\"}"),
	EVENT("{\"a\":{\"entry\":" ENTRY "},\"b\":\"\\\"entry\\\":{\"}"),
	"{\"data\":{},\"entry\":" ENTRY "}",
	"{\"data\":[{\"entry\":" ENTRY "}]}",
	"{\"entry\":" ENTRY "}",
	"{}",
};

START_TEST(an_event_without_an_entry_is_read)
{
	char text[1024];
	struct show_text t;
	int n = snprintf(text, sizeof(text), SHOW("%s"), WITHOUT[_i]);

	ck_assert_msg(show_text_read(text, (size_t)n, &t), "%s", text);
	ck_assert_uint_eq(t.event_n, 1);
	ck_assert_uint_eq(t.event[0].event_n, strlen(WITHOUT[_i]));
	ck_assert_ptr_null(t.event[0].entry);
	show_text_done(&t);
}
END_TEST

UNIT_MAIN("keeper/show_text",
    UNIT_ROWS(an_event_without_an_entry_is_read, WITHOUT)
    UNIT_ROWS(an_event_is_read_as_text_wherever_its_entry_stands, ROWS)
	UNIT(a_message_that_is_cut_is_not_read)
	UNIT(what_is_read_as_text_is_canonical)
	UNIT(an_event_is_passed_once_and_as_long_as_one_that_can_be_read))
