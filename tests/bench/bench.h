/*
 * bench - what one call costs.
 *
 * A program is functions that do the thing n times, and a main of BENCH rows.
 * One line each: name, nanoseconds for one, how many in a second.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"

#define BENCH_US	300000

typedef void bench_fn(void *ctx, unsigned long n);

/* What must not fail, or the numbers mean nothing. */
#define BENCH_OK(call) do { \
	if ((call) != 0) { \
		fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, \
		    #call); \
		exit(1); \
	} \
} while (0)

/* What @n of them took together. */
static inline void
bench_line(const char *name, time_us took, unsigned long n)
{
	printf("%-36s %12.0f ns %12.0f /s\n", name,
	    (double)took * 1000 / (double)n, (double)n * 1e6 / (double)took);
	fflush(stdout);
}

/* Processor time of all threads since clock() was @from. */
static inline time_us
bench_cpu(clock_t from)
{
	return (time_us)((double)(clock() - from) * 1e6 / CLOCKS_PER_SEC);
}

/* Twice as often until it takes long enough to be measured. */
static inline void
bench(const char *name, bench_fn *fn, void *ctx)
{
	unsigned long n = 1;
	time_us from, took;

	for (;; n *= 2) {
		from = clock_mono();
		fn(ctx, n);
		took = clock_mono() - from;
		if (took >= BENCH_US)
			break;
	}
	bench_line(name, took, n);
}

#endif
