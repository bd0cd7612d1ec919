#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "keeper/show_text.h"
#include "keeper/walk.h"

#define WITHIN	2	/* objects around an event */

/* The number that an entry gives itself. */
static bool
entry_number(const struct shown_event *e, uint64_t *ret)
{
	struct walk w = { e->entry, e->entry + e->entry_n, 0 };

	return walk_member(&w, "\"n\":") && walk_number(&w, ret);
}

/* What its leaf is signed for has to be read by others for good: all of it is
 * passed as canonical JSON before anything is looked for in it. */
static bool
event(struct walk *w, struct shown_event *ret)
{
	struct walk in;

	*ret = (struct shown_event){ .event = NULL };
	if (!walk_object(w, &ret->event, &ret->event_n) ||
	    ret->event_n > JSON_OCTETS)
		return false;
	in = (struct walk){ ret->event, ret->event + ret->event_n, 0 };
	if (!walk_member(&in, "\"data\":") || !walk_member(&in, "\"entry\":"))
		return true;
	return walk_object(&in, &ret->entry, &ret->entry_n) &&
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

	if (walk_expect(w, "]"))
		return true;
	do {
		if (!event(w, &e) || !add_event(t, &e, &room))
			return false;
	} while (walk_expect(w, ","));
	return walk_expect(w, "]");
}

static bool
message(struct walk *w, struct show_text *t)
{
	if (!walk_expect(w, "{\"do\":\"show\",\"events\":[") || !events(w, t) ||
	    !walk_expect(w, ",\"final\":"))
		return false;
	t->final = walk_expect(w, "true");
	if (!t->final && !walk_expect(w, "false"))
		return false;
	return walk_expect(w, ",\"from\":") && walk_number(w, &t->from) &&
	    walk_expect(w, "}") && w->p == w->end;
}

bool
show_text_read(const void *p, size_t n, struct show_text *ret)
{
	struct walk w = { p, (const char *)p + n, WITHIN };
	struct show_text t = { 0 };

	if (!message(&w, &t)) {
		show_text_done(&t);
		return false;
	}
	*ret = t;
	return true;
}

void
show_text_done(struct show_text *t)
{
	free(t->event);
	*t = (struct show_text){ 0 };
}
