/*
 * uses - a world with one open window, and many uses of it as the keeper
 * would enter them: made beforehand, because their cost is not ours.
 */
#ifndef TESTS_BENCH_USES_H
#define TESTS_BENCH_USES_H

#include <pthread.h>
#include "tests/bench/bench.h"
#include "tests/unit/bundle.h"

#define USES_THREADS	32

struct uses_load {
	struct world	 w;
	json_t		*window;
	json_t		**entry;
	unsigned	 uses;
	unsigned	 next;		/* atomic */
};

/* Each over a digest of its own, signed. */
static void
uses_put(struct uses_load *l, json_t *m, unsigned i)
{
	char		 image[24], *sig;
	json_t		*p, *op = json_object_get(m, "operation");

	snprintf(image, sizeof(image), "image %u", i);
	sig = world_signature(&l->w, image);
	p = world_sign_parameters(&l->w, image, NULL);
	json_object_set(op, "digest", json_object_get(p, "digest"));
	json_object_set_new(m, "result", world_json("{s:s}", "signature", sig));
	json_object_set_new(m, "use", json_integer(i + 1));
	if (i > 0) {
		json_object_del(m, "facts");
		json_object_del(m, "permit_document");
	}
	l->entry[i] = world_entry(&l->w, ENTRY_SIGN, m);
	json_decref(p);
	free(sig);
}

static void
uses_entries(struct uses_load *l)
{
	json_t	*p = world_sign_parameters(&l->w, "image 0", NULL);
	json_t	*first = world_use(&l->w, l->window, true, 1, "ci",
		    world_json("{s:s, s:s, s:s, s:O}", "op", "sign", "key",
		    l->w.key, "principal", "ci", "digest", json_object_get(p,
		    "digest")), world_json("{}"));

	l->entry = calloc(l->uses, sizeof(json_t *));
	for (unsigned i = 0; i < l->uses; i++)
		uses_put(l, json_deep_copy(first), i);
	json_decref(first);
	json_decref(p);
}

static void *
uses_commit_some(void *arg)
{
	struct uses_load	*l = arg;
	unsigned		 i;

	while ((i = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED)) <
	    l->uses) {
		json_t	*data = world_json("{s:s}", "request", json_str(
		    l->window, "id", ""));
		struct event e = { .kind = EVENT_KEY_SIGNED, .actor = "ci",
		    .subject = l->w.key, .data = data, .entry = l->entry[i] };

		BENCH_OK(state_commit(l->w.state, &e, 1, NULL, NULL));
		json_decref(data);
	}
	return NULL;
}

/* A world whose window waits to be used so often. */
static void
uses_begin(struct uses_load *l, unsigned uses)
{
	memset(l, 0, sizeof(*l));
	l->uses = uses;
	world_begin(&l->w);
	world_key(&l->w, "development");
	world_activate(&l->w);
	l->window = world_window_for(&l->w, world_json("{s:i, s:b}", "uses",
	    1000000, "any_digest", 1));
	uses_entries(l);
}

static void
uses_commit(struct uses_load *l)
{
	pthread_t	 t[USES_THREADS];

	for (size_t i = 0; i < USES_THREADS; i++)
		BENCH_OK(pthread_create(&t[i], NULL, uses_commit_some, l));
	for (size_t i = 0; i < USES_THREADS; i++)
		BENCH_OK(pthread_join(t[i], NULL));
}

static void
uses_end(struct uses_load *l)
{
	for (unsigned i = 0; i < l->uses; i++)
		json_decref(l->entry[i]);
	free(l->entry);
	json_decref(l->window);
	world_end(&l->w);
}

/* A world's checks are those of the unit tests: they need a test around. */
static int
uses_main(const TTest *measure)
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
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}

#endif
