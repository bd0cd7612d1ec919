/*
 * cert_pages - see cert_pages.h.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/ask.h"
#include "cli/cert_pages.h"
#include "cli/options.h"

#define PATH		"/v1/certificates/import"
#define PAGE_OCTETS	((size_t)400 << 10)	/* DER: what fits in a body */
#define TOLD		1000	/* bad ones that are told one by one */

/* ---- what a page comes to ---- */

int
cert_pages_bad(struct cert_pages *p, const struct cert_from *from,
    const char *why, struct err *err)
{
	json_t *one;

	if (p->bad_n++ >= TOLD)
		return 0;
	TRY(json_build(&one, err, "{s:s, s:I, s:s}", "file", from->file,
	    from->is_line ? "line" : "n", (json_int_t)from->n, "why", why));
	return json_array_append_new(p->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "certificates");
}

/* The service counts within its page. */
static int
answer_take(struct cert_pages *p, const struct cert_page *page,
    const json_t *result, struct err *err)
{
	const json_t *one;
	size_t i, n;

	p->entered += json_int(result, "entered", 0);
	p->known += json_int(result, "known", 0);
	json_array_foreach(json_object_get(result, "bad"), i, one) {
		n = (size_t)json_int(one, "n", CERT_PAGE);
		if (n < json_array_size(page->certificates))
			TRY(cert_pages_bad(p, &page->from[n], json_str(one,
			    "why", "?"), err));
	}
	return 0;
}

/* An owner that the file names and the charter does not. */
static int
refusal_take(struct cert_pages *p, const struct cert_page *page,
    const char *why, struct err *err)
{
	for (size_t i = 0; i < json_array_size(page->certificates); i++)
		TRY(cert_pages_bad(p, &page->from[i], why, err));
	return 0;
}

static int
body_make(const struct cert_pages *p, const struct cert_page *page,
    json_t **ret, struct err *err)
{
	const struct invocation *in = p->cli->in;
	AUTO_JSON *body = NULL;

	TRY(json_build(&body, err, "{s:O, s:O, s:s*}", "certificates",
	    page->certificates, "products", page->products, "owner",
	    page->owner));
	TRY(body_str(p->cli, body, "reason", "reason", err));
	/* A look tells each that is bad, not the first alone. */
	if (!p->look && !p->together && in_flag(in, "all-or-nothing"))
		TRY(json_set_new(body, "all_or_nothing", json_true(), err));
	if (p->look || in_flag(in, "dry-run"))
		TRY(json_set_new(body, "dry_run", json_true(), err));
	*ret = TAKE(body);
	return 0;
}

/* One that waits for people does not keep the others back. */
static int
page_ask(struct cert_pages *p, const struct cert_page *page, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct err why;
	int rc;

	TRY(body_make(p, page, &body, err));
	if (p->together)
		return whole_put(&p->whole, body, true, err);
	if (p->look && whole_on(p->cli))
		TRY(whole_put(&p->whole, body, false, err));
	rc = ask_once(p->cli, "cert.import", PATH, body, &result, &why);
	if (rc == 0)
		return answer_take(p, page, result, err);
	if (rc == -EINPUT && page->of_row)
		return refusal_take(p, page, why.what, err);
	if (rc != -EQUORUM) {
		*err = why;
		return rc;
	}
	return json_array_append_new(p->waiting, json_string(why.what)) == 0 ?
	    0 : err_set(err, ENOMEMORY, "certificates");
}

/* ---- pages ---- */

static void
page_free(struct cert_page *page)
{
	free(page->owner);
	json_decref(page->products);
	json_decref(page->certificates);
}

/* Sent, and open no more; the last takes its place. */
static int
page_send(struct cert_pages *p, size_t i, struct err *err)
{
	struct cert_page page = p->page[i];
	int rc;

	p->page[i] = p->page[--p->n];
	rc = page_ask(p, &page, err);
	page_free(&page);
	return rc;
}

static size_t
fullest(const struct cert_pages *p)
{
	size_t most = 0;

	for (size_t i = 1; i < p->n; i++)
		if (json_array_size(p->page[i].certificates) >
		    json_array_size(p->page[most].certificates))
			most = i;
	return most;
}

static bool
is_of(const struct cert_page *page, const struct cert_whose *w)
{
	return (page->owner == NULL) == (w->owner == NULL) &&
	    (w->owner == NULL || strcmp(page->owner, w->owner) == 0) &&
	    json_equal(page->products, w->products);
}

static int
page_open(struct cert_pages *p, const struct cert_whose *w,
    struct cert_page **ret, struct err *err)
{
	struct cert_page page = { .of_row = w->of_row };

	if (p->n == CERT_PAGES)
		TRY(page_send(p, fullest(p), err));
	page.certificates = json_array();
	page.products = json_deep_copy(w->products);
	page.owner = w->owner != NULL ? strdup(w->owner) : NULL;
	if (page.certificates == NULL || page.products == NULL ||
	    (w->owner != NULL && page.owner == NULL)) {
		page_free(&page);
		return err_set(err, ENOMEMORY, "certificates");
	}
	p->page[p->n] = page;
	*ret = &p->page[p->n++];
	return 0;
}

/* The one of these that has room for @octets more. */
static int
page_of(struct cert_pages *p, const struct cert_whose *w, size_t octets,
    struct cert_page **ret, struct err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!is_of(&p->page[i], w))
			continue;
		if (json_array_size(p->page[i].certificates) < CERT_PAGE &&
		    p->page[i].octets + octets <= PAGE_OCTETS) {
			*ret = &p->page[i];
			return 0;
		}
		TRY(page_send(p, i, err));
		break;
	}
	return page_open(p, w, ret, err);
}

static int
page_put(struct cert_pages *p, struct span der, const struct cert_from *from,
    const struct cert_whose *whose, struct err *err)
{
	struct cert_page *page;
	AUTO_JSON *o = NULL;

	TRY(page_of(p, whose, der.n, &page, err));
	TRY(json_build(&o, err, "{}"));
	TRY(json_set_b64(o, "der", der.p, der.n, err));
	page->from[json_array_size(page->certificates)] = *from;
	page->octets += der.n;
	return json_array_append(page->certificates, json_object_get(o,
	    "der")) == 0 ? 0 : err_set(err, ENOMEMORY, "certificates");
}

/* Pages go by owner, not in the files' order: which of two counts would be
 * anybody's guess. */
int
cert_pages_add(struct cert_pages *p, struct span der,
    const struct cert_from *from, const struct cert_whose *whose,
    struct err *err)
{
	enum cert_said said;

	TRY(cert_said(&p->seen, der, whose, &said, err));
	switch (said) {
	case CERT_SAID_NEW:
		return page_put(p, der, from, whose, err);
	case CERT_SAID_OTHERWISE:
		return cert_pages_bad(p, from, "the same certificate stands "
		    "before it, with another owner", err);
	case CERT_SAID_AGAIN:
		break;
	}
	p->repeated++;
	return 0;
}

/* What one transaction has done; nothing of it is bad. */
static int
together_send(struct cert_pages *p, struct err *err)
{
	AUTO_JSON *pages = NULL;
	const json_t *one;
	size_t i;

	TRY(whole_send(&p->whole, p->cli, &pages, err));
	json_array_foreach(pages, i, one) {
		p->entered += json_int(one, "entered", 0);
		p->known += json_int(one, "known", 0);
	}
	return 0;
}

int
cert_pages_send(struct cert_pages *p, struct err *err)
{
	while (p->n > 0)
		TRY(page_send(p, 0, err));
	return p->together ? together_send(p, err) : 0;
}

int
cert_pages_init(struct cert_pages *p, struct cli *cli, struct err *err)
{
	p->cli = cli;
	p->whole = (struct whole){ .action = "cert.import", .path = PATH,
	    .most = WHOLE_CERTS };
	p->bad = json_array();
	p->waiting = json_array();
	return p->bad != NULL && p->waiting != NULL ? 0 :
	    err_set(err, ENOMEMORY, "certificates");
}

void
cert_pages_anew(struct cert_pages *p)
{
	p->repeated = 0;
	p->together = whole_anew(&p->whole);
	seen_done(&p->seen);
}

void
cert_pages_done(struct cert_pages *p)
{
	seen_done(&p->seen);
	whole_done(&p->whole);
	for (size_t i = 0; i < p->n; i++)
		page_free(&p->page[i]);
	json_decref(p->bad);
	json_decref(p->waiting);
}
