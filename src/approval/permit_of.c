/* permit_of - permits from stored approvals, and questions about requests. */
#include <stdio.h>
#include <string.h>
#include "approval/approval.h"
#include "base/json.h"
#include "policy/permit.h"
#include "policy/version.h"
#include "store/store.h"

int
approval_permit(struct tx *tx, const struct asked *a, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*given = NULL;

	TRY(approval_given(tx, a->id, &given, err));
	if (a->requester_proof != NULL &&
	    json_array_append(given, a->requester_proof) != 0)
		return err_set(err, ENOMEMORY, "a permit");
	return permit_build(a->request, given, ret, err);
}

int
approval_find(struct tx *tx, const char *principal, const char *idempotency,
    char ret_id[40], uint64_t *ret_seq, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "approval_idempotency_get", PARAMS(v_text(principal),
	    v_text(idempotency)), &r, err));
	snprintf(ret_id, 40, "%s", rows_text(r, "request"));
	*ret_seq = rows_null(r, "seq") ? UINT64_MAX :
	    (uint64_t)rows_int(r, "seq");
	return 0;
}

/* A column "id" of all rows, as an array of text. */
static int
ids(struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	bool		 more;

	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		if (json_array_append_new(list,
		    json_string(rows_text(r, "id"))) != 0)
			return err_set(err, ENOMEMORY, "a list of requests");
	}
	*ret = TAKE(list);
	return 0;
}

int
approval_rivals(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, const char *digest, json_t **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 normal[VERSION_TEXT];

	version_normal(version, normal);
	TRY(tx_query(tx, "approval_request_rivals", PARAMS(v_text(key),
	    v_text(product), v_text(track), v_text(normal), v_text(digest)),
	    &r, err));
	return ids(r, ret, err);
}

int
approval_rival_due(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, const char *digest,
    char ret_id[40], struct err *err)
{
	AUTO(rows)	*r = NULL;
	char		 normal[VERSION_TEXT];

	version_normal(version, normal);
	TRY(tx_one(tx, "approval_request_rival_due", PARAMS(v_text(key),
	    v_text(product), v_text(track), v_text(normal), v_text(digest)),
	    &r, err));
	snprintf(ret_id, 40, "%s", rows_text(r, "id"));
	return 0;
}

int
approval_due(struct tx *tx, unsigned limit, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "approval_request_due", PARAMS(v_int(limit)), &r,
	    err));
	return ids(r, ret, err);
}

int
approval_awaiting(struct tx *tx, const char *after, unsigned limit,
    json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "approval_request_awaiting", PARAMS(v_text(after),
	    v_int(limit)), &r, err));
	return ids(r, ret, err);
}

int
approval_overdue(struct tx *tx, time_us now, unsigned limit, json_t **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "approval_request_overdue", PARAMS(v_int(now),
	    v_int(limit)), &r, err));
	return ids(r, ret, err);
}

int
window_open_ids(struct tx *tx, time_us now, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "approval_window_open", PARAMS(v_int(now)), &r, err));
	return ids(r, ret, err);
}
