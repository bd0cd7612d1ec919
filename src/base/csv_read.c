/* csv_read - rows of RFC 4180; see csv.h. */
#include <string.h>
#include "base/csv.h"

enum state {
	FIELD,		/* one begins */
	PLAIN,
	QUOTED,
	CLOSED,		/* a quote was read: the end, or the first of two */
	RETURNED,	/* CR was read: LF must follow */
	LOST		/* until the line ends */
};

struct scan {
	struct csv	*c;
	struct csv_row	*row;
	enum state	 state;
	bool		 quoted;	/* some field was */
	bool		 whole;
};

void
csv_row_done(struct csv_row *r)
{
	blob_done(&r->text);
}

const char *
csv_field(const struct csv_row *r, size_t i)
{
	return i < r->n ? blob_str(&r->text) + r->at[i] : NULL;
}

static int
put(struct scan *s, int o, struct err *err)
{
	unsigned char	 octet = (unsigned char)o;

	if (s->row->wrong.code != OK)
		return 0;
	if (s->row->text.len < CSV_ROW)
		return blob_put(&s->row->text, &octet, 1, err);
	err_set(&s->row->wrong, ETOOBIG, "a row may have %zu octets",
	    CSV_ROW);
	return 0;
}

static void
lose(struct scan *s, const char *why)
{
	if (s->row->wrong.code == OK)
		err_set(&s->row->wrong, EINPUT, "%s", why);
	s->state = LOST;
}

/* Its first octet stands where the one before it ended. */
static int
field_end(struct scan *s, struct err *err)
{
	struct csv_row	*r = s->row;

	if (r->wrong.code != OK)
		return 0;
	if (r->n == CSV_FIELDS) {
		err_set(&r->wrong, ETOOBIG, "a row may have %d fields",
		    CSV_FIELDS);
		return 0;
	}
	TRY(put(s, '\0', err));
	r->n++;
	if (r->n < CSV_FIELDS)
		r->at[r->n] = r->text.len;
	return 0;
}

/* What may stand behind a field. */
static int
behind(struct scan *s, int o, const char *otherwise, struct err *err)
{
	if (o == ',') {
		s->state = FIELD;
		return field_end(s, err);
	}
	if (o == '\r') {
		s->state = RETURNED;
		return 0;
	}
	if (o != '\n' && o != EOF) {
		lose(s, otherwise);
		return 0;
	}
	s->whole = true;
	return field_end(s, err);
}

static int
quoted(struct scan *s, int o, struct err *err)
{
	if (o == '"') {
		s->state = CLOSED;
		return 0;
	}
	if (o != EOF)
		return put(s, o, err);
	lose(s, "the quote is not closed");
	s->whole = true;
	return 0;
}

static int
closed(struct scan *s, int o, struct err *err)
{
	if (o != '"')
		return behind(s, o, "something stands behind a closing quote",
		    err);
	s->state = QUOTED;
	return put(s, o, err);
}

/* RFC 4180, 2.5: quotes stand in fields that are in quotes alone. */
static int
plain(struct scan *s, int o, struct err *err)
{
	if (o == ',' || o == '\r' || o == '\n' || o == EOF)
		return behind(s, o, "", err);
	s->state = PLAIN;
	if (o != '"')
		return put(s, o, err);
	lose(s, "a quote stands in a field that is in no quotes");
	return 0;
}

static int
returned(struct scan *s, int o, struct err *err)
{
	if (o == '\n' || o == EOF)
		return behind(s, o, "", err);
	lose(s, "a line ends with CRLF or LF");
	return 0;
}

static int
feed(struct scan *s, int o, struct err *err)
{
	if (o == '\n')
		s->c->lines++;
	if (o == '\0')
		lose(s, "it has a NUL");
	switch (s->state) {
	case FIELD:
		if (o != '"')
			return plain(s, o, err);
		s->state = QUOTED;
		s->quoted = true;
		return 0;
	case PLAIN:
		return plain(s, o, err);
	case QUOTED:
		return quoted(s, o, err);
	case CLOSED:
		return closed(s, o, err);
	case RETURNED:
		return returned(s, o, err);
	case LOST:
		s->whole = o == '\n' || o == EOF;
		return 0;
	}
	return 0;
}

/* U+FEFF in UTF-8, which spreadsheets write; what only begins so is text. */
static int
begin(struct scan *s, struct err *err)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	size_t		 n = 0;
	int		 o = EOF;

	s->c->begun = true;
	while (n < sizeof(mark) && (o = getc(s->c->from)) == mark[n])
		n++;
	if (n == sizeof(mark))
		return 0;
	for (size_t i = 0; i < n; i++)
		TRY(feed(s, mark[i], err));
	if (o == EOF)
		s->c->end = true;
	return feed(s, o, err);
}

static bool
is_empty(const struct scan *s)
{
	return s->row->wrong.code == OK && s->row->n == 1 && !s->quoted &&
	    csv_field(s->row, 0)[0] == '\0';
}

static int
row_read(struct csv *c, struct csv_row *ret, bool *ret_empty, struct err *err)
{
	struct scan	 s = { .c = c, .row = ret };
	int		 o;

	blob_clear(&ret->text);
	ret->n = 0;
	ret->at[0] = 0;
	ret->wrong = (struct err){ .code = OK };
	ret->line = c->lines + 1;
	if (!c->begun)
		TRY(begin(&s, err));
	while (!s.whole) {
		o = getc(c->from);
		c->end = o == EOF;
		TRY(feed(&s, o, err));
	}
	*ret_empty = is_empty(&s);
	return ferror(c->from) ? err_set(err, EIO_, "the rows could not be "
	    "read") : 0;
}

int
csv_next(struct csv *c, struct csv_row *ret, bool *ret_more, struct err *err)
{
	bool		 empty = true;

	*ret_more = false;
	while (empty && !c->end)
		TRY(row_read(c, ret, &empty, err));
	*ret_more = !empty;
	return 0;
}
