#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/b64.h"
#include "base/note.h"

#define NOTE_MAX	((size_t)65536)
#define KEYID_OCTETS	4
#define DASH		"\xe2\x80\x94 "		/* U+2014 and a space */

int
note_body(const struct checkpoint *c, struct blob *ret, struct err *err)
{
	char *root = b64_encode(c->root.o, sizeof(c->root.o));
	int rc;

	if (root == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	rc = blob_printf(ret, err, "%s\n%" PRIu64 "\n%s\nentries %" PRIu64 "\n",
	    c->origin, c->size, root, c->entries);
	free(root);
	return rc;
}

/* C2SP signed-note, "Signature types", 0x02. */
static void
key_id(const void *spki, size_t n, unsigned char ret[KEYID_OCTETS])
{
	struct sha256 h = sha256_of(spki, n);

	memcpy(ret, h.o, KEYID_OCTETS);
}

static int
put_signature(const struct checkpoint *c, const void *spki, size_t spki_n,
    const void *sig, size_t sig_n, struct blob *ret, struct err *err)
{
	unsigned char id[KEYID_OCTETS];
	struct blob raw = { 0 };
	char *text = NULL;
	int rc;

	key_id(spki, spki_n, id);
	rc = blob_put(&raw, id, sizeof(id), err);
	if (rc == 0)
		rc = blob_put(&raw, sig, sig_n, err);
	if (rc == 0 && (text = b64_encode(raw.data, raw.len)) == NULL)
		rc = err_set(err, ENOMEMORY, "a checkpoint's signature");
	if (rc == 0)
		rc = blob_printf(ret, err, "\n" DASH "%s %s\n", c->origin,
		    text);
	free(text);
	blob_done(&raw);
	return rc;
}

int
note_finish(const struct checkpoint *c, const void *spki, size_t spki_n,
    const void *sig, size_t sig_n, struct blob *ret, struct err *err)
{
	struct blob note = { 0 };
	int rc;

	rc = note_body(c, &note, err);
	if (rc == 0)
		rc = put_signature(c, spki, spki_n, sig, sig_n, &note, err);
	if (rc == 0)
		rc = blob_put(ret, note.data, note.len, err);
	blob_done(&note);
	return rc;
}

/* The line at *p without its newline, which must be there; moves *p past it. */
static int
line(const char **p, const char **ret, size_t *ret_n, struct err *err)
{
	const char *end = strchr(*p, '\n');

	if (end == NULL)
		return err_set(err, EINPUT, "the checkpoint is cut short");
	*ret = *p;
	*ret_n = (size_t)(end - *p);
	*p = end + 1;
	return 0;
}

/* Decimal, without sign or leading zeros, below 2^63. */
static int
number(const char *s, size_t n, uint64_t *ret, struct err *err)
{
	uint64_t v = 0;
	size_t i;

	if (n == 0 || n > 19 || (s[0] == '0' && n > 1))
		return err_set(err, EINPUT, "not a checkpoint's number");
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return err_set(err, EINPUT,
			    "not a checkpoint's number");
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (v > INT64_MAX)
		return err_set(err, EINPUT, "not a checkpoint's number");
	*ret = v;
	return 0;
}

static int
parse_origin(const char *s, size_t n, struct checkpoint *c, struct err *err)
{
	size_t i;

	if (n == 0 || n >= sizeof(c->origin))
		return err_set(err, EINPUT, "not a checkpoint's origin");
	/* A signed-note name has neither spaces nor "+". */
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '+')
			return err_set(err, EINPUT,
			    "not a checkpoint's origin");
	memcpy(c->origin, s, n);
	c->origin[n] = '\0';
	return 0;
}

static int
decode(const char *s, size_t n, struct blob *ret, struct err *err)
{
	char *text = strndup(s, n);
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	rc = b64_decode(text, ret, err);
	free(text);
	return rc;
}

static int
parse_root(const char *s, size_t n, struct checkpoint *c, struct err *err)
{
	struct blob root = { 0 };
	int rc = decode(s, n, &root, err);

	if (rc == 0 && root.len != sizeof(c->root.o))
		rc = err_set(err, EINPUT, "not a checkpoint's root");
	if (rc == 0)
		memcpy(c->root.o, root.data, sizeof(c->root.o));
	blob_done(&root);
	return rc;
}

/* The four lines of the body.  Leaves *p at the empty line. */
static int
parse_body(const char **p, struct checkpoint *c, struct err *err)
{
	static const char entries[] = "entries ";
	const size_t skip = sizeof(entries) - 1;
	const char *s;
	size_t n;

	TRY(line(p, &s, &n, err));
	TRY(parse_origin(s, n, c, err));
	TRY(line(p, &s, &n, err));
	TRY(number(s, n, &c->size, err));
	TRY(line(p, &s, &n, err));
	TRY(parse_root(s, n, c, err));
	TRY(line(p, &s, &n, err));
	if (n < skip || memcmp(s, entries, skip) != 0)
		return err_set(err, EINPUT, "expected the line of entries");
	return number(s + skip, n - skip, &c->entries, err);
}

struct signature {
	const char	*name;		/* borrowed from the note */
	size_t		 name_n;
	struct blob	 raw;		/* key id, signature */
};

static int
parse_signature(const char **p, struct signature *sig, struct err *err)
{
	const size_t skip = sizeof(DASH) - 1;
	const char *s, *space;
	size_t n;

	TRY(line(p, &s, &n, err));
	if (n < skip || memcmp(s, DASH, skip) != 0)
		return err_set(err, EINPUT, "not a signature line");
	s += skip;
	n -= skip;
	space = memchr(s, ' ', n);
	if (space == NULL || space == s)
		return err_set(err, EINPUT, "not a signature line");
	sig->name = s;
	sig->name_n = (size_t)(space - s);
	TRY(decode(space + 1, n - sig->name_n - 1, &sig->raw, err));
	if (sig->raw.len <= KEYID_OCTETS)
		return err_set(err, EINPUT, "a signature without its key id");
	return 0;
}

static EVP_PKEY *
ledger_key(const void *spki, size_t n)
{
	const unsigned char *p = spki;
	EVP_PKEY *key;
	char group[32] = "";

	key = d2i_PUBKEY(NULL, &p, (long)n);
	if (key == NULL)
		return NULL;
	if (p == (const unsigned char *)spki + n &&
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	    (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static int
verify(const void *spki, size_t spki_n, const void *body, size_t body_n,
    const unsigned char *sig, size_t sig_n, struct err *err)
{
	EVP_PKEY *key = ledger_key(spki, spki_n);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	good = key != NULL && ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, key,
		NULL) == 1 &&
	    EVP_DigestVerify(ctx, sig, sig_n, body, body_n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good ? 0 : err_set(err, EVERIFY,
	    "the ledger's key did not sign this checkpoint");
}

/* Every signature line; with @spki, one at least must be its, and good. */
static int
walk(const char *text, const void *spki, size_t spki_n,
    struct checkpoint *ret, struct err *err)
{
	unsigned char id[KEYID_OCTETS] = { 0 };
	struct checkpoint c;
	const char *p = text;
	size_t body_n, ours = 0;
	int rc = 0;

	memset(&c, 0, sizeof(c));
	if (strlen(text) > NOTE_MAX)
		return err_set(err, ETOOBIG, "a checkpoint over 64 KiB");
	TRY(parse_body(&p, &c, err));
	body_n = (size_t)(p - text);
	if (p[0] != '\n' || p[1] == '\0')
		return err_set(err, EINPUT, "a checkpoint without signatures");
	p++;
	if (spki != NULL)
		key_id(spki, spki_n, id);
	while (rc == 0 && *p != '\0') {
		struct signature sig = { NULL, 0, { 0 } };

		rc = parse_signature(&p, &sig, err);
		if (rc == 0 && spki != NULL &&
		    sig.name_n == strlen(c.origin) &&
		    memcmp(sig.name, c.origin, sig.name_n) == 0 &&
		    memcmp(sig.raw.data, id, KEYID_OCTETS) == 0) {
			ours++;
			rc = verify(spki, spki_n, text, body_n,
			    sig.raw.data + KEYID_OCTETS,
			    sig.raw.len - KEYID_OCTETS, err);
		}
		blob_done(&sig.raw);
	}
	TRY(rc);
	if (spki != NULL && ours == 0)
		return err_set(err, EVERIFY,
		    "the ledger's key has not signed this checkpoint");
	*ret = c;
	return 0;
}

int
note_parse(const char *text, struct checkpoint *ret, struct err *err)
{
	return walk(text, NULL, 0, ret, err);
}

int
note_verify(const char *text, const void *spki, size_t spki_n,
    struct checkpoint *ret, struct err *err)
{
	if (spki == NULL)
		return err_set(err, EVERIFY, "no ledger key");
	return walk(text, spki, spki_n, ret, err);
}
