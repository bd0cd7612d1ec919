/*
 * inventory_end - what would end each right that a key gives, as a table: what to
 * type here, and whom to ask for what is elsewhere.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "cli/inventory.h"

static const struct table_row ENDS[] = {
	{ "TO END", "what" }, { "COMMAND", "command" }, { "RULE", "rule" },
	{ "BY", "by" }, { "APPROVALS", "quorum" },
};

/* What to type for each action that ends something. */
static const struct {
	const char *action, *before, *behind;
} COMMANDS[] = {
	{ "key.suspend", "key suspend ", "" },
	{ "key.deactivate", "key deactivate ", "" },
	{ "key.compromise", "key compromise ", " --since TIME" },
	{ "key.destroy", "key destroy ", "" },
	{ "key.unregister", "key unregister ", "" },
	{ "window.close", "window close ", "" },
	{ "ca.retire", "ca retire ", "" },
	{ "cert.revoke", "cert revoke ", " --reason REASON --yes" },
};

static int
command_set(json_t *row, const char *action, const char *name, struct err *err)
{
	AUTO(blob) *line = blob_new();

	if (line == NULL)
		return err_set(err, ENOMEMORY, "a command");
	for (size_t i = 0; i < NELEM(COMMANDS); i++)
		if (strcmp(COMMANDS[i].action, action) == 0)
			TRY(blob_printf(line, err, "claviger %s%s%s",
			    COMMANDS[i].before, name, COMMANDS[i].behind));
	return json_set_str(row, "command", blob_str(line), err);
}

/* ---- what is done elsewhere ---- */

/* Whom to ask, and what for. */
static int
outside_words(const json_t *way, const char *name, struct blob *w,
    struct err *err)
{
	const char *what = json_str(way, "outside", ""),
	    *at = json_str(way, "at", "?"),
	    *by = json_str(way, "custodian", NULL);

	if (strcmp(what, "destroy") == 0)
		return by != NULL ? blob_printf(w, err, "(ask %s to destroy "
		    "it: %s)", by, at) : blob_printf(w, err, "(have it "
		    "destroyed: %s)", at);
	if (strcmp(what, "revoke") == 0)
		return blob_printf(w, err, "(ask %s to revoke %.16s...)",
		    json_str(way, "issuer", "?"), name);
	if (strcmp(what, "remove") == 0)
		return blob_printf(w, err, "(remove %s, and scan again)", at);
	return blob_printf(w, err, "(give %lld of them another key)",
	    (long long)json_int(way, "devices", 0));
}

static int
outside_put(const json_t *way, const char *what, const char *name,
    json_t *all, struct err *err)
{
	AUTO(blob) *words = blob_new();
	json_t *row;

	if (words == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(outside_words(way, name, words, err));
	TRY(json_build(&row, err, "{s:s, s:s, s:s*}", "what",
	    json_object_get(way, "devices") != NULL ? "in devices" : what,
	    "command", blob_str(words), "by", json_str(way, "owner", NULL)));
	return json_array_append_new(all, row) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

/* ---- what is done here ---- */

/* A row for each rule that allows it; one without where none does. */
static int
way_put(const json_t *way, const char *what, const char *name, json_t *all,
    struct err *err)
{
	json_t *rules = json_object_get(way, "rules"), *row;
	size_t i = 0, n = json_array_size(rules);

	do {
		row = i < n ? json_incref(json_array_get(rules, i)) :
		    json_object();
		if (json_array_append_new(all, row) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
		if (n > 0)
			TRY(quorum_set(row, err));
		else
			TRY(json_set_str(row, "rule", "(no rule allows it)",
			    err));
		TRY(json_set_str(row, "what", what, err));
		TRY(command_set(row, json_str(way, "action", ""), name, err));
	} while (++i < n);
	return 0;
}

static int
ways_put(const json_t *part, const char *what, const char *name, json_t *all,
    struct err *err)
{
	const json_t *way;
	size_t i;

	json_array_foreach(json_object_get(part, "end"), i, way)
		TRY(json_object_get(way, "outside") != NULL ?
		    outside_put(way, what, json_str(part, name, "?"), all,
		    err) :
		    way_put(way, strcmp(json_str(way, "action", ""),
		    "key.unregister") == 0 ? "its entry alone" : what,
		    json_str(part, name, "?"), all, err));
	return 0;
}

static int
ways_of(const json_t *parts, const char *what, const char *name, json_t *all,
    struct err *err)
{
	const json_t *part;
	size_t i;

	json_array_foreach(parts, i, part)
		TRY(ways_put(part, what, name, all, err));
	return 0;
}

int
inventory_ends_print(const json_t *view, struct err *err)
{
	const json_t *key = json_object_get(view, "key");
	AUTO_JSON *all = json_array();

	if (all == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(ways_put(key, "the key", "name", all, err));
	TRY(ways_of(json_object_get(view, "windows"), "a window", "id", all,
	    err));
	TRY(ways_of(json_object_get(key, "authorities"), "an authority",
	    "name", all, err));
	TRY(ways_of(json_object_get(key, "certificates"), "a certificate",
	    "id", all, err));
	TRY(ways_of(json_object_get(key, "copies"), "a copy", "id", all, err));
	return parts_list(all, NULL, ROWS(ENDS), err);
}
