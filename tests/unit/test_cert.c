/* Authorities, certificates and revocation, as the tables have them. */
#include "config.h"

#include "tests/unit/certs.h"

/* ---- reading ---- */

struct reading {
	struct cert_filter	 f;
	const char		*device, *id;
	struct cert_row		 row;
	bool			 there;
	unsigned		 n, pages;
	char			 first[CERT_DEVICE];
	uint64_t		 count;
	json_t			*shown;
	char			 under[CERT_DEVICE];
	char		 spoilt[ID_TEXT];	/* by which others have its key */
};

static int
all_pages(struct tx *tx, void *ctx, struct err *err)
{
	struct reading *r = ctx;
	char *cursor = NULL, *next;

	do {
		AUTO_JSON *list = NULL;
		int rc = cert_list(tx, &r->f, cursor, 4, &list, &next, err);

		free(cursor);
		TRY(rc);
		if (r->pages++ == 0)
			snprintf(r->first, sizeof(r->first), "%s", json_str(
			    json_array_get(list, 0), "device", ""));
		r->n += (unsigned)json_array_size(list);
		cursor = next;
	} while (cursor != NULL && r->pages < 20);
	return 0;
}

static int
read_newest(struct tx *tx, void *ctx, struct err *err)
{
	struct reading *r = ctx;

	TRY(cert_rework_count(tx, RULE, RULE, "ci", 0, &r->count, err));
	TRY(cert_newest(tx, DEVCA, "device", r->device, &r->row, &r->there,
	    err));
	return cert_spki_compromised(tx, &r->row.spki, r->spoilt, err);
}

static struct reading
newest(struct pki *k, const char *device)
{
	struct reading r = { .device = device };

	unit_ok(store_read(k->store, read_newest, &r, &unit_err));
	ck_assert(r.there);
	return r;
}

static int
read_serial(struct tx *tx, void *ctx, struct err *err)
{
	struct reading *r = ctx;
	struct number serial = r->row.serial;

	return cert_by_serial(tx, DEVCA, &serial, &r->row, err);
}

static int
read_shown(struct tx *tx, void *ctx, struct err *err)
{
	struct reading *r = ctx;

	TRY(cert_show(tx, r->id, &r->shown, err));
	return cert_spki_device(tx, &r->row.spki, "another", r->under, err);
}

/* ---- tests ---- */

static const struct {
	const char *why;
	struct cert_filter f;
	unsigned n, pages;
	const char *first;
} LISTS[] = {
	{ "all, the newest first", { 0 }, DEVICES, 2, "Thermostat-5" },
	{ "by authority", { .ca = DEVCA }, DEVICES, 2, "Thermostat-5" },
	{ "by another authority", { .ca = ROOT }, 0, 1, "" },
	{ "by profile", { .profile = "device" }, DEVICES, 2, "Thermostat-5" },
	{ "by another profile", { .profile = "root" }, 0, 1, "" },
	{ "by device", { .device = "Thermostat-2" }, 1, 1, "Thermostat-2" },
	{ "by a device's beginning", { .device = "Thermostat" }, 0, 1, "" },
	{ "by subject, whatever the case", { .subject = "THERMO" }, DEVICES, 2,
	    "Thermostat-0" },
	{ "by a whole subject", { .subject = "thermostat-3" }, 1, 1,
	    "Thermostat-3" },
	{ "by a subject with its attribute", { .subject = "CN=thermostat-3" }, 1,
	    1, "Thermostat-3" },
	{ "by its whole name", { .subject = "commonname=Thermostat-3" }, 1, 1,
	    "Thermostat-3" },
	{ "by no attribute", { .subject = "name=thermostat-3" }, 0, 1, "" },
	{ "by a subject that is none", { .subject = "thermostat-3x" }, 0, 1,
	    "" },
	{ "by alternative name", { .san = "uri:urn:device:Thermostat-4" }, 1, 1,
	    "Thermostat-4" },
	{ "by an alternative name's beginning", { .san = "uri:urn:device:" }, 0,
	    1, "" },
	{ "by serial number", { .serial = "40000000000000000000000000000001" },
	    1, 1, "Thermostat-1" },
	{ "revoked", { .status = "revoked" }, 1, 1, "Thermostat-1" },
	{ "held", { .status = "held" }, 1, 1, "Thermostat-2" },
	{ "good", { .status = "good" }, DEVICES - 2, 1, "Thermostat-5" },
	{ "the soonest to expire first", { .expires_after = 1 }, DEVICES, 2,
	    "Thermostat-0" },
	{ "none that expires so soon", { .expires_before = NOW }, 0, 1, "" },
	{ "a device's, revoked", { .device = "Thermostat-1",
	    .status = "revoked" }, 1, 1, "Thermostat-1" },
	{ "a device's, held", { .device = "Thermostat-1", .status = "held" }, 0,
	    1, "" },
};

START_TEST(a_list_finds_all_and_nothing_else)
{
	struct pki k;
	struct reading r = { .f = LISTS[_i].f };

	pki_begin(&k);
	issue_some(&k);
	change_to(&k, "Thermostat-1", CERT_REVOKED, REASON_KEY_COMPROMISE, NOW);
	change_to(&k, "Thermostat-2", CERT_HELD, REASON_HOLD, NOW);
	unit_ok(store_read(k.store, all_pages, &r, &unit_err));
	ck_assert_msg(r.n == LISTS[_i].n, "%s: %u", LISTS[_i].why, r.n);
	ck_assert_msg(r.pages == LISTS[_i].pages, "%s: %u pages",
	    LISTS[_i].why, r.pages);
	ck_assert_str_eq(r.first, LISTS[_i].first);
	pki_end(&k);
}
END_TEST

static const struct {
	const char *why;
	struct cert_filter f;
	const char *cursor;
} REFUSED[] = {
	{ "no status", { .status = "bad" }, NULL },
	{ "no serial number", { .serial = "x1" }, NULL },
	{ "no hash", { .fingerprint = "ab" }, NULL },
	{ "two ways at once", { .subject = "a", .device = "b" }, NULL },
	{ "another attribute", { .subject = "O=Example" }, NULL },
	{ "another one by its whole name", { .subject = "serialNumber=1" }, NULL },
	{ "a whole subject", { .subject = "CN=thermostat-3, O=Example" }, NULL },
	{ "another list's cursor", { .subject = "a" },
	    "crt_01m7xvyy4462zbt2wj5gb22r42" },
	{ "no cursor", { 0 }, "first" },
	{ "no cursor of a time", { .expires_after = 1 }, "9" },
};

struct refused {
	struct cert_filter f;
	const char *cursor;
};

static int
list_refused(struct tx *tx, void *ctx, struct err *err)
{
	struct refused *r = ctx;
	json_t *list;
	char *next;

	return cert_list(tx, &r->f, r->cursor, 4, &list, &next, err);
}

START_TEST(what_is_no_filter_or_cursor_is_refused)
{
	struct pki k;
	struct refused r = { REFUSED[_i].f, REFUSED[_i].cursor };

	pki_begin(&k);
	unit_fails(store_read(k.store, list_refused, &r, &unit_err), EINPUT);
	pki_end(&k);
}
END_TEST

START_TEST(a_device_has_one_certificate_that_counts)
{
	struct pki k;
	struct reading r, old;

	pki_begin(&k);
	issue_device(&k, "one", CA_TIME);
	old = newest(&k, "one");
	ck_assert_uint_eq(old.count, 0);
	issue_device(&k, "one", NOW);
	r = newest(&k, "one");
	ck_assert_str_ne(r.row.id, old.row.id);
	ck_assert_int_eq(r.row.status, CERT_GOOD);
	ck_assert_uint_eq(r.count, 1);
	unit_ok(store_read(k.store, read_serial, &old, &unit_err));
	ck_assert_int_eq(old.row.status, CERT_REVOKED);
	ck_assert_int_eq(old.row.reason, REASON_SUPERSEDED);
	ck_assert_int_eq(old.row.revoked, NOW);
	ck_assert(!old.row.newest);
	/* What was revoked already is followed, not replaced. */
	change_to(&k, "one", CERT_REVOKED, REASON_KEY_COMPROMISE, NOW);
	issue_device(&k, "one", NOW + TIME_S(1));
	ck_assert_uint_eq(newest(&k, "one").count, 1);
	pki_end(&k);
}
END_TEST

struct counting {
	unsigned n;
	char place[CERT_PLACE];
};

static int
count_row(void *ctx, const struct cert_row *row, struct err *err)
{
	struct counting *c = ctx;

	if (row->status == CERT_GOOD && c->n++ == 0)
		cert_place(row, c->place);
	return 0;
}

static int
read_device(struct tx *tx, void *ctx, struct err *err)
{
	return cert_of_device(tx, "one", "device", count_row, ctx, err);
}

static struct counting
good_ones(struct pki *k)
{
	struct counting c = { 0 };

	unit_ok(store_read(k->store, read_device, &c, &unit_err));
	return c;
}

START_TEST(it_replaces_those_of_other_authorities_that_are_named)
{
	struct pki k;
	struct counting c;
	AUTO_JSON *named = NULL;

	pki_begin(&k);
	issue_device(&k, "one", CA_TIME);
	issue_device(&k, "two", CA_TIME);
	k.by = ROOT;
	issue_device(&k, "one", NOW);
	c = good_ones(&k);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_uint_eq(newest(&k, "one").count, 0);
	/* Another's, one that is none, and what is no place: nothing ends. */
	named = json_pack("[s,s,s,s,i]", "devices/40000000000000000000000000000001",
	    "devices/4fff", "devices", "/", 1);
	k.replaces = named;
	k.by = "third";
	issue_device(&k, "one", NOW);
	ck_assert_uint_eq(good_ones(&k).n, 3);
	ck_assert_int_eq(newest(&k, "two").row.status, CERT_GOOD);
	ck_assert_uint_eq(newest(&k, "one").count, 0);
	json_array_append_new(named, json_string(c.place));
	k.by = "fourth";
	issue_device(&k, "one", NOW);
	ck_assert_uint_eq(good_ones(&k).n, 3);
	ck_assert_int_eq(newest(&k, "one").row.reason, REASON_SUPERSEDED);
	ck_assert_uint_eq(newest(&k, "one").count, 1);
	pki_end(&k);
}
END_TEST

START_TEST(a_certificate_is_shown_with_its_names_and_chain)
{
	struct pki k;
	struct reading r;
	const char *chain;

	pki_begin(&k);
	issue_device(&k, "one", CA_TIME);
	r = newest(&k, "one");
	r.id = r.row.id;
	unit_ok(store_read(k.store, read_shown, &r, &unit_err));
	ck_assert_str_eq(r.under, "one");
	ck_assert_str_eq(json_str(r.shown, "subject", ""),
	    "CN=one, serialNumber=one");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(
	    r.shown, "san"), 0)), "uri:urn:device:one");
	ck_assert_ptr_nonnull(strstr(json_str(r.shown, "certificate", ""),
	    "BEGIN CERTIFICATE"));
	chain = json_str(r.shown, "chain", "");
	ck_assert_ptr_nonnull(chain = strstr(chain, "BEGIN"));
	ck_assert_ptr_nonnull(strstr(chain + 1, "BEGIN"));
	json_decref(r.shown);
	pki_end(&k);
}
END_TEST

static const struct {
	const char *why;
	enum cert_status first, then, now;
} STEPS[] = {
	{ "a good one is revoked", CERT_GOOD, CERT_REVOKED, CERT_REVOKED },
	{ "a good one is held", CERT_GOOD, CERT_HELD, CERT_HELD },
	{ "a held one is released", CERT_HELD, CERT_GOOD, CERT_GOOD },
	{ "a held one is revoked", CERT_HELD, CERT_REVOKED, CERT_REVOKED },
	{ "a revoked one never comes back", CERT_REVOKED, CERT_GOOD,
	    CERT_REVOKED },
	{ "nor is it only held", CERT_REVOKED, CERT_HELD, CERT_REVOKED },
};

struct request {
	struct cert_row	 of;		/* its key and hash */
	const char	*ca;
	time_us		 ended;
	struct cert_row	 row;
	bool		 there;
	char		 compromised[ID_TEXT];
};

static int
request_read(struct tx *tx, void *ctx, struct err *err)
{
	struct request *q = ctx;

	TRY(cert_spki_compromised(tx, &q->of.spki, q->compromised, err));
	return cert_of_csr(tx, &q->of.spki, &q->of.csr, q->ca, "device",
	    q->ended, &q->row, &q->there, err);
}

static struct request
of_request(struct pki *k, const struct cert_row *of, const char *ca,
    time_us ended)
{
	struct request q = { .of = *of, .ca = ca, .ended = ended };

	unit_ok(store_read(k->store, request_read, &q, &unit_err));
	return q;
}

START_TEST(what_a_request_got_and_whether_it_has_ended)
{
	struct pki k;
	struct cert_row one;
	struct request q;

	pki_begin(&k);
	issue_device(&k, "one", CA_TIME);
	one = newest(&k, "one").row;
	ck_assert(of_request(&k, &one, DEVCA, 0).there);
	ck_assert(!of_request(&k, &one, ROOT, 0).there);
	ck_assert(!of_request(&k, &one, DEVCA, one.not_after).there);
	ck_assert(of_request(&k, &one, DEVCA, one.not_after + 1).there);
	change_to(&k, "one", CERT_HELD, REASON_HOLD, NOW);
	q = of_request(&k, &one, DEVCA, NOW);
	ck_assert(!q.there);
	ck_assert_str_eq(q.compromised, "");
	change_to(&k, "one", CERT_REVOKED, REASON_KEY_COMPROMISE, NOW);
	q = of_request(&k, &one, DEVCA, NOW);
	ck_assert(q.there);
	ck_assert_str_eq(q.row.id, one.id);
	ck_assert_str_eq(q.compromised, one.id);
	one.csr.o[0] ^= 1;
	ck_assert(!of_request(&k, &one, DEVCA, 0).there);
	pki_end(&k);
}
END_TEST

START_TEST(revoking_follows_rfc_5280)
{
	struct pki k;

	pki_begin(&k);
	issue_device(&k, "one", CA_TIME);
	change_to(&k, "one", STEPS[_i].first, REASON_HOLD, NOW);
	change_to(&k, "one", STEPS[_i].then, REASON_HOLD, NOW + 1);
	ck_assert_msg(newest(&k, "one").row.status == STEPS[_i].now, "%s",
	    STEPS[_i].why);
	pki_end(&k);
}
END_TEST

START_TEST(a_reason_becomes_a_compromise_and_never_another)
{
	static const enum reason LESSER[] = { REASON_SUPERSEDED,
		REASON_UNSPECIFIED, REASON_CA_COMPROMISE };
	struct cert_row row;
	struct pki k;

	pki_begin(&k);
	issue_device(&k, "one", NOW - 9);
	change_to(&k, "one", CERT_REVOKED, REASON_SUPERSEDED, NOW);
	change_to(&k, "one", CERT_REVOKED, REASON_CESSATION, NOW + 1);
	ck_assert(newest(&k, "one").row.reason == REASON_SUPERSEDED);
	ck_assert_str_eq(newest(&k, "one").spoilt, "");
	change_to(&k, "one", CERT_REVOKED, REASON_KEY_COMPROMISE, NOW + 2);
	row = newest(&k, "one").row;
	ck_assert(row.reason == REASON_KEY_COMPROMISE && row.revoked == NOW);
	ck_assert_str_eq(newest(&k, "one").spoilt, row.id);
	for (size_t i = 0; i < NELEM(LESSER); i++)
		change_to(&k, "one", CERT_REVOKED, LESSER[i], NOW + 3);
	ck_assert(newest(&k, "one").row.reason == REASON_KEY_COMPROMISE);
	pki_end(&k);
}
END_TEST

/* ---- what a CRL holds ---- */

struct walk {
	struct cert_revoked	 r;
	char			 text[400];
};

static bool
keep_most(void *ctx, const char *profile, time_us not_after)
{
	return strcmp(profile, "device") == 0 && not_after != *(time_us *)ctx;
}

static int
walk(struct tx *tx, void *ctx, struct err *err)
{
	struct walk *w = ctx;
	struct crl_entry e;
	bool more;
	int rc;

	w->r.tx = tx;
	for (;;) {
		char hex[NUMBER_HEX];

		if ((rc = cert_revoked_next(&w->r, &e, &more, err)) != 0 ||
		    !more)
			break;
		number_hex(&e.serial, hex);
		snprintf(w->text + strlen(w->text),
		    sizeof(w->text) - strlen(w->text), "%s:%s ", hex + 31,
		    reason_name(e.reason));
	}
	cert_revoked_done(&w->r);
	return rc;
}

START_TEST(a_crl_is_made_in_the_order_of_serial_numbers)
{
	struct pki k;
	struct walk full = { .r = { .ca = DEVCA, .partition = 3, .page = 2 } },
	    delta = { .r = { .ca = DEVCA, .partition = 3, .page = 1,
	    .since = NOW + 2 } }, other = { .r = { .ca = DEVCA,
	    .partition = 4 } }, kept = full;
	time_us end;

	pki_begin(&k);
	issue_some(&k);
	change_to(&k, "Thermostat-4", CERT_REVOKED, REASON_SUPERSEDED, NOW);
	change_to(&k, "Thermostat-0", CERT_HELD, REASON_HOLD, NOW);
	change_to(&k, "Thermostat-5", CERT_HELD, REASON_HOLD, NOW);
	change_to(&k, "Thermostat-2", CERT_REVOKED, REASON_KEY_COMPROMISE,
	    NOW + 2);
	change_to(&k, "Thermostat-5", CERT_GOOD, REASON_HOLD, NOW + 3);
	unit_ok(store_read(k.store, walk, &full, &unit_err));
	ck_assert_str_eq(full.text, "0:certificate-hold 2:key-compromise "
	    "4:superseded ");
	unit_ok(store_read(k.store, walk, &delta, &unit_err));
	ck_assert_str_eq(delta.text, "2:key-compromise 5:remove-from-crl ");
	unit_ok(store_read(k.store, walk, &other, &unit_err));
	ck_assert_str_eq(other.text, "");
	end = newest(&k, "Thermostat-2").row.not_after;
	kept.r.keep = keep_most;
	kept.r.keep_ctx = &end;
	unit_ok(store_read(k.store, walk, &kept, &unit_err));
	ck_assert_str_eq(kept.text, "0:certificate-hold 4:superseded ");
	pki_end(&k);
}
END_TEST

#ifndef ENGINE_POSTGRESQL
#include "store/sql.h"

/* Of keys, their uses and product lines, what the inventory asks for. */
static bool
is_inventory(const char *name)
{
	return strcmp(name, "approval_request_open") == 0 ||
	    strcmp(name, "use_sum") == 0 || strcmp(name, "use_sum_last") == 0 ||
	    strcmp(name, "key_all") == 0 ||
	    strcmp(name, "key_of_product") == 0 ||
	    strcmp(name, "key_activated") == 0 ||
	    strcmp(name, "product_known") == 0;
}

/* Who has a key: asked for each certificate, so no table is made for it. */
static bool
is_holder(const char *name)
{
	return strncmp(name, "device_key_", 11) == 0 ||
	    strcmp(name, "cert_spki_devices") == 0 ||
	    strcmp(name, "elsewhere_cert_bearers") == 0;
}

/* Of these there are few, or a page is bounded. */
static bool
may_sort(const char *name)
{
	static const char *const names[] = { "cert_changed",
		"cert_list_serial", "cert_list_fingerprint", "cert_crl_newest",
		"cert_of_key", "cert_ca_profiles", "cert_ending_single",
		"cert_issuers", "cert_of_spki", "key_of_product",
		"approval_request_open" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* SQLite says how it would go about it: never through a whole table. */
START_TEST(nothing_is_found_by_reading_all_certificates)
{
	AUTO(store) *s UNUSED = engine_store();
	sqlite3 *db;
	unsigned n = 0;

	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	for (size_t i = 0; i < sql_statements_n; i++) {
		const char *name = sql_statements[i].name;
		char text[2000];
		sqlite3_stmt *st;

		if ((strncmp(name, "cert_", 5) != 0 &&
		    strncmp(name, "batch_", 6) != 0 &&
		    !is_inventory(name) && !is_holder(name)) || strcmp(name,
		    "cert_ca_list") == 0 || strcmp(name, "cert_ca_names") ==
		    0 || strcmp(name, "cert_ca_all") == 0 ||
		    strcmp(name, "cert_ca_counts") == 0 ||
		    strcmp(name, "cert_ocsp_last") == 0 ||
		    strcmp(name, "cert_counts") == 0)
			continue;
		snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s",
		    sql_statements[i].text[SQL_SQLITE]);
		ck_assert_int_eq(sqlite3_prepare_v2(db, text, -1, &st, NULL),
		    SQLITE_OK);
		while (sqlite3_step(st) == SQLITE_ROW) {
			const char *how = (const char *)sqlite3_column_text(st,
			    3);

			ck_assert_msg(strncmp(how, "SCAN", 4) != 0 ||
			    strcmp(how, "SCAN CONSTANT ROW") == 0 ||
			    strcmp(how, "SCAN bounded") == 0 ||
			    strstr(how, "certificate_status") != NULL ||
			    strstr(how, "INDEX certificate_changed") != NULL ||
			    strstr(how, "INDEX ca_listed_changed") != NULL,
			    "%s: %s", name, how);
			/* By the key where one is named. */
			ck_assert_msg(strstr(sql_statements[i].text[SQL_SQLITE],
			    "FROM certificate WHERE spki = $1") == NULL ||
			    strncmp(how, "SEARCH certificate ", 19) != 0 ||
			    strstr(how, "certificate_spki") != NULL,
			    "%s: %s", name, how);
			/* Thousands are counted: none of their rows is read. */
			ck_assert_msg(strcmp(name, "cert_ending") != 0 ||
			    strstr(how, "COVERING INDEX certificate_expiry")
			    != NULL, "%s: %s", name, how);
			/* By the request, not through its batch. */
			ck_assert_msg(strcmp(name, "batch_certificate") != 0 ||
			    strstr(how, "batch_csr") != NULL, "%s: %s", name,
			    how);
			ck_assert_msg(strstr(how, "TEMP B-TREE") == NULL ||
			    may_sort(name), "%s: %s", name, how);
			ck_assert_msg(strstr(how, "LIST SUBQUERY") == NULL ||
			    !is_holder(name), "%s: %s", name, how);
			n++;
		}
		sqlite3_finalize(st);
	}
	ck_assert_uint_gt(n, 15);
	sqlite3_close(db);
}
END_TEST
#define PLANS	UNIT(nothing_is_found_by_reading_all_certificates)
#else
#define PLANS
#endif

ENGINE_MAIN("cert",
	UNIT_ROWS(a_list_finds_all_and_nothing_else, LISTS)
	UNIT_ROWS(what_is_no_filter_or_cursor_is_refused, REFUSED)
	UNIT(a_device_has_one_certificate_that_counts)
	UNIT(it_replaces_those_of_other_authorities_that_are_named)
	UNIT(a_certificate_is_shown_with_its_names_and_chain)
	UNIT(what_a_request_got_and_whether_it_has_ended)
	UNIT_ROWS(revoking_follows_rfc_5280, STEPS)
	UNIT(a_reason_becomes_a_compromise_and_never_another)
	UNIT(a_crl_is_made_in_the_order_of_serial_numbers)
	PLANS)
