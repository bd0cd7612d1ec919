#include "config.h"

#include "ca/bearer.h"
#include "tests/unit/ca.h"

static void
certificate(struct blob *ret_tbs, struct blob *ret_cert)
{
	AUTO(profile) *p = ca_profile("device");
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);
	AUTO_JSON *parameters = ca_json("{'subject':[['commonName','T'],"
	    "['serialNumber','T']],'san':['uri:urn:device:T']}");

	ca_issue(p, ca, parameters, SUBJECT_KEY, ret_tbs, ret_cert);
}

START_TEST(its_parts_are_slices_of_the_octets)
{
	struct blob cert = { 0 };
	struct span ids[4], url;
	struct cert c;
	uint32_t usage;
	size_t n;
	int length;
	bool ca, only;

	certificate(NULL, &cert);
	unit_ok(cert_read(cert.data, cert.len, &c, &unit_err));
	ck_assert(span_equal(c.tbs.serial, span_of(CA_SERIAL, 16)));
	ck_assert_int_eq(c.tbs.not_before, CA_TIME);
	ck_assert_uint_eq(c.tbs.extension_n, 8);
	ck_assert(!c.tbs.unique_ids);
	unit_ok(tbs_basic(&c.tbs, &ca, &length, &unit_err));
	ck_assert(!ca && length == -1);
	unit_ok(tbs_key_usage(&c.tbs, &usage, &unit_err));
	ck_assert_uint_eq(usage, USAGE_BIT(USAGE_DIGITAL_SIGNATURE));
	unit_ok(tbs_subject_key_id(&c.tbs, &url, &unit_err));
	ck_assert_uint_eq(url.n, 20);
	unit_ok(tbs_authority_key_id(&c.tbs, &url, &only, &unit_err));
	ck_assert(only && url.n == 20);
	unit_ok(tbs_oids(&c.tbs, OID_EXT_KEY_USAGE, ids, 4, &n, &unit_err));
	ck_assert(n == 1 && oid_is(ids[0], OID_CLIENT_AUTH));
	unit_ok(tbs_oids(&c.tbs, OID_POLICIES, ids, 4, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	unit_fails(tbs_oids(&c.tbs, OID_EXT_KEY_USAGE, ids, 0, &n, &unit_err),
	    ERANGE_);
	unit_ok(tbs_crl_url(&c.tbs, &url, &unit_err));
	ck_assert(url.p >= cert.data && url.p < cert.data + cert.len);
	unit_ok(tbs_access_url(&c.tbs, OID_ACCESS_OCSP, &url, &unit_err));
	ck_assert(span_equal(url, span_of("http://ocsp.example", 19)));
	blob_done(&cert);
}
END_TEST

/* Whatever is changed in the shape is refused or changes what is read. */
START_TEST(nothing_is_read_past_a_cut)
{
	struct blob tbs = { 0 };
	struct tbs t;
	size_t i;

	certificate(&tbs, NULL);
	for (i = 0; i < tbs.len; i++)
		unit_fails(tbs_read(tbs.data, i, &t, &unit_err), EINPUT);
	unit_ok(tbs_read(tbs.data, tbs.len, &t, &unit_err));
	unit_ok(blob_put(&tbs, "", 1, &unit_err));
	unit_fails(tbs_read(tbs.data, tbs.len, &t, &unit_err), EINPUT);
	blob_done(&tbs);
}
END_TEST

static const struct { const char *why; size_t at; unsigned char octet;
    enum err_code code; } BAD[] = {
	{ "version 2", 8, 1, EINPUT },
	{ "a serial that is negative", 11, 0xff, ERANGE_ },
	{ "a serial that is no INTEGER", 9, 4, EINPUT },
	{ "an algorithm that is none", 27, 4, EINPUT },
};

START_TEST(other_forms_are_refused)
{
	struct blob tbs = { 0 };
	struct tbs t;

	certificate(&tbs, NULL);
	tbs.data[BAD[_i].at] = BAD[_i].octet;
	unit_fails(tbs_read(tbs.data, tbs.len, &t, &unit_err), BAD[_i].code);
	blob_done(&tbs);
}
END_TEST

/* As they were before version 3; @version as it stands there, or nothing. */
static void
older(const char *version, bool unique_id, bool extensions, struct blob *ret)
{
	struct der w;
	struct blob tbs = { 0 };
	struct tbs t;
	const unsigned char *from, *to;

	certificate(&tbs, NULL);
	unit_ok(tbs_read(tbs.data, tbs.len, &t, &unit_err));
	/* Behind the two heads, and the version's five octets. */
	from = tbs.data + 4 + 5;
	to = t.spki.p + t.spki.n;
	der_init(&w, ret, &unit_err);
	unit_ok(der_open(&w, DER_SEQUENCE));
	unit_ok(der_raw(&w, span_of(version, strlen(version))));
	unit_ok(der_raw(&w, span_of(from, (size_t)(to - from))));
	if (unique_id)
		unit_ok(der_put(&w, DER_CONTEXT(1), "\x00\x55", 2));
	if (extensions)
		unit_ok(der_raw(&w, span_of(to, (size_t)(tbs.data + tbs.len -
		    to))));
	unit_ok(der_close(&w));
	blob_done(&tbs);
}

#define V2	"\xa0\x03\x02\x01\x01"
static const struct { const char *why, *version; bool unique_id, extensions;
    unsigned want; } VERSIONS[] = {
	{ "version 1 is the default", "", false, false, 1 },
	{ "unique identifiers came with version 2", "", true, false, 0 },
	{ "and extensions with 3", "", false, true, 0 },
	{ "version 2", V2, false, false, 2 },
	{ "with what came with it", V2, true, false, 2 },
	{ "and not what came later", V2, false, true, 0 },
	{ "version 4 is none", "\xa0\x03\x02\x01\x03", false, false, 0 },
};

START_TEST(other_cas_may_have_issued_older_versions)
{
	struct blob tbs = { 0 }, cert = { 0 };
	struct cert c;
	int rc;

	older(VERSIONS[_i].version, VERSIONS[_i].unique_id,
	    VERSIONS[_i].extensions, &tbs);
	unit_ok(seal_assemble(span_blob(&tbs), "ecdsa-sha256", span_of("x", 1),
	    &cert, &unit_err));
	unit_fails(cert_read(cert.data, cert.len, &c, &unit_err), EINPUT);
	rc = cert_read_other(cert.data, cert.len, &c, &unit_err);
	ck_assert_msg((rc == 0 ? c.tbs.version : 0) == VERSIONS[_i].want,
	    "%s: %s", VERSIONS[_i].why, rc == 0 ? "taken" : unit_err.what);
	blob_done(&tbs);
	blob_done(&cert);
}
END_TEST

START_TEST(both_algorithms_are_the_same)
{
	struct blob tbs = { 0 }, cert = { 0 };
	struct cert c;

	certificate(&tbs, NULL);
	unit_ok(seal_assemble(span_blob(&tbs), "ed25519", span_of("x", 1),
	    &cert, &unit_err));
	unit_fails(cert_read(cert.data, cert.len, &c, &unit_err), EINPUT);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "4.1.1.2"));
	blob_done(&tbs);
	blob_done(&cert);
}
END_TEST

START_TEST(sixty_four_kilobytes_are_looked_at_and_no_more)
{
	static const unsigned char big[TBS_OCTETS + 1];
	struct cert c;

	unit_fails(tbs_read(big, TBS_OCTETS, &c.tbs, &unit_err), EINPUT);
	unit_fails(tbs_read(big, TBS_OCTETS + 1, &c.tbs, &unit_err), ETOOBIG);
	unit_fails(cert_read(big, TBS_OCTETS + 1, &c, &unit_err), ETOOBIG);
}
END_TEST

static const struct { const char *why, *device, *other; } BEARERS[] = {
	{ "its own device", "T", "" },
	{ "another", "U", "T" },
	{ "one that begins alike", "TU", "T" },
	{ "none", "", "T" },
};

START_TEST(a_certificate_names_its_device)
{
	struct blob cert = { 0 };
	char other[BEARER_TEXT];
	struct cert c;

	certificate(NULL, &cert);
	unit_ok(cert_read(cert.data, cert.len, &c, &unit_err));
	bearer_other(&c.tbs, BEARERS[_i].device, other);
	ck_assert_msg(strcmp(other, BEARERS[_i].other) == 0, "%s: %s",
	    BEARERS[_i].why, other);
	blob_done(&cert);
}
END_TEST

START_TEST(the_devices_of_a_certificate_are_told_once)
{
	struct blob cert = { 0 };
	struct bearer_list l;
	struct cert c;

	certificate(NULL, &cert);
	unit_ok(cert_read(cert.data, cert.len, &c, &unit_err));
	bearer_all(&c.tbs, &l);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(l.name[0], "T");
	blob_done(&cert);
}
END_TEST

UNIT_MAIN("ca/tbs",
	UNIT(the_devices_of_a_certificate_are_told_once)
	UNIT_ROWS(a_certificate_names_its_device, BEARERS)
	UNIT(its_parts_are_slices_of_the_octets)
	UNIT(nothing_is_read_past_a_cut)
	UNIT_ROWS(other_forms_are_refused, BAD)
	UNIT_ROWS(other_cas_may_have_issued_older_versions, VERSIONS)
	UNIT(both_algorithms_are_the_same)
	UNIT(sixty_four_kilobytes_are_looked_at_and_no_more))
