#include "config.h"

#include <errno.h>
#include <time.h>

#include "base/cond.h"

int
cond_init(pthread_cond_t *c)
{
	pthread_condattr_t attr;
	int rc;

	if ((rc = pthread_condattr_init(&attr)) != 0)
		return rc;
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	rc = pthread_cond_init(c, &attr);
	(void)pthread_condattr_destroy(&attr);
	return rc;
}

bool
cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, time_us until)
{
	struct timespec t = {
		.tv_sec = (time_t)(until / TIME_S(1)),
		.tv_nsec = (long)(until % TIME_S(1)) * 1000,
	};

	return pthread_cond_timedwait(c, lock, &t) != ETIMEDOUT;
}
