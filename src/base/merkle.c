#include "config.h"

#include <string.h>

#include "base/merkle.h"

#define SIZE_MAX_	((uint64_t)1 << 63)

struct sha256
merkle_leaf(const void *p, size_t n)
{
	static const unsigned char zero = 0x00;

	return sha256_of2(&zero, 1, p, n);
}

struct sha256
merkle_node(const struct sha256 *left, const struct sha256 *right)
{
	unsigned char o[1 + 2 * SHA256_OCTETS];

	o[0] = 0x01;
	memcpy(o + 1, left->o, SHA256_OCTETS);
	memcpy(o + 1 + SHA256_OCTETS, right->o, SHA256_OCTETS);
	return sha256_of(o, sizeof(o));
}

void
merkle_range_init(struct merkle_range *r)
{
	memset(r, 0, sizeof(*r));
}

int
merkle_range_add(struct merkle_range *r, const struct sha256 *leaf,
    int (*fn)(void *ctx, unsigned level, uint64_t index,
	const struct sha256 *h, struct err *err),
    void *ctx, struct err *err)
{
	struct sha256 h = *leaf;
	unsigned level = 0;

	if (r->size >= SIZE_MAX_)
		return err_set(err, ERANGE_, "the tree is full");
	if (fn != NULL)
		TRY(fn(ctx, 0, r->size, &h, err));
	/* Like adding one in binary: each set bit carries to the next. */
	for (; (r->size >> level & 1) != 0; level++) {
		h = merkle_node(&r->node[level], &h);
		if (fn != NULL)
			TRY(fn(ctx, level + 1, r->size >> (level + 1), &h,
			    err));
	}
	r->node[level] = h;
	r->size++;
	return 0;
}

struct sha256
merkle_range_root(const struct merkle_range *r)
{
	struct sha256 h = { { 0 } };
	bool any = false;
	unsigned i;

	for (i = 0; i < 64; i++) {
		if ((r->size >> i & 1) == 0)
			continue;
		h = any ? merkle_node(&r->node[i], &h) : r->node[i];
		any = true;
	}
	return any ? h : sha256_of("", 0);
}

/* The largest power of two below @n, which is 2 or more. RFC 6962, 2.1. */
static uint64_t
split(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/*
 * The root over leaves [lo, hi), from perfect nodes.  @lo is a multiple of
 * the largest power of two within, as every subtree of RFC 6962 has it.
 */
static int
subtree(uint64_t lo, uint64_t hi, merkle_get *get, void *ctx,
    struct sha256 *ret, struct err *err)
{
	uint64_t n = hi - lo, end = hi;
	struct sha256 left, h = { { 0 } };
	bool any = false;
	unsigned i;

	for (i = 0; i < 64; i++) {
		if ((n >> i & 1) == 0)
			continue;
		end -= (uint64_t)1 << i;
		TRY(get(ctx, i, end >> i, &left, err));
		h = any ? merkle_node(&left, &h) : left;
		any = true;
	}
	*ret = h;
	return 0;
}

static void
reverse(struct sha256 *h, size_t n)
{
	struct sha256 t;
	size_t i;

	for (i = 0; i < n / 2; i++) {
		t = h[i];
		h[i] = h[n - 1 - i];
		h[n - 1 - i] = t;
	}
}

int
merkle_prove_inclusion(uint64_t leaf, uint64_t size, merkle_get *get,
    void *ctx, struct sha256 ret[MERKLE_PROOF], size_t *ret_n,
    struct err *err)
{
	struct sha256 path[MERKLE_PROOF];
	uint64_t lo = 0, hi = size, k;
	size_t n = 0;

	if (size > SIZE_MAX_ || leaf >= size)
		return err_set(err, ERANGE_, "no such leaf in a tree this size");
	/* From the root down; the path goes up. */
	while (hi - lo > 1) {
		k = split(hi - lo);
		if (leaf < lo + k) {
			TRY(subtree(lo + k, hi, get, ctx, &path[n++], err));
			hi = lo + k;
		} else {
			TRY(subtree(lo, lo + k, get, ctx, &path[n++], err));
			lo += k;
		}
	}
	reverse(path, n);
	memcpy(ret, path, n * sizeof(path[0]));
	*ret_n = n;
	return 0;
}

int
merkle_prove_consistency(uint64_t old, uint64_t size, merkle_get *get,
    void *ctx, struct sha256 ret[MERKLE_PROOF], size_t *ret_n,
    struct err *err)
{
	struct sha256 path[MERKLE_PROOF];
	uint64_t lo = 0, hi = size, k;
	size_t n = 0;

	if (size > SIZE_MAX_ || old > size)
		return err_set(err, ERANGE_, "no such older tree");
	if (old == 0 || old == size) {
		*ret_n = 0;
		return 0;
	}
	/* SUBPROOF of RFC 6962, 2.1.2; lo > 0 is its "b is false". */
	while (hi != old) {
		k = split(hi - lo);
		if (old <= lo + k) {
			TRY(subtree(lo + k, hi, get, ctx, &path[n++], err));
			hi = lo + k;
		} else {
			TRY(subtree(lo, lo + k, get, ctx, &path[n++], err));
			lo += k;
		}
	}
	if (lo > 0)
		TRY(subtree(lo, hi, get, ctx, &path[n++], err));
	reverse(path, n);
	memcpy(ret, path, n * sizeof(path[0]));
	*ret_n = n;
	return 0;
}

int
merkle_check_inclusion(const struct sha256 *leaf_hash, uint64_t leaf,
    uint64_t size, const struct sha256 *proof, size_t n,
    const struct sha256 *root, struct err *err)
{
	uint64_t fn = leaf, sn = size - 1;
	struct sha256 r = *leaf_hash;
	size_t i;

	/* RFC 9162, 2.1.3.2, step 1. */
	if (leaf >= size)
		return err_set(err, EVERIFY, "the leaf is outside the tree");
	for (i = 0; i < n; i++) {
		if (sn == 0)
			return err_set(err, EVERIFY, "the proof is too long");
		if ((fn & 1) == 1 || fn == sn) {
			r = merkle_node(&proof[i], &r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			r = merkle_node(&r, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return err_set(err, EVERIFY, "the proof is too short");
	if (!sha256_equal(&r, root))
		return err_set(err, EVERIFY, "the root is another");
	return 0;
}

/* RFC 9162, 2.1.4.2, steps 3 to 6, for 0 < old < size. */
static int
check_grown(uint64_t old, const struct sha256 *old_root, uint64_t size,
    const struct sha256 *root, const struct sha256 *proof, size_t n,
    struct err *err)
{
	uint64_t fn = old - 1, sn = size - 1;
	struct sha256 fr, sr;
	size_t i = 0;

	while ((fn & 1) == 1) {
		fn >>= 1;
		sn >>= 1;
	}
	/* Where the old tree is perfect, its root is the proof's first node. */
	if ((old & (old - 1)) != 0 && n == 0)
		return err_set(err, EVERIFY, "the proof is empty");
	fr = sr = (old & (old - 1)) == 0 ? *old_root : proof[i++];
	for (; i < n; i++) {
		if (sn == 0)
			return err_set(err, EVERIFY, "the proof is too long");
		if ((fn & 1) == 1 || fn == sn) {
			fr = merkle_node(&proof[i], &fr);
			sr = merkle_node(&proof[i], &sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			sr = merkle_node(&sr, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return err_set(err, EVERIFY, "the proof is too short");
	if (!sha256_equal(&fr, old_root))
		return err_set(err, EVERIFY, "the older root is another");
	if (!sha256_equal(&sr, root))
		return err_set(err, EVERIFY, "the newer root is another");
	return 0;
}

int
merkle_check_consistency(uint64_t old, const struct sha256 *old_root,
    uint64_t size, const struct sha256 *root, const struct sha256 *proof,
    size_t n, struct err *err)
{
	struct sha256 empty;

	if (old > size)
		return err_set(err, EVERIFY, "the tree has shrunk");
	if (old > 0 && old < size)
		return check_grown(old, old_root, size, root, proof, n, err);
	if (n != 0)
		return err_set(err, EVERIFY, "the proof is too long");
	empty = sha256_of("", 0);
	if (old == 0 && !sha256_equal(old_root, &empty))
		return err_set(err, EVERIFY, "the empty root is another");
	if (old == size && !sha256_equal(old_root, root))
		return err_set(err, EVERIFY, "one size has two roots");
	return 0;
}
