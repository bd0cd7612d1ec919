/*
 * warn_cert - authorities, and what devices have of them: those are too many, and
 * are counted by authority and profile.
 */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "ca/profile.h"
#include "flow/certify.h"
#include "flow/flow.h"
#include "flow/inside.h"
#include "flow/law.h"
#include "flow/warn.h"

#define DEVICES_MOST	100000

/* ---- authorities ---- */

static int
about_ca(const struct look *l, const char *ca, const char *key,
    const char *what, json_t **ret, struct err *err)
{
	char class[KEY_NAME];

	TRY(look_class(l, key, class, err));
	return json_build(ret, err, "{s:s, s:s*, s:s}", "name", ca, "class",
	    class[0] != '\0' ? class : NULL, "what", what);
}

/* The longest that it issues; NULL: nothing that has a length. */
static int
longest_of(const struct look *l, const struct cert_ca *ca,
    const struct profile **ret, struct err *err)
{
	AUTO_JSON *names = NULL;
	const json_t *one;
	size_t i;

	*ret = NULL;
	TRY(ca_profiles(l->tx, l->law, ca->name, ca->key, &names, err));
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

	TRY(longest_of(l, c, &p, err));
	if (p == NULL)
		return 0;
	(void)snprintf(what, sizeof(what), "the time in which the authority %s can "
	    "issue for the profile %s at its full length ends", c->name,
	    p->name);
	TRY(about_ca(l, c->name, c->key, what, &about, err));
	/* What there is to warn of is as long as its own life: that day may lie before it
	 * began. */
	return look_found(l, WATCH_ISSUING, c->name, c->not_before - p->lasts,
	    c->not_after - p->lasts, about, err);
}

/* Is it where this house is reached by others? */
static bool
is_here(const struct flow *f, const char *url)
{
	const char *at = f->o.public_url != NULL ? f->o.public_url : "";
	size_t n = strlen(at);

	if (n > 0 && at[n - 1] == '/')
		n--;
	return n > 0 && strncmp(url, at, n) == 0 && (url[n] == '/' ||
	    url[n] == '\0');
}

static int
names_ocsp(const struct look *l, const struct cert_ca *c, bool *ret,
    struct err *err)
{
	AUTO_JSON *names = NULL;
	const json_t *one;
	size_t i;

	*ret = false;
	TRY(ca_profiles(l->tx, l->law, c->name, c->key, &names, err));
	json_array_foreach(names, i, one) {
		const struct profile *p = law_profile(l->law,
		    json_string_value(one));

		if (p != NULL && p->access_ocsp && !*ret)
			TRY(ca_issues(c, p, ret, err));
	}
	return 0;
}

/* Whoever relies on what it issues is sent to where nobody answers. */
static int
responder_look(struct look *l, const struct cert_ca *c, struct err *err)
{
	const char *url = json_str(c->urls, "ocsp", "");
	char what[TEXT_CUT + 200], subject[ALERT_SUBJECT];
	struct text_cut at = text_cut(url, 80);
	json_t *about;
	bool named;

	if (c->responder[0] != '\0' || c->not_after <= l->now ||
	    !is_here(l->flow, url))
		return 0;
	TRY(names_ocsp(l, c, &named, err));
	if (!named)
		return 0;
	(void)snprintf(what, sizeof(what), "the authority %s has no responder, "
	    "and its certificates name %s for OCSP: this house answers nothing "
	    "about them", c->name, at.at);
	(void)snprintf(subject, sizeof(subject), "responder %s", c->name);
	TRY(about_ca(l, c->name, c->key, what, &about, err));
	return look_found(l, WATCH_GAP, subject, 0, 0, about, err);
}

/* Nothing is issued by it; whoever revoked it has to say what goes on instead. */
static int
revoked_look(struct look *l, const struct cert_ca *c,
    const struct cert_row *row, struct err *err)
{
	char what[240];
	json_t *about;

	(void)snprintf(what, sizeof(what), "the authority %s issues nothing: its "
	    "certificate %s was %s", c->name, row->id,
	    row->status == CERT_HELD ? "put on hold" : "revoked");
	TRY(about_ca(l, c->name, c->key, what, &about, err));
	/* It has ended, however short its life was. */
	return look_found(l, WATCH_AUTHORITY, c->name, 0, row->revoked, about,
	    err);
}

static int
authority_look(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct look *l = ctx;
	char what[160], successor[CERT_NAME];
	struct cert_row row;
	bool revoked;
	json_t *about;

	if (!c->active)
		return 0;
	TRY(cert_ca_revoked(l->tx, c, &row, &revoked, err));
	if (revoked)
		return revoked_look(l, c, &row, err);
	TRY(responder_look(l, c, err));
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

/* ---- of devices ---- */

int
look_about_issued(const struct look *l, const struct cert_end *c,
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
	TRY(look_about_issued(f->l, c, name, "", ret, err));
	return json_set_new(f->by, name, *ret, err);
}

/* Each by its own life: of a day's certificate there is nothing to warn of. */
static bool
device_counts(const struct look *l, const struct cert_end *c,
    const json_t *fleet)
{
	time_us reached;

	return look_counts(l, WATCH_DEVICES, json_str(fleet, "class", NULL),
	    c->not_before, c->not_after, &reached);
}

/* The first that is to end is the fleet's end; where none is, the last that has. */
static int
device_count(void *ctx, const struct cert_end *c, struct err *err)
{
	struct fleet *f = ctx;
	bool ended = c->not_after <= f->l->now;
	const char *name = ended ? "ended" : "devices";
	json_t *o;

	TRY(fleet_of(f, c, &o, err));
	if (!device_counts(f->l, c, o))
		return 0;
	if (ended || json_int(o, "devices", 0) == 0) {
		TRY(json_set_int(o, "starts", c->not_before, err));
		TRY(json_set_int(o, "ends", c->not_after, err));
	}
	return json_set_int(o, name, json_int(o, name, 0) + 1, err);
}

static void
fleet_text(const struct fleet *f, const json_t *o, char *ret, size_t room)
{
	long long n = (long long)json_int(o, "devices", 0);
	long long ended = (long long)json_int(o, "ended", 0);
	char also[80] = "";

	if (n > 0 && ended > 0)
		(void)snprintf(also, sizeof(also), " (%lld ha%s ended in the last "
		    "30 days)", ended, ended == 1 ? "s" : "ve");
	(void)snprintf(ret, room, "%s%lld certificate%s of devices (authority "
	    "%s, profile %s)%s, the %s of which end%s", f->until != 0 ?
	    "at least " : "", n > 0 ? n : ended, (n > 0 ? n : ended) == 1 ? "" :
	    "s", json_str(o, "ca", ""), json_str(o, "profile", ""), also,
	    n > 0 ? "first" : "last", n > 0 ? "s" : "ed");
}

static int
fleet_found(struct fleet *f, const char *name, json_t *o, struct err *err)
{
	time_us starts = json_int(o, "starts", 0), ends = json_int(o, "ends",
	    0);
	char what[400];

	if (ends == 0)
		return 0;
	(void)json_object_del(o, "starts");
	(void)json_object_del(o, "ends");
	fleet_text(f, o, what, sizeof(what));
	TRY(json_set_str(o, "what", what, err));
	return look_found(f->l, WATCH_DEVICES, name, starts, ends,
	    json_incref(o), err);
}

static int
fleets_found(struct fleet *f, struct err *err)
{
	const char *name;
	json_t *o;

	json_object_foreach(f->by, name, o)
		TRY(fleet_found(f, name, o, err));
	return 0;
}

int
look_devices(struct look *l, struct err *err)
{
	struct fleet f = { .l = l, .by = json_object() };
	int rc;

	if (f.by == NULL)
		return err_set(err, ENOMEMORY, "a look at certificates");
	rc = cert_ending_devices(l->tx, l->now - ENDED_KEPT, look_horizon(l,
	    WATCH_DEVICES), DEVICES_MOST, device_count, &f, &f.until, err);
	/* One of which none was seen may be behind them. */
	if (f.until != 0)
		look_not_whole(l, WATCH_DEVICES, 1);
	if (rc == 0)
		rc = fleets_found(&f, err);
	json_decref(f.by);
	return rc;
}
