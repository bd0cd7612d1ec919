#include "config.h"

#include <openssl/provider.h>
#include <openssl/x509.h>

#include "base/json.h"
#include "keyring/pkey.h"
#include "tests/fault/openssl.h"

/* A P-256 key, made before anything fails. */
static unsigned char *spki;
static int spki_n;

static void
begin(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	ck_assert_ptr_nonnull(key);
	spki_n = i2d_PUBKEY(key, &spki);
	ck_assert_int_gt(spki_n, 0);
	EVP_PKEY_free(key);
}

static void
end(void)
{
	OPENSSL_free(spki);
	spki = NULL;
}

/* Nobody listens there: the keyring keeps trying meanwhile. */
static int
bind_key(void *ctx, struct err *err)
{
	struct keyring_options o = { .socket = "/nonexistent/keeper",
		.patience = 1, .most = 2 };
	struct sha256 permit = sha256_of("p", 1);
	AUTO_JSON *document = json_pack("{s:s}", "format", "x");
	AUTO_JSON *op = json_pack("{s:s}", "op", "sign");
	struct keyring_bind b = { &permit, document, op, "ecdsa-sha256", spki,
		(size_t)spki_n };
	AUTO(keyring) *k = NULL;
	struct keyring_binding *bound = NULL;
	int rc;

	if (document == NULL || op == NULL)
		return err_set(err, ENOMEMORY, "the operation");
	rc = keyring_open(&o, &k, err);
	fault_holds((rc == 0) == (k != NULL));
	TRY(rc);
	rc = keyring_bind_key(k, &b, &bound, err);
	fault_holds((rc == 0) == (bound != NULL));
	fault_holds(bound == NULL || keyring_pkey(bound) != NULL);
	keyring_binding_free(bound);
	return rc;
}

START_TEST(a_key_is_bound_or_nothing_is_left_of_it)
{
	ck_assert_uint_ge(fault_each(FAULT_MEMORY, bind_key, NULL), 8);
}
END_TEST

OPENSSL_WRAP(OSSL_LIB_CTX *, OSSL_LIB_CTX_new, NULL, (void), ())
OPENSSL_WRAP(OSSL_PROVIDER *, OSSL_PROVIDER_load, NULL, (OSSL_LIB_CTX *l,
    const char *n), (l, n))
OPENSSL_WRAP(int, OSSL_PROVIDER_add_builtin, 0, (OSSL_LIB_CTX *l,
    const char *n, OSSL_provider_init_fn *f), (l, n, f))
OPENSSL_WRAP(int, EVP_set_default_properties, 0, (OSSL_LIB_CTX *l,
    const char *p), (l, p))
OPENSSL_WRAP(EVP_PKEY *, d2i_PUBKEY_ex, NULL, (EVP_PKEY **k,
    const unsigned char **p, long n, OSSL_LIB_CTX *l, const char *q),
    (k, p, n, l, q))
OPENSSL_WRAP(int, EVP_PKEY_todata, 0, (const EVP_PKEY *k, int s,
    OSSL_PARAM **p), (k, s, p))
OPENSSL_WRAP(OSSL_PARAM *, OSSL_PARAM_merge, NULL, (const OSSL_PARAM *a,
    const OSSL_PARAM *b), (a, b))
OPENSSL_WRAP(OSSL_PARAM *, OSSL_PARAM_dup, NULL, (const OSSL_PARAM *a), (a))
OPENSSL_WRAP(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
    (OSSL_LIB_CTX *l, const char *n, const char *q), (l, n, q))
OPENSSL_WRAP(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX *c), (c))
OPENSSL_WRAP(int, EVP_PKEY_fromdata, 0, (EVP_PKEY_CTX *c, EVP_PKEY **k,
    int s, OSSL_PARAM p[]), (c, k, s, p))

START_TEST(a_key_is_bound_or_openssl_is_why_not)
{
	ck_assert_uint_ge(openssl_each(bind_key, NULL), 12);
}
END_TEST

/* A call finds no connection, with or without memory. */
static int
call(void *ctx, struct err *err)
{
	struct keyring *k = ctx;
	json_t *answer = NULL;
	int rc = keyring_keys(k, &answer, err);

	fault_holds(answer == NULL);
	return rc == -(int)EKEEPER ? 0 : rc;
}

START_TEST(a_call_leaves_nothing_behind)
{
	struct keyring_options o = { .socket = "/nonexistent/keeper",
		.patience = 1 };
	AUTO(keyring) *k = NULL;

	unit_ok(keyring_open(&o, &k, &unit_err));
	ck_assert_uint_ge(fault_each(FAULT_MEMORY, call, k), 4);
}
END_TEST

UNIT_MAIN("keyring with faults",
	tcase_add_checked_fixture(tc, begin, end);
	UNIT(a_key_is_bound_or_nothing_is_left_of_it)
	UNIT(a_key_is_bound_or_openssl_is_why_not)
	UNIT(a_call_leaves_nothing_behind))
