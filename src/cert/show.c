/* show - certificates as the API shows them: of their rows, or as they were just
 * made, in the same words. */
#include "base/json.h"
#include "ca/name.h"
#include "ca/p7.h"
#include "ca/san.h"
#include "cert/inside.h"

/* What is shown of one, without its octets; all borrowed. */
struct shown {
	const struct cert_row *row;
	const char	*subject;	/* for people */
	const char	*batch;		/* NULL: of none */
	int64_t		 seq;
};

static int
set_times(json_t *o, const struct cert_row *c, struct err *err)
{
	TRY(json_set_time(o, "not_before", c->not_before, err));
	TRY(json_set_time(o, "not_after", c->not_after, err));
	if (c->status == CERT_GOOD)
		return 0;
	TRY(json_set_str(o, "reason", reason_name(c->reason), err));
	TRY(json_set_time(o, "revoked", c->revoked, err));
	if (c->invalid_since == 0)
		return 0;
	return json_set_time(o, "invalid_since", c->invalid_since, err);
}

static int
shown_json(const struct shown *s, json_t **ret, struct err *err)
{
	const struct cert_row *c = s->row;
	AUTO_JSON	*o = NULL;
	char		 serial[NUMBER_HEX];

	number_hex(&c->serial, serial);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s, s:s*, s:s, s:s,"
	    " s:I, s:I, s:s*}", "id", c->id, "ca", c->ca, "serial", serial,
	    "profile", c->profile, "subject", s->subject,
	    "device", c->device[0] != '\0' ? c->device : NULL,
	    "status", cert_status_name(c->status), "request", c->request,
	    "partition", (json_int_t)c->partition,
	    "event", (json_int_t)s->seq, "batch", s->batch));
	TRY(json_set_hash(o, "fingerprint", &c->fingerprint, err));
	TRY(json_set_hash(o, "spki", &c->spki, err));
	TRY(set_times(o, c, err));
	*ret = TAKE(o);
	return 0;
}

int
row_json(const struct rows *r, json_t **ret, struct err *err)
{
	struct cert_row	 c;
	struct shown	 s = { .row = &c };

	TRY(row_read(r, &c, err));
	s.subject = rows_text(r, "subject");
	s.seq = rows_int(r, "seq");
	s.batch = rows_text(r, "batch");
	return shown_json(&s, ret, err);
}

/* ---- the whole of one ---- */

int
pem_put(struct span der, struct blob *ret, struct err *err)
{
	return p7_pem("CERTIFICATE", der, ret, err);
}

static int
show_names(const struct cert *c, const json_t *subject, json_t *o,
    struct err *err)
{
	const struct tbs_extension	*san;
	json_t		*j;

	TRY(name_json(c->tbs.issuer, &j, err));
	TRY(json_set_new(o, "issuer_name", j, err));
	TRY(json_set_new(o, "subject_name", json_incref((json_t *)(uintptr_t)
	    subject), err));
	if ((san = tbs_extension(&c->tbs, OID_SUBJECT_ALT_NAME)) == NULL)
		return 0;
	TRY(san_json(san->value, &j, err));
	return json_set_new(o, "san", j, err);
}

static int
show_octets(struct span der, const char *chain, json_t *o, struct err *err)
{
	AUTO(blob)	*pem = blob_new();

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(pem_put(der, pem, err));
	TRY(json_set_ascii(o, "certificate", blob_str(pem), err));
	return json_set_ascii(o, "chain", chain, err);
}

static int
show_kept(struct tx *tx, const char *id, json_t *o, struct err *err)
{
	AUTO(blob)	*der = blob_new(), *chain = blob_new();
	AUTO_JSON	*subject = NULL;
	struct cert	 c;

	if (der == NULL || chain == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(cert_der(tx, id, der, err));
	TRY(cert_read(der->data, der->len, &c, err));
	TRY(name_json(c.tbs.subject, &subject, err));
	TRY(show_names(&c, subject, o, err));
	TRY(cert_chain(tx, json_str(o, "ca", ""), chain, err));
	return show_octets(span_blob(der), blob_str(chain), o, err);
}

int
cert_show(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	AUTO_JSON	*o = NULL;
	bool		 there;

	TRY(tx_query(tx, "cert_get", PARAMS(v_text(id)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return err_set(err, ENOENT_, "there is no certificate %.40s",
		    id);
	TRY(row_json(r, &o, err));
	TRY(show_kept(tx, id, o, err));
	*ret = TAKE(o);
	return 0;
}

static int
show_apart(const struct cert_made *m, const struct apart *a,
    const char *chain, json_t *o, struct err *err)
{
	TRY(show_names(&a->c, a->name, o, err));
	return show_octets(m->der, chain, o, err);
}

int
cert_made_show(const struct cert_made *m, const char *chain, json_t **ret,
    struct err *err)
{
	struct apart	 a;
	struct shown	 s = { .row = &a.row, .batch = m->batch,
			     .seq = (int64_t)m->seq };
	AUTO_JSON	*o = NULL;
	int		 rc;

	TRY(made_apart(m, &a, err));
	s.subject = blob_str(&a.subject);
	rc = shown_json(&s, &o, err);
	if (rc == 0)
		rc = show_apart(m, &a, chain, o, err);
	apart_done(&a);
	if (rc == 0)
		*ret = TAKE(o);
	return rc;
}
