/*
 * watch - what is watched, and what the charter's "alerts" say of it: how long
 * before its end who is told, and who when nobody listens.
 *
 * Floor 2, pure.  Sees base.  Immutable with its charter; share freely.
 */
#ifndef POLICY_WATCH_H
#define POLICY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include "base/clock.h"
#include "policy/roster.h"

#define WATCH_BEFORE	8	/* thresholds of one rule */
#define WATCH_CLASSES	64

/* When it ends: nobody knows beforehand; after months or years; after hours or days. */
enum watch_end { END_UNKNOWN, END_LATE, END_SOON };

/* One row each: symbol, name, when it ends, has it a key's class?, what it is,
 * what is to be done about it. */
#define WATCHES(W) \
	W(WATCH_KEY, "key", END_LATE, true, "a key whose cryptoperiod ends", \
	    "generate its successor (claviger key generate), have the products move to it, then deactivate this one; of one that lives elsewhere say what became of it (claviger key correct, unregister)") \
	W(WATCH_AUTHORITY, "authority", END_LATE, true, "an authority whose certificate ends, or was revoked", \
	    "renew it (claviger ca renew), or have another succeed it and retire this one (claviger ca retire)") \
	W(WATCH_ISSUING, "issuing", END_LATE, true, "the last day on which an authority can issue what it issues, at its full length", \
	    "renew it (claviger ca renew), or have another succeed it (claviger ca create --succeeds): from then on nothing is issued at its full length") \
	W(WATCH_CERTIFICATE, "certificate", END_LATE, true, "a certificate that was issued to no device", \
	    "have it issued anew (claviger cert issue), or revoke it if nobody needs it (claviger cert revoke); one of another CA is renewed or revoked there: enter the new one, or that CA's list (claviger cert import)") \
	W(WATCH_DEVICES, "devices", END_LATE, true, "certificates of devices, by authority and profile", \
	    "have the devices renew (EST simplereenroll); claviger cert list --ca CA --profile PROFILE --expires-before T names them") \
	W(WATCH_CREDENTIAL, "credential", END_LATE, false, "a token by which somebody comes in", \
	    "issue another (claviger credential issue), move who uses it, and revoke this one") \
	W(WATCH_REQUEST, "request", END_SOON, true, "a request that waits for approvals, and nobody agrees or rejects", \
	    "agree or reject (claviger approve, reject): claviger request show names it, and who may; when it has expired it is to be asked for anew") \
	W(WATCH_WINDOW, "window", END_SOON, true, "a window with uses left and no later one for the same keys and users", \
	    "if it is needed for longer, have the next one approved before it ends (claviger window open); else close it (claviger window close)") \
	W(WATCH_TLS, "tls", END_LATE, false, "the service's own certificate", \
	    "put another in the place of the file that control.certificate names, and have the service read it (systemctl reload clavigerd)") \
	W(WATCH_BACKUP, "backup", END_LATE, false, "the house's own backup, when it is to be shown again that it can be restored", \
	    "restore the newest backup on a machine of its own, verify it (the guide, 7) and say so (claviger drill report)") \
	W(WATCH_LIST, "list", END_UNKNOWN, true, "revocation lists that are older than they should be, or do not tell what was revoked", \
	    "claviger status and claviger ca show tell what is in the way; claviger ca publish signs them at once, once a key that rests is resumed; of another CA fetch its newest, and enter it (claviger cert import --crl)") \
	W(WATCH_GAP, "gap", END_UNKNOWN, true, "a key that lacks an owner, an end or another thing that each must have, certificates of other CAs without an owner or a successor, and an authority whose certificates send who asks about them to this house, where nobody answers", \
	    "claviger inventory gaps tells why; amend the charter, end the key, or enter the certificates again with an owner (claviger cert import); give the authority a responder (claviger ca renew --responder)") \
	W(WATCH_FINDING, "finding", END_UNKNOWN, false, "what lies about: private keys, and certificates and objects of a token that are in no inventory; and keys that a token holds no more", \
	    "claviger discover show and claviger discover house tell what and where; take it away and look again, enter it in the inventory (claviger discover import, claviger key register), or say why it is as it should be (claviger discover dismiss); of a credential's key take that out of the charter at once (claviger charter propose) or revoke it (claviger credential revoke): who has read it can come in by it, or approve; of a key that is gone from its token, what became of it (claviger key correct, unregister)") \
	W(WATCH_QUOTA, "quota", END_UNKNOWN, true, "a rule's limit, its rework quota, or a window, four fifths of which somebody has used with a key", \
	    "find out whether so much is meant (claviger inventory key); if it is, amend the rule's limit before it stops a line, or wait: uses count for the limit's period; of a window have the next one approved (claviger window open), or close it (claviger window close)") \
	W(WATCH_QUORUM, "quorum", END_UNKNOWN, false, "a group with nobody to spare for what it must approve", \
	    "amend the charter: add an officer to the group, or a credential to one who has none") \
	W(WATCH_KEEPER, "keeper", END_UNKNOWN, false, "the keeper or its token, which cannot be reached", \
	    "look at the keeper's log and at its token; nothing is signed meanwhile") \
	W(WATCH_CHECKPOINT, "checkpoint", END_UNKNOWN, false, "a ledger that the keeper has not signed for too long", \
	    "look at the keeper's log; no receipt is complete meanwhile") \
	W(WATCH_LOOK, "look", END_UNKNOWN, false, "what is watched, and was not looked at as a whole", \
	    "claviger status names it: where there is more than one look takes in, renew or revoke what has ended, or dismiss what was found (claviger cert list, inventory and discover list name all of it); else the service's log says why it cannot be looked at") \
	W(WATCH_DELIVERY, "delivery", END_UNKNOWN, false, "notices that nobody takes, and a file of contacts that is not taken", \
	    "claviger notice list --state queued tells why; see to the mail server, the web hook or the gatherer of logs; claviger status tells what is wrong with the file that notify.contacts names")

enum watch {
#define W(sym, name, ends, of_class, words, remedy) sym,
	WATCHES(W)
#undef W
	WATCH__N
};

struct alert_rule {
	const char	*name;		/* of its file; "" where the charter says nothing */
	unsigned	 watches;	/* bits */
	const char	**class;	/* those it is for; NULL: every one */
	size_t		 class_n;
	time_us		 before[WATCH_BEFORE];	/* the longest first */
	size_t		 before_n;	/* 0: what is usual, see alert_before */
	time_us		 every;		/* of backup: so long one that was restored proves it */
	time_us		 after;		/* without an end: once it has lasted so long */
	time_us		 repeat;	/* told again, while nobody acknowledges it */
	time_us		 escalate;	/* after so long without that; 0: never */
	struct group_set tell;		/* none: who owns the class; without one, the owners of all */
	struct group_set escalate_to;
};

struct charter;

/** alert_unsaid - what holds where the charter says nothing. */
extern const struct alert_rule alert_unsaid;

const char *watch_name(enum watch w);
const char *watch_words(enum watch w);
/** watch_remedy - what is to be done about it. */
const char *watch_remedy(enum watch w);
/** watch_from_name - -1 if unknown. */
int watch_from_name(const char *name);
/** watch_ends - is its end known beforehand, so that there are thresholds? */
bool watch_ends(enum watch w);
/** alert_before - the rule's thresholds for this, the longest first; where it says none, those
 * that are usual for what lives so long.  @ret  borrowed.  @return how many, 1 at least. */
size_t alert_before(const struct alert_rule *r, enum watch w, const time_us **ret);

/** charter_alert - the rule that decides: the first in the order of names that
 * watches this, @class NULL: of no class; or what holds where none does. */
const struct alert_rule *charter_alert(const struct charter *c, enum watch w,
    const char *class);
/* A group that must approve, at its tightest. */
struct group_need {
	const char	*group, *rule;
	unsigned	 need, have;	/* people of it whose proof counts */
};
/** charter_group_need - what a group has to spare: of the rule that leaves it the
 * least.  @return false: nothing waits for it. */
bool charter_group_need(const struct charter *c, int group, struct group_need *ret);
/** charter_restore_every - how long after a restore, or a drill, the next is due. */
time_us charter_restore_every(const struct charter *c);
/** charter_alert_longest - the longest threshold of any rule for this. */
time_us charter_alert_longest(const struct charter *c, enum watch w);
/** charter_alert_groups - all that its alerts name. */
struct group_set charter_alert_groups(const struct charter *c);
/** alert_told - the groups that it tells of something of this class, which belongs to
 * this group; NULL: of none, to its class's. */
struct group_set alert_told(const struct charter *c, const struct alert_rule *r,
    const char *class, const char *owner);
/**
 * alert_threshold - the least of the rule's thresholds that is reached.
 *
 * @left   until the end; 0 and less: it has ended.
 * @whole  its life from start to end; 0: not known.  A threshold of more than
 *         a third of it means nothing; of what has none that means anything,
 *         the end is no news either.
 * @ret    0 where it has ended.
 * @return is one reached?
 */
bool alert_threshold(const struct alert_rule *r, enum watch w, time_us left,
    time_us whole, time_us *ret);
/** alert_lead - the longest of its thresholds that means anything for a life of @whole.
 * @return false: none does, so that its end is no news. */
bool alert_lead(const struct alert_rule *r, enum watch w, time_us whole,
    time_us *ret);

#endif
