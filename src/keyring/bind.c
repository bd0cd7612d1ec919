#include "config.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "keyring/line.h"
#include "keyring/provider.h"

struct keyring_binding *
binding_ref(struct keyring_binding *b)
{
	(void)atomic_fetch_add(&b->refs, 1);
	return b;
}

static void
unlist(struct keyring_binding *b)
{
	struct keyring_binding **at;

	(void)pthread_mutex_lock(&b->provider->lock);
	for (at = &b->provider->bindings; *at != NULL; at = &(*at)->next)
		if (*at == b) {
			*at = b->next;
			break;
		}
	(void)pthread_mutex_unlock(&b->provider->lock);
}

void
binding_unref(struct keyring_binding *b)
{
	if (b == NULL || atomic_fetch_sub(&b->refs, 1) != 1)
		return;
	json_decref(b->document);
	json_decref(b->operation);
	json_decref(b->entries);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}

struct keyring_binding *
binding_find(struct provider *p, uint64_t handle)
{
	struct keyring_binding *b;

	(void)pthread_mutex_lock(&p->lock);
	for (b = p->bindings; b != NULL && b->handle != handle; b = b->next)
		continue;
	if (b != NULL)
		(void)binding_ref(b);
	(void)pthread_mutex_unlock(&p->lock);
	return b;
}

static void
enlist(struct provider *p, struct keyring_binding *b)
{
	(void)pthread_mutex_lock(&p->lock);
	b->handle = ++p->last;
	b->next = p->bindings;
	p->bindings = b;
	(void)pthread_mutex_unlock(&p->lock);
}

/* The public key, checked to be one that signs with the scheme. */
static int
read_public(struct provider *p, const struct keyring_bind *in,
    const struct scheme *s, EVP_PKEY **ret, struct err *err)
{
	const unsigned char *der = in->spki;
	EVP_PKEY *pub;

	pub = d2i_PUBKEY_ex(NULL, &der, (long)in->spki_octets, p->lib,
	    PROVIDER_DEFAULT);
	if (pub == NULL ||
	    der != (const unsigned char *)in->spki + in->spki_octets) {
		EVP_PKEY_free(pub);
		return err_set(err, EINPUT, "not a SubjectPublicKeyInfo");
	}
	if (!EVP_PKEY_is_a(pub, s->type) ||
	    (s->bits != 0 && EVP_PKEY_get_bits(pub) != s->bits)) {
		EVP_PKEY_free(pub);
		return err_set(err, ERANGE_, "the key does not sign with %s",
		    s->name);
	}
	*ret = pub;
	return 0;
}

/* Public parameters and the binding's handle make the key. */
static EVP_PKEY *
build(const struct keyring_binding *b, OSSL_PARAM *public)
{
	unsigned char handle[sizeof(b->handle)];
	OSSL_PARAM more[] = {
		OSSL_PARAM_octet_string(PROVIDER_BINDING, handle,
		    sizeof(handle)),
		OSSL_PARAM_END
	};
	OSSL_PARAM *all = OSSL_PARAM_merge(public, more);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(b->provider->lib,
	    b->scheme->type, PROVIDER_OURS);
	EVP_PKEY *key = NULL;

	memcpy(handle, &b->handle, sizeof(handle));
	if (all == NULL || c == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_KEYPAIR, all) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(all);
	return key;
}

static int
make_pkey(struct keyring_binding *b, const struct keyring_bind *in,
    struct err *err)
{
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pub = NULL;

	TRY(read_public(b->provider, in, b->scheme, &pub, err));
	errno = 0;
	if (EVP_PKEY_todata(pub, EVP_PKEY_PUBLIC_KEY, &params) == 1)
		b->pkey = build(b, params);
	OSSL_PARAM_free(params);
	EVP_PKEY_free(pub);
	if (b->pkey != NULL)
		return 0;
	return err_set(err, errno == ENOMEM ? ENOMEMORY : EINTERNAL,
	    "OpenSSL does not take the key");
}

/* One provider for all keys of a keyring, made when the first is bound. */
static int
provider_of(struct keyring *k, struct provider **ret, struct err *err)
{
	int rc = 0;

	(void)pthread_mutex_lock(&k->provider_lock);
	if (k->provider == NULL)
		rc = provider_new(&k->provider, err);
	*ret = k->provider;
	(void)pthread_mutex_unlock(&k->provider_lock);
	return rc;
}

int
keyring_bind_key(struct keyring *k, const struct keyring_bind *in,
    struct keyring_binding **ret, struct err *err)
{
	const struct scheme *s = scheme_find(in->scheme);
	AUTO(keyring_binding) *b = NULL;
	struct provider *p = NULL;

	if (s == NULL)
		return err_set(err, ERANGE_, "\"%.32s\" signs nothing",
		    in->scheme);
	TRY(provider_of(k, &p, err));
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return err_set(err, ENOMEMORY, "a binding");
	(void)pthread_mutex_init(&b->lock, NULL);
	atomic_init(&b->refs, 1);
	b->provider = p;
	b->keyring = k;
	b->scheme = s;
	b->permit = *in->permit;
	enlist(p, b);
	b->document = json_deep_copy(in->document);
	b->operation = json_deep_copy(in->operation);
	if (b->document == NULL || b->operation == NULL)
		return err_set(err, ENOMEMORY, "a binding");
	TRY(make_pkey(b, in, err));
	*ret = TAKE(b);
	return 0;
}

void
keyring_binding_free(struct keyring_binding *b)
{
	if (b == NULL)
		return;
	unlist(b);
	(void)pthread_mutex_lock(&b->lock);
	b->keyring = NULL;
	(void)pthread_mutex_unlock(&b->lock);
	EVP_PKEY_free(TAKE(b->pkey));
	binding_unref(b);
}

EVP_PKEY *
keyring_pkey(const struct keyring_binding *b)
{
	return b->pkey;
}

OSSL_LIB_CTX *
keyring_libctx(const struct keyring_binding *b)
{
	return b->provider->lib;
}

json_t *
keyring_entries(struct keyring_binding *b)
{
	json_t *entries;

	(void)pthread_mutex_lock(&b->lock);
	entries = TAKE(b->entries);
	(void)pthread_mutex_unlock(&b->lock);
	return entries;
}

void
keyring_binding_error(struct keyring_binding *b, struct err *ret)
{
	(void)pthread_mutex_lock(&b->lock);
	*ret = b->failed;
	(void)pthread_mutex_unlock(&b->lock);
}

/* The OPERATION for these octets: a digest, or content with its digest. */
static int
operation_for(const struct keyring_binding *b, const void *p, size_t n,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_copy(b->operation), *digest = NULL;
	struct sha256 content;
	char hex[2 * EVP_MAX_MD_SIZE + 1];

	if (o == NULL)
		return err_set(err, ENOMEMORY, "an operation");
	if (b->scheme->digest == NULL) {
		content = sha256_of(p, n);
		TRY(json_set_b64(o, "content", p, n, err));
		sha256_hex(&content, hex);
	} else {
		hex_encode(p, n, hex);
	}
	TRY(json_build(&digest, err, "{s:s, s:s}", "algorithm",
	    b->scheme->digest_name, "value", hex));
	TRY(json_set_new(o, "digest", TAKE(digest), err));
	*ret = TAKE(o);
	return 0;
}

int
binding_keep(struct keyring_binding *b, json_t *entry, struct err *err)
{
	int rc;

	(void)pthread_mutex_lock(&b->lock);
	if (b->entries == NULL)
		b->entries = json_array();
	rc = json_array_append(b->entries, entry);
	(void)pthread_mutex_unlock(&b->lock);
	return rc == 0 ? 0 : err_set(err, ENOMEMORY, "a journal entry");
}

static int
use(struct keyring_binding *b, struct keyring *k, const void *p, size_t n,
    struct blob *ret, struct err *err)
{
	AUTO_JSON *operation = NULL, *entry = NULL;
	const char *signature;

	if (binding_is_whole(b))
		return whole_sign(b, k, p, n, ret, err);
	TRY(operation_for(b, p, n, &operation, err));
	TRY(keyring_use(k, &b->permit, b->document, operation, &entry, NULL,
	    err));
	/* Kept first: what was signed must not be lost, whatever follows. */
	TRY(binding_keep(b, entry, err));
	TRY(json_need_str(json_object_get(entry, "result"), "signature",
	    &signature, err));
	return b64_decode(signature, ret, err);
}

int
binding_sign(struct keyring_binding *b, const void *p, size_t n,
    struct blob *ret, struct err *err)
{
	struct keyring *k;
	struct err e = { 0 };
	int rc;

	(void)pthread_mutex_lock(&b->lock);
	k = b->keyring;
	(void)pthread_mutex_unlock(&b->lock);
	rc = k == NULL ? err_set(&e, EEXPIRED, "the permit has been released") :
	    use(b, k, p, n, ret, &e);
	(void)pthread_mutex_lock(&b->lock);
	b->failed = e;
	(void)pthread_mutex_unlock(&b->lock);
	if (rc != 0 && err != NULL)
		*err = e;
	return rc;
}
