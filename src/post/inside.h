/* inside - what both ways have in common. */
#ifndef POST_INSIDE_H
#define POST_INSIDE_H

#include <curl/curl.h>
#include "post/post.h"

struct sending {
	CURL			*curl;
	struct curl_slist	*header;	/* owned */
	char			 why[CURL_ERROR_SIZE];
	post_stop		*stop;		/* or NULL */
	void			*stop_ctx;
};

/** sending_begin - stop and stop_ctx are set: bounds, trust and where to. Errors: ENOMEMORY. */
NODISCARD int sending_begin(struct sending *s, const char *url, long seconds,
    const char *ca_file, struct err *err);
NODISCARD int sending_header(struct sending *s, const char *line,
    struct err *err);
/** sending_go - Errors: EUNREACH; EREJECTED: a server was there and did not take it. */
NODISCARD int sending_go(struct sending *s, struct err *err);
void sending_done(struct sending *s);

/** url_check - of one of these schemes ("smtp\0smtps\0"), with a host, and nobody's name in it. */
NODISCARD int url_check(const char *url, const char *schemes, struct err *err);

/** url_is_loopback - does its host name this one? */
bool url_is_loopback(const char *url);

#endif
