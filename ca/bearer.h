/*
 * bearer - which device a certificate of another CA names.
 *
 * Floor 2, pure.  Sees base.
 * Its subject's serialNumber (X.520, 6.2.9; IEEE 802.1AR, 8.6), or a URI
 * "urn:device:..." among its alternative names.  A hardwareModuleName is not
 * one: it is a module's, and a device may have several (RFC 4108, 5).
 */
#ifndef CA_BEARER_H
#define CA_BEARER_H

#include "ca/tbs.h"

#define BEARER_TEXT	130	/* the longest that is compared, and its NUL */
#define BEARER_MOST	8u	/* devices of one certificate that are told */

/* The devices that a certificate names, each once, ASCII. */
struct bearer_list {
	char		 name[BEARER_MOST][BEARER_TEXT];
	unsigned	 n;
};

/** bearer_all - the first BEARER_MOST devices that it names. */
void bearer_all(const struct tbs *t, struct bearer_list *ret);

/**
 * bearer_other - a device that it names, other than this one.
 *
 * @ret  "": it names none, or this among others.  ASCII.
 */
void bearer_other(const struct tbs *t, const char *device,
    char ret[BEARER_TEXT]);

#endif
