/*
 * world_found - what is shown of a world's findings.
 */
#ifndef TESTS_WORLD_FOUND_H
#define TESTS_WORLD_FOUND_H

#include "base/b64.h"
#include "tests/unit/world_elsewhere.h"

struct looked {
	const char	*id;
	json_t		*doc;
};

static UNUSED int
look_found_one(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return found_get(tx, l->id, &l->doc, err);
}

/* The state that it is shown in now; "none". */
static UNUSED void
found_state(struct world *w, const json_t *finding, char ret[16])
{
	json_t *id = world_finding_id(finding);
	struct looked l = { json_string_value(id), NULL };

	(void)snprintf(ret, 16, "none");
	if (state_read(w->state, look_found_one, &l, &unit_err) == 0)
		(void)snprintf(ret, 16, "%s", json_str(l.doc, "state", ""));
	json_decref(l.doc);
	json_decref(id);
}

#define IS_FOUND(w, f, want) do { \
	char state_[16]; \
	found_state(w, f, state_); \
	ck_assert_str_eq(state_, want); \
} while (0)

/* SHA-256 of a public key in base64. */
static UNUSED void
spki_print(const char *text, char ret[SHA256_HEX])
{
	struct blob spki = { 0 };
	struct sha256 h;

	unit_ok(b64_decode(text, &spki, &unit_err));
	h = sha256_of(spki.data, spki.len);
	sha256_hex(&h, ret);
	blob_done(&spki);
}

/* "MEMBER=VALUE ..." of what it is said to be of; "". */
static UNUSED void
found_of(struct world *w, const json_t *finding, char ret[200])
{
	json_t *id = world_finding_id(finding), *v;
	struct looked l = { json_string_value(id), NULL };
	const char *name;

	ret[0] = '\0';
	unit_ok(state_read(w->state, look_found_one, &l, &unit_err));
	json_object_foreach(json_object_get(l.doc, "of"), name, v) {
		size_t n = strlen(ret);

		(void)snprintf(ret + n, 200 - n, "%s%s=%.70s", n > 0 ? " " :
		    "", name, json_is_true(v) ? "true" :
		    json_string_value(v));
	}
	json_decref(l.doc);
	json_decref(id);
}

#define IS_OF(w, f, ...) do { \
	char of_[200], want_[200]; \
	found_of(w, f, of_); \
	(void)snprintf(want_, sizeof(want_), __VA_ARGS__); \
	ck_assert_str_eq(of_, want_); \
} while (0)

static UNUSED void
comes(struct world *w, const json_t *f)
{
	unit_ok(world_report(w, json_incref((json_t *)(uintptr_t)f), NULL,
	    NULL, &unit_err));
}

static UNUSED void
goes(struct world *w, const json_t *f)
{
	unit_ok(world_report(w, NULL, world_finding_id(f), NULL, &unit_err));
}

struct pages {
	struct found_filter filter;
	char		*cursor;
	unsigned	 limit, n;
};

static UNUSED int
look_page(struct tx *tx, void *ctx, struct err *err)
{
	struct pages *p = ctx;
	json_t *list;
	char *next;

	TRY(found_list(tx, &p->filter, p->cursor, p->limit, &list, &next,
	    err));
	p->n += (unsigned)json_array_size(list);
	json_decref(list);
	free(p->cursor);
	p->cursor = next;
	return 0;
}

static UNUSED unsigned
counted(struct world *w, struct found_filter f, unsigned limit)
{
	struct pages p = { f, NULL, limit, 0 };

	do
		unit_ok(state_read(w->state, look_page, &p, &unit_err));
	while (p.cursor != NULL);
	return p.n;
}

#endif
