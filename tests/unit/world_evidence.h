/*
 * world_evidence - what a world's service hands out to be believed elsewhere:
 * evidence of its signature, and its bundle, judged.
 */
#ifndef TESTS_WORLD_EVIDENCE_H
#define TESTS_WORLD_EVIDENCE_H

#include "evidence/evidence.h"
#include "tests/unit/bundle.h"

static UNUSED json_t *
audited(struct world *w)
{
	struct audit_options o = { .trust = w->fingerprint };
	struct blob b = { 0 };
	json_t *r;

	bundle_write(w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	blob_done(&b);
	return r;
}

struct parts {
	struct ledger_head head;
	json_t *key, *used;		/* {"event","inclusion"} */
	json_t *permit;			/* of the use, or of its window's first */
};

static json_t *
included(struct tx *tx, json_t *event, uint64_t size)
{
	json_t *in;

	unit_ok(record_inclusion(tx, (uint64_t)json_int(event, "seq", 0), size,
	    &in, &unit_err));
	return world_json("{s:O, s:o}", "event", event, "inclusion", in);
}

/* The last of several; those of a window bring its permit once. */
static void
use_take(struct parts *p, struct tx *tx, json_t *event)
{
	json_t *permit = json_object_get(json_object_get(json_object_get(event,
	    "data"), "entry"), "permit_document");

	json_decref(p->used);
	p->used = included(tx, event, p->head.size);
	if (permit == NULL)
		return;
	json_decref(p->permit);
	p->permit = json_incref(permit);
}

static int
parts_read(struct tx *tx, void *ctx, struct err *err)
{
	struct parts *p = ctx;

	TRY(ledger_head(tx, &p->head, err));
	for (uint64_t seq = 0; seq < p->head.size; seq++) {
		json_t *event;
		const char *kind;

		TRY(record_event(tx, seq, &event, err));
		kind = json_str(event, "kind", "");
		if (strcmp(kind, "key.generated") == 0 ||
		    strcmp(kind, "key.adopted") == 0)
			p->key = included(tx, event, p->head.size);
		else if (strcmp(kind, "key.signed") == 0)
			use_take(p, tx, event);
		json_decref(event);
	}
	return 0;
}

/* The chain as evidence spells it: charter and permit beside each event. */
static json_t *
chain_of(struct world *w, uint64_t size)
{
	json_t *chain = bundle_chain(w, size), *link;
	size_t i;

	json_array_foreach(chain, i, link) {
		json_t *data = json_object_get(json_object_get(link, "event"),
		    "data");

		if (i == 0)
			continue;
		json_object_set(link, "charter", json_object_get(data,
		    "charter"));
		json_object_set(link, "permit", json_object_get(
		    json_object_get(data, "entry"), "permit_document"));
	}
	return chain;
}

/* Evidence of the signature, as the service would hand it out. */
static UNUSED json_t *
evidence_of(struct world *w)
{
	struct parts p = { .key = NULL };
	struct blob note = { 0 };
	json_t *chain, *doc, *event, *none = json_array();

	unit_ok(state_read(w->state, parts_read, &p, &unit_err));
	bundle_note(w, p.head.size, &p.head.root, w->journal.n, &note);
	chain = chain_of(w, p.head.size);
	event = json_object_get(p.used, "event");
	unit_ok(evidence_build(&(struct evidence_parts){ .genesis = w->genesis,
	    .signatures = none, .charters = chain, .key = p.key,
	    .permit = p.permit, .event = event,
	    .inclusion = json_object_get(p.used, "inclusion"),
	    .checkpoint = blob_str(&note) }, &doc, &unit_err));
	json_decref(none);
	json_decref(chain);
	json_decref(p.key);
	json_decref(p.used);
	json_decref(p.permit);
	blob_done(&note);
	return doc;
}

#endif
