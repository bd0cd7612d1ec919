/*
 * certs - see certs.h: what kind of file it is, and PEM.
 */
#include "config.h"

#include <string.h>

#include "base/b64.h"
#include "ca/certs_inside.h"

int
certs_put(struct certs *c, enum certs_kind kind, struct span der,
    const char *why, struct err *err)
{
	struct certs_item item = { .kind = kind, .n = ++c->n, .der = der,
	    .why = why };

	return c->fn(c->ctx, &item, err);
}

int
certs_over(struct certs *c, const struct certs_item *what, struct err *err)
{
	struct certs_item item = *what;

	item.n = ++c->n;
	item.der = span_of("", 0);
	return c->fn(c->ctx, &item, err);
}

int
certs_bad(struct certs *c, const char *why, struct err *err)
{
	return certs_put(c, CERTS_BAD, span_of("", 0), why, err);
}

/* ---- DER ---- */

/* The identifier octet of the first value inside, which tells them apart:
 * a certificate begins with a SEQUENCE, a ContentInfo with its type's OID, a
 * PFX with its version. */
static int
inner_tag(struct span der)
{
	size_t at = 2;

	if (der.n < 4 || der.p[0] != DER_SEQUENCE)
		return -1;
	if (der.p[1] > 0x80)
		at += der.p[1] & 0x7f;
	return at < der.n ? der.p[at] : -1;
}

static int
file_take(struct certs *c, struct span der, struct err *err)
{
	switch (inner_tag(der)) {
	case DER_SEQUENCE:
		return certs_put(c, CERTS_CERTIFICATE, der, NULL, err);
	case DER_OID:
		return certs_p7(c, der, err);
	case DER_INTEGER:
		return certs_p12(c, der, err);
	}
	return certs_bad(c, "not a certificate, PKCS #7 or PKCS #12", err);
}

/* ---- PEM ---- */

#define END	"-----END "
#define DASHES	"-----"
#define LINE	48	/* octets that no line of prose has without a space */
#define FIRST	"Mblx"	/* of base64: of DER, of OpenSSH's keys, of OpenPGP's */

static const unsigned char *
find(struct span in, const char *what)
{
	return in.n == 0 ? NULL : memmem(in.p, in.n, what, strlen(what));
}

static struct span
behind(struct span in, const unsigned char *p)
{
	return span_of(p, in.n - (size_t)(p - in.p));
}

/* One block: its label and what stands between its lines. */
struct block {
	struct span	 label, body;
	bool		 cut;
};

static bool
is_labelled(const struct block *b, const char *label)
{
	return b->label.n == strlen(label) &&
	    memcmp(b->label.p, label, b->label.n) == 0;
}

int
certs_decode(struct span body, struct blob *ret, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a PEM block");
	for (size_t i = 0; i < body.n; i++)
		if (strchr(" \t\r\n", body.p[i]) == NULL || body.p[i] == '\0')
			TRY(blob_put(text, body.p + i, 1, err));
	TRY(blob_put(text, "", 1, err));
	if (strlen((const char *)text->data) + 1 != text->len)
		return err_set(err, EINPUT, "not base64");
	return b64_decode((const char *)text->data, ret, err);
}

/* Behind a TRUSTED CERTIFICATE stands what OpenSSL trusts it for. */
static struct span
first_value(struct span der)
{
	size_t n = der.n < 2 ? 0 : der.p[1], head = 2, len = n;

	if (n > 0x80 && n <= 0x84 && der.n >= 2 + (n & 0x7f)) {
		for (len = 0; head < 2 + (n & 0x7f); head++)
			len = len << 8 | der.p[head];
	}
	return len <= der.n && head + len <= der.n ? span_of(der.p, head +
	    len) : der;
}

static int
certificate_take(struct certs *c, const struct block *b, struct span der,
    struct err *err)
{
	if (inner_tag(der) != DER_SEQUENCE)
		return certs_bad(c, "not a certificate, though it is called "
		    "one", err);
	if (is_labelled(b, "TRUSTED CERTIFICATE"))
		der = first_value(der);
	return certs_put(c, CERTS_CERTIFICATE, der, NULL, err);
}

static int
block_take(struct certs *c, const struct block *b, struct err *err)
{
	static const char *const containers[] = { "PKCS7", "CMS",
		"PKCS #7 SIGNED DATA" }, *const ones[] = { "CERTIFICATE",
		"X509 CERTIFICATE", "TRUSTED CERTIFICATE" };
	AUTO(blob) *der = blob_new();
	bool container = false, one = false;
	struct err why;
	size_t i;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	for (i = 0; i < NELEM(ones); i++) {
		container = container || is_labelled(b, containers[i]);
		one = one || is_labelled(b, ones[i]);
	}
	/* Its body is nobody's to decode. */
	if (find(b->label, CERTS_SECRET) != NULL)
		return certs_over(c, &(struct certs_item){ .kind =
		    CERTS_PRIVATE, .label = b->label, .text = b->body,
		    .cut = b->cut }, err);
	if (!container && !one)
		return certs_over(c, &(struct certs_item){ .kind = CERTS_OTHER,
		    .why = "a PEM block of another kind", .label = b->label,
		    .text = b->body }, err);
	if (certs_decode(b->body, der, &why) != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY,
		    "a certificate") : certs_bad(c, why.what, err);
	return one ? certificate_take(c, b, span_blob(der), err) :
	    certs_p7(c, span_blob(der), err);
}

/* Up to where the next one begins: what has no end before that has none. */
static struct span
reach(struct span in)
{
	const unsigned char *next = find(in, CERTS_BEGIN);

	return next == NULL ? in : span_of(in.p, (size_t)(next - in.p));
}

/* Of a block that was cut off: what its first line holds, if that is of a key. */
static bool
block_cut(struct span in, struct block *ret)
{
	const unsigned char *q = find(in, DASHES);
	size_t n = 0;

	if (q == NULL || q == in.p ||
	    memchr(in.p, '\n', (size_t)(q - in.p)) != NULL)
		return false;
	ret->label = span_of(in.p, (size_t)(q - in.p));
	in = behind(in, q + strlen(DASHES));
	while (in.n > 0 && memchr(" \t\r\n", in.p[0], 4) != NULL)
		in = behind(in, in.p + 1);
	while (n < in.n && b64_is_digit(in.p[n]))
		n++;
	ret->body = span_of(in.p, n);
	ret->cut = true;
	return n >= LINE && memchr(FIRST, in.p[0], strlen(FIRST)) != NULL &&
	    find(ret->label, CERTS_SECRET) != NULL;
}

/* What @in is: a label, dashes, a body, and the same label again (RFC 7468, 2). */
static bool
block_read(struct span in, struct block *ret)
{
	const unsigned char *q = find(in, DASHES);

	ret->cut = false;
	if (q == NULL || q == in.p ||
	    memchr(in.p, '\n', (size_t)(q - in.p)) != NULL)
		return false;
	ret->label = span_of(in.p, (size_t)(q - in.p));
	in = behind(in, q + strlen(DASHES));
	if ((q = find(in, END)) == NULL)
		return false;
	ret->body = span_of(in.p, (size_t)(q - in.p));
	in = behind(in, q + strlen(END));
	return in.n >= ret->label.n &&
	    memcmp(in.p, ret->label.p, ret->label.n) == 0;
}

static int
pem_each(struct certs *c, struct span file, struct err *err)
{
	const unsigned char *p;
	struct block b;
	struct span in;

	while ((p = find(file, CERTS_BEGIN)) != NULL) {
		file = behind(file, p + strlen(CERTS_BEGIN));
		in = reach(file);
		TRY(!block_read(in, &b) && !block_cut(in, &b) ? certs_bad(c,
		    "a PEM block without its end", err) : block_take(c, &b,
		    err));
		file = behind(file, in.p + in.n);
	}
	return 0;
}

/* Longer than what one octet counts, as each certificate is: no text begins so. */
static bool
is_der(struct span file)
{
	return file.n > 4 && file.p[0] == DER_SEQUENCE && file.p[1] > 0x80 &&
	    file.p[1] <= 0x84;
}

/* What stands in front of PEM, and PEM that stands within it. */
static int
ahead_take(struct certs *c, struct span *file, struct err *err)
{
	struct span in, content;
	struct err why;
	unsigned tag;

	while (is_der(*file)) {
		in = *file;
		if (der_next(&in, "a file", &tag, &content, &why) != 0)
			return certs_bad(c, "DER that is cut off", err);
		TRY(file_take(c, span_of(file->p, file->n - in.n), err));
		*file = in;
	}
	return 0;
}

static int
walk(struct certs *c, struct span file, struct err *err)
{
	if (file.n > CERTS_OCTETS)
		return err_set(err, ETOOBIG, "a file of certificates has at "
		    "most %zu octets", CERTS_OCTETS);
	if (find(file, CERTS_BEGIN) == NULL)
		return file_take(c, file, err);
	TRY(ahead_take(c, &file, err));
	return pem_each(c, file, err);
}

int
certs_each(struct span file, const char *passphrase, certs_fn *fn, void *ctx,
    struct err *err)
{
	struct certs c = { .fn = fn, .ctx = ctx, .passphrase =
	    passphrase != NULL ? passphrase : "" };

	return walk(&c, file, err);
}

int
certs_look(struct span file, certs_fn *fn, void *ctx, struct err *err)
{
	struct certs c = { .fn = fn, .ctx = ctx, .passphrase = "",
	    .look = true };

	return walk(&c, file, err);
}
