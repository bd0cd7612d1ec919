#include "config.h"

#include "policy/facts.h"
#include "policy/keystate.h"
#include "tests/unit/charters.h"

/* --- facts --- */

START_TEST(a_fact_is_said_and_said_again)
{
	AUTO(facts) *f = NULL;
	const struct fact_value *v;

	unit_ok(facts_new(&f, &unit_err));
	ck_assert_ptr_null(facts_get(f, FACT_KEY_NAME, NULL));
	unit_ok(facts_str(f, "key.name", "a", REPLAYED, &unit_err));
	unit_ok(facts_str(f, "key.name", "b", PROVEN, &unit_err));
	v = facts_get(f, FACT_KEY_NAME, NULL);
	ck_assert_str_eq(v->s, "b");
	ck_assert_int_eq(v->from, PROVEN);
	facts_drop(f, "key.name");
	ck_assert_ptr_null(facts_get(f, FACT_KEY_NAME, NULL));
	unit_ok(facts_str(f, "key.name", NULL, PROVEN, &unit_err));
	ck_assert_ptr_null(facts_get(f, FACT_KEY_NAME, NULL));
}
END_TEST

START_TEST(a_claim_is_always_asserted)
{
	AUTO(facts) *f = NULL;

	unit_ok(facts_new(&f, &unit_err));
	unit_ok(facts_str(f, "claim.ticket", "T-1", PROVEN, &unit_err));
	ck_assert_int_eq(facts_get(f, FACT_CLAIM, "ticket")->from, ASSERTED);
	ck_assert_ptr_null(facts_get(f, FACT_CLAIM, "tick"));
	facts_clear(f);
	ck_assert_ptr_null(facts_get(f, FACT_CLAIM, "ticket"));
}
END_TEST

START_TEST(a_fact_has_its_name_and_type)
{
	AUTO(facts) *f = NULL;

	unit_ok(facts_new(&f, &unit_err));
	unit_fails(facts_str(f, "key.colour", "red", PROVEN, &unit_err),
	    ESCHEMA);
	unit_fails(facts_str(f, "claim.", "x", PROVEN, &unit_err), ESCHEMA);
	unit_fails(facts_str(f, "claim.A", "x", PROVEN, &unit_err), ESCHEMA);
	unit_fails(facts_int(f, "key.name", 1, PROVEN, &unit_err), ESCHEMA);
	unit_fails(facts_flag(f, "claim.x", true, PROVEN, &unit_err),
	    ESCHEMA);
	unit_fails(facts_set(f, "key.name", NULL, 0, PROVEN, &unit_err),
	    ESCHEMA);
}
END_TEST

START_TEST(there_are_at_most_so_many)
{
	AUTO(facts) *f = NULL;
	const char *many[257];
	char name[32];
	int i;

	unit_ok(facts_new(&f, &unit_err));
	for (i = 0; i < 64; i++) {
		(void)snprintf(name, sizeof(name), "claim.c%d", i);
		unit_ok(facts_str(f, name, "x", ASSERTED, &unit_err));
	}
	unit_ok(facts_str(f, "claim.c0", "y", ASSERTED, &unit_err));
	unit_fails(facts_str(f, "claim.c64", "x", ASSERTED, &unit_err),
	    ERANGE_);
	for (i = 0; i < 257; i++)
		many[i] = "p";
	unit_ok(facts_set(f, "key.products", many, 256, PROVEN, &unit_err));
	unit_fails(facts_set(f, "key.products", many, 257, PROVEN,
	    &unit_err), ERANGE_);
}
END_TEST

static const struct {
	const char	*why, *time;
	int64_t		 minute;
	const char	*day;
} TIMES[] = {
	{ "the first moment", "1970-01-01T00:00:00.000000Z", 0, "thu" },
	{ "a leap day", "2024-02-29T23:59:59.999999Z", 1439, "thu" },
	{ "the day after", "2024-03-01T00:00:00.000000Z", 0, "fri" },
	{ "a Sunday's last minute", "2026-11-22T23:59:00.000000Z", 1439,
	    "sun" },
	{ "a Monday's first", "2026-11-23T00:00:00.000000Z", 0, "mon" },
	{ "noon", "2026-11-21T12:00:30.000000Z", 720, "sat" },
};

START_TEST(time_is_minutes_and_a_day_in_utc)
{
	AUTO(facts) *f = NULL;
	time_us t;

	unit_ok(facts_new(&f, &unit_err));
	unit_ok(clock_parse(TIMES[_i].time, &t, &unit_err));
	unit_ok(facts_time(f, t, PROVEN, &unit_err));
	ck_assert_int_eq(facts_get(f, FACT_TIME_OF_DAY, NULL)->i,
	    TIMES[_i].minute);
	ck_assert_str_eq(facts_get(f, FACT_WEEKDAY, NULL)->s, TIMES[_i].day);
}
END_TEST

START_TEST(facts_survive_json)
{
	static const char TEXT[] = "{'action':{'value':'key.sign','from':"
	    "'proven'},'key.exclusive':{'value':false,'from':'replayed'},"
	    "'key.products':{'value':['a','b'],'from':'proven'},"
	    "'time.of-day':{'value':17,'from':'asserted'},"
	    "'claim.x':{'value':'y','from':'asserted'}}";
	AUTO_JSON *j = json_text(TEXT), *again = NULL;
	AUTO(facts) *f = NULL;

	unit_ok(facts_from_json(j, &f, &unit_err));
	again = facts_json(f);
	ck_assert(json_equal(j, again));
}
END_TEST

static const char *const SPELLED[] = { "an empty set", "a set",
    "a claim among them" };

/* In an entry they stand as text: the same that a tree of them is spelled as. */
START_TEST(facts_are_spelled_as_their_json_is)
{
	AUTO_JSON *j = NULL;
	AUTO(facts) *f = NULL;
	struct blob text = { 0 }, want = { 0 };
	static const char *const products[] = { "b\"\\", "a\xc3\xa9" };

	unit_ok(facts_new(&f, &unit_err));
	unit_ok(facts_canonical(f, &text, &unit_err));
	ck_assert_str_eq(blob_str(&text), "{}");
	unit_ok(facts_str(f, "time.weekday", "mon", PROVEN, &unit_err));
	unit_ok(facts_int(f, "time.of-day", -17, ASSERTED, &unit_err));
	unit_ok(facts_str(f, "action", "key.sign\n", PROVEN, &unit_err));
	unit_ok(facts_flag(f, "key.exclusive", false, REPLAYED, &unit_err));
	unit_ok(facts_flag(f, "cert.reissue", true, PROVEN, &unit_err));
	unit_ok(facts_set(f, "key.products", products, _i == 0 ? 0 : 2, PROVEN,
	    &unit_err));
	if (_i == 2)
		unit_ok(facts_str(f, "claim.x", "y", ASSERTED, &unit_err));
	j = facts_json(f);
	unit_ok(json_canonical(j, &want, &unit_err));
	blob_clear(&text);
	unit_ok(facts_canonical(f, &text, &unit_err));
	ck_assert_msg(strcmp(blob_str(&text), blob_str(&want)) == 0,
	    "%s: %s", SPELLED[_i], blob_str(&text));
	blob_done(&text);
	blob_done(&want);
}
END_TEST

static const char *const NO_FACTS[] = { "[]", "{'key.name':'k'}",
    "{'key.name':{'value':'k'}}", "{'key.name':{'from':'proven'}}",
    "{'key.name':{'value':'k','from':'hearsay'}}",
    "{'key.name':{'value':1,'from':'proven'}}",
    "{'key.products':{'value':[1],'from':'proven'}}",
    "{'key.name':{'value':null,'from':'proven'}}",
    "{'key.name':{'value':'k','from':'proven','more':1}}",
    "{'no.such':{'value':'k','from':'proven'}}" };

START_TEST(what_is_no_fact_is_refused)
{
	AUTO_JSON *j = json_text(NO_FACTS[_i]);
	struct facts *f = NULL;

	unit_fails(facts_from_json(j, &f, &unit_err), ESCHEMA);
	ck_assert_ptr_null(f);
}
END_TEST

/* --- the states of a key --- */

/*
 * SP 800-57 part 1 rev. 5, 7: from each state, each move of activate, suspend,
 * resume, deactivate, compromise, destroy; "-" is refused.
 */
static const struct {
	enum key_state	 from;
	const char	*to;		/* first letters, in that order */
} STATES[] = {
	{ KEY_PREACTIVATION, "a---cd" },
	{ KEY_ACTIVE,        "-s-Dcd" },
	{ KEY_SUSPENDED,     "--aDcd" },
	{ KEY_DEACTIVATED,   "----cd" },
	{ KEY_COMPROMISED,   "-----d" },
	{ KEY_DESTROYED,     "------" },
};

START_TEST(a_key_moves_as_sp800_57_says)
{
	static const char LETTER[] = { [KEY_PREACTIVATION] = 'p',
	    [KEY_ACTIVE] = 'a', [KEY_SUSPENDED] = 's',
	    [KEY_DEACTIVATED] = 'D', [KEY_COMPROMISED] = 'c',
	    [KEY_DESTROYED] = 'd' };
	enum key_state to;
	int m;

	for (m = 0; m < KEY_MOVE__N; m++) {
		to = KEY_PREACTIVATION;
		if (STATES[_i].to[m] == '-')
			unit_fails(key_state_next(STATES[_i].from,
			    (enum key_move)m, &to, &unit_err), ESTATE);
		else
			unit_ok(key_state_next(STATES[_i].from,
			    (enum key_move)m, &to, &unit_err));
		ck_assert_int_eq(LETTER[to], STATES[_i].to[m] == '-' ? 'p' :
		    STATES[_i].to[m]);
	}
	ck_assert_int_eq(key_state_may_protect(STATES[_i].from),
	    STATES[_i].from == KEY_ACTIVE);
}
END_TEST

START_TEST(states_and_moves_have_their_words)
{
	enum key_state s;
	enum key_move m;
	int i;

	for (i = 0; i < KEY_STATE__N; i++) {
		unit_ok(key_state_from_name(key_state_name((enum key_state)i),
		    &s, &unit_err));
		ck_assert_int_eq(s, i);
	}
	for (i = 0; i < KEY_MOVE__N; i++) {
		unit_ok(key_move_from_action(key_move_action((enum key_move)i),
		    &m, &unit_err));
		ck_assert_int_eq(m, i);
	}
	unit_fails(key_state_from_name("Active", &s, &unit_err), EINPUT);
	unit_fails(key_move_from_action("key.sign", &m, &unit_err), EINPUT);
}
END_TEST

/* --- the table of actions --- */

START_TEST(every_action_belongs_to_a_class_or_to_access)
{
	enum action a;
	int i, k, kinds;

	for (i = 0; i < ACTION__N; i++) {
		unit_ok(action_from_name(action_name((enum action)i), &a,
		    &unit_err));
		ck_assert_int_eq(a, i);
		ck_assert_str_ne(action_words(a), "");
		for (kinds = 0, k = 0; k < KIND__N; k++)
			kinds += action_for_kind(a, (enum class_kind)k);
		ck_assert_int_eq(kinds > 0, action_of_class(a));
	}
	unit_fails(action_from_name("key.fly", &a, &unit_err), ESCHEMA);
}
END_TEST

static const struct {
	enum class_kind	 kind;
	enum action	 use[10];	/* its own, ending in ACTION__N */
} KINDS[] = {
	{ KIND_FIRMWARE_SIGNING, { ACTION_KEY_SIGN, ACTION__N } },
	{ KIND_CA, { ACTION_CERT_ISSUE, ACTION_CRL_SIGN, ACTION_OCSP_SIGN,
	    ACTION_CA_CREATE, ACTION_CA_IMPORT, ACTION_CERT_REVOKE,
	    ACTION_CERT_HOLD, ACTION_CERT_RELEASE, ACTION_CA_REQUEST,
	    ACTION__N } },
	{ KIND_OTA_ENCRYPTION, { ACTION_OTA_SEAL, ACTION_OTA_OPEN,
	    ACTION_KEY_WRAP, ACTION__N } },
	{ KIND_DEBUG_AUTH, { ACTION_DEBUG_AUTHORIZE, ACTION__N } },
};

/* No blind signing with a CA or debug key, and no other crossing. */
START_TEST(what_a_kind_can_do_no_other_can)
{
	size_t i, k;

	for (i = 0; i < 10 && KINDS[_i].use[i] != ACTION__N; i++)
		for (k = 0; k < NELEM(KINDS); k++)
			ck_assert_int_eq(action_for_kind(KINDS[_i].use[i],
			    KINDS[k].kind), (int)k == _i);
}
END_TEST

UNIT_MAIN("policy/facts",
	UNIT(a_fact_is_said_and_said_again)
	UNIT(a_claim_is_always_asserted)
	UNIT(a_fact_has_its_name_and_type)
	UNIT(there_are_at_most_so_many)
	UNIT_ROWS(time_is_minutes_and_a_day_in_utc, TIMES)
	UNIT_ROWS(facts_are_spelled_as_their_json_is, SPELLED)
	UNIT(facts_survive_json)
	UNIT_ROWS(what_is_no_fact_is_refused, NO_FACTS)
	UNIT_ROWS(a_key_moves_as_sp800_57_says, STATES)
	UNIT(states_and_moves_have_their_words)
	UNIT(every_action_belongs_to_a_class_or_to_access)
	UNIT_ROWS(what_a_kind_can_do_no_other_can, KINDS))
