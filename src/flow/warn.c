/* warn - the thread that looks, again and again; see warn.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cond.h"
#include "base/log.h"
#include "flow/inside.h"
#include "flow/inventory.h"
#include "flow/keeper.h"
#include "flow/warn.h"
#include "flow/warner.h"
#include "state/record.h"

#define KEPT	TIME_S(365ll * 86400)	/* so long one that is over is shown */

struct warner {
	struct flow	*flow;
	pthread_mutex_t	 lock;		/* over stop and gaps */
	pthread_cond_t	 wake;
	bool		 stop, started;
	pthread_t	 thread;
	atomic_llong	 took;		/* microseconds, of the last look; 0: none yet */
	atomic_llong	 looked;	/* when all of it was looked at last; 0: never */
	atomic_uint	 partial;	/* bits of what the last did not see as a whole */

	json_t		*gaps;		/* owned, behind lock: of the last look that saw all of it; NULL: none yet */

	/* Of its thread alone. */
	json_t		*since;		/* owned: what has no end, and was there before */
	uint64_t	 checkpoint;
	time_us		 forgotten;
};

/* ---- what was found, and what is open ---- */

/* One look, and what is to be done after it. */
struct round {
	struct look	 look;
	json_t		*index;		/* owned: "WATCH SUBJECT" -> place in found */
	struct sighting	*found;		/* owned; "about" NULL: it is open already */
	size_t		 found_n, found_room;
	struct turn	*turn;		/* owned */
	size_t		 turn_n, turn_room;
	struct alert	*open;		/* owned: as they are */
	json_t		*open_names;	/* owned: "WATCH SUBJECT" -> true */
	size_t		 open_n, open_room, raised;
	size_t		 passed;	/* found, and more than may be open */
};

static void
round_done(struct round *r)
{
	for (size_t i = 0; i < r->found_n; i++)
		json_decref(r->found[i].about);
	for (size_t i = 0; i < r->turn_n; i++)
		alert_done(&r->turn[i].alert);
	for (size_t i = 0; i < r->open_n; i++)
		alert_done(&r->open[i]);
	free(r->found);
	free(r->turn);
	free(r->open);
	json_decref(r->index);
	json_decref(r->open_names);
	json_decref(r->look.lasting);
	json_decref(r->look.gaps);
}

/* Room for one more of @size. */
static int
room(void **p, size_t n, size_t *room_n, size_t size, struct err *err)
{
	void *more;

	if (n < *room_n)
		return 0;
	if ((more = reallocarray(*p, n < 32 ? 64 : 2 * n, size)) == NULL)
		return err_set(err, ENOMEMORY, "alerts");
	*room_n = n < 32 ? 64 : 2 * n;
	*p = more;
	return 0;
}

static int
found_add(void *ctx, struct sighting *s, struct err *err)
{
	struct round *r = ctx;
	char name[ALERT_SUBJECT + 32];

	/* That something was left out has room beyond. */
	if (r->found_n >= ALERTS_MOST && s->watch != WATCH_LOOK) {
		r->passed++;
		r->look.whole[s->watch] = 1;
		return 0;
	}
	TRY(room((void **)&r->found, r->found_n, &r->found_room,
	    sizeof(*r->found), err));
	look_name(s->watch, s->subject, name);
	TRY(json_set_int(r->index, name, (int64_t)r->found_n, err));
	r->found[r->found_n] = *s;
	s->about = NULL;
	r->found_n++;
	return 0;
}

/* Takes what @a owns. */
static int
turn_add(struct round *r, struct alert *a, enum alert_step step,
    bool was_told, struct err *err)
{
	TRY(room((void **)&r->turn, r->turn_n, &r->turn_room,
	    sizeof(*r->turn), err));
	r->turn[r->turn_n++] = (struct turn){ *a, step, was_told };
	a->about = NULL;
	return 0;
}

static const struct alert_rule *
rule_of(const struct round *r, enum watch w, const json_t *about)
{
	return charter_alert(r->look.law->charter, w, json_str(about, "class",
	    NULL));
}

static int
open_add(void *ctx, struct alert *a, struct err *err)
{
	struct round *r = ctx;
	char name[ALERT_SUBJECT + 32];

	TRY(room((void **)&r->open, r->open_n, &r->open_room,
	    sizeof(*r->open), err));
	look_name(a->watch, a->subject, name);
	TRY(json_set_new(r->open_names, name, json_true(), err));
	r->open[r->open_n++] = *a;
	a->about = NULL;
	return 0;
}

/* What was not looked at may be there still. */
static bool
was_looked_at(const struct round *r, const struct alert *a)
{
	time_us whole = r->look.whole[a->watch];

	return whole == 0 || (a->ends != 0 && a->ends < whole);
}

static int
open_compare(struct round *r, struct alert *a, struct err *err)
{
	struct sighting *s = NULL;
	enum alert_step step;
	bool was_told = a->told != 0;
	char name[ALERT_SUBJECT + 32];
	int64_t at;

	look_name(a->watch, a->subject, name);
	if ((at = json_int(r->index, name, -1)) >= 0)
		s = &r->found[at];
	if (s == NULL && !was_looked_at(r, a))
		return 0;
	step = alert_step(rule_of(r, a->watch, s != NULL ? s->about :
	    a->about), a, s, r->look.now);
	if (s != NULL) {
		json_decref(s->about);
		s->about = NULL;
	}
	return step == STEP_NONE ? 0 : turn_add(r, a, step, was_told, err);
}

static int
new_add(struct round *r, struct sighting *s, struct err *err)
{
	struct alert a = { .watch = s->watch };
	enum alert_step step;
	int rc;

	if (s->about == NULL)
		return 0;
	if (r->open_n + r->raised >= ALERTS_MOST && s->watch != WATCH_LOOK) {
		r->passed++;
		return 0;
	}
	r->raised++;
	memcpy(a.subject, s->subject, sizeof(a.subject));
	TRY(id_new("alr", r->look.now, a.id, err));
	step = alert_step(rule_of(r, s->watch, s->about), &a, s,
	    r->look.now);
	rc = turn_add(r, &a, step, false, err);
	alert_done(&a);
	return rc;
}

static int
round_read(struct tx *tx, void *ctx, struct err *err)
{
	struct round *r = ctx;

	r->look.tx = tx;
	TRY(alert_each(tx, open_add, r, err));
	TRY(look_all(&r->look, err));
	for (size_t i = 0; i < r->open_n; i++)
		TRY(open_compare(r, &r->open[i], err));
	for (size_t i = 0; i < r->found_n; i++)
		TRY(new_add(r, &r->found[i], err));
	return 0;
}

/* ---- a round ---- */

static unsigned
partial_of(const struct round *r)
{
	unsigned ret = 0;

	for (int w = 0; w < WATCH__N; w++)
		if (r->look.whole[w] != 0)
			ret |= 1u << w;
	return ret;
}

/* A look that could not see them has counted too few. */
static void
gaps_keep(struct warner *w, struct round *r)
{
	if (r->look.whole[WATCH_GAP] != 0)
		return;
	pthread_mutex_lock(&w->lock);
	json_decref(w->gaps);
	w->gaps = TAKE(r->look.gaps);
	pthread_mutex_unlock(&w->lock);
}

static void
round_keep(struct warner *w, struct round *r)
{
	unsigned partial = partial_of(r);

	gaps_keep(w, r);
	atomic_store(&w->partial, partial);
	if (partial == 0)
		atomic_store(&w->looked, r->look.now);
	json_decref(w->since);
	w->since = TAKE(r->look.lasting);
	pthread_mutex_lock(&w->flow->lock);
	w->checkpoint = w->flow->checkpoint_size;
	pthread_mutex_unlock(&w->flow->lock);
	if (r->passed > 0)
		log_line(LOG_WARN, "alerts: %zu more than the %d that may be "
		    "open at one time", r->passed, ALERTS_MOST);
}

static int
round_begin(struct warner *w, struct round *r, struct err *err)
{
	AUTO_JSON *hello = NULL;

	*r = (struct round){ .look = { .flow = w->flow, .now = clock_now(),
	    .found = found_add, .ctx = r, .since = w->since,
	    .lasting = json_object(), .checkpoint = w->checkpoint },
	    .index = json_object(), .open_names = json_object() };
	r->look.open = r->open_names;
	if (r->look.lasting == NULL || r->index == NULL ||
	    r->open_names == NULL)
		return err_set(err, ENOMEMORY, "a look at what runs out");
	TRY(json_build(&r->look.gaps, err, "{s:{}, s:{}}", "keys",
	    "certificates"));
	if (keeper_standing(w->flow, 0, &hello, &r->look.keeper) == 0)
		r->look.keeper.code = OK;
	return 0;
}

static int
round_under(struct warner *w, const struct law *law, struct err *err)
{
	struct round r;
	time_us began = clock_mono();
	int rc = round_begin(w, &r, err);

	r.look.law = law;
	if (rc == 0)
		rc = state_read(w->flow->state, round_read, &r, err);
	if (rc == 0)
		rc = turns_write(w->flow, law, r.turn, r.turn_n, err);
	if (rc == 0)
		round_keep(w, &r);
	atomic_store(&w->took, clock_mono() - began);
	round_done(&r);
	return rc;
}

static int
forget(struct tx *tx, void *ctx, struct err *err)
{
	return alert_forget(tx, clock_now() - KEPT, err);
}

int
warn_once(struct flow *f, struct err *err)
{
	AUTO(law) *law = NULL;
	int rc = state_law(f->state, &law, err);

	/* Before there is a charter, there is nothing to warn of. */
	if (rc != 0)
		return rc == -EGENESIS ? 0 : rc;
	return round_under(f->warner, law, err);
}

static void
pass(struct warner *w)
{
	struct err err;

	if (warn_once(w->flow, &err) != 0)
		log_err(LOG_WARN, "looking at what runs out", &err);
	if (clock_mono() - w->forgotten < TIME_S(86400))
		return;
	w->forgotten = clock_mono();
	if (record_apart(w->flow->store, forget, NULL, &err) != 0)
		log_err(LOG_WARN, "forgetting old alerts", &err);
}

bool
warner_on(struct warner *w)
{
	bool on;

	pthread_mutex_lock(&w->lock);
	on = !w->stop;
	pthread_mutex_unlock(&w->lock);
	return on;
}

static bool
wait(struct warner *w)
{
	time_us until = clock_mono() + TIME_S(w->flow->o.look_every);
	bool on, in_time = true;

	pthread_mutex_lock(&w->lock);
	while (!w->stop && in_time)
		in_time = cond_wait(&w->wake, &w->lock, until);
	on = !w->stop;
	pthread_mutex_unlock(&w->lock);
	return on;
}

static void *
warner_run(void *ctx)
{
	struct warner *w = ctx;

	do
		pass(w);
	while (wait(w));
	return NULL;
}

time_us
warner_took(const struct warner *w)
{
	return atomic_load(&w->took);
}

time_us
warner_looked(const struct warner *w)
{
	return atomic_load(&w->looked);
}

static int
gaps_lines(const json_t *gaps, struct blob *ret, struct err *err)
{
	const char *of;
	json_t *sums;

	TRY(blob_puts(ret, "# TYPE claviger_gaps gauge\n", err));
	json_object_foreach((json_t *)gaps, of, sums)
		for (int g = 0; g < GAP__N; g++)
			TRY(blob_printf(ret, err, "claviger_gaps{of=\"%s\","
			    "gap=\"%s\"} %lld\n", of, gap_name((enum gap)g),
			    (long long)json_int(sums, gap_name((enum gap)g),
			    0)));
	return 0;
}

int
warner_gaps(struct warner *w, struct blob *ret, struct err *err)
{
	int rc;

	pthread_mutex_lock(&w->lock);
	rc = w->gaps == NULL ? 0 : gaps_lines(w->gaps, ret, err);
	pthread_mutex_unlock(&w->lock);
	return rc;
}

unsigned
warner_partial(const struct warner *w)
{
	return atomic_load(&w->partial);
}

/* ---- life ---- */

int
warner_new(struct flow *f, struct err *err)
{
	struct warner *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_set(err, ENOMEMORY, "the watch over what runs out");
	f->warner = w;
	w->flow = f;
	w->forgotten = clock_mono() - TIME_S(2 * 86400);
	pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->wake);
	return 0;
}

int
warner_start(struct flow *f, struct err *err)
{
	if (f->o.look_every == 0)
		return 0;
	if (pthread_create(&f->warner->thread, NULL, warner_run, f->warner) !=
	    0)
		return err_set(err, ENOMEMORY, "a thread");
	f->warner->started = true;
	return 0;
}

void
warner_stop(struct flow *f)
{
	struct warner *w = f->warner;

	if (w == NULL || !w->started)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->started = false;
}

void
warner_free(struct warner *w)
{
	if (w == NULL)
		return;
	json_decref(w->since);
	json_decref(w->gaps);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
