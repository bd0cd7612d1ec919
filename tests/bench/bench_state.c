/* What a signature under an open window costs the service's state. */
#include "config.h"

#include <time.h>
#include "tests/bench/uses.h"

#define USES	20000u

START_TEST(measure)
{
	static struct uses_load l;
	time_us			 from;
	clock_t			 cpu;

	scratch_make();
	uses_begin(&l, USES);
	cpu = clock();
	from = clock_mono();
	uses_commit(&l);
	bench_line("key.signed committed, 32 threads", clock_mono() - from,
	    USES);
	bench_line("  its processor time", bench_cpu(cpu), USES);
	uses_end(&l);
	scratch_clean();
}
END_TEST

int
main(void)
{
	return uses_main(measure);
}
