/*
 * Every action goes the one way through flow; the table names which.
 */
#include "api/handle.h"

static int
ask(struct exchange *x, struct err *err)
{
	struct ask a = {
		.action = x->match.route->action, .who = &x->who,
		.subject = exchange_param(x), .body = x->body,
		.idempotency = x->head.idempotency,
	};
	const struct flow_later later = { .going = &x->going,
		.ready = exchange_ready, .ctx = x };
	struct answer got = { .code = OK };
	int rc;

	TRY(flow_ask(x->flow, &a, &later, &got, err));
	if (x->going != NULL)
		return 0;
	rc = reply_answer(x, &got, err);
	answer_done(&got);
	return rc;
}

#define ASKS(A) \
	A(drill_report) A(device_import) A(install_report) \
	A(cert_import) A(crl_import) A(discovery_report) A(discovery_dismiss) A(key_register) A(key_correct) A(key_unregister) A(credential_issue) A(credential_revoke) A(key_generate) A(key_adopt) \
	A(key_activate) A(key_suspend) A(key_resume) A(key_deactivate) \
	A(key_compromise) A(key_destroy) A(key_sign) A(window_open) \
	A(window_close) A(charter_amend) A(ca_create) A(ca_import) A(ca_request) A(ca_renew) A(ca_rekey) \
	A(ca_retire) A(cert_issue) A(cert_revoke) A(cert_hold) \
	A(cert_release) A(crl_sign)
#define A(name) \
	int handle_##name(struct exchange *x, struct err *err) \
	{ return ask(x, err); }
ASKS(A)
#undef A
