/*
 * bundle: lines of events, under a genesis and a checkpoint that are always
 * right, so that what an auditor reads behind them is what is tried.
 *
 * The first line is a genesis; its ledger key is put to ours, which signs
 * whatever tree the other lines make.
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

/* How many lines there are, and the root of their tree. */
static uint64_t
tree_of(const char *p, const char *end, struct sha256 *ret)
{
	struct merkle_range range;
	const char *nl;

	merkle_range_init(&range);
	for (; (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1) {
		struct sha256 leaf = merkle_leaf(p, (size_t)(nl - p));

		FUZZ_HOLDS(merkle_range_add(&range, &leaf, NULL, NULL,
		    NULL) == 0);
	}
	*ret = merkle_range_root(&range);
	return range.size;
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
head_make(json_t *genesis, const char *events, const char *end,
    struct blob *ret, struct sha256 *ret_trust)
{
	AUTO_JSON *head = NULL;
	struct blob spki = { 0 }, note = { 0 };
	struct sha256 root;
	uint64_t size = tree_of(events, end, &root);
	int rc;

	FUZZ_HOLDS(proof_spki_of(our_key(), &spki, NULL) == 0);
	rc = json_set_b64(genesis, "ledger_key", spki.data, spki.len, NULL);
	blob_done(&spki);
	TRY(rc);
	TRY(json_hash(genesis, ret_trust, NULL));
	note_sign(json_str(genesis, "house", "house"), size, &root, &note);
	rc = json_build(&head, NULL, "{s:s, s:O, s:[], s:i, s:I, s:s, s:[],"
	    " s:[], s:[]}", "format", "claviger/bundle/v1", "genesis", genesis,
	    "signatures", "since", 0, "size", (json_int_t)size, "checkpoint",
	    blob_str(&note), "charters", "consistency", "range");
	blob_done(&note);
	TRY(rc);
	TRY(json_canonical(head, ret, NULL));
	TRY(blob_puts(ret, "\n", NULL));
	TRY(blob_put(ret, events, (size_t)(end - events), NULL));
	return blob_printf(ret, NULL, "{\"end\":%llu}\n",
	    (unsigned long long)size);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *nl = memchr(p, '\n', size);
	AUTO_JSON *genesis = NULL;
	struct blob b = { 0 };
	struct sha256 trust;

	if (nl == NULL || json_read(p, (size_t)(nl - p), &genesis, NULL) != 0 ||
	    !json_is_object(genesis))
		return 0;
	/* The last line must be whole, as a bundle's are. */
	while (size > 0 && p[size - 1] != '\n')
		size--;
	if (head_make(genesis, nl + 1, p + size, &b, &trust) == 0)
		judge(&b, &trust);
	blob_done(&b);
	return 0;
}
