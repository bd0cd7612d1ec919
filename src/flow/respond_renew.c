/*
 * respond_renew - OCSP answers that are asked for are made anew before they
 * end, so that nobody waits for one.
 */
#include "flow/publish.h"

static const struct responder *
responder_numbered(const struct responders *l, uint32_t number)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->r[i].number == number)
			return &l->r[i];
	return NULL;
}

/* As if somebody asked for it who does not wait. */
static void
renew(struct publisher *p, struct responders *l, const struct ending *e)
{
	const struct responder *r = responder_numbered(l, e->issuer);
	struct blob octets = { 0 };
	struct number serial;
	enum ocsp_form form;
	struct err none;

	ocsp_key_read(e->key, &form, &serial);
	if (r != NULL && ocsp_request_write(&r->issuer, form, &serial, &octets,
	    &none) == 0)
		page_free(answer_enqueue(p, octets.data, octets.len, l, e->key,
		    NULL, NULL));
	blob_done(&octets);
}

/* Half of the queue is left to those who wait. */
static size_t
room_now(struct publisher *p)
{
	size_t queued;

	pthread_mutex_lock(&p->lock);
	queued = p->queued;
	pthread_mutex_unlock(&p->lock);
	if (queued >= QUESTIONS / 2)
		return 0;
	return QUESTIONS / 2 - queued < ANSWERS_ANEW ?
	    QUESTIONS / 2 - queued : ANSWERS_ANEW;
}

void
answers_renew(struct publisher *p)
{
	AUTO(responders) *l = responders_now(p);
	struct ending ending[ANSWERS_ANEW];
	size_t n;

	if (l == NULL)
		return;
	n = shelf_ending(p->shelf, clock_now(), ending, room_now(p));
	for (size_t i = 0; i < n; i++)
		renew(p, l, &ending[i]);
}
