/* use_judge - the decision that an entry stands on, and how often it was used. */
#include <stdio.h>
#include <string.h>
#include "audit/use.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

/* Making and destroying begin with an intent: then it was decided, which the
 * keeper says in what completes it, a crash later perhaps. */
static time_us
decided_at(const struct entry *e)
{
	const char	*text = json_str(e->result, "decided", NULL);
	time_us		 then;

	if ((e->op != ENTRY_GENERATE && e->op != ENTRY_ADOPT &&
	    e->op != ENTRY_DESTROY) || text == NULL || clock_parse(text, &then, NULL) != 0 ||
	    then > e->time)
		return e->time;
	return then;
}

/* A window is judged for each of its keys, as the keeper does. */
static int
judged_of(struct audit *a, const struct entry *e, const struct req *r,
    struct judged **ret, struct err *err)
{
	struct latest	*l = &a->latest;
	const char	*key = json_str(e->operation, "key", "");
	char		 name[ID_TEXT + SHA256_HEX + 1];
	void		*p;

	if (l->request == r && strcmp(l->key, key) == 0) {
		*ret = l->judged;
		return 0;
	}
	snprintf(name, sizeof(name), "%s/%s", e->request, key);
	TRY(map_put(&a->judged, name, sizeof(struct judged), &p, err));
	*ret = p;
	/* A name that is no hash may be too long to be told from others. */
	l->request = strlen(key) < sizeof(l->key) ? r : NULL;
	snprintf(l->key, sizeof(l->key), "%s", key);
	l->judged = p;
	return 0;
}

/*
 * OCSP answers are journaled together, some time after they were decided on,
 * with the facts of then: what those say of state and time is not the entry's,
 * and the approvals were counted with the first under this charter.
 */
static int
judge_again(struct audit *a, const struct waiting *w, struct req *r,
    size_t charter, bool first, struct err *err)
{
	bool			 counted = w->entry->op == ENTRY_OCSP;
	const struct entry	*e = w->entry;
	char			 hash[SHA256_HEX];
	struct judge		 j = { .e = &w->a, .n = e->n,
		.charter = charter, .now = decided_at(e), .rule_hash = hash,
		.facts = e->facts, .operation_of = e->json,
		.keeper = !counted, .quorum = !counted ||
		first || (r->uses > 0 && r->charter != charter) };

	sha256_hex(&e->rule_hash, hash);
	r->rule = NULL;
	return decision_check(a, r, &j, err);
}

int
judge_check(struct audit *a, const struct waiting *w, struct req *r,
    size_t charter, bool first, struct err *err)
{
	const struct entry	*e = w->entry;
	struct judged		*before;

	TRY(judged_of(a, e, r, &before, err));
	if (e->facts != NULL ||
	    r->held->request->action != ACTION_WINDOW_OPEN) {
		TRY(judge_again(a, w, r, charter, first, err));
		*before = (struct judged){ r->rule, charter };
	} else if (before->rule == NULL || before->charter != charter ||
	    !sha256_equal(&before->rule->hash, &e->rule_hash)) {
		WRONG(FINDING_DECISION, "%s: no decision under this rule and "
		    "charter is recorded for this key", e->request);
	} else {
		r->rule = before->rule;
		TRY(asserted_use(a, r, e->operation, err));
	}
	if (r->rule != NULL && (e->rule == NULL ||
	    strcmp(r->rule->name, e->rule) != 0))
		WRONG(FINDING_DECISION, "%s: the rule is named otherwise",
		    e->request);
	return 0;
}

void
uses_check(struct audit *a, const struct waiting *w, struct req *r)
{
	uint64_t	 use = (uint64_t)w->entry->use;

	/* Answers are permitted until the permit ends, however many. */
	if (w->entry->op == ENTRY_OCSP) {
		r->uses = 1;
		return;
	}
	if (use != r->uses + 1 && !(a->since > 0 && r->uses == 0))
		WRONG(FINDING_USES, "%s: use %llu follows use %llu",
		    w->entry->request, (unsigned long long)use,
		    (unsigned long long)r->uses);
	r->uses = use > r->uses ? use : r->uses + 1;
	if (r->rule != NULL && r->uses > r->most)
		WRONG(FINDING_USES, "%s: use %llu of %llu", w->entry->request,
		    (unsigned long long)r->uses, (unsigned long long)r->most);
}
