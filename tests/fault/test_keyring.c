#include "config.h"

#include <openssl/x509.h>

#include "base/json.h"
#include "keyring/pkey.h"
#include "tests/fault/fault.h"
#include "tests/unit/unit.h"

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
	UNIT(a_call_leaves_nothing_behind))
