/*
 * digest - a file's hash, read once and never held whole.
 *
 * Floor 7.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "cli/digest.h"

#define CHUNK	(64 * 1024)

static const struct { const char *name, *openssl; } KINDS[] = {
	{ "sha-256", "SHA256" },
	{ "sha-384", "SHA384" },
	{ "sha-512", "SHA512" },
};

const char *
digest_of_scheme(const char *scheme)
{
	return strcmp(scheme, "ecdsa-sha384") == 0 ? "sha-384" : "sha-256";
}

static int
feed(EVP_MD_CTX *ctx, FILE *f, const char *path, uint64_t *octets,
    struct err *err)
{
	unsigned char chunk[CHUNK];
	size_t n;

	*octets = 0;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		*octets += n;
		if (EVP_DigestUpdate(ctx, chunk, n) != 1)
			return err_set(err, EINTERNAL, "hashing failed");
	}
	if (ferror(f))
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

static int
run(EVP_MD_CTX *ctx, FILE *f, const char *path, size_t kind,
    struct digest *ret, struct err *err)
{
	const EVP_MD *md = EVP_get_digestbyname(KINDS[kind].openssl);
	unsigned char out[EVP_MAX_MD_SIZE];
	struct digest d = { .algorithm = KINDS[kind].name };
	unsigned n;

	if (ctx == NULL || md == NULL ||
	    EVP_DigestInit_ex(ctx, md, NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	TRY(feed(ctx, f, path, &d.octets, err));
	if (EVP_DigestFinal_ex(ctx, out, &n) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	hex_encode(out, n, d.value);
	*ret = d;
	return 0;
}

int
digest_file(const char *path, const char *algorithm, struct digest *ret,
    struct err *err)
{
	EVP_MD_CTX *ctx;
	size_t kind = 0;
	FILE *f;
	int rc;

	while (kind < NELEM(KINDS) && strcmp(KINDS[kind].name, algorithm) != 0)
		kind++;
	if (kind == NELEM(KINDS))
		return err_set(err, EINPUT, "no digest is called \"%.20s\"",
		    algorithm);
	f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (f == NULL)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	ctx = EVP_MD_CTX_new();
	rc = run(ctx, f, path, kind, ret, err);
	EVP_MD_CTX_free(ctx);
	if (f != stdin)
		fclose(f);
	return rc;
}
