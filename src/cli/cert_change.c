/*
 * cert_change - certificates revoked, held, released: by name, or all that are so.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/ask.h"
#include "cli/cert.h"
#include "cli/fetch.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/rows.h"
#include "cli/table.h"

/* All of one CA: a request is about one key. */
static int
which_body(struct cli *cli, json_t *body, char ret_ca[80], struct err *err)
{
	AUTO_JSON *ids = json_array();
	const char *typed;

	for (size_t i = 0; (typed = in_arg(cli->in, i)) != NULL; i++) {
		AUTO_JSON *cert = NULL;
		const char *ca;

		TRY(cert_get(cli, typed, &cert, err));
		if (json_object_get(cert, "ca") == NULL)
			return err_set(err, EUSAGE, "%s was issued by another "
			    "CA: it is revoked there", typed);
		ca = json_str(cert, "ca", "");
		if (i > 0 && strcmp(ca, ret_ca) != 0)
			return err_set(err, EUSAGE, "%s was issued by %s, the "
			    "one before by %s: name those of one CA at a time",
			    typed, ca, ret_ca);
		snprintf(ret_ca, 80, "%s", ca);
		if (json_array_append_new(ids, json_string(json_str(cert, "id",
		    ""))) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return json_set_new(body, "ids", TAKE(ids), err);
}

/* "FIRST..LAST", or one. */
static int
device_body(const struct cli *cli, json_t *filter, struct err *err)
{
	const char *typed = in_str(cli->in, "device"), *dots;
	AUTO(blob) *first = blob_new();

	if (typed == NULL)
		return 0;
	if (first == NULL)
		return err_set(err, ENOMEMORY, "a range");
	if ((dots = strstr(typed, "..")) == NULL)
		return json_set_str(filter, "device", typed, err);
	if (dots == typed || dots[2] == '\0')
		return err_set(err, EUSAGE, "--device is FIRST..LAST, or one "
		    "serial number, not \"%.80s\"", typed);
	TRY(blob_put(first, typed, (size_t)(dots - typed), err));
	TRY(json_set_str(filter, "device", blob_str(first), err));
	return json_set_str(filter, "device_last", dots + 2, err);
}

/* What certificates have in common; --expired alone says nothing of it. */
static const char *const FILTERS[] = { "profile", "device", "key", "by",
	"batch", "issued-since", "issued-before" };

/* The first that is given, or NULL. */
static const char *
filter_given(const struct cli *cli)
{
	for (size_t i = 0; i < NELEM(FILTERS); i++)
		if (in_given(cli->in, FILTERS[i]))
			return FILTERS[i];
	return NULL;
}

/* A shell's variable that is empty names none: that is not said to mean all. */
static int
all_check(const struct cli *cli, struct err *err)
{
	const char *filter = filter_given(cli);
	bool all = in_flag(cli->in, "all");

	if (filter != NULL && all)
		return err_set(err, EUSAGE, "--all, or --%s: not both", filter);
	if (filter == NULL && !all)
		return err_set(err, EUSAGE, "name certificates, or say what "
		    "those of %s have in common; --all means every one of them",
		    in_str(cli->in, "ca"));
	for (size_t i = 0; i < NELEM(FILTERS); i++)
		if (in_given(cli->in, FILTERS[i]) &&
		    *in_str(cli->in, FILTERS[i]) == '\0')
			return err_set(err, EUSAGE, "--%s is empty", FILTERS[i]);
	return 0;
}

static int
filter_body(const struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *filter = json_object();

	if (filter == NULL)
		return err_set(err, ENOMEMORY, "request");
	TRY(all_check(cli, err));
	if (in_flag(cli->in, "all"))
		TRY(json_set_new(body, "all", json_true(), err));
	TRY(body_str(cli, filter, "profile", "profile", err));
	TRY(device_body(cli, filter, err));
	TRY(body_str(cli, filter, "key", "key", err));
	TRY(body_str(cli, filter, "by", "by", err));
	TRY(body_str(cli, filter, "batch", "batch", err));
	TRY(body_time(cli, filter, "issued_since", "issued-since", err));
	TRY(body_time(cli, filter, "issued_before", "issued-before", err));
	if (in_flag(cli->in, "expired"))
		TRY(json_set_new(filter, "expired", json_true(), err));
	return json_set_new(body, "filter", TAKE(filter), err);
}

/* As the authority calls them, also those of a list that it came with. */
static int
serials_body(struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *serials = json_array();
	char plain[SHA256_HEX];
	const char *typed;

	for (size_t i = 0; (typed = in_arg(cli->in, i)) != NULL; i++) {
		hex_plain(typed, plain, sizeof(plain));
		if (strncmp(typed, "crt_", 4) == 0)
			return err_set(err, EUSAGE, "with --ca, serial numbers "
			    "are named: %s says its authority itself", typed);
		if (json_array_append_new(serials, json_string(plain)) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return json_set_new(body, "serials", TAKE(serials), err);
}

/* What certificates have in common is said of those that are not named. */
static int
filters_check(const struct cli *cli, struct err *err)
{
	const char *given = filter_given(cli);

	if (given == NULL && in_flag(cli->in, "expired"))
		given = "expired";
	if (given == NULL && in_flag(cli->in, "all"))
		given = "all";
	return given == NULL ? 0 : err_set(err, EUSAGE, "--%s goes with --ca, "
	    "and without naming certificates", given);
}

/* Named one by one, or all of a CA that are so. */
static int
meant_body(struct cli *cli, json_t *body, char ret_ca[80], struct err *err)
{
	const char *ca = in_str(cli->in, "ca");

	if (ca == NULL || in_arg(cli->in, 0) != NULL)
		TRY(filters_check(cli, err));
	if (ca == NULL && in_arg(cli->in, 0) == NULL)
		return err_set(err, EUSAGE, "name certificates, or an "
		    "authority: --ca");
	if (ca == NULL)
		return which_body(cli, body, ret_ca, err);
	snprintf(ret_ca, 80, "%s", ca);
	if (in_arg(cli->in, 0) != NULL)
		return serials_body(cli, body, err);
	return filter_body(cli, body, err);
}

static const struct table_row DRY[] = {
	{ "certificates", "certificates" }, { "of them new", "changing" },
	{ "so already", "unchanged" }, { "expired, left out", "expired" },
	{ "beyond one request", "beyond" }, { "devices", "devices" },
	{ "CRL entries", "crl_entries" }, { "octets of CRL", "crl_octets" },
};
static const struct table_row DRY_PROFILES[] = {
	{ "PROFILE", "profile" }, { "CERTIFICATES", "certificates" },
	{ "OF THEM NEW", "changing" },
};
static const struct table_row DRY_LISTS[] = {
	{ "CRL", "partition" }, { "ENTRIES", "entries" },
	{ "OCTETS", "octets" }, { "GROWS TO", "grows_to" },
};
static const struct table_row DONE[] = {
	{ "request", "request" }, { "ca", "ca" }, { "status", "status" },
	{ "good", "statuses.good" }, { "held", "statuses.held" },
	{ "revoked", "statuses.revoked" }, { "reason", "reason" },
	{ "certificates", "certificates" }, { "serials", "serials" },
	{ "its lists wait for", "waits.key_name" }, { "which is", "waits.state" },
	{ "warning", "warning" },
};

static void
print_dry(const json_t *result)
{
	table_one(result, ROWS(DRY));
	printf("\n");
	table_list(json_object_get(result, "profiles"), ROWS(DRY_PROFILES));
	if (json_array_size(json_object_get(result, "partitions")) == 0)
		return;
	printf("\n");
	table_list(json_object_get(result, "partitions"), ROWS(DRY_LISTS));
}

static void
print_change(const struct cli *cli, const json_t *result)
{
	if (cli_answer(cli, result))
		return;
	if (json_flag(result, "dry_run", false))
		print_dry(result);
	else if (!cli->quiet)
		table_one(result, ROWS(DONE));
}

static int
change_post(struct cli *cli, const char *ca, const json_t *body,
    struct err *err)
{
	AUTO_JSON *result = NULL;
	char *path = NULL, fmt[40];
	int rc;

	snprintf(fmt, sizeof(fmt), "/v1/cas/%%s/%s",
	    in_command(cli->in)->verb);
	TRY(client_path(&path, err, fmt, ca));
	rc = json_flag(body, "dry_run", false) ?
	    ask(cli, path, body, NULL, &result, err) :
	    ask_unless(cli, path, body, &result, err);
	free(path);
	TRY(rc);
	print_change(cli, result);
	return 0;
}

/* Without --yes people see first what it would come to. */
int
cert_run_change(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	bool dry = in_flag(in, "dry-run") || !in_flag(in, "yes");
	AUTO_JSON *body = json_object();
	char ca[80] = "";

	if (body == NULL)
		return err_set(err, ENOMEMORY, "request");
	TRY(meant_body(cli, body, ca, err));
	TRY(body_str(cli, body, "reason", "note", err));
	if (strcmp(in_command(in)->verb, "revoke") == 0) {
		TRY(body_str(cli, body, "cause", "reason", err));
		TRY(body_time(cli, body, "invalid_since", "invalid-since",
		    err));
	}
	if (dry)
		TRY(json_set_new(body, "dry_run", json_true(), err));
	TRY(change_post(cli, ca, body, err));
	if (dry && !in_flag(in, "dry-run"))
		return err_set(err, EUSAGE, "nothing was changed: give --yes "
		    "to %s", in_command(in)->verb);
	return 0;
}
