/* use - what the keeper did, judged in the order in which it did it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "base/json.h"
#include "policy/window.h"

#define UNSHOWN	1000	/* uses that the keeper makes before it must be shown them */

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

/* One row per kind: the operation of its entry, and the action asked for. */
static const struct row {
	enum event_kind	 kind;
	enum entry_op	 op;
	enum action	 action;	/* of the request; sign: or window.open */
	const char	*word;		/* of the operation; NULL: it has none */
	bool		 key;		/* is it on the key that was asked for? */
} ROWS[] = {
	{ EVENT_KEY_SIGNED,      ENTRY_SIGN,     ACTION_KEY_SIGN,       "sign", false },
	{ EVENT_KEY_GENERATED,   ENTRY_GENERATE, ACTION_KEY_GENERATE,   "generate", false },
	{ EVENT_KEY_ADOPTED,     ENTRY_ADOPT,    ACTION_KEY_ADOPT,      "adopt", false },
	{ EVENT_KEY_ACTIVATED,   ENTRY_STATE,    ACTION_KEY_ACTIVATE,   "state", true },
	{ EVENT_KEY_SUSPENDED,   ENTRY_STATE,    ACTION_KEY_SUSPEND,    "state", true },
	{ EVENT_KEY_RESUMED,     ENTRY_STATE,    ACTION_KEY_RESUME,     "state", true },
	{ EVENT_KEY_DEACTIVATED, ENTRY_STATE,    ACTION_KEY_DEACTIVATE, "state", true },
	{ EVENT_KEY_COMPROMISED, ENTRY_STATE,    ACTION_KEY_COMPROMISE, "state", true },
	{ EVENT_KEY_DESTROYED,   ENTRY_DESTROY,  ACTION_KEY_DESTROY,    "destroy", true },
	{ EVENT_CA_CREATED,      ENTRY_CERTIFY,  ACTION_CA_CREATE,      "certify", true },
	{ EVENT_CERT_ISSUED,     ENTRY_CERTIFY,  ACTION_CERT_ISSUE,     "certify", true },
	{ EVENT_CA_REQUESTED,    ENTRY_CSR,      ACTION_CA_REQUEST,     "csr", true },
	{ EVENT_CA_IMPORTED,     ENTRY_ADOPT_CA, ACTION_CA_IMPORT,      "adopt-ca", true },
	{ EVENT_CRL_PUBLISHED,   ENTRY_CRL,      ACTION_CRL_SIGN,       "crl", true },
	{ EVENT_OCSP_COUNTED,    ENTRY_OCSP,     ACTION_OCSP_SIGN,      "ocsp", true },
	{ EVENT_WINDOW_CLOSED,   ENTRY_CLOSE,    ACTION_WINDOW_CLOSE,   "close", false },
	{ EVENT_CHARTER_AMENDED, ENTRY_AMEND,    ACTION_CHARTER_AMEND,  NULL, false },
	{ EVENT_HOUSE_RESTORED,  ENTRY_RESTORE,  ACTION_HOUSE_RESTORE,  NULL, false },
};

static const struct row *
row_of(const struct waiting *w)
{
	for (size_t i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].kind == w->a.kind && ROWS[i].op == w->entry->op)
			return &ROWS[i];
	return NULL;
}

static int
found_check(struct audit *a, const struct waiting *w, struct err *err)
{
	const json_t	*doc = json_object_get(w->a.data, "charter");
	struct sha256	 hash;
	size_t		 i;
	struct err	 why = { .what = "" };

	if (w->entry->op != ENTRY_FOUND || w->a.seq != 0)
		WRONG(FINDING_ENTRY, "a house is founded once, by entry 1");
	if (!json_equal(json_object_get(w->entry->result, "genesis"),
	    a->genesis->json))
		WRONG(FINDING_GENESIS, "the keeper founded another house");
	if (json_hash(doc, &hash, &why) != 0 ||
	    !sha256_equal(&hash, &a->genesis->charter) ||
	    !sha256_equal(&hash, &w->entry->charter)) {
		WRONG(FINDING_CHARTER, "the first charter is not the genesis'");
		return 0;
	}
	if (a->chart_n == 0 && chart_add(a, doc, &i, &why) != 0)
		WRONG(FINDING_CHARTER, "%s", why.what);
	a->law = 0;
	head_signatures(a);
	return 0;
}

/* ---- the permit ---- */

static int
permit_take(struct audit *a, const struct waiting *w, struct req *r,
    struct err *err)
{
	const struct entry	*e = w->entry;
	struct err		 why = { .what = "" };
	struct permit		*p;
	int			 rc = permit_own(e->permit_document, &p, &why);

	if (memory_lost(rc, &why, err))
		return rc;
	if (rc != 0) {
		WRONG(FINDING_PERMIT, "%s", why.what);
		return 0;
	}
	if (!e->has_permit || !sha256_equal(&p->hash, &e->permit) ||
	    strcmp(p->request->id, e->request) != 0 ||
	    strcmp(p->request->house, a->genesis->house) != 0 ||
	    (r->held != NULL && !json_equal(r->held->request->json,
	    p->request->json))) {
		WRONG(FINDING_PERMIT, "it is not the entry's, or for another "
		    "request or house");
		permit_free(p);
		return 0;
	}
	return req_permit(r, p, err);
}

/* What an event carries beside its entry is what was permitted: whoever makes
 * tables of the ledger reads the request there. */
static bool
carries_so(const struct waiting *w, const struct req *r)
{
	const json_t	*named = json_object_get(w->a.data, "request");
	const json_t	*permit = json_object_get(w->a.data, "permit");
	const json_t	*want = r->held->request->json;

	return (!json_is_object(named) || json_equal(named, want)) &&
	    (permit == NULL || json_equal(json_object_get(permit, "request"),
	    want));
}

/* The request that this entry uses, with its permit; NULL: noted. */
static int
permit_of(struct audit *a, const struct waiting *w, struct req **ret,
    struct err *err)
{
	const struct entry	*e = w->entry;
	struct req		*r;

	*ret = NULL;
	if (e->request == NULL || strcmp(e->request, json_str(w->a.data,
	    "request", json_str(json_object_get(w->a.data, "request"), "id",
	    e->request))) != 0) {
		WRONG(FINDING_REQUEST, "event and entry name other requests");
		return 0;
	}
	TRY(req_of(a, e->request, &r, err));
	if (e->permit_document != NULL)
		TRY(permit_take(a, w, r, err));
	if (!r->permitted && a->since > 0) {
		audit_unchecked(a, w->a.seq, "the permit of %s came before "
		    "this bundle begins", e->request);
		return 0;
	}
	if (!r->permitted || r->held == NULL || !e->has_permit ||
	    !sha256_equal(&r->permit, &e->permit)) {
		WRONG(FINDING_PERMIT, "%s has no such permit, or has used it "
		    "up", e->request);
		return 0;
	}
	if (!carries_so(w, r))
		WRONG(FINDING_REQUEST, "the event carries another request than "
		    "was permitted");
	*ret = r;
	return 0;
}

/* ---- the operation ---- */

static bool
sign_fits(const struct request *q, const json_t *op)
{
	const json_t	*p = q->parameters;

	return strcmp(json_str(op, "principal", ""), q->requester) == 0 &&
	    same_member(p, op, "key") && same_member(p, op, "digest") &&
	    same_member(p, op, "product") &&
	    same_member(p, op, "version") && same_member(p, op, "track");
}

/* What the key is called that this names; NULL: it is none, or was made before the
 * bundle begins. */
static const char *
key_name(struct audit *a, const json_t *of)
{
	const struct akey	*k = map_get(&a->keys, json_str(of, "key", ""));

	return k == NULL ? NULL : json_str(k->parameters, "name", NULL);
}

static bool
key_named(struct audit *a, const struct request *q)
{
	const char	*name = key_name(a, q->parameters);

	return name == NULL || !q->has_key || strcmp(name,
	    json_str(q->parameters, "key_name", "")) == 0;
}

static int
window_fits(struct audit *a, const struct req *r, const struct waiting *w,
    const struct charter *law, struct err *err)
{
	const json_t		*op = w->entry->operation;
	struct sha256		 key;
	struct window_use	 use = { &key, key_name(a, op),
		json_str(op, "principal", ""), json_str(json_object_get(op,
		"digest"), "value", ""), json_str(op, "product", NULL),
		json_str(op, "track", NULL), w->entry->time };

	TRY(json_need_hash(op, "key", &key, err));
	if (r->ended != 0)
		return err_set(err, EEXPIRED, "entry %llu closed the window",
		    (unsigned long long)r->ended);
	if (roster_find(charter_roster(law), use.principal) == NULL)
		return err_set(err, EDENIED, "%.64s was nobody under the charter "
		    "in force", use.principal);
	return window_use_check(r->held->request, &use, err);
}

/* What the event says once more of what was asked for. */
static void
told_check(struct audit *a, const struct waiting *w, const struct request *q)
{
	static const char *const told[] = { "csr", "reason", "renews", "since",
		"succeeds" };

	const char	*name;
	json_t		*value;

	/* An event has few members, and these among them seldom. */
	json_object_foreach((json_t *)(uintptr_t)w->a.data, name, value)
		for (size_t i = 0; i < NELEM(told); i++)
			if (strcmp(told[i], name) == 0 && !same_member(
			    w->a.data, q->parameters, name))
				WRONG(FINDING_ENTRY, "the event names another "
				    "%s than %s", name, q->id);
}

static void
operation_check(struct audit *a, const struct waiting *w, const struct req *r,
    const struct row *row, const struct charter *law)
{
	const struct request	*q = r->held->request;
	const json_t		*op = w->entry->operation;
	struct err		 why = { .what = "" };

	told_check(a, w, q);
	if (q->action == ACTION_WINDOW_OPEN && row->op == ENTRY_SIGN) {
		if (window_fits(a, r, w, law, &why) != 0)
			WRONG(FINDING_PERMIT, "%s: %s", q->id, why.what);
		return;
	}
	if (q->action != row->action) {
		WRONG(FINDING_PERMIT, "%s is a request to %s", q->id,
		    action_words(q->action));
		return;
	}
	if (row->word != NULL && strcmp(json_str(op, "op", ""), row->word) != 0)
		WRONG(FINDING_ENTRY, "the operation is \"%.20s\"",
		    json_str(op, "op", ""));
	if (row->op == ENTRY_SIGN && !sign_fits(q, op))
		WRONG(FINDING_PERMIT, "%s asks for another key, digest, "
		    "version or principal", q->id);
	if (row->key && !same_member(q->parameters, op, "key"))
		WRONG(FINDING_PERMIT, "%s is for another key", q->id);
	if (!key_named(a, q))
		WRONG(FINDING_PERMIT, "%s names its key otherwise than it was "
		    "made", q->id);
	if (row->op == ENTRY_CLOSE &&
	    !same_member(q->parameters, op, "window"))
		WRONG(FINDING_PERMIT, "%s is to close another window", q->id);
	if (op != NULL && strcmp(json_str(op, "principal", ""),
	    q->requester) != 0)
		WRONG(FINDING_PERMIT, "%s was asked for by %s", q->id,
		    q->requester);
}

/* ---- the decision, and how often it was used ---- */

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

static int
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

static void
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

/* ---- together ---- */

static int
charter_of(struct audit *a, const struct waiting *w, size_t *ret,
    struct err *err)
{
	char		 hex[SHA256_HEX];
	size_t		 i, next;
	/* What was done before the head's last amendment may be told after. */
	size_t		 law = w->entry->n < a->chain_entry ? a->chain_before :
			    a->law;
	struct err	 why = { .what = "" };

	i = chart_of(a, &w->entry->charter);
	if (w->entry->op == ENTRY_AMEND) {
		const json_t *doc = json_object_get(w->a.data, "charter");

		if (chart_add(a, doc, &next, &why) != 0)
			WRONG(FINDING_CHARTER, "%s", why.what);
		/* It is written under the charter that it ends, or begins. */
		i = a->law;
		if (!sha256_equal(&w->entry->charter,
		    &a->chart_hash[a->law]) &&
		    chart_of(a, &w->entry->charter) == a->chart_n)
			i = a->chart_n;
	}
	if (i == a->chart_n || i != law) {
		sha256_hex(&w->entry->charter, hex);
		WRONG(FINDING_CHARTER, "charter %.12s was not in force", hex);
	}
	a->law_named |= i == a->law;
	*ret = i < a->chart_n ? i : law;
	return 0;
}

static int
result_check(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, bool first, struct err *err)
{
	switch (w->entry->op) {
	case ENTRY_SIGN:
		return model_signed(a, w, r, charter, err);
	case ENTRY_GENERATE:
	case ENTRY_ADOPT:
		return model_generated(a, w, r, err);
	case ENTRY_STATE:
	case ENTRY_DESTROY:
		return model_moved(a, w, r, err);
	case ENTRY_AMEND:
		return model_amended(a, w, r, err);
	case ENTRY_CLOSE:
		return model_closed(a, w, err);
	case ENTRY_CERTIFY:
		return r == NULL ? 0 : cert_certified(a, w, r, charter, err);
	case ENTRY_CSR:
		return r == NULL ? 0 : cert_requested(a, w, r, charter, err);
	case ENTRY_CRL:
		return r == NULL ? 0 : cert_listed(a, w, r, charter, err);
	case ENTRY_OCSP:
		return r == NULL ? 0 : cert_answered(a, w, r, charter, first,
		    err);
	case ENTRY_ADOPT_CA:
		return r == NULL ? 0 : cert_adopted(a, w, r, charter, err);
	case ENTRY_FOUND:
	case ENTRY_GENERATE_INTENT:
	case ENTRY_GENERATE_FAILED:
	case ENTRY_DESTROY_INTENT:
	case ENTRY_RESTORE:
	case ENTRY__N:
		break;
	}
	return 0;
}

/* A request that has had its last use needs no memory of its documents. */
static void
settle(struct req *r)
{
	if (r->held == NULL || r->held->request->action == ACTION_WINDOW_OPEN ||
	    (r->rule != NULL && r->uses < r->most))
		return;
	req_settle(r);
}

/*
 * What was done at the same time reaches the ledger in any order, and the
 * checkpoint covers only what has no gap below it.  The keeper, which takes from
 * the ledger only what its journal has, stops at so many uses that it was not shown.
 */
static bool
soon_covered(const struct audit *a, const struct entry *e)
{
	return e->n - a->checkpoint.entries <= UNSHOWN;
}

int
use_check(struct audit *a, const struct waiting *w, struct err *err)
{
	const struct row	*row = row_of(w);
	struct req		*r;
	size_t			 charter;
	bool			 first;

	if (w->a.kind == EVENT_HOUSE_FOUNDED)
		return found_check(a, w, err);
	if (row == NULL) {
		WRONG(FINDING_ENTRY, "a journal entry \"%s\" is no %s",
		    entry_op_name(w->entry->op), event_kind_name(w->a.kind));
		return 0;
	}
	if (a->chart_n == 0) {
		WRONG(FINDING_CHARTER, "no charter is in force yet");
		return 0;
	}
	if (w->entry->n > a->checkpoint.entries && !soon_covered(a, w->entry))
		WRONG(FINDING_UNCOVERED, "it covers %llu entries",
		    (unsigned long long)a->checkpoint.entries);
	TRY(charter_of(a, w, &charter, err));
	TRY(permit_of(a, w, &r, err));
	if (r == NULL)
		return result_check(a, w, NULL, charter, false, err);
	first = r->uses == 0 && a->since == 0;
	operation_check(a, w, r, row, a->chart[charter].charter);
	TRY(judge_check(a, w, r, charter, first, err));
	uses_check(a, w, r);
	TRY(result_check(a, w, r, charter, first, err));
	settle(r);
	return 0;
}
