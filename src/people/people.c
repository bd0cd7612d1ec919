/* people - who stands behind a token or a certificate; see people.h. */
#include "config.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "people/people.h"
#include "people/people_state.h"
#include "store/store.h"

int
people_new(struct store *store, struct people **ret, struct err *err)
{
	AUTO(people)	*p = calloc(1, sizeof(*p));

	if (p == NULL || pthread_rwlock_init(&p->lock, NULL) != 0) {
		free(TAKE(p));
		return err_set(err, ENOMEMORY, "people");
	}
	p->store = store;
	p->session_s = PEOPLE_SESSION_S;
	p->cache = calloc(PEOPLE_SLOTS, sizeof(*p->cache));
	p->session = calloc(PEOPLE_SESSIONS, sizeof(*p->session));
	p->challenge = calloc(PEOPLE_CHALLENGES, sizeof(*p->challenge));
	if (p->cache == NULL || p->session == NULL || p->challenge == NULL)
		return err_set(err, ENOMEMORY, "people");
	if (RAND_bytes(p->seal, sizeof(p->seal)) != 1)
		return err_set(err, EINTERNAL, "no randomness");
	*ret = TAKE(p);
	return 0;
}

void
people_session_lasts(struct people *p, unsigned seconds)
{
	p->session_s = seconds;
}

void
people_free(struct people *p)
{
	if (p == NULL)
		return;
	pthread_rwlock_destroy(&p->lock);
	free(p->cache);
	free(p->session);
	free(p->challenge);
	explicit_bzero(p->seal, sizeof(p->seal));
	free(p);
}

void
people_forget(struct people *p)
{
	pthread_rwlock_wrlock(&p->lock);
	p->generation++;
	memset(p->cache, 0, PEOPLE_SLOTS * sizeof(*p->cache));
	pthread_rwlock_unlock(&p->lock);
}

static struct known *
slot(struct people *p, const struct sha256 *h)
{
	unsigned	 at = (unsigned)h->o[0] << 8 | h->o[1];

	return &p->cache[at % PEOPLE_SLOTS];
}

/* From memory: 1 found, 0 not; the generation tells a later put if it is stale. */
static bool
recall(struct people *p, const struct sha256 *hash, struct known *ret,
    uint64_t *ret_generation)
{
	bool	 found;

	pthread_rwlock_rdlock(&p->lock);
	*ret = *slot(p, hash);
	*ret_generation = p->generation;
	found = ret->used && sha256_equal(&ret->hash, hash);
	pthread_rwlock_unlock(&p->lock);
	return found;
}

static void
remember(struct people *p, const struct known *k, uint64_t generation)
{
	pthread_rwlock_wrlock(&p->lock);
	if (p->generation == generation)
		*slot(p, &k->hash) = *k;
	pthread_rwlock_unlock(&p->lock);
}

struct lookup {
	const char	*type;
	struct known	 k;
};

static int
look_up(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct lookup	*l = ctx;
	struct caller	*w = &l->k.who;
	char		 hex[SHA256_HEX];

	sha256_hex(&l->k.hash, hex);
	TRY(tx_one(tx, "people_credential_by_hash", PARAMS(v_text(hex),
	    v_text(l->type)), &r, err));
	TRY(rows_copy(r, "principal", w->id, sizeof(w->id), err));
	TRY(rows_copy(r, "party", w->party, sizeof(w->party), err));
	TRY(rows_copy(r, "id", w->credential, sizeof(w->credential), err));
	w->tool = strcmp(rows_text(r, "kind"), "tool") == 0;
	l->k.expires = rows_int(r, "expires");
	l->k.used = true;
	return 0;
}

static int
identify(struct people *p, const struct sha256 *hash, enum people_by by,
    time_us now, struct caller *ret, struct err *err)
{
	struct lookup	 l = { by == BY_TOKEN ? "token" : "tls-client",
			    { .used = false } };
	uint64_t	 generation;

	if (!recall(p, hash, &l.k, &generation) || l.k.who.by != by) {
		memset(&l.k, 0, sizeof(l.k));
		l.k.hash = *hash;
		l.k.who.by = by;
		int rc = store_read(p->store, look_up, &l, err);
		if (rc == -ENOENT_)
			return err_set(err, EAUTH, "this credential is not "
			    "known here, or was revoked");
		TRY(rc);
		remember(p, &l.k, generation);
	}
	if (l.k.expires <= now)
		return err_set(err, EAUTH, "this credential has expired");
	*ret = l.k.who;
	return 0;
}

int
people_by_token(struct people *p, const char *token, time_us now,
    struct caller *ret, struct err *err)
{
	struct sha256	 hash;

	if (strncmp(token, "clv_", 4) != 0 || strlen(token) != 47)
		return err_set(err, EAUTH, "this is not a token of ours: it "
		    "would be clv_ and 43 characters");
	hash = sha256_of(token, strlen(token));
	if (people_session(p, &hash, now, ret, NULL) == 0)
		return 0;
	return identify(p, &hash, BY_TOKEN, now, ret, err);
}

int
people_by_certificate(struct people *p, const void *spki, size_t octets,
    time_us now, struct caller *ret, struct err *err)
{
	struct sha256	 hash = sha256_of(spki, octets);

	return identify(p, &hash, BY_CERTIFICATE, now, ret, err);
}

int
people_caller(struct tx *tx, const char *id, struct caller *ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct caller	 w = { .by = BY_SESSION };

	TRY(tx_one(tx, "people_get", PARAMS(v_text(id)), &r, err));
	if (!rows_null(r, "until"))
		return err_set(err, ENOENT_, "%.64s has left the roster", id);
	TRY(rows_copy(r, "id", w.id, sizeof(w.id), err));
	TRY(rows_copy(r, "party", w.party, sizeof(w.party), err));
	w.tool = strcmp(rows_text(r, "kind"), "tool") == 0;
	*ret = w;
	return 0;
}

int
people_once(struct tx *tx, const struct sha256 *hash, struct people_once *ret,
    struct err *err)
{
	AUTO(rows)		*r = NULL;
	struct people_once	 o = { .who = { .by = BY_TOKEN } };
	char			 hex[SHA256_HEX];

	sha256_hex(hash, hex);
	TRY(tx_one(tx, "people_once_get", PARAMS(v_text(hex)), &r, err));
	TRY(people_caller(tx, rows_text(r, "principal"), &o.who, err));
	o.who.by = BY_TOKEN;
	TRY(rows_copy(r, "id", o.who.credential, sizeof(o.who.credential),
	    err));
	o.expires = rows_int(r, "expires");
	o.seq = (uint64_t)rows_int(r, "seq");
	*ret = o;
	return 0;
}

int
people_token_new(char ret_token[PEOPLE_TOKEN], struct sha256 *ret_hash,
    struct err *err)
{
	unsigned char	 octets[32];
	char		*text;

	if (RAND_priv_bytes(octets, sizeof(octets)) != 1)
		return err_set(err, EINTERNAL, "no randomness");
	text = b64url_encode(octets, sizeof(octets));
	explicit_bzero(octets, sizeof(octets));
	if (text == NULL)
		return err_set(err, ENOMEMORY, "a token");
	memcpy(ret_token, "clv_", 4);
	memcpy(ret_token + 4, text, 44);
	explicit_bzero(text, strlen(text));
	free(text);
	*ret_hash = sha256_of(ret_token, 47);
	return 0;
}
