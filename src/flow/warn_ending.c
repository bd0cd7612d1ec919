/*
 * warn_ending - certificates that no device has, of authorities here and elsewhere.
 *
 * They are looked at by who issued them, and those of other CAs by whose they are
 * and what lines they serve, too.  Each such flock is looked at for itself, so that
 * none takes the place of another, and what is to end before what has ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/sha256.h"
#include "base/text.h"
#include "cert/cert.h"
#include "cert/elsewhere.h"
#include "flow/flow.h"
#include "flow/warn_flock.h"

#define FLOCKS_MOST	5000u
#define SURE		100u		/* of each flock are looked at, however many others have */
#define FLOCK_MOST	10000u		/* of one are */
#define POOL		100000u		/* beyond SURE are, of all together */

struct ending {
	struct look	*l;
	unsigned	 pool, flocks;
	struct flock	 flock;
	/* The flock, as the store names it. */
	struct cert_flock issued;
	char		*elsewhere;	/* owned */
	int		(*walk)(struct ending *e, struct cert_walk *w, struct err *err);
};

/* ---- a flock ---- */

/* Between two times: what was left out may be there still. */
static int
part_look(struct ending *e, time_us from, time_us until, struct err *err)
{
	unsigned room = SURE + e->pool;
	struct cert_walk w = { .from = from, .until = until, .most = room <
	    FLOCK_MOST ? room : FLOCK_MOST };

	TRY(e->walk(e, &w, err));
	if (w.looked > SURE)
		e->pool -= w.looked - SURE;
	if (w.whole != 0)
		e->flock.part = true;
	look_not_whole(e->l, WATCH_CERTIFICATE, w.whole);
	return 0;
}

static int
flock_look(struct ending *e, struct err *err)
{
	struct look *l = e->l;
	time_us until = look_horizon(l, WATCH_CERTIFICATE);
	int rc;

	e->flock.part = false;
	e->flock.of[0] = '\0';
	e->flock.day[0] = '\0';
	rc = part_look(e, l->now, until, err);
	if (rc == 0 && l->until == 0)
		rc = part_look(e, l->now - ENDED_KEPT, l->now, err);
	if (rc == 0)
		rc = flock_end(&e->flock, err);
	flock_done(&e->flock);
	return rc;
}

/* One more flock, if there is room. */
static bool
is_within(struct ending *e)
{
	if (e->flocks++ < FLOCKS_MOST)
		return true;
	look_not_whole(e->l, WATCH_CERTIFICATE, 1);
	return false;
}

/* ---- issued here ---- */

static int
issued_found(void *ctx, const struct cert_end *c, struct err *err)
{
	struct ending *e = ctx;
	struct text_cut of = text_cut(c->subject[0] != '\0' ? c->subject :
	    "(no subject)", 80);
	struct flock_one one = { .starts = c->not_before, .ends =
	    c->not_after };
	char what[2 * TEXT_CUT];

	(void)snprintf(e->flock.of, sizeof(e->flock.of), "of the authority %s "
	    "and the profile %s", c->ca, c->profile);
	(void)snprintf(one.subject, sizeof(one.subject), "%s", c->id);
	(void)snprintf(what, sizeof(what), "the certificate %s of %s, issued by "
	    "%s, ends", c->id, of.at, c->ca);
	TRY(look_about_issued(e->l, c, c->subject[0] != '\0' ? of.at : c->id,
	    what, &one.about, err));
	return flock_add(&e->flock, &one, err);
}

static int
issued_walk(struct ending *e, struct cert_walk *w, struct err *err)
{
	return cert_ending_single(e->l->tx, &e->issued, w, issued_found, e,
	    err);
}

static int
issued_look(struct ending *e, struct err *err)
{
	bool there;

	e->walk = issued_walk;
	for (;;) {
		TRY(cert_single_flock(e->l->tx, &e->issued, &there, err));
		if (!there || !is_within(e))
			return 0;
		(void)snprintf(e->flock.name, sizeof(e->flock.name), "%s %s",
		    e->issued.ca, e->issued.profile);
		TRY(flock_look(e, err));
	}
}

/* ---- of other CAs ---- */

static void
lines_text(const json_t *products, char *ret, size_t room)
{
	const json_t *one;
	size_t i, n = 0;

	ret[0] = '\0';
	json_array_foreach(products, i, one)
		if (n < room)
			n += (size_t)snprintf(ret + n, room - n, "%s%s", i == 0 ?
			    " for " : ", ", json_string_value(one));
}

/* Those of themselves have as many issuers as there are of them. */
static void
flock_text(struct flock *f, const json_t *c, const char *by)
{
	const char *owner = json_str(c, "owner", NULL);
	bool own = strcmp(json_str(c, "issuer", ""), json_str(c, "subject",
	    "")) == 0;
	char lines[120];

	lines_text(json_object_get(c, "products"), lines, sizeof(lines));
	(void)snprintf(f->of, sizeof(f->of), "issued elsewhere by %s%s%.64s%s",
	    own ? "themselves" : by, owner != NULL ? ", of " : "", owner != NULL ?
	    owner : "", lines);
}

static int
other_found(void *ctx, const json_t *c, struct err *err)
{
	struct ending *e = ctx;
	const char *subject = json_str(c, "subject", ""),
	    *print = json_str(c, "fingerprint", "");
	struct text_cut of = text_cut(subject[0] != '\0' ? subject :
	    "(no subject)", 80), by = text_cut(json_str(c, "issuer", ""), 80);
	struct flock_one one = { .about = NULL };
	char what[3 * TEXT_CUT];

	TRY(clock_parse(json_str(c, "not_before", ""), &one.starts, err));
	TRY(clock_parse(json_str(c, "not_after", ""), &one.ends, err));
	flock_text(&e->flock, c, by.at);
	(void)snprintf(one.subject, sizeof(one.subject), "%s", print);
	(void)snprintf(what, sizeof(what), "the certificate of %s, issued "
	    "elsewhere by %s, ends", of.at, by.at);
	TRY(json_build(&one.about, err, "{s:s, s:s*, s:s, s:O, s:s}", "name",
	    subject[0] != '\0' ? of.at : print, "owner", json_str(c, "owner",
	    NULL), "fingerprint", print, "products", json_object_get(c,
	    "products"), "what", what));
	return flock_add(&e->flock, &one, err);
}

static int
others_walk(struct ending *e, struct cert_walk *w, struct err *err)
{
	return cert_elsewhere_ending(e->l->tx, e->elsewhere, w, other_found, e,
	    err);
}

/* Its name may be longer than a subject is, and another's begin alike. */
static void
others_name(const char *flock, char ret[ALERT_SUBJECT])
{
	struct sha256 h = sha256_of(flock, strlen(flock));
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	(void)snprintf(ret, ALERT_SUBJECT, "elsewhere %.32s", hex);
}

static int
others_look(struct ending *e, struct err *err)
{
	char *next;

	e->walk = others_walk;
	for (;;) {
		TRY(cert_elsewhere_flock(e->l->tx, e->elsewhere != NULL ?
		    e->elsewhere : "", &next, err));
		free(e->elsewhere);
		if ((e->elsewhere = next) == NULL || !is_within(e))
			return 0;
		others_name(next, e->flock.name);
		TRY(flock_look(e, err));
	}
}

int
look_certificates(struct look *l, struct err *err)
{
	struct ending *e = calloc(1, sizeof(*e));
	int rc;

	if (e == NULL)
		return err_set(err, ENOMEMORY, "a look at certificates");
	e->l = e->flock.look = l;
	e->pool = POOL;
	rc = issued_look(e, err);
	if (rc == 0)
		rc = others_look(e, err);
	free(e->elsewhere);
	free(e);
	return rc;
}
