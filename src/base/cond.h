/*
 * cond - conditions whose waits end by a clock that never goes back.
 *
 * Threads:  any; the lock is the caller's, as with pthread_cond_wait.
 */
#ifndef BASE_COND_H
#define BASE_COND_H

#include <pthread.h>
#include <stdbool.h>
#include "base/clock.h"

/** cond_init - returns what pthread_cond_init does: 0, or an errno. */
int cond_init(pthread_cond_t *c);
/**
 * cond_wait - under @lock, until signalled or until clock_mono() is @until;
 * false when it was the time. May wake for nothing, as they all do.
 */
bool cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, time_us until);

#endif
