#include "config.h"

#include <stdlib.h>
#include "base/json.h"
#include "base/log.h"
#include "keeper/found.h"
#include "keeper/pulse.h"

struct asking {
	struct job	 job;		/* first */
	struct hsm	*hsm;
	bool		 founded;
	struct sha256	 key;		/* the house's own, once founded */
	int		 rc;
	struct err	 why;
};

static void
asking_run(struct job *j)
{
	struct asking *a = (struct asking *)j;

	a->rc = hsm_check(a->hsm, a->founded ? &a->key : NULL, &a->why);
}

static void
asking_done(void *ctx, struct job *j)
{
	struct asking *a = (struct asking *)j;
	struct keeper *k = ctx;
	struct pulse *p = &k->pulse;

	if (a->rc == 0 && p->away)
		log_line(LOG_NOTE, "the token is back");
	if (a->rc != 0 && !p->away)
		log_err(LOG_ERROR, "asking the token", &a->why);
	p->away = a->rc != 0;
	p->why = a->why;
	p->asked = false;
	p->at = clock_mono();
	free(a);
}

void
pulse_tick(struct keeper *k)
{
	struct pulse *p = &k->pulse;
	struct asking *a;

	if (p->asked || clock_mono() - p->at < PULSE_EVERY)
		return;
	p->at = clock_mono();
	/* Without memory for it: in a second. */
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return;
	a->hsm = k->hsm;
	a->founded = k->house.genesis != NULL;
	if (a->founded)
		a->key = found_ledger_id(house_id(&k->house));
	a->job.run = asking_run;
	a->job.done = asking_done;
	p->asked = true;
	work_slow(k->work, &a->job);
}

int
pulse_json(const struct keeper *k, json_t *token, struct err *err)
{
	const struct pulse *p = &k->pulse;
	bool silent = p->asked && clock_mono() - p->at > PULSE_PATIENCE;

	TRY(json_set_new(token, "present", json_boolean(!p->away && !silent),
	    err));
	if (p->away)
		return json_set_str(token, "why", p->why.what, err);
	return !silent ? 0 : json_set_str(token, "why",
	    "the token was asked and has not answered", err);
}
