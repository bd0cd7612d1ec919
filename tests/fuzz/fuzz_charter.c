/*
 * charter: a folder of YAML or the canonical document, as a whole.
 *
 * Input: what begins with "{" is the document.  Anything else is a folder:
 * each file begins with a line "=== NAME".  Whatever is accepted is the same
 * charter when it is read again, decides every question, and tells why.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/diff.h"
#include "policy/simulate.h"
#include "policy/watch.h"
#include "tests/fuzz/fuzz.h"

#define FILES	16

/* Cut the text at its "=== NAME" lines, in place. */
static size_t
folder_cut(char *text, struct charter_file file[FILES])
{
	char *at = text, *next, *end;
	size_t n = 0;

	while (n < FILES && (at = strstr(at, "=== ")) != NULL) {
		at += 4;
		if ((end = strchr(at, '\n')) == NULL)
			break;
		*end++ = '\0';
		next = strstr(end, "=== ");
		file[n++] = (struct charter_file){ at, end,
		    next == NULL ? strlen(end) : (size_t)(next - end) };
		at = end;
	}
	return n;
}

static void
check_findings(const struct findings *f, int rc)
{
	size_t i;

	FUZZ_HOLDS((rc == -ECHARTER) == (f->errors > 0));
	for (i = 0; i < f->n; i++) {
		FUZZ_HOLDS(f->at[i].text[0] != '\0');
		FUZZ_HOLDS(strlen(f->at[i].where) < sizeof(f->at[i].where));
	}
}

static void
check_again(const struct charter *c)
{
	struct charter *again = NULL;
	struct sha256 a = charter_hash(c), b;
	json_t *diff = NULL;
	struct err err;

	FUZZ_HOLDS(charter_from_json(charter_json(c), &again, &err) == 0);
	b = charter_hash(again);
	FUZZ_HOLDS(sha256_equal(&a, &b));
	FUZZ_HOLDS(charter_diff(c, again, &diff, &err) == 0);
	FUZZ_HOLDS(json_array_size(json_object_get(diff, "changes")) == 0);
	json_decref(diff);
	charter_free(again);
}

/* Each principal asks for each action, with a few facts. */
static void
check_decisions(const struct charter *c, const char *class)
{
	const struct roster *ro = charter_roster(c);
	struct facts *f = NULL;
	struct decision d;
	struct err err;
	json_t *why;
	enum action a;
	size_t i;

	FUZZ_HOLDS(facts_new(&f, &err) == 0);
	FUZZ_HOLDS(facts_str(f, "key.environment", "production", PROVEN,
	    &err) == 0);
	FUZZ_HOLDS(facts_str(f, "artifact.digest", "sha-256", PROVEN,
	    &err) == 0);
	FUZZ_HOLDS(facts_time(f, 0, PROVEN, &err) == 0);
	for (i = 0; i < ro->principal_n && i < 8; i++) {
		FUZZ_HOLDS(facts_str(f, "principal.id", ro->principal[i].id,
		    PROVEN, &err) == 0);
		for (a = 0; a < ACTION__N; a++) {
			policy_decide(c, a, class, f, &d);
			FUZZ_HOLDS(d.verdict == DENY || d.rule != NULL);
			FUZZ_HOLDS(d.rule == NULL ||
			    rule_allows_action(d.rule, a));
			FUZZ_HOLDS(d.rule == policy_match(c, a, class, f));
			why = decision_explain(&d, f);
			FUZZ_HOLDS(why != NULL);
			json_decref(why);
		}
	}
	facts_free(f);
}

static void
check_classes(const struct charter *c)
{
	const struct key_class *k;
	struct facts *f = NULL;
	struct err err;
	json_t *who;
	size_t i, n;

	k = charter_classes(c, &n);
	for (i = 0; i < n; i++) {
		check_decisions(c, k[i].name);
		FUZZ_HOLDS(facts_new(&f, &err) == 0);
		FUZZ_HOLDS(facts_str(f, "key.class", k[i].name, PROVEN,
		    &err) == 0);
		FUZZ_HOLDS(policy_who_can(c, f, &who, &err) == 0);
		json_decref(who);
		facts_free(f);
	}
}

/* For all that is watched some rule decides, and somebody hears of it. */
static void
check_alerts(const struct charter *c)
{
	struct group_need need;
	struct group_set told;
	size_t n, i;
	const struct key_class *k = charter_classes(c, &n);

	for (int w = 0; w < WATCH__N; w++)
		for (i = 0; i <= n; i++) {
			const char *class = i < n ? k[i].name : NULL;
			const struct alert_rule *r = charter_alert(c,
			    (enum watch)w, class);
			const time_us *before;
			size_t before_n = alert_before(r, (enum watch)w,
			    &before);
			time_us left, reached;

			FUZZ_HOLDS((r->watches >> w & 1) != 0);
			FUZZ_HOLDS(before_n > 0 && r->repeat > 0);
			FUZZ_HOLDS(before[0] <= charter_alert_longest(c,
			    (enum watch)w));
			left = before[before_n - 1];
			FUZZ_HOLDS(alert_threshold(r, (enum watch)w, left, 0,
			    &reached) && reached == left);
			told = alert_told(c, r, class, NULL);
			FUZZ_HOLDS(group_set_meets(&told, &told));
		}
	for (i = 0; i < charter_roster(c)->group_n; i++)
		if (charter_group_need(c, (int)i, &need))
			FUZZ_HOLDS(need.rule != NULL && need.need > 0);
}

static int
read_it(char *text, size_t n, struct charter **ret, struct findings *f,
    struct err *err)
{
	struct charter_file file[FILES];
	json_t *j = NULL;
	int rc;

	if (text[0] != '{')
		return charter_from_files(file, folder_cut(text, file), ret, f,
		    err);
	if (json_read(text, n, &j, err) != 0)
		return -1;
	rc = charter_check_json(j, ret, f, err);
	json_decref(j);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct charter *c = NULL;
	struct findings f;
	struct err err = { 0 };
	char *text = malloc(size + 1);
	int rc;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	findings_init(&f);
	rc = read_it(text, size, &c, &f, &err);
	FUZZ_HOLDS((rc == 0) == (c != NULL));
	if (rc == 0 || rc == -ECHARTER)
		check_findings(&f, rc);
	if (c != NULL) {
		check_again(c);
		check_classes(c);
		check_alerts(c);
	}
	charter_free(c);
	findings_done(&f);
	free(text);
	return 0;
}
