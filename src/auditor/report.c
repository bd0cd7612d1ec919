/*
 * report - an audit's report, for people.
 *
 * Floor 7.
 */
#include <stdlib.h>

#include "auditor/auditor.h"
#include "base/json.h"
#include "base/text.h"

void
report_json(const json_t *report)
{
	char *text = json_pretty(report);

	if (text != NULL)
		fputs(text, stdout);
	free(text);
}

/* Text of the bundle, which may have been written to look like the report's. */
static void
line(const char *before, const char *text, FILE *to)
{
	fputs(before, to);
	text_spell(text, to);
	putc('\n', to);
}

static void
texts(const json_t *list, const char *before, FILE *to)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
		line(before, json_is_string(one) ? json_string_value(one) :
		    json_str(one, "what", json_str(one, "name", "?")), to);
}

static void
findings(const json_t *list, FILE *to)
{
	size_t i;
	json_t *one;

	if (json_array_size(list) == 0)
		return;
	fprintf(to, "\nFOUND WRONG: %zu\n", json_array_size(list));
	json_array_foreach((json_t *)(uintptr_t)list, i, one) {
		fprintf(to, "  %-18s", json_str(one, "code", "?"));
		if (json_object_get(one, "seq") != NULL)
			fprintf(to, " event %lld",
			    (long long)json_int(one, "seq", 0));
		if (json_object_get(one, "entry") != NULL)
			fprintf(to, " entry %lld",
			    (long long)json_int(one, "entry", 0));
		line("  ", json_str(one, "what", ""), to);
	}
}

static void
proven(const json_t *r, FILE *to)
{
	const json_t *checked = json_object_get(r, "checked");
	const json_t *entries = json_object_get(r, "entries");
	size_t i;
	json_t *one;

	fprintf(to, "\nProven\n  %lld events from %lld on are in the signed "
	    "tree of %lld\n", (long long)json_int(r, "events", 0),
	    (long long)json_int(r, "since", 0),
	    (long long)json_int(r, "size", 0));
	fprintf(to, "  %lld approvals and %lld signatures verify, %lld "
	    "decisions come out the same\n",
	    (long long)json_int(checked, "approvals", 0),
	    (long long)json_int(checked, "signatures", 0),
	    (long long)json_int(checked, "decisions", 0));
	if (json_int(checked, "certificates", 0) > 0)
		fprintf(to, "  %lld certificates are what profile, request and "
		    "authority make\n", (long long)json_int(checked,
		    "certificates", 0));
	fprintf(to, "  journal entries %lld to %lld are all shown%s\n",
	    (long long)json_int(entries, "first", 0),
	    (long long)json_int(entries, "shown",
	    json_int(entries, "last", 0)), json_array_size(json_object_get(
	    entries, "holes")) > 0 ? ", but for what a restore left out" : "");
	json_array_foreach(json_object_get(r, "seen"), i, one)
		if (!json_is_null(json_object_get(one, "ok")))
			fprintf(to, "  %s: %s\n", json_str(one, "name", "?"),
			    json_flag(one, "ok", false) ?
			    "is part of this ledger" :
			    "IS NOT part of this ledger");
}

static void
asserted(const json_t *r, FILE *to)
{
	const json_t *facts = json_object_get(r, "asserted");
	const char *name;
	json_t *n;

	if (json_object_size(facts) > 0)
		fputs("\nOnly asserted, by the service or a caller\n", to);
	json_object_foreach((json_t *)(uintptr_t)facts, name, n)
		fprintf(to, "  %-28s %lld times\n",
		    text_shown(name, TEXT_CUT).at,
		    (long long)json_integer_value(n));
	if (json_array_size(json_object_get(r, "not_exclusive")) > 0)
		fputs("\nKeys that others may hold too\n", to);
	texts(json_object_get(r, "not_exclusive"), "  ", to);
}

void
report_bundle(const json_t *r, FILE *to)
{
	bool ok = json_flag(r, "ok", false);

	fputs(ok ? "VERIFIED\n" : "NOT VERIFIED\n", to);
	line("  house        ", json_str(r, "house", "?"), to);
	line("  fingerprint  ", json_str(r, "fingerprint", "?"), to);
	if (json_str(r, "charter", NULL) != NULL)
		fprintf(to, "  charter      %s\n", json_str(r, "charter", ""));
	findings(json_object_get(r, "findings"), to);
	if (ok)
		proven(r, to);
	asserted(r, to);
	if (json_array_size(json_object_get(r, "unchecked")) > 0)
		fputs("\nUnchecked\n", to);
	texts(json_object_get(r, "unchecked"), "  ", to);
	if (json_array_size(json_object_get(r, "cannot_exclude")) > 0)
		fputs("\nCannot be excluded\n", to);
	texts(json_object_get(r, "cannot_exclude"), "  ", to);
	if (json_object_get(r, "replay") != NULL)
		fprintf(to, "\nThe live tables are %s\n", json_flag(
		    json_object_get(r, "replay"), "ok", false) ?
		    "what the ledger makes of them" : "NOT what the ledger "
		    "makes of them; --json lists the rows");
}
