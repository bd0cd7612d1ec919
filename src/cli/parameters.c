/*
 * parameters - what a request asks for, in full.
 *
 * Floor 7.  Titles are for the members that people look for; what has none is
 * printed all the same, so that nothing is signed that was not shown.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/parameters.h"
#include "cli/table.h"

#define PATH	200	/* octets of a path that are shown */

static const struct table_row TITLES[] = {
	{ "key", "key_name" }, { "key hash", "key" },
	{ "name", "name" }, { "class", "class" },
	{ "algorithm", "algorithm" }, { "scheme", "scheme" },
	{ "environment", "environment" }, { "products", "products" },
	{ "product", "product" }, { "version", "version" },
	{ "track", "track" },
	{ "digest", "digest.value" }, { "digest by", "digest.algorithm" },
	{ "claim", "claims" }, { "note", "note" }, { "attempt", "attempt" },
	{ "since", "since" }, { "why", "reason" }, { "by", "by" },
	{ "uses", "uses" }, { "from", "from" }, { "until", "until" },
	{ "digests", "digests" }, { "ANY DIGEST", "any_digest" },
	{ "window", "window" }, { "principal", "principal" },
	{ "type", "type" }, { "label", "label" },
	{ "credential", "credential" }, { "valid until", "expires" },
	{ "authority", "ca" }, { "profile", "profile" },
	{ "subject", "subject" }, { "certified key", "spki" },
	{ "ends", "not_after" },
	{ "certificates", "selection.certificates" },
	{ "before event", "selection.through" },
	{ "of profile", "filter.profile" }, { "of devices", "filter.device" },
	{ "up to", "filter.device_last" }, { "for key", "filter.spki" },
	{ "asked by", "filter.by" }, { "of batch", "filter.batch" },
	{ "issued since", "filter.issued_since" },
	{ "issued before", "filter.issued_before" },
	{ "expired too", "filter.expired" }, { "serials", "serials" },
	{ "cause", "cause" }, { "invalid since", "invalid_since" },
	{ "certificate", "certificate" }, { "list before", "crl" },
	{ "lists above", "crl_number" }, { "its only list", "only_list" },
	{ "authority", "issuer_name" }, { "its certificate", "authority" },
	{ "list", "list" }, { "its number", "number" }, { "of", "this_update" },
	{ "good until", "next_update" }, { "entries", "entries" },
	{ "new charter", "charter" }, { "in place of", "previous" },
};

static void
scalar(const json_t *v)
{
	if (json_is_string(v))
		text_spell(json_string_value(v), stdout);
	else if (json_is_integer(v))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		fputs(json_is_boolean(v) ? json_is_true(v) ? "true" : "false" :
		    "null", stdout);
}

/* One row of a list on one line: "CN = Root", "key_name fw, key 3f5d...". */
static void
row(const json_t *v)
{
	const char *name;
	size_t i;
	json_t *one;

	if (!json_is_object(v) && !json_is_array(v))
		scalar(v);
	json_array_foreach((json_t *)(uintptr_t)v, i, one) {
		fputs(i == 0 ? "" : json_array_size(v) == 2 ? " = " : ", ",
		    stdout);
		row(one);
	}
	i = 0;
	json_object_foreach((json_t *)(uintptr_t)v, name, one) {
		printf("%s%s ", i++ == 0 ? "" : ", ", text_shown(name,
		    PATH).at);
		row(one);
	}
}

static void
title_put(const char *title)
{
	printf("%-14s ", text_shown(title, PATH).at);
}

void
parameters_line(const char *title, const char *text)
{
	title_put(title);
	text_spell(text, stdout);
	putchar('\n');
}

/* What a caller says is not what anybody knows. */
static void
claims(const json_t *all)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)all, name, v) {
		title_put("claim");
		printf("%s = ", text_shown(name, PATH).at);
		row(v);
		puts("  (asserted by the caller)");
	}
}

static const char *
title_of(const char *path)
{
	for (size_t i = 0; i < NELEM(TITLES); i++)
		if (strcmp(TITLES[i].path, path) == 0)
			return TITLES[i].title;
	return NULL;
}

static void walk(const char *path, const json_t *o, bool titled);

/* What has a title was printed before what has none. */
static void
value(const char *path, const json_t *v, bool titled)
{
	const char *title = title_of(path);
	size_t i;
	json_t *one;

	if (title == NULL && json_object_size(v) > 0) {
		walk(path, v, titled);
		return;
	}
	if ((title != NULL) != titled)
		return;
	if (strcmp(path, "claims") == 0) {
		claims(v);
		return;
	}
	if (title == NULL)
		title = path;
	if (!json_is_array(v) || json_array_size(v) == 0) {
		title_put(title);
		fputs(json_is_array(v) ? "none" : "", stdout);
		row(v);
		putchar('\n');
	}
	json_array_foreach((json_t *)(uintptr_t)v, i, one) {
		title_put(title);
		row(one);
		putchar('\n');
	}
}

static void
walk(const char *path, const json_t *o, bool titled)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, name, v) {
		char below[PATH];

		/* A name with a dot is not the member that a title is for. */
		snprintf(below, sizeof(below), "%s%s%s%s", path, path[0] !=
		    '\0' ? "." : "", strchr(name, '.') != NULL ? "?" : "",
		    name);
		value(below, v, titled);
	}
}

void
parameters_print(const json_t *parameters)
{
	for (size_t i = 0; i < NELEM(TITLES); i++) {
		const json_t *v = table_member(parameters, TITLES[i].path);

		if (v != NULL)
			value(TITLES[i].path, v, true);
	}
	walk("", parameters, false);
}
