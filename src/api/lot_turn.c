/*
 * lot_turn - whose turn it is: rows of one batch with the same CSR have one
 * request, so the first of them decides what it is for, and not the thread
 * that is quickest.
 */
#include <string.h>
#include "api/lot_inside.h"

void
turn_take(struct lot *l, uint64_t row)
{
	for (unsigned i = 0; i < CREW; i++)
		if (l->turn[i].row == 0) {
			l->turn[i] = (struct turn){ .row = row };
			return;
		}
}

/* Under the lock. */
static struct turn *
turn_of(struct lot *l, uint64_t row)
{
	unsigned i = 0;

	while (l->turn[i].row != row)
		i++;
	return &l->turn[i];
}

/* Under the lock. What is not known yet may be the same. */
static bool
must_wait(const struct lot *l, uint64_t row, const char *name)
{
	const struct turn *t;

	for (unsigned i = 0; name[0] != '\0' && i < CREW; i++) {
		t = &l->turn[i];
		if (t->row != 0 && t->row < row && (!t->known ||
		    strcmp(t->name, name) == 0))
			return true;
	}
	return false;
}

void
turn_wait(struct lot *l, uint64_t row, const char *name)
{
	struct turn *t;

	pthread_mutex_lock(&l->lock);
	t = turn_of(l, row);
	memcpy(t->name, name, strlen(name) + 1);
	t->known = true;
	pthread_cond_broadcast(&l->turns);
	while (must_wait(l, row, name))
		pthread_cond_wait(&l->turns, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

void
turn_end(struct lot *l, uint64_t row)
{
	pthread_mutex_lock(&l->lock);
	turn_of(l, row)->row = 0;
	pthread_cond_broadcast(&l->turns);
	pthread_mutex_unlock(&l->lock);
}
