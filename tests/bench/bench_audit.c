/*
 * How fast an auditor judges a ledger, and what that is to the checking of
 * its signatures alone.  Two ledgers: one of a window that was used often,
 * one of releases that two officers approved.
 *
 * BENCH_EVENTS=n BENCH_THREADS=n change what is asked.
 */
#include "config.h"

#include "tests/bench/uses.h"

#define RELEASES	600u	/* four events each */
#define ROUNDS		3	/* the best one counts: others use the machine */

static unsigned	 threads;

/* ---- the checking of signatures, and nothing else ---- */

struct bare {
	EVP_PKEY	*key;
	unsigned char	 digest[SHA256_OCTETS];
	struct blob	 signature;
	unsigned	 n, next;	/* next: atomic */
};

#define CHUNK	64u

static void *
bare_some(void *arg)
{
	struct bare	*b = arg;
	EVP_PKEY_CTX	*c = EVP_PKEY_CTX_new(b->key, NULL);
	unsigned	 i;

	BENCH_OK(c == NULL || EVP_PKEY_verify_init(c) != 1);
	while ((i = __atomic_fetch_add(&b->next, CHUNK, __ATOMIC_RELAXED)) <
	    b->n)
		for (unsigned k = i; k < b->n && k < i + CHUNK; k++)
			BENCH_OK(EVP_PKEY_verify(c, b->signature.data,
			    b->signature.len, b->digest,
			    sizeof(b->digest)) != 1);
	EVP_PKEY_CTX_free(c);
	return NULL;
}

struct took {
	time_us	 wall, cpu;
};

static struct took
bare_run(struct bare *b)
{
	pthread_t	 t[64];
	time_us		 from = clock_mono();
	clock_t		 cpu = clock();

	b->next = 0;
	for (unsigned i = 0; i < threads; i++)
		BENCH_OK(pthread_create(&t[i], NULL, bare_some, b));
	for (unsigned i = 0; i < threads; i++)
		BENCH_OK(pthread_join(t[i], NULL));
	return (struct took){ clock_mono() - from, bench_cpu(cpu) };
}

static void
bare_begin(struct bare *b, struct world *w)
{
	struct sha256	 h = sha256_of("image", 5);

	memset(b, 0, sizeof(*b));
	b->key = w->firmware_key;
	memcpy(b->digest, h.o, sizeof(b->digest));
	unit_ok(proof_sign(b->key, "image", 5, &b->signature, &unit_err));
}

/* ---- the audit ---- */

static struct took
audit_run(const struct blob *bundle, struct world *w, bool no_proofs,
    uint64_t *ret_events, unsigned *ret_signatures)
{
	struct audit_options o = { .trust = w->fingerprint,
	    .no_proofs = no_proofs, .threads = threads };
	time_us	 from = clock_mono();
	clock_t	 cpu = clock();
	json_t	*r = bundle_judge(bundle->data, bundle->len, &o), *checked;
	struct took took = { clock_mono() - from, bench_cpu(cpu) };

	bundle_good(r);
	checked = json_object_get(r, "checked");
	*ret_events = (uint64_t)json_int(r, "events", 1);
	*ret_signatures = (unsigned)(json_int(checked, "approvals", 0) +
	    json_int(checked, "signatures", 0));
	json_decref(r);
	return took;
}

static void
best(struct took *t, struct took now)
{
	t->wall = now.wall < t->wall ? now.wall : t->wall;
	t->cpu = now.cpu < t->cpu ? now.cpu : t->cpu;
}

static void
measure_ledger(const char *what, struct world *w)
{
	struct took	 plain = { INT64_MAX, INT64_MAX }, full = plain;
	struct took	 alone = plain;
	struct blob	 bundle = { 0 };
	struct bare	 bare;
	uint64_t	 events;

	bundle_write(w, 0, NULL, &bundle);
	bare_begin(&bare, w);
	for (unsigned i = 0; i < ROUNDS; i++) {
		best(&plain, audit_run(&bundle, w, true, &events, &bare.n));
		best(&full, audit_run(&bundle, w, false, &events, &bare.n));
		best(&alone, bare_run(&bare));
	}
	printf("%s: %llu events of %zu octets, %u signatures, %u threads\n",
	    what, (unsigned long long)events, bundle.len / events, bare.n,
	    threads);
	bench_line("events audited without proofs", plain.wall, events);
	bench_line("  their processor time", plain.cpu, events);
	bench_line("events audited with proofs", full.wall, events);
	bench_line("  their processor time", full.cpu, events);
	bench_line("  its signatures' checks alone", alone.wall, events);
	printf("%-36s %12.2f (processor time: %.2f)\n",
	    "  the whole to these checks", (double)full.wall /
	    (double)alone.wall, (double)full.cpu / (double)alone.cpu);
	blob_done(&bare.signature);
	blob_done(&bundle);
}

static unsigned
asked(const char *name, unsigned otherwise)
{
	const char	*s = getenv(name);

	return s != NULL && atoi(s) > 0 ? (unsigned)atoi(s) : otherwise;
}

static void
release(struct world *w, unsigned i)
{
	char	 version[24];
	json_t	*q;

	snprintf(version, sizeof(version), "1.%u", i);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", version));
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	world_approve(w, q, 1);
	unit_ok(world_signed(w, q, true, 1, "ci", "image", version,
	    &unit_err));
	json_decref(q);
}

static void
measure_releases(void)
{
	struct world	 w;

	scratch_make();
	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	for (unsigned i = 0; i < RELEASES; i++)
		release(&w, i);
	measure_ledger("releases", &w);
	world_end(&w);
	scratch_clean();
}

static void
measure_window(void)
{
	static struct uses_load l;

	scratch_make();
	uses_begin(&l, asked("BENCH_EVENTS", 50000));
	uses_commit(&l);
	measure_ledger("a window", &l.w);
	uses_end(&l);
	scratch_clean();
}

START_TEST(measure)
{
	threads = asked("BENCH_THREADS", (unsigned)sysconf(
	    _SC_NPROCESSORS_ONLN));
	ck_assert_uint_le(threads, 64);
	measure_window();
	measure_releases();
}
END_TEST

int
main(void)
{
	return uses_main(measure);
}
