#include "config.h"

#include "ca/seal.h"
#include "ca/tbs.h"

/* [0] EXPLICIT version: v3 is 2; its default, v1, DER leaves out. */
static int
version_read(struct span *in, bool other, unsigned *ret, struct err *err)
{
	struct span outer, content;
	int64_t version;

	*ret = 1;
	if (other && !der_is(in, DER_CONTEXT_C(0)))
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(0), "the version (RFC 5280, 4.1.2.1)",
	    &outer, err));
	TRY(der_take(&outer, DER_INTEGER, "the version", &content, err));
	TRY(der_end(&outer, "the version", err));
	TRY(der_int_read(content, "the version", &version, err));
	if (version != 2 && !(other && version == 1))
		return err_set(err, EINPUT, "the certificate is of version "
		    "%lld, not 3 (RFC 5280, 4.1.2.1)", (long long)version + 1);
	*ret = (unsigned)version + 1;
	return 0;
}

/* What came with a later version than it says it is of (RFC 5280, 4.1.2.8, 4.1.2.9). */
static int
version_check(const struct tbs *t, struct err *err)
{
	if ((t->version < 3 && t->extension_n > 0) ||
	    (t->version < 2 && t->unique_ids))
		return err_set(err, EINPUT, "a certificate of version %u has "
		    "%s (RFC 5280, 4.1.2.%s)", t->version, t->extension_n > 0 ?
		    "extensions" : "a unique identifier",
		    t->extension_n > 0 ? "9" : "8");
	return 0;
}

static int
validity_read(struct span *in, struct tbs *t, struct err *err)
{
	struct span seq;

	TRY(der_take(in, DER_SEQUENCE, "the validity", &seq, err));
	TRY(der_take_time(&seq, "notBefore", &t->not_before_tag,
	    &t->not_before, err));
	TRY(der_take_time(&seq, "notAfter", &t->not_after_tag, &t->not_after,
	    err));
	return der_end(&seq, "the validity", err);
}

static int
extension_read(struct span *in, struct tbs_extension *ret, struct err *err)
{
	struct span seq, content;

	TRY(der_take(in, DER_SEQUENCE, "an extension", &seq, err));
	TRY(der_take(&seq, DER_OID, "an extension's type", &ret->oid, err));
	ret->which = oid_find(ret->oid);
	if (ret->which != OID__N && oid_kind(ret->which) != OID_EXTENSION)
		ret->which = OID__N;
	ret->critical = false;
	if (der_is(&seq, DER_BOOLEAN)) {
		TRY(der_take(&seq, DER_BOOLEAN, "critical", &content, err));
		TRY(der_bool_read(content, "critical", &ret->critical, err));
		/* X.690, 11.5: a default is left out. */
		if (!ret->critical)
			return err_set(err, EINPUT, "an extension says that "
			    "it is not critical, which DER leaves out");
	}
	TRY(der_take(&seq, DER_OCTET_STRING, "an extension's value",
	    &ret->value, err));
	return der_end(&seq, "an extension", err);
}

static int
extensions_read(struct span *in, struct tbs *t, struct err *err)
{
	struct span outer, seq;

	t->extension_n = 0;
	if (!der_is(in, DER_CONTEXT_C(3)))
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(3), "the extensions", &outer, err));
	TRY(der_take(&outer, DER_SEQUENCE, "the extensions", &seq, err));
	TRY(der_end(&outer, "the extensions", err));
	do {
		if (t->extension_n == TBS_EXTENSIONS)
			return err_set(err, ERANGE_, "more than %d extensions",
			    TBS_EXTENSIONS);
		TRY(extension_read(&seq, &t->extension[t->extension_n], err));
		t->extension_n++;
	} while (seq.n > 0);
	return 0;
}

/* [1] and [2] IMPLICIT BIT STRING. */
static int
unique_ids_read(struct span *in, struct tbs *t, struct err *err)
{
	struct span content;
	unsigned n;

	t->unique_ids = false;
	for (n = 1; n <= 2; n++)
		if (der_is(in, DER_CONTEXT(n))) {
			TRY(der_take(in, DER_CONTEXT(n), "a unique identifier",
			    &content, err));
			t->unique_ids = true;
		}
	return 0;
}

static int
parse(const void *p, size_t n, bool other, struct tbs *ret, struct err *err)
{
	struct span in = span_of(p, n), seq, serial;

	if (n > TBS_OCTETS)
		return err_set(err, ETOOBIG, "a certificate of %zu octets, "
		    "more than %zu", n, TBS_OCTETS);
	TRY(der_take_whole(&in, DER_SEQUENCE, "the certificate", &ret->whole,
	    err));
	TRY(der_end(&in, "the certificate", err));
	in = ret->whole;
	TRY(der_take(&in, DER_SEQUENCE, "the certificate", &seq, err));
	TRY(version_read(&seq, other, &ret->version, err));
	TRY(der_take(&seq, DER_INTEGER, "the serial number", &serial, err));
	TRY(der_uint_read(serial, "the serial number (RFC 5280, 4.1.2.2)",
	    &ret->serial, err));
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the algorithm",
	    &ret->algorithm, err));
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the issuer", &ret->issuer,
	    err));
	TRY(validity_read(&seq, ret, err));
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the subject", &ret->subject,
	    err));
	TRY(der_take_whole(&seq, DER_SEQUENCE, "the public key", &ret->spki,
	    err));
	TRY(unique_ids_read(&seq, ret, err));
	TRY(extensions_read(&seq, ret, err));
	TRY(der_end(&seq, "the certificate", err));
	return version_check(ret, err);
}

int
tbs_read(const void *p, size_t n, struct tbs *ret, struct err *err)
{
	return parse(p, n, false, ret, err);
}

static int
whole_read(const void *p, size_t n, bool other, struct cert *ret,
    struct err *err)
{
	struct span tbs;

	if (n > TBS_OCTETS)
		return err_set(err, ETOOBIG, "a certificate of %zu octets, "
		    "more than %zu", n, TBS_OCTETS);
	ret->whole = span_of(p, n);
	TRY(seal_read(ret->whole, "the certificate", &tbs, &ret->algorithm,
	    &ret->signature, err));
	TRY(parse(tbs.p, tbs.n, other, &ret->tbs, err));
	if (!span_equal(ret->algorithm, ret->tbs.algorithm))
		return err_set(err, EINPUT, "the certificate is signed by "
		    "another algorithm than it says (RFC 5280, 4.1.1.2)");
	return 0;
}

int
cert_read(const void *p, size_t n, struct cert *ret, struct err *err)
{
	return whole_read(p, n, false, ret, err);
}

int
cert_read_other(const void *p, size_t n, struct cert *ret, struct err *err)
{
	return whole_read(p, n, true, ret, err);
}
