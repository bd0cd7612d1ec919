#include "config.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/sha256.h"
#include "ca/key.h"
#include "ca/ocsp_part.h"
#include "ca/oid.h"

static const struct {
	enum oid	 oid;
	bool		 bare;
	size_t		 octets;
} forms[] = {
	[OCSP_SHA1] = { OID_SHA1, false, 20 },
	[OCSP_SHA1_BARE] = { OID_SHA1, true, 20 },
	[OCSP_SHA256] = { OID_SHA256, false, 32 },
	[OCSP_SHA256_BARE] = { OID_SHA256, true, 32 },
};
_Static_assert(NELEM(forms) == OCSP_OTHER, "a row for each form");

static int
read_form(struct span algorithm, enum ocsp_form *ret, struct err *err)
{
	struct span oid, none;
	size_t i;
	bool bare;

	TRY(der_take(&algorithm, DER_OID, "a CertID's hash", &oid, err));
	bare = algorithm.n == 0;
	*ret = OCSP_OTHER;
	for (i = 0; i < NELEM(forms); i++)
		if (oid_is(oid, forms[i].oid) && forms[i].bare == bare)
			*ret = (enum ocsp_form)i;
	if (*ret == OCSP_OTHER || bare)
		return 0;
	TRY(der_take(&algorithm, DER_NULL, "a hash's parameters", &none, err));
	if (none.n > 0)
		return err_set(err, EINPUT, "a hash's parameters are not NULL");
	return der_end(&algorithm, "a CertID's hash", err);
}

/* What no CA issues is no error: its status is that it is not known. */
static int
read_serial(struct span *in, struct number *ret, struct err *err)
{
	struct span content;
	int rc;

	memset(ret, 0, sizeof(*ret));
	TRY(der_take(in, DER_INTEGER, "a CertID's serial number", &content,
	    err));
	rc = number_read(content, "a CertID's serial number", ret, err);
	if (rc == 0 && !number_positive(ret))
		ret->n = 0;
	return rc == -(int)ERANGE_ ? 0 : rc;
}

int
ocsp_certid_take(struct span *in, struct ocsp_certid *ret, struct err *err)
{
	struct span rest = *in, body, algorithm;

	TRY(der_take(&rest, DER_SEQUENCE, "a CertID", &body, err));
	ret->whole = span_of(in->p, in->n - rest.n);
	TRY(der_take(&body, DER_SEQUENCE, "a CertID's hash", &algorithm, err));
	TRY(read_form(algorithm, &ret->form, err));
	TRY(der_take(&body, DER_OCTET_STRING, "issuerNameHash",
	    &ret->name_hash, err));
	TRY(der_take(&body, DER_OCTET_STRING, "issuerKeyHash",
	    &ret->key_hash, err));
	if (ret->form != OCSP_OTHER &&
	    (ret->name_hash.n != forms[ret->form].octets ||
	    ret->key_hash.n != forms[ret->form].octets))
		return err_set(err, EINPUT, "a CertID's hashes have %zu and "
		    "%zu octets, not %zu", ret->name_hash.n, ret->key_hash.n,
		    forms[ret->form].octets);
	TRY(read_serial(&body, &ret->serial, err));
	*in = rest;
	return der_end(&body, "a CertID", err);
}

static int
sha1(struct span s, unsigned char ret[20], struct err *err)
{
	if (EVP_Q_digest(NULL, "SHA1", NULL, s.p, s.n, ret, NULL) != 1)
		return err_set(err, EINTERNAL, "no SHA-1");
	return 0;
}

int
ocsp_issuer_make(struct span name, struct span spki, struct ocsp_issuer *ret,
    struct err *err)
{
	struct ocsp_issuer i;
	struct sha256 h;
	struct span key;

	TRY(key_bits(spki, &key, err));
	TRY(sha1(name, i.name_sha1, err));
	TRY(sha1(key, i.key_sha1, err));
	h = sha256_of(name.p, name.n);
	memcpy(i.name_sha256, h.o, sizeof(i.name_sha256));
	h = sha256_of(key.p, key.n);
	memcpy(i.key_sha256, h.o, sizeof(i.key_sha256));
	*ret = i;
	return 0;
}

/* Both hashes under the form's hash. */
static void
hashes_of(const struct ocsp_issuer *i, enum ocsp_form form, struct span *name,
    struct span *key)
{
	bool sha256 = form == OCSP_SHA256 || form == OCSP_SHA256_BARE;

	*name = sha256 ? span_of(i->name_sha256, sizeof(i->name_sha256)) :
	    span_of(i->name_sha1, sizeof(i->name_sha1));
	*key = sha256 ? span_of(i->key_sha256, sizeof(i->key_sha256)) :
	    span_of(i->key_sha1, sizeof(i->key_sha1));
}

bool
ocsp_issuer_is(const struct ocsp_issuer *i, const struct ocsp_certid *id)
{
	struct span name, key;

	if (id->form == OCSP_OTHER)
		return false;
	hashes_of(i, id->form, &name, &key);
	return span_equal(name, id->name_hash) &&
	    span_equal(key, id->key_hash);
}

void
ocsp_certid_key(enum ocsp_form form, uint32_t issuer,
    const struct number *serial, unsigned char ret[OCSP_KEY])
{
	size_t i;

	memset(ret, 0, OCSP_KEY);
	ret[0] = (unsigned char)form;
	for (i = 0; i < 4; i++)
		ret[1 + i] = (unsigned char)(issuer >> (24 - 8 * i));
	ret[5] = serial->n;
	memcpy(ret + 6, serial->o, serial->n);
}

static int
put_certid(struct der *w, const struct ocsp_issuer *i, enum ocsp_form form,
    const struct number *serial)
{
	struct span name, key;

	hashes_of(i, form, &name, &key);
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, forms[form].oid));
	if (!forms[form].bare)
		TRY(der_null(w));
	TRY(der_close(w));
	TRY(der_span(w, DER_OCTET_STRING, name));
	TRY(der_span(w, DER_OCTET_STRING, key));
	TRY(der_uint(w, number_span(serial)));
	return der_close(w);
}

typedef int put_fn(struct der *w, const struct ocsp_issuer *i,
    enum ocsp_form form, const struct number *serial);

/* Whole, or nothing. */
static int
write_by(put_fn *put, const struct ocsp_issuer *i, enum ocsp_form form,
    const struct number *serial, struct blob *ret, struct err *err)
{
	size_t from = ret->len;
	struct der w;
	int rc;

	assert(form != OCSP_OTHER && serial->n > 0);
	der_init(&w, ret, err);
	rc = put(&w, i, form, serial);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

int
ocsp_certid_write(const struct ocsp_issuer *i, enum ocsp_form form,
    const struct number *serial, struct blob *ret, struct err *err)
{
	return write_by(put_certid, i, form, serial, ret, err);
}

/* OCSPRequest, tbsRequest, requestList, Request: 4.1.1. */
static int
put_request(struct der *w, const struct ocsp_issuer *i, enum ocsp_form form,
    const struct number *serial)
{
	for (int depth = 0; depth < 4; depth++)
		TRY(der_open(w, DER_SEQUENCE));
	TRY(put_certid(w, i, form, serial));
	for (int depth = 0; depth < 4; depth++)
		TRY(der_close(w));
	return 0;
}

int
ocsp_request_write(const struct ocsp_issuer *i, enum ocsp_form form,
    const struct number *serial, struct blob *ret, struct err *err)
{
	return write_by(put_request, i, form, serial, ret, err);
}

void
ocsp_key_read(const unsigned char key[OCSP_KEY], enum ocsp_form *ret_form,
    struct number *ret_serial)
{
	*ret_form = (enum ocsp_form)key[0];
	ret_serial->n = key[5];
	memcpy(ret_serial->o, key + 6, NUMBER_OCTETS);
}
