/*
 * status - how the house stands: for people, for probes, for graphs.
 */
#include <string.h>
#include "flow/inside.h"

static json_t *
hello_copy(struct flow *f, struct err *ret_why)
{
	json_t *h;

	pthread_mutex_lock(&f->lock);
	h = json_clone(f->hello);
	*ret_why = f->keeper_err;
	pthread_mutex_unlock(&f->lock);
	return h;
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
state_word(struct flow *f, bool founded, const json_t *hello, struct err *why)
{
	if (why->code == EHALTED || why->code == EHOUSE)
		return "halted";
	if (!keyring_ready(f->keyring))
		return founded ? "keeper-unavailable" : "awaiting-genesis";
	if (token_check(hello, why) != 0)
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

/* What members see besides. */
static int
inner(struct flow *f, const json_t *genesis, const json_t *hello,
    json_t *status, struct err *err)
{
	AUTO_JSON *counts = NULL, *missing = NULL, *keeper = NULL;
	AUTO_JSON *lists = NULL, *notices = NULL, *alerts = NULL;
	AUTO(law) *law = NULL;
	bool separated = json_flag(hello, "separated", false);
	uint64_t size;

	TRY(state_counts(f->state, &counts, err));
	TRY(json_set_new(status, "counts", TAKE(counts), err));
	TRY(unsigned_officers(f, json_object_get(genesis, "signatures"),
	    &missing, err));
	TRY(json_set_new(status, "genesis_unsigned_by", TAKE(missing), err));
	TRY(json_build(&keeper, err, "{s:b, s:b, s:O*, s:O*, s:O*, s:O*}",
	    "ready", keyring_ready(f->keyring), "separated", separated,
	    "token", json_object_get(hello, "token"),
	    "journal", json_object_get(hello, "journal"),
	    "ledger", json_object_get(hello, "ledger"),
	    "state", json_object_get(hello, "state")));
	TRY(strays_set(f, keeper, err));
	TRY(json_set_new(status, "keeper", TAKE(keeper), err));
	TRY(state_law(f->state, &law, err));
	TRY(watch_status(f->publisher, law->charter, &lists, err));
	TRY(json_set_new(status, "revocation", TAKE(lists), err));
	TRY(notify_status(f, &notices, err));
	TRY(json_set_new(status, "notices", TAKE(notices), err));
	TRY(warn_status(f, &alerts, err));
	TRY(json_set_new(status, "alerts", TAKE(alerts), err));
	pthread_mutex_lock(&f->lock);
	size = f->checkpoint_size;
	pthread_mutex_unlock(&f->lock);
	TRY(json_set_int(status, "checkpoint_size", (int64_t)size, err));
	if (!separated)
		TRY(json_set_str(status, "warning", "the keeper runs under the "
		    "service's own uid: promise 1 (the quorum is real against "
		    "an owner of the service) is not held here", err));
	return 0;
}

int
flow_status(struct flow *f, const struct caller *who, json_t **ret,
    struct err *err)
{
	AUTO_JSON *genesis = NULL, *hello = NULL, *status = NULL;
	AUTO_JSON *now_hello = NULL;
	struct err why, none;
	const char *state, *url = NULL;
	char now[TIME_TEXT];
	bool reads = false;
	int rc;

	hello = hello_copy(f, &why);
	rc = flow_genesis(f, &genesis, err);
	if (rc != -EGENESIS)
		TRY(rc);
	if (who != NULL && keyring_ready(f->keyring) &&
	    keyring_hello(f->keyring, &now_hello, &none) == 0) {
		json_decref(hello);
		hello = TAKE(now_hello);
	}
	if (f->o.public_url != NULL && f->o.public_url[0] != '\0')
		url = f->o.public_url;
	clock_text(clock_now(), now);
	state = state_word(f, genesis != NULL, hello, &why);
	TRY(json_build(&status, err, "{s:s, s:s, s:s, s:s*, s:O*, s:O*}",
	    "service", "claviger", "time", now, "state", state,
	    "public_url", url,
	    "house", json_object_get(json_object_get(genesis, "genesis"),
	    "house"), "fingerprint", json_object_get(genesis, "fingerprint")));
	if (why.code != OK)
		TRY(json_set_str(status, "why", who != NULL ? why.what :
		    err_text(why.code), err));
	if (who != NULL && genesis != NULL)
		TRY(flow_reads(f, who, &reads, err));
	if (reads)
		TRY(inner(f, genesis, hello, status, err));
	*ret = TAKE(status);
	return 0;
}

int
keeper_standing(struct flow *f, json_t **ret_hello, struct err *err)
{
	struct err why;

	pthread_mutex_lock(&f->lock);
	why = f->keeper_err;
	pthread_mutex_unlock(&f->lock);
	if (why.code != OK)
		return err_set(err, why.code, "%s", why.what);
	TRY(keyring_hello(f->keyring, ret_hello, err));
	return token_check(*ret_hello, err);
}

/* Each dependency is asked, not remembered. */
int
flow_ready(struct flow *f, json_t **ret, struct err *err)
{
	AUTO_JSON *hello = NULL;

	TRY(record_ping(f->store, err));
	TRY(keeper_standing(f, &hello, err));
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
	struct err why, none;
	uint64_t size;
	bool ready;

	TRY(state_counts(f->state, &counts, err));
	TRY(record_counts(f->store, &store, err));
	hello = hello_copy(f, &why);
	ready = keyring_ready(f->keyring);
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
	    ready, json_flag(hello, "separated", false),
	    ready && token_check(hello, &none) == 0);
}
