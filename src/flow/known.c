/*
 * known - keys that must not be certified for what is known of others: lists
 * of private keys that everybody has, and primes shared with a key of ours.
 */
#include <stdlib.h>
#include "base/io.h"
#include "base/log.h"
#include "ca/badkeys.h"
#include "ca/key.h"
#include "ca/primes.h"
#include "flow/certify.h"
#include "flow/inside.h"
#include "flow/stage.h"
#include "flow/vain.h"

#define PAGE	1000u
#define ASKED	4096u	/* keys that were asked for and not certified yet */

/* The lock is held while the store is read: whoever comes next needs it, too. */
struct known {
	struct badkeys	*bad;		/* owned, or NULL; constant */
	pthread_mutex_t	 lock;		/* over all below */
	struct primes	*primes;	/* owned */
	struct moduli	 at;		/* up to where they are taken in */
	json_t		*asked;		/* SPKI: among the primes, and not in the store yet */
};

static int
bad_read(struct known *k, const char *file, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a list of keys");
	TRY(io_read_file(file, BADKEYS_OCTETS, text, err));
	TRY(badkeys_read(span_blob(text), &k->bad, err));
	log_line(LOG_INFO, "keys that are refused keys=%zu",
	    badkeys_count(k->bad));
	return 0;
}

/* Under the lock, or before there is another thread. */
static int
known_forget(struct known *k, struct err *err)
{
	AUTO(primes) *primes = NULL;
	AUTO_JSON *asked = json_object();

	if (asked == NULL)
		return err_set(err, ENOMEMORY, "the known keys");
	TRY(primes_new(&primes, err));
	primes_free(k->primes);
	json_decref(k->asked);
	k->primes = TAKE(primes);
	k->asked = TAKE(asked);
	k->at = (struct moduli){ 0 };
	return 0;
}

int
known_new(const char *file, struct known **ret, struct err *err)
{
	struct known *k = calloc(1, sizeof(*k));
	int rc = 0;

	if (k == NULL)
		return err_set(err, ENOMEMORY, "the known keys");
	pthread_mutex_init(&k->lock, NULL);
	rc = known_forget(k, err);
	if (rc == 0 && file != NULL && file[0] != '\0')
		rc = bad_read(k, file, err);
	if (rc != 0)
		known_free(k);
	else
		*ret = k;
	return rc;
}

void
known_free(struct known *k)
{
	if (k == NULL)
		return;
	badkeys_free(k->bad);
	primes_free(k->primes);
	json_decref(k->asked);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

/* ---- shared primes ---- */

struct taking {
	struct known	*known;
	struct sha256	 spki;
	bool		 is_ours;	/* this very key: it was looked at before */
	bool		 is_known;	/* and is among them */
	unsigned	 n;
};

static int
take_one(void *ctx, const struct sha256 *spki, struct span modulus,
    struct err *err)
{
	struct known *k = ctx;
	char hex[SHA256_HEX];

	sha256_hex(spki, hex);
	if (json_object_del(k->asked, hex) == 0)
		return 0;
	return primes_add(k->primes, modulus, err);
}

static int
take_page(struct tx *tx, void *ctx, struct err *err)
{
	struct taking *t = ctx;
	struct known *k = t->known;

	TRY(cert_modulus_known(tx, &t->spki, &t->is_known, &t->is_ours, err));
	t->n = 0;
	return t->is_ours ? 0 : cert_moduli_next(tx, &k->at, PAGE, take_one, k,
	    &t->n, err);
}

/* Under the lock: all that were added since. */
static int
take_in(struct flow *f, struct taking *t, struct err *err)
{
	do {
		TRY(state_read(f->state, take_page, t, err));
	} while (t->n == PAGE);
	return 0;
}

/*
 * Under the lock.  Until it is certified the store does not have it, and
 * another of the same batch must see it.  Many that never are fill no memory:
 * all are read anew from the store then.
 */
static int
take_asked(struct flow *f, struct taking *t, struct span modulus,
    struct err *err)
{
	struct known *k = f->known;
	char hex[SHA256_HEX];
	int rc;

	if (json_object_size(k->asked) == ASKED) {
		TRY(known_forget(k, err));
		TRY(take_in(f, t, err));
	}
	sha256_hex(&t->spki, hex);
	TRY(json_set_new(k->asked, hex, json_true(), err));
	if ((rc = primes_add(k->primes, modulus, err)) != 0)
		(void)json_object_del(k->asked, hex);
	return rc;
}

static bool
is_asked(const struct taking *t)
{
	char hex[SHA256_HEX];

	sha256_hex(&t->spki, hex);
	return json_object_get(t->known->asked, hex) != NULL;
}

/* Under the lock. */
static int
prime_look(struct flow *f, struct taking *t, struct span modulus,
    bool *ret_shared, struct err *err)
{
	TRY(take_in(f, t, err));
	if (t->is_ours || is_asked(t))
		return 0;
	TRY(primes_shared(f->known->primes, modulus, t->is_known, ret_shared,
	    err));
	return *ret_shared || t->is_known ? 0 : take_asked(f, t, modulus, err);
}

static int
prime_check(struct flow *f, struct span spki, struct span modulus,
    struct err *err)
{
	struct taking t = { .known = f->known,
	    .spki = sha256_of(spki.p, spki.n) };
	bool shared = false;
	int rc;

	pthread_mutex_lock(&f->known->lock);
	rc = prime_look(f, &t, modulus, &shared, err);
	pthread_mutex_unlock(&f->known->lock);
	TRY(rc);
	return !shared ? 0 : err_set(err, EDENIED, "the RSA key shares a prime "
	    "with another that is certified or asked for here: whoever has both "
	    "certificates can find both private keys (NIST SP 800-57, 5.2)");
}

static int
known_check(struct flow *f, struct span spki, struct err *err)
{
	struct span modulus;
	bool bad = false;

	if (f->known->bad != NULL)
		TRY(badkeys_has(f->known->bad, spki, &bad, err));
	if (bad)
		return err_set(err, EDENIED, "the key is on the list of those "
		    "whose private halves are known (CA/Browser Forum BR, "
		    "6.1.1.3)");
	TRY(key_modulus(spki, &modulus, err));
	return modulus.n == 0 ? 0 : prime_check(f, spki, modulus, err);
}

int
known_draw(const struct begun *b, struct span spki, struct drawn *ret,
    struct err *err)
{
	ret->vain = !may_ever(b, ret->key->class);
	return ret->vain ? 0 :
	    asked_wrongly(known_check(b->flow, spki, err), err);
}
