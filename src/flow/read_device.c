/*
 * read_device - artifacts and devices, as the interface shows them.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/page.h"
#include "policy/device.h"
#include "product/artifact.h"
#include "product/device.h"
#include "state/state.h"

/* ---- artifacts ---- */

static int
artifacts_read(struct tx *tx, struct paged *p, struct err *err)
{
	const json_t *q = p->query;
	struct artifact_filter f = { .product = json_str(q, "product", NULL),
	    .version = json_str(q, "version", NULL),
	    .key = json_str(q, "key", NULL) };

	return artifact_list(tx, &f, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

int
flow_artifact_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "artifacts", artifacts_read, query, ret, err);
}

struct shown {
	char	 digest[ARTIFACT_DIGEST];
	json_t	*doc;			/* owned */
};

static int
artifact_read(struct tx *tx, void *ctx, struct err *err)
{
	struct shown *s = ctx;

	return artifact_get(tx, s->digest, &s->doc, err);
}

int
flow_artifact_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct shown s = { .doc = NULL };

	TRY(artifact_digest(subject, s.digest, err));
	TRY(state_read(f->state, artifact_read, &s, err));
	*ret = s.doc;
	return 0;
}

/* ---- devices ---- */

static int
devices_read(struct tx *tx, struct paged *p, struct err *err)
{
	const json_t *q = p->query;
	struct device_filter f = { .product = json_str(q, "product", NULL),
	    .batch = json_str(q, "batch", NULL),
	    .market = json_str(q, "market", NULL) };

	return device_list(tx, &f, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

int
flow_device_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "devices", devices_read, query, ret, err);
}
