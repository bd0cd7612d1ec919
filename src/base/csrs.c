#include <string.h>
#include "base/b64.h"
#include "base/csrs.h"
#include "base/json.h"

void
csrs_row_done(struct csrs_row *r)
{
	blob_done(&r->octets);
}

/* Some of a line, as far as a row may go. */
static int
line_add(struct csrs_row *row, const unsigned char *p, size_t n,
    struct err *err)
{
	if (row->wrong.code == OK && row->octets.len + n <= CSRS_ROW)
		return blob_put(&row->octets, p, n, err);
	err_set(&row->wrong, ETOOBIG, "a row may have %zu octets", CSRS_ROW);
	return 0;
}

/* U+FEFF in UTF-8, with which some programs begin a file (RFC 8259, 8.1). */
static void
mark_drop(struct blob *line)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	size_t n = sizeof(mark);

	if (line->len < n || memcmp(line->data, mark, n) != 0)
		return;
	memmove(line->data, line->data + n, line->len - n);
	blob_cut(line, line->len - n);
}

/* One line; what is too long is read to its end, and told. */
static int
line_read(struct csrs *c, struct csrs_row *ret, struct err *err)
{
	unsigned char some[4096];
	size_t n = 0;
	int o;

	while ((o = getc(c->from)) != EOF && o != '\n') {
		some[n++] = (unsigned char)o;
		if (n < sizeof(some))
			continue;
		TRY(line_add(ret, some, n, err));
		n = 0;
	}
	c->end = o == EOF;
	c->lines++;
	if (ferror(c->from))
		return err_set(err, EIO_, "the rows could not be read");
	TRY(line_add(ret, some, n, err));
	if (c->lines == 1)
		mark_drop(&ret->octets);
	return 0;
}

static bool
is_blank(const struct blob *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (strchr(" \t\r", line->data[i]) == NULL ||
		    line->data[i] == '\0')
			return false;
	return true;
}

static int
line_next(struct csrs *c, struct csrs_row *ret, bool *ret_more,
    struct err *err)
{
	*ret_more = false;
	while (!c->end) {
		blob_clear(&ret->octets);
		TRY(line_read(c, ret, err));
		if (ret->wrong.code == OK && is_blank(&ret->octets))
			continue;
		*ret_more = true;
		return 0;
	}
	return 0;
}

int
csrs_next(struct csrs *c, struct csrs_row *ret, bool *ret_more,
    struct err *err)
{
	blob_clear(&ret->octets);
	ret->wrong = (struct err){ .code = OK };
	ret->name[0] = '\0';
	ret->kind = c->kind;
	TRY(c->kind == CSRS_TAR ? csrs_tar_next(c, ret, ret_more, err) :
	    line_next(c, ret, ret_more, err));
	if (*ret_more)
		ret->n = ++c->n;
	ret->line = c->lines;
	return 0;
}

struct sha256
csrs_hash(const struct csrs_row *r)
{
	return sha256_of(r->octets.len > 0 ? r->octets.data :
	    (const void *)"", r->octets.len);
}

int
csrs_file_json(const struct blob *octets, const char *name, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = json_object();

	if (o == NULL)
		return err_set(err, ENOMEMORY, "a row");
	TRY(json_set_str(o, "name", name, err));
	if (strstr(blob_str(octets), "-----BEGIN") == NULL)
		TRY(json_set_b64(o, "csr", octets->data, octets->len, err));
	else if (memchr(octets->data, '\0', octets->len) != NULL)
		return err_set(err, EINPUT, "PEM has no NUL in it");
	else
		TRY(json_set_str(o, "csr", blob_str(octets), err));
	*ret = TAKE(o);
	return 0;
}

int
csrs_json(const struct csrs_row *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	if (r->wrong.code != OK) {
		*err = r->wrong;
		return -(int)r->wrong.code;
	}
	if (r->kind == CSRS_TAR)
		return csrs_file_json(&r->octets, r->name, ret, err);
	TRY(json_read(r->octets.data, r->octets.len, &o, err));
	if (!json_is_object(o))
		return err_set(err, ESCHEMA, "a row must be an object");
	*ret = TAKE(o);
	return 0;
}
