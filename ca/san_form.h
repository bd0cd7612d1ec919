/*
 * san_form - the forms of alternative names and constraints.
 * Private to ca/san.c and ca/constraint.c.
 */
#ifndef CA_SAN_FORM_H
#define CA_SAN_FORM_H

#include "ca/san.h"

#define SAN_SERIAL	128	/* octets of hwSerialNum */

unsigned san_tag(enum san_type t);
/** dns_check - RFC 5280, 4.2.1.6: preferred name syntax (RFC 1123, 2.1), in
 * lower case. @wildcard: the leftmost label may be "*" (RFC 6125, 6.4.3). */
NODISCARD int dns_check(const char *s, bool wildcard, struct err *err);
/** email_check - RFC 5280, 4.2.1.6: a Mailbox, here of dot-atoms. */
NODISCARD int email_check(const char *s, struct err *err);
/** uri_check - RFC 5280, 4.2.1.6: absolute: a scheme and something behind it. */
NODISCARD int uri_check(const char *s, struct err *err);
#define URI_HOST	255	/* octets of a host */
/* RFC 3986, 3.2: what a URI says of where it leads. */
struct uri_place {
	bool		 has;		/* an authority; else the rest is empty */
	bool		 user;		/* user information before "@" */
	char		 host[URI_HOST + 1]; /* in lower case; "": none, too long, or no port behind it */
};
/** uri_place - of an absolute URI. */
void uri_place(const char *uri, struct uri_place *ret);
/** host_check - a host name that is no address: not all digits behind the last
 * dot (RFC 1123, 2.1). */
NODISCARD int host_check(const char *s, bool wildcard, struct err *err);
/** address_parse - 4 or 16 octets of the canonical text (RFC 5952). */
NODISCARD int address_parse(const char *s, unsigned char ret[16],
    size_t *ret_n, struct err *err);

#endif
