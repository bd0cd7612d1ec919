/* query - what status, the API and replay ask of all tables. */
#include <string.h>
#include "base/json.h"
#include "state/inside.h"

int
state_genesis_signatures(struct tx *tx, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "state_genesis_signature_list", NO_PARAMS, &r, err));
	for (;;) {
		json_t	*j;

		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(json_build(&j, err, "{s:s, s:s, s:s}",
		    "officer", rows_text(r, "officer"),
		    "credential", rows_text(r, "credential"),
		    "signature", rows_text(r, "signature")));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "signatures");
	}
	*ret = TAKE(list);
	return 0;
}

static int
charter_row(const struct rows *r, json_t **ret, struct err *err)
{
	AUTO_JSON	*doc = NULL;
	const char	*text = rows_text(r, "document");
	const char	*previous = rows_text(r, "previous");
	char		 time[TIME_TEXT];

	if (text != NULL)
		TRY(json_read(text, strlen(text), &doc, err));
	clock_text(rows_int(r, "time"), time);
	return json_build(ret, err, "{s:s, s:s*, s:I, s:s, s:s*, s:O*}",
	    "hash", rows_text(r, "hash"),
	    "previous", previous[0] != '\0' ? previous : NULL,
	    "seq", (json_int_t)rows_int(r, "seq"), "time", time,
	    "request", rows_text(r, "request"), "charter", doc);
}

int
state_charters(struct tx *tx, bool documents, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, "state_charter_list", PARAMS(v_int(documents)), &r,
	    err));
	for (;;) {
		json_t	*j;

		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(charter_row(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "charters");
	}
	*ret = TAKE(list);
	return 0;
}

int
state_founded_by(struct tx *tx, time_us t, struct err *err)
{
	AUTO_JSON	*all = NULL;
	char		 since[TIME_TEXT], then[TIME_TEXT];
	time_us		 founded;

	TRY(state_charters(tx, false, &all, err));
	if (json_array_size(all) == 0)
		return err_set(err, EGENESIS, "it has no past");
	TRY(clock_parse(json_str(json_array_get(all, 0), "time", ""), &founded,
	    err));
	if (t >= founded)
		return 0;
	clock_text(founded, since);
	clock_text(t, then);
	return err_set(err, ERANGE_, "the house was founded at %s: there was "
	    "nothing before, as at %s", since, then);
}

static int
one_number(struct tx *tx, const char *name, const struct value *p, size_t n,
    const char *member, json_t *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_one(tx, name, p, n, &r, err));
	return json_set_int(ret, member, rows_int(r, "n"), err);
}

static int
by_state(struct tx *tx, const char *name, const char *member, json_t *ret,
    struct err *err)
{
	AUTO_JSON	*o = json_object();
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_query(tx, name, NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(json_set_int(o, rows_text(r, "state"), rows_int(r, "n"),
		    err));
	}
	return json_set_new(ret, member, TAKE(o), err);
}

static int
count_all(struct tx *tx, void *ctx, struct err *err)
{
	json_t			*j = ctx;
	struct ledger_head	 head;
	uint64_t		 whole, highest;

	TRY(ledger_head(tx, &head, err));
	TRY(json_set_int(j, "events", (int64_t)head.size, err));
	TRY(by_state(tx, "key_counts", "keys", j, err));
	TRY(by_state(tx, "approval_request_counts", "requests", j, err));
	TRY(one_number(tx, "use_total", NO_PARAMS, "uses", j, err));
	TRY(one_number(tx, "people_credential_count", PARAMS(
	    v_int(clock_now())), "credentials", j, err));
	TRY(one_number(tx, "state_denial_count", NO_PARAMS, "denials", j, err));
	TRY(one_number(tx, "approval_window_count", PARAMS(
	    v_int(clock_now())), "windows", j, err));
	TRY(cert_counts(tx, j, err));
	TRY(use_position(tx, &whole, &highest, err));
	TRY(json_set_int(j, "entries", (int64_t)highest, err));
	return json_set_int(j, "entries_whole", (int64_t)whole, err);
}

int
state_counts(struct state *s, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = json_object();
	AUTO(law)	*law = NULL;
	struct err	 none;

	if (j == NULL)
		return err_set(err, ENOMEMORY, "counts");
	TRY(store_read(s->store, count_all, j, err));
	if (state_law(s, &law, &none) == 0)
		TRY(json_set_str(j, "charter", law->hex, err));
	TRY(json_set_int(j, "sessions", people_sessions(s->people,
	    clock_now()), err));
	*ret = TAKE(j);
	return 0;
}

int
state_restored(struct tx *tx, struct restored *ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "state_restored", NO_PARAMS, &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return err_set(err, EGENESIS, "no house yet");
	ret->founded = rows_int(r, "founded");
	ret->restored = rows_int(r, "restored");
	ret->drilled = rows_int(r, "drilled");
	TRY(rows_copy(r, "principal", ret->principal, sizeof(ret->principal),
	    err));
	return rows_copy(r, "request", ret->request, sizeof(ret->request), err);
}

const struct state_table state_tables[] = {
	{ "approval", "request, officer" },
	{ "batch", "id" },
	{ "batch_refused", "batch, hash" },
	{ "ca", "name" },
	{ "ca_certificate", "fingerprint" },
	{ "ca_listed", "ca, serial" },
	{ "certificate", "id" },
	{ "certificate_der", "certificate" },
	{ "certificate_name", "name, certificate" },
	{ "certificate_stock", "ca" },
	{ "charter", "seq" },
	{ "credential", "id" },
	{ "crl", "ca, partition, number, base" },
	{ "denial", "seq" },
	{ "device", "serial" },
	{ "device_install", "serial, installed, digest" },
	{ "device_key", "key, serial" },
	{ "device_line", "serial" },
	{ "drill", "seq" },
	{ "elsewhere_certificate", "fingerprint" },
	{ "elsewhere_certificate_device", "device, not_after, fingerprint" },
	{ "elsewhere_certificate_product", "product, not_after, fingerprint" },
	{ "elsewhere_key", "name" },
	{ "elsewhere_key_product", "product, name" },
	{ "elsewhere_list", "series" },
	{ "entry", "n" },
	{ "finding", "id" },
	{ "genesis_signature", "officer, credential" },
	{ "hole", "seq" },
	{ "house", "id" },
	{ "idempotency", "principal, name" },
	{ "key", "hash" },
	{ "key_product", "product, key" },
	{ "key_state", "key, seq" },
	{ "principal", "id" },
	{ "product_version", "product, track" },
	{ "request", "id" },
	{ "request_parts", "request" },
	{ "rework", "seq" },
	{ "rsa_modulus", "spki" },
	{ "signing_window", "id" },
};
const size_t state_tables_n = NELEM(state_tables);

const struct state_left_out state_left_out[] = {
	{ "crl_der", "the newest lists themselves: each has its hash in the ledger" },
	{ "entry_silent", "which journal entries need no event: asked of the keeper" },
	{ "ledger_*", "the ledger itself: it is what is replayed" },
	{ "mark", "how far something that only grows was looked at" },
	{ "migration", "the schema's own history" },
	{ "ocsp_kept", "OCSP answers: believed by signature and by what the tables say" },
};
const size_t state_left_out_n = NELEM(state_left_out);
