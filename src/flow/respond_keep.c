/*
 * respond_keep - OCSP answers that outlive a restart.
 *
 * Of each only the signature and the times are in the store.  Whoever asks
 * again gets what the store says now, drafted as of then, if that is what was
 * signed: a revocation, another key and a damaged row all fail in one place.
 */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "ca/key.h"
#include "ca/seal.h"
#include "flow/again.h"
#include "flow/inside.h"
#include "flow/respond_ask.h"
#include "state/record.h"

#define KEEPING		4096u	/* that wait for the store; more are not kept */
#define PRUNE_EVERY	TIME_S(60)

/* ---- to the store ---- */

struct keeping {
	struct cert_ocsp answer;
	struct keeping	*next;
};

static void
keeping_free(struct keeping *k)
{
	struct keeping *next;

	for (; k != NULL; k = next) {
		next = k->next;
		blob_done(&k->answer.signature);
		free(k);
	}
}

static void
answer_name(const struct question *q, struct cert_ocsp *a)
{
	memcpy(a->ca, q->by->ca, sizeof(a->ca));
	a->serial = q->request.id[0].serial;
	a->form = (int)q->request.id[0].form;
}

/* Without room or memory it is made anew after the next start. */
void
answer_keep(struct publisher *p, const struct question *q,
    struct span signature, time_us asked)
{
	struct keeping *k = calloc(1, sizeof(*k));
	struct err none;

	if (k == NULL)
		return;
	answer_name(q, &k->answer);
	k->answer.made = q->made;
	k->answer.ends = q->until;
	k->answer.asked = asked;
	if (blob_put(&k->answer.signature, signature.p, signature.n, &none) !=
	    0) {
		keeping_free(k);
		return;
	}
	pthread_mutex_lock(&p->lock);
	/* In their order: of two of one second the later counts. */
	if (p->keeping_n < KEEPING) {
		*p->keeping_last = k;
		p->keeping_last = &k->next;
		k = NULL;
		p->keeping_n++;
	}
	pthread_mutex_unlock(&p->lock);
	keeping_free(k);
}

static struct keeping *
keeping_take(struct publisher *p)
{
	struct keeping *k;

	pthread_mutex_lock(&p->lock);
	k = TAKE(p->keeping);
	p->keeping_last = &p->keeping;
	p->keeping_n = 0;
	pthread_mutex_unlock(&p->lock);
	return k;
}

void
answers_unwritten(struct publisher *p)
{
	keeping_free(keeping_take(p));
}

struct writing {
	const struct keeping *first;
	bool		 prune;
};

static int
all_write(struct tx *tx, void *ctx, struct err *err)
{
	const struct writing *w = ctx;

	for (const struct keeping *k = w->first; k != NULL; k = k->next)
		TRY(cert_ocsp_put(tx, &k->answer, err));
	return w->prune ? cert_ocsp_prune(tx, clock_now(), ANSWERS_KEPT, err) :
	    0;
}

void
answers_write(struct flow *f)
{
	struct publisher *p = f->publisher;
	struct keeping *first = keeping_take(p);
	struct writing w = { first, p->pruned == 0 ||
	    clock_mono() - p->pruned > PRUNE_EVERY };
	struct err err;

	if (first == NULL)
		return;
	if (record_apart(f->store, all_write, &w, &err) != 0)
		log_err(LOG_WARN, "keeping OCSP answers", &err);
	else if (w.prune)
		p->pruned = clock_mono();
	keeping_free(first);
}

/* ---- from the store ---- */

struct kept {
	const struct batch_of *b;
	struct cert_ocsp of[ANSWERS_ONCE];	/* that does not end: none for this question */
};

/* As long as an answer of now would be believed; not of a clock ahead of ours. */
static bool
is_in_time(const struct cert_ocsp *a, const struct batch_of *b)
{
	return a->made <= b->now && a->ends > b->now && a->ends <= b->until;
}

static int
kept_draft(struct tx *tx, struct question *q, struct batch_of *then,
    const struct kept *k, struct cert_ocsp *a, struct err *err)
{
	bool there;

	answer_name(q, a);
	TRY(cert_ocsp_get(tx, a, &there, err));
	if (!there || !is_in_time(a, k->b)) {
		a->ends = 0;
		return 0;
	}
	then->now = a->made;
	then->until = a->ends;
	return question_draft(tx, q, then, err);
}

/* What is made anew, and nobody waits for, is not to be of before. */
static bool
may_be_kept(const struct question *q)
{
	return q->keep && q->answered != NULL;
}

static int
kept_read(struct tx *tx, void *ctx, struct err *err)
{
	struct kept *k = ctx;
	struct batch_of then = *k->b;

	for (size_t i = 0; i < then.n; i++)
		if (may_be_kept(then.q[i]))
			TRY(kept_draft(tx, then.q[i], &then, k, &k->of[i],
			    err));
	return 0;
}

/* Its certificate says whose it was; that nobody else has it, its state. */
static bool
is_believed(const struct key *k)
{
	return k->state != KEY_COMPROMISED && k->state != KEY_DESTROYED;
}

/* Is what was drafted what was signed? */
static bool
is_so(const struct question *q, const struct cert_ocsp *a, EVP_PKEY *key)
{
	struct err none;

	return a->ends != 0 && q->known && seal_verify(span_blob(&q->tbs),
	    seal_algorithm(q->by->key->scheme), span_blob(&a->signature), key,
	    &none) == 0;
}

static bool
kept_answer(struct batch_of *b, struct question *q, const struct cert_ocsp *a,
    EVP_PKEY *key, uint64_t epoch)
{
	struct publisher *p = b->flow->publisher;
	struct page *page = NULL;
	time_us asked;
	struct err none;

	if (!is_so(q, a, key) || question_page(q, span_blob(&a->signature),
	    &page, &none) != 0)
		return false;
	(void)shelf_answer_put(p->shelf, q->by->number, q->key, epoch, page,
	    &asked);
	atomic_fetch_add(&p->stored_n, 1);
	question_end(q, page);
	return true;
}

static void
kept_answers(struct batch_of *b, const struct kept *k, uint64_t epoch)
{
	EVP_PKEY *key = NULL;
	struct err none;
	size_t n = 0;

	if (key_pkey(span_of(b->by->key->spki, b->by->key->spki_octets), &key,
	    &none) != 0)
		return;
	for (size_t i = 0; i < b->n; i++)
		if (!kept_answer(b, b->q[i], &k->of[i], key, epoch))
			b->q[n++] = b->q[i];
	b->n = n;
	EVP_PKEY_free(key);
}

static bool
any_may_be_kept(const struct batch_of *b)
{
	size_t i = 0;

	while (i < b->n && !may_be_kept(b->q[i]))
		i++;
	return i < b->n;
}

void
batch_kept(struct batch_of *b, uint64_t epoch)
{
	struct kept k = { .b = b };
	struct err none;

	if (any_may_be_kept(b) && is_believed(b->by->key) &&
	    batch_times(b, &none) == 0 && state_read(b->flow->state, kept_read,
	    &k, &none) == 0)
		kept_answers(b, &k, epoch);
	for (size_t i = 0; i < ANSWERS_ONCE; i++)
		blob_done(&k.of[i].signature);
}

/* ---- what was asked for before this start ---- */

struct remembering {
	struct shelf	*shelf;
	time_us		 now;
	time_us		 lifetime;	/* of an answer that is made now */
};

/* One that lasts longer would keep those behind it from being made anew. */
static bool
is_timely(const struct cert_ocsp *a, const struct remembering *m)
{
	return a->made >= 0 && a->made <= m->now &&
	    a->asked >= 0 && a->asked <= m->now &&
	    a->ends > m->now && a->ends - a->made <= m->lifetime;
}

/* What is not as it was written there is nobody's word. */
static bool
may_be_remembered(const struct cert_ocsp *a, const struct remembering *m)
{
	return a->form >= 0 && a->form < OCSP_OTHER && a->serial.n > 0 &&
	    is_timely(a, m);
}

static void
remember(void *ctx, const struct cert_ocsp *a)
{
	struct remembering *m = ctx;
	struct remembered r = { .made = a->made, .until = a->ends,
	    .asked = a->asked, .stale = a->stale };

	if (!may_be_remembered(a, m) ||
	    !shelf_issuer_known(m->shelf, a->ca, &r.issuer))
		return;
	ocsp_certid_key((enum ocsp_form)a->form, r.issuer, &a->serial, r.key);
	shelf_remember(m->shelf, &r);
}

static int
before_read(struct tx *tx, void *ctx, struct err *err)
{
	struct remembering *m = ctx;

	return cert_ocsp_asked(tx, m->now, remember, m, err);
}

void
answers_resume(struct flow *f)
{
	struct remembering m = { .shelf = f->publisher->shelf,
	    .now = clock_now() };
	struct err err;
	int rc = answer_lifetime(f, &m.lifetime, &err);

	if (rc == -EGENESIS)
		return;
	if (rc != 0 || state_read(f->state, before_read, &m, &err) != 0)
		log_err(LOG_WARN, "looking for OCSP answers of before", &err);
}
