#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/cond.h"
#include "base/json.h"
#include "keyring/line.h"
#include "keyring/provider.h"

static int
condition(pthread_cond_t *c, struct err *err)
{
	return cond_init(c) == 0 ? 0 : err_set(err, ENOMEMORY, "a condition");
}

static int
make_calls(struct keyring *k, struct err *err)
{
	unsigned i;

	if ((k->calls = calloc(k->most, sizeof(k->calls[0]))) == NULL)
		return err_set(err, ENOMEMORY, "%u calls", k->most);
	for (i = k->most; i-- > 0;) {
		TRY(condition(&k->calls[i].come, err));
		k->calls[i].next_free = k->first_free;
		k->first_free = &k->calls[i];
	}
	return 0;
}

static int
take_options(struct keyring *k, const struct keyring_options *o,
    struct err *err)
{
	struct sockaddr_un a;

	if (o->socket == NULL || strlen(o->socket) >= sizeof(a.sun_path))
		return err_set(err, ERANGE_,
		    "a socket's path has at most %zu octets",
		    sizeof(a.sun_path) - 1);
	if (o->most > LINE_CALLS_MOST)
		return err_set(err, ERANGE_, "at most %d calls at once",
		    LINE_CALLS_MOST);
	if ((k->path = strdup(o->socket)) == NULL)
		return err_set(err, ENOMEMORY, "a path");
	k->most = o->most > 0 ? o->most : LINE_CALLS;
	k->timeout = o->timeout > 0 ? o->timeout : LINE_TIMEOUT;
	k->patience = o->patience > 0 ? o->patience : LINE_PATIENCE;
	k->welcome = o->welcome;
	k->welcome_ctx = o->ctx;
	return 0;
}

static int
start(struct keyring *k, const struct keyring_options *o, struct err *err)
{
	TRY(take_options(k, o, err));
	TRY(make_calls(k, err));
	(void)err_set(&k->why, EKEEPER, "not connected yet");
	/* The greeter compares itself with k->greeter: let it wait until that is set. */
	(void)pthread_mutex_lock(&k->lock);
	k->started = line_thread(&k->greeter, line_greeter, k, err) == 0;
	(void)pthread_mutex_unlock(&k->lock);
	return k->started ? 0 : -(int)EINTERNAL;
}

int
keyring_open(const struct keyring_options *o, struct keyring **ret,
    struct err *err)
{
	AUTO(keyring) *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return err_set(err, ENOMEMORY, "a keyring");
	k->fd = -1;
	if (condition(&k->change, err) != 0) {
		free(TAKE(k));
		return -(int)ENOMEMORY;
	}
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_mutex_init(&k->provider_lock, NULL);
	TRY(start(k, o, err));
	*ret = TAKE(k);
	return 0;
}

static void
stop(struct keyring *k)
{
	struct err why = { 0 };

	(void)err_set(&why, EKEEPER, "the keyring is closed");
	(void)pthread_mutex_lock(&k->lock);
	k->stop = true;
	line_break(k, &why);
	(void)pthread_cond_broadcast(&k->change);
	(void)pthread_mutex_unlock(&k->lock);
	(void)pthread_join(k->greeter, NULL);
}

void
keyring_end(struct keyring *k)
{
	(void)pthread_mutex_lock(&k->lock);
	k->ending = clock_mono();
	k->ending_heard = k->heard;
	(void)pthread_cond_broadcast(&k->change);
	(void)pthread_mutex_unlock(&k->lock);
}

void
keyring_free(struct keyring *k)
{
	unsigned i;

	if (k == NULL)
		return;
	if (k->started)
		stop(k);
	for (i = 0; k->calls != NULL && i < k->most; i++)
		(void)pthread_cond_destroy(&k->calls[i].come);
	free(k->calls);
	free(k->path);
	(void)pthread_cond_destroy(&k->change);
	provider_free(k->provider);
	(void)pthread_mutex_destroy(&k->provider_lock);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

int
keyring_wait(struct keyring *k, time_us wait, struct err *err)
{
	time_us until = clock_mono() + wait;
	struct err why = { 0 };

	(void)pthread_mutex_lock(&k->lock);
	while (k->state != LINE_READY && k->ending == 0 &&
	    line_wait(k, &k->change, until))
		continue;
	if (k->state != LINE_READY)
		why = k->why;
	(void)pthread_mutex_unlock(&k->lock);
	if (why.code != OK && err != NULL)
		*err = why;
	return -(int)why.code;
}

int
keyring_answers(struct keyring *k, struct err *err)
{
	int rc = 0;

	(void)pthread_mutex_lock(&k->lock);
	if (k->state != LINE_READY)
		rc = err_set(err, k->why.code, "%s", k->why.what);
	else if (k->silent)
		rc = line_silent(err);
	(void)pthread_mutex_unlock(&k->lock);
	return rc;
}

bool
keyring_ready(struct keyring *k)
{
	bool ready;

	(void)pthread_mutex_lock(&k->lock);
	ready = k->state == LINE_READY;
	(void)pthread_mutex_unlock(&k->lock);
	return ready;
}

void
keyring_retry(struct keyring *k)
{
	struct err why = { 0 };

	(void)err_set(&why, EKEEPER, "the service greets anew");
	(void)pthread_mutex_lock(&k->lock);
	line_break(k, &why);
	(void)pthread_mutex_unlock(&k->lock);
}
