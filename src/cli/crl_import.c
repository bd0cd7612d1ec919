/*
 * crl_import - see crl_import.h.
 *
 * Floor 7.
 */
#include "config.h"

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
list_ask(struct lists *l, struct span der, struct err *err)
{
	AUTO_JSON *body = NULL, *answer = NULL;
	struct err why;
	int rc;

	TRY(body_make(l, der, &body, err));
	rc = ask_once(l->pages->cli, "crl.import", PATH, body, &answer, &why);
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

	if (der.n > CRL_OTHER) {
		(void)!err_set(&why, ETOOBIG, "the list has %zu octets, over "
		    "%d", der.n, CRL_OTHER);
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
	TRY(io_read_file(file, CERTS_OCTETS, octets, err));
	return lists_take(&l, span_blob(octets), err);
}
