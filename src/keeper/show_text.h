/*
 * show_text - a "show" message read as the text it is.
 *
 * Floor 4 (keeper).  Sees base.  Pure.
 *
 * Every signature comes by here once more, inside its event, so no tree is
 * built: a message in the canonical spelling is walked along.  One in another
 * spelling is not refused but read the long way (show.c); what matters is
 * compared by hash in either, and no event is taken that is not canonical JSON.
 */
#ifndef KEEPER_SHOW_TEXT_H
#define KEEPER_SHOW_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An event and the entry within, if it carries one, borrowed from the message. */
struct shown_event {
	const char	*event, *entry;	/* entry NULL: it carries none */
	size_t		 event_n, entry_n;
	uint64_t	 n;		/* the entry's number, as it says itself */
};

struct show_text {
	uint64_t	 from;
	bool		 final;
	struct shown_event *event;	/* owned; as they follow */
	size_t		 event_n;
};

/** show_text_read - false: it is not a show message spelled like this. */
bool show_text_read(const void *p, size_t n, struct show_text *ret);
void show_text_done(struct show_text *t);

#endif
