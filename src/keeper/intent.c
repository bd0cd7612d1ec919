#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/log.h"
#include "keeper/adopt.h"
#include "keeper/found.h"
#include "keeper/intent.h"
#include "policy/made.h"

/* One intent in the token's hands. */
struct effort {
	struct job	 job;		/* first */
	struct asker	 asker;
	json_t		*intent;	/* owned: the journal's entry */
	struct hsm	*hsm;
	bool		 destroy, recall;
	struct adoption	*adopt;		/* owned; NULL: it is made, or destroyed */
	enum hsm_algorithm algorithm;
	struct sha256	 token_id;
	char		 label[65];
	struct hsm_made	 made;
	struct made	 said;		/* of the key, and signed */
	struct sha256	 keeper_id;
	struct blob	 proof;
	int		 rc;
	struct err	 why;
};

static const json_t *
parameters_of(const json_t *intent)
{
	return json_object_get(json_object_get(json_object_get(intent,
	    "permit_document"), "request"), "parameters");
}

static bool
destroys(const json_t *intent)
{
	return strcmp(json_str(intent, "op", ""), "destroy-intent") == 0;
}

const char *
intent_name(const json_t *intent)
{
	return destroys(intent) ? "" :
	    json_str(parameters_of(intent), "name", "");
}

static void
effort_free(struct effort *e)
{
	if (e == NULL)
		return;
	json_decref(e->intent);
	hsm_made_done(&e->made);
	blob_done(&e->proof);
	adoption_free(e->adopt);
	free(e);
}
DEFINE_FREEP(effort)

/* The keeper key's word for it, without which nobody believes in the key. */
static int
prove(struct effort *e, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	struct sha256 digest;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "for a key's proof");
	e->said.key = e->made.spki == NULL ?
	    key_secret_hash(e->said.house, e->said.request) :
	    sha256_of(e->made.spki->data, e->made.spki->len);
	TRY(made_octets(&e->said, octets, err));
	digest = sha256_of(octets->data, octets->len);
	return hsm_sign(e->hsm, &e->keeper_id, HSM_SCHEME_ECDSA_SHA256,
	    digest.o, sizeof(digest.o), &e->proof, err);
}

static int
make(struct effort *e, struct err *err)
{
	struct err ignored;

	if (e->adopt != NULL) {
		TRY(adoption_run(e->adopt, e->hsm, &e->token_id, &e->made,
		    err));
		/* What others made stays, whatever becomes of this. */
		return prove(e, err);
	}
	if (e->recall)
		TRY(hsm_recall(e->hsm, e->algorithm, &e->token_id, e->label,
		    &e->made, err));
	else
		TRY(hsm_generate(e->hsm, e->algorithm, &e->token_id, e->label,
		    &e->made, err));
	if (prove(e, err) == 0)
		return 0;
	/* It is there, and can be promised at another start. */
	if (e->recall)
		return err_set(err, ETOKEN, "the keeper key signed no proof");
	/* A key that was not promised must not stay behind. */
	(void)!hsm_destroy(e->hsm, &e->token_id, &ignored);
	return -(int)err->code;
}

static void
effort_run(struct job *j)
{
	struct effort *e = (struct effort *)j;

	e->rc = e->destroy ? hsm_destroy(e->hsm, &e->token_id, &e->why) :
	    make(e, &e->why);
	/* The files must be durable before the key counts as made, or gone. */
	if (e->rc == 0)
		e->rc = hsm_sync(e->hsm, &e->why);
}

static int
effort_destroy(struct keeper *k, struct effort *e, struct err *err)
{
	const struct key *key;
	struct sha256 hash;

	TRY(json_need_hash(json_object_get(e->intent, "operation"), "key",
	    &hash, err));
	key = keys_find(&k->house.keys, &hash);
	if (key == NULL)
		return err_set(err, ENOKEY, "to be destroyed");
	e->token_id = key->token_id;
	return 0;
}

static bool
adopts(const json_t *intent)
{
	return strcmp(json_str(json_object_get(json_object_get(intent,
	    "permit_document"), "request"), "action", ""),
	    action_name(ACTION_KEY_ADOPT)) == 0;
}

static int
effort_make(struct keeper *k, struct effort *e, struct err *err)
{
	const json_t *p = parameters_of(e->intent);

	TRY(hsm_algorithm_from_name(json_str(p, "algorithm", ""),
	    &e->algorithm, err));
	(void)snprintf(e->label, sizeof(e->label), "%s",
	    intent_name(e->intent));
	e->said.house = house_id(&k->house);
	e->said.request = json_str(e->intent, "request", "");
	e->said.intent = (uint64_t)json_int(e->intent, "n", 0);
	e->said.decided = json_str(e->intent, "time", "");
	TRY(json_need_hash(e->intent, "permit", &e->said.permit, err));
	e->keeper_id = found_keeper_id(e->said.house);
	e->token_id = key_token_id(e->said.house, e->said.request,
	    e->said.intent);
	return adopts(e->intent) ? adoption_new(k, e->said.request, p,
	    &e->adopt, err) : 0;
}

static int
effort_new(struct keeper *k, const json_t *intent, struct effort **ret,
    struct err *err)
{
	AUTO(effort) *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return err_set(err, ENOMEMORY, "for a key");
	e->intent = json_incref((json_t *)(uintptr_t)intent);
	e->hsm = k->hsm;
	e->destroy = destroys(intent);
	e->job.run = effort_run;
	TRY(e->destroy ? effort_destroy(k, e, err) : effort_make(k, e, err));
	*ret = TAKE(e);
	return 0;
}

/*
 * What cannot be told to have failed stays, and is tried again when asked, or
 * at start: a key may be gone already, or be called ours already.
 */
static bool
stays(const struct effort *e)
{
	if (e->rc == 0)
		return false;
	return e->destroy || (e->adopt != NULL && (e->rc == -ETOKEN ||
	    e->made.spki != NULL));
}

static enum entry_op
completed_as(const struct effort *e)
{
	if (e->destroy)
		return ENTRY_DESTROY;
	if (e->rc != 0)
		return ENTRY_GENERATE_FAILED;
	return e->adopt != NULL ? ENTRY_ADOPT : ENTRY_GENERATE;
}

static int
generate_result(const struct effort *e, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	char kcv[7];

	TRY(json_build(&o, err, "{s:s, s:I}", "uri", e->made.uri, "intent",
	    (json_int_t)e->said.intent));
	if (e->made.spki != NULL) {
		TRY(json_set_b64(o, "spki", e->made.spki->data,
		    e->made.spki->len, err));
	} else {
		hex_encode(e->made.kcv, 3, kcv);
		TRY(json_set_str(o, "kcv", kcv, err));
	}
	TRY(json_set_hash(o, "key", &e->said.key, err));
	TRY(json_set_b64(o, "proof", e->proof.data, e->proof.len, err));
	*ret = TAKE(o);
	return 0;
}

static int
result_of(const struct effort *e, json_t **ret, struct err *err)
{
	if (e->rc != 0)
		return json_build(ret, err, "{s:s, s:s}", "code",
		    err_code_name(e->why.code), "what", e->why.what);
	if (e->destroy)
		return json_build(ret, err, "{s:O}", "key", json_object_get(
		    json_object_get(e->intent, "operation"), "key"));
	return generate_result(e, ret, err);
}

/* What completes an intent repeats all of it but its number, time and kind,
 * and stands under the charter of its own time. */
static const struct {
	enum draft_slot	 slot;
	const char	*name;
} repeated[] = {
	{ DRAFT_FACTS, "facts" },
	{ DRAFT_OPERATION, "operation" }, { DRAFT_PERMIT, "permit" },
	{ DRAFT_PERMIT_DOCUMENT, "permit_document" },
	{ DRAFT_REQUEST, "request" }, { DRAFT_RULE, "rule" },
};

static int
completion(struct keeper *k, struct effort *e, struct ticket **ret,
    struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = NULL;

	TRY(ticket_new(&e->asker, completed_as(e), &t, err));
	TRY(result_of(e, &result, err));
	for (size_t i = 0; i < NELEM(repeated); i++) {
		const json_t *j = json_object_get(e->intent, repeated[i].name);

		if (j != NULL)
			TRY(draft_json(&t->draft, repeated[i].slot, j, err));
	}
	TRY(draft_hash(&t->draft, DRAFT_CHARTER, &k->house.charter_hash, err));
	TRY(draft_word(&t->draft, DRAFT_OP, entry_op_name(t->op), err));
	/* The facts it repeats, and the permit's life, are those of this moment. */
	TRY(json_set_str(result, "decided", json_str(e->intent, "time", ""),
	    err));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	if (e->rc == 0)
		TRY(draft_number(&t->draft, DRAFT_USE, 1, err));
	TRY(keeper_now(k, &t->draft.time, err));
	t->barrier = true;
	*ret = TAKE(t);
	return 0;
}

/* A generation that failed is journaled, and told as the error it is. */
static void
failed_end(struct keeper *k, struct ticket *t)
{
	struct effort *e = t->ctx;

	answer_err(k, &t->asker, t->rc != 0 ? &t->why : &e->why, NULL, NULL);
	effort_free(e);
}

static void
effort_done(void *ctx, struct job *j)
{
	struct effort *e = (struct effort *)j;
	struct keeper *k = ctx;
	struct ticket *t;
	struct err err;

	k->efforts--;
	if (stays(e)) {
		answer_err(k, &e->asker, &e->why, NULL, NULL);
		effort_free(e);
		return;
	}
	if (completion(k, e, &t, &err) != 0) {
		answer_err(k, &e->asker, &err, NULL, NULL);
		effort_free(e);
		return;
	}
	if (e->rc == 0) {
		effort_free(e);
	} else {
		t->end = failed_end;
		t->ctx = e;
	}
	ticket_submit(k, t);
}

static int
begin(struct keeper *k, const json_t *intent, const struct asker *from,
    struct err *err)
{
	struct effort *e;

	TRY(effort_new(k, intent, &e, err));
	e->asker = *from;
	e->job.done = effort_done;
	k->efforts++;
	work_slow(k->work, &e->job);
	return 0;
}

void
intent_begin(struct keeper *k, struct ticket *t)
{
	const json_t *intent;
	const char *request;
	struct err err;
	AUTO(entry) *e = NULL;

	if (t->rc != 0) {
		answer_err(k, &t->asker, &t->why, NULL, NULL);
		return;
	}
	if (entry_read(t->line.data, t->line.len, &e, &err) != 0) {
		answer_err(k, &t->asker, &err, NULL, NULL);
		return;
	}
	request = e->request;
	intent = json_object_get(k->house.pending, request);
	if (intent == NULL || begin(k, intent, &t->asker, &err) != 0) {
		(void)err_set(&err, EINTERNAL, "the intent was lost");
		answer_err(k, &t->asker, &err, NULL, NULL);
	}
}

int
intent_again(struct keeper *k, const char *request, const struct asker *from,
    struct err *err)
{
	const json_t *intent = json_object_get(k->house.pending, request);

	if (intent == NULL)
		return err_set(err, ENOENT_, "no such intent");
	if (k->efforts > 0)
		return err_set(err, EBUSY_, "the token is at it");
	return begin(k, intent, from, err);
}

/* At start nothing else runs: the token is asked here and now. */
static int
resolve(struct keeper *k, const json_t *intent, struct err *err)
{
	struct effort *e;
	struct ticket *t;
	int rc;

	TRY(effort_new(k, intent, &e, err));
	e->recall = true;
	effort_run(&e->job);
	log_line(LOG_NOTE, "%s of a crash: %s request=%s",
	    json_str(intent, "op", ""), e->rc == 0 ? "completed" : e->why.what,
	    json_str(intent, "request", ""));
	if (e->rc == -ETOKEN || stays(e)) {
		*err = e->why;
		effort_free(e);
		return -(int)err->code;
	}
	rc = completion(k, e, &t, err);
	if (rc == 0)
		ticket_submit(k, t);
	effort_free(e);
	return rc;
}

int
intent_resolve(struct keeper *k, struct err *err)
{
	AUTO_JSON *all = json_clone_flat(k->house.pending);
	const char *request;
	json_t *intent;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "for what was under way");
	json_object_foreach(all, request, intent)
		TRY(resolve(k, intent, err));
	return 0;
}
