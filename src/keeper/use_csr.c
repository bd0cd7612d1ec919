/*
 * Requests for certificates of our authorities that others sign: what is
 * signed is what the approved subject and the key itself make, octet for octet.
 */
#include "config.h"

#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/csr.h"
#include "ca/name.h"
#include "keeper/use_ca.h"

struct requesting {
	struct key	*key;
	struct blob	 octets;	/* owned: what is to be signed */
	struct sha256	 what;		/* names the use */
};

/* One that is a CA already asks again by the name that it has. */
static int
subject_check(const struct key *key, const json_t *subject, struct err *err)
{
	struct blob name = { 0 };
	int rc = key->ca_n == 0 ? 0 : name_der(subject, &name, err);

	for (size_t i = 0; i < key->ca_n && rc == 0; i++)
		if (!span_equal(key->ca[i].issuer->subject, span_blob(&name)))
			rc = err_set(err, EDENIED, "%s is CA %s, which has "
			    "another subject", key->name, key->ca[i].name);
	blob_done(&name);
	return rc;
}

static int
infos_equal(const struct using *u, const struct requesting *r,
    struct err *err)
{
	const json_t *subject = json_object_get(u->request->parameters,
	    "subject");
	AUTO(blob) *spki = blob_new(), *info = blob_new();

	if (spki == NULL || info == NULL)
		return err_set(err, ENOMEMORY, "for a request");
	TRY(subject_check(r->key, subject, err));
	TRY(b64_decode(json_str(r->key->row, "spki", ""), spki, err));
	TRY(csr_info(subject, span_blob(spki), info, err));
	if (!span_equal(span_blob(info), span_blob(&r->octets)))
		return err_set(err, EPROOF, "this is not the request that was "
		    "approved");
	return 0;
}

static int
csr_ticket(struct keeper *k, struct using *u, const struct requesting *r,
    struct ticket **ret, struct err *err)
{
	struct ticket *t;
	int rc;

	TRY(use_draft(k, u, ENTRY_CSR, false, &t, err));
	rc = ca_input(r->key, span_blob(&r->octets), t, err);
	if (rc == 0)
		rc = use_reserve(k, u, &r->what, 1, t, err);
	if (rc == 0)
		rc = use_limit(k, u, r->key, t, err);
	if (rc != 0) {
		ticket_abandon(k, t);
		return rc;
	}
	*ret = t;
	return 0;
}

static int
request_it(struct keeper *k, struct using *u, struct requesting *r,
    struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	struct ticket *t;
	bool done;

	TRY(ca_key(k, u, ACTION_CA_REQUEST, &r->key, err));
	TRY(b64_decode(json_str(u->operation, "content", ""), &r->octets,
	    err));
	r->what = ca_use_name(&r->key->hash, span_blob(&r->octets));
	TRY(use_again(k, u, &r->what, &done, err));
	if (done)
		return 0;
	TRY(ca_ready(k, u->now, err));
	d.key = r->key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(ca_may_be(r->key, err));
	TRY(infos_equal(u, r, err));
	TRY(csr_ticket(k, u, r, &t, err));
	ticket_sign(k, t);
	return 0;
}

int
use_csr(struct keeper *k, struct using *u, struct err *err)
{
	struct requesting r = { 0 };
	int rc = request_it(k, u, &r, err);

	blob_done(&r.octets);
	return rc;
}
