/* notify_read - notices as people and graphs see them. */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/notifier.h"
#include "flow/notify.h"
#include "policy/charter.h"
#include "policy/roster.h"
#include "state/state.h"

static int
counts_read(struct tx *tx, void *ctx, struct err *err)
{
	return notice_counts(tx, ctx, err);
}

/* Officers whom no request would find. */
static int
unreachable(struct flow *f, json_t **ret, struct err *err)
{
	AUTO(contacts) *all = contacts_now(f->notifier);
	AUTO(law) *law = NULL;
	AUTO_JSON *list = json_array();
	const struct roster *r;

	TRY(state_law(f->state, &law, err));
	r = charter_roster(law->charter);
	for (size_t i = 0; i < r->principal_n; i++)
		if (r->principal[i].credential_n > 0 &&
		    contacts_find(all, r->principal[i].id) == NULL &&
		    json_array_append_new(list, json_string(
		    r->principal[i].id)) != 0)
			return err_set(err, ENOMEMORY, "the status");
	*ret = TAKE(list);
	return 0;
}

/* Whose web hook gets what anybody else could have sent. */
static int
unsigned_list(struct notifier *n, json_t **ret, struct err *err)
{
	AUTO(contacts) *all = contacts_now(n);
	AUTO_JSON *list = json_array();
	const char *who;

	for (size_t i = 0; (who = contacts_unsigned(all, i)) != NULL; i++)
		if (json_array_append_new(list, json_string(who)) != 0)
			return err_set(err, ENOMEMORY, "the status");
	*ret = TAKE(list);
	return 0;
}

/* Tools hear, too: a gatherer of logs is one. */
static int
anybody(struct flow *f, bool *ret, struct err *err)
{
	AUTO(contacts) *all = contacts_now(f->notifier);
	AUTO(law) *law = NULL;
	const struct roster *r;

	TRY(state_law(f->state, &law, err));
	r = charter_roster(law->charter);
	*ret = false;
	for (size_t i = 0; i < r->principal_n && !*ret; i++)
		*ret = contacts_find(all, r->principal[i].id) != NULL;
	return 0;
}

int
notify_unheard(struct flow *f, const char **ret, struct err *err)
{
	bool any;

	*ret = "alerts and requests reach nobody: name a file of contacts in "
	    "the service's settings (notify.contacts), then claviger notice "
	    "test";
	if (f->notifier == NULL)
		return 0;
	TRY(anybody(f, &any, err));
	*ret = any ? NULL : "alerts and requests reach nobody: the file of "
	    "contacts (notify.contacts) names none of the charter's people "
	    "and tools";
	return 0;
}

/* Who wrote it learns from no log that it is not what holds. */
static int
refused_set(struct notifier *n, json_t *status, struct err *err)
{
	struct err why;

	contacts_refused(n, &why);
	return why.code == OK ? 0 : json_set_str(status, "contacts_refused",
	    why.what, err);
}

int
notify_status(struct flow *f, json_t **ret, struct err *err)
{
	AUTO_JSON *counts = NULL, *who = NULL, *bare = NULL;

	if (f->notifier == NULL) {
		*ret = json_null();
		return 0;
	}
	TRY(state_read(f->state, counts_read, &counts, err));
	TRY(unreachable(f, &who, err));
	TRY(json_set_new(counts, "unreachable", TAKE(who), err));
	TRY(unsigned_list(f->notifier, &bare, err));
	TRY(json_set_new(counts, "unsigned", TAKE(bare), err));
	TRY(refused_set(f->notifier, counts, err));
	*ret = TAKE(counts);
	return 0;
}

int
notify_metrics(struct flow *f, struct blob *ret, struct err *err)
{
	static const char *const states[] = { "queued", "failing", "failed" };
	AUTO_JSON *counts = NULL;

	if (f->notifier == NULL)
		return 0;
	TRY(state_read(f->state, counts_read, &counts, err));
	TRY(blob_puts(ret, "# TYPE claviger_notices gauge\n", err));
	for (size_t i = 0; i < NELEM(states); i++)
		TRY(blob_printf(ret, err, "claviger_notices{state=\"%s\"} %lld\n",
		    states[i], (long long)json_int(counts, states[i], 0)));
	return 0;
}
