/*
 * parameters_rows - one table per action: exactly these members,
 * doc/design/0001-formats.md.  What json_check cannot say (names, hashes, times)
 * is checked by parameters_spelling.c.
 */
#include "policy/parameters.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }
#define KEY_ROWS		S("key", true, 64), S("key_name", true, 64)

#define NEW_KEY_ROWS \
	S("name", true, 64), S("class", true, 64), S("algorithm", true, 16), \
	S("scheme", true, 24), S("environment", true, 64), \
	{ "products", WANT_STRINGS, true, 0, 64, "" }
static const struct json_row generate_rows[] = { NEW_KEY_ROWS };
static const struct json_row adopt_rows[] = {
	NEW_KEY_ROWS, S("object", true, 6 + 2 * 64), S("reason", false, 1000),
};
static const struct json_row change_rows[] = {
	KEY_ROWS, S("reason", false, 1000),
};
static const struct json_row compromise_rows[] = {
	KEY_ROWS, S("since", true, 27), S("reason", false, 1000),
};
static const struct json_row sign_rows[] = {
	KEY_ROWS, { "digest", WANT_OBJECT, true, 0, 0, "" },
	S("product", false, 64), S("version", false, 64),
	S("track", false, 64), { "claims", WANT_OBJECT, false, 0, 0, "" },
	S("note", false, 1000), { "attempt", WANT_INTEGER, false, 1, 1000000, "" },
};
static const struct json_row window_rows[] = {
	{ "keys", WANT_ARRAY, true, 1, 64, "" },
	{ "by", WANT_STRINGS, true, 1, 64, "" },
	{ "uses", WANT_INTEGER, true, 1, 100000000, "" },
	S("from", true, 27), S("until", true, 27),
	{ "digests", WANT_STRINGS, false, 1, 1024, "" },
	{ "any_digest", WANT_BOOL, false, 0, 0, "" },
	S("product", false, 64), S("track", false, 64), S("reason", false, 1000),
};
static const struct json_row close_rows[] = {
	S("window", true, 40), S("reason", false, 1000),
};
static const struct json_row amend_rows[] = {
	S("charter", true, 64), S("previous", true, 64),
	S("reason", false, 1000),
};
static const struct json_row issue_rows[] = {
	S("principal", true, 64), S("type", true, 16), S("label", false, 200),
	S("expires", true, 27), S("hash", true, 64), S("device", false, 64),
};
static const struct json_row drill_rows[] = {
	S("drilled", true, 27), S("reason", false, 1000),
};
static const struct json_row revoke_rows[] = {
	S("credential", true, 64), S("reason", false, 1000),
};
/* What the certificate will say: ca/ draws and checks the rest. */
#define CERT_ROWS \
	KEY_ROWS, S("profile", true, 64), S("spki", true, 64), \
	{ "subject", WANT_ARRAY, true, 0, 32, "" }, S("not_after", false, 27)
static const struct json_row cert_rows[] = {
	CERT_ROWS, S("ca", true, 64),
	{ "san", WANT_STRINGS, true, 0, 64, "" },
	S("device", false, 128), S("csr", false, 64), S("batch", false, 40),
	{ "reissue", WANT_BOOL, false, 0, 0, "" },
	{ "replaces", WANT_STRINGS, false, 1, 16, "" }, S("note", false, 1000),
};
static const struct json_row ca_rows[] = {
	CERT_ROWS, S("name", true, 64), S("subject_key_name", false, 64),
	S("csr", false, 64), S("issuer", false, 64), S("responder", false, 64),
	S("renews", false, 64), S("succeeds", false, 64),
	{ "path_length", WANT_INTEGER, false, 0, 16, "" },
	{ "name_constraints", WANT_OBJECT, false, 0, 2, "" },
	{ "urls", WANT_OBJECT, false, 0, 4, "" },
	{ "partitions", WANT_INTEGER, false, 1, 65536, "" },
	S("reason", false, 1000),
};
static const struct json_row request_rows[] = {
	KEY_ROWS, { "subject", WANT_ARRAY, true, 1, 32, "" },
	S("reason", false, 1000),
};
static const struct json_row import_rows[] = {
	KEY_ROWS, S("name", true, 64), S("certificate", true, 64),
	S("responder", false, 64), { "urls", WANT_OBJECT, true, 0, 4, "" },
	{ "partitions", WANT_INTEGER, true, 1, 65536, "" },
	S("crl", false, 64), S("crl_number", false, 40),
	{ "only_list", WANT_BOOL, false, 0, 0, "" },
	S("reason", false, 1000),
};
static const struct json_row ca_change_rows[] = {
	KEY_ROWS, S("ca", true, 64), S("reason", false, 1000),
};
static const struct json_row list_rows[] = {
	KEY_ROWS, S("ca", true, 64), S("reason", false, 1000),
	{ "partition", WANT_INTEGER, false, 0, 65535, "" },
};
static const struct json_row restore_rows[] = {
	{ "token", WANT_OBJECT, true, 0, 0, "" },
	{ "restored", WANT_OBJECT, true, 0, 0, "" },
	S("reason", true, 1000),
};

int
parameters_rows(enum action a, const struct json_row **ret, size_t *ret_n,
    struct err *err)
{
	switch (a) {
#define ROWS(t)	*ret = t; *ret_n = NELEM(t); return 0
	case ACTION_KEY_GENERATE:	ROWS(generate_rows);
	case ACTION_KEY_ADOPT:		ROWS(adopt_rows);
	case ACTION_KEY_ACTIVATE:
	case ACTION_KEY_SUSPEND:
	case ACTION_KEY_RESUME:
	case ACTION_KEY_DEACTIVATE:
	case ACTION_KEY_DESTROY:	ROWS(change_rows);
	case ACTION_KEY_COMPROMISE:	ROWS(compromise_rows);
	case ACTION_KEY_SIGN:		ROWS(sign_rows);
	case ACTION_WINDOW_OPEN:	ROWS(window_rows);
	case ACTION_WINDOW_CLOSE:	ROWS(close_rows);
	case ACTION_CHARTER_AMEND:	ROWS(amend_rows);
	case ACTION_CREDENTIAL_ISSUE:	ROWS(issue_rows);
	case ACTION_CREDENTIAL_REVOKE:	ROWS(revoke_rows);
	case ACTION_HOUSE_RESTORE:	ROWS(restore_rows);
	case ACTION_CA_CREATE:		ROWS(ca_rows);
	case ACTION_CA_REQUEST:		ROWS(request_rows);
	case ACTION_CA_IMPORT:		ROWS(import_rows);
	case ACTION_CA_RETIRE:		ROWS(ca_change_rows);
	case ACTION_CRL_SIGN:		ROWS(list_rows);
	case ACTION_OCSP_SIGN:		ROWS(change_rows);
	case ACTION_CERT_ISSUE:		ROWS(cert_rows);
	case ACTION_CERT_REVOKE:
	case ACTION_CERT_HOLD:
	case ACTION_CERT_RELEASE:	return change_rows_of(ret, ret_n);
	case ACTION_KEY_REGISTER:
	case ACTION_KEY_CORRECT:
	case ACTION_KEY_UNREGISTER:
	case ACTION_CERT_IMPORT:
	case ACTION_CRL_IMPORT:
	case ACTION_DISCOVERY_REPORT:
	case ACTION_DISCOVERY_DISMISS:
		return elsewhere_rows(a, ret, ret_n);
	case ACTION_DRILL_REPORT:	ROWS(drill_rows);
	case ACTION_DEVICE_IMPORT:
	case ACTION_INSTALL_REPORT:	return device_rows_of(a, ret, ret_n);
#undef ROWS
	case ACTION_KEY_EXPORT:
	case ACTION_OTA_SEAL:
	case ACTION_OTA_OPEN:
	case ACTION_KEY_WRAP:
	case ACTION_DEBUG_AUTHORIZE:
	case ACTION_HOUSE_READ:
	case ACTION_AUDIT_EXPORT:
	case ACTION__N:
		break;
	}
	return err_set(err, ESCHEMA, "\"%s\" is not asked for by a request",
	    action_name(a));
}
