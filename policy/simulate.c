#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "policy/decide.h"
#include "policy/simulate.h"

static int
check_past(const json_t *p, size_t i, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "id", WANT_STRING, true, 1, 64, "which decision" },
		{ "time", WANT_STRING, false, 1, 32, "when" },
		{ "facts", WANT_OBJECT, true, 0, 128, "what was known" },
		{ "verdict", WANT_STRING, true, 1, 16, "what was decided" },
		{ "rule", WANT_STRING, false, 1, 64, "by which rule" },
	};
	char where[32];

	(void)snprintf(where, sizeof(where), "/%zu", i);
	return json_check(p, where, ROWS, NELEM(ROWS), err);
}

/* The rule of then against the rule of now; no rule is "". */
static bool
is_same(const json_t *past, const struct decision *d)
{
	return strcmp(json_str(past, "verdict", ""), verdict_name(d->verdict))
	    == 0 && strcmp(json_str(past, "rule", ""),
	    d->rule == NULL ? "" : d->rule->name) == 0;
}

static void
words_of(const json_t *past, const struct decision *d, char *ret, size_t n)
{
	const char *was = json_str(past, "verdict", "");
	const char *rule = json_str(past, "rule", NULL);
	const char *is = verdict_name(d->verdict);

	if (strcmp(was, is) != 0)
		(void)snprintf(ret, n, "was %s%s%s, would now be %s%s%s: %s",
		    was, rule == NULL ? "" : " by ", rule == NULL ? "" : rule,
		    is, d->rule == NULL ? "" : " by ",
		    d->rule == NULL ? "" : d->rule->name,
		    reason_words(d->why));
	else
		(void)snprintf(ret, n, "still %s, but by %s, not %s", is,
		    d->rule == NULL ? "no rule" : d->rule->name,
		    rule == NULL ? "no rule" : rule);
}

static int
note_change(const json_t *past, const struct decision *d, json_t *changed,
    struct err *err)
{
	AUTO_JSON *o = NULL;
	char words[400];

	words_of(past, d, words, sizeof(words));
	TRY(json_build(&o, err, "{s:O, s:O*, s:s, s:{s:O, s:O*}, s:{s:s}, "
	    "s:s}", "id", json_object_get(past, "id"), "time",
	    json_object_get(past, "time"), "action", action_name(d->action),
	    "was", "verdict", json_object_get(past, "verdict"), "rule",
	    json_object_get(past, "rule"), "now", "verdict",
	    verdict_name(d->verdict), "words", words));
	if (json_array_append(changed, o) != 0)
		return err_set(err, ENOMEMORY, "simulating");
	/* Not "s*" above: where memory is short, jansson leaves it out. */
	return d->rule == NULL ? 0 : json_set_str(json_object_get(o, "now"),
	    "rule", d->rule->name, err);
}

/*
 * A count under another rule says nothing about this one's: with a limit it
 * is taken over only while the rule's name is the same.
 */
static int
decide_again(const struct charter *c, const json_t *past, struct facts *f,
    struct decision *ret, struct err *err)
{
	const struct fact_value *v = facts_get(f, FACT_ACTION, NULL);
	const struct rule *r;
	enum action a;

	if (v == NULL)
		return err_set(err, ESCHEMA, "past decision %s: its facts "
		    "do not name the action", json_str(past, "id", ""));
	TRY(action_from_name(v->s, &a, err));
	r = policy_match(c, a, NULL, f);
	if (r != NULL && r->limit_uses > 0 &&
	    (facts_get(f, FACT_COUNT_RULE, NULL) == NULL ||
	    strcmp(r->name, json_str(past, "rule", "")) != 0))
		TRY(facts_int(f, "count.rule", 0, ASSERTED, err));
	policy_decide(c, a, NULL, f, ret);
	return 0;
}

int
policy_simulate(const struct charter *c, const json_t *past, json_t **ret,
    struct err *err)
{
	AUTO_JSON *changed = json_array();
	json_int_t same = 0;
	const json_t *p;
	size_t i;

	if (!json_is_array(past) || changed == NULL)
		return err_set(err, changed == NULL ? ENOMEMORY : ESCHEMA,
		    "past decisions: expected a list");
	json_array_foreach(past, i, p) {
		AUTO(facts) *f = NULL;
		struct decision d;

		TRY(check_past(p, i, err));
		TRY(facts_from_json(json_object_get(p, "facts"), &f, err));
		TRY(decide_again(c, p, f, &d, err));
		if (is_same(p, &d))
			same++;
		else
			TRY(note_change(p, &d, changed, err));
	}
	return json_build(ret, err, "{s:I, s:I, s:O}", "decided",
	    (json_int_t)json_array_size(past), "same", same, "changed",
	    changed);
}
