#include "config.h"

#include "ca/lint.h"
#include "tests/unit/ca.h"

/* Which certificate of a shipped profile is spoilt, and how. */
enum edit { PUT_SERIAL, PUT_ALGORITHM, PUT_ISSUER, PUT_VALIDITY, PUT_SUBJECT,
	PUT_KEY, ADD_UNIQUE, DROP, TOGGLE, VALUE, ADD };

#define OID_X		"06042a030405"		/* nobody's */
#define NAME_A		"300c310a300806035504030c0141"

/* clang-format off */
static const struct {
	const char	*why;
	enum lint_row	 row;
	const char	*profile;
	enum edit	 edit;
	enum oid	 which;
	const char	*hex;		/* whole value; of ADD: the OID before it */
} CASES[] = {
	{ "56 bits are too few", LINT_SERIAL_SHORT, "device", PUT_SERIAL, 0, "020701020304050607" },
	{ "SHA-1 is broken", LINT_ALGORITHM, "device", PUT_ALGORITHM, 0, "300906072a8648ce3d0401" },
	{ "nobody issued it", LINT_ISSUER_EMPTY, "device", PUT_ISSUER, 0, "3000" },
	{ "another CA's name", LINT_ISSUER_DIFFERS, "device", PUT_ISSUER, 0, NAME_A },
	{ "its issuer's name, in capitals", LINT_SUBJECT_ISSUER, "device", PUT_SUBJECT, 0, "30243110300e060355040a0c074558414d504c45" "3110300e06035504030c0744455649434553" },
	{ "GeneralizedTime before 2050", LINT_TIME_FORM, "device", PUT_VALIDITY, 0, "3020180f32303236313230313030303030305a170d3330303130313030303030305a" },
	{ "it ends when it begins", LINT_VALIDITY_ORDER, "device", PUT_VALIDITY, 0, "301e170d3236313230313030303030305a170d3236313230313030303030305a" },
	{ "it ends after its issuer", LINT_VALIDITY_ISSUER, "device", PUT_VALIDITY, 0, "301e170d3236313230313030303030305a170d3439313230313030303030305a" },
	{ "it begins before its issuer", LINT_VALIDITY_ISSUER, "device", PUT_VALIDITY, 0, "301e170d3230313230313030303030305a170d3330313230313030303030305a" },
	{ "no subject, and the SAN is not critical", LINT_SUBJECT_EMPTY, "device", PUT_SUBJECT, 0, "3000" },
	{ "a CA without a name", LINT_SUBJECT_EMPTY, "issuing-ca", PUT_SUBJECT, 0, "3000" },
	{ "a country of three letters", LINT_NAME_FORM, "device", PUT_SUBJECT, 0, "300e310c300a060355040613034445" "55" },
	{ "a serialNumber that is UTF8String", LINT_NAME_FORM, "device", PUT_SUBJECT, 0, "300c310a300806035504050c0141" },
	{ "a key on a curve nobody knows", LINT_KEY, "device", PUT_KEY, 0, "3017301006072a8648ce3d020106052b81040023030300" "0401" },
	{ "unique identifiers", LINT_UNIQUE_ID, "device", ADD_UNIQUE, 0, "81020001" },
	{ "an extension twice", LINT_EXTENSION_TWICE, "device", ADD, 0, "0603551d0f" "03020780" },
	{ "critical, and nobody knows it", LINT_EXTENSION_UNKNOWN, "device", ADD, 1, OID_X "0500" },
	{ "keyUsage that is a SEQUENCE", LINT_EXTENSION_FORM, "device", VALUE, OID_KEY_USAGE, "3000" },
	{ "cA FALSE written out", LINT_EXTENSION_FORM, "device", VALUE, OID_BASIC_CONSTRAINTS, "3003010100" },
	{ "an empty list of purposes", LINT_EXTENSION_FORM, "device", VALUE, OID_EXT_KEY_USAGE, "3000" },
	{ "an alternative name of no known type", LINT_EXTENSION_FORM, "device", VALUE, OID_SUBJECT_ALT_NAME, "30048802" "2a03" },
	{ "an access that is no SEQUENCE", LINT_EXTENSION_FORM, "device", VALUE, OID_AUTHORITY_INFO, "30020500" },
	{ "an authority key identifier that is none", LINT_EXTENSION_FORM, "device", VALUE, OID_AUTHORITY_KEY_ID, "0500" },
	{ "a subject key identifier that is none", LINT_EXTENSION_FORM, "device", VALUE, OID_SUBJECT_KEY_ID, "0500" },
	{ "policies that are none", LINT_EXTENSION_FORM, "device", ADD, 0, "0603551d20" "3000" },
	{ "constraints that are none", LINT_EXTENSION_FORM, "issuing-ca", ADD, 1, "0603551d1e" "3000" },
	{ "no authority key identifier", LINT_AKI_MISSING, "device", DROP, OID_AUTHORITY_KEY_ID, "" },
	{ "it is critical", LINT_AKI_CRITICAL, "device", TOGGLE, OID_AUTHORITY_KEY_ID, "" },
	{ "another key's", LINT_AKI_DIFFERS, "device", VALUE, OID_AUTHORITY_KEY_ID, "3016801400112233445566778899aabbccddeeff00112233" },
	{ "no subject key identifier", LINT_SKI_MISSING, "device", DROP, OID_SUBJECT_KEY_ID, "" },
	{ "it is critical", LINT_SKI_CRITICAL, "device", TOGGLE, OID_SUBJECT_KEY_ID, "" },
	{ "another key's", LINT_SKI_DIFFERS, "device", VALUE, OID_SUBJECT_KEY_ID, "041400112233445566778899aabbccddeeff00112233" },
	{ "a CA that may not sign", LINT_KU_MISSING, "issuing-ca", DROP, OID_KEY_USAGE, "" },
	{ "it is not critical", LINT_KU_CRITICAL, "device", TOGGLE, OID_KEY_USAGE, "" },
	{ "no bit is set", LINT_KU_EMPTY, "device", VALUE, OID_KEY_USAGE, "030100" },
	{ "a device that signs certificates", LINT_KU_CERT_SIGN, "device", VALUE, OID_KEY_USAGE, "03020204" },
	{ "an EC key that enciphers keys", LINT_KU_KEY, "device", VALUE, OID_KEY_USAGE, "030205a0" },
	{ "encipherOnly without agreement", LINT_KU_KEY, "device", VALUE, OID_KEY_USAGE, "03020081" },
	{ "a policy twice", LINT_POLICY_TWICE, "device", ADD, 0, "0603551d20" "300c300406022a033004" "06022a03" },
	{ "critical beside a subject", LINT_SAN_CRITICAL, "device", TOGGLE, OID_SUBJECT_ALT_NAME, "" },
	{ "a host that is an address", LINT_SAN_VALUE, "device", VALUE, OID_SUBJECT_ALT_NAME, "300a820831302e302e302e31" },
	{ "a URI without a host", LINT_SAN_VALUE, "device", VALUE, OID_SUBJECT_ALT_NAME, "3009860768747470" "3a2f2f" },
	{ "a name that turns the order round", LINT_NAME_FORM, "device", PUT_SUBJECT, 0, "3010310e300c06035504030c0541e280ae42" },
	{ "a blank for a name", LINT_NAME_FORM, "device", PUT_SUBJECT, 0, "300c310a300806035504030c0120" },
	{ "no basicConstraints", LINT_BC_MISSING, "device", DROP, OID_BASIC_CONSTRAINTS, "" },
	{ "it is not critical", LINT_BC_CRITICAL, "device", TOGGLE, OID_BASIC_CONSTRAINTS, "" },
	{ "a path length without CA", LINT_BC_PATH_LENGTH, "device", VALUE, OID_BASIC_CONSTRAINTS, "3003020100" },
	{ "a CA below a CA of path length 0", LINT_BC_ISSUER, "device", VALUE, OID_BASIC_CONSTRAINTS, "30030101ff" },
	{ "constraints that are not critical", LINT_NC_CRITICAL, "issuing-ca", ADD, 0, "0603551d1e" "3009a007300582036465" "76" },
	{ "constraints on a device", LINT_NC_CA, "device", ADD, 1, "0603551d1e" "3009a00730058203646576" },
	{ "a name that the issuer excludes", LINT_NC_OUTSIDE, "constrained", VALUE, OID_SUBJECT_ALT_NAME, "300d820b61612e6e6f2e6578616d70" },
	{ "a common name that is an excluded host", LINT_NC_COMMON_NAME, "fenced", PUT_SUBJECT, 0, "3015311330110603550403" "0c0a612e4e6f2e6578616d70" },
	{ "for any purpose", LINT_EKU_ANY, "device", VALUE, OID_EXT_KEY_USAGE, "30060604551d2500" },
	{ "a purpose twice", LINT_EKU_TWICE, "device", VALUE, OID_EXT_KEY_USAGE, "301406082b0601050507030206082b06010505070302" },
	{ "a purpose that the issuer has not", LINT_EKU_ISSUER, "confined", VALUE, OID_EXT_KEY_USAGE, "300a06082b06010505070301" },
	{ "any policy below one that inhibits it", LINT_POLICY_ISSUER, "confined", ADD, 0, "0603551d20" "300830060604551d2000" },
	{ "it is critical", LINT_CDP_CRITICAL, "device", TOGGLE, OID_CRL_POINTS, "" },
	{ "it is critical", LINT_AIA_CRITICAL, "device", TOGGLE, OID_AUTHORITY_INFO, "" },
	{ "a responder for everything else too", LINT_OCSP_PURPOSE, "ocsp-responder", VALUE, OID_EXT_KEY_USAGE, "301406082b0601050507030906082b06010505070302" },
	{ "it is critical", LINT_OCSP_NO_CHECK, "ocsp-responder", TOGGLE, OID_OCSP_NO_CHECK, "" },
	{ "a device that nobody checks", LINT_OCSP_NO_CHECK, "device", ADD, 0, "06092b0601050507300105" "0500" },
	{ "the purpose is not critical", LINT_TSA_PURPOSE, "timestamping", TOGGLE, OID_EXT_KEY_USAGE, "" },
	{ "a DevID that is a CA", LINT_DEVID_KIND, "idevid", VALUE, OID_BASIC_CONSTRAINTS, "30030101ff" },
	{ "a DevID that signs nothing", LINT_DEVID_USAGE, "idevid", VALUE, OID_KEY_USAGE, "03020308" },
	{ "an IDevID without a serialNumber", LINT_IDEVID_SUBJECT, "idevid", PUT_SUBJECT, 0, NAME_A },
	{ "an IDevID that ends", LINT_IDEVID_END, "idevid", PUT_VALIDITY, 0, "301e170d3236313230313030303030305a170d3330313230313030303030305a" },
	{ "an IDevID of a host", LINT_IDEVID_SAN, "idevid", VALUE, OID_SUBJECT_ALT_NAME, "3003820161" },
	{ "signed by ECDSA with SHA-384", LINT_MATTER_KEY, "matter-dac", PUT_ALGORITHM, 0, "300a06082a8648ce3d040303" },
	{ "a DAC that is a CA", LINT_MATTER_BASIC, "matter-dac", VALUE, OID_BASIC_CONSTRAINTS, "30030101ff" },
	{ "a PAI of path length 1", LINT_MATTER_BASIC, "matter-pai", VALUE, OID_BASIC_CONSTRAINTS, "30060101ff020101" },
	{ "a DAC that agrees on keys", LINT_MATTER_USAGE, "matter-dac", VALUE, OID_KEY_USAGE, "03020388" },
	{ "a DAC without its vendor", LINT_MATTER_VID, "matter-dac", PUT_SUBJECT, 0, NAME_A },
	{ "a PAI of another vendor", LINT_MATTER_VID, "matter-pai", PUT_SUBJECT, 0, "30163114" "3012060a2b0601040182a27c02010c0446464632" },
	{ "a DAC without its product", LINT_MATTER_PID, "matter-dac", PUT_SUBJECT, 0, "30163114" "3012060a2b0601040182a27c02010c0446464631" },
	{ "a PAA of a product", LINT_MATTER_PID, "matter-paa", PUT_SUBJECT, 0, "30163114" "3012060a2b0601040182a27c02020c0438303030" },
	{ "a PAI that signs itself", LINT_MATTER_ISSUER, "matter-pai alone", VALUE, OID_BASIC_CONSTRAINTS, "30060101ff020100" },
	{ "a device that is a CA", LINT_PROFILE_KIND, "device", VALUE, OID_BASIC_CONSTRAINTS, "30030101ff" },
	{ "a path length that the profile has not", LINT_PROFILE_KIND, "issuing-ca", VALUE, OID_BASIC_CONSTRAINTS, "30060101ff020101" },
	{ "a key that the profile does not allow", LINT_PROFILE_KEY, "device", PUT_KEY, 0, "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" },
	{ "another device's name", LINT_PROFILE_NAMES, "device", VALUE, OID_SUBJECT_ALT_NAME, "3011860f75726e3a6465766963653a542d3738" },
	{ "a subject that the profile has not", LINT_PROFILE_NAMES, "device", PUT_SUBJECT, 0, "300c310a3008060355040a0c0141" },
	{ "it lasts longer than the profile says", LINT_PROFILE_VALIDITY, "ocsp-responder", PUT_VALIDITY, 0, "301e170d3236313230313030303030305a170d3236313231353030303030305a" },
	{ "another usage", LINT_PROFILE_USAGE, "device", VALUE, OID_KEY_USAGE, "03020388" },
	{ "another purpose", LINT_PROFILE_PURPOSE, "device", VALUE, OID_EXT_KEY_USAGE, "300a06082b06010505070301" },
	{ "critical, where the profile says it is not", LINT_PROFILE_PURPOSE, "device", TOGGLE, OID_EXT_KEY_USAGE, "" },
	{ "a policy of nobody's", LINT_PROFILE_POLICIES, "device", ADD, 0, "0603551d20" "3006300406022a03" },
	{ "no distribution point", LINT_PROFILE_EXTENSION, "device", DROP, OID_CRL_POINTS, "" },
	{ "a partition that there is not", LINT_PROFILE_EXTENSION, "device", VALUE, OID_CRL_POINTS, "302d302ba029a0278625687474703a2f2f706b692e6578616d706c652f63726c2f646576696365732f31362e63726c" },
	{ "a responder of somebody else's", LINT_PROFILE_EXTENSION, "device", VALUE, OID_AUTHORITY_INFO, "3019301706082b06010505073001860b687474703a2f2f65" "76696c" },
	{ "an extension that no profile has", LINT_PROFILE_EXTENSION, "device", ADD, 0, OID_X "0500" },
	{ "no check, where the profile has it", LINT_PROFILE_EXTENSION, "ocsp-responder", DROP, OID_OCSP_NO_CHECK, "" },
};
/* clang-format on */

struct base {
	struct issuer	*root, *ca;
	struct profile	*p;
	bool		 alone;
	struct blob	 tbs;
};

static const struct {
	const char *profile, *root, *ca, *parameters;
} BASES[] = {
	{ "device", "root", "issuing-ca", "{'subject':[['commonName','T-77'],"
	    "['serialNumber','T-77']],'san':['uri:urn:device:T-77']}" },
	{ "fenced", "root", "issuing-ca", "{'subject':[['commonName','T-77'],"
	    "['serialNumber','T-77']],'san':['uri:urn:device:T-77']}" },
	{ "confined", "root", "issuing-ca", "{'subject':[['commonName','T-77'],"
	    "['serialNumber','T-77']],'san':['uri:urn:device:T-77']}" },
	{ "issuing-ca", "root", NULL, "{'subject':" CA_NAME "}" },
	{ "constrained", "root", "issuing-ca", "{'subject':[['commonName','x']"
	    "],'san':['dns:x.example']}" },
	{ "ocsp-responder", "root", "issuing-ca",
	    "{'subject':[['commonName','R']]}" },
	{ "timestamping", "root", "issuing-ca",
	    "{'subject':[['organizationName','Example'],['commonName','Clock']]}" },
	{ "idevid", "idevid-root", "idevid-ca", "{'subject':[['serialNumber',"
	    "'T-77']],'san':['hardware-module:1.3.6.1.4.1.32473.1:542d3737']}" },
	{ "matter-paa", NULL, NULL, "{'subject':[['commonName','PAA']]}" },
	{ "matter-pai", "matter-paa", NULL, "{'subject':[['commonName','PAI'],"
	    "['matterVendorId','FFF1']]}" },
	{ "matter-dac", "matter-paa", "matter-pai", "{'subject':[['commonName',"
	    "'T'],['matterVendorId','FFF1'],['matterProductId','8000']]}" },
};

static struct issuer *
constrained(const struct issuer *root, const char *how)
{
	AUTO(profile) *p = ca_profile("issuing-ca");
	AUTO_JSON *parameters = ca_json("{'subject':" CA_NAME "}");
	AUTO_JSON *urls = ca_json(CA_URLS);
	struct blob cert = { 0 };
	struct issuer *i = NULL;

	json_object_set_new(parameters, "name_constraints", ca_json(how));
	ca_issue(p, root, parameters, CA_KEY, NULL, &cert);
	unit_ok(issuer_read(span_blob(&cert), urls, 16, &i, &unit_err));
	blob_done(&cert);
	return i;
}

#define VENDOR(cn) "[['commonName','" cn "'],['matterVendorId','FFF1']]"

static const char *
name_of(const char *profile)
{
	return strcmp(profile, "matter-paa") == 0 ? VENDOR("PAA") :
	    strcmp(profile, "matter-pai") == 0 ? VENDOR("PAI") :
	    strstr(profile, "root") != NULL ? CA_ROOT_NAME : CA_NAME;
}

#define CLIENT	"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"

/* As by certificates that others made. */
static void
confine(struct issuer *i)
{
	i->purposes = span_of(CLIENT, sizeof(CLIENT) - 1);
	i->no_any_policy = true;
}

static void
base_make(const char *name, struct base *b)
{
	size_t n = strcspn(name, " "), i;
	AUTO_JSON *parameters = NULL;
	bool is_constrained = strcmp(name, "constrained") == 0,
	    is_fenced = strcmp(name, "fenced") == 0,
	    is_confined = strcmp(name, "confined") == 0;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < NELEM(BASES); i++)
		if (strlen(BASES[i].profile) == n &&
		    memcmp(BASES[i].profile, name, n) == 0)
			break;
	ck_assert_uint_lt(i, NELEM(BASES));
	b->alone = name[n] != '\0';
	b->p = ca_profile(is_constrained ? "tls-client" : is_fenced ||
	    is_confined ? "device" : BASES[i].profile);
	if (BASES[i].root != NULL)
		b->root = ca_issuer(BASES[i].root, NULL,
		    name_of(BASES[i].root));
	if (is_constrained || is_fenced)
		b->ca = constrained(b->root,
		    "{'excluded':['dns:no.examp']}");
	else if (BASES[i].ca != NULL)
		b->ca = ca_issuer(BASES[i].ca, b->root, name_of(BASES[i].ca));
	if (is_confined)
		confine(b->ca);
	parameters = ca_json(BASES[i].parameters);
	ca_issue(b->p, b->ca != NULL ? b->ca : b->root, parameters,
	    profile_is_ca(b->p) ? CA_KEY : SUBJECT_KEY, &b->tbs, NULL);
}

static void
base_done(struct base *b)
{
	issuer_free(b->root);
	issuer_free(b->ca);
	profile_free(b->p);
	blob_done(&b->tbs);
}

static struct span
unhex(const char *hex, unsigned char room[256])
{
	size_t n = strlen(hex) / 2;

	ck_assert_uint_le(n, 256);
	unit_ok(hex_decode(hex, n, room, &unit_err));
	return span_of(room, n);
}

static void
put_extension(struct der *w, struct span oid, bool critical, struct span value)
{
	unit_ok(der_open(w, DER_SEQUENCE));
	unit_ok(der_raw(w, oid));
	if (critical)
		unit_ok(der_bool(w, true));
	unit_ok(der_span(w, DER_OCTET_STRING, value));
	unit_ok(der_close(w));
}

static void
put_extensions(struct der *w, const struct tbs *t, size_t row,
    struct span value)
{
	const struct tbs_extension *e;
	struct blob oid = { 0 };
	struct der o;
	bool mine;
	size_t i, n;

	unit_ok(der_open(w, DER_CONTEXT_C(3)));
	unit_ok(der_open(w, DER_SEQUENCE));
	for (i = 0; i < t->extension_n; i++) {
		e = &t->extension[i];
		mine = CASES[row].edit >= DROP && CASES[row].edit <= VALUE &&
		    e->which == CASES[row].which;
		if (mine && CASES[row].edit == DROP)
			continue;
		blob_clear(&oid);
		der_init(&o, &oid, &unit_err);
		unit_ok(der_span(&o, DER_OID, e->oid));
		put_extension(w, span_blob(&oid), e->critical !=
		    (mine && CASES[row].edit == TOGGLE), mine &&
		    CASES[row].edit == VALUE ? value : e->value);
	}
	if (CASES[row].edit == ADD) {
		n = 2 + value.p[1];
		put_extension(w, span_of(value.p, n), CASES[row].which != 0,
		    span_of(value.p + n, value.n - n));
	}
	unit_ok(der_close(w));
	unit_ok(der_close(w));
	blob_done(&oid);
}

/* The certificate again, with one thing changed. */
static void
spoil(const struct tbs *t, size_t row, struct blob *ret)
{
	struct span field[6] = { { 0 }, t->algorithm, t->issuer, { 0 },
		t->subject, t->spki }, value;
	unsigned char room[256];
	struct der w;
	size_t i;

	value = unhex(CASES[row].hex, room);
	if (CASES[row].edit <= PUT_KEY)
		field[CASES[row].edit] = value;
	der_init(&w, ret, &unit_err);
	unit_ok(der_open(&w, DER_SEQUENCE));
	unit_ok(der_raw(&w, span_of("\xa0\x03\x02\x01\x02", 5)));
	for (i = 0; i < NELEM(field); i++) {
		if (field[i].n > 0) {
			unit_ok(der_raw(&w, field[i]));
		} else if (i == PUT_SERIAL) {
			unit_ok(der_uint(&w, t->serial));
		} else {
			unit_ok(der_open(&w, DER_SEQUENCE));
			unit_ok(der_time(&w, t->not_before));
			unit_ok(der_time(&w, t->not_after));
			unit_ok(der_close(&w));
		}
	}
	if (CASES[row].edit == ADD_UNIQUE)
		unit_ok(der_raw(&w, value));
	put_extensions(&w, t, row, value);
	unit_ok(der_close(&w));
}

static const struct issuer *
above(const struct base *b)
{
	return b->alone ? NULL : b->ca != NULL ? b->ca : b->root;
}

START_TEST(each_fault_is_found_by_its_row)
{
	struct blob spoilt = { 0 };
	struct lint found;
	struct base b;
	struct tbs t;
	char all[1024] = "";
	bool spoke = false;
	size_t i, at = 0;

	base_make(CASES[_i].profile, &b);
	unit_ok(tbs_read(b.tbs.data, b.tbs.len, &t, &unit_err));
	unit_ok(ca_lint(&t, b.p, b.alone ? b.root : above(&b), NULL,
	    &found, &unit_err));
	unit_ok(lint_refuse(&found, &unit_err));
	spoil(&t, (size_t)_i, &spoilt);
	unit_ok(tbs_read(spoilt.data, spoilt.len, &t, &unit_err));
	unit_ok(ca_lint(&t, b.p, above(&b), NULL, &found, &unit_err));
	for (i = 0; i < found.n; i++) {
		spoke |= found.at[i].row == CASES[_i].row;
		at += (size_t)snprintf(all + at, sizeof(all) - at, " %s",
		    lint_id(found.at[i].row));
	}
	ck_assert_msg(spoke, "%s: %s said nothing, but:%s", CASES[_i].why,
	    lint_id(CASES[_i].row), all);
	unit_fails(lint_refuse(&found, &unit_err), EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what,
	    lint_section(found.at[0].row)));
	blob_done(&spoilt);
	base_done(&b);
}
END_TEST

/* @p's certificate below @ca, whose authorities above are constrained so. */
static bool
is_outside(const struct profile *p, const struct issuer *ca,
    const char *parameters, const char *how)
{
	AUTO(issuer) *near = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *far = constrained(near, how);
	struct issuer_path path = { { near, far }, 2 };
	AUTO_JSON *j = ca_json(parameters);
	struct blob tbs = { 0 };
	struct lint found;
	struct tbs t;

	ca_issue(p, ca, j, SUBJECT_KEY, &tbs, NULL);
	unit_ok(tbs_read(tbs.data, tbs.len, &t, &unit_err));
	unit_ok(ca_lint(&t, NULL, ca, &path, &found, &unit_err));
	ck_assert_msg(found.total == 0 || found.at[0].row == LINT_NC_OUTSIDE,
	    "%s", lint_id(found.at[0].row));
	blob_done(&tbs);
	return found.total > 0;
}

#define LEAF(san)	"{'subject':[['commonName','x']],'san':['" san "']}"
#define HOST(cn, san)	"{'subject':[['commonName','" cn "']],'san':['" san "']}"
#define MAIL(address)	"{'subject':[['emailAddress','" address "']],'san':['dns:x']}"
#define MAILS(address)	"{'subject':[['emailAddress','x@b']],'san':['email:" address "']}"
#define SUB(permits)	"{'subject':" CA_NAME ",'name_constraints':{" permits "}}"

START_TEST(names_are_within_the_constraints_of_every_authority_above)
{
	static const struct {
		const char	*why, *parameters, *above;
		bool		 leaf, outside;
	} T[] = {
		{ "permitted by the far one", LEAF("dns:x.a"), "{'permitted':['dns:a']}", true, false },
		{ "another name than that", LEAF("dns:x.b"), "{'permitted':['dns:a']}", true, true },
		{ "excluded by the far one", LEAF("dns:x.a"), "{'excluded':['dns:x.a']}", true, true },
		{ "of another type", LEAF("ip:10.0.0.1"), "{'permitted':['dns:a']}", true, false },
		{ "a mailbox of the subject", MAIL("A@a.example"), "{'permitted':['email:a.example']}", true, false },
		{ "its host in capitals", MAIL("a@A.Example"), "{'permitted':['email:a.example']}", true, false },
		{ "another mailbox of the subject", MAIL("a@b.example"), "{'permitted':['email:a.example']}", true, true },
		{ "an excluded one", MAIL("a@A.example"), "{'excluded':['email:a.example']}", true, true },
		{ "beside one that is named", MAILS("a@a.example"), "{'permitted':['email:a.example']}", true, false },
		{ "a common name beside a host", HOST("x.b", "dns:x.a"), "{'permitted':['dns:a']}", true, false },
		{ "one label", HOST("b", "ip:10.0.0.1"), "{'permitted':['dns:a']}", true, false },
		{ "no host at all", HOST("x.b-", "ip:10.0.0.1"), "{'permitted':['dns:a']}", true, false },
		{ "a CA that permits less", SUB("'permitted':['dns:x.a']"), "{'permitted':['dns:a']}", false, false },
		{ "a CA that permits more", SUB("'permitted':['dns:b','dns:a']"), "{'permitted':['dns:a']}", false, true },
		{ "a CA that permits all of it", SUB("'permitted':['ip:10.0.0.0/8']"), "{'permitted':['ip:10.1.0.0/16']}", false, true },
		{ "a CA that permits another type", SUB("'permitted':['ip:10.0.0.0/8']"), "{'permitted':['dns:a']}", false, false },
		{ "a CA that excludes elsewhere", SUB("'excluded':['dns:b']"), "{'permitted':['dns:a']}", false, false },
	};
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);
	AUTO(profile) *leaf = ca_profile("tls-client");
	AUTO(profile) *sub = ca_profile("issuing-ca");

	for (size_t i = 0; i < NELEM(T); i++)
		ck_assert_msg(is_outside(T[i].leaf ? leaf : sub, T[i].leaf ?
		    ca : root, T[i].parameters, T[i].above) == T[i].outside,
		    "%s", T[i].why);
}
END_TEST

#define POLICY	"\x30\x06\x30\x04\x06\x02\x2a\x03"

/* Does a device's certificate by the profile say what @ca asks for? */
static bool
lacks_policy(const struct issuer *ca, const struct issuer_path *path)
{
	AUTO(profile) *p = ca_profile("device");
	AUTO_JSON *j = ca_json("{'subject':[['commonName','T'],"
	    "['serialNumber','T']],'san':['uri:urn:device:T']}");
	struct blob tbs = { 0 };
	struct lint found;
	struct tbs t;

	ca_issue(p, ca, j, SUBJECT_KEY, &tbs, NULL);
	unit_ok(tbs_read(tbs.data, tbs.len, &t, &unit_err));
	unit_ok(ca_lint(&t, NULL, ca, path, &found, &unit_err));
	blob_done(&tbs);
	ck_assert(found.total == 0 || found.at[0].row == LINT_POLICY_ISSUER);
	return found.total > 0;
}

START_TEST(a_policy_is_there_where_an_authority_above_asks_for_it)
{
	static const struct {
		const char	*why;
		int64_t		 issuer, above;
		bool		 lacks;
	} T[] = {
		{ "nobody asks", -1, -1, false },
		{ "the issuer asks", 0, -1, true },
		{ "from the end of the path on", 1, -1, true },
		{ "of a longer path", 2, -1, false },
		{ "one above asks", -1, 2, true },
		{ "of a longer path than this", -1, 3, false },
	};
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *ca = ca_issuer("issuing-ca", root, CA_NAME);
	struct issuer_path path = { { root }, 1 };

	for (size_t i = 0; i < NELEM(T); i++) {
		ca->explicit_policy = T[i].issuer;
		root->explicit_policy = T[i].above;
		ck_assert_msg(lacks_policy(ca, &path) == T[i].lacks, "%s",
		    T[i].why);
	}
	ca->policies = span_of(POLICY, sizeof(POLICY) - 1);
	ck_assert(issuer_has_policy(ca, span_of("\x2a\x03", 2)));
	ck_assert(!issuer_has_policy(ca, span_of("\x2a\x04", 2)));
}
END_TEST

START_TEST(every_row_has_a_case)
{
	size_t i;
	int r;

	for (r = 0; r < LINT__N; r++) {
		for (i = 0; i < NELEM(CASES); i++)
			if (CASES[i].row == (enum lint_row)r)
				break;
		ck_assert_msg(i < NELEM(CASES), "nothing makes %s speak",
		    lint_id((enum lint_row)r));
	}
}
END_TEST

START_TEST(findings_are_told_with_section_and_words)
{
	struct lint l = { .n = 1, .total = 2 };
	AUTO_JSON *j = NULL;

	l.at[0].row = LINT_KU_CRITICAL;
	(void)snprintf(l.at[0].what, sizeof(l.at[0].what), "so");
	j = lint_json(&l);
	ck_assert_str_eq(json_str(json_array_get(j, 0), "id", ""),
	    "ku-critical");
	ck_assert_str_eq(json_str(json_array_get(j, 0), "section", ""),
	    "RFC 5280 4.2.1.3");
	unit_fails(lint_refuse(&l, &unit_err), EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what, ": so, and 1 more"));
}
END_TEST

UNIT_MAIN("ca/lint",
	UNIT_ROWS(each_fault_is_found_by_its_row, CASES)
	UNIT(names_are_within_the_constraints_of_every_authority_above)
	UNIT(a_policy_is_there_where_an_authority_above_asks_for_it)
	UNIT(every_row_has_a_case)
	UNIT(findings_are_told_with_section_and_words))
