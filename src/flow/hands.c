/*
 * hands - who is at what, by its name: a request, a version, a device.  Whoever
 * asks the keeper for long keeps others off, and lets nobody wait.
 */
#include <time.h>
#include "flow/hands.h"
#include "flow/inside.h"

/* Under the lock. @held NULL: nobody is at it yet. */
static int
take(struct flow *f, const char *id, json_t *held, struct err *err)
{
	if (held == NULL)
		return json_set_int(f->busy, id, 1, err);
	/* In place: letting go must not need memory. */
	(void)json_integer_set(held, json_integer_value(held) + 1);
	return 0;
}

int
hands_on(struct flow *f, const char *id, struct err *err)
{
	json_t *held;
	int rc;

	pthread_mutex_lock(&f->lock);
	held = json_object_get(f->busy, id);
	rc = held != NULL ? err_set(err, EBUSY_, "somebody is at it") :
	    take(f, id, NULL, err);
	pthread_mutex_unlock(&f->lock);
	return rc;
}

int
hands_join(struct flow *f, const char *id, uint64_t *ret_before,
    struct err *err)
{
	json_t *held;
	uint64_t before;
	int rc;

	pthread_mutex_lock(&f->lock);
	held = json_object_get(f->busy, id);
	before = (uint64_t)json_integer_value(held);
	rc = take(f, id, held, err);
	pthread_mutex_unlock(&f->lock);
	if (rc == 0)
		*ret_before = before;
	return rc;
}

int
hands_wait(struct flow *f, const char *id, struct err *err)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	time_us until = clock_mono() + TIME_S(10);
	int rc;

	while ((rc = hands_on(f, id, err)) == -EBUSY_ && clock_mono() < until)
		(void)!nanosleep(&pause, NULL);
	return rc;
}

void
hands_off(struct flow *f, const char *id)
{
	json_t *held;

	pthread_mutex_lock(&f->lock);
	held = json_object_get(f->busy, id);
	if (json_integer_value(held) > 1)
		(void)json_integer_set(held, json_integer_value(held) - 1);
	else
		json_object_del(f->busy, id);
	pthread_mutex_unlock(&f->lock);
}
