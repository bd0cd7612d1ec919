/* What lives elsewhere is in the tables as it was said, once, and no more. */
#include "config.h"

#include "cert/elsewhere.h"
#include "cert/found.h"
#include "key/elsewhere.h"
#include "tests/unit/bundle.h"

#define REGISTER	ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED
#define CORRECT		ACTION_KEY_CORRECT, EVENT_KEY_CORRECTED
#define UNREGISTER	ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED

/* ---- what fits ---- */

/* Each row on a world that has fw in the token; "vendor" elsewhere, with a
 * public key; "cloud", without; and "gone", which has ended. */
static const struct {
	const char	*why;
	enum action	 action;
	enum event_kind	 kind;
	const char	*name, *spki;	/* spki "token": the one of fw */
	enum err_code	 code;
} FITS[] = {
	{ "a new one", REGISTER, "next", NULL, OK },
	{ "the name of a key of the token", REGISTER, "fw", NULL, EEXISTS },
	{ "the name of an entry", REGISTER, "cloud", NULL, EEXISTS },
	{ "the name of one that ended", REGISTER, "gone", NULL, EEXISTS },
	{ "the public key of a key of the token", REGISTER, "next", "token",
	    ECONFLICT },
	{ "the public key of an entry", REGISTER, "next", WORLD_SPKI,
	    ECONFLICT },
	{ "a correction", CORRECT, "cloud", NULL, OK },
	{ "the same public key again", CORRECT, "vendor", WORLD_SPKI, OK },
	{ "another public key", CORRECT, "vendor", "token", ECONFLICT },
	{ "none any more", CORRECT, "vendor", NULL, ECONFLICT },
	{ "another entry's", CORRECT, "cloud", WORLD_SPKI, ECONFLICT },
	{ "a correction of nothing", CORRECT, "next", NULL, ENOKEY },
	{ "a correction of a key of the token", CORRECT, "fw", NULL, ENOKEY },
	{ "a correction of what has ended", CORRECT, "gone", NULL, ECONFLICT },
	{ "an end", UNREGISTER, "cloud", NULL, OK },
	{ "another end", UNREGISTER, "gone", NULL, ECONFLICT },
	{ "an end of nothing", UNREGISTER, "next", NULL, ENOKEY },
};

static void
others_begin(struct world *w)
{
	world_begin(w);
	world_key(w, "production");
	unit_ok(world_said(w, REGISTER, world_elsewhere_of("vendor", "a",
	    WORLD_SPKI), &unit_err));
	unit_ok(world_said(w, REGISTER, world_elsewhere_of("cloud", "b",
	    NULL), &unit_err));
	unit_ok(world_said(w, REGISTER, world_elsewhere_of("gone", "c",
	    NULL), &unit_err));
	unit_ok(world_said(w, UNREGISTER, world_elsewhere_which("gone"),
	    &unit_err));
}

static json_t *
fits_said(struct world *w, size_t i)
{
	AUTO(key) *k = NULL;
	const char *spki = FITS[i].spki;
	char *text = NULL;
	json_t *p;

	if (FITS[i].action == ACTION_KEY_UNREGISTER)
		return world_elsewhere_which(FITS[i].name);
	if (spki != NULL && strcmp(spki, "token") == 0) {
		unit_ok(state_key(w->state, "fw", &k, &unit_err));
		text = b64_encode(k->spki, k->spki_octets);
		spki = text;
	}
	p = world_elsewhere_of(FITS[i].name, "x", spki);
	free(text);
	return p;
}

START_TEST(what_does_not_fit_never_happened)
{
	struct err why = { .code = OK };
	struct world w;
	json_t *r;
	int rc;

	others_begin(&w);
	rc = world_said(&w, FITS[_i].action, FITS[_i].kind, fits_said(&w,
	    (size_t)_i), &why);
	ck_assert_msg(rc == -(int)FITS[_i].code, "%s: %s", FITS[_i].why,
	    rc == 0 ? "taken" : why.what);
	unit_ok(audit_replay(w.store, NULL, &r, &unit_err));
	ck_assert(json_flag(r, "ok", false));
	json_decref(r);
	world_end(&w);
}
END_TEST

/* ---- what is read ---- */

struct looked {
	const char	*name;
	json_t		*doc;
	bool		 there;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return elsewhere_get(tx, l->name, &l->doc, err);
}

START_TEST(an_entry_is_what_was_said_last)
{
	struct world w;
	struct looked l = { "vendor", NULL, false };

	world_begin(&w);
	world_elsewhere(&w);
	unit_ok(state_read(w.state, look, &l, &unit_err));
	ck_assert_str_eq(json_str(l.doc, "at", ""), "another");
	ck_assert_str_eq(json_str(l.doc, "state", ""), "ended");
	ck_assert_str_eq(json_str(l.doc, "reason", ""), "gone");
	ck_assert_str_eq(json_str(l.doc, "provenance", ""), "asserted");
	ck_assert_str_eq(json_str(l.doc, "public_key", ""), WORLD_SPKI);
	json_decref(l.doc);
	world_end(&w);
}
END_TEST

static const char *const TWINS[] = { "a-new", "z-new" };

START_TEST(of_two_with_a_public_key_the_living_one_is_found)
{
	struct world w;
	struct looked l = { "vendor", NULL, false };
	char hash[SHA256_HEX];

	world_begin(&w);
	world_elsewhere(&w);
	unit_ok(state_read(w.state, look, &l, &unit_err));
	snprintf(hash, sizeof(hash), "%s", json_str(l.doc, "hash", ""));
	json_decref(l.doc);
	unit_ok(world_said(&w, REGISTER, world_elsewhere_of(TWINS[_i], "a",
	    WORLD_SPKI), &unit_err));
	l.name = hash;
	unit_ok(state_read(w.state, look, &l, &unit_err));
	ck_assert_str_eq(json_str(l.doc, "name", ""), TWINS[_i]);
	json_decref(l.doc);
	world_end(&w);
}
END_TEST

static int
look_pages(struct tx *tx, void *ctx, struct err *err)
{
	static const struct elsewhere_filter by = { .product = "radio",
		.class = "firmware-signing", .environment = "production",
		.state = "registered" };
	char *cursor = NULL, *next;
	unsigned *n = ctx;

	do {
		AUTO_JSON *list = NULL;
		int rc = elsewhere_list(tx, &by, cursor, 2, &list, &next, err);

		free(cursor);
		TRY(rc);
		*n += (unsigned)json_array_size(list);
		cursor = next;
	} while (cursor != NULL && *n < 10);
	return 0;
}

START_TEST(pages_miss_nothing)
{
	struct world w;
	unsigned n = 0;

	others_begin(&w);
	unit_ok(world_said(&w, REGISTER, world_elsewhere_of("a", "a", NULL),
	    &unit_err));
	unit_ok(state_read(w.state, look_pages, &n, &unit_err));
	ck_assert_uint_eq(n, 3);
	world_end(&w);
}
END_TEST

/* ---- certificates of other CAs ---- */

static int
look_other(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return cert_elsewhere_get(tx, l->name, &l->doc, err);
}

START_TEST(a_certificate_is_there_once_with_all_that_was_said)
{
	char print[SHA256_HEX], *text = world_other("camera", print);
	struct looked l = { print, NULL, false };
	struct world w;
	char *shown;

	world_begin(&w);
	for (size_t i = 0; i < 3; i++)
		unit_ok(world_import(&w, world_json("[s]", print),
		    world_json("[s]", text), i == 0 ? "radio" : "camera",
		    i == 1 ? "release-leads" : NULL, &unit_err));
	unit_ok(state_read(w.state, look_other, &l, &unit_err));
	shown = json_line(json_object_get(l.doc, "products"));
	ck_assert_str_eq(shown, "[\"radio\",\"camera\"]\n");
	ck_assert_str_eq(json_str(l.doc, "owner", ""), "release-leads");
	ck_assert_str_eq(json_str(l.doc, "serial", ""), "4d");
	ck_assert_str_eq(json_str(l.doc, "subject", ""), "CN=camera");
	free(shown);
	free(text);
	json_decref(l.doc);
	world_end(&w);
}
END_TEST

static const struct {
	const char *why;
	bool other, more, none, text;	/* content: another, one more, no certificate, no text */
	enum err_code code;
} IMPORTS[] = {
	{ "what was asked for", false, false, false, false, OK },
	{ "another certificate", true, false, false, false, ECONFLICT },
	{ "one more", false, true, false, false, ECONFLICT },
	{ "what is none", false, false, true, false, EINPUT },
	{ "a number", false, false, false, true, ESCHEMA },
};

/* Not the hash of @octets, but what it was asked for as. */
static json_t *
import_prints(size_t i, const char *print)
{
	struct sha256 h = sha256_of("\x30\x00", 2);
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	return world_json("[s]", IMPORTS[i].none ? hex : print);
}

START_TEST(only_what_was_asked_for_is_entered)
{
	char print[SHA256_HEX], unused[SHA256_HEX],
	    *text = world_other("a", print), *other = world_other("b", unused);
	struct err why = { .code = OK };
	struct world w;
	json_t *content;
	int rc;

	content = IMPORTS[_i].text ? world_json("[i]", 7) : world_json("[s]",
	    IMPORTS[_i].none ? "MAA=" : IMPORTS[_i].other ? other : text);
	if (IMPORTS[_i].more)
		json_array_append_new(content, json_string(other));
	world_begin(&w);
	rc = world_import(&w, import_prints((size_t)_i, print), content,
	    "radio", NULL, &why);
	ck_assert_msg(rc == -(int)IMPORTS[_i].code, "%s: %s", IMPORTS[_i].why,
	    rc == 0 ? "taken" : why.what);
	free(text);
	free(other);
	world_end(&w);
}
END_TEST

/* ---- what was found ---- */

static int
look_found_one(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return found_get(tx, l->name, &l->doc, err);
}

/* The state that it is shown in now; "none". */
static void
found_state(struct world *w, const json_t *finding, char ret[16])
{
	json_t *id = world_finding_id(finding);
	struct looked l = { json_string_value(id), NULL, false };

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

/* Of the same public half a key is taken, or a copy that should not be. */
START_TEST(what_is_in_the_inventory_is_taken)
{
	char print[SHA256_HEX], hex[SHA256_HEX], *text = world_other("x", print);
	json_t *cert = world_finding("certificate", "file://h/c", print), *key;
	struct looked vendor = { "vendor", NULL, false };
	struct world w;

	world_begin(&w);
	unit_ok(world_report(&w, json_incref(cert), NULL, NULL, &unit_err));
	IS_FOUND(&w, cert, "open");
	unit_ok(world_import(&w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	IS_FOUND(&w, cert, "taken");
	unit_ok(world_said(&w, REGISTER, world_elsewhere_of("vendor", "a",
	    WORLD_SPKI), &unit_err));
	unit_ok(state_read(w.state, look, &vendor, &unit_err));
	(void)snprintf(hex, sizeof(hex), "%s", json_str(vendor.doc, "hash",
	    ""));
	json_decref(vendor.doc);
	key = world_finding("private-key", "file://h/k", hex);
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

/* ---- what an audit finds ---- */

static const struct {
	const char *why, *kind, *path, *value, *finding;
} FORGED[] = {
	{ "what nobody said", "key.registered", "kind", "\"key.corrected\"",
	    "request" },
	{ "another's word", "key.registered", "actor", "\"officer-2\"",
	    "request" },
	{ "another certificate", "cert.imported", "data/certificates/0",
	    "\"MAA=\"", "request" },
	{ "no certificate", "cert.imported", "data/certificates/0", "7",
	    "request" },
	{ "one less", "cert.imported", "data/certificates/0", NULL,
	    "request" },
	{ "another finding", "discovery.reported", "data/found/0/place",
	    "\"file://h/y\"", "request" },
	{ "no finding", "discovery.reported", "data/found/0", "7", "request" },
	{ "one less found", "discovery.reported", "data/found/0", NULL,
	    "request" },
	{ "dismissed by nobody", "discovery.dismissed", "kind",
	    "\"discovery.reported\"", "request" },
	{ "another dismissed", "discovery.dismissed", "data/finding",
	    "\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\"", "request" },
	{ "of another", "discovery.dismissed", "subject",
	    "\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\"", "request" },
	{ "another's facts", "key.registered",
	    "data/facts/key.environment/value",
	    "\"development\"", "fact" },
	{ "no rule", "key.registered", "data/rule/hash", "\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\"", "decision" },
};

START_TEST(what_was_not_said_so_is_found)
{
	struct blob b = { 0 }, bad = { 0 };
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	char print[SHA256_HEX], *text;
	json_t *r, *f;

	world_begin(&w);
	unit_ok(world_said(&w, REGISTER, world_elsewhere_of("vendor", "a",
	    NULL), &unit_err));
	text = world_other("a", print);
	unit_ok(world_import(&w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	free(text);
	f = world_finding("private-key", "file://h/x", NULL);
	unit_ok(world_report(&w, json_incref(f), NULL, NULL, &unit_err));
	unit_ok(world_dismiss(&w, world_finding_id(f), &unit_err));
	json_decref(f);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	json_decref(r);
	bundle_forge(&w, &b, FORGED[_i].kind, FORGED[_i].path,
	    FORGED[_i].value, &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert_msg(strcmp(bundle_first(r), FORGED[_i].finding) == 0,
	    "%s: %s", FORGED[_i].why, bundle_first(r));
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("elsewhere",
    UNIT_ROWS(what_does_not_fit_never_happened, FITS)
    UNIT(an_entry_is_what_was_said_last)
    UNIT_ROWS(of_two_with_a_public_key_the_living_one_is_found, TWINS)
    UNIT(pages_miss_nothing)
    UNIT(a_certificate_is_there_once_with_all_that_was_said)
    UNIT_ROWS(only_what_was_asked_for_is_entered, IMPORTS)
    UNIT(a_finding_is_open_until_something_becomes_of_it)
    UNIT(only_who_told_it_says_that_it_is_gone)
    UNIT(a_key_whose_passphrase_is_off_is_a_new_finding)
    UNIT(what_is_in_the_inventory_is_taken)
    UNIT(a_copy_of_a_key_of_the_token_stays_open)
    UNIT_ROWS(what_is_told_is_well_formed_or_refused, FINDINGS)
    UNIT(a_certificate_is_what_its_fingerprint_says)
    UNIT(pages_of_findings_miss_nothing)
    UNIT_ROWS(what_was_not_said_so_is_found, FORGED))
