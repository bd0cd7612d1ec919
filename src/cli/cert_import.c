/*
 * cert_import - claviger cert import: certificates of other CAs, from files of
 * every kind, a page of them at a time.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "ca/certs.h"
#include "ca/tbs.h"
#include "cli/ask.h"
#include "cli/elsewhere.h"
#include "cli/options.h"
#include "cli/table.h"

#define PATH		"/v1/certificates/import"
#define PAGE		100
#define PAGE_OCTETS	((size_t)400 << 10)	/* DER: what fits in a body */
#define PASSPHRASE	1024

struct import {
	struct cli	*cli;
	char		*passphrase;	/* owned; NULL: none */
	const char	*file;		/* that is read */
	bool		 check;		/* only look at each */
	json_t		*page;		/* owned: base64 */
	size_t		 page_octets;
	struct { const char *file; size_t n; } from[PAGE];
	json_t		*bad, *waiting;	/* owned */
	int64_t		 entered, known, keys, other;
};

static const struct table_row BAD[] = {
	{ "FILE", "file" }, { "NUMBER", "n" }, { "WHY", "why" },
};

/* ---- what a page comes to ---- */

static int
bad_put(struct import *m, const char *file, size_t n, const char *why,
    struct err *err)
{
	json_t *one;

	TRY(json_build(&one, err, "{s:s, s:I, s:s}", "file", file, "n",
	    (json_int_t)n, "why", why));
	return json_array_append_new(m->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "certificates");
}

/* The service counts within its page; people count within their file. */
static int
answer_take(struct import *m, const json_t *result, struct err *err)
{
	const json_t *one;
	size_t i, n;

	m->entered += json_int(result, "entered", 0);
	m->known += json_int(result, "known", 0);
	json_array_foreach(json_object_get(result, "bad"), i, one) {
		n = (size_t)json_int(one, "n", PAGE);
		if (n < json_array_size(m->page))
			TRY(bad_put(m, m->from[n].file, m->from[n].n,
			    json_str(one, "why", "?"), err));
	}
	return 0;
}

static int
body_make(const struct import *m, json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(json_build(&body, err, "{s:O}", "certificates", m->page));
	TRY(body_strs(m->cli, body, "products", "product", err));
	TRY(body_str(m->cli, body, "owner", "owner", err));
	TRY(body_str(m->cli, body, "reason", "reason", err));
	if (in_flag(m->cli->in, "all-or-nothing"))
		TRY(json_set_new(body, "all_or_nothing", json_true(), err));
	if (in_flag(m->cli->in, "dry-run"))
		TRY(json_set_new(body, "dry_run", json_true(), err));
	*ret = TAKE(body);
	return 0;
}

/* One that waits for people does not keep the others back. */
static int
page_send(struct import *m, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	int rc;

	if (json_array_size(m->page) == 0)
		return 0;
	TRY(body_make(m, &body, err));
	rc = ask_once(m->cli, "cert.import", PATH, body, &result, err);
	if (rc == -EQUORUM) {
		if (json_array_append_new(m->waiting, json_string(err->what))
		    != 0)
			return err_set(err, ENOMEMORY, "certificates");
		rc = 0;
	}
	TRY(rc);
	TRY(answer_take(m, result, err));
	m->page_octets = 0;
	return json_array_clear(m->page) == 0 ? 0 : err_set(err, ENOMEMORY,
	    "certificates");
}

/* ---- what a file has ---- */

static int
certificate_add(struct import *m, const struct certs_item *item,
    struct err *err)
{
	struct err why;
	struct cert c;
	AUTO_JSON *o = NULL;
	size_t n;

	if (cert_read(item->der.p, item->der.n, &c, &why) != 0)
		return bad_put(m, m->file, item->n, why.what, err);
	if (m->check)
		return 0;
	if (json_array_size(m->page) == PAGE ||
	    m->page_octets + item->der.n > PAGE_OCTETS)
		TRY(page_send(m, err));
	TRY(json_build(&o, err, "{}"));
	TRY(json_set_b64(o, "der", item->der.p, item->der.n, err));
	n = json_array_size(m->page);
	if (json_array_append(m->page, json_object_get(o, "der")) != 0)
		return err_set(err, ENOMEMORY, "certificates");
	m->from[n].file = m->file;
	m->from[n].n = item->n;
	m->page_octets += item->der.n;
	return 0;
}

static int
item_take(void *ctx, const struct certs_item *item, struct err *err)
{
	struct import *m = ctx;

	switch (item->kind) {
	case CERTS_CERTIFICATE:
		return certificate_add(m, item, err);
	case CERTS_BAD:
		return bad_put(m, m->file, item->n, item->why, err);
	case CERTS_PRIVATE:
		m->keys++;
		return 0;
	case CERTS_OTHER:
		m->other++;
		return 0;
	}
	return 0;
}

static int
file_take(struct import *m, const char *file, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	int64_t before = m->keys;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	m->file = file;
	TRY(io_read_file(file, CERTS_OCTETS, octets, err));
	TRY(certs_each(span_blob(octets), m->passphrase, item_take, m, err));
	if (m->keys > before && !m->check)
		fprintf(stderr, "claviger: %s has %lld private keys: they were "
		    "not read, and are better not left lying about\n", file,
		    (long long)(m->keys - before));
	return 0;
}

static int
files_take(struct import *m, struct err *err)
{
	const char *file;

	m->keys = m->other = 0;
	for (size_t i = 0; (file = in_arg(m->cli->in, i)) != NULL; i++)
		TRY(file_take(m, file, err));
	return m->check ? 0 : page_send(m, err);
}

/* ---- all of it ---- */

static int
passphrase_read(const struct cli *cli, char **ret, struct err *err)
{
	const char *file = in_str(cli->in, "passphrase-file");
	AUTO(blob) *text = blob_new();

	if (file == NULL)
		return 0;
	if (text == NULL)
		return err_set(err, ENOMEMORY, "a passphrase");
	TRY(io_read_file(file, PASSPHRASE, text, err));
	*ret = strndup((const char *)text->data, text->len);
	if (*ret == NULL)
		return err_set(err, ENOMEMORY, "a passphrase");
	(*ret)[strcspn(*ret, "\r\n")] = '\0';
	return 0;
}

static int
summary(const struct import *m, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:I, s:I, s:O, s:I, s:I, s:O, s:b}",
	    "entered", (json_int_t)m->entered, "known", (json_int_t)m->known,
	    "bad", m->bad, "private_keys", (json_int_t)m->keys,
	    "passed_over", (json_int_t)m->other, "waiting", m->waiting,
	    "dry_run", (int)in_flag(m->cli->in, "dry-run"));
}

static void
print(const struct import *m)
{
	printf("%lld %s, %lld were there, %zu requests wait, %zu are bad\n",
	    (long long)m->entered, in_flag(m->cli->in, "dry-run") ?
	    "would be entered" : "entered", (long long)m->known,
	    json_array_size(m->waiting), json_array_size(m->bad));
	if (json_array_size(m->bad) > 0)
		table_list(m->bad, ROWS(BAD));
}

/* The worst of it is what the command ends with. */
static int
verdict(const struct import *m, struct err *err)
{
	const json_t *first = json_array_get(m->bad, 0);
	struct text_cut file = text_cut(json_str(first, "file", "?"), 60),
	    why = text_cut(json_str(first, "why", "?"), 80);

	if (first != NULL)
		return err_set(err, EINPUT, "%zu, the first: %s, number %lld: "
		    "%s%s", json_array_size(m->bad), file.at,
		    (long long)json_int(first, "n", 0), why.at, m->check ?
		    "; nothing was sent" : "");
	first = json_array_get(m->waiting, 0);
	return first == NULL ? 0 : err_set(err, EQUORUM, "run the same line "
	    "again once %s has its approvals", json_string_value(first));
}

static int
report(const struct import *m, struct err *err)
{
	struct cli *cli = m->cli;
	AUTO_JSON *all = NULL;
	int rc;

	TRY(summary(m, &all, err));
	if ((rc = verdict(m, err)) == 0) {
		if (!cli_answer(cli, all))
			print(m);
		return 0;
	}
	if (!cli->json)
		print(m);
	json_decref(cli->told);
	cli->told = TAKE(all);
	/* Several may wait, and something else may be worse. */
	json_decref(cli->view);
	cli->view = NULL;
	return rc;
}

static int
import_all(struct import *m, struct err *err)
{
	if (m->page == NULL || m->bad == NULL || m->waiting == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(passphrase_read(m->cli, &m->passphrase, err));
	m->check = in_flag(m->cli->in, "all-or-nothing");
	if (m->check)
		TRY(files_take(m, err));
	if (json_array_size(m->bad) == 0 || !m->check) {
		m->check = false;
		TRY(files_take(m, err));
	}
	return report(m, err);
}

int
cert_run_import(void *ctx, const struct invocation *in, struct err *err)
{
	struct import m = { .cli = ctx, .page = json_array(),
	    .bad = json_array(), .waiting = json_array() };
	int rc = import_all(&m, err);

	if (m.passphrase != NULL)
		explicit_bzero(m.passphrase, strlen(m.passphrase));
	free(m.passphrase);
	json_decref(m.page);
	json_decref(m.bad);
	json_decref(m.waiting);
	return rc;
}

/* ---- reading ---- */

static const struct table_row LIST[] = {
	{ "FINGERPRINT", "fingerprint" }, { "SERIAL", "serial" },
	{ "ENDS", "not_after" }, { "OWNER", "owner" },
	{ "PRODUCTS", "products" }, { "ISSUER", "issuer" },
	{ "SUBJECT", "subject" },
};

int
cert_elsewhere_run_list(struct cli *cli, struct err *err)
{
	static const struct fetch_by by[] = { { "product", "product" },
		{ "key", "key" }, { "serial", "serial" },
		{ "expires_after", "expires-after" },
		{ "expires_before", "expires-before" }, { "limit", "limit" },
		{ "cursor", "cursor" }, { "subject", "subject" },
		{ "san", "san" }, { "fingerprint", "sha256" },
		{ "device", "device" }, { "ca", "ca" }, { "status", "status" },
		{ "profile", "profile" }, { "batch", "batch" } };
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/certificates?elsewhere=true", by, NELEM(by),
	    &list, err));
	if (!cli_answer(cli, list))
		table_list(json_object_get(list, "certificates"), ROWS(LIST));
	return 0;
}
