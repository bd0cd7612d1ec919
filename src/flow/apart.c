/*
 * apart - do pages that go in together speak each of its own?
 *
 * Each is drawn against the tables as they were before all of them.  Of two that
 * speak of one thing both would be told as entered, the later would count, and
 * the same pages once more would change it to and fro.
 */
#include <string.h>
#include "flow/going.h"
#include "policy/device.h"

struct apart {
	const struct ask *asks;
	size_t		 page, row;	/* where it is read */
	json_t		*said;		/* owned: {SUBJECT: PAGE} */
	json_t		*owners;	/* owned: {CERTIFICATE: PAGE}, of pages that name one */
};

/* @ret  the page that has it already, or this one. */
static int
page_of(const struct apart *a, json_t *pages, const char *subject, size_t *ret,
    struct err *err)
{
	const json_t *before = json_object_get(pages, subject);

	*ret = before != NULL ? (size_t)json_integer_value(before) : a->page;
	return before != NULL ? 0 : json_set_int(pages, subject,
	    (int64_t)a->page, err);
}

static int
said_once(struct apart *a, const char *member, const char *subject,
    struct err *err)
{
	size_t before;

	TRY(page_of(a, a->said, subject, &before, err));
	return before == a->page ? 0 : err_set(err, EINPUT, "/pages/%zu/%s/%zu:"
	    " it stands in /pages/%zu already, and what is done together may "
	    "stand in one page only", a->page, member, a->row, before);
}

/* What is wrong with a row is told when its page is drawn. */
static int
device_apart(struct apart *a, const json_t *row, struct err *err)
{
	const char *serial = json_str(row, "serial", NULL);

	return serial == NULL ? 0 : said_once(a, "devices", serial, err);
}

/* A device may run many things, one behind the other. */
static int
install_apart(struct apart *a, const json_t *given, struct err *err)
{
	AUTO_JSON *row = NULL;
	AUTO(blob) *subject = blob_new();
	struct err why = { .code = OK };

	if (subject == NULL)
		return err_set(err, ENOMEMORY, "rows");
	if (install_row_read(given, &row, &why) != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY, "rows") :
		    0;
	TRY(blob_printf(subject, err, "%s %s %s", json_str(row,
	    "installed_at", ""), json_str(row, "artifact_digest", ""),
	    json_str(row, "serial", "")));
	return said_once(a, "installs", blob_str(subject), err);
}

static int
owner_apart(struct apart *a, const char *print, const char *owner,
    struct err *err)
{
	size_t before;

	TRY(page_of(a, a->owners, print, &before, err));
	return strcmp(owner, json_str(a->asks[before].body, "owner", "")) ==
	    0 ? 0 : err_set(err, EINPUT, "/pages/%zu/certificates/%zu: "
	    "/pages/%zu names another owner of it", a->page, a->row, before);
}

/* One may come to several product lines, and to its owner, page by page: these
 * add up.  Base64 has one spelling here. */
static int
certificate_apart(struct apart *a, const json_t *text, struct err *err)
{
	const json_t *body = a->asks[a->page].body,
	    *products = json_object_get(body, "products");
	const char *owner = json_str(body, "owner", NULL);
	AUTO(blob) *says = blob_new();
	char print[SHA256_HEX];
	struct sha256 h;

	if (says == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	if (!json_is_string(text))
		return 0;
	h = sha256_of(json_string_value(text), json_string_length(text));
	sha256_hex(&h, print);
	if (owner != NULL)
		TRY(owner_apart(a, print, owner, err));
	TRY(blob_printf(says, err, "%s %s ", print, owner != NULL ? owner :
	    ""));
	if (products != NULL)
		TRY(json_canonical(products, says, err));
	return said_once(a, "certificates", blob_str(says), err);
}

/* ---- all pages ---- */

struct sort {
	const char	*action, *member;
	int		(*row)(struct apart *a, const json_t *row, struct err *err);
};
static const struct sort SORTS[] = {
	{ "device.import", "devices", device_apart },
	{ "install.report", "installs", install_apart },
	{ "cert.import", "certificates", certificate_apart },
};

static int
page_apart(struct apart *a, struct err *err)
{
	const struct ask *ask = &a->asks[a->page];
	const json_t *row;

	for (size_t i = 0; i < NELEM(SORTS); i++) {
		if (strcmp(SORTS[i].action, ask->action) != 0)
			continue;
		json_array_foreach(json_object_get(ask->body, SORTS[i].member),
		    a->row, row)
			TRY(SORTS[i].row(a, row, err));
	}
	return 0;
}

int
pages_apart(const struct ask *asks, size_t n, struct err *err)
{
	AUTO_JSON *said = json_object(), *owners = json_object();
	struct apart a = { .asks = asks, .said = said, .owners = owners };

	if (said == NULL || owners == NULL)
		return err_set(err, ENOMEMORY, "pages");
	for (; a.page < n; a.page++)
		TRY(page_apart(&a, err));
	return 0;
}
