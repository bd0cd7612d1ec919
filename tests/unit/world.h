/*
 * world - a small house for tests of state and audit: officers with keys of
 * their own, a charter, a journal that this file writes as a keeper would,
 * and real signatures throughout.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include "base/b64.h"
#include "base/io.h"
#include "base/json.h"
#include "base/note.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/genesis.h"
#include "policy/permit.h"
#include "policy/proof.h"
#include "state/state.h"
#include "tests/unit/engine.h"
#include "wire/entry.h"

#define WORLD_PEOPLE	4

/* A test may put something between a world and its commits. */
#ifndef WORLD_COMMIT
#define WORLD_COMMIT	state_commit
#endif

static const char *const world_person[WORLD_PEOPLE] = {
	"officer-1", "officer-2", "officer-3", "release-lead" };

struct world {
	struct store	*store;
	struct state	*state;
	EVP_PKEY	*person[WORLD_PEOPLE];
	struct sha256	 credential[WORLD_PEOPLE];
	EVP_PKEY	*ledger_key, *keeper_key, *firmware_key; /* or another */
	struct charter	*charter;
	char		 house[ID_TEXT];
	char		 fingerprint[SHA256_HEX];
	json_t		*genesis;
	struct entry_head journal;
	char		 key[SHA256_HEX];	/* of the firmware key */
	char		 key_request[ID_TEXT];
	const char	*name, *class;	/* of the key; NULL: "fw", firmware-signing */
	time_us		 later;		/* how far ahead the keeper's clock is */
	bool		 adopts;	/* its key is one that others made */
	bool		 no_intents;	/* makings are not announced */
	const char	*bent;		/* a flag that uses tell the other way; NULL: none */
	json_t		*silent;	/* entries that no event carries */
	EVP_PKEY	*made_by;	/* signs that a key was made; NULL: the keeper */
};

static struct blob *
world_spki(EVP_PKEY *k)
{
	struct blob *b = blob_new();

	unit_ok(proof_spki_of(k, b, &unit_err));
	return b;
}

static void
world_pem(EVP_PKEY *k, struct blob *ret)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *p;
	long n;

	ck_assert_int_eq(PEM_write_bio_PUBKEY(mem, k), 1);
	n = BIO_get_mem_data(mem, &p);
	unit_ok(blob_put(ret, p, (size_t)n, &unit_err));
	BIO_free(mem);
}

/* And have more in its charter: of the quickstart, or a profile that is shipped. */
#ifndef WORLD_MORE
#define WORLD_MORE
#endif
static const char *const world_files[] = {
	"access.yaml", "charter.yaml", "recovery.yaml", "roster.yaml",
	"classes/firmware-signing.yaml", WORLD_MORE };

/* Two devices a day get another certificate, instead of 200. */
static bool world_few;

static void
world_lessen(struct blob *text)
{
	char *at = strstr((char *)text->data, "rework: { uses: 200");

	if (world_few && at != NULL)
		memcpy(at, "rework: { uses:   2", 19);
}

/* The quickstart's charter, with these people's keys. */
static struct charter *
world_charter(struct world *w)
{
	struct charter_file file[NELEM(world_files) + WORLD_PEOPLE];
	struct blob text[NELEM(file)] = { { 0 } };
	static char name[NELEM(file)][64];
	struct charter *c;
	size_t n = 0;

	for (size_t i = 0; i < NELEM(world_files); i++, n++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s/%s", TESTS_SRCDIR,
		    strncmp(world_files[i], "profiles/", 9) == 0 ? "ca" :
		    "policy/examples/quickstart", world_files[i]);
		unit_ok(io_read_file(path, 1 << 20, &text[n], &unit_err));
		world_lessen(&text[n]);
		snprintf(name[n], sizeof(name[n]), "%s", world_files[i]);
	}
	for (size_t i = 0; i < WORLD_PEOPLE; i++, n++) {
		snprintf(name[n], sizeof(name[n]), "officers/%s.pub.pem",
		    world_person[i]);
		world_pem(w->person[i], &text[n]);
	}
	for (size_t i = 0; i < n; i++)
		file[i] = (struct charter_file){ name[i], text[i].data,
		    text[i].len };
	unit_ok(charter_from_files(file, n, &c, NULL, &unit_err));
	for (size_t i = 0; i < n; i++)
		blob_done(&text[i]);
	return c;
}

static json_t *
world_json(const char *fmt, ...)
{
	json_error_t e;
	va_list ap;
	json_t *j;

	va_start(ap, fmt);
	j = json_vpack_ex(&e, 0, fmt, ap);
	va_end(ap);
	ck_assert_msg(j != NULL, "%s", e.text);
	return j;
}

/* An entry as the keeper would write it; @members stolen. */
static UNUSED json_t *
world_entry(struct world *w, enum entry_op op, json_t *members)
{
	struct sha256 charter = charter_hash(w->charter);
	struct entry *e;
	json_t *j;

	unit_ok(entry_make(&w->journal, clock_now() + w->later, op, &charter,
	    members, &e, &unit_err));
	w->journal = (struct entry_head){ e->n, e->hash };
	j = json_incref(e->json);
	entry_free(e);
	return j;
}

/* Commit one event; data and entry stolen. */
static UNUSED int
world_try(struct world *w, enum event_kind kind, const char *actor,
    const char *subject, json_t *data, json_t *entry, struct err *err)
{
	struct event e = { .kind = kind, .actor = actor, .subject = subject,
	    .data = data, .entry = entry };
	int rc = WORLD_COMMIT(w->state, &e, 1, NULL, err);

	json_decref(data);
	json_decref(entry);
	return rc;
}

static UNUSED void
world_event(struct world *w, enum event_kind kind, const char *actor,
    const char *subject, json_t *data, json_t *entry)
{
	unit_ok(world_try(w, kind, actor, subject, data, entry, &unit_err));
}

static void
world_found(struct world *w)
{
	struct blob *keeper = world_spki(w->keeper_key);
	struct blob *ledger = world_spki(w->ledger_key);
	struct sha256 charter = charter_hash(w->charter), print;
	json_t *token = world_json("{s:s, s:s, s:s, s:s}", "label", "house",
	    "manufacturer", "test", "model", "test", "serial", "1");

	unit_ok(id_new("house", clock_now(), w->house, &unit_err));
	unit_ok(genesis_build(w->house, clock_now(), &charter, keeper->data,
	    keeper->len, ledger->data, ledger->len, token, &w->genesis,
	    &unit_err));
	unit_ok(json_hash(w->genesis, &print, &unit_err));
	sha256_hex(&print, w->fingerprint);
	world_event(w, EVENT_HOUSE_FOUNDED, "service", w->house,
	    world_json("{s:O}", "charter", charter_json(w->charter)),
	    world_entry(w, ENTRY_FOUND, world_json("{s:{s:O}}", "result",
	    "genesis", w->genesis)));
	json_decref(token);
	blob_free(keeper);
	blob_free(ledger);
}

/* A house just founded, in a database of its own. */
static UNUSED void
world_begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->silent = json_array();
	for (size_t i = 0; i < WORLD_PEOPLE; i++) {
		struct blob *spki;

		w->person[i] = EVP_EC_gen("P-256");
		spki = world_spki(w->person[i]);
		w->credential[i] = sha256_of(spki->data, spki->len);
		blob_free(spki);
	}
	w->ledger_key = EVP_EC_gen("P-256");
	w->keeper_key = EVP_EC_gen("P-256");
	w->firmware_key = EVP_EC_gen("P-256");
	w->charter = world_charter(w);
	w->store = engine_store();
	unit_ok(state_open(w->store, NULL, &w->state, &unit_err));
	world_found(w);
}

static UNUSED void
world_end(struct world *w)
{
	state_free(w->state);
	store_free(w->store);
	for (size_t i = 0; i < WORLD_PEOPLE; i++)
		EVP_PKEY_free(w->person[i]);
	EVP_PKEY_free(w->ledger_key);
	EVP_PKEY_free(w->keeper_key);
	EVP_PKEY_free(w->firmware_key);
	charter_free(w->charter);
	json_decref(w->genesis);
	json_decref(w->silent);
}

/* A REQUEST; @parameters stolen. */
static UNUSED json_t *
world_request(struct world *w, enum action a, const char *requester,
    json_t *parameters)
{
	char id[ID_TEXT];
	time_us now = clock_now();
	json_t *j;

	unit_ok(id_new("req", now, id, &unit_err));
	unit_ok(request_build(w->house, id, a, requester, parameters, now,
	    now + TIME_S(3600), &j, &unit_err));
	json_decref(parameters);
	return j;
}

/* What the keeper would see: the facts of a decision, and the decision. */
static UNUSED json_t *
world_facts(struct world *w, const json_t *request, const char *principal,
    const json_t *operation, struct decision *ret)
{
	struct law law = { .charter = w->charter };
	struct caller who = { .tool = strcmp(principal, "ci") == 0 ||
	    strcmp(principal, "publisher") == 0 };
	const json_t *p = json_object_get(request, "parameters");
	const char *key = json_str(p, "key", json_str(json_array_get(
	    json_object_get(p, "keys"), 0), "key", NULL));
	struct key *k = NULL;
	struct facts *f;
	enum action a;
	json_t *j;

	snprintf(who.id, sizeof(who.id), "%s", principal);
	if (key != NULL)
		unit_ok(state_key(w->state, key, &k, &unit_err));
	unit_ok(action_from_name(json_str(request, "action", ""), &a,
	    &unit_err));
	unit_ok(state_facts(w->state, action_name(a), &who, k,
	    operation != NULL ? operation : p, &law, clock_now(), &f,
	    &unit_err));
	policy_decide(w->charter, a, NULL, f, ret);
	j = facts_json(f);
	facts_free(f);
	key_free(k);
	return j;
}

static UNUSED json_t *
world_rule(const struct rule *r)
{
	char hex[SHA256_HEX];

	sha256_hex(&r->hash, hex);
	return world_json("{s:s, s:s}", "name", r->name, "hash", hex);
}

static UNUSED const struct rule *
world_rule_of(struct world *w, const json_t *request)
{
	struct decision d;

	json_decref(world_facts(w, request, json_str(request, "requester", ""),
	    NULL, &d));
	ck_assert_ptr_nonnull(d.rule);
	return d.rule;
}

/* What officer @n signs of this request. */
static UNUSED json_t *
world_approval(struct world *w, const json_t *request, size_t n, enum vote v)
{
	const struct rule *rule = world_rule_of(w, request);
	struct sha256 h = charter_hash(w->charter);
	struct request *r;
	json_t *statement, *approval;
	struct blob octets = { 0 }, sig = { 0 };

	unit_ok(request_read(request, &r, &unit_err));
	unit_ok(statement_build(r, &h, rule->name, &rule->hash, v, NULL,
	    &statement, &unit_err));
	unit_ok(json_canonical(statement, &octets, &unit_err));
	unit_ok(proof_sign(w->person[n], octets.data, octets.len, &sig,
	    &unit_err));
	unit_ok(approval_build(statement, world_person[n], &w->credential[n],
	    sig.data, sig.len, &approval, &unit_err));
	json_decref(statement);
	request_free(r);
	blob_done(&octets);
	blob_done(&sig);
	return approval;
}

/* request.opened; the request is borrowed. */
static UNUSED void
world_open(struct world *w, const json_t *request, const char *idempotency)
{
	struct decision d;
	struct sha256 h = charter_hash(w->charter);
	char hex[SHA256_HEX];
	json_t *facts = world_facts(w, request, json_str(request, "requester",
	    ""), NULL, &d);
	json_t *proof = NULL;

	/* A person who asks signs what they ask for; a tool does not. */
	for (size_t i = 0; i < WORLD_PEOPLE; i++)
		if (strcmp(world_person[i], json_str(request, "requester",
		    "")) == 0)
			proof = world_approval(w, request, i, VOTE_REQUEST);
	sha256_hex(&h, hex);
	ck_assert_int_eq(d.verdict, WAIT);
	world_event(w, EVENT_REQUEST_OPENED, json_str(request, "requester", ""),
	    json_str(request, "id", ""), world_json("{s:O, s:s, s:o, s:o,"
	    " s:{}, s:s*, s:o*}", "request", request, "charter", hex, "rule",
	    world_rule(d.rule), "facts", facts, "explanation", "idempotency",
	    idempotency, "requester_proof", proof), NULL);
}

static UNUSED int
world_vote(struct world *w, const json_t *request, size_t n, enum vote v,
    struct err *err)
{
	const char *id = json_str(request, "id", "");

	return world_try(w, v == VOTE_APPROVE ? EVENT_REQUEST_APPROVED :
	    EVENT_REQUEST_REJECTED, world_person[n], id,
	    world_json("{s:s, s:o}", "request", id, "approval",
	    world_approval(w, request, n, v)), NULL, err);
}

static UNUSED void
world_approve(struct world *w, const json_t *request, size_t n)
{
	unit_ok(world_vote(w, request, n, VOTE_APPROVE, &unit_err));
}

struct world_permit_ask {
	const char *id;
	json_t *permit;
};

static int
world_permit_read(struct tx *tx, void *ctx, struct err *err)
{
	struct world_permit_ask *p = ctx;
	AUTO(asked) *a = NULL;

	TRY(approval_get(tx, p->id, &a, err));
	return approval_permit(tx, a, &p->permit, err);
}

/* The PERMIT of a stored request, or of one that needed no approval. */
static UNUSED json_t *
world_permit(struct world *w, const json_t *request, bool stored)
{
	struct world_permit_ask p = { json_str(request, "id", ""), NULL };
	json_t *none = json_array();

	if (stored)
		unit_ok(state_read(w->state, world_permit_read, &p, &unit_err));
	else
		unit_ok(permit_build(request, none, &p.permit, &unit_err));
	json_decref(none);
	return p.permit;
}

static void
world_bend(json_t *fact)
{
	json_object_set_new(fact, "value", json_boolean(!json_flag(fact,
	    "value", false)));
}

/* The members that every use has; operation and result stolen. */
static UNUSED json_t *
world_use(struct world *w, const json_t *request, bool stored, unsigned use,
    const char *principal, json_t *operation, json_t *result)
{
	struct decision d;
	json_t *permit = world_permit(w, request, stored);
	struct sha256 h;
	char hex[SHA256_HEX];
	json_t *m;

	unit_ok(json_hash(permit, &h, &unit_err));
	sha256_hex(&h, hex);
	m = world_json("{s:s, s:s, s:o, s:o, s:i}", "request",
	    json_str(request, "id", ""), "permit", hex, "operation", operation,
	    "result", result, "use", (int)use);
	if (use == 1) {
		/* A window is judged for whoever asked for it. */
		bool window = strcmp(json_str(request, "action", ""),
		    "window.open") == 0;
		json_t *facts = world_facts(w, request, window ?
		    json_str(request, "requester", "") : principal,
		    window ? operation : NULL, &d);

		json_object_set_new(m, "facts", facts);
		if (w->bent != NULL)
			world_bend(json_object_get(facts, w->bent));
		json_object_set(m, "permit_document", permit);
		json_object_set_new(m, "rule", world_rule(d.rule));
	} else {
		json_object_set_new(m, "rule", world_rule(world_rule_of(w,
		    request)));
	}
	json_decref(permit);
	return m;
}

#endif
