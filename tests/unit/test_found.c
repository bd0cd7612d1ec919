/* A finding is what was told of it, open until something becomes of it. */
#include "config.h"

#include "tests/unit/world_cert.h"
#include "tests/unit/world_found.h"

START_TEST(a_finding_is_open_until_something_becomes_of_it)
{
	json_t *f = world_finding("private-key", "file://h/x", NULL);
	struct world w;

	world_begin(&w);
	IS_FOUND(&w, f, "none");
	unit_fails(world_report(&w, NULL, world_finding_id(f), NULL,
	    &unit_err), ENOENT_);
	unit_ok(world_report(&w, json_incref(f), NULL, NULL, &unit_err));
	IS_FOUND(&w, f, "open");
	unit_ok(world_dismiss(&w, world_finding_id(f), &unit_err));
	unit_ok(world_report(&w, json_incref(f), NULL, NULL, &unit_err));
	IS_FOUND(&w, f, "dismissed");
	unit_fails(world_dismiss(&w, world_finding_id(f), &unit_err),
	    ECONFLICT);
	unit_ok(world_report(&w, NULL, world_finding_id(f), NULL, &unit_err));
	IS_FOUND(&w, f, "gone");
	unit_fails(world_dismiss(&w, world_finding_id(f), &unit_err),
	    ECONFLICT);
	unit_ok(world_report(&w, NULL, world_finding_id(f), NULL, &unit_err));
	IS_FOUND(&w, f, "gone");
	unit_ok(world_report(&w, json_incref(f), NULL, NULL, &unit_err));
	IS_FOUND(&w, f, "dismissed");
	json_decref(f);
	world_end(&w);
}
END_TEST

/* Whoever tells it again has seen it, and is who says so. */
START_TEST(only_who_told_it_says_that_it_is_gone)
{
	json_t *f = world_finding("private-key", "file://h/x", NULL);
	struct world w;

	world_begin(&w);
	unit_ok(world_report(&w, json_incref(f), NULL, NULL, &unit_err));
	unit_ok(world_report_by(&w, "officer-2", json_incref(f), NULL, NULL,
	    &unit_err));
	unit_ok(world_report_by(&w, "officer-2", NULL, world_finding_id(f),
	    NULL, &unit_err));
	IS_FOUND(&w, f, "open");
	unit_ok(world_report(&w, NULL, world_finding_id(f), NULL, &unit_err));
	IS_FOUND(&w, f, "gone");
	unit_ok(world_report_by(&w, "officer-2", json_incref(f), NULL, NULL,
	    &unit_err));
	unit_ok(world_report(&w, NULL, world_finding_id(f), NULL, &unit_err));
	IS_FOUND(&w, f, "open");
	unit_ok(world_report_by(&w, "officer-2", NULL, world_finding_id(f),
	    NULL, &unit_err));
	IS_FOUND(&w, f, "gone");
	json_decref(f);
	world_end(&w);
}
END_TEST

/* What was said of it does not hold of the key that anybody may read by now. */
START_TEST(a_key_whose_passphrase_is_off_is_a_new_finding)
{
	json_t *f = world_finding("private-key", "file://h/x", NULL);
	json_t *shut = json_copy(f);
	struct world w;

	world_begin(&w);
	json_object_set_new(shut, "encrypted", json_true());
	unit_ok(world_report(&w, json_incref(shut), NULL, NULL, &unit_err));
	unit_ok(world_dismiss(&w, world_finding_id(shut), &unit_err));
	IS_FOUND(&w, f, "none");
	unit_ok(world_report(&w, json_incref(f), world_finding_id(shut), NULL,
	    &unit_err));
	IS_FOUND(&w, f, "open");
	IS_FOUND(&w, shut, "gone");
	json_decref(shut);
	json_decref(f);
	world_end(&w);
}
END_TEST

START_TEST(what_is_in_the_inventory_is_taken)
{
	char print[SHA256_HEX], hex[SHA256_HEX], *text = world_other("x", print);
	json_t *cert = world_finding("certificate", "file://h/c", print), *key;
	struct world w;

	world_begin(&w);
	unit_ok(world_report(&w, json_incref(cert), NULL, NULL, &unit_err));
	IS_FOUND(&w, cert, "open");
	unit_ok(world_import(&w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	IS_FOUND(&w, cert, "taken");
	unit_ok(world_said(&w, ACTION_KEY_REGISTER,
	    EVENT_KEY_REGISTERED, world_elsewhere_of("vendor", "a",
	    WORLD_SPKI), &unit_err));
	spki_print(WORLD_SPKI, hex);
	key = world_finding("public-key", "file://h/k", hex);
	unit_ok(world_report(&w, json_incref(key), NULL, NULL, &unit_err));
	IS_FOUND(&w, key, "taken");
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	IS_FOUND(&w, key, "open");
	json_decref(key);
	json_decref(cert);
	free(text);
	world_end(&w);
}
END_TEST

/* That the token has the same key makes a copy of it no better. */
START_TEST(a_copy_of_a_key_of_the_token_stays_open)
{
	json_t *copy, *public, *object;
	struct world w;

	world_begin(&w);
	world_key(&w, "production");
	copy = world_finding("private-key", "file://h/k", w.key);
	public = world_finding("public-key", "file://h/p", w.key);
	object = world_finding("token-key", "pkcs11:token=a;id=1", w.key);
	unit_ok(world_report(&w, json_incref(copy), NULL, NULL, &unit_err));
	unit_ok(world_report(&w, json_incref(public), NULL, NULL, &unit_err));
	unit_ok(world_report(&w, json_incref(object), NULL, NULL, &unit_err));
	IS_FOUND(&w, copy, "open");
	IS_FOUND(&w, public, "taken");
	IS_FOUND(&w, object, "taken");
	json_decref(copy);
	json_decref(public);
	json_decref(object);
	world_end(&w);
}
END_TEST

/* How many are looked at before all others. */
static unsigned
held(struct world *w)
{
	return counted(w, (struct found_filter){ .state = "open", .kind =
	    "private-key", .held = true }, 1);
}

/* It lies where it should not, and says whose it is, as far as that is known. */
START_TEST(a_private_key_that_the_inventory_knows_stays_open_and_names_it)
{
	char print[SHA256_HEX], hex[SHA256_HEX], mine[SHA256_HEX], *text;
	json_t *vendor, *shut, *house, *cert;
	struct world w;

	world_begin(&w);
	world_key(&w, "production");
	text = world_other_key("x", print, mine);
	spki_print(WORLD_SPKI, hex);
	vendor = world_finding("private-key", "file://h/a", hex);
	shut = world_finding("private-key", "file://h/b", hex);
	json_object_set_new(shut, "encrypted", json_true());
	house = world_finding("private-key", "file://h/c", w.key);
	cert = world_finding("private-key", "file://h/d", mine);
	unit_ok(world_report(&w, json_incref(vendor), NULL, NULL, &unit_err));
	IS_OF(&w, vendor, "%s", "");
	ck_assert_uint_eq(held(&w), 0);
	unit_ok(world_said(&w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    world_elsewhere_of("vendor", "the vendor's HSM", WORLD_SPKI),
	    &unit_err));
	unit_ok(world_import(&w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	unit_ok(world_report(&w, json_incref(shut), NULL, NULL, &unit_err));
	unit_ok(world_report(&w, json_incref(house), NULL, NULL, &unit_err));
	unit_ok(world_report(&w, json_incref(cert), NULL, NULL, &unit_err));
	IS_FOUND(&w, vendor, "open");
	IS_FOUND(&w, shut, "open");
	IS_FOUND(&w, house, "open");
	IS_FOUND(&w, cert, "open");
	IS_OF(&w, vendor, "key=vendor at=the vendor's HSM");
	IS_OF(&w, shut, "key=vendor at=the vendor's HSM");
	IS_OF(&w, house, "key=fw house=true");
	IS_OF(&w, cert, "certificate=%s", print);
	ck_assert_uint_eq(held(&w), 4);
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	IS_OF(&w, vendor, "%s", "");
	ck_assert_uint_eq(held(&w), 2);
	json_decref(vendor);
	json_decref(shut);
	json_decref(house);
	json_decref(cert);
	free(text);
	world_end(&w);
}
END_TEST

static int
look_issued(struct tx *tx, void *ctx, struct err *err)
{
	struct cert_row *row = ctx;
	struct number n = row->serial;

	return cert_by_serial(tx, "root", &n, row, err);
}

START_TEST(the_key_of_a_certificate_that_was_issued_is_named_by_it)
{
	struct cert_row row;
	char hex[SHA256_HEX];
	json_t *f;
	struct pki k;

	pki_begin(&k);
	issue(&k, "one", false);
	unit_ok(number_parse(k.serial, &row.serial, &unit_err));
	unit_ok(state_read(k.w.state, look_issued, &row, &unit_err));
	sha256_hex(&row.spki, hex);
	f = world_finding("private-key", "file://h/k", hex);
	comes(&k.w, f);
	IS_FOUND(&k.w, f, "open");
	IS_OF(&k.w, f, "certificate=%s", row.id);
	ck_assert_uint_eq(held(&k.w), 1);
	json_decref(f);
	pki_end(&k);
}
END_TEST

static const struct {
	const char *why, *kind, *member, *value;	/* value: JSON, or NULL: it is left out */
	enum err_code code;
} FINDINGS[] = {
	{ "one that is as it should be", "private-key", "algorithm", "\"x\"", OK },
	{ "a kind that is none", "letter", "algorithm", "\"x\"", EINPUT },
	{ "nowhere", "sealed", "place", NULL, ESCHEMA },
	{ "the longest place", "sealed", "place", "1024", OK },
	{ "a longer one", "sealed", "place", "1025", ERANGE_ },
	{ "a place of two lines", "sealed", "place", "\"file://h/x\\ny\"",
	    EINPUT },
	{ "a form with a blank", "sealed", "form", "\"j k\"", EINPUT },
	{ "an algorithm that is not ASCII", "public-key", "algorithm",
	    "\"\\u00e9\"", EINPUT },
	{ "a member that is none", "sealed", "octets", "\"AAAA\"", ESCHEMA },
	{ "a private key's octets", "private-key", "der", "\"MAA=\"", EINPUT },
	{ "no number and no fingerprint", "sealed", "n", NULL, EINPUT },
	{ "both", "sealed", "fingerprint", "64", EINPUT },
	{ "a certificate without a fingerprint", "certificate", "algorithm",
	    "\"x\"", EINPUT },
};

START_TEST(what_is_told_is_well_formed_or_refused)
{
	json_t *f = world_finding(FINDINGS[_i].kind, "file://h/x", NULL), *v;
	int n = FINDINGS[_i].value != NULL ? atoi(FINDINGS[_i].value) : 0;
	char id[SHA256_HEX], *text = NULL;
	struct err why = { .code = OK };

	if (n > 0) {
		ck_assert_int_gt(asprintf(&text, "%0*d", n, 0), 0);
		json_object_set_new(f, FINDINGS[_i].member, json_string(text));
	} else if (FINDINGS[_i].value != NULL) {
		v = json_loads(FINDINGS[_i].value, JSON_DECODE_ANY, NULL);
		json_object_set_new(f, FINDINGS[_i].member, v);
	} else
		json_object_del(f, FINDINGS[_i].member);
	ck_assert_msg(found_check(f, id, &why) == -(int)FINDINGS[_i].code,
	    "%s: %s", FINDINGS[_i].why, why.what);
	free(text);
	json_decref(f);
}
END_TEST

/* The octets of another, or of what is no certificate. */
START_TEST(a_certificate_is_what_its_fingerprint_says)
{
	char print[SHA256_HEX], other[SHA256_HEX], id[SHA256_HEX],
	    *text = world_other("a", print), *no = world_other("b", other);
	json_t *f = world_finding("certificate", "tls://h:1", print);

	json_object_set_new(f, "der", json_string(text));
	unit_ok(found_check(f, id, &unit_err));
	json_object_set_new(f, "der", json_string(no));
	unit_fails(found_check(f, id, &unit_err), EINPUT);
	json_object_set_new(f, "der", json_string("MAA="));
	unit_fails(found_check(f, id, &unit_err), EINPUT);
	free(text);
	free(no);
	json_decref(f);
}
END_TEST

/* Of the places below: whole components, however the last ends. */
static const struct {
	const char	*place;
	unsigned	 n;
} UNDER[] = {
	{ "file://h/a", 2 }, { "file://h/a/", 2 }, { "file://h/", 4 },
	{ "file://h/a/b", 1 }, { "file://", 4 }, { "tls://h", 1 },
	{ "tls://h:443/", 1 }, { "tls://h:44", 0 }, { "file://h/a:", 0 },
};

START_TEST(pages_of_findings_miss_nothing)
{
	static const char *const places[] = { "file://h/a", "file://h/a/b",
		"file://h/ab", "file://h", "pkcs11:token=a;id=1",
		"tls://h:443" };
	struct pages none = { { .state = "lost" }, NULL, 1, 0 };
	struct pages odd = { { 0 }, strdup("crt_1"), 1, 0 };
	struct world w;

	world_begin(&w);
	for (size_t i = 0; i < NELEM(places); i++)
		unit_ok(world_report(&w, world_finding(i % 2 == 0 ?
		    "private-key" : "sealed", places[i], NULL), NULL, NULL,
		    &unit_err));
	for (unsigned limit = 1; limit <= 7; limit++)
		ck_assert_uint_eq(counted(&w, (struct found_filter){ 0 },
		    limit), 6);
	for (size_t i = 0; i < NELEM(UNDER); i++)
		ck_assert_uint_eq(counted(&w, (struct found_filter){ .under =
		    UNDER[i].place }, 1), UNDER[i].n);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .under =
	    "pkcs11:token=a" }, 1), 1);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .kind =
	    "sealed" }, 1), 3);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "taken" }, 1), 0);
	unit_fails(state_read(w.state, look_page, &none, &unit_err), EINPUT);
	unit_fails(state_read(w.state, look_page, &odd, &unit_err), EINPUT);
	free(odd.cursor);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("found",
    UNIT(a_finding_is_open_until_something_becomes_of_it)
    UNIT(only_who_told_it_says_that_it_is_gone)
    UNIT(a_key_whose_passphrase_is_off_is_a_new_finding)
    UNIT(what_is_in_the_inventory_is_taken)
    UNIT(a_copy_of_a_key_of_the_token_stays_open)
    UNIT(a_private_key_that_the_inventory_knows_stays_open_and_names_it)
    UNIT(the_key_of_a_certificate_that_was_issued_is_named_by_it)
    UNIT_ROWS(what_is_told_is_well_formed_or_refused, FINDINGS)
    UNIT(a_certificate_is_what_its_fingerprint_says)
    UNIT(pages_of_findings_miss_nothing))
