#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/sha256.h"
#include "ca/serial.h"

static const char *
issuer_of(const json_t *p)
{
	return json_str(p, "ca", json_str(p, "issuer", json_str(p, "name",
	    "")));
}

int
serial_of(const char *house, const char *request, const json_t *parameters,
    struct serial *ret, struct err *err)
{
	AUTO_JSON *text = NULL;
	struct sha256 hash;

	TRY(json_build(&text, err, "{s:s, s:s, s:s, s:s, s:s}",
	    "format", "claviger/serial/v1", "house", house,
	    "issuer", issuer_of(parameters), "request", request,
	    "spki", json_str(parameters, "spki", "")));
	TRY(json_hash(text, &hash, err));
	memcpy(ret->o, hash.o, sizeof(ret->o));
	ret->o[0] = (unsigned char)(0x40 | (ret->o[0] & 0x3f));
	return 0;
}

unsigned
serial_partition(const struct serial *s, unsigned partitions)
{
	return (unsigned)(s->o[SERIAL_OCTETS - 2] << 8 |
	    s->o[SERIAL_OCTETS - 1]) % partitions;
}
