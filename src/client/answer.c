/*
 * answer - what came back, as JSON or as the error it describes.
 *
 * Floor 2.
 */
#include <string.h>

#include "client/inside.h"

/* Without a problem document the status alone must do. */
static enum err_code
code_of_status(long status)
{
	switch (status) {
	case 400: return EINPUT;
	case 401: return EAUTH;
	case 403: return EDENIED;
	case 404: return ENOENT_;
	case 405: return EMETHOD;
	case 413: return ETOOBIG;
	case 503: return EBUSY_;
	default: return EUNREACH;
	}
}

static int
problem(struct client *c, const struct exchange *x, struct err *err)
{
	const char *code, *detail;

	json_decref(c->problem);
	c->problem = NULL;
	if (json_read(x->body.data, x->body.len, &c->problem, NULL) != 0 ||
	    !json_is_object(c->problem)) {
		json_decref(c->problem);
		c->problem = NULL;
		return err_set(err, code_of_status(x->status), "%s answered "
		    "%ld without saying why", c->url, x->status);
	}
	code = json_str(c->problem, "code", NULL);
	detail = json_str(c->problem, "detail", "");
	return err_set(err, code != NULL ? err_from_name(code) :
	    code_of_status(x->status), "%s", detail);
}

int
answer_read(struct client *c, const struct exchange *x, json_t **ret,
    struct err *err)
{
	json_t *j;

	if (x->status < 200 || x->status > 299)
		return problem(c, x, err);
	if (x->body.len == 0) {
		*ret = json_null();
		return 0;
	}
	if (json_read(x->body.data, x->body.len, &j, NULL) != 0)
		return err_set(err, EINPUT, "%s did not answer in JSON: is it "
		    "a Claviger service?", c->url);
	*ret = j;
	return 0;
}
