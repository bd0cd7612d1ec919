/*
 * house - the beginning: genesis, the officers' signatures over it, logins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "flow/hands.h"
#include "flow/house.h"
#include "flow/inside.h"
#include "keyring/keyring.h"
#include "policy/genesis.h"
#include "state/state.h"

#define FOUNDING_OCTETS	(8u << 20)

static int
signatures_read(struct tx *tx, void *ctx, struct err *err)
{
	json_t **ret = ctx;

	return state_genesis_signatures(tx, ret, err);
}

int
genesis_load(struct flow *f, struct err *err)
{
	AUTO(house) *h = NULL;
	AUTO_JSON *doc = NULL;
	json_t *signatures = NULL, *old;
	int rc = state_house(f->state, &h, err);

	if (rc == -EGENESIS)
		return 0;
	TRY(rc);
	TRY(state_read(f->state, signatures_read, &signatures, err));
	TRY(json_build(&doc, err, "{s:O, s:s, s:o}", "genesis", h->genesis,
	    "fingerprint", h->fingerprint_hex, "signatures", signatures));
	pthread_mutex_lock(&f->lock);
	old = f->genesis;
	f->genesis = TAKE(doc);
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
	return 0;
}

int
flow_genesis(struct flow *f, json_t **ret, struct err *err)
{
	json_t *doc;
	bool founded;

	pthread_mutex_lock(&f->lock);
	founded = f->genesis != NULL;
	doc = json_clone(f->genesis);
	pthread_mutex_unlock(&f->lock);
	if (!founded)
		return err_set(err, EGENESIS, "there is no genesis yet");
	if (doc == NULL)
		return err_set(err, ENOMEMORY, "the genesis");
	*ret = doc;
	return 0;
}

/* ---- founding ---- */

static void
founding_path(const struct flow *f, char ret[4200])
{
	snprintf(ret, 4200, "%s/founding.json", f->folder);
}

static int
founded_commit(struct flow *f, const json_t *entry, const json_t *charter,
    struct err *err)
{
	const json_t *genesis = json_object_get(json_object_get(entry, "result"),
	    "genesis");
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_HOUSE_FOUNDED, .actor = "service",
	    .subject = json_str(genesis, "house", ""), .entry = entry };
	struct receipt r;
	char path[4200];

	TRY(json_build(&data, err, "{s:O}", "charter", charter));
	e.data = data;
	TRY(state_commit(f->state, &e, 1, &r, err));
	TRY(genesis_load(f, err));
	people_forget(state_people(f->state));
	founding_path(f, path);
	(void)unlink(path);
	(void)unlink(f->o.setup_token_file);
	log_line(LOG_NOTE, "the house is founded house=%s", e.subject);
	return 0;
}

static int
charter_fit(const json_t *doc, json_t **ret, struct err *err)
{
	AUTO(charter) *c = NULL;

	TRY(charter_from_json(doc, &c, err));
	*ret = json_clone(charter_json(c));
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "a charter");
}

/*
 * A keeper that is founded and not known here was founded by us, a moment ago,
 * with the charter that lies beside: that one must stay.  Greeting it anew makes
 * its event.
 */
static int
unfounded_check(struct flow *f, struct err *err)
{
	AUTO_JSON *hello = NULL;

	TRY(keyring_hello(f->keyring, 0, &hello, err));
	if (json_str(hello, "house", "")[0] == '\0')
		return 0;
	keyring_retry(f->keyring);
	return err_set(err, EFOUNDED, "the keeper is of a house already");
}

/*
 * The keeper is founded first and remembers only the charter's hash in its
 * journal: should we end before the event, the document must still be here.
 */
static int
charter_leave(const struct flow *f, const json_t *charter, struct err *err)
{
	AUTO(blob) *text = blob_new();
	char path[4200];

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	TRY(json_canonical(charter, text, err));
	founding_path(f, path);
	return io_write_file(path, 0600, text->data, text->len, err);
}

int
flow_found(struct flow *f, const json_t *body, json_t **ret, struct err *err)
{
	AUTO_JSON *charter = NULL, *answer = NULL;
	int rc;

	TRY(charter_fit(json_object_get(body, "charter"), &charter, err));
	TRY(hands_on(f, "founding", err));
	rc = unfounded_check(f, err);
	if (rc == 0)
		rc = charter_leave(f, charter, err);
	if (rc == 0)
		rc = keyring_found(f->keyring, charter, &answer, err);
	if (rc == 0)
		rc = founded_commit(f, json_object_get(answer, "entry"), charter,
		    err);
	hands_off(f, "founding");
	keyring_retry(f->keyring);
	TRY(rc);
	return flow_genesis(f, ret, err);
}

int
founding_resume(struct flow *f, struct keyring *k, struct err *err)
{
	AUTO(blob) *text = blob_new();
	AUTO_JSON *charter = NULL, *entries = NULL;
	char path[4200];

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	founding_path(f, path);
	if (io_read_file(path, FOUNDING_OCTETS, text, err) != 0)
		return err_set(err, EHALTED, "the keeper is of a house that this "
		    "database does not know: restore its ledger");
	TRY(json_read_canonical(text->data, text->len, &charter, err));
	TRY(keyring_tail(k, 1, 1, &entries, err));
	return founded_commit(f, json_array_get(entries, 0), charter, err);
}

/* ---- the officers' signatures ---- */

struct first {
	struct flow	*flow;
	char		 hash[SHA256_HEX];
};

static int
genesis_charter(struct flow *f, const struct genesis *g, struct law **ret,
    struct err *err)
{
	char hex[SHA256_HEX];

	sha256_hex(&g->charter, hex);
	return state_law_of(f->state, hex, ret, err);
}

static bool
signed_already(struct flow *f, const json_t *body)
{
	const json_t *one;
	bool found = false;
	size_t i;

	pthread_mutex_lock(&f->lock);
	json_array_foreach(json_object_get(f->genesis, "signatures"), i, one)
		if (json_equal(json_object_get(one, "officer"),
		    json_object_get(body, "officer")) &&
		    json_equal(json_object_get(one, "credential"),
		    json_object_get(body, "credential")))
			found = true;
	pthread_mutex_unlock(&f->lock);
	return found;
}

int
flow_genesis_sign(struct flow *f, const json_t *body, json_t **ret,
    struct err *err)
{
	AUTO(house) *h = NULL;
	AUTO(law) *law = NULL;
	AUTO(genesis) *g = NULL;
	struct event e = { .kind = EVENT_GENESIS_SIGNED, .data = body,
	    .actor = json_str(body, "officer", ""),
	    .subject = json_str(body, "officer", "") };
	struct receipt r;

	TRY(state_house(f->state, &h, err));
	TRY(genesis_read(h->genesis, &g, err));
	TRY(genesis_charter(f, g, &law, err));
	TRY(genesis_signature_check(g, law->charter, body, err));
	if (!signed_already(f, body)) {
		TRY(state_commit(f->state, &e, 1, &r, err));
		TRY(genesis_load(f, err));
	}
	return flow_genesis(f, ret, err);
}

/* ---- logins ---- */

static int
officer_of(const struct law *law, const json_t *body, const char **ret,
    struct err *err)
{
	const struct roster *r = charter_roster(law->charter);
	const struct principal *p = NULL;
	struct sha256 h;

	if (json_object_get(body, "officer") != NULL) {
		p = roster_find(r, json_str(body, "officer", ""));
	} else {
		TRY(json_need_hash(body, "credential", &h, err));
		p = roster_by_credential(r, &h);
	}
	if (p == NULL || p->tool)
		return err_set(err, EAUTH, "no officer of this house is meant");
	*ret = p->id;
	return 0;
}

int
flow_login_challenge(struct flow *f, const json_t *body, json_t **ret,
    struct err *err)
{
	AUTO(house) *h = NULL;
	AUTO(law) *law = NULL;
	char challenge[PEOPLE_TOKEN], until[TIME_TEXT];
	time_us now = clock_now();
	const char *officer;

	TRY(state_law(f->state, &law, err));
	TRY(state_house(f->state, &h, err));
	TRY(officer_of(law, body, &officer, err));
	TRY(people_challenge(state_people(f->state), officer, now, challenge,
	    err));
	clock_text(now + TIME_S(PEOPLE_CHALLENGE_S), until);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s}", "challenge",
	    challenge, "house", h->id, "officer", officer, "expires", until);
}

int
flow_login(struct flow *f, const json_t *body, json_t **ret, struct err *err)
{
	AUTO(house) *h = NULL;
	AUTO(law) *law = NULL;
	char token[PEOPLE_TOKEN], until[TIME_TEXT];
	time_us expires;
	int rc;

	TRY(state_law(f->state, &law, err));
	TRY(state_house(f->state, &h, err));
	TRY(people_login(state_people(f->state), law->charter, h->id, body,
	    clock_now(), token, &expires, err));
	clock_text(expires, until);
	rc = json_build(ret, err, "{s:s, s:s, s:s}", "token", token,
	    "expires", until, "officer", json_str(body, "officer", ""));
	explicit_bzero(token, sizeof(token));
	return rc;
}
