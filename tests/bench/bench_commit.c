/*
 * Durable commits alone and in company: one event of 900 octets each, the
 * ratio to a lone writer measured in the same run.
 */
#include "config.h"
#include <pthread.h>
#include <string.h>
#include "ledger/ledger.h"
#include "tests/bench/bench.h"
#include "tests/unit/pg.h"

#define RUN_US		1500000
#define MOST		128

static const unsigned COMPANY[] = { 1, 8, 32, 128 };

struct run {
	struct store	*store;
	time_us		 until;
	unsigned long	 done;
};

static int
add_one(struct tx *tx, void *ctx, struct err *err)
{
	char leaf[900];
	struct ledger_event e = { .kind = "key.signed", .actor = "ci",
		.subject = "firmware-key", .leaf = leaf,
		.leaf_octets = sizeof(leaf) };

	memset(leaf, 'x', sizeof(leaf));
	TRY(ledger_next(tx, &e.seq, err));
	return ledger_append(tx, &e, err);
}

static void *
write_on(void *arg)
{
	struct run *r = arg;

	while (clock_mono() < r->until) {
		BENCH_OK(store_write(r->store, add_one, NULL, NULL));
		r->done++;
	}
	return NULL;
}

/* Events a second. */
static double
together(struct store *s, unsigned threads, double *ret_each)
{
	struct run r[MOST];
	pthread_t id[MOST];
	struct store_stats was = store_stats(s), is;
	time_us began = clock_mono(), took;
	unsigned long done = 0;

	for (unsigned i = 0; i < threads; i++) {
		r[i] = (struct run){ s, began + RUN_US, 0 };
		BENCH_OK(pthread_create(&id[i], NULL, write_on, &r[i]));
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(id[i], NULL);
		done += r[i].done;
	}
	took = clock_mono() - began;
	is = store_stats(s);
	*ret_each = (double)(is.writes - was.writes) /
	    (double)(is.commits - was.commits);
	return (double)done * 1e6 / (double)took;
}

static void
measure(const char *url)
{
	struct store *s = NULL;
	double alone = 0;

	BENCH_OK(store_open(url, NULL, &s, NULL));
	for (size_t i = 0; i < NELEM(COMPANY); i++) {
		double each, rate = together(s, COMPANY[i], &each);

		if (i == 0)
			alone = rate;
		printf("%-12s %4u writers %9.0f commits/s %6.1f x alone"
		    " %6.1f share one\n", store_engine(s), COMPANY[i], rate,
		    rate / alone, each);
		fflush(stdout);
	}
	store_free(s);
}

int
main(void)
{
	char folder[] = "/tmp/claviger-bench.XXXXXX", url[512];
	static const char *const left[] = { "", "-wal", "-shm" };

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(url, sizeof(url), "sqlite:%s/store", folder);
	measure(url);
	for (size_t i = 0; i < NELEM(left); i++) {
		snprintf(url, sizeof(url), "%s/store%s", folder, left[i]);
		(void)unlink(url);
	}
	(void)rmdir(folder);
	if (pg_start() != 0) {
		printf("postgresql   not installed\n");
		return 0;
	}
	snprintf(url, sizeof(url), "postgresql:%s", pg_conninfo);
	measure(url);
	pg_stop();
	return 0;
}
