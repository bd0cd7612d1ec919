/*
 * value - what a word on the command line must look like.
 *
 * Floor 2.  Pure.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/sha256.h"
#include "command/command.h"

#define COUNT_MOST	((int64_t)1 << 53)

static int
choice_check(const char *choices, const char *what, const char *text,
    struct err *err)
{
	size_t n = strlen(text);
	const char *p = choices;

	while (p != NULL && n > 0) {
		if (strncmp(p, text, n) == 0 && (p[n] == '|' || p[n] == '\0'))
			return 0;
		p = strchr(p, '|');
		if (p != NULL)
			p++;
	}
	return err_set(err, EUSAGE, "%s is one of %s, not \"%.40s\"", what,
	    choices, text);
}

static int
count_check(int64_t min, int64_t max, const char *what, const char *text,
    struct err *err)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || v < 0 ||
	    v >= COUNT_MOST)
		return err_set(err, EUSAGE,
		    "%s is a whole number, not \"%.40s\"", what, text);
	if ((min != 0 || max != 0) && (v < min || v > max))
		return err_set(err, EUSAGE, "%s is from %lld to %lld", what,
		    (long long)min, (long long)max);
	return 0;
}

static int
pair_check(const char *what, const char *text, struct err *err)
{
	const char *eq = strchr(text, '=');
	char name[65];

	if (eq != NULL && (size_t)(eq - text) < sizeof(name)) {
		memcpy(name, text, (size_t)(eq - text));
		name[eq - text] = '\0';
		if (name_check(name))
			return 0;
	}
	return err_set(err, EUSAGE,
	    "%s is NAME=VALUE, with a name of [a-z0-9._-], not \"%.40s\"",
	    what, text);
}

static int
date_only(const char *text, time_us *ret, struct err *err)
{
	char full[TIME_TEXT];

	if (strlen(text) != 10)
		return clock_parse(text, ret, err);
	snprintf(full, sizeof(full), "%sT00:00:00Z", text);
	return clock_parse(full, ret, err);
}

int
value_time(const char *text, time_us now, time_us *ret, struct err *err)
{
	if (strcmp(text, "now") == 0) {
		*ret = now;
		return 0;
	}
	if (date_only(text, ret, NULL) != 0)
		return err_set(err, EUSAGE, "\"%.40s\" is not a time: write "
		    "2026-11-21, 2026-11-21T08:15:00Z or now", text);
	return 0;
}

int
value_check(enum value_kind v, const char *choices, int64_t min, int64_t max,
    const char *what, const char *text, struct err *err)
{
	struct sha256 h;
	time_us t;

	switch (v) {
	case V_FLAG:
		return err_set(err, EUSAGE, "%s takes no value", what);
	case V_TEXT:
		return 0;
	case V_NAME:
		if (!name_check(text))
			return err_set(err, EUSAGE, "%s is a name of "
			    "[a-z0-9._-], not \"%.40s\"", what, text);
		return 0;
	case V_COUNT:
		return count_check(min, max, what, text, err);
	case V_TIME:
		return value_time(text, 0, &t, err);
	case V_DURATION:
		if (clock_duration(text, &t, NULL) != 0)
			return err_set(err, EUSAGE, "%s is a duration like "
			    "P1D or PT4H, not \"%.40s\"", what, text);
		return 0;
	case V_HASH:
		if (sha256_parse(text, &h, NULL) != 0)
			return err_set(err, EUSAGE, "%s is 64 hexadecimal "
			    "digits in lower case", what);
		return 0;
	case V_CHOICE:
		return choice_check(choices, what, text, err);
	case V_PAIR:
		return pair_check(what, text, err);
	case V_REQUEST:
		if (!id_check(text, "req"))
			return err_set(err, EUSAGE, "%s is a request's id, "
			    "\"req_...\", not \"%.40s\"", what, text);
		return 0;
	case V_FILE:
	case V_FOLDER:
		if (*text == '\0')
			return err_set(err, EUSAGE, "%s is empty", what);
		return 0;
	}
	return 0;
}
