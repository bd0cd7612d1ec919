/*
 * Pages that are done together or not at all; each is checked as if it came
 * alone.  The handler runs twice, as that of batches: before the body is read,
 * so that nobody who may not fills the memory for bodies, and when it is whole.
 */
#include <stdio.h>
#include "api/handle.h"

static int
page_read(struct exchange *x, const struct schema *page, size_t i,
    json_t *given, struct ask *ret, struct err *err)
{
	char at[32];

	(void)snprintf(at, sizeof(at), "/pages/%zu", i);
	if (!json_is_object(given))
		return err_set(err, ESCHEMA, "%s: expected an object", at);
	TRY(json_check(given, at, page->rows, page->n, err));
	TRY(json_set_new(given, "all_or_nothing", json_true(), err));
	*ret = (struct ask){ .action = x->match.route->action, .who = &x->who,
	    .subject = "", .body = given, .idempotency = x->head.idempotency };
	return 0;
}

static int
pages_ask(struct exchange *x, const struct schema *page, struct err *err)
{
	const json_t *pages = json_object_get(x->body, "pages");
	struct ask ask[FLOW_TOGETHER];
	struct answer got = { .code = OK };
	size_t n = json_array_size(pages);
	int rc;

	if (x->state == EXCHANGE_ADMITTING)
		return exchange_admit(x, err);
	for (size_t i = 0; i < n && i < FLOW_TOGETHER; i++)
		TRY(page_read(x, page, i, json_array_get(pages, i), &ask[i],
		    err));
	TRY(flow_ask_together(x->flow, ask, n, &got, err));
	rc = reply_answer(x, &got, err);
	answer_done(&got);
	return rc;
}

#define PAGES(P) P(cert_import) P(device_import) P(install_report)
#define P(name) \
	int handle_##name##_pages(struct exchange *x, struct err *err) \
	{ return pages_ask(x, &schema_##name##_page, err); }
PAGES(P)
#undef P
