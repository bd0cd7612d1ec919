#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "ca/est.h"
#include "ca/oid.h"

#define COLUMNS	76	/* RFC 2045, 6.8 */

/* What is no base64 is often one of two other things: say which. */
static int
check_form(struct span body, struct err *err)
{
	if (body.n > EST_BODY_OCTETS)
		return err_set(err, ETOOBIG, "a body of %zu octets, not of at "
		    "most %d", body.n, EST_BODY_OCTETS);
	if (body.n > 1 && body.p[0] == 0x30 && body.p[1] >= 0x80)
		return err_set(err, EINPUT, "bare DER: the body must be base64 "
		    "(RFC 8951, 3.1)");
	if (body.n >= 5 && memcmp(body.p, "-----", 5) == 0)
		return err_set(err, EINPUT, "PEM: the body must be base64 "
		    "alone (RFC 8951, 3.1)");
	return 0;
}

static bool
is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
without_space(struct span in, struct blob *ret, struct err *err)
{
	size_t i, from = 0;

	for (i = 0; i < in.n; i++) {
		/* It would end the text for who decodes it. */
		if (in.p[i] == '\0')
			return err_set(err, EINPUT, "not base64 at %zu",
			    i + 1);
		if (!is_space(in.p[i]))
			continue;
		TRY(blob_put(ret, in.p + from, i - from, err));
		from = i + 1;
	}
	return blob_put(ret, in.p + from, in.n - from, err);
}

int
est_body_read(struct span body, struct blob *ret, struct err *err)
{
	struct blob text = { 0 };
	int rc;

	TRY(check_form(body, err));
	rc = body.n == 0 ? 0 : without_space(body, &text, err);
	if (rc == 0 && text.len == 0)
		rc = err_set(err, EINPUT, "an empty body");
	if (rc == 0)
		rc = b64_decode(blob_str(&text), ret, err);
	blob_done(&text);
	return rc;
}

int
est_body_write(struct span der, unsigned columns, struct blob *ret,
    struct err *err)
{
	char *text;
	int rc;

	if (columns > COLUMNS || columns % 4 != 0)
		return err_set(err, ERANGE_, "lines of %u digits, not of a "
		    "multiple of 4 to %d", columns, COLUMNS);
	if (columns > 0)
		return b64_lines(der.p, der.n, columns, ret, err);
	if ((text = b64_encode(der.p, der.n)) == NULL)
		return err_set(err, ENOMEMORY, "base64");
	rc = blob_puts(ret, text, err);
	free(text);
	return rc;
}

struct value {
	size_t		 n;
	unsigned char	 o[OID_OCTETS];
};

/* X.690, 11.6, where the length comes before the content. */
static int
value_order(const void *a, const void *b)
{
	const struct value *p = a, *q = b;

	return p->n != q->n ? (p->n > q->n) - (p->n < q->n) :
	    memcmp(p->o, q->o, p->n);
}

static int
put_values(struct der *w, const struct est_attr *a)
{
	struct value v[EST_VALUES];
	size_t i, n;

	for (n = 0; n < EST_VALUES && a->value[n] != NULL; n++)
		TRY(oid_parse(a->value[n], v[n].o, &v[n].n, w->err));
	qsort(v, n, sizeof(v[0]), value_order);
	TRY(der_open(w, DER_SET));
	for (i = 0; i < n; i++)
		TRY(der_put(w, DER_OID, v[i].o, v[i].n));
	return der_close(w);
}

static int
put_attr(struct der *w, const struct est_attr *a)
{
	struct value oid;

	TRY(oid_parse(a->oid, oid.o, &oid.n, w->err));
	if (a->value[0] == NULL)
		return der_put(w, DER_OID, oid.o, oid.n);
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_put(w, DER_OID, oid.o, oid.n));
	TRY(put_values(w, a));
	return der_close(w);
}

static int
put_attrs(struct der *w, const struct est_attr *attrs, size_t n)
{
	size_t i;

	TRY(der_open(w, DER_SEQUENCE));
	for (i = 0; i < n; i++)
		TRY(put_attr(w, &attrs[i]));
	return der_close(w);
}

int
est_csrattrs_write(const struct est_attr *attrs, size_t n, struct blob *ret,
    struct err *err)
{
	size_t from = ret->len;
	struct der w;
	int rc;

	if (n > EST_ATTRS)
		return err_set(err, ERANGE_, "%zu attributes, more than %d", n,
		    EST_ATTRS);
	der_init(&w, ret, err);
	rc = put_attrs(&w, attrs, n);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}
