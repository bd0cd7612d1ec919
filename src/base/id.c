#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/id.h"

#define ID_DIGITS	26
#define ID_OCTETS	(6 + ID_REST)
#define NAME_MAX_	64

/* Crockford's base32: no i, l, o, u. */
static const char DIGITS[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* 128 bits as 26 digits of 5 bits; the first has two bits of padding. */
static void
encode(const unsigned char o[ID_OCTETS], char *ret)
{
	unsigned bits = 0, have = 2;
	size_t i;

	for (i = 0; i < ID_OCTETS; i++) {
		bits = (bits << 8 | o[i]) & 0xffff;
		have += 8;
		while (have >= 5) {
			have -= 5;
			*ret++ = DIGITS[bits >> have & 31];
		}
	}
	*ret = '\0';
}

void
id_of(const char *prefix, time_us when, const unsigned char rest[ID_REST],
    char ret[ID_TEXT])
{
	unsigned char o[ID_OCTETS];
	uint64_t ms = when < 0 ? 0 : (uint64_t)when / 1000;
	size_t n = strlen(prefix), i;

	assert(n > 0 && n + 1 + ID_DIGITS < ID_TEXT);
	for (i = 0; i < 6; i++)
		o[i] = (unsigned char)(ms >> (40 - 8 * i));
	memcpy(o + 6, rest, ID_REST);
	memcpy(ret, prefix, n);
	ret[n] = '_';
	encode(o, ret + n + 1);
}

int
id_new(const char *prefix, time_us now, char ret[ID_TEXT], struct err *err)
{
	unsigned char rest[ID_REST];
	ssize_t got;

	do
		got = getrandom(rest, sizeof(rest), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(rest))
		return err_set(err, EINTERNAL, "no randomness: %s",
		    strerror(errno));
	id_of(prefix, now, rest, ret);
	return 0;
}

bool
id_check(const char *id, const char *prefix)
{
	size_t n = strlen(prefix);

	if (strncmp(id, prefix, n) != 0 || id[n] != '_')
		return false;
	id += n + 1;
	/* 128 bits: the first digit carries three of them. */
	return strlen(id) == ID_DIGITS && strspn(id, DIGITS) == ID_DIGITS &&
	    id[0] <= '7';
}

bool
name_check(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= NAME_MAX_ && name[0] != '.' && name[0] != '_' &&
	    name[0] != '-' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}
