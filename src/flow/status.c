/*
 * status - how the house stands: for people, for probes, for graphs.
 */
#include <string.h>
#include "flow/drill.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/notifier.h"
#include "flow/publisher.h"
#include "flow/reader.h"
#include "flow/strays.h"
#include "flow/warner.h"
#include "keyring/keyring.h"
#include "policy/charter.h"
#include "state/record.h"
#include "state/state.h"

#define HELLO_WAIT	TIME_S(2)	/* for the keeper, on a thread that others need */

/* How the keeper stands: by its last word, and whether it would say so now. */
struct standing {
	json_t		*hello;		/* owned, or NULL */
	time_us		 at;		/* when it came */
	bool		 answers;
	struct err	 why;		/* it does not, or is no good; OK: not known to be so */
};

static void
standing_last(struct flow *f, struct standing *ret)
{
	struct err why = { .code = OK };

	pthread_mutex_lock(&f->lock);
	ret->hello = json_clone(f->hello);
	ret->at = f->hello_at;
	ret->why = f->keeper_err;
	pthread_mutex_unlock(&f->lock);
	ret->answers = keyring_answers(f->keyring, &why) == 0;
	if (ret->why.code == OK)
		ret->why = why;
}

/* May this one ask?  One does at a time: the others' threads have other work. */
static bool
hello_ask(struct flow *f)
{
	bool mine;

	pthread_mutex_lock(&f->lock);
	mine = !f->hello_asked;
	f->hello_asked = true;
	pthread_mutex_unlock(&f->lock);
	return mine;
}

/* What was learned is for all; NULL: nothing. */
static void
hello_asked(struct flow *f, const json_t *hello)
{
	json_t *copy = json_clone(hello), *old = NULL;

	pthread_mutex_lock(&f->lock);
	f->hello_asked = false;
	if (copy != NULL) {
		old = f->hello;
		f->hello = copy;
		f->hello_at = clock_now();
	}
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
}

/*
 * Its last word may be from before it went away: it is asked, and else that is
 * said.  While somebody asks, its last word must do: that says as of when.
 */
static void
standing_now(struct flow *f, struct standing *ret)
{
	json_t *hello = NULL;
	struct err why = { .code = OK };
	int rc;

	standing_last(f, ret);
	if (!ret->answers || !hello_ask(f))
		return;
	rc = keyring_hello(f->keyring, HELLO_WAIT, &hello, &why);
	if (rc != 0) {
		json_decref(hello);
		hello = NULL;
	}
	hello_asked(f, hello);
	if (rc == -EBUSY_)
		return;		/* with others' calls: it was just asked */
	if (rc != 0) {
		ret->answers = false;
		if (ret->why.code == OK)
			ret->why = why;
		return;
	}
	json_decref(ret->hello);
	ret->hello = hello;
	ret->at = clock_now();
}

/* What the keeper last said of its token. */
static int
token_check(const json_t *hello, struct err *err)
{
	const json_t *token = json_object_get(hello, "token");

	if (!json_is_object(token) || json_flag(token, "present", true))
		return 0;
	return err_set(err, ETOKEN, "%s", json_str(token, "why",
	    "the keeper does not reach its token"));
}

static const char *
state_word(struct standing *s, bool founded)
{
	if (s->why.code == EHALTED || s->why.code == EHOUSE)
		return "halted";
	if (!s->answers)
		return founded ? "keeper-unavailable" : "awaiting-genesis";
	if (token_check(s->hello, &s->why) != 0)
		return "token-unavailable";
	return founded ? "ready" : "awaiting-genesis";
}

/* Officers with a credential whose signature the genesis still lacks. */
static int
unsigned_officers(struct flow *f, const json_t *signatures, json_t **ret,
    struct err *err)
{
	AUTO(law) *law = NULL;
	AUTO_JSON *list = json_array();
	const struct roster *r;
	const json_t *one;
	size_t i, j;
	bool done;

	TRY(state_law(f->state, &law, err));
	r = charter_roster(law->charter);
	for (i = 0; i < r->principal_n; i++) {
		done = r->principal[i].credential_n == 0;
		json_array_foreach(signatures, j, one)
			done = done || strcmp(json_str(one, "officer", ""),
			    r->principal[i].id) == 0;
		if (!done && json_array_append_new(list,
		    json_string(r->principal[i].id)) != 0)
			return err_set(err, ENOMEMORY, "the status");
	}
	*ret = TAKE(list);
	return 0;
}

static int
keeper_set(struct flow *f, const struct standing *s, json_t *status,
    struct err *err)
{
	AUTO_JSON *keeper = NULL;
	char at[TIME_TEXT];

	clock_text(s->at, at);
	TRY(json_build(&keeper, err, "{s:b, s:s*, s:b, s:O*, s:O*, s:O*, s:O*}",
	    "ready", s->answers, "as_of", s->hello != NULL ? at : NULL,
	    "separated", json_flag(s->hello, "separated", false),
	    "token", json_object_get(s->hello, "token"),
	    "journal", json_object_get(s->hello, "journal"),
	    "ledger", json_object_get(s->hello, "ledger"),
	    "state", json_object_get(s->hello, "state")));
	TRY(strays_set(f, keeper, err));
	return json_set_new(status, "keeper", TAKE(keeper), err);
}

static int
restored_read(struct tx *tx, void *ctx, struct err *err)
{
	return state_restored(tx, ctx, err);
}

static int
backup_set(struct flow *f, const struct charter *c, json_t *status,
    struct err *err)
{
	AUTO_JSON *backup = NULL;
	struct restored r;

	TRY(state_read(f->state, restored_read, &r, err));
	TRY(drill_json(&r, c, clock_now(), &backup, err));
	return json_set_new(status, "backup", TAKE(backup), err);
}

static int
unheard_set(struct flow *f, json_t *status, struct err *err)
{
	const char *why;

	TRY(notify_unheard(f, &why, err));
	return why == NULL ? 0 : json_set_str(status, "unheard", why, err);
}

/* What members see besides. */
static int
inner(struct flow *f, const json_t *genesis, const struct standing *s,
    json_t *status, struct err *err)
{
	AUTO_JSON *counts = NULL, *missing = NULL;
	AUTO_JSON *lists = NULL, *notices = NULL, *alerts = NULL;
	AUTO(law) *law = NULL;
	uint64_t size;

	TRY(state_counts(f->state, &counts, err));
	TRY(json_set_new(status, "counts", TAKE(counts), err));
	TRY(unsigned_officers(f, json_object_get(genesis, "signatures"),
	    &missing, err));
	TRY(json_set_new(status, "genesis_unsigned_by", TAKE(missing), err));
	TRY(keeper_set(f, s, status, err));
	TRY(state_law(f->state, &law, err));
	TRY(watch_status(f->publisher, law->charter, &lists, err));
	TRY(json_set_new(status, "revocation", TAKE(lists), err));
	TRY(notify_status(f, &notices, err));
	TRY(json_set_new(status, "notices", TAKE(notices), err));
	TRY(unheard_set(f, status, err));
	TRY(warn_status(f, &alerts, err));
	TRY(json_set_new(status, "alerts", TAKE(alerts), err));
	TRY(backup_set(f, law->charter, status, err));
	pthread_mutex_lock(&f->lock);
	size = f->checkpoint_size;
	pthread_mutex_unlock(&f->lock);
	TRY(json_set_int(status, "checkpoint_size", (int64_t)size, err));
	if (!json_flag(s->hello, "separated", false))
		TRY(json_set_str(status, "warning", "the keeper runs under the "
		    "service's own uid: promise 1 (the quorum is real against "
		    "an owner of the service) is not held here", err));
	return 0;
}

static int
outer(struct flow *f, const struct caller *who, struct standing *s,
    const json_t *genesis, json_t **ret, struct err *err)
{
	AUTO_JSON *status = NULL;
	const char *state = state_word(s, genesis != NULL), *url = NULL;
	char now[TIME_TEXT];

	if (f->o.public_url != NULL && f->o.public_url[0] != '\0')
		url = f->o.public_url;
	clock_text(clock_now(), now);
	TRY(json_build(&status, err, "{s:s, s:s, s:s, s:s*, s:O*, s:O*}",
	    "service", "claviger", "time", now, "state", state,
	    "public_url", url,
	    "house", json_object_get(json_object_get(genesis, "genesis"),
	    "house"), "fingerprint", json_object_get(genesis, "fingerprint")));
	/* Strangers are told in general words. */
	if (s->why.code != OK)
		TRY(json_set_str(status, "why", who != NULL ? s->why.what :
		    err_text(s->why.code), err));
	*ret = TAKE(status);
	return 0;
}

static int
status_of(struct flow *f, const struct caller *who, struct standing *s,
    json_t **ret, struct err *err)
{
	AUTO_JSON *genesis = NULL, *status = NULL;
	bool reads = false;
	int rc = flow_genesis(f, &genesis, err);

	if (rc != -EGENESIS)
		TRY(rc);
	TRY(outer(f, who, s, genesis, &status, err));
	if (who != NULL && genesis != NULL)
		TRY(flow_reads(f, who, &reads, err));
	if (reads)
		TRY(inner(f, genesis, s, status, err));
	*ret = TAKE(status);
	return 0;
}

/* For a stranger the keeper does nothing. */
int
flow_status(struct flow *f, const struct caller *who, json_t **ret,
    struct err *err)
{
	struct standing s = { .hello = NULL };
	int rc;

	if (who != NULL)
		standing_now(f, &s);
	else
		standing_last(f, &s);
	rc = status_of(f, who, &s, ret, err);
	json_decref(s.hello);
	return rc;
}

int
keeper_standing(struct flow *f, time_us wait, json_t **ret_hello,
    struct err *err)
{
	struct err why;

	pthread_mutex_lock(&f->lock);
	why = f->keeper_err;
	pthread_mutex_unlock(&f->lock);
	if (why.code != OK)
		return err_set(err, why.code, "%s", why.what);
	TRY(keyring_hello(f->keyring, wait, ret_hello, err));
	return token_check(*ret_hello, err);
}

/* Each dependency is asked, not remembered. */
int
flow_ready(struct flow *f, json_t **ret, struct err *err)
{
	AUTO_JSON *hello = NULL;

	TRY(record_ping(f->store, err));
	TRY(keeper_standing(f, HELLO_WAIT, &hello, err));
	return json_build(ret, err, "{s:s, s:s, s:s, s:s}", "store", "answers",
	    "keeper", "answers", "token", "answers",
	    "state", json_str(hello, "state", ""));
}

static int
gauges(struct blob *ret, const char *name, const char *label,
    const json_t *from, struct err *err)
{
	json_t *o = (json_t *)(uintptr_t)from, *v;
	const char *key;

	TRY(blob_printf(ret, err, "# TYPE claviger_%s gauge\n", name));
	json_object_foreach(o, key, v)
		if (json_is_integer(v))
			TRY(blob_printf(ret, err,
			    "claviger_%s{%s=\"%s\"} %lld\n", name, label, key,
			    (long long)json_integer_value(v)));
	return 0;
}

int
flow_metrics(struct flow *f, struct blob *ret, struct err *err)
{
	AUTO_JSON *counts = NULL, *store = NULL, *hello = NULL;
	struct standing s;
	struct err none;
	uint64_t size;

	TRY(state_counts(f->state, &counts, err));
	TRY(record_counts(f->store, &store, err));
	standing_last(f, &s);
	hello = s.hello;
	pthread_mutex_lock(&f->lock);
	size = f->checkpoint_size;
	pthread_mutex_unlock(&f->lock);
	TRY(gauges(ret, "keys", "state", json_object_get(counts, "keys"), err));
	TRY(gauges(ret, "requests", "state",
	    json_object_get(counts, "requests"), err));
	TRY(gauges(ret, "store", "what", store, err));
	TRY(publisher_metrics(f->publisher, ret, err));
	TRY(notify_metrics(f, ret, err));
	TRY(warn_metrics(f, ret, err));
	return blob_printf(ret, err,
	    "# TYPE claviger_events gauge\nclaviger_events %lld\n"
	    "# TYPE claviger_checkpoint_size gauge\n"
	    "claviger_checkpoint_size %llu\n"
	    "# TYPE claviger_signatures_total counter\n"
	    "claviger_signatures_total %llu\n"
	    "# TYPE claviger_denials_total counter\n"
	    "claviger_denials_total %llu\n"
	    "# TYPE claviger_keeper_ready gauge\nclaviger_keeper_ready %d\n"
	    "# TYPE claviger_keeper_separated gauge\n"
	    "claviger_keeper_separated %d\n"
	    "# TYPE claviger_token_present gauge\nclaviger_token_present %d\n",
	    (long long)json_int(counts, "events", 0), (unsigned long long)size,
	    (unsigned long long)atomic_load(&f->signed_n),
	    (unsigned long long)atomic_load(&f->denied_n),
	    s.answers, json_flag(hello, "separated", false),
	    s.answers && token_check(hello, &none) == 0);
}
