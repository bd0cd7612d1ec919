/* The product line of a device that nobody has said one of. */
#include "config.h"

#include "product/device.h"
#include "product/product.h"
#include "store/store.h"
#include "tests/unit/world_device.h"
#include "tests/unit/world_elsewhere.h"

static int
issue_some(struct tx *tx, void *ctx, struct err *err)
{
	static const struct { const char *serial, *key; } ISSUED[] = {
		{ "I-1", "one" }, { "I-1", "other" }, { "I-2", "two" },
		{ "I-3", "none" }, { "D-1", "one" }, { "X-1", "one" },
	};

	for (size_t i = 0; i < NELEM(ISSUED); i++)
		TRY(device_issued(tx, ISSUED[i].serial, ISSUED[i].key, i,
		    err));
	return 0;
}

struct looked {
	const char	*serial;
	json_t		*device, *lamps, *counted;	/* owned */
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	static const struct device_filter by = { .product = "lamp" };
	struct looked *l = ctx;
	char *next = NULL;

	TRY(device_get(tx, l->serial, &l->device, err));
	TRY(device_list(tx, &by, NULL, 10, &l->lamps, &next, err));
	ck_assert_ptr_null(next);
	return device_firmware(tx, "lamp", 0, &l->counted, err);
}

static void
looked_done(struct looked *l)
{
	json_decref(l->device);
	json_decref(l->lamps);
	json_decref(l->counted);
}

static void
line_is(struct world *w, const char *serial, const char *product,
    const char *by)
{
	struct looked l = { .serial = serial };

	unit_ok(state_read(w->state, look, &l, &unit_err));
	ck_assert_msg(strcmp(json_str(l.device, "product", ""), product) == 0,
	    "%s: %s", serial, json_str(l.device, "product", ""));
	ck_assert_str_eq(json_str(l.device, "product_by", ""), by);
	looked_done(&l);
}

/* @seen, in their order, and what so many of them run. */
static void
lamps_are(struct world *w, const char *seen, int64_t devices, size_t runs)
{
	struct looked l = { .serial = "I-1" };
	char got[200] = "";
	const json_t *one;
	size_t i;

	unit_ok(state_read(w->state, look, &l, &unit_err));
	json_array_foreach(l.lamps, i, one) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%s ", json_str(one,
		    "serial", "-"));
	}
	ck_assert_str_eq(got, seen);
	ck_assert_int_eq(json_int(l.counted, "devices", -1), devices);
	ck_assert_uint_eq(json_array_size(json_object_get(l.counted,
	    "firmware")), runs);
	looked_done(&l);
}

START_TEST(one_that_nobody_said_a_line_of_has_that_of_who_issued_to_it)
{
	struct world w;

	world_begin(&w);
	world_devices(&w);
	world_installed(&w, "X-1", "image", "2026-11-22T00:00:00.000000Z",
	    NULL);
	engine_sql("INSERT INTO key_product (product, key) VALUES "
	    "('lamp', 'one'), ('bulb', 'other'), ('lamp', 'two'), "
	    "('bulb', 'two')");
	unit_ok(store_write(w.store, issue_some, NULL, &unit_err));
	line_is(&w, "I-1", "lamp", "issuance");
	line_is(&w, "I-2", "", "");		/* of two lines: whose? */
	line_is(&w, "I-3", "", "");
	line_is(&w, "D-1", "camera", "factory");
	line_is(&w, "X-1", "lamp", "issuance");
	lamps_are(&w, "I-1 X-1 ", 2, 2);
	world_installed(&w, "I-1", "image", "2026-11-22T00:00:00.000000Z",
	    NULL);
	lamps_are(&w, "I-1 X-1 ", 2, 1);
	/* A factory that leaves it out says nothing of it. */
	world_device_said(&w, "I-1", NULL, "B1", NULL);
	line_is(&w, "I-1", "lamp", "issuance");
	world_device_said(&w, "I-1", "camera", NULL, NULL);
	line_is(&w, "I-1", "camera", "factory");
	world_device_said(&w, "L-1", "lamp", NULL, NULL);
	unit_ok(store_write(w.store, issue_some, NULL, &unit_err));
	line_is(&w, "I-1", "camera", "factory");
	lamps_are(&w, "L-1 X-1 ", 2, 2);
	world_end(&w);
}
END_TEST

/* ---- which lines there are ---- */

struct lines_looked {
	const char	*of, *behind;
	unsigned	 most;
	json_t		*all, *counts;	/* owned */
};

static int
lines_look(struct tx *tx, void *ctx, struct err *err)
{
	struct lines_looked *l = ctx;

	TRY(product_all(tx, l->behind, l->most, &l->all, err));
	return product_counts(tx, l->of, &l->counts, err);
}

static const struct {
	const char	*of;
	int64_t		 keys, elsewhere, others, devices;
} NAMED[] = {
	{ "camera", 0, 0, 0, 2 },	/* a factory's */
	{ "radio", 0, 0, 1, 0 },	/* another CA's certificate */
	{ "far", 0, 1, 0, 0 },		/* a key elsewhere */
	{ "nothing", 0, 0, 0, 0 },
};

START_TEST(every_line_that_anything_names_is_found)
{
	struct lines_looked l = { .of = NAMED[_i].of, .behind = "",
		.most = 100 };
	char print[SHA256_HEX], *text = world_other("x", print);
	struct world w;
	json_t *entry = world_elsewhere_of("vendor", "a", WORLD_SPKI);

	world_begin(&w);
	world_devices(&w);
	unit_ok(world_import(&w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	json_object_set_new(entry, "products", world_json("[s]", "far"));
	unit_ok(world_said(&w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    entry, &unit_err));
	unit_ok(state_read(w.state, lines_look, &l, &unit_err));
	ck_assert_int_eq(json_object_get(l.all, NAMED[_i].of) != NULL,
	    strcmp(NAMED[_i].of, "nothing") != 0);
	ck_assert_int_eq(json_int(l.counts, "keys", -1), NAMED[_i].keys);
	ck_assert_int_eq(json_int(l.counts, "elsewhere", -1),
	    NAMED[_i].elsewhere);
	ck_assert_int_eq(json_int(l.counts, "others", -1), NAMED[_i].others);
	ck_assert_int_eq(json_int(l.counts, "devices", -1),
	    NAMED[_i].devices);
	json_decref(l.all);
	json_decref(l.counts);
	l.most = 2;
	unit_ok(state_read(w.state, lines_look, &l, &unit_err));
	ck_assert_uint_eq(json_object_size(l.all), 2);
	json_decref(l.all);
	json_decref(l.counts);
	l.behind = "far";
	l.most = 1;
	unit_ok(state_read(w.state, lines_look, &l, &unit_err));
	ck_assert_uint_eq(json_object_size(l.all), 1);
	ck_assert_ptr_nonnull(json_object_get(l.all, "radio"));
	json_decref(l.all);
	json_decref(l.counts);
	free(text);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("device/line",
    UNIT(one_that_nobody_said_a_line_of_has_that_of_who_issued_to_it)
    UNIT_ROWS(every_line_that_anything_names_is_found, NAMED))
