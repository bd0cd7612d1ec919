/*
 * namesake - what one authority has alone: its name, where its lists are, and its
 * certificate.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_NAMESAKE_H
#define FLOW_NAMESAKE_H

#include "base/json.h"

struct flow;

/**
 * namesake_check - may there be an authority with these parameters (ca.create's,
 * which have a subject, or ca.import's)?
 *
 * Under the name of another its key could sign lists for that one's certificates
 * (RFC 5280, 4.1.2.6); the keeper asks that again.  Who goes on for another, or
 * has the name already, keeps it.  What another publishes at a URL is not what
 * this one's certificates say is there.
 * Errors: ECONFLICT.
 */
NODISCARD int namesake_check(struct flow *f, const json_t *parameters,
    struct err *err);

#endif
