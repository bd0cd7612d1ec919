#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "ca/est.h"

#define LINE	76	/* RFC 2045, 6.8 */

/* What is no base64 is often one of two other things: say which. */
static int
check_form(const unsigned char *o, size_t n, struct err *err)
{
	if (n > EST_BODY_OCTETS)
		return err_set(err, ETOOBIG, "a body of %zu octets, not of at "
		    "most %d", n, EST_BODY_OCTETS);
	if (n == 0)
		return err_set(err, EINPUT, "an empty body");
	if (o[0] == 0x30 && n > 1 && (o[1] & 0x80) != 0)
		return err_set(err, EINPUT, "bare DER: the body must be base64 "
		    "(RFC 8951, 3.1)");
	if (n >= 5 && memcmp(o, "-----", 5) == 0)
		return err_set(err, EINPUT, "PEM: the body must be base64 "
		    "alone (RFC 8951, 3.1)");
	return 0;
}

static int
without_space(const unsigned char *o, size_t n, struct blob *ret,
    struct err *err)
{
	size_t i, from;

	for (i = 0; i < n;) {
		for (from = i; i < n && strchr(" \t\r\n", o[i]) == NULL; i++)
			;
		TRY(blob_put(ret, o + from, i - from, err));
		/* strchr finds a NUL too. */
		if (i < n && o[i] == '\0')
			return err_set(err, EINPUT, "not base64 at %zu",
			    i + 1);
		i += i < n;
	}
	return 0;
}

int
est_body_read(const void *p, size_t n, struct blob *ret, struct err *err)
{
	struct blob text = { 0 };
	int rc;

	TRY(check_form(p, n, err));
	rc = without_space(p, n, &text, err);
	if (rc == 0 && text.len == 0)
		rc = err_set(err, EINPUT, "an empty body");
	if (rc == 0)
		rc = b64_decode(blob_str(&text), ret, err);
	blob_done(&text);
	return rc;
}

static int
put_lines(const char *text, unsigned columns, struct blob *ret,
    struct err *err)
{
	size_t left = strlen(text), n;

	for (; left > 0; left -= n, text += n) {
		n = left < columns ? left : columns;
		TRY(blob_put(ret, text, n, err));
		TRY(blob_put(ret, "\n", 1, err));
	}
	return 0;
}
