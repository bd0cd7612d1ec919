/*
 * exchange - one HTTP exchange on libcurl, bounded in size and time.
 *
 * Floor 2.
 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client/inside.h"

#define USER_AGENT	"claviger"
#define LOST_S		3
#define HEADER_MOST	16384

static size_t
on_body(char *p, size_t one, size_t n, void *ctx)
{
	struct exchange *x = ctx;

	if (x->to != NULL && x->status >= 200 && x->status < 300)
		return fwrite(p, one, n, x->to) * one;
	if (n * one > x->most - x->body.len) {
		x->too_big = true;
		return 0;
	}
	return blob_put(&x->body, p, n * one, NULL) == 0 ? n * one : 0;
}

static size_t
on_header(char *p, size_t one, size_t n, void *ctx)
{
	static const char name[] = "Retry-After:";
	struct exchange *x = ctx;
	char text[16];

	n *= one;
	if (n > 12 && strncmp(p, "HTTP/", 5) == 0) {
		const char *space = memchr(p, ' ', n);

		/* Not curl's own: the body's callback must know it too. */
		x->status = space != NULL ? strtol(space + 1, NULL, 10) : 0;
	}
	if (n > sizeof(name) && n < sizeof(name) + 12 &&
	    strncasecmp(p, name, sizeof(name) - 1) == 0) {
		memcpy(text, p + sizeof(name) - 1, n - sizeof(name) + 1);
		text[n - sizeof(name) + 1] = '\0';
		x->retry_after_s = (unsigned)strtoul(text, NULL, 10);
	}
	return n;
}

static int
add_header(struct curl_slist **list, struct err *err, const char *text)
{
	struct curl_slist *more = curl_slist_append(*list, text);

	if (more == NULL)
		return err_set(err, ENOMEMORY, "request headers");
	*list = more;
	return 0;
}

static int
headers(const struct client *c, const struct call *call,
    struct curl_slist **list, struct err *err)
{
	char line[HEADER_MOST];

	TRY(add_header(list, err, "Accept: application/json"));
	/* Who is refused while still sending something long sees a line that breaks. */
	TRY(add_header(list, err, call->slow_s > 0 ? "Expect: 100-continue" :
	    "Expect:"));
	if (strcmp(call->method, "POST") == 0) {
		snprintf(line, sizeof(line), "Content-Type: %.100s",
		    call->type != NULL ? call->type : "application/json");
		TRY(add_header(list, err, line));
	}
	if (call->idempotency != NULL) {
		snprintf(line, sizeof(line), "Idempotency-Key: %.200s",
		    call->idempotency);
		TRY(add_header(list, err, line));
	}
	if (call->wait_s > 0) {
		snprintf(line, sizeof(line), "Prefer: wait=%u", call->wait_s);
		TRY(add_header(list, err, line));
	}
	if (c->token != NULL) {
		int rc;

		snprintf(line, sizeof(line), "Authorization: Bearer %.*s",
		    (int)secret_len(c->token),
		    (const char *)secret_data(c->token));
		rc = add_header(list, err, line);
		OPENSSL_cleanse(line, sizeof(line));
		TRY(rc);
	}
	return 0;
}

static void
trust(struct client *c)
{
	(void)curl_easy_setopt(c->curl, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (c->ca_file != NULL) {
		(void)curl_easy_setopt(c->curl, CURLOPT_CAINFO, c->ca_file);
		(void)curl_easy_setopt(c->curl, CURLOPT_CAPATH, NULL);
	}
	if (c->certificate != NULL)
		(void)curl_easy_setopt(c->curl, CURLOPT_SSLCERT,
		    c->certificate);
	if (c->key != NULL)
		(void)curl_easy_setopt(c->curl, CURLOPT_SSLKEY, c->key);
}

static void
bounds(struct client *c, const struct call *call, const struct exchange *x)
{
	long most = (long)c->timeout_s + (long)call->wait_s +
	    (long)call->slow_s;

	(void)curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c->curl, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, 10L);
	(void)curl_easy_setopt(c->curl, CURLOPT_USERAGENT, USER_AGENT);
	/* A long download may take as long as it moves. */
	if (x->to == NULL)
		(void)curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, most);
	(void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, most);
}

static void
from_file(struct client *c, struct content *content)
{
	(void)curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(c->curl, CURLOPT_READFUNCTION, content_read);
	(void)curl_easy_setopt(c->curl, CURLOPT_READDATA, content);
	(void)curl_easy_setopt(c->curl, CURLOPT_SEEKFUNCTION, content_seek);
	(void)curl_easy_setopt(c->curl, CURLOPT_SEEKDATA, content);
	(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)content->total);
}

static void
what(struct client *c, const struct call *call, const struct blob *body,
    struct exchange *x)
{
	if (x->content != NULL) {
		from_file(c, x->content);
	} else if (strcmp(call->method, "POST") == 0) {
		(void)curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS,
		    body != NULL ? blob_str(body) : "");
		(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(body != NULL ? body->len : 0));
	}
	(void)curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, x);
	(void)curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, x);
}

static int
failed(const struct client *c, CURLcode rc, struct exchange *x,
    struct err *err)
{
	const char *text = curl_easy_strerror(rc);

	if (x->too_big)
		return err_set(err, ETOOBIG, "the answer has more than %zu "
		    "octets", x->most);
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return err_set(err, EIO_, "the content changed, or could not be "
		    "read, while it was sent");
	if (x->to != NULL && ferror(x->to))
		return err_set(err, EIO_, "the file could not be written");
	/* Also within the handshake a server that starts anew goes away. */
	x->lost = rc == CURLE_COULDNT_CONNECT || rc == CURLE_RECV_ERROR ||
	    rc == CURLE_SEND_ERROR || rc == CURLE_GOT_NOTHING ||
	    rc == CURLE_SSL_CONNECT_ERROR;
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return err_set(err, EUNREACH, "%s: its certificate is not "
		    "trusted here: %s; give its trust anchor with --ca-file or "
		    "CLAVIGER_CA_FILE", c->url, text);
	if (rc == CURLE_SSL_CERTPROBLEM || rc == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, EIO_, "a certificate or key file cannot "
		    "be used: %s", text);
	return err_set(err, EUNREACH, "%s: %s", c->url, text);
}

int
exchange_do(struct client *c, const struct call *call,
    const struct blob *body, struct exchange *x, struct err *err)
{
	struct curl_slist *list = NULL;
	struct blob url = { 0 };
	CURLcode code;
	int rc;

	x->status = 0;
	x->retry_after_s = 0;
	x->lost = false;
	blob_clear(&x->body);
	if (x->content != NULL && content_again(x->content) != 0)
		return err_set(err, EIO_, "the content cannot be read again");
	TRY(blob_printf(&url, err, "%s%s", c->url, call->path));
	curl_easy_reset(c->curl);
	rc = headers(c, call, &list, err);
	if (rc == 0) {
		(void)curl_easy_setopt(c->curl, CURLOPT_URL, blob_str(&url));
		(void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
		trust(c);
		bounds(c, call, x);
		what(c, call, body, x);
		code = curl_easy_perform(c->curl);
		if (code != CURLE_OK)
			rc = failed(c, code, x, err);
	}
	curl_slist_free_all(list);
	blob_done(&url);
	return rc;
}

static void
pause_s(unsigned s)
{
	struct timespec t = { .tv_sec = s };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* May the same call be made twice without doing a thing twice? */
static bool
repeatable(const struct call *call)
{
	return strcmp(call->method, "GET") == 0 || call->idempotency != NULL;
}

/* Will waiting help?  A house without genesis, or halted, waits for people. */
static bool
passes(const struct exchange *x)
{
	AUTO_JSON *problem = NULL;
	enum err_code c;

	if (x->status != 503 || x->retry_after_s == 0)
		return false;
	if (json_read(x->body.data, x->body.len, &problem, NULL) != 0)
		return true;
	c = err_from_name(json_str(problem, "code", "busy"));
	return c != EGENESIS && c != EHALTED;
}

int
exchange_try(struct client *c, const struct call *call,
    const struct blob *body, struct exchange *x, struct err *err)
{
	time_us began = clock_mono();
	unsigned next = 1;

	for (;;) {
		int rc = exchange_do(c, call, body, x, err);
		bool later = rc == 0 ? passes(x) : x->lost && x->to == NULL;

		/* A 503 promises that nothing was done. */
		if (!later || (rc != 0 && !repeatable(call)))
			return rc;
		if (rc == 0 && x->retry_after_s > next)
			next = x->retry_after_s;
		/* Nobody there is soon said; a busy service is waited for. */
		if (clock_mono() + TIME_S(next) > began + TIME_S(rc != 0 ?
		    LOST_S : c->retry_s))
			return rc;
		pause_s(next);
		next = next < 8 ? next * 2 : 8;
	}
}
