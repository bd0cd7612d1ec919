/*
 * The messages that only look: hello, tail, keys.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "base/text.h"
#include "keeper/found.h"
#include "keeper/keeper.h"
#include "keeper/pulse.h"

#define TAIL_LIMIT	1000
#define TAIL_OCTETS	(4u << 20)

int
token_json(struct hsm *h, json_t **ret, struct err *err)
{
	struct hsm_info i;

	hsm_info(h, &i);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s}", "label", i.label,
	    "manufacturer", i.manufacturer, "model", i.model,
	    "serial", i.serial);
}

static int
heads_json(struct keeper *k, json_t *o, struct err *err)
{
	const struct shadow *s = &k->house.shadow;
	struct sha256 root = merkle_range_root(&s->range);
	json_t *journal, *ledger;

	TRY(json_build(&journal, err, "{s:I}", "n",
	    (json_int_t)k->applied.head.n));
	TRY(json_set_new(o, "journal", journal, err));
	if (k->applied.head.n == 0)
		TRY(json_set_str(journal, "hash", "", err));
	else
		TRY(json_set_hash(journal, "hash", &k->applied.head.hash, err));
	TRY(json_build(&ledger, err, "{s:I, s:I}", "size",
	    (json_int_t)s->range.size, "entries", (json_int_t)s->entries));
	TRY(json_set_new(o, "ledger", ledger, err));
	return json_set_hash(ledger, "root", &root, err);
}

/* How the keeper stands, as of now: the clock may halt it, and release it again. */
static int
standing_json(struct keeper *k, json_t *o, struct err *err)
{
	char text[TIME_TEXT];
	const char *state = "ready", *why = NULL;
	struct err clock;
	time_us now;

	if (keeper_now(k, &now, &clock) != 0) {
		now = clock_now();
		state = "halted";
		why = clock.what;
	}
	switch (k->standing) {
	case STANDING_READY:
		break;
	case STANDING_AWAITING:
		state = "awaiting-genesis";
		break;
	case STANDING_HALTED:
		state = "halted";
		why = k->why;
		break;
	}
	clock_text(now, text);
	TRY(json_set_str(o, "time", text, err));
	TRY(json_set_str(o, "state", state, err));
	return why == NULL ? 0 : json_set_str(o, "why", why, err);
}

/* Halted on older files: what the token remembers, for who must approve that. */
static int
remembered_json(struct keeper *k, json_t *o, struct err *err)
{
	json_t *r;

	if (!k->rolled_back)
		return 0;
	TRY(json_build(&r, err, "{s:I}", "n", (json_int_t)k->mirror.head.n));
	TRY(json_set_new(o, "remembered", r, err));
	return json_set_hash(r, "hash", &k->mirror.head.hash, err);
}

static int
hello(struct keeper *k, const struct asker *from, json_t *o, struct err *err)
{
	json_t *token;

	TRY(json_set_int(o, "version", MESSAGE_VERSION, err));
	TRY(json_set_str(o, "house", house_id(&k->house), err));
	if (k->house.charter != NULL)
		TRY(json_set_hash(o, "charter", &k->house.charter_hash, err));
	else
		TRY(json_set_str(o, "charter", "", err));
	if (k->house.genesis != NULL)
		TRY(json_set_new(o, "genesis",
		    json_clone(k->house.genesis->json), err));
	TRY(heads_json(k, o, err));
	TRY(standing_json(k, o, err));
	TRY(remembered_json(k, o, err));
	TRY(json_set_new(o, "separated", json_boolean(from->separated), err));
	TRY(token_json(k->hsm, &token, err));
	TRY(json_set_new(o, "token", token, err));
	return pulse_json(k, token, err);
}

void
hello_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	json_t *answer = NULL;
	struct err err;

	(void)m;
	if (answer_ok(&answer, &err) != 0 ||
	    hello(k, from, answer, &err) != 0) {
		json_decref(answer);
		answer_err(k, from, &err, NULL, NULL);
		return;
	}
	answer_json(k, from, answer);
}

static int
tail(struct keeper *k, const struct asker *from, const json_t *m,
    struct err *err)
{
	struct blob b = { 0 };
	int64_t first, limit = json_int(m, "limit", TAIL_LIMIT);
	int rc;

	TRY(json_need_int(m, "from", &first, err));
	if (first < 0 || limit < 1 || limit > TAIL_LIMIT)
		return err_set(err, ERANGE_, "1 to %d entries from a number on",
		    TAIL_LIMIT);
	rc = blob_puts(&b, "{\"entries\":", err);
	if (rc == 0)
		rc = journal_tail(k->journal, (uint64_t)first, (unsigned)limit,
		    TAIL_OCTETS, &b, err);
	if (rc == 0)
		rc = blob_puts(&b, ",\"ok\":true}", err);
	if (rc == 0)
		answer_text(k, from, &b);
	blob_done(&b);
	return rc;
}

void
tail_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct err err;

	if (tail(k, from, m, &err) != 0)
		answer_err(k, from, &err, NULL, NULL);
}

/* The token's objects are listed by the slow worker: there may be many. */
struct listing {
	struct job	 job;		/* first */
	struct asker	 asker;
	struct hsm	*hsm;
	struct sha256	*known;		/* owned: hashes of the keys that there were before */
	size_t		 known_n;
	struct hsm_key	*all;
	size_t		 n;
	int		 rc;
	struct err	 why;
};

static void
listing_run(struct job *j)
{
	struct listing *l = (struct listing *)j;

	l->rc = hsm_list(l->hsm, &l->all, &l->n, &l->why);
}

/* Halves of keys, and keys that the register does not know. */
static bool
is_partial(struct keeper *k, const struct hsm_key *t)
{
	struct sha256 keeper = found_keeper_id(house_id(&k->house));
	struct sha256 ledger = found_ledger_id(house_id(&k->house));
	const struct key *key;
	size_t at = 0;

	if (t->partial || !t->id_fits)
		return true;
	if (sha256_equal(&t->id, &keeper) || sha256_equal(&t->id, &ledger))
		return false;
	while ((key = map_each(&k->house.keys.by_hash, &at)) != NULL) {
		if (sha256_equal(&key->token_id, &t->id))
			return key->state == KEY_DESTROYED;
	}
	return true;
}

static int
by_id(const void *a, const void *b)
{
	const struct sha256 *id = a;
	const struct hsm_key *t = b;

	return memcmp(id->o, t->id.o, sizeof(id->o));
}

/* hsm_list sorts by id. */
static bool
is_held(const struct listing *l, const struct key *key)
{
	const struct hsm_key *t = l->n == 0 ? NULL : bsearch(&key->token_id,
	    l->all, l->n, sizeof(*l->all), by_id);

	return t != NULL && t->id_fits && (t->has_private || t->has_secret);
}

/* Keys of the register that the token holds no more.  One that was made while
 * the token was looked through may not be among what was seen. */
static int
absent_json(const struct keeper *k, const struct listing *l, json_t *ret,
    struct err *err)
{
	char hash[SHA256_HEX];
	json_t *one;

	for (size_t i = 0; i < l->known_n; i++) {
		const struct key *key = keys_find(&k->house.keys,
		    &l->known[i]);

		if (key == NULL || key->state == KEY_DESTROYED ||
		    key->doomed || is_held(l, key))
			continue;
		sha256_hex(&key->hash, hash);
		TRY(json_build(&one, err, "{s:s, s:s}", "key", hash, "name",
		    key->name));
		if (json_array_append_new(ret, one) != 0)
			return err_set(err, ENOMEMORY, "for the keys");
	}
	return 0;
}

static int
listing_json(struct keeper *k, const struct listing *l, json_t *answer,
    struct err *err)
{
	json_t *rows, *partial, *absent, *one;
	char id[SHA256_HEX];

	TRY(json_set_new(answer, "partial", partial = json_array(), err));
	TRY(json_set_new(answer, "absent", absent = json_array(), err));
	TRY(absent_json(k, l, absent, err));
	TRY(keys_rows(&k->house.keys, &rows, err));
	TRY(json_set_new(answer, "keys", rows, err));
	for (size_t i = 0; i < l->n; i++) {
		const struct hsm_key *t = &l->all[i];
		char label[sizeof(t->label)];

		if (!is_partial(k, t))
			continue;
		/* Whoever put it there chose its octets. */
		memcpy(label, t->label, sizeof(label));
		text_plain(label);
		sha256_hex(&t->id, id);
		TRY(json_build(&one, err, "{s:s, s:s, s:b, s:b, s:b}",
		    "id", id, "label", label, "private", t->has_private,
		    "public", t->has_public, "secret", t->has_secret));
		if (json_array_append_new(partial, one) != 0)
			return err_set(err, ENOMEMORY, "for the keys");
	}
	return 0;
}

static void
listing_done(void *ctx, struct job *j)
{
	struct listing *l = (struct listing *)j;
	struct keeper *k = ctx;
	json_t *answer = NULL;

	if (l->rc == 0)
		l->rc = answer_ok(&answer, &l->why);
	if (l->rc == 0)
		l->rc = listing_json(k, l, answer, &l->why);
	if (l->rc == 0) {
		answer_json(k, &l->asker, answer);
	} else {
		json_decref(answer);
		answer_err(k, &l->asker, &l->why, NULL, NULL);
	}
	free(l->known);
	free(l->all);
	free(l);
}

static struct listing *
listing_new(const struct keys *keys)
{
	struct listing *l = calloc(1, sizeof(*l));
	const struct key *key;
	size_t at = 0;

	if (l != NULL)
		l->known = calloc(keys->by_hash.n + 1, sizeof(*l->known));
	if (l == NULL || l->known == NULL) {
		free(l);
		return NULL;
	}
	while ((key = map_each(&keys->by_hash, &at)) != NULL)
		l->known[l->known_n++] = key->hash;
	return l;
}

void
keys_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct listing *l = listing_new(&k->house.keys);
	struct err err;

	(void)m;
	if (l == NULL) {
		(void)err_set(&err, ENOMEMORY, "for the keys");
		answer_err(k, from, &err, NULL, NULL);
		return;
	}
	l->asker = *from;
	l->hsm = k->hsm;
	l->job.run = listing_run;
	l->job.done = listing_done;
	work_slow(k->work, &l->job);
}
