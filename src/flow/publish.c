/*
 * publish - the publisher: a principal of the charter that the service itself
 * is, for revocation lists, OCSP answers and the responders' certificates.
 */
#include <stdlib.h>
#include "base/cond.h"
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/publisher.h"
#include "flow/respond_ask.h"
#include "state/state.h"

static int
errors_make(struct publisher *p, struct err *err)
{
	for (unsigned e = 1; e < NELEM(p->error); e++) {
		unsigned char der[OCSP_ERROR];
		struct blob body = { 0 };

		ocsp_response_error((enum ocsp_error)e, der);
		TRY(blob_put(&body, der, sizeof(der), err));
		TRY(page_new("application/ocsp-response", &body, 0, 0,
		    &p->error[e], err));
	}
	return 0;
}

/* What was published before this start is served at once. */
static int
load_first(struct flow *f, struct err *err)
{
	struct publisher *p = f->publisher;

	TRY(cas_load(f, err));
	for (size_t i = 0; i < p->ca_n; i++)
		TRY(list_load(f, p->ca[i].ca, err));
	p->loaded = clock_mono();
	return 0;
}

static void
publisher_init(struct publisher *p, struct flow *f)
{
	p->flow = f;
	p->keeping_last = &p->keeping;
	p->waited.last = &p->waited.first;
	p->unwaited.last = &p->unwaited.first;
	pthread_mutex_init(&p->lock, NULL);
	cond_init(&p->wake);
	cond_init(&p->more);
}

int
publisher_new(struct flow *f, struct err *err)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return err_set(err, ENOMEMORY, "the publisher");
	publisher_init(p, f);
	f->publisher = p;
	p->marked = json_object();
	p->wait = json_object();
	p->woken = json_object();
	if (p->marked == NULL || p->wait == NULL || p->woken == NULL)
		return err_set(err, ENOMEMORY, "the publisher");
	TRY(shelf_new(ANSWERS_KEPT, &p->shelf, err));
	TRY(errors_make(p, err));
	state_listen_certs(f->state, certs_changed, p);
	return load_first(f, err);
}

int
publisher_start(struct flow *f, struct err *err)
{
	struct publisher *p = f->publisher;

	if (f->o.publisher == NULL || f->o.publisher[0] == '\0')
		return 0;
	answers_resume(f);
	TRY(answerers_start(p, err));
	if (pthread_create(&p->thread, NULL, publish_run, f) != 0)
		return err_set(err, ENOMEMORY, "a thread");
	p->running = true;
	return 0;
}

void
publisher_stop(struct flow *f)
{
	struct publisher *p = f->publisher;

	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->wake);
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	if (p->running)
		pthread_join(p->thread, NULL);
	p->running = false;
	answerers_end(p);
	answers_write(f);
}

int
publisher_metrics(struct publisher *p, struct blob *ret, struct err *err)
{
	TRY(blob_printf(ret, err,
	    "# TYPE claviger_ocsp_answers_total counter\n"
	    "claviger_ocsp_answers_total{from=\"memory\"} %llu\n"
	    "claviger_ocsp_answers_total{from=\"store\"} %llu\n"
	    "claviger_ocsp_answers_total{from=\"keeper\"} %llu\n"
	    "claviger_ocsp_answers_total{from=\"error\"} %llu\n"
	    "# TYPE claviger_ocsp_kept gauge\nclaviger_ocsp_kept %u\n",
	    (unsigned long long)atomic_load(&p->kept_n),
	    (unsigned long long)atomic_load(&p->stored_n),
	    (unsigned long long)atomic_load(&p->signed_n),
	    (unsigned long long)atomic_load(&p->refused_n),
	    shelf_answers(p->shelf)));
	return watch_metrics(p, ret, err);
}

struct page *
flow_ocsp_malformed(struct flow *f)
{
	return refusal(f->publisher, OCSP_MALFORMED);
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	state_listen_certs(p->flow->state, NULL, NULL);
	cas_free(p);
	watch_free(p);
	leaves_drop(p);
	answers_unwritten(p);
	responders_free(p->now);
	for (size_t i = 0; i < NELEM(p->error); i++)
		page_free(p->error[i]);
	shelf_free(p->shelf);
	json_decref(p->marked);
	json_decref(p->wait);
	json_decref(p->woken);
	pthread_cond_destroy(&p->wake);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
