/*
 * lot_read - a batch's results as the HTTP library asks for them, on the
 * listener's thread.
 */
#include <stdlib.h>
#include <string.h>
#include "api/lot_inside.h"
#include "base/json.h"

#define BLOCK_OCTETS	(16u * 1024)

static char *
tail_text(const struct lot *l)
{
	AUTO_JSON *o = NULL, *why = NULL;

	if (json_build(&o, NULL, "{s:b, s:s, s:I, s:I, s:I, s:I}",
	    "end", l->why.code == OK, "batch", l->batch.id,
	    "rows", (json_int_t)l->rows, "done", (json_int_t)l->count[DONE],
	    "waiting", (json_int_t)l->count[WAITS],
	    "failed", (json_int_t)l->count[REFUSED]) != 0)
		return NULL;
	if (l->why.code != OK) {
		if ((why = problem_json(&l->why, NULL)) == NULL ||
		    json_object_update(o, why) != 0)
			return NULL;
	}
	return json_line(o);
}

/* Under the lock: the slot at hand, about to be told. */
static bool
slot_begin(struct lot *l, struct slot *s)
{
	switch (s->outcome) {
	case DONE:
	case WAITS:
	case REFUSED:
		if (l->skip)
			s->n = 0;
		else {
			l->count[s->outcome]++;
			l->rows++;
		}
		return true;
	case LOST:
		l->skip = true;
		return true;
	case HEAD:
		return true;
	case TAIL:
		s->text = tail_text(l);
		s->n = s->text != NULL ? strlen(s->text) : 0;
		return s->text != NULL;
	}
	return false;
}

/* Under the lock: as much as is there and fits; < 0: it ends here. */
static ssize_t
told_locked(struct lot *l, char *to, size_t room)
{
	size_t n = 0, some;
	struct slot *s;

	while (n < room && (s = &l->ring[l->told % RING])->there) {
		if (l->told_octets == 0 && !slot_begin(l, s))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		some = s->n - l->told_octets;
		if (some > room - n)
			some = room - n;
		if (some > 0)
			memcpy(to + n, s->text + l->told_octets, some);
		n += some;
		l->told_octets += some;
		if (l->told_octets < s->n)
			break;
		free(s->text);
		*s = (struct slot){ .there = false };
		l->told++;
		l->told_octets = 0;
		pthread_cond_signal(&l->room);
	}
	if (n > 0)
		return (ssize_t)n;
	if (l->whole && l->told == l->given)
		return MHD_CONTENT_READER_END_OF_STREAM;
	return l->stop ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
}

static ssize_t
lot_read(void *ctx, uint64_t at, char *to, size_t room)
{
	struct lot *l = ctx;
	ssize_t n;

	pthread_mutex_lock(&l->lock);
	if ((n = told_locked(l, to, room)) == 0) {
		l->asleep = true;
		MHD_suspend_connection(l->mhd);
	}
	pthread_mutex_unlock(&l->lock);
	return n;
}

static void
lot_read_end(void *ctx)
{
	lot_free(ctx);
}

struct MHD_Response *
lot_response(struct lot *l)
{
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
	    BLOCK_OCTETS, lot_read, l, lot_read_end);
}
