/*
 * Many threads at once: commits arrive out of the journal's order, caches
 * are read while events change them, and the ledger is whole after all.
 */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include "policy/facts.h"
#include "state/inside.h"
#include "tests/unit/bundle.h"

#define USES	200
#define WRITERS	6
#define READERS	3

struct company {
	struct world	 w;
	json_t		*window;
	json_t		*entry[USES];
	unsigned	 next;		/* atomic */
	unsigned	 failed;	/* atomic */
	bool		 over;		/* atomic */
};

static void
went_wrong(struct company *c)
{
	__atomic_add_fetch(&c->failed, 1, __ATOMIC_RELAXED);
}

static void
open_window(struct company *c)
{
	struct world *w = &c->w;
	char from[TIME_TEXT], until[TIME_TEXT];
	struct decision d;

	clock_text(clock_now() - TIME_S(5), from);
	clock_text(clock_now() + TIME_S(3600), until);
	c->window = world_request(w, ACTION_WINDOW_OPEN, "release-lead",
	    world_json("{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys",
	    "key", w->key, "key_name", "fw", "by", "ci", "uses", 1000000,
	    "from", from, "until", until, "any_digest", 1));
	world_open(w, c->window, NULL);
	world_approve(w, c->window, 0);
	world_approve(w, c->window, 1);
	world_event(w, EVENT_WINDOW_OPENED, "release-lead", json_str(c->window,
	    "id", ""), world_json("{s:s, s:o, s:o}", "request", json_str(
	    c->window, "id", ""), "permit", world_permit(w, c->window, true),
	    "facts", world_facts(w, c->window, "release-lead", NULL, &d)),
	    NULL);
}

static void
make_entries(struct company *c)
{
	struct world *w = &c->w;
	char *sig = world_signature(w, "image");
	json_t *p = world_sign_parameters(w, "image", NULL);

	for (unsigned i = 0; i < USES; i++) {
		json_t *m = world_use(w, c->window, true, 1, "ci", world_json(
		    "{s:s, s:s, s:s, s:O}", "op", "sign", "key", w->key,
		    "principal", "ci", "digest", json_object_get(p, "digest")),
		    world_json("{s:s}", "signature", sig));

		json_object_set_new(m, "use", json_integer(i + 1));
		if (i > 0) {
			json_object_del(m, "facts");
			json_object_del(m, "permit_document");
		}
		c->entry[i] = world_entry(w, ENTRY_SIGN, m);
	}
	free(sig);
	json_decref(p);
}

struct told {
	sem_t		 come;
	int		 rc;
	struct receipt	 receipt;
};

static void
committed(void *ctx, int rc, const struct receipt *r, const struct err *why)
{
	struct told *t = ctx;

	t->rc = rc;
	t->receipt = *r;
	sem_post(&t->come);
}

/* By the way of those who do not wait. */
static int
commit_later(struct state *s, const struct event *e, struct receipt *ret,
    struct err *err)
{
	struct told t = { .rc = 1 };

	sem_init(&t.come, 0, 0);
	TRY(state_commit_later(s, e, committed, &t, err));
	sem_wait(&t.come);
	*ret = t.receipt;
	return t.rc;
}

static void *
write_some(void *arg)
{
	struct company *c = arg;
	unsigned i;

	while ((i = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED)) < USES) {
		json_t *data = json_pack("{s:s}", "request", json_str(
		    c->window, "id", ""));
		struct event e = { .kind = EVENT_KEY_SIGNED, .actor = "ci",
		    .subject = c->w.key, .data = data, .entry = c->entry[i] };
		struct receipt r;
		struct err err;

		if ((i % 2 == 0 ? state_commit(c->w.state, &e, 1, &r, &err) :
		    commit_later(c->w.state, &e, &r, &err)) != 0)
			went_wrong(c);
		json_decref(data);
	}
	return NULL;
}

static int
read_once(struct company *c, const json_t *p, struct err *err)
{
	struct state *s = c->w.state;
	struct caller ci = { .id = "ci", .tool = true };
	struct caller who;
	AUTO(law) *law = NULL;
	AUTO(house) *house = NULL;
	AUTO(key) *key = NULL;
	AUTO(facts) *facts = NULL;
	AUTO(window) *window = NULL;
	AUTO_JSON *counts = NULL;

	TRY(state_law(s, &law, err));
	TRY(state_house(s, &house, err));
	TRY(state_key(s, "fw", &key, err));
	TRY(state_facts(s, "key.sign", &ci, key, p, law, clock_now(), &facts,
	    err));
	TRY(state_window(s, key->hash, "ci", json_str(json_object_get(p,
	    "digest"), "value", ""), NULL, NULL, clock_now(), &window, err));
	TRY(state_counts(s, &counts, err));
	if (people_by_token(state_people(s), "clv_"
	    "0000000000000000000000000000000000000000000", clock_now(), &who,
	    err) == 0)
		return err_set(err, EAUTH, "a stranger was let in");
	return 0;
}

static void *
read_on(void *arg)
{
	struct company *c = arg;
	const json_t *p = json_object_get(c->entry[0], "operation");
	struct err err;

	/* As when a window is opened or closed: uses are read while others are told. */
	while (!__atomic_load_n(&c->over, __ATOMIC_RELAXED))
		if (read_once(c, p, &err) != 0 ||
		    state_load_windows(c->w.state, &err) != 0)
			went_wrong(c);
	return NULL;
}

/* Events that make every cache untrue, while others read them. */
static void
change_things(struct company *c)
{
	for (int i = 0; i < 5; i++) {
		char id[ID_TEXT], hash[SHA256_HEX];
		struct sha256 h;
		json_t *q;

		h = sha256_of(&i, sizeof(i));
		sha256_hex(&h, hash);
		unit_ok(id_new("cred", clock_now(), id, &unit_err));
		q = world_request(&c->w, ACTION_CREDENTIAL_ISSUE,
		    "release-lead", world_json("{s:s, s:s, s:s, s:s}",
		    "principal", "ci", "type", "token", "expires",
		    "2099-01-01T00:00:00.000000Z", "hash", hash));
		{
			struct decision d;
			json_t *facts = world_facts(&c->w, q, "release-lead",
			    NULL, &d);

			world_event(&c->w, EVENT_CREDENTIAL_ISSUED,
			    "release-lead", id, world_json("{s:O, s:o, s:o,"
			    " s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "request", q,
			    "facts", facts, "rule", world_rule(d.rule),
			    "credential", "id", id, "principal", "ci", "type",
			    "token", "hash", hash, "created",
			    "2026-01-01T00:00:00.000000Z", "expires",
			    "2099-01-01T00:00:00.000000Z"), NULL);
		}
		json_decref(q);
	}
}

static uint64_t
uses(struct company *c)
{
	AUTO(windows) *all = NULL;

	unit_ok(state_windows(c->w.state, &all, &unit_err));
	ck_assert_uint_eq(all->n, 1);
	return all->window[0]->used;
}

static int
head_size(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_next(tx, ctx, err);
}

/* Told late of one that was read is no second use; of the next is. */
static void
uses_are_counted_once(struct company *c)
{
	const char *id = json_str(c->window, "id", "");
	uint64_t next;

	ck_assert_uint_eq(uses(c), USES);
	unit_ok(state_load_windows(c->w.state, &unit_err));
	unit_ok(store_read(c->w.store, head_size, &next, &unit_err));
	state_count_use(c->w.state, id, next - 1);
	ck_assert_uint_eq(uses(c), USES);
	state_count_use(c->w.state, id, next);
	ck_assert_uint_eq(uses(c), USES + 1);
}

START_TEST(company_leaves_the_ledger_whole)
{
	static struct company c;
	struct audit_options o = { .trust = c.w.fingerprint };
	pthread_t t[WRITERS + READERS];
	struct blob b = { 0 };
	json_t *r;

	memset(&c, 0, sizeof(c));
	world_begin(&c.w);
	world_key(&c.w, "development");
	world_activate(&c.w);
	open_window(&c);
	make_entries(&c);
	for (size_t i = 0; i < NELEM(t); i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, i < WRITERS ?
		    write_some : read_on, &c), 0);
	change_things(&c);
	for (size_t i = 0; i < NELEM(t); i++) {
		if (i == WRITERS)
			__atomic_store_n(&c.over, true, __ATOMIC_RELAXED);
		ck_assert_int_eq(pthread_join(t[i], NULL), 0);
	}
	ck_assert_uint_eq(c.failed, 0);
	uses_are_counted_once(&c);
	bundle_write(&c.w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_int(json_object_get(r, "checked"), "signatures",
	    0), USES);
	json_decref(r);
	unit_ok(audit_replay(c.w.store, NULL, &r, &unit_err));
	ck_assert(json_flag(r, "ok", false));
	json_decref(r);
	for (unsigned i = 0; i < USES; i++)
		json_decref(c.entry[i]);
	json_decref(c.window);
	blob_done(&b);
	world_end(&c.w);
}
END_TEST

ENGINE_MAIN("state/company",
	UNIT(company_leaves_the_ledger_whole))
