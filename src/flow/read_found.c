/* read_found - what discovery has found, as the interface shows it. */
#include "cert/found.h"
#include "flow/inside.h"
#include "flow/page.h"
#include "flow/strays.h"
#include "state/state.h"

static int
list_read(struct tx *tx, struct paged *p, struct err *err)
{
	struct found_filter f = {
		.state = json_str(p->query, "state", NULL),
		.kind = json_str(p->query, "kind", NULL),
		.under = json_str(p->query, "under", NULL),
	};

	return found_list(tx, &f, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

int
flow_finding_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "findings", list_read, query, ret, err);
}

struct shown {
	const char	*id;
	json_t		*doc;		/* owned */
};

static int
one_read(struct tx *tx, void *ctx, struct err *err)
{
	struct shown *s = ctx;

	return found_get(tx, s->id, &s->doc, err);
}

int
flow_finding_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct shown s = { .id = subject };

	TRY(state_read(f->state, one_read, &s, err));
	*ret = s.doc;
	return 0;
}

int
flow_finding_house(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return strays_ask(f, ret, err);
}
