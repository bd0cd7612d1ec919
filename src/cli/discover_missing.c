/*
 * discover_missing - keys that the inventory says are in a token, and that a look
 * at all of it does not show.
 *
 * Floor 7.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/discover.h"
#include "cli/request.h"
#include "hsm/uri.h"

#define ENTRIES		"/v1/keys?elsewhere=true&state=registered&limit=1000"

/* ---- where it was told of ---- */

static int
label_place(const struct scan_token *t, json_t *to, struct err *err)
{
	AUTO(blob) *place = blob_new();

	if (place == NULL)
		return err_set(err, ENOMEMORY, "a place");
	TRY(blob_puts(place, "pkcs11:token=", err));
	TRY(place_put(place, t->label, "", err));
	return json_array_append_new(to, json_string(blob_str(place))) == 0 ?
	    0 : err_set(err, ENOMEMORY, "a place");
}

/* Of a token that was made anew what its serial number was before is gone, too. */
int
scan_places(const struct scan *s, json_t **ret, struct err *err)
{
	AUTO_JSON *places = json_array();

	if (places == NULL)
		return err_set(err, ENOMEMORY, "places");
	if (s->token != NULL && s->token->alone && !s->full)
		TRY(label_place(s->token, places, err));
	else if (json_array_extend(places, s->looked) != 0)
		return err_set(err, ENOMEMORY, "places");
	*ret = TAKE(places);
	return 0;
}

/* ---- what is meant ---- */

/* Is it of this token, or of one before it? */
static bool
is_here(const struct scan_token *t, const struct hsm_uri_said *said)
{
	bool label = strcmp(said->label, t->label) == 0,
	    serial = strcmp(said->serial, t->serial) == 0;

	if (said->label[0] != '\0' && !label)
		return false;
	return serial || (label && (said->serial[0] == '\0' || t->alone));
}

/* As discover_token puts the same of an object. */
static int
object_put(const struct hsm_uri_said *said, struct blob *ret, struct err *err)
{
	if (said->id_octets > 0)
		TRY(blob_puts(ret, ";id=", err));
	for (size_t i = 0; i < said->id_octets; i++)
		TRY(blob_printf(ret, err, "%%%02X", said->id[i]));
	if (said->object[0] == '\0')
		return 0;
	TRY(blob_puts(ret, ";object=", err));
	return place_put(ret, said->object, "", err);
}

/* One attribute of a place, with the ; before it, to its end. */
static bool
has_part(const char *place, const char *name, const char *value)
{
	const char *at = strstr(place, name);
	size_t n = 1 + strcspn(value + 1, ";");

	return at != NULL && strncmp(at, value, n) == 0 && at[n] == ';';
}

/* By its public key where that is known of both; else by its name. */
static bool
is_it(const json_t *thing, const char *print, const char *object)
{
	const char *place = json_str(thing, "place", ""),
	    *is = json_str(thing, "fingerprint", NULL),
	    *id = strstr(object, ";id="), *label = strstr(object, ";object=");

	if (strcmp(json_str(thing, "kind", ""), "token-key") != 0)
		return false;
	if (is != NULL && print != NULL)
		return strcmp(is, print) == 0;
	if (id == NULL && label == NULL)
		return false;
	return (id == NULL || has_part(place, ";id=", id)) &&
	    (label == NULL || has_part(place, ";object=", label));
}

static bool
is_seen(const struct scan *s, const char *print, const char *object)
{
	const char *id;
	const json_t *one;

	json_object_foreach(s->found, id, one)
		if (json_object_get(one, "entry") == NULL &&
		    is_it(one, print, object))
			return true;
	return false;
}

static const json_t *
told_of(const json_t *told, const char *entry)
{
	const json_t *one;
	size_t i;

	json_array_foreach(told, i, one)
		if (strcmp(json_str(one, "entry", ""), entry) == 0)
			return one;
	return NULL;
}

/* Was it seen there before, under whichever serial number?  Then that is gone. */
static bool
was_seen(const json_t *told, const char *print)
{
	const json_t *one;
	size_t i;

	json_array_foreach(told, i, one)
		if (json_object_get(one, "entry") == NULL &&
		    strcmp(json_str(one, "kind", ""), "token-key") == 0 &&
		    strcmp(json_str(one, "fingerprint", ""), print) == 0)
			return true;
	return false;
}

/* ---- one entry ---- */

static int
missing_put(struct scan *s, const json_t *entry, const char *object,
    const char *form, struct err *err)
{
	const char *print = json_str(entry, "hash", NULL);
	AUTO_JSON *o = NULL;
	char place[DISCOVER_PLACE + 1];

	(void)snprintf(place, sizeof(place), "%s%s;type=private",
	    s->token->top, object);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s*}", "kind",
	    "token-key", "form", form, "place", place, "entry", json_str(entry,
	    "name", ""), "fingerprint", print));
	if (print == NULL)
		TRY(json_set_int(o, "n", 1, err));
	return scan_put(s, TAKE(o), err);
}

static int
entry_look(struct scan *s, const json_t *entry, const json_t *told,
    struct err *err)
{
	const char *at = json_str(entry, "at", ""),
	    *print = json_str(entry, "hash", NULL);
	AUTO(blob) *object = blob_new();
	struct hsm_uri_said said;
	struct err why;

	if (object == NULL)
		return err_set(err, ENOMEMORY, "an object");
	/* Where it is may be said in any words; these name no token. */
	if (!hsm_uri_is(at) || hsm_uri_read(at, &said, &why) != 0 ||
	    !is_here(s->token, &said))
		return 0;
	TRY(object_put(&said, object, err));
	if (object->len == 0 && print == NULL)
		return 0;
	if (is_seen(s, print, object->len > 0 ? blob_str(object) : ""))
		return told_of(told, json_str(entry, "name", "")) == NULL ? 0 :
		    missing_put(s, entry, blob_str(object), "seen", err);
	if (print != NULL && was_seen(told, print))
		return 0;
	s->missing++;
	/* One that was missing before, or seen again since, is so still, or gone. */
	if (told_of(told, json_str(entry, "name", "")) != NULL)
		return 0;
	return missing_put(s, entry, blob_str(object), "missing", err);
}

static int
entries_page(struct cli *cli, const char *cursor, json_t **ret,
    struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, ENTRIES));
	rc = path_add(&path, "cursor", cursor, err);
	if (rc == 0)
		rc = cli_get(cli, ret, err, path);
	free(path);
	return rc;
}

int
scan_missing(struct cli *cli, struct scan *s, const json_t *told,
    struct err *err)
{
	AUTO_JSON *page = NULL;
	const json_t *one;
	size_t i;

	if (s->token == NULL || s->full)
		return 0;
	do {
		json_t *next = NULL;

		TRY(entries_page(cli, json_str(page, "next", NULL), &next,
		    err));
		json_decref(page);
		page = next;
		json_array_foreach(json_object_get(page, "keys"), i, one)
			TRY(entry_look(s, one, told, err));
	} while (json_object_get(page, "next") != NULL);
	return 0;
}
