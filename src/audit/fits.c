/* fits - does what the service did alone fit what was asked? */
#include <string.h>
#include "audit/inside.h"
#include "base/b64.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, e->seq, 0, __VA_ARGS__)

/* The certificates that were asked for, or that part of them. */
static bool
serials_fit(const struct applied *e, const json_t *p)
{
	const json_t	*selection = json_object_get(p, "selection");
	const json_t	*parts = json_object_get(selection, "parts");
	const json_t	*serials = json_object_get(e->data, "serials");
	int64_t		 part = json_int(e->data, "part", 0);
	struct sha256	 h;
	char		 hex[SHA256_HEX];

	if (selection == NULL)
		return part == 0 && same_member(e->data, p, "serials");
	if (json_int(e->data, "parts", 0) != (int64_t)json_array_size(parts) ||
	    part < 1 || json_hash(serials, &h, NULL) != 0)
		return false;
	sha256_hex(&h, hex);
	return json_is_string(json_array_get(parts, (size_t)part - 1)) &&
	    strcmp(json_string_value(json_array_get(parts, (size_t)part - 1)),
	    hex) == 0;
}

/* Octets whose hash people saw. */
static bool
octets_fit(const json_t *text, const char *want)
{
	AUTO(blob)	*octets = blob_new();
	struct sha256	 h;
	char		 hex[SHA256_HEX];

	if (octets == NULL || !json_is_string(text) || want == NULL ||
	    b64_decode(json_string_value(text), octets, NULL) != 0)
		return false;
	h = sha256_of(octets->data, octets->len);
	sha256_hex(&h, hex);
	return strcmp(hex, want) == 0;
}

/* The list itself, or what was found in one that is too long to be here. */
static bool
list_fits(const json_t *data, const json_t *p)
{
	const char	*want = json_str(p, "changes", NULL);
	struct sha256	 h;
	char		 hex[SHA256_HEX];

	if (want == NULL)
		return octets_fit(json_object_get(data, "crl"), json_str(p,
		    "list", NULL));
	if (json_hash(json_object_get(data, "changes"), &h, NULL) != 0)
		return false;
	sha256_hex(&h, hex);
	return strcmp(hex, want) == 0;
}

/* Those whose hashes people saw, in that order. */
static bool
imported_fit(const struct applied *e, const json_t *p)
{
	const json_t	*asked = json_object_get(p, "certificates");
	const json_t	*list = json_object_get(e->data, "certificates"), *one;
	size_t		 i;

	if (json_array_size(list) != json_array_size(asked))
		return false;
	json_array_foreach(list, i, one)
		if (!octets_fit(one, json_string_value(json_array_get(asked,
		    i))))
			return false;
	return true;
}

void
result_fits(struct audit *a, const struct applied *e, const struct request *q)
{
	static const struct { enum event_kind kind; enum action action; } IS[] = {
		{ EVENT_WINDOW_OPENED, ACTION_WINDOW_OPEN },
		{ EVENT_CREDENTIAL_ISSUED, ACTION_CREDENTIAL_ISSUE },
		{ EVENT_CREDENTIAL_REVOKED, ACTION_CREDENTIAL_REVOKE },
		{ EVENT_CA_RETIRED, ACTION_CA_RETIRE },
		{ EVENT_CERT_REVOKED, ACTION_CERT_REVOKE },
		{ EVENT_CERT_HELD, ACTION_CERT_HOLD },
		{ EVENT_CERT_RELEASED, ACTION_CERT_RELEASE },
		{ EVENT_KEY_REGISTERED, ACTION_KEY_REGISTER },
		{ EVENT_KEY_CORRECTED, ACTION_KEY_CORRECT },
		{ EVENT_KEY_UNREGISTERED, ACTION_KEY_UNREGISTER },
		{ EVENT_CERT_IMPORTED, ACTION_CERT_IMPORT },
		{ EVENT_CRL_IMPORTED, ACTION_CRL_IMPORT },
		{ EVENT_DISCOVERY_REPORTED, ACTION_DISCOVERY_REPORT },
		{ EVENT_DISCOVERY_DISMISSED, ACTION_DISCOVERY_DISMISS },
		{ EVENT_DEVICE_IMPORTED, ACTION_DEVICE_IMPORT },
		{ EVENT_INSTALL_REPORTED, ACTION_INSTALL_REPORT },
		{ EVENT_DRILL_REPORTED, ACTION_DRILL_REPORT },
	};
	const json_t	*c = json_object_get(e->data, "credential");
	const json_t	*p = q->parameters;
	bool		 fits = true;

	for (size_t i = 0; i < NELEM(IS); i++)
		if (IS[i].kind == e->kind)
			fits &= IS[i].action == q->action;
	if (e->kind == EVENT_CREDENTIAL_ISSUED)
		fits &= strcmp(json_str(c, "principal", ""), json_str(p,
		    "principal", "-")) == 0 && strcmp(json_str(c, "hash", ""),
		    json_str(p, "hash", "-")) == 0 && strcmp(json_str(c, "type",
		    ""), json_str(p, "type", "-")) == 0 && strcmp(json_str(c,
		    "expires", ""), json_str(p, "expires", "-")) == 0 &&
		    same_member(c, p, "device");
	if (e->kind == EVENT_CREDENTIAL_REVOKED)
		fits &= strcmp(json_str(e->data, "credential", ""), json_str(p,
		    "credential", "-")) == 0;
	if (json_object_get(e->data, "ca") != NULL)
		fits &= same_member(e->data, p, "ca") &&
		    serials_fit(e, p) &&
		    same_member(e->data, p, "cause") &&
		    same_member(e->data, p, "invalid_since");
	if (e->kind == EVENT_CERT_IMPORTED)
		fits &= imported_fit(e, p);
	if (e->kind == EVENT_CRL_IMPORTED)
		fits &= list_fits(e->data, p);
	if (e->kind == EVENT_DISCOVERY_REPORTED)
		fits &= json_hashes(json_object_get(e->data, "found"),
		    json_object_get(p, "found"));
	if (e->kind == EVENT_DISCOVERY_DISMISSED)
		fits &= same_member(e->data, p, "finding") &&
		    strcmp(e->subject, json_str(p, "finding", "-")) == 0;
	if (strcmp(e->actor, q->requester) != 0)
		fits = false;
	if (!fits)
		WRONG(FINDING_REQUEST, "%s does not ask for this", q->id);
}
