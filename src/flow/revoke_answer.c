/*
 * revoke_answer - what whoever had certificates' status changed is told: what
 * they are, which need not be what was asked for.
 *
 * Revoked is for ever: what was revoked while approvals were waited for is
 * neither held nor released, and the others are.
 */
#include "flow/revoking.h"

struct present {
	const char	*ca;
	const json_t	*serials;
	uint64_t	*n;
};

static int
present_read(struct tx *tx, void *ctx, struct err *err)
{
	const struct present *p = ctx;
	struct cert_row row;
	struct number serial;
	const json_t *one;
	size_t i;

	json_array_foreach(p->serials, i, one) {
		TRY(number_parse(json_string_value(one), &serial, err));
		TRY(cert_or_listed(tx, p->ca, &serial, &row, err));
		p->n[row.status]++;
	}
	return 0;
}

static int
present_count(struct flow *f, const json_t *p, uint64_t n[CERT_STATUS__N],
    struct err *err)
{
	struct present named = { .ca = json_str(p, "ca", ""),
	    .serials = json_object_get(p, "serials"), .n = n };

	return named.serials != NULL ? state_read(f->state, present_read,
	    &named, err) : many_count(f, p, n, err);
}

/* One word where it is true of all. */
static int
statuses_set(const uint64_t n[CERT_STATUS__N], json_t *ret, struct err *err)
{
	AUTO_JSON *each = json_object();
	const char *name = NULL;

	if (each == NULL)
		return err_set(err, ENOMEMORY, "an answer");
	for (int i = 0; i < CERT_STATUS__N; i++)
		if (n[i] > 0) {
			name = cert_status_name((enum cert_status)i);
			TRY(json_set_int(each, name, (int64_t)n[i], err));
		}
	return json_object_size(each) == 1 ? json_set_str(ret, "status", name,
	    err) : json_set_new(ret, "statuses", TAKE(each), err);
}

int
revoke_answer(struct flow *f, const char *request, const json_t *p,
    uint64_t seq, json_t **ret, struct err *err)
{
	uint64_t n[CERT_STATUS__N] = { 0 }, all = 0;
	AUTO_JSON *o = NULL;

	TRY(present_count(f, p, n, err));
	for (int i = 0; i < CERT_STATUS__N; i++)
		all += n[i];
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:O*, s:I, s:I}",
	    "request", request, "state", "done", "ca", json_str(p, "ca", ""),
	    "serials", json_object_get(p, "serials"),
	    "certificates", (json_int_t)all, "event", (json_int_t)seq));
	TRY(statuses_set(n, o, err));
	*ret = TAKE(o);
	return 0;
}
