/* A finding is what was told of it, open until something becomes of it. */
#include "config.h"

#include "base/b64.h"
#include "tests/unit/world_elsewhere.h"

struct looked {
	const char	*id;
	json_t		*doc;
};

static int
look_found_one(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return found_get(tx, l->id, &l->doc, err);
}

/* The state that it is shown in now; "none". */
static void
found_state(struct world *w, const json_t *finding, char ret[16])
{
	json_t *id = world_finding_id(finding);
	struct looked l = { json_string_value(id), NULL };

	(void)snprintf(ret, 16, "none");
	if (state_read(w->state, look_found_one, &l, &unit_err) == 0)
		(void)snprintf(ret, 16, "%s", json_str(l.doc, "state", ""));
	json_decref(l.doc);
	json_decref(id);
}

#define IS_FOUND(w, f, want) do { \
	char state_[16]; \
	found_state(w, f, state_); \
	ck_assert_str_eq(state_, want); \
} while (0)

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

/* SHA-256 of a public key in base64. */
static void
spki_print(const char *text, char ret[SHA256_HEX])
{
	struct blob spki = { 0 };
	struct sha256 h;

	unit_ok(b64_decode(text, &spki, &unit_err));
	h = sha256_of(spki.data, spki.len);
	sha256_hex(&h, ret);
	blob_done(&spki);
}

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

/* "MEMBER=VALUE ..." of what it is said to be of; "". */
static void
found_of(struct world *w, const json_t *finding, char ret[200])
{
	json_t *id = world_finding_id(finding), *v;
	struct looked l = { json_string_value(id), NULL };
	const char *name;

	ret[0] = '\0';
	unit_ok(state_read(w->state, look_found_one, &l, &unit_err));
	json_object_foreach(json_object_get(l.doc, "of"), name, v) {
		size_t n = strlen(ret);

		(void)snprintf(ret + n, 200 - n, "%s%s=%.70s", n > 0 ? " " :
		    "", name, json_is_true(v) ? "true" :
		    json_string_value(v));
	}
	json_decref(l.doc);
	json_decref(id);
}

#define IS_OF(w, f, ...) do { \
	char of_[200], want_[200]; \
	found_of(w, f, of_); \
	(void)snprintf(want_, sizeof(want_), __VA_ARGS__); \
	ck_assert_str_eq(of_, want_); \
} while (0)

/* How many are looked at before all others. */
static unsigned held(struct world *w);

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

/* A key of the entry "vendor" in a token, by its CKA_ID. */
static json_t *
in_token(const char *token, int id)
{
	char hex[SHA256_HEX], place[100];

	spki_print(WORLD_SPKI, hex);
	(void)snprintf(place, sizeof(place), "pkcs11:token=%s;serial=1;"
	    "id=%%%02d;type=private", token, id);
	return world_finding("token-key", place, hex);
}

static void
vendor_said(struct world *w, const char *at, bool anew)
{
	unit_ok(world_said(w, anew ? ACTION_KEY_REGISTER : ACTION_KEY_CORRECT,
	    anew ? EVENT_KEY_REGISTERED : EVENT_KEY_CORRECTED,
	    world_elsewhere_of("vendor", at, WORLD_SPKI), &unit_err));
}

static void
comes(struct world *w, const json_t *f)
{
	unit_ok(world_report(w, json_incref((json_t *)(uintptr_t)f), NULL,
	    NULL, &unit_err));
}

static void
goes(struct world *w, const json_t *f)
{
	unit_ok(world_report(w, NULL, world_finding_id(f), NULL, &unit_err));
}

START_TEST(an_entry_lacks_what_its_token_holds_no_more)
{
	json_t *f = in_token("a", 1);
	struct world w;

	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, f);
	IS_FOUND(&w, f, "taken");
	IS_OF(&w, f, "%s", "");
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	IS_OF(&w, f, "key=vendor at=a");
	comes(&w, f);
	IS_FOUND(&w, f, "taken");
	goes(&w, f);
	vendor_said(&w, "a", false);
	IS_FOUND(&w, f, "absent");
	vendor_said(&w, "b", false);
	IS_FOUND(&w, f, "gone");
	vendor_said(&w, "a", false);
	IS_FOUND(&w, f, "gone");
	comes(&w, f);
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	IS_FOUND(&w, f, "gone");
	json_decref(f);
	world_end(&w);
}
END_TEST

/* Nobody knew of it then: what is said since is of another place. */
START_TEST(an_entry_lacks_nothing_that_was_gone_before_it)
{
	json_t *f = in_token("a", 1);
	struct world w;

	world_begin(&w);
	comes(&w, f);
	IS_FOUND(&w, f, "open");
	goes(&w, f);
	vendor_said(&w, "a", true);
	IS_FOUND(&w, f, "gone");
	comes(&w, f);
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	json_decref(f);
	world_end(&w);
}
END_TEST

static unsigned counted(struct world *w, struct found_filter f,
    unsigned limit);

START_TEST(a_key_with_another_id_in_its_token_is_not_absent)
{
	json_t *one = in_token("a", 1), *two = in_token("a", 2),
	    *other = in_token("ab", 1);
	struct found_filter absent = { .state = "absent" };
	struct world w;

	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, one);
	comes(&w, other);
	comes(&w, two);
	goes(&w, one);
	IS_FOUND(&w, one, "gone");
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	goes(&w, two);
	IS_FOUND(&w, two, "absent");
	IS_FOUND(&w, one, "gone");
	IS_FOUND(&w, other, "taken");
	ck_assert_uint_eq(counted(&w, absent, 1), 1);
	absent.under = "pkcs11:token=ab";
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	goes(&w, other);
	ck_assert_uint_eq(counted(&w, absent, 1), 1);
	absent.kind = "certificate";
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ 0 }, 1), 2);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "gone" }, 1), 1);
	comes(&w, one);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "absent" }, 1), 1);
	json_decref(one);
	json_decref(two);
	json_decref(other);
	world_end(&w);
}
END_TEST

struct compared {
	const json_t	*finding;
	enum found_as	 as;
};

static int
look_compare(struct tx *tx, void *ctx, struct err *err)
{
	struct compared *c = ctx;
	char id[SHA256_HEX];

	TRY(found_check(c->finding, id, err));
	return found_compare(tx, c->finding, id, &c->as, err);
}

static enum found_as
compared(struct world *w, const json_t *finding)
{
	struct compared c = { .finding = finding };

	unit_ok(state_read(w->state, look_compare, &c, &unit_err));
	return c.as;
}

/* Else it could not be missed; the house's own keys its keeper misses. */
START_TEST(an_entry_s_key_in_a_token_is_told_once)
{
	json_t *f = in_token("a", 1), *house;
	struct world w;

	world_begin(&w);
	world_key(&w, "production");
	house = world_finding("token-key", "pkcs11:token=a;id=%02", w.key);
	ck_assert_int_eq(compared(&w, house), FOUND_KNOWN);
	ck_assert_int_eq(compared(&w, f), FOUND_NEW);
	vendor_said(&w, "a", true);
	ck_assert_int_eq(compared(&w, f), FOUND_NOTED);
	comes(&w, f);
	ck_assert_int_eq(compared(&w, f), FOUND_KNOWN);
	goes(&w, f);
	ck_assert_int_eq(compared(&w, f), FOUND_NOTED);
	json_decref(house);
	json_decref(f);
	world_end(&w);
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

struct pages {
	struct found_filter filter;
	char		*cursor;
	unsigned	 limit, n;
};

static int
look_page(struct tx *tx, void *ctx, struct err *err)
{
	struct pages *p = ctx;
	json_t *list;
	char *next;

	TRY(found_list(tx, &p->filter, p->cursor, p->limit, &list, &next,
	    err));
	p->n += (unsigned)json_array_size(list);
	json_decref(list);
	free(p->cursor);
	p->cursor = next;
	return 0;
}

static unsigned
counted(struct world *w, struct found_filter f, unsigned limit)
{
	struct pages p = { f, NULL, limit, 0 };

	do
		unit_ok(state_read(w->state, look_page, &p, &unit_err));
	while (p.cursor != NULL);
	return p.n;
}

static unsigned
held(struct world *w)
{
	return counted(w, (struct found_filter){ .state = "open", .kind =
	    "private-key", .held = true }, 1);
}

START_TEST(pages_of_findings_miss_nothing)
{
	static const char *const places[] = { "file://h/a", "file://h/a/b",
		"file://h/ab", "file://h", "pkcs11:token=a;id=1" };
	struct pages none = { { .state = "lost" }, NULL, 1, 0 };
	struct pages odd = { { 0 }, strdup("crt_1"), 1, 0 };
	struct world w;

	world_begin(&w);
	for (size_t i = 0; i < NELEM(places); i++)
		unit_ok(world_report(&w, world_finding(i % 2 == 0 ?
		    "private-key" : "sealed", places[i], NULL), NULL, NULL,
		    &unit_err));
	for (unsigned limit = 1; limit <= 6; limit++)
		ck_assert_uint_eq(counted(&w, (struct found_filter){ 0 },
		    limit), 5);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .under =
	    "file://h/a" }, 1), 2);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .under =
	    "pkcs11:token=a" }, 1), 1);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .kind =
	    "sealed" }, 1), 2);
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
    UNIT(an_entry_lacks_what_its_token_holds_no_more)
    UNIT(an_entry_lacks_nothing_that_was_gone_before_it)
    UNIT(a_key_with_another_id_in_its_token_is_not_absent)
    UNIT(an_entry_s_key_in_a_token_is_told_once)
    UNIT_ROWS(what_is_told_is_well_formed_or_refused, FINDINGS)
    UNIT(a_certificate_is_what_its_fingerprint_says)
    UNIT(pages_of_findings_miss_nothing))
