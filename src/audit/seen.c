/*
 * seen - checkpoints that somebody kept must lie on the way of this ledger.
 *
 * Of each the report says what came of it: it is compared where the bundle has
 * its tree, and told of wherever it is not.
 */
#include <stdlib.h>
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"
#include "base/text.h"

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
static int
says(struct audit *a, struct seen_kept *k, json_t *ok, struct err *err)
{
	json_t	*j;

	k->told = true;
	TRY(json_build(&j, err, "{s:s, s:o}", "name", k->name, "ok", ok));
	return json_array_append_new(a->seen, j) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a report");
}

/* No finding: what it would have to be compared with is not here. */
static int
cannot_tell(struct audit *a, struct seen_kept *k, const char *why,
    struct err *err)
{
	json_t	*text = json_sprintf("that %s saw another ledger: it is of "
		    "%llu events, and %s", k->name,
		    (unsigned long long)k->c.size, why);

	if (text == NULL || json_array_append_new(a->beyond, text) != 0)
		return err_set(err, ENOMEMORY, "a report");
	return says(a, k, json_null(), err);
}

/* No fork: the bundle begins behind what was seen. */
static int
out_of_reach(struct audit *a, struct seen_kept *k, struct err *err)
{
	char	 why[128];

	snprintf(why, sizeof(why), "this bundle tells of %llu to %llu; a full "
	    "one can be compared", (unsigned long long)a->since,
	    (unsigned long long)a->size);
	return cannot_tell(a, k, why, err);
}

/* An older bundle and a ledger that was cut look alike: nothing is verified. */
static int
cut_short(struct audit *a, struct seen_kept *k, struct err *err)
{
	audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0, "%s saw %llu events, "
	    "and this bundle ends at %llu: have a newer one exported; where "
	    "there is none, the ledger was cut", k->name,
	    (unsigned long long)k->c.size, (unsigned long long)a->size);
	return says(a, k, json_false(), err);
}

static int
not_believed(struct audit *a, struct seen_kept *k, const char *why,
    struct err *err)
{
	audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0, "%s is not a "
	    "checkpoint of this house, and not believed: %s", k->name, why);
	return says(a, k, json_false(), err);
}

/* Before it is compared: who did not sign it saw nothing of this house. */
static int
believe(struct audit *a, size_t i, struct err *err)
{
	struct seen_kept *k = &a->kept[i];
	struct err	 why = { .what = "" };
	char		 house[128], *note = NULL;
	int		 rc = note_of(&a->o->seen[i], &note, &why);

	if (rc == 0)
		rc = note_verify(note, a->genesis->ledger_key,
		    a->genesis->ledger_key_n, &k->c, &why);
	free(note);
	if (memory_lost(rc, &why, err))
		return rc;
	snprintf(house, sizeof(house), "it is of another house, %s",
	    k->c.origin);
	if (!head_is_house(a, &k->c))
		return not_believed(a, k, house, err);
	return rc == 0 ? 0 : not_believed(a, k, why.what, err);
}

/* Against the tree as it is now. */
static int
compare(struct audit *a, struct seen_kept *k, struct err *err)
{
	struct sha256	 root = merkle_range_root(&a->range);
	bool		 same = sha256_equal(&root, &k->c.root);

	if (!same)
		audit_find(a, FINDING_CONSISTENCY, UINT64_MAX, 0,
		    "%s saw another ledger of %llu events", k->name,
		    (unsigned long long)k->c.size);
	return says(a, k, json_boolean(same), err);
}

int
seen_check(struct audit *a, struct err *err)
{
	/* Behind the signed tree there is nothing to compare with. */
	for (size_t i = 0; i < a->o->seen_n && a->range.size <= a->size; i++)
		if (!a->kept[i].told && a->kept[i].c.size == a->range.size)
			TRY(compare(a, &a->kept[i], err));
	return 0;
}

int
seen_start(struct audit *a, struct err *err)
{
	for (size_t i = 0; i < a->o->seen_n; i++)
		TRY(believe(a, i, err));
	return seen_check(a, err);
}

static int
keep(const struct audit_seen *s, struct seen_kept *ret, struct err *err)
{
	struct err	 why = { .what = "" };
	char		*note = NULL;
	int		 rc = note_of(s, &note, &why);

	if (rc == 0)
		rc = note_parse(note, &ret->c, &why);
	free(note);
	if (rc != 0)
		return err_set(err, rc == -ENOMEMORY ? ENOMEMORY : EINPUT,
		    "%s is no checkpoint, and no evidence with one: %s",
		    s->name, why.what);
	ret->name = strdup(s->name);
	if (ret->name == NULL)
		return err_set(err, ENOMEMORY, "checkpoints");
	/* A report can have it, whatever the file is called. */
	text_plain(ret->name);
	return 0;
}

int
seen_begin(struct audit *a, struct err *err)
{
	if (a->o->seen_n == 0)
		return 0;
	a->kept = calloc(a->o->seen_n, sizeof(*a->kept));
	if (a->kept == NULL)
		return err_set(err, ENOMEMORY, "checkpoints");
	for (size_t i = 0; i < a->o->seen_n; i++)
		TRY(keep(&a->o->seen[i], &a->kept[i], err));
	return 0;
}

int
seen_finish(struct audit *a, struct err *err)
{
	for (size_t i = 0; i < a->o->seen_n; i++) {
		struct seen_kept *k = &a->kept[i];

		if (k->told)
			continue;
		if (a->complete && k->c.size > a->size)
			TRY(cut_short(a, k, err));
		else if (a->complete && k->c.size < a->since)
			TRY(out_of_reach(a, k, err));
		else
			TRY(cannot_tell(a, k, "this bundle could not be read "
			    "so far", err));
	}
	return 0;
}

void
seen_done(struct audit *a)
{
	for (size_t i = 0; a->kept != NULL && i < a->o->seen_n; i++)
		free(a->kept[i].name);
	free(a->kept);
}
