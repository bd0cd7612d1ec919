/*
 * parameters - the members of an action's parameters, all of them checked.
 */
#include "config.h"

#include "base/clock.h"
#include "policy/parameters.h"
#include "policy/permit.h"
#include "policy/quorum.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }

static const struct json_row head_rows[] = {
	{ "n", WANT_INTEGER, true, 0, 0, "" }, S("hash", true, 64),
	{ "size", WANT_INTEGER, false, 0, 0, "" },
	{ "root", WANT_STRING, false, 64, 64, "" },
};

static int
restore_check(const json_t *p, struct err *err)
{
	static const char *const heads[] = { "token", "restored" };
	const json_t *h;
	size_t i;

	for (i = 0; i < NELEM(heads); i++) {
		h = json_object_get(p, heads[i]);
		TRY(json_check(h, heads[i], head_rows, NELEM(head_rows), err));
		TRY(want_hash(h, "hash", err));
		TRY(want_hash(h, "root", err));
	}
	return 0;
}

/* What rows cannot say of an action's members. */
static const struct {
	enum action	 action;
	int		(*check)(const json_t *p, struct err *err);
} more[] = {
	{ ACTION_KEY_GENERATE, products_check },
	{ ACTION_KEY_ADOPT, object_check },
	{ ACTION_KEY_REGISTER, products_check },
	{ ACTION_KEY_CORRECT, products_check },
	{ ACTION_KEY_UNREGISTER, products_check },
	{ ACTION_CERT_IMPORT, others_check },
	{ ACTION_CRL_IMPORT, list_check },
	{ ACTION_DISCOVERY_REPORT, report_check },
	{ ACTION_DISCOVERY_DISMISS, dismiss_check },
	{ ACTION_DEVICE_IMPORT, devices_check },
	{ ACTION_INSTALL_REPORT, devices_check },
	{ ACTION_KEY_SIGN, sign_check },
	{ ACTION_WINDOW_OPEN, window_check },
	{ ACTION_HOUSE_RESTORE, restore_check },
	{ ACTION_CA_CREATE, ca_check },
	{ ACTION_CA_REQUEST, subject_check },
	{ ACTION_CA_IMPORT, import_check },
	{ ACTION_CERT_ISSUE, subject_check },
	{ ACTION_CERT_REVOKE, change_check },
	{ ACTION_CERT_HOLD, change_check },
	{ ACTION_CERT_RELEASE, change_check },
};

int
parameters_check(enum action a, const json_t *p, struct err *err)
{
	const struct json_row *rows;
	size_t n;

	TRY(parameters_rows(a, &rows, &n, err));
	TRY(json_check(p, "", rows, n, err));
	TRY(spelling_check(p, err));
	for (n = 0; n < NELEM(more); n++)
		if (more[n].action == a)
			return more[n].check(p, err);
	return 0;
}

int
parameters_past_check(const json_t *p, time_us now, struct err *err)
{
	static const char *const names[] = { "since", "invalid_since",
		"drilled" };
	const char *since;
	time_us t;

	for (size_t i = 0; i < NELEM(names); i++) {
		if ((since = json_str(p, names[i], NULL)) == NULL)
			continue;
		TRY(clock_parse(since, &t, err));
		if (t > now + QUORUM_SKEW)
			return err_set(err, ERANGE_, "/%s: %s lies in the "
			    "future", names[i], since);
	}
	return 0;
}
