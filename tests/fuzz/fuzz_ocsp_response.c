/*
 * ocsp_response: what is read is what is written from its parts, octet for
 * octet but for the order of extensions.
 */
#include "config.h"

#include "ca/ocsp.h"
#include "tests/fuzz/fuzz.h"

struct list {
	size_t		 n;
	struct ocsp_single s[OCSP_REQUESTS];
};

static int
keep(void *ctx, const struct ocsp_single *s, const struct ocsp_certid *id,
    struct err *err)
{
	struct list *l = ctx;

	FUZZ_HOLDS(l->n < OCSP_REQUESTS);
	FUZZ_HOLDS(span_equal(s->certid, id->whole));
	l->s[l->n++] = *s;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob b = { 0 };
	struct ocsp_info info;
	struct list l = { 0 };
	struct ocsp_ask ask;

	if (ocsp_response_read(span_of(data, size), keep, &l, &info,
	    NULL) != 0)
		return 0;
	FUZZ_HOLDS(l.n == info.n);
	FUZZ_HOLDS(info.this_earliest <= info.this_latest);
	FUZZ_HOLDS(info.next_earliest <= info.next_latest);
	ask = (struct ocsp_ask){ .key_hash = info.key_hash,
	    .produced = info.produced, .single = l.s, .n = l.n,
	    .nonce = info.nonce, .extended_revoke = info.extended_revoke };
	/* GeneralizedTime also says years that are not ours to write. */
	if (ocsp_response_data(&ask, &b, NULL) == 0)
		FUZZ_HOLDS(b.len == size);
	blob_done(&b);
	return 0;
}
