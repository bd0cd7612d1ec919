/* state - what is kept in memory of what the tables say; see state.h. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "state/inside.h"

struct house *
house_ref(struct house *h)
{
	__atomic_add_fetch(&h->refs, 1, __ATOMIC_RELAXED);
	return h;
}

void
house_free(struct house *h)
{
	if (h == NULL || __atomic_sub_fetch(&h->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	json_decref(h->genesis);
	free(h);
}

static int
last_time(void *ctx, const struct ledger_event *e, struct err *err)
{
	*(time_us *)ctx = e->time;
	return 0;
}

static int
load_last(struct tx *tx, void *ctx, struct err *err)
{
	struct state		*s = ctx;
	struct ledger_head	 head;
	struct ledger_filter	 f = { .limit = 1 };

	TRY(ledger_head(tx, &head, err));
	if (head.size == 0)
		return 0;
	f.from = head.size - 1;
	return ledger_each(tx, &f, last_time, &s->last, err);
}

int
state_open(struct store *store, struct ledger *ledger, struct state **ret,
    struct err *err)
{
	AUTO(state)	*s = calloc(1, sizeof(*s));

	if (s == NULL || pthread_rwlock_init(&s->lock, NULL) != 0) {
		free(TAKE(s));
		return err_set(err, ENOMEMORY, "state");
	}
	pthread_mutex_init(&s->counting, NULL);
	s->store = store;
	s->ledger = ledger;
	TRY(people_new(store, &s->people, err));
	TRY(laws_new(&s->laws, err));
	TRY(store_read(store, load_last, s, err));
	TRY(state_load_house(s, err));
	TRY(state_load_windows(s, err));
	*ret = TAKE(s);
	return 0;
}

static void
drop_index(struct key_slot **index)
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
state_free(struct state *s)
{
	if (s == NULL)
		return;
	drop_index(s->by_name);
	drop_index(s->by_hash);
	for (size_t i = 0; i < s->window_n; i++)
		window_free(s->window[i]);
	law_free(s->law);
	house_free(s->house);
	laws_free(s->laws);
	people_free(s->people);
	pthread_mutex_destroy(&s->counting);
	pthread_rwlock_destroy(&s->lock);
	free(s);
}

struct people *
state_people(struct state *s)
{
	return s->people;
}

int
state_read(struct state *s,
    int (*fn)(struct tx *tx, void *ctx, struct err *err), void *ctx,
    struct err *err)
{
	return store_read(s->store, fn, ctx, err);
}

/* ---- house and charter ---- */

struct loaded {
	struct laws	*laws;
	struct house	*house;
	struct law	*law;
};

static int
house_from_row(const struct rows *r, struct house **ret, struct err *err)
{
	AUTO(house)	*h = calloc(1, sizeof(*h));
	const char	*genesis = rows_text(r, "genesis");
	const char	*id = rows_text(r, "id");

	if (h == NULL)
		return err_set(err, ENOMEMORY, "a house");
	h->refs = 1;
	if (strlen(id) >= sizeof(h->id))
		return err_set(err, ESTORE, "the house's id is damaged");
	memcpy(h->id, id, strlen(id) + 1);
	TRY(sha256_parse(rows_text(r, "fingerprint"), &h->fingerprint, err));
	sha256_hex(&h->fingerprint, h->fingerprint_hex);
	TRY(json_read(genesis, strlen(genesis), &h->genesis, err));
	*ret = TAKE(h);
	return 0;
}

static int
load_house(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct loaded	*l = ctx;
	bool		 founded;

	TRY(tx_query(tx, "state_house_get", NO_PARAMS, &r, err));
	TRY(rows_next(r, &founded, err));
	if (!founded)
		return 0;
	TRY(house_from_row(r, &l->house, err));
	rows_free(TAKE(r));
	return laws_newest(l->laws, tx, &l->law, err);
}

int
state_load_house(struct state *s, struct err *err)
{
	struct loaded	 l = { .laws = s->laws };
	struct house	*house;
	struct law	*law;
	int		 rc = store_read(s->store, load_house, &l, err);

	if (rc != 0) {
		house_free(l.house);
		l.house = NULL;
	}
	pthread_rwlock_wrlock(&s->lock);
	house = s->house;
	law = s->law;
	s->house = l.house;
	s->law = l.law;
	pthread_rwlock_unlock(&s->lock);
	house_free(house);
	law_free(law);
	return rc;
}

/* Not there: either not founded, or a load after a commit failed; look again. */
static bool
house_present(struct state *s, struct law **ret_law, struct house **ret_house)
{
	bool	 there;

	pthread_rwlock_rdlock(&s->lock);
	there = s->law != NULL;
	if (there && ret_law != NULL)
		*ret_law = law_ref(s->law);
	if (there && ret_house != NULL)
		*ret_house = house_ref(s->house);
	pthread_rwlock_unlock(&s->lock);
	return there;
}

static int
house_need(struct state *s, struct law **ret_law, struct house **ret_house,
    struct err *err)
{
	if (house_present(s, ret_law, ret_house))
		return 0;
	TRY(state_load_house(s, err));
	if (house_present(s, ret_law, ret_house))
		return 0;
	return err_set(err, EGENESIS, "no house yet");
}

int
state_law(struct state *s, struct law **ret, struct err *err)
{
	return house_need(s, ret, NULL, err);
}

int
state_house(struct state *s, struct house **ret, struct err *err)
{
	return house_need(s, NULL, ret, err);
}

struct law_ask {
	struct state	*state;
	const char	*hash;
	struct law	*law;
};

static int
law_read(struct tx *tx, void *ctx, struct err *err)
{
	struct law_ask	*l = ctx;

	return laws_get(l->state->laws, tx, l->hash, &l->law, err);
}

int
state_law_of(struct state *s, const char *hash, struct law **ret,
    struct err *err)
{
	struct law_ask	 l = { s, hash, NULL };

	TRY(store_read(s->store, law_read, &l, err));
	*ret = l.law;
	return 0;
}
