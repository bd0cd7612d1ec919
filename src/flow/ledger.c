/*
 * ledger - events with their receipts, and how one tree is the beginning of
 * another, for whoever checks.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/show.h"
#include "state/record.h"
#include "state/state.h"

struct events {
	struct record_filter	 filter;
	json_t			*list;		/* owned */
	uint64_t		 last, size;
};

static int
event_add(void *ctx, uint64_t seq, const void *octets, size_t n,
    struct err *err)
{
	struct events *e = ctx;
	json_t *j;

	TRY(json_read(octets, n, &j, err));
	e->last = seq;
	if (json_array_append_new(e->list, j) != 0)
		return err_set(err, ENOMEMORY, "events");
	return 0;
}

static int
events_read(struct tx *tx, void *ctx, struct err *err)
{
	struct events *e = ctx;
	struct sha256 root;

	TRY(record_head(tx, &e->size, &root, err));
	return record_each(tx, &e->filter, event_add, e, err);
}

int
flow_event_list(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	uint64_t limit = (uint64_t)json_int(query, "limit", 100);
	struct events e = { .filter = {
		.from = (uint64_t)json_int(query, "since", 0), .limit = limit,
		.kind = json_str(query, "kind", NULL),
		.subject = json_str(query, "subject", NULL) },
		.list = json_array() };
	AUTO_JSON *answer = NULL;
	int rc;

	if (e.list == NULL)
		return err_set(err, ENOMEMORY, "events");
	rc = state_read(f->state, events_read, &e, err);
	if (rc == 0)
		rc = json_build(&answer, err, "{s:O, s:I}", "events", e.list,
		    "size", (json_int_t)e.size);
	if (rc == 0 && json_array_size(e.list) == limit)
		rc = json_set_int(answer, "next", (int64_t)e.last + 1, err);
	json_decref(e.list);
	TRY(rc);
	*ret = TAKE(answer);
	return 0;
}

static int
receipt_read(struct tx *tx, void *ctx, struct err *err)
{
	struct receipted *r = ctx;

	TRY(record_event(tx, r->seq, &r->event, err));
	TRY(record_covering(tx, r->seq + 1, &r->size, r->note, err));
	return record_inclusion(tx, r->seq, r->size, &r->inclusion, err);
}

int
receipt_get(struct flow *f, uint64_t seq, struct receipted *r,
    struct err *err)
{
	int rc;

	r->seq = seq;
	rc = state_read(f->state, receipt_read, r, err);
	if (rc != -ENOENT_ || r->event == NULL)
		return rc;
	/* It is there, but no checkpoint covers it yet: have it shown. */
	TRY(show_until(f, seq + 1, SHOW_WAIT, err));
	json_decref(r->event);
	r->event = NULL;
	blob_clear(r->note);
	return state_read(f->state, receipt_read, r, err);
}

void
receipt_done(struct receipted *r)
{
	json_decref(r->event);
	json_decref(r->inclusion);
	blob_free(r->note);
}

int
flow_event_show(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct receipted r = { .note = blob_new() };
	char *end;
	unsigned long long seq = strtoull(subject, &end, 10);
	int rc;

	if (*end != '\0' || subject[0] < '0' || subject[0] > '9' ||
	    strlen(subject) > 15) {
		blob_free(r.note);
		return err_set(err, EINPUT, "an event is named by its number");
	}
	rc = r.note == NULL ? err_set(err, ENOMEMORY, "a receipt") :
	    receipt_get(f, seq, &r, err);
	if (rc == 0)
		rc = json_build(ret, err, "{s:O, s:O, s:s}", "event", r.event,
		    "inclusion", r.inclusion, "checkpoint", blob_str(r.note));
	receipt_done(&r);
	return rc;
}

struct trees {
	uint64_t	 from, to;
	json_t		*proof;		/* owned */
	struct sha256	 first, second;
};

static int
trees_read(struct tx *tx, void *ctx, struct err *err)
{
	struct trees *s = ctx;

	TRY(record_root(tx, s->from, &s->first, err));
	TRY(record_root(tx, s->to, &s->second, err));
	return record_consistency(tx, s->from, s->to, &s->proof, err);
}

int
flow_consistency(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct trees s = { .from = (uint64_t)json_int(query, "from", 0),
	    .to = (uint64_t)json_int(query, "to", 0) };
	AUTO_JSON *answer = NULL;

	if (s.from > s.to)
		return err_set(err, ERANGE_, "/from: is larger than /to");
	TRY(state_read(f->state, trees_read, &s, err));
	TRY(json_build(&answer, err, "{s:I, s:I, s:o}", "from",
	    (json_int_t)s.from, "to", (json_int_t)s.to, "proof", s.proof));
	TRY(json_set_hash(answer, "from_root", &s.first, err));
	TRY(json_set_hash(answer, "to_root", &s.second, err));
	*ret = TAKE(answer);
	return 0;
}
