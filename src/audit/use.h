/*
 * use - the parts that one entry of the keeper's is judged by.
 * Private to src/audit; included by use*.c only.
 */
#ifndef AUDIT_USE_H
#define AUDIT_USE_H

#include "audit/inside.h"

/* The operation of a kind's entry, and the action asked for. */
struct use_row {
	enum event_kind	 kind;
	enum entry_op	 op;
	enum action	 action;	/* of the request; sign: or window.open */
	const char	*word;		/* of the operation; NULL: it has none */
	bool		 key;		/* is it on the key that was asked for? */
};

/* The request that this entry uses, with its permit; NULL: noted. */
NODISCARD int permit_of(struct audit *a, const struct waiting *w,
    struct req **ret, struct err *err);
/* Is what was done what was asked for, under this law? */
void operation_check(struct audit *a, const struct waiting *w,
    const struct req *r, const struct use_row *row,
    const struct charter *law);
/* Was it decided so, under this charter?  @first: the request's first use. */
NODISCARD int judge_check(struct audit *a, const struct waiting *w,
    struct req *r, size_t charter, bool first, struct err *err);
/* Uses follow one another, and are no more than were allowed. */
void uses_check(struct audit *a, const struct waiting *w, struct req *r);

#endif
