/* publish_ask - the publisher asks as any principal does; see publish.h. */
#include "flow/inside.h"
#include "flow/publish.h"

#define SOON		TIME_S(2)	/* after what may be better at once */
#define NOT_SOON	TIME_S(3600)	/* after a refusal, which is an event each time */

struct whoami {
	const char	*id;
	struct caller	 who;
};

static int
who_read(struct tx *tx, void *ctx, struct err *err)
{
	struct whoami *w = ctx;

	return people_caller(tx, w->id, &w->who, err);
}

static int
answer_check(const struct answer *a, struct err *err)
{
	if (a->code == OK)
		return 0;
	if (a->code == EQUORUM)
		return err_set(err, EQUORUM, "%s waits for approvals",
		    a->request);
	return err_set(err, a->code, "%s", a->detail);
}

int
publisher_ask(struct flow *f, const char *action, const char *subject,
    const json_t *body, const char *idempotency, struct err *err)
{
	struct whoami me = { .id = f->o.publisher };
	struct ask ask = { .action = action, .who = &me.who,
	    .subject = subject, .body = body, .idempotency = idempotency };
	struct answer a = { .code = OK };
	int rc;

	TRY(state_read(f->state, who_read, &me, err));
	rc = flow_ask(f, &ask, NULL, &a, err);
	if (rc == 0)
		rc = answer_check(&a, err);
	answer_done(&a);
	return rc;
}

time_us
pause_after(enum err_code c)
{
	return err_http(c) == 503 ? SOON : NOT_SOON;
}
