/*
 * client - the service's API as its callers see it: JSON in, JSON out.
 *
 * Floor 2.  Sees base.
 * Threads:  one client per thread.
 * Bounds:   an answer has at most CLIENT_MOST octets; a file that is fetched
 *           is written as it arrives.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdio.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/blob.h"
#include "base/secret.h"

#define CLIENT_MOST	(16u * 1024 * 1024)
#define CLIENT_URL	"https://127.0.0.1:8443"

struct client;			/* opaque */

/* Everything is borrowed until client_new returns; NULL means "not given". */
struct client_options {
	const char		*url;		/* CLIENT_URL when NULL */
	const char		*ca_file;	/* PEM trust anchor; the system's when NULL */
	const char		*certificate;	/* PEM chain for client TLS */
	const char		*key;		/* its private key, a PEM file */
	const struct secret	*token;		/* bearer */
	const char		*fingerprint;	/* of the genesis: the house is checked first */
	unsigned		 timeout_s;	/* one exchange; 30 when 0 */
	unsigned		 retry_s;	/* how long a 503 is tried again; 20 when 0 */
	bool			 once;		/* a 503 is no reason to try again: retry_s does not matter */
};

/**
 * client_options_env - fill from CLAVIGER_URL, CLAVIGER_CA_FILE,
 * CLAVIGER_CERTIFICATE, CLAVIGER_KEY and CLAVIGER_FINGERPRINT what is not set
 * yet; the strings belong to the environment.
 */
void client_options_env(struct client_options *o);

/**
 * client_token_env - the bearer token of CLAVIGER_TOKEN, or of the file that
 * CLAVIGER_TOKEN_FILE names; *ret stays NULL when there is neither.
 * Errors: EIO_, EDENIED (others can read the file), ENOMEMORY.
 */
NODISCARD int client_token_env(struct secret **ret, struct err *err);

/** client_new - nothing is sent yet. Errors: EUSAGE (a URL that is none), EIO_, ENOMEMORY. */
NODISCARD int client_new(const struct client_options *o, struct client **ret,
    struct err *err);
void client_free(struct client *c);
DEFINE_FREEP(client)

/** client_token_set - use this bearer token from now on (copied); NULL: none. */
NODISCARD int client_token_set(struct client *c, const struct secret *token,
    struct err *err);

/* One call.  Path and query are given as they go on the wire: client_path. */
struct call {
	const char	*method;	/* "GET", "POST" */
	const char	*path;		/* "/v1/keys?limit=5" */
	const json_t	*body;		/* borrowed; NULL for none */
	FILE		*content;	/* a regular file that goes with @body as its member "content", base64, as it is read; borrowed, NULL for none */
	const struct blob *octets;	/* a body that is no JSON: borrowed */
	const char	*type;		/* its media type */
	const char	*idempotency;	/* the Idempotency-Key; NULL for none */
	unsigned	 wait_s;	/* Prefer: wait=N; 0 for none */
	unsigned	 slow_s;	/* of a long body: so much longer may it take; sent once it is let in */
};

/**
 * client_call - do it; 503 with Retry-After and lost connections are tried
 * again (a POST only with an Idempotency-Key).
 *
 * @ret_status  the HTTP status, 200..299; may be NULL.
 * @ret         the answer, owned by the caller; JSON null where there is none.
 * Errors: the problem document's own code; EUNREACH; EUSAGE (@content is no file); EHOUSE (another house
 *         than the fingerprint says); EINPUT (not JSON), ETOOBIG.
 */
NODISCARD int client_call(struct client *c, const struct call *call,
    int *ret_status, json_t **ret, struct err *err);
NODISCARD int client_get(struct client *c, const char *path, json_t **ret,
    struct err *err);
NODISCARD int client_post(struct client *c, const char *path,
    const json_t *body, json_t **ret, struct err *err);

/** client_text - GET what is not JSON, such as a checkpoint; appended to @ret. */
NODISCARD int client_text(struct client *c, const char *path,
    struct blob *ret, struct err *err);

/** client_fetch - GET into a file, without a bound on its length. */
NODISCARD int client_fetch(struct client *c, const char *path, FILE *to,
    struct err *err);

/** client_send - the same for any call; not tried again where the line broke. */
NODISCARD int client_send(struct client *c, const struct call *call, FILE *to,
    struct err *err);

/**
 * client_problem - the problem document of the last call that failed, with
 * "code", "detail" and where they are known "rule", "explanation", "request";
 * borrowed until the next call; NULL when the failure was not the service's word.
 */
const json_t *client_problem(const struct client *c);

/**
 * client_path - build a path: printf-like with only %s (escaped as one
 * segment or query value) and %%. New string (free()). Errors: ENOMEMORY.
 */
NODISCARD int client_path(char **ret, struct err *err, const char *fmt, ...);

/**
 * client_await - ask for a request until it no longer waits, or waits for its
 * asker to bring the content once more.
 *
 * @most_s   give up after this long (0: never) with the last view.
 * @said     called after each answer, may be NULL; non-zero stops with it.
 * @ret      the last view of the request, owned by the caller.
 */
NODISCARD int client_await(struct client *c, const char *request,
    unsigned most_s, int (*said)(void *ctx, const json_t *view),
    void *ctx, json_t **ret, struct err *err);

#endif
