/*
 * A key that the house adopted is not exclusive and never exportable: evidence
 * and audit say so, and believe no entry that says otherwise.
 */
#include "config.h"

#include "tests/unit/world_evidence.h"
#include "tests/unit/world_window.h"

/* The charter in force, and keys of its class may leave. */
static json_t *
exportable(struct world *w)
{
	json_t *doc = world_renamed(w, "Exportable");

	json_object_set_new(json_object_get(json_object_get(json_object_get(
	    doc, "classes"), "firmware-signing"), "keys"), "exportable",
	    json_string("wrapped"));
	return doc;
}

/* A key, made here or not, in a class whose keys may leave. */
static void
keyed(struct world *w, bool adopts)
{
	world_begin(w);
	world_amend_to(w, exportable(w), 2);
	w->adopts = adopts;
	world_key(w, "development");
	world_activate(w);
}

/* The key's signature; @bent: what its entry tells the other way, or NULL. */
static void
signed_by(struct world *w, bool adopts, const char *bent)
{
	json_t *q;

	keyed(w, adopts);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", "1.0"));
	w->bent = bent;
	unit_ok(world_signed(w, q, false, 1, "ci", "image", "1.0", &unit_err));
	json_decref(q);
}

static int
believed(struct world *w, bool *ret_exclusive)
{
	struct evidence_found f;
	struct sha256 trust;
	json_t *doc = evidence_of(w);
	int rc;

	unit_ok(sha256_parse(w->fingerprint, &trust, &unit_err));
	rc = evidence_verify(doc, &trust, &f, &unit_err);
	if (rc == 0) {
		*ret_exclusive = f.exclusive;
		evidence_found_done(&f);
	}
	json_decref(doc);
	return rc;
}

static const struct {
	const char	*why;
	bool		 adopts;
} KEYS[] = {
	{ "made here", false },
	{ "adopted", true },
};

START_TEST(right_evidence_says_whether_the_key_is_exclusive)
{
	bool exclusive = KEYS[_i].adopts;
	struct world w;
	int rc;

	signed_by(&w, KEYS[_i].adopts, NULL);
	rc = believed(&w, &exclusive);
	ck_assert_msg(rc == 0, "%s: %s", KEYS[_i].why, unit_err.what);
	ck_assert_msg(exclusive == !KEYS[_i].adopts, "%s", KEYS[_i].why);
	world_end(&w);
}
END_TEST

/* Whose facts are made of what is proven: its entry carries none. */
START_TEST(so_does_that_of_a_later_use_of_a_window)
{
	bool exclusive = KEYS[_i].adopts;
	struct world w;
	json_t *window;
	int rc;

	keyed(&w, KEYS[_i].adopts);
	window = world_window_open(&w, 2);
	unit_ok(world_signed(&w, window, true, 1, "ci", "a", NULL, &unit_err));
	unit_ok(world_signed(&w, window, true, 2, "ci", "b", NULL, &unit_err));
	rc = believed(&w, &exclusive);
	ck_assert_msg(rc == 0, "%s: %s", KEYS[_i].why, unit_err.what);
	ck_assert_msg(exclusive == !KEYS[_i].adopts, "%s", KEYS[_i].why);
	json_decref(window);
	world_end(&w);
}
END_TEST

static const struct {
	const char	*fact;
	bool		 adopts;
} BENT[] = {
	{ "key.exclusive", false }, { "key.exclusive", true },
	{ "key.exportable", false }, { "key.exportable", true },
};

START_TEST(evidence_that_tells_it_the_other_way_is_not_believed)
{
	struct world w;
	bool exclusive;

	signed_by(&w, BENT[_i].adopts, BENT[_i].fact);
	unit_fails(believed(&w, &exclusive), EVERIFY);
	ck_assert_ptr_nonnull(strstr(unit_err.what, BENT[_i].fact));
	world_end(&w);
}
END_TEST

START_TEST(an_audit_finds_nothing_where_it_is_told_right)
{
	struct world w;
	json_t *r;

	signed_by(&w, KEYS[_i].adopts, NULL);
	r = audited(&w);
	bundle_good(r);
	ck_assert_uint_eq(json_array_size(json_object_get(r,
	    "not_exclusive")), KEYS[_i].adopts);
	json_decref(r);
	world_end(&w);
}
END_TEST

START_TEST(an_audit_finds_what_is_told_the_other_way)
{
	struct world w;
	json_t *r;

	signed_by(&w, KEYS[_i].adopts, "key.exclusive");
	r = audited(&w);
	ck_assert_str_eq(bundle_first(r), "fact");
	ck_assert_uint_eq(json_array_size(json_object_get(r, "findings")), 1);
	json_decref(r);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("adopted",
	UNIT_ROWS(right_evidence_says_whether_the_key_is_exclusive, KEYS)
	UNIT_ROWS(so_does_that_of_a_later_use_of_a_window, KEYS)
	UNIT_ROWS(evidence_that_tells_it_the_other_way_is_not_believed, BENT)
	UNIT_ROWS(an_audit_finds_nothing_where_it_is_told_right, KEYS)
	UNIT_ROWS(an_audit_finds_what_is_told_the_other_way, KEYS))
