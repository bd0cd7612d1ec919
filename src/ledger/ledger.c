/*
 * ledger - append, roots and proofs.
 */
#include "ledger/ledger.h"

#include "ledger/tree.h"

int
ledger_next(struct tx *tx, uint64_t *ret_seq, struct err *err)
{
	const struct merkle_range *head;

	TRY(tree_head(tx, &head, err));
	*ret_seq = head->size;
	return 0;
}

static int
check_event(const struct ledger_event *e, uint64_t next, struct err *err)
{
	if (e->seq != next)
		return err_set(err, ECONFLICT, "the next event is %llu, not"
		    " %llu", (unsigned long long)next,
		    (unsigned long long)e->seq);
	if (e->leaf_octets == 0)
		return err_set(err, EINPUT, "an event has octets");
	if (e->leaf_octets > LEDGER_LEAF_MAX)
		return err_set(err, ETOOBIG, "an event has at most %d octets",
		    LEDGER_LEAF_MAX);
	return 0;
}

static int
add_event(struct tx *tx, const struct ledger_event *e,
    const struct sha256 *hash, struct err *err)
{
	return tx_run(tx, "ledger_event_add", PARAMS(v_int((int64_t)e->seq),
	    v_int(e->time), v_text(e->kind), v_text(e->actor),
	    v_text(e->subject), v_blob(e->leaf, e->leaf_octets),
	    v_hash(hash)), NULL, err);
}

/* Leaves are in the event's row; what stands above them has its own. */
static int
add_node(void *ctx, unsigned level, uint64_t place, const struct sha256 *h,
    struct err *err)
{
	if (level == 0)
		return 0;
	return tx_run(ctx, "ledger_node_add", PARAMS(v_int(level),
	    v_int((int64_t)place), v_hash(h)), NULL, err);
}

int
ledger_append(struct tx *tx, const struct ledger_event *e, struct err *err)
{
	const struct merkle_range *head;
	struct merkle_range grown;
	struct sha256 hash;

	TRY(tree_head(tx, &head, err));
	TRY(check_event(e, head->size, err));
	hash = merkle_leaf(e->leaf, e->leaf_octets);
	TRY(add_event(tx, e, &hash, err));
	/* A copy: the head must not move when a node cannot be written. */
	grown = *head;
	TRY(merkle_range_add(&grown, &hash, add_node, tx, err));
	return tree_head_set(tx, &grown, err);
}

int
ledger_head(struct tx *tx, struct ledger_head *ret, struct err *err)
{
	const struct merkle_range *head;

	TRY(tree_head(tx, &head, err));
	ret->size = head->size;
	ret->root = merkle_range_root(head);
	return 0;
}

int
ledger_range_at(struct tx *tx, uint64_t size, struct merkle_range *ret,
    struct err *err)
{
	const struct merkle_range *head;
	struct merkle_range r;

	TRY(tree_check_size(tx, size, err));
	TRY(tree_head(tx, &head, err));
	if (size == head->size) {
		*ret = *head;
		return 0;
	}
	merkle_range_init(&r);
	r.size = size;
	for (unsigned i = 0; i < 64; i++)
		if ((size >> i & 1) != 0)
			TRY(tree_node(tx, i, (size >> i) - 1, &r.node[i], err));
	*ret = r;
	return 0;
}

int
ledger_root_at(struct tx *tx, uint64_t size, struct sha256 *ret,
    struct err *err)
{
	struct merkle_range r;

	TRY(ledger_range_at(tx, size, &r, err));
	*ret = merkle_range_root(&r);
	return 0;
}

int
ledger_inclusion(struct tx *tx, uint64_t seq, uint64_t size,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err)
{
	TRY(tree_check_size(tx, size, err));
	if (seq >= size)
		return err_set(err, ERANGE_, "event %llu is not among the first"
		    " %llu", (unsigned long long)seq,
		    (unsigned long long)size);
	return merkle_prove_inclusion(seq, size, tree_node, tx, ret, ret_n,
	    err);
}

int
ledger_consistency(struct tx *tx, uint64_t old, uint64_t size,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err)
{
	TRY(tree_check_size(tx, size, err));
	if (old > size)
		return err_set(err, ERANGE_, "%llu events do not contain %llu",
		    (unsigned long long)size, (unsigned long long)old);
	/* Nothing, and all of it, need no proof (RFC 9162, 2.1.4). */
	if (old == 0 || old == size) {
		*ret_n = 0;
		return 0;
	}
	return merkle_prove_consistency(old, size, tree_node, tx, ret, ret_n,
	    err);
}
