/*
 * trove_key - the public half of a private key that lies about; see trove.h.
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "ca/key.h"
#include "ca/trove_inside.h"

static void
print_put(struct span spki, struct trove_item *ret)
{
	struct err why;

	ret->known = true;
	ret->print = sha256_of(spki.p, spki.n);
	if (key_algorithm(spki, &ret->algorithm, &why) != 0)
		ret->algorithm = "other";
}

bool
trove_pkey(EVP_PKEY *key, struct trove_item *ret)
{
	unsigned char *der = NULL;
	int n = key != NULL ? i2d_PUBKEY(key, &der) : -1;

	if (n > 0)
		print_put(span_of(der, (size_t)n), ret);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return n > 0;
}

/* PrivateKeyInfo, OneAsymmetricKey (RFC 5958, 2), also of an algorithm that
 * nobody here knows. */
static bool
is_pkcs8(struct span der)
{
	const unsigned char *p = der.p;
	PKCS8_PRIV_KEY_INFO *i = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p,
	    (long)der.n);
	bool is = i != NULL && p == der.p + der.n;

	PKCS8_PRIV_KEY_INFO_free(i);
	return is;
}

static const char *
form_of(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") ? "pkcs1" : EVP_PKEY_is_a(key, "EC") ?
	    "sec1" : "traditional";
}

bool
trove_private(struct span der, struct trove_item *ret)
{
	const unsigned char *p = der.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)der.n);
	bool pkcs8 = is_pkcs8(der);

	ERR_clear_error();
	if (key != NULL && p != der.p + der.n) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	if (key == NULL && !pkcs8)
		return false;
	ret->form = pkcs8 ? "pkcs8" : form_of(key);
	/* What has no public half that can be made is one all the same. */
	return trove_pkey(key, ret) || true;
}

bool
trove_public(struct span spki, struct trove_item *ret)
{
	const unsigned char *p = spki.p;
	X509_PUBKEY *x = d2i_X509_PUBKEY(NULL, &p, (long)spki.n);
	bool is = x != NULL && p == spki.p + spki.n &&
	    X509_PUBKEY_get0(x) != NULL;

	X509_PUBKEY_free(x);
	ERR_clear_error();
	if (is)
		print_put(spki, ret);
	return is;
}

/* A DigestInfo has the same shape: what encrypts tells them apart. */
bool
trove_shrouded(struct span der)
{
	const unsigned char *p = der.p;
	X509_SIG *x = d2i_X509_SIG(NULL, &p, (long)der.n);
	const X509_ALGOR *a = NULL;
	const ASN1_OBJECT *o = NULL;
	const ASN1_OCTET_STRING *data;
	bool is = x != NULL && p == der.p + der.n;

	if (is) {
		X509_SIG_get0(x, &a, &data);
		X509_ALGOR_get0(&o, NULL, NULL, a);
		is = EVP_PBE_find(EVP_PBE_TYPE_OUTER, OBJ_obj2nid(o), NULL,
		    NULL, NULL) == 1;
	}
	X509_SIG_free(x);
	ERR_clear_error();
	return is;
}

/* ---- openssh-key-v1 (PROTOCOL.key; RFC 4251, 5; RFC 4253, 6.6; RFC 5656, 3.1) ---- */

#define MAGIC	"openssh-key-v1"

static bool
string_take(struct span *in, struct span *ret)
{
	size_t n;

	if (in->n < 4)
		return false;
	n = (size_t)in->p[0] << 24 | (size_t)in->p[1] << 16 |
	    (size_t)in->p[2] << 8 | in->p[3];
	if (n > in->n - 4)
		return false;
	*ret = span_of(in->p + 4, n);
	*in = span_of(in->p + 4 + n, in->n - 4 - n);
	return true;
}

static bool
is_text(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* The AlgorithmIdentifier of each: RFC 8410, 3; RFC 5480, 2.1.1; RFC 3279, 2.3.1. */
#define EC_PUBLIC	"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
static const struct {
	const char	*type;
	const char	*algorithm;
	size_t		 n;
	bool		 rsa, curve;	/* e and n; a curve's name before the point */
} SSH[] = {
	{ "ssh-ed25519", "\x30\x05\x06\x03\x2b\x65\x70", 7, false, false },
	{ "ecdsa-sha2-nistp256", "\x30\x13" EC_PUBLIC
	    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 21, false, true },
	{ "ecdsa-sha2-nistp384", "\x30\x10" EC_PUBLIC
	    "\x06\x05\x2b\x81\x04\x00\x22", 18, false, true },
	{ "ecdsa-sha2-nistp521", "\x30\x10" EC_PUBLIC
	    "\x06\x05\x2b\x81\x04\x00\x23", 18, false, true },
	{ "ssh-rsa", "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	    "\x05\x00", 15, true, false },
};

/* An mpint is what DER has between its length and its end. */
static int
rsa_write(struct der *w, struct span e, struct span n)
{
	AUTO(blob) *bits = blob_new();
	struct der in;

	if (bits == NULL)
		return err_set(w->err, ENOMEMORY, "a public key");
	der_init(&in, bits, w->err);
	TRY(der_open(&in, DER_SEQUENCE));
	TRY(der_span(&in, DER_INTEGER, n));
	TRY(der_span(&in, DER_INTEGER, e));
	TRY(der_close(&in));
	return der_bits(w, span_blob(bits));
}

static int
spki_write(size_t row, struct span in, struct blob *ret, struct err *err)
{
	struct span first, second = span_of("", 0);
	struct der w;

	if (!string_take(&in, &first) || ((SSH[row].rsa || SSH[row].curve) &&
	    !string_take(&in, &second)))
		return 0;
	der_init(&w, ret, err);
	TRY(der_open(&w, DER_SEQUENCE));
	TRY(der_raw(&w, span_of(SSH[row].algorithm, SSH[row].n)));
	if (SSH[row].rsa)
		TRY(rsa_write(&w, first, second));
	else
		TRY(der_bits(&w, SSH[row].curve ? second : first));
	return der_close(&w);
}

static int
ssh_public(struct span key, struct trove_item *ret, struct err *err)
{
	AUTO(blob) *spki = blob_new();
	struct span type;

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	if (!string_take(&key, &type))
		return 0;
	for (size_t i = 0; i < NELEM(SSH); i++)
		if (is_text(type, SSH[i].type))
			TRY(spki_write(i, key, spki, err));
	if (spki->len > 0)
		(void)trove_public(span_blob(spki), ret);
	return 0;
}

int
trove_openssh(struct span in, struct trove_item *ret, struct err *err)
{
	struct span cipher, kdf, options, key;

	if (in.n < sizeof(MAGIC) || memcmp(in.p, MAGIC, sizeof(MAGIC)) != 0)
		return 0;
	in = span_of(in.p + sizeof(MAGIC), in.n - sizeof(MAGIC));
	if (!string_take(&in, &cipher) || !string_take(&in, &kdf) ||
	    !string_take(&in, &options) || in.n < 4)
		return 0;
	ret->encrypted = !is_text(cipher, "none");
	in = span_of(in.p + 4, in.n - 4);
	return string_take(&in, &key) ? ssh_public(key, ret, err) : 0;
}
