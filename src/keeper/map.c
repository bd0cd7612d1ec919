#include <stdlib.h>
#include <string.h>
#include "keeper/map.h"

static size_t
home_of(const struct map *m, const struct sha256 *key)
{
	size_t h;

	memcpy(&h, key->o, sizeof(h));
	return h & (m->room - 1);
}

static size_t
find(const struct map *m, const struct sha256 *key)
{
	size_t i = home_of(m, key);

	while (m->slot[i] != NULL &&
	    memcmp(m->slot[i]->o, key->o, SHA256_OCTETS) != 0)
		i = (i + 1) & (m->room - 1);
	return i;
}

void *
map_get(const struct map *m, const struct sha256 *key)
{
	return m->room == 0 ? NULL : m->slot[find(m, key)];
}

static int
grow(struct map *m, struct err *err)
{
	struct map wide = { .room = m->room == 0 ? 16 : m->room * 2 };

	wide.slot = calloc(wide.room, sizeof(struct sha256 *));
	if (wide.slot == NULL)
		return err_set(err, ENOMEMORY, "for a table of %zu", wide.room);
	for (size_t i = 0; i < m->room; i++) {
		if (m->slot[i] != NULL)
			wide.slot[find(&wide, m->slot[i])] = m->slot[i];
	}
	free(m->slot);
	m->slot = wide.slot;
	m->room = wide.room;
	return 0;
}

int
map_put(struct map *m, void *record, struct err *err)
{
	if ((m->n + 1) * 4 > m->room * 3)
		TRY(grow(m, err));
	m->slot[find(m, record)] = record;
	m->n++;
	return 0;
}

void
map_remove(struct map *m, const struct sha256 *key)
{
	size_t hole, i;

	if (m->room == 0)
		return;
	hole = find(m, key);
	if (m->slot[hole] == NULL)
		return;
	m->slot[hole] = NULL;
	m->n--;
	/* Whoever stood behind the hole is placed anew. */
	for (i = (hole + 1) & (m->room - 1); m->slot[i] != NULL;
	    i = (i + 1) & (m->room - 1)) {
		struct sha256 *moved = m->slot[i];

		m->slot[i] = NULL;
		m->slot[find(m, moved)] = moved;
	}
}

void *
map_each(const struct map *m, size_t *at)
{
	while (*at < m->room) {
		struct sha256 *r = m->slot[(*at)++];

		if (r != NULL)
			return r;
	}
	return NULL;
}

void
map_done(struct map *m, void (*release)(void *record))
{
	for (size_t i = 0; release != NULL && i < m->room; i++) {
		if (m->slot[i] != NULL)
			release(m->slot[i]);
	}
	free(m->slot);
	*m = (struct map){ 0 };
}
