#include "config.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/json_text.h"

#define EACH(octet)	(UINT64_C(0x0101010101010101) * (octet))

/*
 * Which of eight octets do not stand for themselves?  Their top bits; what is
 * behind the first of them may be wrong.  The top bit of an octet below 0x80
 * tells after an addition that cannot reach the next one: of 0x60, that it is no
 * control character; of 1, that it is DEL; of 0x7f, that it differs from the one
 * it was combined with.
 */
static uint64_t
not_plain(const char *s)
{
	uint64_t v, good, bad;

	memcpy(&v, s, sizeof(v));
	v = le64toh(v);		/* what is carried goes to those behind */
	good = (v + EACH(0x60)) & ((v ^ EACH('"')) + EACH(0x7f)) &
	    ((v ^ EACH('\\')) + EACH(0x7f));
	bad = v | (v + EACH(1));
	return (~good | bad) & EACH(0x80);
}

size_t
json_text_run(const char *s, size_t n)
{
	uint64_t bad;
	size_t i;

	for (i = 0; n - i >= 8; i += 8)
		if ((bad = not_plain(s + i)) != 0)
			return i + (size_t)__builtin_ctzll(bad) / 8;
	while (i < n && s[i] >= ' ' && s[i] <= '~' && s[i] != '"' &&
	    s[i] != '\\')
		i++;
	return i;
}

/* RFC 8785, 3.2.2.2: the five short escapes, and all else as it stands. */
static char
escape_of(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\f':
		return 'f';
	case '\r':
		return 'r';
	default:
		return '\0';
	}
}

/* What ends a run: an octet of UTF-8 or DEL as it stands, all else escaped. */
static int
put_octet(char c, struct blob *ret, struct err *err)
{
	const char pair[2] = { '\\', escape_of((unsigned char)c) };

	if ((unsigned char)c > '~')
		return blob_put(ret, &c, 1, err);
	if (pair[1] == '\0')
		return err_set(err, EINPUT,
		    "control character U+%04X in a string", (unsigned)c);
	return blob_put(ret, pair, 2, err);
}

/* As nearly all are: one copy. */
static int
put_plain(const char *s, size_t n, struct blob *ret, struct err *err)
{
	unsigned char *to;

	TRY(blob_extend(ret, n + 2, &to, err));
	to[0] = to[n + 1] = '"';
	memcpy(to + 1, s, n);
	return 0;
}

int
json_text_put(const char *s, size_t n, struct blob *ret, struct err *err)
{
	size_t i = 0, run = json_text_run(s, n);

	if (run == n)
		return put_plain(s, n, ret, err);
	TRY(blob_put(ret, "\"", 1, err));
	for (;;) {
		TRY(blob_put(ret, s + i, run, err));
		if ((i += run) == n)
			return blob_put(ret, "\"", 1, err);
		TRY(put_octet(s[i++], ret, err));
		run = json_text_run(s + i, n - i);
	}
}
