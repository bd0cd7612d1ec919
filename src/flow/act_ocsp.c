/*
 * act_ocsp - ocsp.sign: leave to sign answers with a responder's key for as
 * long as the permit lasts.  The keeper counts them, and journals how many.
 */
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/publish.h"
#include "flow/stage.h"

static int
answer_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	return key_named(b, ret, err);
}

static int
answer_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	if (key_state_may_protect(d->key->state))
		return 0;
	return err_set(err, ESTATE, "key %s is %s", d->key->name,
	    key_state_name(d->key->state));
}

static int
answer_said(const char *request, const json_t *p, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:O}", "request", request,
	    "state", "done", "key", json_object_get(p, "key"));
}

static int
answer_perform(const struct granted *g, json_t **ret, struct err *err)
{
	TRY(leave_keep(g, err));
	return answer_said(g->request_id, g->parameters, ret, err);
}

static int
answer_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return answer_said(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

const struct deed deed_ocsp_sign = { "ocsp.sign", answer_draw, answer_fit,
	answer_perform, answer_result, NULL };
