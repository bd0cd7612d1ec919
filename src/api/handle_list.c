/*
 * A revocation list that is too long for a body of JSON.  The handler runs
 * twice, as that of batches: before the list is read, so that nobody who may
 * not fills the disk, and when it is whole.
 */
#include "api/handle.h"
#include "api/spool.h"

static void
ask_of(const struct exchange *x, struct ask *ret)
{
	*ret = (struct ask){ .action = x->match.route->action, .who = &x->who,
	    .subject = "", .body = x->query,
	    .idempotency = x->head.idempotency };
}

static int
admit(struct exchange *x, struct err *err)
{
	TRY(exchange_admit(x, err));
	if (x->reply.status != 0)
		return 0;
	if (!x->head.crl)
		return err_set(err, EMEDIA, "send the list, DER, with "
		    "Content-Type: application/pkix-crl");
	return spool_new(x->api, &x->spool, err);
}

int
handle_crl_import_whole(struct exchange *x, struct err *err)
{
	struct answer got = { .code = OK };
	struct ask a;
	int rc;

	if (x->spool == NULL)
		return admit(x, err);
	ask_of(x, &a);
	TRY(spool_map(x->spool, &a.octets, &a.octets_n, err));
	TRY(flow_ask(x->flow, &a, NULL, &got, err));
	rc = reply_answer(x, &got, err);
	answer_done(&got);
	return rc;
}
