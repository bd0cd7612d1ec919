/* batch - certificates that were asked for together are of one batch. */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "base/json.h"

/* Who opened it for what. */
struct abatch {
	char	 requester[66], ca[66], profile[66];
};

static int
batch_opened(struct audit *a, const struct applied *e, struct err *err)
{
	const char	*id = json_str(e->data, "batch", "");
	struct abatch	*b;
	void		*p;

	TRY(map_put(&a->batches, id, sizeof(*b), &p, err));
	b = p;
	if (b->requester[0] != '\0')
		audit_find(a, FINDING_EVENT, e->seq, 0, "batch %.40s is "
		    "opened twice", id);
	snprintf(b->requester, sizeof(b->requester), "%s", e->actor);
	snprintf(b->ca, sizeof(b->ca), "%s", json_str(e->data, "ca", ""));
	snprintf(b->profile, sizeof(b->profile), "%s", json_str(e->data,
	    "profile", ""));
	return 0;
}

static int
batch_counted(struct audit *a, const struct applied *e)
{
	const char	*id = json_str(e->data, "batch", "");
	struct abatch	*b = map_get(&a->batches, id);

	if (b != NULL ? strcmp(b->requester, e->actor) != 0 : a->since == 0)
		audit_find(a, FINDING_EVENT, e->seq, 0, "batch %.40s is not "
		    "of %.64s", id, e->actor);
	return 0;
}

int
batch_event(struct audit *a, const struct applied *e, struct err *err)
{
	return e->kind == EVENT_BATCH_OPENED ? batch_opened(a, e, err) :
	    batch_counted(a, e);
}

void
batch_check(struct audit *a, const struct waiting *w, const json_t *p,
    const char *requester)
{
	const char	*id = json_str(p, "batch", NULL);
	struct abatch	*b;

	if (id == NULL)
		return;
	b = map_get(&a->batches, id);
	if (b == NULL ? a->since == 0 :
	    strcmp(b->requester, requester) != 0 ||
	    strcmp(b->ca, json_str(p, "ca", "")) != 0 ||
	    strcmp(b->profile, json_str(p, "profile", "")) != 0)
		audit_find(a, FINDING_CERTIFICATE, w->a.seq, w->entry->n,
		    "batch %.40s was not opened for it", id);
}
