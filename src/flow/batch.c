/*
 * batch - certificates that are asked for together: each by the one way of
 * every action, under a name that follows from the batch and its request.
 */
#include <stdio.h>
#include <string.h>
#include "flow/certify.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/vain.h"
#include "keyring/keyring.h"

/* ---- opening ---- */

struct lookup {
	const struct caller	*who;
	const char		*name;
	char			 ca[CERT_NAME];	/* that issues where it is asked */
	struct cert_batch	 b;
	bool			 there;
};

static int
find_one(struct tx *tx, void *ctx, struct err *err)
{
	struct lookup *x = ctx;

	return cert_batch_find(tx, x->who->id, x->name, &x->b, &x->there, err);
}

static int
found(const struct lookup *x, const char *ca, const char *profile,
    struct flow_batch *ret, struct err *err)
{
	if ((strcmp(x->b.ca, ca) != 0 && strcmp(x->b.ca, x->ca) != 0) ||
	    strcmp(x->b.profile, profile) != 0)
		return err_set(err, ECONFLICT, "this Idempotency-Key is that of "
		    "%s, of %s and profile %s", x->b.id, x->b.ca,
		    x->b.profile);
	memcpy(ret->id, x->b.id, sizeof(ret->id));
	memcpy(ret->ca, x->b.ca, sizeof(ret->ca));
	memcpy(ret->profile, x->b.profile, sizeof(ret->profile));
	ret->refused = x->b.refused;
	return 0;
}

static int
opened_commit(struct flow *f, const struct lookup *x, const char *profile,
    struct err *err)
{
	struct event e = { .kind = EVENT_BATCH_OPENED, .actor = x->who->id,
	    .subject = x->ca };
	AUTO_JSON *data = NULL;
	struct receipt r;
	char id[ID_TEXT];

	TRY(id_new("bat", clock_now(), id, err));
	TRY(json_build(&data, err, "{s:s, s:s, s:s, s:s}", "batch", id,
	    "ca", x->ca, "profile", profile, "idempotency", x->name));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}

/* Of a CA and a profile that are there, for somebody who may issue at all. */
static int
terms_check(struct flow *f, struct lookup *x, const char *ca,
    const char *profile, struct answer *ret_refusal, struct err *err)
{
	const struct ask ask = { .action = "cert.issue", .who = x->who,
		.subject = ca, .idempotency = "" };
	AUTO(cert_ca) *there = NULL;
	const struct profile *p;
	AUTO(law) *law = NULL;
	struct key *key;
	json_t *parameters;

	TRY(ca_issuing(f, ca, &there, err));
	memcpy(x->ca, there->name, strlen(there->name) + 1);
	TRY(state_law(f->state, &law, err));
	TRY(profile_named(law, profile, &p, err));
	TRY(json_build(&parameters, err, "{s:s, s:s, s:s, s:s}", "key",
	    there->key, "key_name", there->key_name, "ca", x->ca, "profile",
	    profile));
	if (state_key(f->state, there->key, &key, err) != 0) {
		json_decref(parameters);
		return -(int)err->code;
	}
	return asks_in_vain(f, &ask, key, parameters, ret_refusal, err);
}

static int
batch_begin(struct flow *f, struct lookup *x, const char *ca,
    const char *profile, struct flow_batch *ret, struct err *err)
{
	int rc = opened_commit(f, x, profile, err);

	/* Somebody else of theirs was first: it is the same one. */
	if (rc != 0 && rc != -EEXISTS)
		return rc;
	TRY(state_read(f->state, find_one, x, err));
	return x->there ? found(x, ca, profile, ret, err) :
	    err_set(err, EINTERNAL, "a batch that was opened is not there");
}

int
flow_batch_open(struct flow *f, const struct caller *who, const char *ca,
    const char *profile, const char *name, struct flow_batch *ret,
    struct answer *ret_refusal, struct err *err)
{
	struct lookup x = { .who = who, .name = name };

	TRY(terms_check(f, &x, ca, profile, ret_refusal, err));
	if (ret_refusal->code != OK)
		return 0;
	TRY(state_read(f->state, find_one, &x, err));
	return x.there ? found(&x, ca, profile, ret, err) :
	    batch_begin(f, &x, ca, profile, ret, err);
}

/* ---- rows ---- */

/*
 * What tells a request from others, in whatever spelling it came: its base64
 * without armour and white space.
 */
static int
csr_letters(const char *text, struct blob *ret, struct err *err)
{
	const char *p = strstr(text, "-----BEGIN"), *end, *line;

	if (p != NULL && (line = strchr(p, '\n')) != NULL) {
		end = strstr(line, "-----END");
		text = line;
	} else
		end = NULL;
	if (end == NULL)
		end = text + strlen(text);
	while (text < end) {
		size_t n = strcspn(text, " \t\r\n");

		if (n > (size_t)(end - text))
			n = (size_t)(end - text);
		TRY(blob_put(ret, text, n, err));
		text += n + strspn(text + n, " \t\r\n");
	}
	return 0;
}

int
flow_batch_name(const struct flow_batch *b, const json_t *row,
    char ret[FLOW_BATCH_NAME], struct err *err)
{
	AUTO(blob) *letters = blob_new();
	struct sha256 hash;
	char hex[SHA256_HEX];

	if (letters == NULL)
		return err_set(err, ENOMEMORY, "a row");
	TRY(csr_letters(json_str(row, "csr", ""), letters, err));
	hash = sha256_of(blob_str(letters), letters->len);
	sha256_hex(&hash, hex);
	snprintf(ret, FLOW_BATCH_NAME, "%s-%s", b->id, hex);
	return 0;
}

static int
body_make(const struct flow_batch *b, const json_t *row, json_t **ret,
    struct err *err)
{
	static const char *const names[] = { "csr", "subject", "san", "device",
		"not_after", "note" };
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s}", "profile", b->profile, "batch",
	    b->id));
	TRY(members_copy(row, names, NELEM(names), o, err));
	*ret = TAKE(o);
	return 0;
}

int
flow_batch_row(struct flow *f, const struct caller *who,
    const struct flow_batch *b, const json_t *row, struct answer *ret,
    struct err *err)
{
	AUTO_JSON *body = NULL;
	char name[FLOW_BATCH_NAME];
	struct ask a = { .action = "cert.issue", .who = who, .subject = b->ca,
	    .idempotency = name };

	TRY(flow_batch_name(b, row, name, err));
	TRY(body_make(b, row, &body, err));
	a.body = body;
	return flow_ask(f, &a, NULL, ret, err);
}

int
flow_keeper_wait(struct flow *f, time_us wait, struct err *err)
{
	return keyring_wait(f->keyring, wait, err);
}

/* ---- counting ---- */

struct refused {
	const char		*batch;
	const struct sha256	*row;
	bool			 is;
};

static int
refused_read(struct tx *tx, void *ctx, struct err *err)
{
	struct refused *x = ctx;

	return cert_batch_is_refused(tx, x->batch, x->row, &x->is, err);
}

int
flow_batch_was_refused(struct flow *f, const struct flow_batch *b,
    const struct sha256 *row, bool *ret, struct err *err)
{
	struct refused x = { .batch = b->id, .row = row };

	TRY(state_read(f->state, refused_read, &x, err));
	*ret = x.is;
	return 0;
}

int
flow_batch_count(struct flow *f, const struct caller *who,
    const struct flow_batch *b, json_t *refused, json_t *mended,
    struct err *err)
{
	struct event e = { .kind = EVENT_BATCH_COUNTED, .actor = who->id,
	    .subject = b->ca };
	AUTO_JSON *data = NULL;
	struct receipt r;

	TRY(json_build(&data, err, "{s:s, s:O, s:O}", "batch", b->id,
	    "refused", refused, "mended", mended));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}
