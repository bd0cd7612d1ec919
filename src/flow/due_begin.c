/*
 * due_begin - what is due is performed while whoever approved it is answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "flow/due.h"
#include "flow/errand.h"
#include "flow/hands.h"
#include "flow/inside.h"

struct begun_due {
	struct flow	*flow;
	char		 request[ID_TEXT];
};

static bool
begun_add(struct flow *f, const char *request, bool *ret_new)
{
	bool there;

	pthread_mutex_lock(&f->lock);
	*ret_new = json_object_get(f->begun, request) == NULL;
	there = !*ret_new || json_object_set_new(f->begun, request,
	    json_true()) == 0;
	pthread_mutex_unlock(&f->lock);
	return there;
}

static void
begun_drop(struct flow *f, const char *request)
{
	pthread_mutex_lock(&f->lock);
	json_object_del(f->begun, request);
	pthread_mutex_unlock(&f->lock);
}

bool
due_is_begun(struct flow *f, const char *request)
{
	bool is;

	pthread_mutex_lock(&f->lock);
	is = json_object_get(f->begun, request) != NULL;
	pthread_mutex_unlock(&f->lock);
	return is;
}

/* A sweep that found it first is awaited: who approved it is told what came of it. */
static int
perform_behind(struct flow *f, const char *request, struct err *err)
{
	int rc = due_perform(f, request, err);

	if (rc != -(int)EBUSY_)
		return rc;
	TRY(hands_wait(f, request, err));
	hands_off(f, request);
	return due_perform(f, request, err);
}

static void
begun_run(void *ctx)
{
	struct begun_due *d = ctx;
	struct flow *f = d->flow;
	struct err err = { .code = OK };

	if (perform_behind(f, d->request, &err) != 0 && err.code != EBUSY_)
		log_err(LOG_WARN, "performing a request that is due", &err);
	begun_drop(f, d->request);
	/* Also where it stays due, as the keeper did not answer. */
	if (f->o.changed != NULL)
		f->o.changed(f->o.ctx, d->request);
	free(d);
}

static int
begin(struct flow *f, const char *request, struct err *err)
{
	struct begun_due *d = calloc(1, sizeof(*d));
	int rc;

	if (d == NULL)
		return err_set(err, ENOMEMORY, "what is due");
	d->flow = f;
	(void)snprintf(d->request, sizeof(d->request), "%s", request);
	if ((rc = errand_put(f, begun_run, d, err)) != 0)
		free(d);
	return rc;
}

int
due_begin(struct flow *f, const char *request, struct err *err)
{
	bool new;
	int rc;

	if (!begun_add(f, request, &new))
		return err_set(err, ENOMEMORY, "what is due");
	if (!new)
		return 0;
	if ((rc = begin(f, request, err)) != 0)
		begun_drop(f, request);
	return rc;
}
