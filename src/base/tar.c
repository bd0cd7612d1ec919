/*
 * tar - the plain files of a tar (POSIX.1-2017, pax: the ustar interchange
 * format; and GNU's long names), see csrs.h.
 *
 * One spelling: what would make another reader see other files (sizes in
 * another base or in an extended header, a sum that does not fit) is refused
 * whole.  Names are only labels here; nothing is ever written under them.
 */
#include <string.h>
#include "base/csrs.h"

#define BLOCK		512u
#define EXTENDED	8192u		/* most octets of a header's extension */

struct header {
	char		 name[CSRS_NAME];
	uint64_t	 size;
	char		 type;
};

static int
early(const struct csrs *c, struct err *err)
{
	return ferror(c->from) ? err_set(err, EIO_, "the tar could not be read") :
	    err_set(err, EINPUT, "the tar ends early, behind file %llu",
	    (unsigned long long)c->n);
}

static int
block_read(struct csrs *c, unsigned char b[BLOCK], struct err *err)
{
	return fread(b, 1, BLOCK, c->from) == BLOCK ? 0 : early(c, err);
}

/* Octal digits, up to a space or NUL. */
static int
octal(const unsigned char *p, size_t n, uint64_t *ret, struct err *err)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	if (i == n || p[i] < '0' || p[i] > '7')
		return err_set(err, EINPUT, "a number in the tar is not octal");
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(p[i] - '0');
	if (i < n && p[i] != ' ' && p[i] != '\0')
		return err_set(err, EINPUT, "a number in the tar is not octal");
	*ret = v;
	return 0;
}

/* The sum of all octets, its own taken as spaces. */
static int
sum_check(const unsigned char b[BLOCK], struct err *err)
{
	uint64_t want, sum = 8 * ' ';

	TRY(octal(b + 148, 8, &want, err));
	for (size_t i = 0; i < BLOCK; i++)
		if (i < 148 || i >= 156)
			sum += b[i];
	return sum == want ? 0 : err_set(err, EINPUT,
	    "this is no tar, or it is damaged: a header's sum does not fit");
}

/* The end of a path, in letters that any output can show. */
static void
name_set(const char *path, size_t n, char ret[CSRS_NAME])
{
	size_t i;

	if (n >= CSRS_NAME) {
		path += n - (CSRS_NAME - 1);
		n = CSRS_NAME - 1;
	}
	for (i = 0; i < n; i++)
		ret[i] = path[i] > ' ' && path[i] < 0x7f ? path[i] : '_';
	ret[n] = '\0';
}

static int
header_read(const unsigned char b[BLOCK], struct header *h, struct err *err)
{
	const char *p = (const char *)b;
	char path[257] = "";
	size_t n = 0;

	if (memcmp(b + 257, "ustar", 5) != 0)
		return err_set(err, EINPUT, "this is no tar (ustar, pax or GNU)");
	TRY(sum_check(b, err));
	TRY(octal(b + 124, 12, &h->size, err));
	h->type = p[156];
	/* GNU has times where POSIX has the name's beginning. */
	if (p[262] == '\0' && p[345] != '\0') {
		n = strnlen(p + 345, 155);
		memcpy(path, p + 345, n);
		path[n++] = '/';
	}
	memcpy(path + n, p, strnlen(p, 100));
	n += strnlen(p, 100);
	name_set(path, n, h->name);
	return 0;
}

/* Content and what fills its last block; @keep NULL: passed over. */
static int
content_read(struct csrs *c, uint64_t size, struct blob *keep, struct err *err)
{
	unsigned char b[BLOCK];

	for (; size > 0; size -= size < BLOCK ? size : BLOCK) {
		TRY(block_read(c, b, err));
		if (keep != NULL)
			TRY(blob_put(keep, b, size < BLOCK ? (size_t)size :
			    BLOCK, err));
	}
	return 0;
}

/* Records "LENGTH NAME=VALUE\n".  Only a path says something to us; a size
 * would tell where the next header is. */
static int
pax_read(const struct blob *text, char name[CSRS_NAME], struct err *err)
{
	const char *p = blob_str(text), *end = p + text->len, *word;
	size_t n;

	while (p < end) {
		for (n = 0, word = p; word < end && *word >= '0' &&
		    *word <= '9' && n <= EXTENDED; word++)
			n = n * 10 + (size_t)(*word - '0');
		if (n < 5 || n > (size_t)(end - p) || *word != ' ' ||
		    p[n - 1] != '\n' || word + 1 >= p + n)
			return err_set(err, EINPUT,
			    "an extended header of the tar is malformed");
		word++;
		if (strncmp(word, "size=", 5) == 0)
			return err_set(err, EINPUT, "an extended header of the "
			    "tar gives a size: files may have %zu octets",
			    CSRS_ROW);
		if (strncmp(word, "GNU.sparse.", 11) == 0)
			return err_set(err, EINPUT, "an extended header of the "
			    "tar makes its file a sparse one");
		if (strncmp(word, "path=", 5) == 0 && word + 5 < p + n)
			name_set(word + 5, (size_t)(p + n - 1 - word - 5),
			    name);
		p += n;
	}
	return 0;
}

/* What only tells something of the file that follows. */
static int
extension_read(struct csrs *c, const struct header *h, char name[CSRS_NAME],
    struct err *err)
{
	struct blob text = { 0 };
	char nobody[CSRS_NAME];		/* a path for all files names none */
	int rc;

	if (h->size > EXTENDED)
		return err_set(err, EINPUT, "an extended header of the tar may "
		    "have %u octets", EXTENDED);
	rc = content_read(c, h->size, &text, err);
	if (rc == 0 && (h->type == 'x' || h->type == 'g'))
		rc = pax_read(&text, h->type == 'x' ? name : nobody, err);
	if (rc == 0 && h->type == 'L')
		name_set(blob_str(&text), strlen(blob_str(&text)), name);
	blob_done(&text);
	return rc;
}

static int
file_take(struct csrs *c, const struct header *h, struct csrs_row *ret,
    struct err *err)
{
	bool plain = h->type == '0' || h->type == '\0';

	if (plain && h->size <= CSRS_ROW)
		return content_read(c, h->size, &ret->octets, err);
	if (plain)
		err_set(&ret->wrong, ETOOBIG, "a file may have %zu octets",
		    CSRS_ROW);
	else
		err_set(&ret->wrong, EINPUT, "it is no plain file");
	/* What tells this row from others is then its name. */
	TRY(blob_puts(&ret->octets, ret->name, err));
	return content_read(c, h->size, NULL, err);
}

static bool
is_zero(const unsigned char b[BLOCK])
{
	for (size_t i = 0; i < BLOCK; i++)
		if (b[i] != 0)
			return false;
	return true;
}

/* Two blocks of zeros, and nothing behind them but what fills a record. */
static int
end_read(struct csrs *c, struct err *err)
{
	unsigned char b[BLOCK];
	size_t n;

	TRY(block_read(c, b, err));
	do {
		if (!is_zero(b))
			return err_set(err, EINPUT, "the tar goes on behind "
			    "its end, file %llu", (unsigned long long)c->n);
		memset(b, 0, sizeof(b));
		n = fread(b, 1, BLOCK, c->from);
	} while (n > 0);
	return ferror(c->from) ? early(c, err) : 0;
}

/* Content of a link or folder is none: others take it for the next header. */
static int
content_none(const struct header *h, struct err *err)
{
	return h->type < '1' || h->type > '6' || h->size == 0 ? 0 : err_set(err,
	    EINPUT, "%s of the tar has octets, and is no file", h->name);
}

int
csrs_tar_next(struct csrs *c, struct csrs_row *ret, bool *ret_more,
    struct err *err)
{
	unsigned char b[BLOCK];
	char longer[CSRS_NAME] = "";
	struct header h;

	*ret_more = false;
	while (!c->end) {
		TRY(block_read(c, b, err));
		if ((c->end = is_zero(b)))
			return end_read(c, err);
		TRY(header_read(b, &h, err));
		TRY(content_none(&h, err));
		if (h.type != '\0' && strchr("xgLK", h.type) != NULL) {
			TRY(extension_read(c, &h, longer, err));
			continue;
		}
		memcpy(ret->name, longer[0] != '\0' ? longer : h.name,
		    CSRS_NAME);
		longer[0] = '\0';
		if (h.type == '5') {
			TRY(content_read(c, h.size, NULL, err));
			continue;
		}
		*ret_more = true;
		return file_take(c, &h, ret, err);
	}
	return 0;
}
