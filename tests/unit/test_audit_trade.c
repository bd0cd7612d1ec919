/* The same of keys that leave their trade, and of what others certified. */
#include "config.h"

#include "tests/unit/world_taken.h"

static void
a_key_that_waits_certified_otherwise(struct pki_world *k)
{
	pki_issue(k, "ci", pki_device_parameters(k, "one"), k->responder.key,
	    &RIGHT);
}

static void
a_responder_outside(struct pki_world *k)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	pki_responder_of(k, key);
	EVP_PKEY_free(key);
}

static void
a_responder_of_another_kind(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "image", "firmware-signing");
	pki_responder_of(k, own.key);
	pki_key_done(&own);
}

static void
a_responder_that_is_an_authority(struct pki_world *k)
{
	pki_responder_of(k, k->devices.key);
}

/* Which the charter says of no profile. */
static void
a_device_of_the_root(struct pki_world *k)
{
	struct house_key devices = k->devices;

	k->devices = k->root;
	pki_device(k, "one", false, &RIGHT);
	k->devices = devices;
}

/* It names the house's root, and another key signed. */
static void
an_import_that_nobody_signed(struct pki_world *k)
{
	EVP_PKEY *root = k->root.key;
	struct house_key own;

	k->root.key = k->devices.key;
	pki_key(&k->w, &own, "imported", "ca");
	pki_import(k, &own, false, NULL);
	k->root.key = root;
	pki_key_done(&own);
}

static void
an_import_that_has_ended(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "imported", "ca");
	k->w.later = TIME_S(INT64_C(86400) * 365 * 40);
	pki_import(k, &own, false, NULL);
	pki_key_done(&own);
}

static void
a_list_that_begins_before(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, NULL);
	pki_list(k, 1, "01", 0, NULL);
	k->begins = -TIME_S(200);
	pki_list(k, 0, "02", 0, NULL);
}

static const struct {
	const char *why;
	void (*make)(struct pki_world *k);
	const char *code;
} FORGED[] = {
	{ "a key of kind ca is certified as a device's",
	    a_key_that_waits_certified_otherwise, "authority" },
	{ "a key that the token has not is certified to answer",
	    a_responder_outside, "authority" },
	{ "a key that is not of kind ca is", a_responder_of_another_kind,
	    "authority" },
	{ "an authority's is", a_responder_that_is_an_authority, "authority" },
	{ "a root certifies a device", a_device_of_the_root, "authority" },
	{ "a certificate that its root did not sign is taken in",
	    an_import_that_nobody_signed, "authority" },
	{ "one that has ended is", an_import_that_has_ended, "authority" },
	{ "a list begins before the one that it follows",
	    a_list_that_begins_before, "revocation-list" },
};

START_TEST(what_leaves_its_trade_is_found)
{
	struct pki_world k;
	json_t *r;
	char *text;

	pki_world_begin(&k);
	FORGED[_i].make(&k);
	r = pki_judged(&k, 0);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(bundle_has(r, FORGED[_i].code), "%s: %s", FORGED[_i].why,
	    text);
	free(text);
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

ENGINE_MAIN("audit/trade",
	UNIT_ROWS(what_leaves_its_trade_is_found, FORGED))
