#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "ca/csr.h"
#include "ca/key.h"
#include "ca/name.h"
#include "ca/oid.h"
#include "ca/san.h"
#include "ca/seal.h"

struct csr {
	struct blob	 der;		/* owned; the spans are slices of it */
	struct span	 info, subject, spki, attributes;
	const char	*algorithm;
	json_t		*subject_json, *san_json; /* owned */
};

void
csr_free(struct csr *c)
{
	if (c == NULL)
		return;
	blob_done(&c->der);
	json_decref(c->subject_json);
	json_decref(c->san_json);
	free(c);
}

/* Both lines of RFC 7468, 7, the second for what it calls older. */
static const char *const LABELS[] = { "CERTIFICATE REQUEST-----",
	"NEW CERTIFICATE REQUEST-----" };
#define BEGIN	"-----BEGIN "
#define END	"-----END "

/* Base64 without its line ends. */
static int
body_read(const char *p, size_t n, struct blob *ret, struct err *err)
{
	struct blob text = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		if (p[i] != '\n' && p[i] != '\r')
			rc = blob_put(&text, p + i, 1, err);
	if (rc == 0 && b64_decode(blob_str(&text), ret, err) != 0)
		rc = err->code == ENOMEMORY ? -(int)ENOMEMORY : err_set(err,
		    EINPUT, "the request's PEM is not base64 (RFC 7468, 3)");
	blob_done(&text);
	return rc;
}

static bool
begins(const char *p, size_t n, const char *with)
{
	return n >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

static int
pem_read(const char *p, size_t n, struct blob *ret, struct err *err)
{
	const char *end, *label;
	size_t i, from;

	for (i = 0; i < NELEM(LABELS); i++) {
		label = LABELS[i];
		from = strlen(BEGIN) + strlen(label);
		if (n < from || !begins(p + strlen(BEGIN), n - strlen(BEGIN),
		    label))
			continue;
		end = memmem(p + from, n - from, END, strlen(END));
		if (end == NULL)
			break;
		TRY(body_read(p + from, (size_t)(end - p) - from, ret, err));
		n -= (size_t)(end - p) + strlen(END);
		p = end + strlen(END);
		if (!begins(p, n, label))
			break;
		for (i = strlen(label); i < n; i++)
			if (p[i] != '\n' && p[i] != '\r')
				return err_set(err, EINPUT, "%zu octets behind "
				    "the request's PEM", n - i);
		return 0;
	}
	return err_set(err, EINPUT, "not PEM of a CERTIFICATE REQUEST from its "
	    "first line to its last (RFC 7468, 7)");
}

/* CertificationRequestInfo: RFC 2986, 4.1. */
static int
info_read(struct csr *c, struct err *err)
{
	struct span in = c->info, seq, content;
	int64_t version;

	TRY(der_take(&in, DER_SEQUENCE, "the request", &seq, err));
	TRY(der_take(&seq, DER_INTEGER, "the version", &content, err));
	TRY(der_int_read(content, "the version", &version, err));
	if (version != 0)
		return err_set(err, EINPUT, "the request's version is %lld, "
		    "not 0 (RFC 2986, 4.1)", (long long)version);
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the subject", &c->subject,
	    err));
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the public key", &c->spki,
	    err));
	TRY(der_take(&seq, DER_CONTEXT_C(0), "the request's attributes "
	    "(RFC 2986, 4.1)", &c->attributes, err));
	/* Whoever reads those that say nothing here need not go deep either. */
	TRY(der_depth(c->attributes, "the request's attributes", err));
	return der_end(&seq, "the request", err);
}

static int
possession_check(struct csr *c, struct span algorithm,
    struct span signature, struct err *err)
{
	EVP_PKEY *key = NULL;
	int rc;

	TRY(key_check(c->spki, &c->algorithm, &key, err));
	rc = seal_verify(c->info, algorithm, signature, key, err);
	EVP_PKEY_free(key);
	if (rc == -EVERIFY)
		return err_set(err, EPROOF, "the request is not signed by its "
		    "own key (RFC 2986, 4.2)");
	return rc;
}

/* The value of subjectAltName among requested extensions; n is 0: none. */
static int
extensions_read(struct span extensions, struct span *ret, struct err *err)
{
	struct span in, one, oid, flag;
	bool critical;

	TRY(der_take(&extensions, DER_SEQUENCE, "the requested extensions",
	    &in, err));
	TRY(der_end(&extensions, "the requested extensions", err));
	while (in.n > 0) {
		TRY(der_take(&in, DER_SEQUENCE, "an extension", &one, err));
		TRY(der_take(&one, DER_OID, "an extension's type", &oid, err));
		if (der_is(&one, DER_BOOLEAN)) {
			TRY(der_take(&one, DER_BOOLEAN, "critical", &flag,
			    err));
			TRY(der_bool_read(flag, "critical", &critical, err));
		}
		TRY(der_take(&one, DER_OCTET_STRING, "an extension's value",
		    &flag, err));
		TRY(der_end(&one, "an extension", err));
		if (!oid_is(oid, OID_SUBJECT_ALT_NAME))
			continue;
		if (ret->n > 0)
			return err_set(err, EINPUT, "subjectAltName is asked "
			    "for twice (RFC 5280, 4.2)");
		*ret = flag;
	}
	return 0;
}

/* Attributes: only extensionRequest (RFC 2985, 5.4.2) says something here. */
static int
attributes_read(const struct csr *c, struct span *ret_san, struct err *err)
{
	struct span in = c->attributes, one, oid, set;
	bool had = false;

	while (in.n > 0) {
		TRY(der_take(&in, DER_SEQUENCE, "an attribute", &one, err));
		TRY(der_take(&one, DER_OID, "an attribute's type", &oid, err));
		TRY(der_take(&one, DER_SET, "an attribute's values", &set,
		    err));
		TRY(der_end(&one, "an attribute", err));
		if (!oid_is(oid, OID_EXTENSION_REQUEST))
			continue;
		if (had)
			return err_set(err, EINPUT, "extensions are asked for "
			    "twice (RFC 2985, 5.4.2)");
		had = true;
		TRY(extensions_read(set, ret_san, err));
	}
	return 0;
}

/* What DER says of any structure, with the section that has this one. */
static int
form_wrong(int rc, const char *section, struct err *err)
{
	char what[sizeof(err->what)];

	if (rc != -(int)EINPUT || err == NULL || strstr(err->what, "RFC") != NULL)
		return rc;
	memcpy(what, err->what, sizeof(what));
	return err_set(err, EINPUT, "%.200s (%s)", what, section);
}

static int
names_read(struct csr *c, struct err *err)
{
	struct span san = { 0 };

	TRY(form_wrong(name_json(c->subject, &c->subject_json, err),
	    "RFC 5280, 4.1.2.4", err));
	TRY(form_wrong(attributes_read(c, &san, err), "RFC 2985, 5.4.2", err));
	if (san.n > 0)
		return form_wrong(san_json(san, &c->san_json, err),
		    "RFC 5280, 4.2.1.6", err);
	if ((c->san_json = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "alternative names");
	return 0;
}

static int
der_read(struct csr *c, struct err *err)
{
	struct span algorithm, signature;

	TRY(form_wrong(seal_read(span_blob(&c->der), "the request", &c->info,
	    &algorithm, &signature, err), "RFC 2986, 4", err));
	TRY(form_wrong(info_read(c, err), "RFC 2986, 4", err));
	TRY(possession_check(c, algorithm, signature, err));
	return names_read(c, err);
}

int
csr_read(const void *p, size_t n, struct csr **ret, struct err *err)
{
	AUTO(csr) *c = NULL;

	if (n > CSR_OCTETS)
		return err_set(err, ETOOBIG, "a request of %zu octets, more "
		    "than %zu", n, CSR_OCTETS);
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return err_set(err, ENOMEMORY, "a request");
	if (begins(p, n, BEGIN))
		TRY(pem_read(p, n, &c->der, err));
	else
		TRY(blob_put(&c->der, p, n, err));
	TRY(der_read(c, err));
	*ret = TAKE(c);
	return 0;
}

int
csr_key(struct span der, const struct sha256 *hash, struct blob *ret,
    struct err *err)
{
	struct sha256 found = sha256_of(der.p, der.n);
	struct span algorithm, signature;
	struct csr c = { 0 };

	if (!sha256_equal(&found, hash))
		return err_set(err, EVERIFY, "this is another request");
	TRY(seal_read(der, "the request", &c.info, &algorithm, &signature,
	    err));
	TRY(info_read(&c, err));
	return blob_put(ret, c.spki.p, c.spki.n, err);
}

struct span
csr_der(const struct csr *c)
{
	return span_blob(&c->der);
}

struct span
csr_spki(const struct csr *c)
{
	return c->spki;
}

const char *
csr_algorithm(const struct csr *c)
{
	return c->algorithm;
}

const json_t *
csr_subject(const struct csr *c)
{
	return c->subject_json;
}

const json_t *
csr_san(const struct csr *c)
{
	return c->san_json;
}

struct sha256
csr_hash(const struct csr *c)
{
	return sha256_of(c->der.data, c->der.len);
}

struct sha256
csr_spki_hash(const struct csr *c)
{
	return sha256_of(c->spki.p, c->spki.n);
}
