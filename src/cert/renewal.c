/* renewal - authorities come, are renewed, and are followed by others; see cert.h. */
#include <string.h>
#include "base/json.h"
#include "ca/name.h"
#include "ca/tbs.h"
#include "cert/inside.h"

int
cert_ca_line(struct tx *tx, const char *name, struct cert_ca_line *ret,
    struct err *err)
{
	bool	 there = strlen(name) < CERT_NAME;

	if (!there)
		return err_set(err, ENOENT_, "there is no such authority");
	memcpy(ret->name[0], name, strlen(name) + 1);
	for (ret->n = 1; ret->n < CERT_CHAIN; ret->n++) {
		AUTO(rows)	*r = NULL;

		TRY(tx_query(tx, "cert_ca_successor",
		    PARAMS(v_text(ret->name[ret->n - 1])), &r, err));
		TRY(rows_next(r, &there, err));
		if (!there)
			return 0;
		TRY(column_text(r, "name", ret->name[ret->n], CERT_NAME, err));
	}
	return 0;
}

int
cert_ca_successor(struct tx *tx, const char *name, char ret[CERT_NAME],
    struct err *err)
{
	struct cert_ca_line	 line;

	TRY(cert_ca_line(tx, name, &line, err));
	ret[0] = '\0';
	if (line.n > 1)
		memcpy(ret, line.name[line.n - 1], CERT_NAME);
	return 0;
}

int
cert_ca_before(struct tx *tx, const char *name, char ret[CERT_NAME],
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, "cert_ca_before", PARAMS(v_text(name)), &r, err));
	return column_text(r, "succeeds", ret, CERT_NAME, err);
}

static int
certificate_json(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO(blob)	*pem = blob_new();
	AUTO_JSON	*o = NULL;
	const char	*issuer = rows_text(r, "issuer");
	struct sha256	 print;
	struct number	 serial;
	char		 hex[NUMBER_HEX];
	size_t		 n;
	const void	*der = rows_blob(r, "der", &n);

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(column_number(r, "serial", &serial, err));
	TRY(rows_hash(r, "fingerprint", &print, err));
	number_hex(&serial, hex);
	TRY(json_build(&o, err, "{s:s, s:s*}", "serial", hex, "issuer",
	    issuer != NULL && issuer[0] != '\0' ? issuer : NULL));
	TRY(json_set_hash(o, "fingerprint", &print, err));
	TRY(json_set_time(o, "not_before", rows_int(r, "not_before"), err));
	TRY(json_set_time(o, "not_after", rows_int(r, "not_after"), err));
	TRY(pem_put(span_of(der, n), pem, err));
	TRY(json_set_str(o, "certificate", blob_str(pem), err));
	*ret = TAKE(o);
	return 0;
}

int
cert_ca_certificates(struct tx *tx, const char *name, json_t **ret,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	json_t		*one;
	bool		 more;

	TRY(tx_query(tx, "cert_ca_certificates", PARAMS(v_text(name),
	    v_int(CERT_RENEWALS)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(certificate_json(r, &one, err));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "an authority");
	}
	*ret = TAKE(list);
	return 0;
}

/* ---- projections ---- */

static int
ca_put(struct tx *tx, const struct cert_ca_made *m, const struct cert *c,
    const char *subject, struct err *err)
{
	AUTO(blob)	*urls = blob_new();
	struct sha256	 print = sha256_of(m->der.p, m->der.n);

	if (urls == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(json_canonical(m->urls, urls, err));
	return tx_run(tx, "cert_ca_put", PARAMS(v_text(m->name),
	    v_text(m->key), v_text(m->key_name), v_some(m->issuer),
	    v_some(m->profile), v_text(subject),
	    v_blob(c->tbs.serial.p, c->tbs.serial.n), v_hash(&print),
	    v_blob(m->der.p, m->der.n), v_int(c->tbs.not_before),
	    v_int(c->tbs.not_after), v_text(blob_str(urls)),
	    v_int(m->partitions), v_some(m->responder), v_int(m->imported),
	    v_some(m->request), v_int(m->time), v_int((int64_t)m->seq),
	    v_some(m->succeeds), m->floor.n > 0 ? v_number(&m->floor) :
	    v_null()), NULL, err);
}

/* What others rely on stays: its key, its name, where it publishes. */
static int
ca_renew(struct tx *tx, const struct cert_ca_made *m, const struct cert *c,
    struct err *err)
{
	struct sha256	 print = sha256_of(m->der.p, m->der.n);

	return tx_run(tx, "cert_ca_renew", PARAMS(v_text(m->name),
	    v_some(m->issuer), v_some(m->profile),
	    v_blob(c->tbs.serial.p, c->tbs.serial.n), v_hash(&print),
	    v_blob(m->der.p, m->der.n), v_int(c->tbs.not_before),
	    v_int(c->tbs.not_after), v_int(m->imported), v_some(m->request),
	    v_int((int64_t)m->seq), v_text(m->responder)), NULL, err);
}

static int
certificate_put(struct tx *tx, const struct cert_ca_made *m,
    const struct cert *c, struct err *err)
{
	struct sha256	 print = sha256_of(m->der.p, m->der.n);

	return tx_run(tx, "cert_ca_certificate_put", PARAMS(v_hash(&print),
	    v_text(m->name), v_some(m->issuer),
	    v_blob(c->tbs.serial.p, c->tbs.serial.n),
	    v_blob(m->der.p, m->der.n), v_int(c->tbs.not_before),
	    v_int(c->tbs.not_after), v_some(m->request),
	    v_int((int64_t)m->seq)), NULL, err);
}

/* One name, one key. */
static int
is_renewal(struct tx *tx, const struct cert_ca_made *m, bool *ret,
    struct err *err)
{
	AUTO(cert_ca)	*there = NULL;
	struct err	 why;
	int		 rc = cert_ca_get(tx, m->name, &there, &why);

	*ret = rc == 0;
	if (rc == -ENOENT_)
		return 0;
	if (rc != 0)
		return err_set(err, why.code, "%s", why.what);
	return strcmp(there->key, m->key) == 0 ? 0 : err_set(err, EEXISTS,
	    "there is an authority named %s already", m->name);
}

int
cert_ca_insert(struct tx *tx, const struct cert_ca_made *m, struct err *err)
{
	AUTO_JSON	*name = NULL;
	AUTO(blob)	*subject = blob_new();
	struct cert	 c;
	bool		 renewal;

	if (subject == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(cert_read(m->der.p, m->der.n, &c, err));
	TRY(name_json(c.tbs.subject, &name, err));
	TRY(subject_text(name, subject, err));
	TRY(is_renewal(tx, m, &renewal, err));
	TRY(renewal ? ca_renew(tx, m, &c, err) :
	    ca_put(tx, m, &c, blob_str(subject), err));
	return certificate_put(tx, m, &c, err);
}
