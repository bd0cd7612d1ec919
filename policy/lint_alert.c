/* lint_alert - an alert about what never lives long enough for its thresholds. */
#include "config.h"

#include <stdio.h>

#include "policy/charter_read.h"
#include "policy/lint_rule.h"
#include "policy/watch.h"

/* How long what these rules let somebody ask for can live. */
static time_us
longest_of(const struct rule *rule, size_t n, enum watch w)
{
	time_us most = 0, t;

	for (size_t i = 0; i < n; i++) {
		t = 0;
		if (w == WATCH_REQUEST && rule[i].approvals_n > 0)
			t = rule_within(&rule[i]);
		if (w == WATCH_WINDOW &&
		    rule_allows_action(&rule[i], ACTION_WINDOW_OPEN))
			t = rule[i].permits_for;
		most = t > most ? t : most;
	}
	return most;
}

static time_us
longest(const struct charter *c, const struct alert_rule *a, enum watch w)
{
	time_us most = charter_alert(c, w, NULL) == a ? longest_of(c->access,
	    c->access_n, w) : 0, t;

	for (size_t i = 0; i < c->class_n; i++) {
		if (charter_alert(c, w, c->class[i].name) != a)
			continue;
		t = longest_of(c->class[i].rule, c->class[i].rule_n, w);
		most = t > most ? t : most;
	}
	return most;
}

static int
lint_threshold(struct lint *l, const struct alert_rule *a, enum watch w)
{
	char where[128], least[TIME_SPAN], most[TIME_SPAN];
	time_us life = longest(l->c, a, w);

	if ((a->watches >> w & 1) == 0 || a->before_n == 0 || life == 0 ||
	    a->before[a->before_n - 1] <= life / 3)
		return 0;
	clock_span(a->before[a->before_n - 1], least);
	clock_span(life, most);
	(void)snprintf(where, sizeof(where), "/alerts/%s/before", a->name);
	return findings_add(l->f, FIND_ALERT_NEVER, where, l->err, "%s: none of "
	    "this charter lives longer than %s, and %s are more than a third "
	    "of that", watch_name(w), most, least);
}

int
lint_alerts(struct lint *l)
{
	for (size_t i = 0; i < l->c->alert_n; i++) {
		TRY(lint_threshold(l, &l->c->alert[i], WATCH_REQUEST));
		TRY(lint_threshold(l, &l->c->alert[i], WATCH_WINDOW));
	}
	return 0;
}
