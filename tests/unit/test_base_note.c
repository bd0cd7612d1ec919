#include "config.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/b64.h"
#include "base/note.h"
#include "tests/unit/unit.h"

#define DASH	"\xe2\x80\x94 "
#define ROOT	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define HEAD	"claviger/house_x\n7\n" ROOT "\nentries 3\n"
#define SIGNED	"\n" DASH "claviger/house_x AAAAAAA=\n"

struct key {
	EVP_PKEY	*pkey;
	unsigned char	*spki;
	size_t		 n;
};

static struct key ours, other;
static struct checkpoint point;

static void
key_make(struct key *k, const char *group)
{
	k->pkey = EVP_EC_gen(group);
	ck_assert_ptr_nonnull(k->pkey);
	k->spki = NULL;
	k->n = (size_t)i2d_PUBKEY(k->pkey, &k->spki);
}

static void
key_done(struct key *k)
{
	EVP_PKEY_free(k->pkey);
	OPENSSL_free(k->spki);
}

static void
found(void)
{
	key_make(&ours, "P-256");
	key_make(&other, "P-256");
	memset(&point, 0, sizeof(point));
	memcpy(point.origin, "claviger/house_x", 17);
	point.size = 7;
	point.entries = 3;
	point.root = sha256_of("root", 4);
}

static void
leave(void)
{
	key_done(&ours);
	key_done(&other);
}

/* The note with its body signed by @k, in @k's name. */
static void
sign(const struct checkpoint *c, const struct key *k, struct blob *ret)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct blob body = { 0 };
	unsigned char sig[256];
	size_t n = sizeof(sig);

	unit_ok(note_body(c, &body, &unit_err));
	ck_assert_int_eq(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL,
	    NULL, k->pkey, NULL), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, sig, &n, body.data, body.len),
	    1);
	unit_ok(note_finish(c, k->spki, k->n, sig, n, ret, &unit_err));
	EVP_MD_CTX_free(ctx);
	blob_done(&body);
}

START_TEST(the_body_is_what_c2sp_says)
{
	struct blob b = { 0 };

	memset(&point.root, 0, sizeof(point.root));
	unit_ok(note_body(&point, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), HEAD);
	blob_done(&b);
}
END_TEST

START_TEST(what_is_signed_verifies_and_says_the_same)
{
	struct blob note = { 0 };
	struct checkpoint c;

	sign(&point, &ours, &note);
	unit_ok(note_verify(blob_str(&note), ours.spki, ours.n, &c,
	    &unit_err));
	ck_assert_str_eq(c.origin, point.origin);
	ck_assert_uint_eq(c.size, 7);
	ck_assert_uint_eq(c.entries, 3);
	ck_assert(sha256_equal(&c.root, &point.root));
	unit_ok(note_parse(blob_str(&note), &c, &unit_err));
	blob_done(&note);
}
END_TEST

START_TEST(any_changed_octet_fails)
{
	struct blob note = { 0 };
	struct checkpoint c;
	size_t i;
	int rc;

	sign(&point, &ours, &note);
	for (i = 0; i < note.len; i++) {
		note.data[i] ^= 0x01;
		rc = note_verify(blob_str(&note), ours.spki, ours.n, &c,
		    &unit_err);
		ck_assert_msg(rc == -(int)EVERIFY || rc == -(int)EINPUT,
		    "octet %zu: %d", i, rc);
		note.data[i] ^= 0x01;
	}
	blob_done(&note);
}
END_TEST

START_TEST(it_is_refused_when_cut_anywhere)
{
	struct blob note = { 0 };
	struct checkpoint c;
	char *text;
	size_t i;

	sign(&point, &ours, &note);
	for (i = 0; i < note.len; i++) {
		text = strndup(blob_str(&note), i);
		unit_fails(note_parse(text, &c, &unit_err), EINPUT);
		free(text);
	}
	blob_done(&note);
}
END_TEST

START_TEST(another_key_does_not_verify)
{
	struct blob note = { 0 };
	struct checkpoint c;
	struct key wide;

	sign(&point, &other, &note);
	unit_fails(note_verify(blob_str(&note), ours.spki, ours.n, &c,
	    &unit_err), EVERIFY);
	blob_clear(&note);
	/* The ledger's key is of P-256, whoever says otherwise. */
	key_make(&wide, "P-384");
	sign(&point, &wide, &note);
	unit_fails(note_verify(blob_str(&note), wide.spki, wide.n, &c,
	    &unit_err), EVERIFY);
	unit_fails(note_verify(blob_str(&note), "junk", 4, &c, &unit_err),
	    EVERIFY);
	key_done(&wide);
	blob_done(&note);
}
END_TEST

START_TEST(a_witness_may_sign_beside_us_but_not_instead)
{
	struct blob both = { 0 }, theirs = { 0 };
	struct checkpoint c;
	const char *line;

	sign(&point, &ours, &both);
	sign(&point, &other, &theirs);
	line = strstr(blob_str(&theirs), "\n\n") + 2;
	unit_ok(blob_puts(&both, DASH "witness.example AAAAAAAA\n",
	    &unit_err));
	unit_ok(blob_puts(&both, line, &unit_err));
	unit_ok(note_verify(blob_str(&both), ours.spki, ours.n, &c,
	    &unit_err));
	unit_ok(note_verify(blob_str(&both), other.spki, other.n, &c,
	    &unit_err));
	unit_fails(note_verify(blob_str(&theirs), ours.spki, ours.n, &c,
	    &unit_err), EVERIFY);
	blob_done(&both);
	blob_done(&theirs);
}
END_TEST

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
} PARSED[] = {
	{ "a whole one", HEAD SIGNED, OK },
	{ "no signature", HEAD, EINPUT },
	{ "no signature behind the empty line", HEAD "\n", EINPUT },
	{ "no empty line", HEAD DASH "claviger/house_x AAAAAAA=\n", EINPUT },
	{ "two empty lines", HEAD "\n" SIGNED, EINPUT },
	{ "no entries", "claviger/house_x\n7\n" ROOT "\n" SIGNED, EINPUT },
	{ "a line more", HEAD "more\n" SIGNED, EINPUT },
	{ "no origin", "\n7\n" ROOT "\nentries 3\n" SIGNED, EINPUT },
	{ "a space in the origin", "a b\n7\n" ROOT "\nentries 3\n" SIGNED,
	    EINPUT },
	{ "an origin of 80", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n7\n" ROOT "\nentries 3\n"
	    SIGNED, EINPUT },
	{ "a sign", "x\n-7\n" ROOT "\nentries 3\n" SIGNED, EINPUT },
	{ "a leading zero", "x\n07\n" ROOT "\nentries 3\n" SIGNED, EINPUT },
	{ "zero", "x\n0\n" ROOT "\nentries 0\n" SIGNED, OK },
	{ "2^63-1", "x\n9223372036854775807\n" ROOT "\nentries 3\n" SIGNED,
	    OK },
	{ "2^63", "x\n9223372036854775808\n" ROOT "\nentries 3\n" SIGNED,
	    EINPUT },
	{ "20 digits", "x\n18446744073709551615\n" ROOT "\nentries 3\n"
	    SIGNED, EINPUT },
	{ "a short root", "x\n7\nAAAA\nentries 3\n" SIGNED, EINPUT },
	{ "a root in hexadecimal", "x\n7\nzz\nentries 3\n" SIGNED, EINPUT },
	{ "a carriage return", "x\r\n7\n" ROOT "\nentries 3\n" SIGNED,
	    EINPUT },
	{ "a hyphen for the dash", HEAD "\n- x AAAAAAA=\n", EINPUT },
	{ "no name", HEAD "\n" DASH " AAAAAAA=\n", EINPUT },
	{ "no signature behind the name", HEAD "\n" DASH "x\n", EINPUT },
	{ "a key id alone", HEAD "\n" DASH "x AAAAAA==\n", EINPUT },
	{ "no newline at the end", HEAD "\n" DASH "x AAAAAAA=", EINPUT },
	{ "something behind the signatures", HEAD SIGNED "\n", EINPUT },
};

START_TEST(it_reads_only_the_one_spelling)
{
	struct checkpoint c;

	if (PARSED[_i].code == OK) {
		unit_ok(note_parse(PARSED[_i].text, &c, &unit_err));
		return;
	}
	memset(&c, 0x55, sizeof(c));
	unit_fails(note_parse(PARSED[_i].text, &c, &unit_err),
	    PARSED[_i].code);
	ck_assert_msg(c.origin[0] == 0x55, "%s", PARSED[_i].why);
}
END_TEST

START_TEST(one_over_64_kib_is_not_read)
{
	struct blob b = { 0 };
	struct checkpoint c;

	unit_ok(blob_printf(&b, &unit_err, HEAD SIGNED "%065536d", 0));
	unit_fails(note_parse(blob_str(&b), &c, &unit_err), ETOOBIG);
	blob_done(&b);
}
END_TEST

UNIT_MAIN("base/note",
	tcase_add_checked_fixture(tc, found, leave);
	UNIT(the_body_is_what_c2sp_says)
	UNIT(what_is_signed_verifies_and_says_the_same)
	UNIT(any_changed_octet_fails)
	UNIT(it_is_refused_when_cut_anywhere)
	UNIT(another_key_does_not_verify)
	UNIT(a_witness_may_sign_beside_us_but_not_instead)
	UNIT_ROWS(it_reads_only_the_one_spelling, PARSED)
	UNIT(one_over_64_kib_is_not_read))
