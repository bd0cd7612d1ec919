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
