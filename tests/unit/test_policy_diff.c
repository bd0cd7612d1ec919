#include "config.h"

#include "policy/diff.h"
#include "policy/simulate.h"
#include "tests/unit/ballot.h"

/* --- what an amendment changes --- */

/* At @path of the quickstart's canonical charter stands @value (NULL: none). */
static json_t *
changed(const char *path, const char *value)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	json_t *j = json_deep_copy(charter_json(c)), *at = j;
	char step[100];
	const char *end;

	for (; (end = strchr(path, '/')) != NULL; path = end + 1) {
		(void)snprintf(step, sizeof(step), "%.*s", (int)(end - path),
		    path);
		at = json_is_array(at) ? json_array_get(at,
		    strtoul(step, NULL, 10)) : json_object_get(at, step);
		ck_assert_msg(at != NULL, "no %s", step);
	}
	if (json_is_array(at) && value == NULL)
		json_array_remove(at, strtoul(path, NULL, 10));
	else if (json_is_array(at))
		json_array_insert_new(at, strtoul(path, NULL, 10),
		    json_text(value));
	else if (value == NULL)
		json_object_del(at, path);
	else
		json_object_set_new(at, path, json_text(value));
	return j;
}

#define RULE(n)	"classes/firmware-signing/rules/" n
#define CLAUSE(count, not, proof) "[{'count':" count ",'of':" \
	"'release-officers','not':" not ",'within':'PT4H','proof':" proof "}]"

/*
 * One change of the shipped charter; @words stand in the one sentence that
 * tells it.  Turned round it is the same change back, and then @back says
 * whether that way asks for less.
 */
static const struct {
	const char	*why, *path, *value, *kind, *words;
	bool		 weaker, back;
} CHANGES[] = {
	{ "another name", "name", "'House of keys'", "charter",
	    "House of keys", false, false },
	{ "somebody joins", "roster/persons/newcomer", "{'credentials':[]}",
	    "person", "newcomer is new", false, false },
	{ "a credential goes", "roster/persons/release-lead/credentials", "[]",
	    "credential", "release-lead", false, false },
	{ "somebody belongs to a party", "roster/persons/officer-3/party",
	    "'lab'", "person", "lab", false, false },
	{ "a tool joins", "roster/tools/ci-2", "{'owners':['officer-1']}",
	    "tool", "ci-2 is new", false, false },
	{ "a tool has one owner more", "roster/tools/ci/owners",
	    "['release-lead','officer-1']", "tool",
	    "officer-1 now answers for ci", false, true },
	{ "somebody joins a group", "roster/groups/release-leads",
	    "['release-lead','officer-1']", "group",
	    "officer-1 joins release-leads", false, false },
	{ "fewer people", RULE("0/approvals"), CLAUSE("1", "['requester']",
	    "['officer-key','passkey']"), "rule", "1 of release-officers",
	    true, false },
	{ "who asks counts", RULE("0/approvals"), CLAUSE("2", "[]",
	    "['officer-key','passkey']"), "rule", "not who asks", true,
	    false },
	{ "a proof less", RULE("0/approvals"), CLAUSE("2", "['requester']",
	    "['officer-key']"), "rule", "officer-key", false, true },
	{ "another group may ask", RULE("0/by"),
	    "['release-tools','release-leads']", "rule", "release-leads",
	    true, false },
	{ "another action", RULE("6/action"), "['key.suspend','key.activate']",
	    "rule", "key.activate", true, false },
	{ "a need less", RULE("0/require"), "{'artifact.digest':'sha-256'}",
	    "rule", "require", true, false },
	{ "a larger quota", RULE("1/limit"), "{'uses':201,'per':'P1D'}",
	    "rule", "201", true, false },
	{ "no quota", RULE("1/limit"), NULL, "rule", "limit", true, false },
	{ "more devices with a new key", "classes/ca/rules/1/rework",
	    "{'uses':201,'per':'P1D'}", "rule", "201", true, false },
	{ "no device with a new key", "classes/ca/rules/1/rework", NULL,
	    "rule", "rework", false, true },
	{ "an approval good for more", RULE("0/permits"),
	    "{'uses':2,'for':'PT1H'}", "rule", "permits", true, false },
	{ "an approval good for longer", RULE("0/permits"),
	    "{'uses':1,'for':'PT2H'}", "rule", "permits", true, false },
	{ "blank cheques", RULE("2/any-digest"), "true", "rule", "any-digest",
	    true, false },
	{ "another reason", RULE("0/why"), "'Because.'", "rule", "Because.",
	    false, false },
	{ "a rule less", RULE("6"), NULL, "rule", "suspend of class "
	    "firmware-signing is gone", false, false },
	{ "another purpose", "classes/firmware-signing/purpose", "'Boots.'",
	    "class", "Boots.", false, false },
	{ "keys that may leave", "classes/firmware-signing/keys/exportable",
	    "'wrapped'", "class", "wrapped", true, false },
	{ "keys that last longer", "classes/firmware-signing/keys/cryptoperiod",
	    "'P3Y'", "class", "P3Y", true, false },
	{ "another procedure", "recovery/rotate/steps", "['Wait.']",
	    "recovery", "rotate", false, false },
	{ "a profile", "profiles/watch", "{'days':365}", "profile",
	    "watch is new", false, false },
	{ "a product line", "products", "{'lock':{'support-until':'2036-01-01'}}",
	    "product", "product line lock is new", false, false },
	{ "lists that last longer", "lists", "{'lifetime':'P20D'}", "charter",
	    "revocation lists may last P20D, P10D before", true, false },
	{ "a root's that last less", "lists", "{'root-lifetime':'P90D'}",
	    "charter", "of roots may last P90D", false, true },
	{ "an alert", "alerts/expiry", "{'why':'x','watch':['key']}", "alert",
	    "expiry is new", false, false },
	{ "a rule of access", "access/rules/4/action", "['house.read']",
	    "rule", "house.read", false, true },
};

static json_t *
one_change(const struct charter *from, const struct charter *to)
{
	AUTO_JSON *d = NULL;
	json_t *list;

	unit_ok(charter_diff(from, to, &d, &unit_err));
	list = json_object_get(d, "changes");
	ck_assert_msg(json_array_size(list) == 1, "%zu changes",
	    json_array_size(list));
	return json_incref(json_array_get(list, 0));
}

START_TEST(a_change_is_told_in_one_sentence)
{
	AUTO(charter) *old = charter_shipped("quickstart"), *new = NULL;
	AUTO_JSON *j = changed(CHANGES[_i].path, CHANGES[_i].value);
	AUTO_JSON *there = NULL, *back = NULL;

	unit_ok(charter_from_json(j, &new, &unit_err));
	there = one_change(old, new);
	ck_assert_str_eq(json_str(there, "kind", ""), CHANGES[_i].kind);
	ck_assert_str_ne(json_str(there, "subject", ""), "");
	ck_assert_msg(strstr(json_str(there, "words", ""), CHANGES[_i].words)
	    != NULL, "%s: %s", CHANGES[_i].why, json_str(there, "words", ""));
	ck_assert_msg(json_flag(there, "weaker", false) == CHANGES[_i].weaker,
	    "%s: weaker?", CHANGES[_i].why);
	back = one_change(new, old);
	ck_assert_str_eq(json_str(back, "kind", ""), CHANGES[_i].kind);
	ck_assert_msg(json_flag(back, "weaker", false) == CHANGES[_i].back,
	    "%s: weaker on the way back?", CHANGES[_i].why);
}
END_TEST

START_TEST(the_same_charter_has_no_changes)
{
	AUTO(charter) *c = charter_shipped("connected-products");
	AUTO_JSON *d = NULL;

	unit_ok(charter_diff(c, c, &d, &unit_err));
	ck_assert_uint_eq(json_array_size(json_object_get(d, "changes")), 0);
	ck_assert_str_eq(json_str(d, "from", ""), json_str(d, "to", "x"));
}
END_TEST

START_TEST(an_order_of_rules_is_a_change)
{
	AUTO(charter) *old = charter_shipped("quickstart"), *new = NULL;
	AUTO_JSON *j = json_deep_copy(charter_json(old)), *d = NULL;
	json_t *rules = json_object_get(json_object_get(json_object_get(j,
	    "classes"), "firmware-signing"), "rules");
	json_t *first = json_incref(json_array_get(rules, 0));

	json_array_remove(rules, 0);
	json_array_insert_new(rules, 1, first);
	unit_ok(charter_from_json(j, &new, &unit_err));
	d = one_change(old, new);
	ck_assert_str_eq(json_str(d, "kind", ""), "order");
	ck_assert_ptr_nonnull(strstr(json_str(d, "words", ""),
	    "before production-image"));
}
END_TEST

/* --- what it would have changed --- */

#define PAST "{'id':'7','verdict':'wait','rule':'production-image','facts':{" \
	"'action':{'value':'key.sign','from':'proven'}," \
	"'principal.id':{'value':'ci','from':'proven'}," \
	"'key.class':{'value':'firmware-signing','from':'proven'}," \
	"'key.environment':{'value':'production','from':'proven'}," \
	"'artifact.digest':{'value':'sha-256','from':'proven'}," \
	"'artifact.product':{'value':'lock','from':'asserted'}," \
	"'key.products':{'value':['lock'],'from':'proven'}," \
	"'artifact.version':{'value':'2','from':'asserted'}," \
	"'artifact.highest-version':{'value':'1','from':'replayed'}}}"

static const struct {
	const char	*why, *path, *value, *verdict, *rule;
} SIMULATED[] = {
	{ "nothing changes", "name", "'X'", NULL, NULL },
	{ "the rule is for others", RULE("0/by"), "['release-leads']", "deny",
	    NULL },
	{ "nobody needs to approve", RULE("0/approvals"), NULL, "allow",
	    "production-image" },
	{ "a need more", RULE("0/require"), "{'claim.ticket':'present'}",
	    "deny", "production-image" },
	{ "another rule stands before it", RULE("0"), "{'name':'all','why':"
	    "'w','action':['key.sign'],'by':['release-tools'],'when':"
	    "{'artifact.version':'2'}}", "allow", "all" },
	{ "a quota that nobody has used yet", RULE("0"), "{'name':'all','why':"
	    "'w','action':['key.sign'],'by':['release-tools'],'when':"
	    "{'artifact.version':'2'},'limit':{'uses':1,'per':'P1D'}}",
	    "allow", "all" },
	{ "somebody has left", "roster/tools", "{'ci-2':{'owners':"
	    "['release-lead']}}", "deny", NULL },
};

START_TEST(the_past_is_decided_again)
{
	AUTO_JSON *j = changed(SIMULATED[_i].path, SIMULATED[_i].value);
	AUTO_JSON *past = json_text("[" PAST "]"), *s = NULL;
	AUTO(charter) *c = NULL;
	const json_t *list, *now;

	if (strcmp(SIMULATED[_i].path, "roster/tools") == 0)
		json_object_set_new(json_object_get(json_object_get(j,
		    "roster"), "groups"), "release-tools", json_text(
		    "['ci-2']"));
	if (strcmp(SIMULATED[_i].path, "roster/tools") == 0)
		json_object_set_new(json_object_get(json_object_get(j,
		    "roster"), "groups"), "publishers", json_text(
		    "['ci-2']"));
	unit_ok(charter_from_json(j, &c, &unit_err));
	unit_ok(policy_simulate(c, past, &s, &unit_err));
	list = json_object_get(s, "changed");
	ck_assert_int_eq(json_int(s, "decided", 0), 1);
	ck_assert_int_eq(json_int(s, "same", 9),
	    SIMULATED[_i].verdict == NULL ? 1 : 0);
	ck_assert_uint_eq(json_array_size(list),
	    SIMULATED[_i].verdict == NULL ? 0 : 1);
	if (SIMULATED[_i].verdict == NULL)
		return;
	now = json_object_get(json_array_get(list, 0), "now");
	ck_assert_str_eq(json_str(now, "verdict", ""), SIMULATED[_i].verdict);
	ck_assert_str_eq(json_str(now, "rule", ""),
	    SIMULATED[_i].rule == NULL ? "" : SIMULATED[_i].rule);
	ck_assert_str_eq(json_str(json_array_get(list, 0), "id", ""), "7");
}
END_TEST

static const char *const NO_PAST[] = { "{}", "[1]", "[{'id':'1'}]",
    "[{'id':'1','verdict':'deny','facts':{}}]",
    "[{'id':'1','verdict':'deny','facts':{'action':{'value':'fly',"
    "'from':'proven'}}}]",
    "[{'id':'1','verdict':'deny','facts':{'no.fact':{'value':'x',"
    "'from':'proven'}}}]" };

START_TEST(what_is_no_past_is_refused)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO_JSON *past = json_text(NO_PAST[_i]), *s = NULL;

	unit_fails(policy_simulate(c, past, &s, &unit_err), ESCHEMA);
	ck_assert_ptr_null(s);
}
END_TEST

/* --- who can --- */

static json_t *
who_can(const struct charter *c, const char *key)
{
	AUTO(facts) *f = facts_text(key);
	json_t *w = NULL;

	unit_ok(policy_who_can(c, f, &w, &unit_err));
	return w;
}

static bool
lists(const json_t *list, const char *s)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (strcmp(json_string_value(v), s) == 0)
			return true;
	return false;
}

static bool
can(const json_t *w, const char *who, const char *action)
{
	return lists(json_object_get(json_object_get(w, "principals"), who),
	    action);
}

static const json_t *
rule_of(const json_t *w, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(w, "rules"), i, v)
		if (strcmp(json_str(v, "rule", ""), name) == 0)
			return v;
	return NULL;
}

START_TEST(what_is_known_of_the_key_is_settled)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO_JSON *w = who_can(c, "{'key.class':'firmware-signing',"
	    "'key.environment':'production'}");
	const json_t *r = rule_of(w, "production-image");

	ck_assert(can(w, "ci", "key.sign"));
	ck_assert(!can(w, "release-lead", "key.sign"));
	ck_assert(can(w, "officer-2", "key.suspend"));
	ck_assert(!can(w, "ci", "key.suspend"));
	ck_assert_ptr_null(rule_of(w, "development-image"));
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(json_str(r, "verdict", ""), "wait");
	ck_assert(lists(json_object_get(r, "principals"), "ci"));
	/* Its environment is settled; product, digest and version are not. */
	ck_assert_uint_eq(json_array_size(json_object_get(r, "conditions")),
	    3);
	ck_assert_uint_eq(json_array_size(json_object_get(json_array_get(
	    json_object_get(r, "approvals"), 0), "members")), 3);
}
END_TEST

START_TEST(what_is_not_known_stays_a_condition)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO_JSON *w = who_can(c, "{'key.class':'firmware-signing'}");

	ck_assert_ptr_nonnull(rule_of(w, "production-image"));
	ck_assert_ptr_nonnull(rule_of(w, "development-image"));
	ck_assert(lists(json_object_get(rule_of(w, "development-image"),
	    "conditions"), "key.environment is development"));
	ck_assert(can(w, "release-lead", "key.sign"));
}
END_TEST

#define BEHIND	"[{'name':'first','why':'w','action':['key.sign'],'by':" \
	"['release-tools'],'when':{'principal.kind':'tool'}}," \
	"{'name':'second','why':'w','action':['key.sign'],'by':" \
	"['release-tools','release-leads']}," \
	"{'name':'third','why':'w','action':['key.suspend'],'by':" \
	"['release-officers'],'when':{'principal.kind':'person'}}]"

START_TEST(behind_a_sure_rule_nobody_is_asked)
{
	AUTO(charter) *c = NULL;
	AUTO_JSON *w = NULL;

	unit_ok(charter_with_rules(BEHIND, &c, &unit_err));
	w = who_can(c, "{'key.class':'firmware-signing'}");
	ck_assert(lists(json_object_get(rule_of(w, "first"), "principals"),
	    "ci"));
	ck_assert(!lists(json_object_get(rule_of(w, "second"), "principals"),
	    "ci"));
	ck_assert(lists(json_object_get(rule_of(w, "second"), "principals"),
	    "release-lead"));
	ck_assert(can(w, "officer-1", "key.suspend"));
	ck_assert_uint_eq(json_array_size(json_object_get(rule_of(w, "third"),
	    "conditions")), 0);
}
END_TEST

START_TEST(whose_quorum_can_never_be_cannot)
{
	AUTO_JSON *j = changed("roster/groups/release-officers",
	    "['officer-1','officer-2','release-lead']"), *w = NULL;
	AUTO(charter) *c = NULL;
	const json_t *r;

	/* ci's owner counts as asking, so two of three are left: enough. */
	unit_ok(charter_from_json(j, &c, &unit_err));
	w = who_can(c, "{'key.class':'firmware-signing',"
	    "'key.environment':'production'}");
	r = rule_of(w, "production-image");
	ck_assert(lists(json_object_get(r, "principals"), "ci"));
	/* Who asks for a key needs two others; officer-1 has them. */
	ck_assert(can(w, "officer-1", "key.resume"));
	ck_assert(!can(w, "officer-3", "key.resume"));
}
END_TEST

/* --- authority --- */

static const struct {
	const char *why, *key, *want;
} AUTHORITIES[] = {
	{ "a production key: by its quorum alone",
	    "{'key.class':'firmware-signing','key.environment':'production'}",
	    "[{'actions':['key.sign'],'approvals':[{'count':2,'of':"
	    "'release-officers'}],'by':['release-tools'],'rule':"
	    "'production-image','verdict':'wait'}]" },
	{ "a development key: by a tool or a lead alone",
	    "{'key.class':'firmware-signing','key.environment':'development'}",
	    "[{'actions':['key.sign'],'approvals':[],'by':['release-leads',"
	    "'release-tools'],'rule':'development-image','verdict':'allow'}]" },
	{ "an environment that no rule knows: by nobody",
	    "{'key.class':'firmware-signing','key.environment':'staging'}",
	    "[]" },
	{ "a class of another name is of its kind",
	    "{'key.class':'ocsp-responder','key.environment':'production'}",
	    "[{'actions':['ocsp.sign'],'approvals':[],'by':['publishers'],"
	    "'rule':'answer','verdict':'allow'}]" },
	{ "no such class", "{'key.class':'ota'}", "[]" },
	{ "no class at all", "{}", "[]" },
};

START_TEST(a_key_is_used_by_the_rules_that_fit_it)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(facts) *f = facts_text(AUTHORITIES[_i].key);
	AUTO_JSON *got = NULL, *want = json_text(AUTHORITIES[_i].want);

	unit_ok(policy_authority(c, f, &got, &unit_err));
	ck_assert_msg(json_equal(got, want), "%s", AUTHORITIES[_i].why);
}
END_TEST

static const struct {
	const char *why;
	enum action action;
	const char *key, *want;
} LEAVES[] = {
	{ "one officer stops a key", ACTION_KEY_SUSPEND,
	    "{'key.class':'firmware-signing'}",
	    "[{'actions':['key.suspend'],'approvals':[],'by':['release-leads',"
	    "'release-officers'],'rule':'suspend','verdict':'allow'}]" },
	{ "two destroy it; of the rule's actions only that",
	    ACTION_KEY_DESTROY, "{'key.class':'firmware-signing'}",
	    "[{'actions':['key.destroy'],'approvals':[{'count':2,'of':"
	    "'release-officers'}],'by':['release-leads','release-officers'],"
	    "'rule':'resume-or-destroy','verdict':'wait'}]" },
	{ "a window is the house's to close", ACTION_WINDOW_CLOSE, "{}",
	    "[{'actions':['window.close'],'approvals':[],'by':["
	    "'release-leads','release-officers','release-tools'],'rule':"
	    "'close-window','verdict':'allow'}]" },
	{ "without its class nobody may", ACTION_KEY_SUSPEND,
	    "{'key.class':'ota'}", "[]" },
	{ "nor where none is known", ACTION_KEY_SUSPEND, "{}", "[]" },
};

START_TEST(what_ends_a_right_is_told_with_its_rules)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(facts) *f = facts_text(LEAVES[_i].key);
	AUTO_JSON *got = NULL, *want = json_text(LEAVES[_i].want);

	unit_ok(policy_leave(c, LEAVES[_i].action, f, &got, &unit_err));
	ck_assert_msg(json_equal(got, want), "%s", LEAVES[_i].why);
}
END_TEST

START_TEST(a_class_that_is_not_there_is_told)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(facts) *f = facts_text("{'key.class':'ota'}");
	AUTO(facts) *none = facts_text("{}");
	json_t *w = NULL;

	unit_fails(policy_who_can(c, f, &w, &unit_err), ENOENT_);
	unit_fails(policy_who_can(c, none, &w, &unit_err), ENOENT_);
	ck_assert_ptr_null(w);
}
END_TEST

UNIT_MAIN("policy/diff",
	UNIT_ROWS(a_change_is_told_in_one_sentence, CHANGES)
	UNIT(the_same_charter_has_no_changes)
	UNIT(an_order_of_rules_is_a_change)
	UNIT_ROWS(the_past_is_decided_again, SIMULATED)
	UNIT_ROWS(what_is_no_past_is_refused, NO_PAST)
	UNIT(what_is_known_of_the_key_is_settled)
	UNIT(what_is_not_known_stays_a_condition)
	UNIT(behind_a_sure_rule_nobody_is_asked)
	UNIT(whose_quorum_can_never_be_cannot)
	UNIT_ROWS(a_key_is_used_by_the_rules_that_fit_it, AUTHORITIES)
	UNIT_ROWS(what_ends_a_right_is_told_with_its_rules, LEAVES)
	UNIT(a_class_that_is_not_there_is_told))
