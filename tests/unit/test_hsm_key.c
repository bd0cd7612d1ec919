#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#define SOFTHSM_ED25519
#include "tests/unit/softhsm.h"

#define THREADS	8
#define SIGNATURES 50

static const struct {
	enum hsm_algorithm	 algorithm;
	enum hsm_scheme		 scheme;
} KINDS[] = {
	{ HSM_EC_P256, HSM_SCHEME_ECDSA_SHA256 },
	{ HSM_EC_P384, HSM_SCHEME_ECDSA_SHA384 },
	{ HSM_RSA_2048, HSM_SCHEME_RSA_PSS_SHA256 },
	{ HSM_RSA_2048, HSM_SCHEME_RSA_PKCS1_SHA256 },
	{ HSM_RSA_3072, HSM_SCHEME_RSA_PSS_SHA256 },
	{ HSM_RSA_4096, HSM_SCHEME_RSA_PKCS1_SHA256 },
	{ HSM_ED25519, HSM_SCHEME_EDDSA },
};

START_TEST(a_key_of_every_kind_signs_what_openssl_verifies)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("key");
	struct hsm_made made;
	struct blob sig = { 0 }, spki = { 0 };

	ck_assert(hsm_can(h, KINDS[_i].algorithm));
	unit_ok(hsm_generate(h, KINDS[_i].algorithm, &id, "firmware", &made,
	    &unit_err));
	unit_ok(softhsm_sign(h, &id, KINDS[_i].scheme, "image", &sig,
	    &unit_err));
	ck_assert(softhsm_verifies(made.spki, KINDS[_i].scheme, "image",
	    &sig));
	ck_assert(!softhsm_verifies(made.spki, KINDS[_i].scheme, "imagf",
	    &sig));
	unit_ok(hsm_public(h, &id, &spki, &unit_err));
	ck_assert_uint_eq(spki.len, made.spki->len);
	ck_assert_mem_eq(spki.data, made.spki->data, spki.len);
	ck_assert(strncmp(made.uri, "pkcs11:", 7) == 0);
	ck_assert_ptr_nonnull(strstr(made.uri, "object=firmware"));
	ck_assert_ptr_null(strstr(made.uri, "pin"));
	hsm_made_done(&made);
	blob_done(&sig);
	blob_done(&spki);
	hsm_free(h);
}
END_TEST

START_TEST(an_aes_key_has_a_check_value_and_signs_nothing)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a"), id2 = softhsm_id("b");
	struct hsm_made a, b;
	struct blob sig = { 0 };

	unit_ok(hsm_generate(h, HSM_AES_128, &id, "ota", &a, &unit_err));
	unit_ok(hsm_generate(h, HSM_AES_256, &id2, "ota", &b, &unit_err));
	ck_assert(a.spki == NULL && b.spki == NULL);
	ck_assert_mem_ne(a.kcv, b.kcv, sizeof(a.kcv));
	unit_fails(hsm_sign(h, &id, HSM_SCHEME_NONE, "x", 1, &sig, &unit_err),
	    ERANGE_);
	unit_fails(softhsm_sign(h, &id, HSM_SCHEME_ECDSA_SHA256, "x", &sig,
	    &unit_err), ERANGE_);
	ck_assert_uint_eq(sig.len, 0);
	hsm_made_done(&a);
	hsm_made_done(&b);
	hsm_free(h);
}
END_TEST

static void
make(struct hsm *h, const char *name)
{
	struct sha256 id = softhsm_id(name);
	struct hsm_made made;

	unit_ok(hsm_generate(h, HSM_EC_P256, &id, name, &made, &unit_err));
	hsm_made_done(&made);
}

START_TEST(an_id_is_given_once_and_a_label_may_be_given_again)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a"), found, other = softhsm_id("b");
	struct hsm_made made;

	make(h, "a");
	unit_fails(hsm_generate(h, HSM_EC_P256, &id, "again", &made,
	    &unit_err), EEXISTS);
	unit_ok(hsm_find_label(h, "a", &found, &unit_err));
	ck_assert(sha256_equal(&id, &found));
	unit_fails(hsm_find_label(h, "again", &found, &unit_err), ENOKEY);
	unit_ok(hsm_generate(h, HSM_EC_P256, &other, "a", &made, &unit_err));
	hsm_made_done(&made);
	unit_fails(hsm_find_label(h, "a", &found, &unit_err), ECONFLICT);
	unit_fails(hsm_generate(h, HSM_EC_P256, &other, "", &made, &unit_err),
	    ERANGE_);
	hsm_free(h);
}
END_TEST

START_TEST(a_destroyed_key_is_gone_with_all_its_objects)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a");
	struct hsm_key *keys;
	struct blob sig = { 0 };
	size_t n;

	make(h, "a");
	make(h, "b");
	unit_ok(softhsm_sign(h, &id, HSM_SCHEME_ECDSA_SHA256, "x", &sig,
	    &unit_err));
	unit_ok(hsm_destroy(h, &id, &unit_err));
	unit_ok(hsm_destroy(h, &id, &unit_err));
	unit_fails(softhsm_sign(h, &id, HSM_SCHEME_ECDSA_SHA256, "x", &sig,
	    &unit_err), ENOKEY);
	unit_fails(hsm_public(h, &id, &sig, &unit_err), ENOKEY);
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(keys[0].label, "b");
	free(keys);
	blob_done(&sig);
	hsm_free(h);
}
END_TEST

START_TEST(the_digest_must_have_the_schemes_length)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a");
	struct blob sig = { 0 };

	make(h, "a");
	unit_fails(hsm_sign(h, &id, HSM_SCHEME_ECDSA_SHA256, "short", 5, &sig,
	    &unit_err), ERANGE_);
	unit_fails(hsm_sign(h, &id, HSM_SCHEME_RSA_PSS_SHA256, id.o,
	    sizeof(id.o), &sig, &unit_err), ERANGE_);
	hsm_free(h);
}
END_TEST

/* Leave half a pair behind, as a crash does. */
static void
tear(const char *type)
{
	char command[512], id[65] = "";
	struct sha256 a = softhsm_id("a");
	size_t i;

	for (i = 0; i < sizeof(a.o); i++)
		snprintf(id + 2 * i, 3, "%02x", a.o[i]);
	snprintf(command, sizeof(command), "pkcs11-tool --module "
	    SOFTHSM_MODULE " --token-label house --login --pin " SOFTHSM_PIN
	    " --delete-object --type %s --id %s >/dev/null 2>&1", type, id);
	softhsm_run(command);
}

static const struct {
	const char	*why;
	const char	*type;
	bool		 private;	/* what is left */
} HALVES[] = {
	{ "the public half alone", "privkey", false },
	{ "the private half alone", "pubkey", true },
};

START_TEST(half_a_pair_is_listed_as_partial_and_can_be_destroyed)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a");
	struct hsm_key *keys;
	size_t n;

	make(h, "a");
	hsm_free(h);
	tear(HALVES[_i].type);
	h = softhsm_open(0);
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_msg(n == 1 && keys[0].partial && keys[0].id_fits &&
	    keys[0].has_private == HALVES[_i].private &&
	    keys[0].has_public != HALVES[_i].private &&
	    sha256_equal(&keys[0].id, &id), "%s", HALVES[_i].why);
	free(keys);
	unit_ok(hsm_destroy(h, &id, &unit_err));
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	free(keys);
	hsm_free(h);
}
END_TEST

START_TEST(a_data_object_is_replaced_and_outlives_the_session)
{
	struct hsm *h = softhsm_open(0);
	struct blob b = { 0 };
	char big[4097] = { 0 };

	unit_fails(hsm_data_get(h, "mirror", &b, &unit_err), ENOENT_);
	unit_ok(hsm_data_put(h, "mirror", "one", 3, &unit_err));
	unit_ok(hsm_data_put(h, "other", "else", 4, &unit_err));
	unit_ok(hsm_data_put(h, "mirror", "", 0, &unit_err));
	unit_ok(hsm_data_put(h, "mirror", "three", 5, &unit_err));
	unit_ok(hsm_data_get(h, "mirror", &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), "three");
	hsm_free(h);
	h = softhsm_open(0);
	blob_clear(&b);
	unit_ok(hsm_data_get(h, "mirror", &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), "three");
	unit_ok(hsm_data_put(h, "mirror", big, 4096, &unit_err));
	unit_fails(hsm_data_put(h, "mirror", big, 4097, &unit_err), ERANGE_);
	unit_ok(hsm_sync(h, &unit_err));
	blob_done(&b);
	hsm_free(h);
}
END_TEST

struct work {
	struct hsm	*h;
	struct blob	*spki;
	atomic_int	 failures, busy;
};

static void *
signer(void *arg)
{
	struct work *w = arg;
	struct sha256 id = softhsm_id("a");
	int i;

	for (i = 0; i < SIGNATURES; i++) {
		struct blob sig = { 0 };
		struct err e = { 0 };

		if (softhsm_sign(w->h, &id, HSM_SCHEME_ECDSA_SHA256, "image",
		    &sig, &e) != 0 || !softhsm_verifies(w->spki,
		    HSM_SCHEME_ECDSA_SHA256, "image", &sig))
			w->failures++;
		blob_done(&sig);
	}
	return NULL;
}

static const struct {
	const char	*why;
	unsigned	 sessions;
} POOLS[] = {
	{ "one session for all", 1 }, { "fewer sessions than threads", 3 },
	{ "sessions enough", 16 },
};

START_TEST(many_threads_sign_through_few_sessions)
{
	struct work w = { .h = softhsm_open(POOLS[_i].sessions) };
	struct sha256 id = softhsm_id("a");
	pthread_t t[THREADS];
	int i;

	w.spki = blob_new();
	make(w.h, "a");
	unit_ok(hsm_public(w.h, &id, w.spki, &unit_err));
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, signer, &w), 0);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	ck_assert_msg(w.failures == 0, "%s: %d failed", POOLS[_i].why,
	    (int)w.failures);
	blob_free(w.spki);
	hsm_free(w.h);
}
END_TEST

static void *
hasty(void *arg)
{
	struct work *w = arg;
	struct sha256 id = softhsm_id("a");
	int i, rc;

	for (i = 0; i < SIGNATURES; i++) {
		struct blob sig = { 0 };

		rc = softhsm_sign(w->h, &id, HSM_SCHEME_RSA_PSS_SHA256,
		    "image", &sig, NULL);
		if (rc != 0 && rc != -(int)EBUSY_)
			w->failures++;
		if (rc == -(int)EBUSY_)
			w->busy++;
		blob_done(&sig);
	}
	return NULL;
}

START_TEST(who_cannot_wait_for_a_session_is_told_so)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options o = { .module = SOFTHSM_MODULE, .label = "house",
		.sessions = 1, .wait = 1 };
	struct work w = { 0 };
	struct sha256 id = softhsm_id("a");
	struct hsm_made made;
	pthread_t t[THREADS];
	int i;

	unit_ok(secret_new(SOFTHSM_PIN, strlen(SOFTHSM_PIN), &pin, &unit_err));
	o.pin = pin;
	unit_ok(hsm_open(&o, &w.h, &unit_err));
	unit_ok(hsm_generate(w.h, HSM_RSA_2048, &id, "a", &made, &unit_err));
	hsm_made_done(&made);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, hasty, &w), 0);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	ck_assert_int_eq(w.failures, 0);
	ck_assert_int_gt(w.busy, 0);
	o.sessions = 1000;
	unit_fails(hsm_open(&o, &w.h, &unit_err), ERANGE_);
	hsm_free(w.h);
}
END_TEST

UNIT_MAIN("hsm/key",
	UNIT_SOFTHSM
	UNIT_ROWS(a_key_of_every_kind_signs_what_openssl_verifies, KINDS)
	UNIT(an_aes_key_has_a_check_value_and_signs_nothing)
	UNIT(an_id_is_given_once_and_a_label_may_be_given_again)
	UNIT(a_destroyed_key_is_gone_with_all_its_objects)
	UNIT(the_digest_must_have_the_schemes_length)
	UNIT_ROWS(half_a_pair_is_listed_as_partial_and_can_be_destroyed,
	    HALVES)
	UNIT(a_data_object_is_replaced_and_outlives_the_session)
	UNIT_ROWS(many_threads_sign_through_few_sessions, POOLS)
	UNIT(who_cannot_wait_for_a_session_is_told_so))
