/*
 * inventory_device - one device: what its factory said, its certificates in the
 * order of time, which took the place of which, those of other CAs that name it,
 * their keys, and the batches that brought them.
 */
#include <string.h>
#include <stdlib.h>
#include "cert/elsewhere.h"
#include "flow/draw.h"
#include "flow/inventory.h"
#include "product/device.h"
#include "state/state.h"

#define CERTIFICATES	1000	/* of one device that are shown */
#define INSTALLS	100
#define GRANTS		100

struct device_view {
	struct inventory v;
	const char	*device;
	json_t		*said;		/* owned: device_get's */
	json_t		*installs;	/* owned: what ran on it, newest first */
	bool		 more_installs;
	json_t		*grants;	/* owned: by whose leave each came to it */
	bool		 more_grants;
	json_t		*newest;	/* owned: the certificates, newest first */
	json_t		*certificates, *keys, *batches;	/* owned */
	char		*next;		/* owned: there are older ones; or NULL */
	json_t		*others;	/* owned: certificates of other CAs that name it */
	char		*next_other;	/* owned: there are more; or NULL */
};

static int
append(json_t *list, json_t *v, struct err *err)
{
	return json_array_append_new(list, v) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a device");
}

static bool
same(const json_t *a, const json_t *b, const char *member)
{
	return strcmp(json_str(a, member, ""), json_str(b, member, "")) == 0;
}

/* The next for the same purpose, of the same authority. */
static const char *
successor(const json_t *newest, size_t at)
{
	const json_t *one = json_array_get(newest, at), *later;

	while (at-- > 0) {
		later = json_array_get(newest, at);
		if (same(one, later, "ca") && same(one, later, "profile"))
			return json_str(later, "id", "");
	}
	return NULL;
}

static int
certificate_put(struct device_view *d, size_t at, struct err *err)
{
	json_t *one = json_array_get(d->newest, at);
	const char *by = successor(d->newest, at);
	time_us end;

	if (by != NULL)
		TRY(json_set_str(one, "superseded_by", by, err));
	TRY(clock_parse(json_str(one, "not_after", ""), &end, err));
	TRY(inventory_marks(&d->v, by == NULL && strcmp(json_str(one, "status",
	    ""), "good") == 0, end, one, err));
	return append(d->certificates, json_incref(one), err);
}

static json_t *
found(json_t *list, const char *member, const char *value)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (strcmp(json_str(one, member, ""), value) == 0)
			return one;
	return NULL;
}

/* A key that is certified again is one key. */
static int
key_put(struct device_view *d, const json_t *c, const char *id,
    struct err *err)
{
	const char *spki = json_str(c, "spki", "");
	json_t *key = found(d->keys, "spki", spki);

	if (key == NULL) {
		TRY(json_build(&key, err, "{s:s, s:s, s:[]}", "spki", spki,
		    "since", json_str(c, "not_before", ""), "certificates"));
		TRY(append(d->keys, key, err));
	}
	return append(json_object_get(key, "certificates"), json_string(
	    json_str(c, id, "")), err);
}

static int
batch_put(struct device_view *d, const json_t *c, struct err *err)
{
	const char *id = json_str(c, "batch", NULL);
	json_t *batch;

	if (id == NULL || found(d->batches, "id", id) != NULL)
		return 0;
	TRY(cert_batch_brief(d->v.tx, id, &batch, err));
	return append(d->batches, batch, err);
}

/* ---- by whose leave ---- */

static int
grant_put(struct device_view *d, const char *id, struct err *err)
{
	AUTO(asked) *a = NULL;
	json_t *one;

	if (id[0] == '\0' || found(d->grants, "request", id) != NULL)
		return 0;
	d->more_grants = json_array_size(d->grants) == GRANTS;
	if (d->more_grants)
		return 0;
	TRY(approval_get(d->v.tx, id, &a, err));
	TRY(json_build(&one, err, "{s:s, s:s, s:s, s:s, s:i}", "request", id,
	    "action", a->action, "requester", a->requester, "rule", a->rule,
	    "approvals", (int)a->have));
	TRY(append(d->grants, one, err));
	return json_set_time(one, "asked", a->created, err);
}

/* Of what it runs both who signed and who reported it. */
static int
grants_read(struct device_view *d, struct err *err)
{
	const json_t *one;
	size_t i;

	TRY(grant_put(d, json_str(d->said, "request", ""), err));
	json_array_foreach(d->certificates, i, one)
		TRY(grant_put(d, json_str(one, "request", ""), err));
	json_array_foreach(d->installs, i, one) {
		TRY(grant_put(d, json_str(one, "signature", ""), err));
		TRY(grant_put(d, json_str(one, "request", ""), err));
	}
	return 0;
}

static int
device_read(struct tx *tx, void *ctx, struct err *err)
{
	struct device_view *d = ctx;
	struct cert_filter f = { .device = d->device };
	struct cert_elsewhere_filter others = { .device = d->device };
	json_t *one;
	size_t i;

	d->v.tx = tx;
	TRY(device_get(tx, d->device, &d->said, err));
	if (json_array_size(json_object_get(d->said, "entered")) == 0)
		return err_set(err, ENOENT_, "there is no device \"%.128s\": "
		    "nobody entered it, and nothing was issued to it",
		    d->device);
	TRY(device_installs(tx, d->device, INSTALLS, &d->installs,
	    &d->more_installs, err));
	TRY(cert_list(tx, &f, NULL, CERTIFICATES, &d->newest, &d->next, err));
	for (i = json_array_size(d->newest); i-- > 0;)
		TRY(certificate_put(d, i, err));
	json_array_foreach(d->certificates, i, one) {
		TRY(key_put(d, one, "id", err));
		TRY(batch_put(d, one, err));
	}
	TRY(inventory_others(&d->v, &others, NULL, d->others, &d->next_other,
	    err));
	json_array_foreach(d->others, i, one)
		TRY(key_put(d, one, "fingerprint", err));
	return grants_read(d, err);
}

static int
device_json(const struct device_view *d, json_t **ret, struct err *err)
{
	static const char *const said[] = { "product", "product_by", "batch", "market",
		"made_at", "entered" };
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:O, s:b, s:O*, s:O, s:O, s:O, s:O,"
	    " s:b}", "device", d->device, "installed", d->installs,
	    "more_installed", (int)d->more_installs, "firmware",
	    json_array_get(d->installs, 0), "injected", json_object_get(d->said, "keys"),
	    "certificates", d->certificates, "keys", d->keys, "batches",
	    d->batches, "more_certificates", (int)(d->next != NULL)));
	TRY(json_set_new(o, "grants", json_incref(d->grants), err));
	TRY(json_set_new(o, "more_grants", json_boolean(d->more_grants), err));
	TRY(json_set_new(o, "others", json_incref(d->others), err));
	TRY(json_set_new(o, "more_others", json_boolean(d->next_other != NULL),
	    err));
	TRY(members_copy(d->said, said, NELEM(said), o, err));
	*ret = TAKE(o);
	return 0;
}

int
flow_inventory_device(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct device_view d = { .device = json_str(query, "device", "") };
	AUTO(law) *law = NULL;
	int rc = 0;

	TRY(inventory_look(&d.v, m, query, err));
	TRY(state_law(m->state, &law, err));
	d.v.law = law;
	d.certificates = json_array();
	d.keys = json_array();
	d.batches = json_array();
	d.grants = json_array();
	d.others = json_array();
	if (d.certificates == NULL || d.keys == NULL || d.batches == NULL ||
	    d.grants == NULL || d.others == NULL)
		rc = err_set(err, ENOMEMORY, "a device");
	if (rc == 0)
		rc = state_read(m->state, device_read, &d, err);
	if (rc == 0)
		rc = device_json(&d, ret, err);
	json_decref(d.said);
	json_decref(d.grants);
	json_decref(d.installs);
	json_decref(d.newest);
	json_decref(d.certificates);
	json_decref(d.keys);
	json_decref(d.batches);
	json_decref(d.others);
	free(d.next);
	free(d.next_other);
	return rc;
}
