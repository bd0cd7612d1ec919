#include "config.h"

#include <string.h>

#include "policy/charter_read.h"
#include "policy/quorum_people.h"
#include "policy/watch.h"

#define MINUTES(n)	TIME_S(INT64_C(60) * (n))
#define DAYS(n)		MINUTES(1440 * (n))

static const struct {
	const char	*name, *words, *remedy;
	enum watch_end	 ends;
} WATCH[] = {
#define W(sym, name, ends, of_class, words, remedy) \
	{ name, words, remedy, ends },
	WATCHES(W)
#undef W
};

const struct alert_rule alert_unsaid = {
	.name = "",
	.watches = (1u << WATCH__N) - 1,
	.every = DAYS(180),
	.after = TIME_S(300),
	.repeat = DAYS(7),
};

/* A quorum within the hour, as break-glass has it, is still told of. */
static const time_us usual[] = { DAYS(90), DAYS(30), DAYS(7), DAYS(1) },
	usual_soon[] = { DAYS(1), MINUTES(240), MINUTES(60), MINUTES(15) };

const char *
watch_name(enum watch w)
{
	return WATCH[w].name;
}

const char *
watch_words(enum watch w)
{
	return WATCH[w].words;
}

const char *
watch_remedy(enum watch w)
{
	return WATCH[w].remedy;
}

int
watch_from_name(const char *name)
{
	for (int w = 0; w < WATCH__N; w++)
		if (strcmp(WATCH[w].name, name) == 0)
			return w;
	return -1;
}

bool
watch_ends(enum watch w)
{
	return WATCH[w].ends != END_UNKNOWN;
}

size_t
alert_before(const struct alert_rule *r, enum watch w, const time_us **ret)
{
	bool soon = WATCH[w].ends == END_SOON;

	if (r->before_n > 0) {
		*ret = r->before;
		return r->before_n;
	}
	*ret = soon ? usual_soon : usual;
	return soon ? NELEM(usual_soon) : NELEM(usual);
}

static bool
is_for(const struct alert_rule *r, enum watch w, const char *class)
{
	if ((r->watches >> w & 1) == 0)
		return false;
	if (r->class_n == 0)
		return true;
	for (size_t i = 0; class != NULL && i < r->class_n; i++)
		if (strcmp(r->class[i], class) == 0)
			return true;
	return false;
}

const struct alert_rule *
charter_alert(const struct charter *c, enum watch w, const char *class)
{
	for (size_t i = 0; i < c->alert_n; i++)
		if (is_for(&c->alert[i], w, class))
			return &c->alert[i];
	return &alert_unsaid;
}

time_us
charter_restore_every(const struct charter *c)
{
	return charter_alert(c, WATCH_BACKUP, NULL)->every;
}

time_us
charter_alert_longest(const struct charter *c, enum watch w)
{
	const time_us *before;
	time_us most;

	(void)alert_before(&alert_unsaid, w, &before);
	most = before[0];
	for (size_t i = 0; i < c->alert_n; i++) {
		if ((c->alert[i].watches >> w & 1) == 0)
			continue;
		(void)alert_before(&c->alert[i], w, &before);
		most = before[0] > most ? before[0] : most;
	}
	return most;
}

struct group_set
charter_alert_groups(const struct charter *c)
{
	struct group_set all = { { 0 } };

	for (size_t i = 0; i < c->alert_n; i++)
		for (size_t k = 0; k < NELEM(all.w); k++)
			all.w[k] |= c->alert[i].tell.w[k] |
			    c->alert[i].escalate_to.w[k];
	return all;
}

static void
group_add(struct group_set *set, int group)
{
	if (group >= 0)
		set->w[group / 64] |= UINT64_C(1) << (group % 64);
}

struct group_set
alert_told(const struct charter *c, const struct alert_rule *r,
    const char *class, const char *owner)
{
	const struct key_class *k = class != NULL ? charter_class(c, class) :
	    NULL;
	struct group_set told = r->tell;

	if (group_set_meets(&told, &told))
		return told;
	if (owner != NULL && roster_group(&c->roster, owner) >= 0) {
		group_add(&told, roster_group(&c->roster, owner));
		return told;
	}
	for (size_t i = 0; i < c->class_n; i++)
		if (k == NULL || k == &c->class[i])
			group_add(&told, roster_group(&c->roster,
			    c->class[i].owner));
	return told;
}

static bool
is_meant(time_us before, time_us whole)
{
	return whole == 0 || before <= whole / 3;
}

bool
alert_lead(const struct alert_rule *r, enum watch w, time_us whole,
    time_us *ret)
{
	const time_us *before;
	size_t n = alert_before(r, w, &before);

	for (size_t i = 0; i < n; i++)
		if (is_meant(before[i], whole)) {
			*ret = before[i];
			return true;
		}
	return false;
}

bool
alert_threshold(const struct alert_rule *r, enum watch w, time_us left,
    time_us whole, time_us *ret)
{
	const time_us *before;
	size_t n = alert_before(r, w, &before);
	time_us longest;

	*ret = 0;
	for (size_t i = 0; i < n; i++)
		if (is_meant(before[i], whole) && left > 0 && left <=
		    before[i])
			*ret = before[i];
	/* What nobody was to be warned of may end, too. */
	return alert_lead(r, w, whole, &longest) && (left <= 0 || *ret != 0);
}

/* ---- who can be spared ---- */

static void
tightest(const struct charter *c, const struct rule *rule, size_t n,
    struct group_need *ret, int group)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rule[i].approvals_n; k++) {
			const struct clause *a = &rule[i].approvals[k];
			unsigned have;

			if (a->group != group)
				continue;
			have = quorum_approvers(c, &rule[i], k);
			if (ret->rule == NULL || (int)(have - a->count) <
			    (int)(ret->have - ret->need))
				*ret = (struct group_need){ a->of,
					rule[i].name, a->count, have };
		}
}

bool
charter_group_need(const struct charter *c, int group,
    struct group_need *ret)
{
	*ret = (struct group_need){ .rule = NULL };
	tightest(c, c->access, c->access_n, ret, group);
	for (size_t i = 0; i < c->class_n; i++)
		tightest(c, c->class[i].rule, c->class[i].rule_n, ret, group);
	return ret->rule != NULL;
}
