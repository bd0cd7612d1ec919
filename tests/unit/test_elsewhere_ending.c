/* Certificates of other CAs that end are looked at flock by flock: none takes the
 * place of another. */
#include "config.h"

#include "base/json.h"
#include "cert/elsewhere.h"
#include "tests/unit/engine.h"

#define FAR	INT64_C(0x7000000000000000)

/* A row, and no more than that. */
static const struct {
	const char	*print, *issuer, *subject, *owner, *products;
	time_us		 ends;
	const char	*spki;
} ROWS_OF[] = {
	{ "a1", "CN=ca", "CN=f1", "leads", "[\"fleet\"]", 10, "k1" },
	{ "a2", "CN=ca", "CN=f2", "leads", "[\"fleet\"]", 11, "k2" },
	{ "a3", "CN=ca", "CN=f3", "leads", "[\"fleet\"]", 12, "k3" },
	{ "b1", "CN=ca", "CN=ota", "leads", "[]", 13, "k4" },
	{ "c1", "CN=ca", "CN=mail", NULL, "[\"fleet\"]", 14, "k5" },
	{ "d1", "CN=x", "CN=x", NULL, "[]", 15, "k6" },	/* of themselves */
	{ "d2", "CN=y", "CN=y", NULL, "[]", 16, "k7" },
	{ "e1", "CN=zz", "CN=n", NULL, "[]", 17, "k8" },	/* the next follows it */
	{ "e2", "CN=zz", "CN=n", NULL, "[]", 18, "k9" },
	{ "e3", "CN=zy", "CN=n", NULL, "[]", 12, "k9" },	/* also this, by its key */
};

static int
rows_put(struct tx *tx, void *ctx, struct err *err)
{
	for (size_t i = 0; i < NELEM(ROWS_OF); i++)
		TRY(tx_run(tx, "elsewhere_cert_put", PARAMS(
		    v_text(ROWS_OF[i].print), v_text("01"),
		    v_text(ROWS_OF[i].issuer), v_text(ROWS_OF[i].subject),
		    v_int(0), v_text(ROWS_OF[i].spki), v_int(1),
		    v_int(ROWS_OF[i].ends), v_text(ROWS_OF[i].owner),
		    v_text(ROWS_OF[i].products), v_blob("x", 1), v_text("req"),
		    v_int(1), v_int((int64_t)i), v_int(3)), NULL, err));
	return 0;
}

struct seen {
	struct cert_walk w;
	char		 text[200];	/* a flock's between bars */
	time_us		 whole;
};

static int
one_seen(void *ctx, const json_t *one, struct err *err)
{
	struct seen *s = ctx;

	snprintf(s->text + strlen(s->text), 8, "%s ", json_str(one,
	    "fingerprint", ""));
	return 0;
}

static int
all_read(struct tx *tx, void *ctx, struct err *err)
{
	struct seen *s = ctx;
	char *at = strdup(""), *next;

	for (;;) {
		unit_ok(cert_elsewhere_flock(tx, at, &next, err));
		free(at);
		if ((at = next) == NULL)
			return 0;
		unit_ok(cert_elsewhere_ending(tx, at, &s->w, one_seen, s, err));
		strcat(s->text, "|");
		s->whole = s->w.whole != 0 ? s->w.whole : s->whole;
	}
}

static struct seen
seen(struct store *s, time_us from, time_us until, unsigned most)
{
	struct seen ret = { .w = { .from = from, .until = until, .most =
	    most } };

	unit_ok(store_read(s, all_read, &ret, &unit_err));
	return ret;
}

START_TEST(none_takes_the_place_of_another)
{
	AUTO(store) *s = engine_store();
	struct seen all;

	unit_ok(store_write(s, rows_put, NULL, &unit_err));
	all = seen(s, 0, FAR, 100);
	ck_assert_str_eq(all.text, "a1 a2 a3 |b1 |c1 ||e2 |d1 d2 |");
	ck_assert_int_eq(all.whole, 0);
	all = seen(s, 0, FAR, 1);
	ck_assert_str_eq(all.text, "a1 |b1 |c1 |||d1 |");
	ck_assert_int_ne(all.whole, 0);
	ck_assert_str_eq(seen(s, 12, 14, 9).text, "a3 |b1 |||||");
}
END_TEST

static int
listed(struct tx *tx, void *ctx, struct err *err)
{
	return tx_run(tx, "elsewhere_cert_mark", PARAMS(v_text("b1"), v_int(5),
	    v_text("superseded"), v_text("s"), v_text("l")), NULL, err);
}

START_TEST(what_a_list_names_is_not_looked_at)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, rows_put, NULL, &unit_err));
	unit_ok(store_write(s, listed, NULL, &unit_err));
	ck_assert_str_eq(seen(s, 0, FAR, 100).text,
	    "a1 a2 a3 |c1 ||e2 |d1 d2 |");
}
END_TEST

ENGINE_MAIN("cert/elsewhere-ending",
	UNIT(none_takes_the_place_of_another)
	UNIT(what_a_list_names_is_not_looked_at))
