/*
 * lot_inside - what the files of a batch under way share; see lot.c.
 *
 * Floor 6, api; included by lot*.c only.
 */
#ifndef API_LOT_INSIDE_H
#define API_LOT_INSIDE_H

#include "api/lot.h"
#include "api/server.h"

#define RING		256u	/* results that wait to be sent */
#define CREW		24u	/* rows that are done at once */

enum outcome { DONE, WAITS, REFUSED, LOST, HEAD, TAIL };

struct slot {
	bool		 there;
	enum outcome	 outcome;
	char		*text;		/* owned */
	size_t		 n;
};

/* A row in work. */
struct turn {
	uint64_t	 row;		/* 0: none */
	bool		 known;		/* is its name? */
	char		 name[FLOW_BATCH_NAME];	/* flow_batch_name; "": it is no request */
};

struct lot {
	struct api		*api;
	struct caller		 who;
	char			*bearer;	/* what they showed; owned */
	unsigned char		*spki;		/* the same; owned */
	size_t			 spki_octets;
	time_us			 until;		/* where it is a certificate */
	struct flow_batch	 batch;
	const struct schema	*schema;	/* of a row */
	FILE			*file;
	uint64_t		 octets;	/* taken */
	time_us			 began;		/* clock_mono */
	struct MHD_Connection	*mhd;
	struct lot		*next, **prev;	/* of those under way */

	pthread_mutex_t		 lock;		/* over all below */
	pthread_cond_t		 room;		/* in the ring */
	pthread_cond_t		 turns;		/* one of them ended, or is known */
	struct turn		 turn[CREW];
	struct csrs		 csrs;
	struct slot		 ring[RING];
	uint64_t		 given, told;	/* places of the ring, ever */
	size_t			 told_octets;	/* of the one at hand */
	unsigned		 holders, crew;
	time_us			 stood;		/* when that was looked at; clock_mono */
	bool			 over;		/* no more rows are given out */
	bool			 whole;		/* the tail is there */
	bool			 stop;		/* nobody reads any more */
	bool			 asleep;	/* the connection is suspended */
	bool			 skip;		/* all but the tail: a row was lost */
	struct err		 why;		/* that it ended early; OK: it did not */
	unsigned		 refusals;	/* so far, told or not */
	uint64_t		 rows, count[3];	/* told, by outcome */
	json_t			*refused, *mended;	/* hashes not counted yet */
};

/** lot_leave - give a reference back; the last ends it. */
void lot_leave(struct lot *l);
/** lot_end - nothing more is begun; @why NULL: the rows have ended. */
void lot_end(struct lot *l, const struct err *why);
/**
 * lot_stands - is what they showed theirs still?  Looks once a second at most.
 *
 * Errors: EAUTH.
 */
NODISCARD int lot_stands(struct lot *l, struct err *err);
/** lot_wake - under the lock: the reader may go on. */
void lot_wake(struct lot *l);
/** turn_take - under the lock: the row is in work. Rows come in their order. */
void turn_take(struct lot *l, uint64_t row);
/** turn_wait - until no earlier row in work has this name. */
void turn_wait(struct lot *l, uint64_t row, const char *name);
/** turn_end - it is done. */
void turn_end(struct lot *l, uint64_t row);
/** lot_row - have one row done; on a thread of the crew. */
struct slot lot_row(struct lot *l, const struct csrs_row *row);
/** lot_crew - start it. Errors: ENOMEMORY. */
NODISCARD int lot_crew(struct lot *l, struct err *err);

#endif
