/* proof - signatures, checked by whoever is free, on values that stay. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include "audit/inside.h"
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"

/* ---- proofs that verified once need not again ---- */

static bool
known(void *ctx, const struct sha256 *proof)
{
	struct audit	*a = ctx;
	char		 hex[SHA256_HEX];
	bool		 found;

	sha256_hex(proof, hex);
	pthread_mutex_lock(&a->lock);
	found = map_get(&a->known, hex) != NULL;
	pthread_mutex_unlock(&a->lock);
	return found;
}

static void
remember(void *ctx, const struct sha256 *proof)
{
	struct audit	*a = ctx;
	char		 hex[SHA256_HEX];
	void		*value;

	sha256_hex(proof, hex);
	pthread_mutex_lock(&a->lock);
	if (map_get(&a->known, hex) == NULL)
		a->approvals++;
	(void)!map_put(&a->known, hex, 1, &value, NULL);
	pthread_mutex_unlock(&a->lock);
}

/* ---- quorums and votes ---- */

struct asked_proof {
	struct job	 job;		/* first */
	struct audit	*a;
	struct held	*held;
	json_t		*approval;	/* of a vote; NULL: the permit's quorum */
	const struct rule *rule;
	size_t		 charter;
	time_us		 now;
	uint64_t	 seq, n;
};

static struct quorum_ask
ask_of(const struct asked_proof *p)
{
	struct quorum_ask	 ask = {
		.charter = p->a->chart[p->charter].charter, .rule = p->rule,
		.house = p->a->genesis->house, .request = p->held->request,
		.earlier = p->a->chart_hash, .earlier_n = p->charter,
		.now = p->now, .known = known, .remember = remember,
		.ctx = p->a };

	if (p->approval == NULL && p->held->permit != NULL) {
		ask.approval = p->held->permit->approval;
		ask.approval_n = p->held->permit->approval_n;
	}
	return ask;
}

static void
quorum_run(struct asked_proof *p)
{
	struct quorum_ask	 ask = ask_of(p);
	struct quorum		 q;
	struct err		 err = { .what = "" };
	int			 rc = quorum_check(&ask, &q, &err);

	if (rc != 0)
		audit_find(p->a, rc == -EPROOF ? FINDING_PROOF :
		    FINDING_QUORUM, p->seq, p->n, "%s: %s: %s",
		    p->held->request->id, err_text(err.code), err.what);
}

static void
vote_run(struct asked_proof *p)
{
	struct quorum_ask	 ask = ask_of(p);
	struct err		 err = { .what = "" };
	AUTO(approval)		*v = NULL;

	if (approval_read(p->approval, &v, &err) != 0 ||
	    quorum_add_check(&ask, v, &err) != 0)
		audit_find(p->a, FINDING_PROOF, p->seq, 0, "%s: %s: %s",
		    p->held->request->id, err_text(err.code), err.what);
}

static void
asked_run(struct job *j)
{
	struct asked_proof	*p = (struct asked_proof *)j;

	if (p->approval != NULL)
		vote_run(p);
	else
		quorum_run(p);
	held_drop(p->held);
	json_decref(p->approval);
	free(p);
}

static int
asked_add(struct audit *a, struct held *h, const json_t *approval,
    size_t charter, const struct rule *rule, time_us now, uint64_t seq,
    uint64_t n, struct err *err)
{
	struct asked_proof	*p;

	if (a->o->no_proofs)
		return 0;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_set(err, ENOMEMORY, "a proof");
	*p = (struct asked_proof){ .job = { .run = asked_run, .forget = true },
	    .a = a, .held = held_ref(h), .rule = rule, .charter = charter,
	    .now = now, .seq = seq, .n = n };
	/* Its own copy: counts of shared values are not made for threads. */
	if (approval != NULL && (p->approval = json_clone(approval)) == NULL) {
		held_drop(h);
		free(p);
		return err_set(err, ENOMEMORY, "a proof");
	}
	pool_add(a->pool, &p->job);
	return 0;
}

int
proof_quorum(struct audit *a, struct held *h, size_t charter,
    const struct rule *rule, time_us now, uint64_t seq, uint64_t n,
    struct err *err)
{
	return asked_add(a, h, NULL, charter, rule, now, seq, n, err);
}

int
proof_vote(struct audit *a, struct held *h, const json_t *approval,
    size_t charter, const struct rule *rule, time_us now, uint64_t seq,
    struct err *err)
{
	return asked_add(a, h, approval, charter, rule, now, seq, 0, err);
}

/* ---- signatures by keys of the house ---- */

#define BATCH	64	/* signatures of one key, checked by one thread */

struct signed_one {
	unsigned char	 digest[64];
	size_t		 at, n;		/* of the signature in the octets */
	uint64_t	 seq, entry;
};

/* What is the same for all is made once: that costs as much as a check. */
struct signed_proofs {
	struct job	 job;		/* first */
	struct audit	*a;
	const struct akey *key;		/* stays until the end */
	const EVP_MD	*md;
	size_t		 digest_n;
	struct signed_one one[BATCH];
	size_t		 n;
	struct blob	 octets;	/* of the signatures */
};

static int
pss_set(EVP_PKEY_CTX *c, const char *scheme)
{
	if (strcmp(scheme, "rsa-pkcs1-sha256") == 0)
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING);
	if (strcmp(scheme, "rsa-pss-sha256") != 0)
		return 1;
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) > 0;
}

void
proof_signature_good(struct audit *a)
{
	pthread_mutex_lock(&a->lock);
	a->signatures++;
	pthread_mutex_unlock(&a->lock);
}

/* NULL: no signature can be checked with it. */
static EVP_PKEY_CTX *
verifier(const struct signed_proofs *p)
{
	EVP_PKEY_CTX	*c = EVP_PKEY_CTX_new(p->key->public, NULL);

	if (c != NULL && EVP_PKEY_verify_init(c) > 0 &&
	    pss_set(c, json_str(p->key->parameters, "scheme", "")) > 0 &&
	    EVP_PKEY_CTX_set_signature_md(c, p->md) > 0)
		return c;
	EVP_PKEY_CTX_free(c);
	return NULL;
}

static void
signed_free(struct signed_proofs *p)
{
	if (p == NULL)
		return;
	blob_done(&p->octets);
	free(p);
}

static void
signed_run(struct job *j)
{
	struct signed_proofs	*p = (struct signed_proofs *)j;
	EVP_PKEY_CTX		*c = verifier(p);
	uint64_t		 good = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct signed_one *s = &p->one[i];

		if (c != NULL && EVP_PKEY_verify(c, p->octets.data + s->at,
		    s->n, s->digest, p->digest_n) == 1)
			good++;
		else
			audit_find(p->a, FINDING_RESULT, s->seq, s->entry,
			    "the signature is not the key's over this digest");
	}
	EVP_PKEY_CTX_free(c);
	pthread_mutex_lock(&p->a->lock);
	p->a->signatures += good;
	pthread_mutex_unlock(&p->a->lock);
	signed_free(p);
}

static const EVP_MD *
md_of(const char *algorithm, size_t *ret_n)
{
	static const struct { const char *name; size_t n; } MD[] = {
		{ "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };

	for (size_t i = 0; i < NELEM(MD); i++)
		if (strcmp(MD[i].name, algorithm) == 0) {
			*ret_n = MD[i].n;
			return i == 0 ? EVP_sha256() : i == 1 ? EVP_sha384() :
			    EVP_sha512();
		}
	return NULL;
}

void
proof_signatures_flush(struct audit *a)
{
	if (a->batch != NULL)
		pool_add(a->pool, &a->batch->job);
	a->batch = NULL;
}

void
proof_signatures_drop(struct audit *a)
{
	signed_free(a->batch);
	a->batch = NULL;
}

/* The batch that takes this key's signatures over such digests. */
static int
batch_for(struct audit *a, const struct akey *k, const EVP_MD *md,
    size_t digest_n, struct err *err)
{
	struct signed_proofs	*p = a->batch;

	if (p != NULL && (p->key != k || p->md != md || p->n == BATCH))
		proof_signatures_flush(a);
	if (a->batch != NULL)
		return 0;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_set(err, ENOMEMORY, "a proof");
	p->job = (struct job){ .run = signed_run, .forget = true };
	p->a = a;
	p->key = k;
	p->md = md;
	p->digest_n = digest_n;
	a->batch = p;
	return 0;
}

static bool
signed_put(struct signed_proofs *p, const json_t *digest,
    const char *signature, uint64_t seq, uint64_t n)
{
	struct signed_one	*s = &p->one[p->n];

	s->at = p->octets.len;
	if (hex_decode(json_str(digest, "value", ""), p->digest_n, s->digest,
	    NULL) != 0 || b64_decode(signature, &p->octets, NULL) != 0)
		return false;
	s->n = p->octets.len - s->at;
	s->seq = seq;
	s->entry = n;
	p->n++;
	return true;
}

int
proof_signature(struct audit *a, const struct akey *k, const json_t *digest,
    const char *signature, uint64_t seq, uint64_t n, struct err *err)
{
	size_t		 digest_n;
	const EVP_MD	*md;

	if (a->o->no_proofs)
		return 0;
	md = md_of(json_str(digest, "algorithm", ""), &digest_n);
	if (md != NULL)
		TRY(batch_for(a, k, md, digest_n, err));
	if (md == NULL || !signed_put(a->batch, digest, signature, seq, n))
		audit_find(a, FINDING_RESULT, seq, n,
		    "digest or signature is not well-formed");
	return 0;
}

/* Few: checked at once. */
int
proof_genesis(struct audit *a, const json_t *signature, uint64_t seq,
    struct err *err)
{
	struct err	 why = { .what = "" };
	int		 rc;

	if (a->o->no_proofs || a->chart_n == 0)
		return 0;
	rc = genesis_signature_check(a->genesis, a->chart[0].charter,
	    signature, &why);
	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "a signature");
	if (rc != 0)
		audit_find(a, FINDING_SIGNATURE, seq, 0, "%s", why.what);
	else
		proof_signature_good(a);
	return 0;
}
