/*
 * crl_other: what ours would be taken as is taken as another system's too,
 * with the same number and entries; and nothing passes without a signature.
 */
#include "config.h"

#include "ca/crl.h"
#include "ca/seal.h"
#include "tests/fuzz/fuzz.h"

/* Of the authority that has signed the seeds; the private half is gone. */
static const unsigned char spki[] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
	0x07, 0x03, 0x42, 0x00, 0x04, 0x38, 0x57, 0x50, 0x0f, 0x0f, 0xd3,
	0xb4, 0xbc, 0xb6, 0x3a, 0xb2, 0x90, 0x20, 0x70, 0x99, 0x5f, 0x11,
	0xb9, 0xca, 0x28, 0x0b, 0x26, 0x04, 0x7a, 0x12, 0xa0, 0x74, 0xdf,
	0x2f, 0xa6, 0x96, 0x10, 0x36, 0xcc, 0xc4, 0x38, 0xa0, 0xba, 0xb6,
	0x08, 0x4c, 0x05, 0x70, 0x2b, 0x5e, 0x0c, 0x26, 0x6a, 0x39, 0xb3,
	0x2f, 0x41, 0xeb, 0x53, 0xe5, 0xdc, 0x0c, 0x7c, 0x1a, 0xd1, 0xee,
	0xc1, 0x72, 0xec,
};

static void
both(struct span tbs, struct span algorithm, struct span signature,
    struct span whole)
{
	struct crl_info ours, theirs, taken;
	struct crl_of of = { .spki = span_of(spki, sizeof(spki)) };

	if (crl_read_other(tbs, NULL, NULL, &theirs, NULL) != 0) {
		FUZZ_HOLDS(crl_read(tbs, NULL, NULL, &ours, NULL) != 0);
		return;
	}
	if (crl_read(tbs, NULL, NULL, &ours, NULL) == 0) {
		FUZZ_HOLDS(number_order(&ours.number, &theirs.number) == 0);
		FUZZ_HOLDS(ours.entries == theirs.entries);
	}
	of.name = theirs.issuer;
	of.key_id = theirs.key_id;
	of.part = true;
	if (crl_take_other(whole, &of, NULL, NULL, &taken, NULL) != 0)
		return;
	FUZZ_HOLDS(taken.entries == theirs.entries);
	/* One of several is not all that another system kept. */
	of.part = false;
	FUZZ_HOLDS((crl_take_other(whole, &of, NULL, NULL, &taken, NULL) == 0)
	    == (theirs.scope == CRL_ALL));
	if (theirs.scope != CRL_ALL)
		return;
	FUZZ_HOLDS(taken.number.n > 0 && taken.number.n <= NUMBER_OCTETS);
	FUZZ_HOLDS(taken.base.n == 0 && taken.scope == CRL_ALL);
	FUZZ_HOLDS(span_equal(taken.algorithm, algorithm));
	FUZZ_HOLDS(signature.n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span whole = span_of(data, size), tbs, algorithm, signature;

	if (seal_read(whole, "it", &tbs, &algorithm, &signature, NULL) == 0)
		both(tbs, algorithm, signature, whole);
	return 0;
}
