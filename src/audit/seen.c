/* seen - checkpoints that somebody kept must lie on the way of this ledger. */
#include <stdlib.h>
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"

/* The note in a kept file: the file itself, or evidence's. */
static int
note_of(const struct audit_seen *s, char **ret, struct err *err)
{
	AUTO_JSON	*doc = NULL;
	const char	*text = s->text;
	char		*copy;

	if (s->octets > 0 && s->text[0] == '{') {
		TRY(json_read(s->text, s->octets, &doc, err));
		TRY(json_need_str(doc, "checkpoint", &text, err));
		copy = strdup(text);
	} else {
		copy = strndup(text, s->octets);
	}
	if (copy == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	*ret = copy;
	return 0;
}

/* @ok: a boolean, or null: this bundle cannot tell.  Stolen. */
static void
seen_says(struct audit *a, const char *name, json_t *ok)
{
	json_t	*j = json_pack("{s:s, s:o}", "name", name, "ok", ok);

	if (j != NULL)
		(void)json_array_append_new(a->seen, j);
}

/* No fork: the bundle begins behind what was seen. */
static void
out_of_reach(struct audit *a, const struct audit_seen *s,
    const struct checkpoint *c)
{
	seen_says(a, s->name, json_null());
	(void)json_array_append_new(a->beyond, json_sprintf("that %s saw "
	    "another ledger: it is of %llu events, and this bundle tells of "
	    "%llu to %llu; a full one can be compared", s->name,
	    (unsigned long long)c->size, (unsigned long long)a->since,
	    (unsigned long long)a->size));
}

/* An older bundle and a ledger that was cut look alike: nothing is verified. */
static void
cut_short(struct audit *a, const struct audit_seen *s,
    const struct checkpoint *c)
{
	seen_says(a, s->name, json_false());
	audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0, "%s saw %llu events, "
	    "and this bundle ends at %llu: have a newer one exported; where "
	    "there is none, the ledger was cut", s->name,
	    (unsigned long long)c->size, (unsigned long long)a->size);
}

/* One kept checkpoint against the tree as it is now, if it is its turn. */
static void
compare(struct audit *a, const struct audit_seen *s, bool last)
{
	struct checkpoint	 c;
	struct sha256		 root;
	struct err		 err = { .what = "" };
	char			*note = NULL;
	int			 rc = note_of(s, &note, &err);

	if (rc == 0)
		rc = note_verify(note, a->genesis->ledger_key,
		    a->genesis->ledger_key_n, &c, &err);
	free(note);
	if (rc != 0) {
		if (last) {
			audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0,
			    "%s is not a checkpoint of this house: %s",
			    s->name, err.what);
			seen_says(a, s->name, json_false());
		}
		return;
	}
	if (c.size == a->range.size) {
		root = merkle_range_root(&a->range);
		seen_says(a, s->name, json_boolean(sha256_equal(&root,
		    &c.root)));
		if (!sha256_equal(&root, &c.root))
			audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0,
			    "%s saw another ledger of %llu events", s->name,
			    (unsigned long long)c.size);
	} else if (last && c.size > a->size) {
		cut_short(a, s, &c);
	} else if (last && c.size < a->since) {
		out_of_reach(a, s, &c);
	}
}

void
seen_check(struct audit *a)
{
	for (size_t i = 0; i < a->o->seen_n; i++)
		if (a->seen_size[i] == a->range.size)
			compare(a, &a->o->seen[i], false);
}

int
seen_begin(struct audit *a, struct err *err)
{
	if (a->o->seen_n == 0)
		return 0;
	a->seen_size = calloc(a->o->seen_n, sizeof(*a->seen_size));
	if (a->seen_size == NULL)
		return err_set(err, ENOMEMORY, "checkpoints");
	for (size_t i = 0; i < a->o->seen_n; i++) {
		struct checkpoint c;
		struct err	 why;
		char		*note = NULL;
		int		 rc = note_of(&a->o->seen[i], &note, &why);

		if (rc == 0)
			rc = note_parse(note, &c, &why);
		free(note);
		if (rc != 0)
			return err_set(err, rc == -ENOMEMORY ? ENOMEMORY :
			    EINPUT, "%s is no checkpoint, and no evidence with "
			    "one: %s", a->o->seen[i].name, why.what);
		a->seen_size[i] = c.size;
	}
	return 0;
}

void
seen_finish(struct audit *a)
{
	for (size_t i = 0; i < a->o->seen_n; i++)
		if (a->seen_size[i] > a->range.size ||
		    a->seen_size[i] < a->since)
			compare(a, &a->o->seen[i], true);
}
