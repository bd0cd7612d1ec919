#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "api/server.h"
#include "api/spool.h"
#include "base/log.h"

#define RESERVE_OCTETS	((size_t)16 << 10)	/* taken at a time for a body */
#define SMALL_OCTETS	((size_t)64 << 10)	/* what nearly every body is */

void *
serve_uri(void *ctx, const char *uri, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct conn *c = info != NULL ? info->socket_context : NULL;

	/* The text as it came: path and query are read from it, not from
	 * what the library made of them. */
	if (c != NULL)
		conn_uri(c, uri);
	return NULL;
}

/* The callback that chooses our certificate has no other way to its context. */
static void
session_mark(struct listener *l, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;

	if (l->tls == NULL)
		return;
	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info != NULL && info->tls_session != NULL)
		gnutls_session_set_ptr(info->tls_session, l->tls);
}

void
serve_connection(void *ctx, struct MHD_Connection *mhd, void **socket_ctx,
    enum MHD_ConnectionNotificationCode what)
{
	struct listener *l = ctx;
	const union MHD_ConnectionInfo *fd;

	switch (what) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		*socket_ctx = fd != NULL ? conn_new(l->api, fd->connect_fd) : NULL;
		session_mark(l, mhd);
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED:
		conn_free(*socket_ctx);
		*socket_ctx = NULL;
		break;
	}
}

static enum MHD_Result
collect(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_n,
    const char *value, size_t value_n)
{
	struct head *h = ctx;

	/* One too many is counted, so that it is refused. */
	if (h->n < INTAKE_HEADERS)
		h->field[h->n] = (struct header){ name, value, name_n, value_n };
	h->n++;
	return MHD_YES;
}

static size_t
header_octets(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return i != NULL ? i->header_size : 0;
}

/*
 * Memory for all bodies together is bounded: who comes too late is told so.
 * It is taken as octets come, not as they are announced, or whoever only
 * announces would keep everybody else out.  And large ones find room in one
 * half only, or a few that are sent slowly would do the same.
 */
static int
reserve(struct exchange *x, size_t n, struct err *err)
{
	size_t most = x->api->o.body_memory, more, before;

	if (n <= x->reserved)
		return 0;
	more = n - x->reserved < RESERVE_OCTETS ? RESERVE_OCTETS : n - x->reserved;
	before = atomic_fetch_add(&x->api->bodies, more);
	x->reserved += more;
	if (before + more > (x->reserved > SMALL_OCTETS ? most / 2 : most))
		return err_set(err, EBUSY_, "too many large bodies are being read");
	return 0;
}

static int
begin(struct exchange *x, const char *method, const char *version,
    struct err *err)
{
	struct head h = { .method = method, .version = version,
	    .uri = x->conn->uri, .octets = header_octets(x->mhd) };
	char path[INTAKE_URI + 1];
	const char *allow = NULL, *query;
	size_t n;
	int rc;

	if (h.uri == NULL)
		return err_set(err, ENOMEMORY, "a request target");
	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, collect, &h);
	if (h.n > INTAKE_HEADERS)
		return err_set(err, ETOOBIG, "a request may have %d header fields",
		    INTAKE_HEADERS);
	TRY(intake_head(&h, &x->head, err));
	n = strcspn(h.uri, "?");
	memcpy(path, h.uri, n);
	path[n] = '\0';
	query = h.uri[n] == '?' ? h.uri + n + 1 : "";
	rc = route_find(method, path, x->at->at, &x->match, &allow, err);
	x->reply.allow = allow;
	if (rc != 0)
		return rc;
	if (x->head.chunked && !route_chunks(x->match.route))
		return err_set(err, ELENGTH,
		    "send the body with Content-Length, not in chunks");
	if (x->head.length > x->match.route->octets)
		return err_set(err, ETOOBIG, "the body may have %zu octets here",
		    x->match.route->octets);
	return intake_query(query, x->match.route->query, &x->query, err);
}

static void
add_headers(const struct exchange *x, struct MHD_Response *r)
{
	const struct reply *y = &x->reply;
	char text[16];

	MHD_add_response_header(r, "Content-Type", y->type);
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	if (y->retry_after_s > 0) {
		snprintf(text, sizeof(text), "%u", y->retry_after_s);
		MHD_add_response_header(r, "Retry-After", text);
	}
	if (y->allow != NULL)
		MHD_add_response_header(r, "Allow", y->allow);
	if (y->location[0] != '\0')
		MHD_add_response_header(r, "Location", y->location);
	if (y->challenge != NULL)
		MHD_add_response_header(r, "WWW-Authenticate", y->challenge);
	/* Behind chunks nothing is read: two readers might cut them differently. */
	if (y->close || x->head.chunked)
		MHD_add_response_header(r, "Connection", "close");
}

static struct MHD_Response *
response_make(struct exchange *x)
{
	struct reply *y = &x->reply;
	struct MHD_Response *r;
	off_t end;

	if (x->lot != NULL && y->status == 200) {
		if ((r = lot_response(x->lot)) != NULL)
			x->lot = NULL;
		return r;
	}
	if (y->fd >= 0) {
		end = lseek(y->fd, 0, SEEK_END);
		r = end < 0 ? NULL :
		    MHD_create_response_from_fd((uint64_t)end, y->fd);
		if (r != NULL)
			y->fd = -1;
		return r;
	}
	r = MHD_create_response_from_buffer(y->n, y->octets,
	    MHD_RESPMEM_MUST_FREE);
	if (r != NULL)
		y->octets = NULL;
	return r;
}

enum MHD_Result
serve_answer(struct exchange *x)
{
	struct MHD_Response *r = response_make(x);
	enum MHD_Result rc;

	if (r == NULL)
		return MHD_NO;
	x->state = EXCHANGE_ANSWERED;
	conn_phase(x->conn, CONN_REPLY);
	add_headers(x, r);
	metrics_count(&x->api->metrics, x, clock_mono() - x->began);
	rc = MHD_queue_response(x->mhd, (unsigned)x->reply.status, r);
	MHD_destroy_response(r);
	return rc;
}

/* A refusal before the body is read: the rest of the connection is of no use. */
static enum MHD_Result
refuse(struct exchange *x, const struct err *why)
{
	const char *allow = x->reply.allow;

	/* Read to its end: who is still sending would see the line break. */
	if (public_refuse(x, why))
		return MHD_YES;
	reply_problem(x, why, NULL);
	x->reply.allow = why->code == EMETHOD ? allow : NULL;
	x->reply.close = true;
	return serve_answer(x);
}

static void
peer_read(struct exchange *x)
{
	const union MHD_ConnectionInfo *info;

	if (x->conn->peer != PEER_UNKNOWN)
		return;
	info = MHD_get_connection_info(x->mhd,
	    MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || info->tls_session == NULL)
		x->conn->peer = PEER_NONE;
	else
		tls_peer(x->conn, info->tls_session);
}

/* To a worker, while the library lets the connection be. */
static enum MHD_Result
hand_over(struct exchange *x, enum exchange_state state)
{
	struct err err = { .code = OK };

	x->state = state;
	MHD_suspend_connection(x->mhd);
	if (pool_put(x->api->pool, x, false))
		return MHD_YES;
	atomic_fetch_add(&x->api->metrics.busy, 1);
	err_set(&err, EBUSY_, "every worker is busy");
	reply_problem(x, &err, NULL);
	MHD_resume_connection(x->mhd);
	return MHD_YES;
}

static enum MHD_Result
start(struct listener *l, struct MHD_Connection *mhd, const char *method,
    const char *version, void **con_ctx)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct exchange *x = calloc(1, sizeof(*x));
	struct err err = { .code = OK };

	if (x == NULL || info == NULL || info->socket_context == NULL) {
		free(x);
		return MHD_NO;
	}
	*con_ctx = x;
	x->api = l->api;
	x->flow = l->api->flow;
	x->at = l;
	x->mhd = mhd;
	x->conn = info->socket_context;
	x->reply.fd = -1;
	x->state = EXCHANGE_READING;
	x->began = clock_mono();
	conn_phase(x->conn, CONN_BODY);
	if (begin(x, method, version, &err) != 0)
		return refuse(x, &err);
	if (x->head.wait_s > l->api->o.wait_most_s)
		x->head.wait_s = l->api->o.wait_most_s;
	if (x->head.wait_s > 0)
		x->wait_until = x->began + TIME_S(x->head.wait_s);
	if (!route_admits(x->match.route))
		return MHD_YES;
	/* A body so long is read from those only who may send it. */
	peer_read(x);
	conn_phase(x->conn, CONN_WORK);
	return hand_over(x, EXCHANGE_ADMITTING);
}

/* The library asks once more before it reads the body. */
static enum MHD_Result
admitted(struct exchange *x)
{
	x->state = EXCHANGE_READING;
	conn_phase(x->conn, CONN_BODY);
	if (x->reply.status == 0)
		return MHD_YES;
	x->reply.close = true;
	return serve_answer(x);
}

/* All is read: to a worker, or at once where nothing can block. */
static enum MHD_Result
dispatch(struct exchange *x)
{
	if (x->at->at == AT_PUBLIC)
		return public_dispatch(x);
	peer_read(x);
	conn_phase(x->conn, CONN_WORK);
	if ((x->match.route->at & AT_PUBLIC) != 0) {
		(void)exchange_run(x);
		return serve_answer(x);
	}
	return hand_over(x, EXCHANGE_QUEUED);
}

static enum MHD_Result
refuse_rest(struct exchange *x, const struct err *why)
{
	blob_done(&x->octets);
	if (public_refuse(x, why))
		return MHD_YES;
	reply_problem(x, why, NULL);
	x->reply.close = true;
	return MHD_YES;
}

static enum MHD_Result
take_rows(struct exchange *x, const char *data, size_t n)
{
	struct err err = { .code = OK };
	size_t most = x->match.route->octets;

	conn_took(x->conn, n);
	if (lot_octets(x->lot) + n > most)
		err_set(&err, ETOOBIG, "the body may have %zu octets here",
		    most);
	else if (lot_take(x->lot, data, n, &err) == 0)
		return MHD_YES;
	return refuse_rest(x, &err);
}

static enum MHD_Result
take_spool(struct exchange *x, const char *data, size_t n)
{
	struct err err = { .code = OK };

	conn_took(x->conn, n);
	return spool_take(x->spool, data, n, x->match.route->octets, &err)
	    == 0 ? MHD_YES : refuse_rest(x, &err);
}

static int
room_check(struct exchange *x, size_t n, struct err *err)
{
	size_t most = x->head.chunked ? x->match.route->octets : x->head.length;

	if (n > most)
		return err_set(err, ETOOBIG, "the body may have %zu octets here",
		    most);
	return reserve(x, n, err);
}

/* Some of the body: kept, or, once it is refused, thrown away. */
static enum MHD_Result
take(struct exchange *x, const char *data, size_t n)
{
	struct err err = { .code = OK };

	if (x->reply.status != 0 || x->page != NULL)
		return MHD_YES;
	if (x->lot != NULL)
		return take_rows(x, data, n);
	if (x->spool != NULL)
		return take_spool(x, data, n);
	if (room_check(x, x->octets.len + n, &err) != 0)
		return refuse_rest(x, &err);
	return blob_put(&x->octets, data, n, &err) == 0 ? MHD_YES : MHD_NO;
}

enum MHD_Result
serve_request(void *ctx, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data,
    size_t *data_n, void **con_ctx)
{
	struct exchange *x = *con_ctx;
	enum MHD_Result rc;

	if (x == NULL)
		return start(ctx, mhd, method, version, con_ctx);
	if (*data_n > 0) {
		rc = take(x, data, *data_n);
		if (rc == MHD_YES)
			*data_n = 0;
		return rc;
	}
	if (x->state == EXCHANGE_ANSWERED)
		return MHD_YES;
	if (x->state == EXCHANGE_ADMITTING)
		return admitted(x);
	if (x->page != NULL)
		return public_answer(x);
	if (x->reply.status != 0)
		return serve_answer(x);
	return dispatch(x);
}

void
serve_completed(void *ctx, struct MHD_Connection *mhd, void **con_ctx,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *con_ctx;

	if (x == NULL)
		return;
	conn_phase(x->conn, CONN_HEAD);
	exchange_free(x);
	*con_ctx = NULL;
}

void
api_stranger(struct api *a, const struct exchange *x, const struct err *why)
{
	time_us now = clock_mono(), last = atomic_load(&a->stranger_logged);

	atomic_fetch_add(&a->metrics.strangers, 1);
	if (now - last < TIME_S(1) ||
	    !atomic_compare_exchange_strong(&a->stranger_logged, &last, now))
		return;
	log_line(LOG_NOTE, "refused a stranger at=%s route=%s why=%s",
	    x->at->name, x->match.route->name, why->what);
}
