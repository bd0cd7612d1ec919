/*
 * Batches of certificates.  The handler runs twice: before the body is read,
 * so that nobody unknown fills the disk, and when it is whole.
 */
#include <stdio.h>
#include "api/handle.h"
#include "api/lot.h"
#include "api/server.h"

static int
open_lot(struct exchange *x, struct err *err)
{
	struct answer refusal = { .code = OK };
	struct flow_batch b;

	if (!x->head.ndjson && !x->head.tar)
		return err_set(err, EMEDIA, "send the rows with Content-Type: "
		    "application/x-ndjson or application/x-tar");
	if (x->head.idempotency[0] == '\0')
		return err_set(err, EINPUT, "send an Idempotency-Key: who sends "
		    "the batch again with it gets the same certificates");
	TRY(flow_batch_open(x->flow, &x->who, exchange_param(x),
	    json_str(x->query, "profile", ""), x->head.idempotency, &b,
	    &refusal, err));
	if (refusal.code != OK) {
		reply_refusal(x, &refusal);
		answer_done(&refusal);
		return 0;
	}
	snprintf(x->batch, sizeof(x->batch), "%s", b.id);
	return lot_new(x->api, &x->who, &b, x->match.route->body,
	    x->head.tar ? CSRS_TAR : CSRS_NDJSON, &x->lot, err);
}

int
handle_batch_issue(struct exchange *x, struct err *err)
{
	if (x->lot == NULL)
		return open_lot(x, err);
	TRY(lot_start(x->lot, x, err));
	x->reply.status = 200;
	x->reply.type = "application/x-ndjson";
	snprintf(x->reply.location, sizeof(x->reply.location),
	    "/v1/batches/%s", x->batch);
	return 0;
}
