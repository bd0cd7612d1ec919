/* What askers write for people to read. */
#include "config.h"

#include "policy/permit.h"
#include "tests/unit/ballot.h"

static const struct {
	const char	*why, *parameters;
	enum err_code	 code;
} WORDS[] = {
	{ "a line of text", "{'note':'for the fair','claims':{'build':'42'}}", OK },
	{ "a note of two lines", "{'note':'a\\nclaim  z'}", EINPUT },
	{ "a claim of two", "{'claims':{'a':'1','build':'42\\nrule  x'}}", EINPUT },
	{ "a reason that turns what follows round", "{'reason':'a\\u202eb'}", EINPUT },
	{ "a version with a tabulator", "{'version':'1.0\\t'}", EINPUT },
	{ "a label that clears the screen", "{'label':'\\u001b[2J'}", EINPUT },
	{ "a custodian", "{'custodian':'A\\rB'}", EINPUT },
	{ "a place", "{'at':'A\\u2028B'}", EINPUT },
	{ "a device", "{'device':'A\\u009bB'}", EINPUT },
	{ "what others' certificates say is taken as it is", "{'issuer_name':'a\\nb'}", OK },
};

START_TEST(what_people_write_is_a_line)
{
	AUTO_JSON *p = json_text(WORDS[_i].parameters);
	int rc = parameters_words_check(p, &unit_err);

	ck_assert_msg(rc == -(int)WORDS[_i].code, "%s", WORDS[_i].why);
}
END_TEST

/* A house may have recorded it before it was refused. */
START_TEST(what_was_written_before_is_read)
{
	AUTO_JSON *p = json_text("{'key':'" HEX_A "','key_name':'k',"
	    "'digest':{'algorithm':'sha-256','value':'" HEX_B "'},"
	    "'note':'a\\nb'}"), *j = NULL;
	time_us now = clock_now();

	unit_ok(parameters_check(ACTION_KEY_SIGN, p, &unit_err));
	unit_fails(request_build(HOUSE, REQ, ACTION_KEY_SIGN, "ci", p, now,
	    now + 1, &j, &unit_err), EINPUT);
}
END_TEST

UNIT_MAIN("policy/words",
	UNIT_ROWS(what_people_write_is_a_line, WORDS)
	UNIT(what_was_written_before_is_read))
