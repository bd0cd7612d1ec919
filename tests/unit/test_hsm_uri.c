#include "config.h"

#include "hsm/uri.h"
#define SOFTHSM_ED25519
#include "tests/unit/softhsm.h"

/* Another token, of an officer, with keys as cards have them; made once for all tests. */
static void
officer_make(void)
{
	static const char *const KEYS[][3] = {
		{ "EC:prime256v1", "p256", "01" },
		{ "EC:secp384r1", "p384", "02" },
		{ "rsa:3072", "rsa", "03" },
		{ "rsa:2048", "short", "04" },
		{ "EC:edwards25519", "edwards", "05" },
	};
	char command[512];
	size_t i;

	softhsm_make();
	softhsm_token("officer");
	for (i = 0; i < NELEM(KEYS); i++) {
		snprintf(command, sizeof(command), "pkcs11-tool --module "
		    SOFTHSM_MODULE " --token-label officer --login --pin "
		    SOFTHSM_PIN " --keypairgen --key-type %s --label %s "
		    "--id %s >/dev/null 2>&1", KEYS[i][0], KEYS[i][1],
		    KEYS[i][2]);
		softhsm_run(command);
	}
	unit_ok(io_write_file(scratch_path("pin"), 0600, SOFTHSM_PIN "\n", 5,
	    &unit_err));
	unit_ok(io_write_file(scratch_path("open-pin"), 0644, SOFTHSM_PIN, 4,
	    &unit_err));
}

/* Opens a URI whose %s is the scratch folder. */
static int
open_uri(const char *form, hsm_ask *ask, void *ctx, struct hsm_uri_key **ret,
    struct err *err)
{
	char uri[512];
	const char *at = strstr(form, "%s");

	if (at == NULL)
		snprintf(uri, sizeof(uri), "%s", form);
	else
		snprintf(uri, sizeof(uri), "%.*s%s%s", (int)(at - form), form,
		    scratch, at + 2);
	return hsm_uri_open(uri, SOFTHSM_MODULE, ask, ctx, ret, err);
}

static const struct {
	const char	*why;
	const char	*uri;
	enum hsm_scheme	 scheme;
	enum err_code	 code;
} ROWS[] = {
	{ "P-256 by name", "pkcs11:token=officer;object=p256?pin-value=1234",
	    HSM_SCHEME_ECDSA_SHA256, OK },
	{ "P-384 by id", "pkcs11:token=officer;id=%02?pin-value=1234",
	    HSM_SCHEME_ECDSA_SHA384, OK },
	{ "RSA by both", "pkcs11:token=officer;object=rsa;id=%03"
	    "?pin-value=1234", HSM_SCHEME_RSA_PSS_SHA256, OK },
	{ "Ed25519", "pkcs11:token=officer;object=edwards?pin-value=1234",
	    HSM_SCHEME_EDDSA, OK },
	{ "the PIN from a file", "pkcs11:token=officer;object=p256;"
	    "type=private?pin-source=%s/pin", HSM_SCHEME_ECDSA_SHA256, OK },
	{ "the PIN from a file: URI", "pkcs11:token=officer;object=p256"
	    "?pin-source=file:%s/pin", HSM_SCHEME_ECDSA_SHA256, OK },
	{ "a PIN file that all can read", "pkcs11:token=officer;object=p256"
	    "?pin-source=%s/open-pin", HSM_SCHEME_NONE, EDENIED },
	{ "a PIN file that is not there", "pkcs11:token=officer;object=p256"
	    "?pin-source=%s/none", HSM_SCHEME_NONE, EIO_ },
	{ "a command for a PIN", "pkcs11:token=officer;object=p256"
	    "?pin-source=%7Cecho%201234", HSM_SCHEME_NONE, EINPUT },
	{ "a wrong PIN", "pkcs11:token=officer;object=p256?pin-value=4321",
	    HSM_SCHEME_NONE, EAUTH },
	{ "no PIN and nobody to ask", "pkcs11:token=officer;object=p256",
	    HSM_SCHEME_NONE, EAUTH },
	{ "no such token", "pkcs11:token=other;object=p256?pin-value=1234",
	    HSM_SCHEME_NONE, ENOENT_ },
	{ "several tokens", "pkcs11:object=p256?pin-value=1234",
	    HSM_SCHEME_NONE, ECONFLICT },
	{ "no such key", "pkcs11:token=officer;object=p521?pin-value=1234",
	    HSM_SCHEME_NONE, ENOKEY },
	{ "several keys", "pkcs11:token=officer?pin-value=1234",
	    HSM_SCHEME_NONE, ECONFLICT },
	{ "a short RSA key", "pkcs11:token=officer;object=short"
	    "?pin-value=1234", HSM_SCHEME_NONE, ERANGE_ },
	{ "an attribute that is none", "pkcs11:token=officer;thing=p256",
	    HSM_SCHEME_NONE, EINPUT },
	{ "no URI", "pkcs11:token", HSM_SCHEME_NONE, EINPUT },
	{ "a module that is none", "pkcs11:token=officer;object=p256"
	    "?module-path=/nonexistent.so&pin-value=1234", HSM_SCHEME_NONE,
	    ETOKEN },
};

START_TEST(a_uri_names_one_key_or_says_why_not)
{
	AUTO(hsm_uri_key) *k = NULL;
	struct blob sig = { 0 };
	struct err e = { 0 };

	ck_assert_msg(open_uri(ROWS[_i].uri, NULL, NULL, &k, &e) ==
	    -(int)ROWS[_i].code, "%s: %s (%s)", ROWS[_i].why,
	    err_code_name(e.code), e.what);
	if (k == NULL)
		return;
	unit_ok(hsm_uri_key_sign(k, "statement", 9, &sig, &unit_err));
	ck_assert(softhsm_verifies(hsm_uri_key_spki(k), ROWS[_i].scheme,
	    "statement", &sig));
	blob_done(&sig);
}
END_TEST

struct answers {
	const char	*pin[4];
	int		 asked;
};

static int
answer(void *ctx, const char *label, bool again, struct secret **ret,
    struct err *err)
{
	struct answers *a = ctx;
	const char *pin = a->pin[a->asked];

	ck_assert_str_eq(label, "officer");
	ck_assert(again == (a->asked > 0));
	a->asked++;
	if (pin == NULL)
		return err_set(err, EAUTH, "nobody is there");
	return secret_new(pin, strlen(pin), ret, err);
}

static const struct {
	const char	*why;
	struct answers	 answers;
	enum err_code	 code;
	int		 asked;
} ASKS[] = {
	{ "the right one at once", { { "1234" }, 0 }, OK, 1 },
	{ "the right one at last", { { "1", "12345", "1234" }, 0 }, OK, 3 },
	{ "never", { { "1235", "1236", "1237", "1234" }, 0 }, EAUTH, 3 },
	{ "nobody answers", { { NULL }, 0 }, EAUTH, 1 },
};

START_TEST(a_pin_is_asked_for_three_times_at_most)
{
	AUTO(hsm_uri_key) *k = NULL;
	struct answers a = ASKS[_i].answers;
	struct blob sig = { 0 };
	struct err e = { 0 };

	ck_assert_msg(open_uri("pkcs11:token=officer;object=p256", answer, &a,
	    &k, &e) == -(int)ASKS[_i].code, "%s: %s", ASKS[_i].why, e.what);
	ck_assert_int_eq(a.asked, ASKS[_i].asked);
	if (k != NULL)
		unit_ok(hsm_uri_key_sign(k, "x", 1, &sig, &unit_err));
	blob_done(&sig);
}
END_TEST

/* Cards that ask for the PIN at each signature: CKA_ALWAYS_AUTHENTICATE. */
START_TEST(a_key_that_wants_its_pin_each_time_gets_it)
{
	AUTO(hsm_uri_key) *k = NULL;
	struct blob sig = { 0 };
	int i;

	softhsm_run("pkcs11-tool --module " SOFTHSM_MODULE " --token-label "
	    "officer --login --pin " SOFTHSM_PIN " --keypairgen --key-type "
	    "EC:prime256v1 --label each --id 06 --always-auth >/dev/null "
	    "2>&1");
	unit_ok(open_uri("pkcs11:token=officer;object=each?pin-value=1234",
	    NULL, NULL, &k, &unit_err));
	for (i = 0; i < 3; i++) {
		blob_clear(&sig);
		unit_ok(hsm_uri_key_sign(k, "x", 1, &sig, &unit_err));
		ck_assert(softhsm_verifies(hsm_uri_key_spki(k),
		    HSM_SCHEME_ECDSA_SHA256, "x", &sig));
	}
	blob_done(&sig);
}
END_TEST

START_TEST(a_certificate_serves_where_no_public_key_is)
{
	AUTO(hsm_uri_key) *k = NULL;
	struct blob sig = { 0 };

	softhsm_run("cd $(dirname $SOFTHSM2_CONF) && openssl req -x509 "
	    "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x "
	    "-keyout k.pem -out c.pem 2>/dev/null && openssl x509 -in c.pem "
	    "-outform DER -out c.der && openssl pkcs8 -topk8 -nocrypt -in "
	    "k.pem -outform DER -out k.der && for t in privkey:k.der "
	    "cert:c.der; do pkcs11-tool --module " SOFTHSM_MODULE
	    " --token-label officer --login --pin " SOFTHSM_PIN
	    " --write-object ${t#*:} --type ${t%%:*} --label card --id 07 "
	    ">/dev/null 2>&1 || exit 1; done");
	unit_ok(open_uri("pkcs11:token=officer;object=card?pin-value=1234",
	    NULL, NULL, &k, &unit_err));
	unit_ok(hsm_uri_key_sign(k, "x", 1, &sig, &unit_err));
	ck_assert(softhsm_verifies(hsm_uri_key_spki(k),
	    HSM_SCHEME_ECDSA_SHA256, "x", &sig));
	blob_done(&sig);
}
END_TEST

START_TEST(a_uri_is_told_from_a_file)
{
	ck_assert(hsm_uri_is("pkcs11:token=x"));
	ck_assert(!hsm_uri_is("officer-1.pem"));
	ck_assert(!hsm_uri_is("PKCS11:x"));
	ck_assert(!hsm_uri_is(""));
}
END_TEST

UNIT_MAIN("hsm/uri",
	tcase_add_unchecked_fixture(tc, officer_make, scratch_clean);
	UNIT_ROWS(a_uri_names_one_key_or_says_why_not, ROWS)
	UNIT_ROWS(a_pin_is_asked_for_three_times_at_most, ASKS)
	UNIT(a_key_that_wants_its_pin_each_time_gets_it)
	UNIT(a_certificate_serves_where_no_public_key_is)
	UNIT(a_uri_is_told_from_a_file))
