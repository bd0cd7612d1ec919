#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/b64.h"
#include "base/cond.h"
#include "base/io.h"
#include "base/log.h"
#include "flow/certify.h"
#include "flow/due.h"
#include "flow/errand.h"
#include "flow/est.h"
#include "flow/house.h"
#include "flow/inside.h"
#include "flow/lineage.h"
#include "flow/notifier.h"
#include "flow/publisher.h"
#include "flow/reader.h"
#include "flow/show.h"
#include "flow/refuse.h"
#include "flow/warner.h"

static void
changed(void *ctx, const char *request, enum request_state now)
{
	struct flow *f = ctx;

	notify_changed(f, request, now == REQUEST_WAITING);
	if (f->o.changed != NULL)
		f->o.changed(f->o.ctx, request);
}

static int
flow_init(struct flow *f, const struct flow_options *o, struct err *err)
{
	const char *slash = strrchr(o->setup_token_file, '/');

	f->folder = slash == NULL ? strdup(".") :
	    strndup(o->setup_token_file, (size_t)(slash - o->setup_token_file));
	f->busy = json_object();
	f->begun = json_object();
	f->hindered = json_object();
	f->pending = json_object();
	f->asking = json_object();
	if (f->folder == NULL || f->busy == NULL || f->begun == NULL ||
	    f->hindered == NULL || f->pending == NULL || f->asking == NULL)
		return err_set(err, ENOMEMORY, "the pipeline");
	TRY(secret_random(SHA256_OCTETS, &f->run, err));
	TRY(est_labels_read(o->est_labels != NULL ? o->est_labels : "",
	    &f->est, err));
	TRY(known_new(o->keys_refused, &f->known, err));
	TRY(lineages_new(&f->lineages, err));
	state_listen(f->state, changed, f);
	TRY(genesis_load(f, err));
	TRY(checkpoint_load(f, err));
	TRY(publisher_new(f, err));
	TRY(notifier_new(f, err));
	return warner_new(f, err);
}

int
flow_new(const struct flow_options *o, struct flow **ret, struct err *err)
{
	struct flow *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return err_set(err, ENOMEMORY, "the pipeline");
	f->o = *o;
	f->state = o->state;
	f->store = o->store;
	pthread_mutex_init(&f->lock, NULL);
	cond_init(&f->show_now);
	cond_init(&f->shown_now);
	if (o->session_s != 0)
		people_session_lasts(state_people(f->state), o->session_s);
	if ((rc = flow_init(f, o, err)) != 0) {
		flow_free(f);
		return rc;
	}
	*ret = f;
	return 0;
}

int
flow_start(struct flow *f, struct keyring *k, struct err *err)
{
	f->keyring = k;
	TRY(errands_start(f, err));
	TRY(show_start(f, err));
	TRY(publisher_start(f, err));
	TRY(notifier_start(f, err));
	return warner_start(f, err);
}

void
flow_stop(struct flow *f)
{
	warner_stop(f);
	notifier_stop(f);
	publisher_stop(f);
	errands_stop(f);
	show_stop(f);
}

void
flow_free(struct flow *f)
{
	if (f == NULL)
		return;
	publisher_free(f->publisher);
	errands_free(f->errands);
	notifier_free(f->notifier);
	warner_free(f->warner);
	known_free(f->known);
	lineages_free(f->lineages);
	secret_free(f->setup);
	secret_free(f->run);
	json_decref(f->genesis);
	json_decref(f->hello);
	json_decref(f->strays);
	json_decref(f->busy);
	json_decref(f->begun);
	json_decref(f->hindered);
	json_decref(f->pending);
	json_decref(f->asking);
	free(f->checkpoint);
	free(f->est);
	free(f->folder);
	pthread_cond_destroy(&f->show_now);
	pthread_cond_destroy(&f->shown_now);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

struct moment
flow_now(struct flow *f)
{
	return (struct moment){ .state = f->state, .now = clock_now() };
}

int
flow_as_of(const char *text, time_us *ret, struct err *err)
{
	struct err why;
	time_us t;

	if (clock_parse(text, &t, &why) != 0)
		return err_set(err, EINPUT, "/as_of: %s", why.what);
	if (t > clock_now())
		return err_set(err, ERANGE_, "/as_of: that is still to come");
	*ret = t;
	return 0;
}

/* ---- who ---- */

int
flow_identify(struct flow *f, const struct presented *p, struct caller *ret,
    struct err *err)
{
	struct people *people = state_people(f->state);
	struct house *h = NULL;

	if (p->bearer == NULL && p->spki == NULL)
		return err_set(err, EAUTH, "show a bearer token, a session's token "
		    "or a client certificate");
	TRY(state_house(f->state, &h, err));
	house_free(h);
	if (p->bearer != NULL)
		return people_by_token(people, p->bearer, clock_now(), ret, err);
	return people_by_certificate(people, p->spki, p->spki_octets,
	    clock_now(), ret, err);
}

/* Facts, law and decision for an action without parameters. */
static int
flow_may(struct flow *f, const struct caller *who, const char *action,
    struct facts **ret_facts, struct law **ret_law, struct decision *ret,
    struct err *err)
{
	AUTO_JSON *nothing = json_object();
	enum action a;

	if (nothing == NULL)
		return err_set(err, ENOMEMORY, "a decision");
	TRY(action_from_name(action, &a, err));
	TRY(state_law(f->state, ret_law, err));
	TRY(state_facts(f->state, action, who, NULL, nothing, *ret_law,
	    clock_now(), ret_facts, err));
	policy_decide((*ret_law)->charter, a, NULL, *ret_facts, ret);
	return 0;
}

static int
read_refused(struct flow *f, const struct caller *who, const char *action,
    const struct decision *d, const struct facts *facts, struct answer *ret,
    struct err *err)
{
	AUTO_JSON *seen = facts_json(facts);
	AUTO_JSON *why = decision_explain(d, facts);
	AUTO_JSON *nothing = json_object();
	AUTO_JSON *body = NULL;
	struct denial n = { .actor = who->id, .action = action,
	    .subject = who->id, .parameters = nothing, .rule = d->rule,
	    .facts = seen, .explanation = why };
	char detail[240];
	enum err_code code = refuse_why(d, detail);

	TRY(json_build(&body, err, "{s:O*}", "explanation", why));
	TRY(denial_record(f, &n, err));
	*ret = (struct answer){ .code = code, .http = err_http(code),
	    .body = TAKE(body) };
	memcpy(ret->detail, detail, sizeof(ret->detail));
	return 0;
}

int
flow_may_read(struct flow *f, const struct caller *who, const char *action,
    struct answer *ret, struct err *err)
{
	AUTO(facts) *facts = NULL;
	AUTO(law) *law = NULL;
	struct decision d;

	TRY(flow_may(f, who, action, &facts, &law, &d, err));
	/* Nobody waits for approvals to read. */
	if (d.verdict == ALLOW)
		return 0;
	return read_refused(f, who, action, &d, facts, ret, err);
}

int
flow_allows(struct flow *f, const struct caller *who, const char *action,
    bool *ret, struct err *err)
{
	AUTO(facts) *facts = NULL;
	AUTO(law) *law = NULL;
	struct decision d;

	TRY(flow_may(f, who, action, &facts, &law, &d, err));
	*ret = d.verdict == ALLOW;
	return 0;
}

int
flow_reads(struct flow *f, const struct caller *who, bool *ret,
    struct err *err)
{
	return flow_allows(f, who, "house.read", ret, err);
}

/* ---- the setup token ---- */

int
flow_setup_open(struct flow *f, struct err *err)
{
	AUTO(secret) *raw = NULL;
	char token[64], *text;
	bool founded;
	int rc;

	pthread_mutex_lock(&f->lock);
	founded = f->genesis != NULL;
	pthread_mutex_unlock(&f->lock);
	if (founded) {
		(void)unlink(f->o.setup_token_file);
		return 0;
	}
	TRY(secret_random(SHA256_OCTETS, &raw, err));
	if ((text = b64url_encode(secret_data(raw), secret_len(raw))) == NULL)
		return err_set(err, ENOMEMORY, "a setup token");
	snprintf(token, sizeof(token), "setup_%s\n", text);
	free(text);
	rc = secret_new(token, strlen(token) - 1, &f->setup, err);
	if (rc == 0)
		rc = io_write_file(f->o.setup_token_file, 0600, token,
		    strlen(token), err);
	explicit_bzero(token, sizeof(token));
	return rc;
}

int
flow_setup_check(struct flow *f, const char *bearer, struct err *err)
{
	AUTO(secret) *shown = NULL;
	bool founded, same = false;

	if (bearer != NULL)
		TRY(secret_new(bearer, strlen(bearer), &shown, err));
	pthread_mutex_lock(&f->lock);
	founded = f->genesis != NULL;
	if (shown != NULL && f->setup != NULL)
		same = secret_equal(shown, f->setup);
	pthread_mutex_unlock(&f->lock);
	if (founded)
		return err_set(err, EFOUNDED, "the setup token has served");
	if (!same)
		return err_set(err, EAUTH, "this takes the setup token that the "
		    "service left in its file");
	return 0;
}

/* ---- each second ---- */

void
flow_tick(struct flow *f, unsigned second)
{
	struct house *h = NULL;
	struct err none;

	if (state_house(f->state, &h, &none) != 0)
		return;
	house_free(h);
	if (second % 5 == 0)
		due_sweep(f);
}
