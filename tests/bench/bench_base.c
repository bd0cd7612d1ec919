#include "config.h"

#include <string.h>

#include "base/b64.h"
#include "base/id.h"
#include "base/json.h"
#include "base/merkle.h"
#include "tests/bench/bench.h"

/* The size and shape of an event. */
static const char EVENT[] =
    "{\"actor\":\"release-tool\",\"data\":{\"digest\":{\"algorithm\":"
    "\"sha-256\",\"value\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a"
    "9cb410ff61f20015ad\"},\"entry\":1234,\"key\":\"e3b0c44298fc1c149afbf4c"
    "8996fb92427ae41e4649b934ca495991b7852b855\",\"product\":\"gateway\","
    "\"request\":\"req_01m7xvyy4462zbt2wj5gb22r42\",\"version\":\"2.4.1\"},"
    "\"kind\":\"key.signed\",\"seq\":123456,\"subject\":\"gw-image\","
    "\"time\":\"2026-11-21T08:15:30.123456Z\"}";

static void
hash_leaf(void *ctx, unsigned long n)
{
	struct sha256 h = { { 0 } };

	while (n-- > 0)
		h = merkle_leaf(EVENT, sizeof(EVENT) - 1);
	*(struct sha256 *)ctx = h;
}

static void
hash_node(void *ctx, unsigned long n)
{
	struct sha256 *h = ctx;

	while (n-- > 0)
		*h = merkle_node(h, h);
}

static void
append_leaf(void *ctx, unsigned long n)
{
	struct merkle_range r;

	merkle_range_init(&r);
	while (n-- > 0)
		BENCH_OK(merkle_range_add(&r, ctx, NULL, NULL, NULL));
}

static void
read_event(void *ctx, unsigned long n)
{
	json_t *j;

	while (n-- > 0) {
		BENCH_OK(json_read(EVENT, sizeof(EVENT) - 1, &j, NULL));
		json_decref(j);
	}
}

static void
read_canonical_event(void *ctx, unsigned long n)
{
	json_t *j;

	while (n-- > 0) {
		BENCH_OK(json_read_canonical(EVENT, sizeof(EVENT) - 1, &j,
		    NULL));
		json_decref(j);
	}
}

static void
write_event(void *ctx, unsigned long n)
{
	struct blob b = { 0 };

	while (n-- > 0) {
		BENCH_OK(json_canonical(ctx, &b, NULL));
		blob_clear(&b);
	}
	blob_done(&b);
}

static void
hash_event(void *ctx, unsigned long n)
{
	struct sha256 h;

	while (n-- > 0)
		BENCH_OK(json_hash(ctx, &h, NULL));
}

static void
encode(void *ctx, unsigned long n)
{
	while (n-- > 0)
		free(b64_encode(EVENT, 64));
}

static void
make_id(void *ctx, unsigned long n)
{
	char id[ID_TEXT];

	while (n-- > 0)
		BENCH_OK(id_new("req", 0, id, NULL));
}

static void
write_time(void *ctx, unsigned long n)
{
	char text[TIME_TEXT];

	while (n-- > 0)
		clock_text((time_us)n, text);
}

int
main(void)
{
	struct sha256 h = { { 0 } };
	json_t *event = NULL;

	BENCH_OK(json_read(EVENT, sizeof(EVENT) - 1, &event, NULL));
	bench("base: hash an event's leaf", hash_leaf, &h);
	bench("base: hash a node", hash_node, &h);
	bench("base: append to a compact range", append_leaf, &h);
	bench("base: read an event", read_event, NULL);
	bench("base: read a canonical event", read_canonical_event, NULL);
	bench("base: write a canonical event", write_event, event);
	bench("base: hash an event", hash_event, event);
	bench("base: encode 64 octets", encode, NULL);
	bench("base: make an id", make_id, NULL);
	bench("base: write a time", write_time, NULL);
	json_decref(event);
	return 0;
}
