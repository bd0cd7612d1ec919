/* Devices, as their factories say, and what runs on them. */
#include "config.h"

#include "policy/device.h"
#include "product/device.h"
#include "tests/unit/bundle.h"
#include "tests/unit/world_device.h"

/* ---- devices ---- */

struct looked {
	const char	*name;
	json_t		*doc;
};

static const struct {
	const char *why, *row, *seen;	/* with ' for " */
	enum err_code code;
} DEVICE_ROWS[] = {
	{ "the least", "{'serial':'1'}", "{'product':'lock','serial':'1'}",
	    OK },
	{ "a product line of its own", "{'serial':'1','product':'x'}",
	    "{'product':'x','serial':'1'}", OK },
	{ "a day", "{'serial':'1','product':'x','made_at':'2026-11-20'}",
	    "{'made_at':'2026-11-20T00:00:00.000000Z','product':'x',"
	    "'serial':'1'}", OK },
	{ "a time in another spelling",
	    "{'serial':'1','product':'x','made_at':'2026-11-20T08:00:00Z'}",
	    "{'made_at':'2026-11-20T08:00:00.000000Z','product':'x',"
	    "'serial':'1'}", OK },
	{ "no object", "['serial']", NULL, ESCHEMA },
	{ "no serial number", "{'product':'x'}", NULL, ESCHEMA },
	{ "an empty one", "{'serial':''}", NULL, ERANGE_ },
	{ "a number", "{'serial':1}", NULL, ESCHEMA },
	{ "a control character", "{'serial':'1','batch':'a\\tb'}", NULL,
	    EINPUT },
	{ "one of C1", "{'serial':'1','batch':'a\\u009bb'}", NULL, EINPUT },
	{ "a line's separator", "{'serial':'1','market':'\\u2028'}", NULL,
	    EINPUT },
	{ "what turns a line round", "{'serial':'1\\u202e2'}", NULL, EINPUT },
	{ "a space behind it", "{'serial':'1 '}", NULL, EINPUT },
	{ "one before it", "{'serial':' 1'}", NULL, EINPUT },
	{ "one in it", "{'serial':'1 2'}", "{'product':'lock','serial':'1 2'}",
	    OK },
	{ "no day", "{'serial':'1','made_at':'2026-13-20'}", NULL, EINPUT },
	{ "the first day", "{'serial':'1','product':'x','made_at':'2000-01-01'}",
	    "{'made_at':'2000-01-01T00:00:00.000000Z','product':'x',"
	    "'serial':'1'}", OK },
	{ "the day before, by a clock that was not set",
	    "{'serial':'1','made_at':'1999-12-31'}", NULL, ERANGE_ },
	{ "a key that is none", "{'serial':'1','keys':['']}", NULL, EINPUT },
};

static json_t *
quoted_json(const char *text)
{
	char copy[400];
	json_t *j;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	unit_ok(json_read(copy, strlen(copy), &j, &unit_err));
	return j;
}

START_TEST(a_row_has_one_spelling)
{
	json_t *row = quoted_json(DEVICE_ROWS[_i].row), *seen = NULL,
	    *again = NULL, *want;
	struct err why = { .code = OK };
	int rc = device_row_read(row, "lock", &seen, &why);

	ck_assert_msg(rc == -(int)DEVICE_ROWS[_i].code, "%s: %s",
	    DEVICE_ROWS[_i].why, rc == 0 ? "taken" : why.what);
	if (rc == 0) {
		want = quoted_json(DEVICE_ROWS[_i].seen);
		ck_assert_msg(json_equal(seen, want), "%s",
		    DEVICE_ROWS[_i].why);
		unit_ok(device_row_read(seen, NULL, &again, &unit_err));
		ck_assert(json_equal(seen, again));
		json_decref(want);
	}
	json_decref(row);
	json_decref(seen);
	json_decref(again);
}
END_TEST

static const char *const TOLD[] = {
	"{'serial':'1','product':'\\u009b[2K'}",
	"{'serial':'1','keys':['\\u009b[2K']}",
};

START_TEST(what_is_told_of_a_row_moves_no_cursor)
{
	json_t *row = quoted_json(TOLD[_i]), *ret = NULL;
	struct err why = { .code = OK };

	ck_assert_int_ne(device_row_read(row, NULL, &ret, &why), 0);
	ck_assert_ptr_null(strstr(why.what, "\xc2\x9b"));
	ck_assert_ptr_nonnull(strstr(why.what, "?[2K"));
	json_decref(row);
}
END_TEST

START_TEST(a_row_has_so_much)
{
	static const struct { const char *member; size_t most; } TEXTS[] = {
		{ "serial", DEVICE_SERIAL - 1 }, { "product", 64 },
		{ "batch", 64 }, { "market", 64 },
	};
	char text[DEVICE_SERIAL + 1];
	struct err why;

	for (size_t i = 0; i < 2 * NELEM(TEXTS); i++) {
		json_t *row = world_json("{s:s}", "serial", "1"), *ret = NULL;

		memset(text, 'x', sizeof(text));
		text[TEXTS[i / 2].most + i % 2] = '\0';
		json_object_set_new(row, TEXTS[i / 2].member,
		    json_string(text));
		ck_assert_int_eq(device_row_read(row, NULL, &ret, &why),
		    i % 2 == 0 ? 0 : -ERANGE_);
		json_decref(row);
		json_decref(ret);
	}
	for (size_t n = DEVICE_KEYS; n <= DEVICE_KEYS + 1; n++) {
		json_t *row = world_json("{s:s, s:[]}", "serial", "1",
		    "keys"), *ret = NULL;

		for (size_t k = 0; k < n; k++)
			json_array_append_new(json_object_get(row, "keys"),
			    json_string("k"));
		ck_assert_int_eq(device_row_read(row, NULL, &ret, &why),
		    n == DEVICE_KEYS ? 0 : -ERANGE_);
		json_decref(row);
		json_decref(ret);
	}
}
END_TEST

static int
look_device(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return device_get(tx, l->name, &l->doc, err);
}

START_TEST(what_a_row_leaves_out_stays)
{
	struct world w;
	struct looked l = { .name = "D-1" };

	world_begin(&w);
	world_devices(&w);
	world_device_said(&w, "D-1", NULL, "B9", NULL);
	unit_ok(state_read(w.state, look_device, &l, &unit_err));
	ck_assert_str_eq(json_str(l.doc, "product", ""), "camera");
	ck_assert_str_eq(json_str(l.doc, "batch", ""), "B9");
	ck_assert_str_eq(json_str(l.doc, "made_at", ""),
	    "2026-11-20T00:00:00.000000Z");
	ck_assert_ptr_null(json_object_get(l.doc, "market"));
	ck_assert(json_has(json_object_get(l.doc, "keys"), "fw"));
	ck_assert(json_has(json_object_get(l.doc, "entered"), "factory"));
	json_decref(l.doc);
	l.name = "D-3";
	unit_ok(state_read(w.state, look_device, &l, &unit_err));
	ck_assert_uint_eq(json_array_size(json_object_get(l.doc, "entered")),
	    0);
	json_decref(l.doc);
	world_end(&w);
}
END_TEST

struct knows {
	json_t *row;
	bool known, there;
};

static int
look_known(struct tx *tx, void *ctx, struct err *err)
{
	struct knows *k = ctx;

	return device_is_known(tx, k->row, &k->known, &k->there, err);
}

static const struct {
	const char *why, *row;
	bool known, there;
} KNOWN[] = {
	{ "all of it", "{'serial':'D-2','product':'camera','batch':'B1'}",
	    true, true },
	{ "less", "{'serial':'D-2'}", true, true },
	{ "something else", "{'serial':'D-2','batch':'B2'}", false, true },
	{ "more", "{'serial':'D-2','keys':['fw']}", false, true },
	{ "no keys, as before", "{'serial':'D-2','keys':[]}", true, true },
	{ "another", "{'serial':'D-3'}", false, false },
};

START_TEST(what_was_said_before_is_known)
{
	struct world w;
	struct knows k = { .row = quoted_json(KNOWN[_i].row) };

	world_begin(&w);
	world_devices(&w);
	unit_ok(state_read(w.state, look_known, &k, &unit_err));
	ck_assert_msg(k.known == KNOWN[_i].known && k.there ==
	    KNOWN[_i].there, "%s", KNOWN[_i].why);
	json_decref(k.row);
	world_end(&w);
}
END_TEST

struct listed {
	struct device_filter by;
	unsigned limit, pages;
	char seen[200];
};

static int
look_devices(struct tx *tx, void *ctx, struct err *err)
{
	struct listed *l = ctx;
	char *cursor = NULL, *next;
	const json_t *one;
	size_t i;

	do {
		AUTO_JSON *list = NULL;
		int rc = device_list(tx, &l->by, cursor, l->limit, &list,
		    &next, err);

		free(cursor);
		TRY(rc);
		json_array_foreach(list, i, one) {
			size_t n = strlen(l->seen);

			snprintf(l->seen + n, sizeof(l->seen) - n, "%s ",
			    json_str(one, "serial", "-"));
		}
		cursor = next;
	} while (cursor != NULL && l->pages++ < 20);
	return 0;
}

static const struct {
	const char *why;
	struct device_filter by;
	unsigned limit;
	const char *seen;
} DEVICE_LISTS[] = {
	{ "all", { NULL }, 10, "D-1 D-2 D-3 D-4 " },
	{ "all, one by one", { NULL }, 1, "D-1 D-2 D-3 D-4 " },
	{ "of a product line", { .product = "camera" }, 1, "D-1 D-2 D-4 " },
	{ "of a batch", { .batch = "B1" }, 1, "D-2 D-3 " },
	{ "for a market", { .market = "EU" }, 2, "D-2 D-4 " },
	{ "of no product line", { .product = "" }, 2, "" },
};

START_TEST(devices_are_listed_once_in_their_order)
{
	struct world w;
	struct listed l = { .by = DEVICE_LISTS[_i].by,
	    .limit = DEVICE_LISTS[_i].limit };

	world_begin(&w);
	world_device_said(&w, "D-4", "camera", "B2", "EU");
	world_device_said(&w, "D-3", NULL, "B1", NULL);
	world_devices(&w);
	unit_ok(state_read(w.state, look_devices, &l, &unit_err));
	ck_assert_msg(strcmp(l.seen, DEVICE_LISTS[_i].seen) == 0, "%s: %s",
	    DEVICE_LISTS[_i].why, l.seen);
	ck_assert_uint_lt(l.pages, 20);
	world_end(&w);
}
END_TEST

/* ---- what runs on them ---- */

static const struct {
	const char *why, *row;
	enum err_code code;
} INSTALL_ROWS[] = {
	{ "all of it", "{'serial':'1','artifact_digest':'"
	    "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef',"
	    "'installed_at':'2026-11-20','market':'EU'}", OK },
	{ "no time", "{'serial':'1','artifact_digest':'"
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}",
	    ESCHEMA },
	{ "no digest", "{'serial':'1','artifact_digest':'ab',"
	    "'installed_at':'2026-11-20'}", EINPUT },
	{ "no object", "[]", ESCHEMA },
};

START_TEST(a_report_has_one_spelling)
{
	json_t *row = quoted_json(INSTALL_ROWS[_i].row), *seen = NULL,
	    *again = NULL;
	struct err why = { .code = OK };
	int rc = install_row_read(row, &seen, &why);

	ck_assert_msg(rc == -(int)INSTALL_ROWS[_i].code, "%s: %s",
	    INSTALL_ROWS[_i].why, rc == 0 ? "taken" : why.what);
	if (rc == 0) {
		unit_ok(install_row_read(seen, &again, &unit_err));
		ck_assert(json_equal(seen, again));
	}
	json_decref(row);
	json_decref(seen);
	json_decref(again);
}
END_TEST

struct ran {
	const char *serial;
	unsigned most;
	json_t *list;
	bool more;
};

static int
look_installs(struct tx *tx, void *ctx, struct err *err)
{
	struct ran *r = ctx;

	return device_installs(tx, r->serial, r->most, &r->list, &r->more,
	    err);
}

START_TEST(what_was_installed_last_is_what_runs)
{
	struct world w;
	struct looked l = { .name = "X-1" };
	struct ran r = { "X-1", 2, NULL, false };
	const json_t *firmware;
	char hex[SHA256_HEX];

	world_begin(&w);
	world_key(&w, "production");
	world_image(&w, "image", "1.0");
	world_installed(&w, "X-1", "image", "2026-11-22T00:00:00.000000Z",
	    "EU");
	world_installed(&w, "X-1", "older", "2026-11-20T00:00:00.000000Z",
	    "US");
	world_installed(&w, "X-1", "oldest", "2026-11-19T00:00:00.000000Z",
	    NULL);
	unit_ok(state_read(w.state, look_device, &l, &unit_err));
	firmware = json_object_get(l.doc, "firmware");
	world_digest("image", hex);
	ck_assert_str_eq(json_str(firmware, "digest", ""), hex);
	ck_assert_str_eq(json_str(firmware, "market", ""), "EU");
	ck_assert_uint_eq(json_array_size(json_object_get(l.doc, "entered")),
	    1);
	ck_assert(json_has(json_object_get(l.doc, "entered"), "report"));
	json_decref(l.doc);
	unit_ok(state_read(w.state, look_installs, &r, &unit_err));
	ck_assert_uint_eq(json_array_size(r.list), 2);
	ck_assert(r.more);
	ck_assert_str_eq(json_str(json_array_get(r.list, 0), "version", ""),
	    "1.0");
	ck_assert_str_eq(json_str(json_array_get(r.list, 0), "key_name", ""),
	    "fw");
	ck_assert(!json_flag(json_array_get(r.list, 1), "known", true));
	json_decref(r.list);
	r.most = 3;
	unit_ok(state_read(w.state, look_installs, &r, &unit_err));
	ck_assert(!r.more);
	json_decref(r.list);
	world_device_said(&w, "X-1", "camera", NULL, NULL);
	unit_ok(state_read(w.state, look_device, &l, &unit_err));
	ck_assert_str_eq(json_str(json_object_get(l.doc, "firmware"),
	    "digest", ""), hex);
	ck_assert(json_has(json_object_get(l.doc, "entered"), "factory"));
	json_decref(l.doc);
	world_end(&w);
}
END_TEST

START_TEST(at_one_time_the_first_that_was_told_runs)
{
	static const char *const images[] = { "image", "older" };
	struct world w;
	struct looked l = { .name = "X-1" };
	struct ran r = { "X-1", 2, NULL, false };
	char hex[2][SHA256_HEX];
	size_t late;

	world_digest(images[0], hex[0]);
	world_digest(images[1], hex[1]);
	late = strcmp(hex[0], hex[1]) > 0 ? 0 : 1;
	world_begin(&w);
	world_key(&w, "production");
	world_installed(&w, "X-1", images[late], "2026-11-22T00:00:00.000000Z",
	    NULL);
	world_installed(&w, "X-1", images[1 - late],
	    "2026-11-22T00:00:00.000000Z", NULL);
	unit_ok(state_read(w.state, look_device, &l, &unit_err));
	unit_ok(state_read(w.state, look_installs, &r, &unit_err));
	ck_assert_str_eq(json_str(json_object_get(l.doc, "firmware"),
	    "digest", ""), hex[late]);
	ck_assert_uint_eq(json_array_size(r.list), 2);
	ck_assert_str_eq(json_str(json_array_get(r.list, 0), "digest", ""),
	    hex[late]);
	json_decref(l.doc);
	json_decref(r.list);
	world_end(&w);
}
END_TEST

struct counted {
	unsigned most;
	json_t *doc;
};

static int
look_firmware(struct tx *tx, void *ctx, struct err *err)
{
	struct counted *c = ctx;

	return device_firmware(tx, "camera", c->most, &c->doc, err);
}

static const struct {
	const char *why;
	unsigned most;
	int64_t devices;
	bool at_least;
} COUNTS[] = {
	{ "all of them", 0, 4, false },
	{ "as many as there are: there may be more", 4, 4, true },
	{ "fewer", 3, 3, true },
	{ "one more", 5, 4, false },
};

START_TEST(what_runs_is_counted_as_far_as_was_asked)
{
	struct world w;
	struct counted c = { .most = COUNTS[_i].most };
	const json_t *list;

	world_begin(&w);
	world_key(&w, "production");
	world_image(&w, "image", "1.0");
	world_devices(&w);
	world_device_said(&w, "D-3", "camera", NULL, NULL);
	world_device_said(&w, "D-4", "camera", NULL, NULL);
	world_device_said(&w, "D-5", "lock", NULL, NULL);
	world_installed(&w, "D-3", "image", "2026-11-22T00:00:00.000000Z",
	    NULL);
	world_installed(&w, "D-5", "image", "2026-11-22T00:00:00.000000Z",
	    NULL);
	unit_ok(state_read(w.state, look_firmware, &c, &unit_err));
	ck_assert_msg(json_int(c.doc, "devices", 0) == COUNTS[_i].devices &&
	    json_flag(c.doc, "at_least", false) == COUNTS[_i].at_least, "%s",
	    COUNTS[_i].why);
	list = json_object_get(c.doc, "firmware");
	ck_assert_uint_eq(json_array_size(list), 2);
	ck_assert_ptr_null(json_object_get(json_array_get(list, 0),
	    "digest"));
	ck_assert_int_eq(json_int(json_array_get(list, 0), "devices", 0), 2);
	ck_assert_str_eq(json_str(json_array_get(list, 1), "version", ""),
	    "1.0");
	json_decref(c.doc);
	world_end(&w);
}
END_TEST

/* Of a row of DEVICES: how many it has, and may there be more? */
static void
row_has(const json_t *list, size_t i, int64_t devices, bool at_least)
{
	const json_t *one = json_array_get(list, i);

	ck_assert_int_eq(json_int(one, "devices", 0), devices);
	ck_assert_int_eq(json_flag(one, "at_least", false), at_least);
}

START_TEST(what_few_run_is_told_beside_what_many_run)
{
	struct world w;
	struct counted c = { .most = 3 };
	const json_t *list;

	world_begin(&w);
	world_key(&w, "production");
	world_image(&w, "image", "1.0");
	world_devices(&w);
	for (char d[] = "D-3"; d[2] < '9'; d[2]++)
		world_device_said(&w, d, "camera", NULL, NULL);
	world_installed(&w, "D-3", "image", "2026-11-22T00:00:00.000000Z",
	    NULL);
	unit_ok(state_read(w.state, look_firmware, &c, &unit_err));
	list = json_object_get(c.doc, "firmware");
	ck_assert_uint_eq(json_array_size(list), 2);
	row_has(list, 0, 2, true);
	row_has(list, 1, 1, true);
	json_decref(c.doc);
	world_end(&w);
}
END_TEST

/* ---- what an audit finds ---- */

static const struct {
	const char *why, *path, *value, *finding;
} FORGED[] = {
	{ "what nobody said", "kind", "\"cert.imported\"", "request" },
	{ "another's word", "actor", "\"officer-2\"", "request" },
	{ "what was asked for otherwise", "data/request/action",
	    "\"cert.import\"", "request" },
	{ "no rule", "data/rule/hash", "\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\"", "decision" },
};

START_TEST(what_was_not_said_so_is_found)
{
	struct blob b = { 0 }, bad = { 0 };
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	json_t *r;

	world_begin(&w);
	world_devices(&w);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	json_decref(r);
	bundle_forge(&w, &b, "device.imported", FORGED[_i].path,
	    FORGED[_i].value, &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert_msg(strcmp(bundle_first(r), FORGED[_i].finding) == 0,
	    "%s: %s", FORGED[_i].why, bundle_first(r));
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

START_TEST(a_replay_gives_the_same_devices)
{
	struct world w;
	json_t *r;

	world_begin(&w);
	world_devices(&w);
	unit_ok(audit_replay(w.store, NULL, &r, &unit_err));
	ck_assert(json_flag(r, "ok", false));
	json_decref(r);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("device",
    UNIT_ROWS(a_row_has_one_spelling, DEVICE_ROWS)
    UNIT_ROWS(what_is_told_of_a_row_moves_no_cursor, TOLD)
    UNIT(a_row_has_so_much)
    UNIT(what_a_row_leaves_out_stays)
    UNIT_ROWS(what_was_said_before_is_known, KNOWN)
    UNIT_ROWS(devices_are_listed_once_in_their_order, DEVICE_LISTS)
    UNIT_ROWS(a_report_has_one_spelling, INSTALL_ROWS)
    UNIT(what_was_installed_last_is_what_runs)
    UNIT(at_one_time_the_first_that_was_told_runs)
    UNIT_ROWS(what_runs_is_counted_as_far_as_was_asked, COUNTS)
    UNIT(what_few_run_is_told_beside_what_many_run)
    UNIT_ROWS(what_was_not_said_so_is_found, FORGED)
    UNIT(a_replay_gives_the_same_devices))
