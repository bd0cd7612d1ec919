/* watch_build - the charter's "alerts": who is told of what, and when. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/charter_read.h"
#include "policy/watch.h"

static const bool of_class[] = {
#define W(sym, name, ends, of_class, words, remedy) of_class,
	WATCHES(W)
#undef W
};

static int
build_watch(struct reading *r, const json_t *j, struct alert_rule *ret)
{
	const json_t *list = json_object_get(j, "watch"), *one;
	size_t i, mark = path_down(r, "watch");
	int w;

	json_array_foreach(list, i, one) {
		w = watch_from_name(json_string_value(one));
		if (w < 0)
			TRY(note(r, FIND_VALUE, "nothing called \"%.64s\" is "
			    "watched", json_string_value(one)));
		else if ((ret->watches >> w & 1) != 0)
			TRY(note(r, FIND_DUPLICATE, "%s is named twice",
			    watch_name((enum watch)w)));
		else
			ret->watches |= 1u << w;
	}
	path_up(r, mark);
	return 0;
}

/* Of what has no class, no class can be asked. */
static int
build_class(struct reading *r, const json_t *j, struct alert_rule *ret)
{
	const json_t *list = json_object_get(j, "class"), *one;
	size_t i, mark = path_down(r, "class");
	void *mem;

	TRY(charter_alloc(r->c, json_array_size(list), sizeof(*ret->class),
	    &mem, r->err));
	ret->class = mem;
	json_array_foreach(list, i, one) {
		ret->class[ret->class_n++] = json_string_value(one);
		if (charter_class(r->c, json_string_value(one)) == NULL)
			TRY(note(r, FIND_UNKNOWN_NAME, "there is no class "
			    "\"%.64s\"", json_string_value(one)));
	}
	for (int w = 0; list != NULL && w < WATCH__N; w++)
		if ((ret->watches >> w & 1) != 0 && !of_class[w])
			TRY(note(r, FIND_NEVER_MATCHES, "%s is of no class",
			    watch_name((enum watch)w)));
	path_up(r, mark);
	return 0;
}

static int
longest_first(const void *a, const void *b)
{
	const time_us *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static int
build_before(struct reading *r, const json_t *j, struct alert_rule *ret)
{
	const json_t *list = json_object_get(j, "before"), *one;
	size_t i, mark = path_down(r, "before");
	bool ends = false;

	for (int w = 0; w < WATCH__N; w++)
		ends = ends || ((ret->watches >> w & 1) != 0 &&
		    watch_ends((enum watch)w));
	if (list != NULL && !ends)
		TRY(note(r, FIND_NEVER_MATCHES, "before: nothing that it "
		    "watches has an end that is known beforehand"));
	json_array_foreach(list, i, one)
		TRY(duration_build(r, "before", json_string_value(one),
		    &ret->before[ret->before_n++]));
	qsort(ret->before, ret->before_n, sizeof(ret->before[0]),
	    longest_first);
	path_up(r, mark);
	return 0;
}

/* Nothing else has an age that the charter says. */
static int
build_every(struct reading *r, const json_t *j, struct alert_rule *ret)
{
	size_t mark = path_down(r, "every");

	if (json_object_get(j, "every") != NULL &&
	    (ret->watches >> WATCH_BACKUP & 1) == 0)
		TRY(note(r, FIND_NEVER_MATCHES, "it does not watch %s",
		    watch_name(WATCH_BACKUP)));
	path_up(r, mark);
	if (json_object_get(j, "every") == NULL)
		return 0;
	return duration_member(r, j, "every", &ret->every);
}

static int
build_times(struct reading *r, const json_t *j, struct alert_rule *ret)
{
	const json_t *up = json_object_get(j, "escalate");
	size_t mark;

	if (json_object_get(j, "after") != NULL)
		TRY(duration_member(r, j, "after", &ret->after));
	if (json_object_get(j, "repeat") != NULL)
		TRY(duration_member(r, j, "repeat", &ret->repeat));
	if (up == NULL)
		return 0;
	mark = path_down(r, "escalate");
	TRY(duration_member(r, up, "after", &ret->escalate));
	TRY(groups_build(r, up, "to", &ret->escalate_to));
	path_up(r, mark);
	return 0;
}

/* What earlier rules leave to this one. */
static bool
decides(const struct charter *c, const struct alert_rule *rule)
{
	for (int w = 0; w < WATCH__N; w++) {
		if ((rule->watches >> w & 1) == 0)
			continue;
		if (!of_class[w] && charter_alert(c, (enum watch)w, NULL) ==
		    rule)
			return true;
		for (size_t i = 0; of_class[w] && i < c->class_n; i++)
			if (charter_alert(c, (enum watch)w, c->class[i].name) ==
			    rule)
				return true;
	}
	return false;
}

static int
build_rule(struct reading *r, const json_t *j, const char *name,
    struct alert_rule *ret)
{
	size_t before = r->f->errors;

	*ret = alert_unsaid;
	ret->name = name;
	ret->watches = 0;
	TRY(build_watch(r, j, ret));
	TRY(build_class(r, j, ret));
	TRY(build_before(r, j, ret));
	TRY(build_every(r, j, ret));
	TRY(build_times(r, j, ret));
	TRY(groups_build(r, j, "tell", &ret->tell));
	r->c->alert_n++;
	if (r->f->errors == before && !decides(r->c, ret))
		return note(r, FIND_SHADOWED, "earlier ones, in the order of "
		    "their names, watch all of it");
	return 0;
}

int
charter_build_alerts(struct reading *r)
{
	const json_t *j = json_object_get(r->c->json, "alerts");
	size_t i, n, mark = path_down(r, "alerts"), inner;
	const char **names;
	void *mem;

	TRY(sorted_keys(r, j, &names, &n));
	TRY(charter_alloc(r->c, n, sizeof(*r->c->alert), &mem, r->err));
	r->c->alert = mem;
	for (i = 0; i < n; i++) {
		inner = path_down(r, names[i]);
		TRY(build_rule(r, json_object_get(j, names[i]), names[i],
		    &r->c->alert[i]));
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}
