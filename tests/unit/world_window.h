/*
 * world_window - windows of a world: opened, used and closed.
 */
#ifndef TESTS_WORLD_WINDOW_H
#define TESTS_WORLD_WINDOW_H

#include "tests/unit/world_key.h"

/* A window for the build, open for an hour, under two approvals; what else it
 * says, uses and digests, is stolen.  Returns its request. */
static UNUSED json_t *
world_window_for(struct world *w, json_t *more)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	struct decision d;
	json_t *q, *p, *permit;
	const char *id;

	clock_text(clock_now() - TIME_S(5), from);
	clock_text(clock_now() + TIME_S(3600), until);
	p = world_json("{s:[{s:s, s:s}], s:[s], s:s, s:s}", "keys", "key",
	    w->key, "key_name", "fw", "by", "ci", "from", from, "until", until);
	json_object_update(p, more);
	json_decref(more);
	q = world_request(w, ACTION_WINDOW_OPEN, "release-lead", p);
	id = json_str(q, "id", "");
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	world_approve(w, q, 1);
	permit = world_permit(w, q, true);
	world_event(w, EVENT_WINDOW_OPENED, "release-lead", id, world_json(
	    "{s:s, s:o, s:o}", "request", id, "permit", permit, "facts",
	    world_facts(w, q, "release-lead", NULL, &d)), NULL);
	return q;
}

/* A window for the images "a" and "b", approved and open: its REQUEST. */
static UNUSED json_t *
world_window_open(struct world *w, int uses)
{
	struct sha256 h1 = sha256_of("a", 1), h2 = sha256_of("b", 1);
	char x1[SHA256_HEX], x2[SHA256_HEX];

	sha256_hex(&h1, x1);
	sha256_hex(&h2, x2);
	return world_window_for(w, world_json("{s:i, s:[s, s]}", "uses", uses,
	    "digests", x1, x2));
}

/* The keeper's entry that closes this window, as it has been asked. */
static UNUSED json_t *
world_close_entry(struct world *w, const json_t *window, const json_t *asked)
{
	const char *id = json_str(window, "id", "");

	return world_entry(w, ENTRY_CLOSE, world_use(w, asked, false, 1,
	    "release-lead", world_json("{s:s, s:s, s:s}", "op", "close",
	    "window", id, "principal", "release-lead"), world_json(
	    "{s:s, s:s}", "window", id, "until", json_str(json_object_get(
	    window, "parameters"), "until", ""))));
}

static UNUSED json_t *
world_close_request(struct world *w, const json_t *window)
{
	return world_request(w, ACTION_WINDOW_CLOSE, "release-lead",
	    world_json("{s:s, s:s}", "window", json_str(window, "id", ""),
	    "reason", "done"));
}

static UNUSED void
world_close_event(struct world *w, const json_t *window, const json_t *asked,
    json_t *entry)
{
	world_event(w, EVENT_WINDOW_CLOSED, "release-lead", json_str(window,
	    "id", ""), world_json("{s:s, s:s}", "request", json_str(asked,
	    "id", ""), "reason", "done"), entry);
}

static UNUSED void
world_window_close(struct world *w, const json_t *window)
{
	json_t *asked = world_close_request(w, window);

	world_close_event(w, window, asked, world_close_entry(w, window,
	    asked));
	json_decref(asked);
}

#endif
