#include "config.h"

#include <stdio.h>

#include "base/merkle.h"
#include "tests/unit/unit.h"

#define LEAVES	131
#define LEVELS	9

/* The leaves and roots that implementations of RFC 6962 test with. */
static const struct {
	const char	*leaf;
	size_t		 n;
	const char	*root;		/* with this one appended */
} KNOWN[] = {
	{ "", 0,
	  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "\x00", 1,
	  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "\x10", 1,
	  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "\x20\x21", 2,
	  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "\x30\x31", 2,
	  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "\x40\x41\x42\x43", 4,
	  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
	  16,
	  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

/* Every perfect node of a tree, as a store would keep them. */
static struct sha256 nodes[LEVELS][LEAVES];
static size_t have[LEVELS];
static struct sha256 roots[LEAVES + 1];

static int
keep(void *ctx, unsigned level, uint64_t index, const struct sha256 *h,
    struct err *err)
{
	ck_assert_uint_lt(level, LEVELS);
	/* Each once, and in order. */
	ck_assert_uint_eq(index, have[level]);
	nodes[level][have[level]++] = *h;
	return 0;
}

static int
fetch(void *ctx, unsigned level, uint64_t index, struct sha256 *ret,
    struct err *err)
{
	if (level >= LEVELS || index >= have[level])
		return err_set(err, ENOENT_, "no node %u/%llu", level,
		    (unsigned long long)index);
	*ret = nodes[level][index];
	return 0;
}

/* MTH of RFC 6962, 2.1, as the text has it: the slow way. */
static struct sha256
mth(size_t lo, size_t hi)
{
	struct sha256 left, right;
	size_t k = 1;

	if (hi == lo)
		return sha256_of("", 0);
	if (hi - lo == 1)
		return nodes[0][lo];
	while (2 * k < hi - lo)
		k *= 2;
	left = mth(lo, lo + k);
	right = mth(lo + k, hi);
	return merkle_node(&left, &right);
}

static void
grow(void)
{
	struct merkle_range r;
	struct sha256 leaf;
	unsigned i;

	memset(have, 0, sizeof(have));
	merkle_range_init(&r);
	roots[0] = merkle_range_root(&r);
	for (i = 0; i < LEAVES; i++) {
		leaf = merkle_leaf(&i, sizeof(i));
		unit_ok(merkle_range_add(&r, &leaf, keep, NULL, &unit_err));
		ck_assert_uint_eq(r.size, i + 1);
		roots[i + 1] = merkle_range_root(&r);
	}
}

START_TEST(roots_are_those_of_rfc6962)
{
	struct merkle_range r;
	struct sha256 leaf, root;
	char hex[SHA256_HEX];
	size_t i;

	merkle_range_init(&r);
	root = merkle_range_root(&r);
	sha256_hex(&root, hex);
	ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	for (i = 0; i < NELEM(KNOWN); i++) {
		leaf = merkle_leaf(KNOWN[i].leaf, KNOWN[i].n);
		unit_ok(merkle_range_add(&r, &leaf, NULL, NULL, &unit_err));
		root = merkle_range_root(&r);
		sha256_hex(&root, hex);
		ck_assert_str_eq(hex, KNOWN[i].root);
	}
}
END_TEST

START_TEST(a_compact_range_has_the_root_of_the_whole_tree)
{
	struct sha256 h;
	size_t n;

	grow();
	for (n = 0; n <= LEAVES; n++) {
		h = mth(0, n);
		ck_assert_msg(sha256_equal(&h, &roots[n]), "%zu leaves", n);
	}
}
END_TEST

static int
included(uint64_t leaf, uint64_t size, const struct sha256 *path, size_t n)
{
	return merkle_check_inclusion(&nodes[0][leaf], leaf, size, path, n,
	    &roots[size], &unit_err);
}

START_TEST(every_inclusion_proof_verifies_and_a_changed_octet_fails)
{
	struct sha256 path[MERKLE_PROOF + 1];
	size_t size, leaf, n, i;

	grow();
	memset(path, 0, sizeof(path));
	for (size = 1; size <= LEAVES; size++) {
		for (leaf = 0; leaf < size; leaf++) {
			unit_ok(merkle_prove_inclusion(leaf, size, fetch,
			    NULL, path, &n, &unit_err));
			unit_ok(included(leaf, size, path, n));
			for (i = 0; i < n; i++) {
				path[i].o[(leaf + i) % 32] ^= 0x01;
				unit_fails(included(leaf, size, path, n),
				    EVERIFY);
				path[i].o[(leaf + i) % 32] ^= 0x01;
			}
			unit_fails(included(leaf, size, path, n + 1),
			    EVERIFY);
			if (n > 0)
				unit_fails(included(leaf, size, path, n - 1),
				    EVERIFY);
		}
	}
}
END_TEST

START_TEST(a_leaf_is_nowhere_but_in_its_place)
{
	struct sha256 path[MERKLE_PROOF];
	size_t size = 77, leaf, n;

	grow();
	for (leaf = 0; leaf < size; leaf++) {
		unit_ok(merkle_prove_inclusion(leaf, size, fetch, NULL, path,
		    &n, &unit_err));
		unit_fails(merkle_check_inclusion(&nodes[0][leaf],
		    (leaf + 1) % size, size, path, n, &roots[size],
		    &unit_err), EVERIFY);
		unit_fails(merkle_check_inclusion(&nodes[0][leaf], size, size,
		    path, n, &roots[size], &unit_err), EVERIFY);
	}
	unit_fails(merkle_check_inclusion(&nodes[0][0], 0, 0, NULL, 0,
	    &roots[0], &unit_err), EVERIFY);
}
END_TEST

static int
consistent(uint64_t old, uint64_t size, const struct sha256 *path, size_t n)
{
	return merkle_check_consistency(old, &roots[old], size, &roots[size],
	    path, n, &unit_err);
}

START_TEST(every_consistency_proof_verifies_and_a_changed_octet_fails)
{
	struct sha256 path[MERKLE_PROOF + 1];
	size_t old, size, n, i;

	grow();
	memset(path, 0, sizeof(path));
	for (size = 0; size <= LEAVES; size++) {
		for (old = 0; old <= size; old++) {
			unit_ok(merkle_prove_consistency(old, size, fetch,
			    NULL, path, &n, &unit_err));
			unit_ok(consistent(old, size, path, n));
			for (i = 0; i < n; i++) {
				path[i].o[(old + i) % 32] ^= 0x80;
				unit_fails(consistent(old, size, path, n),
				    EVERIFY);
				path[i].o[(old + i) % 32] ^= 0x80;
			}
			unit_fails(consistent(old, size, path, n + 1),
			    EVERIFY);
			if (n > 0)
				unit_fails(consistent(old, size, path, n - 1),
				    EVERIFY);
		}
	}
}
END_TEST

START_TEST(a_fork_is_not_consistent)
{
	struct sha256 path[MERKLE_PROOF], fork;
	size_t old, size = 100, n;

	grow();
	for (old = 0; old <= size; old++) {
		unit_ok(merkle_prove_consistency(old, size, fetch, NULL, path,
		    &n, &unit_err));
		fork = roots[old];
		fork.o[31] ^= 0x01;
		unit_fails(merkle_check_consistency(old, &fork, size,
		    &roots[size], path, n, &unit_err), EVERIFY);
		if (old == 0)
			continue;	/* anything grows from nothing */
		fork = roots[size];
		fork.o[0] ^= 0x01;
		unit_fails(merkle_check_consistency(old, &roots[old], size,
		    &fork, path, n, &unit_err), EVERIFY);
	}
	unit_fails(merkle_check_consistency(size, &roots[size], old - 2,
	    &roots[old - 2], NULL, 0, &unit_err), EVERIFY);
}
END_TEST

START_TEST(there_is_no_proof_of_what_is_not_there)
{
	struct sha256 path[MERKLE_PROOF];
	size_t n = 42;

	grow();
	unit_fails(merkle_prove_inclusion(5, 5, fetch, NULL, path, &n,
	    &unit_err), ERANGE_);
	unit_fails(merkle_prove_inclusion(0, 0, fetch, NULL, path, &n,
	    &unit_err), ERANGE_);
	unit_fails(merkle_prove_consistency(6, 5, fetch, NULL, path, &n,
	    &unit_err), ERANGE_);
	unit_fails(merkle_prove_inclusion(5, LEAVES + 1, fetch, NULL, path,
	    &n, &unit_err), ENOENT_);
	ck_assert_uint_eq(n, 42);
}
END_TEST

static int
refuse_level_2(void *ctx, unsigned level, uint64_t index,
    const struct sha256 *h, struct err *err)
{
	return level == 2 ? err_set(err, ESTORE, "no") : 0;
}

START_TEST(a_leaf_that_cannot_be_stored_is_not_added)
{
	struct merkle_range r;
	struct sha256 leaf = merkle_leaf("x", 1), before, after;
	int i;

	merkle_range_init(&r);
	for (i = 0; i < 3; i++)
		unit_ok(merkle_range_add(&r, &leaf, refuse_level_2, NULL,
		    &unit_err));
	before = merkle_range_root(&r);
	unit_fails(merkle_range_add(&r, &leaf, refuse_level_2, NULL,
	    &unit_err), ESTORE);
	after = merkle_range_root(&r);
	ck_assert_uint_eq(r.size, 3);
	ck_assert(sha256_equal(&before, &after));
}
END_TEST

static int
any_node(void *ctx, unsigned level, uint64_t index, struct sha256 *ret,
    struct err *err)
{
	uint64_t seed[2] = { level, index };

	*ret = sha256_of(seed, sizeof(seed));
	return 0;
}

START_TEST(the_longest_proofs_fit)
{
	const uint64_t most = (uint64_t)1 << 63;
	struct sha256 path[MERKLE_PROOF];
	size_t n;

	unit_ok(merkle_prove_inclusion(0, most, any_node, NULL, path, &n,
	    &unit_err));
	ck_assert_uint_eq(n, 63);
	unit_ok(merkle_prove_inclusion(most - 2, most - 1, any_node, NULL,
	    path, &n, &unit_err));
	unit_ok(merkle_prove_consistency(most - 1, most, any_node, NULL, path,
	    &n, &unit_err));
	ck_assert_uint_le(n, MERKLE_PROOF);
	unit_fails(merkle_prove_inclusion(0, most + 1, any_node, NULL, path,
	    &n, &unit_err), ERANGE_);
}
END_TEST

UNIT_MAIN("base/merkle",
	UNIT(roots_are_those_of_rfc6962)
	UNIT(a_compact_range_has_the_root_of_the_whole_tree)
	UNIT(every_inclusion_proof_verifies_and_a_changed_octet_fails)
	UNIT(a_leaf_is_nowhere_but_in_its_place)
	UNIT(every_consistency_proof_verifies_and_a_changed_octet_fails)
	UNIT(a_fork_is_not_consistent)
	UNIT(there_is_no_proof_of_what_is_not_there)
	UNIT(a_leaf_that_cannot_be_stored_is_not_added)
	UNIT(the_longest_proofs_fit))
