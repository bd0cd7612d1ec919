/*
 * What only reads: subject and query in, a document out.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "api/handle.h"

typedef int reader(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err);

static int
read_with(struct exchange *x, reader *fn, const json_t *query,
    struct err *err)
{
	json_t *j = NULL;

	TRY(fn(x->flow, &x->who, exchange_param(x), query, &j, err));
	return reply_json(x, 200, j, err);
}

#define READS(R) \
	R(principal_list) R(principal_show) R(credential_list) R(key_list) \
	R(key_show) R(request_list) R(request_evidence) R(window_list) \
	R(window_show) R(charter_show) R(charter_who_can) R(event_list) \
	R(event_show) R(consistency) R(ca_list) R(ca_show) R(cert_list) \
	R(cert_show) R(batch_list) R(batch_show) R(notice_list) R(alert_list) R(alert_show) R(finding_list) R(finding_show) R(finding_house) \
	R(device_list) R(artifact_list) R(artifact_show)
#define R(name) \
	int handle_##name(struct exchange *x, struct err *err) \
	{ return read_with(x, flow_##name, x->query, err); }
READS(R)
#undef R

/* Questions too long for a query come as a body. */
#define R(name) \
	int handle_##name(struct exchange *x, struct err *err) \
	{ return read_with(x, flow_##name, x->body, err); }
R(charter_check) R(charter_explain) R(charter_simulate)
#undef R

int
handle_request_show(struct exchange *x, struct err *err)
{
	json_t *j = NULL;
	bool open;

	TRY(flow_request_show(x->flow, &x->who, exchange_param(x), x->query, &j,
	    err));
	/* By what is shown, not by what it may have become since. */
	open = strcmp(json_str(j, "state", ""), "waiting") == 0 ||
	    (strcmp(json_str(j, "state", ""), "due") == 0 &&
	    json_object_get(j, "awaits") == NULL);
	TRY(reply_json(x, 200, j, err));
	if (open)
		snprintf(x->waits_for, sizeof(x->waits_for), "%s",
		    exchange_param(x));
	return 0;
}

int
handle_notice_test(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_notice_test(x->flow, &x->who, &j, err));
	return reply_json(x, 202, j, err);
}

int
handle_alert_ack(struct exchange *x, struct err *err)
{
	json_t *j = NULL;

	TRY(flow_alert_ack(x->flow, &x->who, exchange_param(x), x->body, &j,
	    err));
	return reply_json(x, 200, j, err);
}

int
handle_calendar(struct exchange *x, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a calendar");
	TRY(flow_calendar(x->flow, x->query, text, err));
	return reply_octets(x, 200, "text/calendar; charset=utf-8", text->data,
	    text->len, err);
}

int
handle_bundle(struct exchange *x, struct err *err)
{
	FILE *f = tmpfile();
	int rc, fd;

	if (f == NULL)
		return err_set(err, EIO_, "no room for a bundle");
	fd = dup(fileno(f));
	fclose(f);
	if (fd < 0)
		return err_set(err, EIO_, "no room for a bundle");
	rc = flow_bundle(x->flow,
	    (uint64_t)json_int(x->query, "since", 0), fd, err);
	if (rc != 0) {
		close(fd);
		return rc;
	}
	x->reply.status = 200;
	x->reply.type = "application/x-ndjson";
	x->reply.fd = fd;
	return 0;
}
