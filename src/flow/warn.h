/*
 * warn - what runs out, or is not as it should be, is found and told; inside
 * src/flow only.
 *
 * One thread looks at all that is watched, again and again.  What it finds is
 * compared with the alerts that are open: only what differs is written.
 */
#ifndef FLOW_WARN_H
#define FLOW_WARN_H

#include "alert/alert.h"
#include "state/state.h"

struct flow;
struct warner;

#define ENDED_KEPT	TIME_S(30ll * 86400)	/* so long after its end it is still told */

/* Takes what @s owns. */
typedef int warn_fn(void *ctx, struct sighting *s, struct err *err);

/* One look: of one moment, under one charter. */
struct look {
	struct flow		*flow;
	struct tx		*tx;
	const struct law	*law;		/* borrowed */
	time_us			 now;
	time_us			 until;		/* a calendar: all that ends before; 0: what a threshold is reached of */
	warn_fn			*found;
	void			*ctx;
	/* Of what has no end; NULL: not looked for. */
	json_t			*since;		/* "WATCH SUBJECT" -> microseconds, by the look before */
	json_t			*lasting;	/* the same, by this one */
	const json_t		*open;		/* "WATCH SUBJECT" of the alerts that there are */
	time_us			 whole[WATCH__N];	/* up to when all that ends was looked at; 0: all of it */
	uint64_t		 checkpoint;	/* its size at the look before */
	json_t			*gaps;		/* owned: {"keys": {GAP: n}, "certificates": {GAP: n}}; NULL: not counted */
	struct err		 keeper;	/* why it does not answer; OK: it does */
};

/** look_found - it is there: tell it, if a threshold is reached, or it lasts.
 *
 * @about   what is said of it; owned, taken.
 * @starts  of its life; 0: not known. */
NODISCARD int look_found(struct look *l, enum watch w, const char *subject,
    time_us starts, time_us ends, json_t *about, struct err *err);
/** look_counts - is what ends then to be told: is a threshold reached, or does it end
 * within the calendar?
 *
 * @class          of its key; NULL: of none.
 * @starts         of its life; 0: not known.
 * @ret_threshold  the one that is reached; not of a calendar. */
bool look_counts(const struct look *l, enum watch w, const char *class,
    time_us starts, time_us ends, time_us *ret_threshold);
/** look_is_open - is there an alert of it?  Never of a calendar. */
bool look_is_open(const struct look *l, enum watch w, const char *subject);
/** look_name - "WATCH SUBJECT". */
void look_name(enum watch w, const char *subject, char ret[ALERT_SUBJECT + 32]);
/** look_class - of a key; "": it is not known here. */
NODISCARD int look_class(const struct look *l, const char *key, char ret[KEY_NAME], struct err *err);
/** look_all - everything that is watched, each once.  A part that fails for itself is
 * told to the log, and what it watches is not whole.
 * Errors: ESTORE, ENOMEMORY and others that are nobody's fault; of a calendar any. */
NODISCARD int look_all(struct look *l, struct err *err);
/** look_horizon - what ends before then is looked for. */
time_us look_horizon(const struct look *l, enum watch w);

/** look_not_whole - all was looked at only up to then; 0: nothing was left out. */
void look_not_whole(struct look *l, enum watch w, time_us until);

/** look_about_issued - what is said of what an authority issued under a profile:
 * {name, class?, what, ca, profile}. */
struct cert_end;
NODISCARD int look_about_issued(const struct look *l, const struct cert_end *c,
    const char *name, const char *what, json_t **ret, struct err *err);

/* Parts of look_all. */
NODISCARD int look_keys(struct look *l, struct err *err);
NODISCARD int look_lacking(struct look *l, struct err *err);
NODISCARD int look_authorities(struct look *l, struct err *err);
NODISCARD int look_certificates(struct look *l, struct err *err);
NODISCARD int look_devices(struct look *l, struct err *err);
NODISCARD int look_credentials(struct look *l, struct err *err);
NODISCARD int look_requests(struct look *l, struct err *err);
NODISCARD int look_windows(struct look *l, struct err *err);
NODISCARD int look_findings(struct look *l, struct err *err);
NODISCARD int look_strays(struct look *l, struct err *err);	/* of the same watch: of look_findings */
NODISCARD int look_backup(struct look *l, struct err *err);
NODISCARD int look_tls(struct look *l, struct err *err);
NODISCARD int look_lists(struct look *l, struct err *err);
NODISCARD int look_quotas(struct look *l, struct err *err);
NODISCARD int look_quorums(struct look *l, struct err *err);
NODISCARD int look_keeper(struct look *l, struct err *err);
NODISCARD int look_checkpoint(struct look *l, struct err *err);
NODISCARD int look_delivery(struct look *l, struct err *err);

/** warn_once - one look, and what follows from it. Errors: those of look_all and turns_write. */
NODISCARD int warn_once(struct flow *f, struct err *err);
/** warner_looked - when all of it was looked at last; 0: never since this start. */
time_us warner_looked(const struct warner *w);
/** warner_partial - bits of the watches that the last look did not see as a whole. */
unsigned warner_partial(const struct warner *w);
/** warner_on - is it to go on? */
bool warner_on(struct warner *w);

/* What is to be written of an alert, and told. */
struct turn {
	struct alert		 alert;		/* owned */
	enum alert_step		 step;
	bool			 was_told;	/* before it */
};
/** turns_write - all of them, and their notices: in one transaction each few.
 * Errors: those that are left are found again by the next look. */
NODISCARD int turns_write(struct flow *f, const struct law *law,
    struct turn *t, size_t n, struct err *err);
/** warner_gaps - what lacked something at the last look, as lines of the Prometheus text form. */
NODISCARD int warner_gaps(struct warner *w, struct blob *ret, struct err *err);
/** warner_took - the last look; 0: there was none yet. */
time_us warner_took(const struct warner *w);
/** warn_groups - who is told of this alert. */
struct group_set warn_groups(const struct law *law, const struct alert *a);

#endif
