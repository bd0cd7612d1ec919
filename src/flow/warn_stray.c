/* warn_stray - what the house's own token and its register do not agree about. */
#include <stdio.h>
#include "base/text.h"
#include "flow/strays.h"
#include "flow/warn.h"

static int
stray_found(struct look *l, const json_t *one, struct err *err)
{
	struct text_cut label = text_cut(json_str(one, "label", ""), 64);
	char subject[ALERT_SUBJECT], what[TEXT_CUT + 100];
	json_t *about;

	(void)snprintf(subject, sizeof(subject), "stray %.64s", json_str(one,
	    "id", ""));
	(void)snprintf(what, sizeof(what), "the token holds an object that is no "
	    "key of the house, labelled \"%s\"", label.at);
	TRY(json_build(&about, err, "{s:s, s:O, s:s}", "name", label.at, "id",
	    json_object_get(one, "id"), "what", what));
	return look_found(l, WATCH_FINDING, subject, 0, 0, about, err);
}

static int
absent_found(struct look *l, const json_t *one, struct err *err)
{
	char subject[ALERT_SUBJECT], what[160];
	json_t *about;

	(void)snprintf(subject, sizeof(subject), "absent %.64s", json_str(one,
	    "key", ""));
	(void)snprintf(what, sizeof(what), "the token holds the key %.65s no "
	    "more", json_str(one, "name", ""));
	TRY(json_build(&about, err, "{s:O, s:O, s:s}", "name",
	    json_object_get(one, "name"), "key", json_object_get(one, "key"),
	    "what", what));
	return look_found(l, WATCH_FINDING, subject, 0, 0, about, err);
}

int
look_strays(struct look *l, struct err *err)
{
	AUTO_JSON *told = strays_told(l->flow);
	const json_t *one;
	size_t i;

	if (told == NULL) {
		look_not_whole(l, WATCH_FINDING, 1);
		return 0;
	}
	json_array_foreach(json_object_get(told, "strays"), i, one)
		TRY(stray_found(l, one, err));
	json_array_foreach(json_object_get(told, "absent"), i, one)
		TRY(absent_found(l, one, err));
	return 0;
}
