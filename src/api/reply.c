#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "api/exchange.h"
#include "base/json.h"

static const char type_json[] = "application/json";
static const char type_plain[] = "text/plain; charset=utf-8";
static const char type_problem[] = "application/problem+json";
static const char last_resort[] =
    "{\"type\":\"urn:claviger:problem:out-of-memory\","
    "\"title\":\"memory has run out\",\"status\":503,"
    "\"code\":\"out-of-memory\"}\n";

void
reply_done(struct reply *r)
{
	free(r->octets);
	if (r->fd >= 0)
		close(r->fd);
	*r = (struct reply){ .fd = -1 };
}

static void
reply_set(struct exchange *x, int status, const char *type, char *octets,
    size_t n)
{
	reply_done(&x->reply);
	x->reply.status = status;
	x->reply.type = type;
	x->reply.octets = octets;
	x->reply.n = n;
}

int
reply_json(struct exchange *x, int status, json_t *j, struct err *err)
{
	AUTO_JSON *mine = j;
	char *text = mine != NULL ? json_line(mine) : NULL;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a reply");
	reply_set(x, status, type_json, text, strlen(text));
	return 0;
}

int
reply_octets(struct exchange *x, int status, const char *type, const void *p,
    size_t n, struct err *err)
{
	char *copy = malloc(n + 1);

	if (copy == NULL)
		return err_set(err, ENOMEMORY, "a reply");
	memcpy(copy, p, n);
	reply_set(x, status, type, copy, n);
	return 0;
}

static unsigned
retry_after(enum err_code c)
{
	int http = err_http(c);

	if (c == EBUSY_)
		return 1;
	if (http == 503)
		return 5;
	return http == 429 ? 60 : 0;
}

json_t *
problem_json(const struct err *why, const json_t *more)
{
	json_t *o = NULL;
	struct err e;
	char type[80];

	(void)snprintf(type, sizeof(type), "urn:claviger:problem:%s",
	    err_code_name(why->code));
	if (json_build(&o, &e, "{s:s, s:s, s:i, s:s}", "type", type,
	    "title", err_text(why->code), "status", err_http(why->code),
	    "code", err_code_name(why->code)) != 0)
		return NULL;
	/* A detail that is not UTF-8 is left out: the title still tells. */
	if (why->what[0] != '\0')
		(void)json_object_set_new(o, "detail", json_string(why->what));
	if (more != NULL)
		json_object_update_missing(o, (json_t *)(uintptr_t)more);
	return o;
}

/* What asks for an EST route or a feed shows its user a field for each. */
static const char *
challenge_of(const struct exchange *x)
{
	const struct route *r = x->match.route;

	return r != NULL && (route_est(r) || r->access == ACCESS_FEED) ?
	    "Basic realm=\"claviger\", charset=\"UTF-8\"" :
	    "Bearer realm=\"claviger\"";
}

static void
problem_set(struct exchange *x, const struct err *why, const json_t *more)
{
	AUTO_JSON *o = problem_json(why, more);
	char *text = o != NULL ? json_line(o) : NULL;

	enum err_code code = text != NULL ? why->code : ENOMEMORY;

	if (text == NULL)
		text = strdup(last_resort);
	reply_set(x, err_http(code), type_problem, text,
	    text != NULL ? strlen(text) : 0);
	x->reply.retry_after_s = retry_after(code);
	x->reply.challenge = code == EAUTH ? challenge_of(x) : NULL;
}

/* RFC 7030, 4.2.3: for people, whose client shows it; the code stands first. */
static void
reply_plain(struct exchange *x, const struct err *why)
{
	const char *code = err_code_name(why->code);
	const char *words = why->what[0] != '\0' ? why->what :
	    err_text(why->code);
	char text[sizeof(why->what) + 64];

	snprintf(text, sizeof(text), "%s: %s\n", code, words);
	reply_set(x, err_http(why->code), type_plain, strdup(text), 0);
	x->reply.n = x->reply.octets != NULL ? strlen(x->reply.octets) : 0;
	x->reply.retry_after_s = retry_after(why->code);
	if (why->code == EAUTH)
		x->reply.challenge = challenge_of(x);
}

void
reply_problem(struct exchange *x, const struct err *why, const json_t *more)
{
	if (x->match.route != NULL && route_est(x->match.route)) {
		reply_plain(x, why);
		return;
	}
	problem_set(x, why, more);
}
void
reply_refusal(struct exchange *x, const struct answer *a)
{
	struct err why = { .code = a->code };

	memcpy(why.what, a->detail, sizeof(why.what));
	if (a->body != NULL && a->request[0] != '\0')
		json_object_set_new(a->body, "request", json_string(a->request));
	reply_problem(x, &why, a->body);
}

int
reply_answer(struct exchange *x, struct answer *a, struct err *err)
{
	if (a->code != OK && a->code != EQUORUM) {
		reply_refusal(x, a);
		return 0;
	}
	TRY(reply_json(x, a->http, TAKE(a->body), err));
	if (a->request[0] != '\0')
		(void)snprintf(x->reply.location, sizeof(x->reply.location),
		    "/v1/requests/%s", a->request);
	if (!a->waiting)
		return 0;
	x->reply.retry_after_s = 2;
	memcpy(x->waits_for, a->request, sizeof(x->waits_for));
	return 0;
}
