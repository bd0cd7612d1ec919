/*
 * trove - see trove.h: which form it is.
 */
#include "config.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/b64.h"
#include "ca/certs.h"
#include "ca/certs_inside.h"
#include "ca/trove_inside.h"

#define KEY_TEXT	48	/* between its lines: less is of a program that writes PEM */

struct trove {
	trove_fn	*fn;
	void		*ctx;
	size_t		 n, keys;	/* items so far; private keys of them */
	bool		 shut;		/* of a PKCS #12: a safe that shows nothing */
	const char	*form;		/* of its certificates */
};

const char *
trove_name(enum trove_kind k)
{
	static const char *const NAME[] = {
#define T(sym, name, words) name,
		TROVES(T)
#undef T
	};

	return NAME[k];
}

static int
item_put(struct trove *t, const struct trove_item *what, struct err *err)
{
	struct trove_item item = *what;

	item.n = ++t->n;
	t->keys += item.kind == TROVE_PRIVATE;
	return t->fn(t->ctx, &item, err);
}

/* Much has the shape of one: OpenSSL says whether it is, of any version. */
static int
certificate_put(struct trove *t, struct span der, struct err *err)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	bool is = x != NULL && p == der.p + der.n;

	X509_free(x);
	ERR_clear_error();
	return !is ? 0 : item_put(t, &(struct trove_item){ .kind =
	    TROVE_CERTIFICATE, .form = t->form, .known = true,
	    .print = sha256_of(der.p, der.n), .der = der }, err);
}

/* What is one value, with its length in the first octets. */
static bool
is_value(struct span file)
{
	struct span in = file, content;
	unsigned tag;
	struct err why;

	return file.n > 4 && file.p[0] == DER_SEQUENCE && der_next(&in,
	    "a file", &tag, &content, &why) == 0 && in.n == 0;
}

/* ---- PEM, and the bags of a PKCS #12 ---- */

static const struct {
	const char	*label, *form;
	bool		 encrypted;
} PRIVATE[] = {
	{ "PRIVATE KEY", "pkcs8", false },
	{ "ENCRYPTED PRIVATE KEY", "pkcs8", true },
	{ "RSA PRIVATE KEY", "pkcs1", false },
	{ "EC PRIVATE KEY", "sec1", false },
	{ "OPENSSH PRIVATE KEY", "openssh", false },
	{ "PGP PRIVATE KEY BLOCK", "pgp", true },
	{ CERTS_KEY_BAG, "pkcs12", false },
	{ CERTS_SHROUDED_BAG, "pkcs12", true },
};

static bool
is_label(const struct certs_item *c, const char *label)
{
	return c->label.n == strlen(label) &&
	    memcmp(c->label.p, label, c->label.n) == 0;
}

/* A bag shows no text. */
static bool
is_pem(const struct certs_item *c)
{
	return !is_label(c, CERTS_KEY_BAG) && !is_label(c, CERTS_SHROUDED_BAG);
}

/* What is no base64 is nothing: @ret stays empty. */
static int
text_decode(const struct certs_item *c, struct blob *ret, struct err *err)
{
	struct err why;

	if (ret != NULL && certs_decode(c->text, ret, &why) == 0)
		return 0;
	if (ret == NULL || why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a key");
	blob_clear(ret);
	return 0;
}

/* Its octets live in here alone, and are wiped with the blob. */
static int
octets_look(const struct certs_item *c, struct trove_item *ret,
    struct err *err)
{
	AUTO(blob) *octets = blob_new();
	const char *form = ret->form;

	TRY(text_decode(c, octets, err));
	if (octets->len == 0)
		return 0;
	if (strcmp(form, "openssh") == 0)
		return trove_openssh(span_blob(octets), ret, err);
	if (is_value(span_blob(octets)))
		(void)trove_private(span_blob(octets), ret);
	ret->form = form;
	return 0;
}

static int
private_take(struct trove *t, const struct certs_item *c, struct err *err)
{
	struct trove_item item = { .kind = TROVE_PRIVATE, .form = "pem" };

	for (size_t i = 0; i < NELEM(PRIVATE); i++)
		if (is_label(c, PRIVATE[i].label)) {
			item.form = PRIVATE[i].form;
			item.encrypted = PRIVATE[i].encrypted;
		}
	if (c->text.n < KEY_TEXT && is_pem(c))
		return 0;
	/* RFC 1421, 4.6.1.1: as OpenSSL wrote them before PKCS #8. */
	if (is_pem(c) && memmem(c->text.p, c->text.n, "4,ENCRYPTED",
	    strlen("4,ENCRYPTED")) != NULL)
		item.encrypted = true;
	if (!item.encrypted && !c->cut && is_pem(c))
		TRY(octets_look(c, &item, err));
	return item_put(t, &item, err);
}

static int
public_take(struct trove *t, const struct certs_item *c, struct err *err)
{
	struct trove_item item = { .kind = TROVE_PUBLIC, .form = "spki" };
	AUTO(blob) *octets = blob_new();

	TRY(text_decode(c, octets, err));
	return octets->len > 0 && trove_public(span_blob(octets), &item) ? item_put(t, &item,
	    err) : 0;
}

static int
certs_take(void *ctx, const struct certs_item *c, struct err *err)
{
	struct trove *t = ctx;

	switch (c->kind) {
	case CERTS_CERTIFICATE:
		return certificate_put(t, c->der, err);
	case CERTS_BAD:
		t->shut = true;
		return 0;
	case CERTS_PRIVATE:
		return private_take(t, c, err);
	case CERTS_OTHER:
		return is_label(c, "PUBLIC KEY") ? public_take(t, c, err) : 0;
	}
	return 0;
}

/* ---- DER ---- */

/* RFC 7292, 4: version 3 and a ContentInfo. */
static bool
is_pkcs12(struct span file)
{
	static const unsigned char three[] = { DER_INTEGER, 1, 3,
	    DER_SEQUENCE };
	struct span in = file, content;
	unsigned tag;
	struct err why;

	return der_next(&in, "a file", &tag, &content, &why) == 0 &&
	    content.n > sizeof(three) &&
	    memcmp(content.p, three, sizeof(three)) == 0;
}

static int
pkcs12_take(struct trove *t, struct span file, struct err *err)
{
	t->form = "pkcs12";
	TRY(certs_look(file, certs_take, t, err));
	/* A key may be in what does not open. */
	return t->keys > 0 || !t->shut ? 0 : item_put(t,
	    &(struct trove_item){ .kind = TROVE_SEALED, .form = "pkcs12",
	    .encrypted = true }, err);
}

static int
value_take(struct trove *t, struct span file, struct err *err)
{
	struct trove_item item = { .kind = TROVE_PRIVATE };

	if (is_pkcs12(file))
		return pkcs12_take(t, file, err);
	if (trove_private(file, &item))
		return item_put(t, &item, err);
	if (trove_shrouded(file))
		return item_put(t, &(struct trove_item){ .kind = TROVE_PRIVATE,
		    .form = "pkcs8", .encrypted = true }, err);
	item = (struct trove_item){ .kind = TROVE_PUBLIC, .form = "spki" };
	if (trove_public(file, &item))
		return item_put(t, &item, err);
	return certs_look(file, certs_take, t, err);
}

/* ---- others ---- */

#define PUTTY	"PuTTY-User-Key-File-"

static const struct {
	const char	*magic;
	size_t		 n;
	const char	*form;
	enum trove_kind	 kind;
} MAGIC[] = {
	{ PUTTY, sizeof(PUTTY) - 1, "putty", TROVE_PRIVATE },
	{ "\xfe\xed\xfe\xed", 4, "jks", TROVE_SEALED },
	{ "\xce\xce\xce\xce", 4, "jceks", TROVE_SEALED },
};

/* A PKCS #12 in BER, its length not known beforehand: version 3, and a type of
 * PKCS #7.  Whatever shows in it, nobody here reads. */
static bool
is_pkcs12_ber(struct span file)
{
	static const char version[] = "\x30\x80\x02\x01\x03\x30",
	    type[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";

	return file.n > 32 && memcmp(file.p, version, sizeof(version) - 1) ==
	    0 && memmem(file.p, 24, type, sizeof(type) - 1) != NULL;
}

static int
magic_take(struct trove *t, struct span file, struct err *err)
{
	static const char clear[] = "\nEncryption: none";

	for (size_t i = 0; i < NELEM(MAGIC); i++) {
		if (file.n < MAGIC[i].n ||
		    memcmp(file.p, MAGIC[i].magic, MAGIC[i].n) != 0)
			continue;
		return item_put(t, &(struct trove_item){ .kind = MAGIC[i].kind,
		    .form = MAGIC[i].form, .encrypted = memmem(file.p, file.n,
		    clear, strlen(clear)) == NULL }, err);
	}
	return !is_pkcs12_ber(file) ? 0 : item_put(t, &(struct trove_item){
	    .kind = TROVE_SEALED, .form = "pkcs12", .encrypted = true }, err);
}

/* ---- PEM within other text ---- */

/* "-----BEGIN" in base64, from its first octet on: as configurations carry it. */
#define WRAPPED	"LS0tLS1CRUdJTi"

static const unsigned char *
wrapped_find(struct span in)
{
	return in.n == 0 ? NULL : memmem(in.p, in.n, WRAPPED,
	    strlen(WRAPPED));
}

/* Up to where the next one begins, which is always a whole four behind. */
static struct span
wrapped_reach(struct span in)
{
	const unsigned char *next = wrapped_find(span_of(in.p + 1, in.n - 1));

	return next == NULL ? in : span_of(in.p, (size_t)(next - in.p));
}

/* The base64 that @in begins with, folded or not, to the last whole four. */
static int
unfold(struct span in, struct blob *ret, struct err *err)
{
	AUTO(blob) *text = blob_new();
	struct err why;
	size_t i = 0;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a file");
	for (; i < in.n && (b64_is_digit(in.p[i]) ||
	    memchr(" \t\r\n", in.p[i], 4) != NULL); i++)
		if (b64_is_digit(in.p[i]))
			TRY(blob_put(text, in.p + i, 1, err));
	/* Its last octets may be spelled as one likes: nothing begins in them. */
	blob_cut(text, text->len - text->len % 4);
	TRY(blob_put(text, "", 1, err));
	if (b64_decode((const char *)text->data, ret, &why) == 0)
		return 0;
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a file");
	blob_clear(ret);
	return 0;
}

static int
wrapped_take(struct trove *t, struct span in, struct err *err)
{
	AUTO(blob) *pem = blob_new();

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a file");
	TRY(unfold(in, pem, err));
	return pem->len == 0 || memmem(pem->data, pem->len, CERTS_BEGIN,
	    strlen(CERTS_BEGIN)) == NULL ? 0 : certs_look(span_blob(pem),
	    certs_take, t, err);
}

static int
wrapped_each(struct trove *t, struct span file, struct err *err)
{
	const unsigned char *p;
	struct span in;

	while ((p = wrapped_find(file)) != NULL) {
		in = wrapped_reach(span_of(p, file.n - (size_t)(p - file.p)));
		TRY(wrapped_take(t, in, err));
		file = span_of(in.p + in.n, file.n - (size_t)(in.p + in.n -
		    file.p));
	}
	return 0;
}

/* ---- JSON, and a value's base64 alone ---- */

static int
jwk_each(struct trove *t, struct span file, struct err *err)
{
	struct trove_item item;
	size_t behind = 0;

	while (trove_jwk(file, &behind, &item))
		TRY(item_put(t, &item, err));
	return 0;
}

/* As Windows exports it, and many a configuration has it: all of the file, DER
 * in base64 and no lines around it. */
static int
bare_take(struct trove *t, struct span file, struct err *err)
{
	AUTO(blob) *text = blob_new(), *der = blob_new();
	struct err why;

	if (text == NULL || der == NULL)
		return err_set(err, ENOMEMORY, "a file");
	/* A SEQUENCE begins so. */
	if (file.n < KEY_TEXT || file.p[0] != 'M')
		return 0;
	for (size_t i = 0; i < file.n; i++)
		if (memchr(" \t\r\n", file.p[i], 4) == NULL)
			TRY(blob_put(text, file.p + i, 1, err));
	if (b64_decode(blob_str(text), der, &why) != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY,
		    "a file") : 0;
	t->form = "base64";
	return is_value(span_blob(der)) ? value_take(t, span_blob(der), err) :
	    0;
}

/* Whoever copied it by hand left a line's end behind it. */
static struct span
value_of(struct span file)
{
	struct span cut = file;

	while (cut.n > 0 && file.n - cut.n < 2 && (cut.p[cut.n - 1] == '\n' ||
	    cut.p[cut.n - 1] == '\r'))
		cut.n--;
	return is_value(file) ? file : cut;
}

static int
text_take(struct trove *t, struct span file, struct err *err)
{
	t->form = "pem";
	if (memmem(file.p, file.n, CERTS_BEGIN, strlen(CERTS_BEGIN)) != NULL)
		TRY(certs_look(file, certs_take, t, err));
	return wrapped_each(t, file, err);
}

/* The same text in UTF-16, as some systems' editors and shells keep it. */
static int
wide_take(struct trove *t, struct span file, struct err *err)
{
	static const char *const words[] = { CERTS_BEGIN, WRAPPED, PUTTY };
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a file");
	TRY(trove_narrow(file, words, NELEM(words), text, err));
	if (text->len == 0)
		return 0;
	TRY(text_take(t, span_blob(text), err));
	return magic_take(t, span_blob(text), err);
}

int
trove_each(struct span file, trove_fn *fn, void *ctx, struct err *err)
{
	struct trove t = { .fn = fn, .ctx = ctx };

	if (file.n == 0)
		return 0;
	TRY(text_take(&t, file, err));
	TRY(wide_take(&t, file, err));
	TRY(jwk_each(&t, file, err));
	if (t.n == 0)
		TRY(bare_take(&t, file, err));
	t.form = "der";
	file = value_of(file);
	return t.n == 0 && is_value(file) ? value_take(&t, file, err) :
	    magic_take(&t, file, err);
}
