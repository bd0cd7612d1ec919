/*
 * tree - the head row and the stored nodes.
 */
#include "ledger/tree.h"

#include <string.h>

struct memo_head {
	bool			 valid;
	bool			 moved;		/* the row is older */
	struct merkle_range	 range;
};

static int write_row(struct tx *tx, void *memo, struct err *err);

static const struct memo_kind memo_kind = {
	.octets = sizeof(struct memo_head),
	.flush = write_row,
};

static struct memo_head *
memo(struct tx *tx)
{
	return tx_memo(tx, &memo_kind);
}

/* Peaks stand largest tree first: the order of RFC 6962's MTH. */
static size_t
peaks_write(const struct merkle_range *r, unsigned char *ret)
{
	size_t n = 0;

	for (int i = 63; i >= 0; i--) {
		if ((r->size >> i & 1) == 0)
			continue;
		memcpy(ret + n, r->node[i].o, SHA256_OCTETS);
		n += SHA256_OCTETS;
	}
	return n;
}

static int
peaks_read(const unsigned char *p, size_t n, uint64_t size,
    struct merkle_range *ret, struct err *err)
{
	merkle_range_init(ret);
	ret->size = size;
	for (int i = 63; i >= 0; i--) {
		if ((size >> i & 1) == 0)
			continue;
		if (n < SHA256_OCTETS)
			return err_set(err, ELEDGER, "the head row lacks peaks");
		memcpy(ret->node[i].o, p, SHA256_OCTETS);
		p += SHA256_OCTETS;
		n -= SHA256_OCTETS;
	}
	if (n != 0)
		return err_set(err, ELEDGER, "the head row has too many peaks");
	return 0;
}

static int
read_row(struct tx *tx, struct merkle_range *ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	const void *p;
	int64_t size;
	size_t n;

	TRY(tx_one(tx, "ledger_head", NO_PARAMS, &r, err));
	size = rows_int(r, "size");
	if (size < 0)
		return err_set(err, ELEDGER, "the head row has no size");
	p = rows_blob(r, "peaks", &n);
	return peaks_read(p, n, (uint64_t)size, ret, err);
}

static int
write_row(struct tx *tx, void *data, struct err *err)
{
	unsigned char peaks[64 * SHA256_OCTETS];
	struct memo_head *m = data;
	size_t n = peaks_write(&m->range, peaks);

	if (!m->moved)
		return 0;
	TRY(tx_run(tx, "ledger_head_set", PARAMS(
	    v_int((int64_t)m->range.size), v_blob(peaks, n)), NULL, err));
	m->moved = false;
	return 0;
}

int
tree_head(struct tx *tx, const struct merkle_range **ret, struct err *err)
{
	struct memo_head *m = memo(tx);

	if (m == NULL)
		return err_set(err, ENOMEMORY, "the ledger's head");
	if (!m->valid)
		TRY(read_row(tx, &m->range, err));
	m->valid = true;
	*ret = &m->range;
	return 0;
}

int
tree_head_set(struct tx *tx, const struct merkle_range *r, struct err *err)
{
	struct memo_head *m = memo(tx);

	if (m == NULL)
		return err_set(err, ENOMEMORY, "the ledger's head");
	m->range = *r;
	m->valid = true;
	m->moved = true;
	return 0;
}

int
tree_node(void *ctx, unsigned level, uint64_t place, struct sha256 *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	struct value at = v_int((int64_t)place);
	int rc;

	if (level == 0)
		rc = tx_one(ctx, "ledger_leaf_hash", PARAMS(at), &r, err);
	else
		rc = tx_one(ctx, "ledger_node", PARAMS(v_int(level), at), &r,
		    err);
	if (rc == -ENOENT_)
		return err_set(err, ELEDGER, "node %u/%llu is missing", level,
		    (unsigned long long)place);
	if (rc != 0)
		return rc;
	return rows_hash(r, "hash", ret, err);
}

int
tree_check_size(struct tx *tx, uint64_t size, struct err *err)
{
	const struct merkle_range *head;

	TRY(tree_head(tx, &head, err));
	if (size > head->size)
		return err_set(err, ERANGE_, "the ledger has %llu events",
		    (unsigned long long)head->size);
	return 0;
}
