/* perform - what the service performed alone, without an entry of the keeper's. */
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"
#include "policy/facts.h"
#include "policy/window.h"

#define WRONG(f, ...) audit_find(a, f, e->seq, 0, __VA_ARGS__)

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

int
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

int
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
int
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
int
said_event(struct audit *a, const struct applied *e, struct err *err)
{
	struct req	*r;

	TRY(performed(a, e, &r, err));
	if (r != NULL)
		req_settle(r);
	return 0;
}
