/*
 * crl_import - see crl_import.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "ca/certs.h"
#include "ca/crl.h"
#include "ca/seal.h"
#include "cli/ask.h"
#include "cli/crl_import.h"
#include "cli/options.h"

#define PATH	"/v1/crls/import"
#define SLOW_S	600	/* a million entries are looked for, on a slow disk too */
#define LABEL	"X509 CRL"	/* RFC 7468, 7 */

struct lists {
	struct cert_pages *pages;
	struct cert_from from;		/* where the next of them stands */
	json_t		*told;		/* borrowed */
};

/* ---- one list ---- */

static int
body_make(const struct lists *l, struct span der, json_t **ret,
    struct err *err)
{
	const struct cli *cli = l->pages->cli;
	AUTO_JSON *body = NULL;

	TRY(json_build(&body, err, "{}"));
	TRY(json_set_b64(body, "crl", der.p, der.n, err));
	TRY(body_str(cli, body, "reason", "reason", err));
	if (in_flag(cli->in, "dry-run"))
		TRY(json_set_new(body, "dry_run", json_true(), err));
	*ret = TAKE(body);
	return 0;
}

/* What is on no list of that day is not known to be good. */
static int
answer_take(const struct lists *l, json_t *answer, struct err *err)
{
	const json_t *head = json_object_get(answer, "list");

	if (json_flag(answer, "overdue", false))
		cli_note(l->pages->cli, "%s was good until %s: what was revoked "
		    "since is not on it", l->from.file, json_str(head,
		    "next_update", "?"));
	TRY(json_set_str(answer, "file", l->from.file, err));
	return json_array_append(l->told, answer) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "lists");
}

/* What is this list's fault and not the asker's, nor the service's. */
static bool
is_its_own(int rc)
{
	return rc == -EINPUT || rc == -EPRECOND || rc == -ECONFLICT ||
	    rc == -ENOENT_ || rc == -ETOOBIG || rc == -ERANGE_ ||
	    rc == -ESCHEMA;
}

static int
path_make(const struct cli *cli, char **ret, struct err *err)
{
	const char *dry = in_flag(cli->in, "dry-run") ? "true" : "false",
	    *reason = in_str(cli->in, "reason");

	return reason == NULL ? client_path(ret, err, PATH "/whole?dry_run=%s",
	    dry) : client_path(ret, err, PATH "/whole?dry_run=%s&reason=%s",
	    dry, reason);
}

static int
counts_add(json_t *to, const json_t *more, struct err *err)
{
	static const char *const names[] = { "revoked", "held", "released" };

	for (size_t i = 0; i < NELEM(names); i++)
		TRY(json_set_int(to, names[i], json_int(to, names[i], 0) +
		    json_int(more, names[i], 0), err));
	return 0;
}

/* The service enters so much at a time; the same list again goes on behind it. */
static int
whole_pass(struct lists *l, const struct blob *der, const char *path,
    json_t **answer, struct err *err)
{
	const struct call call = { .method = "POST", .path = path,
		.octets = der, .type = "application/pkix-crl",
		.slow_s = SLOW_S };
	AUTO_JSON *named = NULL, *more = NULL;
	struct sha256 h = sha256_of(der->data, der->len);

	TRY(json_build(&named, err, "{s:s}", "path", path));
	TRY(json_set_hash(named, "list", &h, err));
	TRY(ask_octets(l->pages->cli, "crl.import", named, &call, &more, err));
	if (*answer != NULL)
		TRY(counts_add(more, *answer, err));
	json_decref(*answer);
	*answer = TAKE(more);
	return 0;
}

static int
whole_ask(struct lists *l, struct span der, json_t **ret, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	char *path = NULL;
	int rc;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(blob_put(octets, der.p, der.n, err));
	TRY(path_make(l->pages->cli, &path, err));
	do
		rc = whole_pass(l, octets, path, ret, err);
	while (rc == 0 && json_flag(*ret, "more", false));
	free(path);
	return rc;
}

static int
short_ask(struct lists *l, struct span der, json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(body_make(l, der, &body, err));
	return ask_once(l->pages->cli, "crl.import", PATH, body, ret, err);
}

static int
list_ask(struct lists *l, struct span der, struct err *err)
{
	AUTO_JSON *answer = NULL;
	struct err why;
	int rc = der.n > CRL_OTHER ? whole_ask(l, der, &answer, &why) :
	    short_ask(l, der, &answer, &why);

	if (rc == 0)
		return answer_take(l, answer, err);
	if (is_its_own(rc))
		return cert_pages_bad(l->pages, &l->from, why.what, err);
	if (rc == -EQUORUM)
		return json_array_append_new(l->pages->waiting,
		    json_string(why.what)) == 0 ? 0 : err_set(err, ENOMEMORY,
		    "lists");
	*err = why;
	return rc;
}

/* Whose it is may be told by certificates that are yet to go in. */
static int
list_take(struct lists *l, struct span der, struct err *err)
{
	struct span tbs, algorithm, signature;
	struct crl_info info;
	struct err why;

	if (der.n > CRL_WHOLE) {
		(void)!err_set(&why, ETOOBIG, "the list has %zu octets, over "
		    "%zu", der.n, CRL_WHOLE);
		return cert_pages_bad(l->pages, &l->from, why.what, err);
	}
	if (seal_read(der, "a revocation list", &tbs, &algorithm, &signature,
	    &why) != 0 || crl_read_other(tbs, NULL, NULL, &info, &why) != 0)
		return cert_pages_bad(l->pages, &l->from, why.what, err);
	return l->pages->look ? 0 : list_ask(l, der, err);
}

/* ---- a file ---- */

static int
block_take(struct lists *l, const struct certs_item *item, struct err *err)
{
	AUTO(blob) *der = blob_new();
	struct err why;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	if (certs_decode(item->text, der, &why) != 0)
		return cert_pages_bad(l->pages, &l->from, why.what, err);
	return list_take(l, span_blob(der), err);
}

static int
item_take(void *ctx, const struct certs_item *item, struct err *err)
{
	struct lists *l = ctx;

	if (!span_equal(item->label, span_of(LABEL, strlen(LABEL))))
		return 0;
	l->from.n++;
	return block_take(l, item, err);
}

static int
lists_take(struct lists *l, struct span file, struct err *err)
{
	if (memmem(file.p, file.n, CERTS_BEGIN, strlen(CERTS_BEGIN)) == NULL) {
		l->from.n = 1;
		return list_take(l, file, err);
	}
	TRY(certs_each(file, NULL, item_take, l, err));
	return l->from.n > 0 ? 0 : cert_pages_bad(l->pages, &l->from,
	    "there is no revocation list in it", err);
}

int
crl_import_file(struct cert_pages *pages, const char *file, json_t *lists,
    struct err *err)
{
	AUTO(blob) *octets = blob_new();
	struct lists l = { .pages = pages, .told = lists,
	    .from = { .file = file } };

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(io_read_file(file, CRL_WHOLE, octets, err));
	return lists_take(&l, span_blob(octets), err);
}
