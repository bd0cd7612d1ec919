/*
 * der_text - DER as a test writes it down: hexadecimal, where "(...)" is a
 * length and what has it.  "30(020101)" is 30 03 02 01 01.  Quotes make
 * text: '86("http://a")'.
 */
#ifndef TESTS_DER_TEXT_H
#define TESTS_DER_TEXT_H

#include "base/blob.h"
#include "base/hex.h"
#include "tests/unit/unit.h"

static inline UNUSED void
der_text_put(struct blob *b, const void *p, size_t n)
{
	if (blob_put(b, p, n, NULL) != 0)
		abort();
}

static inline UNUSED void
der_text_length(struct blob *b, size_t n)
{
	unsigned char o[5] = { 0x84 };
	size_t octets = n < 0x80 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 : 3, i;

	o[0] = (unsigned char)(octets == 0 ? n : 0x80 | octets);
	for (i = 0; i < octets; i++)
		o[1 + i] = (unsigned char)(n >> 8 * (octets - 1 - i));
	der_text_put(b, o, 1 + octets);
}

/* To the end or to the closing bracket, where it stops. */
static inline UNUSED const char *
der_text_level(const char *t, struct blob *ret)
{
	struct blob inner = { 0 };
	char two[3] = "";
	unsigned char o;

	for (; *t != '\0' && *t != ')'; t++) {
		if (*t == ' ')
			continue;
		if (*t == '"') {
			for (t++; *t != '"'; t++)
				der_text_put(ret, t, 1);
			continue;
		}
		if (*t == '(') {
			t = der_text_level(t + 1, &inner);
			der_text_length(ret, inner.len);
			der_text_put(ret, inner.data, inner.len);
			blob_done(&inner);
			continue;
		}
		memcpy(two, t++, 2);
		if (hex_decode(two, 1, &o, NULL) != 0)
			abort();
		der_text_put(ret, &o, 1);
	}
	return t;
}

static inline UNUSED struct blob
der_text_of(const char *text)
{
	struct blob b = { 0 };

	if (*der_text_level(text, &b) != '\0')
		abort();
	return b;
}

#endif
