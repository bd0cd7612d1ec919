/*
 * refuse - a no, with its reasons, is recorded before it is answered.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_REFUSE_H
#define FLOW_REFUSE_H

#include "flow/stage.h"

/** refuse_why - the problem that a decision amounts to. */
enum err_code refuse_why(const struct decision *d, char detail[240]);

/* The event of a refusal, durable before this returns. */
struct denial {
	const char	*actor, *action, *subject, *idempotency;
	const char	*request, *reason;	/* of an approved one, which it ends; or NULL */
	const json_t	*parameters;
	const struct rule *rule;
	const json_t	*facts, *explanation;
};
NODISCARD int denial_record(struct flow *f, const struct denial *d, struct err *err);
/** is_refusal - is it somebody's word, and not the store's or the keeper's absence? */
bool is_refusal(enum err_code c);
/** refuse - record it; @ret is set to what is answered. */
NODISCARD int refuse(const struct decided *d, enum err_code code, const char *detail, const json_t *explanation, struct answer *ret, struct err *err);
/** refuse_decision - the same, where the charter denies it. */
NODISCARD int refuse_decision(const struct decided *d, struct answer *ret, struct err *err);
/** brought_wrong - refused is what was brought, content or a window's name, not the
 * request: the right one may still come.  What is no refusal is returned: @rc, @why. */
NODISCARD int brought_wrong(const struct drawn *w, int rc, const struct err *why, struct answer *ret, struct err *err);

#endif
