/*
 * call - ask the service one thing, after making sure which house it is.
 *
 * Floor 2.
 */
#include <stdlib.h>
#include <string.h>

#include "client/inside.h"

static int
send_content(struct client *c, const struct call *call, struct exchange *x,
    struct err *err)
{
	struct content *content = malloc(sizeof(*content));
	int rc;

	if (content == NULL)
		return err_set(err, ENOMEMORY, "what is sent");
	rc = content_init(content, call, err);
	x->content = content;
	if (rc == 0)
		rc = exchange_try(c, call, NULL, x, err);
	x->content = NULL;
	content_done(content);
	free(content);
	return rc;
}

static int
send_body(struct client *c, const struct call *call, struct exchange *x,
    struct err *err)
{
	struct blob body = { 0 };
	int rc = 0;

	if (call->content != NULL)
		return send_content(c, call, x, err);
	if (call->body != NULL)
		rc = json_canonical(call->body, &body, err);
	if (rc == 0)
		rc = exchange_try(c, call, call->body != NULL ? &body :
		    call->octets, x, err);
	blob_done(&body);
	return rc;
}

static int
call_once(struct client *c, const struct call *call, int *ret_status,
    json_t **ret, struct err *err)
{
	struct exchange x = { .most = CLIENT_MOST };
	int rc = send_body(c, call, &x, err);

	if (rc == 0)
		rc = answer_read(c, &x, ret, err);
	if (rc == 0 && ret_status != NULL)
		*ret_status = (int)x.status;
	blob_done(&x.body);
	return rc;
}

static int
house_compare(const struct client *c, const json_t *answer, struct err *err)
{
	const json_t *genesis = json_object_get(answer, "genesis");
	struct sha256 h;
	char hex[SHA256_HEX];

	if (!json_is_object(genesis))
		return err_set(err, EHOUSE, "%s has no genesis to compare with "
		    "the fingerprint", c->url);
	TRY(json_hash(genesis, &h, err));
	if (sha256_equal(&h, &c->fingerprint))
		return 0;
	sha256_hex(&h, hex);
	return err_set(err, EHOUSE, "%s is a house whose fingerprint is %s, "
	    "not the one you trust; nothing was sent to it", c->url, hex);
}

int
client_house_check(struct client *c, struct err *err)
{
	static const struct call ask = { .method = "GET",
		.path = "/v1/genesis" };
	struct secret *token = c->token;
	AUTO_JSON *answer = NULL;
	int rc;

	if (!c->check_house)
		return 0;
	/* Whoever it is, it gets no token before it is known. */
	c->token = NULL;
	rc = call_once(c, &ask, NULL, &answer, err);
	c->token = token;
	TRY(rc);
	TRY(house_compare(c, answer, err));
	c->check_house = false;
	return 0;
}

int
client_call(struct client *c, const struct call *call, int *ret_status,
    json_t **ret, struct err *err)
{
	json_decref(c->problem);
	c->problem = NULL;
	TRY(client_house_check(c, err));
	return call_once(c, call, ret_status, ret, err);
}

int
client_get(struct client *c, const char *path, json_t **ret, struct err *err)
{
	struct call call = { .method = "GET", .path = path };

	return client_call(c, &call, NULL, ret, err);
}

int
client_post(struct client *c, const char *path, const json_t *body,
    json_t **ret, struct err *err)
{
	struct call call = { .method = "POST", .path = path, .body = body };

	return client_call(c, &call, NULL, ret, err);
}

int
client_send(struct client *c, const struct call *call, FILE *to,
    struct err *err)
{
	struct exchange x = { .most = CLIENT_MOST, .to = to };
	AUTO_JSON *nothing = NULL;
	int rc;

	json_decref(c->problem);
	c->problem = NULL;
	TRY(client_house_check(c, err));
	rc = exchange_try(c, call, call->octets, &x, err);
	if (rc == 0 && (x.status < 200 || x.status > 299))
		rc = answer_read(c, &x, &nothing, err);
	if (rc == 0 && fflush(to) != 0)
		rc = err_set(err, EIO_, "the file could not be written");
	blob_done(&x.body);
	return rc;
}

int
client_fetch(struct client *c, const char *path, FILE *to, struct err *err)
{
	struct call call = { .method = "GET", .path = path };

	return client_send(c, &call, to, err);
}

int
client_text(struct client *c, const char *path, struct blob *ret,
    struct err *err)
{
	struct call call = { .method = "GET", .path = path };
	struct exchange x = { .most = CLIENT_MOST };
	AUTO_JSON *nothing = NULL;
	int rc;

	json_decref(c->problem);
	c->problem = NULL;
	TRY(client_house_check(c, err));
	rc = exchange_try(c, &call, NULL, &x, err);
	if (rc == 0)
		rc = x.status == 200 ? blob_put(ret, x.body.data, x.body.len,
		    err) : answer_read(c, &x, &nothing, err);
	blob_done(&x.body);
	return rc;
}
