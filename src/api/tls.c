#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include "api/server.h"
#include "base/io.h"
#include "base/log.h"
#include "base/x509.h"

#define CHAIN_MAX	8
#define PEM_MAX		(256u * 1024)

/* A certificate with its key; never freed while a handshake may use it. */
struct material {
	gnutls_pcert_st	 chain[CHAIN_MAX];
	unsigned	 n;
	gnutls_privkey_t key;
	struct material	*older;
};

struct tls {
	pthread_mutex_t	 lock;
	char		*certificate, *key;
	struct material	*now;
};

static void
material_free(struct material *m)
{
	unsigned i;

	for (i = 0; i < m->n; i++)
		gnutls_pcert_deinit(&m->chain[i]);
	if (m->key != NULL)
		gnutls_privkey_deinit(m->key);
	free(m);
}

static int
read_chain(const struct tls *t, struct material *m, struct err *err)
{
	AUTO(blob) *pem = blob_new();
	gnutls_datum_t d;
	unsigned n = CHAIN_MAX;
	int rc;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(io_read_file(t->certificate, PEM_MAX, pem, err));
	d = (gnutls_datum_t){ pem->data, (unsigned)pem->len };
	rc = gnutls_pcert_list_import_x509_raw(m->chain, &n, &d,
	    GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (rc < 0 || n == 0)
		return err_set(err, EINPUT, "%s: %s", t->certificate,
		    gnutls_strerror(rc));
	m->n = n;
	return 0;
}

static int
read_key(const struct tls *t, struct material *m, struct err *err)
{
	AUTO(blob) *pem = blob_new();
	gnutls_datum_t d;
	int rc;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a key");
	TRY(io_read_file(t->key, PEM_MAX, pem, err));
	d = (gnutls_datum_t){ pem->data, (unsigned)pem->len };
	if ((rc = gnutls_privkey_init(&m->key)) < 0 ||
	    (rc = gnutls_privkey_import_x509_raw(m->key, &d,
	    GNUTLS_X509_FMT_PEM, NULL, 0)) < 0)
		return err_set(err, EINPUT, "%s: %s", t->key,
		    gnutls_strerror(rc));
	return 0;
}

static int
check_pair(const struct tls *t, struct material *m, struct err *err)
{
	unsigned char a[64], b[64];
	size_t an = sizeof(a), bn = sizeof(b);
	gnutls_pubkey_t pub;
	bool same;

	if (gnutls_pubkey_init(&pub) < 0)
		return err_set(err, ENOMEMORY, "a key");
	same = gnutls_pubkey_import_privkey(pub, m->key, 0, 0) >= 0 &&
	    gnutls_pubkey_get_key_id(pub, 0, a, &an) >= 0 &&
	    gnutls_pubkey_get_key_id(m->chain[0].pubkey, 0, b, &bn) >= 0 &&
	    an == bn && memcmp(a, b, an) == 0;
	gnutls_pubkey_deinit(pub);
	return same ? 0 : err_set(err, EINPUT,
	    "%s does not belong to the certificate in %s", t->key,
	    t->certificate);
}

int
tls_reload(struct tls *t, struct err *err)
{
	struct material *m = calloc(1, sizeof(*m));
	int rc;

	if (m == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	if ((rc = read_chain(t, m, err)) != 0 ||
	    (rc = read_key(t, m, err)) != 0 ||
	    (rc = check_pair(t, m, err)) != 0) {
		material_free(m);
		return rc;
	}
	pthread_mutex_lock(&t->lock);
	m->older = t->now;
	t->now = m;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

int
tls_new(const char *certificate, const char *key, struct tls **ret,
    struct err *err)
{
	struct tls *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return err_set(err, ENOMEMORY, "TLS");
	pthread_mutex_init(&t->lock, NULL);
	t->certificate = strdup(certificate);
	t->key = strdup(key);
	if (t->certificate == NULL || t->key == NULL)
		rc = err_set(err, ENOMEMORY, "TLS");
	else
		rc = tls_reload(t, err);
	if (rc != 0) {
		tls_free(t);
		return rc;
	}
	*ret = t;
	return 0;
}

void
tls_free(struct tls *t)
{
	struct material *m, *older;

	if (t == NULL)
		return;
	for (m = t->now; m != NULL; m = older) {
		older = m->older;
		material_free(m);
	}
	pthread_mutex_destroy(&t->lock);
	free(t->certificate);
	free(t->key);
	free(t);
}

int
tls_certificate(gnutls_session_t s, const gnutls_datum_t *ca, int ca_n,
    const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
    gnutls_pcert_st **ret, unsigned *ret_n, gnutls_privkey_t *ret_key)
{
	struct tls *t = gnutls_session_get_ptr(s);

	if (t == NULL)
		return -1;
	pthread_mutex_lock(&t->lock);
	*ret = t->now->chain;
	*ret_n = t->now->n;
	*ret_key = t->now->key;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

static void
certificate_keep(struct conn *c, const gnutls_datum_t *der)
{
	if (c->peer != PEER_VALID ||
	    (c->certificate = malloc(der->size)) == NULL)
		return;
	memcpy(c->certificate, der->data, der->size);
	c->certificate_octets = der->size;
}

/*
 * Whoever holds the private key has proven it in the handshake; whose key it
 * is, the pinned SPKI says.  No chain is built: only the dates are looked at.
 */
static void
peer_set(struct conn *c, X509 *x)
{
	time_us now = clock_now(), from;
	unsigned char *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);

	x509_times(x, &from, &c->peer_until);
	if (n > 0 && (c->spki = malloc((size_t)n)) != NULL) {
		memcpy(c->spki, spki, (size_t)n);
		c->spki_octets = (size_t)n;
		c->peer = now < from || now > c->peer_until ?
		    PEER_EXPIRED : PEER_VALID;
	}
	OPENSSL_free(spki);
}

void
tls_peer(struct conn *c, gnutls_session_t s)
{
	const gnutls_datum_t *peers;
	const unsigned char *p;
	unsigned n = 0;
	X509 *x;

	c->peer = PEER_NONE;
	peers = gnutls_certificate_get_peers(s, &n);
	if (peers == NULL || n == 0)
		return;
	p = peers[0].data;
	if ((x = d2i_X509(NULL, &p, (long)peers[0].size)) == NULL)
		return;
	peer_set(c, x);
	certificate_keep(c, &peers[0]);
	X509_free(x);
}
