/* The list by which another system's authority comes here: made by OpenSSL. */
#include "config.h"

#include <string.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "ca/crl.h"
#include "tests/unit/ca_signer.h"
#include "tests/unit/unit.h"

#define NUMBER_20	"ASN1:INTEGER:0x7fffffffffffffffffffffffffffffffffffffff"
#define NUMBER_21	"ASN1:INTEGER:0x8000000000000000000000000000000000000000"

struct with {
	int		 nid;
	const char	*value;
};

/* Entries with their reasons, as numbers; what is on the list besides. */
struct made {
	const char	*why;
	int		 reason[3];	/* -1: none; of that many entries, before 99 */
	struct with	 ext[4];
	enum err_code	 code;
};

static struct signer ca, other;

static void
setup(void)
{
	signer_root(&ca);
	signer_root(&other);
}

static void
teardown(void)
{
	signer_done(&ca);
	signer_done(&other);
}

static X509_CRL *
list_make(const struct signer *s, const struct made *m)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, SIGNER_FROM / TIME_S(1)),
	    *to = ASN1_TIME_set(NULL, SIGNER_FROM / TIME_S(1) + 86400);
	X509_CRL *list = X509_CRL_new();
	X509V3_CTX ctx;

	SIGNER_OK(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(list, X509_get_subject_name(s->cert)) ==
	    1 && X509_CRL_set1_lastUpdate(list, from) == 1 &&
	    X509_CRL_set1_nextUpdate(list, to) == 1);
	for (int i = 0; i < 3 && m->reason[i] != 99; i++)
		signer_entry(list, 100 + i, m->reason[i]);
	X509V3_set_ctx(&ctx, s->cert, NULL, NULL, list, 0);
	for (size_t i = 0; i < NELEM(m->ext) && m->ext[i].value != NULL; i++) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx,
		    m->ext[i].nid, m->ext[i].value);

		SIGNER_OK(e != NULL && X509_CRL_add_ext(list, e, -1) == 1);
		X509_EXTENSION_free(e);
	}
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return list;
}

static void
list_sign(X509_CRL *list, const struct signer *s, const EVP_MD *by,
    struct blob *ret)
{
	unsigned char *der = NULL;
	int n;

	SIGNER_OK(X509_CRL_sign(list, s->key, by) > 0);
	n = i2d_X509_CRL(list, &der);
	signer_blob(ret, n, der);
	X509_CRL_free(list);
}

static struct crl_of
of(const struct signer *s)
{
	return (struct crl_of){ .name = span_blob(&s->name),
		.key_id = span_of(s->key_id, sizeof(s->key_id)),
		.spki = span_blob(&s->spki) };
}

static int
take(const struct blob *der, struct crl_info *ret)
{
	struct crl_of whose = of(&ca);

	return crl_take_other(span_blob(der), &whose, NULL, NULL, ret,
	    &unit_err);
}

START_TEST(a_serial_number_comes_once)
{
	static const struct made two = { "two", { 1, 4, 99 }, { { NID_crl_number,
	    "ASN1:INTEGER:5" } }, OK };
	const long serials[] = { 50, 100 };
	struct crl_info info;

	setup();
	for (int i = 0; i < 2; i++) {
		struct blob der = { 0 };
		X509_CRL *list = list_make(&ca, &two);

		signer_entry(list, serials[i], 1);
		list_sign(list, &ca, EVP_sha256(), &der);
		if (i == 0)
			unit_ok(take(&der, &info));
		else
			unit_fails(take(&der, &info), EINPUT);
		blob_done(&der);
	}
	teardown();
}
END_TEST

#define NONE	{ 99 }
#define NUMBER	{ NID_crl_number, "ASN1:INTEGER:5" }
#define AKI	{ NID_authority_key_identifier, "keyid:always" }
static const struct made LISTS[] = {
	{ "as openssl ca makes it", { 1, 4, -1 }, { AKI, NUMBER }, OK },
	{ "nothing revoked", NONE, { NUMBER }, OK },
	{ "5.3.1: a reason that should be left out", { 0, 99 }, { NUMBER },
	    OK },
	{ "4.2.1.1: the key by issuer and serial number", NONE,
	    { { NID_authority_key_identifier, "issuer:always" }, NUMBER }, OK },
	{ "5.2.6: fresher ones in several places", NONE, { NUMBER,
	    { NID_freshest_crl, "URI:http://a,URI:http://b" } }, OK },
	{ "an extension that nobody must know", NONE, { NUMBER,
	    { NID_netscape_comment, "hello" } }, OK },
	{ "5.2.3: 20 octets", NONE, { { NID_crl_number, NUMBER_20 } }, OK },
	{ "5.2.3: 21 octets", NONE, { { NID_crl_number, NUMBER_21 } },
	    ERANGE_ },
	{ "5.2.3: no number", NONE, { AKI }, EINPUT },
	{ "5.2.4: a delta", NONE, { NUMBER, { NID_delta_crl,
	    "critical,ASN1:INTEGER:3" } },
	    EDENIED },
	{ "5.2.5: users' certificates only", NONE, { NUMBER,
	    { NID_issuing_distribution_point, "critical,onlyuser:TRUE" } },
	    EDENIED },
	{ "5.2.5: authorities' certificates only", NONE, { NUMBER,
	    { NID_issuing_distribution_point, "critical,onlyCA:TRUE" } },
	    EDENIED },
	{ "5.2.5: indirect", NONE, { NUMBER,
	    { NID_issuing_distribution_point, "critical,indirectCRL:TRUE" } },
	    EINPUT },
	{ "5.2: an extension that everybody must know", NONE, { NUMBER,
	    { NID_netscape_comment, "critical,hello" } }, EINPUT },
	{ "5.3.1: removed from what is complete", { 8, 99 }, { NUMBER },
	    EINPUT },
};

START_TEST(it_takes_another_systems_complete_list)
{
	struct blob der = { 0 };
	struct crl_info info;

	setup();
	list_sign(list_make(&ca, &LISTS[_i]), &ca, EVP_sha256(), &der);
	if (LISTS[_i].code != OK)
		unit_fails(take(&der, &info), LISTS[_i].code);
	else
		unit_ok(take(&der, &info));
	blob_done(&der);
	teardown();
}
END_TEST

START_TEST(it_tells_number_and_entries)
{
	struct blob der = { 0 };
	struct crl_info info;

	setup();
	list_sign(list_make(&ca, &LISTS[0]), &ca, EVP_sha256(), &der);
	unit_ok(take(&der, &info));
	ck_assert_uint_eq(number_value(&info.number), 5);
	ck_assert_uint_eq(info.entries, 3);
	blob_done(&der);
	teardown();
}
END_TEST

static const struct made PLAIN = { "", NONE, { NUMBER }, OK },
    NAMED = { "", NONE, { AKI, NUMBER }, OK };

/* Of the same name, as a successor's can be. */
START_TEST(another_authoritys_list_is_not_taken)
{
	struct blob der = { 0 };
	struct crl_of whose;
	struct crl_info info;

	setup();
	list_sign(list_make(&other, &NAMED), &other, EVP_sha256(), &der);
	unit_fails(take(&der, &info), EDENIED);
	blob_clear(&der);
	list_sign(list_make(&other, &PLAIN), &other, EVP_sha256(), &der);
	unit_fails(take(&der, &info), EPROOF);
	whose = of(&other);
	unit_ok(crl_take_other(span_blob(&der), &whose, NULL, NULL, &info,
	    &unit_err));
	whose.name = span_of("\x30\x00", 2);
	unit_fails(crl_take_other(span_blob(&der), &whose, NULL, NULL, &info,
	    &unit_err),
	    EDENIED);
	blob_done(&der);
	teardown();
}
END_TEST

START_TEST(it_takes_no_signature_but_a_good_one)
{
	struct blob der = { 0 };
	struct crl_info info;

	setup();
	list_sign(list_make(&ca, &PLAIN), &ca, EVP_sha1(), &der);
	unit_fails(take(&der, &info), EINPUT);
	blob_clear(&der);
	list_sign(list_make(&ca, &PLAIN), &ca, EVP_sha256(), &der);
	unit_ok(take(&der, &info));
	der.data[der.len - 1] ^= 1;
	unit_fails(take(&der, &info), EPROOF);
	blob_done(&der);
	teardown();
}
END_TEST

/* RFC 5280, 5.1.1.2: the one behind is what a signature is verified by. */
START_TEST(it_names_one_algorithm)
{
	struct blob der = { 0 }, bad = { 0 }, sig = { 0 };
	struct span tbs, algorithm, signature;
	struct crl_info info;

	setup();
	list_sign(list_make(&ca, &PLAIN), &ca, EVP_sha384(), &der);
	unit_ok(seal_read(span_blob(&der), "it", &tbs, &algorithm, &signature,
	    &unit_err));
	unit_ok(seal_sign(tbs, ca.key, NULL, SIGNER_SCHEME, &sig, &unit_err));
	unit_ok(seal_assemble(tbs, SIGNER_SCHEME, span_blob(&sig), &bad,
	    &unit_err));
	unit_fails(take(&bad, &info), EINPUT);
	blob_done(&der);
	blob_done(&bad);
	blob_done(&sig);
	teardown();
}
END_TEST

START_TEST(a_list_that_was_cut_is_not_taken)
{
	struct blob der = { 0 }, cut = { 0 };
	struct crl_info info;

	setup();
	list_sign(list_make(&ca, &LISTS[0]), &ca, EVP_sha256(), &der);
	for (size_t n = 0; n < der.len; n++) {
		blob_clear(&cut);
		unit_ok(blob_put(&cut, der.data, n, &unit_err));
		unit_fails(take(&cut, &info), EINPUT);
	}
	unit_ok(blob_put(&der, "", 1, &unit_err));
	unit_fails(take(&der, &info), EINPUT);
	blob_done(&der);
	blob_done(&cut);
	teardown();
}
END_TEST

START_TEST(a_list_has_a_longest_length)
{
	struct blob der = { 0 };
	struct crl_info info;

	setup();
	unit_ok(blob_reserve(&der, CRL_OTHER + 1, &unit_err));
	memset(der.data, 0, CRL_OTHER + 1);
	der.len = CRL_OTHER + 1;
	unit_fails(take(&der, &info), ETOOBIG);
	der.len = CRL_OTHER;
	unit_fails(take(&der, &info), EINPUT);
	blob_done(&der);
	teardown();
}
END_TEST

UNIT_MAIN("ca/crl_other",
	UNIT_ROWS(it_takes_another_systems_complete_list, LISTS)
	UNIT(it_tells_number_and_entries)
	UNIT(another_authoritys_list_is_not_taken)
	UNIT(it_takes_no_signature_but_a_good_one)
	UNIT(it_names_one_algorithm)
	UNIT(a_list_that_was_cut_is_not_taken)
	UNIT(a_serial_number_comes_once)
	UNIT(a_list_has_a_longest_length))
