#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/device.h"

#define DAY	10	/* octets of "2026-11-21" */
#define OLDEST	TIME_S(INT64_C(946684800))	/* 2000-01-01: before it no clock was set */

static const struct json_row device_rows[] = {
	{ "serial", WANT_STRING, true, 1, DEVICE_SERIAL - 1, "" },
	{ "product", WANT_STRING, false, 1, 64, "" },
	{ "batch", WANT_STRING, false, 1, 64, "" },
	{ "market", WANT_STRING, false, 1, 64, "" },
	{ "keys", WANT_STRINGS, false, 0, DEVICE_KEYS, "" },
	{ "made_at", WANT_STRING, false, DAY, 32, "" },
};

static const struct json_row install_rows[] = {
	{ "serial", WANT_STRING, true, 1, DEVICE_SERIAL - 1, "" },
	{ "artifact_digest", WANT_STRING, true, 1, ARTIFACT_DIGEST - 1, "" },
	{ "installed_at", WANT_STRING, true, DAY, 32, "" },
	{ "market", WANT_STRING, false, 1, 64, "" },
};

int
artifact_digest(const char *text, char ret[ARTIFACT_DIGEST], struct err *err)
{
	size_t i, n = strlen(text);

	if (n != 64 && n != 96 && n != 128)
		return err_set(err, EINPUT, "a digest has 64, 96 or 128 "
		    "hexadecimal digits, not %zu", n);
	for (i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return err_set(err, EINPUT, "a digest has "
			    "hexadecimal digits alone");
		ret[i] = (char)tolower((unsigned char)text[i]);
	}
	ret[n] = '\0';
	return 0;
}

/* What people must be able to read in a list. */
static int
text_copy(const json_t *row, const char *name, json_t *to, struct err *err)
{
	const char *text = json_str(row, name, NULL);

	if (text == NULL)
		return 0;
	for (const char *p = text; *p != '\0'; p++)
		if (text_control(p) != 0)
			return err_set(err, EINPUT, "/%s: it has a control "
			    "character", name);
	return json_set_str(to, name, text, err);
}

/* A space that nobody sees would make another device. */
static int
serial_copy(const json_t *row, json_t *to, struct err *err)
{
	const char *serial = json_str(row, "serial", "");

	if (serial[0] == ' ' || (serial[0] != '\0' &&
	    serial[strlen(serial) - 1] == ' '))
		return err_set(err, EINPUT, "/serial: it begins or ends with "
		    "a space");
	return text_copy(row, "serial", to, err);
}

/* A day begins at midnight. */
static int
time_copy(const json_t *row, const char *name, json_t *to, struct err *err)
{
	const char *text = json_str(row, name, NULL);
	char whole[64];
	struct err why;
	time_us t;

	if (text == NULL)
		return 0;
	(void)snprintf(whole, sizeof(whole), "%s%s", text,
	    strlen(text) == DAY ? "T00:00:00Z" : "");
	if (clock_parse(whole, &t, &why) != 0)
		return err_set(err, EINPUT, "/%s: expected a time like "
		    "2026-11-21T08:00:00Z, or a day", name);
	if (t < OLDEST)
		return err_set(err, ERANGE_, "/%s: it lies before the year "
		    "2000", name);
	return json_set_time(to, name, t, err);
}

static int
product_copy(const json_t *row, const char *otherwise, json_t *to,
    struct err *err)
{
	const char *product = json_str(row, "product", otherwise);

	if (product == NULL)
		return 0;
	if (!name_check(product))
		return err_set(err, EINPUT, "/product: \"%s\" is not a "
		    "name", text_shown(product, 64).at);
	return json_set_str(to, "product", product, err);
}

static int
keys_copy(const json_t *row, json_t *to, struct err *err)
{
	json_t *keys = json_object_get(row, "keys");
	const json_t *one;
	size_t i;

	json_array_foreach(keys, i, one)
		if (!name_check(json_string_value(one)))
			return err_set(err, EINPUT, "/keys/%zu: \"%s\" is "
			    "neither a key's name nor a hash", i,
			    text_shown(json_string_value(one), 64).at);
	return keys == NULL ? 0 :
	    json_set_new(to, "keys", json_incref(keys), err);
}

int
device_row_read(const json_t *row, const char *product, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = NULL;

	if (!json_is_object(row))
		return err_set(err, ESCHEMA, "a row is a JSON object");
	TRY(json_check(row, "", device_rows, NELEM(device_rows), err));
	TRY(json_build(&o, err, "{}"));
	TRY(serial_copy(row, o, err));
	TRY(product_copy(row, product, o, err));
	TRY(text_copy(row, "batch", o, err));
	TRY(text_copy(row, "market", o, err));
	TRY(keys_copy(row, o, err));
	TRY(time_copy(row, "made_at", o, err));
	*ret = TAKE(o);
	return 0;
}

static int
digest_copy(const json_t *row, json_t *to, struct err *err)
{
	char text[ARTIFACT_DIGEST];

	TRY(artifact_digest(json_str(row, "artifact_digest", ""), text, err));
	return json_set_str(to, "artifact_digest", text, err);
}

int
install_row_read(const json_t *row, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	if (!json_is_object(row))
		return err_set(err, ESCHEMA, "a row is a JSON object");
	TRY(json_check(row, "", install_rows, NELEM(install_rows), err));
	TRY(json_build(&o, err, "{}"));
	TRY(serial_copy(row, o, err));
	TRY(digest_copy(row, o, err));
	TRY(time_copy(row, "installed_at", o, err));
	TRY(text_copy(row, "market", o, err));
	*ret = TAKE(o);
	return 0;
}
