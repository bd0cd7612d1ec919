/* cache - keys and open windows in memory, dropped when an event changes them. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "state/inside.h"

/* FNV-1a, 32 bits: names here are ours, nobody gains by making them collide. */
static size_t
bucket(const char *s)
{
	uint32_t	 h = 2166136261u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h % STATE_BUCKETS;
}

static void
drop_all(struct key_slot **index)
{
	for (size_t i = 0; i < STATE_BUCKETS; i++)
		while (index[i] != NULL) {
			struct key_slot *gone = index[i];

			index[i] = gone->next;
			key_free(gone->key);
			free(gone);
		}
}

void
state_drop_keys(struct state *s)
{
	pthread_rwlock_wrlock(&s->lock);
	s->generation++;
	drop_all(s->by_name);
	drop_all(s->by_hash);
	pthread_rwlock_unlock(&s->lock);
}

static struct key *
recall(struct state *s, const char *name_or_hash, uint64_t *ret_generation)
{
	size_t		 b = bucket(name_or_hash);
	struct key	*found = NULL;

	pthread_rwlock_rdlock(&s->lock);
	*ret_generation = s->generation;
	for (struct key_slot *k = s->by_hash[b]; k != NULL && found == NULL;
	    k = k->next)
		if (strcmp(k->key->hash, name_or_hash) == 0)
			found = key_ref(k->key);
	for (struct key_slot *k = s->by_name[b]; k != NULL && found == NULL;
	    k = k->next)
		if (strcmp(k->key->name, name_or_hash) == 0)
			found = key_ref(k->key);
	pthread_rwlock_unlock(&s->lock);
	return found;
}

static void
put(struct key_slot **index, const char *name, struct key *k)
{
	struct key_slot	*slot = malloc(sizeof(*slot));
	size_t		 b = bucket(name);

	if (slot == NULL)
		return;		/* it is read again next time */
	slot->key = key_ref(k);
	slot->next = index[b];
	index[b] = slot;
}

static void
remember(struct state *s, struct key *k, uint64_t generation)
{
	size_t	 b = bucket(k->hash);
	bool	 there = false;

	pthread_rwlock_wrlock(&s->lock);
	for (struct key_slot *o = s->by_hash[b]; o != NULL; o = o->next)
		there |= strcmp(o->key->hash, k->hash) == 0;
	if (s->generation == generation && !there) {
		put(s->by_hash, k->hash, k);
		put(s->by_name, k->name, k);
	}
	pthread_rwlock_unlock(&s->lock);
}

struct key_ask {
	const char	*name;
	struct key	*key;
};

static int
key_read(struct tx *tx, void *ctx, struct err *err)
{
	struct key_ask	*k = ctx;

	return key_get(tx, k->name, &k->key, err);
}

int
state_key(struct state *s, const char *name_or_hash, struct key **ret,
    struct err *err)
{
	struct key_ask	 k = { name_or_hash, NULL };
	uint64_t	 generation;
	struct key	*found = recall(s, name_or_hash, &generation);

	if (found == NULL) {
		TRY(store_read(s->store, key_read, &k, err));
		remember(s, k.key, generation);
		found = k.key;
	}
	*ret = found;
	return 0;
}

/* ---- windows ---- */

void
windows_free(struct windows *w)
{
	for (size_t i = 0; w != NULL && i < w->n; i++)
		window_free(w->window[i]);
	free(w);
}

static int
windows_read(struct tx *tx, void *ctx, struct err *err)
{
	struct windows	*w = ctx;
	AUTO_JSON	*ids = NULL;
	json_t		*id;
	size_t		 i;

	TRY(ledger_next(tx, &w->next, err));
	/* Also those that have ended: a clock may differ; window_covers tells. */
	TRY(window_open_ids(tx, clock_now() - TIME_S(3600), &ids, err));
	json_array_foreach(ids, i, id) {
		if (w->n == STATE_WINDOWS)
			break;
		TRY(window_get(tx, json_string_value(id), &w->window[w->n],
		    err));
		w->n++;
		TRY(use_of_request(tx, json_string_value(id),
		    &w->window[w->n - 1]->used, err));
	}
	return 0;
}

/* @w, which is left empty, in the place of those that are there. */
static void
put_windows(struct state *s, struct windows *w)
{
	pthread_rwlock_wrlock(&s->lock);
	for (size_t i = 0; i < s->window_n; i++)
		window_free(s->window[i]);
	memcpy(s->window, w->window, sizeof(w->window));
	s->window_n = w->n;
	w->n = 0;
	pthread_rwlock_unlock(&s->lock);
	s->counted = w->next;
}

/* A use that is told meanwhile waits, and is counted if it was not read. */
int
state_load_windows(struct state *s, struct err *err)
{
	AUTO(windows)	*w = calloc(1, sizeof(*w));
	int		 rc;

	if (w == NULL)
		return err_set(err, ENOMEMORY, "windows");
	pthread_mutex_lock(&s->counting);
	if ((rc = store_read(s->store, windows_read, w, err)) == 0)
		put_windows(s, w);
	pthread_mutex_unlock(&s->counting);
	return rc;
}

int
state_windows(struct state *s, struct windows **ret, struct err *err)
{
	struct windows	*w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(err, ENOMEMORY, "windows");
	pthread_rwlock_rdlock(&s->lock);
	for (; w->n < s->window_n; w->n++)
		w->window[w->n] = window_ref(s->window[w->n]);
	pthread_rwlock_unlock(&s->lock);
	*ret = w;
	return 0;
}

int
state_window(struct state *s, const struct key *key, const char *principal,
    const char *digest, const char *product, const char *track, time_us now,
    struct window **ret, struct err *err)
{
	struct window	*found = NULL;

	pthread_rwlock_rdlock(&s->lock);
	for (size_t i = 0; i < s->window_n && found == NULL; i++)
		if (window_covers(s->window[i], key->hash, key->name,
		    principal, digest, product, track, now, NULL) == 0)
			found = window_ref(s->window[i]);
	pthread_rwlock_unlock(&s->lock);
	if (found == NULL)
		return err_set(err, ENOENT_, "no open window covers this");
	*ret = found;
	return 0;
}

void
state_count_use(struct state *s, const char *request, uint64_t seq)
{
	pthread_mutex_lock(&s->counting);
	pthread_rwlock_rdlock(&s->lock);
	for (size_t i = 0; i < s->window_n && seq >= s->counted; i++)
		if (strcmp(s->window[i]->id, request) == 0)
			__atomic_add_fetch(&s->window[i]->used, 1,
			    __ATOMIC_RELAXED);
	pthread_rwlock_unlock(&s->lock);
	pthread_mutex_unlock(&s->counting);
}

struct window_ask {
	const char	*id;
	struct window	*window;
};

static int
window_read(struct tx *tx, void *ctx, struct err *err)
{
	struct window_ask	*w = ctx;

	TRY(window_get(tx, w->id, &w->window, err));
	return use_of_request(tx, w->id, &w->window->used, err);
}

int
state_window_get(struct state *s, const char *id, struct window **ret,
    struct err *err)
{
	struct window_ask	 w = { id, NULL };
	int			 rc = store_read(s->store, window_read, &w, err);

	if (rc != 0) {
		window_free(w.window);
		return rc;
	}
	*ret = w.window;
	return 0;
}

int
state_window_named(struct state *s, const char *id, struct window **ret,
    struct err *err)
{
	struct window	*found = NULL;

	pthread_rwlock_rdlock(&s->lock);
	for (size_t i = 0; i < s->window_n && found == NULL; i++)
		if (strcmp(s->window[i]->id, id) == 0)
			found = window_ref(s->window[i]);
	pthread_rwlock_unlock(&s->lock);
	if (found == NULL)
		return state_window_get(s, id, ret, err);
	*ret = found;
	return 0;
}
