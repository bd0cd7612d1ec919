/*
 * house - the service's pipeline in this process before a real keeper on a
 * real token, with the quickstart's people and law; and faults while they ask.
 */
#ifndef TESTS_FAULT_HOUSE_H
#define TESTS_FAULT_HOUSE_H

#include "flow/flow.h"
#include "keyring/keyring.h"
#include "state/record.h"
#include "tests/fault/fault.h"
#include "tests/keeper/rig.h"
#include "tests/unit/world_elsewhere.h"

#define KEY	"fw"
#define DEV	"bench"

static struct world w;
static struct flow *flow;
static struct keyring *ring;
static uint64_t began;		/* events when the step began */
static void (*changed)(void *ctx, const char *request);	/* told by the pipeline */

static int
house_count(struct tx *tx, void *ctx, struct err *err)
{
	struct sha256 root;

	return record_head(tx, ctx, &root, err);
}

/* How many events the ledger has. */
static uint64_t
house_events(void)
{
	uint64_t n;

	unit_ok(state_read(w.state, house_count, &n, &unit_err));
	return n;
}

struct house_kind {
	const char	*kind;
	uint64_t	 from, n;
};

static int
house_one_more(void *ctx, uint64_t seq, const void *p, size_t n,
    struct err *err)
{
	(*(uint64_t *)ctx)++;
	return 0;
}

static int
house_kinds(struct tx *tx, void *ctx, struct err *err)
{
	struct house_kind *k = ctx;
	struct record_filter f = { .from = k->from, .limit = UINT32_MAX,
		.kind = k->kind };

	return record_each(tx, &f, house_one_more, &k->n, err);
}

/* How many events of this kind there are since the step began. */
static UNUSED uint64_t
house_made(const char *kind)
{
	struct house_kind k = { kind, began, 0 };

	unit_ok(state_read(w.state, house_kinds, &k, &unit_err));
	return k.n;
}

static UNUSED struct caller
house_person(const char *id)
{
	struct caller who = { .tool = strcmp(id, "ci") == 0 };

	snprintf(who.id, sizeof(who.id), "%s", id);
	return who;
}

/* One more asking; body is borrowed. */
static UNUSED int
house_ask(const char *action, const char *who, const char *subject,
    const json_t *body, const char *idempotency, struct answer *ret,
    struct err *err)
{
	struct caller c = house_person(who);
	struct ask a = { .action = action, .who = &c, .subject = subject,
		.body = body, .idempotency = idempotency };

	memset(ret, 0, sizeof(*ret));
	return flow_ask(flow, &a, NULL, ret, err);
}

/* What was prepared, signed by who asks: a body that may be handed in. */
static UNUSED json_t *
house_prepared(const char *action, const char *who, const char *subject,
    json_t *body)
{
	json_t *whole = json_deep_copy(body), *document, *given;
	struct answer a;
	size_t n = 0;

	json_object_set_new(body, "prepare", json_true());
	unit_ok(house_ask(action, who, subject, body, "", &a, &unit_err));
	ck_assert_msg(a.code == OK, "%s: %s", action, a.detail);
	document = json_object_get(a.body, "document");
	while (strcmp(world_person[n], who) != 0)
		n++;
	given = world_json("{s:O, s:O, s:O}", "id",
	    json_object_get(document, "id"), "created",
	    json_object_get(document, "created"), "seal",
	    json_object_get(a.body, "seal"));
	json_object_set_new(whole, "request", given);
	json_object_set_new(whole, "requester_proof",
	    world_approval(&w, document, n, VOTE_REQUEST));
	answer_done(&a);
	json_decref(body);
	return whole;
}

/* The answer's request as officers see it. */
static UNUSED json_t *
house_document(const struct answer *a)
{
	return json_incref(json_object_get(a->body, "document"));
}

/* Officer @n's vote, as it is handed in. */
static UNUSED json_t *
house_vote(const json_t *document, size_t n, enum vote v)
{
	return world_json("{s:o}", "approval",
	    world_approval(&w, document, n, v));
}

static UNUSED int
house_hand_in(const char *request, bool approve, const json_t *vote,
    struct answer *ret, struct err *err)
{
	memset(ret, 0, sizeof(*ret));
	return flow_approve(flow, request, approve, false, vote, ret, err);
}

static UNUSED void
house_approve(const json_t *document, size_t n)
{
	json_t *vote = house_vote(document, n, VOTE_APPROVE);
	struct answer a;

	unit_ok(house_hand_in(json_str(document, "id", ""), true, vote, &a,
	    &unit_err));
	answer_done(&a);
	json_decref(vote);
}

/* Asked for by the release lead, and approved by two: done. */
static UNUSED json_t *
house_done(const char *action, const char *subject, json_t *body)
{
	json_t *whole = house_prepared(action, "release-lead", subject, body);
	json_t *document, *view;
	struct answer a;

	unit_ok(house_ask(action, "release-lead", subject, whole, "", &a,
	    &unit_err));
	ck_assert_msg(a.code == EQUORUM, "%s: %s", action, a.detail);
	document = house_document(&a);
	house_approve(document, 0);
	house_approve(document, 1);
	answer_done(&a);
	struct caller lead = house_person("release-lead");

	unit_ok(flow_request_show(flow, &lead, json_str(document, "id", ""),
	    NULL, &view, &unit_err));
	ck_assert_msg(strcmp(json_str(view, "state", ""), "done") == 0,
	    "%s is %s", action, json_str(view, "state", ""));
	json_decref(document);
	json_decref(whole);
	return view;
}

static UNUSED void
house_key(const char *name, const char *environment)
{
	json_t *nothing = json_object();
	struct answer a;

	json_decref(house_done("key.generate", "", world_json(
	    "{s:s, s:s, s:s, s:[s]}", "name", name, "class",
	    "firmware-signing", "environment", environment, "products",
	    "camera")));
	unit_ok(house_ask("key.activate", "officer-1", name, nothing, "", &a,
	    &unit_err));
	ck_assert_msg(a.code == OK, "%s", a.detail);
	answer_done(&a);
	json_decref(nothing);
}

/* The quickstart's law, with room for as many development images as a test makes. */
static void
house_law(void)
{
	json_t *doc = json_deep_copy(charter_json(w.charter)), *rule;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(json_object_get(doc,
	    "classes"), "firmware-signing"), "rules"), i, rule)
		if (json_object_get(rule, "limit") != NULL)
			json_object_set_new(json_object_get(rule, "limit"),
			    "uses", json_integer(1000000));
	charter_free(w.charter);
	unit_ok(charter_from_json(doc, &w.charter, &unit_err));
	json_decref(doc);
}

static void
house_people(void)
{
	for (size_t i = 0; i < WORLD_PEOPLE; i++) {
		struct blob *spki;

		w.person[i] = EVP_EC_gen("P-256");
		spki = world_spki(w.person[i]);
		w.credential[i] = sha256_of(spki->data, spki->len);
		blob_free(spki);
	}
	w.charter = world_charter(&w);
	house_law();
}

/* Keeper, store and pipeline run; nothing is founded. */
static UNUSED void
house_open(void)
{
	static char token_file[512], socket[512];
	struct flow_options o = { .setup_token_file = token_file,
		.show_every = 500, .changed = changed };
	struct keyring_options k = { .socket = socket,
		.patience = TIME_S(10), .welcome = flow_welcome };

	memset(&w, 0, sizeof(w));
	rig_setup();
	rig_disconnect();
	snprintf(token_file, sizeof(token_file), "%s",
	    scratch_path("setup-token"));
	snprintf(socket, sizeof(socket), "%s", scratch_path("keeper.sock"));
	house_people();
	w.store = engine_store();
	unit_ok(state_open(w.store, NULL, &w.state, &unit_err));
	o.store = w.store;
	o.state = w.state;
	unit_ok(flow_new(&o, &flow, &unit_err));
	k.ctx = flow;
	unit_ok(keyring_open(&k, &ring, &unit_err));
	unit_ok(flow_start(flow, ring, &unit_err));
	unit_ok(keyring_wait(ring, TIME_S(20), &unit_err));
}

static UNUSED int
house_found_it(struct err *err)
{
	AUTO_JSON *body = json_pack("{s:O}", "charter",
	    charter_json(w.charter));
	AUTO_JSON *genesis = NULL;

	if (body == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	return flow_found(flow, body, &genesis, err);
}

static UNUSED void
house_founded(void)
{
	json_t *g;

	unit_ok(flow_genesis(flow, &g, &unit_err));
	snprintf(w.house, sizeof(w.house), "%s", json_str(json_object_get(g,
	    "genesis"), "house", ""));
	json_decref(g);
	unit_ok(keyring_wait(ring, TIME_S(20), &unit_err));
}

static UNUSED void
house_close(void)
{
	flow_stop(flow);
	keyring_free(ring);
	flow_free(flow);
	state_free(w.state);
	store_free(w.store);
	for (size_t i = 0; i < WORLD_PEOPLE; i++)
		EVP_PKEY_free(w.person[i]);
	charter_free(w.charter);
	rig_teardown();
}

/* ---- what a step has in hand */

static json_t *body, *document, *vote;	/* of the step that runs */
static char last[ID_TEXT];		/* its request, or its window */
static struct answer answer;

static void
step_clear(void)
{
	json_decref(body);
	json_decref(document);
	json_decref(vote);
	body = document = vote = NULL;
}

/* What was asked for, under an Idempotency-Key of this step. */
static UNUSED int
asked(const char *action, const char *who, const char *subject,
    const char *step, unsigned n, enum err_code want, struct err *err)
{
	char key[64];
	int rc;

	snprintf(key, sizeof(key), "%s-%u", step, n);
	rc = house_ask(action, who, subject, body, key, &answer, err);
	fault_holds(rc == 0 || answer.body == NULL);
	if (rc == 0 && answer.code != want)
		rc = err_set(err, answer.code, "%s", answer.detail);
	if (answer.request[0] != '\0')
		memcpy(last, answer.request, sizeof(last));
	answer_done(&answer);
	return rc;
}

static UNUSED const char *
house_serial(unsigned n)
{
	static char text[24];

	snprintf(text, sizeof(text), "D-%u", n);
	return text;
}

static json_t *
image(const char *what, unsigned n, const char *version)
{
	char text[64], number[32], hex[SHA256_HEX];
	struct sha256 h;

	snprintf(text, sizeof(text), "%s %u", what, n);
	snprintf(number, sizeof(number), "%s.%u", version, n);
	h = sha256_of(text, strlen(text));
	sha256_hex(&h, hex);
	return world_json("{s:{s:s, s:s}, s:s, s:s}", "digest", "algorithm",
	    "sha-256", "value", hex, "product", "camera", "version", number);
}

static UNUSED void
open_image(const char *what, unsigned n, const char *version)
{
	step_clear();
	body = image(what, n, version);
	unit_ok(house_ask("key.sign", "ci", KEY, body, "", &answer, &unit_err));
	ck_assert_msg(answer.code == EQUORUM, "%s", answer.detail);
	document = house_document(&answer);
	memcpy(last, answer.request, sizeof(last));
	answer_done(&answer);
}

static UNUSED void
house_begin(void)
{
	fault_begin();
	house_open();
	unit_ok(house_found_it(&unit_err));
	house_founded();
	house_key(KEY, "production");
	house_key(DEV, "development");
	/* Shown, so that there is a checkpoint, and it does not change. */
	sleep(2);
}

static UNUSED void
house_end(void)
{
	step_clear();
	house_close();
}

/* Something that is tried again and again with one thing failing. */
struct step {
	const char	*why;
	void		(*before)(unsigned n);	/* all is well: make it ready */
	int		(*run)(unsigned n, struct err *err);
	void		(*after)(unsigned n);	/* it was run twice, once in vain */
	unsigned	 most;	/* failures that are tried, spread over all; 0: each */
};

/* With all as it was it works; a connection that was dropped comes back. */
static void
house_again(const struct step *s, unsigned n, unsigned nth)
{
	struct err why = { .code = OK };
	int rc = 0;

	for (unsigned i = 0; i < 100; i++) {
		rc = s->run(n, &why);
		if (rc != -(int)EKEEPER && rc != -(int)EBUSY_)
			break;
		usleep(20000);
	}
	ck_assert_msg(rc == 0, "%s, after call %u failed: %s (%s) at %s", s->why,
	    nth, err_code_name(why.code), why.what, why.where);
	if (s->after != NULL)
		s->after(n);
}

static unsigned
house_calls(const struct step *s, unsigned n, unsigned kinds)
{
	struct err why = { .code = OK };
	unsigned calls;
	int rc;

	if (s->before != NULL)
		s->before(n);
	began = house_events();
	fault_arm(kinds, ~0u);
	rc = s->run(n, &why);
	calls = fault_calls();
	(void)fault_disarm();
	ck_assert_msg(rc == 0, "%s: %s (%s) at %s", s->why,
	    err_code_name(why.code), why.what, why.where);
	if (s->after != NULL)
		s->after(n);
	return calls;
}

/* One failure; then the same again. */
static void
house_fail(const struct step *s, unsigned n, unsigned nth, unsigned kinds)
{
	struct err why = { .code = OK };
	bool failed;
	int rc;

	if (s->before != NULL)
		s->before(n);
	began = house_events();
	fault_arm(kinds, nth);
	rc = s->run(n, &why);
	failed = fault_disarm();
	ck_assert_msg(failed || rc == 0, "%s, no call failed: %s", s->why,
	    why.what);
	ck_assert_msg(rc == 0 || (rc == -(int)why.code && why.what[0] != '\0' &&
	    why.where != NULL), "%s, call %u: %d without words", s->why, nth, rc);
	ck_assert_msg(rc == 0 || why.code == ENOMEMORY ||
	    kinds != (FAULT_MEMORY | FAULT_HERE),
	    "%s, call %u found no memory, but: %s (%s) at %s", s->why, nth,
	    err_code_name(why.code), why.what, why.where);
	house_again(s, n, nth);
}

/* How often it was made to fail; FAULT_EVERY=yes: each call once. */
static UNUSED unsigned
house_each(const struct step *s, unsigned kinds)
{
	static unsigned from;		/* nothing is asked for twice */
	unsigned calls = house_calls(s, from, kinds), n = calls;

	if (s->most > 0 && n > s->most && getenv("FAULT_EVERY") == NULL)
		n = s->most;
	for (unsigned i = 0; i < n; i++)
		house_fail(s, from + i + 1, 1 + (unsigned)((uint64_t)i * calls / n),
		    kinds);
	from += n + 1;
	return n;
}

#endif
