/*
 * cert_list - revocation lists, whose numbers only grow, and OCSP answers,
 * which are counted: in the journal's order.
 */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

#define ENTRY_LEAST	20	/* octets of one entry: serial, date, their frames */

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

struct listing {
	const char	*ca;
	const json_t	*op;
	int64_t		 partition;	/* -1: the whole list */
	struct number	 number, base;	/* base.n is 0: a full one */
	time_us		 began;		/* thisUpdate; 0: it says none */
};

/* A number of the event, as hexadecimal or as an integer. */
static bool
is_number(const json_t *j, const struct number *want)
{
	struct number	 n = { .n = 0 };

	if (json_is_integer(j))
		n = number_of((uint64_t)json_integer_value(j));
	else if (json_is_string(j) && number_parse(json_string_value(j), &n,
	    NULL) != 0)
		return false;
	return number_order(&n, want) == 0;
}

/* A list whose event was lost in a crash comes back without. */
static bool
told_same(const json_t *data, const json_t *op, const char *name)
{
	return json_object_get(data, name) == NULL || same_member(data, op,
	    name);
}

static void
told_check(struct audit *a, const struct waiting *w, const struct listing *l)
{
	const json_t	*data = w->a.data, *number, *base;
	int64_t		 entries = json_int(l->op, "entries", -1);
	int64_t		 size = json_int(data, "size", INT64_MAX);
	uint64_t	 once = cert_once(a, l->ca, l->partition);

	number = json_object_get(data, "number");
	base = json_object_get(data, "base");
	if (!told_same(data, l->op, "this_update") ||
	    !told_same(data, l->op, "next_update") ||
	    (number != NULL && !is_number(number, &l->number)) ||
	    (base != NULL && !is_number(base, &l->base)) ||
	    json_int(data, "partition", l->partition) != l->partition)
		WRONG(FINDING_ENTRY, "the event tells of another list than "
		    "was signed");
	if (entries < 0 || entries > size / ENTRY_LEAST)
		WRONG(FINDING_LIST, "%lld entries in %lld octets",
		    (long long)entries, (long long)size);
	/* Each was revoked or held before the list was made. */
	if (a->since == 0 && entries > 0 && (uint64_t)entries > once)
		WRONG(FINDING_LIST, "it has %lld entries, and %llu "
		    "certificates were ever revoked", (long long)entries,
		    (unsigned long long)once);
}

/* Whom the keeper lets issue nothing more, because the list says so: somebody
 * revoked them, or the service ended an authority in silence. */
static void
authorities_check(struct audit *a, const struct waiting *w,
    const struct listing *l)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(json_object_get(l->op, "authorities"), i, one) {
		const char	*serial = json_str(one, "serial", "");
		const struct issued *c = cert_present(a, l->ca, serial);
		enum reason	 why = REASON_UNSPECIFIED;

		(void)reason_from_name(json_str(one, "reason", ""), &why);
		if (c != NULL && c->revoked && reason_is_compromise(why) &&
		    !c->compromised)
			WRONG(FINDING_LIST, "it says of the authority's "
			    "certificate %.40s that others have its key, and "
			    "nobody else did", serial);
		if (c == NULL ? a->since == 0 : !c->revoked)
			WRONG(FINDING_LIST, "it revokes the authority's "
			    "certificate %.40s, and nobody else did", serial);
	}
}

static int
moments_read(const struct listing *l, time_us *ret_this, time_us *ret_next,
    struct err *err)
{
	TRY(clock_parse(json_str(l->op, "this_update", ""), ret_this, err));
	return clock_parse(json_str(l->op, "next_update", ""), ret_next, err);
}

/* Until a list ends it can be shown instead of a newer one. */
static void
times_check(struct audit *a, const struct waiting *w,
    const struct issuer *ca, size_t charter, struct listing *l)
{
	time_us		 now = w->entry->time, this, next;
	time_us		 most = charter_list_most(a->chart[charter].charter,
			    issuer_is_root(ca));
	struct err	 why = { .what = "" };

	if (moments_read(l, &this, &next, &why) != 0) {
		WRONG(FINDING_LIST, "when it ends: %s", why.what);
		return;
	}
	l->began = this;
	if (this > now + CERT_NEAR || this < now - CERT_NEAR)
		WRONG(FINDING_LIST, "it begins too far from when it was "
		    "signed");
	if (next - this > most)
		WRONG(FINDING_LIST, "it lasts %lld s, and the charter lets a "
		    "list of %.64s last %lld", (long long)((next - this) /
		    TIME_S(1)), l->ca, (long long)(most / TIME_S(1)));
}

/* What was signed of one scope, as the keeper counts. */
struct series {
	struct number	 last, base[2];	/* full lists, the newest first */
	time_us		 began;		/* the last's thisUpdate */
};

/* RFC 5280, 5.2.4: who begins in the middle does not know the lists before. */
static bool
base_known(const struct audit *a, const struct series *s,
    const struct number *base)
{
	for (size_t i = 0; i < NELEM(s->base); i++)
		if (s->base[i].n > 0 && number_order(base, &s->base[i]) == 0)
			return true;
	return a->since != 0 && s->base[1].n == 0;
}

static void
series_note(struct series *s, const struct listing *l)
{
	if (number_order(&l->number, &s->last) > 0)
		s->last = l->number;
	if (l->began > s->began)
		s->began = l->began;
	if (l->base.n > 0)
		return;
	s->base[1] = s->base[0];
	s->base[0] = l->number;
}

/* RFC 5280, 5.2.3: full lists and deltas of one scope share one series. */
static int
number_check(struct audit *a, const struct waiting *w,
    const struct authority *ca, const struct listing *l, struct err *err)
{
	struct sha256	 subject = sha256_of(ca->issuer->subject.p,
			    ca->issuer->subject.n);
	char		 hex[SHA256_HEX], name[160];
	struct series	*s;
	void		*p;

	sha256_hex(&subject, hex);
	snprintf(name, sizeof(name), "%.64s/%.16s/%lld", json_str(l->op, "key",
	    ""), hex, (long long)l->partition);
	TRY(map_put(&a->lists, name, sizeof(*s), &p, err));
	s = p;
	if (s->last.n == 0)
		s->last = ca->floor;
	if (!number_positive(&l->number) || (s->last.n > 0 &&
	    number_order(&l->number, &s->last) <= 0))
		WRONG(FINDING_LIST, "number %.40s of %s does not follow the "
		    "last", json_str(l->op, "number", ""), ca->name);
	else if (l->base.n > 0 && (ca->issuer->delta[0] == '\0' ||
	    l->partition < 0))
		WRONG(FINDING_LIST, "it is a delta, and %s has none of this "
		    "list", ca->name);
	else if (l->base.n > 0 && !base_known(a, s, &l->base))
		WRONG(FINDING_LIST, "it is a delta to none of the newest full "
		    "lists");
	if (l->began < s->began)
		WRONG(FINDING_LIST, "it begins before the list that it follows");
	series_note(s, l);
	return 0;
}

static int
signature_check(struct audit *a, const struct waiting *w,
    const struct akey *k, struct err *err)
{
	const json_t	*digest = json_object_get(w->entry->operation,
			    "digest");
	const char	*scheme = json_str(k->parameters, "scheme", "");

	if (strcmp(json_str(digest, "algorithm", ""), strcmp(scheme,
	    "ecdsa-sha384") == 0 ? "sha-384" : "sha-256") != 0)
		WRONG(FINDING_RESULT, "the digest is not the scheme's");
	if (k->public == NULL)
		WRONG(FINDING_RESULT, "the key has no public part");
	else if (strcmp(scheme, "ed25519") == 0)
		a->unseen_content++;	/* it signs the list itself */
	else
		return proof_signature(a, k, digest, json_str(
		    w->entry->result, "signature", ""), w->a.seq, w->entry->n,
		    err);
	return 0;
}

static bool
numbers_read(struct listing *l)
{
	const char	*base = json_str(l->op, "base", NULL);

	return number_parse(json_str(l->op, "number", ""), &l->number,
	    NULL) == 0 && (base == NULL || number_parse(base, &l->base,
	    NULL) == 0);
}

int
cert_listed(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct err *err)
{
	const json_t		*op = w->entry->operation;
	struct listing		 l = { .op = op, .ca = json_str(
		r->held->request->parameters, "ca", ""),
		.partition = json_int(op, "partition", -1) };
	const struct authority	*ca;
	struct akey		*k;

	TRY(cert_key(a, w, r, charter, &k, err));
	if (k == NULL)
		return 0;
	TRY(signature_check(a, w, k, err));
	ca = authority_find(k, json_str(op, "issuer", ""));
	if (json_int(r->held->request->parameters, "partition", l.partition) !=
	    l.partition)
		WRONG(FINDING_LIST, "the list of another partition was asked "
		    "for");
	if (ca == NULL || strcmp(ca->name, l.ca) != 0 ||
	    l.partition >= (int64_t)ca->issuer->partitions) {
		WRONG(FINDING_AUTHORITY, "the key has no such certificate of "
		    "%.64s, or it no such partition", l.ca);
		return 0;
	}
	if (!numbers_read(&l)) {
		WRONG(FINDING_LIST, "its number is none");
		return 0;
	}
	if (l.base.n > 0 && json_object_get(r->held->request->parameters,
	    "partition") != NULL)
		WRONG(FINDING_LIST, "a full list was asked for, not a delta");
	told_check(a, w, &l);
	authorities_check(a, w, &l);
	times_check(a, w, ca->issuer, charter, &l);
	return number_check(a, w, ca, &l, err);
}

/*
 * The first answers of a request are journaled before they are given, those
 * that follow are counted behind: the key may have been stopped meanwhile.
 */
static bool
may_answer(const struct waiting *w, const struct akey *k, bool first)
{
	return key_state_may_protect(k->state) || (!first &&
	    w->entry->time <= k->left + CERT_NEAR);
}

int
cert_answered(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, bool first, struct err *err)
{
	struct akey	*k;

	TRY(cert_key(a, w, r, charter, &k, err));
	if (json_int(w->entry->operation, "answers", 0) < 1)
		WRONG(FINDING_ENTRY, "it counts no answers");
	if (r->rule != NULL && r->rule->limit_uses > 0)
		WRONG(FINDING_DECISION, "rule %s has a limit, which cannot "
		    "count answers", r->rule->name);
	if (k == NULL)
		return 0;
	if (k->ca != NULL || k->certified)
		WRONG(FINDING_RESPONDER, "the key is a CA's, or certified for "
		    "something else");
	if (!may_answer(w, k, first))
		WRONG(FINDING_STATE, "the key was %s",
		    key_state_name(k->state));
	k->responder = true;
	return 0;
}
