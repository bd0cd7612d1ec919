/*
 * ask - ask the service for something that may have to wait for approvals.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/ask.h"
#include "cli/idempotency.h"
#include "cli/login.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/statement.h"
#include "cli/waiting.h"

static int
fresh_key(char ret[33], struct err *err)
{
	AUTO(secret) *s = NULL;

	TRY(secret_random(16, &s, err));
	hex_encode(secret_data(s), 16, ret);
	return 0;
}

/* It may be a new line; once in each run, however many pages name it. */
static int
unknown_tell(struct cli *cli, const json_t *answer, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(answer, "unknown_products"), i,
	    one) {
		const char *name = json_str(one, "product", "?"),
		    *meant = json_str(one, "nearest", NULL);

		if (json_object_get(cli->lines, name) != NULL)
			continue;
		if (cli->lines == NULL)
			TRY(json_build(&cli->lines, err, "{}"));
		TRY(json_set_new(cli->lines, name, json_true(), err));
		cli_note(cli, "nothing else names the product line \"%s\"%s%s%s",
		    name, meant != NULL ? ": was \"" : "", meant != NULL ?
		    meant : "", meant != NULL ? "\" meant?" : "");
	}
	return 0;
}

static int
post(struct cli *cli, const struct call *of, const json_t *body,
    const char *idem, int *ret_status, json_t **ret, struct err *err)
{
	struct call call = { .method = "POST", .path = of->path, .body = body,
		.content = of->content, .idempotency = idem };
	struct client *c;

	TRY(cli_client(cli, &c, err));
	TRY(client_call(c, &call, ret_status, ret, err));
	return unknown_tell(cli, *ret, err);
}

/* The prepared request with the asker's signature, beside the body's rest. */
static int
signed_body(struct cli *cli, const json_t *body, const json_t *view,
    json_t **ret, struct err *err)
{
	AUTO_JSON *whole = NULL, *proof = NULL, *which = NULL;
	const json_t *doc = json_object_get(view, "document");

	TRY(body_copy(body, &whole, err));
	TRY(statement_sign(cli, view, VOTE_REQUEST, NULL, &proof, err));
	TRY(json_build(&which, err, "{s:s, s:s, s:s, s:s}",
	    "seal", json_str(view, "seal", ""), "id", json_str(doc, "id", ""),
	    "created", json_str(doc, "created", ""),
	    "expires", json_str(doc, "expires", "")));
	TRY(json_set_new(whole, "request", TAKE(which), err));
	TRY(json_set_new(whole, "requester_proof", TAKE(proof), err));
	*ret = TAKE(whole);
	return 0;
}

static int64_t
needed(const json_t *view)
{
	return json_int(json_object_get(view, "approvals"), "need", 0);
}

/* Ask what the request would be; sign it where somebody must approve. */
static int
prepare(struct cli *cli, const struct call *call, json_t **ret,
    struct err *err)
{
	AUTO_JSON *trial = NULL, *view = NULL;
	const json_t *body = call->body;

	TRY(body_copy(body, &trial, err));
	TRY(json_set_new(trial, "prepare", json_true(), err));
	TRY(post(cli, call, trial, NULL, NULL, &view, err));
	if (strcmp(json_str(view, "state", ""), "prepared") == 0 &&
	    needed(view) > 0)
		return signed_body(cli, body, view, ret, err);
	return body_copy(body, ret, err);
}

int
ask_send(struct cli *cli, const struct call *call, int *ret_status,
    json_t **ret, struct err *err)
{
	const char *idem = call->idempotency;
	bool known = idem != NULL;
	AUTO_JSON *whole = NULL;
	char key[33];
	int rc;

	if (idem == NULL) {
		TRY(fresh_key(key, err));
		idem = key;
	}
	if (!in_given(cli->in, "officer-key"))
		return post(cli, call, call->body, idem, ret_status, ret, err);
	rc = prepare(cli, call, &whole, err);
	/* What exists already may be the answer to this very request. */
	if (known && (rc == -EEXISTS || rc == -ECONFLICT || rc == -ESTATE))
		return post(cli, call, call->body, idem, ret_status, ret, err);
	TRY(rc);
	return post(cli, call, whole, idem, ret_status, ret, err);
}

int
ask_post(struct cli *cli, const char *path, const json_t *body,
    const char *idempotency, int *ret_status, json_t **ret, struct err *err)
{
	struct call call = { .path = path, .body = body,
		.idempotency = idempotency };

	return ask_send(cli, &call, ret_status, ret, err);
}

static const char *
reason_of(const json_t *view)
{
	return json_str(view, "reason", "no reason was given");
}

static int
still_waits(struct cli *cli, const json_t *view, struct err *err)
{
	json_decref(cli->view);
	cli->view = json_incref((json_t *)(uintptr_t)view);
	return err_set(err, EQUORUM, "%s", json_str(view, "request", ""));
}

/* Approved, but against the charter by then: its explanation is read out. */
static int
was_denied(struct cli *cli, const json_t *view, struct err *err)
{
	json_decref(cli->told);
	cli->told = json_incref((json_t *)(uintptr_t)view);
	return err_set(err, EDENIED, "%s", reason_of(view));
}

int
ask_result(struct cli *cli, const json_t *view, json_t **ret, struct err *err)
{
	const char *state = json_str(view, "state", "");
	const char *id = json_str(view, "request", "");
	json_t *result = json_object_get(view, "result");

	if (strcmp(state, "waiting") == 0 || strcmp(state, "due") == 0)
		return still_waits(cli, view, err);
	if (strcmp(state, "rejected") == 0)
		return err_set(err, EREJECTED, "%s: %s", id, reason_of(view));
	if (strcmp(state, "denied") == 0)
		return was_denied(cli, view, err);
	if (strcmp(state, "expired") == 0)
		return err_set(err, EEXPIRED, "%s: %s", id,
		    json_str(view, "reason", "it waited too long"));
	if (strcmp(state, "cancelled") == 0 || strcmp(state, "superseded") == 0)
		return err_set(err, ECONFLICT, "%s was %s: %s", id, state,
		    reason_of(view));
	/* The service leaves out one thing only: what a key that is not active signed. */
	if (result == NULL && strcmp(json_str(json_object_get(view, "document"),
	    "action", ""), "key.sign") == 0)
		return err_set(err, ESTATE, "%s is done, but its key is not "
		    "active now: the signature is not given out", id);
	*ret = json_is_object(result) ? json_incref(result) :
	    json_incref((json_t *)(uintptr_t)view);
	return 0;
}

int
ask_wait(struct cli *cli, const char *request, json_t **ret, struct err *err)
{
	struct progress p;
	const char *most = in_str(cli->in, "wait");
	AUTO_JSON *view = NULL;
	struct client *c;
	time_us for_us = 0;
	int rc;

	TRY(cli_client(cli, &c, err));
	if (most != NULL)
		TRY(clock_duration(most, &for_us, err));
	progress_begin(&p, cli, request);
	rc = client_await(c, request, (unsigned)(for_us / TIME_S(1)),
	    progress_said, &p, &view, err);
	progress_end(&p);
	TRY(rc);
	return ask_result(cli, view, ret, err);
}

int
ask_settle(struct cli *cli, int status, const json_t *answer, json_t **ret,
    struct err *err)
{
	if (status != 202) {
		*ret = json_incref((json_t *)(uintptr_t)answer);
		return 0;
	}
	if (in_flag(cli->in, "no-wait"))
		return still_waits(cli, answer, err);
	return ask_wait(cli, json_str(answer, "request", ""), ret, err);
}

int
ask(struct cli *cli, const char *path, const json_t *body,
    const char *idempotency, json_t **ret, struct err *err)
{
	AUTO_JSON *answer = NULL;
	int status;

	TRY(ask_post(cli, path, body, idempotency, &status, &answer, err));
	return ask_settle(cli, status, answer, ret, err);
}

static int
already_waits(struct cli *cli, const char *path, const json_t *body,
    json_t **ret, struct err *err)
{
	struct call call = { .path = path };
	AUTO_JSON *trial = NULL, *view = NULL;

	*ret = NULL;
	TRY(body_copy(body, &trial, err));
	TRY(json_set_new(trial, "prepare", json_true(), err));
	/* What is refused is recorded: it is not asked once more to hear it. */
	TRY(post(cli, &call, trial, NULL, NULL, &view, err));
	return needed(view) > 0 ? waiting_find(cli, view, ret, err) : 0;
}

int
ask_unless(struct cli *cli, const char *path, const json_t *body,
    json_t **ret, struct err *err)
{
	AUTO_JSON *there = NULL;

	TRY(already_waits(cli, path, body, &there, err));
	return there != NULL ? ask_settle(cli, 202, there, ret, err) :
	    ask(cli, path, body, NULL, ret, err);
}

int
ask_once(struct cli *cli, const char *what, const char *path,
    const json_t *body, json_t **ret, struct err *err)
{
	char idem[SHA256_HEX];

	TRY(idempotency_of(what, body, idem, err));
	return ask(cli, path, body, in_flag(cli->in, "again") ? NULL : idem,
	    ret, err);
}

int
ask_now(struct cli *cli, const char *what, const char *path,
    const json_t *body, json_t **ret, struct err *err)
{
	const struct call call = { .path = path };
	char idem[SHA256_HEX];

	TRY(idempotency_of(what, body, idem, err));
	return post(cli, &call, body, idem, NULL, ret, err);
}

int
ask_octets(struct cli *cli, const char *what, const json_t *named,
    const struct call *call, json_t **ret, struct err *err)
{
	AUTO_JSON *answer = NULL;
	struct call one = *call;
	struct client *c;
	char idem[SHA256_HEX];
	int status;

	TRY(idempotency_of(what, named, idem, err));
	one.idempotency = idem;
	TRY(cli_client(cli, &c, err));
	TRY(client_call(c, &one, &status, &answer, err));
	return ask_settle(cli, status, answer, ret, err);
}

int
ask_at(struct cli *cli, const char *fmt, const char *name, const json_t *body,
    json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, fmt, name));
	rc = ask_unless(cli, path, body, ret, err);
	free(path);
	return rc;
}
