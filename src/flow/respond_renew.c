/*
 * respond_renew - OCSP answers that are asked for are made anew before they
 * end, and once they are so no more, so that nobody waits for one.
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

/* Also where each commit of many has this looked for. */
static size_t
left_of_second(struct publisher *p)
{
	time_us now = clock_mono();

	if (now - p->anew_at >= TIME_S(1)) {
		p->anew_at = now;
		p->anew_n = 0;
	}
	return ANSWERS_ANEW - p->anew_n;
}

/* Half of the queue is left to those who wait. */
static size_t
room_now(struct publisher *p)
{
	size_t queued, left = left_of_second(p);

	pthread_mutex_lock(&p->lock);
	queued = p->waited.n + p->unwaited.n;
	pthread_mutex_unlock(&p->lock);
	if (queued >= QUESTIONS / 2)
		return 0;
	return QUESTIONS / 2 - queued < left ? QUESTIONS / 2 - queued : left;
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
	p->anew_n += n;
	for (size_t i = 0; i < n; i++)
		renew(p, l, &ending[i]);
}
