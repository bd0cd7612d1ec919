/*
 * Keys that the token has by other means: taken in under quorum, once, and
 * only as what they are.
 */
#include "config.h"

#include "hsm/hsm.h"
#include "tests/keeper/certs.h"

#define TOOL	"pkcs11-tool", "--module", RIG_MODULE, "--login", "--pin", RIG_PIN, \
		"--token-label", RIG_TOKEN

static void
token_makes(const char *type, const char *label, const char *id)
{
	const char *const argv[] = { TOOL, "--keypairgen", "--key-type", type,
		"--label", label, "--id", id, NULL };

	ck_assert_int_eq(rig_run(argv), 0);
}

static void
token_drops(const char *type, const char *label)
{
	const char *const argv[] = { TOOL, "--delete-object", "--type", type,
		"--label", label, NULL };

	ck_assert_int_eq(rig_run(argv), 0);
}

/* As the house's own are made: the private half may not be renamed. */
static void
token_makes_kept(const char *label, struct sha256 *id)
{
	AUTO(secret) *pin = NULL;
	AUTO(hsm) *h = NULL;
	struct hsm_options o = { .module = RIG_MODULE, .label = RIG_TOKEN };
	struct hsm_made made;

	*id = sha256_of(label, strlen(label));
	unit_ok(secret_new(RIG_PIN, strlen(RIG_PIN), &pin, &unit_err));
	o.pin = pin;
	unit_ok(hsm_open(&o, &h, &unit_err));
	unit_ok(hsm_generate(h, HSM_EC_P256, id, label, &made, &unit_err));
	hsm_made_done(&made);
}

static int
token_shows(const char *type, const char *label)
{
	const char *const argv[] = { TOOL, "--read-object", "--type", type,
		"--label", label, "--output-file", scratch_path("shown.der"),
		NULL };

	return rig_run(argv);
}

/* The public half of one key, called as that of another. */
static void
token_copies(const char *from, const char *label, const char *id)
{
	char file[512];
	const char *const read[] = { TOOL, "--read-object", "--type", "pubkey",
		"--label", from, "--output-file", file, NULL };
	const char *const write[] = { TOOL, "--write-object", file, "--type",
		"pubkey", "--label", label, "--id", id, NULL };

	snprintf(file, sizeof(file), "%s", scratch_path("half.der"));
	ck_assert_int_eq(rig_run(read), 0);
	ck_assert_int_eq(rig_run(write), 0);
}

struct wanted {
	const char	*name, *class, *algorithm, *scheme, *object, *officers;
};

static json_t *
adopt_permit(const struct wanted *w)
{
	const char *rule = strcmp(w->class, "ca") == 0 ? "ca-make" : "make";
	json_t *params;

	unit_ok(json_build(&params, &unit_err,
	    "{s:s, s:s, s:s, s:s, s:s, s:[s], s:s}", "name", w->name, "class",
	    w->class, "algorithm", w->algorithm, "scheme", w->scheme,
	    "environment", "production", "products", "gateway", "object",
	    w->object));
	return permit(ask(rule, ACTION_KEY_ADOPT, "officer-1", params), rule,
	    w->officers);
}

static int
adopt_use(const json_t *p)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "adopt",
	    "principal", "officer-1"));
	return use(p, op);
}

static int
adopt(const struct wanted *w)
{
	json_t *p = adopt_permit(w);
	int rc = adopt_use(p);

	json_decref(p);
	return rc;
}

static const struct wanted PLANT = { "plant", "ca", "ec-p256",
	"ecdsa-sha256", "label:Plant CA", "12" };

static const json_t *
row_named(const char *name)
{
	const json_t *row;
	json_t *m;
	size_t i;

	unit_ok(message_make(MESSAGE_KEYS, &m, &unit_err));
	unit_ok(rig_call(m));
	json_array_foreach(json_object_get(rig.answer, "keys"), i, row)
		if (strcmp(json_str(row, "name", ""), name) == 0)
			return row;
	return NULL;
}

START_TEST(a_key_of_the_token_is_taken_in_and_not_as_exclusive)
{
	struct attempt a;
	struct held_key plant = { .name = "plant" };
	const json_t *row;
	json_t *p, *entry;

	certs_setup();
	token_makes("EC:prime256v1", "Plant CA", "01a4");
	p = adopt_permit(&PLANT);
	unit_ok(adopt_use(p));
	entry = json_incref(json_object_get(rig.answer, "entry"));
	row = row_named("plant");
	ck_assert_ptr_nonnull(row);
	ck_assert(!json_flag(row, "exclusive", true));
	ck_assert(!json_flag(row, "exportable", true));
	ck_assert_str_eq(json_str(row, "state", ""), "pre-activation");
	/* Again, and after a crash, it is the same deed. */
	rig_again(SIGKILL);
	unit_ok(adopt_use(p));
	ck_assert(json_equal(entry, json_object_get(rig.answer, "entry")));
	ck_assert_uint_eq(rig_entries("adopt"), 1);
	/* It works as any other does. */
	snprintf(plant.hash, sizeof(plant.hash), "%s", json_str(
	    json_object_get(entry, "result"), "key", ""));
	unit_ok(b64_decode(json_str(json_object_get(entry, "result"), "spki",
	    ""), &plant.spki, &unit_err));
	unit_ok(house_move("ca-make", ACTION_KEY_ACTIVATE, plant.hash,
	    plant.name, "active", "12"));
	ca_attempt(&a, &plant, NULL, "root", &plant,
	    ca_parameters("plant", "Plant", NULL, &plant));
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	blob_done(&plant.spki);
	json_decref(entry);
	json_decref(p);
}
END_TEST

START_TEST(it_is_found_by_its_id_too)
{
	struct wanted w = PLANT;

	certs_setup();
	token_makes("EC:prime256v1", "Plant CA", "01a4");
	w.object = "id:01a5";
	ck_assert_int_eq(adopt(&w), -ENOKEY);
	w.object = "id:01a4";
	unit_ok(adopt(&w));
}
END_TEST

START_TEST(it_takes_the_quorum_and_the_class)
{
	struct wanted w = PLANT;
	json_t *p, *op;

	certs_setup();
	token_makes("EC:prime256v1", "Plant CA", "01a4");
	w.officers = "1";
	ck_assert_int_eq(adopt(&w), -EQUORUM);
	w.officers = "12";
	/* Leave to adopt is none to generate. */
	p = adopt_permit(&w);
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "generate",
	    "principal", "officer-1"));
	ck_assert_int_eq(use(p, op), -EPROOF);
	json_decref(p);
	w.algorithm = "aes-256";
	w.scheme = "none";
	ck_assert_int_ne(adopt(&w), 0);
	w = PLANT;
	w.scheme = "ecdsa-sha384";
	ck_assert_int_ne(adopt(&w), 0);
	w = PLANT;
	w.name = "root";
	ck_assert_int_eq(adopt(&w), -EEXISTS);
	ck_assert_uint_eq(rig_entries("adopt"), 0);
	/* What failed can be asked for anew. */
	unit_ok(adopt(&PLANT));
}
END_TEST

START_TEST(a_key_is_taken_in_as_what_it_is)
{
	struct wanted w = PLANT;

	certs_setup();
	token_makes("EC:secp384r1", "Plant CA", "01a4");
	ck_assert_int_eq(adopt(&w), -ERANGE_);
	w.algorithm = "rsa-3072";
	w.scheme = "rsa-pss-sha256";
	ck_assert_int_ne(adopt(&w), 0);
	ck_assert_uint_eq(rig_entries("adopt"), 0);
	token_makes("RSA:2048", "small", "02");
	w.object = "label:small";
	w.class = "firmware";
	ck_assert_int_eq(adopt(&w), -EDENIED);
	ck_assert_uint_eq(rig_entries("adopt"), 0);
}
END_TEST

START_TEST(halves_of_two_keys_are_none)
{
	certs_setup();
	token_makes("EC:prime256v1", "Plant CA", "01a4");
	token_makes("EC:prime256v1", "other", "01a5");
	token_drops("pubkey", "Plant CA");
	ck_assert_int_eq(adopt(&PLANT), -ENOKEY);
	token_copies("other", "Plant CA", "01a4");
	ck_assert_int_eq(adopt(&PLANT), -EVERIFY);
	ck_assert_uint_eq(rig_entries("adopt"), 0);
	ck_assert_ptr_null(row_named("plant"));
}
END_TEST

START_TEST(two_of_one_label_are_none)
{
	certs_setup();
	token_makes("EC:prime256v1", "Plant CA", "01a4");
	token_makes("EC:prime256v1", "Plant CA", "01a5");
	ck_assert_int_eq(adopt(&PLANT), -ECONFLICT);
}
END_TEST

/* Neither a key of the register, nor those by which the keeper speaks. */
START_TEST(what_the_house_has_is_not_taken_in_again)
{
	static const char *const own[] = { "label:root", "label:issuing",
		"label:claviger-keeper", "label:claviger-ledger" };
	struct wanted w = PLANT;

	certs_setup();
	for (size_t i = 0; i < NELEM(own); i++) {
		w.object = own[i];
		ck_assert_int_eq(adopt(&w), -EEXISTS);
	}
	ck_assert_uint_eq(rig_entries("adopt"), 0);
	/* They still serve. */
	rig_again(SIGKILL);
	ck_assert_ptr_nonnull(row_named("root"));
}
END_TEST

/* A refusal of the key itself is told, journaled, and in nobody's way. */
static void
is_refused(const struct wanted *w, const char *why)
{
	ck_assert_int_eq(adopt(w), -ERANGE_);
	ck_assert_msg(strstr(unit_err.what, why) != NULL, "%s", unit_err.what);
	ck_assert_uint_eq(rig_entries("generate-failed"), 1);
	ck_assert_int_eq(token_shows("pubkey", "Plant CA"), 0);
	ck_assert_int_ne(token_shows("pubkey", "plant"), 0);
	rig_again(SIGKILL);
	ck_assert_ptr_nonnull(row_named("root"));
	ck_assert_ptr_null(row_named("plant"));
	ck_assert_int_eq(adopt(w), -ERANGE_);
	ck_assert_uint_eq(rig_entries("adopt"), 0);
}

START_TEST(a_key_that_may_not_be_renamed_stays_as_it_is)
{
	struct sha256 id;

	certs_setup();
	token_makes_kept("Plant CA", &id);
	is_refused(&PLANT, "CKA_MODIFIABLE");
}
END_TEST

START_TEST(a_key_that_asks_for_the_pin_each_time_stays_as_it_is)
{
	const char *const argv[] = { TOOL, "--keypairgen", "--key-type",
		"EC:prime256v1", "--label", "Plant CA", "--id", "01a4",
		"--always-auth", NULL };

	certs_setup();
	ck_assert_int_eq(rig_run(argv), 0);
	is_refused(&PLANT, "CKA_ALWAYS_AUTHENTICATE");
}
END_TEST

UNIT_MAIN("keeper: keys that are taken in",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_key_of_the_token_is_taken_in_and_not_as_exclusive)
	UNIT(it_is_found_by_its_id_too)
	UNIT(it_takes_the_quorum_and_the_class)
	UNIT(a_key_is_taken_in_as_what_it_is)
	UNIT(halves_of_two_keys_are_none)
	UNIT(two_of_one_label_are_none)
	UNIT(what_the_house_has_is_not_taken_in_again)
	UNIT(a_key_that_may_not_be_renamed_stays_as_it_is)
	UNIT(a_key_that_asks_for_the_pin_each_time_stays_as_it_is))
