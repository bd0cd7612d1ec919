/* Who is told of what runs out, and when: the charter's "alerts". */
#include "config.h"

#include "base/json.h"
#include "policy/watch.h"
#include "tests/unit/charter_text.h"
#include "tests/unit/unit.h"

#define DAYS(n)	TIME_S(INT64_C(86400) * (n))

static const struct spoilt {
	const char	*why, *text;
	enum find	 code;
	const char	*where, *words;
} SPOILT[] = {
	{ "a reason is given", "watch: key\n", FIND_SCHEMA, "alerts/a.yaml:1:", "lacks \"why\"" },
	{ "something is watched", "why: x\n", FIND_SCHEMA, "alerts/a.yaml:1:", "lacks \"watch\"" },
	{ "of what there is", "why: x\nwatch: keys\n", FIND_VALUE, "alerts/a.yaml:2:", "\"keys\"" },
	{ "once", "why: x\nwatch: [key, key]\n", FIND_DUPLICATE, "alerts/a.yaml:2:", "key is named twice" },
	{ "a class that there is", "why: x\nwatch: key\nclass: ca\n", FIND_UNKNOWN_NAME, "alerts/a.yaml:3:", "\"ca\"" },
	{ "of what has a class", "why: x\nwatch: tls\nclass: firmware-signing\n", FIND_NEVER_MATCHES, "alerts/a.yaml:3:", "tls is of no class" },
	{ "a group that there is", "why: x\nwatch: key\ntell: all\n", FIND_UNKNOWN_NAME, "alerts/a.yaml:3:", "\"all\"" },
	{ "also when nobody listens", "why: x\nwatch: key\nescalate: { after: P1D, to: all }\n", FIND_UNKNOWN_NAME, "alerts/a.yaml:3:", "\"all\"" },
	{ "which is after a time", "why: x\nwatch: key\nescalate: { to: leads }\n", FIND_SCHEMA, "alerts/a.yaml:3:", "lacks \"after\"" },
	{ "a threshold is a time", "why: x\nwatch: key\nbefore: 90\n", FIND_SCHEMA, "alerts/a.yaml:3:", "a list of names" },
	{ "that can be read", "why: x\nwatch: key\nbefore: \"90d\"\n", FIND_VALUE, "alerts/a.yaml:3:", "P90D" },
	{ "and is more than nothing", "why: x\nwatch: key\nbefore: [P1D, PT0S]\n", FIND_VALUE, "alerts/a.yaml:3:", "PT0S" },
	{ "eight of them", "why: x\nwatch: key\nbefore: [P1D, P2D, P3D, P4D, P5D, P6D, P7D, P8D, P9D]\n", FIND_SCHEMA, "alerts/a.yaml:3:", "9 is not within 1 to 8" },
	{ "of what has an end", "why: x\nwatch: [keeper, gap]\nbefore: P1D\n", FIND_NEVER_MATCHES, "alerts/a.yaml:3:", "has an end" },
	{ "an age is a time", "why: x\nwatch: backup\nevery: often\n", FIND_VALUE, "alerts/a.yaml:3:", "often" },
	{ "of what has one", "why: x\nwatch: key\nevery: P90D\n", FIND_NEVER_MATCHES, "alerts/a.yaml:3:", "does not watch backup" },
	{ "a repetition is a time", "why: x\nwatch: key\nrepeat: never\n", FIND_VALUE, "alerts/a.yaml:3:", "never" },
	{ "after is a time", "why: x\nwatch: keeper\nafter: PT0S\n", FIND_VALUE, "alerts/a.yaml:3:", "PT0S" },
	{ "nothing else is said", "why: x\nwatch: key\nmail: me\n", FIND_SCHEMA, "alerts/a.yaml:3:", "has no \"mail\"" },
};

static const struct finding *
find_of(const struct findings *f, enum find code)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].what == code)
			return &f->at[i];
	return NULL;
}

START_TEST(a_rule_that_says_nothing_is_refused)
{
	const struct spoilt *s = &SPOILT[_i];
	const struct finding *found;
	struct charter *c = NULL;
	struct findings f;

	findings_init(&f);
	text_begin();
	text_add("alerts/a.yaml", s->text);
	unit_fails(text_read(&c, &f, &unit_err), ECHARTER);
	found = find_of(&f, s->code);
	ck_assert_msg(found != NULL, "%s: not found: %s", s->why, unit_err.what);
	ck_assert_msg(strncmp(found->where, s->where, strlen(s->where)) == 0,
	    "%s: at %s", s->why, found->where);
	ck_assert_msg(strstr(found->text, s->words) != NULL, "%s: %s", s->why,
	    found->text);
	text_end();
	findings_done(&f);
}
END_TEST

START_TEST(without_any_what_is_usual_holds)
{
	AUTO(charter) *c = NULL;
	const struct alert_rule *r;
	const time_us *before;
	struct group_set told;

	text_begin();
	unit_ok(text_read(&c, NULL, &unit_err));
	for (int w = 0; w < WATCH__N; w++) {
		r = charter_alert(c, (enum watch)w, NULL);
		ck_assert_str_eq(r->name, "");
		ck_assert_int_eq(watch_from_name(watch_name((enum watch)w)), w);
	}
	ck_assert_int_eq(watch_from_name("keys"), -1);
	ck_assert_int_eq(charter_restore_every(c), DAYS(180));
	ck_assert_uint_eq(alert_before(r, WATCH_KEY, &before), 4);
	ck_assert_int_eq(before[0], DAYS(90));
	ck_assert_int_eq(before[3], DAYS(1));
	ck_assert_int_eq(charter_alert_longest(c, WATCH_KEY), DAYS(90));
	ck_assert_uint_eq(alert_before(r, WATCH_REQUEST, &before), 4);
	ck_assert_int_eq(before[0], DAYS(1));
	ck_assert_int_eq(before[3], TIME_S(900));
	ck_assert_int_eq(charter_alert_longest(c, WATCH_WINDOW), DAYS(1));
	told = alert_told(c, r, "firmware-signing", NULL);
	ck_assert_uint_eq(told.w[0], 1u << roster_group(charter_roster(c),
	    "leads"));
	/* What has an owner of its own; one that left the roster owns nothing. */
	told = alert_told(c, r, "firmware-signing", "officers");
	ck_assert_uint_eq(told.w[0], 1u << roster_group(charter_roster(c),
	    "officers"));
	told = alert_told(c, r, "firmware-signing", "gone");
	ck_assert_uint_eq(told.w[0], 1u << roster_group(charter_roster(c),
	    "leads"));
	/* What is of no class: whoever owns one. */
	told = alert_told(c, r, NULL, NULL);
	ck_assert_uint_eq(told.w[0], 1u << roster_group(charter_roster(c),
	    "leads"));
	text_end();
}
END_TEST

START_TEST(the_first_in_the_order_of_names_decides)
{
	AUTO(charter) *c = NULL;
	const struct alert_rule *r;
	struct group_set told;

	text_begin();
	text_add("alerts/a-firmware.yaml", "why: x\nwatch: key\n"
	    "class: firmware-signing\nbefore: [P1D, P180D]\ntell: officers\n"
	    "repeat: P2D\nescalate: { after: P3D, to: [leads, officers] }\n");
	text_add("alerts/b-all.yaml", "why: x\nwatch: [keeper, key, backup]\n"
	    "after: PT1M\nevery: P90D\n");
	unit_ok(text_read(&c, NULL, &unit_err));
	ck_assert_int_eq(charter_restore_every(c), DAYS(90));
	r = charter_alert(c, WATCH_KEY, "firmware-signing");
	ck_assert_str_eq(r->name, "a-firmware");
	ck_assert_uint_eq(r->before_n, 2);
	ck_assert_int_eq(r->before[0], DAYS(180));
	ck_assert_int_eq(r->repeat, DAYS(2));
	ck_assert_int_eq(r->escalate, DAYS(3));
	told = alert_told(c, r, "firmware-signing", NULL);
	ck_assert_uint_eq(told.w[0], 1u << roster_group(charter_roster(c),
	    "officers"));
	ck_assert_str_eq(charter_alert(c, WATCH_KEY, "gone")->name, "b-all");
	r = charter_alert(c, WATCH_KEEPER, NULL);
	ck_assert_str_eq(r->name, "b-all");
	ck_assert_int_eq(r->after, TIME_S(60));
	ck_assert_int_eq(r->escalate, 0);
	ck_assert_str_eq(charter_alert(c, WATCH_TLS, NULL)->name, "");
	text_end();
}
END_TEST

/* The charter's requests wait for four hours, and for a week to amend it; nobody may
 * open a window. */
static const struct {
	const char	*why, *text, *words;	/* NULL: no warning */
} NEVER[] = {
	{ "an hour is a third of four and less", "watch: request\nclass: firmware-signing\nbefore: [P1D, PT1H]\n", NULL },
	{ "two are not", "watch: request\nclass: firmware-signing\nbefore: [P1D, PT2H]\n",
	    "request: none of this charter lives longer than 4 hours, and 2 hours are more than a third" },
	{ "what waits for a week has two days", "watch: [request, key]\nbefore: P2D\n", NULL },
	{ "and not three", "watch: [request, key]\nbefore: [P90D, P3D]\n", "longer than 7 days, and 3 days" },
	{ "what is usual has some", "watch: request\n", NULL },
	{ "there are no windows", "watch: window\nbefore: P90D\n", NULL },
};

START_TEST(a_threshold_that_nothing_lives_long_enough_for_is_warned_of)
{
	AUTO(charter) *c = NULL;
	const struct finding *found;
	struct findings f;
	char text[300];

	findings_init(&f);
	text_begin();
	snprintf(text, sizeof(text), "why: x\n%s", NEVER[_i].text);
	text_add("alerts/a.yaml", text);
	unit_ok(text_read(&c, &f, &unit_err));
	found = find_of(&f, FIND_ALERT_NEVER);
	ck_assert_msg((found != NULL) == (NEVER[_i].words != NULL), "%s",
	    NEVER[_i].why);
	if (found != NULL) {
		ck_assert_msg(strstr(found->text, NEVER[_i].words) != NULL,
		    "%s: %s", NEVER[_i].why, found->text);
		ck_assert_msg(strncmp(found->where, "alerts/a.yaml:", 14) == 0,
		    "%s: at %s", NEVER[_i].why, found->where);
	}
	text_end();
	findings_done(&f);
}
END_TEST

START_TEST(what_another_takes_whole_is_refused)
{
	struct charter *c = NULL;

	text_begin();
	text_add("alerts/a.yaml", "why: x\nwatch: [key, keeper]\n");
	text_add("alerts/b.yaml", "why: x\nwatch: key\n"
	    "class: firmware-signing\n");
	unit_fails(text_read(&c, NULL, &unit_err), ECHARTER);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "earlier ones"));
	text_end();
}
END_TEST

START_TEST(a_group_that_only_hears_is_used)
{
	AUTO(charter) *c = NULL;
	struct findings f;

	findings_init(&f);
	text_begin();
	text_change("roster.yaml", "groups:\n", "groups:\n  readers: [dev]\n");
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_ptr_nonnull(find_of(&f, FIND_UNUSED_GROUP));
	findings_done(&f);
	charter_free(TAKE(c));
	findings_init(&f);
	text_add("alerts/a.yaml", "why: x\nwatch: key\n"
	    "escalate: { after: P1D, to: readers }\n");
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_ptr_null(find_of(&f, FIND_UNUSED_GROUP));
	text_end();
	findings_done(&f);
}
END_TEST

#define HOURS(n)	TIME_S(INT64_C(3600) * (n))

static const struct {
	const char	*why;
	time_us		 left, whole;
	bool		 reached;
	time_us		 threshold;
	enum watch	 watch;
} THRESHOLD[] = {
	{ "it is far", DAYS(91), DAYS(1000), false, 0, WATCH_KEY },
	{ "a day too early", DAYS(90) + 1, DAYS(1000), false, 0, WATCH_KEY },
	{ "the first", DAYS(90), DAYS(1000), true, DAYS(90), WATCH_KEY },
	{ "until the next", DAYS(30) + 1, DAYS(1000), true, DAYS(90), WATCH_KEY },
	{ "the next", DAYS(30), DAYS(1000), true, DAYS(30), WATCH_KEY },
	{ "the last", 1, DAYS(1000), true, DAYS(1), WATCH_KEY },
	{ "it is over", 0, DAYS(1000), true, 0, WATCH_KEY },
	{ "long since", -DAYS(10), DAYS(1000), true, 0, WATCH_KEY },
	{ "a life of three months has no 90 days before its end", DAYS(60), DAYS(90), false, 0, WATCH_KEY },
	{ "but 30", DAYS(30), DAYS(90), true, DAYS(30), WATCH_KEY },
	{ "a day's has nothing", 1, DAYS(1), false, 0, WATCH_KEY },
	{ "and its end is no news", 0, DAYS(1), false, 0, WATCH_KEY },
	{ "three days have a last one", DAYS(1), DAYS(3), true, DAYS(1), WATCH_KEY },
	{ "and an end", 0, DAYS(3), true, 0, WATCH_KEY },
	{ "of a life that nobody knows all count", DAYS(60), 0, true, DAYS(90), WATCH_KEY },
	{ "what waits for a week is told of a day before", DAYS(1), DAYS(7), true, DAYS(1), WATCH_REQUEST },
	{ "what waits for a day is not", HOURS(5), DAYS(1), false, 0, WATCH_REQUEST },
	{ "but four hours before", HOURS(4), DAYS(1), true, HOURS(4), WATCH_REQUEST },
	{ "and one", HOURS(1), DAYS(1), true, HOURS(1), WATCH_REQUEST },
	{ "what waits for an hour is told of in its last quarter", TIME_S(900), HOURS(1), true, TIME_S(900), WATCH_REQUEST },
	{ "and no earlier", TIME_S(901), HOURS(1), false, 0, WATCH_REQUEST },
	{ "a shift's window", HOURS(1), HOURS(8), true, HOURS(1), WATCH_WINDOW },
};

START_TEST(thresholds_are_reached_in_turn)
{
	time_us t;

	ck_assert_msg(alert_threshold(&alert_unsaid, THRESHOLD[_i].watch,
	    THRESHOLD[_i].left, THRESHOLD[_i].whole, &t) == THRESHOLD[_i].reached, "%s",
	    THRESHOLD[_i].why);
	ck_assert_msg(t == THRESHOLD[_i].threshold, "%s", THRESHOLD[_i].why);
}
END_TEST

START_TEST(the_lead_is_the_longest_that_means_anything)
{
	time_us t = 1;

	ck_assert(alert_lead(&alert_unsaid, WATCH_CERTIFICATE, 0, &t));
	ck_assert_int_eq(t, DAYS(90));
	ck_assert(alert_lead(&alert_unsaid, WATCH_CERTIFICATE, DAYS(270), &t));
	ck_assert_int_eq(t, DAYS(90));
	ck_assert(alert_lead(&alert_unsaid, WATCH_CERTIFICATE, DAYS(270) - 1, &t));
	ck_assert_int_eq(t, DAYS(30));
	/* A responder's. */
	ck_assert(alert_lead(&alert_unsaid, WATCH_CERTIFICATE, DAYS(14), &t));
	ck_assert_int_eq(t, DAYS(1));
	ck_assert(!alert_lead(&alert_unsaid, WATCH_CERTIFICATE, DAYS(2), &t));
}
END_TEST

START_TEST(a_group_has_somebody_to_spare_or_not)
{
	AUTO(charter) *c = NULL;
	const struct roster *r;
	struct group_need need;

	text_begin();
	unit_ok(text_read(&c, NULL, &unit_err));
	r = charter_roster(c);
	ck_assert(charter_group_need(c, roster_group(r, "officers"), &need));
	ck_assert_str_eq(need.group, "officers");
	ck_assert_uint_eq(need.need, 2);
	ck_assert_uint_eq(need.have, 3);
	/* Nothing waits for these. */
	ck_assert(!charter_group_need(c, roster_group(r, "leads"), &need));
	charter_free(TAKE(c));
	/* Two of the class's, and one more for another rule. */
	text_change("classes/firmware-signing.yaml", "    by: [officers]\n",
	    "    by: [officers]\n    approvals:\n"
	    "      - { count: 1, of: developers, not: [requester], within: P1D }\n"
	    "      - { count: 1, of: leads, within: P1D }\n");
	text_change("roster.yaml", "dev: { party: contractor }",
	    "dev: { officer-key: officers/dev.pub.pem }");
	text_add_key("officers/dev.pub.pem");
	unit_ok(text_read(&c, NULL, &unit_err));
	r = charter_roster(c);
	ck_assert(charter_group_need(c, roster_group(r, "developers"), &need));
	ck_assert_str_eq(need.rule, "suspend");
	ck_assert_uint_eq(need.need, 1);
	ck_assert_uint_eq(need.have, 1);
	text_end();
}
END_TEST

/* ---- product lines: until when they are supported ---- */

static const struct {
	const char	*why, *products, *finding;	/* with ' for ", NULL: none */
	time_us		 until;
} PRODUCTS[] = {
	{ "a day", "{'lock':{'support-until':'1970-01-02'}}", NULL,
	    2 * DAYS(1) - TIME_S(1) },
	{ "another line's", "{'gate':{'support-until':'1970-01-02'}}", NULL,
	    0 },
	{ "no day", "{'lock':{'support-until':'2036-13-01'}}",
	    "expected a day", 0 },
	{ "a time", "{'lock':{'support-until':'2036-12-01T00:00:00Z'}}",
	    "not within 10 to 10", 0 },
	{ "nothing of a line", "{'lock':{}}", "lacks \"support-until\"", 0 },
	{ "more of it", "{'lock':{'support-until':'2036-12-01','x':1}}",
	    "has no \"x\"", 0 },
	{ "no name", "{'A B':{'support-until':'2036-12-01'}}", "not a name",
	    0 },
	{ "no lines", "{}", "is empty", 0 },
};

START_TEST(a_line_is_supported_until_the_charter_says)
{
	AUTO(charter) *c = NULL, *with = NULL;
	struct findings f;
	struct err why = { .code = OK };
	char text[200];
	json_t *doc, *products;
	int rc;

	findings_init(&f);
	text_begin();
	unit_ok(text_read(&c, &f, &unit_err));
	doc = json_deep_copy(charter_json(c));
	snprintf(text, sizeof(text), "%s", PRODUCTS[_i].products);
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	unit_ok(json_read(text, strlen(text), &products, &unit_err));
	json_object_set_new(doc, "products", products);
	rc = charter_from_json(doc, &with, &why);
	ck_assert_msg((rc == 0) == (PRODUCTS[_i].finding == NULL), "%s: %s",
	    PRODUCTS[_i].why, why.what);
	if (rc == 0)
		ck_assert_int_eq(charter_support(with, "lock"),
		    PRODUCTS[_i].until);
	else
		ck_assert_msg(strstr(why.what, PRODUCTS[_i].finding) != NULL,
		    "%s: %s", PRODUCTS[_i].why, why.what);
	json_decref(doc);
	findings_done(&f);
	text_end();
}
END_TEST

START_TEST(lines_have_a_file_of_their_own)
{
	AUTO(charter) *c = NULL;
	struct findings f;
	struct err why;

	findings_init(&f);
	text_begin();
	text_change("charter.yaml", "name: Test house\n", "name: Test house\n"
	    "products: { lock: { support-until: \"2036-12-31\" } }\n");
	ck_assert_int_eq(text_read(&c, &f, &why), -ECHARTER);
	ck_assert_ptr_nonnull(strstr(why.what, "belongs to products.yaml"));
	findings_done(&f);
	text_end();
	findings_init(&f);
	text_begin();
	text_add("products.yaml", "lock: { support-until: \"2036-12-31\" }\n");
	unit_ok(text_read(&c, &f, &unit_err));
	ck_assert_int_gt(charter_support(c, "lock"), 0);
	findings_done(&f);
	text_end();
}
END_TEST

UNIT_MAIN("policy/watch",
	UNIT(lines_have_a_file_of_their_own)
	UNIT_ROWS(a_line_is_supported_until_the_charter_says, PRODUCTS)
	UNIT_ROWS(a_rule_that_says_nothing_is_refused, SPOILT)
	UNIT(without_any_what_is_usual_holds)
	UNIT(the_first_in_the_order_of_names_decides)
	UNIT_ROWS(a_threshold_that_nothing_lives_long_enough_for_is_warned_of, NEVER)
	UNIT(what_another_takes_whole_is_refused)
	UNIT(a_group_that_only_hears_is_used)
	UNIT(a_group_has_somebody_to_spare_or_not)
	UNIT(the_lead_is_the_longest_that_means_anything)
	UNIT_ROWS(thresholds_are_reached_in_turn, THRESHOLD))
