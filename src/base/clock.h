/*
 * clock - time as microseconds since 1970 UTC, and as RFC 3339 text.
 * Pure floors never call clock_now: time is their parameter.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include "base/err.h"

typedef int64_t time_us;
#define TIME_S(s)	((time_us)(s) * 1000000)
#define TIME_TEXT	32
#define TIME_SPAN	32

/** clock_now - the system's wall clock. */
time_us clock_now(void);
/** clock_mono - a clock that never goes back, for waits only. */
time_us clock_mono(void);
/** clock_text - "2026-11-21T08:15:30.123456Z"; always 27 characters. RFC 3339. */
void clock_text(time_us t, char ret[TIME_TEXT]);
/** clock_parse - RFC 3339 in UTC ("Z"), 0..6 digits of fraction. Errors: EINPUT. */
NODISCARD int clock_parse(const char *text, time_us *ret, struct err *err);
/**
 * clock_duration - ISO 8601 duration: P2Y, P90D, PT4H, P1DT12H, PT30S.
 * Years are 365 days, months 30: a period of law here, not of a calendar.
 * Errors: EINPUT.
 */
NODISCARD int clock_duration(const char *text, time_us *ret, struct err *err);
/** clock_span - a length of time in words, in the largest unit of which there are two:
 * "30 days", "90 minutes"; "1 second". */
void clock_span(time_us t, char ret[TIME_SPAN]);

#endif
