/* map - chained hashing; see map.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "audit/map.h"

struct map_slot {
	struct map_slot	*next;
	uint64_t	 hash;
	const char	*name;		/* after the value */
	_Alignas(16) unsigned char value[];
};

/* FNV-1a, 64 bits: an adversary can only slow the audit of their own bundle. */
static uint64_t
hash_of(const char *s)
{
	uint64_t	 h = 14695981039346656037u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

void *
map_get(const struct map *m, const char *name)
{
	uint64_t	 h = hash_of(name);

	if (m->buckets == 0)
		return NULL;
	for (struct map_slot *s = m->bucket[h & (m->buckets - 1)]; s != NULL;
	    s = s->next)
		if (s->hash == h && strcmp(s->name, name) == 0)
			return s->value;
	return NULL;
}

static int
grow(struct map *m, struct err *err)
{
	size_t		  n = m->buckets == 0 ? 1024 : m->buckets * 4;
	struct map_slot	**b = calloc(n, sizeof(*b));

	if (b == NULL)
		return err_set(err, ENOMEMORY, "an audit's memory");
	for (size_t i = 0; i < m->buckets; i++)
		while (m->bucket[i] != NULL) {
			struct map_slot *s = m->bucket[i];

			m->bucket[i] = s->next;
			s->next = b[s->hash & (n - 1)];
			b[s->hash & (n - 1)] = s;
		}
	free(m->bucket);
	m->bucket = b;
	m->buckets = n;
	return 0;
}

int
map_put(struct map *m, const char *name, size_t octets, void **ret,
    struct err *err)
{
	struct map_slot	*s;
	size_t		 n = strlen(name) + 1;

	if ((*ret = map_get(m, name)) != NULL)
		return 0;
	if (m->n >= m->buckets)
		TRY(grow(m, err));
	if ((s = calloc(1, sizeof(*s) + octets + n)) == NULL)
		return err_set(err, ENOMEMORY, "an audit's memory");
	s->hash = hash_of(name);
	s->name = memcpy(s->value + octets, name, n);
	s->next = m->bucket[s->hash & (m->buckets - 1)];
	m->bucket[s->hash & (m->buckets - 1)] = s;
	m->n++;
	*ret = s->value;
	return 0;
}

void
map_each(const struct map *m, void (*fn)(const char *, void *, void *),
    void *ctx)
{
	for (size_t i = 0; i < m->buckets; i++)
		for (struct map_slot *s = m->bucket[i]; s != NULL; s = s->next)
			fn(s->name, s->value, ctx);
}

void
map_done(struct map *m, void (*fn)(void *value))
{
	for (size_t i = 0; i < m->buckets; i++)
		while (m->bucket[i] != NULL) {
			struct map_slot *s = m->bucket[i];

			m->bucket[i] = s->next;
			if (fn != NULL)
				fn(s->value);
			free(s);
		}
	free(m->bucket);
	memset(m, 0, sizeof(*m));
}
