/*
 * forge - a bundle in which one event was forged by who holds the house's
 * ledger key, so that only the rules of the house can find it.
 */
#ifndef TESTS_FORGE_H
#define TESTS_FORGE_H

#include "tests/unit/bundle.h"

/* Set or (NULL) delete the value at a path. */
static UNUSED void
put_at(json_t *doc, const char *path, const char *value)
{
	char part[64];
	json_error_t e;
	const char *slash;

	while ((slash = strchr(path, '/')) != NULL) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		doc = json_is_array(doc) ? json_array_get(doc,
		    (size_t)atoi(part)) : json_object_get(doc, part);
		ck_assert_ptr_nonnull(doc);
		path = slash + 1;
	}
	if (value == NULL && json_is_array(doc))
		json_array_remove(doc, (size_t)atoi(path));
	else if (value == NULL)
		json_object_del(doc, path);
	else
		json_object_set_new(doc, path, json_loads(value,
		    JSON_DECODE_ANY, &e));
}

/* The bundle with the last event of a kind forged, and its tree signed anew. */
static UNUSED void
forged(struct world *w, const struct blob *b, const char *kind,
    const char *path, const char *value, struct blob *ret)
{
	char want[64];
	const char *line = strchr(blob_str(b), '\n') + 1, *found = NULL, *nl;
	struct merkle_range range;
	struct sha256 root, leaf;
	struct blob events = { 0 }, note = { 0 };
	json_t *head, *doc;

	snprintf(want, sizeof(want), "\"kind\":\"%s\"", kind);
	for (const char *l = line; strncmp(l, "{\"end\"", 6) != 0;
	    l = strchr(l, '\n') + 1) {
		const char *hit = strstr(l, want);

		if (hit != NULL && hit < strchr(l, '\n'))
			found = l;
	}
	ck_assert_ptr_nonnull(found);
	merkle_range_init(&range);
	for (; strncmp(line, "{\"end\"", 6) != 0; line = nl + 1) {
		size_t at = events.len;

		nl = strchr(line, '\n');
		if (line == found) {
			unit_ok(json_read(line, (size_t)(nl - line), &doc,
			    &unit_err));
			put_at(doc, path, value);
			unit_ok(json_canonical(doc, &events, &unit_err));
			json_decref(doc);
		} else {
			unit_ok(blob_put(&events, line, (size_t)(nl - line),
			    &unit_err));
		}
		leaf = merkle_leaf(events.data + at, events.len - at);
		unit_ok(merkle_range_add(&range, &leaf, NULL, NULL, &unit_err));
		unit_ok(blob_puts(&events, "\n", &unit_err));
	}
	root = merkle_range_root(&range);
	bundle_note(w, range.size, &root, w->journal.n, &note);
	unit_ok(json_read(b->data, (size_t)(strchr(blob_str(b), '\n') -
	    blob_str(b)), &head, &unit_err));
	json_object_set_new(head, "checkpoint", json_string(blob_str(&note)));
	blob_clear(ret);
	unit_ok(json_canonical(head, ret, &unit_err));
	unit_ok(blob_puts(ret, "\n", &unit_err));
	unit_ok(blob_put(ret, events.data, events.len, &unit_err));
	unit_ok(blob_puts(ret, line, &unit_err));
	json_decref(head);
	blob_done(&events);
	blob_done(&note);
}

#endif
