/*
 * tbs: certificates, whole or to be signed, and what the linter says of them.
 *
 * Whatever is read is within the octets that were given, and whatever is taken
 * for an issuer can be asked about itself.
 */
#include "config.h"

#include <string.h>

#include "ca/lint.h"
#include "tests/fuzz/fuzz.h"

#define PROFILE	"{\"purpose\":\"x\",\"kind\":\"end-entity\"," \
	"\"standard\":\"idevid\",\"device\":\"required\"," \
	"\"keys\":[\"ec-p256\"],\"subject\":[{\"attribute\":\"serialNumber\"," \
	"\"from\":\"device\"}],\"san\":[{\"type\":\"uri\",\"value\":" \
	"\"urn:device:{device}\"},{\"type\":\"dns\",\"from\":\"csr\"}]," \
	"\"validity\":{\"until\":\"9999-12-31T23:59:59Z\"}," \
	"\"key-usage\":[\"digital-signature\"]}"

static struct profile *
profile(void)
{
	struct profile *p = NULL;
	struct err err = { 0 };
	json_t *j = NULL;

	FUZZ_HOLDS(json_read(PROFILE, strlen(PROFILE), &j, &err) == 0);
	FUZZ_HOLDS(profile_read("x", j, &p, &err) == 0);
	json_decref(j);
	return p;
}

static void
check_within(struct span part, const uint8_t *data, size_t size)
{
	FUZZ_HOLDS(part.n == 0 || (part.p >= data && part.n <= size &&
	    part.p + part.n <= data + size));
}

static void
check_lint(const struct tbs *t, const struct issuer *issuer)
{
	struct profile *p = profile();
	struct err err = { 0 };
	struct lint found;
	json_t *j;

	FUZZ_HOLDS(ca_lint(t, NULL, issuer, NULL, &found, &err) == 0);
	FUZZ_HOLDS(ca_lint(t, p, issuer, NULL, &found, &err) == 0);
	FUZZ_HOLDS((lint_refuse(&found, &err) == 0) == (found.total == 0));
	FUZZ_HOLDS((j = lint_json(&found)) != NULL);
	FUZZ_HOLDS(json_array_size(j) == found.n);
	json_decref(j);
	profile_free(p);
}

static void
check_parts(const struct tbs *t, const uint8_t *data, size_t size)
{
	size_t i;

	check_within(t->serial, data, size);
	check_within(t->subject, data, size);
	check_within(t->spki, data, size);
	for (i = 0; i < t->extension_n; i++)
		check_within(t->extension[i].value, data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct issuer *issuer = NULL;
	struct err err = { 0 };
	struct cert c;
	unsigned partition;

	if (tbs_read(data, size, &c.tbs, &err) == 0) {
		check_parts(&c.tbs, data, size);
		check_lint(&c.tbs, NULL);
	}
	if (cert_read_other(data, size, &c, &err) == 0)
		check_parts(&c.tbs, data, size);
	if (cert_read(data, size, &c, &err) != 0)
		return 0;
	check_parts(&c.tbs, data, size);
	check_within(c.signature, data, size);
	if (issuer_read(span_of(data, size), NULL, 4, &issuer, &err) == 0) {
		check_lint(&c.tbs, issuer);
		(void)!issuer_partition(issuer, &c.tbs, &partition, &err);
	}
	issuer_free(issuer);
	return 0;
}
