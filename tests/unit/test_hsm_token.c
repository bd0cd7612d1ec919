#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "hsm/object.h"
#include "tests/unit/softhsm.h"

static const struct {
	const char	*why;
	const char	*module, *label, *serial, *pin;
	enum err_code	 code;
} OPENS[] = {
	{ "by label and PIN", SOFTHSM_MODULE, "house", NULL, "1234", OK },
	{ "without a PIN, for what is public", SOFTHSM_MODULE, "house", NULL,
	    NULL, OK },
	{ "a wrong PIN", SOFTHSM_MODULE, "house", NULL, "1235", EAUTH },
	{ "a PIN too short to be one", SOFTHSM_MODULE, "house", NULL, "1",
	    EAUTH },
	{ "a token that is not there", SOFTHSM_MODULE, "home", NULL, "1234",
	    ENOENT_ },
	{ "a label that only begins so", SOFTHSM_MODULE, "hous", NULL, "1234",
	    ENOENT_ },
	{ "the right label, another serial", SOFTHSM_MODULE, "house",
	    "0000000000000000", "1234", ENOENT_ },
	{ "no name at all", SOFTHSM_MODULE, NULL, NULL, "1234", ERANGE_ },
	{ "a module that is not there", "/nonexistent.so", "house", NULL,
	    "1234", ETOKEN },
	{ "a library that is no module", "libm.so.6", "house", NULL, "1234",
	    ETOKEN },
};

START_TEST(a_token_opens_or_says_why_not)
{
	AUTO(secret) *pin = NULL;
	struct hsm_options o = { .module = OPENS[_i].module,
		.label = OPENS[_i].label, .serial = OPENS[_i].serial };
	struct hsm *h = NULL;
	struct err e = { 0 };

	if (OPENS[_i].pin != NULL)
		unit_ok(secret_new(OPENS[_i].pin, strlen(OPENS[_i].pin), &pin,
		    &unit_err));
	o.pin = pin;
	ck_assert_msg(hsm_open(&o, &h, &e) == -(int)OPENS[_i].code,
	    "%s: %s (%s)", OPENS[_i].why, err_code_name(e.code), e.what);
	ck_assert((h != NULL) == (OPENS[_i].code == OK));
	if (h != NULL)
		unit_ok(hsm_check(h, NULL, &unit_err));
	hsm_free(h);
}
END_TEST

START_TEST(two_tokens_of_one_name_are_told_apart_by_serial)
{
	struct hsm_options o = { .module = SOFTHSM_MODULE, .label = "house" };
	struct hsm *h = NULL;
	struct hsm_info info;

	unit_ok(hsm_open(&o, &h, &unit_err));
	hsm_info(h, &info);
	ck_assert_str_eq(info.label, "house");
	ck_assert_str_eq(info.manufacturer, "SoftHSM project");
	ck_assert_uint_eq(strlen(info.serial), 16);
	hsm_free(h);
	softhsm_token("house");
	unit_fails(hsm_open(&o, &h, &unit_err), ECONFLICT);
	o.serial = info.serial;
	unit_ok(hsm_open(&o, &h, &unit_err));
	hsm_free(h);
}
END_TEST

static const struct {
	const char	*why;
	const char	*text;
	const char	*folder;	/* NULL: none is found */
} CONFIGS[] = {
	{ "as SoftHSM ships it", "# SoftHSM v2\n\ndirectories.tokendir = "
	    "/var/lib/softhsm/tokens/\nobjectstore.backend = file\n",
	    "/var/lib/softhsm/tokens/" },
	{ "without blanks and a last newline", "directories.tokendir=/t",
	    "/t" },
	{ "with more blanks", "  directories.tokendir\t= \t/a b \t\r\n",
	    "/a b" },
	{ "the first of two", "directories.tokendir = /1\n"
	    "directories.tokendir = /2\n", "/1" },
	{ "an empty file", "", NULL },
	{ "no folder in it", "objectstore.backend = file\n", NULL },
	{ "a folder that is commented out", "# directories.tokendir = /t\n",
	    NULL },
	{ "a folder without a name", "directories.tokendir =  \n", NULL },
	{ "a name without a sign", "directories.tokendir /t\n", NULL },
	{ "a longer word", "directories.tokendirs = /t\n", NULL },
};

START_TEST(the_token_folder_is_read_from_softhsms_configuration)
{
	char *folder = NULL;

	unit_ok(io_write_file(scratch_path("other.conf"), 0600,
	    CONFIGS[_i].text, strlen(CONFIGS[_i].text), &unit_err));
	ck_assert_int_eq(setenv("SOFTHSM2_CONF", scratch_path("other.conf"),
	    1), 0);
	if (CONFIGS[_i].folder == NULL) {
		unit_fails(folder_find(&folder, &unit_err), ENOENT_);
		return;
	}
	unit_ok(folder_find(&folder, &unit_err));
	ck_assert_msg(strcmp(folder, CONFIGS[_i].folder) == 0, "%s: \"%s\"",
	    CONFIGS[_i].why, folder);
	free(folder);
}
END_TEST

START_TEST(the_token_folder_is_synced_or_an_error_says_not)
{
	struct hsm_options o = { .module = SOFTHSM_MODULE, .label = "house" };
	struct hsm *h = softhsm_open(0);
	char *folder = NULL;

	unit_ok(hsm_sync(h, &unit_err));
	hsm_free(h);
	o.folder = scratch_path("tokens");
	unit_ok(hsm_open(&o, &h, &unit_err));
	unit_ok(hsm_sync(h, &unit_err));
	hsm_free(h);
	o.folder = "/nonexistent";
	unit_ok(hsm_open(&o, &h, &unit_err));
	unit_fails(hsm_sync(h, &unit_err), EIO_);
	hsm_free(h);
	ck_assert_int_eq(setenv("SOFTHSM2_CONF", "/nonexistent", 1), 0);
	unit_fails(folder_find(&folder, &unit_err), ENOENT_);
}
END_TEST

static void
move(const char *from, const char *to)
{
	ck_assert_int_eq(rename(scratch_path(from), scratch_path(to)), 0);
}

static struct hsm *
with_key(struct blob *spki)
{
	struct hsm *h = softhsm_open(0);
	struct sha256 id = softhsm_id("a");
	struct hsm_made made;

	unit_ok(hsm_generate(h, HSM_EC_P256, &id, "a", &made, &unit_err));
	unit_ok(blob_put(spki, made.spki->data, made.spki->len, &unit_err));
	hsm_made_done(&made);
	return h;
}

static int
sign(struct hsm *h, struct blob *sig)
{
	struct sha256 id = softhsm_id("a");

	blob_clear(sig);
	return softhsm_sign(h, &id, HSM_SCHEME_ECDSA_SHA256, "image", sig,
	    &unit_err);
}

START_TEST(a_token_that_comes_back_is_found_again_without_a_restart)
{
	struct blob spki = { 0 }, sig = { 0 };
	struct hsm *h = with_key(&spki);
	struct sha256 nobody = softhsm_id("nobody");
	int i;

	for (i = 0; i < 3; i++) {
		unit_ok(sign(h, &sig));
		move("tokens", "away");
		unit_ok(io_mkdir_p(scratch_path("tokens"), 0700, &unit_err));
		unit_fails(sign(h, &sig), ETOKEN);
		unit_fails(hsm_check(h, NULL, &unit_err), ETOKEN);
		unit_fails(hsm_public(h, &nobody, &sig, &unit_err), ETOKEN);
		ck_assert_int_eq(rmdir(scratch_path("tokens")), 0);
		move("away", "tokens");
		usleep(300000);
		unit_ok(sign(h, &sig));
		ck_assert(softhsm_verifies(&spki, HSM_SCHEME_ECDSA_SHA256,
		    "image", &sig));
	}
	unit_ok(hsm_check(h, NULL, &unit_err));
	blob_done(&spki);
	blob_done(&sig);
	hsm_free(h);
}
END_TEST

/* SoftHSM shows an empty token where its folder has gone: no key is lost. */
START_TEST(an_absent_token_is_not_taken_for_absent_keys)
{
	struct blob spki = { 0 }, sig = { 0 };
	struct hsm *h = with_key(&spki);
	struct sha256 id = softhsm_id("a"), other = softhsm_id("b");
	struct hsm_made made;
	struct hsm_key *keys;
	size_t n;

	hsm_free(h);
	h = softhsm_open(0);	/* the handle is not known yet */
	move("tokens", "away");
	unit_fails(sign(h, &sig), ETOKEN);
	unit_fails(hsm_list(h, &keys, &n, &unit_err), ETOKEN);
	unit_fails(hsm_destroy(h, &id, &unit_err), ETOKEN);
	unit_fails(hsm_recall(h, HSM_EC_P256, &id, "a", &made, &unit_err),
	    ETOKEN);
	unit_fails(hsm_data_get(h, "mirror", &sig, &unit_err), ETOKEN);
	unit_fails(hsm_generate(h, HSM_EC_P256, &other, "b", &made,
	    &unit_err), ETOKEN);
	move("away", "tokens");
	usleep(300000);
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	free(keys);
	unit_ok(sign(h, &sig));
	blob_done(&spki);
	blob_done(&sig);
	hsm_free(h);
}
END_TEST

/* Each of these is the first to meet the loss. */
static const char *const FIRST[] = { "list", "destroy", "recall", "data",
	"generate", "label", "check" };

START_TEST(whoever_meets_the_loss_first_is_told_of_it)
{
	struct blob spki = { 0 }, out = { 0 };
	struct hsm *h = with_key(&spki);
	struct sha256 id = softhsm_id("a"), other = softhsm_id("b");
	struct hsm_made made;
	struct hsm_key *keys = NULL;
	size_t n;
	int rc = 0;

	move("tokens", "away");
	switch (_i) {
	case 0:
		rc = hsm_list(h, &keys, &n, &unit_err);
		break;
	case 1:
		rc = hsm_destroy(h, &id, &unit_err);
		break;
	case 2:
		rc = hsm_recall(h, HSM_EC_P256, &id, "a", &made, &unit_err);
		break;
	case 3:
		rc = hsm_data_put(h, "mirror", "x", 1, &unit_err);
		break;
	case 4:
		rc = hsm_generate(h, HSM_EC_P256, &other, "b", &made,
		    &unit_err);
		break;
	case 5:
		rc = hsm_find_label(h, "a", &other, &unit_err);
		break;
	default:
		rc = hsm_check(h, &id, &unit_err);
	}
	ck_assert_msg(rc == -(int)ETOKEN, "%s: %s", FIRST[_i],
	    rc == 0 ? "done" : unit_err.what);
	move("away", "tokens");
	usleep(300000);
	unit_ok(hsm_list(h, &keys, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	free(keys);
	unit_ok(hsm_check(h, &id, &unit_err));
	unit_fails(hsm_check(h, &other, &unit_err), ENOKEY);
	unit_ok(hsm_recall(h, HSM_EC_P256, &id, "a", &made, &unit_err));
	ck_assert_uint_eq(made.spki->len, spki.len);
	ck_assert_mem_eq(made.spki->data, spki.data, spki.len);
	hsm_made_done(&made);
	blob_done(&spki);
	blob_done(&out);
	hsm_free(h);
}
END_TEST

/* As a crash leaves it: both objects are there, and not all of their attributes. */
START_TEST(a_key_that_is_half_made_is_no_key)
{
	struct sha256 id = softhsm_id("a");
	struct hsm *h = softhsm_open(0);
	char hex[SHA256_HEX], command[1024];
	struct hsm_made made;

	sha256_hex(&id, hex);
	snprintf(command, sizeof(command), "openssl genpkey -algorithm EC -pkeyopt "
	    "ec_paramgen_curve:P-256 -out %s 2>/dev/null && softhsm2-util "
	    "--import %s --token house --label a --id %s --pin 1234 >/dev/null",
	    scratch_path("half.pem"), scratch_path("half.pem"), hex);
	softhsm_run(command);
	unit_fails(hsm_recall(h, HSM_EC_P256, &id, "a", &made, &unit_err),
	    ENOKEY);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "half made: CKA_"));
	hsm_free(h);
}
END_TEST

struct work {
	struct hsm	*h;
	struct blob	*spki;
	atomic_bool	 stop;
	atomic_int	 good, away, bad;
};

static void *
signer(void *arg)
{
	struct work *w = arg;
	struct sha256 id = softhsm_id("a");

	while (!w->stop) {
		struct blob sig = { 0 };
		struct err e = { 0 };
		int rc = softhsm_sign(w->h, &id, HSM_SCHEME_ECDSA_SHA256,
		    "image", &sig, &e);

		if (rc == 0 && softhsm_verifies(w->spki,
		    HSM_SCHEME_ECDSA_SHA256, "image", &sig))
			w->good++;
		else if (rc == -(int)ETOKEN)
			w->away++;
		else
			w->bad++;
		blob_done(&sig);
		usleep(1000);
	}
	return NULL;
}

START_TEST(threads_that_sign_meanwhile_get_a_signature_or_are_told)
{
	struct blob spki = { 0 };
	struct work w = { .h = with_key(&spki), .spki = &spki };
	pthread_t t[6];
	size_t i;
	int before;

	for (i = 0; i < NELEM(t); i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, signer, &w), 0);
	for (i = 0; i < 3; i++) {
		usleep(100000);
		move("tokens", "away");
		usleep(100000);
		move("away", "tokens");
		for (before = w.good; w.good == before;)
			usleep(10000);
	}
	w.stop = true;
	for (i = 0; i < NELEM(t); i++)
		(void)pthread_join(t[i], NULL);
	ck_assert_int_eq(w.bad, 0);
	ck_assert_int_gt(w.away, 0);
	blob_done(&spki);
	hsm_free(w.h);
}
END_TEST

/* Real tokens lock after a few: the PIN is not tried again and again. */
START_TEST(a_pin_that_was_changed_meanwhile_is_tried_twice_at_most)
{
	struct blob spki = { 0 }, sig = { 0 };
	struct hsm *h = with_key(&spki);
	int i;

	move("tokens", "away");
	unit_fails(sign(h, &sig), ETOKEN);
	move("away", "tokens");
	softhsm_run("pkcs11-tool --module " SOFTHSM_MODULE " --token-label "
	    "house --login --pin " SOFTHSM_PIN " --change-pin --new-pin 4321 "
	    ">/dev/null 2>&1");
	for (i = 0; i < 4; i++) {
		usleep(300000);
		unit_fails(sign(h, &sig), EAUTH);
	}
	softhsm_run("pkcs11-tool --module " SOFTHSM_MODULE " --token-label "
	    "house --login --pin 4321 --change-pin --new-pin " SOFTHSM_PIN
	    " >/dev/null 2>&1");
	usleep(300000);
	unit_fails(sign(h, &sig), EAUTH);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "C_Login"));
	blob_done(&spki);
	blob_done(&sig);
	hsm_free(h);
}
END_TEST

UNIT_MAIN("hsm/token",
	UNIT_SOFTHSM
	UNIT_ROWS(a_token_opens_or_says_why_not, OPENS)
	UNIT(two_tokens_of_one_name_are_told_apart_by_serial)
	UNIT_ROWS(the_token_folder_is_read_from_softhsms_configuration,
	    CONFIGS)
	UNIT(the_token_folder_is_synced_or_an_error_says_not)
	UNIT(a_token_that_comes_back_is_found_again_without_a_restart)
	UNIT(an_absent_token_is_not_taken_for_absent_keys)
	UNIT_ROWS(whoever_meets_the_loss_first_is_told_of_it, FIRST)
	UNIT(a_key_that_is_half_made_is_no_key)
	UNIT(threads_that_sign_meanwhile_get_a_signature_or_are_told)
	UNIT(a_pin_that_was_changed_meanwhile_is_tried_twice_at_most))
