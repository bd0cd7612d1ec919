/* syslog - a message of the Syslog Protocol (RFC 5424), to whoever gathers them. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/blob.h"
#include "post/inside.h"

#define FACILITY	10	/* security and authorization (RFC 5424, 6.2.1) */
#define HOST		256	/* octets of a host's name, at most (6.2.4: 255) */
#define LOCAL		"unix:"

/* ---- where to ---- */

/* The schemes are ours; libcurl connects, with TLS or without, as for its own. */
static bool
curl_url_of(const char *url, char ret[POST_URL + 8])
{
	bool tls = strncmp(url, "tls://", 6) == 0;

	if ((!tls && strncmp(url, "tcp://", 6) != 0) || strlen(url) > POST_URL)
		return false;
	snprintf(ret, POST_URL + 8, "%s%s", tls ? "https://" : "http://",
	    url + 6);
	return true;
}

/* A host, its port, and nothing behind it. */
static bool
is_host_port(const char *s)
{
	const char *colon = strrchr(s, ':');

	return colon != NULL && colon != s && colon[1] != '\0' &&
	    colon[1 + strspn(colon + 1, "0123456789")] == '\0' &&
	    strpbrk(s, "/?#") == NULL;
}

int
post_syslog_check(const char *url, struct err *err)
{
	struct sockaddr_un at;
	char other[POST_URL + 8];

	if (strncmp(url, LOCAL, sizeof(LOCAL) - 1) == 0 &&
	    url[sizeof(LOCAL) - 1] == '/' &&
	    strlen(url) - (sizeof(LOCAL) - 1) < sizeof(at.sun_path))
		return 0;
	if (!curl_url_of(url, other) || !is_host_port(url + 6))
		return err_set(err, ERANGE_, "expected tls://HOST:PORT, "
		    "tcp://HOST:PORT or unix:PATH");
	return url_check(other, "https\0http\0", err);
}

/* ---- what is sent ---- */

/* RFC 5424, 6: a line of printable ASCII before whatever is said. */
static int
message(struct blob *to, const struct syslog_note *n, struct err *err)
{
	char host[HOST], when[TIME_TEXT];

	if (gethostname(host, sizeof(host)) != 0 || host[0] == '\0')
		snprintf(host, sizeof(host), "-");
	host[sizeof(host) - 1] = '\0';
	clock_text(n->when, when);
	return blob_printf(to, err, "<%d>1 %s %s claviger - %.32s - %s",
	    FACILITY * 8 + (int)n->severity, when, host, n->kind, n->text);
}

static int
failed(struct err *err, const char *what)
{
	int e = errno;

	return err_set(err, e == EMSGSIZE ? EREJECTED : EUNREACH, "%s: %s", what,
	    strerror(e));
}

/* As the C library does: a datagram to the daemon of this host. */
static int
send_here(const char *path, const struct blob *text, struct err *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int rc = 0, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	if (fd == -1)
		return failed(err, "a socket");
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    send(fd, text->data, text->len, MSG_NOSIGNAL) == -1)
		rc = failed(err, path);
	(void)close(fd);
	return rc;
}

/* Until it can be written to again; a second at a time, so that a stop is heeded. */
static bool
writable(const struct sending *g, time_us until)
{
	struct pollfd p = { .events = POLLOUT };
	curl_socket_t fd;

	if (curl_easy_getinfo(g->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK)
		return false;
	p.fd = fd;
	while (clock_mono() < until && (g->stop == NULL ||
	    !g->stop(g->stop_ctx)))
		if (poll(&p, 1, 1000) > 0)
			return true;
	return false;
}

static int
send_all(const struct sending *g, const struct blob *text, struct err *err)
{
	time_us until = clock_mono() + TIME_S(HOOK_S);
	size_t at = 0, n;
	CURLcode rc;

	while (at < text->len) {
		rc = curl_easy_send(g->curl, text->data + at, text->len - at,
		    &n);
		if (rc == CURLE_AGAIN && writable(g, until))
			continue;
		if (rc != CURLE_OK)
			return err_set(err, EUNREACH, "%.200s", rc == CURLE_AGAIN ?
			    "nobody reads it" : curl_easy_strerror(rc));
		at += n;
	}
	return 0;
}

/* Each message with its length before it (RFC 5425, 4.3; RFC 6587, 3.4.1). */
static int
send_there(const struct syslog *s, const struct blob *text, struct err *err)
{
	struct sending g = { .stop = s->stop, .stop_ctx = s->stop_ctx };
	AUTO(blob) *frame = blob_new();
	char url[POST_URL + 8];
	int rc;

	if (frame == NULL || !curl_url_of(s->url, url))
		return err_set(err, ENOMEMORY, "a message");
	TRY(blob_printf(frame, err, "%zu ", text->len));
	TRY(blob_put(frame, text->data, text->len, err));
	if ((rc = sending_begin(&g, url, HOOK_S, s->ca_file, err)) == 0) {
		(void)curl_easy_setopt(g.curl, CURLOPT_CONNECT_ONLY, 1L);
		(void)curl_easy_setopt(g.curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
		if ((rc = sending_go(&g, err)) == 0)
			rc = send_all(&g, frame, err);
	}
	sending_done(&g);
	return rc;
}

int
post_syslog(const struct syslog *s, const struct syslog_note *n,
    struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a message");
	TRY(message(text, n, err));
	return strncmp(s->url, LOCAL, sizeof(LOCAL) - 1) == 0 ?
	    send_here(s->url + sizeof(LOCAL) - 1, text, err) :
	    send_there(s, text, err);
}
