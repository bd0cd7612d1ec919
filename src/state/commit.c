/*
 * commit - the only writer: each event to the ledger and to its projection,
 * in one transaction; then the caches, then whoever waits.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "state/inside.h"

struct work {
	struct state		*state;
	const struct event	*event;
	size_t			 n;
	struct leaf_made	*made;		/* n */
	struct effect		*effect;	/* n */
	struct receipt		*receipt;	/* n */
};

/* Never before the newest event: the ledger's time does not go back. */
static time_us
next_time(struct state *s)
{
	time_us	 now = clock_now();
	time_us	 last = __atomic_load_n(&s->last, __ATOMIC_RELAXED);

	if (now < last)
		return last;
	__atomic_store_n(&s->last, now, __ATOMIC_RELAXED);
	return now;
}

static int
append(struct tx *tx, struct work *w, size_t i, struct err *err)
{
	const struct event	*e = &w->event[i];
	struct receipt		*r = &w->receipt[i];
	struct ledger_event	 l = { .kind = event_kind_name(e->kind),
				    .actor = e->actor, .subject = e->subject };

	TRY(ledger_next(tx, &r->seq, err));
	r->time = next_time(w->state);
	TRY(event_leaf(&w->made[i], r->seq, r->time, err));
	l.seq = r->seq;
	l.time = r->time;
	l.leaf = w->made[i].leaf.data;
	l.leaf_octets = w->made[i].leaf.len;
	return ledger_append(tx, &l, err);
}

/* Runs within the shared transaction; perhaps on another caller's thread. */
static int
write_all(struct tx *tx, void *ctx, struct err *err)
{
	struct work	*w = ctx;

	for (size_t i = 0; i < w->n; i++) {
		const struct event *e = &w->event[i];
		struct applied a = { .kind = e->kind, .actor = e->actor,
		    .subject = e->subject, .data = e->data,
		    .entry = e->entry, .entry_hash = w->made[i].entry_hash,
		    .effect = &w->effect[i] };

		memset(&w->effect[i], 0, sizeof(w->effect[i]));
		TRY(append(tx, w, i, err));
		a.seq = w->receipt[i].seq;
		a.time = w->receipt[i].time;
		TRY(state_apply(tx, w->state->laws, &a, err));
	}
	return 0;
}

/* What each kind makes untrue in memory. */
enum stale { STALE_NONE, STALE_HOUSE, STALE_KEYS, STALE_WINDOWS,
	STALE_PEOPLE, STALE_USE, STALE_CERTS };

static enum stale
stale_of(enum event_kind k)
{
	switch (k) {
	case EVENT_HOUSE_FOUNDED:
	case EVENT_CHARTER_AMENDED:
		return STALE_HOUSE;
	case EVENT_KEY_GENERATED:
	case EVENT_KEY_ADOPTED:
	case EVENT_KEY_ACTIVATED:
	case EVENT_KEY_SUSPENDED:
	case EVENT_KEY_RESUMED:
	case EVENT_KEY_DEACTIVATED:
	case EVENT_KEY_COMPROMISED:
	case EVENT_KEY_DESTROYED:
		return STALE_KEYS;
	case EVENT_WINDOW_OPENED:
	case EVENT_WINDOW_CLOSED:
		return STALE_WINDOWS;
	case EVENT_CREDENTIAL_ISSUED:
	case EVENT_CREDENTIAL_REVOKED:
	case EVENT_CREDENTIAL_USED:
		return STALE_PEOPLE;
	case EVENT_KEY_SIGNED:
		return STALE_USE;
	case EVENT_GENESIS_SIGNED:
	case EVENT_REQUEST_OPENED:
	case EVENT_REQUEST_APPROVED:
	case EVENT_REQUEST_REJECTED:
	case EVENT_REQUEST_CANCELLED:
	case EVENT_REQUEST_EXPIRED:
	case EVENT_REQUEST_SUPERSEDED:
	case EVENT_REQUEST_DENIED:
	case EVENT_OCSP_COUNTED:
	case EVENT_CA_REQUESTED:
	case EVENT_BATCH_OPENED:
	case EVENT_BATCH_COUNTED:
	case EVENT_HOUSE_RESTORED:
	case EVENT_DRILL_REPORTED:
	case EVENT_KEY_REGISTERED:
	case EVENT_KEY_CORRECTED:
	case EVENT_KEY_UNREGISTERED:
	case EVENT_CERT_IMPORTED:
	case EVENT_CRL_IMPORTED:
	case EVENT_DISCOVERY_REPORTED:
	case EVENT_DISCOVERY_DISMISSED:
	case EVENT_DEVICE_IMPORTED:
	case EVENT_INSTALL_REPORTED:
	case EVENT__N:
		return STALE_NONE;
	case EVENT_CA_CREATED:
	case EVENT_CA_IMPORTED:
	case EVENT_CA_RETIRED:
	case EVENT_CERT_ISSUED:
	case EVENT_CERT_REVOKED:
	case EVENT_CERT_HELD:
	case EVENT_CERT_RELEASED:
	case EVENT_CRL_PUBLISHED:
		return STALE_CERTS;
	}
	return STALE_NONE;
}

/* Of other authorities, those that it replaces. */
static void
tell_others(const struct state *s, const struct event *e)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(json_object_get(e->data, "others"), i, one) {
		struct number	 serial;
		char		 ca[CERT_NAME], hex[NUMBER_HEX];
		json_t		*serials;

		if (cert_place_read(json_string_value(one), ca, &serial,
		    NULL) != 0)
			continue;
		number_hex(&serial, hex);
		serials = json_pack("[s]", hex);
		s->certs(s->certs_ctx, e->kind, ca, serials);
		json_decref(serials);
	}
}

/* A certificate that replaces another ends it; one that came back by the
 * journal does not say which. */
static void
tell_certs(const struct state *s, const struct event *e)
{
	json_t		*one = NULL;

	if (s->certs == NULL)
		return;
	if (e->kind == EVENT_CERT_ISSUED &&
	    !json_flag(e->data, "recovered", false)) {
		one = json_array();
		if (json_object_get(e->data, "replaces") != NULL &&
		    json_array_append(one, json_object_get(e->data,
		    "replaces")) != 0) {
			json_decref(one);
			one = NULL;
		}
	}
	s->certs(s->certs_ctx, e->kind, e->subject, one != NULL ? one :
	    json_object_get(e->data, "serials"));
	json_decref(one);
	tell_others(s, e);
}

/*
 * It is durable by now, so nothing here may fail the caller: a cache that
 * cannot be read anew is left empty, and read when it is next asked for.
 */
static void
refresh(struct state *s, const struct event *e, uint64_t seq)
{
	struct err	 none;

	switch (stale_of(e->kind)) {
	case STALE_NONE:
		break;
	case STALE_HOUSE:
		people_forget(s->people);
		people_forget_sessions(s->people);
		state_drop_keys(s);
		(void)!state_load_house(s, &none);
		break;
	case STALE_KEYS:
		state_drop_keys(s);
		if (s->certs != NULL)
			s->certs(s->certs_ctx, e->kind, e->subject, NULL);
		break;
	case STALE_WINDOWS:
		(void)!state_load_windows(s, &none);
		break;
	case STALE_PEOPLE:
		people_forget(s->people);
		break;
	case STALE_USE:
		state_count_use(s, json_str(e->data, "request", ""), seq);
		break;
	case STALE_CERTS:
		tell_certs(s, e);
		break;
	}
}

static void
tell(struct state *s, const struct effect *e)
{
	enum request_state	 now;

	if (s->changed != NULL && e->request[0] != '\0' &&
	    request_state_from_name(e->state, &now, NULL) == 0)
		s->changed(s->changed_ctx, e->request, now);
}

static void
work_done(struct work *w)
{
	for (size_t i = 0; w->made != NULL && i < w->n; i++)
		leaf_made_done(&w->made[i]);
	free(w->made);
	free(w->effect);
	free(w->receipt);
}

/* All that needs no transaction. */
static int
work_prepare(struct work *w, struct err *err)
{
	w->made = calloc(w->n, sizeof(*w->made));
	w->effect = calloc(w->n, sizeof(*w->effect));
	w->receipt = calloc(w->n, sizeof(*w->receipt));
	if (w->made == NULL || w->effect == NULL || w->receipt == NULL)
		return err_set(err, ENOMEMORY, "an event");
	for (size_t i = 0; i < w->n; i++)
		TRY(event_make(&w->event[i], &w->made[i], err));
	return 0;
}

/* It is durable: make it known. */
static void
work_follow(struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		refresh(w->state, &w->event[i], w->receipt[i].seq);
	for (size_t i = 0; i < w->n; i++)
		tell(w->state, &w->effect[i]);
}

static int
work_run(struct work *w, struct receipt *ret, struct err *err)
{
	TRY(work_prepare(w, err));
	TRY(store_write(w->state->store, write_all, w, err));
	work_follow(w);
	if (ret != NULL)
		memcpy(ret, w->receipt, w->n * sizeof(*ret));
	return 0;
}

int
state_commit(struct state *s, const struct event *events, size_t n,
    struct receipt *ret, struct err *err)
{
	struct work	 w = { .state = s, .event = events, .n = n };
	int		 rc = n == 0 ? 0 : work_run(&w, ret, err);

	work_done(&w);
	return rc;
}

struct later {
	struct work	 work;
	struct event	 event;
	state_committed	*fn;
	void		*ctx;
};

static void
later_free(struct later *l)
{
	work_done(&l->work);
	free(l);
}

static int
write_later(struct tx *tx, void *ctx, struct err *err)
{
	struct later	*l = ctx;

	return write_all(tx, &l->work, err);
}

static void
written(void *ctx, int rc, const struct err *why)
{
	struct later	*l = ctx;

	if (rc == 0)
		work_follow(&l->work);
	l->fn(l->ctx, rc, l->work.receipt, why);
	later_free(l);
}

int
state_commit_later(struct state *s, const struct event *event,
    state_committed *fn, void *ctx, struct err *err)
{
	struct later	*l = calloc(1, sizeof(*l));
	int		 rc;

	if (l == NULL)
		return err_set(err, ENOMEMORY, "an event");
	/* Other kinds have caches read anew, which waits. */
	assert(event->kind == EVENT_KEY_SIGNED ||
	    event->kind == EVENT_CERT_ISSUED);
	*l = (struct later){ .event = *event, .fn = fn, .ctx = ctx,
	    .work = { .state = s, .event = &l->event, .n = 1 } };
	rc = work_prepare(&l->work, err);
	if (rc == 0)
		rc = store_write_later(s->store, write_later, l, written, err);
	if (rc != 0)
		later_free(l);
	return rc;
}

void
state_listen(struct state *s, state_changed *fn, void *ctx)
{
	s->changed = fn;
	s->changed_ctx = ctx;
}

void
state_listen_certs(struct state *s, state_certs_changed *fn, void *ctx)
{
	s->certs = fn;
	s->certs_ctx = ctx;
}
