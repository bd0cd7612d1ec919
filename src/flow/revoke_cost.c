/*
 * revoke_cost - what a change of certificates' status comes to, before it is
 * made: devices, entries and octets of the lists.
 */
#include <stdlib.h>
#include <string.h>
#include "base/sha256.h"
#include "flow/inside.h"
#include "flow/revoking.h"

#define REASON_OCTETS	12	/* of a reasonCode; RFC 5280, 5.3.1 */
#define DATE_OCTETS	26	/* of an invalidityDate; 5.3.2 */

/* Unspecified is not said: 5.3.1. */
static size_t
extensions_of(enum cert_status to, const json_t *body)
{
	const char *cause = json_str(body, "cause", "unspecified");
	size_t n = to == CERT_HELD || strcmp(cause, "unspecified") != 0 ?
	    REASON_OCTETS : 0;

	return json_object_get(body, "invalid_since") != NULL ?
	    n + DATE_OCTETS : n;
}

int
cost_init(struct cost *c, const struct cert_ca *ca, enum cert_status to,
    const json_t *body, struct err *err)
{
	enum reason why = REASON_UNSPECIFIED;

	(void)reason_from_name(json_str(body, "cause", ""), &why);
	*c = (struct cost){ .to = to, .why = why, .extensions = extensions_of(to, body),
	    .partitions = ca->partitions,
	    .list = calloc(ca->partitions, sizeof(*c->list)),
	    .profiles = json_object() };
	if (c->list == NULL || c->profiles == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	return 0;
}

void
cost_done(struct cost *c)
{
	free(c->list);
	free(c->device);
	json_decref(c->profiles);
}

/* Serial number, UTCTime, extensions, each in its frame; 5.1.2.6. */
static int64_t
entry_octets(const struct cert_row *row, size_t extensions)
{
	return (int64_t)(2 + 2 + row->serial.n + 15 +
	    (extensions > 0 ? 2 + extensions : 0));
}

static void
list_add(struct cost *c, const struct cert_row *row, int64_t entries,
    int64_t octets)
{
	if (row->partition < c->partitions) {
		c->list[row->partition].entries += entries;
		c->list[row->partition].octets += octets;
	}
	c->all.entries += entries;
	c->all.octets += octets;
}

static int
device_add(struct cost *c, const char *device, struct err *err)
{
	size_t room = c->device_room == 0 ? 64 : 2 * c->device_room;
	struct sha256 h = sha256_of(device, strlen(device));
	uint64_t *more;

	if (device[0] == '\0')
		return 0;
	if (c->device_n == c->device_room) {
		more = realloc(c->device, room * sizeof(*more));
		if (more == NULL)
			return err_set(err, ENOMEMORY, "devices");
		c->device = more;
		c->device_room = room;
	}
	memcpy(&c->device[c->device_n++], h.o, sizeof(*c->device));
	return 0;
}

static int
profile_add(struct cost *c, const char *profile, bool changing,
    struct err *err)
{
	json_t *one = json_object_get(c->profiles, profile), *n;

	if (profile[0] == '\0')	/* another system's: none is known */
		return 0;
	if (one == NULL) {
		TRY(json_build(&one, err, "[i, i]", 0, 0));
		TRY(json_set_new(c->profiles, profile, one, err));
	}
	for (size_t i = 0; i < (changing ? 2 : 1); i++) {
		n = json_array_get(one, i);
		(void)json_integer_set(n, json_integer_value(n) + 1);
	}
	return 0;
}

/* Of the entry that it has. */
static int64_t
present_octets(const struct cert_row *row)
{
	return entry_octets(row, (row->reason != REASON_UNSPECIFIED ?
	    REASON_OCTETS : 0) + (row->invalid_since != 0 ? DATE_OCTETS : 0));
}

/* What is revoked or held has its entry already, a released one loses it. */
static void
lists_count(struct cost *c, const struct cert_row *row)
{
	if (c->to == CERT_GOOD)
		list_add(c, row, -1, -present_octets(row));
	else if (row->status == CERT_GOOD)
		list_add(c, row, 1, entry_octets(row, c->extensions));
	else
		list_add(c, row, 0, entry_octets(row, c->extensions) -
		    present_octets(row));
}

int
cost_add(struct cost *c, const struct cert_row *row, struct err *err)
{
	bool changing = cert_step(row, c->to, c->why);

	c->certificates++;
	TRY(profile_add(c, row->profile, changing, err));
	c->never += !changing && row->status != c->to;
	if (!changing)
		return 0;
	c->changing++;
	lists_count(c, row);
	return device_add(c, row->device, err);
}

/* ---- the answer ---- */

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
devices_count(struct cost *c)
{
	size_t n = 0;

	if (c->device_n > 0)
		qsort(c->device, c->device_n, sizeof(c->device[0]), by_number);
	for (size_t i = 0; i < c->device_n; i++)
		n += i == 0 || c->device[i] != c->device[i - 1];
	return n;
}

static int
profiles_list(const struct cost *c, json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	const char *name;
	json_t *n, *one;

	json_object_foreach(c->profiles, name, n) {
		TRY(json_build(&one, err, "{s:s, s:O, s:O}", "profile", name,
		    "certificates", json_array_get(n, 0),
		    "changing", json_array_get(n, 1)));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "profiles");
	}
	*ret = TAKE(list);
	return 0;
}

struct lists {
	const struct cost *cost;
	const char	*ca;
	json_t		*list;		/* owned */
};

static int
list_read(struct tx *tx, const struct lists *l, unsigned i, struct err *err)
{
	const struct cost_list *one = &l->cost->list[i];
	struct cert_crl now = { .octets = 0 };
	bool there;
	json_t *j;

	if (one->entries == 0 && one->octets == 0)
		return 0;
	TRY(cert_crl_newest(tx, l->ca, i, false, &now, &there, err));
	TRY(json_build(&j, err, "{s:I, s:I, s:I, s:I}",
	    "partition", (json_int_t)i, "entries", (json_int_t)one->entries,
	    "octets", (json_int_t)one->octets,
	    "grows_to", (json_int_t)now.octets + (json_int_t)one->octets));
	return json_array_append_new(l->list, j) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "lists");
}

static int
lists_read(struct tx *tx, void *ctx, struct err *err)
{
	struct lists *l = ctx;

	if ((l->list = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "lists");
	for (unsigned i = 0; i < l->cost->partitions; i++)
		TRY(list_read(tx, l, i, err));
	return 0;
}

int
cost_answer(struct cost *c, struct flow *f, const char *ca, json_t **ret,
    struct err *err)
{
	struct lists l = { .cost = c, .ca = ca };
	AUTO_JSON *profiles = NULL;
	int rc = profiles_list(c, &profiles, err);

	if (rc == 0)
		rc = state_read(f->state, lists_read, &l, err);
	if (rc == 0)
		rc = json_build(ret, err, "{s:s, s:s, s:b, s:I, s:I, s:I, s:I,"
		    " s:I, s:I, s:I, s:I, s:O, s:O}", "state", "dry-run",
		    "ca", ca, "dry_run", 1,
		    "certificates", (json_int_t)c->certificates,
		    "changing", (json_int_t)c->changing,
		    "unchanged", (json_int_t)(c->certificates - c->changing),
		    "expired", (json_int_t)c->expired,
		    "beyond", (json_int_t)c->beyond,
		    "devices", (json_int_t)devices_count(c),
		    "crl_entries", (json_int_t)c->all.entries,
		    "crl_octets", (json_int_t)c->all.octets,
		    "profiles", profiles, "partitions", l.list);
	json_decref(l.list);
	return rc;
}
