/*
 * A certificate of every shipped profile, octet for octet, as committed text:
 * tests/unit/snapshots/certificates.txt.  "make snapshots" writes it anew.
 */
#include "config.h"

#include <spawn.h>
#include <sys/wait.h>
#include <gnutls/x509.h>

#include "ca/lint.h"
#include "tests/unit/ca.h"

extern char **environ;

/* clang-format off */
static const struct {
	const char	*profile;
	const char	*root, *ca;	/* whose; NULL: it is one */
	const char	*asked;
	const char	*cn, *san;	/* of a CSR; NULL: there is none */
} CASES[] = {
	{ "root", NULL, NULL, "{'subject':" CA_ROOT_NAME "}", NULL, NULL },
	{ "issuing-ca", "root", NULL, "{'subject':" CA_NAME "}", NULL, NULL },
	{ "tls-server", "root", "issuing-ca", "{}", "www.example.com", "DNS:www.example.com,DNS:*.api.example.com,IP:192.0.2.1,IP:2001:db8::1" },
	{ "tls-client", "root", "issuing-ca", "{'subject':[['commonName','ci']],'san':['uri:https://ci.example/runner']}", NULL, NULL },
	{ "device", "root", "issuing-ca", "{'device':'T-77'}", NULL, NULL },
	{ "idevid-root", NULL, NULL, "{'subject':" CA_ROOT_NAME "}", NULL, NULL },
	{ "idevid-ca", "idevid-root", NULL, "{'subject':" CA_NAME "}", NULL, NULL },
	{ "idevid", "idevid-root", "idevid-ca", "{'device':'T-77'}", NULL, NULL },
	{ "ldevid", "root", "issuing-ca", "{'device':'T-77'}", "kitchen", NULL },
	{ "matter-paa", NULL, NULL, "{'subject':[['commonName','PAA'],['matterVendorId','FFF1']]}", NULL, NULL },
	{ "matter-pai", "matter-paa", NULL, "{'subject':[['commonName','PAI'],['matterVendorId','FFF1']]}", NULL, NULL },
	{ "matter-dac", "matter-paa", "matter-pai", "{'device':'T-77','subject':[['matterVendorId','FFF1'],['matterProductId','8000']]}", NULL, NULL },
	{ "code-signing", "root", "issuing-ca", "{'subject':[['organizationName','Example'],['commonName','Signer']]}", NULL, NULL },
	{ "code-signing-rauc", "root", "issuing-ca", "{'subject':[['organizationName','Example'],['commonName','Signer']]}", NULL, NULL },
	{ "ocsp-responder", "root", "issuing-ca", "{'subject':[['commonName','Responder']]}", NULL, NULL },
	{ "timestamping", "root", "issuing-ca", "{'subject':[['organizationName','Example'],['commonName','Clock']]}", NULL, NULL },
};
/* clang-format on */

/* The chain that a case is issued by, and what it became. */
struct made {
	struct issuer	*root, *ca;
	struct profile	*p;
	json_t		*parameters;
	struct blob	 tbs, cert;
};

static struct csr *
csr_of(size_t i)
{
	struct blob der = { 0 };
	struct csr *c = NULL;
	EVP_PKEY *k;

	if (CASES[i].cn == NULL)
		return NULL;
	k = ca_key(SUBJECT_KEY);
	ca_csr_der(k, CASES[i].cn, CASES[i].san, &der);
	unit_ok(csr_read(der.data, der.len, &c, &unit_err));
	blob_done(&der);
	EVP_PKEY_free(k);
	return c;
}

static const struct issuer *
above(const struct made *m)
{
	return m->ca != NULL ? m->ca : m->root;
}

/* A Matter root has its own names, which the DAC's depend on. */
static const char *
name_of(const char *profile)
{
	return strcmp(profile, "matter-paa") == 0 ?
	    "[['commonName','PAA'],['matterVendorId','FFF1']]" :
	    strcmp(profile, "matter-pai") == 0 ?
	    "[['commonName','PAI'],['matterVendorId','FFF1']]" :
	    strstr(profile, "root") != NULL ? CA_ROOT_NAME : CA_NAME;
}

static void
make(size_t i, struct made *m)
{
	AUTO_JSON *asked = ca_json(CASES[i].asked);
	AUTO(csr) *csr = csr_of(i);

	memset(m, 0, sizeof(*m));
	m->p = ca_profile(CASES[i].profile);
	if (CASES[i].root != NULL)
		m->root = ca_issuer(CASES[i].root, NULL,
		    name_of(CASES[i].root));
	if (CASES[i].ca != NULL)
		m->ca = ca_issuer(CASES[i].ca, m->root, name_of(CASES[i].ca));
	unit_ok(profile_draw(m->p, csr, asked, &m->parameters, &unit_err));
	unit_ok(profile_check(m->p, m->parameters, &unit_err));
	ca_issue(m->p, above(m), m->parameters, CASES[i].root == NULL ||
	    profile_is_ca(m->p) ? CA_KEY : SUBJECT_KEY, &m->tbs, &m->cert);
}

static void
made_done(struct made *m)
{
	issuer_free(m->root);
	issuer_free(m->ca);
	profile_free(m->p);
	json_decref(m->parameters);
	blob_done(&m->tbs);
	blob_done(&m->cert);
}

static void
hex_lines(struct blob *ret, struct span s, const char *indent)
{
	char hex[65];
	size_t i, n;

	for (i = 0; i < s.n; i += n) {
		n = s.n - i < 32 ? s.n - i : 32;
		hex_encode(s.p + i, n, hex);
		unit_ok(blob_printf(ret, &unit_err, "%s%s\n", indent, hex));
	}
}

static const char *
tag_name(unsigned tag)
{
	static const struct {
		unsigned	 tag;
		const char	*name;
	} NAMES[] = { { DER_SEQUENCE, "SEQUENCE" }, { DER_SET, "SET" },
	    { DER_INTEGER, "INTEGER" }, { DER_OID, "OID" },
	    { DER_UTF8, "UTF8String" }, { DER_PRINTABLE, "PrintableString" },
	    { DER_UTC_TIME, "UTCTime" }, { DER_GENERAL_TIME, "GeneralizedTime" },
	    { DER_BIT_STRING, "BIT STRING" }, { DER_OCTET_STRING,
	    "OCTET STRING" }, { DER_BOOLEAN, "BOOLEAN" }, { DER_NULL, "NULL" } };
	static char other[16];
	size_t i;

	for (i = 0; i < NELEM(NAMES); i++)
		if (NAMES[i].tag == tag)
			return NAMES[i].name;
	(void)snprintf(other, sizeof(other), "[%u]", tag & 0x1f);
	return other;
}

static void show(struct blob *ret, struct span in, int depth);

/* Is all of it one constructed value?  Then an OCTET STRING wraps it. */
static bool
wraps(struct span in)
{
	struct span content;
	unsigned tag;

	return der_next(&in, "", &tag, &content, NULL) == 0 && in.n == 0 &&
	    (tag == DER_SEQUENCE || tag == DER_BIT_STRING ||
	    tag == DER_OCTET_STRING || tag == DER_NULL);
}

static bool
is_text(unsigned tag)
{
	return tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_IA5 ||
	    tag == DER_UTC_TIME || tag == DER_GENERAL_TIME ||
	    tag == DER_CONTEXT(2) || tag == DER_CONTEXT(6);
}

static void
show_one(struct blob *ret, unsigned tag, struct span content, int depth)
{
	char dotted[OID_TEXT], indent[64];

	(void)snprintf(indent, sizeof(indent), "%*s", 2 * depth + 2, "");
	unit_ok(blob_printf(ret, &unit_err, "%*s%s", 2 * depth, "",
	    tag_name(tag)));
	if (tag == DER_OID) {
		unit_ok(oid_text(content, dotted, &unit_err));
		unit_ok(blob_printf(ret, &unit_err, " %s %s\n", dotted,
		    oid_find(content) == OID__N ? "" :
		    oid_name(oid_find(content))));
	} else if (is_text(tag)) {
		unit_ok(blob_printf(ret, &unit_err, " %.*s\n", (int)content.n,
		    (const char *)content.p));
	} else if ((tag & 0x20) != 0 || (tag == DER_OCTET_STRING &&
	    wraps(content))) {
		unit_ok(blob_puts(ret, "\n", &unit_err));
		show(ret, content, depth + 1);
	} else {
		unit_ok(blob_puts(ret, "\n", &unit_err));
		hex_lines(ret, content, indent);
	}
}

static void
show(struct blob *ret, struct span in, int depth)
{
	struct span content;
	unsigned tag;

	while (in.n > 0) {
		unit_ok(der_next(&in, "a value", &tag, &content, &unit_err));
		show_one(ret, tag, content, depth);
	}
}

static void
snapshot(struct blob *ret)
{
	struct made m;
	size_t i;

	for (i = 0; i < NELEM(CASES); i++) {
		make(i, &m);
		unit_ok(blob_printf(ret, &unit_err, "=== %s\n",
		    CASES[i].profile));
		show(ret, span_blob(&m.tbs), 0);
		unit_ok(blob_puts(ret, "octets\n", &unit_err));
		hex_lines(ret, span_blob(&m.tbs), "  ");
		made_done(&m);
	}
}

static void
show_difference(const char *path, const struct blob *now)
{
	char new[] = "/tmp/claviger-snapshot.XXXXXX";
	char *argv[] = { (char[]){ "diff" }, (char[]){ "-u" },
	    (char *)(uintptr_t)path, new, NULL };
	int fd = mkstemp(new), status;
	pid_t pid;

	ck_assert_int_ge(fd, 0);
	unit_ok(io_write_all(fd, now->data, now->len, &unit_err));
	(void)close(fd);
	if (posix_spawnp(&pid, "diff", NULL, NULL, argv, environ) == 0)
		(void)waitpid(pid, &status, 0);
	(void)unlink(new);
}

START_TEST(certificates_of_the_shipped_profiles_are_what_they_were)
{
	const char *src = getenv("srcdir");
	struct blob now = { 0 }, then = { 0 };
	char path[512];
	bool same;

	(void)snprintf(path, sizeof(path),
	    "%s/tests/unit/snapshots/certificates.txt", src == NULL ? "." :
	    src);
	snapshot(&now);
	if (getenv("SNAPSHOTS") != NULL)
		unit_ok(io_write_file(path, 0644, now.data, now.len,
		    &unit_err));
	unit_ok(io_read_file(path, 1 << 20, &then, &unit_err));
	same = strcmp(blob_str(&now), blob_str(&then)) == 0;
	if (!same)
		show_difference(path, &now);
	ck_assert_msg(same, "certificates differ; if that is meant: make "
	    "snapshots");
	blob_done(&now);
	blob_done(&then);
}
END_TEST

START_TEST(the_linter_finds_nothing_in_them)
{
	struct lint found;
	struct tbs tbs;
	struct made m;

	make((size_t)_i, &m);
	unit_ok(tbs_read(m.tbs.data, m.tbs.len, &tbs, &unit_err));
	unit_ok(ca_lint(&tbs, m.p, above(&m), NULL, &found, &unit_err));
	unit_ok(lint_refuse(&found, &unit_err));
	unit_ok(ca_lint(&tbs, NULL, above(&m), NULL, &found, &unit_err));
	unit_ok(lint_refuse(&found, &unit_err));
	made_done(&m);
}
END_TEST

/* The keeper drafts again out of what it reads in the octets. */
START_TEST(what_is_read_out_of_one_drafts_it_again)
{
	struct blob again = { 0 };
	struct draft_ask ask = { 0 };
	struct tbs tbs;
	struct made m;

	make((size_t)_i, &m);
	unit_ok(tbs_read(m.tbs.data, m.tbs.len, &tbs, &unit_err));
	ask = (struct draft_ask){ .profile = m.p, .issuer = above(&m),
	    .parameters = m.parameters, .scheme = "ecdsa-sha256",
	    .serial = tbs.serial, .not_before = tbs.not_before,
	    .spki = tbs.spki };
	if (above(&m) != NULL)
		unit_ok(issuer_partition(above(&m), &tbs, &ask.partition,
		    &unit_err));
	unit_ok(draft_tbs(&ask, &again, &unit_err));
	ck_assert(span_equal(span_blob(&again), span_blob(&m.tbs)));
	blob_done(&again);
	made_done(&m);
}
END_TEST

static X509 *
x509_of(const struct blob *b)
{
	const unsigned char *p = b->data;
	X509 *x = d2i_X509(NULL, &p, (long)b->len);

	ck_assert_ptr_nonnull(x);
	return x;
}

static void
push(STACK_OF(X509) *list, const struct issuer *i)
{
	if (i != NULL)
		sk_X509_push(list, x509_of(&i->der));
}

START_TEST(openssl_believes_them_strictly)
{
	STACK_OF(X509) *roots = sk_X509_new_null(), *between =
	    sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE *store = X509_STORE_new();
	struct made m;
	X509 *x;
	int rc;

	make((size_t)_i, &m);
	x = x509_of(&m.cert);
	push(between, m.ca);
	if (m.root == NULL)
		sk_X509_push(roots, x509_of(&m.cert));
	push(roots, m.root);
	ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, x, between), 1);
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT |
	    X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_POLICY_CHECK);
	X509_STORE_CTX_set_time(ctx, 0, CA_TIME / TIME_S(1) + 86400);
	rc = X509_verify_cert(ctx);
	ck_assert_msg(rc == 1, "%s: %s", CASES[_i].profile,
	    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(roots, X509_free);
	sk_X509_pop_free(between, X509_free);
	X509_free(x);
	made_done(&m);
}
END_TEST

static gnutls_x509_crt_t
gnutls_of(const struct blob *b)
{
	gnutls_datum_t der = { b->data, (unsigned)b->len };
	gnutls_x509_crt_t x;

	ck_assert_int_eq(gnutls_x509_crt_init(&x), 0);
	ck_assert_int_eq(gnutls_x509_crt_import(x, &der, GNUTLS_X509_FMT_DER),
	    0);
	return x;
}

/* At any time: a snapshot's certificates end some day. */
START_TEST(gnutls_reads_and_believes_them)
{
	gnutls_x509_trust_list_t trust;
	gnutls_x509_crt_t chain[2], root;
	unsigned status = 0, n = 1;
	gnutls_datum_t text;
	struct made m;

	make((size_t)_i, &m);
	chain[0] = gnutls_of(&m.cert);
	if (m.ca != NULL)
		chain[n++] = gnutls_of(&m.ca->der);
	root = gnutls_of(m.root == NULL ? &m.cert : &m.root->der);
	ck_assert_int_eq(gnutls_x509_crt_print(chain[0], GNUTLS_CRT_PRINT_FULL,
	    &text), 0);
	ck_assert_ptr_null(strstr((char *)text.data, "rror"));
	gnutls_free(text.data);
	ck_assert_int_eq(gnutls_x509_trust_list_init(&trust, 1), 0);
	ck_assert_int_eq(gnutls_x509_trust_list_add_cas(trust, &root, 1, 0),
	    1);
	ck_assert_int_eq(gnutls_x509_trust_list_verify_crt(trust, chain, n,
	    GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
	    GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS, &status, NULL), 0);
	ck_assert_msg(status == 0, "%s: %x", CASES[_i].profile, status);
	while (n > 0)
		gnutls_x509_crt_deinit(chain[--n]);
	gnutls_x509_trust_list_deinit(trust, 1);
	made_done(&m);
}
END_TEST

START_TEST(openssl_shows_them)
{
	BIO *out = BIO_new(BIO_s_mem());
	struct made m;
	char *text;
	long n;
	X509 *x;

	make((size_t)_i, &m);
	x = x509_of(&m.cert);
	ck_assert_int_eq(X509_print_ex(out, x, 0, X509V3_EXT_ERROR_UNKNOWN),
	    1);
	n = BIO_get_mem_data(out, &text);
	ck_assert_ptr_null(memmem(text, (size_t)n, "rror", 4));
	X509_free(x);
	BIO_free(out);
	made_done(&m);
}
END_TEST

UNIT_MAIN("ca/golden",
	UNIT(certificates_of_the_shipped_profiles_are_what_they_were)
	UNIT_ROWS(the_linter_finds_nothing_in_them, CASES)
	UNIT_ROWS(what_is_read_out_of_one_drafts_it_again, CASES)
	UNIT_ROWS(openssl_believes_them_strictly, CASES)
	UNIT_ROWS(openssl_shows_them, CASES)
	UNIT_ROWS(gnutls_reads_and_believes_them, CASES))
