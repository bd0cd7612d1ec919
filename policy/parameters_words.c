/*
 * parameters_words - what askers write for people to read: one line each.
 *
 * Asked when a request is made, not when one is read: what was recorded before
 * stays readable, and whoever shows it escapes it (text_spell).
 */
#include "base/text.h"
#include "policy/parameters.h"
#include "policy/permit.h"

static const char *const word_members[] = { "note", "reason", "version",
	"label", "at", "custodian", "device" };

static int
line_check(const char *what, const char *name, const json_t *v,
    struct err *err)
{
	const char *text = json_string_value(v);

	for (; text != NULL && *text != '\0'; text++)
		if (text_control(text) != 0)
			return err_set(err, EINPUT, "/%s%s: a line break or "
			    "another control character: write one line of "
			    "plain text", what, name);
	return 0;
}

int
parameters_words_check(const json_t *p, struct err *err)
{
	const char *name;
	json_t *v;

	for (size_t i = 0; i < NELEM(word_members); i++)
		TRY(line_check("", word_members[i], json_object_get(p,
		    word_members[i]), err));
	json_object_foreach(json_object_get(p, "claims"), name, v)
		TRY(line_check("claims/", name, v, err));
	return 0;
}
