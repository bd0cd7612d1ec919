/*
 * content - a body of JSON whose last member is a file, base64, sent as it is
 * read: what has many octets is never held whole.
 *
 * Floor 2.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/b64.h"
#include "client/inside.h"

#define MEMBER	"\"content\":\""
#define END	"\"}"

/* Whatever comes before the file: the body without its last brace. */
static int
begin(const struct call *call, struct blob *ret, struct err *err)
{
	TRY(json_canonical(call->body, ret, err));
	ret->len--;
	if (json_object_size(call->body) > 0)
		TRY(blob_puts(ret, ",", err));
	return blob_puts(ret, MEMBER, err);
}

int
content_init(struct content *c, const struct call *call, struct err *err)
{
	struct stat st;

	*c = (struct content){ .file = call->content };
	if (fstat(fileno(c->file), &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(err, EUSAGE, "what is sent as content is no "
		    "file");
	c->octets = (uint64_t)st.st_size;
	TRY(begin(call, &c->head, err));
	c->total = c->head.len + (c->octets + 2) / 3 * 4 + strlen(END);
	return content_again(c);
}

void
content_done(struct content *c)
{
	blob_done(&c->head);
}

int
content_again(struct content *c)
{
	c->left = c->octets;
	c->next = blob_str(&c->head);
	c->next_n = c->head.len;
	c->ended = false;
	return fseeko(c->file, 0, SEEK_SET) == 0 ? 0 : -EIO_;
}

/* The next piece of the file, or what follows it. */
static bool
refill(struct content *c)
{
	size_t want = c->left < CONTENT_CHUNK ? (size_t)c->left : CONTENT_CHUNK;
	char *text;

	if (want == 0) {
		c->next = END;
		c->next_n = c->ended ? 0 : strlen(END);
		c->ended = true;
		return true;
	}
	/* A file that has become shorter was promised at its length. */
	if (fread(c->octet, 1, want, c->file) != want ||
	    (text = b64_encode(c->octet, want)) == NULL)
		return false;
	c->left -= want;
	c->next_n = strlen(text);
	memcpy(c->text, text, c->next_n);
	c->next = c->text;
	free(text);
	return true;
}

size_t
content_read(char *to, size_t one, size_t n, void *ctx)
{
	struct content *c = ctx;

	n *= one;
	if (c->next_n == 0 && !refill(c))
		return CURL_READFUNC_ABORT;
	if (n > c->next_n)
		n = c->next_n;
	memcpy(to, c->next, n);
	c->next += n;
	c->next_n -= n;
	return n;
}

int
content_seek(void *ctx, curl_off_t to, int from)
{
	if (to != 0 || from != SEEK_SET || content_again(ctx) != 0)
		return CURL_SEEKFUNC_CANTSEEK;
	return CURL_SEEKFUNC_OK;
}
