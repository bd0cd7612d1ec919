#include "config.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blob.h"

#define BLOB_MAX	((size_t)256 << 20)
#define BLOB_FIRST	64

struct blob *
blob_new(void)
{
	return calloc(1, sizeof(struct blob));
}

void
blob_done(struct blob *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->len);
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void
blob_free(struct blob *b)
{
	if (b == NULL)
		return;
	blob_done(b);
	free(b);
}

/* Never realloc: it would leave a copy behind. */
static int
move(struct blob *b, size_t room, struct err *err)
{
	unsigned char *data;

	if ((data = malloc(room)) == NULL)
		return err_set(err, ENOMEMORY, "%zu octets", room);
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->len);
		free(b->data);
	}
	b->data = data;
	b->room = room;
	b->data[b->len] = '\0';
	return 0;
}

/* Does it need more room for @n more and the NUL? */
static int
check_room(const struct blob *b, size_t n, bool *ret_more, struct err *err)
{
	if (n > BLOB_MAX || b->len > BLOB_MAX - n)
		return err_set(err, ETOOBIG, "more than 256 MiB");
	*ret_more = b->data == NULL || b->len + n >= b->room;
	return 0;
}

static int
blob_grow(struct blob *b, size_t n, struct err *err)
{
	size_t room = b->room == 0 ? BLOB_FIRST : b->room;
	bool more = false;

	TRY(check_room(b, n, &more, err));
	while (room <= b->len + n)
		room *= 2;
	return more ? move(b, room, err) : 0;
}

int
blob_reserve(struct blob *b, size_t n, struct err *err)
{
	bool more = false;

	TRY(check_room(b, n, &more, err));
	return more ? move(b, b->len + n + 1, err) : 0;
}

/* Is there room for @n more and the NUL? */
static bool
has_room(const struct blob *b, size_t n)
{
	return b->data != NULL && n < b->room - b->len &&
	    n <= BLOB_MAX - b->len;
}

int
blob_extend(struct blob *b, size_t n, unsigned char **ret, struct err *err)
{
	if (!has_room(b, n))
		TRY(blob_grow(b, n, err));
	*ret = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return 0;
}

int
blob_put(struct blob *b, const void *p, size_t n, struct err *err)
{
	unsigned char *to;

	TRY(blob_extend(b, n, &to, err));
	if (n > 0)
		memcpy(to, p, n);
	return 0;
}

int
blob_puts(struct blob *b, const char *s, struct err *err)
{
	return blob_put(b, s, strlen(s), err);
}

int
blob_printf(struct blob *b, struct err *err, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return err_set(err, EINTERNAL, "cannot format text");
	TRY(blob_grow(b, (size_t)n, err));
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

void
blob_clear(struct blob *b)
{
	blob_cut(b, 0);
}

void
blob_cut(struct blob *b, size_t n)
{
	assert(n <= b->len);
	if (b->data == NULL)
		return;
	explicit_bzero(b->data + n, b->len - n);	/* the first is its NUL */
	b->len = n;
}

const char *
blob_str(const struct blob *b)
{
	return b->data == NULL ? "" : (const char *)b->data;
}
