/*
 * read - a bundle's lines in batches: parsed and hashed by several threads,
 * judged in order by one.
 */
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include "audit/inside.h"
#include "base/json.h"

#define BATCH_LINES	128	/* fewer, and threads do little but wake each other */
#define BATCH_OCTETS	(4u << 20)	/* a batch ends when it has this much */
#define LINE_OCTETS	(32u << 20)	/* longest line */
#define STEP_OCTETS	(256u << 10)	/* read at once */
#define AHEAD		8		/* most batches parsed ahead of the judge: one for each thread */

struct line {
	size_t		 at, n;		/* in the batch's text */
	struct sha256	 leaf;
	json_t		*doc;
	struct applied	 a;
	struct entry	*entry;
	struct err	 err;		/* code OK: it was read */
};

struct batch {
	struct job	 job;		/* first */
	struct blob	 text;
	struct line	 line[BATCH_LINES];
	size_t		 n;
	bool		 last;		/* the end of the bundle */
};

static int
line_parse(struct line *l, const unsigned char *text)
{
	struct json_inner	 in;
	json_t			*entry;

	TRY(event_read(text + l->at, l->n, &l->doc, &l->a, &in, &l->err));
	if (l->a.entry == NULL)
		return 0;
	entry = (json_t *)(uintptr_t)l->a.entry;
	/* Where it lies is known unless there are escapes or the like. */
	TRY(in.p != NULL ? entry_from_octets(entry, in.p, in.n, &l->entry,
	    &l->err) : entry_from_json(entry, &l->entry, &l->err));
	l->a.entry_hash = l->entry->hash;
	return 0;
}

static void
batch_run(struct job *j)
{
	struct batch	*b = (struct batch *)j;

	for (size_t i = 0; i < b->n; i++) {
		struct line *l = &b->line[i];

		l->leaf = merkle_leaf(b->text.data + l->at, l->n);
		if (line_parse(l, b->text.data) != 0 && l->err.code == OK)
			l->err.code = EINPUT;
	}
}

static void
batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		json_decref(b->line[i].doc);
		entry_free(b->line[i].entry);
	}
	memset(b->line, 0, b->n * sizeof(b->line[0]));
	blob_clear(&b->text);
	b->n = 0;
	b->last = false;
}

/* Octets of the file, cut into lines. */
struct reader {
	int		 fd;
	unsigned char	*step;		/* STEP_OCTETS */
	struct blob	 held;		/* read, not yet given out */
	size_t		 at;		/* given out of it */
	bool		 end;
};

static int
fill(struct reader *r, struct err *err)
{
	ssize_t		 n;

	if (r->at > 0) {	/* and so there is something */
		memmove(r->held.data, r->held.data + r->at,
		    r->held.len - r->at);
		r->held.len -= r->at;
		r->at = 0;
	}
	if (r->step == NULL && (r->step = malloc(STEP_OCTETS)) == NULL)
		return err_set(err, ENOMEMORY, "a bundle");
	do
		n = read(r->fd, r->step, STEP_OCTETS);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(err, EIO_, "the bundle: %s", strerror(errno));
	r->end = n == 0;
	return blob_put(&r->held, r->step, (size_t)n, err);
}

/* The next line without its newline; *ret NULL at the end, or when too long. */
static int
next_line(struct reader *r, const unsigned char **ret, size_t *ret_n,
    struct err *err)
{
	size_t	 looked = 0;

	if (r->held.data == NULL)
		TRY(fill(r, err));
	for (;;) {
		const unsigned char *from = r->held.data + r->at;
		size_t	 have = r->held.len - r->at;
		const unsigned char *nl = have > looked ?
		    memchr(from + looked, '\n', have - looked) : NULL;

		if (nl != NULL) {
			*ret = from;
			*ret_n = (size_t)(nl - from);
			r->at += *ret_n + 1;
			return 0;
		}
		looked = have;
		if (r->end || have > LINE_OCTETS) {
			*ret = NULL;
			return 0;
		}
		TRY(fill(r, err));
	}
}

/* Lines up to the one that ends the bundle, which begins {"end". */
static int
batch_fill(struct batch *b, struct reader *r, bool *ret_truncated,
    struct blob *ret_end, struct err *err)
{
	while (b->n < BATCH_LINES && b->text.len < BATCH_OCTETS) {
		const unsigned char	*p;
		size_t			 n;

		TRY(next_line(r, &p, &n, err));
		if (p == NULL) {
			b->last = *ret_truncated = true;
			return 0;
		}
		if (n >= 6 && memcmp(p, "{\"end\"", 6) == 0) {
			b->last = true;
			return blob_put(ret_end, p, n, err);
		}
		b->line[b->n].at = b->text.len;
		b->line[b->n].n = n;
		TRY(blob_put(&b->text, p, n, err));
		b->n++;
	}
	return 0;
}

static void
place_check(struct audit *a, const struct line *l, uint64_t seq)
{
	if (l->a.seq != seq)
		audit_find(a, FINDING_EVENT, seq, 0, "it says it is event %llu",
		    (unsigned long long)l->a.seq);
	if (l->a.time < a->last)
		audit_find(a, FINDING_TIME, seq, 0, "%s",
		    json_str(l->doc, "time", ""));
	else
		a->last = l->a.time;
}

static int
line_judge(struct audit *a, struct line *l, struct err *err)
{
	uint64_t	 seq = a->range.size;
	struct waiting	 w;

	TRY(merkle_range_add(&a->range, &l->leaf, NULL, NULL, err));
	a->events++;
	TRY(seen_check(a, err));
	if (l->err.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "an event");
	if (l->err.code != OK) {
		audit_find(a, FINDING_EVENT, seq, 0, "%s", l->err.what);
		return 0;
	}
	place_check(a, l, seq);
	if (l->entry == NULL)
		return event_check(a, &l->a, err);
	w = (struct waiting){ l->entry, l->doc, l->a };
	l->entry = NULL;
	l->doc = NULL;
	return journal_take(a, &w, err);
}

static int
batch_judge(struct audit *a, struct batch *b, struct err *err)
{
	pool_wait(a->pool, &b->job);
	for (size_t i = 0; i < b->n; i++)
		TRY(line_judge(a, &b->line[i], err));
	return 0;
}

/* The last line, and that nothing follows it. */
static int
end_check(struct audit *a, struct reader *r, const struct blob *end,
    bool truncated, struct err *err)
{
	AUTO_JSON		*doc = NULL;
	const unsigned char	*p;
	size_t			 n;

	if (truncated) {
		audit_find(a, FINDING_TRUNCATED, UINT64_MAX, 0,
		    "there is no last line");
		return 0;
	}
	if (json_read_canonical(end->data, end->len, &doc, NULL) != 0 ||
	    json_object_size(doc) != 1 ||
	    (uint64_t)json_int(doc, "end", -1) != a->size)
		audit_find(a, FINDING_FORMAT, UINT64_MAX, 0, "the last line");
	TRY(next_line(r, &p, &n, err));
	if (p != NULL || r->held.len > r->at)
		audit_find(a, FINDING_FORMAT, UINT64_MAX, 0,
		    "something follows the last line");
	return 0;
}

struct stream {
	struct reader	 r;
	struct batch	*ring;
	size_t		 ahead;		/* of the ring */
	struct blob	 end;
	bool		 truncated;
};

static int
stream_judge(struct audit *a, struct stream *s, struct err *err)
{
	size_t	 put = 0, got = 0;
	bool	 last = false;

	TRY(seen_start(a, err));
	while (!last || got < put) {
		struct batch	*b = &s->ring[put % s->ahead];

		if (!last && put - got < s->ahead) {
			TRY(batch_fill(b, &s->r, &s->truncated, &s->end, err));
			last = b->last;
			b->job.run = batch_run;
			pool_add(a->pool, &b->job);
			put++;
			continue;
		}
		b = &s->ring[got % s->ahead];
		TRY(batch_judge(a, b, err));
		batch_clear(b);
		got++;
	}
	return end_check(a, &s->r, &s->end, s->truncated, err);
}

int
bundle_read(struct audit *a, int fd, struct err *err)
{
	struct stream		 s = { .r = { .fd = fd } };
	const unsigned char	*p;
	size_t			 n;
	int			 rc = next_line(&s.r, &p, &n, err);

	if (rc == 0 && p == NULL)
		audit_find(a, FINDING_TRUNCATED, UINT64_MAX, 0,
		    "there is no first line");
	else if (rc == 0 && head_check(a, p, n)) {
		s.ahead = pool_size(a->pool);
		s.ahead = s.ahead < 2 ? 2 : s.ahead > AHEAD ? AHEAD : s.ahead;
		s.ring = calloc(s.ahead, sizeof(*s.ring));
		rc = s.ring == NULL ? err_set(err, ENOMEMORY, "a bundle") :
		    stream_judge(a, &s, err);
		/* Jobs may still be at work on batches after a failure. */
		pool_finish(a->pool);
		for (size_t i = 0; s.ring != NULL && i < s.ahead; i++) {
			batch_clear(&s.ring[i]);
			blob_done(&s.ring[i].text);
		}
		free(s.ring);
		a->complete = rc == 0;
	}
	blob_done(&s.r.held);
	free(s.r.step);
	blob_done(&s.end);
	return rc;
}
