/*
 * CMS by a key in the keeper: what a firmware key signs of it is the digest
 * that was approved, and a key of kind ca signs none.
 */
#include "config.h"

#include "base/io.h"
#include "ca/p7.h"
#include "tests/keeper/bound.h"

/* Behind ours: it makes macros of names that ca/profile.h has. */
#include <openssl/cms.h>

#define TEXT	"an image"

static X509 *
certificate_of(const struct blob *der)
{
	const unsigned char *p = der->data;
	X509 *x = d2i_X509(NULL, &p, (long)der->len);

	ck_assert_ptr_nonnull(x);
	return x;
}

/* The house's own certificate of its firmware key. */
static X509 *
signer_certificate(void)
{
	struct blob whole = { 0 };
	struct attempt a;
	X509 *x;

	named_attempt(&a, "code", &pki.firmware.spki);
	unit_ok(attempt_go(&a, NULL));
	attempt_whole(&a, &whole);
	x = certificate_of(&whole);
	blob_done(&whole);
	attempt_done(&a);
	return x;
}

/* Detached, its signature over the content itself; NULL: there is none. */
static CMS_ContentInfo *
cms_sign(const struct bound *b, X509 *signer, const struct blob *above,
    const char *content)
{
	BIO *in = BIO_new_mem_buf(content, -1);
	STACK_OF(X509) *chain = sk_X509_new_null();
	CMS_ContentInfo *cms;

	ck_assert_int_gt(sk_X509_push(chain, certificate_of(above)), 0);
	cms = CMS_sign_ex(signer, keyring_pkey(b->binding), chain, in,
	    CMS_DETACHED | CMS_BINARY | CMS_NOATTR, keyring_libctx(b->binding),
	    NULL);
	sk_X509_pop_free(chain, X509_free);
	BIO_free(in);
	return cms;
}

static void
file_of(const char *name, const void *p, size_t n)
{
	unit_ok(io_write_file(scratch_path(name), 0600, p, n, &unit_err));
}

/* As whoever receives the image does it. */
static int
openssl_verifies(CMS_ContentInfo *cms, const char *content)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(cms, &der);
	char path[4][512];
	const char *const argv[] = { "openssl", "cms", "-verify", "-binary",
		"-inform", "DER", "-in", path[0], "-content", path[1],
		"-CAfile", path[2], "-purpose", "any", "-out", path[3], NULL };
	struct blob pem = { 0 };

	snprintf(path[0], sizeof(path[0]), "%s", scratch_path("cms"));
	snprintf(path[1], sizeof(path[1]), "%s", scratch_path("image"));
	snprintf(path[2], sizeof(path[2]), "%s", scratch_path("root.pem"));
	snprintf(path[3], sizeof(path[3]), "%s", scratch_path("out"));
	ck_assert_int_gt(n, 0);
	file_of("cms", der, (size_t)n);
	OPENSSL_free(der);
	file_of("image", content, strlen(content));
	unit_ok(p7_pem("CERTIFICATE", span_blob(&pki.root_cert), &pem,
	    &unit_err));
	file_of("root.pem", pem.data, pem.len);
	blob_done(&pem);
	return rig_run(argv);
}

static json_t *
image_permit(const struct held_key *k, const char *rule)
{
	json_t *params = key_parameters(k->hash, k->name);

	unit_ok(json_set_new(params, "digest", digest_of(TEXT, "sha-256"),
	    &unit_err));
	unit_ok(json_set_str(params, "product", "gateway", &unit_err));
	unit_ok(json_set_str(params, "version", "1.0", &unit_err));
	return permit(ask(rule, ACTION_KEY_SIGN, "ci", params), rule, "12");
}

static json_t *
image_operation(const struct held_key *k)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:s, s:s}", "op",
	    "sign", "key", k->hash, "principal", "ci", "product", "gateway",
	    "version", "1.0"));
	return op;
}

START_TEST(cms_sign_signs_the_image_that_was_approved)
{
	CMS_ContentInfo *cms;
	struct bound b;
	json_t *p, *op;
	X509 *signer;

	certs_setup();
	signer = signer_certificate();
	p = image_permit(&pki.firmware, "production-image");
	op = image_operation(&pki.firmware);
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.firmware);
	ck_assert_ptr_null(cms_sign(&b, signer, &pki.issuing_cert, "another image"));
	ck_assert_uint_eq(rig_entries("sign"), 0);
	cms = cms_sign(&b, signer, &pki.issuing_cert, TEXT);
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_msg(cms != NULL, "%s", unit_err.what);
	ck_assert_int_eq(openssl_verifies(cms, TEXT), 0);
	ck_assert_int_ne(openssl_verifies(cms, "another image"), 0);
	ck_assert_uint_eq(rig_entries("sign"), 1);
	CMS_ContentInfo_free(cms);
	X509_free(signer);
	json_decref(op);
	json_decref(p);
	end(&b);
}
END_TEST

/* Neither as what it is for, nor as an image. */
START_TEST(a_key_of_kind_ca_signs_no_cms)
{
	X509 *issuing;
	struct attempt a;
	struct bound b;
	json_t *p, *op;

	certs_setup();
	issuing = certificate_of(&pki.issuing_cert);
	device_attempt(&a, "d-1");
	p = attempt_permit(&a);
	attempt_draft(&a);
	op = without_content(certify_operation(&a));
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.issuing);
	ck_assert_ptr_null(cms_sign(&b, issuing, &pki.root_cert, TEXT));
	end(&b);
	json_decref(op);
	json_decref(p);
	p = image_permit(&pki.issuing, "production-image");
	op = image_operation(&pki.issuing);
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.issuing);
	ck_assert_ptr_null(cms_sign(&b, issuing, &pki.root_cert, TEXT));
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_int_ne(unit_err.code, OK);
	ck_assert_uint_eq(rig_entries("sign"), 0);
	ck_assert_uint_eq(rig_entries("certify"), MADE);
	X509_free(issuing);
	attempt_done(&a);
	json_decref(op);
	json_decref(p);
	end(&b);
}
END_TEST

UNIT_MAIN("keeper, through OpenSSL's CMS",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	UNIT(cms_sign_signs_the_image_that_was_approved)
	UNIT(a_key_of_kind_ca_signs_no_cms))
