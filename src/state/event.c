/* event - the table of kinds, and events as octets; see event.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "state/event.h"
#include "state/inside.h"

static const struct {
	const char	*word;
	const char	*words;
	bool		 entry;
} KIND[] = {
#define E(name, fn, word, entry, words) { word, words, entry },
	EVENTS(E)
#undef E
};
_Static_assert(NELEM(KIND) == EVENT__N, "a row for each kind");

const char *
event_kind_name(enum event_kind k)
{
	return KIND[k].word;
}

const char *
event_kind_words(enum event_kind k)
{
	return KIND[k].words;
}

bool
event_kind_entry(enum event_kind k)
{
	return KIND[k].entry;
}

int
event_kind_from_name(const char *word, enum event_kind *ret, struct err *err)
{
	for (size_t i = 0; i < NELEM(KIND); i++)
		if (KIND[i].word[0] == word[0] &&
		    strcmp(KIND[i].word, word) == 0) {
			*ret = (enum event_kind)i;
			return 0;
		}
	return err_set(err, EINPUT, "\"%.40s\" is not a kind of event", word);
}

/* A text as JSON; the common case needs no escapes. */
static int
put_text(struct blob *b, const char *s, struct err *err)
{
	AUTO_JSON	*j = NULL;
	size_t		 plain = strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/ ");

	if (s[plain] == '\0') {
		TRY(blob_put(b, "\"", 1, err));
		TRY(blob_put(b, s, plain, err));
		return blob_put(b, "\"", 1, err);
	}
	if ((j = json_string(s)) == NULL)
		return err_set(err, EINPUT, "a name is not UTF-8");
	return json_canonical(j, b, err);
}

#define AROUND_OCTETS	512	/* what most events have besides the entry */
#define MEMBERS	16	/* most members of an event's data */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
put_entry(const struct event *e, struct blob *b, struct sha256 *ret_hash,
    struct err *err)
{
	size_t	 from = b->len;

	if (e->entry_octets != NULL)
		TRY(blob_put(b, e->entry_octets, e->entry_n, err));
	else
		TRY(json_canonical(e->entry, b, err));
	*ret_hash = sha256_of(b->data + from, b->len - from);
	return 0;
}

/* The data object with the entry in its sorted place. */
static int
put_data(const struct event *e, struct blob *b, struct sha256 *ret_hash,
    struct err *err)
{
	const char	*name[MEMBERS], *key;
	size_t		 n = 0;
	json_t		*v;

	json_object_foreach((json_t *)(uintptr_t)e->data, key, v) {
		if (n == MEMBERS - 1 || strcmp(key, "entry") == 0)
			return err_set(err, EINTERNAL, "an event's data");
		name[n++] = key;
	}
	if (e->entry != NULL)
		name[n++] = "entry";
	qsort(name, n, sizeof(name[0]), by_name);
	TRY(blob_put(b, "{", 1, err));
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(b, ",", 1, err));
		TRY(put_text(b, name[i], err));
		TRY(blob_put(b, ":", 1, err));
		if (strcmp(name[i], "entry") == 0)
			TRY(put_entry(e, b, ret_hash, err));
		else
			TRY(json_canonical(json_object_get(e->data, name[i]),
			    b, err));
	}
	return blob_put(b, "}", 1, err);
}

void
leaf_made_done(struct leaf_made *m)
{
	blob_done(&m->leaf);
	blob_done(&m->tail);
}

int
event_make(const struct event *e, struct leaf_made *ret, struct err *err)
{
	if (event_kind_entry(e->kind) != (e->entry != NULL))
		return err_set(err, EINTERNAL, "%s %s a journal entry",
		    event_kind_name(e->kind),
		    e->entry != NULL ? "carries no" : "needs");
	/* Room for all of it: what is moved as it grows is copied and wiped. */
	TRY(blob_reserve(&ret->leaf, AROUND_OCTETS + e->entry_n, err));
	TRY(blob_puts(&ret->leaf, "{\"actor\":", err));
	TRY(put_text(&ret->leaf, e->actor, err));
	TRY(blob_puts(&ret->leaf, ",\"data\":", err));
	TRY(put_data(e, &ret->leaf, &ret->entry_hash, err));
	TRY(blob_puts(&ret->leaf, ",\"kind\":\"", err));
	TRY(blob_puts(&ret->leaf, event_kind_name(e->kind), err));
	TRY(blob_puts(&ret->leaf, "\",\"seq\":", err));
	ret->head = ret->leaf.len;
	TRY(blob_puts(&ret->tail, ",\"subject\":", err));
	TRY(put_text(&ret->tail, e->subject, err));
	return blob_puts(&ret->tail, ",\"time\":\"", err);
}

int
event_leaf(struct leaf_made *m, uint64_t seq, time_us time, struct err *err)
{
	char	 number[24], text[TIME_TEXT];
	int	 n = snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)seq);

	clock_text(time, text);
	blob_cut(&m->leaf, m->head);
	TRY(blob_put(&m->leaf, number, (size_t)n, err));
	TRY(blob_put(&m->leaf, m->tail.data, m->tail.len, err));
	TRY(blob_puts(&m->leaf, text, err));
	return blob_put(&m->leaf, "\"}", 2, err);
}

enum { SEQ, TIME, WHAT, ACTOR, SUBJECT, DATA, EVENT_ROWS_N };

static const struct json_row EVENT_ROWS[] = {
	[SEQ] = { "seq", WANT_INTEGER, true, 0, 0, "index of the leaf" },
	[TIME] = { "time", WANT_STRING, true, 27, 27, "when it was recorded" },
	[WHAT] = { "kind", WANT_STRING, true, 1, 64, "what happened" },
	[ACTOR] = { "actor", WANT_STRING, true, 1, 64, "who did it" },
	[SUBJECT] = { "subject", WANT_STRING, true, 1, 128, "to what" },
	[DATA] = { "data", WANT_OBJECT, true, 0, 0, "the rest" },
};
_Static_assert(NELEM(EVENT_ROWS) == EVENT_ROWS_N, "a row for each member");

int
event_read(const void *p, size_t n, json_t **ret_doc, struct applied *ret,
    struct json_inner *ret_entry, struct err *err)
{
	AUTO_JSON	*doc = NULL;
	const json_t	*v[EVENT_ROWS_N];
	struct applied	 a = { .effect = NULL };
	struct json_inner in = { .name = "entry" };	/* of data: all else is none */

	TRY(json_read_inner(p, n, &in, &doc, err));
	TRY(json_rows(doc, "", EVENT_ROWS, EVENT_ROWS_N, v, err));
	TRY(event_kind_from_name(json_string_value(v[WHAT]), &a.kind, err));
	TRY(clock_parse(json_string_value(v[TIME]), &a.time, err));
	a.seq = (uint64_t)json_integer_value(v[SEQ]);
	a.actor = json_string_value(v[ACTOR]);
	a.subject = json_string_value(v[SUBJECT]);
	a.data = v[DATA];
	a.entry = json_object_get(a.data, "entry");
	if (event_kind_entry(a.kind) != (a.entry != NULL))
		return err_set(err, ESCHEMA, "/data/entry: %s %s one",
		    event_kind_name(a.kind), a.entry != NULL ? "carries no" :
		    "needs");
	*ret_doc = TAKE(doc);
	*ret = a;
	if (ret_entry != NULL)
		*ret_entry = in;
	return 0;
}
