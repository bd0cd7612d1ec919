/*
 * publish_due - when a revocation list is due.
 *
 * A full list where there is none, at half of its life, and, of a CA without
 * deltas, when something changed.  With deltas it is those that tell what
 * changed, and the full ones keep their schedule.
 */
#include <string.h>
#include "ca/tbs.h"
#include "flow/publish.h"
#include "policy/charter.h"

/*
 * Changes are committed a little after the moment they bear: looked for from
 * so long before a list on, they cost a list too many after a start, and none
 * is missed.
 */
#define SLACK		TIME_S(10)

unsigned
list_lists(const struct cert_ca *ca)
{
	return json_object_get(ca->urls, "crl") != NULL ? ca->partitions : 1;
}

bool
list_deltas(const struct cert_ca *ca)
{
	return json_object_get(ca->urls, "delta") != NULL;
}

/* RFC 5280, 3.2; whoever certified it, also where it was taken in. */
bool
list_of_root(const struct cert_ca *ca)
{
	struct cert c;
	struct err none;

	return cert_read(ca->der.data, ca->der.len, &c, &none) == 0 &&
	    c.tbs.issuer.n == c.tbs.subject.n &&
	    memcmp(c.tbs.issuer.p, c.tbs.subject.p, c.tbs.issuer.n) == 0;
}

/* A root's key rests, and people wake it for each list. */
static time_us
lifetime(const struct flow_options *o, bool root, bool delta)
{
	if (delta)
		return o->delta_lifetime;
	return root ? o->root_lifetime : o->crl_lifetime;
}

time_us
list_lifetime(const struct flow_options *o, const struct cert_ca *ca,
    const struct list_id *id)
{
	return lifetime(o, list_of_root(ca), id->delta);
}

int
list_allowed(const struct flow_options *o, const struct charter *law,
    const char *ca, bool root, bool delta, struct err *err)
{
	time_us lasts = lifetime(o, root, delta),
	    most = charter_list_most(law, root);

	if (lasts <= most)
		return 0;
	return err_set(err, ERANGE_, "crl.%slifetime is %lld s, and the "
	    "charter lets a list of %s last %lld s: none is signed",
	    delta ? "delta-" : root ? "root-" : "", (long long)(lasts /
	    TIME_S(1)), ca, (long long)(most / TIME_S(1)));
}

time_us
list_renewal(time_us lifetime, const struct cert_crl *last)
{
	time_us life = last->next_update - last->this_update;

	return last->this_update + (life < lifetime ? life : lifetime) / 2;
}

static int
changed_since(struct tx *tx, const struct cert_ca *ca,
    const struct list_id *id, time_us since, bool *ret, struct err *err)
{
	struct cert_revoked r = { .tx = tx, .ca = ca->name,
	    .partition = id->partition, .since = since, .page = 1 };
	struct crl_entry e;
	int rc = cert_revoked_next(&r, &e, ret, err);

	cert_revoked_done(&r);
	return rc;
}

/*
 * A delta and a full list of one moment would have to have one number and say
 * the same (RFC 5280, 5.2.3): no delta is of the second of the last full list.
 */
static int
base_find(struct tx *tx, const struct cert_ca *ca, const struct list_id *id,
    time_us now, struct list_due *ret, struct err *err)
{
	struct cert_crl base, newest;
	bool there;

	TRY(cert_crl_base(tx, ca->name, id->partition, now, &base, &newest,
	    &there, err));
	ret->early = !there || now < newest.this_update + TIME_S(1);
	ret->renew = now + TIME_S(1);
	if (!there)
		return 0;
	ret->base = base.number;
	ret->since = base.this_update - SLACK;
	ret->last = newest.this_update;
	return 0;
}

/* By the last of its kind. */
static int
age_check(struct tx *tx, const struct flow_options *o,
    const struct cert_ca *ca, const struct list_id *id, time_us now,
    bool thorough, struct list_due *ret, struct err *err)
{
	struct cert_crl last;
	bool there;

	TRY(cert_crl_newest(tx, ca->name, id->partition, id->delta, &last,
	    &there, err));
	/* One that came back by the journal alone was never shown. */
	ret->due = !there || last.next_update == 0;
	if (ret->due)
		return 0;
	ret->entries = last.entries;
	if (!id->delta)
		ret->last = last.this_update;
	ret->renew = list_renewal(list_lifetime(o, ca, id), &last);
	ret->due = now >= ret->renew;
	if (ret->due || !thorough || id->delta != list_deltas(ca))
		return 0;
	return changed_since(tx, ca, id, last.this_update - SLACK, &ret->due,
	    err);
}

int
list_due(struct tx *tx, const struct flow_options *o, const struct cert_ca *ca,
    const struct list_id *id, time_us now, bool thorough,
    struct list_due *ret, struct err *err)
{
	*ret = (struct list_due){ .due = false };
	TRY(cert_crl_highest(tx, ca->name, id->partition, &ret->number, err));
	ret->number++;
	if (id->delta)
		TRY(base_find(tx, ca, id, now, ret, err));
	return ret->early ? 0 : age_check(tx, o, ca, id, now, thorough, ret,
	    err);
}
