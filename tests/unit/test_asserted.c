/*
 * What a use of a window says of its artifact nobody proves: it is listed as
 * such at each use, the first like the last, in evidence and audit.
 */
#include "config.h"

#include "tests/unit/world_evidence.h"
#include "tests/unit/world_window.h"

/* The window's use of this number, of an image of its own. */
static void
use(struct world *w, const json_t *window, unsigned n, const json_t *artifact)
{
	const char *image = n == 1 ? "a" : "b";
	json_t *p = world_sign_parameters(w, image, NULL);
	json_t *op = world_json("{s:s, s:s, s:s, s:O}", "op", "sign", "key",
	    w->key, "principal", "ci", "digest", json_object_get(p, "digest"));
	char *sig = world_signature(w, image);

	json_object_update(op, (json_t *)(uintptr_t)artifact);
	world_event(w, EVENT_KEY_SIGNED, "ci", w->key, world_json("{s:s}",
	    "request", json_str(window, "id", "")), world_entry(w, ENTRY_SIGN,
	    world_use(w, window, true, n, "ci", op, world_json("{s:s}",
	    "signature", sig))));
	free(sig);
	json_decref(p);
}

static const struct {
	const char *why;
	const char *window, *artifact;	/* what they say of it; JSON */
	const char *listed;		/* of each use, in this order */
} ROWS[] = {
	{ "a window for any product", "{}",
	    "{\"product\":\"camera\",\"version\":\"2.1\",\"track\":\"beta\"}",
	    "product version track " },
	{ "a product that officers approved", "{\"product\":\"camera\"}",
	    "{\"product\":\"camera\",\"version\":\"2.1\",\"track\":\"beta\"}",
	    "version track " },
	{ "a track that they approved too",
	    "{\"product\":\"camera\",\"track\":\"beta\"}",
	    "{\"product\":\"camera\",\"version\":\"2.1\",\"track\":\"beta\"}",
	    "version " },
	{ "what is not said is not listed", "{}", "{\"product\":\"camera\"}",
	    "product " },
	{ "a use that says nothing", "{}", "{}", "" },
};

static const char *const SAID[] = { "product", "version", "track" };

static json_t *
json_of(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(j);
	return j;
}

/* A window, used so many times: the same artifact each time. */
static void
used_world(struct world *w, size_t row, unsigned uses)
{
	json_t *more = json_of(ROWS[row].window), *window;
	json_t *artifact = json_of(ROWS[row].artifact);

	world_begin(w);
	world_key(w, "development");
	world_activate(w);
	json_object_set_new(more, "uses", json_integer(2));
	json_object_set_new(more, "any_digest", json_true());
	window = world_window_for(w, more);
	for (unsigned n = 1; n <= uses; n++)
		use(w, window, n, artifact);
	json_decref(artifact);
	json_decref(window);
}

static const json_t *
said_in(const json_t *facts, const char *what)
{
	char name[40];

	snprintf(name, sizeof(name), "artifact.%s", what);
	return json_object_get(facts, name);
}

static void
listed_in(const json_t *facts, char *ret, size_t room)
{
	ret[0] = '\0';
	for (size_t i = 0; i < NELEM(SAID); i++)
		if (said_in(facts, SAID[i]) != NULL)
			snprintf(ret + strlen(ret), room - strlen(ret), "%s ",
			    SAID[i]);
}

/* ---- evidence ---- */

static void
evidence_lists(size_t row, unsigned uses)
{
	struct evidence_found f;
	struct sha256 trust;
	struct world w;
	char got[64];
	json_t *doc;

	used_world(&w, row, uses);
	doc = evidence_of(&w);
	unit_ok(sha256_parse(w.fingerprint, &trust, &unit_err));
	unit_ok(evidence_verify(doc, &trust, &f, &unit_err));
	listed_in(f.asserted, got, sizeof(got));
	ck_assert_msg(strcmp(got, ROWS[row].listed) == 0, "%s, use %u: \"%s\"",
	    ROWS[row].why, uses, got);
	ck_assert_str_eq(json_str(f.asserted, "principal.id", ""),
	    "release-lead");
	if (strstr(got, "version") != NULL)
		ck_assert_str_eq(json_str(f.asserted, "artifact.version", ""),
		    f.version);
	evidence_found_done(&f);
	json_decref(doc);
	world_end(&w);
}

START_TEST(evidence_of_a_windows_first_use_lists_what_it_asserts)
{
	evidence_lists((size_t)_i, 1);
}
END_TEST

START_TEST(evidence_of_its_later_uses_lists_what_they_assert)
{
	evidence_lists((size_t)_i, 2);
}
END_TEST

/* ---- audit ---- */

/* What a window names is asserted as long as nobody has approved it: when it is
 * asked for, and not by any use. */
START_TEST(an_audit_counts_what_each_use_asserts)
{
	struct world w;
	json_t *r, *window = json_of(ROWS[_i].window);

	used_world(&w, (size_t)_i, 2);
	r = audited(&w);
	bundle_good(r);
	for (size_t i = 0; i < NELEM(SAID); i++)
		ck_assert_msg(json_integer_value(said_in(json_object_get(r,
		    "asserted"), SAID[i])) == (json_object_get(window,
		    SAID[i]) != NULL ? 1 : strstr(ROWS[_i].listed, SAID[i]) !=
		    NULL ? 2 : 0), "%s: %s", ROWS[_i].why, SAID[i]);
	json_decref(r);
	json_decref(window);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("asserted",
	UNIT_ROWS(evidence_of_a_windows_first_use_lists_what_it_asserts, ROWS)
	UNIT_ROWS(evidence_of_its_later_uses_lists_what_they_assert, ROWS)
	UNIT_ROWS(an_audit_counts_what_each_use_asserts, ROWS))
