/* found_known - what the inventory has of a finding; see found.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "cert/found.h"
#include "cert/inside.h"

/* A private key in a file is as bad in the inventory as without: none is taken. */
int
found_taken(struct tx *tx, const char *kind, const char *print, bool *ret,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	struct sha256 h;

	*ret = false;
	if (print[0] == '\0' || strcmp(kind, "private-key") == 0)
		return 0;
	TRY(sha256_parse(print, &h, err));
	TRY(tx_query(tx, "finding_taken", PARAMS(v_text(kind), v_text(print),
	    v_hash(&h)), &r, err));
	return rows_next(r, ret, err);
}

int
found_entry_is(struct tx *tx, const char *name, bool *ret, struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(tx_query(tx, "elsewhere_key_named", PARAMS(v_text(name)), &r, err));
	TRY(rows_next(r, ret, err));
	*ret = *ret && strcmp(rows_text(r, "state"), "ended") != 0;
	return 0;
}

/* What is said of an entry has where it lives in it. */
static int
entry_put(const struct rows *r, json_t *of, struct err *err)
{
	const char *text = rows_text(r, "document");
	AUTO_JSON *said = NULL;

	TRY(json_read(text, strlen(text), &said, err));
	TRY(json_set_str(of, "key", rows_text(r, "name"), err));
	return json_set_str(of, "at", json_str(said, "at", ""), err);
}

static int
of_put(const struct rows *r, json_t *of, struct err *err)
{
	const char *what = rows_text(r, "what");

	if (strcmp(what, "elsewhere") == 0)
		return entry_put(r, of, err);
	if (strcmp(what, "certificate") == 0)
		return json_set_str(of, "certificate", rows_text(r, "name"),
		    err);
	TRY(json_set_str(of, "key", rows_text(r, "name"), err));
	return json_set_new(of, "house", json_true(), err);
}

size_t
found_source(const char *place)
{
	static const char *const object[] = { ";id=", ";object=", ";type=" };
	const char *end = strstr(place, "://");

	end = end != NULL ? strchr(end + 3, '/') : NULL;
	for (size_t i = 0; end == NULL && i < NELEM(object); i++)
		end = strstr(place, object[i]);
	return end != NULL ? (size_t)(end - place) : strlen(place);
}

int
found_absent_put(struct tx *tx, json_t *finding, struct err *err)
{
	const char *print = json_str(finding, "fingerprint", ""),
	    *place = json_str(finding, "place", "");
	char token[FOUND_PLACE + 1], label[FOUND_PLACE + 1];
	const char *serial;
	AUTO(rows) *r = NULL;
	AUTO_JSON *of = json_object();
	bool is;

	if ((print[0] == '\0' && json_object_get(finding, "entry") == NULL) ||
	    strcmp(json_str(finding, "kind", ""), "token-key") != 0 ||
	    strcmp(json_str(finding, "state", ""), "gone") != 0)
		return 0;
	(void)snprintf(token, sizeof(token), "%.*s",
	    (int)found_source(place), place);
	serial = strstr(token, ";serial=");
	(void)snprintf(label, sizeof(label), "%.*s", (int)(serial != NULL ?
	    (size_t)(serial - token) : strlen(token)), token);
	TRY(tx_query(tx, "finding_entry", PARAMS(v_text(print), v_text(token),
	    v_text(json_str(finding, "id", "")), v_text(label)), &r, err));
	TRY(rows_next(r, &is, err));
	if (!is)
		return 0;
	TRY(entry_put(r, of, err));
	TRY(json_set_str(finding, "state", "absent", err));
	return json_set_new(finding, "of", TAKE(of), err);
}

int
found_owner_put(struct tx *tx, json_t *finding, struct err *err)
{
	const char *print = json_str(finding, "fingerprint", "");
	AUTO(rows) *r = NULL;
	AUTO_JSON *of = json_object();
	struct sha256 h;
	bool is;

	if (print[0] == '\0' || strcmp(json_str(finding, "kind", ""),
	    "private-key") != 0)
		return 0;
	TRY(sha256_parse(print, &h, err));
	TRY(tx_query(tx, "finding_key", PARAMS(v_text(print), v_hash(&h)), &r,
	    err));
	TRY(rows_next(r, &is, err));
	if (!is)
		return 0;
	TRY(of_put(r, of, err));
	return json_set_new(finding, "of", TAKE(of), err);
}
