/* What lives elsewhere is in the tables as it was said, once, and no more. */
#include "config.h"

#include "cert/elsewhere.h"
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
	{ "a drill by another", "drill.reported", "actor", "\"officer-2\"",
	    "request" },
	{ "a drill that was none", "drill.reported", "kind",
	    "\"discovery.dismissed\"", "request" },
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
	unit_ok(world_drilled(&w, "2026-11-21T00:00:00.000000Z", &unit_err));
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

/* ---- drills ---- */

static int
look_restored(struct tx *tx, void *ctx, struct err *err)
{
	return state_restored(tx, ctx, err);
}

static const char *
restored_at(struct world *w, char ret[TIME_TEXT])
{
	struct restored r;

	unit_ok(state_read(w->state, look_restored, &r, &unit_err));
	ck_assert(r.founded != 0 && r.restored == 0);
	clock_text(r.drilled, ret);
	return r.drilled == 0 ? "" : ret;
}

START_TEST(of_drills_the_newest_counts_and_none_is_to_come)
{
	struct world w;
	char at[TIME_TEXT];

	world_begin(&w);
	ck_assert_str_eq(restored_at(&w, at), "");
	unit_ok(world_drilled(&w, "2026-11-22T00:00:00.000000Z", &unit_err));
	unit_ok(world_drilled(&w, "2026-11-21T00:00:00.000000Z", &unit_err));
	ck_assert_str_eq(restored_at(&w, at), "2026-11-22T00:00:00.000000Z");
	unit_fails(world_drilled(&w, "2099-01-01T00:00:00.000000Z",
	    &unit_err), ERANGE_);
	ck_assert_str_eq(restored_at(&w, at), "2026-11-22T00:00:00.000000Z");
	world_end(&w);
}
END_TEST

ENGINE_MAIN("elsewhere",
    UNIT(of_drills_the_newest_counts_and_none_is_to_come)
    UNIT_ROWS(what_does_not_fit_never_happened, FITS)
    UNIT(an_entry_is_what_was_said_last)
    UNIT_ROWS(of_two_with_a_public_key_the_living_one_is_found, TWINS)
    UNIT(pages_miss_nothing)
    UNIT(a_certificate_is_there_once_with_all_that_was_said)
    UNIT_ROWS(only_what_was_asked_for_is_entered, IMPORTS)
    UNIT_ROWS(what_was_not_said_so_is_found, FORGED))
