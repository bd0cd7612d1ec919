#include "config.h"

#include "base/json.h"
#include "tests/unit/unit.h"
#include "wire/message.h"

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
} READ[] = {
	{ "an object with a name we know", "{\"do\":\"use\"}", OK },
	{ "a message must be an object", "[]", EINPUT },
	{ "and one at all", "", EINPUT },
	{ "and say what to do", "{}", ESCHEMA },
	{ "in a string", "{\"do\":1}", ESCHEMA },
	{ "with a name we know", "{\"do\":\"sign\"}", ESCHEMA },
	{ "written as it is", "{\"do\":\"Use\"}", ESCHEMA },
};

START_TEST(what_a_message_asks_for_is_known_or_refused)
{
	AUTO_JSON *j = NULL;
	enum message m = MESSAGE__N;
	int rc = message_read(READ[_i].text, strlen(READ[_i].text), &j,
	    &unit_err);

	if (rc == 0)
		rc = message_what(j, &m, &unit_err);
	ck_assert_msg(rc == -(int)READ[_i].code, "%s: %s", READ[_i].why,
	    unit_err.what);
	ck_assert_int_eq(m, rc == 0 ? MESSAGE_USE : MESSAGE__N);
}
END_TEST

START_TEST(every_message_reads_as_it_was_made)
{
	unsigned i;

	for (i = 0; i < MESSAGE__N; i++) {
		AUTO_JSON *j = NULL, *back = NULL;
		struct blob b = { 0 };
		enum message m;

		unit_ok(message_make((enum message)i, &j, &unit_err));
		unit_ok(message_write(j, &b, &unit_err));
		unit_ok(message_read(b.data, b.len, &back, &unit_err));
		unit_ok(message_what(back, &m, &unit_err));
		ck_assert_int_eq(m, i);
		blob_done(&b);
	}
	ck_assert_str_eq(message_name(MESSAGE__N), "?");
}
END_TEST

START_TEST(an_error_comes_out_as_it_went_in)
{
	unsigned c;

	for (c = OK + 1; c < ERR__N; c++) {
		struct err in = { 0 }, out = { 0 };
		AUTO_JSON *a = NULL;

		(void)err_set(&in, (enum err_code)c, "no %s", "luck");
		unit_ok(answer_no(&in, &a, &unit_err));
		ck_assert_int_eq(answer_check(a, &out), -(int)c);
		ck_assert_int_eq(out.code, c);
		ck_assert_str_eq(out.what, "no luck");
	}
}
END_TEST

START_TEST(words_that_do_not_print_still_make_an_answer)
{
	struct err in = { 0 };
	AUTO_JSON *a = NULL;
	struct blob b = { 0 };

	(void)err_set(&in, EINPUT, "\"\x1b[31m\xff\n\"");
	unit_ok(answer_no(&in, &a, &unit_err));
	unit_ok(message_write(a, &b, &unit_err));
	unit_fails(answer_check(a, &unit_err), EINPUT);
	ck_assert_str_eq(unit_err.what, "\"?[31m??\"");
	blob_done(&b);
}
END_TEST

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
} ANSWERS[] = {
	{ "ok", "{\"ok\":true}", OK },
	{ "refused", "{\"ok\":false,\"code\":\"denied\",\"what\":\"x\"}",
	    EDENIED },
	{ "without words", "{\"ok\":false,\"code\":\"denied\"}", EDENIED },
	{ "a code we do not know", "{\"ok\":false,\"code\":\"new\"}",
	    EINTERNAL },
	{ "without a code", "{\"ok\":false}", EKEEPER },
	{ "neither", "{}", EKEEPER },
	{ "true is not \"true\"", "{\"ok\":\"true\"}", EKEEPER },
	{ "nor 1", "{\"ok\":1}", EKEEPER },
};

START_TEST(an_answer_is_yes_or_an_error)
{
	AUTO_JSON *a = NULL;
	struct err e;

	unit_ok(message_read(ANSWERS[_i].text, strlen(ANSWERS[_i].text), &a,
	    &unit_err));
	ck_assert_msg(answer_check(a, &e) == -(int)ANSWERS[_i].code, "%s",
	    ANSWERS[_i].why);
}
END_TEST

static const struct {
	const char	*why;
	const char	*text;
	const char	*entry;		/* NULL: it stays whole */
} ENTRIES[] = {
	{ "an entry", "{\"entry\":{\"n\":1},\"ok\":true}", "{\"n\":1}" },
	{ "an empty one", "{\"entry\":{},\"ok\":true}", "{}" },
	{ "one and more", "{\"entry\":{},\"ok\":true,\"rule\":1}", NULL },
	{ "none", "{\"ok\":true,\"size\":{}}", NULL },
	{ "another thing", "{\"entry\":[1,2],\"ok\":true}", NULL },
	{ "a refusal", "{\"entry\":{\"a\":1},\"ok\":false}", NULL },
};

START_TEST(an_entry_is_cut_out_of_its_answer)
{
	AUTO_JSON *a = NULL;
	struct blob b = { 0 };
	bool canonical = false, cut;

	unit_ok(blob_puts(&b, ENTRIES[_i].text, &unit_err));
	unit_ok(message_read_known(b.data, b.len, &a, &canonical, &unit_err));
	ck_assert(canonical);
	cut = answer_entry_cut(a, &b);
	ck_assert_msg(cut == (ENTRIES[_i].entry != NULL), "%s", ENTRIES[_i].why);
	ck_assert_str_eq(blob_str(&b), cut ? ENTRIES[_i].entry :
	    ENTRIES[_i].text);
	blob_done(&b);
}
END_TEST

UNIT_MAIN("wire/message",
	UNIT_ROWS(what_a_message_asks_for_is_known_or_refused, READ)
	UNIT(every_message_reads_as_it_was_made)
	UNIT(an_error_comes_out_as_it_went_in)
	UNIT(words_that_do_not_print_still_make_an_answer)
	UNIT_ROWS(an_answer_is_yes_or_an_error, ANSWERS)
	UNIT_ROWS(an_entry_is_cut_out_of_its_answer, ENTRIES))
