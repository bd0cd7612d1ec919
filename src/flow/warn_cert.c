/*
 * warn_cert - authorities and what they have issued.
 *
 * What no device has is looked at one by one.  Of devices there are too many:
 * they are counted, by authority and profile.
 */
#include <stdio.h>
#include <string.h>
#include "ca/profile.h"
#include "flow/warn.h"

#define SINGLE_MOST	5000	/* looked at; those that end first */
#define DEVICES_MOST	100000

/* ---- authorities ---- */

static int
about_ca(const struct look *l, const char *ca, const char *key,
    const char *what, json_t **ret, struct err *err)
{
	AUTO(key) *k = NULL;
	struct err none;
	const char *class = NULL;

	if (state_key(l->flow->state, key, &k, &none) == 0)
		class = k->class;
	return json_build(ret, err, "{s:s, s:s*, s:s}", "name", ca, "class",
	    class, "what", what);
}

/* The longest that it issues; 0: nothing that has a length. */
static int
longest_of(const struct look *l, const char *ca, const struct profile **ret,
    struct err *err)
{
	AUTO_JSON *names = NULL;
	const json_t *one;
	size_t i;

	*ret = NULL;
	TRY(cert_ca_profiles(l->tx, ca, &names, err));
	json_array_foreach(names, i, one) {
		const struct profile *p = law_profile(l->law,
		    json_string_value(one));

		/* A root has issued its own certificate. */
		if (p != NULL && p->kind != PROFILE_ROOT && p->lasts != 0 &&
		    (*ret == NULL || p->lasts > (*ret)->lasts))
			*ret = p;
	}
	return 0;
}

/* From then on, what it issues cannot be as long as the profile says. */
static int
issuing_look(struct look *l, const struct cert_ca *c, struct err *err)
{
	const struct profile *p;
	char what[240];
	json_t *about;

	TRY(longest_of(l, c->name, &p, err));
	if (p == NULL)
		return 0;
	(void)snprintf(what, sizeof(what), "the authority %s can issue for the "
	    "profile %s at its full length until then, and no longer", c->name,
	    p->name);
	TRY(about_ca(l, c->name, c->key, what, &about, err));
	return look_found(l, WATCH_ISSUING, c->name, c->not_before,
	    c->not_after - p->lasts, about, err);
}

static int
authority_look(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct look *l = ctx;
	char what[160], successor[CERT_NAME];
	json_t *about;

	if (!c->active)
		return 0;
	/* Where another goes on, nobody need do anything. */
	TRY(cert_ca_successor(l->tx, c->name, successor, err));
	if (successor[0] != '\0')
		return 0;
	(void)snprintf(what, sizeof(what), "the certificate of the authority %s "
	    "ends", c->name);
	TRY(about_ca(l, c->name, c->key, what, &about, err));
	TRY(look_found(l, WATCH_AUTHORITY, c->name, c->not_before,
	    c->not_after, about, err));
	return issuing_look(l, c, err);
}

int
look_authorities(struct look *l, struct err *err)
{
	return cert_ca_each(l->tx, authority_look, l, err);
}

/* ---- certificates ---- */

static int
about_issued(const struct look *l, const struct cert_end *c,
    const char *name, const char *what, json_t **ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	AUTO_JSON *o = NULL;

	TRY(cert_ca_get(l->tx, c->ca, &ca, err));
	TRY(about_ca(l, name, ca->key, what, &o, err));
	TRY(json_set_str(o, "ca", c->ca, err));
	TRY(json_set_str(o, "profile", c->profile, err));
	*ret = TAKE(o);
	return 0;
}

static int
single_look(void *ctx, const struct cert_end *c, struct err *err)
{
	struct look *l = ctx;
	char what[240];
	json_t *about;
	bool followed;

	TRY(cert_followed(l->tx, c, &followed, err));
	if (followed)
		return 0;
	(void)snprintf(what, sizeof(what), "the certificate %s of %.64s, "
	    "issued by %s, ends", c->id, c->subject[0] != '\0' ? c->subject :
	    "(no subject)", c->ca);
	TRY(about_issued(l, c, c->subject[0] != '\0' ? c->subject : c->id,
	    what, &about, err));
	return look_found(l, WATCH_CERTIFICATE, c->id, c->not_before,
	    c->not_after, about, err);
}

/* Of one authority and profile. */
struct fleet {
	struct look	*l;
	json_t		*by;		/* owned: {"CA PROFILE": {...}} */
	time_us		 until;		/* all were looked at up to then; 0: to the end */
};

static int
fleet_of(struct fleet *f, const struct cert_end *c, json_t **ret,
    struct err *err)
{
	char name[ALERT_SUBJECT];

	(void)snprintf(name, sizeof(name), "%s %s", c->ca, c->profile);
	if ((*ret = json_object_get(f->by, name)) != NULL)
		return 0;
	TRY(about_issued(f->l, c, name, "", ret, err));
	return json_set_new(f->by, name, *ret, err);
}

/* Each by its own life: of a day's certificate there is nothing to warn of. */
static bool
device_counts(const struct look *l, const struct cert_end *c,
    const json_t *fleet)
{
	const struct alert_rule *r = charter_alert(l->law->charter,
	    WATCH_DEVICES, json_str(fleet, "class", NULL));
	time_us reached;

	return l->until != 0 || alert_threshold(r, c->not_after - l->now,
	    c->not_after - c->not_before, &reached);
}

static int
device_count(void *ctx, const struct cert_end *c, struct err *err)
{
	struct fleet *f = ctx;
	int64_t n;
	json_t *o;

	if (!c->good || !c->newest || c->device == NULL)
		return 0;
	TRY(fleet_of(f, c, &o, err));
	if (!device_counts(f->l, c, o))
		return 0;
	n = json_int(o, "devices", 0);
	if (n == 0) {
		TRY(json_set_int(o, "starts", c->not_before, err));
		TRY(json_set_int(o, "ends", c->not_after, err));
	}
	return json_set_int(o, "devices", n + 1, err);
}

static int
fleet_found(struct fleet *f, const char *name, json_t *o, struct err *err)
{
	time_us starts = json_int(o, "starts", 0), ends = json_int(o, "ends",
	    0);
	char what[300];

	if (json_int(o, "devices", 0) == 0)
		return 0;
	(void)json_object_del(o, "starts");
	(void)json_object_del(o, "ends");
	(void)snprintf(what, sizeof(what), "%s%lld certificate%s of devices "
	    "(authority %s, profile %s), the first of which ends",
	    f->until != 0 ? "at least " : "",
	    (long long)json_int(o, "devices", 0),
	    json_int(o, "devices", 0) == 1 ? "" : "s", json_str(o, "ca", ""),
	    json_str(o, "profile", ""));
	TRY(json_set_str(o, "what", what, err));
	return look_found(f->l, WATCH_DEVICES, name, starts, ends,
	    json_incref(o), err);
}

static int
fleets_look(struct look *l, struct fleet *f, struct err *err)
{
	const char *name;
	json_t *o;

	TRY(cert_ending(l->tx, l->now + 1, look_horizon(l, WATCH_DEVICES),
	    DEVICES_MOST, device_count, f, &f->until, err));
	json_object_foreach(f->by, name, o)
		TRY(fleet_found(f, name, o, err));
	return 0;
}

int
look_certificates(struct look *l, struct err *err)
{
	struct fleet f = { .l = l, .by = json_object() };
	time_us until;
	int rc;

	if (f.by == NULL)
		return err_set(err, ENOMEMORY, "a look at certificates");
	rc = cert_ending_single(l->tx, l->now - ENDED_KEPT, look_horizon(l,
	    WATCH_CERTIFICATE), SINGLE_MOST, single_look, l, &until, err);
	if (rc == 0)
		rc = fleets_look(l, &f, err);
	json_decref(f.by);
	return rc;
}
