/* Certificates of one authority, by what they have in common. */
#include "config.h"

#include "tests/unit/certs.h"

static const struct {
	const char *why;
	struct cert_select s;
	unsigned n, expired;
	const char *first;
} SELECTED[] = {
	{ "all", { 0 }, DEVICES, 0, "Thermostat-0" },
	{ "all, by pages", { .page = 2 }, DEVICES, 0, "Thermostat-0" },
	{ "of a profile", { .profile = "device" }, DEVICES, 0, "Thermostat-0" },
	{ "of another profile", { .profile = "root" }, 0, 0, "" },
	{ "of one device", { .device = "Thermostat-2" }, 1, 0,
	    "Thermostat-2" },
	{ "of a range", { .device = "Thermostat-2", .device_last =
	    "Thermostat-4" }, 3, 0, "Thermostat-2" },
	{ "up to a longer one", { .device = "Thermostat-4", .device_last =
	    "Thermostat-10" }, 2, 0, "Thermostat-4" },
	{ "from a longer one on", { .device = "Thermostat-10", .device_last =
	    "Thermostat-99" }, 0, 0, "" },
	{ "of a key that has none", { .spki = RULE }, 0, 0, "" },
	{ "by nobody who asked", { .by = "ci" }, 0, 0, "" },
	{ "of no batch that there is", { .batch = "bat_1" }, 0, 0, "" },
	{ "of a device, and of no batch", { .device = "Thermostat-2",
	    .batch = "bat_1" }, 0, 0, "" },
	{ "before the fourth", { .through = 5 }, 3, 0, "Thermostat-0" },
	{ "expired by then", { .valid_at = INT64_MAX }, 0, DEVICES, "" },
	{ "of another authority", { .ca = ROOT }, 0, 0, "" },
};

struct selected {
	struct cert_select s;
	unsigned n, expired;
	char first[CERT_DEVICE];
};

static int
select_one(void *ctx, const struct cert_row *row, bool expired,
    struct err *err)
{
	struct selected *r = ctx;

	if (expired)
		r->expired++;
	else if (r->n++ == 0)
		snprintf(r->first, sizeof(r->first), "%s", row->device);
	return 0;
}

static int
select_all(struct tx *tx, void *ctx, struct err *err)
{
	struct selected *r = ctx;

	return cert_select_each(tx, &r->s, select_one, r, err);
}

static struct selected
selected(struct pki *k, const struct cert_select *s)
{
	struct selected r = { .s = *s };

	if (r.s.ca == NULL)
		r.s.ca = DEVCA;
	unit_ok(store_read(k->store, select_all, &r, &unit_err));
	return r;
}

START_TEST(a_selection_finds_all_and_nothing_else)
{
	struct pki k;
	struct selected r;

	pki_begin(&k);
	issue_some(&k);
	r = selected(&k, &SELECTED[_i].s);
	ck_assert_msg(r.n == SELECTED[_i].n && r.expired ==
	    SELECTED[_i].expired, "%s: %u, %u", SELECTED[_i].why, r.n,
	    r.expired);
	ck_assert_str_eq(r.first, SELECTED[_i].first);
	pki_end(&k);
}
END_TEST

struct spki_of {
	const char *device;
	struct cert_row row;
};

static int
spki_read(struct tx *tx, void *ctx, struct err *err)
{
	struct spki_of *o = ctx;
	bool there;

	return cert_newest(tx, DEVCA, "device", o->device, &o->row, &there,
	    err);
}

START_TEST(a_selection_by_time_and_key)
{
	struct pki k;
	struct cert_select s = { .ca = NULL };
	struct spki_of own = { .device = "Thermostat-5" };
	char at[TIME_TEXT], spki[SHA256_HEX];

	pki_begin(&k);
	issue_some(&k);
	clock_text(CA_TIME + TIME_S(2), at);
	s.issued_since = at;
	ck_assert_uint_eq(selected(&k, &s).n, DEVICES - 2);
	s = (struct cert_select){ .issued_before = at };
	ck_assert_uint_eq(selected(&k, &s).n, 2);
	unit_ok(store_read(k.store, spki_read, &own, &unit_err));
	sha256_hex(&own.row.spki, spki);
	s = (struct cert_select){ .spki = spki };
	ck_assert_str_eq(selected(&k, &s).first, "Thermostat-5");
	s = (struct cert_select){ .ca = DEVCA, .spki = "0a" };
	unit_fails(store_read(k.store, select_all, &(struct selected){ .s = s },
	    &unit_err), EINPUT);
	s = (struct cert_select){ .ca = DEVCA, .issued_since = "today" };
	unit_fails(store_read(k.store, select_all, &(struct selected){ .s = s },
	    &unit_err), EINPUT);
	pki_end(&k);
}
END_TEST

/* What came after it was fixed counts for nothing. */
START_TEST(a_selection_looks_at_so_many)
{
	struct pki k;
	struct selected r = { .s = { .ca = DEVCA, .through = 5, .page = 2,
	    .most = 3 } };

	pki_begin(&k);
	issue_some(&k);
	ck_assert_uint_eq(selected(&k, &r.s).n, 3);
	r.s.most = 2;
	unit_fails(store_read(k.store, select_all, &r, &unit_err), ERANGE_);
	pki_end(&k);
}
END_TEST

ENGINE_MAIN("cert/select",
	UNIT(a_selection_looks_at_so_many)
	UNIT_ROWS(a_selection_finds_all_and_nothing_else, SELECTED)
	UNIT(a_selection_by_time_and_key))
