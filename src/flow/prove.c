/*
 * prove - the evidence of one signature: its event, permit, key and the chain
 * of charters, each included in a tree that the keeper signed.
 */
#include <string.h>
#include "evidence/evidence.h"
#include "flow/again.h"
#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/reader.h"
#include "flow/view.h"
#include "state/record.h"
#include "state/state.h"

/* What proves an amendment: its event, and that this is in the tree of @size.
 * A bundle's reader finds charter and permit in it. */
static int
amendment_put(struct tx *tx, json_t *link, uint64_t seq, uint64_t size,
    struct err *err)
{
	AUTO_JSON *event = NULL, *in = NULL;

	TRY(record_event(tx, seq, &event, err));
	TRY(record_inclusion(tx, seq, size, &in, err));
	TRY(json_set_new(link, "event", TAKE(event), err));
	return json_set_new(link, "inclusion", TAKE(in), err);
}

/* Evidence names charter and permit beside it. */
static int
beside_put(struct tx *tx, json_t *link, const json_t *one, struct err *err)
{
	AUTO_JSON *permit = NULL;
	AUTO(asked) *a = NULL;

	TRY(json_set_new(link, "charter", json_incref(json_object_get(one,
	    "charter")), err));
	if (json_object_get(one, "request") == NULL)
		return 0;
	TRY(approval_get(tx, json_str(one, "request", ""), &a, err));
	TRY(approval_permit(tx, a, &permit, err));
	return json_set_new(link, "permit", TAKE(permit), err);
}

static int
chain_link(struct tx *tx, const json_t *one, uint64_t size, bool evidence,
    json_t *to, struct err *err)
{
	AUTO_JSON *link = json_object();
	bool first = json_object_get(one, "request") == NULL;

	if (link == NULL)
		return err_set(err, ENOMEMORY, "the charters");
	if (!first)
		TRY(amendment_put(tx, link, (uint64_t)json_int(one, "seq", 0),
		    size, err));
	if (first || evidence)
		TRY(beside_put(tx, link, one, err));
	if (json_array_append_new(to, TAKE(link)) != 0)
		return err_set(err, ENOMEMORY, "the charters");
	return 0;
}

/* All that were in force before event @size. */
int
chain_read(struct tx *tx, uint64_t size, bool evidence, json_t **ret,
    struct err *err)
{
	AUTO_JSON *all = NULL, *chain = json_array();
	const json_t *one;
	size_t i;

	if (chain == NULL)
		return err_set(err, ENOMEMORY, "the charters");
	TRY(state_charters(tx, true, &all, err));
	json_array_foreach(all, i, one)
		if ((uint64_t)json_int(one, "seq", 0) < size)
			TRY(chain_link(tx, one, size, evidence, chain, err));
	*ret = TAKE(chain);
	return 0;
}

/* ---- evidence ---- */

struct proof {
	const struct asked	*a;
	uint64_t		 seq;		/* of key.signed */
	json_t			*permit, *chain;	/* owned */
	json_t			*key;		/* owned: {"event","inclusion"} */
	struct receipted	 signed_;
};

/* The permit: stored with its approvals, or carried by the first entry under it. */
static int
permit_read_back(struct tx *tx, struct proof *p, const json_t *event,
    struct err *err)
{
	json_t *carried = json_object_get(json_object_get(json_object_get(event,
	    "data"), "entry"), "permit_document");

	if (carried != NULL) {
		p->permit = json_incref(carried);
		return 0;
	}
	return approval_permit(tx, p->a, &p->permit, err);
}

static int
key_proof(struct tx *tx, struct proof *p, const char *hash, struct err *err)
{
	AUTO(key) *k = NULL;
	AUTO(asked) *made = NULL;
	AUTO_JSON *event = NULL, *inclusion = NULL;

	TRY(key_get(tx, hash, &k, err));
	TRY(approval_get(tx, k->request, &made, err));
	if (made->result_seq == UINT64_MAX)
		return err_set(err, ENOENT_, "the key's beginning is not recorded");
	TRY(record_event(tx, made->result_seq, &event, err));
	TRY(record_inclusion(tx, made->result_seq, p->signed_.size, &inclusion,
	    err));
	return json_build(&p->key, err, "{s:o, s:o}", "event", TAKE(event),
	    "inclusion", TAKE(inclusion));
}

static int
proof_read(struct tx *tx, void *ctx, struct err *err)
{
	struct proof *p = ctx;
	const json_t *op = json_object_get(json_object_get(json_object_get(
	    p->signed_.event, "data"), "entry"), "operation");

	TRY(permit_read_back(tx, p, p->signed_.event, err));
	TRY(key_proof(tx, p, json_str(op, "key", ""), err));
	return chain_read(tx, p->signed_.size, true, &p->chain, err);
}

static int
evidence_make(struct flow *f, const struct proof *p, json_t **ret,
    struct err *err)
{
	AUTO_JSON *g = NULL;
	struct evidence_parts parts = {
		.charters = p->chain, .key = p->key, .permit = p->permit,
		.event = p->signed_.event, .inclusion = p->signed_.inclusion,
		.checkpoint = blob_str(p->signed_.note),
	};

	TRY(flow_genesis(f, &g, err));
	parts.genesis = json_object_get(g, "genesis");
	parts.signatures = json_object_get(g, "signatures");
	return evidence_build(&parts, ret, err);
}

struct use_of {
	const char	*request, *digest;
	json_t		*use;		/* owned */
};

static int
use_read(struct tx *tx, void *ctx, struct err *err)
{
	struct use_of *u = ctx;

	return use_find(tx, u->request, u->digest, &u->use, err);
}

/*
 * Evidence bears the signature.  Who asks for that again is refused while the
 * key is suspended, or has ended, and must not get it by this door instead.  Who may
 * take the ledger away has it there, and goes on to prove what was signed.
 */
static int
withheld_check(struct flow *f, const struct caller *who, const char *key,
    struct err *err)
{
	AUTO(key) *k = NULL;
	bool exports;

	TRY(state_key(f->state, key, &k, err));
	if (key_state_may_protect(k->state))
		return 0;
	TRY(flow_allows(f, who, "audit.export", &exports, err));
	return exports ? 0 : err_set(err, ESTATE, "key %s is %s: evidence of "
	    "what it signed is for those who may export the ledger", k->name,
	    key_state_name(k->state));
}

static int
proof_of(struct flow *f, const struct caller *who, const struct asked *a,
    const char *digest, struct proof *p, struct err *err)
{
	struct use_of u = { a->id, digest, NULL };
	int rc;

	if (strcmp(a->action, "key.sign") != 0 &&
	    strcmp(a->action, "window.open") != 0)
		return err_set(err, ECONFLICT, "evidence is of signatures; this is "
		    "%s", a->action);
	TRY(state_read(f->state, use_read, &u, err));
	p->a = a;
	p->seq = (uint64_t)json_int(u.use, "seq", 0);
	rc = withheld_check(f, who, json_str(u.use, "key", ""), err);
	json_decref(u.use);
	TRY(rc);
	TRY(receipt_get(f, p->seq, &p->signed_, err));
	return state_read(f->state, proof_read, p, err);
}

int
flow_request_evidence(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO(asked) *a = NULL;
	struct proof p = { .signed_ = { .note = blob_new() } };
	int rc;

	if (p.signed_.note == NULL)
		return err_set(err, ENOMEMORY, "evidence");
	rc = asked_read(f, subject, &a, err);
	if (rc == 0)
		rc = request_may_see(f, who, a, err);
	if (rc == 0)
		rc = proof_of(f, who, a, json_str(query, "digest", NULL), &p,
		    err);
	if (rc == 0)
		rc = evidence_make(f, &p, ret, err);
	json_decref(p.permit);
	json_decref(p.chain);
	json_decref(p.key);
	receipt_done(&p.signed_);
	return rc;
}
