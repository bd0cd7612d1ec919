/*
 * diff - what an amendment changes, for people and for programs.
 * Floor 2, pure.
 */
#ifndef POLICY_DIFF_H
#define POLICY_DIFF_H

#include <jansson.h>
#include "base/err.h"
#include "policy/charter.h"

/**
 * charter_diff - new: {"from":HASH,"to":HASH,"changes":[{"kind","subject",
 * "words","old"?,"new"?,"weaker"?}...]}; the words are sentences.
 * Errors: ENOMEMORY.
 */
NODISCARD int charter_diff(const struct charter *from, const struct charter *to,
    json_t **ret, struct err *err);

#endif
