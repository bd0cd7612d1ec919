/*
 * seen - see seen.h.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "cli/seen.h"

#define FIRST	((size_t)1024)

void
seen_done(struct seen *s)
{
	free(s->slot);
	*s = (struct seen){ .slot = NULL };
}

uint64_t
seen_hash(const void *p, size_t n)
{
	struct sha256 h = sha256_of(p, n);
	uint64_t ret;

	memcpy(&ret, h.o, sizeof(ret));
	return ret != 0 ? ret : 1;
}

/* Its own, or the first that is free behind it. */
static struct seen_slot *
slot_of(const struct seen *s, uint64_t key)
{
	size_t i = (size_t)key & (s->room - 1);

	while (s->slot[i].key != 0 && s->slot[i].key != key)
		i = (i + 1) & (s->room - 1);
	return &s->slot[i];
}

static int
grow(struct seen *s, struct err *err)
{
	struct seen more = { .room = s->room == 0 ? FIRST : s->room * 2,
	    .n = s->n };

	if (s->n >= SEEN_MOST)
		return err_set(err, ETOOBIG, "more than %zu rows that differ: "
		    "divide the file", SEEN_MOST);
	more.slot = calloc(more.room, sizeof(*more.slot));
	if (more.slot == NULL)
		return err_set(err, ENOMEMORY, "rows");
	for (size_t i = 0; i < s->room; i++)
		if (s->slot[i].key != 0)
			*slot_of(&more, s->slot[i].key) = s->slot[i];
	free(s->slot);
	*s = more;
	return 0;
}

int
seen_at(struct seen *s, uint64_t key, uint64_t **ret, struct err *err)
{
	struct seen_slot *slot;

	if (s->n >= s->room / 4 * 3)
		TRY(grow(s, err));
	slot = slot_of(s, key);
	s->n += slot->key == 0;
	slot->key = key;
	*ret = &slot->said;
	return 0;
}
