#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ca/name.h"
#include "ca/profile_form.h"

static const char *const SOURCES[] = {
#define F(sym, word) word,
	PROFILE_SOURCES(F)
#undef F
};

/* "from", or "value": one of the two says where a name comes from. */
static int
source_read(const json_t *j, const char *where, bool subject,
    struct profile_rule *r, struct err *err)
{
	const char *from = json_str(j, "from", NULL);
	int f;

	r->value = json_str(j, "value", NULL);
	if ((from == NULL) == (r->value == NULL))
		return err_set(err, ESCHEMA, "%s: expected either \"from\" or "
		    "\"value\"", where);
	r->from = FROM_VALUE;
	if (from == NULL) {
		if (form_check(r->value, err) != 0)
			return err_set(err, ESCHEMA, "%s/value: expected at "
			    "most one of " FORM_DEVICE " and " FORM_DEVICE_HEX
			    ", and no other braces", where);
		return 0;
	}
	for (f = FROM_CSR; f < FROM__N; f++)
		if (strcmp(SOURCES[f], from) == 0)
			break;
	r->from = (enum profile_source)f;
	if (f == FROM__N || (f == FROM_DEVICE && !subject))
		return err_set(err, ESCHEMA, "%s/from: expected csr or request%s",
		    where, subject ? " or device" : "; the device goes into a "
		    "value as " FORM_DEVICE);
	return 0;
}

static int
pattern_read(const json_t *j, const char *where, struct profile_rule *r,
    struct err *err)
{
	struct err why = { 0 };
	int rc;

	r->pattern_text = json_str(j, "pattern", NULL);
	if (r->pattern_text == NULL)
		return 0;
	if (r->from == FROM_VALUE)
		return err_set(err, ESCHEMA, "%s/pattern: expected none beside "
		    "a value", where);
	rc = pattern_new(r->pattern_text, &r->pattern, &why);
	if (rc != 0)
		return err_set(err, rc == -ENOMEMORY ? ENOMEMORY : ESCHEMA,
		    "%s/pattern: %s", where, why.what);
	return 0;
}

/* With the value for a device called so. */
static int
sample_try(const struct profile_rule *r, bool subject, const char *device,
    struct err *err)
{
	char text[FORM_TEXT], name[FORM_TEXT + 32];
	struct blob scratch = { 0 };
	struct der w;
	int rc = 0;

	form_fill(r->value, device, text);
	if (subject && !form_needs_device(r->value))
		rc = name_value_check(r->attribute, text, err);
	if (!subject) {
		(void)snprintf(name, sizeof(name), "%s:%s",
		    san_type_word(r->type), text);
		der_init(&w, &scratch, err);
		rc = san_put(&w, name, err);
	}
	blob_done(&scratch);
	return rc;
}

/* A fixed value is looked at now, not when somebody wants a certificate: with a
 * letter, as no host ends in a number, or a digit, as in an address or a port. */
static int
sample_check(const struct profile_rule *r, bool subject, const char *where,
    struct err *err)
{
	struct err why = { 0 };
	int rc = 0;

	if (r->from != FROM_VALUE)
		return 0;
	rc = sample_try(r, subject, "x", &why);
	if (rc == -EINPUT && sample_try(r, subject, "0", &why) == 0)
		rc = 0;
	if (rc != 0)
		return err_set(err, rc == -ENOMEMORY ? ENOMEMORY : ESCHEMA,
		    "%s/value: %s", where, why.what);
	return 0;
}

static int
device_check(const struct profile *p, const struct profile_rule *r,
    const char *where, struct err *err)
{
	bool needs = r->from == FROM_DEVICE || (r->from == FROM_VALUE &&
	    form_needs_device(r->value));

	if (needs && p->device == DEVICE_NONE)
		return err_set(err, ESCHEMA, "%s: expected \"device: required\" "
		    "or optional in a profile that names the device", where);
	return 0;
}

/* The same attribute twice only as fixed values, so that each place is plain. */
static int
attribute_alone(const struct profile *p, const char *where, struct err *err)
{
	const struct profile_rule *r = &p->subject[p->subject_n], *o;
	size_t i;

	for (i = 0; i < p->subject_n; i++) {
		o = &p->subject[i];
		if (o->attribute != r->attribute)
			continue;
		if (o->from != FROM_VALUE || r->from != FROM_VALUE ||
		    form_needs_device(o->value) || form_needs_device(r->value))
			return err_set(err, ESCHEMA, "%s/attribute: %s is there "
			    "twice", where, oid_name(r->attribute));
	}
	return 0;
}

static int
subject_rule(struct profile *p, const json_t *j, const char *where,
    struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "attribute", WANT_STRING, true, 1, 64, "commonName, ..." },
		{ "from", WANT_STRING, false, 1, 16, "csr, request or device" },
		{ "value", WANT_STRING, false, 1, PROFILE_VALUE, "always this" },
		{ "pattern", WANT_STRING, false, 1, PROFILE_PATTERN, "what it looks like" },
		{ "required", WANT_BOOL, false, 0, 0, "must it be there?" },
	};
	struct profile_rule *r = &p->subject[p->subject_n];

	TRY(json_check(j, where, ROWS, NELEM(ROWS), err));
	r->attribute = oid_named(OID_ATTRIBUTE, json_str(j, "attribute", ""));
	if (r->attribute == OID__N)
		return err_set(err, ESCHEMA, "%s/attribute: expected an "
		    "attribute such as commonName, organizationName, "
		    "serialNumber", where);
	r->required = json_flag(j, "required", false);
	TRY(source_read(j, where, true, r, err));
	TRY(attribute_alone(p, where, err));
	TRY(device_check(p, r, where, err));
	TRY(sample_check(r, true, where, err));
	p->subject_n++;		/* from here its pattern is freed with it */
	return pattern_read(j, where, r, err);
}

/* What takes any name of a type stands behind what is fixed of that type. */
static int
order_check(const struct profile *p, const char *where, struct err *err)
{
	const struct profile_rule *r = &p->san[p->san_n];
	size_t i;

	for (i = 0; r->from == FROM_VALUE && i < p->san_n; i++)
		if (p->san[i].type == r->type && p->san[i].from != FROM_VALUE)
			return err_set(err, ESCHEMA, "%s: expected fixed "
			    "values before rules that take other names of the "
			    "same type", where);
	return 0;
}

static int
san_rule(struct profile *p, const json_t *j, const char *where,
    struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "type", WANT_STRING, true, 1, 32, "dns, ip, uri, email, hardware-module" },
		{ "from", WANT_STRING, false, 1, 16, "csr or request" },
		{ "value", WANT_STRING, false, 1, PROFILE_VALUE, "always this" },
		{ "pattern", WANT_STRING, false, 1, PROFILE_PATTERN, "what it looks like" },
		{ "required", WANT_BOOL, false, 0, 0, "must there be one?" },
		{ "most", WANT_INTEGER, false, 1, SAN_MOST, "how many" },
	};
	struct profile_rule *r = &p->san[p->san_n];

	TRY(json_check(j, where, ROWS, NELEM(ROWS), err));
	r->type = san_type_named(json_str(j, "type", ""));
	if (r->type == SAN__N)
		return err_set(err, ESCHEMA, "%s/type: expected dns, ip, uri, "
		    "email or hardware-module", where);
	r->required = json_flag(j, "required", false);
	r->most = (unsigned)json_int(j, "most", 1);
	TRY(source_read(j, where, false, r, err));
	if (r->from == FROM_VALUE && json_object_get(j, "most") != NULL)
		return err_set(err, ESCHEMA, "%s/most: expected none beside a "
		    "value", where);
	TRY(order_check(p, where, err));
	TRY(device_check(p, r, where, err));
	TRY(sample_check(r, false, where, err));
	p->san_n++;
	return pattern_read(j, where, r, err);
}

static int
each_rule(struct profile *p, const char *member, const char *where,
    int (*fn)(struct profile *, const json_t *, const char *, struct err *),
    struct err *err)
{
	const json_t *list = json_object_get(p->json, member);
	char at[160];
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		(void)snprintf(at, sizeof(at), "%s/%s/%zu", where, member, i);
		TRY(fn(p, json_array_get(list, i), at, err));
	}
	return 0;
}

int
profile_rules_read(struct profile *p, const char *where, struct err *err)
{
	TRY(each_rule(p, "subject", where, subject_rule, err));
	return each_rule(p, "san", where, san_rule, err);
}
