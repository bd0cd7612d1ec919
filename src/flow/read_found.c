/* read_found - what discovery has found, as the interface shows it. */
#include "cert/found.h"
#include "flow/found_whose.h"
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

struct whose {
	const struct law *law;
	const json_t	*list;
};

static int
whose_read(struct tx *tx, void *ctx, struct err *err)
{
	const struct whose *w = ctx;
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)w->list, i, one)
		TRY(whose_put(tx, w->law->charter, one, err));
	return 0;
}

static int
whose_all(struct flow *f, const json_t *list, struct err *err)
{
	AUTO(law) *law = NULL;
	struct whose w = { .list = list };

	TRY(state_law(f->state, &law, err));
	w.law = law;
	return state_read(f->state, whose_read, &w, err);
}

int
flow_finding_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(list_with(f, "findings", list_read, query, &o, err));
	TRY(whose_all(f, json_object_get(o, "findings"), err));
	*ret = TAKE(o);
	return 0;
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
	AUTO_JSON *o = NULL, *list = json_array();

	TRY(state_read(f->state, one_read, &s, err));
	o = s.doc;
	if (json_array_append(list, o) != 0)
		return err_set(err, ENOMEMORY, "a finding");
	TRY(whose_all(f, list, err));
	*ret = TAKE(o);
	return 0;
}

int
flow_finding_house(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return strays_ask(f, ret, err);
}
