/*
 * csr: certification requests, in PEM or DER.
 *
 * Whatever is accepted is the same request when its DER is read again, and its
 * names can be read out of it by everybody who has the octets.
 */
#include "config.h"

#include "ca/csr.h"
#include "ca/key.h"
#include "tests/fuzz/fuzz.h"

static void
check_again(const struct csr *c)
{
	struct csr *again = NULL;
	const char *algorithm = NULL;
	struct sha256 a, b;
	struct err err;

	FUZZ_HOLDS(csr_read(csr_der(c).p, csr_der(c).n, &again, &err) == 0);
	a = csr_hash(c);
	b = csr_hash(again);
	FUZZ_HOLDS(sha256_equal(&a, &b));
	FUZZ_HOLDS(json_equal(csr_subject(c), csr_subject(again)));
	FUZZ_HOLDS(json_equal(csr_san(c), csr_san(again)));
	FUZZ_HOLDS(key_algorithm(csr_spki(c), &algorithm, &err) == 0);
	csr_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csr *c = NULL;
	struct err err = { 0 };
	int rc = csr_read(data, size, &c, &err);

	FUZZ_HOLDS((rc == 0) == (c != NULL));
	FUZZ_HOLDS(rc == 0 || (rc == -(int)err.code && err.what[0] != '\0'));
	if (c != NULL)
		check_again(c);
	csr_free(c);
	return 0;
}
