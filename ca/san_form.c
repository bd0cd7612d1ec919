#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "ca/san_form.h"

#define DNS_MAX		253	/* RFC 1035, 2.3.4, without the root's dot */
#define LABEL_MAX	63

#define LOWER		"abcdefghijklmnopqrstuvwxyz"
#define UPPER		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT		"0123456789"

/* Letters, digits, hyphens inside. Characters it took; 0: no label. */
static size_t
label(const char *s)
{
	size_t n = strspn(s, LOWER DIGIT "-");

	if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return 0;
	return n;
}

int
dns_check(const char *s, bool wildcard, struct err *err)
{
	const char *at = s;
	size_t n;

	if (wildcard && strncmp(at, "*.", 2) == 0)
		at += 2;
	while ((n = label(at)) > 0 && at[n] == '.')
		at += n + 1;
	if (n == 0 || at[n] != '\0' || strlen(s) > DNS_MAX)
		return err_set(err, EINPUT, "dns:%.64s is not a host name in "
		    "lower case (RFC 5280, 4.2.1.6)", s);
	return 0;
}

/* "10.0.0.1" is an address wherever names are looked up, and no top level domain
 * is a number. */
static bool
ends_in_number(const char *s)
{
	const char *last = strrchr(s, '.');

	return last != NULL && last[1 + strspn(last + 1, DIGIT)] == '\0';
}

int
host_check(const char *s, bool wildcard, struct err *err)
{
	TRY(dns_check(s, wildcard, err));
	if (ends_in_number(s))
		return err_set(err, EINPUT, "dns:%.64s ends in a number, so it is "
		    "no host name; an address is ip:ADDRESS (RFC 1123, 2.1; "
		    "RFC 5280, 4.2.1.6)", s);
	return 0;
}

int
email_check(const char *s, struct err *err)
{
	size_t n = strspn(s, LOWER UPPER DIGIT "!#$%&'*+-/=?^_`{|}~.");

	if (n == 0 || n > 64 || s[n] != '@' || s[0] == '.' ||
	    s[n - 1] == '.' || memmem(s, n, "..", 2) != NULL ||
	    dns_check(s + n + 1, false, NULL) != 0)
		return err_set(err, EINPUT, "email:%.64s is not a mailbox "
		    "(RFC 5280, 4.2.1.6)", s);
	return 0;
}

int
uri_check(const char *s, struct err *err)
{
	size_t n = strspn(s, LOWER DIGIT "+-."), i;

	for (i = n; s[i] > 0x20 && s[i] < 0x7f && strchr("\"<>\\^`{|}",
	    s[i]) == NULL; i++)
		;
	/* RFC 3986, 3.1: a scheme begins with a letter. */
	if (n == 0 || strchr(LOWER, s[0]) == NULL || s[n] != ':' ||
	    s[n + 1] == '\0' || s[i] != '\0')
		return err_set(err, EINPUT, "uri:%.64s is not an absolute URI "
		    "(RFC 5280, 4.2.1.6)", s);
	return 0;
}

/* What is before a port; "[" and "]" are an IPv6 address's. */
static size_t
host_octets(const char *at, size_t n)
{
	const char *end = memchr(at, n > 0 && at[0] == '[' ? ']' : ':', n);

	if (end == NULL)
		return n;
	return (size_t)(end - at) + (*end == ']');
}

static bool
is_port(const char *s, size_t n)
{
	return n == 0 || (s[0] == ':' && strspn(s + 1, DIGIT) >= n - 1);
}

void
uri_place(const char *uri, struct uri_place *ret)
{
	const char *at = strchr(uri, ':'), *user;
	size_t n, host, i;

	*ret = (struct uri_place){ .has = at != NULL &&
	    strncmp(at, "://", 3) == 0 };
	if (!ret->has)
		return;
	at += 3;
	n = strcspn(at, "/?#");
	if ((user = memrchr(at, '@', n)) != NULL) {
		ret->user = true;
		n -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	host = host_octets(at, n);
	if (host > URI_HOST || !is_port(at + host, n - host))
		return;
	for (i = 0; i < host; i++)
		ret->host[i] = (char)(at[i] >= 'A' && at[i] <= 'Z' ?
		    at[i] - 'A' + 'a' : at[i]);
}

/* "192.0.2.1", or "[2001:db8::1]", which ends there. */
static bool
is_address(const char *host)
{
	size_t n = strlen(host);
	unsigned char octets[16];
	char six[INET6_ADDRSTRLEN];

	if (host[0] != '[')
		return inet_pton(AF_INET, host, octets) == 1;
	if (host[n - 1] != ']' || n - 2 >= sizeof(six))
		return false;
	memcpy(six, host + 1, n - 2);
	six[n - 2] = '\0';
	return inet_pton(AF_INET6, six, octets) == 1;
}

static int
uri_fit(const char *s, struct err *err)
{
	struct uri_place place;

	uri_place(s, &place);
	if (place.has && host_check(place.host, false, NULL) != 0 &&
	    !is_address(place.host))
		return err_set(err, EINPUT, "uri:%.64s has an authority (\"//\") "
		    "without a host name or an address (RFC 5280, 4.2.1.6)", s);
	return 0;
}

int
san_fit_check(const char *text, struct err *err)
{
	const char *value;
	enum san_type t;

	TRY(san_split(text, &t, &value, err));
	switch (t) {
	case SAN_DNS:
		return host_check(value, true, err);
	case SAN_EMAIL:
		value = strchr(value, '@');
		return value == NULL ? 0 : host_check(value + 1, false, err);
	case SAN_URI:
		return uri_fit(value, err);
	case SAN_IP:
	case SAN_HARDWARE:
	case SAN__N:
		break;
	}
	return 0;
}

int
address_parse(const char *s, unsigned char ret[16], size_t *ret_n,
    struct err *err)
{
	int family = strchr(s, ':') == NULL ? AF_INET : AF_INET6;
	char again[INET6_ADDRSTRLEN];

	/* One spelling: what the octets are written as. */
	if (inet_pton(family, s, ret) != 1 ||
	    inet_ntop(family, ret, again, sizeof(again)) == NULL ||
	    strcmp(s, again) != 0)
		return err_set(err, EINPUT, "ip:%.64s is not an address in "
		    "its canonical spelling (RFC 5952, 4)", s);
	*ret_n = family == AF_INET ? 4 : 16;
	return 0;
}
