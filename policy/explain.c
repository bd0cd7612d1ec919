#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "policy/decide.h"

/*
 * An explanation is built step by step; a step without memory leaves
 * j NULL-safe and sets failed, so that the caller asks once.
 */
struct telling {
	const struct decision *d;
	const struct facts *f;
	json_t		*would;		/* would_pass: borrowed */
	bool		 failed;
};

static void
put(struct telling *t, json_t *o, const char *name, json_t *v)
{
	if (json_object_set_new(o, name, v) != 0)
		t->failed = true;
}

static void
append(struct telling *t, json_t *a, json_t *v)
{
	if (json_array_append_new(a, v) != 0)
		t->failed = true;
}

/* A short text of what a fact says: of the day's minutes as a clock does. */
static void
value_words(enum fact fact, const struct fact_value *v, char *ret, size_t n)
{
	size_t i, at = 0;
	int k;

	if (v == NULL) {
		(void)snprintf(ret, n, "not known");
		return;
	}
	switch (v->type) {
	case FACT_STRING:
		(void)snprintf(ret, n, "\"%s\"", v->s);
		return;
	case FACT_INTEGER:
		if (fact == FACT_TIME_OF_DAY)
			(void)snprintf(ret, n, "%02lld:%02lld",
			    (long long)v->i / 60, (long long)v->i % 60);
		else
			(void)snprintf(ret, n, "%lld", (long long)v->i);
		return;
	case FACT_FLAG:
		(void)snprintf(ret, n, "%s", v->i ? "true" : "false");
		return;
	case FACT_SET:
		(void)snprintf(ret, n, "none");
		for (i = 0; i < v->set_n && at < n; i++) {
			k = snprintf(ret + at, n - at, "%s%s",
			    i > 0 ? ", " : "", v->set[i]);
			at += k < 0 ? 0 : (size_t)k;
		}
		return;
	}
}

static json_t *
match_json(struct telling *t, const struct match *m)
{
	const struct fact_value *v = facts_get(t->f, m->fact, m->claim);
	char wants[400], seen[400], text[1000];
	json_t *o;

	match_words(m, wants, sizeof(wants));
	value_words(m->fact, v, seen, sizeof(seen));
	(void)snprintf(text, sizeof(text), "%s %s", m->name, wants);
	o = json_pack("{s:s, s:b, s:s, s:s, s:O}", "fact", m->name, "holds",
	    match_holds(m, t->f), "wanted", text, "seen", seen, "rule",
	    m->wanted);
	if (o == NULL)
		t->failed = true;
	else if (v != NULL)
		put(t, o, "from", json_string(provenance_name(v->from)));
	return o;
}

static const struct principal *
asker(const struct telling *t)
{
	const struct fact_value *v = facts_get(t->f, FACT_PRINCIPAL_ID, NULL);

	return v == NULL ? NULL :
	    roster_find(charter_roster(t->d->charter), v->s);
}

static json_t *
groups_json(struct telling *t, const struct group_set *s)
{
	const struct roster *ro = charter_roster(t->d->charter);
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < ro->group_n; i++)
		if ((s->w[i / 64] >> (i % 64) & 1) != 0)
			append(t, a, json_string(ro->group[i].name));
	return a;
}

/* "release-tools or developers" */
static void
groups_words(const struct telling *t, const struct group_set *s, char *ret,
    size_t n)
{
	const struct roster *ro = charter_roster(t->d->charter);
	size_t i, at = 0;
	int k;

	ret[0] = '\0';
	for (i = 0; i < ro->group_n && at < n; i++) {
		if ((s->w[i / 64] >> (i % 64) & 1) == 0)
			continue;
		k = snprintf(ret + at, n - at, "%s%s", at > 0 ? " or " : "",
		    ro->group[i].name);
		at += k < 0 ? 0 : (size_t)k;
	}
}

static void
would(struct telling *t, const char *text)
{
	append(t, t->would, json_string(text));
}

/* One rule for this action that did not match: why not. */
static void
tell_unmatched(struct telling *t, const struct rule *r, json_t *rules)
{
	const struct principal *p = asker(t);
	bool by = p != NULL && group_set_meets(&r->by, &p->groups);
	char text[1200], part[1000] = "", wants[400], groups[400];
	json_t *o = json_pack("{s:s, s:b, s:b, s:o, s:[]}", "rule", r->name,
	    "matches", 0, "by_holds", by, "by", groups_json(t, &r->by),
	    "when");
	size_t i, at = 0;
	int k;

	if (o == NULL) {
		t->failed = true;
		return;
	}
	groups_words(t, &r->by, groups, sizeof(groups));
	if (!by)
		at = (size_t)snprintf(part, sizeof(part),
		    "who asks were in %s", groups);
	for (i = 0; i < r->when_n; i++) {
		append(t, json_object_get(o, "when"),
		    match_json(t, &r->when[i]));
		if (match_holds(&r->when[i], t->f) || at >= sizeof(part))
			continue;
		match_words(&r->when[i], wants, sizeof(wants));
		k = snprintf(part + at, sizeof(part) - at, "%s%s %s",
		    at > 0 ? " and " : "", r->when[i].name, wants);
		at += k < 0 ? 0 : (size_t)k;
	}
	append(t, rules, o);
	(void)snprintf(text, sizeof(text), "rule %s would decide if %s",
	    r->name, part);
	would(t, text);
}

static void
tell_rules(struct telling *t, json_t *o)
{
	const struct rule *r;
	json_t *rules = json_array();
	size_t i, n;

	put(t, o, "rules", rules);
	r = charter_rules(t->d->charter, t->d->class, &n);
	for (i = 0; !t->failed && i < n && &r[i] != t->d->rule; i++)
		if (rule_allows_action(&r[i], t->d->action))
			tell_unmatched(t, &r[i], rules);
}

static json_t *
clause_json(struct telling *t, const struct clause *c)
{
	json_t *o = json_pack("{s:i, s:s, s:b, s:[]}", "count", (int)c->count,
	    "of", c->of, "not_requester", c->not_requester, "proof");
	int k;

	if (o == NULL)
		t->failed = true;
	for (k = 0; o != NULL && k < PROOF__N; k++)
		if ((c->proofs >> k & 1) != 0)
			append(t, json_object_get(o, "proof"),
			    json_string(proof_kind_name((enum proof_kind)k)));
	return o;
}

static void
tell_approvals(struct telling *t, const struct rule *r, json_t *o)
{
	json_t *a = json_array();
	char text[300];
	size_t i;

	put(t, o, "approvals", a);
	for (i = 0; !t->failed && i < r->approvals_n; i++) {
		append(t, a, clause_json(t, &r->approvals[i]));
		(void)snprintf(text, sizeof(text), "%u of %s approve%s",
		    r->approvals[i].count, r->approvals[i].of,
		    r->approvals[i].not_requester ?
		    ", not counting who asks" : "");
		would(t, text);
	}
}

/* The deciding rule: each of its conditions with the fact it met. */
static void
tell_checks(struct telling *t, const struct rule *r, json_t *o)
{
	char text[1000], wants[400], seen[400];
	json_t *a = json_array();
	const struct match *m;
	size_t i;

	put(t, o, "checks", a);
	for (i = 0; !t->failed && i < r->when_n; i++)
		append(t, a, match_json(t, &r->when[i]));
	for (i = 0; !t->failed && i < r->require_n; i++) {
		m = &r->require[i];
		append(t, a, match_json(t, m));
		if (match_holds(m, t->f))
			continue;
		match_words(m, wants, sizeof(wants));
		value_words(m->fact, facts_get(t->f, m->fact, m->claim), seen,
		    sizeof(seen));
		(void)snprintf(text, sizeof(text), "%s %s; it is %s",
		    m->name, wants, seen);
		would(t, text);
	}
}

static void
tell_limit(struct telling *t, const struct rule *r, json_t *o)
{
	char text[200];

	if (r->limit_uses == 0)
		return;
	put(t, o, "limit", json_pack("{s:I, s:I}", "uses", r->limit_uses,
	    "per_s", (json_int_t)(r->limit_per / TIME_S(1))));
	if (t->d->why != WHY_LIMIT && t->d->why != WHY_NO_COUNT)
		return;
	(void)snprintf(text, sizeof(text), "fewer than %lld uses lie in the "
	    "past %lld seconds", (long long)r->limit_uses,
	    (long long)(r->limit_per / TIME_S(1)));
	would(t, text);
}

/* Counted by the service when a device has a valid certificate already. */
static void
tell_rework(struct telling *t, const struct rule *r, json_t *o)
{
	if (r->rework_uses != 0)
		put(t, o, "rework", json_pack("{s:I, s:I}", "uses",
		    r->rework_uses, "per_s",
		    (json_int_t)(r->rework_per / TIME_S(1))));
}

static json_t *
rule_json(struct telling *t, const struct rule *r)
{
	char hex[SHA256_HEX];
	json_t *o;

	sha256_hex(&r->hash, hex);
	o = json_pack("{s:s, s:s, s:s, s:o}", "name", r->name, "why", r->why,
	    "hash", hex, "by", groups_json(t, &r->by));
	if (o == NULL)
		t->failed = true;
	return o;
}

static void
tell_denied(struct telling *t)
{
	const struct decision *d = t->d;

	if (d->why == WHY_NO_PRINCIPAL)
		would(t, "who asks is in the charter's roster");
	else if (d->why == WHY_NO_CLASS)
		would(t, "the charter has a class of that name");
	else if (d->why == WHY_NOT_OF_KIND)
		would(t, "nothing: no charter can allow this for such keys");
	else if (d->why == WHY_NO_RULE && json_array_size(t->would) == 0)
		would(t, "the charter has a rule for this action; "
		    "it has none");
}

json_t *
decision_explain(const struct decision *d, const struct facts *f)
{
	AUTO_JSON *o = NULL;
	struct telling t = { .d = d, .f = f };

	o = json_pack("{s:s, s:s, s:s, s:s, s:[]}", "verdict",
	    verdict_name(d->verdict), "reason", reason_code(d->why), "words",
	    reason_words(d->why), "action", action_name(d->action),
	    "would_pass");
	if (o == NULL)
		return NULL;
	t.would = json_object_get(o, "would_pass");
	put(&t, o, "facts", facts_json(f));
	if (d->class != NULL)
		put(&t, o, "class", json_string(d->class));
	if (d->rule != NULL) {
		put(&t, o, "rule", rule_json(&t, d->rule));
		tell_checks(&t, d->rule, o);
		tell_limit(&t, d->rule, o);
		tell_rework(&t, d->rule, o);
		if (d->verdict == WAIT)
			tell_approvals(&t, d->rule, o);
	} else
		tell_rules(&t, o);
	if (d->verdict == DENY)
		tell_denied(&t);
	return t.failed ? NULL : TAKE(o);
}
