#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "ca/profile_form.h"

#define DEVICE_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:+-"

int
profile_check_device(const char *serial, struct err *err)
{
	size_t n = strspn(serial, DEVICE_CHARACTERS);

	if (n == 0 || n > PROFILE_DEVICE || serial[n] != '\0')
		return err_set(err, EINPUT, "a device's serial has 1 to %d of "
		    "A-Z a-z 0-9 . _ : + - (RFC 5280, A.1)",
		    PROFILE_DEVICE);
	return 0;
}

/* The placeholder, and whether it is the hexadecimal one. NULL: none. */
static const char *
placeholder(const char *form, bool *ret_hex, size_t *ret_n)
{
	const char *at = strstr(form, FORM_DEVICE_HEX);

	*ret_hex = at != NULL;
	*ret_n = strlen(FORM_DEVICE_HEX);
	if (at != NULL)
		return at;
	*ret_n = strlen(FORM_DEVICE);
	return strstr(form, FORM_DEVICE);
}

int
form_check(const char *form, struct err *err)
{
	const char *at, *brace = strchr(form, '{');
	size_t n;
	bool hex;

	at = placeholder(form, &hex, &n);
	if (brace != at || (at != NULL && strpbrk(at + n, "{}") != NULL) ||
	    (at == NULL && strchr(form, '}') != NULL))
		return err_set(err, EINPUT, "a value has at most one of %s "
		    "and %s, and no other braces", FORM_DEVICE,
		    FORM_DEVICE_HEX);
	return 0;
}

bool
form_needs_device(const char *form)
{
	return strchr(form, '{') != NULL;
}

void
form_fill(const char *form, const char *device, char ret[FORM_TEXT])
{
	char digits[2 * PROFILE_DEVICE + 1];
	const char *at;
	size_t n;
	bool hex;

	at = placeholder(form, &hex, &n);
	if (at == NULL || device == NULL) {
		(void)snprintf(ret, FORM_TEXT, "%s", form);
		return;
	}
	if (hex)
		hex_encode(device, strlen(device), digits);
	(void)snprintf(ret, FORM_TEXT, "%.*s%s%s", (int)(at - form), form,
	    hex ? digits : device, at + n);
}

/* What stands where the placeholder is; false: the rest differs. */
static bool
learn(const char *form, const char *text, char device[PROFILE_DEVICE + 1])
{
	size_t n, head, tail, have = strlen(text);
	const char *at;
	bool hex;

	at = placeholder(form, &hex, &n);
	head = (size_t)(at - form);
	tail = strlen(at + n);
	if (have < head + tail || strncmp(form, text, head) != 0 ||
	    strcmp(at + n, text + have - tail) != 0)
		return false;
	have -= head + tail;
	if (have > (hex ? 2 : 1) * PROFILE_DEVICE || (hex && have % 2 != 0))
		return false;
	memset(device, 0, PROFILE_DEVICE + 1);
	if (!hex) {
		memcpy(device, text + head, have);
	} else {
		char digits[2 * PROFILE_DEVICE + 1] = { 0 };

		memcpy(digits, text + head, have);
		if (hex_decode(digits, have / 2, device, NULL) != 0)
			return false;
	}
	return true;
}

bool
form_matches(const char *form, const char *text,
    char device[PROFILE_DEVICE + 1])
{
	char filled[FORM_TEXT];

	if (form_needs_device(form) && device[0] == '\0' &&
	    (!learn(form, text, device) ||
	    profile_check_device(device, NULL) != 0)) {
		device[0] = '\0';
		return false;
	}
	form_fill(form, device, filled);
	return strcmp(filled, text) == 0;
}
