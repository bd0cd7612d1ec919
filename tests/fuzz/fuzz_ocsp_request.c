/*
 * ocsp_request: what is read is within what was given, and what is asked has
 * an answer; a path that is taken has the octets that it spells.
 */
#include "config.h"

#include <string.h>

#include "base/b64.h"
#include "ca/ocsp.h"
#include "tests/fuzz/fuzz.h"

static void
check_within(struct span part, const uint8_t *data, size_t size)
{
	FUZZ_HOLDS(part.n == 0 || (part.p >= data &&
	    part.p + part.n <= data + size));
}

static void
check_path(const uint8_t *data, size_t size)
{
	struct blob b = { 0 }, again = { 0 };
	char *text;

	if (ocsp_get_decode(span_of(data, size), &b, NULL) == 0) {
		FUZZ_HOLDS(b.len > 0 && b.len <= OCSP_REQUEST_OCTETS);
		text = b64url_encode(b.data, b.len);
		/* What begins with slashes has them taken for the path's. */
		FUZZ_HOLDS(text != NULL && ocsp_get_decode(span_of(text,
		    strlen(text)), &again, NULL) == 0);
		FUZZ_HOLDS(again.len == b.len &&
		    memcmp(again.data, b.data, b.len) == 0);
		free(text);
	}
	blob_done(&b);
	blob_done(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ocsp_issuer issuer;
	unsigned char key[OCSP_KEY];
	struct ocsp_request r;
	size_t i;

	check_path(data, size);
	if (ocsp_request_read(span_of(data, size), &r, NULL) != 0)
		return 0;
	FUZZ_HOLDS(size <= OCSP_REQUEST_OCTETS);
	FUZZ_HOLDS(r.n >= 1 && r.n <= OCSP_REQUESTS);
	FUZZ_HOLDS(r.nonce.n <= OCSP_NONCE);
	check_within(r.nonce, data, size);
	for (i = 0; i < r.n; i++) {
		check_within(r.id[i].whole, data, size);
		check_within(r.id[i].name_hash, data, size);
		check_within(r.id[i].key_hash, data, size);
		FUZZ_HOLDS(r.id[i].serial.n <= NUMBER_OCTETS);
		(void)ocsp_issuer_is(&issuer, &r.id[i]);
		ocsp_certid_key(r.id[i].form, 1, &r.id[i].serial, key);
	}
	return 0;
}
