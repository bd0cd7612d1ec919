/*
 * cert_import - claviger cert import: certificates of other CAs, from files of
 * every kind.
 *
 * Floor 7.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/io.h"
#include "base/text.h"
#include "ca/certs.h"
#include "ca/crl.h"
#include "ca/tbs.h"
#include "cli/cert_pages.h"
#include "cli/crl_import.h"
#include "cli/elsewhere.h"
#include "cli/options.h"
#include "cli/rows_read.h"
#include "cli/table.h"

#define PASSPHRASE	1024

struct import {
	struct cli	*cli;
	char		*passphrase;	/* owned; NULL: none */
	json_t		*products;	/* owned: of the command line */
	struct cert_pages pages;
	struct cert_from from;		/* where the next of them stands */
	const struct cert_whose *whose;	/* whose that is */
	size_t		 found;		/* certificates of this file, and what should be one */
	int64_t		 keys, other;
	json_t		*lists;		/* owned: of revoked ones, as they were taken */
};

static const struct table_row BAD[] = {
	{ "FILE", "file" }, { "NUMBER", "n" }, { "LINE", "line" },
	{ "WHY", "why" },
};
static const struct table_row LISTS[] = {
	{ "LIST", "file" }, { "NUMBER", "list.number" },
	{ "OF", "list.this_update" }, { "REVOKED", "revoked" },
	{ "HELD", "held" }, { "RELEASED", "released" },
	{ "AS BEFORE", "known" },
};

/* ---- what a file has ---- */

static int
certificate_add(struct import *m, const struct certs_item *item,
    struct err *err)
{
	struct err why;
	struct cert c;

	if (cert_read_other(item->der.p, item->der.n, &c, &why) != 0)
		return cert_pages_bad(&m->pages, &m->from, why.what, err);
	return cert_pages_add(&m->pages, item->der, &m->from, m->whose, err);
}

static int
item_take(void *ctx, const struct certs_item *item, struct err *err)
{
	struct import *m = ctx;

	if (!m->from.is_line)
		m->from.n = item->n;
	m->found += item->kind == CERTS_CERTIFICATE || item->kind == CERTS_BAD;
	switch (item->kind) {
	case CERTS_CERTIFICATE:
		return certificate_add(m, item, err);
	case CERTS_BAD:
		return cert_pages_bad(&m->pages, &m->from, item->why, err);
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
whole_take(struct import *m, const char *file, struct err *err)
{
	AUTO(blob) *octets = blob_new();

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(io_read_file(file, CERTS_OCTETS, octets, err));
	m->found = 0;
	TRY(certs_each(span_blob(octets), m->passphrase, item_take, m, err));
	/* Whoever names a file means that something comes of it. */
	return m->found > 0 ? 0 : cert_pages_bad(&m->pages, &m->from,
	    "no certificate is in it", err);
}

/* ---- rows ---- */

static const char *const FIELDS[] = { "certificate", "owner", "products" };
static const struct rows_what CERTIFICATES = { .member = "certificates",
	.fields = FIELDS, .fields_n = NELEM(FIELDS), .list = "products" };

/* A name that is none would have its whole page refused. */
static int
names_check(const char *owner, const json_t *products, struct err *ret_why)
{
	const json_t *one;
	size_t i;

	if (owner != NULL && !name_check(owner))
		return err_set(ret_why, EINPUT, "owner: not a name");
	json_array_foreach(products, i, one)
		if (!name_check(json_string_value(one)))
			return err_set(ret_why, EINPUT, "products: not a name, "
			    "number %zu", i + 1);
	return 0;
}

static int
one_count(void *ctx, const struct certs_item *item, struct err *err)
{
	size_t *n = ctx;

	*n += item->kind == CERTS_CERTIFICATE || item->kind == CERTS_BAD;
	return 0;
}

/* PEM, or base64 alone: then as PEM has it. */
static int
field_pem(const char *text, struct blob *ret, struct err *err)
{
	bool alone = strstr(text, CERTS_BEGIN) == NULL;

	if (alone)
		TRY(blob_puts(ret, CERTS_BEGIN "CERTIFICATE-----\n", err));
	TRY(blob_puts(ret, text, err));
	return alone ? blob_puts(ret, "\n-----END CERTIFICATE-----\n", err) :
	    0;
}

static int
field_take(struct import *m, const char *text, struct err *err)
{
	AUTO(blob) *pem = blob_new();
	size_t n = 0;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(field_pem(text, pem, err));
	TRY(certs_each(span_blob(pem), NULL, one_count, &n, err));
	/* Of two, whose would the owner be? */
	if (n != 1)
		return cert_pages_bad(&m->pages, &m->from, n == 0 ?
		    "its field has no certificate" :
		    "its field has more than one certificate", err);
	return certs_each(span_blob(pem), NULL, item_take, m, err);
}

static int
row_take(struct import *m, const json_t *row, struct err *err)
{
	const char *owner = json_str(row, "owner", NULL),
	    *text = json_str(row, "certificate", NULL);
	const json_t *products = json_object_get(row, "products");
	struct cert_whose whose = { .owner = owner != NULL ? owner :
	    in_str(m->cli->in, "owner"), .products = products != NULL ?
	    products : m->products, .of_row = owner != NULL };
	struct err why;

	if (text == NULL)
		return cert_pages_bad(&m->pages, &m->from,
		    "its field has no certificate", err);
	if (names_check(owner, products, &why) != 0)
		return cert_pages_bad(&m->pages, &m->from, why.what, err);
	m->whose = &whose;
	return field_take(m, text, err);
}

static int
rows_take(struct import *m, struct rows_from *from, struct err *err)
{
	struct err why;
	bool more;

	for (;;) {
		AUTO_JSON *row = NULL;

		TRY(rows_from_next(from, &CERTIFICATES, &m->from.n, &row, &why,
		    &more, err));
		if (!more)
			return 0;
		TRY(row == NULL ? cert_pages_bad(&m->pages, &m->from, why.what,
		    err) : row_take(m, row, err));
	}
}

static int
csv_take(struct import *m, const char *file, struct err *err)
{
	struct rows_from from = { .file = NULL };
	int rc = rows_from_open(m->cli, &CERTIFICATES, file, &from, err);

	m->from.is_line = true;
	if (rc == 0 && m->pages.look)
		rc = rows_twice_check(&from, err);
	if (rc == 0)
		rc = rows_take(m, &from, err);
	rows_from_close(&from);
	return rc;
}

/* ---- all of it ---- */

static int
file_take(struct import *m, const char *file, struct err *err)
{
	struct cert_whose whose = { .owner = in_str(m->cli->in, "owner"),
	    .products = m->products };
	int64_t before = m->keys;

	m->from = (struct cert_from){ .file = file };
	m->whose = &whose;
	TRY(rows_is_csv(m->cli, file) ? csv_take(m, file, err) :
	    whole_take(m, file, err));
	if (m->keys > before && !m->pages.look)
		fprintf(stderr, "claviger: %s has %lld private keys: they were "
		    "not read, and are better not left lying about\n", file,
		    (long long)(m->keys - before));
	return 0;
}

/* Before anything is entered: no name that was mistyped stops the others halfway. */
static int
files_check(const struct import *m, struct err *err)
{
	const struct cli *cli = m->cli;
	const char *file;

	for (size_t i = 0; (file = in_arg(cli->in, i)) != NULL; i++) {
		bool rows = rows_is_csv(cli, file);

		if (!rows || strcmp(file, "-") != 0)
			TRY(io_check_file(file, rows ? SIZE_MAX : CERTS_OCTETS,
			    err));
	}
	for (size_t i = 0; i < in_many(cli->in, "crl"); i++)
		TRY(io_check_file(in_nth(cli->in, "crl", i), CRL_WHOLE, err));
	return 0;
}

static int
files_take(struct import *m, struct err *err)
{
	const char *file;

	m->keys = m->other = 0;
	cert_pages_anew(&m->pages);
	for (size_t i = 0; (file = in_arg(m->cli->in, i)) != NULL; i++)
		TRY(file_take(m, file, err));
	TRY(cert_pages_send(&m->pages, err));
	/* Last: it speaks of what is there by then. */
	for (size_t i = 0; i < in_many(m->cli->in, "crl"); i++)
		TRY(crl_import_file(&m->pages, in_nth(m->cli->in, "crl", i),
		    m->lists, err));
	return 0;
}

/* What it would come to is not what came of it. */
static int
look_first(struct import *m, struct err *err)
{
	m->pages.look = true;
	TRY(files_take(m, err));
	m->pages.entered = m->pages.known = 0;
	m->pages.look = m->pages.bad_n > 0;
	return 0;
}

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

/* Of rows that name none, and of files that have no rows. */
static int
products_read(struct import *m, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:[]}", "products"));
	TRY(body_strs(m->cli, o, "products", "product", err));
	m->products = json_incref(json_object_get(o, "products"));
	return 0;
}

static int
summary(const struct import *m, json_t **ret, struct err *err)
{
	const struct cert_pages *p = &m->pages;

	return json_build(ret, err, "{s:I, s:I, s:I, s:O, s:I, s:I, s:I, s:O,"
	    " s:O, s:b}",
	    "entered", (json_int_t)p->entered, "known", (json_int_t)p->known,
	    "repeated", (json_int_t)p->repeated,
	    "bad", p->bad, "bad_total", (json_int_t)p->bad_n,
	    "private_keys", (json_int_t)m->keys,
	    "passed_over", (json_int_t)m->other, "waiting", p->waiting,
	    "lists", m->lists, "dry_run", (int)in_flag(m->cli->in, "dry-run"));
}

static void
print(const struct import *m)
{
	const struct cert_pages *p = &m->pages;

	printf("%lld %s, %lld were there, %zu requests wait, %lld are bad\n",
	    (long long)p->entered, in_flag(m->cli->in, "dry-run") ?
	    "would be entered" : "entered", (long long)p->known,
	    json_array_size(p->waiting), (long long)p->bad_n);
	if (p->repeated > 0)
		printf("%lld stand there more than once\n",
		    (long long)p->repeated);
	if (json_array_size(m->lists) > 0)
		table_list(m->lists, ROWS(LISTS));
	if (json_array_size(p->bad) > 0)
		table_list(p->bad, ROWS(BAD));
}

/* The worst of it is what the command ends with. */
static int
verdict(const struct cert_pages *p, struct err *err)
{
	const json_t *first = json_array_get(p->bad, 0),
	    *line = json_object_get(first, "line");
	struct text_cut file = text_cut(json_str(first, "file", "?"), 60),
	    why = text_cut(json_str(first, "why", "?"), 110);

	if (first != NULL)
		return err_set(err, EINPUT, "%lld, the first: %s, %s %lld: "
		    "%s%s", (long long)p->bad_n, file.at, line != NULL ?
		    "line" : "number", (long long)json_int(first, line != NULL ?
		    "line" : "n", 0), why.at, p->look ? "; nothing was entered" :
		    "");
	first = json_array_get(p->waiting, 0);
	return first == NULL ? 0 : err_set(err, EQUORUM, "run the same line "
	    "again once %s has its approvals", json_string_value(first));
}

static int
report(const struct import *m, struct err *err)
{
	json_t *all;
	int rc;

	TRY(summary(m, &all, err));
	rc = verdict(&m->pages, err);
	if (!cli_outcome(m->cli, all, rc))
		print(m);
	return rc;
}

static bool
is_begun(const struct import *m)
{
	const struct cert_pages *p = &m->pages;

	return p->entered + p->known > 0 || json_array_size(p->waiting) > 0 ||
	    json_array_size(m->lists) > 0;
}

/* The pages before the one that failed are in all the same. */
static int
stopped(const struct import *m, int rc)
{
	AUTO_JSON *all = NULL;
	struct err why;

	if (!is_begun(m) || summary(m, &all, &why) != 0 ||
	    json_set_new(all, "stopped", json_true(), &why) != 0 ||
	    !cli_told_too(m->cli, all))
		return rc;
	cli_note(m->cli, "it stopped before the end, and what it had come to is "
	    "told; the same line again goes on from there");
	if (!cli_outcome(m->cli, TAKE(all), rc))
		print(m);
	return rc;
}

static int
import_all(struct import *m, struct err *err)
{
	int rc;

	if (in_arg(m->cli->in, 0) == NULL && in_many(m->cli->in, "crl") == 0)
		return err_set(err, EUSAGE, "give files of certificates, or "
		    "--crl FILE, or both");
	TRY(cert_pages_init(&m->pages, m->cli, err));
	TRY(passphrase_read(m->cli, &m->passphrase, err));
	TRY(products_read(m, err));
	if ((m->lists = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "lists");
	TRY(files_check(m, err));
	if (in_flag(m->cli->in, "all-or-nothing"))
		TRY(look_first(m, err));
	if (!m->pages.look && (rc = files_take(m, err)) != 0)
		return stopped(m, rc);
	return report(m, err);
}

int
cert_run_import(void *ctx, const struct invocation *in, struct err *err)
{
	struct import m = { .cli = ctx };
	int rc = import_all(&m, err);

	if (m.passphrase != NULL)
		explicit_bzero(m.passphrase, strlen(m.passphrase));
	free(m.passphrase);
	json_decref(m.products);
	json_decref(m.lists);
	cert_pages_done(&m.pages);
	return rc;
}

/* ---- reading ---- */

static const struct table_row LIST[] = {
	{ "FINGERPRINT", "fingerprint" }, { "SERIAL", "serial" },
	{ "ENDS", "not_after" }, { "OWNER", "owner" },
	{ "PRODUCTS", "products" }, { "STATUS", "status" },
	{ "ISSUER", "issuer" }, { "SUBJECT", "subject" },
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
	page_show(cli, list, "certificates", ROWS(LIST));
	return 0;
}
