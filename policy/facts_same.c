/*
 * facts_same - recorded facts against what is known otherwise: nobody signs the
 * facts of an entry, so who audits compares them.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "policy/facts.h"

static bool
texts_equal(const char *a, const char *b)
{
	return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

bool
facts_same_text(const struct facts *f, enum fact which, const char *want)
{
	const struct fact_value *v = facts_get(f, which, NULL);

	return texts_equal(v == NULL ? NULL : v->s, want);
}

bool
facts_same_flag(const struct facts *f, enum fact which, bool want)
{
	const struct fact_value *v = facts_get(f, which, NULL);

	return v != NULL && (v->i != 0) == want;
}

bool
facts_same_set(const struct facts *f, enum fact which, const json_t *want)
{
	const struct fact_value *v = facts_get(f, which, NULL);
	size_t n = v == NULL ? 0 : v->set_n, found = 0, i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)want, i, one)
		for (size_t k = 0; k < n; k++)
			found += strcmp(v->set[k], json_string_value(one)) == 0;
	return found == n && n == json_array_size(want);
}

bool
facts_same_time(const struct facts *f, time_us then, const char **ret_name)
{
	const struct fact_value *v = facts_get(f, FACT_TIME_OF_DAY, NULL);

	*ret_name = fact_name(FACT_TIME_OF_DAY);
	if (v == NULL || then < 0 || v->i != facts_minute(then))
		return false;
	*ret_name = fact_name(FACT_WEEKDAY);
	return facts_same_text(f, FACT_WEEKDAY, facts_weekday(then));
}

bool
facts_same_claims(const json_t *recorded, const json_t *claims,
    const char **ret_name)
{
	const char *name;
	json_t *fact;
	size_t n = 0;

	json_object_foreach((json_t *)(uintptr_t)recorded, name, fact) {
		if (strncmp(name, "claim.", 6) != 0)
			continue;
		*ret_name = name;
		if (!texts_equal(json_str(claims, name + 6, NULL),
		    json_str(fact, "value", "")))
			return false;
		n++;
	}
	*ret_name = "claim";	/* there is one that is not recorded */
	return n == json_object_size(claims);
}
