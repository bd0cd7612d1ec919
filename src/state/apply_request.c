/* apply_request - what is asked, approved and refused. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "policy/charter.h"
#include "policy/permit.h"
#include "policy/quorum.h"
#include "state/inside.h"

int
request_opened_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*request = json_object_get(a->data, "request");
	const json_t	*rule_json = json_object_get(a->data, "rule");
	const char	*idem = json_str(a->data, "idempotency", NULL);
	const struct rule *rule;
	AUTO(law)	*law = NULL;
	struct opened	 o = { .request = request,
			    .rule = json_str(rule_json, "name", ""),
			    .rule_hash = json_str(rule_json, "hash", ""),
			    .charter = json_str(a->data, "charter", ""),
			    .requester_proof = json_object_get(a->data,
				"requester_proof"),
			    .facts = json_object_get(a->data, "facts"),
			    .time = a->time, .seq = a->seq };

	TRY(laws_get(laws, tx, o.charter, &law, err));
	if ((rule = law_rule(law, o.rule_hash)) == NULL)
		return err_set(err, ECONFLICT, "charter %.12s has no rule %.64s",
		    o.charter, o.rule);
	o.need = rule_people(rule);
	TRY(approval_open(tx, &o, err));
	if (idem != NULL)
		TRY(approval_remember(tx, json_str(request, "requester", ""),
		    idem, json_str(request, "id", ""), UINT64_MAX, a->time,
		    err));
	effect_set(a, json_str(request, "id", ""), REQUEST_WAITING);
	return 0;
}

/* Every charter this house has had, for approvals given under an earlier one. */
static int
earlier_charters(struct tx *tx, struct blob *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "state_charter_list", PARAMS(v_int(0)), &r, err));
	for (;;) {
		struct sha256	 h;

		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(sha256_parse(rows_text(r, "hash"), &h, err));
		TRY(blob_put(ret, &h, sizeof(h), err));
	}
}

struct tally {
	unsigned	 have;
	bool		 met;
};

/* Count again with policy's own count, under the charter in force now. */
static int
quorum_now(const struct law *law, const struct rule *rule,
    const json_t *document, const struct blob *earlier, time_us now,
    struct tally *ret, struct err *err)
{
	AUTO(permit)		*p = NULL;
	struct quorum_ask	 ask;
	struct quorum		 q = { .have = 0 };
	struct err		 why;
	int			 rc;

	TRY(permit_read(document, &p, err));
	quorum_ask_permit(law->charter, rule, p->request->house, p, now, &ask);
	ask.earlier = (const struct sha256 *)earlier->data;
	ask.earlier_n = earlier->len / sizeof(struct sha256);
	rc = quorum_check(&ask, &q, &why);
	/* What could not be verified is no vote that does not count. */
	if (rc == -ENOMEMORY || rc == -EINTERNAL)
		return err_set(err, why.code, "%s", why.what);
	/* An approval that no longer counts leaves the request waiting. */
	ret->met = rc == 0;
	ret->have = q.have;
	return 0;
}

static int
tally(struct tx *tx, struct laws *laws, const struct applied *a,
    const char *id, struct tally *ret, struct err *err)
{
	AUTO(asked)		*asked = NULL;
	AUTO(law)		*law = NULL;
	AUTO(blob)		*earlier = blob_new();
	AUTO_JSON		*permit = NULL;
	const struct rule	*rule;

	if (earlier == NULL)
		return err_set(err, ENOMEMORY, "a quorum");
	TRY(approval_get(tx, id, &asked, err));
	TRY(laws_newest(laws, tx, &law, err));
	*ret = (struct tally){ asked->have, false };
	/* The rule has changed since: whoever performs it must ask anew. */
	if ((rule = law_rule(law, asked->rule_hash)) == NULL)
		return 0;
	TRY(approval_permit(tx, asked, &permit, err));
	TRY(earlier_charters(tx, earlier, err));
	return quorum_now(law, rule, permit, earlier, a->time, ret, err);
}

int
request_approved_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const char	*id = named_request(a);
	struct tally	 t;

	TRY(approval_add(tx, id, json_object_get(a->data, "approval"),
	    json_str(a->data, "reason", NULL), a->time, a->seq, err));
	TRY(tally(tx, laws, a, id, &t, err));
	TRY(approval_count(tx, id, t.have, t.met, a->time, err));
	effect_set(a, id, t.met ? REQUEST_DUE : REQUEST_WAITING);
	return 0;
}

static int
closed(struct tx *tx, const struct applied *a, enum request_state to,
    struct err *err)
{
	const char	*id = named_request(a);

	TRY(approval_close(tx, id, to, json_str(a->data, "reason", NULL),
	    a->time, a->seq, err));
	effect_set(a, id, to);
	return 0;
}

int
request_rejected_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	TRY(approval_add(tx, named_request(a), json_object_get(a->data,
	    "approval"), json_str(a->data, "reason", NULL), a->time, a->seq,
	    err));
	return closed(tx, a, REQUEST_REJECTED, err);
}

int
request_cancelled_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return closed(tx, a, REQUEST_CANCELLED, err);
}

int
request_expired_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return closed(tx, a, REQUEST_EXPIRED, err);
}

int
request_superseded_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	return closed(tx, a, REQUEST_SUPERSEDED, err);
}

int
request_denied_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*p = json_object_get(a->data, "parameters");

	/* What had been approved is ended by it. */
	if (json_object_get(a->data, "request") != NULL)
		TRY(closed(tx, a, REQUEST_DENIED, err));
	return tx_run(tx, "state_denial_put", PARAMS(v_int((int64_t)a->seq),
	    v_int(a->time), v_text(a->actor),
	    v_text(json_str(a->data, "action", "")),
	    v_text(json_str(p, "key", "")), v_text(json_str(json_object_get(
	    a->data, "rule"), "name", ""))), NULL, err);
}

int
window_opened_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const json_t	*permit = json_object_get(a->data, "permit");
	const char	*id = named_request(a), *rule;
	AUTO(asked)	*asked = NULL;

	if (permit == NULL)
		return err_set(err, ESCHEMA, "/data/permit: is missing");
	TRY(result_apply(tx, a, err));
	TRY(approval_get(tx, id, &asked, err));
	rule = asked->rule;
	return window_open(tx, id, permit, rule, a->time, a->seq, err);
}

int
window_closed_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	TRY(window_close(tx, a->subject, json_str(a->data, "reason", NULL),
	    a->time, a->seq, err));
	return result_apply(tx, a, err);
}

int
credential_issued_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	TRY(people_credential_add(tx, json_object_get(a->data, "credential"),
	    named_request(a), a->seq, err));
	return result_apply(tx, a, err);
}

int
credential_revoked_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const char	*id;

	TRY(json_need_str(a->data, "credential", &id, err));
	TRY(people_credential_revoke(tx, id, a->time, json_str(a->data,
	    "reason", NULL), a->seq, err));
	return result_apply(tx, a, err);
}

int
credential_used_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err)
{
	const char	*id;
	struct sha256	 csr;

	TRY(json_need_str(a->data, "credential", &id, err));
	TRY(json_need_hash(a->data, "csr", &csr, err));
	return people_credential_use(tx, id, a->time, a->seq, err);
}
