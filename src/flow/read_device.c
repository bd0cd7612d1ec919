/*
 * read_device - artifacts and devices, as the interface shows them.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "policy/device.h"
#include "product/artifact.h"
#include "product/device.h"

struct listing {
	const json_t	*query;
	json_t		*list;		/* owned */
	char		*next;		/* owned */
};

static int
list(struct flow *f, const char *name, const json_t *query,
    int (*fn)(struct tx *, void *, struct err *), json_t **ret,
    struct err *err)
{
	struct listing l = { .query = query };
	int rc = state_read(f->state, fn, &l, err);

	if (rc == 0)
		rc = json_build(ret, err, "{s:O, s:s*}", name, l.list, "next",
		    l.next);
	json_decref(l.list);
	free(l.next);
	return rc;
}

/* ---- artifacts ---- */

static int
artifacts_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;
	const json_t *q = l->query;
	struct artifact_filter f = { .product = json_str(q, "product", NULL),
	    .version = json_str(q, "version", NULL),
	    .key = json_str(q, "key", NULL) };

	return artifact_list(tx, &f, json_str(q, "cursor", NULL),
	    (unsigned)json_int(q, "limit", 100), &l->list, &l->next, err);
}

int
flow_artifact_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list(f, "artifacts", query, artifacts_read, ret, err);
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
devices_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;
	const json_t *q = l->query;
	struct device_filter f = { .product = json_str(q, "product", NULL),
	    .batch = json_str(q, "batch", NULL),
	    .market = json_str(q, "market", NULL) };

	return device_list(tx, &f, json_str(q, "cursor", NULL),
	    (unsigned)json_int(q, "limit", 100), &l->list, &l->next, err);
}

int
flow_device_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list(f, "devices", query, devices_read, ret, err);
}
