/*
 * cert_note - what follows from the ledger's order: which certificates there
 * are, which of them are revoked or held, and which authorities are retired.
 *
 * An event may revoke a certificate whose entry still waits for a lower
 * number: it is known from its own event on.
 */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "ca/seal.h"

#define NAME	200	/* "ca/profile/device" and the like */

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

/* ---- who was ever revoked or held ---- */

static void
scope_name(const char *ca, int64_t partition, char ret[NAME])
{
	if (partition < 0)
		snprintf(ret, NAME, "%.64s/all", ca);
	else
		snprintf(ret, NAME, "%.64s/%lld", ca, (long long)partition);
}

static int
once_add(struct audit *a, const char *ca, int64_t partition, uint64_t more,
    struct err *err)
{
	const int64_t	 scope[] = { partition, -1 };
	char		 name[NAME];
	void		*p;

	for (size_t i = 0; i < NELEM(scope); i++) {
		scope_name(ca, scope[i], name);
		TRY(map_put(&a->revoked, name, sizeof(uint64_t), &p, err));
		*(uint64_t *)p += more;
	}
	return 0;
}

/* A list that an authority came with. */
struct listing {
	struct audit	*a;
	const char	*ca;
};

static int
once_more(struct audit *a, const char *ca, struct issued *c, struct err *err)
{
	if (c->once)
		return 0;
	c->once = true;
	return once_add(a, ca, c->partition, 1, err);
}

/* What can be changed later, or stays for ever; each is counted already. */
static int
listed_entry(void *ctx, const struct crl_entry *e, struct err *err)
{
	struct listing	*l = ctx;
	char		 name[NAME], serial[NUMBER_HEX];
	struct issued	*c;
	void		*p;

	number_hex(&e->serial, serial);
	snprintf(name, sizeof(name), "%.64s/%s", l->ca, serial);
	TRY(map_put(&l->a->listed, name, sizeof(*c) + 1, &p, err));
	c = p;
	if (c->there)
		return 0;
	c->there = c->once = true;
	c->held = e->reason == REASON_HOLD;
	c->revoked = !c->held;
	c->compromised = reason_is_compromise(e->reason);
	return 0;
}

/* What the system before had revoked: on the first list.  Whose list it is,
 * is looked at in the journal's order; one that cannot be read has nothing. */
static int
listed_note(struct audit *a, const struct waiting *w, const char *ca,
    struct err *err)
{
	const char	*text = json_str(w->entry->operation, "crl", NULL);
	AUTO(blob)	*der = blob_new();
	struct listing	 l = { a, ca };
	struct span	 tbs, algorithm, signature;
	struct crl_info	 info = { .entries = 0 };
	struct err	 why;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	if (text == NULL)
		return 0;
	if (b64_decode(text, der, &why) == 0 && seal_read(span_blob(der),
	    "a list", &tbs, &algorithm, &signature, &why) == 0 &&
	    crl_read_other(tbs, listed_entry, &l, &info, &why) == 0)
		return once_add(a, ca, 0, info.entries, err);
	return 0;
}

uint64_t
cert_once(const struct audit *a, const char *ca, int64_t partition)
{
	char		 name[NAME];
	const uint64_t	*n;

	scope_name(ca, partition, name);
	n = map_get(&a->revoked, name);
	return n == NULL ? 0 : *n;
}

struct issued *
cert_issued(const struct audit *a, const char *ca, const char *serial)
{
	char	 name[NAME];

	snprintf(name, sizeof(name), "%.64s/%.64s", ca, serial);
	return map_get(&a->certificates, name);
}

struct issued *
cert_present(const struct audit *a, const char *ca, const char *serial)
{
	struct issued	*c = cert_issued(a, ca, serial);
	char		 name[NAME];

	snprintf(name, sizeof(name), "%.64s/%.64s", ca, serial);
	return c != NULL ? c : map_get(&a->listed, name);
}

/* ---- issued ---- */

struct noting {
	const struct waiting *w;
	const json_t	*p;		/* the request's parameters */
	const char	*ca, *requester;
	char		 serial[NUMBER_HEX];
	struct issued	*made;		/* what is noted */
};

/* What the device had is revoked with it, as state does it. */
static int
superseded(struct audit *a, struct noting *n, const char *ca,
    struct issued *old, struct err *err)
{
	const struct waiting	*w = n->w;

	if (old == NULL || old->revoked || old->not_after < w->entry->time)
		return 0;
	/* One that was ever on hold may have been so when it was asked. */
	if (!old->once && !json_flag(n->p, "reissue", false))
		WRONG(FINDING_FACT, "cert.reissue is not said, and device "
		    "%.64s had a valid certificate", json_str(n->p, "device",
		    ""));
	old->revoked = true;
	n->made->rework = true;
	return once_more(a, ca, old, err);
}

/* Of other authorities: what the request names. */
static int
others_superseded(struct audit *a, struct noting *n, struct err *err)
{
	const struct waiting	*w = n->w;
	const json_t		*one;
	char			 ca[NAME];
	size_t			 i;

	json_array_foreach(json_object_get(n->p, "replaces"), i, one) {
		const char	*place = json_is_string(one) ?
				    json_string_value(one) : "";
		struct issued	*old = map_get(&a->certificates, place);

		if (old == NULL && a->since > 0)
			continue;
		snprintf(ca, sizeof(ca), "%.*s", (int)strcspn(place, "/"),
		    place);
		if (old == NULL || old->profile != n->made->profile ||
		    strcmp(old->device, n->made->device) != 0)
			WRONG(FINDING_SERIAL, "it replaces a certificate that "
			    "device %.64s does not have", n->made->device);
		else
			TRY(superseded(a, n, ca, old, err));
	}
	return 0;
}

/* Nothing else that it has may be for another key; one that was ever on hold
 * may have been so when it was asked. */
static int
holder_note(struct audit *a, struct noting *n, struct err *err)
{
	const struct waiting	*w = n->w;
	struct issued		*c = n->made, **at, *old;
	char			 name[NAME];
	void			*newest;

	snprintf(name, sizeof(name), "%.64s/%.128s", json_str(n->p, "profile",
	    ""), c->device);
	TRY(map_put(&a->holders, name, sizeof(c), &newest, err));
	for (at = newest; (old = *at) != NULL;) {
		if (old->revoked || old->not_after < w->entry->time) {
			*at = old->before;
			continue;
		}
		if (!old->once && !sha256_equal(&old->spki, &c->spki))
			WRONG(FINDING_FACT, "device %.64s had a valid "
			    "certificate of another authority for another key, "
			    "and it is not said to be replaced", c->device);
		at = &old->before;
	}
	c->before = *(struct issued **)newest;
	*(struct issued **)newest = c;
	return 0;
}

static int
device_note(struct audit *a, struct noting *n, struct err *err)
{
	const struct waiting	*w = n->w;
	const char		*device = json_str(n->p, "device", NULL);
	const char		*said = json_str(w->a.data, "replaces", NULL);
	char			 name[NAME], *had;
	void			*p;

	if (device == NULL)
		return 0;
	snprintf(name, sizeof(name), "%.64s/%.64s/%.64s", n->ca,
	    json_str(n->p, "profile", ""), device);
	TRY(map_put(&a->devices, name, NUMBER_HEX, &p, err));
	had = p;
	if (said != NULL && strcmp(said, had) != 0 &&
	    (a->since == 0 || had[0] != '\0'))
		WRONG(FINDING_SERIAL, "it replaces %.40s, and the device had "
		    "%s", said, had[0] != '\0' ? had : "none");
	TRY(superseded(a, n, n->ca, cert_issued(a, n->ca, had), err));
	memcpy(had, n->serial, NUMBER_HEX);
	TRY(others_superseded(a, n, err));
	return holder_note(a, n, err);
}

/* The one place of a name that many certificates have. */
static int
word(struct audit *a, const char *name, const void **ret, struct err *err)
{
	void	*p;

	if (name == NULL)
		return 0;
	TRY(map_put(&a->words, name, 1, &p, err));
	*ret = p;
	return 0;
}

static int
issued_fill(struct audit *a, const struct noting *n, const struct tbs *t,
    struct issued *c, struct err *err)
{
	const struct waiting	*w = n->w;
	const char		*device = json_str(n->p, "device", "");

	c->there = true;
	c->partition = json_int(w->entry->operation, "partition", 0);
	c->not_after = t->not_after;
	c->seq = w->a.seq;
	c->time = w->entry->time;
	c->spki = sha256_of(t->spki.p, t->spki.n);
	memcpy(c->device, device, strlen(device) + 1);
	TRY(word(a, n->ca, &c->ca, err));
	TRY(word(a, json_str(n->p, "profile", NULL), &c->profile, err));
	TRY(word(a, json_str(n->p, "batch", NULL), &c->batch, err));
	return word(a, n->requester, &c->by, err);
}

static int
serial_note(struct audit *a, struct noting *n, const struct tbs *t,
    struct err *err)
{
	const struct waiting	*w = n->w;
	size_t			 octets = sizeof(struct issued) + strlen(
				    json_str(n->p, "device", "")) + 1;
	char			 name[NAME];
	struct issued		*c;
	void			*p;

	hex_encode(t->serial.p, t->serial.n, n->serial);
	snprintf(name, sizeof(name), "%.64s/%s", n->ca, n->serial);
	TRY(map_put(&a->certificates, name, octets, &p, err));
	c = p;
	if (c->there) {
		WRONG(FINDING_SERIAL, "%s has given %s before", n->ca,
		    n->serial);
		return 0;
	}
	TRY(issued_fill(a, n, t, c, err));
	n->made = c;
	return device_note(a, n, err);
}

/* What cannot be read is found in its turn. */
static int
certificate_note(struct audit *a, struct noting *n, struct err *err)
{
	AUTO(blob)	*content = blob_new();
	struct tbs	 t;
	int		 rc;

	if (content == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	rc = b64_decode(json_str(n->w->entry->operation, "content", ""),
	    content, err);
	if (rc != 0)
		return rc == -ENOMEMORY ? rc : 0;
	if (tbs_read(content->data, content->len, &t, NULL) != 0)
		return 0;
	return serial_note(a, n, &t, err);
}

/* One name, one key: a certificate renewed keeps both. */
static int
authority_note(struct audit *a, const struct noting *n, struct err *err)
{
	const struct waiting	*w = n->w;
	const char		*key = json_str(n->p, w->a.kind ==
				    EVENT_CA_CREATED ? "spki" : "key", "");
	const char		*name = json_str(n->p, "name", "");
	struct named_ca		*c;
	void			*p;

	TRY(map_put(&a->authorities, name, sizeof(*c), &p, err));
	c = p;
	if (c->made && strcmp(c->key, key) != 0)
		WRONG(FINDING_AUTHORITY, "%.64s has key %.12s already", name,
		    c->key);
	if (!c->made)
		snprintf(c->key, sizeof(c->key), "%s", key);
	c->made = true;
	return 0;
}

static const json_t *
request_of(const struct audit *a, const struct entry *e)
{
	const json_t		*q = json_object_get(e->permit_document,
				    "request");
	const struct req	*r;

	if (q != NULL)
		return q;
	r = e->request == NULL ? NULL : map_get(&a->requests, e->request);
	return r == NULL || r->held == NULL ? NULL :
	    r->held->request->json;
}

int
cert_note(struct audit *a, const struct waiting *w, struct err *err)
{
	bool		 made = w->a.kind == EVENT_CA_CREATED;
	struct noting	 n = { .w = w };
	const json_t	*q;

	if (!made && w->a.kind != EVENT_CA_IMPORTED &&
	    w->entry->op != ENTRY_CERTIFY)
		return 0;
	q = request_of(a, w->entry);
	if ((n.p = json_object_get(q, "parameters")) == NULL)
		return 0;
	n.requester = json_str(q, "requester", NULL);
	/* One of another system is a certificate, and no authority here. */
	if ((made && json_object_get(n.p, "csr") == NULL) ||
	    w->a.kind == EVENT_CA_IMPORTED)
		TRY(authority_note(a, &n, err));
	if (w->a.kind == EVENT_CA_IMPORTED)
		TRY(listed_note(a, w, json_str(n.p, "name", ""), err));
	if (w->entry->op != ENTRY_CERTIFY)
		return 0;
	n.ca = made ? json_str(n.p, "issuer", json_str(n.p, "name", "")) :
	    json_str(n.p, "ca", "");
	return certificate_note(a, &n, err);
}

/* ---- revoked, held, released ---- */

#undef WRONG
#define WRONG(f, ...) audit_find(a, f, e->seq, 0, __VA_ARGS__)

/* What leads nowhere changes nothing: revoked is for ever, but its reason may
 * become a compromise. */
static int
step(struct audit *a, const struct applied *e, const char *ca,
    struct issued *c, struct err *err)
{
	enum reason	 why = REASON_UNSPECIFIED;

	(void)reason_from_name(json_str(e->data, "cause", ""), &why);
	if (e->kind == EVENT_CERT_REVOKED && reason_is_compromise(why))
		c->compromised = true;
	if (c->revoked)
		return 0;
	c->held = e->kind == EVENT_CERT_HELD;
	c->revoked = e->kind == EVENT_CERT_REVOKED;
	return e->kind == EVENT_CERT_RELEASED ? 0 : once_more(a, ca, c, err);
}

/* The authority that an event names, with the key that was asked about. */
static struct named_ca *
authority_named(struct audit *a, const struct applied *e)
{
	const char	*ca = json_str(e->data, "ca", "");
	struct named_ca	*c = map_get(&a->authorities, ca);

	if (strcmp(e->subject, ca) != 0)
		WRONG(FINDING_REQUEST, "the event's subject is another "
		    "authority");
	if (c != NULL)
		return c;
	if (a->since > 0)
		audit_unchecked(a, e->seq, "authority %.64s was made before "
		    "this bundle begins", ca);
	else
		WRONG(FINDING_AUTHORITY, "there is no authority %.64s", ca);
	return NULL;
}

int
cert_changed(struct audit *a, const struct applied *e, struct err *err)
{
	const char	*ca = json_str(e->data, "ca", "");
	json_t		*one;
	size_t		 i;

	(void)authority_named(a, e);
	json_array_foreach(json_object_get(e->data, "serials"), i, one) {
		const char	*serial = json_is_string(one) ?
				    json_string_value(one) : "";
		struct issued	*c = cert_present(a, ca, serial);

		if (c != NULL)
			TRY(step(a, e, ca, c, err));
		else if (a->since > 0)
			audit_unchecked(a, e->seq, "certificate %.40s of %.64s "
			    "was issued before this bundle begins", serial, ca);
		else
			WRONG(FINDING_SERIAL, "%.64s has issued no %.40s", ca,
			    serial);
	}
	return 0;
}

void
cert_retired(struct audit *a, const struct applied *e)
{
	struct named_ca	*c = authority_named(a, e);

	if (c == NULL)
		return;
	if (c->retired)
		WRONG(FINDING_AUTHORITY, "%s is retired already", e->subject);
	c->retired = true;
	c->since = e->time;
}
