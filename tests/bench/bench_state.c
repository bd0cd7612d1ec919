/*
 * What a signature under an open window costs the service's state, and how
 * fast an auditor judges a ledger of them.
 */
#include "config.h"

#include <pthread.h>
#include <time.h>
#include "tests/bench/bench.h"
#include "tests/unit/bundle.h"

#define USES	20000u
#define THREADS	32

struct load {
	struct world	 w;
	json_t		*window;
	json_t		*entry[USES];
	unsigned	 next;		/* atomic */
};

static void
open_window(struct load *l)
{
	struct world	*w = &l->w;
	char		 from[TIME_TEXT], until[TIME_TEXT];
	struct decision	 d;
	json_t		*permit;

	clock_text(clock_now() - TIME_S(5), from);
	clock_text(clock_now() + TIME_S(3600), until);
	l->window = world_request(w, ACTION_WINDOW_OPEN, "release-lead",
	    world_json("{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys",
	    "key", w->key, "key_name", "fw", "by", "ci", "uses", 1000000,
	    "from", from, "until", until, "any_digest", 1));
	world_open(w, l->window, NULL);
	world_approve(w, l->window, 0);
	world_approve(w, l->window, 1);
	permit = world_permit(w, l->window, true);
	world_event(w, EVENT_WINDOW_OPENED, "release-lead", json_str(l->window,
	    "id", ""), world_json("{s:s, s:o, s:o}", "request", json_str(
	    l->window, "id", ""), "permit", permit, "facts", world_facts(w,
	    l->window, "release-lead", NULL, &d)), NULL);
}

/* What the keeper answers, made beforehand: its cost is not ours. */
static void
make_entries(struct load *l)
{
	struct world	*w = &l->w;
	char		*sig = world_signature(w, "image");
	json_t		*p = world_sign_parameters(w, "image", NULL);
	json_t		*first = world_use(w, l->window, true, 1, "ci",
			    world_json("{s:s, s:s, s:s, s:O}", "op", "sign",
			    "key", w->key, "principal", "ci", "digest",
			    json_object_get(p, "digest")),
			    world_json("{s:s}", "signature", sig));
	json_t		*other = json_deep_copy(first);

	json_object_del(other, "facts");
	json_object_del(other, "permit_document");
	for (unsigned i = 0; i < USES; i++) {
		json_t *m = json_copy(i == 0 ? first : other);

		json_object_set_new(m, "use", json_integer(i + 1));
		l->entry[i] = world_entry(w, ENTRY_SIGN, m);
	}
	json_decref(first);
	json_decref(other);
	free(sig);
	json_decref(p);
}

static void *
commit_some(void *arg)
{
	struct load	*l = arg;
	unsigned	 i;

	while ((i = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED)) < USES) {
		json_t	*data = world_json("{s:s}", "request", json_str(
		    l->window, "id", ""));
		struct event e = { .kind = EVENT_KEY_SIGNED, .actor = "ci",
		    .subject = l->w.key, .data = data, .entry = l->entry[i] };

		BENCH_OK(state_commit(l->w.state, &e, 1, NULL, NULL));
		json_decref(data);
	}
	return NULL;
}

static void
line(const char *name, time_us took, uint64_t n)
{
	printf("%-36s %12.0f ns %12.0f /s\n", name, (double)took * 1000 /
	    (double)n, (double)n * 1e6 / (double)took);
	fflush(stdout);
}

static time_us
cpu_since(clock_t from)
{
	return (time_us)((double)(clock() - from) * 1e6 / CLOCKS_PER_SEC);
}

static void
judge(const struct blob *b, struct world *w, bool no_proofs,
    const char *name)
{
	struct audit_options o = { .trust = w->fingerprint,
	    .no_proofs = no_proofs };
	clock_t	 cpu = clock();
	time_us	 from = clock_mono();
	json_t	*r = bundle_judge(b->data, b->len, &o);
	uint64_t events = (uint64_t)json_int(r, "events", 1);

	line(name, clock_mono() - from, events);
	line("  its processor time", cpu_since(cpu), events);
	if (!json_flag(r, "ok", false)) {
		char *text = json_pretty(json_object_get(r, "findings"));

		fprintf(stderr, "%.2000s\n", text);
		exit(1);
	}
	json_decref(r);
}

START_TEST(measure)
{
	static struct load	 l;
	pthread_t		 t[THREADS];
	struct blob		 b = { 0 };
	time_us			 from;
	clock_t			 cpu;

	scratch_make();
	world_begin(&l.w);
	world_key(&l.w, "development");
	world_activate(&l.w);
	open_window(&l);
	make_entries(&l);
	cpu = clock();
	from = clock_mono();
	for (size_t i = 0; i < THREADS; i++)
		BENCH_OK(pthread_create(&t[i], NULL, commit_some, &l));
	for (size_t i = 0; i < THREADS; i++)
		BENCH_OK(pthread_join(t[i], NULL));
	line("key.signed committed, 32 threads", clock_mono() - from, USES);
	line("  its processor time", cpu_since(cpu), USES);
	bundle_write(&l.w, 0, NULL, &b);
	judge(&b, &l.w, true, "events audited without proofs");
	judge(&b, &l.w, false, "events audited with proofs");
	for (unsigned i = 0; i < USES; i++)
		json_decref(l.entry[i]);
	json_decref(l.window);
	blob_done(&b);
	world_end(&l.w);
	scratch_clean();
}
END_TEST

/* The world's checks are those of the unit tests: they need a test around. */
int
main(void)
{
	Suite	*s = suite_create("bench");
	TCase	*tc = tcase_create("bench");
	SRunner	*r;
	int	 failed;

	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, measure);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_set_fork_status(r, CK_NOFORK);
	srunner_run_all(r, CK_SILENT);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
