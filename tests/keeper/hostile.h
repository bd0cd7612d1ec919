/*
 * hostile - the house that the hostile service attacks, and what it asks for.
 */
#ifndef TESTS_KEEPER_HOSTILE_H
#define TESTS_KEEPER_HOSTILE_H

#include "tests/keeper/house.h"

static UNUSED char prod[SHA256_HEX], dev[SHA256_HEX], ca[SHA256_HEX], other[SHA256_HEX];

/* A house with a production, a development and a CA key, all active. */
static inline UNUSED void
setup(void)
{
	rig_setup();
	house_found(5);
	house_key("firmware", "prod", "ec-p256", "ecdsa-sha256", "production", prod);
	house_key("firmware", "dev", "ec-p256", "ecdsa-sha256", "development", dev);
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, prod, "prod", "active", "12"));
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, dev, "dev", "active", "12"));
}

static inline UNUSED void
setup_ca(void)
{
	setup();
	house_key("ca", "root", "ec-p256", "ecdsa-sha256", "production", ca);
	unit_ok(house_move("ca-make", ACTION_KEY_ACTIVATE, ca, "root", "active", "12"));
}

static UNUSED const struct image IMAGE = { prod, "prod", "image", "gateway", "1.0", NULL };

/* It was refused with one of these codes, and the journal has no signature more. */
static inline UNUSED void
refused(int rc, size_t signatures, const char *code, const char *or_code)
{
	const char *got = json_str(rig.answer, "code", "none");

	ck_assert_msg(rc != 0, "the keeper did it");
	ck_assert_msg(strcmp(got, code) == 0 ||
	    (or_code != NULL && strcmp(got, or_code) == 0),
	    "refused as %s (%s), expected %s", got,
	    json_str(rig.answer, "what", ""), code);
	ck_assert_ptr_null(signature_got());
	ck_assert_str_ne(json_str(rig.answer, "what", ""), "");
	ck_assert_uint_eq(rig_entries("sign"), signatures);
}

static inline UNUSED json_t *
request_for(const struct image *i)
{
	return ask("production-image", ACTION_KEY_SIGN, "ci", sign_parameters(i));
}

static inline UNUSED int
sign_with(const char *officers)
{
	json_t *p = permit(request_for(&IMAGE), "production-image", officers);
	int rc = use(p, sign_operation(&IMAGE, "ci"));

	json_decref(p);
	return rc;
}

static inline UNUSED int
sign_other(const struct image *approved, const struct image *done)
{
	json_t *p = permit(request_for(approved), "production-image", "12");
	int rc = use(p, sign_operation(done, "ci"));

	json_decref(p);
	return rc;
}

static inline UNUSED json_t *
window_named(int uses, const char *by, const char *name)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *params;

	clock_text(clock_now() - TIME_S(1), from);
	clock_text(clock_now() + TIME_S(3600), until);
	unit_ok(json_build(&params, &unit_err,
	    "{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys", "key", prod,
	    "key_name", name, "by", by, "uses", uses, "from", from,
	    "until", until, "any_digest", 1));
	return permit(ask("window", ACTION_WINDOW_OPEN, "ci", params), "window",
	    "12");
}

static inline UNUSED json_t *
window_of(int uses, const char *by)
{
	return window_named(uses, by, "prod");
}

static inline UNUSED const char *
window_id(const json_t *w)
{
	return json_str(json_object_get(w, "request"), "id", "");
}

/* The permit to close this window; nobody needs to approve. */
static inline UNUSED json_t *
closing_of(const json_t *w, const char *who)
{
	json_t *params;

	unit_ok(json_build(&params, &unit_err, "{s:s}", "window", window_id(w)));
	return permit(ask("close", ACTION_WINDOW_CLOSE, who, params), "close", "");
}

/* @document: the window's permit, or NULL: without it. */
static inline UNUSED json_t *
close_operation(const json_t *w, const char *who, const json_t *document)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:O*}", "op",
	    "close", "window", window_id(w), "principal", who,
	    "window_document", document));
	return op;
}

static inline UNUSED int
close_window(const json_t *w, const json_t *document)
{
	json_t *p = closing_of(w, "officer-1");
	int rc = use(p, close_operation(w, "officer-1", document));

	json_decref(p);
	return rc;
}

static inline UNUSED void
copy_state(const char *from, const char *to)
{
	const char *const argv[] = { "cp", "-a", scratch_path(from),
		scratch_path(to), NULL };

	ck_assert_int_eq(rig_run(argv), 0);
}

/* Ask for an amendment as @charter says; @officers approve. */
static inline UNUSED int
amend(json_t *charter, json_t *approved, const char *officers)
{
	struct sha256 next, previous = charter_hash(house.law);
	json_t *params = json_object(), *p, *m;
	int rc;

	unit_ok(json_hash(approved, &next, &unit_err));
	unit_ok(json_set_hash(params, "charter", &next, &unit_err));
	unit_ok(json_set_hash(params, "previous", &previous, &unit_err));
	p = permit(ask("amend", ACTION_CHARTER_AMEND, "officer-1", params),
	    "amend", officers);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:o, s:O}", "do", "amend",
	    "permit_document", p, "charter", charter));
	rc = rig_call(m);
	return rc;
}

/* Another keeper beside the one that runs, if any: its exit status. */
static inline UNUSED int
keeper_on(const char *state, const char *option)
{
	char folder[512], pin[512], socket_path[512];
	const char *const argv[] = { getenv("CLAVIGER_KEEPER") == NULL ?
		"./claviger-keeper" : getenv("CLAVIGER_KEEPER"), "--state",
		folder, "--module", RIG_MODULE, "--pin-file", pin, "--socket",
		socket_path, option, NULL };

	snprintf(folder, sizeof(folder), "%s", scratch_path(state));
	snprintf(pin, sizeof(pin), "%s", scratch_path("pin"));
	snprintf(socket_path, sizeof(socket_path), "%s",
	    scratch_path("other.sock"));
	return rig_run(argv);
}

static inline UNUSED json_t *
rule_in(json_t *charter, size_t i)
{
	return json_array_get(json_object_get(json_object_get(json_object_get(
	    charter, "classes"), "firmware"), "rules"), i);
}

#endif
