#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "ca/oid.h"
#include "ca/san.h"
#include "ca/san_form.h"

static const struct {
	const char	*word;
	unsigned	 tag;
} ROWS[] = {
#define S(sym, word, tag) { word, tag },
	SAN_TYPES(S)
#undef S
};
_Static_assert(NELEM(ROWS) == SAN__N, "a row for each");

const char *
san_type_word(enum san_type t)
{
	return ROWS[t].word;
}

unsigned
san_tag(enum san_type t)
{
	return ROWS[t].tag;
}

enum san_type
san_type_named(const char *word)
{
	int t;

	for (t = 0; t < SAN__N; t++)
		if (strcmp(ROWS[t].word, word) == 0)
			break;
	return (enum san_type)t;
}

int
san_split(const char *text, enum san_type *ret, const char **ret_value,
    struct err *err)
{
	size_t n = strcspn(text, ":");
	int t;

	if (strlen(text) > SAN_OCTETS)
		return err_set(err, ERANGE_, "an alternative name has more "
		    "than %d octets", SAN_OCTETS);
	for (t = 0; t < SAN__N; t++)
		if (text[n] == ':' && strlen(ROWS[t].word) == n &&
		    memcmp(ROWS[t].word, text, n) == 0)
			break;
	if (t == SAN__N)
		return err_set(err, EINPUT, "\"%.64s\" does not begin with "
		    "dns:, ip:, uri:, email: or hardware-module:", text);
	*ret = (enum san_type)t;
	*ret_value = text + n + 1;
	return 0;
}

/* RFC 4108, 5: otherName with type and [0] EXPLICIT value. */
static int
hardware_put(struct der *w, const char *value)
{
	unsigned char type[OID_OCTETS], serial[SAN_SERIAL];
	const char *hex = strchr(value, ':');
	char dotted[OID_TEXT];
	size_t n, digits = hex == NULL ? 0 : strlen(hex + 1);

	if (digits == 0 || digits % 2 != 0 || digits > 2 * sizeof(serial) ||
	    hex - value >= OID_TEXT)
		return err_set(w->err, EINPUT, "hardware-module:%.64s is not "
		    "OID:HEX (RFC 4108, 5)", value);
	memcpy(dotted, value, (size_t)(hex - value));
	dotted[hex - value] = '\0';
	TRY(oid_parse(dotted, type, &n, w->err));
	TRY(hex_decode(hex + 1, digits / 2, serial, w->err));
	TRY(der_open(w, ROWS[SAN_HARDWARE].tag));
	TRY(oid_put(w, OID_HARDWARE_MODULE));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_put(w, DER_OID, type, n));
	TRY(der_put(w, DER_OCTET_STRING, serial, digits / 2));
	TRY(der_close(w));
	TRY(der_close(w));
	return der_close(w);
}

int
san_put(struct der *w, const char *text, struct err *err)
{
	unsigned char address[16];
	const char *value;
	enum san_type t;
	size_t n;

	TRY(san_split(text, &t, &value, err));
	TRY(san_fit_check(text, err));
	switch (t) {
	case SAN_DNS:
		TRY(dns_check(value, true, err));
		break;
	case SAN_EMAIL:
		TRY(email_check(value, err));
		break;
	case SAN_URI:
		TRY(uri_check(value, err));
		break;
	case SAN_IP:
		TRY(address_parse(value, address, &n, err));
		return der_put(w, ROWS[t].tag, address, n);
	case SAN_HARDWARE:
		return hardware_put(w, value);
	case SAN__N:
		break;
	}
	return der_text(w, ROWS[t].tag, value);
}

/* Is it one of the first @n? */
static bool
seen(const json_t *san, size_t n, const char *text)
{
	while (n-- > 0)
		if (strcmp(json_string_value(json_array_get(san, n)),
		    text) == 0)
			return true;
	return false;
}

static int
names_put(struct der *w, const json_t *san)
{
	const char *text;
	size_t i;

	TRY(der_open(w, DER_SEQUENCE));
	for (i = 0; i < json_array_size(san); i++) {
		text = json_string_value(json_array_get(san, i));
		if (text == NULL)
			return err_set(w->err, ESCHEMA,
			    "/san/%zu: expected a string", i);
		if (strlen(text) != json_string_length(json_array_get(san, i)))
			return err_set(w->err, EINPUT, "/san/%zu has a NUL", i);
		if (seen(san, i, text))
			return err_set(w->err, EINPUT, "/san/%zu: %.128s is "
			    "there twice", i, text);
		TRY(san_put(w, text, w->err));
	}
	return der_close(w);
}

int
san_der(const json_t *san, struct blob *ret, struct err *err)
{
	size_t n = json_array_size(san), before = ret->len;
	struct der w;
	int rc;

	/* RFC 5280, 4.2.1.6: at least one. */
	if (n < 1 || n > SAN_MOST)
		return err_set(err, ERANGE_, "%zu alternative names, expected "
		    "1 to %d (RFC 5280, 4.2.1.6)", n, SAN_MOST);
	der_init(&w, ret, err);
	rc = names_put(&w, san);
	if (rc != 0)
		ret->len = before;
	return rc;
}

static int
hardware_text(struct span content, char ret[SAN_OCTETS + 1], struct err *err)
{
	char dotted[OID_TEXT], hex[2 * SAN_SERIAL + 1];
	struct span type, value, pair, hw;

	TRY(der_take(&content, DER_OID, "an other name's type", &type, err));
	if (!oid_is(type, OID_HARDWARE_MODULE))
		return err_set(err, EINPUT, "an other name is not a "
		    "hardwareModuleName (RFC 4108, 5)");
	TRY(der_take(&content, DER_CONTEXT_C(0), "an other name's value",
	    &value, err));
	TRY(der_end(&content, "an other name", err));
	TRY(der_take(&value, DER_SEQUENCE, "a hardwareModuleName", &pair,
	    err));
	TRY(der_end(&value, "an other name's value", err));
	TRY(der_take(&pair, DER_OID, "hwType", &hw, err));
	TRY(oid_text(hw, dotted, err));
	TRY(der_take(&pair, DER_OCTET_STRING, "hwSerialNum", &hw, err));
	TRY(der_end(&pair, "a hardwareModuleName", err));
	if (hw.n == 0 || hw.n > SAN_SERIAL)
		return err_set(err, ERANGE_, "hwSerialNum has %zu octets, "
		    "expected 1 to %d", hw.n, SAN_SERIAL);
	hex_encode(hw.p, hw.n, hex);
	(void)snprintf(ret, SAN_OCTETS + 1, "hardware-module:%s:%s", dotted,
	    hex);
	return 0;
}

/* Text as it stands, which must be as san_put takes it. */
static int
plain_text(enum san_type t, struct span content, char ret[SAN_OCTETS + 1],
    struct err *err)
{
	const char *value = ret + strlen(ROWS[t].word) + 1;

	if (content.n == 0 || memchr(content.p, '\0', content.n) != NULL ||
	    strlen(ROWS[t].word) + 1 + content.n > SAN_OCTETS)
		return err_set(err, EINPUT, "an alternative name of type %s "
		    "is empty, too long, or has a NUL", ROWS[t].word);
	(void)snprintf(ret, SAN_OCTETS + 1, "%s:%.*s", ROWS[t].word,
	    (int)content.n, (const char *)content.p);
	if (t == SAN_DNS)
		return dns_check(value, true, err);
	return t == SAN_EMAIL ? email_check(value, err) :
	    uri_check(value, err);
}

static int
name_text(unsigned tag, struct span content, char ret[SAN_OCTETS + 1],
    struct err *err)
{
	char address[INET6_ADDRSTRLEN];
	int t;

	for (t = 0; t < SAN__N; t++)
		if (ROWS[t].tag == tag)
			break;
	if (t == SAN__N)
		return err_set(err, EINPUT, "an alternative name has tag "
		    "0x%02x: none of dns, ip, uri, email, hardware-module",
		    tag);
	if (t == SAN_HARDWARE)
		return hardware_text(content, ret, err);
	if (t != SAN_IP)
		return plain_text((enum san_type)t, content, ret, err);
	if (content.n != 4 && content.n != 16)
		return err_set(err, EINPUT, "an address of %zu octets "
		    "(RFC 5280, 4.2.1.6)", content.n);
	(void)inet_ntop(content.n == 4 ? AF_INET : AF_INET6, content.p,
	    address, sizeof(address));
	(void)snprintf(ret, SAN_OCTETS + 1, "ip:%s", address);
	return 0;
}

int
san_json(struct span names, json_t **ret, struct err *err)
{
	AUTO_JSON *array = json_array();
	struct span list, content;
	char text[SAN_OCTETS + 1];
	unsigned tag;

	if (array == NULL)
		return err_set(err, ENOMEMORY, "alternative names");
	TRY(der_take(&names, DER_SEQUENCE, "alternative names", &list, err));
	TRY(der_end(&names, "alternative names", err));
	do {
		if (json_array_size(array) == SAN_MOST)
			return err_set(err, ERANGE_, "more than %d "
			    "alternative names", SAN_MOST);
		TRY(der_next(&list, "an alternative name", &tag, &content,
		    err));
		TRY(name_text(tag, content, text, err));
		if (json_array_append_new(array, json_string(text)) != 0)
			return err_set(err, ENOMEMORY, "alternative names");
	} while (list.n > 0);
	*ret = TAKE(array);
	return 0;
}
