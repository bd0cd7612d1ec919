/*
 * replay - a fuzz target without its engine: every file named is one input.
 */
#include "config.h"

#include "base/io.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_OCTETS	((size_t)16 << 20)

static int
replay(const char *path)
{
	struct blob b = { 0 };
	struct err err;
	uint8_t *exact;

	if (io_read_file(path, INPUT_OCTETS, &b, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return 1;
	}
	/* Exactly as long, so that a sanitizer sees a read past its end. */
	exact = malloc(b.len == 0 ? 1 : b.len);
	if (exact == NULL) {
		blob_done(&b);
		return 1;
	}
	for (size_t i = 0; i < b.len; i++)
		exact[i] = b.data[i];
	(void)LLVMFuzzerTestOneInput(exact, b.len);
	free(exact);
	blob_done(&b);
	return 0;
}

int
main(int argc, char **argv)
{
	int i, failed = 0;

	for (i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	if (argc < 2)
		fprintf(stderr, "usage: %s FILE...\n", argv[0]);
	return failed != 0 || argc < 2;
}
