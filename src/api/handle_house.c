/*
 * Founding, logging in, approving: what is authorised by a proof.
 */
#include <string.h>
#include "api/handle.h"

#define APPROVED_WAIT	TIME_S(25)	/* for what was approved; proxies cut longer ones */

typedef int doer(struct flow *f, const json_t *body, json_t **ret,
    struct err *err);

static int
do_with(struct exchange *x, doer *fn, int status, struct err *err)
{
	json_t *j = NULL;

	TRY(fn(x->flow, x->body, &j, err));
	return reply_json(x, status, j, err);
}

int
handle_house_found(struct exchange *x, struct err *err)
{
	return do_with(x, flow_found, 201, err);
}

int
handle_genesis_sign(struct exchange *x, struct err *err)
{
	return do_with(x, flow_genesis_sign, 200, err);
}

int
handle_login_challenge(struct exchange *x, struct err *err)
{
	return do_with(x, flow_login_challenge, 200, err);
}

int
handle_login(struct exchange *x, struct err *err)
{
	return do_with(x, flow_login, 200, err);
}

static int
give(struct exchange *x, bool approve, struct err *err)
{
	struct answer got = { .code = OK };
	int rc;

	/* Once it was taken, what came of it; not of the others that it awaits. */
	if (x->reply.status != 0)
		TRY(flow_approved(x->flow, exchange_param(x), &got, err));
	else
		TRY(flow_approve(x->flow, exchange_param(x), approve, true,
		    x->body, &got, err));
	x->wait_until = x->began + APPROVED_WAIT;
	rc = reply_answer(x, &got, err);
	answer_done(&got);
	return rc;
}

int
handle_request_approve(struct exchange *x, struct err *err)
{
	return give(x, true, err);
}

int
handle_request_reject(struct exchange *x, struct err *err)
{
	return give(x, false, err);
}

int
handle_request_cancel(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_cancel(x->flow, &x->who, exchange_param(x), x->body, &j,
	    err));
	return reply_json(x, 200, j, err);
}

int
handle_whoami(struct exchange *x, struct err *err)
{
	static const char *const by[] = {
		[BY_TOKEN] = "token", [BY_CERTIFICATE] = "certificate",
		[BY_SESSION] = "session",
	};
	json_t *j = NULL;

	TRY(json_build(&j, err, "{s:s, s:s, s:s, s:s}", "id", x->who.id,
	    "kind", x->who.tool ? "tool" : "person", "party", x->who.party,
	    "by", by[x->who.by]));
	return reply_json(x, 200, j, err);
}
