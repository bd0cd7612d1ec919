#include "config.h"

#include "ca/tbs.h"

const struct tbs_extension *
tbs_extension(const struct tbs *t, enum oid which)
{
	size_t i;

	for (i = 0; i < t->extension_n; i++)
		if (t->extension[i].which == which)
			return &t->extension[i];
	return NULL;
}

/* The content of the one value that the extension is; false: it is not there. */
static int
value_of(const struct tbs *t, enum oid which, unsigned tag, bool *ret_there,
    struct span *ret, struct err *err)
{
	const struct tbs_extension *e = tbs_extension(t, which);
	struct span in;

	*ret_there = e != NULL;
	*ret = span_of(NULL, 0);
	if (e == NULL)
		return 0;
	in = e->value;
	TRY(der_take(&in, tag, oid_name(which), ret, err));
	return der_end(&in, oid_name(which), err);
}

int
tbs_basic(const struct tbs *t, bool *ret_ca, int *ret_path_length,
    struct err *err)
{
	struct span in, content;
	int64_t length = -1;
	bool there, ca = false;

	TRY(value_of(t, OID_BASIC_CONSTRAINTS, DER_SEQUENCE, &there, &in, err));
	if (der_is(&in, DER_BOOLEAN)) {
		TRY(der_take(&in, DER_BOOLEAN, "cA", &content, err));
		TRY(der_bool_read(content, "cA", &ca, err));
		if (!ca)
			return err_set(err, EINPUT, "cA is written as FALSE, "
			    "which DER leaves out (X.690, 11.5)");
	}
	if (in.n > 0) {
		TRY(der_take(&in, DER_INTEGER, "pathLenConstraint", &content,
		    err));
		TRY(der_int_read(content, "pathLenConstraint", &length, err));
		if (length < 0 || length > 255)
			return err_set(err, EINPUT, "pathLenConstraint is "
			    "%lld", (long long)length);
	}
	TRY(der_end(&in, "basicConstraints", err));
	*ret_ca = ca;
	*ret_path_length = (int)length;
	return 0;
}

int
tbs_key_usage(const struct tbs *t, uint32_t *ret, struct err *err)
{
	struct span in;
	bool there;

	TRY(value_of(t, OID_KEY_USAGE, DER_BIT_STRING, &there, &in, err));
	*ret = 0;
	return there ? der_named_bits_read(in, "keyUsage", ret, err) : 0;
}

int
tbs_subject_key_id(const struct tbs *t, struct span *ret, struct err *err)
{
	bool there;

	return value_of(t, OID_SUBJECT_KEY_ID, DER_OCTET_STRING, &there, ret,
	    err);
}

int
tbs_authority_key_id(const struct tbs *t, struct span *ret, bool *ret_only,
    struct err *err)
{
	struct span in, id = { 0 }, other;
	unsigned tag;
	bool there;

	TRY(value_of(t, OID_AUTHORITY_KEY_ID, DER_SEQUENCE, &there, &in, err));
	if (der_is(&in, DER_CONTEXT(0)))
		TRY(der_take(&in, DER_CONTEXT(0), "keyIdentifier", &id, err));
	*ret_only = in.n == 0;
	while (in.n > 0)
		TRY(der_next(&in, "authorityKeyIdentifier", &tag, &other,
		    err));
	*ret = id;
	return 0;
}

int
tbs_oids(const struct tbs *t, enum oid which, struct span *ret, size_t most,
    size_t *ret_n, struct err *err)
{
	struct span in, one;
	size_t n = 0;
	bool there;

	TRY(value_of(t, which, DER_SEQUENCE, &there, &in, err));
	if (there && in.n == 0)
		return err_set(err, EINPUT, "%s is empty", oid_name(which));
	while (in.n > 0) {
		if (n == most)
			return err_set(err, ERANGE_, "%s has more than %zu "
			    "elements", oid_name(which), most);
		one = in;
		/* A policy has qualifiers behind its identifier. */
		if (which == OID_POLICIES)
			TRY(der_take(&in, DER_SEQUENCE, "a policy", &one, err));
		TRY(der_take(which == OID_POLICIES ? &one : &in, DER_OID,
		    oid_name(which), &ret[n++], err));
	}
	*ret_n = n;
	return 0;
}

/* DistributionPoint with a fullName of one URL and nothing else (RFC 5280,
 * 4.2.1.13). */
int
tbs_crl_url(const struct tbs *t, struct span *ret, struct err *err)
{
	struct span in, point, name, full;
	bool there;

	TRY(value_of(t, OID_CRL_POINTS, DER_SEQUENCE, &there, &in, err));
	*ret = in;
	if (!there)
		return 0;
	TRY(der_take(&in, DER_SEQUENCE, "a distribution point", &point, err));
	TRY(der_end(&in, "one distribution point", err));
	TRY(der_take(&point, DER_CONTEXT_C(0), "a distribution point's name",
	    &name, err));
	TRY(der_end(&point, "a distribution point of a name alone", err));
	TRY(der_take(&name, DER_CONTEXT_C(0), "a full name", &full, err));
	TRY(der_end(&name, "a distribution point's name", err));
	TRY(der_take(&full, DER_CONTEXT(6), "a URL", ret, err));
	return der_end(&full, "a distribution point with one URL", err);
}

int
tbs_access_url(const struct tbs *t, enum oid method, struct span *ret,
    struct err *err)
{
	struct span in, one, oid, place, found = { 0 };
	unsigned tag;
	bool there;

	TRY(value_of(t, OID_AUTHORITY_INFO, DER_SEQUENCE, &there, &in, err));
	if (there && in.n == 0)
		return err_set(err, EINPUT, "authorityInfoAccess is empty");
	while (in.n > 0) {
		TRY(der_take(&in, DER_SEQUENCE, "an access", &one, err));
		TRY(der_take(&one, DER_OID, "an access method", &oid, err));
		TRY(der_next(&one, "an access location", &tag, &place, err));
		TRY(der_end(&one, "an access", err));
		if (oid_is(oid, method) && tag == DER_CONTEXT(6) &&
		    found.n == 0)
			found = place;
	}
	*ret = found;
	return 0;
}
