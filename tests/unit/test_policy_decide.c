#include "config.h"

#include "policy/decide.h"
#include "policy/version.h"
#include "tests/unit/charters.h"

/*
 * One rule, one question: what a condition takes and what it does not.
 * @m is put into "when" or "require" of a rule for key.sign by release-tools.
 */
static const struct {
	const char	*why;
	const char	*when, *require;
	const char	*facts;
	enum verdict	 verdict;
	enum why	 reason;
} WORDS[] = {
	{ "no condition takes everything", "", "", "{}", ALLOW, WHY_ALLOWED },
	{ "equal text", "{'key.environment':'production'}", "",
	    "{'key.environment':'production'}", ALLOW, WHY_ALLOWED },
	{ "another text", "{'key.environment':'production'}", "",
	    "{'key.environment':'development'}", DENY, WHY_NO_RULE },
	{ "a longer text", "{'key.environment':'production'}", "",
	    "{'key.environment':'production2'}", DENY, WHY_NO_RULE },
	{ "a missing fact does not match", "{'key.environment':'production'}",
	    "", "{}", DENY, WHY_NO_RULE },
	{ "one of a list", "{'key.algorithm':['ec-p256','ec-p384']}", "",
	    "{'key.algorithm':'ec-p384'}", ALLOW, WHY_ALLOWED },
	{ "none of a list", "{'key.algorithm':['ec-p256','ec-p384']}", "",
	    "{'key.algorithm':'rsa-3072'}", DENY, WHY_NO_RULE },
	{ "not: the other", "{'key.environment':{'not':'production'}}", "",
	    "{'key.environment':'development'}", ALLOW, WHY_ALLOWED },
	{ "not: the same", "{'key.environment':{'not':'production'}}", "",
	    "{'key.environment':'production'}", DENY, WHY_NO_RULE },
	{ "not: a missing fact does not match either",
	    "{'key.environment':{'not':'production'}}", "", "{}", DENY,
	    WHY_NO_RULE },
	{ "not one of a list",
	    "{'key.environment':{'not':['production','root']}}", "",
	    "{'key.environment':'root'}", DENY, WHY_NO_RULE },
	{ "a flag that is set", "{'key.exclusive':true}", "",
	    "{'key.exclusive':true}", ALLOW, WHY_ALLOWED },
	{ "a flag that is not", "{'key.exclusive':true}", "",
	    "{'key.exclusive':false}", DENY, WHY_NO_RULE },
	{ "a flag wanted false", "{'key.exportable':false}", "",
	    "{'key.exportable':false}", ALLOW, WHY_ALLOWED },
	{ "an element of a set", "{'key.products':'gateway'}", "",
	    "{'key.products':['lock','gateway']}", ALLOW, WHY_ALLOWED },
	{ "no element of a set", "{'key.products':'gateway'}", "",
	    "{'key.products':['lock']}", DENY, WHY_NO_RULE },
	{ "the empty set has no element", "{'key.products':'gateway'}", "",
	    "{'key.products':[]}", DENY, WHY_NO_RULE },
	{ "below", "{'time.of-day':{'below':60}}", "", "{'time.of-day':59}",
	    ALLOW, WHY_ALLOWED },
	{ "not below itself", "{'time.of-day':{'below':60}}", "",
	    "{'time.of-day':60}", DENY, WHY_NO_RULE },
	{ "at least", "{'time.of-day':{'at-least':60}}", "",
	    "{'time.of-day':60}", ALLOW, WHY_ALLOWED },
	{ "less than at least", "{'time.of-day':{'at-least':60}}", "",
	    "{'time.of-day':59}", DENY, WHY_NO_RULE },
	{ "from is within", "{'time.of-day':{'from':'08:00','to':'18:00'}}",
	    "", "{'time.of-day':480}", ALLOW, WHY_ALLOWED },
	{ "a minute before from is not",
	    "{'time.of-day':{'from':'08:00','to':'18:00'}}", "",
	    "{'time.of-day':479}", DENY, WHY_NO_RULE },
	{ "to is without", "{'time.of-day':{'from':'08:00','to':'18:00'}}",
	    "", "{'time.of-day':1080}", DENY, WHY_NO_RULE },
	{ "past midnight, late", "{'time.of-day':{'from':'22:00','to':'06:00'}}",
	    "", "{'time.of-day':1380}", ALLOW, WHY_ALLOWED },
	{ "past midnight, early",
	    "{'time.of-day':{'from':'22:00','to':'06:00'}}", "",
	    "{'time.of-day':359}", ALLOW, WHY_ALLOWED },
	{ "past midnight, at noon",
	    "{'time.of-day':{'from':'22:00','to':'06:00'}}", "",
	    "{'time.of-day':720}", DENY, WHY_NO_RULE },
	{ "not within hours",
	    "{'time.of-day':{'not':{'from':'08:00','to':'18:00'}}}", "",
	    "{'time.of-day':1200}", ALLOW, WHY_ALLOWED },
	{ "a day of the week", "{'time.weekday':['mon','tue']}", "",
	    "{'time.weekday':'tue'}", ALLOW, WHY_ALLOWED },
	{ "a claim", "{'claim.urgent':'yes'}", "", "{'claim.urgent':'yes'}",
	    ALLOW, WHY_ALLOWED },
	{ "another claim", "{'claim.urgent':'yes'}", "",
	    "{'claim.urgency':'yes'}", DENY, WHY_NO_RULE },
	{ "two conditions, both", "{'key.environment':'production',"
	    "'key.state':'active'}", "",
	    "{'key.environment':'production','key.state':'active'}", ALLOW,
	    WHY_ALLOWED },
	{ "two conditions, one", "{'key.environment':'production',"
	    "'key.state':'active'}", "",
	    "{'key.environment':'production','key.state':'suspended'}", DENY,
	    WHY_NO_RULE },
	{ "a kind of principal", "{'principal.kind':'tool'}", "", "{}",
	    DENY, WHY_NO_RULE },

	{ "required digest", "", "{'artifact.digest':'sha-256'}",
	    "{'artifact.digest':'sha-256'}", ALLOW, WHY_ALLOWED },
	{ "another digest", "", "{'artifact.digest':'sha-256'}",
	    "{'artifact.digest':'sha-512'}", DENY, WHY_REQUIRE },
	{ "no digest", "", "{'artifact.digest':'sha-256'}", "{}", DENY,
	    WHY_REQUIRE },
	{ "present", "", "{'claim.ticket':'present'}",
	    "{'claim.ticket':'T-1'}", ALLOW, WHY_ALLOWED },
	{ "present but empty", "", "{'claim.ticket':'present'}",
	    "{'claim.ticket':''}", DENY, WHY_REQUIRE },
	{ "absent", "", "{'claim.ticket':'present'}", "{}", DENY,
	    WHY_REQUIRE },
	{ "of the key's products", "", "{'artifact.product':'of-key'}",
	    "{'artifact.product':'lock','key.products':['lock']}", ALLOW,
	    WHY_ALLOWED },
	{ "of another key's products", "", "{'artifact.product':'of-key'}",
	    "{'artifact.product':'lock','key.products':['gateway']}", DENY,
	    WHY_REQUIRE },
	{ "of a key without products", "", "{'artifact.product':'of-key'}",
	    "{'artifact.product':'lock'}", DENY, WHY_REQUIRE },
	{ "the first version of all", "", "{'artifact.version':'increasing'}",
	    "{'artifact.version':'1','artifact.highest-version':''}", ALLOW,
	    WHY_ALLOWED },
	{ "a higher version", "", "{'artifact.version':'increasing'}",
	    "{'artifact.version':'2.1.10','artifact.highest-version':'2.1.9'}",
	    ALLOW, WHY_ALLOWED },
	{ "the same version", "", "{'artifact.version':'increasing'}",
	    "{'artifact.version':'2.0','artifact.highest-version':'2'}", DENY,
	    WHY_REQUIRE },
	{ "a lower version", "", "{'artifact.version':'increasing'}",
	    "{'artifact.version':'2.1.9','artifact.highest-version':'3.0'}",
	    DENY, WHY_REQUIRE },
	{ "a version that is none", "", "{'artifact.version':'increasing'}",
	    "{'artifact.version':'2a','artifact.highest-version':''}", DENY,
	    WHY_REQUIRE },
	{ "no version", "", "{'artifact.version':'increasing'}",
	    "{'artifact.highest-version':''}", DENY, WHY_REQUIRE },
	{ "when nobody knows the highest", "",
	    "{'artifact.version':'increasing'}", "{'artifact.version':'9'}",
	    DENY, WHY_REQUIRE },
};

/* A rule that stands where both words go; "" leaves a member out. */
static void
rule_text(const char *when, const char *require, char *ret, size_t n)
{
	(void)snprintf(ret, n, "[{'name':'r','why':'w','action':['key.sign'],"
	    "'by':['release-tools']%s%s%s%s},"
	    "{'name':'s','why':'w','action':['key.suspend'],"
	    "'by':['release-officers']}]",
	    *when == '\0' ? "" : ",'when':", when,
	    *require == '\0' ? "" : ",'require':", require);
}

static struct charter *
charter_of(const char *when, const char *require)
{
	struct charter *c = NULL;
	char text[1000];

	rule_text(when, require, text, sizeof(text));
	unit_ok(charter_with_rules(text, &c, &unit_err));
	return c;
}

START_TEST(each_word_means_what_it_says)
{
	AUTO(charter) *c = charter_of(WORDS[_i].when, WORDS[_i].require);
	AUTO(facts) *f = facts_text(WORDS[_i].facts);
	struct decision d;

	unit_ok(facts_str(f, "principal.id", "ci", PROVEN, &unit_err));
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	ck_assert_msg(d.verdict == WORDS[_i].verdict, "%s: %s",
	    WORDS[_i].why, reason_words(d.why));
	ck_assert_msg(d.why == WORDS[_i].reason, "%s: %s", WORDS[_i].why,
	    reason_code(d.why));
	ck_assert_int_eq(d.rule == NULL, d.why == WHY_NO_RULE);
}
END_TEST

/* An explanation of each of them can be made, says the same and is canonical. */
START_TEST(each_decision_can_be_explained)
{
	AUTO(charter) *c = charter_of(WORDS[_i].when, WORDS[_i].require);
	AUTO(facts) *f = facts_text(WORDS[_i].facts);
	AUTO_JSON *e = NULL;
	struct blob b = { 0 };
	struct decision d;

	unit_ok(facts_str(f, "principal.id", "ci", PROVEN, &unit_err));
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	e = decision_explain(&d, f);
	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(json_str(e, "verdict", ""), verdict_name(d.verdict));
	ck_assert_str_eq(json_str(e, "reason", ""), reason_code(d.why));
	if (d.verdict == DENY)
		ck_assert_uint_gt(json_array_size(json_object_get(e,
		    "would_pass")), 0);
	unit_ok(json_canonical(e, &b, &unit_err));
	blob_done(&b);
}
END_TEST

START_TEST(the_time_of_day_is_told_as_a_clock_does)
{
	AUTO(charter) *c = charter_of("{'time.of-day':{'from':'09:00',"
	    "'to':'17:00'}}", "");
	AUTO(facts) *f = facts_text("{'time.of-day':539}");
	AUTO_JSON *e = NULL;
	struct decision d;
	char *text;

	unit_ok(facts_str(f, "principal.id", "ci", PROVEN, &unit_err));
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	ck_assert_int_eq(d.verdict, DENY);
	e = decision_explain(&d, f);
	text = json_pretty(e);
	ck_assert_msg(strstr(text, "08:59") != NULL, "%s", text);
	free(text);
}
END_TEST

/* Who asks, of what. */
static const struct {
	const char	*why, *principal;
	enum action	 action;
	const char	*class;
	enum why	 reason;
} ASKED[] = {
	{ "a tool in the group", "ci", ACTION_KEY_SIGN, "firmware-signing",
	    WHY_ALLOWED },
	{ "a person outside the group", "officer-1", ACTION_KEY_SIGN,
	    "firmware-signing", WHY_NO_RULE },
	{ "somebody else altogether", "mallory", ACTION_KEY_SIGN,
	    "firmware-signing", WHY_NO_PRINCIPAL },
	{ "nobody", NULL, ACTION_KEY_SIGN, "firmware-signing",
	    WHY_NO_PRINCIPAL },
	{ "a class that is not there", "ci", ACTION_KEY_SIGN, "nobody",
	    WHY_NO_CLASS },
	{ "no class at all", "ci", ACTION_KEY_SIGN, NULL, WHY_NO_CLASS },
	{ "a certificate by a firmware key", "ci", ACTION_CERT_ISSUE,
	    "firmware-signing", WHY_NOT_OF_KIND },
	{ "sealing by a firmware key", "ci", ACTION_OTA_SEAL,
	    "firmware-signing", WHY_NOT_OF_KIND },
	{ "an action that no rule names", "ci", ACTION_KEY_DESTROY,
	    "firmware-signing", WHY_NO_RULE },
	{ "a house's action is access's, whatever the class", "ci",
	    ACTION_HOUSE_READ, "firmware-signing", WHY_ALLOWED },
	{ "an officer suspends", "officer-3", ACTION_KEY_SUSPEND,
	    "firmware-signing", WHY_ALLOWED },
	{ "the tool does not suspend", "ci", ACTION_KEY_SUSPEND,
	    "firmware-signing", WHY_NO_RULE },
};

START_TEST(what_no_rule_allows_is_denied)
{
	AUTO(charter) *c = charter_of("", "");
	AUTO(facts) *f = facts_text("{}");
	AUTO_JSON *e = NULL;
	struct decision d;

	unit_ok(facts_str(f, "principal.id", ASKED[_i].principal, PROVEN,
	    &unit_err));
	policy_decide(c, ASKED[_i].action, ASKED[_i].class, f, &d);
	ck_assert_msg(d.why == ASKED[_i].reason, "%s: %s", ASKED[_i].why,
	    reason_code(d.why));
	ck_assert_int_eq(d.verdict == DENY, d.why != WHY_ALLOWED);
	e = decision_explain(&d, f);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(json_array_size(json_object_get(e, "would_pass")) > 0,
	    d.verdict == DENY);
}
END_TEST

START_TEST(the_class_is_taken_from_the_key)
{
	AUTO(charter) *c = charter_of("", "");
	AUTO(facts) *f = facts_text("{'principal.id':'ci',"
	    "'key.class':'firmware-signing'}");
	struct decision d;

	policy_decide(c, ACTION_KEY_SIGN, NULL, f, &d);
	ck_assert_int_eq(d.verdict, ALLOW);
	ck_assert_str_eq(d.class, "firmware-signing");
	ck_assert_ptr_eq(policy_match(c, ACTION_KEY_SIGN, NULL, f), d.rule);
}
END_TEST

#define LIMITED	"[{'name':'r','why':'w','action':['key.sign']," \
	"'by':['release-tools'],'limit':{'uses':3,'per':'P1D'}}]"

START_TEST(a_limit_denies_what_goes_over_it)
{
	AUTO(charter) *c = NULL;
	AUTO(facts) *f = facts_text("{'principal.id':'ci'}");
	struct decision d;
	int64_t n;

	unit_ok(charter_with_rules(LIMITED, &c, &unit_err));
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	ck_assert_int_eq(d.why, WHY_NO_COUNT);
	for (n = 0; n < 5; n++) {
		unit_ok(facts_int(f, "count.rule", n, REPLAYED, &unit_err));
		policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
		ck_assert_int_eq(d.verdict, n < 3 ? ALLOW : DENY);
		ck_assert_int_eq(d.why, n < 3 ? WHY_ALLOWED : WHY_LIMIT);
	}
}
END_TEST

#define TWO_RULES "[{'name':'first','why':'w','action':['key.sign']," \
	"'by':['release-tools'],'when':{'key.environment':'production'}," \
	"'require':{'claim.ticket':'present'}}," \
	"{'name':'second','why':'w','action':['key.sign']," \
	"'by':['release-tools']}]"

START_TEST(the_first_rule_that_matches_decides)
{
	AUTO(charter) *c = NULL;
	AUTO(facts) *f = facts_text("{'principal.id':'ci',"
	    "'key.environment':'production'}");
	struct decision d;

	unit_ok(charter_with_rules(TWO_RULES, &c, &unit_err));
	/* The second would allow it, but is never asked. */
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	ck_assert_int_eq(d.verdict, DENY);
	ck_assert_str_eq(d.rule->name, "first");
	ck_assert_uint_eq(d.requirement, 0);
	unit_ok(facts_str(f, "key.environment", "development", PROVEN,
	    &unit_err));
	policy_decide(c, ACTION_KEY_SIGN, "firmware-signing", f, &d);
	ck_assert_int_eq(d.verdict, ALLOW);
	ck_assert_str_eq(d.rule->name, "second");
}
END_TEST

START_TEST(approvals_make_it_wait)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(facts) *f = facts_text("{'principal.id':'ci',"
	    "'key.class':'firmware-signing','key.environment':'production',"
	    "'key.products':['lock'],'artifact.product':'lock',"
	    "'artifact.digest':'sha-256','artifact.version':'1.0',"
	    "'artifact.highest-version':''}");
	AUTO_JSON *e = NULL;
	struct decision d;

	policy_decide(c, ACTION_KEY_SIGN, NULL, f, &d);
	ck_assert_int_eq(d.verdict, WAIT);
	ck_assert_int_eq(d.why, WHY_APPROVALS);
	e = decision_explain(&d, f);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(json_int(json_array_get(json_object_get(e,
	    "approvals"), 0), "count", 0), 2);
	ck_assert_str_eq(json_str(json_object_get(e, "rule"), "name", ""),
	    "production-image");
}
END_TEST

START_TEST(every_reason_has_its_words)
{
	int w;

	for (w = 0; w < WHY__N; w++) {
		ck_assert_str_ne(reason_code((enum why)w), "");
		ck_assert_str_ne(reason_words((enum why)w), "");
	}
	ck_assert_str_eq(verdict_name(DENY), "deny");
	ck_assert_str_eq(verdict_name(WAIT), "wait");
	ck_assert_str_eq(verdict_name(ALLOW), "allow");
}
END_TEST

UNIT_MAIN("policy/decide",
	UNIT_ROWS(each_word_means_what_it_says, WORDS)
	UNIT(the_time_of_day_is_told_as_a_clock_does)
	UNIT_ROWS(each_decision_can_be_explained, WORDS)
	UNIT_ROWS(what_no_rule_allows_is_denied, ASKED)
	UNIT(the_class_is_taken_from_the_key)
	UNIT(a_limit_denies_what_goes_over_it)
	UNIT(the_first_rule_that_matches_decides)
	UNIT(approvals_make_it_wait)
	UNIT(every_reason_has_its_words))
