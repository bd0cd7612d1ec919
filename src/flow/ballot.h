/*
 * ballot - a stored request, and who has agreed to it, under the present law.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_BALLOT_H
#define FLOW_BALLOT_H

#include "policy/decide.h"
#include "policy/permit.h"
#include "policy/quorum.h"
#include "state/state.h"

struct flow;

/* Quorum's ask for a stored request under the present law. */
struct ballot {
	struct law	*law;
	struct house	*house;
	struct request	*request;
	struct approval	*given[PERMIT_APPROVALS];
	size_t		 n;
	struct sha256	*earlier;	/* owned */
	size_t		 earlier_n;
	const struct rule *rule;	/* of the law; NULL: denied now */
	bool		 amended;	/* the rule that it was opened under is in the law no more */
	struct decision	 decision;
	struct facts	*facts;
	struct key	*key;
};
NODISCARD int ballot_open(struct flow *f, const struct asked *a, struct ballot *ret, struct err *err);
void ballot_ask(const struct ballot *b, time_us now, struct quorum_ask *ret);
void ballot_done(struct ballot *b);

#endif
