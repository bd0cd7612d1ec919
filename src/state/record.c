/* record - the ledger as the floors above read it; see record.h. */
#include "base/json.h"
#include "cert/cert.h"
#include "ledger/ledger.h"
#include "state/record.h"
#include "store/store.h"

int
record_head(struct tx *tx, uint64_t *ret_size, struct sha256 *ret_root,
    struct err *err)
{
	struct ledger_head h;

	TRY(ledger_head(tx, &h, err));
	*ret_size = h.size;
	*ret_root = h.root;
	return 0;
}

int
record_root(struct tx *tx, uint64_t size, struct sha256 *ret, struct err *err)
{
	return ledger_root_at(tx, size, ret, err);
}

struct each {
	record_fn	*fn;
	void		*ctx;
};

static int
each_one(void *ctx, const struct ledger_event *e, struct err *err)
{
	struct each *x = ctx;

	return x->fn(x->ctx, e->seq, e->leaf, e->leaf_octets, err);
}

int
record_each(struct tx *tx, const struct record_filter *f, record_fn *fn,
    void *ctx, struct err *err)
{
	struct ledger_filter l = { .from = f->from, .to = f->to,
	    .limit = f->limit, .kind = f->kind, .subject = f->subject };
	struct each x = { fn, ctx };

	return ledger_each(tx, &l, each_one, &x, err);
}

int
record_octets(struct tx *tx, uint64_t seq, struct blob *ret, struct err *err)
{
	return ledger_leaf(tx, seq, ret, err);
}

int
record_event(struct tx *tx, uint64_t seq, json_t **ret, struct err *err)
{
	AUTO(blob) *leaf = blob_new();

	if (leaf == NULL)
		return err_set(err, ENOMEMORY, "an event");
	TRY(ledger_leaf(tx, seq, leaf, err));
	return json_read(leaf->data, leaf->len, ret, err);
}

int
record_seq_at(struct tx *tx, time_us t, uint64_t *ret, struct err *err)
{
	return ledger_seq_at(tx, t, ret, err);
}

static int
hash_array(const struct sha256 *h, size_t n, json_t **ret, struct err *err)
{
	AUTO_JSON *a = json_array();
	char hex[SHA256_HEX];
	size_t i;

	for (i = 0; i < n; i++) {
		sha256_hex(&h[i], hex);
		if (json_array_append_new(a, json_string(hex)) != 0)
			return err_set(err, ENOMEMORY, "a proof");
	}
	if (a == NULL)
		return err_set(err, ENOMEMORY, "a proof");
	*ret = TAKE(a);
	return 0;
}

int
record_inclusion(struct tx *tx, uint64_t seq, uint64_t size, json_t **ret,
    struct err *err)
{
	struct sha256 proof[MERKLE_PROOF];
	json_t *a;
	size_t n;

	TRY(ledger_inclusion(tx, seq, size, proof, &n, err));
	TRY(hash_array(proof, n, &a, err));
	return json_build(ret, err, "{s:I, s:I, s:o}",
	    "index", (json_int_t)seq, "size", (json_int_t)size, "proof", a);
}

int
record_consistency(struct tx *tx, uint64_t old, uint64_t size, json_t **ret,
    struct err *err)
{
	struct sha256 proof[MERKLE_PROOF];
	size_t n;

	TRY(ledger_consistency(tx, old, size, proof, &n, err));
	return hash_array(proof, n, ret, err);
}

int
record_range(struct tx *tx, uint64_t size, json_t **ret, struct err *err)
{
	struct merkle_range r;
	struct sha256 roots[64];
	size_t n = 0;
	int i;

	TRY(ledger_range_at(tx, size, &r, err));
	for (i = 63; i >= 0; i--)
		if ((size >> i & 1) != 0)
			roots[n++] = r.node[i];
	return hash_array(roots, n, ret, err);
}

int
record_newest(struct tx *tx, uint64_t *ret_size, struct blob *ret,
    struct err *err)
{
	return ledger_checkpoint_newest(tx, ret_size, ret, err);
}

int
record_covering(struct tx *tx, uint64_t size, uint64_t *ret_size,
    struct blob *ret, struct err *err)
{
	return ledger_checkpoint_for(tx, size, ret_size, ret, err);
}

struct keep {
	const struct checkpoint	*c;
	const char		*note;
	time_us			 now;
};

static int
keep(struct tx *tx, void *ctx, struct err *err)
{
	const struct keep *k = ctx;

	return ledger_checkpoint_put(tx, k->c->size, &k->c->root,
	    k->c->entries, k->now, k->note, err);
}

int
record_keep(struct store *store, const struct checkpoint *c, const char *note,
    time_us now, struct err *err)
{
	struct keep k = { c, note, now };

	return store_write(store, keep, &k, err);
}

struct crl_keep {
	const char		*ca;
	unsigned		 partition;
	bool			 delta;
	uint64_t		 number;
	const struct blob	*der;
};

static int
crl_keep(struct tx *tx, void *ctx, struct err *err)
{
	const struct crl_keep *k = ctx;

	return cert_crl_keep(tx, k->ca, k->partition, k->delta, k->number,
	    span_blob(k->der), err);
}

int
record_crl_keep(struct store *store, const char *ca, unsigned partition,
    bool delta, uint64_t number, const struct blob *der, struct err *err)
{
	struct crl_keep k = { ca, partition, delta, number, der };

	return store_write(store, crl_keep, &k, err);
}

int
record_apart(struct store *store,
    int (*fn)(struct tx *tx, void *ctx, struct err *err), void *ctx,
    struct err *err)
{
	return store_write(store, fn, ctx, err);
}

int
record_ping(struct store *store, struct err *err)
{
	return store_ping(store, err);
}

int
record_counts(struct store *store, json_t **ret, struct err *err)
{
	struct store_stats s = store_stats(store);

	return json_build(ret, err, "{s:s, s:I, s:I, s:I, s:I, s:I}",
	    "engine", store_engine(store), "writes", (json_int_t)s.writes,
	    "commits", (json_int_t)s.commits, "failed", (json_int_t)s.failed,
	    "reads", (json_int_t)s.reads,
	    "reconnects", (json_int_t)s.reconnects);
}
