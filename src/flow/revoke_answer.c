/*
 * revoke_answer - what whoever had certificates' status changed is told: what
 * they are, which need not be what was asked for.
 *
 * Revoked is for ever: what was revoked while approvals were waited for is
 * neither held nor released, and the others are.
 */
#include <stdio.h>
#include "flow/certify.h"
#include "flow/inside.h"
#include "flow/revoking.h"

struct present {
	const char	*ca;
	const json_t	*serials;
	struct tally	*tally;
};

void
tally_add(struct tally *t, const struct cert_row *row)
{
	t->status[row->status]++;
	if (row->status != CERT_GOOD)
		t->reason[row->reason]++;
}

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
		tally_add(p->tally, &row);
	}
	return 0;
}

static int
present_count(struct flow *f, const json_t *p, struct tally *ret,
    struct err *err)
{
	struct present named = { .ca = json_str(p, "ca", ""),
	    .serials = json_object_get(p, "serials"), .tally = ret };

	return named.serials != NULL ? state_read(f->state, present_read,
	    &named, err) : many_count(f, p, ret, err);
}

typedef const char *word_fn(unsigned i);

static const char *
status_word(unsigned i)
{
	return cert_status_name((enum cert_status)i);
}

static const char *
reason_word(unsigned i)
{
	return reason_name((enum reason)i);
}

/* One word where it is true of all, else how many for each. */
static int
words_set(const uint64_t *n, unsigned kinds, word_fn *word,
    const char *const member[2], json_t *ret, struct err *err)
{
	AUTO_JSON *each = json_object();
	const char *name = NULL;

	if (each == NULL)
		return err_set(err, ENOMEMORY, "an answer");
	for (unsigned i = 0; i < kinds; i++)
		if (n[i] > 0) {
			name = word(i);
			TRY(json_set_int(each, name, (int64_t)n[i], err));
		}
	if (json_object_size(each) == 0)
		return 0;
	return json_object_size(each) == 1 ? json_set_str(ret, member[0], name,
	    err) : json_set_new(ret, member[1], TAKE(each), err);
}

static int
tally_set(const struct tally *t, json_t *ret, struct err *err)
{
	static const char *const statuses[2] = { "status", "statuses" },
	    *const reasons[2] = { "reason", "reasons" };

	TRY(words_set(t->status, CERT_STATUS__N, status_word, statuses, ret,
	    err));
	return words_set(t->reason, REASON__N, reason_word, reasons, ret, err);
}

/* As long as its key signs no list, nobody hears of it there. */
static int
waits_set(struct flow *f, const char *name, json_t *ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	AUTO(key) *k = NULL;
	json_t *waits;
	char text[KEY_NAME + 160];

	TRY(ca_named(f, name, &ca, err));
	TRY(state_key(f->state, ca->key, &k, err));
	if (key_state_may_protect(k->state) || ca->not_after <= clock_now())
		return 0;
	(void)snprintf(text, sizeof(text), "no revocation list tells this %s "
	    "the key %s is %s", k->state == KEY_SUSPENDED ? "yet, and none "
	    "does while" : "yet, and none can:", k->name,
	    key_state_name(k->state));
	TRY(json_build(&waits, err, "{s:s, s:s}", "key_name", k->name,
	    "state", key_state_name(k->state)));
	TRY(json_set_new(ret, "waits", waits, err));
	return json_set_str(ret, "warning", text, err);
}

int
revoke_answer(struct flow *f, const char *request, const json_t *p,
    uint64_t seq, json_t **ret, struct err *err)
{
	struct tally t = { .status = { 0 } };
	uint64_t all = 0;
	AUTO_JSON *o = NULL;

	TRY(present_count(f, p, &t, err));
	for (int i = 0; i < CERT_STATUS__N; i++)
		all += t.status[i];
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:O*, s:I, s:I}",
	    "request", request, "state", "done", "ca", json_str(p, "ca", ""),
	    "serials", json_object_get(p, "serials"),
	    "certificates", (json_int_t)all, "event", (json_int_t)seq));
	TRY(tally_set(&t, o, err));
	TRY(waits_set(f, json_str(p, "ca", ""), o, err));
	*ret = TAKE(o);
	return 0;
}
