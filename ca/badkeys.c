#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "base/hex.h"
#include "base/sha256.h"
#include "ca/badkeys.h"
#include "ca/key.h"

#define SHORT_OCTETS	10	/* of openssl-blacklist's hashes */
#define SHA1_OCTETS	20
#define MODULUS_OCTETS	512

/* Hashes of one length, in order. */
struct hashes {
	size_t		 octets;
	unsigned char	*p;		/* owned */
	size_t		 n, room;
};

struct badkeys {
	struct hashes	 whole, part;
};

void
badkeys_free(struct badkeys *b)
{
	if (b == NULL)
		return;
	free(b->whole.p);
	free(b->part.p);
	free(b);
}

size_t
badkeys_count(const struct badkeys *b)
{
	return b->whole.n + b->part.n;
}

static int
hash_add(struct hashes *h, const char *digits, struct err *err)
{
	size_t room = h->room == 0 ? 64 : 2 * h->room;
	unsigned char *more;

	if (h->n == h->room) {
		if ((more = realloc(h->p, room * h->octets)) == NULL)
			return err_set(err, ENOMEMORY, "a list of keys");
		h->p = more;
		h->room = room;
	}
	TRY(hex_decode(digits, h->octets, h->p + h->n * h->octets, err));
	h->n++;
	return 0;
}

static int
line_read(struct badkeys *b, struct span line, size_t n, struct err *err)
{
	char digits[2 * SHA256_OCTETS + 1];

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	if (line.n != 2 * SHA256_OCTETS && line.n != 2 * SHORT_OCTETS)
		return err_set(err, EINPUT, "line %zu: expected 64 or 20 "
		    "hexadecimal digits", n);
	for (size_t i = 0; i < line.n; i++)
		digits[i] = line.p[i] >= 'A' && line.p[i] <= 'F' ?
		    (char)(line.p[i] - 'A' + 'a') : (char)line.p[i];
	digits[line.n] = '\0';
	if (hash_add(line.n == 2 * SHORT_OCTETS ? &b->part : &b->whole,
	    digits, err) == 0)
		return 0;
	if (err != NULL && err->code == ENOMEMORY)
		return -(int)ENOMEMORY;
	return err_set(err, EINPUT, "line %zu: expected hexadecimal digits",
	    n);
}

static int
lines_read(struct badkeys *b, struct span text, struct err *err)
{
	const unsigned char *end;
	size_t line = 0, n;

	while (text.n > 0) {
		end = memchr(text.p, '\n', text.n);
		n = end != NULL ? (size_t)(end - text.p) : text.n;
		TRY(line_read(b, span_of(text.p, n), ++line, err));
		n += end != NULL;
		text = span_of(text.p + n, text.n - n);
	}
	return 0;
}

static int
by_whole(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_OCTETS);
}

static int
by_part(const void *a, const void *b)
{
	return memcmp(a, b, SHORT_OCTETS);
}

int
badkeys_read(struct span text, struct badkeys **ret, struct err *err)
{
	AUTO(badkeys) *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_set(err, ENOMEMORY, "a list of keys");
	if (text.n > BADKEYS_OCTETS)
		return err_set(err, ETOOBIG, "a list of %zu octets, more than "
		    "%zu", text.n, BADKEYS_OCTETS);
	b->whole.octets = SHA256_OCTETS;
	b->part.octets = SHORT_OCTETS;
	TRY(lines_read(b, text, err));
	if (b->whole.n > 0)
		qsort(b->whole.p, b->whole.n, SHA256_OCTETS, by_whole);
	if (b->part.n > 0)
		qsort(b->part.p, b->part.n, SHORT_OCTETS, by_part);
	*ret = TAKE(b);
	return 0;
}

/* The last 80 bits of SHA-1, as "openssl rsa -modulus | sha1sum" has it. */
static int
part_of(struct span modulus, unsigned char ret[SHORT_OCTETS],
    struct err *err)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[sizeof("Modulus=\n") + 2 * MODULUS_OCTETS] = "Modulus=";
	unsigned char sha1[SHA1_OCTETS];
	size_t n = strlen(text);
	unsigned len;

	for (size_t i = 0; i < modulus.n; i++) {
		text[n++] = digits[modulus.p[i] >> 4];
		text[n++] = digits[modulus.p[i] & 15];
	}
	text[n++] = '\n';
	if (EVP_Digest(text, n, sha1, &len, EVP_sha1(), NULL) != 1)
		return err_set(err, EINTERNAL, "SHA-1 failed");
	memcpy(ret, sha1 + SHA1_OCTETS - SHORT_OCTETS, SHORT_OCTETS);
	return 0;
}

int
badkeys_has(const struct badkeys *b, struct span spki, bool *ret,
    struct err *err)
{
	struct sha256 whole = sha256_of(spki.p, spki.n);
	unsigned char part[SHORT_OCTETS];
	struct span modulus;

	TRY(key_modulus(spki, &modulus, err));
	*ret = b->whole.n > 0 && bsearch(whole.o, b->whole.p, b->whole.n,
	    SHA256_OCTETS, by_whole) != NULL;
	if (*ret || modulus.n == 0 || modulus.n > MODULUS_OCTETS ||
	    b->part.n == 0)
		return 0;
	TRY(part_of(modulus, part, err));
	*ret = bsearch(part, b->part.p, b->part.n, SHORT_OCTETS, by_part) !=
	    NULL;
	return 0;
}
