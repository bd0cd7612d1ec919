/* Events are committed to the ledger and to their projections at once. */
#include "config.h"

#include "policy/action.h"
#include "tests/unit/world_all.h"

struct look {
	const char *id;
	struct asked *asked;
	json_t *json;
	char *next;
};

static int
look_request(struct tx *tx, void *ctx, struct err *err)
{
	struct look *l = ctx;

	return approval_get(tx, l->id, &l->asked, err);
}

static enum request_state
state_of(struct world *w, const char *id)
{
	struct look l = { .id = id };
	enum request_state s;

	unit_ok(state_read(w->state, look_request, &l, &unit_err));
	s = l.asked->state;
	asked_free(l.asked);
	return s;
}

START_TEST(founding_makes_a_house_with_its_charter_and_people)
{
	struct world w;
	struct house *h;
	struct law *law;
	json_t *counts;

	world_begin(&w);
	unit_ok(state_house(w.state, &h, &unit_err));
	ck_assert_str_eq(h->id, w.house);
	ck_assert_str_eq(h->fingerprint_hex, w.fingerprint);
	unit_ok(state_law(w.state, &law, &unit_err));
	ck_assert_ptr_nonnull(charter_class(law->charter, "firmware-signing"));
	unit_ok(state_counts(w.state, &counts, &unit_err));
	ck_assert_int_eq(json_int(counts, "events", 0), 1);
	ck_assert_int_eq(json_int(counts, "entries_whole", 0), 1);
	json_decref(counts);
	house_free(h);
	law_free(law);
	world_end(&w);
}
END_TEST

START_TEST(a_house_is_founded_once)
{
	struct world w;

	world_begin(&w);
	unit_fails(world_try(&w, EVENT_HOUSE_FOUNDED, "service", w.house,
	    world_json("{s:O}", "charter", charter_json(w.charter)),
	    world_entry(&w, ENTRY_FOUND, world_json("{s:{s:O}}", "result",
	    "genesis", w.genesis)), &unit_err), EFOUNDED);
	world_end(&w);
}
END_TEST

START_TEST(a_request_is_due_with_its_last_approval)
{
	struct world w;
	json_t *q;
	const char *id;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	id = json_str(q, "id", "");
	world_open(&w, q, "idem-1");
	ck_assert_int_eq(state_of(&w, id), REQUEST_WAITING);
	world_approve(&w, q, 0);
	ck_assert_int_eq(state_of(&w, id), REQUEST_WAITING);
	unit_fails(world_vote(&w, q, 0, VOTE_APPROVE, &unit_err), ECONFLICT);
	world_approve(&w, q, 2);
	ck_assert_int_eq(state_of(&w, id), REQUEST_DUE);
	unit_ok(world_signed(&w, q, true, 1, "ci", "image", "1.0", &unit_err));
	ck_assert_int_eq(state_of(&w, id), REQUEST_DONE);
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(one_rejection_closes_a_request)
{
	struct world w;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	q = world_request(&w, ACTION_KEY_DESTROY, "release-lead", world_json(
	    "{s:s, s:s}", "key", w.key, "key_name", "fw"));
	world_open(&w, q, NULL);
	world_approve(&w, q, 0);
	unit_ok(world_vote(&w, q, 1, VOTE_REJECT, &unit_err));
	ck_assert_int_eq(state_of(&w, json_str(q, "id", "")), REQUEST_REJECTED);
	unit_fails(world_vote(&w, q, 2, VOTE_APPROVE, &unit_err), ECONFLICT);
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(a_failed_event_takes_those_beside_it_along)
{
	struct world w;
	json_t *data = NULL, *counts;
	struct event e[2];

	world_begin(&w);
	data = world_json("{s:s, s:{}, s:{}, s:{}}", "action", "key.sign",
	    "parameters", "facts", "explanation");
	e[0] = (struct event){ .kind = EVENT_REQUEST_DENIED, .actor = "ci",
	    .subject = "fw", .data = data };
	e[1] = (struct event){ .kind = EVENT_REQUEST_CANCELLED, .actor = "ci",
	    .subject = "req_none", .data = data };
	unit_fails(state_commit(w.state, e, 2, NULL, &unit_err), ECONFLICT);
	unit_ok(state_counts(w.state, &counts, &unit_err));
	ck_assert_int_eq(json_int(counts, "events", 0), 1);
	ck_assert_int_eq(json_int(counts, "denials", -1), 0);
	json_decref(counts);
	json_decref(data);
	world_end(&w);
}
END_TEST

START_TEST(keys_in_memory_follow_their_events)
{
	struct world w;
	struct key *k;

	world_begin(&w);
	world_key(&w, "development");
	unit_ok(state_key(w.state, "fw", &k, &unit_err));
	ck_assert_int_eq(k->state, KEY_PREACTIVATION);
	ck_assert_str_eq(k->owner, "release-leads");
	key_free(k);
	world_activate(&w);
	unit_ok(state_key(w.state, w.key, &k, &unit_err));
	ck_assert_int_eq(k->state, KEY_ACTIVE);
	key_free(k);
	unit_fails(state_key(w.state, "other", &k, &unit_err), ENOKEY);
	world_end(&w);
}
END_TEST

struct heard {
	char request[40];
	enum request_state now;
	int n;
};

static void
hear(void *ctx, const char *request, enum request_state now)
{
	struct heard *h = ctx;

	snprintf(h->request, sizeof(h->request), "%s", request);
	h->now = now;
	h->n++;
}

START_TEST(who_listens_hears_of_each_change)
{
	struct world w;
	struct heard h = { .n = 0 };
	json_t *q;

	world_begin(&w);
	state_listen(w.state, hear, &h);
	world_key(&w, "development");
	ck_assert_int_eq(h.n, 4);
	ck_assert_str_eq(h.request, w.key_request);
	ck_assert_int_eq(h.now, REQUEST_DONE);
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", NULL));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	ck_assert_str_eq(h.request, json_str(q, "id", ""));
	json_decref(q);
	world_end(&w);
}
END_TEST

static int
look_counts(struct tx *tx, void *ctx, struct err *err)
{
	uint64_t *n = ctx;

	return use_position(tx, &n[0], &n[1], err);
}

START_TEST(a_lost_event_comes_back_from_the_journal)
{
	struct world w;
	json_t *q, *entry, *tail;
	size_t n;
	uint64_t at[2], whole;
	char *sig;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	sig = world_signature(&w, "image");
	entry = world_entry(&w, ENTRY_SIGN, world_use(&w, q, false, 1, "ci",
	    world_json("{s:s, s:s, s:s, s:O}", "op", "sign", "key", w.key,
	    "principal", "ci", "digest", json_object_get(json_object_get(q,
	    "parameters"), "digest")), world_json("{s:s}", "signature", sig)));
	unit_ok(state_recover(w.state, w.silent, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	unit_ok(state_position(w.state, &whole, &unit_err));
	ck_assert_uint_eq(whole, w.journal.n - 1);
	tail = world_json("[O]", entry);
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	unit_ok(state_read(w.state, look_counts, at, &unit_err));
	ck_assert_uint_eq(at[0], w.journal.n);
	ck_assert_int_eq(state_of(&w, json_str(q, "id", "")), REQUEST_DONE);
	free(sig);
	json_decref(entry);
	json_decref(tail);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* Signed and journaled, asked for under @name; and then its event is lost. */
static json_t *
lost(struct world *w, const char *name)
{
	json_t *q = world_request(w, ACTION_KEY_SIGN, "ci",
	    world_sign_parameters(w, "image", "1.0"));
	char *sig = world_signature(w, "image");
	json_t *tail = world_json("[o]", world_entry(w, ENTRY_SIGN, world_use(w,
	    q, false, 1, "ci", world_json("{s:s, s:s, s:s, s:O, s:s*}", "op",
	    "sign", "key", w->key, "principal", "ci", "digest",
	    json_object_get(json_object_get(q, "parameters"), "digest"),
	    "idempotency", name), world_json("{s:s}", "signature", sig))));
	size_t n;

	unit_ok(state_recover(w->state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	free(sig);
	json_decref(tail);
	return q;
}

struct stands {
	const char *name;
	char id[40];
	uint64_t seq;
};

static int
look_stands(struct tx *tx, void *ctx, struct err *err)
{
	struct stands *f = ctx;

	return approval_find(tx, "ci", f->name, f->id, &f->seq, err);
}

static void
stands_for(struct world *w, const char *name, const json_t *q, bool result)
{
	struct stands f = { .name = name };

	unit_ok(state_read(w->state, look_stands, &f, &unit_err));
	ck_assert_str_eq(f.id, json_str(q, "id", ""));
	ck_assert(result == (f.seq != UINT64_MAX));
}

START_TEST(what_comes_back_is_what_its_asker_asks_for_again)
{
	struct world w;
	struct stands none = { .name = "" };
	json_t *q, *nameless;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = lost(&w, "build-1");
	stands_for(&w, "build-1", q, true);
	/* Journaled by a service that did not say. */
	nameless = lost(&w, NULL);
	stands_for(&w, "build-1", q, true);
	unit_fails(state_read(w.state, look_stands, &none, &unit_err), ENOENT_);
	json_decref(nameless);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* Asked again before the first came back, it was made once more: who heard of
 * that one hears of no other. */
START_TEST(what_comes_back_late_takes_nothing_from_what_was_answered)
{
	struct world w;
	json_t *q, *late;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = lost(&w, "build-1");
	late = lost(&w, "build-1");
	stands_for(&w, "build-1", q, true);
	json_decref(late);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* How a request ends that has no result. */
static const struct {
	const char *why;
	enum event_kind end;
} ENDED[] = {
	{ "nobody agreed in time", EVENT_REQUEST_EXPIRED },
	{ "its asker took it back", EVENT_REQUEST_CANCELLED },
	{ "another image is the version", EVENT_REQUEST_SUPERSEDED },
	{ "it may not be done by now", EVENT_REQUEST_DENIED },
};

START_TEST(what_comes_back_late_has_the_place_of_what_ended)
{
	struct world w;
	json_t *q, *late, *later;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "1.0"));
	world_open(&w, q, "build-1");
	late = lost(&w, "build-1");
	stands_for(&w, "build-1", q, false);
	world_event(&w, ENDED[_i].end, "ci", json_str(q, "id", ""),
	    world_json("{s:s}", "request", json_str(q, "id", "")), NULL);
	later = lost(&w, "build-1");
	stands_for(&w, "build-1", later, true);
	json_decref(later);
	json_decref(late);
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(intents_leave_no_gap_once_seen)
{
	struct world w;
	json_t *tail;
	uint64_t whole;
	size_t n;

	world_begin(&w);
	tail = world_json("[o, o]", world_entry(&w, ENTRY_GENERATE_INTENT,
	    world_json("{s:s}", "request", "req_x")),
	    world_entry(&w, ENTRY_GENERATE_FAILED, world_json("{s:s}",
	    "request", "req_x")));
	world_key(&w, "development");
	unit_ok(state_position(w.state, &whole, &unit_err));
	ck_assert_uint_eq(whole, 1);
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	unit_ok(state_recover(w.state, w.silent, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	unit_ok(state_position(w.state, &whole, &unit_err));
	ck_assert_uint_eq(whole, w.journal.n);
	json_decref(tail);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("state/commit",
	UNIT(founding_makes_a_house_with_its_charter_and_people)
	UNIT(a_house_is_founded_once)
	UNIT(a_request_is_due_with_its_last_approval)
	UNIT(one_rejection_closes_a_request)
	UNIT(a_failed_event_takes_those_beside_it_along)
	UNIT(keys_in_memory_follow_their_events)
	UNIT(who_listens_hears_of_each_change)
	UNIT(a_lost_event_comes_back_from_the_journal)
	UNIT(what_comes_back_is_what_its_asker_asks_for_again)
	UNIT(what_comes_back_late_takes_nothing_from_what_was_answered)
	UNIT_ROWS(what_comes_back_late_has_the_place_of_what_ended, ENDED)
	UNIT(intents_leave_no_gap_once_seen))
