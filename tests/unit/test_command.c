#include "config.h"

#include "command/command.h"
#include "tests/unit/unit.h"

static int
nothing(void *ctx, const struct invocation *in, struct err *err)
{
	return 0;
}

static const struct option_row OPTIONS[] = {
	{ .name = "name", .letter = 'n', .value = V_NAME, .required = true, .meta = "NAME", .words = "its name" },
	{ .name = "size", .value = V_COUNT, .meta = "N", .min = 1, .max = 9, .otherwise = "3", .words = "its size" },
	{ .name = "tag", .value = V_TEXT, .many = true, .meta = "TAG", .words = "a tag" },
	{ .name = "kind", .value = V_CHOICE, .choices = "red|green", .meta = "KIND", .words = "its kind" },
	{ .name = "hold", .value = V_FLAG, .words = "hold it" },
};
static const struct argument_row ARGS[] = {
	{ .name = "FILE", .value = V_FILE, .words = "the file" },
	{ .name = "MORE", .value = V_TEXT, .optional = true, .many = true, .words = "more of them" },
};
static const struct example_row EXAMPLES[] = { { "tool box make --name a x", "make one" } };
static const enum err_code ERRORS_[] = { EUSAGE };
static const struct command_row BOX[] = {
	{ .noun = "box", .verb = "make", .summary = "Make a box", .words = "Makes a box.",
	  .args = ARGS, .args_n = 2, .options = OPTIONS, .options_n = NELEM(OPTIONS),
	  .examples = EXAMPLES, .examples_n = 1, .errors = ERRORS_, .errors_n = 1, .run = nothing },
};
static const struct noun_row NOUN = { .noun = "box", .page = "tool-box", .section = 1,
	.summary = "make boxes", .commands = BOX, .commands_n = 1 };
static const struct noun_row *const NOUNS_[] = { &NOUN };
static const struct option_row COMMON[] = {
	{ .name = "json", .value = V_FLAG, .words = "print JSON" },
};
static const struct program_row TOOL = { .name = "tool", .section = 1, .summary = "a tool",
	.words = "A tool for tests.", .nouns = NOUNS_, .nouns_n = 1, .common = COMMON,
	.common_n = 1, .see = "tool(1)" };

static int
parse(const char *const *words, struct invocation **ret)
{
	char *argv[16] = { (char *)(uintptr_t)"tool" };
	int n = 1;

	for (; words[n - 1] != NULL; n++)
		argv[n] = (char *)(uintptr_t)words[n - 1];
	return command_parse(&TOOL, n, argv, ret, &unit_err);
}

START_TEST(options_stand_where_people_put_them)
{
	static const char *const words[] = { "--json", "box", "make", "one",
		"--name=a", "--tag", "x", "-", "--tag", "y", "--", "--hold",
		NULL };
	AUTO(invocation) *in = NULL;
	static char *argv[16];
	int n = 1;

	argv[0] = (char *)(uintptr_t)"tool";
	for (; words[n - 1] != NULL; n++)
		argv[n] = (char *)(uintptr_t)words[n - 1];
	unit_ok(command_parse(&TOOL, n, argv, &in, &unit_err));
	ck_assert_str_eq(in_str(in, "name"), "a");
	ck_assert_int_eq(in_count(in, "size", 0), 3);
	ck_assert(!in_given(in, "size"));
	ck_assert_uint_eq(in_many(in, "tag"), 2);
	ck_assert_str_eq(in_nth(in, "tag", 1), "y");
	ck_assert(in_flag(in, "json"));
	ck_assert(!in_flag(in, "hold"));
	ck_assert_str_eq(in_arg(in, 0), "one");
	ck_assert_str_eq(in_arg(in, 1), "-");
	ck_assert_str_eq(in_arg(in, 2), "--hold");
	ck_assert_ptr_null(in_arg(in, 3));
}
END_TEST

static const struct {
	const char	*why;
	const char	*words[8];
	const char	*says;
} REFUSED[] = {
	{ "a noun that is none", { "bux", "make" }, "did you mean \"box\"" },
	{ "a verb that is none", { "box", "mak" }, "did you mean \"make\"" },
	{ "a noun alone", { "box" }, "say what" },
	{ "an option that is none", { "box", "make", "--nam", "x" }, "did you mean \"name\"" },
	{ "an option far from any", { "box", "make", "--zzzzzzz" }, "--help" },
	{ "no value", { "box", "make", "f", "--name" }, "needs a NAME" },
	{ "a required one missing", { "box", "make", "f" }, "--name" },
	{ "an argument missing", { "box", "make", "--name", "a" }, "FILE" },
	{ "an argument of no letters", { "box", "make", "f", "", "--name", "a" }, "MORE is empty" },
	{ "one value twice", { "box", "make", "f", "--name", "a", "-nb" }, "twice" },
	{ "a name that is none", { "box", "make", "f", "--name", "A" }, "a name of" },
	{ "a number that is none", { "box", "make", "f", "--name", "a", "--size", "3x" }, "whole number" },
	{ "a number out of bounds", { "box", "make", "f", "--name", "a", "--size", "10" }, "from 1 to 9" },
	{ "a choice that is none", { "box", "make", "f", "--name", "a", "--kind=re" }, "red|green" },
	{ "a flag with a value", { "box", "make", "f", "--name", "a", "--hold=1" }, "no value" },
};

START_TEST(what_is_not_understood_is_said_with_what_to_type)
{
	struct invocation *in = NULL;

	unit_fails(parse(REFUSED[_i].words, &in), EUSAGE);
	ck_assert_msg(strstr(unit_err.what, REFUSED[_i].says) != NULL,
	    "%s: %s", REFUSED[_i].why, unit_err.what);
	ck_assert_ptr_null(in);
}
END_TEST

START_TEST(help_is_given_whatever_else_is_missing)
{
	static const char *const words[] = { "box", "make", "--help", NULL };
	AUTO(invocation) *in = NULL;

	unit_ok(parse(words, &in));
	ck_assert(in_help(in));
	ck_assert_ptr_eq(in_command(in), &BOX[0]);
	ck_assert(!in_version(in));
}
END_TEST

START_TEST(the_version_is_told_where_nothing_else_is_said)
{
	static const char *const words[] = { "--version", NULL };
	static const char *const other[] = { "--versions", NULL };
	static const char *const beside[] = { "box", "make", "--version", NULL };
	AUTO(invocation) *in = NULL, *none = NULL;

	unit_ok(parse(words, &in));
	ck_assert(in_version(in) && !in_help(in));
	unit_fails(parse(other, &none), EUSAGE);
	unit_fails(parse(beside, &none), EUSAGE);
}
END_TEST

START_TEST(a_row_without_words_is_found)
{
	struct command_row row = BOX[0];
	struct noun_row noun = NOUN;
	const struct noun_row *nouns[] = { &noun };
	struct program_row tool = TOOL;

	unit_ok(table_check(&TOOL, &unit_err));
	noun.commands = &row;
	tool.nouns = nouns;
	row.words = "";
	unit_fails(table_check(&tool, &unit_err), ESCHEMA);
	row.words = BOX[0].words;
	row.examples_n = 0;
	unit_fails(table_check(&tool, &unit_err), ESCHEMA);
	row.examples_n = 1;
	row.errors_n = 0;
	unit_fails(table_check(&tool, &unit_err), ESCHEMA);
	row.errors_n = 1;
	unit_ok(table_check(&tool, &unit_err));
}
END_TEST

static const struct {
	const char	*why;
	enum value_kind	 v;
	const char	*text;
	bool		 good;
} VALUES[] = {
	{ "a date is a time", V_TIME, "2026-11-21", true },
	{ "so is an instant", V_TIME, "2026-11-21T08:15:00Z", true },
	{ "and now", V_TIME, "now", true },
	{ "but not tomorrow", V_TIME, "tomorrow", false },
	{ "nor another zone", V_TIME, "2026-11-21T08:15:00+01:00", false },
	{ "a duration is ISO 8601", V_DURATION, "P90D", true },
	{ "not English", V_DURATION, "90 days", false },
	{ "a pair has a name", V_PAIR, "=x", false },
	{ "and may have an empty value", V_PAIR, "x=", true },
	{ "and names are names", V_PAIR, "X y=z", false },
	{ "a hash has 64 digits", V_HASH, "abc", false },
	{ "a request has its prefix", V_REQUEST, "house_01k3m6w0c0h2v7y5t4r3q2p1n0", false },
	{ "and its digits", V_REQUEST, "req_01k3m6w0c0h2v7y5t4r3q2p1n0", true },
	{ "a path is not empty", V_FILE, "", false },
};

START_TEST(values_look_like_what_they_are)
{
	int rc = value_check(VALUES[_i].v, NULL, 0, 0, "it", VALUES[_i].text,
	    &unit_err);

	ck_assert_msg((rc == 0) == VALUES[_i].good, "%s", VALUES[_i].why);
}
END_TEST

UNIT_MAIN("command",
	UNIT(options_stand_where_people_put_them)
	UNIT_ROWS(what_is_not_understood_is_said_with_what_to_type, REFUSED)
	UNIT(help_is_given_whatever_else_is_missing)
	UNIT(the_version_is_told_where_nothing_else_is_said)
	UNIT(a_row_without_words_is_found)
	UNIT_ROWS(values_look_like_what_they_are, VALUES))
