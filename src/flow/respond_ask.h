/*
 * respond_ask - questions that wait to be signed for.
 *
 * Floor 5, flow; included by its respond_ask.c, respond_keep.c and
 * respond_sign.c.
 */
#ifndef FLOW_RESPOND_ASK_H
#define FLOW_RESPOND_ASK_H

#include "flow/publish.h"

struct question {
	struct blob	 octets;	/* owned: what the request points into */
	struct ocsp_request request;
	struct responders *list;	/* owned */
	const struct responder *by;	/* of the list */
	bool		 keep;		/* one certificate, no nonce */
	unsigned char	 key[OCSP_KEY];	/* then its name on the shelf */
	time_us		 came;		/* clock_mono */
	flow_answered	*answered;	/* NULL: nobody waits */
	void		*ctx;

	/* Of its answer. */
	struct blob	 tbs;
	bool		 known;		/* we issued it */
	time_us		 made, until;
	struct question	*next;
};
void question_free(struct question *q);
/** question_end - answer it. Takes @page, and the question. */
void question_end(struct question *q, struct page *page);
/** question_put_off - where nobody waits for it: have it tried again soon. */
void question_put_off(struct publisher *p, const struct question *q);
/** refusal - a reference to the answer that says only this; counted. */
struct page *refusal(struct publisher *p, enum ocsp_error e);

/* Those at the front of the queue that one responder answers. */
#define ANSWERS_ONCE		64u	/* that the keeper signs at once */
struct batch_of {
	struct flow	*flow;
	struct question	*q[ANSWERS_ONCE];
	size_t		 n;
	const struct responder *by;
	time_us		 now, until;
};
/** answer_lifetime - how long an answer of now may be believed, at the most.
 * Errors: EGENESIS. */
NODISCARD int answer_lifetime(struct flow *f, time_us *ret, struct err *err);
/** batch_times - now, and until when an answer of now may be believed.
 * Errors: EEXPIRED: the responder has no certificate. */
NODISCARD int batch_times(struct batch_of *b, struct err *err);
/** question_draft - what is so, as an answer of the batch's times. */
NODISCARD int question_draft(struct tx *tx, struct question *q,
    const struct batch_of *b, struct err *err);
/** question_page - what was drafted, with this signature. */
NODISCARD int question_page(const struct question *q, struct span signature,
    struct page **ret, struct err *err);

/** batch_kept - answer those that wait for what was signed before and is still
 * so. They leave the batch.
 * @epoch  of the shelf, before this was called. */
void batch_kept(struct batch_of *b, uint64_t epoch);
/** answer_keep - what was drafted, and signed with this, for whoever asks after
 * the next start; @asked: when somebody last did. */
void answer_keep(struct publisher *p, const struct question *q,
    struct span signature, time_us asked);

#endif
