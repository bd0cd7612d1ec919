/*
 * bundle - a world's ledger as the document that claviger-audit reads, with
 * a checkpoint signed by the world's ledger key.
 */
#ifndef TESTS_BUNDLE_H
#define TESTS_BUNDLE_H

#include <sys/mman.h>
#include "audit/audit.h"
#include "ledger/ledger.h"
#include "state/record.h"
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

struct bundle_chain_ask {
	uint64_t since;
	json_t *list;
};

static json_t *
bundle_link(struct tx *tx, const json_t *one, uint64_t since)
{
	uint64_t seq = (uint64_t)json_int(one, "seq", 0);
	json_t *event, *inclusion;

	if (seq == 0)
		return world_json("{s:O}", "charter", json_object_get(one,
		    "charter"));
	unit_ok(record_event(tx, seq, &event, &unit_err));
	unit_ok(record_inclusion(tx, seq, since, &inclusion, &unit_err));
	return world_json("{s:o, s:o}", "event", event, "inclusion", inclusion);
}

static int
bundle_chain_read(struct tx *tx, void *ctx, struct err *err)
{
	struct bundle_chain_ask *c = ctx;
	json_t *all, *one;
	size_t i;

	TRY(state_charters(tx, true, &all, err));
	json_array_foreach(all, i, one)
		if ((uint64_t)json_int(one, "seq", 0) < c->since)
			json_array_append_new(c->list, bundle_link(tx, one,
			    c->since));
	json_decref(all);
	return 0;
}

/* The charters before an event, as the service hands them out. */
static UNUSED json_t *
bundle_chain(struct world *w, uint64_t since)
{
	struct bundle_chain_ask c = { since, json_array() };

	unit_ok(state_read(w->state, bundle_chain_read, &c, &unit_err));
	return c.list;
}

/* The whole bundle; @chain, stolen: the charters of its head; NULL: as they
 * are. */
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
	    chain != NULL ? chain : bundle_chain(w, since), "consistency", p.proof,
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

/* Set or (NULL) delete the value at a path. */
static UNUSED void
bundle_put(json_t *doc, const char *path, const char *value)
{
	char part[64];
	json_error_t e;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		doc = json_is_array(doc) ? json_array_get(doc,
		    (size_t)atoi(part)) : json_object_get(doc, part);
		ck_assert_ptr_nonnull(doc);
		path = slash + 1;
	}
	if (json_is_array(doc) && value == NULL)
		json_array_remove(doc, (size_t)atoi(path));
	else if (json_is_array(doc))
		json_array_set_new(doc, (size_t)atoi(path), json_loads(value,
		    JSON_DECODE_ANY, &e));
	else if (value == NULL)
		json_object_del(doc, path);
	else
		json_object_set_new(doc, path, json_loads(value,
		    JSON_DECODE_ANY, &e));
}

/* The bundle with the last event of a kind forged, and its tree signed anew. */
static UNUSED void
bundle_forge(struct world *w, const struct blob *b, const char *kind,
    const char *path, const char *value, struct blob *ret)
{
	char want[64];
	const char *line = strchr(blob_str(b), '\n') + 1, *found = NULL, *nl;
	struct merkle_range range;
	struct sha256 root, leaf;
	struct blob events = { 0 }, note = { 0 };
	json_t *head, *doc;

	snprintf(want, sizeof(want), "\"kind\":\"%s\"", kind);
	for (const char *l = line; strncmp(l, "{\"end\"", 6) != 0;
	    l = strchr(l, '\n') + 1) {
		const char *hit = strstr(l, want);

		if (hit != NULL && hit < strchr(l, '\n'))
			found = l;
	}
	ck_assert_ptr_nonnull(found);
	merkle_range_init(&range);
	for (; strncmp(line, "{\"end\"", 6) != 0; line = nl + 1) {
		size_t at = events.len;

		nl = strchr(line, '\n');
		if (line == found) {
			unit_ok(json_read(line, (size_t)(nl - line), &doc,
			    &unit_err));
			bundle_put(doc, path, value);
			unit_ok(json_canonical(doc, &events, &unit_err));
			json_decref(doc);
		} else {
			unit_ok(blob_put(&events, line, (size_t)(nl - line),
			    &unit_err));
		}
		leaf = merkle_leaf(events.data + at, events.len - at);
		unit_ok(merkle_range_add(&range, &leaf, NULL, NULL, &unit_err));
		unit_ok(blob_puts(&events, "\n", &unit_err));
	}
	root = merkle_range_root(&range);
	bundle_note(w, range.size, &root, w->journal.n, &note);
	unit_ok(json_read(b->data, (size_t)(strchr(blob_str(b), '\n') -
	    blob_str(b)), &head, &unit_err));
	json_object_set_new(head, "checkpoint", json_string(blob_str(&note)));
	blob_clear(ret);
	unit_ok(json_canonical(head, ret, &unit_err));
	unit_ok(blob_puts(ret, "\n", &unit_err));
	unit_ok(blob_put(ret, events.data, events.len, &unit_err));
	unit_ok(blob_puts(ret, line, &unit_err));
	json_decref(head);
	blob_done(&events);
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
