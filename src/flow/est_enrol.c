/*
 * est_enrol - simpleenroll and simplereenroll (RFC 7030, 4.2): the same door as
 * for everybody, cert.issue, and the same certificate for the same request.
 */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "ca/est.h"
#include "flow/est.h"
#include "flow/inside.h"

static int
csr_take(struct enrolling *e, struct err *err)
{
	AUTO(blob) *der = blob_new();

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(est_body_read(span_of(e->ask->body, e->ask->octets), der, err));
	TRY(asked_wrongly(csr_read(der->data, der->len, &e->csr, err), err));
	TRY(state_law(e->flow->state, &e->law, err));
	TRY(profile_named(e->law, e->label->profile, &e->profile, err));
	return device_of(e->profile, e->csr, e->device, err);
}

static int
body_make(struct enrolling *e, struct err *err)
{
	struct span der = csr_der(e->csr);
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s*}", "profile", e->label->profile,
	    "device", e->device[0] != '\0' ? e->device : NULL));
	TRY(json_set_b64(o, "csr", der.p, der.n, err));
	e->body = TAKE(o);
	return 0;
}

/*
 * The same request has the same key, and so the same answer; once what it got
 * is not valid any more (@before is its id), it has another.
 */
static int
key_make(struct enrolling *e, const char *before, struct err *err)
{
	AUTO(blob) *all = blob_new();
	struct sha256 csr = csr_hash(e->csr), hash;
	char hex[SHA256_HEX];

	if (all == NULL)
		return err_set(err, ENOMEMORY, "a request");
	sha256_hex(&csr, hex);
	TRY(blob_printf(all, err, "%s %s %s %s", e->label->ca,
	    e->label->profile, hex, before));
	hash = sha256_of(all->data, all->len);
	sha256_hex(&hash, hex);
	snprintf(e->key, sizeof(e->key), "est-%s", hex);
	return 0;
}

static int
ask_once(struct enrolling *e, const json_t *body, const char *before,
    const struct flow_later *later, struct answer *ret, struct err *err)
{
	struct ask a = { .action = "cert.issue", .who = &e->who,
		.subject = e->label->ca, .body = body, .idempotency = e->key };

	TRY(key_make(e, before, err));
	return flow_ask(e->flow, &a, later, ret, err);
}

struct got {
	const char	*id;
	struct blob	 der;
};

static int
got_read(struct tx *tx, void *ctx, struct err *err)
{
	struct got *g = ctx;

	return cert_der(tx, g->id, &g->der, err);
}

static int
answer_put(const struct enrolling *e, const struct answer *a,
    struct blob *ret, struct err *err)
{
	struct got g = { .id = json_str(a->body, "id", "") };
	struct span cert;
	int rc = state_read(e->flow->state, got_read, &g, err);

	cert = span_blob(&g.der);
	if (rc == 0)
		rc = est_certs(e->label, &cert, 1, ret, err);
	blob_done(&g.der);
	return rc;
}

struct ended {
	const struct enrolling *e;
	struct cert_row	 row;		/* that this request got, and that has ended */
	bool		 there;
	struct cert_row	 has;		/* what its device has since */
	bool		 has_it;
};

static int
ended_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ended *d = ctx;

	TRY(est_got(d->e, tx, clock_now(), &d->row, &d->there, err));
	return !d->there ? 0 : est_has(d->e, tx, &d->has, &d->has_it, err);
}

/* What comes late must not end what the device got since. */
static int
late_check(const struct ended *d, struct err *err)
{
	struct sha256 csr = csr_hash(d->e->csr);

	if (!d->has_it || sha256_equal(&csr, &d->has.csr))
		return 0;
	return err_set(err, ECONFLICT, "certificate %s, which this request got, is "
	    "not valid any more, and the device has another; enrol it with "
	    "another request", d->row.id);
}

/* Once what it got has ended, the same request is asked for anew. */
static int
ask_anew(struct enrolling *e, struct answer *ret, struct blob *ret_body,
    struct err *err)
{
	struct ended d = { .e = e };

	TRY(state_read(e->flow->state, ended_read, &d, err));
	TRY(late_check(&d, err));
	TRY(ask_once(e, e->body, d.there ? d.row.id : "", e->later, ret, err));
	if (*e->later->going != NULL || ret->code != OK)
		return 0;
	return answer_put(e, ret, ret_body, err);
}

/* Nobody loses a password by what would be refused anyway. */
static int
password_spend(struct enrolling *e, struct answer *ret, struct err *err)
{
	AUTO_JSON *trial = json_clone_flat(e->body);

	if (trial == NULL || json_object_set_new(trial, "prepare",
	    json_true()) != 0)
		return err_set(err, ENOMEMORY, "a request");
	TRY(ask_once(e, trial, "", NULL, ret, err));
	if (ret->code != OK)
		return 0;
	answer_done(ret);
	return est_password_use(e, err);
}

static int
enrol(struct enrolling *e, struct answer *ret, struct blob *ret_body,
    struct err *err)
{
	bool fresh = false;

	TRY(csr_take(e, err));
	if (e->ask->who != NULL)
		e->who = *e->ask->who;
	else if (e->ask->password != NULL)
		TRY(est_password(e, &fresh, err));
	if (e->ask->again)
		TRY(est_renewal(e, err));
	TRY(body_make(e, err));
	if (fresh) {
		TRY(password_spend(e, ret, err));
		if (ret->code != OK)
			return 0;
	}
	return ask_anew(e, ret, ret_body, err);
}

static void
enrolling_free(struct enrolling *e)
{
	csr_free(e->csr);
	law_free(e->law);
	json_decref(e->body);
	free(e);
}

static int
enrolling_new(struct flow *f, const struct est_ask *ask,
    const struct flow_later *later, struct enrolling **ret, struct err *err)
{
	const struct est_label *label;

	TRY(est_label_find(f, ask->label, &label, err));
	if (ask->who == NULL && (ask->password != NULL ? ask->again :
	    !(ask->again && ask->certificate != NULL)))
		return err_set(err, EAUTH, "show a name and a token, or a "
		    "client certificate that is known here");
	if ((*ret = calloc(1, sizeof(**ret))) == NULL)
		return err_set(err, ENOMEMORY, "an enrolment");
	**ret = (struct enrolling){ .flow = f, .ask = ask, .later = later,
		.label = label };
	return 0;
}

int
flow_est_enrol(struct flow *f, const struct est_ask *ask,
    const struct flow_later *later, struct enrolling **ret_on,
    struct answer *ret, struct blob *ret_body, struct err *err)
{
	struct enrolling *e;
	int rc;

	TRY(enrolling_new(f, ask, later, &e, err));
	rc = enrol(e, ret, ret_body, err);
	if (rc == 0 && *later->going != NULL) {
		*ret_on = e;
		return 0;
	}
	if (rc != 0)
		answer_done(ret);
	enrolling_free(e);
	return rc;
}

int
flow_est_end(struct enrolling *e, struct going *g, struct answer *ret,
    struct blob *ret_body, struct err *err)
{
	int rc = flow_ask_end(g, ret, err);

	if (rc == 0 && ret->code == OK)
		rc = answer_put(e, ret, ret_body, err);
	if (rc != 0)
		answer_done(ret);
	enrolling_free(e);
	return rc;
}
