#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define DAY_S		86400
#define SECOND_US	1000000
/* 0000-01-01T00:00:00Z and the last microsecond of the year 9999. */
#define TIME_MIN	(-62167219200 * (time_us)SECOND_US)
#define TIME_MAX	(253402300800 * (time_us)SECOND_US - 1)

static time_us
now(clockid_t which)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(which, &ts);
	return (time_us)ts.tv_sec * SECOND_US + ts.tv_nsec / 1000;
}

time_us
clock_now(void)
{
	return now(CLOCK_REALTIME);
}

time_us
clock_mono(void)
{
	return now(CLOCK_MONOTONIC);
}

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar and back.  Years
 * are counted from March, so that the leap day comes last, in eras of 400.
 */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void
date_of(int64_t days, int *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static char *
digits(char *p, int v, int n)
{
	int i;

	for (i = n - 1; i >= 0; i--, v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

void
clock_text(time_us t, char ret[TIME_TEXT])
{
	int64_t s, us, day;
	int y, m, d;
	char *p = ret;

	t = t < TIME_MIN ? TIME_MIN : t > TIME_MAX ? TIME_MAX : t;
	us = ((t % SECOND_US) + SECOND_US) % SECOND_US;
	s = (t - us) / SECOND_US;
	day = (s >= 0 ? s : s - (DAY_S - 1)) / DAY_S;
	s -= day * DAY_S;
	date_of(day, &y, &m, &d);

	p = digits(p, y, 4), *p++ = '-';
	p = digits(p, m, 2), *p++ = '-';
	p = digits(p, d, 2), *p++ = 'T';
	p = digits(p, (int)(s / 3600), 2), *p++ = ':';
	p = digits(p, (int)(s / 60 % 60), 2), *p++ = ':';
	p = digits(p, (int)(s % 60), 2), *p++ = '.';
	p = digits(p, (int)us, 6), *p++ = 'Z';
	*p = '\0';
}

/* @n digits, then @after.  Moves *p on, or makes it NULL, which stays so. */
static int
field(const char **p, int n, char after)
{
	int i, v = 0;

	for (i = 0; *p != NULL && i < n; i++) {
		if ((*p)[i] < '0' || (*p)[i] > '9')
			*p = NULL;
		else
			v = v * 10 + ((*p)[i] - '0');
	}
	if (*p != NULL)
		*p = after == '\0' || (*p)[n] == after ?
		    *p + n + (after != '\0') : NULL;
	return v;
}

static int
month_days(int y, int m)
{
	static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

	return DAYS[m - 1] + (m == 2 && leap);
}

int
clock_parse(const char *text, time_us *ret, struct err *err)
{
	const char *p = text;
	int y, mo, d, h, mi, s, us = 0, scale = 100000;

	y = field(&p, 4, '-');
	mo = field(&p, 2, '-');
	d = field(&p, 2, 'T');
	h = field(&p, 2, ':');
	mi = field(&p, 2, ':');
	s = field(&p, 2, '\0');
	if (p != NULL && p[0] == '.' && p[1] >= '0' && p[1] <= '9')
		for (p++; *p >= '0' && *p <= '9' && scale > 0; scale /= 10)
			us += (*p++ - '0') * scale;
	if (p == NULL || strcmp(p, "Z") != 0)
		return err_set(err, EINPUT,
		    "expected a time like 2026-11-21T08:15:30Z");
	if (mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo) || h > 23 ||
	    mi > 59 || s > 59)
		return err_set(err, EINPUT, "there is no such time");
	*ret = TIME_S(days_of(y, mo, d) * DAY_S + h * 3600 + mi * 60 + s) + us;
	return 0;
}

static const struct {
	char	 unit;
	bool	 of_day;	/* after the T */
	int64_t	 seconds;
} UNITS[] = {
	{ 'Y', false, 365 * (int64_t)DAY_S },
	{ 'M', false, 30 * (int64_t)DAY_S },
	{ 'W', false, 7 * (int64_t)DAY_S },
	{ 'D', false, DAY_S },
	{ 'H', true, 3600 },
	{ 'M', true, 60 },
	{ 'S', true, 1 },
};

/* One "12H": adds it up.  *next is the first unit that may still come. */
static bool
component(const char **p, bool of_day, size_t *next, time_us *sum)
{
	int64_t v = 0, us;
	size_t i;
	int n;

	for (n = 0; **p >= '0' && **p <= '9'; n++, (*p)++) {
		if (n == 9)
			return false;
		v = v * 10 + (**p - '0');
	}
	for (i = *next; i < NELEM(UNITS); i++)
		if (UNITS[i].of_day == of_day && UNITS[i].unit == **p)
			break;
	if (n == 0 || i == NELEM(UNITS))
		return false;
	(*p)++;
	*next = i + 1;
	return !__builtin_mul_overflow(v, UNITS[i].seconds * SECOND_US, &us) &&
	    !__builtin_add_overflow(*sum, us, sum);
}

int
clock_duration(const char *text, time_us *ret, struct err *err)
{
	const char *p = text;
	bool of_day = false, ok;
	size_t next = 0;
	time_us sum = 0;

	ok = *p++ == 'P';
	while (ok) {
		if (*p == 'T' && !of_day) {
			of_day = true;
			p++;
		}
		ok = component(&p, of_day, &next, &sum);
		if (ok && *p == '\0') {
			*ret = sum;
			return 0;
		}
	}
	return err_set(err, EINPUT,
	    "expected a duration like P2Y, P90D, PT4H or P1DT12H");
}

void
clock_span(time_us t, char ret[TIME_SPAN])
{
	static const struct { time_us unit; const char *name; } units[] = {
		{ TIME_S(86400), "day" }, { TIME_S(3600), "hour" },
		{ TIME_S(60), "minute" }, { TIME_S(1), "second" } };
	size_t i = 0;
	long long n;

	/* Two of a smaller unit say more than one of a larger. */
	while (i + 1 < NELEM(units) && t < 2 * units[i].unit)
		i++;
	n = (long long)(t / units[i].unit);
	(void)snprintf(ret, TIME_SPAN, "%lld %s%s", n, units[i].name, n == 1 ?
	    "" : "s");
}
