/*
 * discover_found - claviger discover list, show, dismiss, import: what was told.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "ca/certs.h"
#include "cli/ask.h"
#include "cli/discover.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "KIND", "kind" }, { "FORM", "form" }, { "ENCRYPTED", "encrypted" },
	{ "STATE", "state" }, { "SINCE", "state_since" },
	{ "PLACE", "place" }, { "SUBJECT", "subject" }, { "WHOSE", "whose" },
	{ "FINDING", "id" },
};
static const struct table_row ONE[] = {
	{ "finding", "id" }, { "kind", "kind" }, { "form", "form" },
	{ "encrypted", "encrypted" }, { "place", "place" },
	{ "fingerprint", "fingerprint" },
	{ "algorithm", "algorithm" }, { "subject", "subject" },
	{ "key", "of.key" }, { "said to be at", "of.at" },
	{ "credential of", "of.principal" }, { "as", "of.proof" },
	{ "credential", "of.credential" },
	{ "of the house", "of.house" }, { "key of", "of.certificate" },
	{ "ends", "not_after" }, { "state", "state" },
	{ "since", "state_since" }, { "reason", "reason" },
	{ "first told", "created" }, { "told by", "told_by" }, { "request", "request" },
	{ "provenance", "provenance" },
};

/* In one column, the worst first. */
static int
whose_put(json_t *list, struct err *err)
{
	char text[200];
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		const json_t *of = json_object_get(one, "of");
		const char *who = json_str(of, "principal", NULL),
		    *key = json_str(of, "key", NULL),
		    *certificate = json_str(of, "certificate", NULL);

		(void)snprintf(text, sizeof(text), "%s%.128s", who != NULL ?
		    "credential of " : key != NULL ? "" : "certificate ",
		    who != NULL ? who : key != NULL ? key :
		    certificate != NULL ? certificate : "");
		if (of != NULL)
			TRY(json_set_str(one, "whose", text, err));
	}
	return 0;
}

static int
told_any(struct cli *cli, const char *under, const char *state, bool *ret,
    struct err *err)
{
	AUTO_JSON *list = NULL;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/findings?limit=1"));
	rc = path_add(&path, "under", under, err);
	if (rc == 0)
		rc = path_add(&path, "state", state, err);
	if (rc == 0)
		rc = cli_get(cli, &list, err, path);
	free(path);
	*ret = rc == 0 && json_array_size(json_object_get(list, "findings")) >
	    0;
	return rc;
}

/* That there is nothing does not say that anybody has looked. */
static int
nothing_note(struct cli *cli, const json_t *list, struct err *err)
{
	const char *under = in_str(cli->in, "under");
	bool any;

	if (under == NULL || in_str(cli->in, "cursor") != NULL ||
	    json_array_size(json_object_get(list, "findings")) > 0)
		return 0;
	TRY(told_any(cli, under, NULL, &any, err));
	if (!any)
		TRY(told_any(cli, under, "gone", &any, err));
	if (!any)
		cli_note(cli, "Nothing was ever told of %s, or below it: "
		    "whether anybody has looked there is not known.", under);
	return 0;
}

int
discover_run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "limit", "limit" },
		{ "state", "state" }, { "kind", "kind" },
		{ "under", "under" }, { "cursor", "cursor" } };
	AUTO_JSON *list = NULL;
	struct cli *cli = ctx;

	TRY(fetch_list(cli, "/v1/findings", by, NELEM(by), &list, err));
	if (!cli->json)
		TRY(whose_put(json_object_get(list, "findings"), err));
	page_show(cli, list, "findings", ROWS(LIST));
	return nothing_note(cli, list, err);
}

int
discover_run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	const char *pem;

	TRY(fetch_one(cli, "/v1/findings/%s", in_arg(in, 0), &j, err));
	if (cli_answer(cli, j))
		return 0;
	table_one(j, ROWS(ONE));
	if ((pem = json_str(j, "certificate", NULL)) != NULL)
		printf("\n%s", pem);
	return 0;
}

int
discover_run_dismiss(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;

	TRY(body_reason(cli, &body, err));
	TRY(ask_at(cli, "/v1/findings/%s/dismiss", in_arg(in, 0), body,
	    &result, err));
	if (!cli_done_told(cli, result))
		table_one(result, ROWS(ONE));
	return 0;
}

/* ---- the house's own token ---- */

static const struct table_row ABSENT[] = {
	{ "HELD NO MORE", "name" }, { "KEY", "key" },
};

int
discover_run_house(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	const json_t *absent;

	TRY(cli_get(cli, &j, err, "/v1/findings/house"));
	if (cli_answer(cli, j))
		return 0;
	strays_print(cli, json_object_get(j, "strays"));
	absent = json_object_get(j, "absent");
	if (json_array_size(absent) > 0)
		table_list(absent, ROWS(ABSENT));
	else if (json_array_size(json_object_get(j, "strays")) == 0)
		puts("The token and the house agree.");
	return 0;
}

/* ---- one into the inventory ---- */

static int
octets_take(void *ctx, const struct certs_item *item, struct err *err)
{
	json_t *body = ctx;
	AUTO_JSON *o = NULL;
	json_t *list = json_array();

	TRY(json_set_new(body, "certificates", list, err));
	TRY(json_build(&o, err, "{}"));
	TRY(json_set_b64(o, "der", item->der.p, item->der.n, err));
	return json_array_append(list, json_object_get(o, "der")) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a certificate");
}

static int
import_body(const struct cli *cli, const char *pem, json_t *body,
    struct err *err)
{
	TRY(certs_each(span_of(pem, strlen(pem)), NULL, octets_take, body, err));
	TRY(body_strs(cli, body, "products", "product", err));
	TRY(body_str(cli, body, "owner", "owner", err));
	return body_str(cli, body, "reason", "reason", err);
}

int
discover_run_import(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL, *body = json_object(), *result = NULL;
	struct cli *cli = ctx;
	const char *pem;

	TRY(fetch_one(cli, "/v1/findings/%s", in_arg(in, 0), &j, err));
	if ((pem = json_str(j, "certificate", NULL)) == NULL)
		return err_set(err, EINPUT, "%s is no certificate that can be "
		    "entered: a key is registered (claviger key register)",
		    in_arg(in, 0));
	TRY(import_body(cli, pem, body, err));
	TRY(ask_once(cli, "cert.import", "/v1/certificates/import", body,
	    &result, err));
	if (!cli_done_told(cli, result))
		printf("%s is in the inventory.\n", json_str(j, "fingerprint",
		    "It"));
	return 0;
}
