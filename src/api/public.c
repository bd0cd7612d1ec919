/*
 * public - what the public listener answers, from the shelf: no store, no
 * keeper, and no waiting on the thread that reads and writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "api/handle.h"
#include "api/server.h"
#include "shelf/shelf.h"

/*
 * A page's headers are made once and live for so long; its max-age is shorter
 * than what is left by twice as much, so that it never promises too much.
 */
#define DRESSED		TIME_S(60)

enum { CACHED, PLAIN };	/* of page.dressed */

static void
undress(void *dressed)
{
	MHD_destroy_response(dressed);
}

static void
octets_left(void *octets)
{
	octets_free(octets);
}

/* RFC 9110, 5.6.7; in English whatever the locale. */
static void
http_date(time_us t, char ret[32])
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t s = (time_t)(t / TIME_S(1));
	struct tm tm;

	gmtime_r(&s, &tm);
	(void)snprintf(ret, 32, "%s, %02u %s %04u %02u:%02u:%02u GMT",
	    days[tm.tm_wday], (unsigned)tm.tm_mday % 100, months[tm.tm_mon],
	    (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
	    (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

/* RFC 9919, 6.2. */
static void
cache_headers(const struct page *p, time_us now, struct MHD_Response *r)
{
	time_us left = p->until - now - 2 * DRESSED;
	char text[96];

	if (left > p->keep)
		left = p->keep;
	if (left < 0)
		left = 0;
	(void)snprintf(text, sizeof(text), "max-age=%lld,public,no-transform,"
	    "must-revalidate", (long long)(left / TIME_S(1)));
	MHD_add_response_header(r, "Cache-Control", text);
	MHD_add_response_header(r, "ETag", p->tag);
	http_date(p->made, text);
	MHD_add_response_header(r, "Last-Modified", text);
	http_date(p->until == INT64_MAX ? now + p->keep : p->until, text);
	MHD_add_response_header(r, "Expires", text);
}

static struct MHD_Response *
dress(struct page *p, int how, time_us now)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer_with_free_callback_cls(
	    p->body->b.len, p->body->b.data, octets_left,
	    octets_ref(p->body));

	if (r == NULL) {
		octets_free(p->body);
		return NULL;
	}
	MHD_add_response_header(r, "Content-Type", p->type);
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	if (how == CACHED)
		cache_headers(p, now, r);
	return r;
}

/* Ready to be sent; the page's own, made anew when its promise gets old. */
static struct MHD_Response *
dressed(struct page *p, int how)
{
	time_us now = clock_now();

	if (p->dressed[how] != NULL && how == CACHED &&
	    (now - p->dressed_at > DRESSED || now < p->dressed_at)) {
		MHD_destroy_response(p->dressed[how]);
		p->dressed[how] = NULL;
	}
	if (p->dressed[how] == NULL) {
		p->undress = undress;
		p->dressed[how] = dress(p, how, now);
		if (how == CACHED)
			p->dressed_at = now;
	}
	return p->dressed[how];
}

static bool
is_known(const struct exchange *x)
{
	const char *tags = MHD_lookup_connection_value(x->mhd,
	    MHD_HEADER_KIND, "If-None-Match");

	return tags != NULL && (strcmp(tags, "*") == 0 ||
	    strstr(tags, x->page->tag) != NULL);
}

static enum MHD_Result
queue(struct exchange *x, int how, struct MHD_Response *r)
{
	x->state = EXCHANGE_ANSWERED;
	x->reply.status = how == CACHED && is_known(x) ? 304 : 200;
	conn_phase(x->conn, CONN_REPLY);
	metrics_count(&x->api->metrics, x, clock_mono() - x->began);
	return MHD_queue_response(x->mhd, (unsigned)x->reply.status, r);
}

/* The connection's last: others have the page without that. */
static enum MHD_Result
queue_last(struct exchange *x, int how)
{
	struct MHD_Response *r = dress(x->page, how, clock_now());
	enum MHD_Result rc;

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, "Connection", "close");
	rc = queue(x, how, r);
	MHD_destroy_response(r);
	return rc;
}

enum MHD_Result
public_answer(struct exchange *x)
{
	/* An error has no end, and perhaps no route. */
	int how = x->page->until != 0 && x->match.route->method == METHOD_GET ?
	    CACHED : PLAIN;
	struct MHD_Response *r;

	/* Behind chunks nothing is read: two readers might cut them differently. */
	if (x->reply.close || x->head.chunked)
		return queue_last(x, how);
	r = dressed(x->page, how);
	return r != NULL ? queue(x, how, r) : MHD_NO;
}

/* ---- refusals ---- */

static bool
asks_ocsp(const struct exchange *x)
{
	static const char path[] = "/ocsp";
	const char *uri = x->conn->uri;

	return x->at->at == AT_PUBLIC && uri != NULL &&
	    strncmp(uri, path, sizeof(path) - 1) == 0 &&
	    strchr("/?", uri[sizeof(path) - 1]) != NULL;
}

/* RFC 6960, 4.2.1.  That a method is not taken is for HTTP to say. */
bool
public_refuse(struct exchange *x, const struct err *why)
{
	if (!asks_ocsp(x) || why->code == EMETHOD)
		return false;
	x->page = err_http(why->code) < 500 ? flow_ocsp_malformed(x->flow) :
	    flow_ocsp_later(x->flow);
	x->reply.close = true;
	return true;
}

/* ---- answers that must be signed first ---- */

/* Listener and answerer meet in any order: the second goes on. */
static bool
first_to_come(struct exchange *x)
{
	return atomic_fetch_add(&x->met, 1) == 0;
}

static void
go_on(struct exchange *x)
{
	struct pool *pool = x->api->pool;

	/* From here on it is the listener's. */
	MHD_resume_connection(x->mhd);
	pool_unowe(pool);
}

static void
answered(void *ctx, struct page *page)
{
	struct exchange *x = ctx;

	x->page = page;
	if (!first_to_come(x))
		go_on(x);
}

/* What the service's end waits for, before it is asked whether it ends. */
static struct page *
ask(struct exchange *x)
{
	static const char prefix[] = "/ocsp/";

	if (park_closed(&x->api->park))
		return flow_ocsp_later(x->flow);
	if (x->match.route->method == METHOD_POST)
		return flow_ocsp(x->flow, x->octets.data, x->octets.len,
		    answered, x);
	return flow_ocsp_get(x->flow, x->conn->uri + sizeof(prefix) - 1,
	    answered, x);
}

static int
handle_ocsp(struct exchange *x)
{
	struct page *page;

	pool_owe(x->api->pool);
	if ((page = ask(x)) != NULL) {
		pool_unowe(x->api->pool);
		x->page = page;
		return 0;
	}
	x->waits = true;
	MHD_suspend_connection(x->mhd);
	if (!first_to_come(x))
		go_on(x);
	return 0;
}

int
handle_ocsp_post(struct exchange *x, struct err *err)
{
	return handle_ocsp(x);
}

int
handle_ocsp_get(struct exchange *x, struct err *err)
{
	return handle_ocsp(x);
}

/* ---- what lies there ---- */

static int
handle_page(struct exchange *x, struct err *err)
{
	x->page = flow_public(x->flow, x->conn->uri);
	return x->page != NULL ? 0 : err_set(err, ENOENT_,
	    "nothing is published at this path");
}

int
handle_public_crl(struct exchange *x, struct err *err)
{
	return handle_page(x, err);
}

int
handle_public_ca(struct exchange *x, struct err *err)
{
	return handle_page(x, err);
}

enum MHD_Result
public_dispatch(struct exchange *x)
{
	struct err err = { .code = OK };

	conn_phase(x->conn, CONN_WORK);
	x->state = EXCHANGE_QUEUED;
	if (x->match.route->handler(x, &err) != 0)
		reply_problem(x, &err, NULL);
	if (x->reply.status != 0)
		return serve_answer(x);
	/* A page: of ours, or in the hands of whoever signs it. */
	return x->waits ? MHD_YES : public_answer(x);
}
