#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "policy/diff_rule.h"

int
diff_text(struct diff *d, const json_t *v, char *ret, size_t n)
{
	struct blob b = { 0 };
	int rc;

	if (v == NULL || json_is_string(v)) {
		(void)snprintf(ret, n, "%s", v == NULL ? "not said" :
		    json_string_value(v));
		return 0;
	}
	rc = json_canonical(v, &b, d->err);
	if (rc == 0)
		(void)snprintf(ret, n, "%s", blob_str(&b));
	blob_done(&b);
	return rc;
}

static const json_t *
rule_named(const json_t *rules, const char *name, size_t *ret_index)
{
	const json_t *r;
	size_t i;

	json_array_foreach(rules, i, r)
		if (strcmp(json_str(r, "name", ""), name) == 0) {
			*ret_index = i;
			return r;
		}
	return NULL;
}

/* --- does the new value ask for less? --- */

static int64_t
people(const json_t *approvals)
{
	const json_t *c;
	int64_t n = 0;
	size_t i;

	json_array_foreach(approvals, i, c)
		n += json_int(c, "count", 0);
	return n;
}

/* Of each clause of old: is there one in new that asks as much? */
static bool
clause_kept(const json_t *old, const json_t *approvals)
{
	const json_t *c, *k;
	size_t i, n;
	bool fewer;

	json_array_foreach(approvals, i, c) {
		if (strcmp(json_str(c, "of", ""), json_str(old, "of", "")) != 0
		    || json_int(c, "count", 0) < json_int(old, "count", 0) ||
		    json_array_size(json_object_get(c, "not")) <
		    json_array_size(json_object_get(old, "not")))
			continue;
		fewer = false;
		json_array_foreach(json_object_get(c, "proof"), n, k)
			fewer |= !diff_listed(json_object_get(old, "proof"),
			    k);
		if (!fewer)
			return true;
	}
	return false;
}

static bool
weaker_approvals(const json_t *old, const json_t *new)
{
	const json_t *c;
	size_t i;

	if (people(new) < people(old))
		return true;
	json_array_foreach(old, i, c)
		if (!clause_kept(c, new))
			return true;
	return false;
}

static bool
weaker_list(const json_t *old, const json_t *new)
{
	const json_t *v;
	size_t i;

	json_array_foreach(new, i, v)
		if (!diff_listed(old, v))
			return true;
	return false;
}

static bool
weaker_needs(const json_t *old, const json_t *new)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)old, name, v)
		if (!json_equal(v, json_object_get(new, name)))
			return true;
	return false;
}

static time_us
period(const json_t *o, const char *name)
{
	time_us t;

	return clock_duration(json_str(o, name, ""), &t, NULL) == 0 ? t : 0;
}

static bool
weaker_limit(const json_t *old, const json_t *new)
{
	return old != NULL && (new == NULL ||
	    json_int(new, "uses", 0) > json_int(old, "uses", 0) ||
	    period(new, "per") < period(old, "per"));
}

/* Without one no device gets a new key at all. */
static bool
weaker_rework(const json_t *old, const json_t *new)
{
	return new != NULL && (old == NULL || weaker_limit(old, new));
}

static bool
weaker_permits(const json_t *old, const json_t *new)
{
	return json_int(new, "uses", 1) > json_int(old, "uses", 1) ||
	    period(new, "for") > period(old, "for");
}

static bool
is_weaker(const char *member, const json_t *old, const json_t *new)
{
	if (strcmp(member, "approvals") == 0)
		return weaker_approvals(old, new);
	if (strcmp(member, "by") == 0 || strcmp(member, "action") == 0)
		return weaker_list(old, new);
	if (strcmp(member, "when") == 0 || strcmp(member, "require") == 0)
		return weaker_needs(old, new);
	if (strcmp(member, "limit") == 0)
		return weaker_limit(old, new);
	if (strcmp(member, "rework") == 0)
		return weaker_rework(old, new);
	if (strcmp(member, "permits") == 0)
		return weaker_permits(old, new);
	if (strcmp(member, "any-digest") == 0)
		return json_is_true(new);
	return strcmp(member, "break-glass") == 0 && new == NULL;
}

/* --- saying it --- */

struct place {
	const char	*class;		/* or NULL */
	const char	*rule;
	char		 words[200];	/* "rule X of class Y" */
};

static void
place_of(struct place *p, const char *class, const char *rule)
{
	p->class = class;
	p->rule = rule;
	if (class == NULL)
		(void)snprintf(p->words, sizeof(p->words),
		    "access rule %s", rule);
	else
		(void)snprintf(p->words, sizeof(p->words),
		    "rule %s of class %s", rule, class);
}

/* "2 of release-officers (not who asks, within PT4H, by officer-key)" */
static void
approvals_text(const json_t *approvals, char *ret, size_t n)
{
	const json_t *c, *p;
	size_t i, k, at = 0;
	int wrote;

	(void)snprintf(ret, n, "nobody");
	json_array_foreach(approvals, i, c) {
		wrote = snprintf(ret + at, n - at, "%s%lld of %s (%swithin %s",
		    i > 0 ? " and " : "", (long long)json_int(c, "count", 0),
		    json_str(c, "of", ""),
		    json_array_size(json_object_get(c, "not")) > 0 ?
		    "not who asks, " : "", json_str(c, "within", ""));
		at += wrote < 0 ? 0 : (size_t)wrote;
		json_array_foreach(json_object_get(c, "proof"), k, p) {
			if (at >= n)
				return;
			wrote = snprintf(ret + at, n - at, "%s%s", k > 0 ?
			    " or " : ", by ", json_string_value(p));
			at += wrote < 0 ? 0 : (size_t)wrote;
		}
		if (at + 1 >= n)
			return;
		ret[at++] = ')';
		ret[at] = '\0';
	}
}

static int
say_member(struct diff *d, const struct place *p, const char *member,
    const json_t *old, const json_t *new)
{
	struct change c = { .kind = "rule", .subject = p->rule, .old = old,
	    .new = new, .weaker = is_weaker(member, old, new) };
	char was[220], is[220];

	if (strcmp(member, "approvals") == 0) {
		approvals_text(old, was, sizeof(was));
		approvals_text(new, is, sizeof(is));
		return diff_say(d, &c, "%s: %s must agree, was %s", p->words,
		    is, was);
	}
	TRY(diff_text(d, old, was, sizeof(was)));
	TRY(diff_text(d, new, is, sizeof(is)));
	return diff_say(d, &c, "%s: %s is %s, was %s", p->words, member, is,
	    was);
}

static int
rule_changed(struct diff *d, const struct place *p, const json_t *old,
    const json_t *new)
{
	const char *member;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)new, member, v)
		if (json_object_get(old, member) == NULL ||
		    !json_equal(v, json_object_get(old, member)))
			TRY(say_member(d, p, member,
			    json_object_get(old, member), v));
	json_object_foreach((json_t *)(uintptr_t)old, member, v)
		if (json_object_get(new, member) == NULL)
			TRY(say_member(d, p, member, v, NULL));
	return 0;
}

/* The first rule matches, so order is law: say what now comes earlier. */
static int
say_moved(struct diff *d, const char *class, const json_t *from,
    const json_t *to, size_t at, size_t was)
{
	struct change c = { .kind = "order" };
	const json_t *r;
	struct place p;
	size_t i, before;

	for (i = at + 1; i < json_array_size(to); i++) {
		r = json_array_get(to, i);
		if (rule_named(from, json_str(r, "name", ""), &before) == NULL
		    || before > was)
			continue;
		c.subject = json_str(json_array_get(to, at), "name", "");
		place_of(&p, class, c.subject);
		return diff_say(d, &c, "%s is now asked before %s", p.words,
		    json_str(r, "name", ""));
	}
	return 0;
}

int
diff_rules(struct diff *d, const char *class, const json_t *from,
    const json_t *to)
{
	const json_t *r, *old;
	struct change c = { .kind = "rule" };
	struct place p;
	size_t i, was;

	json_array_foreach(to, i, r) {
		c.subject = json_str(r, "name", "");
		place_of(&p, class, c.subject);
		old = rule_named(from, c.subject, &was);
		if (old == NULL) {
			c.new = r;
			TRY(diff_say(d, &c, "%s is new: %s", p.words,
			    json_str(r, "why", "")));
			continue;
		}
		TRY(rule_changed(d, &p, old, r));
		TRY(say_moved(d, class, from, to, i, was));
	}
	c.new = NULL;
	json_array_foreach(from, i, r) {
		c.subject = json_str(r, "name", "");
		c.old = r;
		place_of(&p, class, c.subject);
		if (rule_named(to, c.subject, &was) == NULL)
			TRY(diff_say(d, &c, "%s is gone", p.words));
	}
	return 0;
}
