#include "config.h"

#include "keeper/show_text.h"
#include "tests/unit/unit.h"

#define LEAF \
	"\"0000000000000000000000000000000000000000000000000000000000000000\""
#define SHOW(event) \
	"{\"do\":\"show\",\"events\":{\"7\":" event "},\"final\":true," \
	"\"from\":7,\"leaves\":[" LEAF "]}"
#define EVENT(data) "{\"actor\":\"ci\",\"data\":" data ",\"kind\":\"x\"}"
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
	{ "no entry", SHOW(EVENT("{\"csr\":\"04\"}")), false },
	{ "an entry that is none", SHOW(EVENT("{\"entry\":[" ENTRY "]}")),
	    false },
	{ "an entry outside of the data",
	    SHOW("{\"data\":{},\"entry\":" ENTRY "}"), false },
	{ "an entry without a number of its own",
	    SHOW(EVENT("{\"entry\":{\"facts\":{\"n\":12}}}")), false },
	{ "a number with a zero before it",
	    SHOW(EVENT("{\"entry\":{\"n\":012}}")), false },
	{ "an object that does not end", SHOW("{\"data\":{\"entry\":" ENTRY),
	    false },
	{ "a string that does not end", SHOW("{\"data"), false },
};

static void
is_event(const struct show_text *t)
{
	ck_assert_uint_eq(t->event_n, 1);
	ck_assert_uint_eq(t->event[0].index, 7);
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

UNIT_MAIN("keeper/show_text",
    UNIT_ROWS(an_event_is_read_as_text_wherever_its_entry_stands, ROWS)
	UNIT(a_message_that_is_cut_is_not_read))
