#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ca/name.h"
#include "ca/profile_form.h"

struct draw {
	const struct profile *p;
	const json_t	*csr_subject, *csr_san;	/* NULL: there is no CSR */
	const json_t	*subject, *san;		/* what the caller asks for */
	const char	*device;		/* or NULL */
	json_t		*ret_subject, *ret_san;	/* owned by the caller of the parts */
	bool		 csr_taken[SAN_MOST], asked_taken[SAN_MOST];
	struct err	*err;
};

static const char *
source_words(enum profile_source from)
{
	switch (from) {
	case FROM_CSR:
		return "the CSR does not have one";
	case FROM_REQUEST:
		return "the request does not say one";
	case FROM_DEVICE:
	case FROM_VALUE:
	case FROM__N:
		break;
	}
	return "no device is named";
}

/* What a subject rule takes; NULL: nothing. */
static const char *
taken(const struct draw *d, const struct profile_rule *r,
    char text[FORM_TEXT])
{
	switch (r->from) {
	case FROM_VALUE:
		if (form_needs_device(r->value) && d->device == NULL)
			return NULL;
		form_fill(r->value, d->device, text);
		return text;
	case FROM_CSR:
		return name_get(d->csr_subject, r->attribute);
	case FROM_REQUEST:
		return name_get(d->subject, r->attribute);
	case FROM_DEVICE:
		return d->device;
	case FROM__N:
		break;
	}
	return NULL;
}

static int
pattern_check(const struct draw *d, const struct profile_rule *r,
    const char *member, size_t i, const char *what, const char *value)
{
	if (r->pattern == NULL || pattern_matches(r->pattern, value))
		return 0;
	return err_set(d->err, EDENIED, "profile %s, /%s/%zu: %s \"%.64s\" is "
	    "not of the form %.64s", d->p->name, member, i, what, value,
	    r->pattern_text);
}

static int
subject_rule(struct draw *d, size_t i)
{
	const struct profile_rule *r = &d->p->subject[i];
	const char *name = oid_name(r->attribute), *value;
	char text[FORM_TEXT];

	value = taken(d, r, text);
	if (value == NULL && r->required)
		return err_set(d->err, EDENIED, "profile %s, /subject/%zu: a "
		    "%s is required, and %s", d->p->name, i, name,
		    source_words(r->from));
	if (value == NULL)
		return 0;
	TRY(pattern_check(d, r, "subject", i, name, value));
	TRY(name_value_check(r->attribute, value, d->err));
	TRY(name_value_shown(oid_name(r->attribute), value, d->err));
	if (json_array_append_new(d->ret_subject, json_pack("[s, s]", name,
	    value)) != 0)
		return err_set(d->err, ENOMEMORY, "a subject");
	return 0;
}

static bool
takes_from(const struct profile_rule *r, size_t n, enum profile_source from)
{
	while (n-- > 0)
		if (r[n].from == from)
			return true;
	return false;
}

/* Has the drawn subject this very pair? */
static bool
is_drawn(const json_t *subject, const char *name, const char *value)
{
	const json_t *pair;
	size_t i;

	for (i = 0; i < json_array_size(subject); i++) {
		pair = json_array_get(subject, i);
		if (strcmp(json_string_value(json_array_get(pair, 0)),
		    name) == 0 && strcmp(json_string_value(json_array_get(
		    pair, 1)), value) == 0)
			return true;
	}
	return false;
}

/* No rule takes the attribute from there: has the profile one at all? */
static int
not_taken(const struct draw *d, const char *whose, const char *name)
{
	enum oid o = oid_named(OID_ATTRIBUTE, name);
	size_t k;

	for (k = 0; k < d->p->subject_n; k++)
		if (d->p->subject[k].attribute == o)
			return err_set(d->err, EDENIED, "profile %s, "
			    "/subject/%zu: %s has %.64s, which the profile "
			    "does not take from there (RFC 5280, 4.1.2.6)",
			    d->p->name, k, whose, name);
	return err_set(d->err, EDENIED, "profile %s takes no subject attribute "
	    "%.64s, which %s has: no rule of /subject (RFC 5280, 4.1.2.6)",
	    d->p->name, name, whose);
}

/* Everything in @subject became part of the drawn one, each once. */
static int
leftovers(const struct draw *d, const json_t *subject, const char *whose,
    enum profile_source from)
{
	const char *name, *value;
	const json_t *pair;
	enum oid o;
	size_t i, k;

	for (i = 0; i < json_array_size(subject); i++) {
		pair = json_array_get(subject, i);
		name = json_string_value(json_array_get(pair, 0));
		value = json_string_value(json_array_get(pair, 1));
		if (json_array_size(pair) != 2 || name == NULL || value == NULL)
			return err_set(d->err, ESCHEMA,
			    "/subject: expected pairs of attribute and value");
		o = oid_named(OID_ATTRIBUTE, name);
		for (k = 0; k < d->p->subject_n; k++)
			if (d->p->subject[k].attribute == o &&
			    (from == FROM_CSR ||
			    d->p->subject[k].from == from))
				break;
		if (k == d->p->subject_n)
			return not_taken(d, whose, name);
		if (!is_drawn(d->ret_subject, name, value))
			return err_set(d->err, EDENIED, "profile %s, "
			    "/subject/%zu: %s says %.64s \"%.64s\", and the "
			    "certificate would have another", d->p->name, k,
			    whose, name, value);
	}
	return 0;
}

static int
draw_subject(struct draw *d)
{
	size_t i;

	for (i = 0; i < d->p->subject_n; i++)
		TRY(subject_rule(d, i));
	TRY(leftovers(d, d->subject, "the request", FROM_REQUEST));
	/* A profile that takes nothing from there does not look there. */
	if (takes_from(d->p->subject, d->p->subject_n, FROM_CSR))
		return leftovers(d, d->csr_subject, "the CSR", FROM_CSR);
	return 0;
}

static int
san_add(struct draw *d, const char *text)
{
	if (json_array_append_new(d->ret_san, json_string(text)) != 0)
		return err_set(d->err, ENOMEMORY, "alternative names");
	return 0;
}

static int
san_value(struct draw *d, size_t i)
{
	const struct profile_rule *r = &d->p->san[i];
	char text[FORM_TEXT], name[FORM_TEXT + 32];

	if (form_needs_device(r->value) && d->device == NULL) {
		if (r->required)
			return err_set(d->err, EDENIED, "profile %s, "
			    "/san/%zu: %s", d->p->name, i,
			    "a name with the device is required, and no "
			    "device is named");
		return 0;
	}
	form_fill(r->value, d->device, text);
	(void)snprintf(name, sizeof(name), "%s:%s", san_type_word(r->type),
	    text);
	return san_add(d, name);
}

/* All names of the rule's type that it takes and no rule before it took. */
static int
san_open(struct draw *d, size_t i, const json_t *from, bool *was_taken)
{
	const struct profile_rule *r = &d->p->san[i];
	const char *text, *value;
	enum san_type t;
	unsigned n = 0;
	size_t k;

	for (k = 0; k < json_array_size(from); k++) {
		text = json_string_value(json_array_get(from, k));
		TRY(san_split(text, &t, &value, d->err));
		if (was_taken[k] || t != r->type || (r->pattern != NULL &&
		    !pattern_matches(r->pattern, value)))
			continue;
		if (++n > r->most)
			return err_set(d->err, EDENIED, "profile %s, "
			    "/san/%zu: at most %u %s names", d->p->name, i,
			    r->most, san_type_word(r->type));
		was_taken[k] = true;
		TRY(san_add(d, text));
	}
	if (n == 0 && r->required)
		return err_set(d->err, EDENIED, "profile %s, /san/%zu: a %s "
		    "name%s%.64s is required, and %s", d->p->name, i,
		    san_type_word(r->type), r->pattern == NULL ? "" :
		    " of the form ", r->pattern == NULL ? "" : r->pattern_text,
		    source_words(r->from));
	return 0;
}

static bool
has_text(const json_t *array, const char *text)
{
	size_t i;

	for (i = 0; i < json_array_size(array); i++)
		if (strcmp(json_string_value(json_array_get(array, i)),
		    text) == 0)
			return true;
	return false;
}

static int
san_leftovers(const struct draw *d, const json_t *san, const bool *was_taken,
    const char *whose)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(san); i++) {
		text = json_string_value(json_array_get(san, i));
		if (!was_taken[i] && !has_text(d->ret_san, text))
			return err_set(d->err, EDENIED, "profile %s: no rule "
			    "of /san takes %.96s, which %s has (RFC 5280, "
			    "4.2.1.6)", d->p->name, text, whose);
	}
	return 0;
}

static int
san_rules(struct draw *d)
{
	const struct profile_rule *r = d->p->san;
	size_t i;

	for (i = 0; i < d->p->san_n; i++) {
		if (r[i].from == FROM_VALUE)
			TRY(san_value(d, i));
		else if (r[i].from == FROM_CSR)
			TRY(san_open(d, i, d->csr_san, d->csr_taken));
		else
			TRY(san_open(d, i, d->san, d->asked_taken));
	}
	TRY(san_leftovers(d, d->san, d->asked_taken, "the request"));
	if (takes_from(r, d->p->san_n, FROM_CSR))
		return san_leftovers(d, d->csr_san, d->csr_taken, "the CSR");
	return 0;
}

/* That each is a name, and none is there twice, is seen by writing them. */
static int
draw_san(struct draw *d)
{
	struct blob scratch = { 0 };
	int rc;

	TRY(san_rules(d));
	if (json_array_size(d->ret_san) == 0)
		return 0;
	rc = san_der(d->ret_san, &scratch, d->err);
	blob_done(&scratch);
	return rc;
}

static int
device_draw(struct draw *d, const json_t *asked)
{
	d->device = json_str(asked, "device", NULL);
	if (d->device != NULL && d->p->device == DEVICE_NONE)
		return err_set(d->err, EDENIED, "profile %s: its certificates "
		    "are not of devices", d->p->name);
	if (d->device == NULL && d->p->device == DEVICE_REQUIRED)
		return err_set(d->err, EDENIED, "profile %s: a device is "
		    "required", d->p->name);
	return d->device == NULL ? 0 : profile_check_device(d->device, d->err);
}

static int
asked_read(struct draw *d, const json_t *asked)
{
	static const struct json_row ROWS[] = {
		{ "subject", WANT_ARRAY, false, 0, NAME_ATTRIBUTES, "attributes" },
		{ "san", WANT_STRINGS, false, 0, SAN_MOST, "alternative names" },
		{ "device", WANT_STRING, false, 1, PROFILE_DEVICE, "its serial" },
	};

	TRY(json_check(asked, "", ROWS, NELEM(ROWS), d->err));
	d->subject = json_object_get(asked, "subject");
	d->san = json_object_get(asked, "san");
	return device_draw(d, asked);
}

int
profile_draw(const struct profile *p, const struct csr *csr,
    const json_t *asked, json_t **ret, struct err *err)
{
	AUTO_JSON *subject = json_array(), *san = json_array();
	struct draw d = { .p = p, .err = err };

	if (subject == NULL || san == NULL)
		return err_set(err, ENOMEMORY, "parameters");
	d.ret_subject = subject;
	d.ret_san = san;
	if (csr != NULL) {
		d.csr_subject = csr_subject(csr);
		d.csr_san = csr_san(csr);
	}
	TRY(asked_read(&d, asked));
	TRY(draw_subject(&d));
	TRY(draw_san(&d));
	return json_build(ret, err, "{s:O, s:O, s:s*}", "subject", subject,
	    "san", san, "device", d.device);
}
