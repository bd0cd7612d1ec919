/* What of certificates ends next: devices' among all, the others flock by flock. */
#include "config.h"

#include "base/json.h"
#include "tests/unit/certs.h"

#define FAR	INT64_C(0x7000000000000000)

/* A row, and no more than that. */
struct row {
	const char	*id, *subject, *device;
	time_us		 ends;
	const char	*profile;
};

/* By authority "ca". */
static const struct row ROWS_OF[] = {
	{ "crt_1", "CN=a", NULL, 10, "server" },
	{ "crt_2", "CN=a", NULL, 30, "server" },	/* follows the first */
	{ "crt_3", "CN=b", NULL, 20, "server" },
	{ "crt_4", "", NULL, 11, "server" },
	{ "crt_5", "", NULL, 40, "server" },		/* like it, by no name */
	{ "crt_6", "CN=a", NULL, 50, "client" },	/* another profile */
	{ "crt_7", "CN=d", "d", 15, "device" },
	{ "crt_8", "CN=b", "b", 60, "device" },		/* a device's */
	{ "crt_9", "CN=e", "e", 12, "device" },		/* it has no more */
};

static int
rows_put(struct tx *tx, void *ctx, struct err *err)
{
	for (size_t i = 0; i < NELEM(ROWS_OF); i++) {
		const struct row *r = &ROWS_OF[i];

		TRY(tx_run(tx, "cert_put", PARAMS(v_text(r->id), v_text("ca"),
		    v_blob(r->id, 5), v_int(0), v_text(r->profile),
		    v_text(r->subject), v_blob(r->id, 5), v_null(),
		    v_blob(r->id, 5), r->device != NULL ? v_text(r->device) :
		    v_null(), v_int(1), v_int(r->ends), v_text(""),
		    v_int((int64_t)i), v_text("")), NULL, err));
	}
	return tx_run(tx, "cert_newest_end", PARAMS(v_text("crt_9")), NULL,
	    err);
}

enum { ALL, DEVICES_NOW, WHICHEVER };

struct ending {
	struct tx	*tx;
	time_us		 from, until;
	unsigned	 most;
	int		 (*fn)(struct tx *, time_us, time_us, unsigned,
			    cert_end_fn *, void *, time_us *, struct err *);
	time_us		 looked;
	char		 ids[100];
	json_t		*profiles;
};

static int
one_seen(void *ctx, const struct cert_end *c, struct err *err)
{
	struct ending *e = ctx;

	/* Of all of them only what the index has. */
	ck_assert(c->profile != NULL || e->fn == cert_ending);
	ck_assert(c->newest == (c->profile != NULL && strcmp(c->id, "crt_9")
	    != 0));
	ck_assert_int_eq(c->not_before, c->profile != NULL);
	snprintf(e->ids + strlen(e->ids), 8, "%s ", c->id + 4);
	return 0;
}

static int
ending_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ending *e = ctx;

	e->tx = tx;
	TRY(cert_ca_profiles(tx, "ca", &e->profiles, err));
	return e->fn(tx, e->from, e->until, e->most, one_seen, e, &e->looked,
	    err);
}

static struct ending
looked(struct store *s, int which, time_us from, time_us until, unsigned most)
{
	struct ending e = { .fn = which == DEVICES_NOW ? cert_ending_devices :
	    which == WHICHEVER ? cert_ending_all : cert_ending, .from = from,
	    .until = until, .most = most };

	unit_ok(store_read(s, ending_read, &e, &unit_err));
	ck_assert_uint_eq(json_array_size(e.profiles), 3);
	json_decref(e.profiles);
	return e;
}

START_TEST(what_ends_is_looked_at_in_its_order)
{
	struct ending e;
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, rows_put, NULL, &unit_err));
	ck_assert_str_eq(looked(s, ALL, 0, 21, 0).ids, "1 4 9 7 3 ");
	/* What is looked at is bounded, whatever it is. */
	e = looked(s, WHICHEVER, 0, 21, 3);
	ck_assert_str_eq(e.ids, "1 4 9 ");
	ck_assert_int_eq(e.looked, 12);
	/* Not what its device has no more, or what was revoked. */
	ck_assert_str_eq(looked(s, DEVICES_NOW, 0, 0, 1).ids, "7 ");
	ck_assert_str_eq(looked(s, DEVICES_NOW, 0, 0, 0).ids, "7 8 ");
}
END_TEST

/* ---- of no device: flock by flock ---- */

struct flocks {
	struct cert_walk w;
	char		 ids[200];	/* "ca/profile: 1 2 " */
	time_us		 whole;		/* of the last that was not looked at whole */
	unsigned	 looked;	/* of all */
};

static int
flock_seen(void *ctx, const struct cert_end *c, struct err *err)
{
	struct flocks *f = ctx;

	ck_assert_int_eq(c->not_before, 1);
	snprintf(f->ids + strlen(f->ids), 8, "%s ", c->id + 4);
	return 0;
}

static int
flocks_read(struct tx *tx, void *ctx, struct err *err)
{
	struct flocks *f = ctx;
	struct cert_flock at = { .ca = "" };
	bool there;

	for (;;) {
		TRY(cert_single_flock(tx, &at, &there, err));
		if (!there)
			return 0;
		snprintf(f->ids + strlen(f->ids), 40, "%.9s/%.9s: ", at.ca,
		    at.profile);
		TRY(cert_ending_single(tx, &at, &f->w, flock_seen, f, err));
		f->looked += f->w.looked;
		if (f->w.whole != 0)
			f->whole = f->w.whole;
	}
}

static struct flocks
flocks(struct store *s, time_us from, time_us until, unsigned most)
{
	struct flocks f = { .w = { .from = from, .until = until,
	    .most = most } };

	unit_ok(store_read(s, flocks_read, &f, &unit_err));
	return f;
}

START_TEST(each_flock_is_looked_at_for_itself)
{
	AUTO(store) *s = engine_store();
	struct flocks f;

	unit_ok(store_write(s, rows_put, NULL, &unit_err));
	f = flocks(s, 0, FAR, 10);
	ck_assert_str_eq(f.ids, "ca/client: 6 ca/server: 4 3 2 5 ");
	ck_assert_int_eq(f.whole, 0);
	ck_assert_uint_eq(f.looked, 6);
	ck_assert_str_eq(flocks(s, 11, 40, 10).ids,
	    "ca/client: ca/server: 4 3 2 ");
	/* However many of another end before it. */
	f = flocks(s, 0, FAR, 1);
	ck_assert_str_eq(f.ids, "ca/client: 6 ca/server: ");
	ck_assert_int_eq(f.whole, 10);
	ck_assert_int_eq(flocks(s, 0, FAR, 3).whole, 20);
}
END_TEST

static int
keyed_read(struct tx *tx, void *ctx, struct err *err)
{
	AUTO_JSON *list = NULL;
	const json_t *one;
	struct sha256 spki;
	char *followed = ctx;
	bool more;
	size_t i;

	memset(&spki, 'k', sizeof(spki));
	TRY(cert_list_key(tx, &spki, NULL, 20, &list, &more, err));
	json_array_foreach(list, i, one)
		if (json_flag(one, "followed", false)) {
			strcat(followed, json_str(one, "id", "") + 4);
			strcat(followed, " ");
		}
	return 0;
}

/* All that there are, of one key. */
static int
keyed_put(struct tx *tx, void *ctx, struct err *err)
{
	struct sha256 spki, print;

	memset(&spki, 'k', sizeof(spki));
	for (size_t i = 0; i < NELEM(ROWS_OF); i++) {
		const struct row *r = &ROWS_OF[i];

		memset(&print, (int)i + 1, sizeof(print));
		TRY(tx_run(tx, "cert_put", PARAMS(v_text(r->id), v_text("ca"),
		    v_blob(print.o, 1), v_int(0), v_text(r->profile),
		    v_text(r->subject), v_hash(&spki), v_null(),
		    v_hash(&print), r->device != NULL ? v_text(r->device) :
		    v_null(), v_int(1), v_int(r->ends), v_text(""),
		    v_int((int64_t)i), v_text("")), NULL, err));
	}
	return tx_run(tx, "cert_newest_end", PARAMS(v_text("crt_9")), NULL,
	    err);
}

START_TEST(what_a_later_one_follows_is_told_so)
{
	AUTO(store) *s = engine_store();
	char followed[64] = "";

	unit_ok(store_write(s, keyed_put, NULL, &unit_err));
	unit_ok(store_read(s, keyed_read, followed, &unit_err));
	/* What its device has no more, and one of the same name and purpose. */
	ck_assert_str_eq(followed, "9 1 ");
}
END_TEST

static int
authority_put(struct tx *tx, void *ctx, struct err *err)
{
	return tx_run(tx, "cert_ca_certificate_put", PARAMS(v_blob("crt_3", 5),
	    v_text("ca"), v_text("ca"), v_blob("x", 1), v_blob("x", 1), v_int(1),
	    v_int(2), v_text(""), v_int(1)), NULL, err);
}

START_TEST(an_authority_is_watched_as_such)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, rows_put, NULL, &unit_err));
	unit_ok(store_write(s, authority_put, NULL, &unit_err));
	ck_assert_str_eq(flocks(s, 0, FAR, 10).ids,
	    "ca/client: 6 ca/server: 4 2 5 ");
}
END_TEST

ENGINE_MAIN("cert/ending",
	UNIT(what_ends_is_looked_at_in_its_order)
	UNIT(what_a_later_one_follows_is_told_so)
	UNIT(each_flock_is_looked_at_for_itself)
	UNIT(an_authority_is_watched_as_such))
