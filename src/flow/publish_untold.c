/*
 * publish_untold - what was revoked, held or released and is on no list yet,
 * because none can be signed: counted, for people.
 */
#include <stdlib.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/publish.h"

struct counting {
	const struct cert_ca *ca;
	struct cert_untold *of;		/* owned: each list's */
	unsigned	 n;
};

static int
count(struct tx *tx, void *ctx, struct err *err)
{
	const struct counting *c = ctx;

	for (unsigned i = 0; i < c->n; i++)
		TRY(cert_untold(tx, c->ca->name, i, &c->of[i], err));
	return 0;
}

static void
note(struct flow *f, const struct counting *c, bool rests, const char *why)
{
	uint64_t more = watch_untold(f->publisher, c->ca->name, c->of, rests,
	    why);

	/* Where it was tried, the log has said why. */
	if (rests && more > 0)
		log_line(LOG_WARN, "%s: certificates revoked, held or released "
		    "that no list tells so yet: %llu more; %s", c->ca->name,
		    (unsigned long long)more, why);
}

void
untold_count(struct flow *f, const struct cert_ca *ca, bool rests,
    const char *why)
{
	struct counting c = { .ca = ca, .n = list_lists(ca) };
	struct err err;
	int rc;

	c.of = calloc(c.n, sizeof(*c.of));
	rc = c.of == NULL ? err_set(&err, ENOMEMORY, "what no list tells") :
	    state_read(f->state, count, &c, &err);
	if (rc == 0)
		note(f, &c, rests, why);
	else
		log_err(LOG_WARN, "counting what no list tells", &err);
	free(c.of);
}
