#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "api/server.h"

enum { CONTROL, PUBLIC, LOCAL };

static int
bind_all(struct api *a, struct err *err)
{
	static const char *const names[] = { "control", "public", "local" };
	const char *address[] = { a->o.control_listen, a->o.public_listen,
	    a->o.local_listen };
	size_t i;

	for (i = 0; i < LISTENERS; i++)
		a->listener[i] = (struct listener){ .api = a, .name = names[i],
		    .at = i == PUBLIC ? AT_PUBLIC : AT_CONTROL, .fd = -1 };
	for (i = 0; i < LISTENERS; i++)
		if (address[i] != NULL && address[i][0] != '\0')
			TRY(listener_bind(&a->listener[i], address[i],
			    i == LOCAL, err));
	return 0;
}

static int
start_all(struct api *a, struct err *err)
{
	size_t i;

	TRY(pool_new(a->o.workers, a->o.queue, &a->pool, err));
	if (a->listener[CONTROL].fd >= 0) {
		TRY(tls_new(a->o.control_certificate, a->o.control_key,
		    &a->tls, err));
		a->listener[CONTROL].tls = a->tls;
	}
	for (i = 0; i < LISTENERS; i++)
		if (a->listener[i].fd >= 0)
			TRY(listener_start(&a->listener[i], err));
	return 0;
}

static int
openapi_prepare(struct api *a, struct err *err)
{
	AUTO_JSON *doc = NULL;

	TRY(openapi_build(&doc, err));
	if ((a->openapi = json_line(doc)) == NULL)
		return err_set(err, ENOMEMORY, "the OpenAPI document");
	return 0;
}

/* One was made, or not: who waits for it looks again. */
static void
replay_told(void *api)
{
	api_changed(api, AS_OF);
}

int
api_open(const struct api_options *o, struct api **ret, struct err *err)
{
	struct api *a = calloc(1, sizeof(*a));
	int rc;

	if (a == NULL)
		return err_set(err, ENOMEMORY, "the listeners");
	a->o = *o;
	a->flow = o->flow;
	park_init(&a->park);
	watch_init(&a->watch);
	lots_init(&a->lots);
	if ((rc = as_of_init(&a->as_of, o->store, o->folder, replay_told, a,
	    err)) != 0 ||
	    (rc = bind_all(a, err)) != 0 ||
	    (rc = openapi_prepare(a, err)) != 0 ||
	    (rc = start_all(a, err)) != 0) {
		api_free(a);
		return rc;
	}
	*ret = a;
	return 0;
}

static bool
all_answered(struct api *a)
{
	struct conn *c;
	bool done = true;

	pthread_mutex_lock(&a->watch.lock);
	for (c = a->watch.first; c != NULL; c = c->next)
		if (atomic_load(&c->phase) == CONN_REPLY ||
		    atomic_load(&c->phase) == CONN_WORK)
			done = false;
	pthread_mutex_unlock(&a->watch.lock);
	return done;
}

void
api_free(struct api *a)
{
	const struct timespec moment = { 0, 20000000 };
	size_t i;
	int n;

	if (a == NULL)
		return;
	if (a->pool != NULL) {
		park_close(&a->park, a->pool);
		pool_stop(a->pool);
	}
	as_of_stop(&a->as_of);
	lots_close(&a->lots);
	/* Replies on their way get a second; slow readers are cut off. */
	for (n = 0; n < 50 && !all_answered(a); n++)
		nanosleep(&moment, NULL);
	for (i = 0; i < LISTENERS; i++)
		listener_stop(&a->listener[i]);
	lots_done(&a->lots);
	pool_free(a->pool);
	tls_free(a->tls);
	park_done(&a->park);
	watch_done(&a->watch);
	free(a->openapi);
	free(a);
}

int
api_reload(struct api *a, struct err *err)
{
	return a->tls != NULL ? tls_reload(a->tls, err) : 0;
}

void
api_tick(struct api *a)
{
	time_us now = clock_mono();

	park_wake(&a->park, a->pool, NULL, now);
	as_of_tick(&a->as_of);
	watch_tick(&a->watch, now, a->o.deadline_s);
}

void
api_changed(void *api, const char *request)
{
	struct api *a = api;

	park_wake(&a->park, a->pool, request, 0);
}

unsigned
api_port(const struct api *a, const char *listener)
{
	size_t i;

	for (i = 0; i < LISTENERS; i++)
		if (strcmp(a->listener[i].name, listener) == 0)
			return a->listener[i].port;
	return 0;
}
