/*
 * cert_line - authorities that are renewed, and those that follow another: of
 * what was approved, what its certificates bear out.
 */
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

struct line {
	const struct waiting *w;
	const struct akey *key;		/* that was certified */
	const json_t	*p;		/* the request's parameters */
	const struct tbs *tbs;
	const char	*name, *renews, *succeeds;
};

/* The newest certificate of a key under a name, or NULL. */
static const struct authority *
newest(const struct akey *k, const char *name)
{
	const struct authority	*o = k->ca;

	while (o != NULL && strcmp(o->name, name) != 0)
		o = o->next;
	return o;
}

/* Whom it succeeds was said when it was made; renewing changes nothing of it. */
static void
renewal_check(struct audit *a, const struct line *l,
    const struct authority *before)
{
	const struct waiting	*w = l->w;
	const struct authority	*o = l->renews == NULL ? NULL :
				    authority_find(l->key, l->renews);

	if (l->renews == NULL)
		WRONG(FINDING_AUTHORITY, "%s is renewed, and the request does "
		    "not say so", l->name);
	else if (o == NULL || strcmp(o->name, l->name) != 0)
		WRONG(FINDING_AUTHORITY, "it renews %.12s, which is no "
		    "certificate of %s", l->renews, l->name);
	if (before != NULL && !same_member(before->parameters, l->p,
	    "succeeds"))
		WRONG(FINDING_AUTHORITY, "%s is renewed as the successor of "
		    "another", l->name);
}

/* NULL: noted. */
static const struct authority *
predecessor(struct audit *a, const struct line *l)
{
	const struct waiting	*w = l->w;
	const struct named_ca	*ca = map_get(&a->authorities, l->succeeds);
	const struct akey	*k = ca == NULL ? NULL : map_get(&a->keys,
				    ca->key);
	const struct authority	*o = k == NULL ? NULL : newest(k, l->succeeds);

	if (o == NULL && a->since > 0)
		audit_unchecked(a, w->a.seq, "authority %s was made before "
		    "this bundle begins", l->succeeds);
	else if (o == NULL)
		WRONG(FINDING_AUTHORITY, "it succeeds %s, which is no "
		    "authority", l->succeeds);
	return o;
}

/* By another key the same: whoever asks the first is sent to it. */
static void
successor_check(struct audit *a, const struct line *l)
{
	static const char *const same[] = { "profile", "subject",
		"path_length", "name_constraints" };
	const struct waiting	*w = l->w;
	const struct authority	*o = predecessor(a, l);

	if (o == NULL)
		return;
	if (authority_find(l->key, o->hash) != NULL)
		WRONG(FINDING_AUTHORITY, "it succeeds %s, and has its key",
		    o->name);
	for (size_t i = 0; i < NELEM(same); i++)
		if (!same_member(o->parameters, l->p, same[i]))
			WRONG(FINDING_AUTHORITY, "it succeeds %s, and has "
			    "another %s", o->name, same[i]);
	if (!span_equal(o->issuer->by, l->tbs->issuer))
		WRONG(FINDING_AUTHORITY, "it succeeds %s, and has another "
		    "issuer", o->name);
}

void
cert_line(struct audit *a, const struct waiting *w, const struct akey *key,
    const json_t *p, const struct tbs *t)
{
	struct line		 l = { .w = w, .key = key, .p = p, .tbs = t,
		.name = json_str(p, "name", ""),
		.renews = json_str(p, "renews", NULL),
		.succeeds = json_str(p, "succeeds", NULL) };
	const struct authority	*before;

	if (key == NULL && a->since > 0 && (l.renews != NULL ||
	    l.succeeds != NULL))
		audit_unchecked(a, w->a.seq, "the key of %s was generated "
		    "before this bundle begins", l.name);
	if (key == NULL)
		return;
	before = newest(key, l.name);
	if (before != NULL || l.renews != NULL)
		renewal_check(a, &l, before);
	else if (l.succeeds != NULL)
		successor_check(a, &l);
}
