/* notify_charter - what an amendment would change, in the words of charter diff. */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "policy/charter.h"
#include "policy/diff.h"

#define CHANGES_MOST	20	/* told; more are counted */

static int
words_put(json_t *list, const json_t *change, struct err *err)
{
	struct text_cut words = text_cut(json_str(change, "words", ""),
	    TEXT_CUT);
	char text[TEXT_CUT + 16];

	(void)snprintf(text, sizeof(text), "%s%s", json_flag(change, "weaker",
	    false) ? "WEAKER: " : "", words.at);
	return json_array_append_new(list, json_string(text)) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a notice");
}

static int
changes_put(const json_t *changes, json_t *subject, struct err *err)
{
	json_t *list = json_array();
	const json_t *one;
	size_t i;

	TRY(json_set_new(subject, "changes", list, err));
	/* What weakens first: a notice is cut before they are all told. */
	for (int weaker = 1; weaker >= 0; weaker--)
		json_array_foreach(changes, i, one)
			if (json_flag(one, "weaker", false) == (weaker != 0) &&
			    json_array_size(list) < CHANGES_MOST)
				TRY(words_put(list, one, err));
	return json_array_size(changes) <= CHANGES_MOST ? 0 : json_set_int(
	    subject, "more_changes", (int64_t)(json_array_size(changes) -
	    CHANGES_MOST), err);
}

/* Against the charter that is in force as it is told: the one that it would follow. */
int
notify_charter(const struct charter *now, const json_t *view, json_t *about,
    struct err *err)
{
	const json_t *doc = json_object_get(view, "proposal");
	AUTO(charter) *next = NULL;
	AUTO_JSON *diff = NULL;
	struct findings found;
	struct err why;
	int rc;

	if (strcmp(json_str(about, "action", ""), "charter.amend") != 0 ||
	    doc == NULL)
		return 0;
	findings_init(&found);
	rc = charter_check_json(doc, &next, &found, &why);
	findings_done(&found);
	/* One that is none is told by its hash all the same. */
	if (rc != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY,
		    "a notice") : 0;
	TRY(charter_diff(now, next, &diff, err));
	return changes_put(json_object_get(diff, "changes"),
	    json_object_get(about, "subject"), err);
}
