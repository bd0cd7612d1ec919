/* publish_pass - each second, or when poked: what is due, and asking for it. */
#include <string.h>
#include "base/cond.h"
#include "base/log.h"
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/recover.h"
#include "keyring/keyring.h"

#define RELOAD_EVERY	TIME_S(60)	/* keys and certificates change unseen, too */
#define COUNTED		TIME_S(180)	/* the keeper journals answers after 60 s */

/* Its key may: an authority that has ended owes nobody a list. */
static int
may_sign(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	AUTO(key) *k = NULL;

	if (ca->not_after <= clock_now())
		return err_set(err, ESTATE, "%s has ended", ca->name);
	TRY(state_key(f->state, ca->key, &k, err));
	return key_state_may_protect(k->state) ? 0 : err_set(err, ESTATE,
	    "its key %s is %s", k->name, key_state_name(k->state));
}

static void
ca_rests(struct flow *f, struct published *a, const struct err *why)
{
	a->due = clock_now() + RELOAD_EVERY;
	if (a->ca->not_after > clock_now())
		untold_count(f, a->ca, true, why->what);
}

static void
ca_pass(struct flow *f, struct published *a)
{
	struct publisher *p = f->publisher;
	AUTO_JSON *changed = marked_take(p, a->ca->name);
	time_us now = clock_now();
	struct err err = { .code = OK };
	/* What is due is all of it, whatever has changed besides. */
	bool all = now >= a->due;

	if (changed == NULL && !all)
		return;
	a->due = INT64_MAX;
	if (may_sign(f, a->ca, &err) != 0) {
		ca_rests(f, a, &err);
		return;
	}
	if (list_pass(f, a->ca, all || json_is_null(changed) ? NULL : changed,
	    &a->due, &err) == 0) {
		(void)watch_untold(p, a->ca->name, NULL, false, "");
		return;
	}
	log_err(LOG_WARN, "publishing a revocation list", &err);
	untold_count(f, a->ca, false, err.what);
	mark_again(p, a->ca->name, pause_after(err.code));
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
	AUTO_JSON *woken = woken_take(p);
	struct err err;
	bool reload, lost;

	pthread_mutex_lock(&p->lock);
	lost = p->lost;
	reload = p->reload || lost;
	p->reload = p->lost = false;
	if (lost)
		json_object_clear(p->marked);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->ca_n; i++)
		if (lost || json_object_get(woken, p->ca[i].ca->key) != NULL)
			p->ca[i].due = 0;
	if (!reload && p->loaded != 0 &&
	    clock_mono() - p->loaded < RELOAD_EVERY)
		return;
	p->loaded = clock_mono();
	if (cas_load(f, &err) != 0)
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
	answers_write(f);
	if (!keyring_ready(f->keyring))
		return;
	for (size_t i = 0; i < p->ca_n; i++)
		ca_pass(f, &p->ca[i]);
	responders_pass(f);
	answers_renew(p);
	counted_pass(f);
}

static void
wait_second(struct publisher *p)
{
	if (!p->stop && !p->poked)
		(void)cond_wait(&p->wake, &p->lock, clock_mono() + TIME_S(1));
	p->poked = false;
}

void *
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
