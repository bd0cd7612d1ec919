/*
 * ledger - events, proofs, evidence and the bundle, for whoever checks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "evidence/evidence.h"
#include "flow/inside.h"

#define SHOW_WAIT	TIME_S(10)	/* for a checkpoint that covers a receipt */

/* ---- events ---- */

struct events {
	struct record_filter	 filter;
	json_t			*list;		/* owned */
	uint64_t		 last, size;
};

static int
event_add(void *ctx, uint64_t seq, const void *octets, size_t n,
    struct err *err)
{
	struct events *e = ctx;
	json_t *j;

	TRY(json_read(octets, n, &j, err));
	e->last = seq;
	if (json_array_append_new(e->list, j) != 0)
		return err_set(err, ENOMEMORY, "events");
	return 0;
}

static int
events_read(struct tx *tx, void *ctx, struct err *err)
{
	struct events *e = ctx;
	struct sha256 root;

	TRY(record_head(tx, &e->size, &root, err));
	return record_each(tx, &e->filter, event_add, e, err);
}

int
flow_event_list(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	uint64_t limit = (uint64_t)json_int(query, "limit", 100);
	struct events e = { .filter = {
		.from = (uint64_t)json_int(query, "since", 0), .limit = limit,
		.kind = json_str(query, "kind", NULL),
		.subject = json_str(query, "subject", NULL) },
		.list = json_array() };
	AUTO_JSON *answer = NULL;
	int rc;

	if (e.list == NULL)
		return err_set(err, ENOMEMORY, "events");
	rc = state_read(f->state, events_read, &e, err);
	if (rc == 0)
		rc = json_build(&answer, err, "{s:O, s:I}", "events", e.list,
		    "size", (json_int_t)e.size);
	if (rc == 0 && json_array_size(e.list) == limit)
		rc = json_set_int(answer, "next", (int64_t)e.last + 1, err);
	json_decref(e.list);
	TRY(rc);
	*ret = TAKE(answer);
	return 0;
}

/* An event with its receipt: inclusion in a tree that the keeper signed. */
struct receipted {
	uint64_t	 seq, size;
	json_t		*event, *inclusion;	/* owned */
	struct blob	*note;
};

static int
receipt_read(struct tx *tx, void *ctx, struct err *err)
{
	struct receipted *r = ctx;

	TRY(record_event(tx, r->seq, &r->event, err));
	TRY(record_covering(tx, r->seq + 1, &r->size, r->note, err));
	return record_inclusion(tx, r->seq, r->size, &r->inclusion, err);
}

static int
receipt_get(struct flow *f, uint64_t seq, struct receipted *r,
    struct err *err)
{
	int rc;

	r->seq = seq;
	rc = state_read(f->state, receipt_read, r, err);
	if (rc != -ENOENT_ || r->event == NULL)
		return rc;
	/* It is there, but no checkpoint covers it yet: have it shown. */
	TRY(show_until(f, seq + 1, SHOW_WAIT, err));
	json_decref(r->event);
	r->event = NULL;
	blob_clear(r->note);
	return state_read(f->state, receipt_read, r, err);
}

static void
receipt_done(struct receipted *r)
{
	json_decref(r->event);
	json_decref(r->inclusion);
	blob_free(r->note);
}

int
flow_event_show(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct receipted r = { .note = blob_new() };
	char *end;
	unsigned long long seq = strtoull(subject, &end, 10);
	int rc;

	if (*end != '\0' || subject[0] < '0' || subject[0] > '9' ||
	    strlen(subject) > 15) {
		blob_free(r.note);
		return err_set(err, EINPUT, "an event is named by its number");
	}
	rc = r.note == NULL ? err_set(err, ENOMEMORY, "a receipt") :
	    receipt_get(f, seq, &r, err);
	if (rc == 0)
		rc = json_build(ret, err, "{s:O, s:O, s:s}", "event", r.event,
		    "inclusion", r.inclusion, "checkpoint", blob_str(r.note));
	receipt_done(&r);
	return rc;
}

struct trees {
	uint64_t	 from, to;
	json_t		*proof;		/* owned */
	struct sha256	 first, second;
};

static int
trees_read(struct tx *tx, void *ctx, struct err *err)
{
	struct trees *s = ctx;

	TRY(record_root(tx, s->from, &s->first, err));
	TRY(record_root(tx, s->to, &s->second, err));
	return record_consistency(tx, s->from, s->to, &s->proof, err);
}

int
flow_consistency(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct trees s = { .from = (uint64_t)json_int(query, "from", 0),
	    .to = (uint64_t)json_int(query, "to", 0) };
	AUTO_JSON *answer = NULL;

	if (s.from > s.to)
		return err_set(err, ERANGE_, "/from: is larger than /to");
	TRY(state_read(f->state, trees_read, &s, err));
	TRY(json_build(&answer, err, "{s:I, s:I, s:o}", "from",
	    (json_int_t)s.from, "to", (json_int_t)s.to, "proof", s.proof));
	TRY(json_set_hash(answer, "from_root", &s.first, err));
	TRY(json_set_hash(answer, "to_root", &s.second, err));
	*ret = TAKE(answer);
	return 0;
}

/* ---- the chain of charters ---- */

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
static int
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

static int
proof_of(struct flow *f, const struct asked *a, const char *digest,
    struct proof *p, struct err *err)
{
	struct use_of u = { a->id, digest, NULL };

	if (strcmp(a->action, "key.sign") != 0 &&
	    strcmp(a->action, "window.open") != 0)
		return err_set(err, ECONFLICT, "evidence is of signatures; this is "
		    "%s", a->action);
	TRY(state_read(f->state, use_read, &u, err));
	p->a = a;
	p->seq = (uint64_t)json_int(u.use, "seq", 0);
	json_decref(u.use);
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
		rc = proof_of(f, a, json_str(query, "digest", NULL), &p, err);
	if (rc == 0)
		rc = evidence_make(f, &p, ret, err);
	json_decref(p.permit);
	json_decref(p.chain);
	json_decref(p.key);
	receipt_done(&p.signed_);
	return rc;
}

/* ---- the bundle ---- */

struct bundle {
	struct flow	*flow;
	uint64_t	 since, size;
	struct blob	*note;
	json_t		*genesis;	/* owned: document, fingerprint, signatures */
	int		 fd;
	struct blob	*out;		/* what is not written yet */
};

#define OUT_OCTETS	(256u * 1024)

static int
line_put(struct bundle *b, const void *p, size_t n, struct err *err)
{
	TRY(blob_put(b->out, p, n, err));
	TRY(blob_put(b->out, "\n", 1, err));
	if (b->out->len < OUT_OCTETS)
		return 0;
	TRY(io_write_all(b->fd, b->out->data, b->out->len, err));
	blob_clear(b->out);
	return 0;
}

static int
document_put(struct bundle *b, const json_t *j, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a bundle");
	TRY(json_canonical(j, text, err));
	return line_put(b, text->data, text->len, err);
}

static int
head_put(struct tx *tx, struct bundle *b, struct err *err)
{
	AUTO_JSON *chain = NULL, *proof = NULL, *range = NULL, *head = NULL;

	/* Where nothing is left out, events bring every charter themselves. */
	TRY(chain_read(tx, b->since, false, &chain, err));
	TRY(record_consistency(tx, b->since, b->size, &proof, err));
	TRY(record_range(tx, b->since, &range, err));
	TRY(json_build(&head, err, "{s:s, s:O, s:O, s:I, s:I, s:s, s:o, s:o, "
	    "s:o}", "format", "claviger/bundle/v1",
	    "genesis", json_object_get(b->genesis, "genesis"),
	    "signatures", json_object_get(b->genesis, "signatures"),
	    "since", (json_int_t)b->since, "size", (json_int_t)b->size,
	    "checkpoint", blob_str(b->note), "charters", TAKE(chain),
	    "consistency", TAKE(proof), "range", TAKE(range)));
	return document_put(b, head, err);
}

static int
event_put(void *ctx, uint64_t seq, const void *octets, size_t n,
    struct err *err)
{
	return line_put(ctx, octets, n, err);
}

static int
bundle_write(struct tx *tx, void *ctx, struct err *err)
{
	struct bundle *b = ctx;
	struct record_filter all = { .from = b->since };
	AUTO_JSON *end = NULL;

	blob_clear(b->note);
	TRY(record_newest(tx, &b->size, b->note, err));
	if (b->since > b->size)
		return err_set(err, ERANGE_, "/since: there are %llu events under "
		    "the newest checkpoint", (unsigned long long)b->size);
	all.to = b->size;
	TRY(head_put(tx, b, err));
	if (b->since < b->size)
		TRY(record_each(tx, &all, event_put, b, err));
	TRY(json_build(&end, err, "{s:I}", "end", (json_int_t)b->size));
	TRY(document_put(b, end, err));
	return io_write_all(b->fd, b->out->data, b->out->len, err);
}

struct head {
	uint64_t	 size;
};

static int
size_read(struct tx *tx, void *ctx, struct err *err)
{
	struct head *h = ctx;
	struct sha256 root;

	return record_head(tx, &h->size, &root, err);
}

int
flow_bundle(struct flow *f, uint64_t since, int fd, struct err *err)
{
	AUTO(blob) *note = blob_new(), *out = blob_new();
	AUTO_JSON *genesis = NULL;
	struct bundle b = { .flow = f, .since = since, .note = note, .fd = fd,
	    .out = out };
	struct head h;
	struct err late;

	if (note == NULL || out == NULL)
		return err_set(err, ENOMEMORY, "a bundle");
	TRY(flow_genesis(f, &genesis, err));
	b.genesis = genesis;
	TRY(state_read(f->state, size_read, &h, err));
	/* With all there is now, if the keeper can be had; else up to its
	 * newest checkpoint. */
	if (show_until(f, h.size, SHOW_WAIT, &late) != 0 && since > h.size)
		return err_set(err, ERANGE_, "/since: is past the end");
	return state_read(f->state, bundle_write, &b, err);
}
