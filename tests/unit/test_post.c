/* Where a message may be sent, and what becomes of one that cannot. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include "post/post.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*address;
	bool		 is;
} ADDRESSES[] = {
	{ "ann@example.com", true }, { "a@b", true },
	{ "ann+x.y_z@example.com", true }, { "", false }, { "@example.com", false },
	{ "ann@", false }, { "ann", false }, { "a@b@c", false },
	{ "a b@c", false }, { "a@b\r\nBcc: x@y", false }, { "<a@b>", false },
	{ "\"a\"@b", false }, { "\xc3\xa9@b", false },
};

START_TEST(an_address_is_one)
{
	ck_assert_msg(post_address(ADDRESSES[_i].address) == ADDRESSES[_i].is,
	    "%s", ADDRESSES[_i].address);
}
END_TEST

static const struct {
	const char	*url;
	bool		 mail;
	enum err_code	 code;
} URLS[] = {
	{ "smtp://mail.example:587", true, OK },
	{ "smtps://mail.example", true, OK },
	{ "http://mail.example", true, ERANGE_ },
	{ "mail.example", true, ERANGE_ },
	{ "smtp://user:secret@mail.example", true, ERANGE_ },
	{ "https://hooks.example/a?b=c", false, OK },
	{ "http://127.0.0.1:8080/", false, OK },
	{ "ftp://hooks.example/", false, ERANGE_ },
	{ "file:///etc/passwd", false, ERANGE_ },
	{ "https://user@hooks.example/", false, ERANGE_ },
	{ "", false, ERANGE_ },
};

START_TEST(a_url_is_of_its_kind)
{
	struct mail_server s = { .url = URLS[_i].url, .from = "a@b" };
	int rc = URLS[_i].mail ? post_mail_check(&s, &unit_err) :
	    post_hook_check(URLS[_i].url, &unit_err);

	ck_assert_msg(rc == -(int)URLS[_i].code, "%s: %d", URLS[_i].url, rc);
}
END_TEST

static const struct {
	const char	*url;
	bool		 is;
} GATHERERS[] = {
	{ "tls://siem.example:6514", true }, { "tcp://127.0.0.1:601", true },
	{ "tcp://[::1]:601", true }, { "unix:/dev/log", true },
	{ "tls://siem.example", false }, { "tls://siem.example:", false },
	{ "tls://:6514", false }, { "tls://siem.example:0x1", false },
	{ "tls://siem.example:6514/", false }, { "tls://a:b@siem.example:6514", false },
	{ "tls://siem.example:6514?x:1", false }, { "tls://siem.example:99999", false },
	{ "udp://siem.example:514", false }, { "https://siem.example:6514", false },
	{ "unix:dev/log", false }, { "unix:", false }, { "unix:/"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789", false }, { "", false },
};

START_TEST(a_gatherer_of_logs_is_one)
{
	int rc = post_syslog_check(GATHERERS[_i].url, &unit_err);

	ck_assert_msg(rc == (GATHERERS[_i].is ? 0 : -ERANGE_), "%s: %d",
	    GATHERERS[_i].url, rc);
}
END_TEST

/* RFC 5424, 6: as the daemon of this host gets it. */
START_TEST(a_datagram_is_a_message_of_syslog)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char url[600], got[400] = "", host[256];
	struct syslog s = { .url = url };
	struct syslog_note n = { .severity = SEVERITY_WARNING, .kind = "alert",
	    .text = "{\"a\":1}", .when = TIME_S(1) };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert(gethostname(host, sizeof(host)) == 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%.100s",
	    scratch_path("log"));
	snprintf(url, sizeof(url), "unix:%s", at.sun_path);
	unit_fails(post_syslog(&s, &n, &unit_err), EUNREACH);
	ck_assert(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	unit_ok(post_syslog(&s, &n, &unit_err));
	ck_assert(recv(fd, got, sizeof(got) - 1, 0) > 0);
	ck_assert(strncmp(got, "<84>1 1970-01-01T00:00:01.000000Z ", 34) == 0);
	ck_assert(strncmp(got + 34, host, strlen(host)) == 0);
	ck_assert_str_eq(got + 34 + strlen(host),
	    " claviger - alert - {\"a\":1}");
	close(fd);
}
END_TEST

START_TEST(without_tls_mail_stays_here)
{
	struct mail_server s = { .url = "smtp://mail.example", .from = "a@b",
	    .plain = true };

	unit_fails(post_mail_check(&s, &unit_err), ERANGE_);
	s.url = "smtp://localhost:25";
	unit_ok(post_mail_check(&s, &unit_err));
}
END_TEST

START_TEST(a_password_has_a_longest_length)
{
	AUTO(secret) *most = NULL, *over = NULL;
	char octets[POST_PASSWORD + 1] = { 'x' };
	struct mail_server s = { .url = "smtp://x", .from = "a@b" };

	unit_ok(secret_new(octets, POST_PASSWORD, &most, &unit_err));
	unit_ok(secret_new(octets, POST_PASSWORD + 1, &over, &unit_err));
	s.password = most;
	unit_ok(post_mail_check(&s, &unit_err));
	s.password = over;
	unit_fails(post_mail_check(&s, &unit_err), ERANGE_);
}
END_TEST

START_TEST(our_own_address_is_one)
{
	struct mail_server s = { .url = "smtp://x", .from = "nobody" };

	unit_fails(post_mail_check(&s, &unit_err), ERANGE_);
}
END_TEST

/* Port 1 of loopback: nobody listens there. */
START_TEST(nobody_there_is_told_from_a_refusal)
{
	struct mail_server s = { .url = "smtp://127.0.0.1:1", .from = "a@b" };
	struct mail m = { .id = "ntc_1", .to = "c@d", .subject = "s",
	    .text = "t\n" };
	struct hook h = { .url = "http://127.0.0.1:1/" };
	struct syslog l = { .url = "tcp://127.0.0.1:1" };
	struct syslog_note note = { .kind = "test", .text = "{}" };

	unit_fails(post_mail(&s, &m, &unit_err), EUNREACH);
	m.to = "no address";
	unit_fails(post_mail(&s, &m, &unit_err), EREJECTED);
	unit_fails(post_syslog(&l, &note, &unit_err), EUNREACH);
	unit_fails(post_hook(&h, "ntc_1", "{}", 0, &unit_err), EUNREACH);
}
END_TEST

UNIT_MAIN("post", UNIT_SCRATCH UNIT_ROWS(an_address_is_one, ADDRESSES)
	UNIT_ROWS(a_url_is_of_its_kind, URLS)
	UNIT_ROWS(a_gatherer_of_logs_is_one, GATHERERS)
	UNIT(a_datagram_is_a_message_of_syslog) UNIT(our_own_address_is_one)
	UNIT(without_tls_mail_stays_here) UNIT(a_password_has_a_longest_length)
	UNIT(nobody_there_is_told_from_a_refusal))
