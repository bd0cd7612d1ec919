/*
 * session - officers log in by signing a challenge.  Sessions are in memory
 * only: a restart ends them.
 */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/id.h"
#include "base/json.h"
#include "people/people.h"
#include "people/people_state.h"
#include "policy/charter.h"
#include "policy/proof.h"
#include "policy/roster.h"

/* The i-th of the places where a session of this hash may sit. */
static struct known *
seat(struct people *p, const struct sha256 *hash, size_t i)
{
	size_t	 at = (size_t)hash->o[0] << 8 | hash->o[1];

	return &p->session[(at + i) % PEOPLE_SESSIONS];
}

int
people_session(struct people *p, const struct sha256 *hash, time_us now,
    struct caller *ret, struct err *err)
{
	int	 rc = err_set(err, EAUTH, "no such session");

	pthread_rwlock_rdlock(&p->lock);
	for (size_t i = 0; i < PEOPLE_PROBES; i++) {
		struct known *s = seat(p, hash, i);

		if (s->used && s->expires > now &&
		    sha256_equal(&s->hash, hash)) {
			*ret = s->who;
			rc = 0;
			break;
		}
	}
	pthread_rwlock_unlock(&p->lock);
	return rc;
}

unsigned
people_sessions(struct people *p, time_us now)
{
	unsigned	 n = 0;

	pthread_rwlock_rdlock(&p->lock);
	for (size_t i = 0; i < PEOPLE_SESSIONS; i++)
		n += p->session[i].used && p->session[i].expires > now;
	pthread_rwlock_unlock(&p->lock);
	return n;
}

static int
login_verify(const struct charter *c, const char *house, const json_t *login,
    const struct principal **ret, struct err *err)
{
	AUTO_JSON	*signed_ = NULL;
	AUTO(blob)	*octets = blob_new(), *sig = blob_new();
	struct sha256	 hash;
	const char	*officer = json_str(login, "officer", "");
	const struct principal *who = roster_find(charter_roster(c), officer);
	const struct credential *cred;

	if (octets == NULL || sig == NULL)
		return err_set(err, ENOMEMORY, "a login");
	TRY(json_need_hash(login, "credential", &hash, err));
	if (who == NULL || who->tool ||
	    (cred = roster_credential(who, &hash)) == NULL)
		return err_set(err, EAUTH, "no such officer with that "
		    "credential is in the roster");
	TRY(json_build(&signed_, err, "{s:s, s:s, s:s, s:s}",
	    "format", "claviger/login/v1", "house", house, "officer", officer,
	    "challenge", json_str(login, "challenge", "")));
	TRY(json_canonical(signed_, octets, err));
	TRY(b64_decode(json_str(login, "signature", ""), sig, err));
	if (proof_key_verify(cred->key, octets->data, octets->len,
	    sig->data, sig->len, NULL) != 0)
		return err_set(err, EAUTH, "the signature over the challenge "
		    "does not verify");
	*ret = who;
	return 0;
}

/* The first free seat, else that which would end first. */
static void
session_put(struct people *p, const struct known *k, time_us now)
{
	struct known	*at = seat(p, &k->hash, 0);

	pthread_rwlock_wrlock(&p->lock);
	for (size_t i = 0; i < PEOPLE_PROBES; i++) {
		struct known *s = seat(p, &k->hash, i);

		if (!s->used || s->expires <= now) {
			at = s;
			break;
		}
		if (s->expires < at->expires)
			at = s;
	}
	*at = *k;
	pthread_rwlock_unlock(&p->lock);
}

void
people_forget_sessions(struct people *p)
{
	pthread_rwlock_wrlock(&p->lock);
	memset(p->session, 0, PEOPLE_SESSIONS * sizeof(*p->session));
	pthread_rwlock_unlock(&p->lock);
}

int
people_login(struct people *p, const struct charter *c, const char *house,
    const json_t *login, time_us now, char ret_token[PEOPLE_TOKEN],
    time_us *ret_expires, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "officer", WANT_STRING, true, 1, 64, "who logs in" },
		{ "credential", WANT_STRING, true, 64, 64, "hash of the SPKI" },
		{ "challenge", WANT_STRING, true, 43, 43, "as it was given" },
		{ "signature", WANT_STRING, true, 1, 2048, "over the challenge" },
	};
	const struct principal *who = NULL;
	struct known	 k = { .used = true };
	char		 token[PEOPLE_TOKEN];

	TRY(json_check(login, "", ROWS, NELEM(ROWS), err));
	TRY(people_challenge_check(p, json_str(login, "officer", ""),
	    json_str(login, "challenge", ""), now, err));
	TRY(login_verify(c, house, login, &who, err));
	TRY(people_token_new(token, &k.hash, err));
	/* Last: after it nothing fails, and it serves once. */
	TRY(people_challenge_use(p, json_str(login, "challenge", ""), now,
	    err));
	memcpy(ret_token, token, sizeof(token));
	explicit_bzero(token, sizeof(token));
	k.expires = now + TIME_S(p->session_s);
	k.who.by = BY_SESSION;
	memcpy(k.who.id, who->id, strlen(who->id) + 1);
	if (who->party != NULL)
		memcpy(k.who.party, who->party, strlen(who->party) + 1);
	session_put(p, &k, now);
	*ret_expires = k.expires;
	return 0;
}
