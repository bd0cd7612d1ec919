/* mail - a message to an SMTP server; libcurl speaks with it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <openssl/crypto.h>
#include "base/b64.h"
#include "base/blob.h"
#include "post/inside.h"

#define LINE_OCTETS	998	/* RFC 5322, 2.1.1 */
#define COLUMNS		900
#define B64_COLUMNS	76	/* RFC 2045, 6.8 */

/* The octets that an address may have here; quoted local parts are not for us. */
bool
post_address(const char *s)
{
	const char *at = strchr(s, '@');
	size_t i, n = strlen(s);

	if (at == NULL || at == s || at[1] == '\0' || n > POST_ADDRESS ||
	    strchr(at + 1, '@') != NULL)
		return false;
	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) &&
		    strchr("@.!#$%&'*+-/=?^_`{|}~", s[i]) == NULL)
			return false;
	return true;
}

int
post_mail_check(const struct mail_server *s, struct err *err)
{
	TRY(url_check(s->url, "smtp\0smtps\0", err));
	if (s->plain && !url_is_loopback(s->url))
		return err_set(err, ERANGE_, "without TLS mail goes to this host "
		    "alone: smtp://localhost, 127.0.0.1 or [::1]");
	if (s->password != NULL && secret_len(s->password) > POST_PASSWORD)
		return err_set(err, ERANGE_, "the password has over %d octets",
		    POST_PASSWORD);
	return post_address(s->from) ? 0 : err_set(err, ERANGE_, "\"%.80s\" is "
	    "no mail address", s->from);
}

/* What others wrote must not become a header of its own. */
static int
header(struct blob *to, const char *name, const char *text, struct err *err)
{
	char line[LINE_OCTETS];

	snprintf(line, sizeof(line), "%s: %s", name, text);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			*p = '?';
	TRY(blob_puts(to, line, err));
	return blob_puts(to, "\r\n", err);
}

static int
headers(struct blob *to, const struct mail_server *s, const struct mail *m,
    struct err *err)
{
	time_t now = (time_t)(clock_now() / TIME_S(1));
	char date[64], id[LINE_OCTETS];
	struct tm tm;

	/* RFC 5322, 3.3.  The service speaks no language but C's. */
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000",
	    gmtime_r(&now, &tm));
	snprintf(id, sizeof(id), "<%.80s%s>", m->id, strchr(s->from, '@'));
	TRY(header(to, "Date", date, err));
	TRY(header(to, "From", s->from, err));
	TRY(header(to, "To", m->to, err));
	TRY(header(to, "Subject", m->subject, err));
	TRY(header(to, "Message-ID", id, err));
	/* RFC 3834, 5: nobody's absence notice answers it. */
	TRY(header(to, "Auto-Submitted", "auto-generated", err));
	TRY(header(to, "MIME-Version", "1.0", err));
	return header(to, "Content-Type", "text/plain; charset=utf-8", err);
}

/* As it is where every server takes it so: ASCII, in lines that are not too long. */
static bool
is_plain(const char *s)
{
	size_t column = 0;

	for (; *s != '\0'; s++) {
		column = *s == '\n' ? 0 : column + 1;
		if ((unsigned char)*s > '~' || column > COLUMNS ||
		    ((unsigned char)*s < ' ' && *s != '\n'))
			return false;
	}
	return true;
}

static int
plain_lines(struct blob *to, const char *s, struct err *err)
{
	for (size_t n; *s != '\0'; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		TRY(blob_put(to, s, n, err));
		TRY(blob_puts(to, "\r\n", err));
	}
	return 0;
}

static int
b64_body(struct blob *to, const char *text, struct err *err)
{
	AUTO(blob) *lines = blob_new();

	if (lines == NULL)
		return err_set(err, ENOMEMORY, "a mail");
	TRY(b64_lines(text, strlen(text), B64_COLUMNS, lines, err));
	return plain_lines(to, blob_str(lines), err);
}

static int
body(struct blob *to, const char *text, struct err *err)
{
	bool plain = is_plain(text);

	TRY(header(to, "Content-Transfer-Encoding", plain ? "7bit" : "base64",
	    err));
	TRY(blob_puts(to, "\r\n", err));
	return plain ? plain_lines(to, text, err) : b64_body(to, text, err);
}

/* ---- sending ---- */

struct upload {
	struct blob	 text;
	size_t		 at;
};

static size_t
give(char *to, size_t one, size_t room, void *ctx)
{
	struct upload *u = ctx;
	size_t left = u->text.len - u->at;

	room *= one;
	if (room > left)
		room = left;
	if (room > 0)
		memcpy(to, u->text.data + u->at, room);
	u->at += room;
	return room;
}

static void
login(struct sending *g, const struct mail_server *s)
{
	char password[POST_PASSWORD + 1];

	(void)curl_easy_setopt(g->curl, CURLOPT_USE_SSL, s->plain ?
	    (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (s->user == NULL || s->user[0] == '\0' || s->password == NULL)
		return;
	snprintf(password, sizeof(password), "%.*s",
	    (int)secret_len(s->password),
	    (const char *)secret_data(s->password));
	(void)curl_easy_setopt(g->curl, CURLOPT_USERNAME, s->user);
	(void)curl_easy_setopt(g->curl, CURLOPT_PASSWORD, password);
	OPENSSL_cleanse(password, sizeof(password));
}

static int
send_one(struct sending *g, const struct mail_server *s, const struct mail *m,
    struct upload *u, struct err *err)
{
	struct curl_slist *to = curl_slist_append(NULL, m->to);
	int rc;

	if (to == NULL)
		return err_set(err, ENOMEMORY, "a mail");
	(void)curl_easy_setopt(g->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)curl_easy_setopt(g->curl, CURLOPT_MAIL_FROM, s->from);
	(void)curl_easy_setopt(g->curl, CURLOPT_MAIL_RCPT, to);
	(void)curl_easy_setopt(g->curl, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(g->curl, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(g->curl, CURLOPT_READDATA, u);
	login(g, s);
	rc = sending_go(g, err);
	curl_slist_free_all(to);
	return rc;
}

int
post_mail(const struct mail_server *s, const struct mail *m, struct err *err)
{
	struct upload u = { .at = 0 };
	struct sending g = { .stop = s->stop, .stop_ctx = s->stop_ctx };
	int rc;

	if (!post_address(m->to))
		return err_set(err, EREJECTED, "\"%.80s\" is no mail address",
		    m->to);
	if ((rc = sending_begin(&g, s->url, MAIL_S, s->ca_file, err)) == 0 &&
	    (rc = headers(&u.text, s, m, err)) == 0 &&
	    (rc = body(&u.text, m->text, err)) == 0)
		rc = send_one(&g, s, m, &u, err);
	sending_done(&g);
	blob_done(&u.text);
	return rc;
}
