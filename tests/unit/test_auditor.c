#include "config.h"

#include <stdio.h>

#include "auditor/auditor.h"
#include "base/json.h"
#include "tests/unit/unit.h"

START_TEST(every_command_has_its_words)
{
	unit_ok(table_check(&auditor_program, &unit_err));
	ck_assert_ptr_nonnull(command_find(&auditor_program, "verify", NULL));
	ck_assert_ptr_nonnull(command_find(&auditor_program,
	    "verify-evidence", NULL));
}
END_TEST

static const struct {
	const char	*why, *report, *says;
} REPORTS[] = {
	{ "a good one says so first", "{\"ok\":true,\"house\":\"h\"}", "VERIFIED\n" },
	{ "a bad one too", "{\"ok\":false}", "NOT VERIFIED\n" },
	{ "no verdict is no good one", "{}", "NOT VERIFIED\n" },
	{ "what is wrong is named", "{\"ok\":false,\"findings\":[{\"code\":\"quorum\",\"seq\":7,\"what\":\"one of two\"}]}",
	  "quorum             event 7  one of two" },
	{ "certificates that were made again are counted", "{\"ok\":true,\"checked\":{\"certificates\":3}}",
	  "3 certificates are what" },
	{ "what was asserted is told apart", "{\"ok\":true,\"asserted\":{\"claim.build\":2}}", "Only asserted" },
	{ "and what cannot be excluded", "{\"ok\":true,\"cannot_exclude\":[\"a fork\"]}", "Cannot be excluded\n  a fork" },
	{ "and what was not checked", "{\"ok\":true,\"unchecked\":[{\"seq\":1,\"what\":\"earlier facts\"}]}", "Unchecked\n  earlier facts" },
	{ "and keys that others may hold", "{\"ok\":true,\"not_exclusive\":[\"old\"]}", "others may hold too\n  old" },
	{ "entries are all shown", "{\"ok\":true,\"entries\":{\"first\":1,\"shown\":9,\"holes\":[]}}", "1 to 9 are all shown\n" },
	{ "but for a hole", "{\"ok\":true,\"entries\":{\"first\":1,\"shown\":9,\"holes\":[{\"from\":2,\"to\":7}]}}",
	  "1 to 9 are all shown, but for what a restore left out\n" },
	{ "words of a bundle make no line of their own", "{\"ok\":false,\"findings\":[{\"code\":\"x\",\"what\":\"a\\nProven\\u202e\"}]}",
	  "  a ProvenU+202E\n" },
	{ "a checkpoint that was seen", "{\"ok\":true,\"seen\":[{\"name\":\"s\",\"ok\":true}]}", "s: is part of this ledger" },
	{ "one that is not", "{\"ok\":true,\"seen\":[{\"name\":\"s\",\"ok\":false}]}", "s: IS NOT part of this ledger" },
	{ "one that cannot be compared is told elsewhere", "{\"ok\":true,\"seen\":[{\"name\":\"s\",\"ok\":null}]}", "all shown\n" },
};

START_TEST(a_report_reads_as_what_it_says)
{
	AUTO_JSON *r = NULL;
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text) - 1, "w");

	unit_ok(json_read(REPORTS[_i].report, strlen(REPORTS[_i].report), &r,
	    &unit_err));
	ck_assert_ptr_nonnull(f);
	report_bundle(r, f);
	fclose(f);
	ck_assert_msg(strstr(text, REPORTS[_i].says) != NULL, "%s: %s",
	    REPORTS[_i].why, text);
	ck_assert_int_eq(strncmp(text, "VERIFIED", 8) == 0, json_flag(r, "ok",
	    false));
}
END_TEST

static const struct {
	const char	*why;
	bool		 exclusive;
	const char	*says, *not;
} KEYS[] = {
	{ "a key made here", true, "key was made in this", "exclusive" },
	{ "a key that was adopted", false, "it is not exclusive", "made in this" },
};

START_TEST(evidence_says_whether_others_may_hold_its_key)
{
	struct evidence_found found = { .house = "h", .request = "r",
	    .key_name = "k", .rule = "u", .requester = "ci", .scheme = "s",
	    .digest_algorithm = "sha-256", .exclusive = KEYS[_i].exclusive,
	    .asserted = json_object() };
	AUTO_JSON *j = NULL;
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text) - 1, "w");

	ck_assert_ptr_nonnull(f);
	evidence_people(&found, false, f);
	fclose(f);
	ck_assert_msg(strstr(text, KEYS[_i].says) != NULL &&
	    strstr(text, KEYS[_i].not) == NULL, "%s: %s", KEYS[_i].why, text);
	unit_ok(evidence_json(&found, false, &j, &unit_err));
	ck_assert(json_is_boolean(json_object_get(j, "exclusive")));
	ck_assert_int_eq(json_flag(j, "exclusive", false), KEYS[_i].exclusive);
	evidence_found_done(&found);
}
END_TEST

UNIT_MAIN("auditor",
	UNIT(every_command_has_its_words)
	UNIT_ROWS(evidence_says_whether_others_may_hold_its_key, KEYS)
	UNIT_ROWS(a_report_reads_as_what_it_says, REPORTS))
