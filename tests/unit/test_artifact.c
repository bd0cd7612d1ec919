/* What was signed is found by its digest, and listed. */
#include "config.h"

#include "policy/device.h"
#include "product/artifact.h"
#include "tests/unit/engine.h"
#include "tests/unit/world_device.h"

struct looked {
	const char	*name;
	struct artifact_filter by;
	unsigned	 limit;
	json_t		*doc;
	char		 seen[400];
	unsigned	 pages;
};

static int
look_artifact(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;
	char hex[SHA256_HEX];

	world_digest(l->name, hex);
	return artifact_get(tx, hex, &l->doc, err);
}

START_TEST(an_artifact_has_each_signature_over_it)
{
	struct world w;
	struct looked l = { .name = "image" };
	struct err why = { .code = OK };
	const json_t *first;

	world_begin(&w);
	world_key(&w, "production");
	world_image(&w, "image", "1.0");
	world_image(&w, "other", "1.1");
	world_image(&w, "image", "1.2");
	unit_ok(state_read(w.state, look_artifact, &l, &unit_err));
	first = json_array_get(json_object_get(l.doc, "signatures"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(l.doc,
	    "signatures")), 2);
	ck_assert(!json_flag(l.doc, "more_signatures", true));
	ck_assert_str_eq(json_str(l.doc, "version", ""), "1.0");
	ck_assert_str_eq(json_str(l.doc, "product", ""), "camera");
	ck_assert_ptr_null(json_object_get(l.doc, "track"));
	ck_assert_str_eq(json_str(first, "key_name", ""), "fw");
	ck_assert_str_eq(json_str(first, "key", ""), w.key);
	ck_assert_str_eq(json_str(first, "principal", ""), "ci");
	ck_assert_int_gt(json_int(first, "event", 0), 0);
	json_decref(l.doc);
	l.name = "what nobody signed";
	ck_assert_int_eq(state_read(w.state, look_artifact, &l, &why),
	    -ENOENT_);
	world_end(&w);
}
END_TEST

static int
look_artifacts(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;
	char *cursor = NULL, *next;
	const json_t *one;
	size_t i;

	do {
		AUTO_JSON *list = NULL;
		int rc = artifact_list(tx, &l->by, cursor, l->limit, &list,
		    &next, err);

		free(cursor);
		TRY(rc);
		json_array_foreach(list, i, one) {
			size_t n = strlen(l->seen);

			snprintf(l->seen + n, sizeof(l->seen) - n, "%s ",
			    json_str(one, "version", "-"));
		}
		cursor = next;
	} while (cursor != NULL && l->pages++ < 20);
	return 0;
}

static const struct {
	const char *why;
	struct artifact_filter by;
	unsigned limit;
	const char *seen;
} LISTS[] = {
	{ "all, in one page", { NULL }, 10, "1.2 - 1.1 1.0 " },
	{ "all, as many as there is room for", { NULL }, 4,
	    "1.2 - 1.1 1.0 " },
	{ "one by one", { NULL }, 1, "1.2 - 1.1 1.0 " },
	{ "of a product", { .product = "camera" }, 2, "1.2 1.1 1.0 " },
	{ "of another", { .product = "teapot" }, 2, "" },
	{ "looking at two at a time", { .version = "1.0", .most = 2 }, 2,
	    "1.0 " },
	{ "looking at one at a time", { .product = "camera", .most = 1 }, 9,
	    "1.2 1.1 1.0 " },
	{ "of a version", { .version = "1.1" }, 1, "1.1 " },
	{ "by a key", { .key = "fw" }, 2, "1.2 - 1.1 1.0 " },
	{ "by another", { .key = "fv" }, 2, "" },
};

START_TEST(what_was_signed_is_listed_once_the_newest_first)
{
	struct world w;
	struct looked l = { .by = LISTS[_i].by, .limit = LISTS[_i].limit };

	world_begin(&w);
	world_key(&w, "production");
	world_image(&w, "a", "1.0");
	world_image(&w, "b", "1.1");
	world_image(&w, "c", NULL);
	world_image(&w, "a", "1.2");
	unit_ok(state_read(w.state, look_artifacts, &l, &unit_err));
	ck_assert_msg(strcmp(l.seen, LISTS[_i].seen) == 0, "%s: %s",
	    LISTS[_i].why, l.seen);
	ck_assert_uint_lt(l.pages, 20);
	world_end(&w);
}
END_TEST

static int
look_cursor(struct tx *tx, void *ctx, struct err *err)
{
	const struct artifact_filter all = { NULL };
	json_t *list;
	char *next;

	return artifact_list(tx, &all, ctx, 1, &list, &next, err);
}

static const struct {
	const char *why, *digest;
	enum err_code code;
} DIGESTS[] = {
	{ "SHA-256", "0123456789ABCDEF0123456789abcdef0123456789abcdef"
	    "0123456789abcdef", OK },
	{ "one digit less", "123456789abcdef0123456789abcdef0123456789abcdef"
	    "0123456789abcdef", EINPUT },
	{ "no digit", "g123456789abcdef0123456789abcdef0123456789abcdef"
	    "0123456789abcdef", EINPUT },
	{ "nothing", "", EINPUT },
};

START_TEST(a_digest_has_one_spelling)
{
	char text[ARTIFACT_DIGEST];
	struct err why = { .code = OK };
	int rc = artifact_digest(DIGESTS[_i].digest, text, &why);

	ck_assert_msg(rc == -(int)DIGESTS[_i].code, "%s", DIGESTS[_i].why);
	if (rc == 0)
		ck_assert_ptr_null(strpbrk(text, "ABCDEF"));
}
END_TEST

START_TEST(a_cursor_of_another_list_is_refused)
{
	struct world w;
	struct err why = { .code = OK };
	char odd[] = "12x";

	world_begin(&w);
	ck_assert_int_eq(state_read(w.state, look_cursor, odd, &why),
	    -EINPUT);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("artifact",
    UNIT(an_artifact_has_each_signature_over_it)
    UNIT_ROWS(what_was_signed_is_listed_once_the_newest_first, LISTS)
    UNIT_ROWS(a_digest_has_one_spelling, DIGESTS)
    UNIT(a_cursor_of_another_list_is_refused))
