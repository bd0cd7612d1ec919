/* request - events without a journal entry: what was asked, given, refused. */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"
#include "policy/facts.h"

#define WRONG(f, ...) audit_find(a, f, e->seq, 0, __VA_ARGS__)

/* The request that an event names and that must be open; NULL: noted. */
static struct req *
open_req(struct audit *a, const struct applied *e)
{
	const char	*id = json_str(e->data, "request", "");
	struct req	*r = map_get(&a->requests, id);

	if (r == NULL || !r->opened) {
		if (a->since > 0)
			audit_unchecked(a, e->seq, "%s was opened before this "
			    "bundle begins", id);
		else
			WRONG(FINDING_REQUEST, "%.40s was never opened", id);
		return NULL;
	}
	if (r->closed || r->done) {
		WRONG(FINDING_REQUEST, "%s is not open", id);
		return NULL;
	}
	if (strcmp(e->subject, id) != 0)
		WRONG(FINDING_REQUEST, "subject %.64s is not %s", e->subject,
		    id);
	return r;
}

int
house_is(struct audit *a, const struct applied *e, const struct request *q)
{
	if (strcmp(q->house, a->genesis->house) == 0)
		return 0;
	WRONG(FINDING_REQUEST, "%s is of house %s", q->id, q->house);
	return -1;
}

static int
keep_approval(struct req *r, const json_t *approval, struct err *err)
{
	if (r->approvals == NULL)
		r->approvals = json_array();
	if (json_array_append(r->approvals,
	    (json_t *)(uintptr_t)approval) != 0)
		return err_set(err, ENOMEMORY, "approvals");
	return 0;
}

/*
 * Who asks has signed that they do, where the rule keeps them from approving:
 * also of what never comes to be used, for it stands in the house's history.
 */
static int
requester_check(struct audit *a, const struct applied *e, struct req *r,
    struct err *err)
{
	const struct request	*q = r->held->request;
	const json_t		*proof = json_object_get(e->data,
				    "requester_proof");
	const struct principal	*who = roster_find(charter_roster(
				    a->chart[r->charter].charter), q->requester);

	if (proof == NULL) {
		if (who != NULL && !who->tool &&
		    rule_excludes_requester(r->rule))
			WRONG(FINDING_PROOF, "%s: %s, who asks, has not signed "
			    "the request", q->id, q->requester);
		return 0;
	}
	if (strcmp(json_str(json_object_get(proof, "statement"), "verdict",
	    ""), "request") != 0)
		WRONG(FINDING_PROOF, "%s: what the requester signed is no "
		    "request", q->id);
	TRY(keep_approval(r, proof, err));
	return proof_vote(a, r->held, proof, r->charter, r->rule, e->time,
	    e->seq, err);
}

static int
opened(struct audit *a, const struct applied *e, struct err *err)
{
	const json_t	*doc = json_object_get(e->data, "request");
	const json_t	*rule = json_object_get(e->data, "rule");
	const char	*charter = json_str(e->data, "charter", "");
	struct judge	 j = { .e = e, .charter = chart_find(a, charter),
			    .now = e->time, .rule_hash = json_str(rule,
			    "hash", ""), .facts = json_object_get(e->data,
			    "facts") };
	struct err	 why = { .what = "" };
	struct req	*r;
	int		 rc;

	TRY(req_of(a, json_str(doc, "id", ""), &r, err));
	if (r->opened || r->permitted) {
		WRONG(FINDING_REQUEST, "%s is opened again",
		    json_str(doc, "id", ""));
		return 0;
	}
	r->opened = true;
	rc = req_hold(r, doc, &why);
	if (memory_lost(rc, &why, err))
		return rc;
	if (rc != 0) {
		WRONG(FINDING_REQUEST, "%s", why.what);
		return 0;
	}
	if (house_is(a, e, r->held->request) != 0)
		return 0;
	if (strcmp(e->subject, r->held->request->id) != 0 ||
	    strcmp(e->actor, r->held->request->requester) != 0)
		WRONG(FINDING_REQUEST, "actor or subject is not the request's");
	if (j.charter == a->chart_n) {
		WRONG(FINDING_CHARTER, "%s was decided under a charter that "
		    "is not of this house", r->held->request->id);
		return 0;
	}
	snprintf(r->rule_hash, sizeof(r->rule_hash), "%s", j.rule_hash);
	TRY(decision_check(a, r, &j, err));
	if (r->rule == NULL)
		return 0;
	if (r->rule->approvals_n == 0 ||
	    strcmp(r->rule->name, json_str(rule, "name", "")) != 0)
		WRONG(FINDING_DECISION, "%s: rule %s asks for no approval, or "
		    "is named otherwise", r->held->request->id, r->rule->name);
	return requester_check(a, e, r, err);
}

/* A vote: under the newest charter that still has the rule. */
static int
voted(struct audit *a, const struct applied *e, struct err *err)
{
	const json_t	*approval = json_object_get(e->data, "approval");
	struct req	*r = open_req(a, e);
	size_t		 c = a->chart_n;
	const struct rule *rule = NULL;
	bool		 reject = e->kind == EVENT_REQUEST_REJECTED;

	if (r == NULL || r->held == NULL)
		return 0;
	if (approval == NULL) {
		WRONG(FINDING_PROOF, "%s: the vote is missing",
		    r->held->request->id);
		return 0;
	}
	if (strcmp(json_str(json_object_get(approval, "statement"), "verdict",
	    ""), reject ? "reject" : "approve") != 0 || strcmp(e->actor,
	    json_str(json_object_get(approval, "proof"), "officer", "")) != 0)
		WRONG(FINDING_PROOF, "%s: verdict or officer is not the "
		    "event's", r->held->request->id);
	if (!reject)
		TRY(keep_approval(r, approval, err));
	r->closed |= reject;
	while (rule == NULL && c > 0)
		rule = chart_rule(a, --c, r->rule_hash);
	if (rule == NULL)
		return 0;
	return proof_vote(a, r->held, approval, c, rule, e->time, e->seq, err);
}

static int
closed(struct audit *a, const struct applied *e)
{
	struct req	*r = open_req(a, e);

	if (r != NULL)
		r->closed = true;
	return 0;
}

/* What was approved and then refused ends so, and as what was asked. */
static void
denied_asked(struct audit *a, const struct applied *e)
{
	struct req	*r = open_req(a, e);
	const struct request *q;

	if (r == NULL)
		return;
	r->closed = true;
	if (r->held == NULL)
		return;
	q = r->held->request;
	if (strcmp(e->actor, q->requester) != 0 ||
	    strcmp(json_str(e->data, "action", ""), action_name(q->action)) !=
	    0 || !json_equal(json_object_get(e->data, "parameters"),
	    q->parameters))
		WRONG(FINDING_REQUEST, "%s is refused as what it is not",
		    q->id);
}

/* A refusal names the rule it broke; policy must refuse it still. */
static int
denied(struct audit *a, const struct applied *e, struct err *err)
{
	const json_t	*why = json_object_get(e->data, "explanation");
	AUTO(facts)	*f = NULL;
	struct decision	 d;
	enum action	 action;
	struct err	 bad = { .what = "" };

	if (json_object_get(e->data, "request") != NULL)
		denied_asked(a, e);
	if (action_from_name(json_str(e->data, "action", ""), &action,
	    &bad) != 0 || facts_from_json(json_object_get(e->data, "facts"), &f,
	    &bad) != 0) {
		WRONG(FINDING_FACT, "a refusal: %s", bad.what);
		return 0;
	}
	if (strcmp(json_str(why, "verdict", ""), "deny") != 0 ||
	    a->chart_n == 0)
		return 0;
	policy_decide(a->chart[a->chart_n - 1].charter, action, NULL, f, &d);
	a->decisions++;
	if (d.verdict != DENY)
		audit_unchecked(a, e->seq, "policy would not refuse this now");
	return 0;
}

static bool
first_is_wrong(struct audit *a, const struct applied *e)
{
	if (a->since > 0 || e->seq > 0)
		return false;
	WRONG(FINDING_EVENT, "the first event is not house.founded");
	return true;
}

static int
request_event(struct audit *a, const struct applied *e, struct err *err)
{
	if (e->kind == EVENT_REQUEST_OPENED)
		return opened(a, e, err);
	if (e->kind == EVENT_REQUEST_DENIED)
		return denied(a, e, err);
	return e->kind == EVENT_REQUEST_APPROVED ||
	    e->kind == EVENT_REQUEST_REJECTED ? voted(a, e, err) :
	    closed(a, e);
}

static int
by_kind(struct audit *a, const struct applied *e, struct err *err)
{
	switch (e->kind) {
	case EVENT_GENESIS_SIGNED:
		return proof_genesis(a, e->data, e->seq, err);
	case EVENT_REQUEST_OPENED:
	case EVENT_REQUEST_APPROVED:
	case EVENT_REQUEST_REJECTED:
	case EVENT_REQUEST_CANCELLED:
	case EVENT_REQUEST_EXPIRED:
	case EVENT_REQUEST_SUPERSEDED:
	case EVENT_REQUEST_DENIED:
		return request_event(a, e, err);
	case EVENT_WINDOW_OPENED:
		return window_event(a, e, err);
	case EVENT_CREDENTIAL_ISSUED:
	case EVENT_CREDENTIAL_REVOKED:
	case EVENT_CREDENTIAL_USED:
		return credential_event(a, e, err);
	case EVENT_BATCH_OPENED:
	case EVENT_BATCH_COUNTED:
		return batch_event(a, e, err);
	case EVENT_CA_RETIRED:
	case EVENT_CERT_REVOKED:
	case EVENT_CERT_HELD:
	case EVENT_CERT_RELEASED:
		return cert_event(a, e, err);
	case EVENT_KEY_REGISTERED:
	case EVENT_KEY_CORRECTED:
	case EVENT_KEY_UNREGISTERED:
	case EVENT_CERT_IMPORTED:
	case EVENT_CRL_IMPORTED:
	case EVENT_DISCOVERY_REPORTED:
	case EVENT_DISCOVERY_DISMISSED:
	case EVENT_DEVICE_IMPORTED:
	case EVENT_INSTALL_REPORTED:
	case EVENT_DRILL_REPORTED:
		return said_event(a, e, err);
	case EVENT_CA_CREATED:
	case EVENT_CA_REQUESTED:
	case EVENT_CA_IMPORTED:
	case EVENT_CERT_ISSUED:
	case EVENT_CRL_PUBLISHED:
	case EVENT_OCSP_COUNTED:
	case EVENT_HOUSE_FOUNDED:
	case EVENT_CHARTER_AMENDED:
	case EVENT_KEY_GENERATED:
	case EVENT_KEY_ADOPTED:
	case EVENT_KEY_ACTIVATED:
	case EVENT_KEY_SUSPENDED:
	case EVENT_KEY_RESUMED:
	case EVENT_KEY_DEACTIVATED:
	case EVENT_KEY_COMPROMISED:
	case EVENT_KEY_DESTROYED:
	case EVENT_KEY_SIGNED:
	case EVENT_WINDOW_CLOSED:
	case EVENT_HOUSE_RESTORED:
	case EVENT__N:
		break;		/* these bring an entry: event_read has seen to it */
	}
	return 0;
}

int
event_check(struct audit *a, const struct applied *e, struct err *err)
{
	return first_is_wrong(a, e) ? 0 : by_kind(a, e, err);
}
