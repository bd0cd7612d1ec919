/*
 * inventory_solvency - what of a product line ends before its support does, and
 * when somebody has to act.
 *
 * Read from the line's own view, so that both tell the same.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/law.h"
#include "policy/charter.h"
#include "policy/watch.h"

#define WITHIN	"P100Y"	/* whatever ends some day */
#define LISTED	1000	/* certificates of a line; the others are counted */

struct solvency {
	const struct moment *m;
	const struct law *law;
	const struct charter *c;
	const char	*product;
	time_us		 until;		/* 0: nobody has said it */
	json_t		*list;		/* owned: what ends before */
	json_t		*certificates;	/* owned: those of them, LISTED at most for good */
	int64_t		 unlisted;	/* certificates that end before, and are to be acted on later than those */
	struct quota_view quotas;	/* its list is owned here */
	json_t		*fleets;	/* owned: {AUTHORITY: its key's row} of the line's own */
	struct fleets	 devices;	/* of all lines */
	size_t		 serving;	/* keys and certificates that serve it, some day even */
};

/* ---- in order ---- */

static int
by_day(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int d = strcmp(json_str(x, "act_by", ""), json_str(y, "act_by", ""));

	return d != 0 ? d : strcmp(json_str(x, "name", ""), json_str(y,
	    "name", ""));
}

static int
sort(json_t **list, struct err *err)
{
	size_t n = json_array_size(*list), i;
	json_t **all = calloc(n + 1, sizeof(*all)), *sorted = json_array();
	int rc = all == NULL || sorted == NULL ? -1 : 0;

	for (i = 0; rc == 0 && i < n; i++)
		all[i] = json_array_get(*list, i);
	if (rc == 0)
		qsort(all, n, sizeof(*all), by_day);
	for (i = 0; rc == 0 && i < n; i++)
		rc = json_array_append(sorted, all[i]);
	free(all);
	if (rc != 0) {
		json_decref(sorted);
		return err_set(err, ENOMEMORY, "what ends");
	}
	json_decref(*list);
	*list = sorted;
	return 0;
}

/* Of very many those that come first stay. */
static int
cut(struct solvency *s, size_t most, struct err *err)
{
	if (json_array_size(s->certificates) <= most)
		return 0;
	TRY(sort(&s->certificates, err));
	while (json_array_size(s->certificates) > LISTED) {
		(void)json_array_remove(s->certificates, json_array_size(
		    s->certificates) - 1);
		s->unlisted++;
	}
	return 0;
}

/* ---- one part ---- */

struct part {
	const char	*part, *name, *key, *class, *profile, *principal;	/* NULL: none */
	const char	*subject, *issuer;	/* of a certificate */
	enum watch	 watch;
	time_us		 whole;		/* its life; 0: not known */
	int64_t		 count;		/* of devices; 0: it is one */
	bool		 projected;	/* its end is not known but expected */
	bool		 shared;	/* other lines depend on it too */
	bool		 at_least;	/* there may be more of them */
};

static int
part_json(const struct part *p, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*,"
	    " s:s*}", "part", p->part, "name", p->name, "key", p->key, "class",
	    p->class, "profile", p->profile, "principal", p->principal,
	    "subject", p->subject, "issuer", p->issuer));
	if (p->projected)
		TRY(json_set_new(o, "projected", json_true(), err));
	if (p->shared)
		TRY(json_set_new(o, "shared", json_true(), err));
	if (p->count > 0) {
		TRY(json_set_int(o, "count", p->count, err));
		TRY(json_set_new(o, "at_least", json_boolean(p->at_least),
		    err));
	}
	*ret = TAKE(o);
	return 0;
}

/* The lead is the longest that the house gives itself for what lives so long; where
 * none means anything its end is no news, as no alert tells of it (design 0014). */
static int
ends_put(struct solvency *s, const struct part *p, time_us end,
    struct err *err)
{
	time_us lead;
	json_t *o;

	if (end >= s->until || !alert_lead(charter_alert(s->c, p->watch,
	    p->class), p->watch, p->whole, &lead))
		return 0;
	TRY(part_json(p, &o, err));
	if (json_array_append_new(p->watch == WATCH_CERTIFICATE ?
	    s->certificates : s->list, o) != 0)
		return err_set(err, ENOMEMORY, "what ends");
	TRY(json_set_new(o, "overdue", json_boolean(end - lead <= s->m->now),
	    err));
	TRY(json_set_time(o, "ends", end, err));
	TRY(json_set_time(o, "act_by", end - lead, err));
	return cut(s, 2 * LISTED, err);
}

static int
end_put(struct solvency *s, const struct part *p, const char *ends,
    struct err *err)
{
	time_us end;

	TRY(clock_parse(ends, &end, err));
	return ends_put(s, p, end, err);
}

/* Of what has both ends; one that begins nowhere may be of any age. */
static int
whole_read(const json_t *part, const char *begins, const char *ends,
    time_us *ret, struct err *err)
{
	const char *from = json_str(part, begins, NULL), *until =
	    json_str(part, ends, NULL);
	time_us a, b;

	*ret = 0;
	if (from == NULL || until == NULL)
		return 0;
	TRY(clock_parse(from, &a, err));
	TRY(clock_parse(until, &b, err));
	*ret = b > a ? b - a : 0;
	return 0;
}

/* What is out of use, or was followed by another, ends nothing: the line's view has
 * marked neither. */
static bool
counts(const json_t *part)
{
	return json_flag(part, "expiring", false) ||
	    json_flag(part, "ended", false);
}

/* ---- authorities: their own end, and the last day for each profile ---- */

struct issuing {
	const struct law *law;
	const char	*ca, *key;
	json_t		*profiles;	/* owned, once it was read */
};

static int
profiles_read(struct tx *tx, void *ctx, struct err *err)
{
	struct issuing *i = ctx;

	return ca_profiles(tx, i->law, i->ca, i->key, &i->profiles, err);
}

static int
days_put(struct solvency *s, const struct part *authority,
    const char *hash, const json_t *days, struct err *err)
{
	struct issuing issuing = { s->law, authority->name, hash, NULL };
	AUTO_JSON *profiles = NULL;
	struct part p = *authority;
	const json_t *one;
	size_t i;

	TRY(state_read(s->m->state, profiles_read, &issuing, err));
	profiles = issuing.profiles;
	p.part = "issuing";
	p.watch = WATCH_ISSUING;
	json_array_foreach(profiles, i, one) {
		p.profile = json_string_value(one);
		if (json_object_get(days, p.profile) != NULL)
			TRY(end_put(s, &p, json_str(days, p.profile, ""),
			    err));
	}
	return 0;
}

/* @ret_goes_on: no other goes on in its place. */
static int
authority_put(struct solvency *s, const json_t *key, const json_t *ca,
    bool *ret_goes_on, struct err *err)
{
	struct part p = { .part = "authority", .name = json_str(ca, "name",
	    "?"), .key = json_str(key, "name", NULL), .class = json_str(key,
	    "class", NULL), .watch = WATCH_AUTHORITY,
	    .shared = json_flag(key, "shared", false) };
	AUTO_JSON *shown = NULL;
	const json_t *current;

	TRY(whole_read(ca, "not_before", "not_after", &p.whole, err));
	/* What a shared one issued belongs to others, too. */
	if (!p.shared)
		TRY(json_set_new(s->fleets, p.name, json_incref((json_t *)key),
		    err));

	TRY(ca_describe(s->m->state, p.name, &shown, err));
	*ret_goes_on = json_object_get(shown, "successor") == NULL;
	if (strcmp(json_str(ca, "state", ""), "active") != 0 || !*ret_goes_on)
		return 0;
	TRY(end_put(s, &p, json_str(ca, "not_after", ""), err));
	current = json_array_get(json_object_get(shown, "certificates"), 0);
	return days_put(s, &p, json_str(key, "hash", ""), json_object_get(
	    current, "issues_until"), err);
}

/* ---- quotas ---- */

static int
quota_put(struct solvency *s, const json_t *q, struct err *err)
{
	struct part p = { .part = json_str(q, "part", "?"),
	    .name = json_str(q, "name", "?"), .key = json_str(q, "key", NULL),
	    .class = json_str(q, "class", NULL),
	    .principal = json_str(q, "principal", NULL),
	    .watch = WATCH_QUOTA, .projected = true };

	if (strcmp(p.part, "window") == 0)
		p.watch = WATCH_WINDOW;
	return json_flag(q, "lasts", true) ? 0 : end_put(s, &p, json_str(q,
	    "used_up", ""), err);
}

static int
quotas_put(struct solvency *s, const json_t *key, struct err *err)
{
	size_t i = json_array_size(s->quotas.list);

	TRY(inventory_quotas(&s->quotas, key, err));
	for (; i < json_array_size(s->quotas.list); i++)
		TRY(quota_put(s, json_array_get(s->quotas.list, i), err));
	return 0;
}

/* ---- keys and certificates ---- */

static int
certificate_put(struct solvency *s, const json_t *key, const json_t *c,
    struct err *err)
{
	struct part p = { .part = "certificate", .name = json_str(c, "id",
	    json_str(c, "fingerprint", "?")), .key = json_str(key, "name",
	    NULL), .class = json_str(key, "class", NULL),
	    .profile = json_str(c, "profile", NULL),
	    .subject = json_str(c, "subject", NULL),
	    .issuer = json_str(c, "issuer", json_str(c, "ca", NULL)),
	    .shared = json_flag(c, "shared", json_flag(key, "shared", false)),
	    .watch = WATCH_CERTIFICATE };

	TRY(whole_read(c, "not_before", "not_after", &p.whole, err));
	return counts(c) ? end_put(s, &p, json_str(c, "not_after", ""), err) :
	    0;
}

static int
certificates_put(struct solvency *s, const json_t *key, const json_t *of,
    struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(of, "certificates"), i, one)
		TRY(certificate_put(s, key, one, err));
	return 0;
}

typedef int view_fn(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err);

/* Page for page, those behind what a view has; of @member of each, NULL: of itself. */
static int
rest_put(struct solvency *s, const json_t *key, const json_t *of,
    view_fn *view, const char *subject, const char *member, struct err *err)
{
	AUTO_JSON *page = json_incref((json_t *)of), *query = NULL;
	const char *next;

	TRY(json_build(&query, err, "{s:s}", "within", WITHIN));
	while ((next = json_str(page, "next_certificate", NULL)) != NULL) {
		json_t *answer, *part;

		TRY(json_set_str(query, "cursor", next, err));
		TRY(view(s->m, subject, query, &answer, err));
		part = member != NULL ? json_object_get(answer, member) :
		    answer;
		json_decref(page);
		page = json_incref(part);
		json_decref(answer);
		TRY(certificates_put(s, key, page, err));
	}
	return 0;
}

/* Those that are out of use are in the view too. */
static bool
is_serving(const json_t *key)
{
	static const char *const no[] = { "deactivated", "compromised",
		"destroyed", "ended" };
	const char *state = json_str(key, "state", "");

	for (size_t i = 0; i < NELEM(no); i++)
		if (strcmp(state, no[i]) == 0)
			return false;
	return true;
}

static int
key_put(struct solvency *s, const json_t *key, struct err *err)
{
	struct part p = { .part = "key", .name = json_str(key, "name", "?"),
	    .class = json_str(key, "class", NULL), .watch = WATCH_KEY,
	    .shared = json_flag(key, "shared", false) };
	const json_t *authorities = json_object_get(key, "authorities"), *one;
	bool used = json_array_size(authorities) == 0, goes_on;
	size_t i;

	json_array_foreach(authorities, i, one) {
		TRY(authority_put(s, key, one, &goes_on, err));
		used = used || goes_on;
	}
	/* Where others go on for all of its authorities, it and theirs may end. */
	if (!used)
		return 0;
	if (is_serving(key))
		TRY(quotas_put(s, key, err));
	TRY(whole_read(key, "activated", "ends", &p.whole, err));
	if (counts(key))
		TRY(end_put(s, &p, json_str(key, "ends", ""), err));
	TRY(certificates_put(s, key, key, err));
	return rest_put(s, key, key, flow_inventory_key, p.name, "key", err);
}

static int
page_put(struct solvency *s, const json_t *view, struct err *err)
{
	const json_t *one;
	size_t i;

	/* What is shared serves only through what is the line's own. */
	json_array_foreach(json_object_get(view, "keys"), i, one) {
		s->serving += is_serving(one) && !json_flag(one, "shared",
		    false);
		TRY(key_put(s, one, err));
	}
	json_array_foreach(json_object_get(view, "certificates"), i, one)
		s->serving += !json_flag(one, "shared", false);
	TRY(certificates_put(s, NULL, view, err));
	return rest_put(s, NULL, view, flow_inventory_product, s->product,
	    NULL, err);
}

/* All pages of the line's view, whatever it marks. */
static int
parts_read(struct solvency *s, struct err *err)
{
	AUTO_JSON *query = NULL;
	const char *next;

	TRY(json_build(&query, err, "{s:s, s:i}", "within", WITHIN, "limit",
	    1000));
	for (;;) {
		AUTO_JSON *view = NULL;
		int rc = flow_inventory_product(s->m, s->product,
		    query, &view, err);

		/* A line that the charter alone has. */
		if (rc == -ENOENT_)
			return 0;
		TRY(rc);
		TRY(page_put(s, view, err));
		if ((next = json_str(view, "next", NULL)) == NULL)
			return 0;
		TRY(json_set_str(query, "cursor", next, err));
	}
}

/* ---- what its authorities issued to devices ---- */

static int
fleet_put(void *ctx, const struct fleet *f, struct err *err)
{
	struct solvency *s = ctx;
	const json_t *key = json_object_get(s->fleets, f->ca);
	struct part p = { .part = "devices", .name = f->ca,
	    .key = json_str(key, "name", NULL),
	    .class = json_str(key, "class", NULL), .profile = f->profile,
	    .watch = WATCH_DEVICES, .whole = f->whole,
	    .count = fleet_ending(f, s->until),
	    .at_least = s->devices.until != 0 && s->devices.until < s->until };

	return key == NULL || p.count == 0 ? 0 : ends_put(s, &p, f->ends[0],
	    err);
}

static int
devices_put(struct solvency *s, struct err *err)
{
	if (json_object_size(s->fleets) == 0)
		return 0;
	TRY(fleets_read(&s->devices, s->m, err));
	return fleets_each(&s->devices, fleet_put, s, err);
}

/* ---- a product line ---- */

static int
gap_put(json_t *line, const char *gap, const char *why, struct err *err)
{
	json_t *o;

	TRY(json_build(&o, err, "{s:s, s:s}", "gap", gap, "why", why));
	return json_array_append_new(json_object_get(line, "gaps"), o) == 0 ?
	    0 : err_set(err, ENOMEMORY, "what ends");
}

/* Certificates that are not listed, and from which day on to act there are such. */
static int
unlisted_put(const struct solvency *s, json_t *line, struct err *err)
{
	const json_t *last = json_array_get(s->certificates, json_array_size(
	    s->certificates) - 1);

	if (s->unlisted == 0)
		return 0;
	TRY(json_set_int(line, "unlisted", s->unlisted, err));
	return json_set_str(line, "listed_until", json_str(last, "act_by", ""),
	    err);
}

static int
parts_join(struct solvency *s, struct err *err)
{
	if (json_array_extend(s->list, s->certificates) != 0)
		return err_set(err, ENOMEMORY, "what ends");
	return sort(&s->list, err);
}

static int
line_json(struct solvency *s, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	bool solvent;

	TRY(cut(s, LISTED, err));
	TRY(parts_join(s, err));
	solvent = s->serving > 0 && json_array_size(s->list) == 0;
	TRY(json_build(&o, err, "{s:s, s:b, s:O, s:O, s:b, s:[]}", "product",
	    s->product, "solvent", (int)(s->until != 0 && solvent),
	    "runs_out", s->list, "quotas", s->quotas.list, "more_quotas",
	    (int)s->quotas.more, "gaps"));
	TRY(unlisted_put(s, o, err));
	if (s->until == 0)
		TRY(gap_put(o, "support-until", "the charter does not say "
		    "until when it is supported", err));
	else
		TRY(json_set_time(o, "support_until", s->until, err));
	if (s->until != 0 && s->serving == 0)
		TRY(gap_put(o, "nothing-serves-it", "no key and no certificate "
		    "serves it", err));
	*ret = TAKE(o);
	return 0;
}

static int
line_read(struct solvency *s, const char *product, json_t **ret,
    struct err *err)
{
	int rc;

	s->product = product;
	s->until = charter_support(s->c, product);
	s->serving = 0;
	s->list = json_array();
	s->certificates = json_array();
	s->unlisted = 0;
	s->quotas.product = product;
	s->quotas.list = json_array();
	s->quotas.more = false;
	s->fleets = json_object();
	rc = s->list == NULL || s->certificates == NULL ||
	    s->fleets == NULL || s->quotas.list == NULL ? err_set(err, ENOMEMORY, "what ends") : 0;
	if (rc == 0 && s->until != 0)
		rc = parts_read(s, err);
	if (rc == 0 && s->until != 0)
		rc = devices_put(s, err);
	if (rc == 0)
		rc = line_json(s, ret, err);
	json_decref(s->list);
	json_decref(s->certificates);
	json_decref(s->fleets);
	json_decref(s->quotas.list);
	return rc;
}

/* ---- all of them ---- */

static int
lines_read(struct solvency *s, const struct lines *l, json_t **ret,
    struct err *err)
{
	AUTO_JSON *list = json_array();
	const char *last = NULL;
	const json_t *name;
	json_t *one = NULL;
	size_t i;

	json_array_foreach(l->names, i, name) {
		last = json_string_value(name);
		TRY(line_read(s, last, &one, err));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "product lines");
	}
	return json_build(ret, err, "{s:O, s:s*}", "products", list, "next",
	    l->more ? last : NULL);
}

int
flow_inventory_solvency(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	struct solvency s = { .m = m };
	struct lines l = { .only = json_str(query, "product", NULL),
	    .cursor = json_str(query, "cursor", ""),
	    .limit = (unsigned)json_int(query, "limit", 100) };
	int rc;

	TRY(state_law(m->state, &law, err));
	s.law = law;
	s.quotas.m = m;
	s.quotas.law = law;
	s.c = l.c = law->charter;
	l.names = json_array();
	rc = l.names == NULL ? err_set(err, ENOMEMORY, "product lines") :
	    state_read(m->state, lines_names, &l, err);
	if (rc == 0)
		rc = lines_read(&s, &l, ret, err);
	quota_view_done(&s.quotas);
	fleets_done(&s.devices);
	json_decref(l.names);
	return rc;
}
