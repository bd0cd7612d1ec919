/*
 * A hostile service that spoils one thing of a certificate: none comes out but
 * the one that the charter's profile and the request make.
 */
#include "config.h"

#include "tests/keeper/certs.h"

static void
profile_of(struct attempt *a, const char *name)
{
	json_decref(a->profile);
	a->profile = json_deep_copy(json_object_get(json_object_get(
	    house.charter, "profiles"), name));
	a->profile_name = name;
}

/* ---- what is drafted otherwise than it was allowed ---- */

static void
spoil_sub_ca(struct attempt *a)
{
	profile_of(a, "issuing");
	/* As if its issuer's path length had room for it. */
	a->issuer->path_length = -1;
}

static void
spoil_profile(struct attempt *a)
{
	profile_of(a, "server");
}

static void
spoil_spki(struct attempt *a)
{
	EVP_PKEY *another = EVP_EC_gen("P-256");

	blob_clear(&a->spki);
	unit_ok(proof_spki_of(another, &a->spki, &unit_err));
	EVP_PKEY_free(another);
}

static void
spoil_validity(struct attempt *a)
{
	(void)json_object_set_new(a->profile, "validity",
	    json_of("{\"for\":\"P2Y\",\"backdate\":\"PT1H\"}"));
}

static void
spoil_end(struct attempt *a)
{
	(void)json_object_set_new(a->profile, "validity",
	    json_of("{\"until\":\"9999-12-31T23:59:59Z\",\"backdate\":\"PT1H\"}"));
	a->issuer->not_after = INT64_MAX / 4;
}

static void
spoil_subject(struct attempt *a)
{
	(void)json_object_set_new(a->drafted, "subject",
	    json_of("[[\"commonName\",\"other\"]]"));
}

static void
spoil_san(struct attempt *a)
{
	(void)json_array_append_new(json_object_get(a->drafted, "san"),
	    json_string("dns:bank.example"));
}

static void
spoil_no_san(struct attempt *a)
{
	(void)json_array_clear(json_object_get(a->drafted, "san"));
}

static void
spoil_extension(struct attempt *a)
{
	(void)json_object_set_new(a->profile, "policies",
	    json_of("[\"1.2.3.4\"]"));
}

static void
spoil_usage(struct attempt *a)
{
	(void)json_object_set_new(a->profile, "extended-key-usage",
	    json_of("[\"client-auth\",\"server-auth\"]"));
}

static void
spoil_issuer_name(struct attempt *a)
{
	AUTO_JSON *urls = json_of(URLS);

	issuer_free(a->issuer);
	unit_ok(issuer_read(span_blob(&pki.root_cert), urls, 4, &a->issuer,
	    &unit_err));
}

static void
spoil_far_back(struct attempt *a)
{
	a->not_before -= TIME_S(3600 + 301);
	a->issuer->not_before -= TIME_S(86400);
}

static void
spoil_far_ahead(struct attempt *a)
{
	a->not_before += TIME_S(310);
}

static void
spoil_partition(struct attempt *a)
{
	a->partition = (a->partition + 1) % 4;
}

static void
spoil_chosen_partition(struct attempt *a)
{
	/* All of it as an honest draft for that partition. */
	a->partition = a->op_partition = (a->partition + 1) % 4;
}

static void
spoil_no_partition(struct attempt *a)
{
	a->op_partition = 4;
}

static void
spoil_serial(struct attempt *a)
{
	/* Written as an honest draft is. */
	a->serial_n = 4;
}

static void
spoil_chosen_serial(struct attempt *a)
{
	a->serial.o[7] ^= 1;
}

static void
spoil_serial_again(struct attempt *a)
{
	struct attempt earlier;

	/* Of a certificate that there is, in its partition. */
	device_attempt(&earlier, "d-0");
	unit_ok(serial_of(house.id, earlier.request, earlier.allowed, &a->serial,
	    &unit_err));
	a->partition = a->op_partition = earlier.partition;
	attempt_done(&earlier);
}

static void
spoil_octet(struct attempt *a)
{
	attempt_draft(a);
	a->tbs.data[a->tbs.len - 1] ^= 1;
}

static void
spoil_tail(struct attempt *a)
{
	attempt_draft(a);
	unit_ok(blob_put(&a->tbs, "\5\0", 2, &unit_err));
}

static void
spoil_garbage(struct attempt *a)
{
	unit_ok(blob_put(&a->tbs, "0\202\377\377", 4, &unit_err));
}

/* ---- what is asked for otherwise ---- */

static void
spoil_ca_name(struct attempt *a)
{
	(void)json_object_set_new(a->allowed, "ca", json_string("root"));
}

static void
spoil_op_issuer(struct attempt *a)
{
	struct sha256 hash = sha256_of(pki.root_cert.data, pki.root_cert.len);

	sha256_hex(&hash, a->op_issuer);
}

static void
spoil_no_issuer(struct attempt *a)
{
	a->op_issuer[0] = '\0';
}

static void
spoil_op_key(struct attempt *a)
{
	snprintf(a->op_key, sizeof(a->op_key), "%s", pki.root.hash);
}

static void
spoil_who(struct attempt *a)
{
	a->who = "dev-1";
}

static void
spoil_unknown_profile(struct attempt *a)
{
	(void)json_object_set_new(a->allowed, "profile", json_string("none"));
}

static void
spoil_own_san(struct attempt *a)
{
	/* Allowed by the request, drafted so, and against the profile. */
	(void)json_array_append_new(json_object_get(a->allowed, "san"),
	    json_string("dns:bank.example"));
	json_decref(a->drafted);
	a->drafted = json_deep_copy(a->allowed);
}

static void
spoil_own_device(struct attempt *a)
{
	(void)json_object_set_new(a->allowed, "device", json_string("other"));
	json_decref(a->drafted);
	a->drafted = json_deep_copy(a->allowed);
}

static const struct {
	const char	*why;
	void		(*spoil)(struct attempt *a);
	const char	*code;
} ATTEMPTS[] = {
	{ "a sub-CA with a device's permit", spoil_sub_ca, "bad-proof" },
	{ "a server with a device's permit", spoil_profile, "bad-proof" },
	{ "a certificate for another key than requested", spoil_spki,
	    "bad-proof" },
	{ "a validity beyond the profile", spoil_validity, "bad-proof" },
	{ "a validity beyond the issuer", spoil_end, "bad-proof" },
	{ "another subject", spoil_subject, "bad-proof" },
	{ "one alternative name more", spoil_san, "bad-proof" },
	{ "one alternative name less", spoil_no_san, "bad-proof" },
	{ "an extension that the profile does not have", spoil_extension,
	    "bad-proof" },
	{ "a purpose that the profile does not have", spoil_usage,
	    "bad-proof" },
	{ "the name of another issuer", spoil_issuer_name, "bad-proof" },
	{ "a beginning far back", spoil_far_back, "denied" },
	{ "a beginning ahead", spoil_far_ahead, "denied" },
	{ "the list of another partition", spoil_partition, "bad-proof" },
	{ "a partition that somebody chose", spoil_chosen_partition,
	    "bad-proof" },
	{ "a partition that there is not", spoil_no_partition, "bad-proof" },
	{ "a serial number of few bits", spoil_serial, "bad-proof" },
	{ "a serial number that somebody chose", spoil_chosen_serial,
	    "bad-proof" },
	{ "the serial number that another request makes", spoil_serial_again,
	    "bad-proof" },
	{ "one bit", spoil_octet, "bad-proof" },
	{ "something behind it", spoil_tail, "malformed" },
	{ "no certificate at all", spoil_garbage, "malformed" },
	{ "a request that names another CA", spoil_ca_name, "bad-proof" },
	{ "the certificate of another CA", spoil_op_issuer, "denied" },
	{ "no CA: as if it were a root", spoil_no_issuer, "bad-proof" },
	{ "the key of another CA", spoil_op_key, "bad-proof" },
	{ "somebody who may not ask", spoil_who, "denied" },
	{ "a profile that the charter does not have", spoil_unknown_profile,
	    "denied" },
	{ "a name that the profile does not let the request have",
	    spoil_own_san, "denied" },
	{ "a device that is not the one in the name", spoil_own_device,
	    "denied" },
};

START_TEST(it_gets_no_other_certificate)
{
	struct attempt a;

	certs_setup();
	device_attempt(&a, "d-1");
	ATTEMPTS[_i].spoil(&a);
	no_certificate(attempt_go(&a, NULL), MADE, ATTEMPTS[_i].code);
	attempt_done(&a);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: a certificate spoilt",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT_ROWS(it_gets_no_other_certificate, ATTEMPTS))
