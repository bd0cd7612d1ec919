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

static int
enrol(struct exchange *x, bool again, struct err *err)
{
	AUTO(blob) *body = blob_new();
	struct est_ask ask = { .label = exchange_param(x), .again = again,
		.body = x->octets.data, .octets = x->octets.len,
		.who = x->known ? &x->who : NULL,
		.certificate = x->conn->certificate,
		.certificate_octets = x->conn->certificate_octets };
	struct basic basic;
	struct answer a = { .code = OK };
	int rc;

	if (!x->head.pkcs10)
		return err_set(err, EMEDIA, "send the request with "
		    "Content-Type: application/pkcs10");
	if (body == NULL)
		return err_set(err, ENOMEMORY, "a reply");
	if (!x->known && x->head.basic != NULL) {
		TRY(intake_basic(x->head.basic, &basic, err));
		ask.user = basic.user;
		ask.password = basic.password;
	}
	rc = flow_est_enrol(x->flow, &ask, &a, body, err);
	if (ask.password != NULL)
		OPENSSL_cleanse(&basic, sizeof(basic));
	TRY(rc);
	rc = enrolled(x, &a, body, err);
	answer_done(&a);
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
