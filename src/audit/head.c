/* head - a bundle's first line: genesis, checkpoint, and where it begins. */
#include <stdio.h>
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"

static const struct json_row ROWS[] = {
	{ "format", WANT_STRING, true, 1, 64, "claviger/bundle/v1" },
	{ "genesis", WANT_OBJECT, true, 1, 64, "GENESIS" },
	{ "signatures", WANT_ARRAY, true, 0, 4096, "officers' over the genesis" },
	{ "since", WANT_INTEGER, true, 0, 0, "seq of the first event" },
	{ "size", WANT_INTEGER, true, 0, 0, "events in the checkpoint's tree" },
	{ "checkpoint", WANT_STRING, true, 1, 65536, "NOTE" },
	{ "charters", WANT_ARRAY, true, 0, AUDIT_CHARTERS, "the chain up to since" },
	{ "consistency", WANT_ARRAY, true, 0, 64, "proof from since to size" },
	{ "range", WANT_ARRAY, true, 0, 64, "roots of the trees of the first since" },
};

static bool
genesis_check(struct audit *a)
{
	struct err	 err = { .what = "" };

	if (genesis_read(json_object_get(a->head, "genesis"), &a->genesis,
	    &err) != 0) {
		audit_find(a, FINDING_GENESIS, UINT64_MAX, 0, "%s", err.what);
		return false;
	}
	if (!sha256_equal(&a->genesis->fingerprint, &a->trust)) {
		audit_find(a, FINDING_GENESIS, UINT64_MAX, 0,
		    "its fingerprint is another");
		return false;
	}
	return true;
}

bool
head_is_house(const struct audit *a, const struct checkpoint *c)
{
	char	 origin[80];

	snprintf(origin, sizeof(origin), "claviger/%.60s", a->genesis->house);
	return strcmp(origin, c->origin) == 0;
}

static bool
checkpoint_check(struct audit *a)
{
	struct err	 err = { .what = "" };

	if (note_verify(json_str(a->head, "checkpoint", ""),
	    a->genesis->ledger_key, a->genesis->ledger_key_n, &a->checkpoint,
	    &err) != 0) {
		audit_find(a, FINDING_CHECKPOINT, UINT64_MAX, 0, "%s", err.what);
		return false;
	}
	if (!head_is_house(a, &a->checkpoint) ||
	    a->checkpoint.size != a->size) {
		audit_find(a, FINDING_CHECKPOINT, UINT64_MAX, 0,
		    "it is %s's, of %llu events", a->checkpoint.origin,
		    (unsigned long long)a->checkpoint.size);
		return false;
	}
	return true;
}

static int
hash_at(const json_t *list, size_t i, struct sha256 *ret)
{
	const char	*hex = json_string_value(json_array_get(list, i));

	return hex == NULL ? -1 : sha256_parse(hex, ret, NULL);
}

/* The trees of what came before, largest first. */
static int
range_read(struct audit *a)
{
	const json_t	*list = json_object_get(a->head, "range");
	size_t		 n = 0;

	a->range.size = a->since;
	for (int level = 63; level >= 0; level--) {
		if ((a->since >> level & 1) == 0)
			continue;
		if (hash_at(list, n++, &a->range.node[level]) != 0)
			return -1;
	}
	return n == json_array_size(list) ? 0 : -1;
}

static int
consistency_check(struct audit *a)
{
	const json_t	*list = json_object_get(a->head, "consistency");
	struct sha256	 proof[MERKLE_PROOF], root;
	size_t		 n = json_array_size(list);

	for (size_t i = 0; i < n && i < MERKLE_PROOF; i++)
		if (hash_at(list, i, &proof[i]) != 0)
			return -1;
	root = merkle_range_root(&a->range);
	return merkle_check_consistency(a->since, &root, a->size,
	    &a->checkpoint.root, proof, n, NULL);
}

static bool
where_check(struct audit *a)
{
	if (range_read(a) != 0) {
		audit_find(a, FINDING_FORMAT, UINT64_MAX, 0, "/range");
		return false;
	}
	if (consistency_check(a) != 0)
		audit_find(a, FINDING_ROOT, UINT64_MAX, 0,
		    "the proof from %llu to %llu events does not verify",
		    (unsigned long long)a->since, (unsigned long long)a->size);
	return true;
}

void
head_signatures(struct audit *a)
{
	json_t	*list = json_object_get(a->head, "signatures"), *one;
	size_t	 i;

	json_array_foreach(list, i, one)
		if (proof_genesis(a, one, UINT64_MAX, NULL) != 0)
			audit_find(a, FINDING_SIGNATURE, UINT64_MAX, 0,
			    "it could not be checked");
}

bool
head_check(struct audit *a, const void *p, size_t n)
{
	struct err	 err = { .what = "" };

	if (json_read_canonical(p, n, &a->head, &err) != 0 ||
	    json_check(a->head, "", ROWS, NELEM(ROWS), &err) != 0) {
		audit_find(a, FINDING_FORMAT, UINT64_MAX, 0, "first line: %s",
		    err.what);
		return false;
	}
	a->since = (uint64_t)json_int(a->head, "since", 0);
	a->size = (uint64_t)json_int(a->head, "size", 0);
	if (strcmp(json_str(a->head, "format", ""), "claviger/bundle/v1") != 0 ||
	    a->since > a->size) {
		audit_find(a, FINDING_FORMAT, UINT64_MAX, 0,
		    "it is no claviger/bundle/v1");
		return false;
	}
	if (!genesis_check(a) || !checkpoint_check(a) || !where_check(a))
		return false;
	chain_check(a);
	return true;
}
