/* model_version - the highest version of what was signed. */
#include <stdio.h>
#include <string.h>
#include "audit/model.h"
#include "base/json.h"
#include "policy/version.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

void
version_done(void *version)
{
	struct version_kept	*v = version;

	json_decref(v->all);
	json_decref(v->asked);
}

/* What was signed for a product on a track; NULL: nothing yet. */
static int
version_slot(struct audit *a, const json_t *op, struct version_kept **ret,
    struct err *err)
{
	char	 name[200];
	void	*p;

	snprintf(name, sizeof(name), "%s/%s", json_str(op, "product", ""),
	    json_str(op, "track", ""));
	TRY(map_put(&a->versions, name, sizeof(struct version_kept), &p, err));
	*ret = p;
	return 0;
}

static void
version_raise(json_t **at, const json_t *version)
{
	int	 order = 1;

	if (*at != NULL && version_compare(json_string_value(version),
	    json_string_value(*at), &order, NULL) != 0)
		return;
	if (order <= 0 || version_check(json_string_value(version), NULL) != 0)
		return;
	json_decref(*at);
	*at = json_incref((json_t *)(uintptr_t)version);
}

/*
 * The keeper once left out what windows signed: what it decided then was right
 * by what it knew.  Since it has known more, it has to.
 */
static const char *
highest_then(struct audit *a, const struct waiting *w,
    const struct version_kept *v, const char *said)
{
	const char	*all = v->all == NULL ? "" : json_string_value(v->all);
	const char	*asked = v->asked == NULL ? "" :
			    json_string_value(v->asked);

	if (a->since > 0 || said == NULL || strcmp(all, asked) == 0)
		return all;
	if (strcmp(said, all) == 0)
		a->windows_counted = true;
	if (a->windows_counted || strcmp(said, asked) != 0)
		return all;
	audit_unchecked(a, w->a.seq, "that version %.40s, which a window let "
	    "through, came before: an earlier keeper did not count it", all);
	return asked;
}

/* Under a rule that asks that versions increase. */
static void
version_follows(struct audit *a, const struct waiting *w,
    const struct version_kept *v)
{
	const char	*version = json_str(w->entry->operation, "version", "");
	const char	*said = json_string_value(fact_value(w->entry,
			    "artifact.highest-version"));
	const char	*highest = highest_then(a, w, v, said);
	int		 order = 1;

	if (said == NULL)
		WRONG(FINDING_FACT, "artifact.highest-version is not "
		    "recorded");
	else if (a->since == 0 && strcmp(said, highest) != 0)
		WRONG(FINDING_FACT, "artifact.highest-version is recorded as "
		    "\"%.40s\", and is \"%.40s\"", said, highest);
	if (highest[0] != '\0' && version_compare(version, highest, &order,
	    NULL) == 0 && order <= 0)
		WRONG(FINDING_DECISION, "version %.40s follows %.40s", version,
		    highest);
}

int
model_version(struct audit *a, const struct waiting *w, const struct akey *k,
    size_t charter, const struct rule *rule, struct err *err)
{
	const json_t	*op = w->entry->operation;
	const json_t	*version = json_object_get(op, "version");
	const struct rule *rules;
	struct version_kept *v;
	size_t		 n = 0;

	if (json_str(op, "product", NULL) == NULL || !json_is_string(version))
		return 0;
	TRY(version_slot(a, op, &v, err));
	if (rule_is_increasing(rule)) {
		version_follows(a, w, v);
		version_raise(&v->asked, version);
		version_raise(&v->all, version);
		return 0;
	}
	rules = charter_rules(a->chart[charter].charter, k == NULL ? "" :
	    json_str(k->parameters, "class", ""), &n);
	if (k != NULL && rules_keep_versions(rules, n, json_str(k->parameters,
	    "environment", "")))
		version_raise(&v->all, version);
	return 0;
}
