#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ca/key.h"
#include "ca/lint_form.h"
#include "ca/name.h"
#include "ca/seal.h"

static const struct {
	const char	*id, *section, *words;
} ROWS[] = {
#define L(sym, id, section, words) { id, section, words },
	LINT_ROWS(L)
#undef L
};
_Static_assert(NELEM(ROWS) == LINT__N, "a row for each");

const char *
lint_id(enum lint_row r)
{
	return ROWS[r].id;
}

const char *
lint_section(enum lint_row r)
{
	return ROWS[r].section;
}

const char *
lint_words(enum lint_row r)
{
	return ROWS[r].words;
}

void
lint_add(struct linting *l, enum lint_row row, const char *fmt, ...)
{
	struct lint *r = l->ret;
	va_list ap;
	char *c;

	if (r->total++ >= LINT_MOST)
		return;
	r->at[r->n].row = row;
	va_start(ap, fmt);
	(void)vsnprintf(r->at[r->n].what, sizeof(r->at[0].what), fmt, ap);
	va_end(ap);
	/* What is quoted out of names may be cut within a character. */
	for (c = r->at[r->n].what; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	r->n++;
}

bool
lint_has(const struct linting *l, enum oid which)
{
	return tbs_extension(l->t, which) != NULL;
}

bool
lint_only_purpose(const struct linting *l, enum oid purpose)
{
	return l->purpose_n == 1 && oid_is(l->purpose[0], purpose);
}

/* What one reading gave: a finding, or no memory, or nothing. */
static void
told(struct linting *l, int rc, enum lint_row row, const struct err *why)
{
	if (rc == -ENOMEMORY)
		l->no_memory = true;
	else if (rc != 0)
		lint_add(l, row, "%s", why->what);
}

/* Under that name its key could sign lists for the issuer's. */
static void
read_issuer_name(struct linting *l)
{
	struct err why = { 0 };
	bool same = false;

	told(l, name_same(l->t->subject, l->issuer->subject, &same, &why),
	    LINT_NAME_FORM, &why);
	if (same)
		lint_add(l, LINT_SUBJECT_ISSUER, "%s", "");
}

static void
read_shown(struct linting *l)
{
	struct err why = { 0 };
	const json_t *pair;
	size_t i;

	json_array_foreach(l->subject, i, pair)
		told(l, name_value_shown(json_string_value(json_array_get(pair,
		    0)), json_string_value(json_array_get(pair, 1)), &why),
		    LINT_NAME_FORM, &why);
}

static void
read_names(struct linting *l)
{
	const struct tbs_extension *e;
	struct err why = { 0 };

	told(l, name_form_check(l->t->issuer, &why), LINT_NAME_FORM, &why);
	told(l, name_form_check(l->t->subject, &why), LINT_NAME_FORM, &why);
	if (l->issuer != NULL)
		read_issuer_name(l);
	if (name_json(l->t->subject, &l->subject, &why) == -ENOMEMORY)
		l->no_memory = true;
	read_shown(l);
	if ((e = tbs_extension(l->t, OID_SUBJECT_ALT_NAME)) != NULL)
		told(l, san_json(e->value, &l->san, &why), LINT_EXTENSION_FORM,
		    &why);
	if ((e = tbs_extension(l->t, OID_NAME_CONSTRAINTS)) != NULL)
		told(l, constraints_json(e->value, &l->constraints, &why),
		    LINT_EXTENSION_FORM, &why);
}

static void
read_values(struct linting *l)
{
	struct err why = { 0 };

	told(l, key_algorithm(l->t->spki, &l->key, &why), LINT_KEY, &why);
	l->path_length = -1;
	told(l, tbs_basic(l->t, &l->ca, &l->path_length, &why),
	    LINT_EXTENSION_FORM, &why);
	told(l, tbs_key_usage(l->t, &l->usage, &why), LINT_EXTENSION_FORM,
	    &why);
	told(l, tbs_oids(l->t, OID_EXT_KEY_USAGE, l->purpose, PROFILE_OIDS,
	    &l->purpose_n, &why), LINT_EXTENSION_FORM, &why);
	told(l, tbs_oids(l->t, OID_POLICIES, l->policy, PROFILE_OIDS,
	    &l->policy_n, &why), LINT_EXTENSION_FORM, &why);
}

static bool
is_empty(struct span name)
{
	return name.n <= 2;
}

static void
lint_time(struct linting *l, const char *what, time_us t, unsigned tag)
{
	unsigned want = t < TIME_S(INT64_C(2524608000)) ? DER_UTC_TIME :
	    DER_GENERAL_TIME;

	if (tag != want)
		lint_add(l, LINT_TIME_FORM, "%s has the other form", what);
}

static void
lint_validity(struct linting *l)
{
	const struct tbs *t = l->t;

	lint_time(l, "notBefore", t->not_before, t->not_before_tag);
	lint_time(l, "notAfter", t->not_after, t->not_after_tag);
	if (t->not_after <= t->not_before)
		lint_add(l, LINT_VALIDITY_ORDER, "notAfter is not later than "
		    "notBefore");
	if (l->issuer == NULL)
		return;
	if (t->not_after > l->issuer->not_after)
		lint_add(l, LINT_VALIDITY_ISSUER, "it ends after its issuer");
	if (t->not_before < l->issuer->not_before)
		lint_add(l, LINT_VALIDITY_ISSUER, "it begins before its "
		    "issuer");
}

static void
lint_fields(struct linting *l)
{
	const struct tbs *t = l->t;
	struct span subject = l->issuer == NULL ? t->subject :
	    l->issuer->subject;

	if (t->serial.n < 8)
		lint_add(l, LINT_SERIAL_SHORT, "it has %zu octets",
		    t->serial.n);
	if (seal_scheme(t->algorithm) == NULL)
		lint_add(l, LINT_ALGORITHM, "%s", "");
	if (is_empty(t->issuer))
		lint_add(l, LINT_ISSUER_EMPTY, "%s", "");
	if (!span_equal(t->issuer, subject))
		lint_add(l, LINT_ISSUER_DIFFERS, "%s", "");
	if (t->unique_ids)
		lint_add(l, LINT_UNIQUE_ID, "%s", "");
	lint_validity(l);
}

int
ca_lint(const struct tbs *t, const struct profile *profile,
    const struct issuer *issuer, const struct issuer_path *above,
    struct lint *ret, struct err *err)
{
	struct linting l = { .t = t, .p = profile, .issuer = issuer,
	    .above = above, .ret = ret };

	ret->n = ret->total = 0;
	read_values(&l);
	read_names(&l);
	lint_fields(&l);
	lint_extensions(&l);
	if (profile != NULL) {
		lint_standard(&l);
		lint_profile(&l);
	}
	json_decref(l.subject);
	json_decref(l.san);
	json_decref(l.constraints);
	if (l.no_memory)
		return err_set(err, ENOMEMORY, "judging a certificate");
	return 0;
}

int
lint_refuse(const struct lint *l, struct err *err)
{
	enum lint_row row;
	char more[48] = "";

	if (l->total == 0)
		return 0;
	row = l->at[0].row;
	if (l->total > 1)
		(void)snprintf(more, sizeof(more), ", and %zu more",
		    l->total - 1);
	return err_set(err, EDENIED, "%s: %s (%s)%s%.100s%s", lint_id(row),
	    lint_words(row), lint_section(row), l->at[0].what[0] == '\0' ?
	    "" : ": ", l->at[0].what, more);
}

json_t *
lint_json(const struct lint *l)
{
	AUTO_JSON *array = json_array();
	json_t *one;
	size_t i;

	for (i = 0; array != NULL && i < l->n; i++) {
		one = json_pack("{s:s, s:s, s:s, s:s}", "id",
		    lint_id(l->at[i].row), "section",
		    lint_section(l->at[i].row), "words",
		    lint_words(l->at[i].row), "text", l->at[i].what);
		if (json_array_append_new(array, one) != 0)
			return NULL;
	}
	return TAKE(array);
}
