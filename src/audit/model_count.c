/* model_count - what was used under a rule within its periods. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/model.h"
#include "base/json.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

void
tally_done(void *tally)
{
	free(((struct tally *)tally)->at);
}

/* How many uses lie within the period that ends now; older ones forgotten. */
static int64_t
tally_count(struct tally *t, time_us since)
{
	while (t->from < t->n && t->at[t->from] <= since)
		t->from++;
	return (int64_t)(t->n - t->from);
}

static int
tally_add(struct tally *t, time_us at, struct err *err)
{
	time_us	*more;

	if (t->from > 1024 && t->from * 2 > t->n) {
		memmove(t->at, t->at + t->from,
		    (t->n - t->from) * sizeof(*t->at));
		t->n -= t->from;
		t->from = 0;
	}
	if (t->n == t->room) {
		t->room = t->room == 0 ? 16 : t->room * 2;
		if ((more = realloc(t->at, t->room * sizeof(*more))) == NULL)
			return err_set(err, ENOMEMORY, "counts");
		t->at = more;
	}
	t->at[t->n++] = at;
	return 0;
}

/* What is counted by rule, key and principal. */
static int
tally_of(struct audit *a, const struct waiting *w, const char *what,
    const struct rule *rule, struct tally **ret, struct err *err)
{
	const json_t	*op = w->entry->operation;
	char		 hash[SHA256_HEX], name[256];
	void		*t;

	sha256_hex(&rule->hash, hash);
	snprintf(name, sizeof(name), "%s%s/%s/%s", what, hash,
	    json_str(op, "key", ""), json_str(op, "principal", ""));
	TRY(map_put(&a->counts, name, sizeof(struct tally), &t, err));
	*ret = t;
	return 0;
}

int
model_rework(struct audit *a, const struct waiting *w, const struct rule *rule,
    time_us near, struct err *err)
{
	time_us		 slack = near < rule->rework_per / 2 ? near :
			    rule->rework_per / 2;
	struct tally	*t;
	int64_t		 have;

	TRY(tally_of(a, w, "rework/", rule, &t, err));
	have = tally_count(t, w->entry->time - rule->rework_per + slack);
	if (have >= rule->rework_uses)
		WRONG(FINDING_USES, "%lld devices got another certificate under "
		    "rule %s, which allows %lld", (long long)have + 1,
		    rule->name, (long long)rule->rework_uses);
	return tally_add(t, w->entry->time, err);
}

int
model_limit(struct audit *a, const struct waiting *w, const struct rule *rule,
    struct err *err)
{
	const json_t	*said = fact_value(w->entry, "count.rule");
	struct tally	*t;
	int64_t		 have;

	if (rule->limit_uses == 0)
		return 0;
	TRY(tally_of(a, w, "", rule, &t, err));
	have = tally_count(t, w->entry->time - rule->limit_per);
	if (have >= rule->limit_uses)
		WRONG(FINDING_USES, "%lld uses were made under rule %s, which "
		    "allows %lld", (long long)have + 1, rule->name,
		    (long long)rule->limit_uses);
	if (said == NULL)
		WRONG(FINDING_FACT, "count.rule is not recorded");
	else if (json_integer_value(said) < have)
		WRONG(FINDING_FACT, "count.rule is recorded as %lld, and is "
		    "%lld", (long long)json_integer_value(said),
		    (long long)have);
	return tally_add(t, w->entry->time, err);
}
