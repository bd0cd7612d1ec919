/*
 * bundle: a head and lines of events, under a genesis, a checkpoint and proofs
 * between trees that are always right, so that what an auditor reads behind
 * them is what is tried.
 *
 * The first line is {"charters":[...],"genesis":{...},"since":N}: the genesis'
 * ledger key is put to ours, which signs whatever tree the other lines make.
 * Of these the first N are told by their tree alone.
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "audit/audit.h"
#include "base/json.h"
#include "base/merkle.h"
#include "base/note.h"
#include "policy/proof.h"
#include "tests/fuzz/fuzz.h"

static const char KEY[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAGhRANCAARrF9Hy4SxCR/i85uVjpEDydwN9gS3r\n"
    "M6D0oTlF2JjClk/jQuL+Gn+bjufrSnwPnhYrzjNXazFezsu2QGg3v1H1\n"
    "-----END PRIVATE KEY-----\n";

static EVP_PKEY *
our_key(void)
{
	static EVP_PKEY *key;
	BIO *mem;

	if (key == NULL) {
		mem = BIO_new_mem_buf(KEY, -1);
		key = PEM_read_bio_PrivateKey(mem, NULL, NULL, NULL);
		BIO_free(mem);
		FUZZ_HOLDS(key != NULL);
	}
	return key;
}

#define LINES	1024

/* What the lines make: leaves, and where those begin that are told. */
struct tree {
	struct sha256	 leaf[LINES];
	uint64_t	 size, since;
	struct sha256	 root;
	const char	*told;
	struct merkle_range before;
};

static void
tree_make(struct tree *t, const char *p, const char *end)
{
	struct merkle_range range;
	const char *nl;

	merkle_range_init(&range);
	t->told = p;
	t->before = range;
	for (; t->size < LINES && (nl = memchr(p, '\n', (size_t)(end - p))) !=
	    NULL; p = nl + 1) {
		t->leaf[t->size] = merkle_leaf(p, (size_t)(nl - p));
		FUZZ_HOLDS(merkle_range_add(&range, &t->leaf[t->size], NULL,
		    NULL, NULL) == 0);
		if (++t->size == t->since) {
			t->told = nl + 1;
			t->before = range;
		}
	}
	t->root = merkle_range_root(&range);
}

static int
tree_node(void *ctx, unsigned level, uint64_t index, struct sha256 *ret,
    struct err *err)
{
	const struct tree *t = ctx;
	struct sha256 left, right;

	if (level == 0) {
		*ret = t->leaf[index];
		return 0;
	}
	TRY(tree_node(ctx, level - 1, 2 * index, &left, err));
	TRY(tree_node(ctx, level - 1, 2 * index + 1, &right, err));
	*ret = merkle_node(&left, &right);
	return 0;
}

static json_t *
hashes(const struct sha256 *h, size_t n)
{
	json_t *list = json_array();
	char hex[SHA256_HEX];

	for (size_t i = 0; i < n; i++) {
		sha256_hex(&h[i], hex);
		FUZZ_HOLDS(json_array_append_new(list, json_string(hex)) == 0);
	}
	return list;
}

/* The head's "range" and "consistency". */
static json_t *
range_json(const struct tree *t)
{
	struct sha256 root[64];
	size_t n = 0;

	for (int level = 63; level >= 0; level--)
		if (t->since >> level & 1)
			root[n++] = t->before.node[level];
	return hashes(root, n);
}

static json_t *
consistency_json(struct tree *t)
{
	struct sha256 proof[MERKLE_PROOF];
	size_t n = 0;

	FUZZ_HOLDS(merkle_prove_consistency(t->since, t->size, tree_node, t,
	    proof, &n, NULL) == 0);
	return hashes(proof, n);
}

static void
note_sign(const char *house, uint64_t size, const struct sha256 *root,
    struct blob *ret)
{
	struct checkpoint c = { .size = size, .root = *root,
	    .entries = size };
	struct blob body = { 0 }, sig = { 0 }, spki = { 0 };

	(void)snprintf(c.origin, sizeof(c.origin), "claviger/%.60s", house);
	FUZZ_HOLDS(note_body(&c, &body, NULL) == 0);
	FUZZ_HOLDS(proof_sign(our_key(), body.data, body.len, &sig, NULL) == 0);
	FUZZ_HOLDS(proof_spki_of(our_key(), &spki, NULL) == 0);
	FUZZ_HOLDS(note_finish(&c, spki.data, spki.len, sig.data, sig.len, ret,
	    NULL) == 0);
	blob_done(&body);
	blob_done(&sig);
	blob_done(&spki);
}

static int
head_make(const json_t *first, struct tree *t, const char *end,
    struct blob *ret, struct sha256 *ret_trust)
{
	json_t *genesis = json_object_get(first, "genesis");
	json_t *charters = json_object_get(first, "charters");
	AUTO_JSON *head = NULL;
	struct blob spki = { 0 }, note = { 0 };
	int rc;

	FUZZ_HOLDS(proof_spki_of(our_key(), &spki, NULL) == 0);
	rc = json_set_b64(genesis, "ledger_key", spki.data, spki.len, NULL);
	blob_done(&spki);
	TRY(rc);
	TRY(json_hash(genesis, ret_trust, NULL));
	note_sign(json_str(genesis, "house", "house"), t->size, &t->root,
	    &note);
	rc = json_build(&head, NULL, "{s:s, s:O, s:[], s:I, s:I, s:s, s:O,"
	    " s:o, s:o}", "format", "claviger/bundle/v1", "genesis", genesis,
	    "signatures", "since", (json_int_t)t->since, "size",
	    (json_int_t)t->size, "checkpoint", blob_str(&note), "charters",
	    charters, "consistency", consistency_json(t), "range",
	    range_json(t));
	blob_done(&note);
	TRY(rc);
	TRY(json_canonical(head, ret, NULL));
	TRY(blob_puts(ret, "\n", NULL));
	TRY(blob_put(ret, t->told, (size_t)(end - t->told), NULL));
	return blob_printf(ret, NULL, "{\"end\":%llu}\n",
	    (unsigned long long)t->size);
}

static void
judge(const struct blob *b, const struct sha256 *trust)
{
	char hex[SHA256_HEX];
	struct audit_options o = { .trust = hex, .threads = 1 };
	AUTO_JSON *r = NULL;
	int fd = memfd_create("bundle", 0);

	sha256_hex(trust, hex);
	FUZZ_HOLDS(fd >= 0 && write(fd, b->data, b->len) == (ssize_t)b->len);
	FUZZ_HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	FUZZ_HOLDS(audit_verify(fd, &o, &r, NULL) == 0);
	close(fd);
	/* It is well exactly where nothing was found. */
	FUZZ_HOLDS(json_flag(r, "ok", false) ==
	    (json_array_size(json_object_get(r, "findings")) == 0));
}

/* Whole lines, no more than the tree has leaves for. */
static const char *
end_of(const char *p, const char *end)
{
	const char *nl;

	for (unsigned n = 0; n < LINES && (nl = memchr(p, '\n',
	    (size_t)(end - p))) != NULL; n++)
		p = nl + 1;
	return p;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tree t;
	const char *p = (const char *)data, *nl = memchr(p, '\n', size), *end;
	AUTO_JSON *first = NULL;
	struct blob b = { 0 };
	struct sha256 trust;

	if (nl == NULL || json_read(p, (size_t)(nl - p), &first, NULL) != 0 ||
	    !json_is_object(json_object_get(first, "genesis")) ||
	    !json_is_array(json_object_get(first, "charters")))
		return 0;
	end = end_of(nl + 1, p + size);
	t.size = 0;
	t.since = (uint64_t)json_int(first, "since", 0);
	tree_make(&t, nl + 1, end);
	if (t.since > t.size)
		return 0;
	if (head_make(first, &t, end, &b, &trust) == 0)
		judge(&b, &trust);
	blob_done(&b);
	return 0;
}
