/*
 * The keeper as a whole: its time, its standing, its turn of the loop.
 */
#include "config.h"

#include <stdio.h>
#include "base/log.h"
#include "keeper/keeper.h"
#include "keeper/mirror.h"
#include "keeper/snapshot.h"
#include "keeper/use_ca.h"

#define CLOCK_BEHIND	TIME_S(2)	/* how far the clock may lie behind the journal */

int
keeper_now(struct keeper *k, time_us *ret, struct err *err)
{
	time_us now = clock_now(), last = journal_head(k->journal)->time;

	if (now < last - CLOCK_BEHIND)
		return err_set(err, EHALTED, "the clock is %lld s behind the "
		    "journal's last entry: set it right",
		    (long long)((last - now) / TIME_S(1)));
	/* Decisions not yet journaled count too: entries keep their order in time. */
	if (last < k->latest && now >= k->latest - CLOCK_BEHIND)
		last = k->latest;
	*ret = k->latest = now < last ? last : now;
	return 0;
}

void
keeper_halt(struct keeper *k, const char *why)
{
	k->standing = STANDING_HALTED;
	(void)snprintf(k->why, sizeof(k->why), "%s", why);
	log_line(LOG_ERROR, "halted: %s", why);
}

void
keeper_tick(struct keeper *k)
{
	(void)work_collect(k->work);
	ocsp_flush(k, k->stopping);
	tickets_tick(k);
	snapshot_tick(k);
	keeper_deferred(k);
	/* What was deferred may be ready to be written already. */
	tickets_tick(k);
	mirror_tick(k);
}

bool
keeper_idle(const struct keeper *k)
{
	return k->making.first == NULL && k->writing.first == NULL &&
	    k->deferred == NULL && work_waiting(k->work) == 0;
}
