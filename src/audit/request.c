/* request - events without a journal entry: what was asked, given, refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"
#include "policy/facts.h"
#include "policy/window.h"

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

static int
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

/* The permit of an action that no keeper performs, from what was given. */
static int
collected(struct audit *a, const struct applied *e, struct req *r,
    const json_t *permit, struct err *err)
{
	AUTO_JSON	*made = NULL;
	struct permit	*p = NULL;
	struct err	 why = { .what = "" };
	int		 rc = 0;

	if (permit == NULL && r->held != NULL) {
		AUTO_JSON *none = json_array();

		TRY(permit_build(r->held->request->json, r->approvals != NULL ?
		    r->approvals : none, &made, err));
		permit = made;
	}
	if (permit != NULL)
		rc = permit_own(permit, &p, &why);
	if (memory_lost(rc, &why, err))
		return rc;
	if (permit == NULL || rc != 0) {
		WRONG(FINDING_PERMIT, "%s", permit == NULL ? "it is missing" :
		    why.what);
		return 0;
	}
	if (r->held != NULL && !json_equal(r->held->request->json,
	    p->request->json)) {
		WRONG(FINDING_PERMIT, "it is for another request than %s",
		    r->held->request->id);
		permit_free(p);
		return 0;
	}
	return req_permit(r, p, err);
}

static const char *
rule_recorded(const struct applied *e, const struct req *r)
{
	const json_t	*rule = json_object_get(e->data, "rule");

	return json_str(rule, "hash", r->rule_hash);
}

/* An action that the service performed alone. */
static int
performed(struct audit *a, const struct applied *e, struct req **ret_r,
    struct err *err)
{
	const json_t	*named = json_object_get(e->data, "request");
	const char	*id = json_is_string(named) ? json_string_value(named) :
			    json_str(named, "id", "");
	struct judge	 j = { .e = e, .now = e->time, .quorum = true,
			    .facts = json_object_get(e->data, "facts") };
	struct err	 why = { .what = "" };
	struct req	*r;
	int		 rc = 0;

	*ret_r = NULL;
	TRY(req_of(a, id, &r, err));
	if (r->closed || r->done) {
		WRONG(FINDING_REQUEST, "%.40s is closed already", id);
		return 0;
	}
	r->done = true;
	if (r->held == NULL && json_is_object(named))
		rc = req_hold(r, named, &why);
	if (memory_lost(rc, &why, err))
		return rc;
	if (rc != 0) {
		WRONG(FINDING_REQUEST, "%s", why.what);
		return 0;
	}
	if (r->held == NULL && a->since > 0 &&
	    json_object_get(e->data, "permit") == NULL) {
		audit_unchecked(a, e->seq, "%.40s was opened before this "
		    "bundle begins", id);
		return 0;
	}
	TRY(collected(a, e, r, json_object_get(e->data, "permit"), err));
	if (!r->permitted)
		return 0;
	*ret_r = r;
	result_fits(a, e, r->held->request);
	if (house_is(a, e, r->held->request) != 0 || a->chart_n == 0)
		return 0;
	j.charter = a->chart_n - 1;
	j.rule_hash = rule_recorded(e, r);
	if (j.rule_hash[0] == '\0' && e->kind == EVENT_WINDOW_OPENED)
		return 0;	/* each of its uses brings rule and facts */
	return decision_check(a, r, &j, err);
}

static int
window_event(struct audit *a, const struct applied *e, struct err *err)
{
	struct req	*r;

	TRY(performed(a, e, &r, err));
	if (r == NULL)
		return 0;
	r->window = true;
	r->done = false;
	return 0;
}

/* No rule lets it be used: that it was given lets it, once. */
static int
credential_used(struct audit *a, const struct applied *e, struct err *err)
{
	const char	*id = json_str(e->data, "credential", "");
	void		*p;
	char		*state;

	TRY(map_put(&a->credentials, id, 1, &p, err));
	state = p;
	if (*state != 3 && (*state != 0 || a->since == 0))
		WRONG(FINDING_CREDENTIAL, "%.40s is used twice, or is no "
		    "enrolment password that is there", id);
	*state = 2;
	return 0;
}

static int
credential_event(struct audit *a, const struct applied *e, struct err *err)
{
	const json_t	*c = json_object_get(e->data, "credential");
	const char	*id = e->kind == EVENT_CREDENTIAL_ISSUED ?
			    json_str(c, "id", "") : json_string_value(c);
	struct req	*r;
	void		*p;
	char		*state;

	if (e->kind == EVENT_CREDENTIAL_USED)
		return credential_used(a, e, err);
	TRY(performed(a, e, &r, err));
	TRY(map_put(&a->credentials, id != NULL ? id : "", 1, &p, err));
	state = p;
	if (e->kind == EVENT_CREDENTIAL_ISSUED ? *state != 0 :
	    *state == 2 || (*state == 0 && a->since == 0))
		WRONG(FINDING_CREDENTIAL, "%.40s is issued twice, or revoked "
		    "without being there", id != NULL ? id : "");
	*state = e->kind != EVENT_CREDENTIAL_ISSUED ? 2 :
	    strcmp(json_str(c, "type", ""), "enrolment") == 0 ? 3 : 1;
	return 0;
}

/* A result in parts: the first was decided, the others follow it in order. */
static int
part_follows(struct audit *a, const struct applied *e, unsigned part,
    struct req **ret_r, struct err *err)
{
	const char	*id = json_str(e->data, "request", "");
	struct req	*r;

	*ret_r = NULL;
	TRY(req_of(a, id, &r, err));
	if (r->part == 0 && a->since > 0) {
		audit_unchecked(a, e->seq, "%.40s was begun before this "
		    "bundle begins", id);
		return 0;
	}
	if (r->closed || r->done || r->part == 0 || r->part + 1 != part ||
	    r->held == NULL) {
		WRONG(FINDING_REQUEST, "part %u of %.40s is not the next",
		    part, id);
		return 0;
	}
	result_fits(a, e, r->held->request);
	*ret_r = r;
	return 0;
}

/* Together as many as people were told, in order and none twice. */
static void
part_counts(struct audit *a, const struct applied *e, struct held *h,
    bool last)
{
	const json_t	*serials = json_object_get(e->data, "serials"), *one;
	const char	*serial;
	size_t		 i;

	json_array_foreach(serials, i, one) {
		serial = json_is_string(one) ? json_string_value(one) : "";
		if (strcmp(h->last, serial) >= 0) {
			WRONG(FINDING_REQUEST, "serial number %.40s comes "
			    "after %.40s", serial, h->last);
			return;
		}
		snprintf(h->last, sizeof(h->last), "%s", serial);
		h->told++;
	}
	if (last && h->told != json_int(json_object_get(
	    h->request->parameters, "selection"), "certificates", 0))
		WRONG(FINDING_REQUEST, "%lld certificates were changed, "
		    "another number was asked for", (long long)h->told);
}

static int
part_event(struct audit *a, const struct applied *e, struct req **ret_r,
    struct err *err)
{
	int64_t		 part = json_int(e->data, "part", 0),
			 parts = json_int(e->data, "parts", 0);
	struct req	*r = map_get(&a->requests, json_str(e->data,
			    "request", ""));
	bool		 begun = r != NULL && r->part > 0;

	*ret_r = NULL;
	if (part == 1 && !begun)
		TRY(performed(a, e, &r, err));
	else
		TRY(part_follows(a, e, (unsigned)part, &r, err));
	if (r == NULL)
		return 0;
	r->done = part == parts;
	if (r->held != NULL && r->part == 0)
		TRY(selection_begin(a, e, r->held, err));
	r->part = (unsigned)part;
	if (r->held != NULL) {
		part_counts(a, e, r->held, r->done);
		selection_check(a, e, r->held, r->done);
	}
	*ret_r = r->done ? r : NULL;
	return 0;
}

/* What became of certificates and authorities, by the service alone. */
static int
cert_event(struct audit *a, const struct applied *e, struct err *err)
{
	struct req	*r;

	if (json_object_get(e->data, "part") != NULL)
		TRY(part_event(a, e, &r, err));
	else
		TRY(performed(a, e, &r, err));
	if (r != NULL)
		req_settle(r);
	if (e->kind != EVENT_CA_RETIRED)
		return cert_changed(a, e, err);
	cert_retired(a, e);
	return 0;
}

/* What somebody said of what lives elsewhere: nothing proves it. */
static int
said_event(struct audit *a, const struct applied *e, struct err *err)
{
	struct req	*r;

	TRY(performed(a, e, &r, err));
	if (r != NULL)
		req_settle(r);
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
