/*
 * The "use" message: a permit, and an operation under it.
 */
#include "config.h"

#include <string.h>
#include "base/json.h"
#include "base/log.h"
#include "keeper/use.h"
#include "keeper/use_ca.h"

/* By which its asker asks again: journaled for the service that loses the event,
 * and nothing is decided by it. */
#define ASKED_UNDER \
	{ "idempotency", WANT_STRING, false, 1, 128, "the Idempotency-Key" }
static const struct json_row sign_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "sign" },
	{ "key", WANT_STRING, true, 64, 64, "hash of the key" },
	{ "principal", WANT_STRING, true, 1, 64, "who uses it" },
	{ "digest", WANT_OBJECT, true, 0, 0, "what is signed" },
	{ "product", WANT_STRING, false, 1, 64, "product line" },
	{ "version", WANT_STRING, false, 1, 127, "version" },
	{ "track", WANT_STRING, false, 1, 64, "track" },
	{ "content", WANT_STRING, false, 0, 90000000, "ed25519: the message" },
	ASKED_UNDER,
};
static const struct json_row generate_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "generate" },
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" },
	ASKED_UNDER,
};
static const struct json_row adopt_key_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "adopt" },
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" },
	ASKED_UNDER,
};
static const struct json_row state_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "state" },
	{ "key", WANT_STRING, true, 64, 64, "hash of the key" },
	{ "to", WANT_STRING, true, 1, 32, "the state it gets" },
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" },
	ASKED_UNDER,
};
static const struct json_row destroy_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "destroy" },
	{ "key", WANT_STRING, true, 64, 64, "hash of the key" },
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" },
	ASKED_UNDER,
};
static const struct json_row close_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "close" },
	{ "window", WANT_STRING, true, 1, 64, "the window's id" },
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" },
	{ "window_document", WANT_OBJECT, true, 1, 8, "the window's permit" },
	ASKED_UNDER,
};
#define KEY_AND_WHO \
	{ "key", WANT_STRING, true, 64, 64, "hash of the key" }, \
	{ "principal", WANT_STRING, true, 1, 64, "who asked for it" }
static const struct json_row certify_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "certify" }, KEY_AND_WHO,
	{ "issuer", WANT_STRING, true, 0, 64, "hash of the CA's certificate" },
	{ "partition", WANT_INTEGER, true, 0, ISSUER_PARTITIONS - 1, "of its CRL" },
	{ "content", WANT_STRING, true, 4, TBS_OCTETS * 4 / 3 + 4,
	    "TBSCertificate" },
	ASKED_UNDER,
};
static const struct json_row csr_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "csr" }, KEY_AND_WHO,
	{ "content", WANT_STRING, true, 4, TBS_OCTETS * 4 / 3 + 4,
	    "CertificationRequestInfo" },
	ASKED_UNDER,
};
static const struct json_row crl_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "crl" }, KEY_AND_WHO,
	{ "issuer", WANT_STRING, true, 64, 64, "hash of the CA's certificate" },
	{ "partition", WANT_INTEGER, false, 0, ISSUER_PARTITIONS - 1,
	    "which it is; none: the whole" },
};
static const struct json_row ocsp_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "ocsp" }, KEY_AND_WHO,
	{ "content", WANT_STRINGS, true, 1, OCSP_BATCH, "ResponseData" },
};
static const struct json_row adopt_rows[] = {
	{ "op", WANT_STRING, true, 1, 16, "adopt-ca" }, KEY_AND_WHO,
	{ "crl", WANT_STRING, false, 4, CRL_OTHER * 4 / 3 + 4,
	    "the last list of the system before" },
	{ "content", WANT_STRING, true, 4, TBS_OCTETS * 4 / 3 + 4,
	    "certificate" },
	ASKED_UNDER,
};

static const struct {
	const char	*name;
	const struct json_row *rows;
	size_t		 n;
	use_op		*fn;
	bool		 attached;	/* what it is about is attached */
} operations[] = {
	{ "sign", sign_rows, NELEM(sign_rows), use_sign, false },
	{ "generate", generate_rows, NELEM(generate_rows), use_generate, false },
	{ "adopt", adopt_key_rows, NELEM(adopt_key_rows), use_adopt, false },
	{ "state", state_rows, NELEM(state_rows), use_state, false },
	{ "destroy", destroy_rows, NELEM(destroy_rows), use_destroy, false },
	{ "certify", certify_rows, NELEM(certify_rows), use_certify, false },
	{ "csr", csr_rows, NELEM(csr_rows), use_csr, false },
	{ "crl", crl_rows, NELEM(crl_rows), use_crl, true },
	{ "ocsp", ocsp_rows, NELEM(ocsp_rows), use_ocsp, false },
	{ "adopt-ca", adopt_rows, NELEM(adopt_rows), use_adopt_ca, false },
	{ "close", close_rows, NELEM(close_rows), use_close, false },
};

int
use_key(struct keeper *k, const struct using *u, struct key **ret,
    struct err *err)
{
	struct sha256 hash;
	struct key *key;

	TRY(json_need_hash(u->operation, "key", &hash, err));
	key = keys_find(&k->house.keys, &hash);
	if (key == NULL)
		return err_set(err, ENOKEY, "the keeper holds no such key");
	if (u->request->has_key) {
		const char *name = request_key_name(u->request);

		if (!sha256_equal(&u->request->key, &hash))
			return err_set(err, EPROOF, "another key was approved");
		if (name == NULL || strcmp(name, key->name) != 0)
			return err_set(err, EPROOF, "the key that was approved "
			    "has another name");
	}
	*ret = key;
	return 0;
}

int
use_again(struct keeper *k, struct using *u, const struct sha256 *what,
    bool *ret_done, struct err *err)
{
	struct tally *t = tally_find(&k->house.counts, u->request->id);
	struct use *made = t == NULL ? NULL : tally_use(t, what);
	struct blob line = { 0 };
	int rc;

	*ret_done = false;
	if (made == NULL)
		return 0;
	*ret_done = true;
	if (made->at.n == 0)
		return ticket_join(made->ticket, &u->from, err);
	rc = journal_at_line(k->journal, made->at.segment, made->at.offset,
	    &line, err);
	if (rc == 0)
		answer_entry(k, &u->from, &line);
	blob_done(&line);
	return rc;
}

int
use_once(struct keeper *k, struct using *u, bool *ret_done, struct err *err)
{
	static const struct sha256 once;

	if (strcmp(u->principal, u->request->requester) != 0)
		return err_set(err, EDENIED, "%s did not ask for this: %s did",
		    u->principal, u->request->requester);
	return use_again(k, u, &once, ret_done, err);
}

/* The message's permit, which is not kept: it is used once, here. */
int
use_not_for(const struct using *u, struct err *err)
{
	return err_set(err, EPROOF, "%s is a request to %s", u->request->id,
	    action_words(u->request->action));
}

int
use_action(const struct using *u, enum action action, struct err *err)
{
	return u->request->action == action ? 0 : use_not_for(u, err);
}

int
use_permit(struct keeper *k, const json_t *m, enum action action,
    struct using *u, struct err *err)
{
	TRY(held_new(json_object_get(m, "permit_document"), &u->held, err));
	u->request = u->held->permit->request;
	u->principal = u->request->requester;
	TRY(keeper_now(k, &u->now, err));
	TRY(judge_request(k, u->held, u->now, err));
	return use_action(u, action, err);
}

static int
draft_common(struct keeper *k, struct using *u, struct draft *d,
    const json_t *operation, bool document, struct err *err)
{
	d->time = u->now;
	TRY(draft_hash(d, DRAFT_CHARTER, &k->house.charter_hash, err));
	TRY(draft_hash(d, DRAFT_PERMIT, &u->held->hash, err));
	TRY(draft_word(d, DRAFT_REQUEST, u->request->id, err));
	TRY(draft_rule(d, u->judged.rule->name, &u->judged.rule->hash, err));
	if (u->judged.facts.len > 0)
		TRY(draft_raw(d, DRAFT_FACTS, u->judged.facts.data,
		    u->judged.facts.len, err));
	if (document)
		TRY(draft_raw(d, DRAFT_PERMIT_DOCUMENT, u->held->text.data,
		    u->held->text.len, err));
	return operation == NULL ? 0 :
	    draft_json(d, DRAFT_OPERATION, operation, err);
}

int
use_draft_as(struct keeper *k, struct using *u, enum entry_op op,
    const json_t *operation, bool document, struct ticket **ret,
    struct err *err)
{
	AUTO(ticket) *t = NULL;

	TRY(ticket_new(&u->from, op, &t, err));
	TRY(draft_word(&t->draft, DRAFT_OP, entry_op_name(op), err));
	TRY(draft_common(k, u, &t->draft, operation, document, err));
	*ret = TAKE(t);
	return 0;
}

int
use_draft(struct keeper *k, struct using *u, enum entry_op op, bool document,
    struct ticket **ret, struct err *err)
{
	return use_draft_as(k, u, op, u->operation, document, ret, err);
}

int
use_reserve(struct keeper *k, struct using *u, const struct sha256 *what,
    int64_t most, struct ticket *t, struct err *err)
{
	struct counts *c = &k->house.counts;
	struct tally *tally;

	TRY(tally_get(c, u->request->id, &u->held->request,
	    house_forget_after(u->request, u->judged.rule), &tally, err));
	if (tally->used + tally->reserved >= most)
		return err_set(err, EUSED, "%s permitted %lld",
		    u->request->id, (long long)most);
	TRY(draft_number(&t->draft, DRAFT_USE,
	    (uint64_t)(tally->used + tally->reserved) + 1, err));
	if (!sha256_equal(&tally->permit, &u->held->hash) &&
	    t->draft.slot[DRAFT_PERMIT_DOCUMENT].octets == 0)
		TRY(draft_raw(&t->draft, DRAFT_PERMIT_DOCUMENT,
		    u->held->text.data, u->held->text.len, err));
	TRY(tally_add(c, tally, what, t, &t->use, err));
	t->tally = tally;
	tally->permit = u->held->hash;
	return 0;
}

int
use_limit(struct keeper *k, const struct using *u, const struct key *key,
    struct ticket *t, struct err *err)
{
	const struct rule *rule = u->judged.rule;

	if (rule->limit_uses == 0)
		return 0;
	t->limit = limit_name(rule->name, &key->hash, u->principal);
	TRY(limit_add(&k->house.counts, &t->limit, rule->limit_per, u->now,
	    err));
	t->limited = true;
	return 0;
}

static int
find_permit(struct keeper *k, const json_t *m, struct using *u,
    struct err *err)
{
	const json_t *document = json_object_get(m, "permit_document");
	struct sha256 hash;

	TRY(json_need_hash(m, "permit", &hash, err));
	u->held = permits_find(k->permits, &hash);
	if (u->held == NULL && document == NULL)
		return err_set(err, EPERMIT, "send its document");
	if (u->held == NULL) {
		TRY(held_new(document, &u->held, err));
		u->unkept = true;
		if (!sha256_equal(&u->held->hash, &hash))
			return err_set(err, EPROOF, "the permit's document is "
			    "another's");
	}
	u->request = u->held->permit->request;
	return 0;
}

static int
use_message(struct keeper *k, struct using *u, const json_t *m,
    struct err *err)
{
	const char *op;

	u->operation = json_object_get(m, "operation");
	if (!json_is_object(u->operation))
		return err_set(err, ESCHEMA, "\"operation\" is missing");
	TRY(find_permit(k, m, u, err));
	TRY(keeper_now(k, &u->now, err));
	TRY(judge_request(k, u->held, u->now, err));
	op = json_str(u->operation, "op", "");
	for (size_t i = 0; i < NELEM(operations); i++) {
		if (strcmp(operations[i].name, op) != 0)
			continue;
		TRY(json_check(u->operation, "operation", operations[i].rows,
		    operations[i].n, err));
		if (k->attached != NULL && !operations[i].attached)
			return err_set(err, ESCHEMA, "\"%s\" takes nothing "
			    "attached", op);
		u->principal = json_str(u->operation, "principal", "");
		return operations[i].fn(k, u, err);
	}
	return err_set(err, ESCHEMA, "\"%.32s\" is no operation of the keeper",
	    op);
}

void
use_handle(struct keeper *k, const struct asker *from, const json_t *m)
{
	struct using u = { .from = *from };
	struct err err;
	bool good = use_message(k, &u, m, &err) == 0;

	if (!good)
		answer_err(k, from, &err, u.judged.rule,
		    TAKE(u.judged.explanation));
	/* What was only done again was not judged, and what was refused is not
	 * worth its room. Not kept, it is asked for again. */
	if (u.unkept && good && u.judged.rule != NULL) {
		if (permits_keep(k->permits, TAKE(u.held), &err) != 0)
			log_err(LOG_WARN, "keeping a permit", &err);
	} else if (u.unkept) {
		held_free(u.held);
	}
	judgement_done(&u.judged);
}
