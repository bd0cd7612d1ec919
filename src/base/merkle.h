/*
 * merkle - the hash tree of RFC 6962, section 2.1: leaves, nodes, compact
 * ranges and the verification of proofs.  Pure.
 */
#ifndef BASE_MERKLE_H
#define BASE_MERKLE_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/sha256.h"

#define MERKLE_PROOF	64	/* longest path in a tree of 2^63 leaves */

/** merkle_leaf - SHA-256(0x00 || data). */
struct sha256 merkle_leaf(const void *p, size_t n);
/** merkle_node - SHA-256(0x01 || left || right). */
struct sha256 merkle_node(const struct sha256 *left, const struct sha256 *right);

/* The roots of the perfect trees that make up the first @size leaves. */
struct merkle_range {
	uint64_t	 size;
	struct sha256	 node[64];	/* node[i]: 2^i leaves; valid where bit i of size is set */
};
void merkle_range_init(struct merkle_range *r);
/**
 * merkle_range_add - append one leaf hash.
 * @fn     called for each finished perfect tree, leaf included: level, its index at that level, hash;
 *         may be NULL.  A non-zero return stops and is returned.
 */
NODISCARD int merkle_range_add(struct merkle_range *r, const struct sha256 *leaf,
    int (*fn)(void *ctx, unsigned level, uint64_t index, const struct sha256 *h, struct err *err),
    void *ctx, struct err *err);
/** merkle_range_root - of an empty range: SHA-256(""). */
struct sha256 merkle_range_root(const struct merkle_range *r);

/**
 * merkle_prove_inclusion, merkle_prove_consistency - build proofs from stored
 * perfect nodes, fetched through @get(level, index).  RFC 6962, 2.1.1, 2.1.2.
 */
typedef int merkle_get(void *ctx, unsigned level, uint64_t index, struct sha256 *ret, struct err *err);
NODISCARD int merkle_prove_inclusion(uint64_t leaf, uint64_t size, merkle_get *get, void *ctx,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err);
NODISCARD int merkle_prove_consistency(uint64_t old, uint64_t size, merkle_get *get, void *ctx,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err);
/** merkle_check_* - RFC 9162, 2.1.3.2 and 2.1.4.2. Errors: EVERIFY. */
NODISCARD int merkle_check_inclusion(const struct sha256 *leaf_hash, uint64_t leaf, uint64_t size,
    const struct sha256 *proof, size_t n, const struct sha256 *root, struct err *err);
NODISCARD int merkle_check_consistency(uint64_t old, const struct sha256 *old_root,
    uint64_t size, const struct sha256 *root, const struct sha256 *proof, size_t n, struct err *err);

#endif
