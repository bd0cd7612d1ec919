/*
 * page - lists that are read by pages.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_PAGE_H
#define FLOW_PAGE_H

#include "base/json.h"

struct flow;
struct tx;

/* A list by pages; a lister reads one, and sets list and next. */
struct paged {
	const char	*cursor;	/* NULL: the first page */
	unsigned	 limit;
	const json_t	*query;		/* borrowed */
	const char	*subject;	/* of whom; NULL: of all */
	json_t		*list;		/* owned */
	char		*next;		/* owned: NULL behind the last */
};
typedef int lister(struct tx *tx, struct paged *p, struct err *err);
/** list_with - what it reads, as {NAME: [...], next?}. */
NODISCARD int list_with(struct flow *f, const char *name, lister *fn, const json_t *query, json_t **ret, struct err *err);

#endif
