/*
 * est: a body that is taken is read again from what is written of it, in one
 * line and in several.
 */
#include "config.h"

#include <string.h>

#include "ca/est.h"
#include "ca/p7.h"
#include "tests/fuzz/fuzz.h"

static void
check_again(const struct blob *der, unsigned columns)
{
	struct blob text = { 0 }, again = { 0 };

	FUZZ_HOLDS(est_body_write(span_blob(der), columns, &text, NULL) == 0);
	FUZZ_HOLDS(est_body_read(span_blob(&text), &again, NULL) == 0 ||
	    text.len > EST_BODY_OCTETS);
	FUZZ_HOLDS(text.len > EST_BODY_OCTETS || (again.len == der->len &&
	    memcmp(again.data, der->data, der->len) == 0));
	blob_done(&text);
	blob_done(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span one = span_of(data, size);
	struct blob der = { 0 }, p7 = { 0 };

	if (est_body_read(one, &der, NULL) == 0) {
		FUZZ_HOLDS(der.len > 0 || size > 0);
		if (der.len > 0) {
			check_again(&der, 0);
			check_again(&der, 64);
		}
	}
	if (p7_certs_only(&one, 1, &p7, NULL) == 0)
		FUZZ_HOLDS(p7.len > size);
	blob_done(&der);
	blob_done(&p7);
	return 0;
}
