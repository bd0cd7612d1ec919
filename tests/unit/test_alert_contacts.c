/* Where people are reached, and when. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "alert/contacts.h"
#include "base/io.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static int
any(void *ctx, const struct contact *c, struct err *err)
{
	return c->mail != NULL && strcmp(c->mail, "refused@x") == 0 ?
	    err_set(err, ERANGE_, "refused") : 0;
}

static int
read_text(const char *text, struct contacts **ret)
{
	unit_ok(io_write_file(scratch_path("contacts.yaml"), 0600, text,
	    strlen(text), &unit_err));
	return contacts_read(scratch_path("contacts.yaml"), any, NULL, ret,
	    &unit_err);
}

#define QUIET(from, until, offset) \
	"a: { mail: a@x, quiet: { from: \"" from "\", until: \"" until \
	"\", offset: \"" offset "\" } }\n"

static const struct {
	const char	*why, *text;
	enum err_code	 code;
} ROWS[] = {
	{ "a mail address", "a: { mail: a@x }\n", OK },
	{ "a gatherer of logs", "a: { syslog: \"unix:/dev/log\" }\n", OK },
	{ "a web hook", "a: { webhook: \"https://x/\" }\n", OK },
	{ "no way at all", "a: { digest: PT5M }\n", ESCHEMA },
	{ "a secret without a web hook", "a: { mail: a@x, secret: s }\n", ESCHEMA },
	{ "a secret that is not there", "a: { webhook: \"https://x/\", secret: none }\n", EIO_ },
	{ "a member that nobody knows", "a: { mail: a@x, fax: \"1\" }\n", ESCHEMA },
	{ "the name of nobody", "\"A b\": { mail: a@x }\n", ESCHEMA },
	{ "no object", "- a\n", ESCHEMA },
	{ "what cannot be used", "a: { mail: refused@x }\n", ERANGE_ },
	{ "the shortest digest", "a: { mail: a@x, digest: PT1M }\n", OK },
	{ "a shorter one", "a: { mail: a@x, digest: PT59S }\n", ERANGE_ },
	{ "the longest", "a: { mail: a@x, digest: P7D }\n", OK },
	{ "a longer one", "a: { mail: a@x, digest: P8D }\n", ERANGE_ },
	{ "the latest hour", QUIET("23:59", "00:00", "+14:00"), OK },
	{ "no such hour", QUIET("24:00", "00:00", "+00:00"), ERANGE_ },
	{ "no such minute", QUIET("23:60", "00:00", "+00:00"), ERANGE_ },
	{ "no time at all", QUIET("2300x", "00:00", "+00:00"), ERANGE_ },
	{ "no length", QUIET("07:00", "07:00", "+00:00"), ERANGE_ },
	{ "too far from UTC", QUIET("07:00", "08:00", "+14:01"), ERANGE_ },
	{ "no sign", QUIET("07:00", "08:00", "001:00"), ERANGE_ },
};

START_TEST(a_file_is_read_or_refused_with_its_line)
{
	AUTO(contacts) *c = NULL;
	int rc = read_text(ROWS[_i].text, &c);

	ck_assert_msg(rc == -(int)ROWS[_i].code, "%s: %d %s", ROWS[_i].why, rc,
	    unit_err.what);
	if (ROWS[_i].code == ERANGE_)
		ck_assert_ptr_nonnull(strstr(unit_err.what,
		    "contacts.yaml:1:"));
}
END_TEST

START_TEST(a_secret_lies_beside_and_is_nobody_elses)
{
	AUTO(contacts) *c = NULL;
	const char *text = "a: { webhook: \"https://x/\", secret: s }\n";

	unit_ok(io_write_file(scratch_path("s"), 0600, "0123456789abcde", 15,
	    &unit_err));
	unit_fails(read_text(text, &c), ERANGE_);
	unit_ok(io_write_file(scratch_path("s"), 0600, "0123456789abcdef", 16,
	    &unit_err));
	unit_ok(read_text(text, &c));
	ck_assert_uint_eq(secret_len(contacts_find(c, "a")->secret), 16);
	ck_assert_ptr_null(contacts_find(c, "b"));
	ck_assert_ptr_null(contacts_find(NULL, "a"));
	contacts_free(contacts_ref(c));
	ck_assert_ptr_nonnull(contacts_find(c, "a"));
	unit_ok(io_write_file(scratch_path("t"), 0644, "0123456789abcdef", 16,
	    &unit_err));
	contacts_free(c);
	c = NULL;
	unit_fails(read_text("a: { webhook: \"https://x/\", secret: t }\n", &c),
	    EDENIED);
}
END_TEST

/* From 22:00 until 07:00 of a clock an hour ahead: 21:00 to 06:00 UTC. */
#define NIGHT	{ .quiet = true, .from = 22 * 60, .until = 7 * 60, .offset = 60 }
#define DAY	"2026-11-29T"
#define NEXT	"2026-11-30T"

static const struct {
	const char	*why;
	struct contact	 c;
	bool		 mail;
	const char	*now, *when;
} WHEN[] = {
	{ "at once", { .mail = "a@x" }, true, DAY "12:00:01Z", DAY "12:00:01Z" },
	{ "before the night", NIGHT, true, DAY "20:59:59Z", DAY "20:59:59Z" },
	{ "as it begins", NIGHT, true, DAY "21:00:00Z", NEXT "06:00:00Z" },
	{ "by web hook, too", NIGHT, false, DAY "21:00:00Z", NEXT "06:00:00Z" },
	{ "after midnight", NIGHT, true, NEXT "00:30:10Z", NEXT "06:00:00Z" },
	{ "its last minute", NIGHT, true, NEXT "05:59:59Z", NEXT "06:00:00Z" },
	{ "when it is over", NIGHT, true, NEXT "06:00:00Z", NEXT "06:00:00Z" },
	{ "gathered", { .digest = TIME_S(1800) }, true, DAY "12:00:00Z", DAY "12:30:00Z" },
	{ "gathered until then", { .digest = TIME_S(1800) }, true, DAY "12:29:59Z", DAY "12:30:00Z" },
	{ "web hooks are not", { .digest = TIME_S(1800) }, false, DAY "12:29:59Z", DAY "12:29:59Z" },
	{ "gathered into the night", { .digest = TIME_S(1800), .quiet = true,
	    .from = 12 * 60 + 30, .until = 13 * 60 }, true, DAY "12:10:00Z",
	    DAY "13:00:00Z" },
	{ "behind UTC", { .quiet = true, .from = 0, .until = 60,
	    .offset = -8 * 60 }, true, DAY "08:10:00Z", DAY "09:00:00Z" },
};

START_TEST(people_hear_when_they_want_to)
{
	time_us now, when;

	unit_ok(clock_parse(WHEN[_i].now, &now, &unit_err));
	unit_ok(clock_parse(WHEN[_i].when, &when, &unit_err));
	ck_assert_msg(contact_when(&WHEN[_i].c, WHEN[_i].mail, now) == when,
	    "%s", WHEN[_i].why);
}
END_TEST

UNIT_MAIN("alert/contacts",
	tcase_add_checked_fixture(tc, scratch_make, scratch_clean);
	UNIT_ROWS(a_file_is_read_or_refused_with_its_line, ROWS)
	UNIT(a_secret_lies_beside_and_is_nobody_elses)
	UNIT_ROWS(people_hear_when_they_want_to, WHEN))
