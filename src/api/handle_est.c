/*
 * Enrolment over Secure Transport (RFC 7030, RFC 8951).  A label stands behind
 * .well-known/est as the RFC has it, or before .well-known as clients that
 * take a base URL send it.
 */
#include <openssl/crypto.h>
#include <string.h>
#include "api/handle.h"
#include "api/server.h"

static const char type_certs[] = "application/pkcs7-mime; smime-type=certs-only";
static const char type_attrs[] = "application/csrattrs";
static const char type_text[] = "text/plain; charset=utf-8";
static const char wait_words[] = "approval-needed: the request waits for "
    "approvals; ask again with the same request\n";

#define POLL_S	5	/* how often a client that waits should ask */

typedef int getter(struct flow *f, const char *label, struct blob *ret,
    struct err *err);

static int
give(struct exchange *x, getter *fn, const char *type, struct err *err)
{
	AUTO(blob) *b = blob_new();

	if (b == NULL)
		return err_set(err, ENOMEMORY, "a reply");
	TRY(fn(x->flow, exchange_param(x), b, err));
	return reply_octets(x, 200, type, b->data, b->len, err);
}

static int
cacerts(struct exchange *x, struct err *err)
{
	return give(x, flow_est_cacerts, type_certs, err);
}

static int
csrattrs(struct exchange *x, struct err *err)
{
	return give(x, flow_est_csrattrs, type_attrs, err);
}

/* A client that polls comes by a new connection: nothing is held for it. */
static int
enrolled(struct exchange *x, const struct answer *a, const struct blob *body,
    struct err *err)
{
	if (a->code == OK)
		return reply_octets(x, 200, type_certs, body->data, body->len,
		    err);
	if (a->code != EQUORUM) {
		reply_refusal(x, a);
		return 0;
	}
	TRY(reply_octets(x, 202, type_text, wait_words, sizeof(wait_words) - 1,
	    err));
	x->reply.retry_after_s = POLL_S;
	return 0;
}

/* To put a certificate together the store is read: a worker's. */
static void
ready(void *exchange, bool quick)
{
	(void)quick;
	exchange_ready(exchange, false);
}

static int
ask_of(const struct exchange *x, bool again, struct basic *basic,
    struct est_ask *ret, struct err *err)
{
	*ret = (struct est_ask){ .label = exchange_param(x), .again = again,
		.body = x->octets.data, .octets = x->octets.len,
		.who = x->known ? &x->who : NULL,
		.certificate = x->conn->certificate,
		.certificate_octets = x->conn->certificate_octets };
	if (x->known || x->head.basic == NULL)
		return 0;
	TRY(intake_basic(x->head.basic, basic, err));
	ret->user = basic->user;
	ret->password = basic->password;
	return 0;
}

static int
ask(struct exchange *x, bool again, struct answer *ret, struct blob *ret_body,
    struct err *err)
{
	const struct flow_later later = { .going = &x->going,
		.ready = ready, .ctx = x };
	struct est_ask ask;
	struct basic basic;
	int rc;

	TRY(ask_of(x, again, &basic, &ask, err));
	rc = flow_est_enrol(x->flow, &ask, &later, &x->enrolling, ret,
	    ret_body, err);
	if (ask.password != NULL)
		OPENSSL_cleanse(&basic, sizeof(basic));
	return rc;
}

static int
enrol(struct exchange *x, bool again, struct err *err)
{
	AUTO(blob) *body = blob_new();
	struct answer a = { .code = OK };
	int rc;

	if (!x->head.pkcs10)
		return err_set(err, EMEDIA, "send the request with "
		    "Content-Type: application/pkcs10");
	if (body == NULL)
		return err_set(err, ENOMEMORY, "a reply");
	TRY(ask(x, again, &a, body, err));
	if (x->going != NULL)
		return 0;
	rc = enrolled(x, &a, body, err);
	answer_done(&a);
	return rc;
}

int
exchange_enrolled(struct exchange *x, struct err *err)
{
	struct blob body = { 0 };
	struct answer a = { .code = OK };
	int rc = flow_est_end(TAKE(x->enrolling), TAKE(x->going), &a, &body,
	    err);

	if (rc == 0)
		rc = enrolled(x, &a, &body, err);
	answer_done(&a);
	blob_done(&body);
	return rc;
}

static int
simpleenroll(struct exchange *x, struct err *err)
{
	return enrol(x, false, err);
}

static int
simplereenroll(struct exchange *x, struct err *err)
{
	return enrol(x, true, err);
}

#define FORMS(op) \
	int handle_est_##op(struct exchange *x, struct err *err) \
	{ return op(x, err); } \
	int handle_est_label_##op(struct exchange *x, struct err *err) \
	{ return op(x, err); } \
	int handle_label_est_##op(struct exchange *x, struct err *err) \
	{ return op(x, err); }
FORMS(cacerts)
FORMS(csrattrs)
FORMS(simpleenroll)
FORMS(simplereenroll)
#undef FORMS
