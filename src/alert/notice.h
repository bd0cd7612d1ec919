/*
 * notice - what somebody is to be told, until they have been.
 *
 * Floor 3.  Sees store, base.
 *
 * Not in the ledger, and left out of replay: a notice tells what the ledger
 * knows.  It is queued in one transaction with the mark that its request is
 * followed, so that each is delivered at least once, whatever crashes.
 */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"

struct tx;

#define NOTICE_NAME	66

enum occasion {
	NOTICE_ASKED,		/* a request waits for this person */
	NOTICE_REMINDER,	/* half of its time is over */
	NOTICE_APPROVED,	/* agreed to, and waits for its requester to bring the content */
	NOTICE_OUTCOME,		/* what became of it: to its requester */
	NOTICE_ALERT,		/* something runs out, or is not as it should be */
	NOTICE_OVER,		/* that is over */
	NOTICE_TEST,		/* asked for by who gets it */
	OCCASION__N
};
enum channel { BY_MAIL, BY_WEBHOOK, BY_SYSLOG, CHANNEL__N };
const char *occasion_name(enum occasion o);
const char *channel_name(enum channel c);

struct notice {
	char		 id[ID_TEXT];
	enum occasion	 occasion;
	enum channel	 channel;
	char		 request[ID_TEXT];	/* "": about none */
	char		 alert[ID_TEXT];	/* "": about none */
	char		 person[NOTICE_NAME];	/* or tool */
	time_us		 created, due;
	unsigned	 tries;
	json_t		*about;			/* owned: what is told */
};
void notice_done(struct notice *n);

/* ---- requests that are followed until they end ---- */

struct followed {
	char		 request[ID_TEXT];
	time_us		 remind;		/* 0: they have been */
};
/** notice_follow - from now on; or when to remind next, 0: never. */
NODISCARD int notice_follow(struct tx *tx, const char *request, time_us remind,
    struct err *err);
NODISCARD int notice_unfollow(struct tx *tx, const char *request, struct err *err);
/** notice_followed - those after @after in the order of their ids; at most @room. */
NODISCARD int notice_followed(struct tx *tx, const char *after, size_t room,
    struct followed *ret, size_t *ret_n, struct err *err);

/* ---- the queue ---- */

/** notice_put - queue it; nothing is done where this person has it by this channel. */
NODISCARD int notice_put(struct tx *tx, const struct notice *n, struct err *err);
struct receiver {
	char		 person[NOTICE_NAME];	/* or tool */
	bool		 late;			/* something for them was tried in vain */
};
/** notice_receivers - to whom something is due by a channel, at most @room: who waits
 * longest first, those who were tried in vain behind the others. */
NODISCARD int notice_receivers(struct tx *tx, enum channel by, time_us now, size_t room,
    struct receiver *ret, size_t *ret_n, struct err *err);
/** notice_next - the next that are due to this person by a channel, at most @room
 * (notice_done each).  @ret_n 0: none is. */
NODISCARD int notice_next(struct tx *tx, enum channel by, const char *person, time_us now,
    size_t room, struct notice *ret, size_t *ret_n, struct err *err);
/** notice_sent - it was taken. */
NODISCARD int notice_sent(struct tx *tx, const char *id, time_us now, struct err *err);
/** notice_again - it was not: try again then; 0: never, it has failed. */
NODISCARD int notice_again(struct tx *tx, const char *id, time_us now, time_us due,
    const char *why, struct err *err);
/** notice_hold - nothing more to this person by this channel before then. */
NODISCARD int notice_hold(struct tx *tx, enum channel by, const char *person, time_us until,
    struct err *err);
/** notice_drop - nothing to this person by this channel any more: what is queued is forgotten,
 * so that a request which still waits is told of again once there is a way. */
NODISCARD int notice_drop(struct tx *tx, enum channel by, const char *person, struct err *err);
/** notice_hasten - what was tried in vain is due now: there may be another way to them. */
NODISCARD int notice_hasten(struct tx *tx, time_us now, struct err *err);
/** notice_overtaken - nobody need be asked about this request any more. */
NODISCARD int notice_overtaken(struct tx *tx, const char *request, time_us now, struct err *err);
/** notice_alert_overtaken - the same of an alert: there is news, or it is over. */
NODISCARD int notice_alert_overtaken(struct tx *tx, const char *alert, time_us now, struct err *err);
/** notice_persons - {PERSON: true} of those who were told of an alert. */
NODISCARD int notice_persons(struct tx *tx, const char *alert, json_t **ret, struct err *err);
/** notice_way - may this person still be told by this channel? */
typedef bool notice_way(void *ctx, enum channel by, const char *person);
/** notice_failing - {CHANNEL: {"notices","oldest"}} of those with what was tried in vain,
 * or given up and nothing was taken since, of persons for whom there is a @way; oldest
 * in microseconds. */
NODISCARD int notice_failing(struct tx *tx, notice_way *way, void *ctx, json_t **ret,
    struct err *err);
/** notice_forget - what ended before then. */
NODISCARD int notice_forget(struct tx *tx, time_us before, struct err *err);
/** notice_waits - has this person one of this occasion that was not sent yet? */
NODISCARD int notice_waits(struct tx *tx, enum occasion o, const char *person,
    bool *ret, struct err *err);
/** notice_counts - {queued, failing, failed, oldest?, why?}: failing are those tried in vain. */
NODISCARD int notice_counts(struct tx *tx, json_t **ret, struct err *err);

struct notice_filter {
	const char	*state, *person;	/* NULL: any */
};
/** notice_list - newest first: [{id, occasion, request?, alert?, person, channel, state, created, due?, closed?, tries, why?}]. */
NODISCARD int notice_list(struct tx *tx, const struct notice_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next, struct err *err);

#endif
