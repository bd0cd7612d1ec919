#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/diff.h"
#include "policy/diff_rule.h"

int
diff_say(struct diff *d, const struct change *c, const char *fmt, ...)
{
	AUTO_JSON *o = NULL;
	char words[600];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	TRY(json_build(&o, d->err, "{s:s, s:s, s:s, s:O*, s:O*}", "kind",
	    c->kind, "subject", c->subject, "words", words, "old", c->old,
	    "new", c->new));
	if (c->weaker)
		TRY(json_set_new(o, "weaker", json_true(), d->err));
	if (json_array_append(d->changes, o) != 0)
		return err_set(d->err, ENOMEMORY, "comparing charters");
	return 0;
}

bool
diff_listed(const json_t *list, const json_t *v)
{
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e)
		if (json_equal(e, v))
			return true;
	return false;
}

/* What is new, gone or changed in an object whose values mean little here. */
static int
diff_map(struct diff *d, const json_t *from, const json_t *to,
    const char *kind, const char *words,
    int (*changed)(struct diff *, const char *, const json_t *,
    const json_t *))
{
	struct change c = { .kind = kind };
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)to, name, v) {
		c.subject = name;
		c.old = json_object_get(from, name);
		c.new = v;
		if (c.old == NULL)
			TRY(diff_say(d, &c, "%s %s is new", words, name));
		else if (!json_equal(c.old, v) && changed != NULL)
			TRY(changed(d, name, c.old, v));
		else if (!json_equal(c.old, v))
			TRY(diff_say(d, &c, "%s %s is changed", words, name));
	}
	json_object_foreach((json_t *)(uintptr_t)from, name, v) {
		c.subject = name;
		c.old = v;
		c.new = NULL;
		if (json_object_get(to, name) == NULL)
			TRY(diff_say(d, &c, "%s %s is gone", words, name));
	}
	return 0;
}

/* The elements of @a that @b lacks, each in a sentence of its own. */
static int
diff_lacking(struct diff *d, struct change *c, const json_t *a,
    const json_t *b, const char *fmt_words)
{
	const json_t *v;
	size_t i;

	json_array_foreach(a, i, v)
		if (!diff_listed(b, v))
			TRY(diff_say(d, c, "%s %s %s", json_is_string(v) ?
			    json_string_value(v) : "", fmt_words,
			    c->subject));
	return 0;
}

static int
group_changed(struct diff *d, const char *name, const json_t *old,
    const json_t *new)
{
	struct change c = { .kind = "group", .subject = name, .old = old,
	    .new = new };

	TRY(diff_lacking(d, &c, new, old, "joins"));
	return diff_lacking(d, &c, old, new, "leaves");
}

static int
tool_changed(struct diff *d, const char *name, const json_t *old,
    const json_t *new)
{
	struct change c = { .kind = "tool", .subject = name, .old = old,
	    .new = new };

	TRY(diff_lacking(d, &c, json_object_get(new, "owners"),
	    json_object_get(old, "owners"), "now answers for"));
	/* Owners count as asking; one who is none any more may approve. */
	c.weaker = true;
	return diff_lacking(d, &c, json_object_get(old, "owners"),
	    json_object_get(new, "owners"), "no longer answers for");
}

static int
person_changed(struct diff *d, const char *name, const json_t *old,
    const json_t *new)
{
	const json_t *was = json_object_get(old, "credentials"), *v;
	const json_t *is = json_object_get(new, "credentials");
	struct change c = { .kind = "credential", .subject = name };
	size_t i;

	json_array_foreach(is, i, v) {
		c.new = v;
		if (!diff_listed(was, v))
			TRY(diff_say(d, &c, "%s has a new credential", name));
	}
	c.new = NULL;
	json_array_foreach(was, i, v) {
		c.old = v;
		if (!diff_listed(is, v))
			TRY(diff_say(d, &c, "a credential of %s is gone",
			    name));
	}
	c = (struct change){ .kind = "person", .subject = name,
	    .old = json_object_get(old, "party"),
	    .new = json_object_get(new, "party") };
	if ((c.old == NULL) != (c.new == NULL) || (c.old != NULL &&
	    !json_equal(c.old, c.new)))
		return diff_say(d, &c, "%s belongs to %s, not to %s", name,
		    c.new == NULL ? "the house" : json_string_value(c.new),
		    c.old == NULL ? "the house" : json_string_value(c.old));
	return 0;
}

/* More kinds of key than before, longer used, or that may leave. */
static bool
weaker_keys(const struct diff *d, const char *class)
{
	const struct key_class *was = charter_class(d->from, class);
	const struct key_class *is = charter_class(d->to, class);
	size_t i;

	for (i = 0; i < is->algorithm_n; i++)
		if (!charter_class_allows_algorithm(was, is->algorithm[i]))
			return true;
	return is->cryptoperiod > was->cryptoperiod ||
	    is->exportable > was->exportable;
}

static int
class_changed(struct diff *d, const char *name, const json_t *old,
    const json_t *new)
{
	struct change c = { .kind = "class", .subject = name };
	const char *member;
	char text[2][200];
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)new, member, v) {
		c.old = json_object_get(old, member);
		c.new = v;
		if (strcmp(member, "rules") == 0 || json_equal(c.old, v))
			continue;
		TRY(diff_text(d, c.old, text[0], sizeof(text[0])));
		TRY(diff_text(d, v, text[1], sizeof(text[1])));
		c.weaker = strcmp(member, "keys") == 0 && weaker_keys(d, name);
		TRY(diff_say(d, &c, "class %s: %s is %s, was %s", name, member,
		    text[1], text[0]));
	}
	return diff_rules(d, name, json_object_get(old, "rules"),
	    json_object_get(new, "rules"));
}

static int
diff_roster(struct diff *d, const json_t *from, const json_t *to)
{
	TRY(diff_map(d, json_object_get(from, "persons"),
	    json_object_get(to, "persons"), "person", "person",
	    person_changed));
	TRY(diff_map(d, json_object_get(from, "tools"),
	    json_object_get(to, "tools"), "tool", "tool", tool_changed));
	return diff_map(d, json_object_get(from, "groups"),
	    json_object_get(to, "groups"), "group", "group", group_changed);
}

static int
diff_name(struct diff *d, const json_t *from, const json_t *to)
{
	struct change c = { .kind = "charter", .subject = "name",
	    .old = json_object_get(from, "name"),
	    .new = json_object_get(to, "name") };

	if (json_equal(c.old, c.new))
		return 0;
	return diff_say(d, &c, "the charter is called \"%s\", was \"%s\"",
	    json_string_value(c.new), json_string_value(c.old));
}

/* Longer ones keep a revocation from devices for longer. */
static int
diff_list(struct diff *d, bool root, const json_t *from, const json_t *to)
{
	const char *member = root ? "root-lifetime" : "lifetime";
	const char *unsaid = root ? LISTS_ROOT_LIFETIME : LISTS_LIFETIME;
	struct change c = { .kind = "charter", .subject = "lists",
	    .old = json_object_get(from, member),
	    .new = json_object_get(to, member),
	    .weaker = charter_list_most(d->to, root) >
	    charter_list_most(d->from, root) };

	if (c.old == c.new || json_equal(c.old, c.new))
		return 0;
	return diff_say(d, &c, "revocation lists%s may last %s, %s before",
	    root ? " of roots" : "", json_str(to, member, unsaid),
	    json_str(from, member, unsaid));
}

/* Who ends the support earlier owes less; that is for people to judge. */
static int
product_changed(struct diff *d, const char *name, const json_t *old,
    const json_t *new)
{
	struct change c = { .kind = "product", .subject = name, .old = old,
	    .new = new };

	return diff_say(d, &c, "product line %s is supported until %s, not %s",
	    name, json_str(new, "support-until", "?"), json_str(old,
	    "support-until", "?"));
}

static int
diff_lists(struct diff *d, const json_t *from, const json_t *to)
{
	TRY(diff_list(d, false, from, to));
	return diff_list(d, true, from, to);
}

static int
diff_all(struct diff *d, const json_t *from, const json_t *to)
{
	TRY(diff_name(d, from, to));
	TRY(diff_roster(d, json_object_get(from, "roster"),
	    json_object_get(to, "roster")));
	TRY(diff_map(d, json_object_get(from, "classes"),
	    json_object_get(to, "classes"), "class", "class", class_changed));
	TRY(diff_rules(d, NULL, json_object_get(json_object_get(from,
	    "access"), "rules"), json_object_get(json_object_get(to,
	    "access"), "rules")));
	TRY(diff_map(d, json_object_get(from, "recovery"),
	    json_object_get(to, "recovery"), "recovery",
	    "recovery procedure", NULL));
	TRY(diff_map(d, json_object_get(from, "profiles"),
	    json_object_get(to, "profiles"), "profile", "profile", NULL));
	TRY(diff_map(d, json_object_get(from, "products"),
	    json_object_get(to, "products"), "product", "product line",
	    product_changed));
	TRY(diff_lists(d, json_object_get(from, "lists"),
	    json_object_get(to, "lists")));
	return diff_map(d, json_object_get(from, "alerts"),
	    json_object_get(to, "alerts"), "alert", "alert", NULL);
}

int
charter_diff(const struct charter *from, const struct charter *to,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	struct sha256 a = charter_hash(from), b = charter_hash(to);
	struct diff d = { .from = from, .to = to, .err = err };

	TRY(json_build(&o, err, "{s:[]}", "changes"));
	d.changes = json_object_get(o, "changes");
	TRY(json_set_hash(o, "from", &a, err));
	TRY(json_set_hash(o, "to", &b, err));
	TRY(diff_all(&d, charter_json(from), charter_json(to)));
	*ret = TAKE(o);
	return 0;
}
