/*
 * post - one message by mail (SMTP, RFC 5321), to a web hook or to a gatherer
 * of logs (syslog, RFC 5424), on libcurl.
 *
 * Floor 2.  Sees base.
 * Threads:  any; each call has a connection of its own and waits at most
 *           MAIL_S or HOOK_S seconds.
 */
#ifndef POST_POST_H
#define POST_POST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"

#define MAIL_S		30	/* the longest that one takes */
#define HOOK_S		10
#define POST_URL	2000	/* octets of one, at most */
#define POST_PASSWORD	255	/* octets of one, at most */
#define POST_ADDRESS	254	/* characters of a mail address (RFC 5321, 4.5.3.1.3) */

/** post_stop - asked about each second while a message is on its way: end it? */
typedef bool post_stop(void *ctx);

/* Everything borrowed. */
struct mail_server {
	const char		*url;		/* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
	const char		*from;		/* address */
	const char		*user;		/* or NULL, "": nobody logs in */
	const struct secret	*password;	/* or NULL */
	const char		*ca_file;	/* whom it must be certified by; NULL, "": the system's */
	bool			 plain;		/* smtp:// without STARTTLS, to this host */
	post_stop		*stop;		/* or NULL */
	void			*stop_ctx;
};
struct mail {
	const char	*id;		/* of the message: of letters, digits and _ */
	const char	*to;		/* address */
	const char	*subject;	/* ASCII; what else is in it becomes "?" */
	const char	*text;		/* UTF-8 */
};
/** post_address - could this be a mail address of ours or theirs?  ASCII, no display name. */
bool post_address(const char *s);
/** post_mail_check - Errors: ERANGE_, naming what is wrong with URL, address or password. */
NODISCARD int post_mail_check(const struct mail_server *s, struct err *err);
/**
 * post_mail - hand a message to the server.
 * Errors: EUNREACH: no server that can be used; EREJECTED: it does not take this
 * one; ENOMEMORY.
 */
NODISCARD int post_mail(const struct mail_server *s, const struct mail *m,
    struct err *err);

/* Everything borrowed. */
struct hook {
	const char		*url;		/* http: or https: */
	const struct secret	*key;		/* its signatures are made with; or NULL: unsigned */
	const char		*ca_file;	/* as above */
	post_stop		*stop;		/* or NULL */
	void			*stop_ctx;
};
/** post_hook_check - Errors: ERANGE_: no URL that a message can be posted to. */
NODISCARD int post_hook_check(const char *url, struct err *err);
/**
 * post_hook - POST @json to it; any 2xx takes it, redirects are refusals.
 *
 * Claviger-Notice: @id.  Claviger-Signature: t=SECONDS,v1=HEX, where HEX is the
 * HMAC-SHA-256 over "SECONDS.BODY"; SECONDS since 1970, of @now.
 * Errors: EUNREACH, EREJECTED (another status), ENOMEMORY.
 */
NODISCARD int post_hook(const struct hook *h, const char *id, const char *json,
    time_us now, struct err *err);

/* Everything borrowed. */
struct syslog {
	const char	*url;		/* tls://HOST:PORT, tcp://HOST:PORT or unix:PATH */
	const char	*ca_file;	/* as above */
	post_stop	*stop;		/* or NULL */
	void		*stop_ctx;
};
enum severity { SEVERITY_ALERT = 1, SEVERITY_WARNING = 4, SEVERITY_NOTICE = 5, SEVERITY_INFO = 6 };
struct syslog_note {
	enum severity	 severity;	/* RFC 5424, 6.2.1 */
	const char	*kind;		/* MSGID: of letters */
	const char	*text;		/* UTF-8, a line */
	time_us		 when;		/* what it tells came to be */
};
/** post_syslog_check - Errors: ERANGE_: nowhere that a message can be sent to. */
NODISCARD int post_syslog_check(const char *url, struct err *err);
/**
 * post_syslog - a message of RFC 5424 in facility 10: over TLS (RFC 5425) or TCP
 * (RFC 6587) with its length before it, or as a datagram to this host's daemon.
 *
 * Nobody answers in this protocol: what the connection took counts as taken.
 * Errors: EUNREACH, EREJECTED (too long for a datagram), ENOMEMORY.
 */
NODISCARD int post_syslog(const struct syslog *s, const struct syslog_note *n, struct err *err);

#endif
