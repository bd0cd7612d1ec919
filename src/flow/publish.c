/*
 * publish - the publisher: a principal of the charter that the service itself
 * is, for revocation lists, OCSP answers and the responders' certificates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "flow/publish.h"

#define RELOAD_EVERY	TIME_S(60)	/* keys and certificates change unseen, too */
#define SOON		TIME_S(2)	/* after what may be better at once */
#define NOT_SOON	TIME_S(3600)	/* after a refusal, which is an event each time */
#define COUNTED		TIME_S(180)	/* the keeper journals answers after 60 s */

/* ---- asking ---- */

struct whoami {
	const char	*id;
	struct caller	 who;
};

static int
who_read(struct tx *tx, void *ctx, struct err *err)
{
	struct whoami *w = ctx;

	return people_caller(tx, w->id, &w->who, err);
}

static int
answer_check(const struct answer *a, struct err *err)
{
	if (a->code == OK)
		return 0;
	if (a->code == EQUORUM)
		return err_set(err, EQUORUM, "%s waits for approvals",
		    a->request);
	return err_set(err, a->code, "%s", a->detail);
}

int
publisher_ask(struct flow *f, const char *action, const char *subject,
    const json_t *body, const char *idempotency, struct err *err)
{
	struct whoami me = { .id = f->o.publisher };
	struct ask ask = { .action = action, .who = &me.who,
	    .subject = subject, .body = body, .idempotency = idempotency };
	struct going *going = NULL;
	struct flow_later later = { .going = &going };
	struct answer a = { .code = OK };
	int rc;

	TRY(state_read(f->state, who_read, &me, err));
	rc = flow_ask(f, &ask, &later, &a, err);
	if (rc == 0)
		rc = answer_check(&a, err);
	answer_done(&a);
	return rc;
}

/* What only lacks a dependency is tried again soon; a no is not. */
static time_us
pause_after(enum err_code c)
{
	return err_http(c) == 503 ? SOON : NOT_SOON;
}

/* ---- what changed ---- */

/* Under the lock. */
static void
poke(struct publisher *p)
{
	p->poked = true;
	pthread_cond_signal(&p->wake);
}

/* Under the lock. @serials NULL: any. */
static bool
mark(struct publisher *p, const char *ca, const json_t *serials)
{
	json_t *m = json_object_get(p->marked, ca);
	json_t *all;

	if (m == NULL) {
		m = json_pack("{s:I, s:[]}", "since", (json_int_t)clock_mono(),
		    "serials");
		if (json_object_set_new(p->marked, ca, m) != 0)
			return false;
	}
	all = json_object_get(m, "serials");
	if (json_is_null(all))
		return true;
	if (serials == NULL)
		return json_object_set_new(m, "serials", json_null()) == 0;
	return json_array_extend(all, (json_t *)(uintptr_t)serials) == 0;
}

static void
mark_or_lose(struct publisher *p, const char *ca, const json_t *serials)
{
	pthread_mutex_lock(&p->lock);
	if (!mark(p, ca, serials))
		p->lost = true;
	poke(p);
	pthread_mutex_unlock(&p->lock);
}

static void
status_changed(struct publisher *p, const char *ca, const json_t *serials)
{
	struct number n;
	const json_t *one;
	size_t i;

	if (serials == NULL)
		shelf_forget(p->shelf, ca, NULL);
	json_array_foreach(serials, i, one)
		shelf_forget(p->shelf, ca, number_parse(json_string_value(one),
		    &n, NULL) == 0 ? &n : NULL);
	if (serials == NULL || json_array_size(serials) > 0)
		mark_or_lose(p, ca, serials);
}

/*
 * On the committing thread, before its caller can answer: from now on nobody
 * is told "good" who was not told so before.
 */
static void
certs_changed(void *ctx, enum event_kind kind, const char *ca,
    const json_t *serials)
{
	struct publisher *p = ctx;

	if (kind == EVENT_CRL_PUBLISHED)
		return;
	if (kind == EVENT_CERT_REVOKED || kind == EVENT_CERT_HELD ||
	    kind == EVENT_CERT_RELEASED || kind == EVENT_CERT_ISSUED) {
		status_changed(p, ca, serials);
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->reload = true;
	poke(p);
	pthread_mutex_unlock(&p->lock);
}

/* What of this CA changed and waited long enough: null, or serial numbers.
 * @return NULL: nothing; a new reference otherwise. */
static json_t *
marked_take(struct publisher *p, const char *ca)
{
	time_us now = clock_mono();
	json_t *m, *serials = NULL;

	pthread_mutex_lock(&p->lock);
	m = json_object_get(p->marked, ca);
	if (m != NULL && now >= json_int(m, "since", 0) +
	    p->flow->o.crl_delay) {
		serials = json_incref(json_object_get(m, "serials"));
		json_object_del(p->marked, ca);
	}
	pthread_mutex_unlock(&p->lock);
	return serials;
}

/* ---- authorities ---- */

static void
cas_free(struct publisher *p)
{
	for (size_t i = 0; i < p->ca_n; i++)
		cert_ca_free(p->ca[i].ca);
	free(p->ca);
}

static int
names_read(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_names(tx, ctx, err);
}

static int
page_put(struct publisher *p, const char *ca, const char *end,
    const char *type, struct blob *octets, time_us made, struct err *err)
{
	AUTO(page) *page = NULL;
	char path[CERT_NAME + 16];

	TRY(page_new(type, octets, made, INT64_MAX, &page, err));
	page->keep = TIME_S(86400);
	(void)snprintf(path, sizeof(path), "/ca/%s.%s", ca, end);
	return shelf_put(p->shelf, path, page, err);
}

struct chain {
	const char	*ca;
	struct blob	 pem;
};

static int
chain_read(struct tx *tx, void *ctx, struct err *err)
{
	struct chain *c = ctx;

	return cert_chain(tx, c->ca, &c->pem, err);
}

/* Its certificate, and those above it. */
static int
ca_place(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	struct publisher *p = f->publisher;
	struct chain c = { .ca = ca->name };
	struct blob der = { 0 };
	int rc;

	TRY(blob_put(&der, ca->der.data, ca->der.len, err));
	TRY(page_put(p, ca->name, "crt", "application/pkix-cert", &der,
	    ca->created, err));
	rc = state_read(f->state, chain_read, &c, err);
	if (rc != 0) {
		blob_done(&c.pem);
		return rc;
	}
	return page_put(p, ca->name, "pem", "application/x-pem-file", &c.pem,
	    ca->created, err);
}

/* Those that are new are due at once. */
static int
ca_add(struct flow *f, const char *name, struct err *err)
{
	struct publisher *p = f->publisher;
	struct published *more = realloc(p->ca, (p->ca_n + 1) *
	    sizeof(*more));
	struct cert_ca *ca;

	if (more == NULL)
		return err_set(err, ENOMEMORY, "the authorities");
	p->ca = more;
	TRY(ca_named(f, name, &ca, err));
	more[p->ca_n++] = (struct published){ .ca = ca };
	return ca_place(f, ca, err);
}

/* What is published of an authority does not change once it is made. */
static int
cas_take(struct flow *f, const json_t *names, struct err *err)
{
	struct publisher *p = f->publisher;
	const json_t *name;
	size_t i, at;

	json_array_foreach(names, i, name) {
		for (at = 0; at < p->ca_n; at++)
			if (strcmp(p->ca[at].ca->name,
			    json_string_value(name)) == 0)
				break;
		if (at == p->ca_n)
			TRY(ca_add(f, json_string_value(name), err));
	}
	return 0;
}

static int
load(struct flow *f, struct err *err)
{
	AUTO_JSON *names = NULL;
	AUTO(law) *law = NULL;
	int rc = state_law(f->state, &law, err);

	if (rc == -EGENESIS)
		return 0;
	TRY(rc);
	TRY(state_read(f->state, names_read, &names, err));
	TRY(cas_take(f, names, err));
	return responders_load(f, law, names, err);
}

/* ---- one pass ---- */

static bool
may_sign(struct flow *f, const struct cert_ca *ca)
{
	AUTO(key) *k = NULL;
	struct err none;

	return ca->not_after > clock_now() &&
	    state_key(f->state, ca->key, &k, &none) == 0 &&
	    key_state_may_protect(k->state);
}

/* Once more after a pause, and then whatever may have changed. */
static void
again_after(struct publisher *p, const char *ca, time_us pause)
{
	json_t *m = json_pack("{s:I, s:n}", "since", (json_int_t)(clock_mono() +
	    pause), "serials");

	pthread_mutex_lock(&p->lock);
	if (json_object_set_new(p->marked, ca, m) != 0)
		p->lost = true;
	pthread_mutex_unlock(&p->lock);
}

static void
ca_pass(struct flow *f, struct published *a)
{
	struct publisher *p = f->publisher;
	AUTO_JSON *changed = marked_take(p, a->ca->name);
	time_us now = clock_now();
	struct err err = { .code = OK };

	if (changed == NULL && now < a->due)
		return;
	a->due = INT64_MAX;
	if (!may_sign(f, a->ca)) {
		again_after(p, a->ca->name, RELOAD_EVERY);
		return;
	}
	if (list_pass(f, a->ca, json_is_null(changed) ? NULL : changed,
	    &a->due, &err) == 0)
		return;
	log_err(LOG_WARN, "publishing a revocation list", &err);
	again_after(p, a->ca->name, pause_after(err.code));
}

static void
responder_pass(struct flow *f, const struct responder *r)
{
	struct publisher *p = f->publisher;
	time_us now = clock_now();
	struct err err = { .code = OK };

	if (!r->active || r->key == NULL || now < json_int(p->wait, r->ca, 0) ||
	    (r->cert.len > 0 && now < r->not_before + (r->not_after -
	    r->not_before) / 2))
		return;
	if (responder_renew(f, r, &err) == 0) {
		p->loaded = 0;
		return;
	}
	log_err(LOG_WARN, "renewing a responder's certificate", &err);
	(void)json_object_set_new(p->wait, r->ca, json_integer(now +
	    pause_after(err.code)));
}

static void
responders_pass(struct flow *f)
{
	AUTO(responders) *l = responders_now(f->publisher);

	for (size_t i = 0; l != NULL && i < l->n; i++)
		responder_pass(f, &l->r[i]);
}

/* Another charter may allow what this one refused. */
static void
law_pass(struct flow *f)
{
	struct publisher *p = f->publisher;
	AUTO(law) *law = NULL;
	struct err none;

	if (state_law(f->state, &law, &none) != 0 ||
	    strcmp(law->hex, p->law) == 0)
		return;
	memcpy(p->law, law->hex, sizeof(p->law));
	json_object_clear(p->wait);
	pthread_mutex_lock(&p->lock);
	p->lost = true;
	pthread_mutex_unlock(&p->lock);
}

static void
load_pass(struct flow *f)
{
	struct publisher *p = f->publisher;
	struct err err;
	bool reload, lost;

	pthread_mutex_lock(&p->lock);
	lost = p->lost;
	reload = p->reload || lost;
	p->reload = p->lost = false;
	if (lost)
		json_object_clear(p->marked);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; lost && i < p->ca_n; i++)
		p->ca[i].due = 0;
	if (!reload && p->loaded != 0 &&
	    clock_mono() - p->loaded < RELOAD_EVERY)
		return;
	p->loaded = clock_mono();
	if (load(f, &err) != 0)
		log_err(LOG_WARN, "looking for authorities", &err);
}

static void
counted_pass(struct flow *f)
{
	struct publisher *p = f->publisher;
	struct err err;
	bool owed;

	pthread_mutex_lock(&p->lock);
	owed = p->answered != 0 && clock_mono() - p->answered < COUNTED;
	pthread_mutex_unlock(&p->lock);
	if (owed && answers_recover(f, &err) != 0)
		log_err(LOG_WARN, "counting OCSP answers", &err);
}

static void
publish_pass(struct flow *f)
{
	struct publisher *p = f->publisher;
	AUTO(house) *h = NULL;
	struct err none;

	if (state_house(f->state, &h, &none) != 0)
		return;
	law_pass(f);
	load_pass(f);
	if (!keyring_ready(f->keyring))
		return;
	for (size_t i = 0; i < p->ca_n; i++)
		ca_pass(f, &p->ca[i]);
	responders_pass(f);
	counted_pass(f);
}

static void
wait_second(struct publisher *p)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	if (!p->stop && !p->poked)
		(void)pthread_cond_timedwait(&p->wake, &p->lock, &until);
	p->poked = false;
}

static void *
publish_run(void *ctx)
{
	struct flow *f = ctx;
	struct publisher *p = f->publisher;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		pthread_mutex_unlock(&p->lock);
		publish_pass(f);
		pthread_mutex_lock(&p->lock);
		wait_second(p);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- beginning and end ---- */

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

	TRY(load(f, err));
	for (size_t i = 0; i < p->ca_n; i++)
		TRY(list_load(f, p->ca[i].ca, err));
	p->loaded = clock_mono();
	return 0;
}

static void
publisher_init(struct publisher *p, struct flow *f)
{
	pthread_condattr_t attr;

	p->flow = f;
	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->wake, &attr);
	pthread_cond_init(&p->more, &attr);
	pthread_condattr_destroy(&attr);
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
	if (p->marked == NULL || p->wait == NULL)
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
}

int
publisher_metrics(struct publisher *p, struct blob *ret, struct err *err)
{
	return blob_printf(ret, err,
	    "# TYPE claviger_ocsp_answers_total counter\n"
	    "claviger_ocsp_answers_total{from=\"memory\"} %llu\n"
	    "claviger_ocsp_answers_total{from=\"keeper\"} %llu\n"
	    "claviger_ocsp_answers_total{from=\"error\"} %llu\n"
	    "# TYPE claviger_ocsp_kept gauge\nclaviger_ocsp_kept %u\n",
	    (unsigned long long)atomic_load(&p->kept_n),
	    (unsigned long long)atomic_load(&p->signed_n),
	    (unsigned long long)atomic_load(&p->refused_n),
	    shelf_answers(p->shelf));
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	state_listen_certs(p->flow->state, NULL, NULL);
	cas_free(p);
	leaves_drop(p);
	responders_free(p->now);
	for (size_t i = 0; i < NELEM(p->error); i++)
		page_free(p->error[i]);
	shelf_free(p->shelf);
	json_decref(p->marked);
	json_decref(p->wait);
	pthread_cond_destroy(&p->wake);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
