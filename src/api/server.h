/*
 * server - what the files of this folder share.
 *
 * Floor 6, api; included here only.
 */
#ifndef API_SERVER_H
#define API_SERVER_H

#include <gnutls/gnutls.h>
#include <gnutls/abstract.h>
#include <pthread.h>
#include <stdatomic.h>
#include "api/api.h"
#include "api/as_of.h"
#include "api/exchange.h"
#include "api/lot.h"

/* ---- pool: a bounded queue and the threads that empty it ---- */
struct pool;
NODISCARD int pool_new(unsigned workers, unsigned room, struct pool **ret, struct err *err);
/** pool_stop - work off what is queued and owed, join the threads; nothing else is taken any more. */
void pool_stop(struct pool *p);
/** pool_free - after pool_stop, and when nobody puts. */
void pool_free(struct pool *p);
/** pool_put - false when the queue is full and @always is not set. */
bool pool_put(struct pool *p, struct exchange *x, bool always);
/** pool_owe - an exchange goes on elsewhere and will come back by pool_owed; pool_unowe - not after all. */
void pool_owe(struct pool *p);
void pool_unowe(struct pool *p);
/** pool_owed - it comes back: taken also while stopping. */
void pool_owed(struct pool *p, struct exchange *x);

/* ---- park: who waits for a request to move on, or for a replay ---- */
#define AS_OF	"as-of"	/* what those wait for, in a request's stead */
struct park {
	pthread_mutex_t	 lock;
	struct exchange	*first;
	bool		 closed;
};
void park_init(struct park *p);
void park_done(struct park *p);
/** park_enter - on the list, still being looked at; false when closing. */
bool park_enter(struct park *p, struct exchange *x);
/** park_settle - true: it sleeps now, and is no longer the caller's. */
bool park_settle(struct park *p, struct exchange *x);
void park_leave(struct park *p, struct exchange *x);
/** park_wake - all that wait for @request (NULL: whose time has come before @now). */
void park_wake(struct park *p, struct pool *pool, const char *request, time_us now);
/** park_close - wake all, and let nobody in any more. */
void park_close(struct park *p, struct pool *pool);
bool park_closed(struct park *p);

/* ---- watch: every connection, and since when it owes us octets ---- */
enum conn_phase { CONN_HEAD, CONN_BODY, CONN_WORK, CONN_REPLY };
enum peer { PEER_UNKNOWN, PEER_NONE, PEER_EXPIRED, PEER_VALID };
struct conn {
	struct api	*api;
	int		 fd;
	_Atomic(enum conn_phase) phase;
	_Atomic(time_us) since;		/* clock_mono */
	char		*uri;		/* of the request being read, or NULL */
	size_t		 uri_room;
	enum peer	 peer;		/* of the client's certificate */
	time_us		 peer_until;
	unsigned char	*spki;		/* owned */
	size_t		 spki_octets;
	unsigned char	*certificate;	/* owned: theirs, DER, where peer is PEER_VALID */
	size_t		 certificate_octets;
	struct conn	*next, **prev;
};
struct watch {
	pthread_mutex_t	 lock;
	struct conn	*first;
	unsigned	 n;
};
void watch_init(struct watch *w);
void watch_done(struct watch *w);
struct conn *conn_new(struct api *a, int fd);
void conn_free(struct conn *c);
/** conn_uri - keep the request target; NULL where memory has run out. */
void conn_uri(struct conn *c, const char *uri);
void conn_phase(struct conn *c, enum conn_phase phase);
/** conn_took - of a body that may be long: whoever sends 1 KiB a second is not too slow. */
void conn_took(struct conn *c, size_t octets);
/** watch_tick - shut the sockets of those that are too slow. */
void watch_tick(struct watch *w, time_us now, unsigned deadline_s);

/* ---- tls: our certificate, and theirs ---- */
struct tls;
NODISCARD int tls_new(const char *certificate, const char *key, struct tls **ret, struct err *err);
void tls_free(struct tls *t);
NODISCARD int tls_reload(struct tls *t, struct err *err);
int tls_certificate(gnutls_session_t s, const gnutls_datum_t *ca, int ca_n,
    const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
    gnutls_pcert_st **ret, unsigned *ret_n, gnutls_privkey_t *ret_key);
/** tls_peer - read the client's certificate once per connection. */
void tls_peer(struct conn *c, gnutls_session_t s);

/* ---- metrics ---- */
#define METRIC_CLASSES	6	/* of status: 0 is none */
struct metrics {
	atomic_ullong	 count[ROUTE__N + 1][METRIC_CLASSES];
	atomic_ullong	 micros[ROUTE__N + 1];
	atomic_ullong	 busy, slow, strangers;
};
void metrics_count(struct metrics *m, const struct exchange *x, time_us took);
NODISCARD int metrics_text(struct api *a, struct blob *ret, struct err *err);

/* ---- listener ---- */
struct listener {
	struct api		*api;
	const char		*name;		/* "control" */
	unsigned		 at;
	int			 fd;
	unsigned		 port;
	struct tls		*tls;		/* borrowed; NULL: plain */
	struct MHD_Daemon	*daemon;
};
#define LISTENERS	3
/** listener_bind - Errors: EUSAGE with what to do. */
NODISCARD int listener_bind(struct listener *l, const char *address, bool loopback_only, struct err *err);
NODISCARD int listener_start(struct listener *l, struct err *err);
void listener_stop(struct listener *l);

struct api {
	struct api_options	 o;
	struct flow		*flow;
	struct pool		*pool;
	struct park		 park;
	struct watch		 watch;
	struct lots		 lots;
	struct as_of		 as_of;
	struct metrics		 metrics;
	struct tls		*tls;
	struct listener		 listener[LISTENERS];
	atomic_size_t		 bodies;	/* octets reserved */
	atomic_uint		 spools;	/* long bodies in files */
	_Atomic(time_us)	 stranger_logged;
	char			*openapi;	/* made once */
};

/** api_stranger - a refusal to somebody unknown: at most one line a second. */
void api_stranger(struct api *a, const struct exchange *x, const struct err *why);
/** openapi_build - the interface as an OpenAPI 3.1 document. */
NODISCARD int openapi_build(json_t **ret, struct err *err);

/* The callbacks of the HTTP library: serve.c. */
enum MHD_Result serve_request(void *ctx, struct MHD_Connection *mhd,
    const char *url, const char *method, const char *version,
    const char *data, size_t *data_n, void **con_ctx);
void serve_completed(void *ctx, struct MHD_Connection *mhd, void **con_ctx,
    enum MHD_RequestTerminationCode why);
void serve_connection(void *ctx, struct MHD_Connection *mhd,
    void **socket_ctx, enum MHD_ConnectionNotificationCode what);
/** serve_answer - queue x->reply. */
enum MHD_Result serve_answer(struct exchange *x);

/* The public listener's own: public.c. */
enum MHD_Result public_dispatch(struct exchange *x);
/** public_answer - queue x->page. */
enum MHD_Result public_answer(struct exchange *x);
/** public_refuse - x->page is OCSP's word for it; false: this is no question of OCSP. */
bool public_refuse(struct exchange *x, const struct err *why);

void *serve_uri(void *ctx, const char *uri, struct MHD_Connection *mhd);

#endif
