#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "ca/name.h"

/* clang-format off */
/* Which string type, and how long: RFC 5280, appendix A.1; X.520; Matter
 * 6.2.2 for its two, which are four upper-case hexadecimal digits. */
static const struct {
	enum oid	 attribute;
	unsigned	 tag;
	size_t		 min, max;	/* characters */
} ROWS[] = {
	{ OID_COMMON_NAME,      DER_UTF8,      1, 64 },
	{ OID_SURNAME,          DER_UTF8,      1, 64 },
	{ OID_SERIAL_NUMBER,    DER_PRINTABLE, 1, 64 },
	{ OID_COUNTRY,          DER_PRINTABLE, 2, 2 },
	{ OID_LOCALITY,         DER_UTF8,      1, 128 },
	{ OID_STATE,            DER_UTF8,      1, 128 },
	{ OID_STREET,           DER_UTF8,      1, 128 },
	{ OID_ORGANIZATION,     DER_UTF8,      1, 64 },
	{ OID_UNIT,             DER_UTF8,      1, 64 },
	{ OID_TITLE,            DER_UTF8,      1, 64 },
	{ OID_GIVEN_NAME,       DER_UTF8,      1, 64 },
	{ OID_DN_QUALIFIER,     DER_PRINTABLE, 1, 64 },
	{ OID_PSEUDONYM,        DER_UTF8,      1, 128 },
	{ OID_ORGANIZATION_ID,  DER_UTF8,      1, 256 },
	{ OID_DOMAIN_COMPONENT, DER_IA5,       1, 63 },
	{ OID_USER_ID,          DER_UTF8,      1, 256 },
	{ OID_EMAIL,            DER_IA5,       1, 255 },
	{ OID_MATTER_VID,       DER_UTF8,      4, 4 },
	{ OID_MATTER_PID,       DER_UTF8,      4, 4 },
};
/* clang-format on */

static size_t
row_of(enum oid attribute)
{
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].attribute == attribute)
			break;
	return i;
}

/* X.680, 41.4: what a PrintableString is made of. */
static bool
is_printable(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' &&
	    strchr(" '()+,-./:=?", c) != NULL);
}

static bool
is_of_type(unsigned char c, unsigned tag)
{
	if (tag == DER_PRINTABLE)
		return is_printable(c);
	if (tag == DER_IA5)
		return c >= 0x20 && c < 0x7f;
	/* Names are shown to people: no control characters. */
	return c >= 0x20 && c != 0x7f;
}

static const char *
type_name(unsigned tag)
{
	return tag == DER_PRINTABLE ? "PrintableString" : tag == DER_IA5 ?
	    "IA5String" : "UTF8String";
}

static bool
is_upper_hex(const char *s)
{
	return strspn(s, "0123456789ABCDEF") == strlen(s);
}

/* What people read is what is there: nothing that turns its order round, and
 * something that is seen. */
int
name_value_shown(const char *name, const char *value, struct err *err)
{
	size_t i;

	for (i = 0; value[i] != '\0'; i++)
		if (text_control(value + i) != 0)
			return err_set(err, EINPUT, "%s has a control character, or "
			    "one that turns the order of what is read (as U+202E); "
			    "leave it out", name);
	if (i > 0 && text_is_blank(value))
		return err_set(err, EINPUT, "%s is blank: nothing of it is seen",
		    name);
	return 0;
}

int
name_value_check(enum oid attribute, const char *value, struct err *err)
{
	size_t row = row_of(attribute), n = 0, i;
	const char *name = oid_name(attribute);

	if (row == NELEM(ROWS))
		return err_set(err, EINPUT, "%s is no attribute of names",
		    name);
	for (i = 0; value[i] != '\0'; i++) {
		if (!is_of_type((unsigned char)value[i], ROWS[row].tag))
			return err_set(err, EINPUT, "%s has a character that "
			    "a %s has not (RFC 5280, A.1)", name,
			    type_name(ROWS[row].tag));
		n += ((unsigned char)value[i] & 0xc0) != 0x80;
	}
	if (n < ROWS[row].min || n > ROWS[row].max || i > NAME_VALUE)
		return err_set(err, ERANGE_, "%s has %zu characters, expected "
		    "%zu to %zu (RFC 5280, A.1)", name, n, ROWS[row].min,
		    ROWS[row].max);
	if ((attribute == OID_MATTER_VID || attribute == OID_MATTER_PID) &&
	    !is_upper_hex(value))
		return err_set(err, EINPUT, "%s is not four upper-case "
		    "hexadecimal digits (Matter 6.2.2)", name);
	return 0;
}

static int
attribute_der(struct der *w, const json_t *pair)
{
	const char *name = json_string_value(json_array_get(pair, 0));
	const char *value = json_string_value(json_array_get(pair, 1));
	enum oid o;

	if (json_array_size(pair) != 2 || name == NULL || value == NULL)
		return err_set(w->err, ESCHEMA,
		    "/subject: expected pairs of attribute and value");
	if ((o = oid_named(OID_ATTRIBUTE, name)) == OID__N)
		return err_set(w->err, ESCHEMA,
		    "/subject: there is no attribute \"%.64s\"", name);
	if (strlen(value) != json_string_length(json_array_get(pair, 1)))
		return err_set(w->err, EINPUT, "%s has a NUL", name);
	TRY(name_value_check(o, value, w->err));
	TRY(der_open(w, DER_SET));
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, o));
	TRY(der_text(w, ROWS[row_of(o)].tag, value));
	TRY(der_close(w));
	return der_close(w);
}

int
name_der(const json_t *subject, struct blob *ret, struct err *err)
{
	size_t before = ret->len, i;
	struct der w;
	int rc;

	if (!json_is_array(subject) ||
	    json_array_size(subject) > NAME_ATTRIBUTES)
		return err_set(err, ESCHEMA, "/subject: expected an array of "
		    "at most %d attributes", NAME_ATTRIBUTES);
	der_init(&w, ret, err);
	rc = der_open(&w, DER_SEQUENCE);
	for (i = 0; rc == 0 && i < json_array_size(subject); i++)
		rc = attribute_der(&w, json_array_get(subject, i));
	if (rc == 0)
		rc = der_close(&w);
	if (rc != 0)
		ret->len = before;
	return rc;
}

/* One attribute of a Name: its type, and the string with its tag. */
struct attribute {
	struct span	 type, value;
	unsigned	 tag;
};

static int
attribute_take(struct span *rdns, struct attribute *ret, struct err *err)
{
	struct span set, pair;

	TRY(der_take(rdns, DER_SET, "a relative name", &set, err));
	TRY(der_take(&set, DER_SEQUENCE, "an attribute", &pair, err));
	if (set.n > 0)
		return err_set(err, EINPUT, "a relative name has more than one "
		    "attribute, which is taken from nobody (RFC 5280, 4.1.2.4)");
	TRY(der_take(&pair, DER_OID, "an attribute's type", &ret->type, err));
	TRY(der_next(&pair, "an attribute's value", &ret->tag, &ret->value,
	    err));
	return der_end(&pair, "an attribute", err);
}

static int
name_open(struct span name, struct span *ret_rdns, struct err *err)
{
	TRY(der_take(&name, DER_SEQUENCE, "a name", ret_rdns, err));
	return der_end(&name, "a name", err);
}

static int
pair_add(json_t *array, const struct attribute *a, struct err *err)
{
	enum oid o = oid_find(a->type);
	char dotted[OID_TEXT];
	const char *name = dotted;
	json_t *value;
	size_t i;

	if (a->tag != DER_UTF8 && a->tag != DER_PRINTABLE && a->tag != DER_IA5)
		return err_set(err, EINPUT, "a name has a value with tag "
		    "0x%02x, which is none of PrintableString, UTF8String and "
		    "IA5String (RFC 5280, 4.1.2.4)", a->tag);
	for (i = 0; i < a->value.n; i++)
		if (!is_of_type(a->value.p[i], a->tag))
			return err_set(err, EINPUT, "a name has a character "
			    "that a %s has not", type_name(a->tag));
	if (o != OID__N && oid_kind(o) == OID_ATTRIBUTE)
		name = oid_name(o);
	else
		TRY(oid_text(a->type, dotted, err));
	errno = 0;
	value = json_stringn((const char *)a->value.p, a->value.n);
	if (value == NULL && errno != ENOMEM)
		return err_set(err, EINPUT, "a name's %s is not UTF-8 (RFC 5280, "
		    "4.1.2.4)", name);
	if (json_array_append_new(array, json_pack("[s, o]", name, value)) != 0)
		return err_set(err, ENOMEMORY, "a name");
	return 0;
}

int
name_json(struct span name, json_t **ret, struct err *err)
{
	AUTO_JSON *array = json_array();
	struct attribute a;
	struct span rdns;

	if (array == NULL)
		return err_set(err, ENOMEMORY, "a name");
	TRY(name_open(name, &rdns, err));
	while (rdns.n > 0) {
		if (json_array_size(array) == NAME_ATTRIBUTES)
			return err_set(err, ERANGE_, "a name has more than %d "
			    "attributes", NAME_ATTRIBUTES);
		TRY(attribute_take(&rdns, &a, err));
		TRY(pair_add(array, &a, err));
	}
	*ret = TAKE(array);
	return 0;
}

int
name_form_check(struct span name, struct err *err)
{
	char value[NAME_VALUE + 1];
	struct attribute a;
	struct span rdns;
	enum oid o;

	TRY(name_open(name, &rdns, err));
	while (rdns.n > 0) {
		TRY(attribute_take(&rdns, &a, err));
		o = oid_find(a.type);
		if (o == OID__N || row_of(o) == NELEM(ROWS))
			return err_set(err, EINPUT,
			    "a name has an attribute that is not known here");
		if (a.tag != ROWS[row_of(o)].tag)
			return err_set(err, EINPUT, "%s is no %s", oid_name(o),
			    type_name(ROWS[row_of(o)].tag));
		if (a.value.n > NAME_VALUE ||
		    memchr(a.value.p, '\0', a.value.n) != NULL)
			return err_set(err, EINPUT, "%s is too long, or has a "
			    "NUL", oid_name(o));
		memcpy(value, a.value.p, a.value.n);
		value[a.value.n] = '\0';
		TRY(name_value_check(o, value, err));
	}
	return 0;
}

const char *
name_get(const json_t *subject, enum oid attribute)
{
	const json_t *pair;
	const char *name;
	size_t i;

	for (i = 0; i < json_array_size(subject); i++) {
		pair = json_array_get(subject, i);
		name = json_string_value(json_array_get(pair, 0));
		if (name != NULL && strcmp(name, oid_name(attribute)) == 0)
			return json_string_value(json_array_get(pair, 1));
	}
	return NULL;
}
