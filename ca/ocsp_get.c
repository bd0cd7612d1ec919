#include "config.h"

#include "base/b64.h"
#include "ca/ocsp.h"

/* Four octets of base64 for three, each spelled with three. */
#define PATH_OCTETS	(4 * OCSP_REQUEST_OCTETS)

static int
hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next character of the path as it is meant, moved over; -1: none. */
static int
next_char(struct span *in)
{
	size_t n = 1;
	int c = in->p[0], high, low;

	if (c == '%') {
		high = in->n > 2 ? hex_digit(in->p[1]) : -1;
		low = in->n > 2 ? hex_digit(in->p[2]) : -1;
		if (high < 0 || low < 0)
			return -1;
		c = high * 16 + low;
		n = 3;
	}
	*in = span_of(in->p + n, in->n - n);
	return c;
}

/* One alphabet for both, without padding: section 5's of RFC 4648. */
static char
digit_of(int c)
{
	if (c == '+' || c == ' ')
		return '-';
	return c == '/' ? '_' : (char)c;
}

static int
plain_text(struct span in, struct blob *text, struct err *err)
{
	size_t pad = 0, n = in.n;
	char digit;
	int c;

	while (in.n > 0) {
		c = next_char(&in);
		pad += c == '=';
		if (c <= 0 || c > '~' || pad > 2 || (pad > 0 && c != '='))
			return err_set(err, EINPUT, "a request's path is no "
			    "base64 at %zu", n - in.n);
		digit = digit_of(c);
		if (pad == 0)
			TRY(blob_put(text, &digit, 1, err));
	}
	return 0;
}

int
ocsp_get_decode(struct span path, struct blob *ret, struct err *err)
{
	struct blob text = { 0 };
	int rc;

	/* No request begins with a slash: a SEQUENCE's base64 is "M...". */
	while (path.n > 0 && path.p[0] == '/')
		path = span_of(path.p + 1, path.n - 1);
	if (path.n > PATH_OCTETS)
		return err_set(err, ETOOBIG, "a path of %zu octets", path.n);
	rc = plain_text(path, &text, err);
	if (rc == 0 && text.len == 0)
		rc = err_set(err, EINPUT, "a path without a request");
	if (rc == 0 && text.len > (OCSP_REQUEST_OCTETS * 4 + 2) / 3)
		rc = err_set(err, ETOOBIG, "a request of more than %d octets",
		    OCSP_REQUEST_OCTETS);
	if (rc == 0)
		rc = b64url_decode(blob_str(&text), ret, err);
	blob_done(&text);
	return rc;
}
