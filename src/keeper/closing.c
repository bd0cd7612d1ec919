#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "keeper/closing.h"

void
closings_done(struct closings *c)
{
	map_done(&c->all, free);
}

const struct closing *
closing_find(const struct closings *c, const char *window)
{
	struct sha256 name;

	if (c->all.n == 0)
		return NULL;	/* as a rule: a signature need not hash for it */
	name = sha256_of(window, strlen(window));
	return map_get(&c->all, &name);
}

static int
closing_new(const struct closings *c, const char *window, struct err *err)
{
	return closing_find(c, window) == NULL ? 0 : err_set(err, ECONFLICT,
	    "window %s is closed already", window);
}

int
closing_check(struct closings *c, const char *window, time_us now,
    struct err *err)
{
	TRY(closing_new(c, window, err));
	if (c->all.n >= CLOSINGS_MOST)
		closings_forget(c, now);
	if (c->all.n >= CLOSINGS_MOST)
		return err_set(err, ECONFLICT, "%zu windows that have not "
		    "ended are closed already: suspend this one's keys",
		    c->all.n);
	return 0;
}

int
closing_put(struct closings *c, const char *window, time_us until,
    struct err *err)
{
	struct closing *one;

	TRY(closing_new(c, window, err));
	if (strlen(window) >= sizeof(one->id))
		return err_set(err, ERANGE_, "a window's id is too long");
	one = calloc(1, sizeof(*one));
	if (one == NULL)
		return err_set(err, ENOMEMORY, "for a closing");
	one->name = sha256_of(window, strlen(window));
	(void)snprintf(one->id, sizeof(one->id), "%s", window);
	one->until = until;
	if (map_put(&c->all, one, err) != 0) {
		free(one);
		return -ENOMEMORY;
	}
	return 0;
}

/* Removing moves others, so one is removed and the walk begins again behind. */
static bool
forget_one(struct closings *c, time_us now, size_t *at)
{
	struct closing *one;

	while ((one = map_each(&c->all, at)) != NULL) {
		if (one->until >= now)
			continue;
		map_remove(&c->all, &one->name);
		free(one);
		return true;
	}
	return false;
}

void
closings_forget(struct closings *c, time_us now)
{
	size_t at = 0;

	while (forget_one(c, now, &at))
		at--;
}

int
closings_json(const struct closings *c, json_t *into, struct err *err)
{
	json_t *all = json_array(), *o;
	const struct closing *one;
	size_t at = 0;

	TRY(json_set_new(into, "closings", all, err));
	while ((one = map_each(&c->all, &at)) != NULL) {
		TRY(json_build(&o, err, "{s:s, s:I}", "window", one->id,
		    "until", (json_int_t)one->until));
		if (json_array_append_new(all, o) != 0)
			return err_set(err, ENOMEMORY, "for the snapshot");
	}
	return 0;
}

int
closings_load(struct closings *c, const json_t *from, struct err *err)
{
	const char *window;
	const json_t *o;
	int64_t until;
	size_t i;

	json_array_foreach(json_object_get(from, "closings"), i, o) {
		TRY(json_need_str(o, "window", &window, err));
		TRY(json_need_int(o, "until", &until, err));
		TRY(closing_put(c, window, until, err));
	}
	return 0;
}
