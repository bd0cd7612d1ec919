/*
 * rows_page - see rows_page.h.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/ask.h"
#include "cli/options.h"
#include "cli/rows_page.h"

#define PAGE_OCTETS	((size_t)400 << 10)	/* as a row's line: what fits in a body */
#define TOLD		1000	/* bad rows that are told one by one */

/* ---- what a page comes to ---- */

int
rows_pages_bad(struct rows_pages *p, uint64_t line, const char *why,
    struct err *err)
{
	json_t *one;

	if (p->bad_n++ >= TOLD)
		return 0;
	TRY(json_build(&one, err, "{s:I, s:s}", "line", (json_int_t)line,
	    "why", why));
	return json_array_append_new(p->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "rows");
}

/* The service counts within its page; people count within their file. */
static int
answer_take(struct rows_pages *p, const struct rows_page *page,
    const json_t *result, struct err *err)
{
	const json_t *one;
	size_t i, n;

	p->entered += json_int(result, "entered", 0);
	p->changed += json_int(result, "changed", 0);
	p->known += json_int(result, "known", 0);
	p->devices += json_int(result, "unknown_devices", 0);
	TRY(json_join(p->artifacts, json_object_get(result,
	    "unknown_artifacts"), err));
	json_array_foreach(json_object_get(result, "bad"), i, one) {
		n = (size_t)json_int(one, "row", 0);
		if (page != NULL && n > 0 && n <= json_array_size(page->rows))
			TRY(rows_pages_bad(p, page->line[n - 1], json_str(one,
			    "why", "?"), err));
	}
	return 0;
}

static int
body_make(const struct rows_pages *p, const struct rows_page *page,
    json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(json_build(&body, err, "{s:O}", p->what->member, page->rows));
	TRY(body_str(p->cli, body, "reason", "reason", err));
	/* A look tells each row that is bad, not the first alone. */
	if (!p->check && !p->together && in_flag(p->cli->in, "all-or-nothing"))
		TRY(json_set_new(body, "all_or_nothing", json_true(), err));
	if (p->check || in_flag(p->cli->in, "dry-run"))
		TRY(json_set_new(body, "dry_run", json_true(), err));
	*ret = TAKE(body);
	return 0;
}

/* Whoever waited for people learns from a second look what did not go in. */
static int
page_ask(struct rows_pages *p, const json_t *body, json_t **ret,
    struct err *err)
{
	AUTO_JSON *again = NULL;
	int64_t known;

	TRY(ask_once(p->cli, p->what->action, p->what->path, body, ret, err));
	if (json_object_get(*ret, "bad") != NULL)
		return 0;
	TRY(ask_once(p->cli, p->what->action, p->what->path, body, &again,
	    err));
	known = json_int(again, "known", 0) - json_int(*ret, "entered", 0);
	TRY(json_set_int(*ret, "known", known > 0 ? known : 0, err));
	return json_object_update_missing(*ret, again) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "rows");
}

/* ---- pages ---- */

static void
page_free(struct rows_page *page)
{
	free(page->product);
	json_decref(page->rows);
}

/* Open no more; the last takes its place. */
static void
page_close(struct rows_pages *p, size_t i)
{
	const struct rows_page *page = &p->page[i];
	uint64_t last = page->line[json_array_size(page->rows) - 1];

	if (last > p->last)
		p->last = last;
	page_free(&p->page[i]);
	p->page[i] = p->page[--p->n];
}

/* One that waits for people does not keep the others back. */
static int
page_go(struct rows_pages *p, size_t i, json_t *body, struct err *err)
{
	AUTO_JSON *result = NULL;
	int rc = page_ask(p, body, &result, err);

	if (rc == -EQUORUM) {
		if (json_array_append_new(p->waiting, json_string(err->what))
		    != 0)
			return err_set(err, ENOMEMORY, "rows");
		rc = 0;
	}
	TRY(rc);
	return answer_take(p, &p->page[i], result, err);
}

static int
page_send(struct rows_pages *p, size_t i, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(body_make(p, &p->page[i], &body, err));
	if (p->together || (p->check && whole_on(p->cli)))
		TRY(whole_put(&p->whole, body, p->together, err));
	if (!p->together)
		TRY(page_go(p, i, body, err));
	page_close(p, i);
	return 0;
}

static size_t
fullest(const struct rows_pages *p)
{
	size_t most = 0;

	for (size_t i = 1; i < p->n; i++)
		if (json_array_size(p->page[i].rows) >
		    json_array_size(p->page[most].rows))
			most = i;
	return most;
}

static int
page_open(struct rows_pages *p, const char *product, struct rows_page **ret,
    struct err *err)
{
	struct rows_page *page;

	if (p->n == ROWS_PAGES)
		TRY(page_send(p, fullest(p), err));
	page = &p->page[p->n];
	*page = (struct rows_page){ .product = strdup(product),
	    .rows = json_array() };
	if (page->product == NULL || page->rows == NULL) {
		page_free(page);
		return err_set(err, ENOMEMORY, "rows");
	}
	p->n++;
	*ret = page;
	return 0;
}

/* The one of this product line, if it has room for @octets more. */
static int
page_of(struct rows_pages *p, const char *product, size_t octets,
    struct rows_page **ret, struct err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->page[i].product, product) != 0)
			continue;
		if (json_array_size(p->page[i].rows) < ROWS_PAGE &&
		    p->page[i].octets + octets <= PAGE_OCTETS) {
			*ret = &p->page[i];
			return 0;
		}
		TRY(page_send(p, i, err));
		break;
	}
	return page_open(p, product, ret, err);
}

int
rows_pages_add(struct rows_pages *p, uint64_t line, json_t *row,
    size_t octets, struct err *err)
{
	struct rows_page *page;

	TRY(page_of(p, json_str(row, "product", ""), octets, &page, err));
	page->line[json_array_size(page->rows)] = line;
	page->octets += octets;
	return json_array_append(page->rows, row) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "rows");
}

/* What one transaction has done; nothing of it is bad. */
static int
together_send(struct rows_pages *p, struct err *err)
{
	AUTO_JSON *pages = NULL;
	const json_t *one;
	size_t i;

	TRY(whole_send(&p->whole, p->cli, &pages, err));
	json_array_foreach(pages, i, one)
		TRY(answer_take(p, NULL, one, err));
	return 0;
}

int
rows_pages_send(struct rows_pages *p, struct err *err)
{
	while (p->n > 0)
		TRY(page_send(p, 0, err));
	return p->together ? together_send(p, err) : 0;
}

void
rows_pages_anew(struct rows_pages *p)
{
	p->together = whole_anew(&p->whole);
}

/* A page that is open keeps what stands behind its first row from being all. */
uint64_t
rows_pages_sent(const struct rows_pages *p)
{
	uint64_t first = p->last + 1;

	for (size_t i = 0; i < p->n; i++)
		if (json_array_size(p->page[i].rows) > 0 &&
		    p->page[i].line[0] < first)
			first = p->page[i].line[0];
	return first - 1;
}

int
rows_pages_init(struct rows_pages *p, struct cli *cli,
    const struct rows_what *what, struct err *err)
{
	p->cli = cli;
	p->what = what;
	p->whole = (struct whole){ .action = what->action, .path = what->path,
	    .most = WHOLE_ROWS };
	p->bad = json_array();
	p->waiting = json_array();
	p->artifacts = json_array();
	return p->bad != NULL && p->waiting != NULL && p->artifacts != NULL ?
	    0 : err_set(err, ENOMEMORY, "rows");
}

void
rows_pages_done(struct rows_pages *p)
{
	for (size_t i = 0; i < p->n; i++)
		page_free(&p->page[i]);
	whole_done(&p->whole);
	json_decref(p->bad);
	json_decref(p->waiting);
	json_decref(p->artifacts);
}
