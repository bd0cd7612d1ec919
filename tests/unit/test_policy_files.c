/* The files of a charter's folder: which it needs, and which have no place in it. */
#include "config.h"

#include "base/json.h"
#include "tests/unit/charter_text.h"
#include "tests/unit/unit.h"

START_TEST(a_file_without_a_place_is_refused)
{
	AUTO(charter) *c = NULL;

	text_begin();
	text_add("notes.yaml", "a: 1\n");
	unit_fails(text_read(&c, NULL, &unit_err), ECHARTER);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "notes.yaml"));
	text_end();
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	AUTO(charter) *c = NULL;

	text_begin();
	text_named("access.yaml")->name = "profiles/access.yaml";
	unit_fails(text_read(&c, NULL, &unit_err), ECHARTER);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "access.yaml"));
	text_end();
}
END_TEST

START_TEST(profiles_and_alerts_are_kept_and_hashed)
{
	AUTO(charter) *plain = NULL, *more = NULL;
	struct sha256 a, b;

	text_begin();
	unit_ok(text_read(&plain, NULL, &unit_err));
	text_add("profiles/device.yaml", "validity: P1Y\nnames: [a, b]\n");
	unit_ok(text_read(&more, NULL, &unit_err));
	a = charter_hash(plain);
	b = charter_hash(more);
	ck_assert(!sha256_equal(&a, &b));
	ck_assert_str_eq(json_str(json_object_get(json_object_get(
	    charter_json(more), "profiles"), "device"), "validity", ""),
	    "P1Y");
	text_end();
}
END_TEST

UNIT_MAIN("policy/files",
	UNIT(a_file_without_a_place_is_refused)
	UNIT(a_missing_file_is_named)
	UNIT(profiles_and_alerts_are_kept_and_hashed))
