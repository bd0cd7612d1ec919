/*
 * softhsm - a real token in the test's own folder.
 */
#ifndef TESTS_SOFTHSM_H
#define TESTS_SOFTHSM_H

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/io.h"
#include "hsm/hsm.h"
#include "tests/unit/scratch.h"

#define SOFTHSM_MODULE	"/usr/lib/softhsm/libsofthsm2.so"
#define SOFTHSM_PIN	"1234"

#if defined(__SANITIZE_ADDRESS__) && defined(SOFTHSM_ED25519)
/* SoftHSM 2.6.1 leaks a curve's name for each Ed25519 key that it reads. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libsofthsm2\n";
}

/* It keeps no frame pointers: find its name in the stack all the same. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}
#endif

static inline UNUSED void
softhsm_run(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* One more token, with this label. */
static inline UNUSED void
softhsm_token(const char *label)
{
	char command[256];

	snprintf(command, sizeof(command), "softhsm2-util --init-token --free "
	    "--label %s --pin " SOFTHSM_PIN " --so-pin 12345678 >/dev/null",
	    label);
	softhsm_run(command);
}

/* The scratch folder, SoftHSM's configuration for it, and a token "house". */
static inline UNUSED void
softhsm_make(void)
{
	char text[256];
	int n;

	scratch_make();
	n = snprintf(text, sizeof(text), "# a test's own\n"
	    "directories.tokendir = %s/tokens \nobjectstore.backend = file\n"
	    "log.level = ERROR\n", scratch);
	unit_ok(io_mkdir_p(scratch_path("tokens"), 0700, &unit_err));
	unit_ok(io_write_file(scratch_path("softhsm2.conf"), 0600, text,
	    (size_t)n, &unit_err));
	ck_assert_int_eq(setenv("SOFTHSM2_CONF", scratch_path("softhsm2.conf"),
	    1), 0);
	softhsm_token("house");
}

#define UNIT_SOFTHSM	\
	tcase_add_checked_fixture(tc, softhsm_make, scratch_clean);

static inline UNUSED struct hsm *
softhsm_open(unsigned sessions)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options o = { .module = SOFTHSM_MODULE, .label = "house",
		.sessions = sessions };
	struct hsm *h = NULL;

	unit_ok(secret_new(SOFTHSM_PIN, strlen(SOFTHSM_PIN), &pin, &unit_err));
	o.pin = pin;
	unit_ok(hsm_open(&o, &h, &unit_err));
	return h;
}

static inline UNUSED struct sha256
softhsm_id(const char *name)
{
	return sha256_of(name, strlen(name));
}

/* Does OpenSSL, by the public key alone, take this for a signature of @message? */
static inline UNUSED bool
softhsm_verifies(const struct blob *spki, enum hsm_scheme scheme,
    const char *message, const struct blob *sig)
{
	const unsigned char *p = spki->data;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki->len);
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	size_t digest = hsm_scheme_digest_octets(scheme);
	EVP_PKEY_CTX *c;
	bool ok;

	ck_assert_ptr_nonnull(key);
	ok = EVP_DigestVerifyInit_ex(m, &c, digest == 0 ? NULL :
	    digest == 48 ? "SHA384" : "SHA256", NULL, NULL, key, NULL) == 1;
	if (scheme == HSM_SCHEME_RSA_PSS_SHA256)
		ok = ok && EVP_PKEY_CTX_set_rsa_padding(c,
		    RSA_PKCS1_PSS_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) == 1;
	ok = ok && EVP_DigestVerify(m, sig->data, sig->len,
	    (const unsigned char *)message, strlen(message)) == 1;
	EVP_MD_CTX_free(m);
	EVP_PKEY_free(key);
	return ok;
}

/* Sign a message as its scheme wants it: hashed, or as it is. */
static inline UNUSED int
softhsm_sign(struct hsm *h, const struct sha256 *id, enum hsm_scheme scheme,
    const char *message, struct blob *ret, struct err *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t want = hsm_scheme_digest_octets(scheme), n = 0;

	if (want == 0)
		return hsm_sign(h, id, scheme, message, strlen(message), ret,
		    err);
	ck_assert_int_eq(EVP_Q_digest(NULL, want == 48 ? "SHA384" : "SHA256",
	    NULL, message, strlen(message), digest, &n), 1);
	return hsm_sign(h, id, scheme, digest, n, ret, err);
}

#endif
