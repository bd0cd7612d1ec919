/*
 * discover_scan - what a scan has found, and where it has looked.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ca/tbs.h"
#include "cli/discover.h"

int
scan_init(struct scan *s, struct err *err)
{
	*s = (struct scan){ .found = json_object(), .looked = json_array(),
	    .passed = json_array(), .most = DISCOVER_MOST };
	return s->found != NULL && s->looked != NULL && s->passed != NULL ? 0 :
	    err_set(err, ENOMEMORY, "a scan");
}

void
scan_done(struct scan *s)
{
	json_decref(s->found);
	json_decref(s->looked);
	json_decref(s->passed);
	if (s->token != NULL)
		free(s->token->top);
	free(s->token);
}

/* The service makes the same of it: what it is, and where. */
static int
id_of(const json_t *finding, char ret[SHA256_HEX], struct err *err)
{
	AUTO_JSON *which = NULL;
	struct sha256 h;

	TRY(json_build(&which, err, "{s:O, s:O, s:O*, s:O*, s:O*}", "kind",
	    json_object_get(finding, "kind"), "place",
	    json_object_get(finding, "place"), "encrypted",
	    json_object_get(finding, "encrypted"), "fingerprint",
	    json_object_get(finding, "fingerprint"), "n",
	    json_object_get(finding, "n")));
	TRY(json_hash(which, &h, err));
	sha256_hex(&h, ret);
	return 0;
}

int
scan_put(struct scan *s, json_t *finding, struct err *err)
{
	char id[SHA256_HEX];
	int rc = id_of(finding, id, err);
	bool room = json_object_size(s->found) < s->most;

	if (rc == 0 && (room || json_object_get(s->found, id) != NULL))
		return json_set_new(s->found, id, finding, err);
	s->full = s->full || rc == 0;
	json_decref(finding);
	return rc;
}

/* One that the service can read goes with its octets, to be entered later. */
int
scan_der(json_t *o, struct span der, struct err *err)
{
	struct err why;
	struct cert c;

	if (cert_read_other(der.p, der.n, &c, &why) != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY,
		    "a certificate") : 0;
	return json_set_b64(o, "der", der.p, der.n, err);
}

static int
item_put(json_t *o, const struct trove_item *item, struct err *err)
{
	if (item->known)
		TRY(json_set_hash(o, "fingerprint", &item->print, err));
	else
		TRY(json_set_int(o, "n", (int64_t)item->n, err));
	if (item->algorithm != NULL)
		TRY(json_set_str(o, "algorithm", item->algorithm, err));
	if (item->kind == TROVE_PRIVATE)
		TRY(json_set_new(o, "encrypted", json_boolean(
		    item->encrypted), err));
	return item->kind == TROVE_CERTIFICATE ? scan_der(o, item->der, err) :
	    0;
}

int
scan_item(struct scan *s, const char *place, const struct trove_item *item,
    struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s, s:s}", "kind",
	    trove_name(item->kind), "form", item->form, "place", place));
	TRY(item_put(o, item, err));
	return scan_put(s, TAKE(o), err);
}

int
scan_looked(struct scan *s, const char *place, struct err *err)
{
	return json_array_append_new(s->looked, json_string(place)) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a place");
}

int
scan_passed(struct scan *s, const char *place, const char *why,
    struct err *err)
{
	json_t *one;

	TRY(json_build(&one, err, "{s:s, s:s}", "place", place, "why", why));
	return json_array_append_new(s->passed, one) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "a place");
}

int
scan_end(struct scan *s, struct err *err)
{
	char why[80];
	const json_t *one;
	size_t i;

	if (!s->full)
		return 0;
	(void)snprintf(why, sizeof(why), "more than %zu things were found: "
	    "look at less at a time", s->most);
	json_array_foreach(s->looked, i, one)
		TRY(scan_passed(s, json_string_value(one), why, err));
	return 0;
}

bool
scan_left(const struct scan *s, const char *place)
{
	const json_t *one;
	size_t i, n;

	json_array_foreach(s->passed, i, one) {
		const char *top = json_str(one, "place", "");

		n = strlen(top);
		if (strncmp(place, top, n) == 0 && (place[n] == '\0' ||
		    place[n] == '/' || place[n] == ';' || (n > 0 &&
		    top[n - 1] == '/')))
			return true;
	}
	return false;
}

int
place_put(struct blob *ret, const char *text, const char *also,
    struct err *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text != '\0'; text++)
		TRY(strchr(plain, *text) != NULL || strchr(also, *text) !=
		    NULL ? blob_put(ret, text, 1, err) :
		    blob_printf(ret, err, "%%%02X", (unsigned char)*text));
	return 0;
}
