/* publish_mark - what changed and is on no list yet; see publish.h. */
#include "flow/inside.h"
#include "flow/publish.h"

#define MARKED_MAX	10000	/* serial numbers; more may be any */

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
	if (serials == NULL || json_array_size(all) > MARKED_MAX)
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

/* Its authorities' lists may have waited for it. */
static void
key_woken(struct publisher *p, const char *key)
{
	pthread_mutex_lock(&p->lock);
	if (json_object_set_new(p->woken, key, json_true()) != 0)
		p->lost = true;
	poke(p);
	pthread_mutex_unlock(&p->lock);
}

/* Of its other moves a list that is due finds out. */
static bool
is_move(enum event_kind k)
{
	return k == EVENT_KEY_GENERATED || k == EVENT_KEY_ADOPTED ||
	    k == EVENT_KEY_SUSPENDED || k == EVENT_KEY_DEACTIVATED ||
	    k == EVENT_KEY_COMPROMISED || k == EVENT_KEY_DESTROYED;
}

void
certs_changed(void *ctx, enum event_kind kind, const char *ca,
    const json_t *serials)
{
	struct publisher *p = ctx;

	if (kind == EVENT_CRL_PUBLISHED || is_move(kind))
		return;
	if (kind == EVENT_KEY_ACTIVATED || kind == EVENT_KEY_RESUMED) {
		key_woken(p, ca);
		return;
	}
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

json_t *
woken_take(struct publisher *p)
{
	json_t *woken, *none = json_object();

	pthread_mutex_lock(&p->lock);
	woken = p->woken;
	p->woken = none;
	pthread_mutex_unlock(&p->lock);
	return woken;
}

json_t *
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

void
mark_again(struct publisher *p, const char *ca, time_us pause)
{
	json_t *m = json_pack("{s:I, s:n}", "since", (json_int_t)(clock_mono() +
	    pause), "serials");

	pthread_mutex_lock(&p->lock);
	if (json_object_set_new(p->marked, ca, m) != 0)
		p->lost = true;
	pthread_mutex_unlock(&p->lock);
}
