/*
 * cert_proof - a certificate made once more, from what was allowed, and
 * compared octet by octet with what was signed; by whoever is free.
 */
#include <stdlib.h>
#include "audit/cert.h"
#include "base/b64.h"
#include "base/json.h"
#include "ca/draft.h"
#include "ca/lint.h"
#include "ca/seal.h"
#include "ca/serial.h"

struct remaking {
	struct job	 job;		/* first */
	struct audit	*a;
	struct remake	 m;		/* content: "octets" */
	struct blob	 octets, signature;
};

static bool
near(time_us moment, time_us now, time_us before)
{
	return moment <= now + CERT_NEAR && moment >= now - CERT_NEAR - before;
}

static int
drafts_equal(const struct remaking *p, const struct tbs *t, struct err *err)
{
	const struct remake	*m = &p->m;
	const struct request	*r = m->held->request;
	AUTO(blob)		*draft = blob_new();
	struct serial		 serial;
	struct draft_ask	 ask = { .profile = m->profile,
		.issuer = m->issuer,
		.parameters = r->parameters,
		.scheme = json_str(m->key->parameters, "scheme", ""),
		.serial = span_of(serial.o, sizeof(serial.o)),
		.not_before = t->not_before, .partition = m->partition,
		.spki = t->spki };

	if (draft == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(serial_of(r->house, r->id, r->parameters, &serial, err));
	if (m->partition != serial_partition(&serial, m->issuer == NULL ? 1 :
	    m->issuer->partitions))
		return err_set(err, EVERIFY, "it does not belong to partition "
		    "%u", m->partition);
	TRY(draft_tbs(&ask, draft, err));
	if (!span_equal(span_blob(draft), span_blob(&p->octets)))
		return err_set(err, EVERIFY, "its octets are not those that "
		    "profile, request and authority make");
	return 0;
}

static int
content_check(const struct remaking *p, const struct tbs *t, struct err *err)
{
	const struct remake	*m = &p->m;
	struct lint		 found;

	TRY(profile_check(m->profile, m->held->request->parameters, err));
	if (!near(t->not_before, m->now, m->profile->backdate))
		return err_set(err, EVERIFY, "it begins too far from when it "
		    "was signed");
	TRY(drafts_equal(p, t, err));
	TRY(ca_lint(t, m->profile, m->issuer, &m->above, &found, err));
	return lint_refuse(&found, err);
}

static int
signature_check(const struct remaking *p, struct err *err)
{
	if (p->a->o->no_proofs)
		return 0;
	if (p->m.key->public == NULL)
		return err_set(err, EVERIFY, "the key has no public part");
	TRY(seal_verify(span_blob(&p->octets), seal_algorithm(json_str(
	    p->m.key->parameters, "scheme", "")), span_blob(&p->signature),
	    p->m.key->public, err));
	proof_signature_good(p->a);
	return 0;
}

static void
remaking_free(struct remaking *p)
{
	held_drop(p->m.held);
	blob_done(&p->octets);
	blob_done(&p->signature);
	free(p);
}

static void
remaking_run(struct job *j)
{
	struct remaking	*p = (struct remaking *)j;
	struct audit	*a = p->a;
	struct tbs	 t;
	struct err	 err = { .what = "" };

	if (tbs_read(p->octets.data, p->octets.len, &t, &err) != 0 ||
	    content_check(p, &t, &err) != 0)
		audit_find(a, FINDING_CERTIFICATE, p->m.seq, p->m.entry,
		    "%s: %s", p->m.held->request->id, err.what);
	else {
		pthread_mutex_lock(&a->lock);
		a->remade++;
		pthread_mutex_unlock(&a->lock);
	}
	if (signature_check(p, &err) != 0)
		audit_find(a, FINDING_RESULT, p->m.seq, p->m.entry,
		    "the signature is not the key's over this certificate: %s",
		    err.what);
	remaking_free(p);
}

int
cert_remake(struct audit *a, const struct remake *m, struct err *err)
{
	struct remaking	*p = calloc(1, sizeof(*p));
	int		 rc;

	if (p == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	p->job = (struct job){ .run = remaking_run, .forget = true };
	p->a = a;
	p->m = *m;
	p->m.held = held_ref(m->held);
	rc = blob_put(&p->octets, m->content.p, m->content.n, err);
	if (rc == 0)
		rc = b64_decode(m->signature, &p->signature, err);
	if (rc == -ENOMEMORY) {
		remaking_free(p);
		return rc;
	}
	/* What is no base64 is no signature: so it will be found. */
	pool_add(a->pool, &p->job);
	return 0;
}
