/* apply_cert - authorities, certificates and their revocation. */
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/seal.h"
#include "ca/tbs.h"
#include "product/device.h"
#include "state/inside.h"

static int
octets_of(const json_t *o, const char *member, struct blob *ret,
    struct err *err)
{
	const char	*text;

	TRY(json_need_str(o, member, &text, err));
	return b64_decode(text, ret, err);
}

/* What was signed, its algorithm, the signature: the keeper's entry has all. */
int
state_certificate(const json_t *entry, struct blob *ret, struct err *err)
{
	AUTO(blob)	*content = blob_new(), *signature = blob_new();
	struct tbs	 t;
	const char	*scheme;

	if (content == NULL || signature == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(octets_of(json_object_get(entry, "operation"), "content", content,
	    err));
	TRY(octets_of(json_object_get(entry, "result"), "signature",
	    signature, err));
	TRY(tbs_read(content->data, content->len, &t, err));
	if ((scheme = seal_scheme(t.algorithm)) == NULL)
		return err_set(err, ESCHEMA, "a certificate of an algorithm "
		    "that this house does not sign with");
	return seal_assemble(span_blob(content), scheme, span_blob(signature),
	    ret, err);
}

int
state_issued(const struct issued *i, struct cert_made *ret, struct err *err)
{
	const json_t	*op = json_object_get(i->entry, "operation");
	struct cert_made m = { .der = i->der, .ca = i->ca,
	    .profile = json_str(i->parameters, "profile", ""),
	    .device = json_str(i->parameters, "device", NULL),
	    .csr = json_str(i->parameters, "csr", NULL),
	    .request = i->request,
	    .batch = json_str(i->parameters, "batch", NULL),
	    .replaces = json_object_get(i->parameters, "replaces"),
	    .partition = (unsigned)json_int(op, "partition", 0),
	    .seq = i->seq, .key = json_str(op, "key", ""),
	    .principal = json_str(op, "principal", ""),
	    .rule = json_str(json_object_get(i->entry, "rule"), "hash", "") };

	TRY(clock_parse(json_str(i->entry, "time", ""), &m.time, err));
	*ret = m;
	return 0;
}

static int
issued(struct tx *tx, const struct applied *a, const char *ca,
    const json_t *p, struct span der, struct err *err)
{
	struct issued	 i = { .entry = a->entry, .parameters = p, .ca = ca,
			     .request = named_request(a), .seq = a->seq,
			     .der = der };
	struct cert_made m;

	TRY(state_issued(&i, &m, err));
	TRY(cert_insert(tx, &m, err));
	return m.device == NULL ? 0 : device_issued(tx, m.device, m.key,
	    m.seq, err);
}

int
cert_issued_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	AUTO(blob)	*der = blob_new();
	struct asked_for q;
	int		 rc;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(result_apply(tx, a, err));
	TRY(state_certificate(a->entry, der, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = issued(tx, a, json_str(q.p, "ca", ""), q.p, span_blob(der), err);
	asked_free(q.asked);
	return rc;
}

/* ---- authorities ---- */

static int
authority(struct tx *tx, const struct applied *a, const json_t *p,
    struct cert_ca_made *m, struct err *err)
{
	m->name = json_str(p, "name", "");
	m->responder = json_str(p, "responder", NULL);
	m->succeeds = json_str(p, "succeeds", NULL);
	m->urls = json_object_get(p, "urls");
	m->partitions = (unsigned)json_int(p, "partitions", 1);
	m->request = named_request(a);
	m->seq = a->seq;
	if (json_object_get(p, "crl_number") != NULL)
		TRY(number_parse(json_str(p, "crl_number", ""), &m->floor,
		    err));
	if (m->urls == NULL)
		return err_set(err, ESCHEMA, "an authority without urls");
	TRY(clock_parse(json_str(a->entry, "time", ""), &m->time, err));
	return cert_ca_insert(tx, m, err);
}

static int
created(struct tx *tx, const struct applied *a, const json_t *p,
    struct span der, struct err *err)
{
	struct cert_ca_made m = { .der = der,
	    .key = json_str(p, "spki", ""),
	    .key_name = json_str(p, "subject_key_name", ""),
	    .issuer = json_str(p, "issuer", NULL),
	    .profile = json_str(p, "profile", NULL) };

	/* One of another system has no key here: it is a certificate alone. */
	if (json_object_get(p, "csr") == NULL)
		TRY(authority(tx, a, p, &m, err));
	return issued(tx, a, m.issuer != NULL ? m.issuer : m.name, p, der, err);
}

int
ca_created_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	AUTO(blob)	*der = blob_new();
	struct asked_for q;
	int		 rc;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(result_apply(tx, a, err));
	TRY(state_certificate(a->entry, der, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = created(tx, a, q.p, span_blob(der), err);
	asked_free(q.asked);
	return rc;
}

/* What others make of it is not known until it comes back. */
int
ca_requested_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	return result_apply(tx, a, err);
}

struct listing {
	struct tx	*tx;
	const char	*ca;
};

static int
listed_entry(void *ctx, const struct crl_entry *e, struct err *err)
{
	const struct listing *l = ctx;

	return cert_listed_insert(l->tx, l->ca, e, err);
}

/* The keeper has looked whose it is: what is on it stays revoked. */
static int
listed_apply(struct tx *tx, const struct applied *a, const char *ca,
    struct err *err)
{
	const json_t	*op = json_object_get(a->entry, "operation");
	AUTO(blob)	*der = blob_new();
	struct listing	 l = { tx, ca };
	struct span	 tbs, algorithm, signature;
	struct crl_info	 info;

	if (json_object_get(op, "crl") == NULL)
		return 0;
	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(octets_of(op, "crl", der, err));
	TRY(seal_read(span_blob(der), "a revocation list", &tbs, &algorithm,
	    &signature, err));
	return crl_read_other(tbs, listed_entry, &l, &info, err);
}

int
ca_imported_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	AUTO(blob)	*der = blob_new();
	struct cert_ca_made m = { .imported = true };
	struct asked_for q;
	int		 rc;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(result_apply(tx, a, err));
	TRY(octets_of(json_object_get(a->entry, "operation"), "content", der,
	    err));
	TRY(asked_parameters(tx, a, &q, err));
	m.der = span_blob(der);
	m.key = json_str(q.p, "key", "");
	m.key_name = json_str(q.p, "key_name", "");
	rc = authority(tx, a, q.p, &m, err);
	if (rc == 0)
		rc = listed_apply(tx, a, m.name, err);
	asked_free(q.asked);
	return rc;
}

int
ca_retired_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	const char	*ca;

	TRY(json_need_str(a->data, "ca", &ca, err));
	TRY(cert_ca_retire(tx, ca, json_str(a->data, "reason", NULL), a->time,
	    err));
	return result_apply(tx, a, err);
}

/* ---- revocation ---- */

static int
changed(struct tx *tx, const struct applied *a, enum cert_status to,
    enum reason usual, struct err *err)
{
	const char	*cause = json_str(a->data, "cause", NULL),
			*since = json_str(a->data, "invalid_since", NULL);
	struct cert_change c = { .to = to, .reason = usual, .time = a->time };
	const json_t	*serial;
	size_t		 i;

	TRY(json_need_str(a->data, "ca", &c.ca, err));
	if (cause != NULL && !reason_from_name(cause, &c.reason))
		return err_set(err, ESCHEMA, "/data/cause: no reason of RFC "
		    "5280, 5.3.1");
	if (since != NULL)
		TRY(clock_parse(since, &c.invalid_since, err));
	json_array_foreach(json_object_get(a->data, "serials"), i, serial) {
		TRY(number_parse(json_string_value(serial), &c.serial, err));
		TRY(cert_change(tx, &c, err));
	}
	if (json_object_get(a->data, "part") != NULL)
		return part_apply(tx, a, (unsigned)json_int(a->data, "part",
		    0), (unsigned)json_int(a->data, "parts", 0), err);
	return result_apply(tx, a, err);
}

int
cert_revoked_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	return changed(tx, a, CERT_REVOKED, REASON_UNSPECIFIED, err);
}

int
cert_held_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	return changed(tx, a, CERT_HELD, REASON_HOLD, err);
}

int
cert_released_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	return changed(tx, a, CERT_GOOD, REASON_UNSPECIFIED, err);
}

/* A CRL number of the keeper's entry: hexadecimal, as far as ours go. */
static int
crl_number(const struct cert_ca *ca, const json_t *op, const char *name,
    uint64_t *ret, struct err *err)
{
	const char	*hex = json_str(op, name, NULL);
	struct number	 n;

	*ret = 0;
	if (hex == NULL)
		return 0;
	TRY(number_parse(hex, &n, err));
	return cert_ca_count(ca, &n, ret, err);
}

/* Of the authority that was asked for. */
static int
crl_named(struct tx *tx, const json_t *p, const json_t *op,
    struct cert_crl *c, struct err *err)
{
	AUTO(cert_ca)	*ca = NULL;

	TRY(cert_ca_get(tx, json_str(p, "ca", ""), &ca, err));
	memcpy(c->ca, ca->name, sizeof(c->ca));
	TRY(crl_number(ca, op, "number", &c->number, err));
	TRY(crl_number(ca, op, "base", &c->base, err));
	return cert_crl_insert(tx, c, err);
}

static int
optional_time(const json_t *o, const char *name, time_us *ret,
    struct err *err)
{
	const char	*text = json_str(o, name, NULL);

	return text == NULL ? 0 : clock_parse(text, ret, err);
}

/*
 * A list whose event was lost in a crash comes back by its number alone: the
 * number is spent, and the list was never shown to anybody.
 */
int
crl_published_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	const json_t	*op = json_object_get(a->entry, "operation");
	struct cert_crl	 c = { .seq = a->seq };
	struct asked_for q;
	int		 rc;

	TRY(result_apply(tx, a, err));
	c.entries = (uint64_t)json_int(op, "entries", 0);
	c.partition = (unsigned)json_int(op, "partition", 0);
	c.octets = (uint64_t)json_int(a->data, "size", 0);
	if (json_object_get(a->data, "hash") != NULL)
		TRY(json_need_hash(a->data, "hash", &c.hash, err));
	TRY(optional_time(a->data, "this_update", &c.this_update, err));
	TRY(optional_time(a->data, "next_update", &c.next_update, err));
	TRY(asked_parameters(tx, a, &q, err));
	rc = crl_named(tx, q.p, op, &c, err);
	asked_free(q.asked);
	return rc;
}

/* What was answered to whom is not kept: the entry says how many. */
int
ocsp_counted_apply(struct tx *tx, struct laws *laws, const struct applied *a,
    struct err *err)
{
	return result_apply(tx, a, err);
}
