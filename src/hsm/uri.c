#include "config.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"
#include "hsm/uri.h"

#define SCHEME		"pkcs11:"
#define MODULE_ENV	"CLAVIGER_PKCS11_MODULE"
#define PIN_TRIES	3
#define RSA_BITS	3072	/* least for an officer's key: 0001 */

struct hsm_uri_key {
	P11KitUri	*uri;
	struct pool	 pool;
	struct secret	*pin;
	struct blob	*id;		/* CKA_ID of the private key */
	struct blob	*spki;
	enum hsm_scheme	 scheme;
	bool		 each_time;	/* CKA_ALWAYS_AUTHENTICATE */
};

bool
hsm_uri_is(const char *text)
{
	return strncmp(text, SCHEME, strlen(SCHEME)) == 0;
}

static bool
fits(void *ctx, const CK_TOKEN_INFO *info)
{
	const struct hsm_uri_key *k = ctx;

	return p11_kit_uri_match_token_info(k->uri, info) == 1;
}

static int
parse(struct hsm_uri_key *k, const char *uri, struct err *err)
{
	int rc;

	if ((k->uri = p11_kit_uri_new()) == NULL)
		return err_set(err, ENOMEMORY, "a URI");
	rc = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_ANY, k->uri);
	if (rc != P11_KIT_URI_OK)
		return err_set(err, EINPUT, "the pkcs11: URI: %s",
		    p11_kit_uri_message(rc));
	if (p11_kit_uri_any_unrecognized(k->uri))
		return err_set(err, EINPUT,
		    "the pkcs11: URI has attributes that are not known");
	return 0;
}

/* @return its octets; more than @room: it does not fit. */
static size_t
attribute_copy(P11KitUri *uri, CK_ATTRIBUTE_TYPE type, void *ret, size_t room)
{
	const CK_ATTRIBUTE *a = p11_kit_uri_get_attribute(uri, type);

	if (a == NULL)
		return 0;
	if (a->ulValueLen <= room)
		memcpy(ret, a->pValue, a->ulValueLen);
	return a->ulValueLen;
}

int
hsm_uri_read(const char *uri, struct hsm_uri_said *ret, struct err *err)
{
	struct hsm_uri_said said = { .id_octets = 0 };
	struct hsm_uri_key k = { .uri = NULL };
	const CK_TOKEN_INFO *info;
	size_t label;
	int rc = parse(&k, uri, err);

	if (rc == 0) {
		info = p11_kit_uri_get_token_info(k.uri);
		token_text(info->label, sizeof(info->label), said.label);
		token_text(info->serialNumber, sizeof(info->serialNumber),
		    said.serial);
		label = attribute_copy(k.uri, CKA_LABEL, said.object,
		    sizeof(said.object) - 1);
		said.id_octets = attribute_copy(k.uri, CKA_ID, said.id,
		    sizeof(said.id));
		if (label >= sizeof(said.object) || said.id_octets >
		    sizeof(said.id))
			rc = err_set(err, EINPUT, "the pkcs11: URI: an id of "
			    "more than %zu octets, or an object of more than "
			    "%zu", sizeof(said.id), sizeof(said.object) - 1);
	}
	if (k.uri != NULL)
		p11_kit_uri_free(k.uri);
	if (rc == 0)
		*ret = said;
	return rc;
}

static int
choose_module(struct hsm_uri_key *k, const char *module, struct err *err)
{
	const char *path = p11_kit_uri_get_module_path(k->uri);

	if (path == NULL)
		path = module;
	if (path == NULL)
		path = getenv(MODULE_ENV);
	if (path == NULL || (k->pool.module = strdup(path)) != NULL)
		return 0;
	return err_set(err, ENOMEMORY, "a module's path");
}

/* The PIN that the URI brings, if it brings one. RFC 7512, 2.4. */
static int
pin_of_uri(struct hsm_uri_key *k, struct err *err)
{
	const char *source = p11_kit_uri_get_pin_source(k->uri);
	const char *value = p11_kit_uri_get_pin_value(k->uri);

	if (source != NULL && source[0] == '|')
		return err_set(err, EINPUT,
		    "a pin-source that is a command is not run");
	if (source != NULL)
		return secret_read_file(strncmp(source, "file:", 5) == 0 ?
		    source + 5 : source, &k->pin, err);
	return value == NULL ? 0 :
	    secret_new(value, strlen(value), &k->pin, err);
}

/* One try to log in, with the PIN at hand. */
static int
log_in(struct hsm_uri_key *k, struct err *err)
{
	struct err why;
	int rc;

	k->pool.pin = k->pin;
	k->pool.fits = fits;
	k->pool.fits_ctx = k;
	k->pool.most = 1;
	rc = pool_start(&k->pool, &why);
	if (rc == 0)
		return 0;
	pool_stop(&k->pool);
	k->pool.refusals = 0;
	k->pool.opening = false;
	return why.code == EAUTH ? err_set(err, EAUTH,
	    "the key's token refused the PIN (%.100s)", why.what) :
	    err_set(err, why.code, "%s", why.what);
}

/* Look at the token before its PIN is asked for: its name is in the question. */
static int
look(struct hsm_uri_key *k, char label[33], bool *ret_ask, struct err *err)
{
	struct token t = { 0 };

	TRY(token_load(k->pool.module, fits, k, &t, err));
	token_text(t.info.label, sizeof(t.info.label), label);
	k->pool.protected_path =
	    (t.info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	*ret_ask = (t.info.flags & CKF_LOGIN_REQUIRED) != 0 &&
	    !k->pool.protected_path;
	token_unload(&t);
	return 0;
}

static int
open_session(struct hsm_uri_key *k, hsm_ask *ask, void *ctx, struct err *err)
{
	char label[33];
	bool want;
	int rc = 0, i;

	TRY(pin_of_uri(k, err));
	if (k->pin != NULL)
		return log_in(k, err);
	TRY(look(k, label, &want, err));
	if (!want)
		return log_in(k, err);
	if (ask == NULL)
		return err_set(err, EAUTH, "token %s needs a PIN", label);
	for (i = 0; i < PIN_TRIES; i++) {
		secret_free(k->pin);
		k->pin = NULL;
		TRY(ask(ctx, label, i > 0, &k->pin, err));
		if ((rc = log_in(k, err)) != -(int)EAUTH)
			break;
	}
	return rc;
}

/* The URI's attributes, with a class of our own choice. */
static int
find_private(struct hsm_uri_key *k, struct session *s, CK_OBJECT_HANDLE *ret,
    struct err *err)
{
	static const CK_ATTRIBUTE_TYPE ASKED[] = { CKA_ID, CKA_LABEL };
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE want[1 + NELEM(ASKED)] = {
		ATTR(CKA_CLASS, &class, sizeof(class)),
	}, *a;
	CK_OBJECT_HANDLE *all = NULL;
	CK_ULONG n_want = 1;
	size_t i, n = 0;

	for (i = 0; i < NELEM(ASKED); i++)
		if ((a = p11_kit_uri_get_attribute(k->uri, ASKED[i])) != NULL)
			want[n_want++] = *a;
	TRY(object_find(s, want, n_want, &all, &n, err));
	if (n == 1)
		*ret = all[0];
	free(all);
	if (n == 0)
		return err_set(err, ENOKEY, "no private key fits the URI");
	return n == 1 ? 0 : err_set(err, ECONFLICT,
	    "%zu keys fit: say which by object or id", n);
}

static int
find_by_id(struct hsm_uri_key *k, struct session *s, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE *ret, struct err *err)
{
	CK_ATTRIBUTE want[] = {
		ATTR(CKA_CLASS, &class, sizeof(class)),
		ATTR(CKA_ID, k->id->data, k->id->len),
	};
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;

	TRY(object_find(s, want, NELEM(want), &all, &n, err));
	*ret = n > 0 ? all[0] : CK_INVALID_HANDLE;
	free(all);
	return 0;
}

/* Cards often keep a certificate where others keep a public key. */
static int
spki_of_certificate(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret,
    struct err *err)
{
	AUTO(blob) *der = blob_new();
	const unsigned char *p;
	unsigned char *spki = NULL;
	X509 *x;
	int n, rc;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(object_get(s, o, CKA_VALUE, der, err));
	p = der->data;
	x = der->len == 0 ? NULL : d2i_X509(NULL, &p, (long)der->len);
	if (x == NULL)
		return err_set(err, EINPUT, "the token's certificate");
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	rc = n > 0 ? blob_put(ret, spki, (size_t)n, err) :
	    err_set(err, ENOMEMORY, "a public key");
	OPENSSL_free(spki);
	X509_free(x);
	return rc;
}

static int
read_key(struct session *s, void *ctx, struct err *err)
{
	struct hsm_uri_key *k = ctx;
	CK_OBJECT_HANDLE key = CK_INVALID_HANDLE, public;
	bool each_time;

	blob_clear(k->id);
	blob_clear(k->spki);
	TRY(find_private(k, s, &key, err));
	TRY(object_get(s, key, CKA_ID, k->id, err));
	k->each_time = object_flag(s, key, CKA_ALWAYS_AUTHENTICATE,
	    &each_time, NULL) == 0 && each_time;
	TRY(find_by_id(k, s, CKO_PUBLIC_KEY, &public, err));
	if (public != CK_INVALID_HANDLE)
		return object_spki(s, public, k->spki, err);
	TRY(find_by_id(k, s, CKO_CERTIFICATE, &public, err));
	if (public != CK_INVALID_HANDLE)
		return spki_of_certificate(s, public, k->spki, err);
	return err_set(err, ENOKEY,
	    "the token shows neither public key nor certificate of this key");
}

/* The scheme follows the key: 0001, under "Genesis". */
static int
choose_scheme(struct hsm_uri_key *k, struct err *err)
{
	const unsigned char *p = k->spki->data;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)k->spki->len);
	int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);
	bool fits_us = true;

	if (key != NULL && EVP_PKEY_is_a(key, "EC") && bits == 256)
		k->scheme = HSM_SCHEME_ECDSA_SHA256;
	else if (key != NULL && EVP_PKEY_is_a(key, "EC") && bits == 384)
		k->scheme = HSM_SCHEME_ECDSA_SHA384;
	else if (key != NULL && EVP_PKEY_is_a(key, "RSA") && bits >= RSA_BITS)
		k->scheme = HSM_SCHEME_RSA_PSS_SHA256;
	else if (key != NULL && EVP_PKEY_is_a(key, "ED25519"))
		k->scheme = HSM_SCHEME_EDDSA;
	else
		fits_us = false;
	EVP_PKEY_free(key);
	return fits_us ? 0 : err_set(err, ERANGE_, "an officer's key is P-256, "
	    "P-384, Ed25519 or RSA of at least %d bits", RSA_BITS);
}

static int
open_key(struct hsm_uri_key *k, const char *uri, const char *module,
    hsm_ask *ask, void *ctx, struct err *err)
{
	if ((k->id = blob_new()) == NULL || (k->spki = blob_new()) == NULL)
		return err_set(err, ENOMEMORY, "a key");
	TRY(parse(k, uri, err));
	TRY(choose_module(k, module, err));
	TRY(open_session(k, ask, ctx, err));
	TRY(pool_run(&k->pool, read_key, k, err));
	return choose_scheme(k, err);
}

int
hsm_uri_open(const char *uri, const char *module, hsm_ask *ask, void *ctx,
    struct hsm_uri_key **ret, struct err *err)
{
	AUTO(hsm_uri_key) *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return err_set(err, ENOMEMORY, "a key");
	TRY(open_key(k, uri, module, ask, ctx, err));
	*ret = TAKE(k);
	return 0;
}

void
hsm_uri_key_free(struct hsm_uri_key *k)
{
	if (k == NULL)
		return;
	pool_stop(&k->pool);
	free(k->pool.module);
	secret_free(k->pin);
	blob_free(k->id);
	blob_free(k->spki);
	p11_kit_uri_free(k->uri);
	free(k);
}

const struct blob *
hsm_uri_key_spki(const struct hsm_uri_key *k)
{
	return k->spki;
}

struct uri_sign {
	struct hsm_uri_key	*k;
	const void		*p;
	size_t			 n;
	struct blob		*ret;
};

static int
sign_job(struct session *s, void *ctx, struct err *err)
{
	struct uri_sign *j = ctx;
	CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

	TRY(find_private(j->k, s, &key, err));
	return sign_session(s, key, j->k->scheme,
	    j->k->each_time ? j->k->pin : NULL, j->p, j->n, j->ret, err);
}

int
hsm_uri_key_sign(struct hsm_uri_key *k, const void *p, size_t n,
    struct blob *ret, struct err *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct uri_sign j = { k, p, n, ret };
	size_t want = hsm_scheme_digest_octets(k->scheme), got = 0;

	if (want != 0) {
		if (EVP_Q_digest(NULL, want == 48 ? "SHA384" : "SHA256", NULL,
		    p, n, digest, &got) != 1 || got != want)
			return err_set(err, EINTERNAL, "a digest");
		j.p = digest;
		j.n = want;
	}
	return pool_run(&k->pool, sign_job, &j, err);
}
