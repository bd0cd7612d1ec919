/*
 * inside - what the files of this folder share about a client.
 */
#ifndef CLIENT_INSIDE_H
#define CLIENT_INSIDE_H

#include <curl/curl.h>
#include "base/blob.h"
#include "base/sha256.h"
#include "client/client.h"

struct client {
	CURL		*curl;
	char		*url;		/* without a final slash */
	char		*ca_file, *certificate, *key;	/* owned or NULL */
	struct secret	*token;
	struct sha256	 fingerprint;
	bool		 check_house;	/* still to be done */
	unsigned	 timeout_s, retry_s;
	json_t		*problem;
};

#define CONTENT_CHUNK	(48u * 1024)	/* octets, of which base64 needs no padding */

/* A body that ends in a file's content; where its next octets are. */
struct content {
	FILE		*file;		/* borrowed */
	uint64_t	 octets, left;	/* of the file; of those to be read */
	uint64_t	 total;		/* of the body */
	struct blob	 head;		/* what comes before it */
	const char	*next;
	size_t		 next_n;
	bool		 ended;
	unsigned char	 octet[CONTENT_CHUNK];
	char		 text[CONTENT_CHUNK / 3 * 4];
};
/** content_init - of call->content. Errors: EUSAGE, ENOMEMORY, EIO_. */
NODISCARD int content_init(struct content *c, const struct call *call, struct err *err);
void content_done(struct content *c);
/** content_again - from the beginning. Errors: EIO_. */
NODISCARD int content_again(struct content *c);
/** content_read, content_seek - as libcurl asks for it: CURLOPT_READFUNCTION, CURLOPT_SEEKFUNCTION. */
size_t content_read(char *to, size_t one, size_t n, void *ctx);
int content_seek(void *ctx, curl_off_t to, int from);

/* One HTTP exchange, as it came. */
struct exchange {
	long		 status;	/* 0: none came */
	unsigned	 retry_after_s;	/* 0: not said */
	struct blob	 body;		/* unless it went to @to */
	struct content	*content;	/* of what is sent, instead of a body that is held; borrowed, or NULL */
	FILE		*to;		/* 2xx bodies go here when set */
	size_t		 most;		/* bound of body */
	bool		 too_big, lost;	/* lost: try again later may help */
};

/** exchange_do - send and receive once. Errors: EUNREACH, ETOOBIG, EIO_, ENOMEMORY. */
NODISCARD int exchange_do(struct client *c, const struct call *call,
    const struct blob *body, struct exchange *x, struct err *err);
/** exchange_try - the same, again while the service says "later". */
NODISCARD int exchange_try(struct client *c, const struct call *call,
    const struct blob *body, struct exchange *x, struct err *err);
/** answer_read - the body of a 2xx as JSON; other statuses as their error. */
NODISCARD int answer_read(struct client *c, const struct exchange *x,
    json_t **ret, struct err *err);
/** client_house_check - is this the house of the fingerprint? Once. Errors: EHOUSE. */
NODISCARD int client_house_check(struct client *c, struct err *err);

#endif
