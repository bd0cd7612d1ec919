/*
 * est_renewal - whose device it is, and what a device may renew.
 */
#include <string.h>
#include "ca/name.h"
#include "ca/san.h"
#include "ca/tbs.h"
#include "flow/est.h"
#include "flow/inside.h"

int
est_got(const struct enrolling *e, struct tx *tx, time_us ended,
    struct cert_row *ret, bool *ret_there, struct err *err)
{
	struct span spki = csr_spki(e->csr);
	struct sha256 key = sha256_of(spki.p, spki.n), csr = csr_hash(e->csr);
	struct cert_ca_line line;

	TRY(cert_ca_line(tx, e->label->ca, &line, err));
	*ret_there = false;
	for (unsigned i = line.n; i > 0 && !*ret_there; i--)
		TRY(cert_of_csr(tx, &key, &csr, line.name[i - 1],
		    e->label->profile, ended, ret, ret_there, err));
	return 0;
}

int
est_has(const struct enrolling *e, struct tx *tx, struct cert_row *ret,
    bool *ret_there, struct err *err)
{
	time_us now = clock_now();
	struct cert_ca_line line;

	*ret_there = false;
	if (e->device[0] == '\0')
		return 0;
	TRY(cert_ca_line(tx, e->label->ca, &line, err));
	for (unsigned i = line.n; i > 0 && !*ret_there; i--) {
		TRY(cert_newest(tx, line.name[i - 1], e->label->profile,
		    e->device, ret, ret_there, err));
		*ret_there = *ret_there && cert_valid(ret, now);
	}
	return 0;
}

/* ---- the certificate to be renewed ---- */

struct old {
	const struct enrolling	*e;
	struct number		 serial;	/* of the one that was shown */
	bool			 shown, there;
	struct cert_row		 row;
	struct cert_row		 got;		/* by this very request */
	bool			 has_got;
	struct blob		 der;
	struct caller		 who;
};

/* Of one authority of the label's line. */
static int
old_find_of(struct old *o, struct tx *tx, const char *ca, struct err *err)
{
	int rc;

	if (!o->shown)
		return cert_newest(tx, ca, o->e->label->profile, o->e->device,
		    &o->row, &o->there, err);
	rc = cert_by_serial(tx, ca, &o->serial, &o->row, err);
	if (rc == -ENOENT_)
		return 0;
	o->there = rc == 0;
	return rc;
}

/* What those issued that succeeded it is the label's, too; the newest counts. */
static int
old_find(struct old *o, struct tx *tx, struct err *err)
{
	struct cert_ca_line line;

	TRY(cert_ca_line(tx, o->e->label->ca, &line, err));
	for (unsigned i = line.n; i > 0 && !o->there; i--)
		TRY(old_find_of(o, tx, line.name[i - 1], err));
	return 0;
}

static int
old_read(struct tx *tx, void *ctx, struct err *err)
{
	struct old *o = ctx;

	TRY(old_find(o, tx, err));
	if (!o->there)
		return 0;
	TRY(cert_der(tx, o->row.id, &o->der, err));
	TRY(est_got(o->e, tx, 0, &o->got, &o->has_got, err));
	if (!o->shown || o->e->label->as[0] == '\0')
		return 0;
	return people_caller(tx, o->e->label->as, &o->who, err);
}

/* It was renewed by this very request, whose answer may have been lost: what
 * took its place may be fetched with it. */
static bool
was_renewed(const struct old *o)
{
	return o->row.status == CERT_REVOKED &&
	    o->row.reason == REASON_SUPERSEDED && o->has_got &&
	    cert_valid(&o->got, clock_now()) && o->row.device[0] != '\0' &&
	    strcmp(o->row.device, o->got.device) == 0;
}

/* The very certificate, of this label, and its CA still stands by it. */
static int
shown_check(const struct old *o, struct err *err)
{
	const struct est_ask *a = o->e->ask;
	const struct est_label *l = o->e->label;
	struct sha256 print = sha256_of(a->certificate, a->certificate_octets);

	if (!o->there || !sha256_equal(&print, &o->row.fingerprint) ||
	    strcmp(o->row.profile, l->profile) != 0)
		return err_set(err, EAUTH, "the client certificate is none "
		    "that %s issued by profile %s", l->ca, l->profile);
	if (!cert_valid(&o->row, clock_now()) && !was_renewed(o))
		return err_set(err, EAUTH, "the client certificate is revoked, "
		    "on hold or has expired");
	if (l->as[0] == '\0')
		return err_set(err, EAUTH, "devices do not renew by themselves "
		    "under label %s: est.labels names no tool for them",
		    l->label);
	return 0;
}

static int
names_check(const struct old *o, struct err *err)
{
	AUTO_JSON *subject = NULL, *san = json_array();
	const struct tbs_extension *x;
	const struct csr *csr = o->e->csr;
	struct cert c;
	json_t *named = NULL;

	TRY(cert_read(o->der.data, o->der.len, &c, err));
	TRY(name_json(c.tbs.subject, &subject, err));
	if ((x = tbs_extension(&c.tbs, OID_SUBJECT_ALT_NAME)) != NULL) {
		TRY(san_json(x->value, &named, err));
		json_decref(san);
		san = named;
	}
	if (san == NULL)
		return err_set(err, ENOMEMORY, "names");
	if (!json_equal(subject, csr_subject(csr)) ||
	    !json_equal(san, csr_san(csr)))
		return err_set(err, EINPUT, "to renew a certificate, the "
		    "request has its subject and its alternative names "
		    "(RFC 7030, 4.2.2)");
	return 0;
}

static int
old_check(struct old *o, struct err *err)
{
	if (o->shown)
		TRY(shown_check(o, err));
	else if (!o->there)
		return err_set(err, ECONFLICT, "there is no certificate to be "
		    "renewed: use simpleenroll");
	return names_check(o, err);
}

int
est_renewal(struct enrolling *e, struct err *err)
{
	const struct est_ask *a = e->ask;
	struct old o = { .e = e, .shown = a->who == NULL };
	struct cert c;
	int rc;

	if (o.shown) {
		TRY(cert_read(a->certificate, a->certificate_octets, &c, err));
		TRY(number_make(c.tbs.serial, &o.serial, err));
	}
	rc = state_read(e->flow->state, old_read, &o, err);
	if (rc == 0)
		rc = old_check(&o, err);
	blob_done(&o.der);
	if (rc != 0 || !o.shown)
		return rc;
	e->who = o.who;
	memcpy(e->device, o.row.device, sizeof(e->device));
	return 0;
}
