#include "config.h"

#include <ftw.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "policy/decide.h"
#include "tests/bench/bench.h"

/*
 * What a decision costs, and what reading a charter costs: the shipped one of
 * four classes.  Facts are gathered anew for each decision in the second row.
 */
static struct charter_file file[CHARTER_FILES];
static size_t file_n, root;


static int
add(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	struct blob b = { 0 };

	if (flag != FTW_F || file_n == CHARTER_FILES)
		return 0;
	BENCH_OK(io_read_file(path, 1 << 20, &b, NULL));
	file[file_n++] = (struct charter_file){ strdup(path + root + 1),
	    b.data, b.len };
	return 0;
}

struct question {
	struct charter	*c;
	struct facts	*f;
	const char	*who, *class, *environment;
	enum action	 action;
	enum verdict	 verdict;
};

static void
gather(const struct question *q)
{
	static const char *const products[] = { "lock", "gateway" };
	struct facts *f = q->f;

	facts_clear(f);
	BENCH_OK(facts_str(f, "action", action_name(q->action), PROVEN, NULL));
	BENCH_OK(facts_str(f, "principal.id", q->who, PROVEN, NULL));
	BENCH_OK(facts_str(f, "principal.kind", "tool", PROVEN, NULL));
	BENCH_OK(facts_str(f, "key.name", "k", PROVEN, NULL));
	BENCH_OK(facts_str(f, "key.class", q->class, PROVEN, NULL));
	BENCH_OK(facts_str(f, "key.environment", q->environment, PROVEN,
	    NULL));
	BENCH_OK(facts_str(f, "key.algorithm", "ec-p256", PROVEN, NULL));
	BENCH_OK(facts_str(f, "key.state", "active", PROVEN, NULL));
	BENCH_OK(facts_set(f, "key.products", products, 2, PROVEN, NULL));
	BENCH_OK(facts_str(f, "artifact.digest", "sha-256", PROVEN, NULL));
	BENCH_OK(facts_str(f, "artifact.product", "lock", ASSERTED, NULL));
	BENCH_OK(facts_str(f, "artifact.version", "2.1.10", ASSERTED, NULL));
	BENCH_OK(facts_str(f, "artifact.highest-version", "2.1.9", REPLAYED,
	    NULL));
	BENCH_OK(facts_time(f, TIME_S(INT64_C(1795248000)), PROVEN, NULL));
	BENCH_OK(facts_int(f, "count.rule", 17, REPLAYED, NULL));
}

static void
decide(void *ctx, unsigned long n)
{
	const struct question *q = ctx;
	struct decision d;

	while (n-- > 0) {
		policy_decide(q->c, q->action, NULL, q->f, &d);
		BENCH_OK(d.verdict != q->verdict);
	}
}

static void
gather_and_decide(void *ctx, unsigned long n)
{
	while (n-- > 0) {
		gather(ctx);
		decide(ctx, 1);
	}
}

static void
explain(void *ctx, unsigned long n)
{
	const struct question *q = ctx;
	struct decision d;

	policy_decide(q->c, q->action, NULL, q->f, &d);
	while (n-- > 0)
		json_decref(decision_explain(&d, q->f));
}

static void
read_folder(void *ctx, unsigned long n)
{
	struct charter *c;

	while (n-- > 0) {
		BENCH_OK(charter_from_files(file, file_n, &c, NULL, NULL));
		charter_free(c);
	}
}

static void
read_json(void *ctx, unsigned long n)
{
	struct question *q = ctx;
	struct charter *c;

	while (n-- > 0) {
		BENCH_OK(charter_from_json(charter_json(q->c), &c, NULL));
		charter_free(c);
	}
}

int
main(void)
{
	const char *src = getenv("srcdir");
	struct question q = { .who = "ci-release", .class = "firmware-signing",
	    .environment = "production", .action = ACTION_KEY_SIGN,
	    .verdict = WAIT };
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/policy/examples/"
	    "connected-products", src == NULL ? "." : src);
	root = strlen(path);
	BENCH_OK(nftw(path, add, 16, FTW_PHYS));
	BENCH_OK(charter_from_files(file, file_n, &q.c, NULL, NULL));
	BENCH_OK(facts_new(&q.f, NULL));
	gather(&q);
	bench("decide: waits for approvals", decide, &q);
	bench("gather facts and decide", gather_and_decide, &q);
	q.who = "dev-acorn";
	q.environment = "development";
	q.verdict = ALLOW;
	gather(&q);
	bench("decide: allowed within a limit", decide, &q);
	q.who = "auditor-vale";
	q.verdict = DENY;
	gather(&q);
	bench("decide: no rule", decide, &q);
	bench("explain a denial", explain, &q);
	bench("read the charter's folder", read_folder, &q);
	bench("read the charter's JSON", read_json, &q);
	facts_free(q.f);
	charter_free(q.c);
	while (file_n > 0) {
		free((void *)(uintptr_t)file[--file_n].name);
		free((void *)(uintptr_t)file[file_n].data);
	}
	return 0;
}
