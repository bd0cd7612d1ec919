#include "config.h"

#include <inttypes.h>
#include <time.h>

#include "base/cond.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	const char	*text;
	time_us		 t;
	const char	*back;
} READ[] = {
	{ "the epoch", "1970-01-01T00:00:00Z", 0,
	    "1970-01-01T00:00:00.000000Z" },
	{ "microseconds", "2026-11-21T08:15:30.123456Z", 1795248930123456,
	    "2026-11-21T08:15:30.123456Z" },
	{ "one digit of fraction", "1970-01-01T00:00:01.5Z", 1500000,
	    "1970-01-01T00:00:01.500000Z" },
	{ "zeros first", "1970-01-01T00:00:00.000001Z", 1,
	    "1970-01-01T00:00:00.000001Z" },
	{ "before the epoch", "1969-12-31T23:59:59.999999Z", -1,
	    "1969-12-31T23:59:59.999999Z" },
	{ "a leap day", "2024-02-29T12:00:00Z", TIME_S(1709208000),
	    "2024-02-29T12:00:00.000000Z" },
	{ "a leap day of a fourth century", "2000-02-29T00:00:00Z",
	    TIME_S(951782400), "2000-02-29T00:00:00.000000Z" },
	{ "after 2038", "2038-01-19T03:14:08Z", TIME_S(2147483648),
	    "2038-01-19T03:14:08.000000Z" },
	{ "the last of all", "9999-12-31T23:59:59.999999Z",
	    253402300799999999, "9999-12-31T23:59:59.999999Z" },
	{ "the first of all", "0000-01-01T00:00:00Z", TIME_S(-62167219200),
	    "0000-01-01T00:00:00.000000Z" },
};

static const struct {
	const char	*why;
	const char	*text;
} REFUSED[] = {
	{ "nothing", "" },
	{ "a date", "2026-11-21" },
	{ "no zone", "2026-11-21T08:15:30" },
	{ "an offset", "2026-11-21T08:15:30+00:00" },
	{ "small letters", "2026-11-21t08:15:30z" },
	{ "a space for the T", "2026-11-21 08:15:30Z" },
	{ "a month too many", "2026-13-01T00:00:00Z" },
	{ "month zero", "2026-00-01T00:00:00Z" },
	{ "day zero", "2026-01-00T00:00:00Z" },
	{ "31 April", "2026-04-31T00:00:00Z" },
	{ "29 February of a plain year", "2026-02-29T00:00:00Z" },
	{ "29 February of a plain century", "2100-02-29T00:00:00Z" },
	{ "hour 24", "2026-01-01T24:00:00Z" },
	{ "minute 60", "2026-01-01T00:60:00Z" },
	{ "a leap second, which no clock of ours counts",
	    "2016-12-31T23:59:60Z" },
	{ "an empty fraction", "2026-01-01T00:00:00.Z" },
	{ "seven digits of fraction", "2026-01-01T00:00:00.1234567Z" },
	{ "something behind it", "2026-01-01T00:00:00Z " },
	{ "a short year", "226-01-01T00:00:00Z" },
	{ "a sign", "+026-01-01T00:00:00Z" },
	{ "cut short", "2026-01-01T00:0" },
};

#define DAY	86400

static const struct {
	const char	*why;
	const char	*text;
	int64_t		 seconds;	/* -1: refused */
} DURATIONS[] = {
	{ "years are of 365 days", "P2Y", (int64_t)730 * DAY },
	{ "months are of 30", "P3M", 90 * DAY },
	{ "weeks", "P2W", 14 * DAY },
	{ "days", "P90D", 90 * DAY },
	{ "hours", "PT4H", 4 * 3600 },
	{ "M behind the T is minutes", "PT5M", 300 },
	{ "seconds", "PT30S", 30 },
	{ "none at all is a duration too", "PT0S", 0 },
	{ "days and hours", "P1DT12H", DAY + 12 * 3600 },
	{ "all of them", "P1Y1M1DT1H1M1S", 395 * DAY + DAY + 3661 },
	{ "9 digits of years are 292 thousand too many", "P999999999Y", -1 },
	{ "nothing", "", -1 },
	{ "only the P", "P", -1 },
	{ "only the P and T", "PT", -1 },
	{ "nothing behind the T", "P1DT", -1 },
	{ "hours before the T", "P4H", -1 },
	{ "days behind the T", "PT4D", -1 },
	{ "units in the wrong order", "P1D1Y", -1 },
	{ "one unit twice", "P1D1D", -1 },
	{ "two Ts", "PT1HT1M", -1 },
	{ "a fraction", "PT1.5S", -1 },
	{ "a sign", "P-1D", -1 },
	{ "no number", "PD", -1 },
	{ "small letters", "p1d", -1 },
	{ "something behind it", "P1D ", -1 },
	{ "ten digits", "PT1000000000S", -1 },
};

START_TEST(it_reads_and_writes_rfc3339)
{
	char text[TIME_TEXT];
	time_us t;

	unit_ok(clock_parse(READ[_i].text, &t, &unit_err));
	ck_assert_msg(t == READ[_i].t, "%s: %" PRId64, READ[_i].why, t);
	clock_text(t, text);
	ck_assert_str_eq(text, READ[_i].back);
}
END_TEST

START_TEST(it_refuses_every_other_time)
{
	time_us t = 42;

	unit_fails(clock_parse(REFUSED[_i].text, &t, &unit_err), EINPUT);
	ck_assert_msg(t == 42, "%s", REFUSED[_i].why);
}
END_TEST

START_TEST(it_agrees_with_the_library_on_every_day)
{
	char text[TIME_TEXT], theirs[TIME_TEXT];
	struct tm tm;
	time_us back;
	time_t day;

	for (day = -26000; day < 60000; day++) {
		time_t s = day * DAY + 4711;

		ck_assert_ptr_nonnull(gmtime_r(&s, &tm));
		strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S.000000Z",
		    &tm);
		clock_text(TIME_S(s), text);
		ck_assert_str_eq(text, theirs);
		unit_ok(clock_parse(text, &back, &unit_err));
		ck_assert_int_eq(back, TIME_S(s));
	}
}
END_TEST

START_TEST(text_has_27_characters_whatever_the_time)
{
	static const time_us T[] = { INT64_MIN, INT64_MAX, 0, -1 };
	char text[TIME_TEXT];
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		clock_text(T[i], text);
		ck_assert_uint_eq(strlen(text), 27);
	}
}
END_TEST

START_TEST(it_reads_durations)
{
	time_us t = 42;

	if (DURATIONS[_i].seconds < 0) {
		unit_fails(clock_duration(DURATIONS[_i].text, &t, &unit_err),
		    EINPUT);
		ck_assert_msg(t == 42, "%s", DURATIONS[_i].why);
		return;
	}
	unit_ok(clock_duration(DURATIONS[_i].text, &t, &unit_err));
	ck_assert_msg(t == TIME_S(DURATIONS[_i].seconds), "%s",
	    DURATIONS[_i].why);
}
END_TEST

START_TEST(now_is_now_and_waits_do_not_go_back)
{
	time_us a = clock_mono(), b = clock_mono();
	int64_t drift = clock_now() / 1000000 - (int64_t)time(NULL);

	ck_assert_int_le(a, b);
	ck_assert_int_ge(drift, -1);
	ck_assert_int_le(drift, 1);
}
END_TEST

START_TEST(a_wait_ends_when_its_time_has_come)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	time_us until = clock_mono() + TIME_S(1) / 50;
	pthread_cond_t c;

	ck_assert_int_eq(cond_init(&c), 0);
	pthread_mutex_lock(&lock);
	while (cond_wait(&c, &lock, until))
		;
	ck_assert_int_ge(clock_mono(), until);
	ck_assert(!cond_wait(&c, &lock, until));
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&c);
}
END_TEST

static const struct {
	time_us		 t;
	const char	*words;
} SPANS[] = {
	{ 0, "0 seconds" }, { TIME_S(1), "1 second" }, { TIME_S(2) - 1, "1 second" },
	{ TIME_S(119), "119 seconds" }, { TIME_S(120), "2 minutes" },
	{ TIME_S(7199), "119 minutes" }, { TIME_S(7200), "2 hours" },
	{ TIME_S(86400), "24 hours" }, { TIME_S(2 * 86400), "2 days" },
};

START_TEST(a_span_is_told_in_its_largest_unit_of_two)
{
	char got[TIME_SPAN];

	clock_span(SPANS[_i].t, got);
	ck_assert_str_eq(got, SPANS[_i].words);
}
END_TEST

UNIT_MAIN("base/clock",
	UNIT_ROWS(a_span_is_told_in_its_largest_unit_of_two, SPANS)
	UNIT_ROWS(it_reads_and_writes_rfc3339, READ)
	UNIT_ROWS(it_refuses_every_other_time, REFUSED)
	UNIT(it_agrees_with_the_library_on_every_day)
	UNIT(text_has_27_characters_whatever_the_time)
	UNIT_ROWS(it_reads_durations, DURATIONS)
	UNIT(now_is_now_and_waits_do_not_go_back)
	UNIT(a_wait_ends_when_its_time_has_come))
