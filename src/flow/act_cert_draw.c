/*
 * act_cert_draw - what a certificate is to say, from what was asked: decided before
 * anybody is asked for approval.
 */
#include <string.h>
#include "flow/again.h"
#include "flow/certify.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/stage.h"
#include "flow/there.h"

/* Of a batch nobody says for each row which device it is: its subject does. */
static int
device_ask(const struct profile *p, const struct csr *csr, json_t *asked,
    struct err *err)
{
	char device[CERT_DEVICE];

	TRY(device_of(p, csr, device, err));
	return device[0] == '\0' ? 0 : json_set_str(asked, "device", device,
	    err);
}

/* What the profile makes of request and asker. */
static int
names_draw(const struct begun *b, const struct profile *p,
    const struct csr *csr, json_t *ret, struct err *err)
{
	static const char *const names[] = { "subject", "san", "device" };
	AUTO_JSON *asked = json_object(), *drawn = NULL;

	if (asked == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(members_copy(b->ask->body, names, NELEM(names), asked, err));
	if (asked_in_batch(b->ask) &&
	    json_object_get(asked, "device") == NULL)
		TRY(device_ask(p, csr, asked, err));
	TRY(asked_wrongly(profile_draw(p, csr, asked, &drawn, err), err));
	return members_copy(drawn, names, NELEM(names), ret, err);
}

static int
csr_draw(const struct begun *b, const struct csr *csr, struct drawn *ret,
    struct err *err)
{
	const struct profile *p;

	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	if (!profile_allows_key(p, csr_algorithm(csr)))
		return err_set(err, EINPUT, "/csr: profile %s, /keys: takes no %s key",
		    p->name, csr_algorithm(csr));
	TRY(csr_hashes(csr, ret->parameters, err));
	return names_draw(b, p, csr, ret->parameters, err);
}

/* The device anew, in place of what it has; what that is of other authorities,
 * is said: people agree to it, and replay ends just that. */
static int
reissue_draw(const struct there *t, json_t *ret, struct err *err)
{
	json_t *places;

	TRY(json_set_new(ret, "reissue", json_true(), err));
	if (t->others == 0)
		return 0;
	TRY(json_set_new(ret, "replaces", places = json_array(), err));
	for (unsigned i = 0; i < t->others; i++)
		if (json_array_append_new(places, json_string(t->other[i])) !=
		    0)
			return err_set(err, ENOMEMORY, "what it replaces");
	return 0;
}

/* The same request again, or the device anew: decided before anybody is asked. */
static int
device_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	struct there t = { .p = ret->parameters };
	bool valid;

	TRY(state_read(b->flow->state, there_read, &t, err));
	valid = t.given || (t.there && cert_valid(&t.row, b->now));
	if (valid && there_is_same(&t))
		return issued_answer(b->flow, NULL, t.row.id, &ret->known, err);
	/* Whoever names the one before means what that one gave. */
	if (!valid && t.before[0] != '\0' && strcmp(b->ask->subject,
	    json_str(ret->parameters, "ca", "")) != 0)
		return issued_answer(b->flow, NULL, t.before, &ret->known, err);
	return !valid && t.others == 0 ? 0 : reissue_draw(&t, ret->parameters,
	    err);
}

/* By a request of its holder. */
static int
holder_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO(csr) *csr = NULL;

	TRY(csr_given(json_str(b->ask->body, "csr", ""), &csr, err));
	TRY(known_draw(b, csr_spki(csr), ret, err));
	TRY(csr_draw(b, csr, ret, err));
	return csr_propose(csr, ret, err);
}

/* For a key of the inventory: that the house has it needs no proof. */
static int
house_draw(const struct begun *b, const char *name, struct drawn *ret,
    struct err *err)
{
	const struct profile *p;
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, name, &own, err));
	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	if (own->state == KEY_COMPROMISED || own->state == KEY_DESTROYED)
		return err_set(err, EINPUT, "/key: %s is %s", own->name,
		    key_state_name(own->state));
	if (own->spki == NULL || !profile_allows_key(p, own->algorithm))
		return err_set(err, EINPUT, "/key: profile %s, /keys: takes no %s key",
		    p->name, own->algorithm);
	TRY(json_set_str(ret->parameters, "spki", own->hash, err));
	return names_draw(b, p, NULL, ret->parameters, err);
}

int
issue_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "batch", "note" };
	const json_t *body = b->ask->body;
	const char *own = json_str(body, "key", NULL);
	bool exact = own != NULL || asked_in_batch(b->ask);
	AUTO(cert_ca) *ca = NULL;

	/* A responder's certificate is its own authority's, whoever succeeds it;
	 * a batch is of one from its beginning to its end. */
	TRY(exact ? ca_named(b->flow, b->ask->subject, &ca, err) :
	    ca_issuing(b->flow, b->ask->subject, &ca, err));
	TRY(state_key(b->flow->state, ca->key, &ret->key, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s}",
	    "key", ret->key->hash, "key_name", ret->key->name, "ca", ca->name,
	    "profile", json_str(body, "profile", "")));
	TRY(own != NULL ? house_draw(b, own, ret, err) :
	    holder_draw(b, ret, err));
	TRY(members_copy(body, plain, NELEM(plain), ret->parameters, err));
	TRY(time_copy(body, "not_after", ret->parameters, err));
	return device_draw(b, ret, err);
}
