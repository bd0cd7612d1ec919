/* read_found - what discovery has found, as the interface shows it. */
#include <stdlib.h>
#include "cert/found.h"
#include "flow/inside.h"

struct listing {
	const json_t	*query;
	const char	*id;
	json_t		*found;		/* owned */
	char		*next;		/* owned */
};

static int
list_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;
	struct found_filter f = {
		.state = json_str(l->query, "state", NULL),
		.kind = json_str(l->query, "kind", NULL),
		.under = json_str(l->query, "under", NULL),
	};

	return found_list(tx, &f, json_str(l->query, "cursor", NULL),
	    (unsigned)json_int(l->query, "limit", 100), &l->found, &l->next,
	    err);
}

int
flow_finding_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct listing l = { .query = query };
	int rc;

	TRY(state_read(f->state, list_read, &l, err));
	rc = json_build(ret, err, "{s:O, s:s*}", "findings", l.found, "next",
	    l.next);
	json_decref(l.found);
	free(l.next);
	return rc;
}

static int
one_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	return found_get(tx, l->id, &l->found, err);
}

int
flow_finding_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct listing l = { .id = subject };

	TRY(state_read(f->state, one_read, &l, err));
	*ret = l.found;
	return 0;
}

int
flow_finding_house(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return strays_ask(f, ret, err);
}
