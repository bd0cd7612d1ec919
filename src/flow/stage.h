/*
 * stage - the stages of an action: each needs the one before it, so that a wrong
 * order does not compile.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_STAGE_H
#define FLOW_STAGE_H

#include "base/json.h"
#include "flow/flow.h"
#include "policy/action.h"
#include "policy/decide.h"
#include "state/state.h"

struct deed;

/* 1: who asks for what, under which law. */
struct begun {
	struct flow		*flow;
	const struct ask	*ask;
	const struct deed	*deed;
	enum action		 action;
	struct law		*law;		/* owned */
	struct house		*house;		/* owned */
	time_us			 now;
	char			 id[ID_TEXT];	/* that its request has or will have */
	time_us			 created;
};

/* 2: exactly what: the parameters that are hashed. */
struct drawn {
	const struct begun	*begun;
	json_t			*parameters;	/* owned */
	struct key		*key;		/* owned, or NULL */
	json_t			*proposal;	/* owned: a charter's document, a certificate's request; or NULL */
	json_t			*extra;		/* owned: members for the asker alone (a new token), or NULL */
	json_t			*known;		/* owned: the answer, where nothing need be done for it, or NULL */
	bool			 vain;		/* no rule lets this asker: drawn as far as that shows */
	bool			 idle;		/* it would change nothing: people are not asked for it */
	bool		 anew;		/* done, the same may be asked again: others may have said otherwise since */
};

/* 3: all that a rule may look at. */
struct seen {
	const struct drawn	*drawn;
	struct facts		*facts;		/* owned */
};

/* 4: what the charter says. */
struct decided {
	const struct seen	*seen;
	struct decision		 decision;
};

/* 5: the REQUEST that was fixed. */
struct requested {
	const struct decided	*decided;
	json_t			*request;	/* owned: REQUEST */
	json_t			*proof;		/* owned: the requester's APPROVAL, or NULL */
	const char		*id;
};

/* What performing needs, whether it comes from stage 5 or was approved. */
struct granted {
	struct flow		*flow;
	const struct deed	*deed;
	const char		*requester;
	const char		*request_id;
	const json_t		*request;	/* REQUEST */
	const json_t		*parameters;	/* of it */
	const json_t		*permit;	/* PERMIT */
	struct sha256		 permit_hash;
	const char		*principal;	/* who uses it now */
	const json_t		*use;		/* a window's use: digest, product ...; NULL: parameters */
	const char		*key;		/* hash, or "" */
	const struct key	*held;		/* the same, or NULL: not read yet */
	const json_t		*facts;		/* to be recorded, or NULL */
	const json_t		*content;	/* ed25519: base64, or NULL */
	const json_t		*proposal;
	const char		*rule, *rule_hash;
	const char		*idempotency;	/* "" where none */
	bool			 was_open;	/* it waited: a request.opened tells of it */
};

/** begun_init - the law and the house of this moment, and an id; where a prepared request
 * is handed in, its own.  Errors: ENOENT_ (no such action), EINPUT, EEXPIRED. */
NODISCARD int begun_init(struct flow *f, const struct ask *ask, struct begun *ret, struct err *err);
/** drawn_init - the body into parameters, which are checked unless it is asked in vain. */
NODISCARD int drawn_init(const struct begun *b, struct drawn *ret, struct err *err);
/** drawn_class - of the key that it is done with, or will be; NULL: the action has none. */
const char *drawn_class(const struct drawn *d);
/** see - facts and decision for a drawn action by somebody. */
NODISCARD int see(const struct drawn *d, struct seen *ret, struct err *err);
/** decide - what the charter says of it. */
void decide(const struct seen *s, struct decided *ret);
/* Releasing what the stages own. */
void begun_done(struct begun *b);
void drawn_done(struct drawn *d);

#endif
