/*
 * inventory_fleet - certificates of devices by authority and profile, by their
 * ends: how many end before a day, and the first.
 *
 * One walk for all product lines, of the index of ends and bounded: beyond it
 * numbers are lower bounds.  Of a device the newest of an authority and profile
 * counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/warn.h"

#define LOOKED	50000u	/* certificates */

/* ---- reading ---- */

static int
fleet_new(struct fleets *all, const struct cert_end *c, size_t *ret,
    struct err *err)
{
	struct fleet *more = realloc(all->fleet, (all->n + 1) *
	    sizeof(*more)), *f;

	if (more == NULL)
		return err_set(err, ENOMEMORY, "certificates of devices");
	all->fleet = more;
	f = &more[all->n];
	*f = (struct fleet){ .whole = c->not_after - c->not_before };
	(void)snprintf(f->ca, sizeof(f->ca), "%s", c->ca);
	(void)snprintf(f->profile, sizeof(f->profile), "%s", c->profile);
	*ret = all->n++;
	return 0;
}

static int
fleet_of(struct fleets *all, const struct cert_end *c, struct fleet **ret,
    struct err *err)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (strcmp(all->fleet[i].ca, c->ca) == 0 &&
		    strcmp(all->fleet[i].profile, c->profile) == 0)
			break;
	if (i == all->n)
		TRY(fleet_new(all, c, &i, err));
	*ret = &all->fleet[i];
	return 0;
}

static int
end_add(struct fleet *f, time_us end, struct err *err)
{
	size_t room = f->room != 0 ? 2 * f->room : 64;
	time_us *more;

	if (f->n == f->room) {
		more = realloc(f->ends, room * sizeof(*more));
		if (more == NULL)
			return err_set(err, ENOMEMORY, "certificates of "
			    "devices");
		f->ends = more;
		f->room = room;
	}
	f->ends[f->n++] = end;
	return 0;
}

static int
end_look(void *ctx, const struct cert_end *c, struct err *err)
{
	struct fleets *all = ctx;
	struct fleet *f;

	if (c->device == NULL || !c->newest || !c->good)
		return 0;
	TRY(fleet_of(all, c, &f, err));
	return end_add(f, c->not_after, err);
}

static int
ends_read(struct tx *tx, void *ctx, struct err *err)
{
	struct fleets *all = ctx;

	return cert_ending_all(tx, all->from, 0, LOOKED, end_look, all,
	    &all->until, err);
}

/* What ended of late, and nobody renewed, counts as it does for alerts. */
int
fleets_read(struct fleets *all, const struct moment *m, struct err *err)
{
	if (all->from != 0)
		return 0;
	all->from = m->now - ENDED_KEPT;
	return state_read(m->state, ends_read, all, err);
}

void
fleets_done(struct fleets *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->fleet[i].ends);
	free(all->fleet);
}

/* ---- asking ---- */

int
fleets_each(const struct fleets *all, fleet_fn *fn, void *ctx,
    struct err *err)
{
	for (size_t i = 0; i < all->n; i++)
		TRY(fn(ctx, &all->fleet[i], err));
	return 0;
}

/* In order as they were read. */
int64_t
fleet_ending(const struct fleet *f, time_us before)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (f->ends[mid] < before)
			low = mid + 1;
		else
			high = mid;
	}
	return (int64_t)low;
}
