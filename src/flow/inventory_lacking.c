/*
 * inventory_lacking - certificates of other CAs that have ended and go on
 * nowhere, then those that nobody of the charter in force answers for, and then
 * those that serve no product line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/elsewhere.h"
#include "flow/inventory.h"

static const char *const PREFIX[] = { [LACKING_SUCCESSOR] = "ended/",
	[LACKING_OWNER] = "owner/", [LACKING_PRODUCT] = "product/" };

/* ---- where it goes on ---- */

/* "PLACE/FINGERPRINT" of the last that was told. */
static bool
place_read(const char *text, struct cert_lacking *ret)
{
	struct sha256 h;
	char *slash;

	ret->place = strtoll(text, &slash, 10);
	/* Of a part of which none was told yet there is but where it begins. */
	if (slash != text && strcmp(slash, "/") == 0)
		return true;
	if (*slash != '/' || sha256_parse(slash + 1, &h, NULL) != 0)
		return false;
	sha256_hex(&h, ret->print);
	return true;
}

/* Of an owner of whom none was told yet there is no place. */
static bool
owner_read(const char *text, struct cert_lacking *ret)
{
	size_t n = strcspn(text, "/");

	if (text[n] != '/' || n >= sizeof(ret->owner))
		return false;
	(void)snprintf(ret->owner, sizeof(ret->owner), "%.*s", (int)n, text);
	return strcmp(text + n, "/0/") == 0 || place_read(text + n + 1, ret);
}

void
lacking_read(const char *cursor, struct lacking *ret, bool *ret_is)
{
	*ret_is = false;
	for (size_t i = 0; cursor != NULL && i < NELEM(PREFIX); i++) {
		size_t n = strlen(PREFIX[i]);

		if (strncmp(cursor, PREFIX[i], n) != 0)
			continue;
		ret->part = (enum lacking_part)i;
		*ret_is = ret->part == LACKING_OWNER ? owner_read(cursor + n,
		    &ret->at) : place_read(cursor + n, &ret->at);
	}
}

void
lacking_text(const struct lacking *w, char ret[160])
{
	bool owners = w->part == LACKING_OWNER;

	ret[0] = '\0';
	if (w->over)
		return;
	(void)snprintf(ret, 160, "%s%s%s%lld/%s", PREFIX[w->part], owners ?
	    w->at.owner : "", owners ? "/" : "", (long long)w->at.place,
	    w->at.print);
}

/* ---- what they lack ---- */

int
lacking_put(const struct inventory *v, enum lacking_part part, json_t *row,
    struct err *err)
{
	const struct charter *c = v->law->charter;
	bool lacks[GAP__N] = {
		[GAP_OWNER] = !elsewhere_owner(c, json_str(row, "owner", "")),
		[GAP_SUCCESSOR] = part == LACKING_SUCCESSOR,
		[GAP_PRODUCT] = part != LACKING_SUCCESSOR && json_array_size(json_object_get(row,
		    "products")) == 0,
	};
	json_t *gaps = json_array();

	TRY(json_set_new(row, "gaps", gaps, err));
	return inventory_gaps(lacks, GAP_SAID, gaps, err);
}

static void
part_begin(struct lacking *w, enum lacking_part part, time_us from)
{
	w->at = (struct cert_lacking){ .place = from };
	w->part = part;
}

/* The next that the charter in force does not know: of its own there may be very many. */
static int
owner_step(struct lacking *w, struct err *err)
{
	bool more;

	do
		TRY(cert_elsewhere_owner_next(w->v->tx, &w->at, &more, err));
	while (more && elsewhere_owner(w->v->law->charter, w->at.owner));
	if (!more)
		part_begin(w, LACKING_PRODUCT, w->v->now);
	return 0;
}

int
lacking_skip(struct lacking *w, struct err *err)
{
	switch (w->part) {
	case LACKING_SUCCESSOR:
		/* Those without any owner come first. */
		part_begin(w, LACKING_OWNER, 0);
		return 0;
	case LACKING_OWNER:
		return owner_step(w, err);
	case LACKING_PRODUCT:
		w->over = true;
		return 0;
	}
	return 0;
}

static int
owned_step(struct lacking *w, unsigned limit, json_t *list, bool *ret_more,
    struct err *err)
{
	*ret_more = false;
	return elsewhere_owner(w->v->law->charter, w->at.owner) ? 0 :
	    cert_elsewhere_of_owner(w->v->tx, w->v->now, &w->at, limit, list,
	    ret_more, err);
}

/* Those of no owner of the charter's were told of that. */
static int
unassigned_step(struct lacking *w, unsigned limit, json_t *list,
    bool *ret_more, struct err *err)
{
	size_t from = json_array_size(list);

	TRY(cert_elsewhere_of_no_product(w->v->tx, &w->at, limit, list,
	    ret_more, err));
	for (size_t i = json_array_size(list); i > from; i--)
		if (!elsewhere_owner(w->v->law->charter, json_str(
		    json_array_get(list, i - 1), "owner", "")))
			(void)json_array_remove(list, i - 1);
	return 0;
}

static int
part_step(struct lacking *w, unsigned limit, json_t *list, struct err *err)
{
	bool more = false;

	switch (w->part) {
	case LACKING_SUCCESSOR:
		TRY(cert_elsewhere_ended(w->v->tx, w->v->now, &w->at, limit,
		    list, &more, err));
		break;
	case LACKING_OWNER:
		TRY(owned_step(w, limit, list, &more, err));
		break;
	case LACKING_PRODUCT:
		TRY(unassigned_step(w, limit, list, &more, err));
		break;
	}
	return more ? 0 : lacking_skip(w, err);
}

int
lacking_step(struct lacking *w, unsigned limit, json_t *list,
    struct err *err)
{
	size_t from = json_array_size(list);
	enum lacking_part part = w->part;

	if (w->over)
		return 0;
	TRY(part_step(w, limit, list, err));
	for (size_t i = from; i < json_array_size(list); i++)
		TRY(lacking_put(w->v, part, json_array_get(list, i),
		    err));
	return 0;
}

/* ---- how many ---- */

#define STEPS	5	/* of each sort: 5,000 are looked at */
#define SORTS	10	/* of a sum: those of ten owners at most */

int
gaps_sum(const json_t *row, json_t *sums, struct err *err)
{
	const json_t *one;
	size_t i;

	if (sums == NULL)
		return 0;
	json_array_foreach(json_object_get(row, "gaps"), i, one) {
		const char *gap = json_str(one, "gap", "");

		TRY(json_set_int(sums, gap, json_int(sums, gap, 0) + 1, err));
	}
	return 0;
}

static int
rows_sum(const json_t *rows, json_t *sums, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(rows, i, one)
		TRY(gaps_sum(one, sums, err));
	return 0;
}

int
lacking_count(struct lacking *w, json_t *sums, size_t *ret_n,
    bool *ret_more, struct err *err)
{
	enum lacking_part part = w->part;
	char owner[sizeof(w->at.owner)];

	*ret_n = 0;
	(void)snprintf(owner, sizeof(owner), "%s", w->at.owner);
	for (int i = 0; i < STEPS; i++) {
		AUTO_JSON *list = json_array();

		if (list == NULL)
			return err_set(err, ENOMEMORY, "certificates");
		TRY(lacking_step(w, CERT_LACKING_LOOK, list, err));
		TRY(rows_sum(list, sums, err));
		*ret_n += json_array_size(list);
		*ret_more = !w->over && w->part == part &&
		    strcmp(w->at.owner, owner) == 0;
		if (!*ret_more)
			return 0;
	}
	return lacking_skip(w, err);
}

int
lacking_sum(const struct inventory *v, json_t **ret, struct err *err)
{
	struct lacking w = { .v = v };
	AUTO_JSON *sums = NULL;
	int64_t total = 0;
	bool some = false;

	TRY(json_build(&sums, err, "{}"));
	for (int i = 0; i < SORTS && !w.over; i++) {
		bool more;
		size_t n;

		TRY(lacking_count(&w, sums, &n, &more, err));
		total += (int64_t)n;
		some = some || more;
	}
	TRY(json_set_int(sums, "total", total, err));
	TRY(json_set_new(sums, "at_least", json_boolean(some || !w.over),
	    err));
	*ret = TAKE(sums);
	return 0;
}
