#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "keeper/show_text.h"

struct walk {
	const char	*p, *end;
};

static bool
expect(struct walk *w, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(w->end - w->p) < n || memcmp(w->p, text, n) != 0)
		return false;
	w->p += n;
	return true;
}

static bool
number(struct walk *w, uint64_t *ret)
{
	const char *from = w->p;
	uint64_t v = 0;

	while (w->p < w->end && *w->p >= '0' && *w->p <= '9') {
		if (w->p - from >= 16)
			return false;
		v = v * 10 + (uint64_t)(*w->p++ - '0');
	}
	*ret = v;
	return w->p > from && (*from != '0' || w->p - from == 1);
}

/* Behind the quote that ends a string; @w stands behind the one that begins it. */
static bool
string(struct walk *w)
{
	while (w->p < w->end && *w->p != '"')
		w->p += *w->p == '\\' && w->p + 1 < w->end ? 2 : 1;
	if (w->p >= w->end)
		return false;
	w->p++;
	return true;
}

/* From the brace that opens an object to behind the one that closes it. */
static bool
object(struct walk *w, const char **ret, size_t *ret_n)
{
	const char *from = w->p;
	unsigned depth = 0;

	do {
		if (w->p >= w->end)
			return false;
		switch (*w->p++) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '"':
			if (!string(w))
				return false;
			break;
		}
	} while (depth > 0);
	*ret = from;
	*ret_n = (size_t)(w->p - from);
	return *from == '{' && from[*ret_n - 1] == '}';
}

/* The number that an entry gives itself: behind charter and facts. */
static bool
entry_number(const struct shown_event *e, uint64_t *ret)
{
	struct walk w = { e->entry, e->entry + e->entry_n };
	const char *facts;
	size_t n;

	if (!expect(&w, "{\"charter\":\"") || !string(&w))
		return false;
	if (expect(&w, ",\"facts\":") && !object(&w, &facts, &n))
		return false;
	return expect(&w, ",\"n\":") && number(&w, ret);
}

/* {"actor":NAME,"data":{"entry":{...} and whatever follows. */
static bool
event(struct walk *w, struct shown_event *ret)
{
	struct walk in;

	if (!object(w, &ret->event, &ret->event_n))
		return false;
	in = (struct walk){ ret->event, ret->event + ret->event_n };
	return expect(&in, "{\"actor\":\"") && string(&in) &&
	    expect(&in, ",\"data\":{\"entry\":") &&
	    object(&in, &ret->entry, &ret->entry_n) &&
	    entry_number(ret, &ret->n);
}

static bool
add_event(struct show_text *t, const struct shown_event *e, size_t *room)
{
	if (t->event_n == *room) {
		size_t more = *room == 0 ? 512 : *room * 2;
		struct shown_event *p = realloc(t->event, more * sizeof(*p));

		if (p == NULL)
			return false;
		t->event = p;
		*room = more;
	}
	t->event[t->event_n++] = *e;
	return true;
}

static bool
events(struct walk *w, struct show_text *t)
{
	struct shown_event e;
	size_t room = 0;

	if (expect(w, "}"))
		return true;
	do {
		if (!expect(w, "\"") || !number(w, &e.index) ||
		    !expect(w, "\":") || !event(w, &e) ||
		    !add_event(t, &e, &room))
			return false;
	} while (expect(w, ","));
	return expect(w, "}");
}

static bool
leaves(struct walk *w, struct show_text *t)
{
	/* A leaf takes 67 octets, so what is left bounds how many there are. */
	size_t most = (size_t)(w->end - w->p) / (SHA256_HEX + 1) + 1;
	char hex[SHA256_HEX];

	t->leaf = malloc(most * sizeof(*t->leaf));
	if (t->leaf == NULL)
		return false;
	if (expect(w, "]"))
		return true;
	do {
		if (t->leaf_n == most || w->end - w->p < SHA256_HEX + 1 ||
		    !expect(w, "\""))
			return false;
		memcpy(hex, w->p, SHA256_HEX - 1);
		hex[SHA256_HEX - 1] = '\0';
		w->p += SHA256_HEX - 1;
		if (sha256_parse(hex, &t->leaf[t->leaf_n++], NULL) != 0 ||
		    !expect(w, "\""))
			return false;
	} while (expect(w, ","));
	return expect(w, "]");
}

static int
by_index(const void *a, const void *b)
{
	const struct shown_event *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static bool
walk(struct walk *w, struct show_text *t)
{
	if (!expect(w, "{\"do\":\"show\",\"events\":{") || !events(w, t) ||
	    !expect(w, ",\"final\":"))
		return false;
	t->final = expect(w, "true");
	if (!t->final && !expect(w, "false"))
		return false;
	return expect(w, ",\"from\":") && number(w, &t->from) &&
	    expect(w, ",\"leaves\":[") && leaves(w, t) && expect(w, "}") &&
	    w->p == w->end;
}

bool
show_text_read(const void *p, size_t n, struct show_text *ret)
{
	struct walk w = { p, (const char *)p + n };
	struct show_text t = { 0 };

	if (!walk(&w, &t)) {
		show_text_done(&t);
		return false;
	}
	/* Names are sorted as text, "10" before "2". */
	if (t.event_n > 1)
		qsort(t.event, t.event_n, sizeof(*t.event), by_index);
	*ret = t;
	return true;
}

void
show_text_done(struct show_text *t)
{
	free(t->leaf);
	free(t->event);
	*t = (struct show_text){ 0 };
}
