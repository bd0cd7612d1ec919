/*
 * Every PKCS #11 call fails once, in two ways: as one that failed alone, and as one
 * that says the token is gone; then from some call on all of them do.  The
 * module's function list is copied and each function has a counter in front.
 */
#include "config.h"

#include <dlfcn.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <p11-kit/pkcs11.h>

#include "tests/fault/openssl.h"
#include "tests/unit/softhsm.h"

/* name, parameters, arguments */
#define CALLS(C) \
	C(C_GetTokenInfo, (CK_SLOT_ID a, CK_TOKEN_INFO *b), (a, b)) \
	C(C_GetMechanismInfo, (CK_SLOT_ID a, CK_MECHANISM_TYPE b, \
	    CK_MECHANISM_INFO *c), (a, b, c)) \
	C(C_OpenSession, (CK_SLOT_ID a, CK_FLAGS b, void *c, CK_NOTIFY d, \
	    CK_SESSION_HANDLE *e), (a, b, c, d, e)) \
	C(C_CloseSession, (CK_SESSION_HANDLE a), (a)) \
	C(C_Login, (CK_SESSION_HANDLE a, CK_USER_TYPE b, CK_UTF8CHAR *c, \
	    CK_ULONG d), (a, b, c, d)) \
	C(C_FindObjectsInit, (CK_SESSION_HANDLE a, CK_ATTRIBUTE *b, \
	    CK_ULONG c), (a, b, c)) \
	C(C_FindObjects, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE *b, \
	    CK_ULONG c, CK_ULONG *d), (a, b, c, d)) \
	C(C_FindObjectsFinal, (CK_SESSION_HANDLE a), (a)) \
	C(C_GetAttributeValue, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, \
	    CK_ATTRIBUTE *c, CK_ULONG d), (a, b, c, d)) \
	C(C_GenerateKeyPair, (CK_SESSION_HANDLE a, CK_MECHANISM *b, \
	    CK_ATTRIBUTE *c, CK_ULONG d, CK_ATTRIBUTE *e, CK_ULONG f, \
	    CK_OBJECT_HANDLE *g, CK_OBJECT_HANDLE *h), \
	    (a, b, c, d, e, f, g, h)) \
	C(C_GenerateKey, (CK_SESSION_HANDLE a, CK_MECHANISM *b, \
	    CK_ATTRIBUTE *c, CK_ULONG d, CK_OBJECT_HANDLE *e), \
	    (a, b, c, d, e)) \
	C(C_EncryptInit, (CK_SESSION_HANDLE a, CK_MECHANISM *b, \
	    CK_OBJECT_HANDLE c), (a, b, c)) \
	C(C_Encrypt, (CK_SESSION_HANDLE a, CK_BYTE *b, CK_ULONG c, \
	    CK_BYTE *d, CK_ULONG *e), (a, b, c, d, e)) \
	C(C_SignInit, (CK_SESSION_HANDLE a, CK_MECHANISM *b, \
	    CK_OBJECT_HANDLE c), (a, b, c)) \
	C(C_Sign, (CK_SESSION_HANDLE a, CK_BYTE *b, CK_ULONG c, CK_BYTE *d, \
	    CK_ULONG *e), (a, b, c, d, e)) \
	C(C_CreateObject, (CK_SESSION_HANDLE a, CK_ATTRIBUTE *b, \
	    CK_ULONG c, CK_OBJECT_HANDLE *d), (a, b, c, d)) \
	C(C_DestroyObject, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b), (a, b)) \
	C(C_SetAttributeValue, (CK_SESSION_HANDLE a, CK_OBJECT_HANDLE b, \
	    CK_ATTRIBUTE *c, CK_ULONG d), (a, b, c, d)) \
	C(C_GetSessionInfo, (CK_SESSION_HANDLE a, CK_SESSION_INFO *b), (a, b)) \
	C(C_GenerateRandom, (CK_SESSION_HANDLE a, CK_BYTE *b, CK_ULONG c), \
	    (a, b, c))

static CK_FUNCTION_LIST *real, wrapped;
static unsigned calls, from, to;	/* those of from..to fail */
static CK_RV with;
static const char *last_failed;		/* the last that did */

static bool
due(const char *name)
{
	calls++;
	if (calls < from || calls > to)
		return false;
	last_failed = name;
	return true;
}

#define WRAP(name, params, args) \
	static CK_RV wrap_##name params; \
	static CK_RV wrap_##name params \
	{ \
		return due(#name) ? with : real->name args; \
	}
CALLS(WRAP)
#undef WRAP

static CK_RV
get_function_list(CK_FUNCTION_LIST **ret)
{
	wrapped = *real;
#define SET(name, params, args) wrapped.name = wrap_##name;
	CALLS(SET)
#undef SET
	*ret = &wrapped;
	return CKR_OK;
}

void *__real_dlsym(void *so, const char *name);
void *__wrap_dlsym(void *so, const char *name);
void *
__wrap_dlsym(void *so, const char *name)
{
	CK_C_GetFunctionList get, ours = get_function_list;
	void *symbol = __real_dlsym(so, name);

	if (symbol == NULL || strcmp(name, "C_GetFunctionList") != 0)
		return symbol;
	memcpy(&get, &symbol, sizeof(get));
	if (get(&real) != CKR_OK)
		abort();
	memcpy(&symbol, &ours, sizeof(symbol));
	return symbol;
}

static void
arm(unsigned first, unsigned last, CK_RV rv)
{
	calls = 0;
	last_failed = NULL;
	with = rv;
	from = first;
	to = last;
}

static int
open_hsm(struct hsm **ret, struct err *err)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options o = { .module = SOFTHSM_MODULE, .label = "house",
		.wait = TIME_S(1) };

	TRY(secret_new(SOFTHSM_PIN, strlen(SOFTHSM_PIN), &pin, err));
	o.pin = pin;
	return hsm_open(&o, ret, err);
}

static int
count_thing(void *ctx, const struct hsm_thing *t, UNUSED struct err *err)
{
	size_t *n = ctx;

	fault_holds(t->kind == HSM_THING_PAIR ? t->value->len > 0 :
	    t->kind == HSM_THING_SECRET && t->label->len > 0);
	++*n;
	return 0;
}

/* Each kind of work once; whatever fails ends it. */
static int
work(struct hsm *h, struct err *err)
{
	struct sha256 kept = softhsm_id("kept"), id = softhsm_id("new"),
	    aes = softhsm_id("aes");
	struct hsm_made made;
	struct hsm_key *keys;
	struct blob out = { 0 };
	size_t n;
	int rc;

	rc = hsm_sign(h, &kept, HSM_SCHEME_ECDSA_SHA256, kept.o, 32, &out,
	    err);
	fault_holds((rc == 0) == (out.len > 0));
	/* What the run before left when it was cut short. */
	if (rc == 0)
		rc = hsm_destroy(h, &id, err);
	if (rc == 0)
		rc = hsm_destroy(h, &aes, err);
	if (rc == 0 && (rc = hsm_generate(h, HSM_EC_P256, &id, "new", &made,
	    err)) == 0)
		hsm_made_done(&made);
	if (rc == 0 && (rc = hsm_generate(h, HSM_AES_128, &aes, "aes", &made,
	    err)) == 0)
		hsm_made_done(&made);
	if (rc == 0)
		rc = hsm_data_put(h, "mirror", "new", 3, err);
	blob_clear(&out);
	if (rc == 0)
		rc = hsm_data_get(h, "mirror", &out, err);
	fault_holds(rc != 0 || strcmp(blob_str(&out), "new") == 0);
	if (rc == 0 && (rc = hsm_list(h, &keys, &n, err)) == 0) {
		fault_holds(n == 3);
		free(keys);
	}
	if (rc == 0)
		rc = hsm_check(h, &kept, err);
	blob_done(&out);
	return rc;
}

static int
all_work(void *ctx, struct err *err)
{
	AUTO(hsm) *h = NULL;

	TRY(open_hsm(&h, err));
	return work(h, err);
}

/* Put the token back as it was: "kept" and a first mirror. */
static void
mend(void)
{
	struct sha256 id = softhsm_id("new"), aes = softhsm_id("aes"),
	    kept = softhsm_id("kept");
	AUTO(hsm) *h = NULL;
	struct hsm_key *keys;
	struct blob mirror = { 0 };
	size_t n;

	arm(0, 0, CKR_OK);
	unit_ok(open_hsm(&h, &unit_err));
	unit_ok(hsm_data_get(h, "mirror", &mirror, &unit_err));
	ck_assert_msg(strcmp(blob_str(&mirror), "old") == 0 ||
	    strcmp(blob_str(&mirror), "new") == 0, "the mirror was lost");
	blob_done(&mirror);
	unit_ok(hsm_destroy(h, &id, &unit_err));
	unit_ok(hsm_destroy(h, &aes, &unit_err));
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	ck_assert(sha256_equal(&keys[0].id, &kept) && !keys[0].partial);
	free(keys);
	unit_ok(hsm_data_put(h, "mirror", "old", 3, &unit_err));
}

static void
begin(void)
{
	struct sha256 kept = softhsm_id("kept");
	struct hsm_made made;
	AUTO(hsm) *h = NULL;

	softhsm_make();
	arm(0, 0, CKR_OK);
	unit_ok(open_hsm(&h, &unit_err));
	unit_ok(hsm_generate(h, HSM_EC_P256, &kept, "kept", &made,
	    &unit_err));
	hsm_made_done(&made);
	unit_ok(hsm_data_put(h, "mirror", "old", 3, &unit_err));
}

static const struct {
	const char	*why;
	CK_RV		 rv;
	bool		 rest;		/* all calls from then on fail, too */
	unsigned	 step;
} ROWS[] = {
	{ "one call fails alone", CKR_DEVICE_MEMORY, false, 1 },
	{ "one call says that the token was away", CKR_DEVICE_REMOVED, false,
	    1 },
	{ "the token goes away and stays away", CKR_TOKEN_NOT_PRESENT, true,
	    4 },
};

START_TEST(a_call_that_fails_harms_nothing_else)
{
	unsigned nth, recovered = 0, refused = 0;
	struct err e;
	int rc;

	for (nth = 1;; nth += ROWS[_i].step) {
		memset(&e, 0, sizeof(e));
		arm(nth, ROWS[_i].rest ? ~0u : nth, ROWS[_i].rv);
		rc = all_work(NULL, &e);
		if (last_failed == NULL)
			break;
		ck_assert_msg(rc == 0 || (rc == -(int)e.code &&
		    e.what[0] != '\0'), "%s, call %u (%s): %d, %s",
		    ROWS[_i].why, nth, last_failed, rc, e.what);
		/* Done again after a loss, it does not meet its own traces. */
		ck_assert_msg(rc != -(int)EEXISTS, "call %u (%s)", nth,
		    last_failed);
		recovered += rc == 0;
		refused += rc != 0;
		mend();
	}
	ck_assert_msg(rc == 0, "%s", e.what);
	ck_assert_uint_gt(refused, 0);
	if (ROWS[_i].rv == CKR_DEVICE_REMOVED)
		ck_assert_uint_gt(recovered, refused);
	arm(0, 0, CKR_OK);
}
END_TEST

/* Where the token was lost meanwhile, some come twice. */
START_TEST(a_token_is_looked_through_whole_or_not)
{
	struct err e = { 0 };
	unsigned nth;
	int rc;

	for (nth = 1;; nth++) {
		AUTO(hsm) *h = NULL;
		size_t n = 0;

		arm(0, 0, CKR_OK);
		unit_ok(open_hsm(&h, &e));
		arm(nth, nth, CKR_DEVICE_REMOVED);
		rc = hsm_survey(h, count_thing, &n, &e);
		ck_assert(rc != 0 || n >= 1);
		if (last_failed == NULL)
			break;
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_gt(nth, 20);
	arm(0, 0, CKR_OK);
}
END_TEST

static int
any_fits(UNUSED void *ctx, UNUSED const struct blob *spki,
    UNUSED const struct blob *signature, UNUSED struct err *err)
{
	return 0;
}

/* Another house's key, of which both halves may be renamed. */
static void
make_foreign(void)
{
	softhsm_run("pkcs11-tool --module " SOFTHSM_MODULE " --login --pin "
	    SOFTHSM_PIN " --token-label house --keypairgen --key-type "
	    "EC:prime256v1 --label foreign --id 01a4 >/dev/null 2>&1");
}

static int
adopt_foreign(const char *by, const char *id, const char *label,
    struct err *err)
{
	struct sha256 new = softhsm_id(id);
	struct hsm_foreign f = { .label = by, .scheme = HSM_SCHEME_ECDSA_SHA256,
		.challenge = new.o, .challenge_octets = sizeof(new.o),
		.fit = any_fits };
	AUTO(hsm) *h = NULL;
	struct hsm_made made;

	TRY(open_hsm(&h, err));
	TRY(hsm_adopt(h, &f, &new, label, &made, err));
	hsm_made_done(&made);
	return 0;
}

/* A key keeps both halves under one name, whatever fails: it can be adopted
 * again, as what it was called, or as what it is called by then. */
START_TEST(a_key_that_is_adopted_keeps_its_halves_together)
{
	unsigned nth, refused = 0;
	struct err e = { 0 };
	int rc;

	make_foreign();
	for (nth = 1;; nth++) {
		arm(nth, nth, ROWS[_i].rv);
		rc = adopt_foreign("foreign", "trial", "trial", &e);
		if (last_failed == NULL)
			break;
		arm(0, 0, CKR_OK);
		if (rc == 0)
			rc = adopt_foreign("trial", "back", "foreign", &e);
		else
			refused++;
		ck_assert_msg(rc == 0 || adopt_foreign("foreign", "back",
		    "foreign", &e) == 0, "call %u (%s): %s", nth, last_failed,
		    e.what);
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_gt(refused + nth, 10);
	arm(0, 0, CKR_OK);
}
END_TEST

OPENSSL_WRAP(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, NULL, (void), ())
OPENSSL_WRAP(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, NULL,
    (OSSL_PARAM_BLD *b), (b))
OPENSSL_WRAP(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
    (OSSL_LIB_CTX *l, const char *n, const char *q), (l, n, q))
OPENSSL_WRAP(int, EVP_PKEY_fromdata, 0, (EVP_PKEY_CTX *c, EVP_PKEY **k,
    int s, OSSL_PARAM p[]), (c, k, s, p))
OPENSSL_WRAP(int, i2d_PUBKEY, -1, (const EVP_PKEY *k, unsigned char **p),
    (k, p))
OPENSSL_WRAP(ECDSA_SIG *, ECDSA_SIG_new, NULL, (void), ())
OPENSSL_WRAP(int, i2d_ECDSA_SIG, -1, (const ECDSA_SIG *s, unsigned char **p),
    (s, p))
OPENSSL_WRAP(BIGNUM *, BN_bin2bn, NULL, (const unsigned char *p, int n,
    BIGNUM *r), (p, n, r))

/* A pair is made and signs; half-way, nothing is left of it. */
static int
make_and_sign(void *ctx, struct err *err)
{
	const enum hsm_algorithm *a = ctx;
	struct sha256 id = softhsm_id("new");
	AUTO(hsm) *h = NULL;
	struct hsm_made made;
	struct hsm_key *keys;
	struct blob sig = { 0 };
	size_t n;
	int rc;

	TRY(open_hsm(&h, err));
	rc = hsm_generate(h, *a, &id, "new", &made, err);
	if (rc == 0) {
		rc = hsm_sign(h, &id, hsm_scheme_default(*a), id.o,
		    sizeof(id.o), &sig, err);
		ck_assert((rc == 0) == (sig.len > 0));
		hsm_made_done(&made);
		blob_done(&sig);
		ck_assert_int_eq(hsm_destroy(h, &id, NULL), 0);
	}
	ck_assert_int_eq(hsm_list(h, &keys, &n, NULL), 0);
	ck_assert_uint_eq(n, 1);
	free(keys);
	return rc;
}

static const enum hsm_algorithm PAIRS[] = { HSM_EC_P256, HSM_RSA_2048 };

START_TEST(a_key_that_openssl_cannot_read_is_taken_back)
{
	enum hsm_algorithm a = PAIRS[_i];

	arm(0, 0, CKR_OK);
	ck_assert_uint_ge(openssl_each(make_and_sign, &a), 6);
}
END_TEST

/* Opening and one of each work find no memory, call by call. */
START_TEST(the_token_works_or_says_that_memory_has_run_out)
{
	arm(0, 0, CKR_OK);
	ck_assert_uint_ge(fault_each(FAULT_MEMORY, all_work, NULL), 40);
}
END_TEST

UNIT_MAIN("hsm with faults",
	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, begin, scratch_clean);
	UNIT_ROWS(a_call_that_fails_harms_nothing_else, ROWS)
	UNIT(a_token_is_looked_through_whole_or_not)
	tcase_add_loop_test(tc, a_key_that_is_adopted_keeps_its_halves_together,
	    0, 2);
	UNIT_ROWS(a_key_that_openssl_cannot_read_is_taken_back, PAIRS)
	UNIT(the_token_works_or_says_that_memory_has_run_out))
