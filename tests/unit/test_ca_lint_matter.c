#include "config.h"

#include "ca/lint.h"
#include "tests/unit/ca.h"

#define PAA	"[['commonName','PAA']]"
#define PAI	"[['commonName','PAI'],['matterVendorId','FFF1']]"
#define PAI_OF(product) "[['commonName','PAI'],['matterVendorId','FFF1']," \
	"['matterProductId','" product "']]"
#define IN_NAME(name) "[['commonName','" name "']]"
#define MADE_BY(vendor) "[['commonName','PAA'],['matterVendorId','" vendor "']]"

/* The rows that speak of a certificate, as bits from the first of Matter's. */
static unsigned
spoken(const struct lint *found)
{
	unsigned bits = 0;

	for (size_t i = 0; i < found->n; i++) {
		ck_assert_msg(found->at[i].row >= LINT_MATTER_KEY &&
		    found->at[i].row <= LINT_MATTER_ISSUER, "%s",
		    lint_id(found->at[i].row));
		bits |= 1u << (found->at[i].row - LINT_MATTER_KEY);
	}
	return bits;
}

#define BIT(row)	(1u << ((row) - LINT_MATTER_KEY))
#define VENDOR		BIT(LINT_MATTER_VID)
#define PRODUCT		BIT(LINT_MATTER_PID)
#define ISSUER		BIT(LINT_MATTER_ISSUER)

static unsigned
judged(const char *profile, const char *subject, const struct issuer *issuer,
    const struct issuer *above)
{
	AUTO(profile) *p = ca_profile(profile);
	AUTO_JSON *parameters = json_object();
	struct issuer_path path = { { above }, above == NULL ? 0 : 1 };
	struct blob tbs = { 0 };
	struct lint found;
	struct tbs t;

	json_object_set_new(parameters, "subject", ca_json(subject));
	ca_issue(p, issuer, parameters, profile_is_ca(p) ? CA_KEY :
	    SUBJECT_KEY, &tbs, NULL);
	unit_ok(tbs_read(tbs.data, tbs.len, &t, &unit_err));
	unit_ok(ca_lint(&t, p, issuer, &path, &found, &unit_err));
	blob_done(&tbs);
	return spoken(&found);
}

#define DAC	"[['commonName','T'],['matterVendorId','FFF1']," \
	"['matterProductId','8000']]"

START_TEST(a_dac_is_issued_by_a_pai_below_a_paa)
{
	static const struct {
		const char	*why, *issuer, *subject, *above, *its;
		unsigned	 speaks;
	} T[] = {
		{ "a PAI of the vendor", "matter-pai", PAI, "matter-paa", PAA, 0 },
		{ "of the product", "matter-pai", PAI_OF("8000"), "matter-paa", PAA, 0 },
		{ "of another product", "matter-pai", PAI_OF("8001"), "matter-paa", PAA, PRODUCT },
		{ "in its common name", "matter-pai", IN_NAME("ACME Mpid:8000 Mvid:FFF1"), "matter-paa", PAA, 0 },
		{ "the vendor alone there", "matter-pai", IN_NAME("Mvid:FFF1 ACME"), "matter-paa", PAA, 0 },
		{ "another vendor there", "matter-pai", IN_NAME("Mvid:FFF2"), "matter-paa", PAA, VENDOR },
		{ "another product there", "matter-pai", IN_NAME("Mvid:FFF1 Mpid:8001"), "matter-paa", PAA, PRODUCT },
		{ "a vendor in lower case there", "matter-pai", IN_NAME("Mvid:fff1"), "matter-paa", PAA, VENDOR },
		{ "cut short", "matter-pai", IN_NAME("Mvid:FFF"), "matter-paa", PAA, VENDOR },
		{ "one beside an attribute", "matter-pai", "[['commonName','Mvid:FFF1'],['matterProductId','8000']]", "matter-paa", PAA, VENDOR },
		{ "a CA that names no vendor", "matter-pai", CA_NAME, "matter-paa", PAA, VENDOR },
		{ "a CA for IDevIDs", "idevid-ca", CA_NAME, "idevid-root", CA_ROOT_NAME, VENDOR },
		{ "a PAA", "matter-paa", MADE_BY("FFF1"), NULL, NULL, ISSUER },
		{ "below a PAA of the vendor", "matter-pai", PAI, "matter-paa", MADE_BY("FFF1"), 0 },
		{ "below another vendor's", "matter-pai", PAI, "matter-paa", MADE_BY("FFF2"), VENDOR },
		{ "below another vendor's by name", "matter-pai", PAI, "matter-paa", IN_NAME("Mvid:FFF2"), VENDOR },
	};

	for (size_t i = 0; i < NELEM(T); i++) {
		AUTO(issuer) *above = T[i].above == NULL ? NULL :
		    ca_issuer(T[i].above, NULL, T[i].its);
		AUTO(issuer) *ca = ca_issuer(T[i].issuer, above, T[i].subject);

		ck_assert_msg(judged("matter-dac", DAC, ca, above) ==
		    T[i].speaks, "%s", T[i].why);
	}
}
END_TEST

START_TEST(an_authority_has_the_form_that_attestation_asks_for)
{
	AUTO(issuer) *paa = ca_issuer("matter-paa", NULL, PAA);
	AUTO(issuer) *pai = ca_issuer("matter-pai", paa, PAI);

	pai->by = pai->subject;
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, NULL), ISSUER);
	pai->by = paa->subject;
	pai->path_length = -1;
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, paa), ISSUER);
	pai->path_length = 0;
	pai->key_usage |= USAGE_BIT(USAGE_DIGITAL_SIGNATURE);
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, paa), 0);
	pai->key_usage |= USAGE_BIT(USAGE_KEY_ENCIPHERMENT);
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, paa), ISSUER);
	pai->key_usage = USAGE_BIT(USAGE_KEY_CERT_SIGN);
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, paa), ISSUER);
	pai->key_usage |= USAGE_BIT(USAGE_CRL_SIGN);
	ck_assert_uint_eq(judged("matter-pai", PAI, paa, NULL), 0);
	paa->path_length = 1;
	ck_assert_uint_eq(judged("matter-pai", PAI, paa, NULL), 0);
	paa->path_length = 2;
	ck_assert_uint_eq(judged("matter-pai", PAI, paa, NULL), ISSUER);
	paa->path_length = -1;
	paa->by = pai->subject;
	ck_assert_uint_eq(judged("matter-pai", PAI, paa, NULL), ISSUER);
	ck_assert_uint_eq(judged("matter-dac", DAC, pai, paa), ISSUER);
}
END_TEST

START_TEST(a_pai_is_issued_by_a_paa)
{
	static const struct {
		const char	*why, *issuer, *subject;
		unsigned	 speaks;
	} T[] = {
		{ "one of no vendor", "matter-paa", PAA, 0 },
		{ "one of the vendor", "matter-paa", MADE_BY("FFF1"), 0 },
		{ "one of another", "matter-paa", MADE_BY("FFF2"), VENDOR },
		{ "one of a product", "matter-paa", IN_NAME("Mvid:FFF1 Mpid:8000"), ISSUER },
		{ "another root", "idevid-root", CA_ROOT_NAME, 0 },
	};

	for (size_t i = 0; i < NELEM(T); i++) {
		AUTO(issuer) *ca = ca_issuer(T[i].issuer, NULL, T[i].subject);

		ck_assert_msg(judged("matter-pai", PAI, ca, NULL) ==
		    T[i].speaks, "%s", T[i].why);
	}
}
END_TEST

UNIT_MAIN("ca/lint_matter",
	UNIT(a_dac_is_issued_by_a_pai_below_a_paa)
	UNIT(an_authority_has_the_form_that_attestation_asks_for)
	UNIT(a_pai_is_issued_by_a_paa))
