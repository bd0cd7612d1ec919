/*
 * serial - the serial number of a certificate, which nobody chooses.
 *
 * Floor 2, pure.  Sees base.  RFC 5280, 4.1.2.2.
 * Service, keeper and auditor each derive it, from what was asked for.
 */
#ifndef CA_SERIAL_H
#define CA_SERIAL_H

#include <jansson.h>

#include "base/err.h"

#define SERIAL_OCTETS	16

/* The first octet is 0x40 to 0x7f: always 16 octets, whatever DER would drop. */
struct serial {
	unsigned char	 o[SERIAL_OCTETS];
};

/**
 * serial_of - of the one certificate that a request makes of these parameters.
 *
 * The first 16 octets of the SHA-256 of, in the canonical spelling,
 *   {"format":"claviger/serial/v1","house","issuer":NAME of the CA that signs,
 *    "request":ID,"spki":HASH of the subject's key}
 *
 * @house, @request  ids.
 * @parameters       borrowed: ca, or issuer, or for a root name; spki.
 *
 * Errors: EINPUT: a text that JSON does not take; ENOMEMORY.
 */
NODISCARD int serial_of(const char *house, const char *request,
    const json_t *parameters, struct serial *ret, struct err *err);
/** serial_partition - of how many the CA has (at least 1), the one whose list
 * it will stand on: spread by what nobody chooses. */
unsigned serial_partition(const struct serial *s, unsigned partitions);

#endif
