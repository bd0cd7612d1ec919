#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/lint_rule.h"
#include "policy/quorum.h"
#include "policy/quorum_people.h"

#define BREAK_GLASS_MOST	TIME_S(24 * 3600)

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

static bool
in_by(const struct rule *r, const struct principal *p)
{
	return group_set_meets(&r->by, &p->groups);
}

static int
lint_nobody(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	size_t i;

	for (i = 0; i < all->principal_n; i++)
		if (in_by(r, &all->principal[i]))
			return 0;
	return lint_at(l, r, FIND_NEVER_MATCHES, "nobody is in its groups");
}

/* Could this one person, asking, meet the quorum by themselves? */
static bool
alone(const struct lint *l, const struct rule *r, const struct principal *p)
{
	unsigned most = 0;
	size_t i;

	for (i = 0; i < r->approvals_n; i++) {
		if (!quorum_eligible(l->c, &r->approvals[i], p, p,
		    PROOF_OFFICER_KEY) && !quorum_eligible(l->c,
		    &r->approvals[i], p, p, PROOF_PASSKEY))
			return false;
		most += r->approvals[i].count;
	}
	return most == 1;
}

/* The same for each who may ask; one finding of a kind is enough. */
static int
lint_requesters(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	const struct principal *p, *blocked = NULL, *self = NULL;
	size_t i, possible = 0, askers = 0;

	for (i = 0; i < all->principal_n; i++) {
		p = &all->principal[i];
		if (!in_by(r, p))
			continue;
		askers++;
		if (quorum_possible(l->c, r, p, NULL))
			possible++;
		else
			blocked = p;
		if (!p->tool && alone(l, r, p))
			self = p;
	}
	if (askers > 0 && possible == 0)
		return lint_at(l, r, FIND_QUORUM_IMPOSSIBLE, "whoever asks, "
		    "its approvals can never be met");
	if (self != NULL)
		TRY(lint_at(l, r, FIND_QUORUM_ALONE, "%s could ask and approve "
		    "alone: say not: [requester]", self->id));
	return blocked == NULL ? 0 : lint_at(l, r, FIND_QUORUM_FOR_SOME,
	    "when %s asks, its approvals can never be met", blocked->id);
}

static int
lint_approvers(struct lint *l, const struct rule *r, const struct clause *k)
{
	const struct roster *all = charter_roster(l->c);
	const struct group *g = &all->group[k->group];
	const struct principal *p;
	size_t i;

	if (k->count == 0 || k->count > g->member_n)
		return lint_at(l, r, FIND_QUORUM_IMPOSSIBLE, "%u of group "
		    "\"%s\", which has %zu", k->count, k->of, g->member_n);
	for (i = 0; i < g->member_n; i++) {
		p = &all->principal[g->member[i]];
		if (p->tool)
			TRY(lint_at(l, r, FIND_TOOL_APPROVES, "%s of group "
			    "\"%s\" is a tool", p->id, k->of));
		else if (p->credential_n == 0)
			TRY(lint_at(l, r, FIND_NO_CREDENTIAL, "%s of group "
			    "\"%s\" has no credential", p->id, k->of));
	}
	return 0;
}

/* One officer's absence: for whoever asks, so for a requester that is NULL. */
static int
lint_one_lost(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	size_t i;

	for (i = 0; i < all->principal_n; i++)
		if (!all->principal[i].tool &&
		    !quorum_possible(l->c, r, NULL, &all->principal[i]))
			return lint_at(l, r, FIND_ONE_LOST, "without %s its "
			    "approvals can never be met",
			    all->principal[i].id);
	return 0;
}

static int
lint_self(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	size_t i, k;

	for (i = 0; i < all->principal_n; i++)
		for (k = 0; k < r->approvals_n; k++)
			if (in_by(r, &all->principal[i]) &&
			    !r->approvals[k].not_requester &&
			    quorum_eligible(l->c, &r->approvals[k],
			    &all->principal[i], NULL, PROOF_OFFICER_KEY))
				return lint_at(l, r, FIND_SELF_APPROVAL,
				    "%s may ask and count as one approver",
				    all->principal[i].id);
	return 0;
}

static int
lint_unsigned(struct lint *l, const struct rule *r)
{
	const struct roster *all = charter_roster(l->c);
	size_t i;

	if (!rule_excludes_requester(r))
		return 0;
	for (i = 0; i < all->principal_n; i++)
		if (in_by(r, &all->principal[i]) &&
		    !all->principal[i].tool &&
		    all->principal[i].credential_n == 0)
			return lint_at(l, r, FIND_NO_REQUEST_PROOF, "%s must "
			    "sign what they ask for", all->principal[i].id);
	return 0;
}

static int
lint_quorum(struct lint *l, const struct rule *r)
{
	size_t i, before = l->f->errors;

	if (r->approvals_n == 0)
		return 0;
	for (i = 0; i < r->approvals_n; i++)
		TRY(lint_approvers(l, r, &r->approvals[i]));
	if (l->f->errors > before)
		return 0;
	TRY(lint_requesters(l, r));
	TRY(lint_one_lost(l, r));
	TRY(lint_self(l, r));
	return lint_unsigned(l, r);
}

static bool
asks(const struct rule *r, enum action a)
{
	return rule_allows_action(r, a);
}

/* What no rule may allow to one person alone. */
static int
lint_guard(struct lint *l, const struct rule *r)
{
	static const enum action guarded[] = { ACTION_KEY_GENERATE,
		ACTION_KEY_EXPORT, ACTION_KEY_RESUME, ACTION_KEY_DESTROY,
		ACTION_WINDOW_OPEN, ACTION_CHARTER_AMEND,
		ACTION_HOUSE_RESTORE };
	size_t i;

	for (i = 0; i < NELEM(guarded) && r->approvals_n == 0; i++)
		if (asks(r, guarded[i]))
			return lint_at(l, r, FIND_UNGUARDED, "%s needs "
			    "approvals", action_name(guarded[i]));
	return 0;
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
	if (r->break_glass && (r->approvals_n == 0 || r->review <= 0 ||
	    r->permits_for > BREAK_GLASS_MOST))
		return lint_at(l, r, FIND_BREAK_GLASS, "it needs approvals, a "
		    "review, and permits for at most a day");
	return 0;
}

static int
lint_passkey(struct lint *l, const struct rule *r)
{
	const struct key_class *k = r->class == NULL ? NULL :
	    charter_class(l->c, r->class);
	bool precious = asks(r, ACTION_CHARTER_AMEND) || (k != NULL &&
	    (k->kind == KIND_DEBUG_AUTH || (k->kind == KIND_CA &&
	    asks(r, ACTION_KEY_GENERATE))));
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
	TRY(lint_quorum(l, r));
	TRY(lint_guard(l, r));
	TRY(lint_words(l, r));
	return lint_passkey(l, r);
}

/* Does every condition of the earlier rule stand, word for word, in this? */
static bool
no_narrower(const struct rule *earlier, const struct rule *r)
{
	size_t i, k;

	for (i = 0; i < earlier->when_n; i++) {
		for (k = 0; k < r->when_n; k++)
			if (strcmp(earlier->when[i].name, r->when[k].name) == 0
			    && json_equal(earlier->when[i].wanted,
			    r->when[k].wanted))
				break;
		if (k == r->when_n)
			return false;
	}
	return true;
}

static bool
by_within(const struct rule *r, const struct rule *earlier)
{
	size_t i;

	for (i = 0; i < NELEM(r->by.w); i++)
		if ((r->by.w[i] & ~earlier->by.w[i]) != 0)
			return false;
	return true;
}

int
lint_shadow(struct lint *l, const struct rule *rules, size_t i)
{
	const struct rule *r = &rules[i];
	uint64_t left = r->actions;
	const struct rule *last = NULL;
	size_t k;

	for (k = 0; k < i; k++)
		if (by_within(r, &rules[k]) && no_narrower(&rules[k], r) &&
		    (left & rules[k].actions) != 0) {
			left &= ~rules[k].actions;
			last = &rules[k];
		}
	return last == NULL || left != 0 ? 0 : lint_at(l, r, FIND_SHADOWED,
	    "rule \"%s\" before it takes all of it", last->name);
}
