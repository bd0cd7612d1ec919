/*
 * evidence: whatever is read, only what verifies under its own genesis'
 * fingerprint is believed, and nothing under another.
 */
#include "config.h"

#include "evidence/evidence.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence_found f;
	struct sha256 own;
	json_t *j;

	if (evidence_read(data, size, &j, NULL) != 0)
		return 0;
	if (json_hash(json_object_get(j, "genesis"), &own, NULL) == 0) {
		if (evidence_verify(j, &own, &f, NULL) == 0) {
			FUZZ_HOLDS(f.signature_octets > 0);
			evidence_found_done(&f);
		}
		own.o[0] ^= 1;
		FUZZ_HOLDS(evidence_verify(j, &own, &f, NULL) != 0);
	}
	json_decref(j);
	return 0;
}
