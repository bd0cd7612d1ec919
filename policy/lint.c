#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/lint_rule.h"
#include "policy/quorum_people.h"
#include "policy/watch.h"

static int
lint_rules(struct lint *l, const struct rule *rules, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		TRY(lint_rule(l, &rules[i]));
		TRY(lint_shadow(l, rules, i));
	}
	return 0;
}

static bool
any_rule_for(const struct rule *rules, size_t n, uint64_t actions)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((rules[i].actions & actions) != 0)
			return true;
	return false;
}

#define LISTS_LONG	TIME_S(31ll * 86400)

#define BIT(a)	((uint64_t)1 << (a))

static const uint64_t uses =
    BIT(ACTION_KEY_SIGN) | BIT(ACTION_CERT_ISSUE) |
    BIT(ACTION_CA_CREATE) | BIT(ACTION_CRL_SIGN) |
    BIT(ACTION_OCSP_SIGN) | BIT(ACTION_OTA_SEAL) | BIT(ACTION_OTA_OPEN) |
    BIT(ACTION_KEY_WRAP) | BIT(ACTION_DEBUG_AUTHORIZE) |
    BIT(ACTION_WINDOW_OPEN);

static int
lint_algorithms(struct lint *l, const struct key_class *k)
{
	char where[128];

	for (size_t i = 0; i < k->algorithm_n; i++) {
		if (strcmp(k->algorithm[i], "rsa-2048") != 0)
			continue;
		(void)snprintf(where, sizeof(where),
		    "/classes/%s/keys/algorithms/%zu", k->name, i);
		TRY(findings_add(l->f, FIND_WEAK_ALGORITHM, where, l->err,
		    "rsa-2048 is not enough beyond 2030 (SP 800-57 part 1, "
		    "table 4)"));
	}
	return 0;
}

static int
lint_class(struct lint *l, const struct key_class *k)
{
	char where[128];

	(void)snprintf(where, sizeof(where), "/classes/%s", k->name);
	TRY(lint_rules(l, k->rule, k->rule_n));
	if (!any_rule_for(k->rule, k->rule_n, BIT(ACTION_KEY_SUSPEND)))
		TRY(findings_add(l->f, FIND_NO_SUSPEND, where, l->err,
		    "nobody can suspend a key of class \"%s\"", k->name));
	if (!any_rule_for(k->rule, k->rule_n, uses))
		TRY(findings_add(l->f, FIND_NO_USE, where, l->err,
		    "no rule lets keys of class \"%s\" be used", k->name));
	return lint_algorithms(l, k);
}

/* Whoever has the service can show the list of before until it ends. */
static int
lint_lists(struct lint *l)
{
	if (charter_list_most(l->c, false) <= LISTS_LONG)
		return 0;
	return findings_add(l->f, FIND_LISTS_LONG, "/lists/lifetime", l->err,
	    "a revocation can be kept from devices for more than 31 days");
}

/* The most people that any rule of any class needs. */
static unsigned
strongest(const struct charter *c, const char **ret_class)
{
	const struct key_class *k;
	size_t n, i, j;
	unsigned most = 0;

	k = charter_classes(c, &n);
	for (i = 0; i < n; i++)
		for (j = 0; j < k[i].rule_n; j++)
			if (rule_people(&k[i].rule[j]) > most) {
				most = rule_people(&k[i].rule[j]);
				*ret_class = k[i].name;
			}
	return most;
}

/* Somebody must be able to be lost without the house being lost with them. */
static bool
needs_all(const struct charter *c, const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->approvals_n; i++)
		if (r->approvals[i].count >= quorum_approvers(c, r, i))
			return true;
	return false;
}

static int
lint_amend(struct lint *l)
{
	const char *class = "";
	unsigned most = strongest(l->c, &class);
	const struct rule *r;
	size_t n, i, found = 0;

	r = charter_access(l->c, &n);
	for (i = 0; i < n; i++) {
		if (!rule_allows_action(&r[i], ACTION_CHARTER_AMEND))
			continue;
		found++;
		if (rule_people(&r[i]) < most)
			TRY(lint_at(l, &r[i], FIND_AMEND_WEAK, "%u people "
			    "amend, but class \"%s\" asks %u",
			    rule_people(&r[i]), class, most));
		if (needs_all(l->c, &r[i]))
			TRY(lint_at(l, &r[i], FIND_AMEND_ALL, "everybody of a "
			    "group is needed: one lost officer ends the "
			    "house"));
	}
	return found > 0 ? 0 : findings_add(l->f, FIND_AMEND_MISSING,
	    "/access/rules", l->err, "no rule says how the charter is "
	    "amended");
}

static void
groups_of_rules(const struct rule *r, size_t n, struct group_set *used)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < NELEM(used->w); k++)
			used->w[k] |= r[i].by.w[k];
		for (k = 0; k < r[i].approvals_n; k++)
			used->w[r[i].approvals[k].group / 64] |=
			    (uint64_t)1 << r[i].approvals[k].group % 64;
	}
}

static int
lint_groups(struct lint *l)
{
	const struct roster *all = charter_roster(l->c);
	const struct key_class *k;
	const struct rule *r;
	struct group_set used = charter_alert_groups(l->c);
	char where[128];
	size_t n, i;

	r = charter_access(l->c, &n);
	groups_of_rules(r, n, &used);
	k = charter_classes(l->c, &n);
	for (i = 0; i < n; i++) {
		groups_of_rules(k[i].rule, k[i].rule_n, &used);
		if (roster_group(all, k[i].owner) >= 0)
			used.w[roster_group(all, k[i].owner) / 64] |=
			    (uint64_t)1 << roster_group(all, k[i].owner) % 64;
	}
	for (i = 0; i < all->group_n; i++) {
		if ((used.w[i / 64] >> i % 64 & 1) != 0)
			continue;
		(void)snprintf(where, sizeof(where), "/roster/groups/%s",
		    all->group[i].name);
		TRY(findings_add(l->f, FIND_UNUSED_GROUP, where, l->err,
		    "no rule, class or alert names group \"%s\"",
		    all->group[i].name));
	}
	return 0;
}

int
charter_lint(const struct charter *c, struct findings *f, struct err *err)
{
	struct lint l = { c, f, err };
	const struct key_class *k;
	const struct rule *r;
	size_t n, i;

	r = charter_access(c, &n);
	TRY(lint_rules(&l, r, n));
	k = charter_classes(c, &n);
	for (i = 0; i < n; i++)
		TRY(lint_class(&l, &k[i]));
	TRY(lint_amend(&l));
	TRY(lint_lists(&l));
	TRY(lint_alerts(&l));
	return lint_groups(&l);
}
