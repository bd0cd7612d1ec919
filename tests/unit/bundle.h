/*
 * bundle - a world's ledger as the document that claviger-audit reads, with
 * a checkpoint signed by the world's ledger key.
 */
#ifndef TESTS_BUNDLE_H
#define TESTS_BUNDLE_H

#include <sys/mman.h>
#include "audit/audit.h"
#include "ledger/ledger.h"
#include "tests/unit/world_all.h"

struct bundle_text {
	struct blob	 events;	/* lines */
	struct merkle_range range;
	uint64_t	 since;
	json_t		*signatures;
};

static int
bundle_event(void *ctx, const struct ledger_event *e, struct err *err)
{
	struct bundle_text *b = ctx;
	struct sha256 h = merkle_leaf(e->leaf, e->leaf_octets);

	TRY(merkle_range_add(&b->range, &h, NULL, NULL, err));
	TRY(blob_put(&b->events, e->leaf, e->leaf_octets, err));
	return blob_put(&b->events, "\n", 1, err);
}

static int
bundle_events(struct tx *tx, void *ctx, struct err *err)
{
	struct bundle_text *b = ctx;
	struct ledger_filter f = { .from = b->since };

	TRY(ledger_range_at(tx, b->since, &b->range, err));
	TRY(state_genesis_signatures(tx, &b->signatures, err));
	return ledger_each(tx, &f, bundle_event, b, err);
}

/* A note over this tree. */
static void
bundle_note(struct world *w, uint64_t size, const struct sha256 *root,
    uint64_t entries, struct blob *ret)
{
	struct checkpoint c = { .size = size, .root = *root,
	    .entries = entries };
	struct blob body = { 0 }, sig = { 0 };
	struct blob *spki = world_spki(w->ledger_key);

	snprintf(c.origin, sizeof(c.origin), "claviger/%s", w->house);
	unit_ok(note_body(&c, &body, &unit_err));
	unit_ok(proof_sign(w->ledger_key, body.data, body.len, &sig,
	    &unit_err));
	unit_ok(note_finish(&c, spki->data, spki->len, sig.data, sig.len, ret,
	    &unit_err));
	blob_done(&body);
	blob_done(&sig);
	blob_free(spki);
}

static int
bundle_proofs(struct tx *tx, void *ctx, struct err *err)
{
	struct { uint64_t since; json_t *range, *proof; } *p = ctx;
	struct ledger_head head;
	struct merkle_range r;
	struct sha256 proof[MERKLE_PROOF];
	char hex[SHA256_HEX];
	size_t n;

	TRY(ledger_head(tx, &head, err));
	TRY(ledger_range_at(tx, p->since, &r, err));
	for (int i = 63; i >= 0; i--)
		if (p->since >> i & 1) {
			sha256_hex(&r.node[i], hex);
			json_array_append_new(p->range, json_string(hex));
		}
	TRY(ledger_consistency(tx, p->since, head.size, proof, &n, err));
	for (size_t i = 0; i < n; i++) {
		sha256_hex(&proof[i], hex);
		json_array_append_new(p->proof, json_string(hex));
	}
	return 0;
}

/* The whole bundle; @chain (may be NULL) for one that begins later, stolen. */
static UNUSED void
bundle_write(struct world *w, uint64_t since, json_t *chain, struct blob *ret)
{
	struct bundle_text b = { .since = since };
	struct { uint64_t since; json_t *range, *proof; } p = { since,
	    json_array(), json_array() };
	struct blob note = { 0 };
	struct sha256 root;
	json_t *head;

	unit_ok(state_read(w->state, bundle_events, &b, &unit_err));
	unit_ok(state_read(w->state, bundle_proofs, &p, &unit_err));
	root = merkle_range_root(&b.range);
	bundle_note(w, b.range.size, &root, w->journal.n, &note);
	head = world_json("{s:s, s:O, s:o, s:I, s:I, s:s, s:o, s:o, s:o}",
	    "format", "claviger/bundle/v1", "genesis", w->genesis,
	    "signatures", b.signatures, "since", (json_int_t)since, "size",
	    (json_int_t)b.range.size, "checkpoint", blob_str(&note), "charters",
	    chain != NULL ? chain : json_array(), "consistency", p.proof,
	    "range", p.range);
	unit_ok(json_canonical(head, ret, &unit_err));
	unit_ok(blob_put(ret, "\n", 1, &unit_err));
	unit_ok(blob_put(ret, b.events.data, b.events.len, &unit_err));
	unit_ok(blob_printf(ret, &unit_err, "{\"end\":%llu}\n",
	    (unsigned long long)b.range.size));
	json_decref(head);
	blob_done(&b.events);
	blob_done(&note);
}

/* The report on a bundle in memory. */
static UNUSED json_t *
bundle_judge(const void *p, size_t n, const struct audit_options *o)
{
	int fd = memfd_create("bundle", 0);
	json_t *report = NULL;

	ck_assert_int_eq(write(fd, p, n), (ssize_t)n);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	unit_ok(audit_verify(fd, o, &report, &unit_err));
	close(fd);
	return report;
}

/* The code of a report's first finding; "" where it found none. */
static UNUSED const char *
bundle_first(const json_t *report)
{
	return json_str(json_array_get(json_object_get(report, "findings"), 0),
	    "code", "");
}

static UNUSED bool
bundle_has(const json_t *report, const char *code)
{
	json_t *f;
	size_t i;

	json_array_foreach(json_object_get(report, "findings"), i, f)
		if (strcmp(json_str(f, "code", ""), code) == 0)
			return true;
	return false;
}

static UNUSED void
bundle_good(const json_t *report)
{
	char *text = json_pretty(report);

	ck_assert_msg(json_flag(report, "ok", false), "%s", text);
	free(text);
}

#endif
