/*
 * respond_ask - questions that wait to be signed for.
 *
 * Floor 5, flow; included by its respond_ask.c and respond_sign.c.
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
/** refusal - a reference to the answer that says only this; counted. */
struct page *refusal(struct publisher *p, enum ocsp_error e);

#endif
