#include "config.h"

#include <stdio.h>

#include "policy/lint_rule.h"
#include "policy/quorum_people.h"

/* A rule's approvals, with what is asked of them again and again. */
struct panel {
	struct lint	*l;
	const struct rule *r;
	const struct roster *all;
	struct quorum_crowd everybody;
};

static bool
suffices(const struct panel *p, const struct principal *requester,
    const struct principal *missing)
{
	struct quorum_crowd left;

	quorum_crowd_for(p->l->c, p->r, &p->everybody, requester, missing,
	    &left);
	return quorum_crowd_suffices(p->r, &left);
}

/*
 * Could this person, asking by themselves or with a tool of theirs, meet the
 * quorum without anybody else?
 */
static bool
alone(const struct panel *p, const struct principal *person,
    const struct principal *requester)
{
	return rule_people(p->r) == 1 &&
	    quorum_could(p->l->c, p->r, person, requester) != 0;
}

static const struct principal *
alone_with(const struct panel *p, const struct principal *requester)
{
	const struct principal *owner;
	size_t i;

	if (!requester->tool)
		return alone(p, requester, requester) ? requester : NULL;
	for (i = 0; i < requester->owner_n; i++) {
		owner = &p->all->principal[requester->owner[i]];
		if (alone(p, owner, requester))
			return owner;
	}
	return NULL;
}

/* For each who may ask; one finding of a kind is enough. */
static int
lint_requesters(struct panel *p)
{
	const struct principal *q, *blocked = NULL, *self = NULL;
	size_t i, possible = 0, askers = 0;

	for (i = 0; i < p->all->principal_n; i++) {
		q = &p->all->principal[i];
		if (!lint_is_for(p->r, q))
			continue;
		askers++;
		if (suffices(p, q, NULL))
			possible++;
		else
			blocked = q;
		if (self == NULL)
			self = alone_with(p, q);
	}
	if (askers > 0 && possible == 0)
		return lint_at(p->l, p->r, FIND_QUORUM_IMPOSSIBLE, "whoever "
		    "asks, its approvals can never be met");
	if (self != NULL)
		return lint_at(p->l, p->r, FIND_QUORUM_ALONE, "%s could ask and "
		    "approve alone: say not: [requester]", self->id);
	return blocked == NULL ? 0 : lint_at(p->l, p->r, FIND_QUORUM_FOR_SOME,
	    "when %s asks, its approvals can never be met", blocked->id);
}

/* With this officer away: can anybody still ask and be heard? */
static bool
locked_without(const struct panel *p, const struct principal *lost)
{
	const struct principal *q;
	size_t i;

	for (i = 0; i < p->all->principal_n; i++) {
		q = &p->all->principal[i];
		if (q != lost && lint_is_for(p->r, q) && suffices(p, q, lost))
			return false;
	}
	return true;
}

static int
lint_one_lost(struct panel *p)
{
	const struct principal *q;
	size_t i;

	for (i = 0; i < p->all->principal_n; i++) {
		q = &p->all->principal[i];
		if (quorum_could(p->l->c, p->r, q, NULL) != 0 &&
		    locked_without(p, q))
			return lint_at(p->l, p->r, FIND_ONE_LOST, "without %s "
			    "nobody can have it approved", q->id);
	}
	return 0;
}

/* "not: []" says on purpose that who asks may count; then there is no news. */
static bool
says_nothing(const struct rule *r, size_t clause)
{
	return json_object_get(json_array_get(json_object_get(r->json,
	    "approvals"), clause), "not") == NULL;
}

static int
lint_self(struct panel *p)
{
	const struct principal *q;
	size_t i, k;

	for (i = 0; i < p->all->principal_n; i++) {
		q = &p->all->principal[i];
		for (k = 0; lint_is_for(p->r, q) && k < p->r->approvals_n; k++)
			if (says_nothing(p->r, k) && (quorum_could(p->l->c,
			    p->r, q, q) >> k & 1) != 0)
				return lint_at(p->l, p->r, FIND_SELF_APPROVAL,
				    "%s may ask and count as one approver; "
				    "say not: [requester], or not: [] if that "
				    "is meant", q->id);
	}
	return 0;
}

static int
lint_unsigned(struct panel *p)
{
	const struct principal *q;
	size_t i;

	for (i = 0; rule_excludes_requester(p->r) && i < p->all->principal_n;
	    i++) {
		q = &p->all->principal[i];
		if (!q->tool && q->credential_n == 0 && lint_is_for(p->r, q))
			return lint_at(p->l, p->r, FIND_NO_REQUEST_PROOF,
			    "%s must sign what they ask for", q->id);
	}
	return 0;
}

/* The members of a clause's group who cannot approve: first of them, how many. */
struct mute {
	const struct principal *first;
	size_t		 n;
};

static void
mute_add(struct mute *m, const struct principal *p)
{
	if (m->n++ == 0)
		m->first = p;
}

static int
mute_note(struct lint *l, const struct rule *r, enum find what,
    const struct mute *m, const char *of, const char *why)
{
	char others[40] = "";

	if (m->n == 0)
		return 0;
	if (m->n > 1)
		(void)snprintf(others, sizeof(others), " and %zu more",
		    m->n - 1);
	return lint_at(l, r, what, "%s%s of group \"%s\": %s", m->first->id,
	    others, of, why);
}

static int
lint_approvers(struct lint *l, const struct rule *r, const struct clause *k)
{
	const struct roster *all = charter_roster(l->c);
	const struct group *g = &all->group[k->group];
	struct mute tools = { NULL, 0 }, bare = { NULL, 0 };
	const struct principal *p;
	size_t i;

	if (k->count > g->member_n)
		return lint_at(l, r, FIND_QUORUM_IMPOSSIBLE, "%u of group "
		    "\"%s\", which has %zu", k->count, k->of, g->member_n);
	for (i = 0; i < g->member_n; i++) {
		p = &all->principal[g->member[i]];
		if (p->tool)
			mute_add(&tools, p);
		else if (p->credential_n == 0)
			mute_add(&bare, p);
	}
	TRY(mute_note(l, r, FIND_TOOL_APPROVES, &tools, k->of,
	    "a tool cannot approve"));
	return mute_note(l, r, FIND_NO_CREDENTIAL, &bare, k->of,
	    "no credential to approve with");
}

int
lint_quorum(struct lint *l, const struct rule *r)
{
	struct panel p = { .l = l, .r = r, .all = charter_roster(l->c) };
	size_t i, before = l->f->errors;

	if (r->approvals_n == 0)
		return 0;
	for (i = 0; i < r->approvals_n; i++)
		TRY(lint_approvers(l, r, &r->approvals[i]));
	if (l->f->errors > before)
		return 0;
	quorum_crowd_of(l->c, r, &p.everybody);
	TRY(lint_requesters(&p));
	if (l->f->errors > before)
		return 0;
	TRY(lint_one_lost(&p));
	TRY(lint_self(&p));
	return lint_unsigned(&p);
}
