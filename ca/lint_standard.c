#include "config.h"

#include <string.h>

#include "ca/lint_form.h"

size_t
lint_count(const json_t *subject, enum oid attribute)
{
	const json_t *pair;
	size_t i, n = 0;

	json_array_foreach((json_t *)(uintptr_t)subject, i, pair)
		n += strcmp(json_string_value(json_array_get(pair, 0)),
		    oid_name(attribute)) == 0;
	return n;
}

static void
lint_devid(struct linting *l)
{
	if (l->ca)
		lint_add(l, LINT_DEVID_KIND, "%s", "");
	if ((l->usage & USAGE_BIT(USAGE_DIGITAL_SIGNATURE)) == 0)
		lint_add(l, LINT_DEVID_USAGE, "%s", "");
}

static bool
has_hardware(const json_t *san)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(san); i++) {
		text = json_string_value(json_array_get(san, i));
		if (strncmp(text, "hardware-module:", 16) == 0)
			return true;
	}
	return false;
}

static void
lint_idevid(struct linting *l)
{
	lint_devid(l);
	if (lint_count(l->subject, OID_SERIAL_NUMBER) != 1)
		lint_add(l, LINT_IDEVID_SUBJECT, "%s", "");
	/* RFC 5280, 4.1.2.5: no well-defined expiration date. */
	if (l->t->not_after != TIME_S(INT64_C(253402300799)))
		lint_add(l, LINT_IDEVID_END, "%s", "");
	if (lint_has(l, OID_SUBJECT_ALT_NAME) && !has_hardware(l->san))
		lint_add(l, LINT_IDEVID_SAN, "%s", "");
}

void
lint_standard(struct linting *l)
{
	switch (l->p->standard) {
	case STANDARD_RFC5280:
	case STANDARD__N:
		break;
	case STANDARD_IDEVID:
		lint_idevid(l);
		break;
	case STANDARD_LDEVID:
		lint_devid(l);
		break;
	case STANDARD_MATTER_PAA:
	case STANDARD_MATTER_PAI:
	case STANDARD_MATTER_DAC:
		lint_matter(l);
		break;
	}
}
