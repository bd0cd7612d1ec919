#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/lint_rule.h"

#define BREAK_GLASS_MOST	TIME_S(24 * 3600)
#define BREAK_GLASS_REVIEW	TIME_S(30 * 24 * 3600)

int
lint_rule_note(struct lint *l, const struct rule *r, enum find what,
    const char *fmt, ...)
{
	char where[128], text[320];
	va_list ap;

	if (r->class == NULL)
		(void)snprintf(where, sizeof(where), "/access/rules/%zu",
		    r->index);
	else
		(void)snprintf(where, sizeof(where), "/classes/%s/rules/%zu",
		    r->class, r->index);
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return findings_add(l->f, what, where, l->err, "rule \"%s\": %s",
	    r->name, text);
}

static int
lint_nobody(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	size_t i;

	for (i = 0; i < all->principal_n; i++)
		if (lint_is_for(r, &all->principal[i]))
			return 0;
	return lint_at(l, r, FIND_NEVER_MATCHES,
	    "nobody is in its groups, or of those it is for");
}

static bool
asks(const struct rule *r, enum action a)
{
	return rule_allows_action(r, a);
}

/* Is the rule for keys of named environments, production not among them? */
static bool
beside_production(const struct rule *r)
{
	const struct match *m;
	size_t i, k;

	for (i = 0; i < r->when_n; i++) {
		m = &r->when[i];
		if (m->fact != FACT_KEY_ENVIRONMENT || m->negate ||
		    m->op > MATCH_ONE_OF)
			continue;
		for (k = 0; k < m->value_n; k++)
			if (strcmp(m->value[k].s, "production") == 0)
				return false;
		return true;
	}
	return false;
}

/* What no rule may allow to one person alone. */
static int
lint_guard(struct lint *l, const struct rule *r)
{
	static const enum action guarded[] = { ACTION_KEY_GENERATE,
		ACTION_KEY_ADOPT,
		ACTION_KEY_EXPORT, ACTION_KEY_RESUME, ACTION_KEY_DESTROY,
		ACTION_WINDOW_OPEN, ACTION_CHARTER_AMEND,
		ACTION_HOUSE_RESTORE, ACTION_CA_CREATE, ACTION_CA_REQUEST,
		ACTION_CA_IMPORT };
	size_t i;

	if (r->approvals_n > 0)
		return 0;
	for (i = 0; i < NELEM(guarded); i++)
		if (asks(r, guarded[i]) && !(action_of_class(guarded[i]) &&
		    beside_production(r)))
			return lint_at(l, r, FIND_UNGUARDED, "%s needs "
			    "approvals", action_name(guarded[i]));
	return 0;
}

/* Its group must not be one that ordinary rules of the class count on. */
static const char *
shared_group(const struct lint *l, const struct rule *r)
{
	const struct rule *all;
	size_t n, i, k, c;

	all = charter_rules(l->c, r->class, &n);
	for (i = 0; i < n; i++)
		for (k = 0; !all[i].break_glass && k < all[i].approvals_n; k++)
			for (c = 0; c < r->approvals_n; c++)
				if (all[i].approvals[k].group ==
				    r->approvals[c].group)
					return r->approvals[c].of;
	return NULL;
}

static bool
gives_reason(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->require_n; i++)
		if (r->require[i].fact == FACT_CLAIM &&
		    r->require[i].op == NEED_PRESENT)
			return true;
	return false;
}

static int
lint_break_glass(struct lint *l, const struct rule *r)
{
	const char *of = shared_group(l, r);

	if (r->approvals_n == 0)
		return lint_at(l, r, FIND_BREAK_GLASS, "it needs approvals");
	if (r->permits_for > BREAK_GLASS_MOST || rule_within(r) >
	    BREAK_GLASS_MOST)
		return lint_at(l, r, FIND_BREAK_GLASS, "it may wait, and what "
		    "it permits may last, for at most a day");
	if (r->review > BREAK_GLASS_REVIEW)
		return lint_at(l, r, FIND_BREAK_GLASS, "its review is due "
		    "within 30 days");
	if (asks(r, ACTION_KEY_SIGN) && !gives_reason(r))
		return lint_at(l, r, FIND_BREAK_GLASS, "it must require a "
		    "reason, as claim.reason: present");
	return of == NULL ? 0 : lint_at(l, r, FIND_BREAK_GLASS, "it needs a "
	    "group of its own: \"%s\" approves ordinary uses too", of);
}

static int
lint_words(struct lint *l, const struct rule *r)
{
	if (r->any_digest && !asks(r, ACTION_WINDOW_OPEN))
		return lint_at(l, r, FIND_ANY_DIGEST_RULE, "any-digest is for "
		    "window.open");
	if (r->any_digest)
		TRY(lint_at(l, r, FIND_ANY_DIGEST, "whoever holds such a "
		    "window signs what they like"));
	if (r->rework_uses > 0 && r->limit_uses == 0 && r->approvals_n == 0)
		TRY(lint_at(l, r, FIND_REWORK_ALONE, "only a limit bounds what "
		    "a service that lies about reissues can have certified"));
	return r->break_glass ? lint_break_glass(l, r) : 0;
}

static int
lint_passkey(struct lint *l, const struct rule *r)
{
	const struct key_class *k = r->class == NULL ? NULL :
	    charter_class(l->c, r->class);
	bool precious = asks(r, ACTION_CHARTER_AMEND) || (k != NULL &&
	    (k->kind == KIND_DEBUG_AUTH || (k->kind == KIND_CA &&
	    (asks(r, ACTION_KEY_GENERATE) || asks(r, ACTION_KEY_ADOPT)))));
	size_t i;

	for (i = 0; precious && i < r->approvals_n; i++)
		if ((r->approvals[i].proofs >> PROOF_PASSKEY & 1) != 0)
			return lint_at(l, r, FIND_PASSKEY_PRECIOUS, "demand "
			    "proof: [officer-key]");
	return 0;
}

int
lint_rule(struct lint *l, const struct rule *r)
{
	TRY(lint_nobody(l, r));
	TRY(lint_contradiction(l, r));
	TRY(lint_quorum(l, r));
	TRY(lint_guard(l, r));
	TRY(lint_words(l, r));
	return lint_passkey(l, r);
}
