/*
 * vain - askers whom no rule lets do it are told so before anything is looked up.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_VAIN_H
#define FLOW_VAIN_H

#include "base/json.h"

struct answer;
struct ask;
struct begun;
struct drawn;
struct flow;
struct key;

/** may_ever - is there a rule by which this asker might do it to a @class? */
bool may_ever(const struct begun *b, const char *class);
/** asks_in_vain - is there no rule at all by which they might do it?  Then @ret is
 * set to the refusal, recorded; else it is left.  Takes @key and @parameters. */
NODISCARD int asks_in_vain(struct flow *f, const struct ask *ask, struct key *key, json_t *parameters, struct answer *ret, struct err *err);
/** refuse_vain - such a refusal, recorded. */
NODISCARD int refuse_vain(const struct drawn *w, struct answer *ret, struct err *err);

#endif
