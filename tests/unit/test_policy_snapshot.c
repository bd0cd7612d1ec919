/*
 * Every shipped charter's decisions over a table of questions, as committed
 * text: tests/unit/snapshots/NAME.txt.  An amendment of a shipped charter, or
 * of what the language means, shows in review as what it changes.
 *
 * "make snapshots" writes them anew.
 */
#include "config.h"

#include <spawn.h>
#include <sys/wait.h>

#include "policy/decide.h"
#include "tests/unit/charters.h"

extern char **environ;

static const char *const SHIPPED[] = { "quickstart", "connected-products" };
static const char *const ENVIRONMENTS[] = { "root", "production",
    "development" };

/* The plain question, and what each other one changes in it. */
#define PLAIN	"{'key.name':'k','key.algorithm':'ec-p256'," \
	"'key.state':'active','key.exportable':false,'key.exclusive':true," \
	"'key.products':['lock','gateway'],'artifact.digest':'sha-256'," \
	"'artifact.product':'lock','artifact.version':'2.0'," \
	"'artifact.track':'main','artifact.highest-version':'1.9.12'," \
	"'time.of-day':600,'time.weekday':'tue','count.rule':0}"

static const struct {
	const char	*words, *facts;
} VARIANTS[] = {
	{ "", "{}" },
	{ "on a Saturday", "{'time.weekday':'sat'}" },
	{ "at three in the night", "{'time.of-day':180}" },
	{ "when the quota is used up", "{'count.rule':1000000}" },
	{ "with SHA-512", "{'artifact.digest':'sha-512'}" },
	{ "with the version that is out", "{'artifact.version':'1.9.12'}" },
	{ "for a product that is not the key's",
	    "{'artifact.product':'thermostat'}" },
	{ "with claims of device, ticket and recipient",
	    "{'claim.device':'D-1','claim.ticket':'T-1',"
	    "'claim.recipient':'factory'}" },
	{ "for a device's certificate", "{'cert.profile':'device'}" },
	{ "for a server's certificate", "{'cert.profile':'tls-server'}" },
	{ "for a responder's certificate", "{'cert.profile':'ocsp-responder'}" },
	{ "claiming break-glass", "{'claim.break-glass':'yes'}" },
	{ "claiming break-glass, with incident and device",
	    "{'claim.break-glass':'yes','claim.incident':'I-1',"
	    "'claim.device':'D-1'}" },
};

struct question {
	const struct charter *c;
	const char	*class, *environment;	/* or NULL: access */
	enum action	 action;
};

static struct facts *
facts_for(const struct question *q, size_t variant)
{
	AUTO_JSON *all = json_text(PLAIN);
	AUTO_JSON *change = json_text(VARIANTS[variant].facts);
	char *text;
	struct facts *f;

	json_object_update(all, change);
	text = json_dumps(all, 0);
	f = facts_text(text);
	free(text);
	unit_ok(facts_str(f, "key.class", q->class, PROVEN, &unit_err));
	unit_ok(facts_str(f, "key.environment", q->environment, PROVEN,
	    &unit_err));
	return f;
}

/* How everybody fares: one line for each outcome, in order of first who. */
static void
outcomes(const struct question *q, size_t variant, struct blob *ret)
{
	const struct roster *ro = charter_roster(q->c);
	AUTO(facts) *f = facts_for(q, variant);
	AUTO_JSON *lines = json_object();
	const json_t *who;
	const char *line;
	struct decision d;
	char text[200];
	json_t *ids;
	size_t i;

	for (i = 0; i < ro->principal_n; i++) {
		unit_ok(facts_str(f, "principal.id", ro->principal[i].id,
		    PROVEN, &unit_err));
		policy_decide(q->c, q->action, q->class, f, &d);
		if (d.why == WHY_NO_RULE)
			continue;
		(void)snprintf(text, sizeof(text), "%s by %s%s%s%s",
		    verdict_name(d.verdict), d.rule->name,
		    d.verdict == DENY ? " (" : "",
		    d.why == WHY_REQUIRE ? d.rule->require[d.requirement].name
		    : d.verdict == DENY ? reason_code(d.why) : "",
		    d.verdict == DENY ? ")" : "");
		who = json_object_get(lines, text);
		if (who == NULL)
			json_object_set_new(lines, text,
			    json_string(ro->principal[i].id));
		else
			json_object_set_new(lines, text, json_sprintf("%s %s",
			    json_string_value(who), ro->principal[i].id));
	}
	json_object_foreach(lines, line, ids)
		unit_ok(blob_printf(ret, &unit_err, "\t%s: %s\n", line,
		    json_string_value(ids)));
	if (json_object_size(lines) == 0)
		unit_ok(blob_puts(ret, "\tdeny: everybody\n", &unit_err));
}

static void
ask(const struct question *q, struct blob *ret)
{
	struct blob plain = { 0 }, other = { 0 };
	size_t v;

	if (q->class == NULL)
		unit_ok(blob_printf(ret, &unit_err, "%s\n",
		    action_name(q->action)));
	else
		unit_ok(blob_printf(ret, &unit_err, "%s, %s, %s\n", q->class,
		    q->environment, action_name(q->action)));
	outcomes(q, 0, &plain);
	unit_ok(blob_puts(ret, blob_str(&plain), &unit_err));
	for (v = 1; v < NELEM(VARIANTS); v++) {
		blob_clear(&other);
		outcomes(q, v, &other);
		if (strcmp(blob_str(&plain), blob_str(&other)) != 0)
			unit_ok(blob_printf(ret, &unit_err, "  %s\n%s",
			    VARIANTS[v].words, blob_str(&other)));
	}
	blob_done(&plain);
	blob_done(&other);
}

static void
snapshot(const char *name, struct blob *ret)
{
	AUTO(charter) *c = charter_shipped(name);
	const struct key_class *k;
	struct question q = { .c = c };
	size_t i, e, n;
	int a;

	unit_ok(blob_printf(ret, &unit_err, "Who may do what under the charter "
	    "\"%s\"; whoever is not named is denied.\n\n", charter_name(c)));
	for (a = 0; a < ACTION__N; a++)
		if (!action_of_class((enum action)a)) {
			q.action = (enum action)a;
			ask(&q, ret);
		}
	k = charter_classes(c, &n);
	for (i = 0; i < n; i++)
		for (e = 0; e < NELEM(ENVIRONMENTS); e++)
			for (a = 0; a < ACTION__N; a++) {
				q = (struct question){ c, k[i].name,
				    ENVIRONMENTS[e], (enum action)a };
				if (action_for_kind(q.action, k[i].kind))
					ask(&q, ret);
			}
}

static void
path_of(const char *name, char ret[512])
{
	const char *src = getenv("srcdir");

	(void)snprintf(ret, 512, "%s/tests/unit/snapshots/%s.txt",
	    src == NULL ? "." : src, name);
}

/* Put the difference where the test's output goes. */
static void
show_difference(const char *path, const struct blob *now)
{
	char new[] = "/tmp/claviger-snapshot.XXXXXX";
	char *argv[] = { (char[]){ "diff" }, (char[]){ "-u" },
	    (char *)(uintptr_t)path, new, NULL };
	int fd = mkstemp(new), status;
	pid_t pid;

	ck_assert_int_ge(fd, 0);
	unit_ok(io_write_all(fd, now->data, now->len, &unit_err));
	(void)close(fd);
	if (posix_spawnp(&pid, "diff", NULL, NULL, argv, environ) == 0)
		(void)waitpid(pid, &status, 0);
	(void)unlink(new);
}

START_TEST(a_shipped_charter_decides_as_it_did)
{
	struct blob now = { 0 }, then = { 0 };
	char path[512];
	bool same;

	path_of(SHIPPED[_i], path);
	snapshot(SHIPPED[_i], &now);
	if (getenv("SNAPSHOTS") != NULL)
		unit_ok(io_write_file(path, 0644, now.data, now.len,
		    &unit_err));
	unit_ok(io_read_file(path, 1 << 20, &then, &unit_err));
	same = strcmp(blob_str(&now), blob_str(&then)) == 0;
	if (!same)
		show_difference(path, &now);
	ck_assert_msg(same, "%s decides otherwise; if that is meant: make "
	    "snapshots", SHIPPED[_i]);
	blob_done(&now);
	blob_done(&then);
}
END_TEST

/* A snapshot is of something: each verdict stands in the whole charter's. */
START_TEST(the_questions_find_every_verdict)
{
	static const char *const WORDS[] = { "allow by", "wait by", "deny by",
	    "deny: everybody", "claiming break-glass", "(limit)" };
	struct blob now = { 0 };
	size_t i;

	snapshot("connected-products", &now);
	for (i = 0; i < NELEM(WORDS); i++)
		ck_assert_msg(strstr(blob_str(&now), WORDS[i]) != NULL,
		    "nothing says \"%s\"", WORDS[i]);
	blob_done(&now);
}
END_TEST

UNIT_MAIN("policy/snapshot",
	UNIT_ROWS(a_shipped_charter_decides_as_it_did, SHIPPED)
	UNIT(the_questions_find_every_verdict))
