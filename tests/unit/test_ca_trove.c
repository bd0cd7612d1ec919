/* Whatever form a key lies about in, it is found, and its octets stay where they
 * are. */
#include "config.h"

#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdio.h>
#include "base/io.h"
#include "base/text.h"
#include "ca/trove.h"
#include "tests/unit/unit.h"

/* Of the one key that most of the seeds have, and its certificate. */
#define KEY	"055234372cf315d7a9056e766ea75861028ce23ca51aace42529ac6ad5390c8d"
#define CERT	"760355dd0565af7727fc54036d6ad545951d649930575b587f76db4ba59e9070"

/* A line for each thing: "kind form[ encrypted][ algorithm] print". */
struct seen {
	struct blob	 lines;
	unsigned	 n, stop;
};

static int
see(void *ctx, const struct trove_item *item, struct err *err)
{
	struct seen *s = ctx;
	char hex[SHA256_HEX] = "?";

	if (s->stop != 0)
		return err_set(err, ELIMIT, "enough");
	ck_assert_uint_eq(item->n, ++s->n);
	ck_assert(item->kind == TROVE_CERTIFICATE || item->der.n == 0);
	if (item->known)
		sha256_hex(&item->print, hex);
	return blob_printf(&s->lines, err, "%s %s%s%s%s %s\n",
	    trove_name(item->kind), item->form, item->encrypted ?
	    " encrypted" : "", item->algorithm != NULL ? " " : "",
	    item->algorithm != NULL ? item->algorithm : "", hex);
}

static void
seed(const char *name, struct blob *ret)
{
	const char *top = getenv("srcdir");
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/trove/%s",
	    top != NULL ? top : ".", name);
	unit_ok(io_read_file(path, 1 << 20, ret, &unit_err));
}

static const struct {
	const char *why, *lines;
} FORMS[] = {
	{ "pkcs8", "private-key pkcs8 ec-p256 " KEY "\n" },
	{ "pkcs8_der", "private-key pkcs8 ec-p256 " KEY "\n" },
	{ "shrouded", "private-key pkcs8 encrypted ?\n" },
	{ "shrouded_der", "private-key pkcs8 encrypted ?\n" },
	{ "sec1", "private-key sec1 ec-p256 " KEY "\n" },
	{ "sec1_der", "private-key sec1 ec-p256 " KEY "\n" },
	{ "sec1_shrouded", "private-key sec1 encrypted ?\n" },
	{ "pkcs1", "private-key pkcs1 rsa-2048 3135aa250eee468be3cbfb3ab6f4b13e"
	    "301e6b15b257830a2f03eb887d45e2f7\n" },
	{ "openssh_ed25519", "private-key openssh ed25519 9108b443b657cc76171d"
	    "617b1ab90496fc32bab83c6a544396a65fd2b6331663\n" },
	{ "openssh_ecdsa_256", "private-key openssh ec-p256 3d4e3a1064fae7a3b7a"
	    "4571393f4136d67a7b16295e21a1012d490fbd626b5fb\n" },
	{ "openssh_ecdsa_384", "private-key openssh ec-p384 b5b31fc8b839cbbfd68"
	    "6ad97e31adc4d076bc05d9811dc858d9530de57a90752\n" },
	{ "openssh_ecdsa_521", "private-key openssh other f354a44a48d1f50f454fa"
	    "26ccef74f4d3c617b167f06eae8beb48525e5869c85\n" },
	{ "openssh_rsa_2048", "private-key openssh rsa-2048 6b26ad1bc356d5f81f8"
	    "7665c8d73a22cbf4beebec1ab3bae44bf4e3644c4e0de\n" },
	{ "openssh_shrouded", "private-key openssh encrypted ed25519 7576eb396"
	    "4de889e67101b3b0c46acf49a4b91d1952c61cdcbf82d614cf0efc0\n" },
	{ "putty", "private-key putty ?\n" },
	{ "json", "private-key pkcs8 ?\n" },
	{ "pkcs12", "private-key pkcs12 encrypted ?\n" },
	{ "pkcs12_sealed", "sealed pkcs12 encrypted ?\n" },
	{ "jks", "sealed jks encrypted ?\n" },
	{ "public", "public-key spki ec-p256 " KEY "\n" },
	{ "public_der", "public-key spki ec-p256 " KEY "\n" },
	{ "cert_der", "certificate der " CERT "\n" },
	{ "pkcs7_der", "certificate der " CERT "\n" },
	{ "both", "certificate pem " CERT "\nprivate-key sec1 ec-p256 " KEY
	    "\n" },
	{ "base64", "certificate base64 " CERT "\n" },
	{ "base64_key", "private-key pkcs8 ec-p256 " KEY "\n" },
	{ "jwk", "private-key jwk ec-p256 " KEY "\n" },
	{ "jwk_set", "private-key jwk ec-p256 " KEY "\nprivate-key jwk ?\n" },
	{ "wrapped", "certificate pem " CERT "\nprivate-key sec1 ec-p256 " KEY
	    "\n" },
	{ "wrapped_folded", "certificate pem " CERT "\nprivate-key sec1 "
	    "ec-p256 " KEY "\n" },
	{ "sec1_cut", "private-key sec1 ?\n" },
	{ "sec1_der_line", "private-key sec1 ec-p256 " KEY "\n" },
	{ "pkcs12_ber", "sealed pkcs12 encrypted ?\n" },
	{ "sec1_cut_folded", "private-key sec1 ?\n" },
	{ "putty_beside", "certificate pem " CERT "\nprivate-key putty ?\n" },
	{ "wide", "certificate pem " CERT "\nprivate-key sec1 ec-p256 " KEY
	    "\n" },
	{ "wide_big", "private-key pkcs8 ec-p256 " KEY "\n" },
	{ "wide_wrapped", "certificate pem " CERT "\nprivate-key sec1 ec-p256 "
	    KEY "\n" },
	{ "wide_putty", "private-key putty ?\n" },
	{ "tar", "certificate pem " CERT "\nprivate-key sec1 ec-p256 " KEY
	    "\n" },
	{ "prose", "" },
	{ "prose_path", "" },
	{ "prose_lines", "" },
	{ "wrapped_nothing", "" },
	{ "source", "" },
	{ "digest_info", "" },
};

START_TEST(each_form_is_found)
{
	struct seen s = { .n = 0 };
	struct blob f = { 0 };

	seed(FORMS[_i].why, &f);
	unit_ok(trove_each(span_blob(&f), see, &s, &unit_err));
	ck_assert_msg(strcmp(blob_str(&s.lines), FORMS[_i].lines) == 0,
	    "%s: %s", FORMS[_i].why, blob_str(&s.lines));
	blob_done(&s.lines);
	blob_done(&f);
}
END_TEST

/* Whatever is cut off is less, and never something else. */
START_TEST(what_is_cut_off_is_read_no_further)
{
	struct blob f = { 0 };

	seed(FORMS[_i].why, &f);
	for (size_t n = 0; n < f.len; n += 1 + f.len / 100) {
		struct seen s = { .n = 0 };
		unsigned char *cut = malloc(n + 1);

		memcpy(cut, f.data, n);
		unit_ok(trove_each(span_of(cut, n), see, &s, &unit_err));
		ck_assert_uint_le(s.n, 2);
		blob_done(&s.lines);
		free(cut);
	}
	blob_done(&f);
}
END_TEST

START_TEST(who_looks_may_stop)
{
	struct seen s = { .stop = 1 };
	struct blob f = { 0 };

	seed(FORMS[_i].why, &f);
	ck_assert_int_eq(trove_each(span_blob(&f), see, &s, &unit_err),
	    FORMS[_i].lines[0] == '\0' ? 0 : -ELIMIT);
	blob_done(&f);
}
END_TEST

/* The certificate alone, in a safe that the empty passphrase opens: DER, new. */
static int
safe_make(unsigned char **ret)
{
	struct blob f = { 0 };
	const unsigned char *p;
	PKCS12 *p12;
	X509 *x;
	int n;

	seed("cert_der", &f);
	p = f.data;
	x = d2i_X509(NULL, &p, (long)f.len);
	p12 = PKCS12_create("", NULL, NULL, x, NULL, 0, NID_aes_256_cbc, 1, 1,
	    0);
	*ret = NULL;
	n = i2d_PKCS12(p12, ret);
	PKCS12_free(p12);
	X509_free(x);
	blob_done(&f);
	return n;
}

/* A file may ask for hours of it, a safe at a time. */
START_TEST(no_key_is_derived_not_even_of_no_passphrase)
{
	struct seen s = { .n = 0 };
	unsigned char *der;
	int n = safe_make(&der);

	ck_assert_int_gt(n, 0);
	unit_ok(trove_each(span_of(der, (size_t)n), see, &s, &unit_err));
	ck_assert_str_eq(blob_str(&s.lines), "sealed pkcs12 encrypted ?\n");
	blob_done(&s.lines);
	OPENSSL_free(der);
}
END_TEST

static const struct {
	const char *why;
	unsigned octets, found;
} SHORT[] = {
	{ "as long as the shortest key", 48, 1 },
	{ "shorter", 47, 0 },
};

/* A program that writes PEM has its lines, and no key. */
START_TEST(what_is_too_short_is_no_key)
{
	struct blob f = { 0 };
	struct seen s = { .n = 0 };

	unit_ok(blob_printf(&f, &unit_err, "-----BEGIN PRIVATE KEY-----%0*d"
	    "-----END PRIVATE KEY-----", (int)SHORT[_i].octets, 0));
	unit_ok(trove_each(span_blob(&f), see, &s, &unit_err));
	ck_assert_uint_eq(s.n, SHORT[_i].found);
	blob_done(&s.lines);
	blob_done(&f);
}
END_TEST

UNIT_MAIN("ca/trove",
    UNIT_ROWS(each_form_is_found, FORMS)
    UNIT_ROWS(what_is_cut_off_is_read_no_further, FORMS)
    UNIT_ROWS(who_looks_may_stop, FORMS)
    UNIT(no_key_is_derived_not_even_of_no_passphrase)
    UNIT_ROWS(what_is_too_short_is_no_key, SHORT))
