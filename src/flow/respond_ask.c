/*
 * respond_ask - OCSP questions on the listener's thread: answered from the
 * shelf, or put on the queue.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/respond_ask.h"

void
question_free(struct question *q)
{
	responders_free(q->list);
	blob_done(&q->octets);
	blob_done(&q->tbs);
	free(q);
}

void
question_end(struct question *q, struct page *page)
{
	if (q->answered != NULL)
		q->answered(q->ctx, page);
	else
		page_free(page);
	question_free(q);
}

void
question_put_off(struct publisher *p, const struct question *q)
{
	if (q->keep && q->answered == NULL)
		shelf_failed(p->shelf, q->key, clock_now());
}

/* ---- what was asked ---- */

static const struct responder *
responder_of(const struct responders *l, const struct ocsp_certid *id)
{
	for (size_t i = 0; l != NULL && i < l->n; i++)
		if (ocsp_issuer_is(&l->r[i].issuer, id))
			return &l->r[i];
	return NULL;
}

/*
 * Who answers all of it; NULL: nobody may.  An answer is believed of what the
 * issuer of its signer's certificate issued (RFC 6960, 4.2.2.2), so one over
 * several authorities is believed by nobody, and what another of ours issued
 * would be unknown.
 */
static const struct responder *
responder_for(const struct responders *l, const struct ocsp_request *q)
{
	const struct responder *r = responder_of(l, &q->id[0]);

	for (size_t i = 1; i < q->n && r != NULL; i++)
		if (!ocsp_issuer_is(&r->issuer, &q->id[i]))
			r = NULL;
	return r;
}

static struct question *
question_new(const void *octets, size_t n, struct responders *list)
{
	struct question *q = calloc(1, sizeof(*q));
	struct err none;

	if (q == NULL)
		return NULL;
	if (blob_put(&q->octets, octets, n, &none) != 0 ||
	    ocsp_request_read(span_blob(&q->octets), &q->request, &none) != 0) {
		question_free(q);
		return NULL;
	}
	atomic_fetch_add(&list->refs, 1);
	q->list = list;
	q->by = responder_for(list, &q->request);
	return q;
}

static bool
queue_put(struct publisher *p, struct question *q)
{
	struct questions *to = q->answered != NULL ? &p->waited : &p->unwaited;
	bool taken;

	pthread_mutex_lock(&p->lock);
	taken = !p->stop && p->answerer_n > 0 &&
	    p->waited.n + p->unwaited.n < QUESTIONS;
	if (taken) {
		*to->last = q;
		to->last = &q->next;
		to->n++;
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
	return taken;
}

struct page *
refusal(struct publisher *p, enum ocsp_error e)
{
	atomic_fetch_add(&p->refused_n, 1);
	return page_ref(p->error[e]);
}

struct page *
answer_enqueue(struct publisher *p, const void *octets, size_t n,
    struct responders *list, const unsigned char *key,
    flow_answered *answered, void *ctx)
{
	struct question *q = question_new(octets, n, list);

	if (q == NULL)
		return refusal(p, OCSP_TRY_LATER);
	q->came = clock_mono();
	q->answered = answered;
	q->ctx = ctx;
	if ((q->keep = key != NULL))
		memcpy(q->key, key, OCSP_KEY);
	if (queue_put(p, q))
		return NULL;
	question_put_off(p, q);
	question_free(q);
	return refusal(p, OCSP_TRY_LATER);
}

/* ---- on the listener's thread ---- */

static struct page *
look_up(struct publisher *p, const void *octets, size_t n,
    const struct ocsp_request *request, struct responders *list,
    flow_answered *answered, void *ctx)
{
	const struct responder *r = responder_for(list, request);
	unsigned char key[OCSP_KEY];
	struct page *page;
	bool due;

	if (r == NULL)
		return refusal(p, OCSP_UNAUTHORIZED);
	if (request->n != 1 || request->nonce.n > 0 ||
	    request->id[0].serial.n == 0)
		return answer_enqueue(p, octets, n, list, NULL, answered, ctx);
	ocsp_certid_key(request->id[0].form, r->number, &request->id[0].serial,
	    key);
	page = shelf_answer(p->shelf, key, clock_now(), &due);
	if (page == NULL)
		return answer_enqueue(p, octets, n, list, key, answered, ctx);
	if (due)
		page_free(answer_enqueue(p, octets, n, list, key,
		    NULL, NULL));
	atomic_fetch_add(&p->kept_n, 1);
	return page;
}

struct page *
flow_ocsp(struct flow *f, const void *octets, size_t n,
    flow_answered *answered, void *ctx)
{
	struct publisher *p = f->publisher;
	struct ocsp_request request;
	struct responders *list;
	struct page *page;
	struct err none;

	if (ocsp_request_read(span_of(octets, n), &request, &none) != 0)
		return refusal(p, OCSP_MALFORMED);
	list = responders_now(p);
	page = list == NULL ? refusal(p, OCSP_UNAUTHORIZED) : look_up(p,
	    octets, n, &request, list, answered, ctx);
	responders_free(list);
	return page;
}

struct page *
flow_ocsp_get(struct flow *f, const char *path, flow_answered *answered,
    void *ctx)
{
	struct blob octets = { 0 };
	struct page *page;
	struct err none;

	if (ocsp_get_decode(span_of(path, strlen(path)), &octets, &none) != 0)
		page = refusal(f->publisher, OCSP_MALFORMED);
	else
		page = flow_ocsp(f, octets.data, octets.len, answered, ctx);
	blob_done(&octets);
	return page;
}

struct page *
flow_ocsp_later(struct flow *f)
{
	return refusal(f->publisher, OCSP_TRY_LATER);
}

struct page *
flow_public(struct flow *f, const char *path)
{
	return shelf_get(f->publisher->shelf, path);
}
