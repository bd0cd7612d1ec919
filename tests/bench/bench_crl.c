#include "config.h"

#include <string.h>
#include <sys/resource.h>

#include "ca/crl.h"
#include "ca/ocsp.h"
#include "tests/bench/bench.h"

/*
 * A CRL of a million entries, a tenth of them with a reason: how long it takes
 * to write and to read, and the most memory that the process had.  Then what
 * one OCSP request and one answer cost, without the signature.
 */
#define ENTRIES		1000000UL
#define FROM		TIME_S(INT64_C(1795248000))

static unsigned char key_id[20] = { 1 };
static const unsigned char name[] = { 0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09,
	0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'C', 'A' };

static int
next(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	unsigned long *n = ctx;

	*ret_more = *n < ENTRIES;
	memset(ret, 0, sizeof(*ret));
	ret->serial.n = 16;
	memset(ret->serial.o, 0x5a, 16);
	memcpy(ret->serial.o + 8, n, sizeof(*n));
	ret->revoked = FROM + TIME_S(*n);
	ret->reason = *n % 10 == 0 ? REASON_SUPERSEDED : REASON_UNSPECIFIED;
	++*n;
	return 0;
}

static int
count(void *ctx, const struct crl_entry *e, struct err *err)
{
	++*(unsigned long *)ctx;
	return 0;
}

static long
peak_kib(void)
{
	struct rusage u;

	BENCH_OK(getrusage(RUSAGE_SELF, &u));
	return u.ru_maxrss;
}

/* Of the processor: the machine may be shared. */
static double
spent_s(void)
{
	struct rusage u;

	BENCH_OK(getrusage(RUSAGE_SELF, &u));
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
million(size_t room)
{
	struct crl_info info;
	struct blob tbs = { 0 };
	unsigned long n = 0;
	struct crl_ask ask = { .scheme = "ecdsa-sha256",
	    .issuer = span_of(name, sizeof(name)),
	    .key_id = span_of(key_id, sizeof(key_id)),
	    .number = number_of(1), .this_update = FROM,
	    .next_update = FROM + TIME_S(86400), .next = next, .ctx = &n,
	    .room = room };
	long before = peak_kib();
	double from = spent_s(), wrote;

	BENCH_OK(crl_draft(&ask, &tbs, NULL));
	wrote = spent_s();
	n = 0;
	BENCH_OK(crl_read(span_blob(&tbs), count, &n, &info, NULL));
	BENCH_OK(n != ENTRIES || info.entries != ENTRIES || info.unknown > 0);
	printf("CRL of %lu entries, %zu octets, room for %zu: written in %.3f "
	    "s of CPU, read in %.3f s, peak %ld KiB (+%ld)\n", ENTRIES, tbs.len, room,
	    wrote - from, spent_s() - wrote, peak_kib(), peak_kib() - before);
	blob_done(&tbs);
}

struct ocsp {
	struct blob	 request, answer;
	struct ocsp_single single;
	struct ocsp_ask	 ask;
};

static void
request(void *ctx, unsigned long n)
{
	const struct ocsp *o = ctx;
	struct ocsp_request r;
	unsigned char key[OCSP_KEY];

	while (n-- > 0) {
		BENCH_OK(ocsp_request_read(span_blob(&o->request), &r, NULL));
		ocsp_certid_key(r.id[0].form, 0, &r.id[0].serial, key);
	}
}

static void
answer(void *ctx, unsigned long n)
{
	struct ocsp *o = ctx;

	while (n-- > 0) {
		blob_clear(&o->answer);
		BENCH_OK(ocsp_response_data(&o->ask, &o->answer, NULL));
	}
}

static void
read_answer(void *ctx, unsigned long n)
{
	struct ocsp *o = ctx;
	struct ocsp_info info;

	while (n-- > 0)
		BENCH_OK(ocsp_response_read(span_blob(&o->answer), NULL, NULL,
		    &info, NULL));
}

static void
decode(void *ctx, unsigned long n)
{
	static const char path[] = "MFgwVjBUMFIwUDAJBgUrDgMCGgUABBQBAgMEBQYHC"
	    "AkKCwwNDg8QERITFAQUAQIDBAUGBwgJCgsMDQ4PEBESExQCFAECAwQFBgcICQoL"
	    "DA0ODxAREhMU%3D%3D";
	struct blob *b = &((struct ocsp *)ctx)->answer;

	while (n-- > 0) {
		blob_clear(b);
		BENCH_OK(ocsp_get_decode(span_of(path, sizeof(path) - 1), b,
		    NULL));
	}
}

/* One certificate by SHA-1, and a nonce of 32 octets. */
static void
make(struct ocsp *o)
{
	static const struct ocsp_issuer issuer;
	struct number serial = number_of(UINT64_MAX);
	struct blob id = { 0 };
	struct der w;

	BENCH_OK(ocsp_certid_write(&issuer, OCSP_SHA1, &serial, &id, NULL));
	der_init(&w, &o->request, NULL);
	BENCH_OK(der_open(&w, DER_SEQUENCE));
	BENCH_OK(der_open(&w, DER_SEQUENCE));
	BENCH_OK(der_open(&w, DER_SEQUENCE));
	BENCH_OK(der_span(&w, DER_SEQUENCE, span_blob(&id)));
	BENCH_OK(der_close(&w));
	BENCH_OK(der_raw(&w, span_of("\xa2\x33\x30\x31\x30\x2f\x06\x09\x2b\x06"
	    "\x01\x05\x05\x07\x30\x01\x02\x04\x22\x04\x20"
	    "0123456789abcdef0123456789abcdef", 53)));
	BENCH_OK(der_close(&w));
	BENCH_OK(der_close(&w));
	o->single = (struct ocsp_single){ .certid = span_blob(&id),
	    .this_update = FROM, .next_update = FROM + TIME_S(3600) };
	o->ask = (struct ocsp_ask){ .key_hash = span_of(key_id, 20),
	    .produced = FROM, .single = &o->single, .n = 1 };
}

int
main(void)
{
	struct ocsp o = { 0 };

	million(ENTRIES);
	million(0);
	make(&o);
	bench("ocsp: read a request, make its key", request, &o);
	bench("ocsp: decode a GET's path", decode, &o);
	bench("ocsp: write a ResponseData", answer, &o);
	bench("ocsp: read a ResponseData", read_answer, &o);
	blob_done(&o.request);
	blob_done(&o.answer);
	return 0;
}
