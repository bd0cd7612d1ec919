/*
 * How the service itself stands, and what it serves from memory.
 */
#include <string.h>
#include "api/handle.h"
#include "api/server.h"

int
handle_healthz(struct exchange *x, struct err *err)
{
	return reply_octets(x, 200, "text/plain; charset=utf-8", "alive\n", 6,
	    err);
}

int
handle_readyz(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_ready(x->flow, &j, err));
	return reply_json(x, 200, j, err);
}

int
handle_metrics(struct exchange *x, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "metrics");
	TRY(metrics_text(x->api, text, err));
	return reply_octets(x, 200, "text/plain; version=0.0.4", text->data,
	    text->len, err);
}

int
handle_genesis(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_genesis(x->flow, &j, err));
	return reply_json(x, 200, j, err);
}

int
handle_checkpoint(struct exchange *x, struct err *err)
{
	AUTO(blob) *note = blob_new();

	if (note == NULL)
		return err_set(err, ENOMEMORY, "a checkpoint");
	TRY(flow_checkpoint(x->flow, note, err));
	return reply_octets(x, 200, "text/plain; charset=utf-8", note->data,
	    note->len, err);
}

int
handle_status(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_status(x->flow, x->known ? &x->who : NULL, &j, err));
	return reply_json(x, 200, j, err);
}

int
handle_openapi(struct exchange *x, struct err *err)
{
	return reply_octets(x, 200, "application/json", x->api->openapi,
	    strlen(x->api->openapi), err);
}
