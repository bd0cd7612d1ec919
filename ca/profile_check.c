#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ca/name.h"
#include "ca/profile_form.h"

struct check {
	const struct profile *p;
	char		 device[PROFILE_DEVICE + 1]; /* "": none, or not known */
	bool		 known;		/* is it known that there is none? */
	struct err	*err;
};

/* May the rule have put nothing there? */
static bool
may_be_absent(const struct check *c, const struct profile_rule *r)
{
	bool needs = r->from == FROM_DEVICE || (r->from == FROM_VALUE &&
	    form_needs_device(r->value));

	if (r->required)
		return false;
	if (!needs)
		return r->from != FROM_VALUE;
	/* Of a device that is named, everything says so. */
	return c->p->device == DEVICE_OPTIONAL && c->device[0] == '\0';
}

static bool
rule_takes(struct check *c, const struct profile_rule *r, const char *value)
{
	switch (r->from) {
	case FROM_VALUE:
		if (c->known && c->device[0] == '\0' &&
		    form_needs_device(r->value))
			return false;
		return form_matches(r->value, value, c->device);
	case FROM_DEVICE:
		if (c->known && c->device[0] == '\0')
			return false;
		return form_matches(FORM_DEVICE, value, c->device);
	case FROM_CSR:
	case FROM_REQUEST:
		return r->pattern == NULL ||
		    pattern_matches(r->pattern, value);
	case FROM__N:
		break;
	}
	return false;
}

static int
pair_read(const json_t *subject, size_t i, const char **ret_name,
    const char **ret_value, struct err *err)
{
	const json_t *pair = json_array_get(subject, i);

	*ret_name = json_string_value(json_array_get(pair, 0));
	*ret_value = json_string_value(json_array_get(pair, 1));
	if (json_array_size(pair) != 2 || *ret_name == NULL ||
	    *ret_value == NULL)
		return err_set(err, ESCHEMA,
		    "/subject/%zu: expected attribute and value", i);
	return 0;
}

static int
subject_check(struct check *c, const json_t *subject)
{
	const char *name = "", *value = "";
	const struct profile_rule *r;
	size_t at = 0, i;

	for (i = 0; i < c->p->subject_n; i++) {
		r = &c->p->subject[i];
		if (at < json_array_size(subject)) {
			TRY(pair_read(subject, at, &name, &value, c->err));
			if (strcmp(name, oid_name(r->attribute)) == 0) {
				if (!rule_takes(c, r, value))
					return err_set(c->err, EDENIED,
					    "profile %s, /subject/%zu: it does "
					    "not allow %s \"%.64s\"",
					    c->p->name, i, name, value);
				at++;
				continue;
			}
		}
		if (!may_be_absent(c, r))
			return err_set(c->err, EDENIED, "profile %s, "
			    "/subject/%zu: the %s is missing", c->p->name, i,
			    oid_name(r->attribute));
	}
	if (at == json_array_size(subject))
		return 0;
	TRY(pair_read(subject, at, &name, &value, c->err));
	return err_set(c->err, EDENIED, "profile %s: %.64s is not part of its "
	    "/subject, or not there", c->p->name, name);
}

/* How many from @at on the rule takes. */
static int
san_rule(struct check *c, const struct profile_rule *r, const json_t *san,
    size_t *at)
{
	unsigned most = r->from == FROM_VALUE ? 1 : r->most, n = 0;
	const char *text, *value;
	enum san_type t;

	for (; n < most && *at < json_array_size(san); n++, (*at)++) {
		text = json_string_value(json_array_get(san, *at));
		if (text == NULL)
			return err_set(c->err, ESCHEMA,
			    "/san/%zu: expected a string", *at);
		TRY(san_split(text, &t, &value, c->err));
		if (t != r->type || !rule_takes(c, r, value))
			break;
	}
	if (n == 0 && !may_be_absent(c, r))
		return err_set(c->err, EDENIED, "profile %s, /san/%zu: the %s "
		    "name is missing, or not what it must be", c->p->name,
		    (size_t)(r - c->p->san), san_type_word(r->type));
	return 0;
}

static int
san_check(struct check *c, const json_t *san)
{
	size_t at = 0, i;

	for (i = 0; i < c->p->san_n; i++)
		TRY(san_rule(c, &c->p->san[i], san, &at));
	if (at < json_array_size(san))
		return err_set(c->err, EDENIED, "profile %s: no rule of its "
		    "/san takes %.96s, or not there", c->p->name,
		    json_string_value(json_array_get(san, at)));
	return 0;
}

static int
names_check(struct check *c, const json_t *subject, const json_t *san)
{
	TRY(subject_check(c, subject));
	return san_check(c, san);
}

int
profile_check_names(const struct profile *p, const json_t *subject,
    const json_t *san, struct err *err)
{
	struct check c = { .p = p, .err = err };

	return names_check(&c, subject, san);
}

/* The names are also ones that can be written. */
static int
form_of_names(const json_t *subject, const json_t *san, struct err *err)
{
	struct blob scratch = { 0 };
	int rc = name_der(subject, &scratch, err);

	if (rc == 0 && json_array_size(san) > 0)
		rc = san_der(san, &scratch, err);
	blob_done(&scratch);
	return rc;
}

int
profile_check(const struct profile *p, const json_t *parameters,
    struct err *err)
{
	const json_t *subject = json_object_get(parameters, "subject");
	const json_t *san = json_object_get(parameters, "san");
	const char *device = json_str(parameters, "device", NULL);
	struct check c = { .p = p, .known = true, .err = err };

	if (san != NULL && !json_is_array(san))
		return err_set(err, ESCHEMA, "/san: expected an array");
	if ((device == NULL && p->device == DEVICE_REQUIRED) ||
	    (device != NULL && p->device == DEVICE_NONE))
		return err_set(err, EDENIED, "profile %s: %s", p->name,
		    device == NULL ? "a device is required" :
		    "its certificates are not of devices");
	if (device != NULL) {
		TRY(profile_check_device(device, err));
		(void)snprintf(c.device, sizeof(c.device), "%s", device);
	}
	TRY(names_check(&c, subject, san));
	return form_of_names(subject, san, err);
}
