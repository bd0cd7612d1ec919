/* post - what both ways have in common; see post.h. */
#include <pthread.h>
#include <string.h>
#include "post/inside.h"

#define CONNECT_S	5L
#define ANSWER_S	8L

static void
start_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* What they answer is nobody's to read. */
static size_t
drop(char *p, size_t one, size_t n, void *ctx)
{
	return one * n;
}

/* These authorities, and not the system's besides. */
static void
trust(struct sending *s, const char *ca_file)
{
	(void)curl_easy_setopt(s->curl, CURLOPT_CAINFO, ca_file);
	(void)curl_easy_setopt(s->curl, CURLOPT_CAPATH, NULL);
}

/* Whoever sends may have to stop: also in the midst of it. */
static int
stopped(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct sending *s = ctx;

	return s->stop != NULL && s->stop(s->stop_ctx);
}

int
sending_begin(struct sending *s, const char *url, long seconds,
    const char *ca_file, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	s->curl = NULL;
	s->header = NULL;
	s->why[0] = '\0';
	pthread_once(&once, start_curl);
	if ((s->curl = curl_easy_init()) == NULL)
		return err_set(err, ENOMEMORY, "a message");
	(void)curl_easy_setopt(s->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(s->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	/* A proxy of the environment would read along. */
	(void)curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	(void)curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, seconds);
	/* Of each answer, the one to a farewell among them. */
	(void)curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    ANSWER_S);
	(void)curl_easy_setopt(s->curl, CURLOPT_XFERINFOFUNCTION, stopped);
	(void)curl_easy_setopt(s->curl, CURLOPT_XFERINFODATA, s);
	(void)curl_easy_setopt(s->curl, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(s->curl, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->why);
	(void)curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, drop);
	if (ca_file != NULL && ca_file[0] != '\0')
		trust(s, ca_file);
	return 0;
}

int
sending_header(struct sending *s, const char *line, struct err *err)
{
	struct curl_slist *more = curl_slist_append(s->header, line);

	if (more == NULL)
		return err_set(err, ENOMEMORY, "a message");
	s->header = more;
	return 0;
}

int
sending_go(struct sending *s, struct err *err)
{
	CURLcode rc;

	(void)curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->header);
	if ((rc = curl_easy_perform(s->curl)) == CURLE_OK)
		return 0;
	/* libcurl says so of a recipient or a message that SMTP refuses. */
	return err_set(err, rc == CURLE_SEND_ERROR || rc == CURLE_WEIRD_SERVER_REPLY ?
	    EREJECTED : EUNREACH, "%.200s", s->why[0] != '\0' ? s->why :
	    curl_easy_strerror(rc));
}

void
sending_done(struct sending *s)
{
	curl_slist_free_all(s->header);
	curl_easy_cleanup(s->curl);
}

static bool
has_scheme(CURLU *u, const char *schemes)
{
	char *got = NULL;
	bool found = false;

	if (curl_url_get(u, CURLUPART_SCHEME, &got, 0) != CURLUE_OK)
		return false;
	for (; schemes[0] != '\0' && !found; schemes += strlen(schemes) + 1)
		found = strcmp(got, schemes) == 0;
	curl_free(got);
	return found;
}

static bool
has_user(CURLU *u)
{
	char *got = NULL;
	bool there = curl_url_get(u, CURLUPART_USER, &got, 0) == CURLUE_OK;

	curl_free(got);
	return there;
}

bool
url_is_loopback(const char *url)
{
	CURLU *u = curl_url();
	char *host = NULL;
	bool is = u != NULL &&
	    curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    (strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	    strcmp(host, "[::1]") == 0);

	curl_free(host);
	curl_url_cleanup(u);
	return is;
}

int
url_check(const char *url, const char *schemes, struct err *err)
{
	CURLU *u = curl_url();
	int rc = 0;

	if (u == NULL)
		return err_set(err, ENOMEMORY, "a URL");
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    !has_scheme(u, schemes))
		/* Not the URL itself: it may be a secret. */
		rc = err_set(err, ERANGE_, "expected a URL of the kind "
		    "%s://HOST", schemes);
	else if (has_user(u))
		rc = err_set(err, ERANGE_, "a URL must not carry a user or "
		    "password");
	curl_url_cleanup(u);
	return rc;
}
