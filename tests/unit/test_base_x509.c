#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/x509.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

START_TEST(a_file_says_when_its_certificate_is_good)
{
	char command[1000];
	time_us from = 0, until = 0, now = clock_now();

	snprintf(command, sizeof(command), "openssl req -x509 -newkey ec "
	    "-pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x "
	    "-keyout %s -out %s 2>/dev/null", scratch_path("key"),
	    scratch_path("crt"));
	ck_assert_int_eq(system(command), 0);
	unit_ok(x509_file_times(scratch_path("crt"), &from, &until, &unit_err));
	ck_assert_int_eq(until - from, TIME_S(30 * 86400));
	ck_assert_int_le(from, now + TIME_S(5));
	ck_assert_int_gt(from, now - TIME_S(600));
	/* A key alone, and nothing. */
	unit_fails(x509_file_times(scratch_path("key"), &from, &until,
	    &unit_err), EINPUT);
	unit_fails(x509_file_times(scratch_path("none"), &from, &until,
	    &unit_err), EIO_);
}
END_TEST

UNIT_MAIN("base/x509", UNIT_SCRATCH
	UNIT(a_file_says_when_its_certificate_is_good))
