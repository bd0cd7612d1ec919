/*
 * explain - the explanation of a decision, for people.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/explain.h"

void
explain_value(const json_t *v, FILE *to)
{
	size_t i;
	json_t *one;

	switch (json_typeof(v)) {
	case JSON_STRING:
		text_spell(json_string_value(v), to);
		break;
	case JSON_INTEGER:
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_TRUE:
		fputs("true", to);
		break;
	case JSON_FALSE:
		fputs("false", to);
		break;
	case JSON_ARRAY:
		json_array_foreach((json_t *)(uintptr_t)v, i, one) {
			fputs(i > 0 ? ", " : "", to);
			explain_value(one, to);
		}
		break;
	case JSON_OBJECT:
	case JSON_REAL:
	case JSON_NULL:
		fputs("-", to);
		break;
	}
}

/* Minutes since midnight are no time of day that people know. */
static void
fact_value(const char *name, const json_t *v, FILE *to)
{
	json_int_t minutes = json_integer_value(v);

	if (strcmp(name, "time.of-day") == 0 && json_is_integer(v))
		fprintf(to, "%02d:%02d", (int)(minutes / 60),
		    (int)(minutes % 60));
	else
		explain_value(v, to);
}

void
explain_facts(const json_t *facts, FILE *to)
{
	const char *name;
	json_t *fact;

	json_object_foreach((json_t *)(uintptr_t)facts, name, fact) {
		const json_t *value = json_object_get(fact, "value");

		fprintf(to, "    %-26s ", text_shown(name, 100).at);
		if (value != NULL)
			fact_value(name, value, to);
		fprintf(to, "  (%s)\n", json_str(fact, "from", "?"));
	}
}

void
explain_line(const char *title, const char *text, FILE *to)
{
	fprintf(to, "  %-9s", title);
	text_spell(text, to);
	fputc('\n', to);
}

static void
lines(const char *title, const json_t *list, FILE *to)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)list, i, one) {
		const char *text = json_is_string(one) ?
		    json_string_value(one) : json_str(one, "words", NULL);

		if (text != NULL)
			explain_line(i == 0 ? title : "", text, to);
	}
}

void
explain_print(const json_t *e, FILE *to)
{
	const json_t *facts = json_object_get(e, "facts");

	if (!json_is_object(e))
		return;
	if (json_str(e, "words", NULL) != NULL)
		explain_line("because", json_str(e, "words", ""), to);
	lines("checked", json_object_get(e, "checks"), to);
	lines("rules", json_object_get(e, "rules"), to);
	if (json_object_size(facts) > 0)
		fputs("  facts    and where each came from:\n", to);
	explain_facts(facts, to);
	lines("to pass", json_object_get(e, "would_pass"), to);
}

void
explain_change(const json_t *change, FILE *to)
{
	fputs(json_flag(change, "weaker", false) ? "! " : "- ", to);
	text_spell(json_str(change, "words", ""), to);
	fputc('\n', to);
}
