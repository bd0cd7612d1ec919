/*
 * What a charter may not say, and what it is warned of: one row for each,
 * with the place that the finding must name.
 */
#include "config.h"

#include "base/json.h"
#include "tests/unit/charter_text.h"
#include "tests/unit/unit.h"

#define FIRMWARE "classes/firmware-signing.yaml"

struct spoil {
	const char	*why;
	const char	*file, *from, *to;	/* what is changed */
	enum find	 code;
	const char	*where;		/* how the place begins */
	const char	*words;		/* part of the sentence, or "" */
};

static const struct spoil spoilt[] = {
	/* files */
	{ "how old a proven restore may be is a duration", "recovery.yaml",
	    "  steps:", "  proven: yearly\n  steps:", FIND_VALUE,
	    "recovery.yaml:3:", "yearly" },
	{ "a mistake of YAML is told by line", "charter.yaml",
	    "name:", "name: [", FIND_YAML, "charter.yaml:", "" },
	{ "a name given twice is no YAML of ours", "roster.yaml",
	    "groups:", "groups:\n  leads: [lead]\ngroups:", FIND_YAML,
	    "roster.yaml:13:", "before" },
	{ "a public key must be in the folder", "roster.yaml",
	    "anna.pub.pem", "ann.pub.pem", FIND_FILE, "roster.yaml:2:",
	    "officers/ann.pub.pem" },
	{ "a private key does not belong here", "officers/anna.pub.pem",
	    "BEGIN PUBLIC KEY", "BEGIN PRIVATE KEY", FIND_CREDENTIAL,
	    "roster.yaml:2:", "private key" },
	{ "what is no key proves nothing", "officers/ben.pub.pem",
	    "BEGIN", "BEGUN", FIND_CREDENTIAL, "roster.yaml:3:", "PEM" },
	{ "a class is called as its file", FIRMWARE,
	    "class: firmware-signing", "class: firmware", FIND_VALUE,
	    FIRMWARE ":1:8", "firmware-signing" },
	{ "a kind that is none", FIRMWARE, "owner:", "kind: firm\nowner:",
	    FIND_VALUE, FIRMWARE ":3:", "firm" },
	{ "the roster has a file of its own", "charter.yaml",
	    "name:", "roster: { persons: {} }\nname:", FIND_SCHEMA,
	    "charter.yaml:", "belongs to roster.yaml" },

	/* schema */
	{ "an unknown word is no silent comment", FIRMWARE,
	    "owner: leads", "owner: leads\nowners: leads", FIND_SCHEMA,
	    FIRMWARE ":4:", "has no \"owners\"" },
	{ "an unknown word in a rule", FIRMWARE,
	    "    limit:", "    limits: 3\n    limit:", FIND_SCHEMA,
	    FIRMWARE ":24:", "limits" },
	{ "a rule says why it exists", FIRMWARE,
	    "    why: Stopping is quick.\n", "", FIND_SCHEMA,
	    FIRMWARE ":25:", "lacks \"why\"" },
	{ "a count is an integer", FIRMWARE,
	    "count: 2", "count: two", FIND_SCHEMA, FIRMWARE ":17:", "integer" },
	{ "a quorum of nobody is none", FIRMWARE,
	    "count: 2", "count: 0", FIND_SCHEMA, FIRMWARE ":17:", "count" },
	{ "the language is one we know", "charter.yaml",
	    "language: 0", "language: 1", FIND_LANGUAGE, "charter.yaml:1:",
	    "language 1" },

	/* values */
	{ "an action that is none", FIRMWARE,
	    "key.suspend", "key.suspnd", FIND_VALUE, FIRMWARE ":27:", "suspnd" },
	{ "a fact that is none", FIRMWARE,
	    "key.environment: production", "key.enviroment: production",
	    FIND_VALUE, FIRMWARE ":13:", "enviroment" },
	{ "a state that no key has", FIRMWARE,
	    "    by: [officers]", "    when: { key.state: activ }\n"
	    "    by: [officers]", FIND_VALUE, FIRMWARE ":28:", "activ" },
	{ "a duration that is none", FIRMWARE,
	    "within: PT4H", "within: T4H", FIND_VALUE, FIRMWARE ":17:", "T4H" },
	{ "a kind of proof that is none", FIRMWARE,
	    "passkey", "password", FIND_VALUE, FIRMWARE ":17:", "password" },
	{ "a condition of another type", FIRMWARE,
	    "key.environment: production", "key.exclusive: production",
	    FIND_SCHEMA, FIRMWARE ":13:", "true or false" },
	{ "times of day are HH:MM", FIRMWARE,
	    "    by: [officers]", "    when: { time.of-day: { from: \"8\", to: "
	    "\"18:00\" } }\n    by: [officers]", FIND_VALUE, FIRMWARE ":28:",
	    "08:00" },
	{ "a count cannot choose its own rule", FIRMWARE,
	    "    by: [officers]", "    when: { count.rule: { below: 3 } }\n"
	    "    by: [officers]", FIND_VALUE, FIRMWARE ":28:", "limit" },
	{ "an algorithm that no key has", FIRMWARE,
	    "[ec-p256]", "[ec-p257]", FIND_VALUE, FIRMWARE ":6:", "ec-p257" },
	{ "what cannot sign signs no firmware", FIRMWARE,
	    "[ec-p256]", "[aes-256]", FIND_VALUE, FIRMWARE ":6:", "sign" },
	{ "a name that could be taken for a path", "roster.yaml",
	    "  dev:", "  Dev:", FIND_VALUE, "roster.yaml:8:", "Dev" },

	/* names */
	{ "a group that the roster lacks", FIRMWARE,
	    "of: officers", "of: oficers", FIND_UNKNOWN_NAME,
	    FIRMWARE ":17:", "oficers" },
	{ "who asks is of the roster's groups", FIRMWARE,
	    "by: [builders]", "by: [bilders]", FIND_UNKNOWN_NAME,
	    FIRMWARE ":14:", "bilders" },
	{ "a member that is nobody", "roster.yaml",
	    "[anna, ben, carl]", "[anna, ben, karl]", FIND_UNKNOWN_NAME,
	    "roster.yaml:12:", "karl" },
	{ "an owner is a person", "roster.yaml",
	    "owners: [lead]", "owners: [ci]", FIND_UNKNOWN_NAME,
	    "roster.yaml:10:", "ci" },
	{ "an owner once", "roster.yaml",
	    "owners: [lead]", "owners: [lead, lead]", FIND_DUPLICATE,
	    "roster.yaml:10:", "twice" },
	{ "a member once", "roster.yaml",
	    "[anna, ben, carl]", "[anna, ben, ben]", FIND_DUPLICATE,
	    "roster.yaml:12:", "twice" },
	{ "two officers with one key are one officer", "roster.yaml",
	    "officers/ben.pub.pem", "officers/anna.pub.pem",
	    FIND_CREDENTIAL, "roster.yaml:", "anna" },
	{ "two rules with one name", FIRMWARE,
	    "name: development", "name: production", FIND_DUPLICATE,
	    FIRMWARE ":19:", "production" },
	{ "a person and a tool with one name", "roster.yaml",
	    "  ci:", "  dev:", FIND_DUPLICATE, "roster.yaml:10:", "dev" },
	{ "an owner of the class that is no group", FIRMWARE,
	    "owner: leads", "owner: lead", FIND_UNKNOWN_NAME, FIRMWARE ":3:", "lead" },
	{ "a class without an owner", FIRMWARE,
	    "owner: leads\n", "", FIND_NO_OWNER, FIRMWARE ":1:", "owner" },
	{ "an owner without people", "roster.yaml",
	    "  leads: [lead]", "  leads: []", FIND_NO_OWNER, FIRMWARE ":3:",
	    "no members" },
	{ "a class without recovery", FIRMWARE,
	    "recovery: rotate\n", "", FIND_NO_RECOVERY, FIRMWARE ":1:",
	    "recovery" },
	{ "a recovery procedure that is none", FIRMWARE,
	    "recovery: rotate", "recovery: pray", FIND_UNKNOWN_NAME,
	    FIRMWARE ":4:", "pray" },

	/* what a class can never do */
	{ "no charter lets firmware keys issue certificates", FIRMWARE,
	    "action: key.suspend", "action: cert.issue", FIND_ACTION_KIND,
	    FIRMWARE ":27:", "cert.issue" },
	{ "the law is not amended by a class", FIRMWARE,
	    "action: key.suspend", "action: charter.amend",
	    FIND_ACTION_KIND, FIRMWARE ":27:", "charter.amend" },
	{ "access does not use keys", "access.yaml",
	    "[house.read, audit.export]", "[house.read, key.sign]",
	    FIND_ACTION_KIND, "access.yaml:10:", "key.sign" },

	/* sense: what can never be */
	{ "nobody is in its groups", "roster.yaml",
	    "developers: [dev]", "developers: [dev]\n  empty: []\n",
	    FIND_UNUSED_GROUP, "roster.yaml:16:", "empty" },
	{ "a person's rule for tools only", FIRMWARE,
	    "when: { key.environment: production }",
	    "when: { principal.kind: person }", FIND_NEVER_MATCHES,
	    FIRMWARE ":10:", "nobody" },
	{ "an algorithm that the class does not have", FIRMWARE,
	    "when: { key.environment: production }",
	    "when: { key.algorithm: rsa-3072 }", FIND_NEVER_MATCHES,
	    FIRMWARE ":10:", "algorithms" },
	{ "a class that is another", FIRMWARE,
	    "when: { key.environment: production }",
	    "when: { key.class: ca }", FIND_NEVER_MATCHES,
	    FIRMWARE ":10:", "another class" },
	{ "an action that the rule is not for", FIRMWARE,
	    "when: { key.environment: production }",
	    "when: { action: key.destroy }", FIND_NEVER_MATCHES,
	    FIRMWARE ":10:", "other actions" },
	{ "a requirement against its own condition", FIRMWARE,
	    "require: {", "require: { key.environment: development, ",
	    FIND_NEVER_MATCHES, FIRMWARE ":10:", "contradicts" },
	{ "one of none", FIRMWARE,
	    "key.environment: production", "key.environment: []",
	    FIND_NEVER_MATCHES, FIRMWARE ":13:", "empty" },

	/* shadows */
	{ "the same rule again", FIRMWARE, "",
	    "  - { name: again, why: x, action: key.suspend, by: [officers] }\n",
	    FIND_SHADOWED, FIRMWARE ":29:", "suspend" },
	{ "one of two behind both", FIRMWARE, "",
	    "  - { name: both, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.environment: [lab, test] } }\n"
	    "  - { name: lab, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.environment: lab, key.name: x } }\n",
	    FIND_SHADOWED, FIRMWARE ":30:", "both" },
	{ "a part of the people behind all of them", FIRMWARE, "",
	    "  - { name: bens, why: x, action: key.suspend, by: [officers], "
	    "when: { principal.id: ben } }\n", FIND_SHADOWED,
	    FIRMWARE ":29:", "suspend" },
	{ "two rules together take all of a third", FIRMWARE, "",
	    "  - { name: lead-stops, why: x, action: key.suspend, by: [leads] }\n"
	    "  - { name: all-stop, why: x, action: key.suspend, by: [officers, "
	    "leads] }\n", FIND_SHADOWED, FIRMWARE ":30:", "lead-stops" },
	{ "an hour within the hours", FIRMWARE, "",
	    "  - { name: day, why: x, action: key.deactivate, by: [leads], "
	    "when: { time.of-day: { from: \"08:00\", to: \"18:00\" } } }\n"
	    "  - { name: noon, why: x, action: key.deactivate, by: [leads], "
	    "when: { time.of-day: { from: \"12:00\", to: \"13:00\" } } }\n",
	    FIND_SHADOWED, FIRMWARE ":30:", "day" },
	{ "one of fewer behind none of others", FIRMWARE, "",
	    "  - { name: most, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.environment: { not: [production, test] } } }\n"
	    "  - { name: lab, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.environment: lab } }\n",
	    FIND_SHADOWED, FIRMWARE ":30:", "most" },

	/* quorums */
	{ "more than there are", FIRMWARE,
	    "count: 2", "count: 4", FIND_QUORUM_IMPOSSIBLE, FIRMWARE ":10:",
	    "which has 3" },
	{ "all of them, and one of them asks", "access.yaml",
	    "count: 2", "count: 3", FIND_QUORUM_FOR_SOME, "access.yaml:2:",
	    "carl" },
	{ "people who can prove nothing are no quorum", FIRMWARE,
	    "of: officers", "of: developers", FIND_QUORUM_IMPOSSIBLE,
	    FIRMWARE ":10:", "" },
	{ "one person, two clauses", FIRMWARE,
	    "    approvals:\n", "    approvals:\n      - { count: 2, of: "
	    "officers, within: PT1H }\n", FIND_QUORUM_IMPOSSIBLE,
	    FIRMWARE ":10:", "never be met" },
	{ "who asks approves alone", FIRMWARE, "",
	    "  - { name: back, why: x, action: key.resume, by: [officers], "
	    "approvals: [{ count: 1, of: officers, within: P1D }] }\n",
	    FIND_QUORUM_ALONE, FIRMWARE ":29:", "alone" },
	{ "whose tool asks approves alone", FIRMWARE, "",
	    "  - { name: back, why: x, action: key.resume, by: [builders], "
	    "approvals: [{ count: 1, of: leads, within: P1D }] }\n",
	    FIND_QUORUM_ALONE, FIRMWARE ":29:", "lead could" },
	{ "a tool cannot approve", "roster.yaml",
	    "[anna, ben, carl]", "[anna, ben, carl, ci]", FIND_TOOL_APPROVES,
	    "access.yaml:2:", "ci" },
	{ "who asks may be one of two", FIRMWARE, "",
	    "  - { name: back, why: x, action: key.resume, by: [officers], "
	    "approvals: [{ count: 2, of: officers, within: P1D }] }\n",
	    FIND_SELF_APPROVAL, FIRMWARE ":29:", "not: []" },
	{ "an officer without a credential", "roster.yaml",
	    "[anna, ben, carl]", "[anna, ben, carl, dev]",
	    FIND_NO_CREDENTIAL, "access.yaml:2:", "dev" },
	{ "who must sign what they ask for, and cannot", "access.yaml",
	    "by: [officers, leads]", "by: [leads, developers]",
	    FIND_NO_REQUEST_PROOF, "access.yaml:2:", "dev" },
	{ "one lost officer locks it", FIRMWARE,
	    "count: 2", "count: 3", FIND_ONE_LOST, FIRMWARE ":10:", "anna" },
	{ "the last who may ask is one of those who approve", FIRMWARE, "",
	    "  - { name: back, why: x, action: key.resume, by: [officers], "
	    "approvals: [{ count: 2, of: officers, not: [requester], "
	    "within: P1D }] }\n", FIND_ONE_LOST, FIRMWARE ":29:", "anna" },

	/* amending */
	{ "no rule says how the law changes", "access.yaml",
	    "action: charter.amend", "action: credential.issue",
	    FIND_AMEND_MISSING, "access.yaml:", "amended" },
	{ "fewer amend than a class asks", "access.yaml",
	    "count: 2", "count: 1", FIND_AMEND_WEAK, "access.yaml:2:",
	    "firmware-signing" },
	{ "all of them amend", "access.yaml",
	    "count: 2", "count: 3", FIND_AMEND_ALL, "access.yaml:2:", "lost" },
	{ "an amendment alone", "access.yaml",
	    "    approvals:\n      - { count: 2, of: officers, not: "
	    "[requester], within: P7D, proof: [officer-key] }\n", "",
	    FIND_UNGUARDED, "access.yaml:2:", "charter.amend" },
	{ "a passkey for the law", "access.yaml",
	    "proof: [officer-key]", "proof: [officer-key, passkey]",
	    FIND_PASSKEY_PRECIOUS, "access.yaml:2:", "officer-key" },

	/* what is dangerous alone */
	{ "a key made alone", FIRMWARE, "",
	    "  - { name: new, why: x, action: key.generate, by: [leads] }\n",
	    FIND_UNGUARDED, FIRMWARE ":29:", "key.generate" },
	{ "a key destroyed alone, of any environment but one", FIRMWARE, "",
	    "  - { name: end, why: x, action: key.destroy, by: [leads], when: "
	    "{ key.environment: [production, development] } }\n",
	    FIND_UNGUARDED, FIRMWARE ":29:", "key.destroy" },
	{ "a window alone", FIRMWARE, "",
	    "  - { name: open, why: x, action: window.open, by: [leads] }\n",
	    FIND_UNGUARDED, FIRMWARE ":29:", "window.open" },
	{ "a blank cheque is shown as one", FIRMWARE, "",
	    "  - { name: open, why: x, action: window.open, by: [leads], "
	    "any-digest: true, approvals: [{ count: 2, of: officers, within: "
	    "PT1H }] }\n", FIND_ANY_DIGEST, FIRMWARE ":29:", "" },
	{ "any digest where no window is", FIRMWARE,
	    "    limit:", "    any-digest: true\n    limit:",
	    FIND_ANY_DIGEST_RULE, FIRMWARE ":19:", "window.open" },

	{ "new keys for devices where no certificate is", FIRMWARE,
	    "    limit:", "    rework: { uses: 5, per: P1D }\n    limit:",
	    FIND_VALUE, FIRMWARE ":19:", "cert.issue" },

	/* break-glass */
	{ "an emergency needs a review", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [leads], "
	    "break-glass: {} }\n", FIND_SCHEMA, FIRMWARE ":29:", "break-glass" },
	{ "an emergency needs approvals", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [leads], "
	    "break-glass: { review: P7D } }\n", FIND_BREAK_GLASS,
	    FIRMWARE ":29:", "approvals" },
	{ "an emergency is short", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [officers], "
	    "approvals: [{ count: 1, of: leads, within: P2D }], "
	    "break-glass: { review: P7D } }\n", FIND_BREAK_GLASS,
	    FIRMWARE ":29:", "a day" },
	{ "an emergency is looked at soon", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [officers], "
	    "approvals: [{ count: 1, of: leads, within: PT1H }], "
	    "break-glass: { review: P1Y } }\n", FIND_BREAK_GLASS,
	    FIRMWARE ":29:", "30 days" },
	{ "an emergency has a reason", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [officers], "
	    "approvals: [{ count: 1, of: leads, within: PT1H }], "
	    "break-glass: { review: P7D } }\n", FIND_BREAK_GLASS,
	    FIRMWARE ":29:", "claim.reason" },
	{ "an emergency has a group of its own", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [leads], "
	    "require: { claim.reason: present }, approvals: [{ count: 1, of: "
	    "officers, within: PT1H }], break-glass: { review: P7D } }\n",
	    FIND_BREAK_GLASS, FIRMWARE ":29:", "group of its own" },

	/* a class */
	{ "nobody can stop a key", FIRMWARE,
	    "key.suspend", "key.deactivate", FIND_NO_SUSPEND, FIRMWARE ":1:",
	    "suspend" },
	{ "an algorithm that will not last", FIRMWARE,
	    "[ec-p256]", "[ec-p256, rsa-2048]", FIND_WEAK_ALGORITHM,
	    FIRMWARE ":6:", "2030" },

	/* revocation lists */
	{ "a list that lasts too short", "charter.yaml", "name: Test house\n",
	    "name: Test house\nlists: { lifetime: PT599S }\n", FIND_VALUE,
	    "charter.yaml:3:", "from PT10M to P400D" },
	{ "a root's that lasts too long", "charter.yaml", "name: Test house\n",
	    "name: Test house\nlists: { root-lifetime: P400DT1S }\n",
	    FIND_VALUE, "charter.yaml:3:", "from PT10M to P400D" },
	{ "one that lasts no time", "charter.yaml", "name: Test house\n",
	    "name: Test house\nlists: { lifetime: long }\n", FIND_VALUE,
	    "charter.yaml:3:", "expected a duration" },
	{ "a number of days", "charter.yaml", "name: Test house\n",
	    "name: Test house\nlists: { lifetime: 10 }\n", FIND_SCHEMA,
	    "charter.yaml:3:", "expected text" },
	{ "lists that nobody knows", "charter.yaml", "name: Test house\n",
	    "name: Test house\nlists: { delta-lifetime: P1D }\n", FIND_SCHEMA,
	    "charter.yaml:3:", "has no \"delta-lifetime\"" },
	{ "lists that keep a revocation for long", "charter.yaml",
	    "name: Test house\n",
	    "name: Test house\nlists: { lifetime: P31DT1S }\n",
	    FIND_LISTS_LONG, "charter.yaml:3:", "31 days" },
};

static const struct finding *
finding_of(const struct findings *f, enum find code)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->at[i].what == code)
			return &f->at[i];
	return NULL;
}

/* What was found, in one text, for a test that expected something else. */
static const char *
found_text(const struct findings *f)
{
	static char text[4000];
	size_t i, at = 0;

	text[0] = '\0';
	for (i = 0; i < f->n && at < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "\n\t%s %s %s", f->at[i].where, find_code(f->at[i].what),
		    f->at[i].text);
	return text;
}

START_TEST(a_sound_charter_has_no_findings)
{
	AUTO(charter) *c = NULL, *again = NULL;
	struct sha256 a, b;
	struct findings f;

	findings_init(&f);
	text_begin();
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_msg(f.n == 0, "%s", found_text(&f));

	/* Its canonical form is read as the same charter. */
	unit_ok(charter_from_json(charter_json(c), &again, &unit_err));
	a = charter_hash(c);
	b = charter_hash(again);
	ck_assert(sha256_equal(&a, &b));
	findings_done(&f);
	text_end();
}
END_TEST

#define DAYS(n)	TIME_S((n) * 86400ll)

static const struct {
	const char	*lists;		/* what charter.yaml says besides */
	time_us		 most, root;
} LISTS[] = {
	{ "", DAYS(10), DAYS(190) },
	{ "lists: { lifetime: PT10M }\n", TIME_S(600), DAYS(190) },
	{ "lists: { lifetime: P31D, root-lifetime: P400D }\n", DAYS(31),
	    DAYS(400) },
};

START_TEST(lists_last_as_long_as_the_charter_says)
{
	AUTO(charter) *c = NULL;
	struct findings f;
	char text[200];

	findings_init(&f);
	text_begin();
	(void)snprintf(text, sizeof(text), "name: Test house\n%s",
	    LISTS[_i].lists);
	text_change("charter.yaml", "name: Test house\n", text);
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_msg(f.n == 0, "%s", found_text(&f));
	ck_assert_int_eq(charter_list_most(c, false), LISTS[_i].most);
	ck_assert_int_eq(charter_list_most(c, true), LISTS[_i].root);
	findings_done(&f);
	text_end();
}
END_TEST

START_TEST(a_spoilt_charter_is_told_where_and_why)
{
	const struct spoil *s = &spoilt[_i];
	AUTO(charter) *c = NULL;
	const struct finding *n;
	struct err e = { 0 };
	struct findings f;
	int rc;

	findings_init(&f);
	text_begin();
	text_change(s->file, s->from, s->to);
	rc = text_read(&c, &f, &e);
	n = finding_of(&f, s->code);
	ck_assert_msg(n != NULL, "%s: expected %s, found:%s", s->why,
	    find_code(s->code), found_text(&f));
	ck_assert_msg(strncmp(n->where, s->where, strlen(s->where)) == 0,
	    "%s: expected at %s, found:%s", s->why, s->where, found_text(&f));
	ck_assert_msg(strstr(n->text, s->words) != NULL,
	    "%s: expected \"%s\", found:%s", s->why, s->words, found_text(&f));
	if (find_is_error(s->code)) {
		ck_assert_msg(rc == -ECHARTER, "%s: was accepted", s->why);
		ck_assert_ptr_null(c);
		ck_assert_str_ne(e.what, "");
	} else
		ck_assert_msg((rc == 0) == (f.errors == 0), "%s: only a "
		    "warning, but:%s", s->why, found_text(&f));
	findings_done(&f);
	text_end();
}
END_TEST

/* Each is close to a row above, and must not be refused with it. */
static const struct {
	const char	*why, *file, *from, *to;
} fine[] = {
	{ "who asks may count where that is said", FIRMWARE, "",
	    "  - { name: back, why: x, action: key.resume, by: [officers], "
	    "approvals: [{ count: 2, of: officers, not: [], within: P1D }] }\n" },
	{ "keys for the bench are made alone", FIRMWARE, "",
	    "  - { name: new, why: x, action: key.generate, by: [leads], when: "
	    "{ key.environment: development } }\n" },
	{ "a wider rule behind a narrower one is reached", FIRMWARE, "",
	    "  - { name: lab, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.environment: lab } }\n"
	    "  - { name: any, why: x, action: key.deactivate, by: [leads] }\n" },
	{ "a set may hold both of two", FIRMWARE, "",
	    "  - { name: door, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.products: { not: lock } } }\n"
	    "  - { name: lock, why: x, action: key.deactivate, by: [leads], "
	    "when: { key.products: door } }\n" },
	{ "past midnight is not within the day", FIRMWARE, "",
	    "  - { name: day, why: x, action: key.deactivate, by: [leads], "
	    "when: { time.of-day: { from: \"06:00\", to: \"22:00\" } } }\n"
	    "  - { name: night, why: x, action: key.deactivate, by: [leads], "
	    "when: { time.of-day: { from: \"21:00\", to: \"07:00\" } } }\n" },
	{ "a part of the actions is left", FIRMWARE, "",
	    "  - { name: one, why: x, action: key.deactivate, by: [leads] }\n"
	    "  - { name: two, why: x, action: [key.deactivate, "
	    "key.compromise], by: [leads] }\n" },
	{ "break-glass with all that it needs", FIRMWARE, "",
	    "  - { name: glass, why: x, action: key.sign, by: [officers], "
	    "when: { key.environment: production }, "
	    "require: { claim.reason: present }, approvals: [{ count: 1, of: "
	    "leads, not: [], within: PT1H }], break-glass: { review: P7D } }\n" },
};

START_TEST(what_is_close_to_wrong_is_read_without_an_error)
{
	AUTO(charter) *c = NULL;
	struct findings f;

	findings_init(&f);
	text_begin();
	text_change(fine[_i].file, fine[_i].from, fine[_i].to);
	ck_assert_msg(text_read(&c, &f, &unit_err) == 0, "%s:%s", fine[_i].why,
	    found_text(&f));
	ck_assert_msg(finding_of(&f, FIND_SELF_APPROVAL) == NULL, "%s:%s",
	    fine[_i].why, found_text(&f));
	findings_done(&f);
	text_end();
}
END_TEST

START_TEST(a_class_that_nobody_can_use_is_noticed)
{
	AUTO(charter) *c = NULL;
	struct findings f;

	findings_init(&f);
	text_begin();
	text_change(FIRMWARE, "action: key.sign", "action: key.deactivate");
	text_change(FIRMWARE, "action: key.sign", "action: key.deactivate");
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_msg(finding_of(&f, FIND_NO_USE) != NULL, "%s",
	    found_text(&f));
	findings_done(&f);
	text_end();
}
END_TEST

/* A hundred errors and more warnings than anybody reads. */
START_TEST(of_too_many_findings_the_first_error_is_kept)
{
	struct findings f;
	size_t i;

	findings_init(&f);
	for (i = 0; i < 1500; i++)
		unit_ok(findings_add(&f, FIND_SELF_APPROVAL, "/", &unit_err,
		    "warning %zu", i));
	for (i = 0; i < 100; i++)
		unit_ok(findings_add(&f, FIND_SHADOWED, "/", &unit_err,
		    "error %zu", i));
	ck_assert_uint_eq(f.n, 1000);
	ck_assert_uint_eq(f.errors, 100);
	ck_assert_str_eq(f.at[999].text, "error 0");
	ck_assert_str_eq(f.at[998].text, "warning 998");
	findings_done(&f);
}
END_TEST

#define LINE \
	"class: line\nkind: ca\npurpose: x\nowner: leads\nrecovery: rotate\n" \
	"keys: { algorithms: [ec-p256], cryptoperiod: P2Y, exportable: never }\n" \
	"rules:\n  - { name: issue, why: x, action: cert.issue, by: [builders], " \
	"rework: { uses: 5, per: P1D }"

static const struct {
	const char	*why, *end;
	bool		 warned;
} REWORK[] = {
	{ "without a limit", " }\n", true },
	{ "within one", ", limit: { uses: 50, per: P1D } }\n", false },
	{ "under people's eyes", ", approvals: [{ count: 2, of: officers, not: "
	    "[requester], within: PT4H, proof: [officer-key] }], permits: "
	    "{ uses: 1, for: PT1H } }\n", false },
};

START_TEST(new_keys_for_devices_need_a_limit)
{
	AUTO(charter) *c = NULL;
	struct findings f;
	char text[1024];
	bool warned = false;

	findings_init(&f);
	text_begin();
	snprintf(text, sizeof(text), "%s%s", LINE, REWORK[_i].end);
	text_add("classes/line.yaml", text);
	unit_ok(text_read(&c, &f, &unit_err));
	for (size_t i = 0; i < f.n; i++)
		warned |= f.at[i].what == FIND_REWORK_ALONE;
	ck_assert_msg(warned == REWORK[_i].warned, "%s", REWORK[_i].why);
	findings_done(&f);
	text_end();
}
END_TEST

UNIT_MAIN("policy/lint",
	UNIT(a_sound_charter_has_no_findings)
	UNIT_ROWS(lists_last_as_long_as_the_charter_says, LISTS)
	UNIT_ROWS(a_spoilt_charter_is_told_where_and_why, spoilt)
	UNIT_ROWS(what_is_close_to_wrong_is_read_without_an_error, fine)
	UNIT(a_class_that_nobody_can_use_is_noticed)
	UNIT_ROWS(new_keys_for_devices_need_a_limit, REWORK)
	UNIT(of_too_many_findings_the_first_error_is_kept))
