/*
 * challenge - what an officer signs to log in.
 *
 * Anybody may ask for one, so asking stores nothing: a challenge carries its
 * time and is sealed under a secret of this run.  Only one that was answered
 * with a good signature is remembered, until it would have ended by itself.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/id.h"
#include "people/people.h"
#include "people/people_state.h"

#define SEAL_AT		16	/* 8 octets of time, 8 of randomness, the seal */
#define SEAL_OCTETS	16
#define CHALLENGE_OCTETS (SEAL_AT + SEAL_OCTETS)
#define CHALLENGE_TEXT	43

/* HMAC-SHA256, cut to 128 bits (RFC 2104, 5), over time, randomness, officer. */
static int
seal(const struct people *p, const unsigned char head[SEAL_AT],
    const char *officer, unsigned char ret[SEAL_OCTETS], struct err *err)
{
	unsigned char	 text[SEAL_AT + PEOPLE_NAME], mac[EVP_MAX_MD_SIZE];
	size_t		 n = strlen(officer);
	unsigned	 got = 0;

	memcpy(text, head, SEAL_AT);
	memcpy(text + SEAL_AT, officer, n);
	if (HMAC(EVP_sha256(), p->seal, sizeof(p->seal), text, SEAL_AT + n,
	    mac, &got) == NULL)
		return err_set(err, ENOMEMORY, "a challenge");
	memcpy(ret, mac, SEAL_OCTETS);
	return 0;
}

static void
time_put(time_us t, unsigned char ret[8])
{
	for (int i = 0; i < 8; i++)
		ret[i] = (unsigned char)((uint64_t)t >> (56 - 8 * i));
}

static time_us
time_get(const unsigned char from[8])
{
	uint64_t	 t = 0;

	for (int i = 0; i < 8; i++)
		t = t << 8 | from[i];
	return (time_us)t;
}

int
people_challenge(struct people *p, const char *officer, time_us now,
    char ret[PEOPLE_TOKEN], struct err *err)
{
	unsigned char	 octets[CHALLENGE_OCTETS];
	char		*text;

	if (!name_check(officer))
		return err_set(err, EINPUT, "that is not the name of an officer");
	time_put(now, octets);
	if (RAND_bytes(octets + 8, SEAL_AT - 8) != 1)
		return err_set(err, EINTERNAL, "no randomness");
	TRY(seal(p, octets, officer, octets + SEAL_AT, err));
	if ((text = b64url_encode(octets, sizeof(octets))) == NULL)
		return err_set(err, ENOMEMORY, "a challenge");
	memcpy(ret, text, CHALLENGE_TEXT + 1);
	free(text);
	return 0;
}

/* From the alphabet of section 5 to that of section 4, whose reader we have. */
static int
octets_of(const char *text, struct blob *ret, struct err *err)
{
	char	 plain[CHALLENGE_TEXT + 2];
	int	 rc;

	if (strlen(text) != CHALLENGE_TEXT)
		return err_set(err, EAUTH, "that is not a challenge of ours");
	for (size_t i = 0; i < CHALLENGE_TEXT; i++)
		plain[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' :
		    text[i] == '+' || text[i] == '/' ? '.' : text[i];
	memcpy(plain + CHALLENGE_TEXT, "=", 2);
	rc = b64_decode(plain, ret, err);
	if (rc == -ENOMEMORY)
		return rc;
	if (rc != 0 || ret->len != CHALLENGE_OCTETS)
		return err_set(err, EAUTH, "that is not a challenge of ours");
	return 0;
}

int
people_challenge_check(const struct people *p, const char *officer,
    const char *text, time_us now, struct err *err)
{
	unsigned char	 want[SEAL_OCTETS];
	AUTO(blob)	*octets = blob_new();
	time_us		 made;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a challenge");
	if (!name_check(officer))
		return err_set(err, EAUTH, "that is not the name of an officer");
	TRY(octets_of(text, octets, err));
	TRY(seal(p, octets->data, officer, want, err));
	if (CRYPTO_memcmp(want, octets->data + SEAL_AT, SEAL_OCTETS) != 0)
		return err_set(err, EAUTH, "this challenge was not given to that "
		    "officer by this service");
	made = time_get(octets->data);
	if (made > now || now - made > TIME_S(PEOPLE_CHALLENGE_S))
		return err_set(err, EAUTH, "this challenge has expired");
	return 0;
}

int
people_challenge_use(struct people *p, const char *text, time_us now,
    struct err *err)
{
	struct challenge	*free_ = NULL;
	int			 rc = 0;

	pthread_rwlock_wrlock(&p->lock);
	for (size_t i = 0; i < PEOPLE_CHALLENGES && rc == 0; i++) {
		struct challenge *c = &p->challenge[i];

		if (c->expires <= now)
			free_ = c;
		else if (strcmp(c->text, text) == 0)
			rc = err_set(err, EAUTH, "this challenge was used");
	}
	if (rc == 0 && free_ == NULL)
		rc = err_set(err, EBUSY_, "too many have just logged in");
	if (rc == 0) {
		memcpy(free_->text, text, CHALLENGE_TEXT + 1);
		free_->expires = now + TIME_S(PEOPLE_CHALLENGE_S);
	}
	pthread_rwlock_unlock(&p->lock);
	return rc;
}
