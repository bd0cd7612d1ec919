#include "config.h"

#include <stdio.h>

#include "base/io.h"
#include "evidence/evidence.h"
#include "tests/unit/unit.h"

/*
 * A real house's evidence, with one amendment in its chain: the signature was
 * made by a keeper on SoftHSM, approved by two of three officers.
 */
#define SEEDS	"/tests/fuzz/seeds/evidence/"

static struct blob text;
static json_t *doc;
static struct sha256 trust;

static void
load(const char *name, struct blob *ret)
{
	char path[512];
	const char *src = getenv("srcdir");

	snprintf(path, sizeof(path), "%s" SEEDS "%s", src != NULL ? src : ".",
	    name);
	unit_ok(io_read_file(path, EVIDENCE_MOST, ret, &unit_err));
}

static void
setup(void)
{
	const json_t *genesis;

	load("amended.json", &text);
	unit_ok(evidence_read(text.data, text.len, &doc, &unit_err));
	genesis = json_object_get(doc, "genesis");
	unit_ok(json_hash(genesis, &trust, &unit_err));
}

static void
teardown(void)
{
	json_decref(doc);
	blob_done(&text);
}

START_TEST(what_a_house_gives_out_is_believed)
{
	struct evidence_found f;

	setup();
	unit_ok(evidence_verify(doc, &trust, &f, &unit_err));
	ck_assert_uint_eq(f.approvals, 2);
	ck_assert_uint_eq(f.charters, 2);
	ck_assert_str_eq(f.rule, "production-image");
	ck_assert_str_eq(f.requester, "ci");
	ck_assert_str_eq(f.version, "1.1");
	ck_assert_str_eq(f.officers[0], "officer-1");
	ck_assert_str_eq(f.officers[1], "officer-3");
	ck_assert_ptr_nonnull(json_object_get(f.asserted, "claim.build"));
	evidence_found_done(&f);
	teardown();
}
END_TEST

START_TEST(another_fingerprint_is_another_house)
{
	struct evidence_found f;

	setup();
	trust.o[31] ^= 1;
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EHOUSE);
	teardown();
}
END_TEST

/* Every value in the document, one after the other. */
struct leaf {
	json_t		*parent;
	const char	*name;		/* of an object's member */
	size_t		 index;		/* of an array's element */
	char		 where[512];
};

static bool
find_leaf(json_t *j, const char *where, size_t *skip, struct leaf *ret)
{
	char at[512];
	const char *name;
	json_t *one;
	size_t i;

	json_object_foreach(j, name, one) {
		snprintf(at, sizeof(at), "%.440s/%.60s", where, name);
		if (json_is_object(one) || json_is_array(one)) {
			if (find_leaf(one, at, skip, ret))
				return true;
		} else if ((*skip)-- == 0) {
			*ret = (struct leaf){ .parent = j, .name = name };
			strcpy(ret->where, at);
			return true;
		}
	}
	json_array_foreach(j, i, one) {
		snprintf(at, sizeof(at), "%.440s/%zu", where, i);
		if (json_is_object(one) || json_is_array(one)) {
			if (find_leaf(one, at, skip, ret))
				return true;
		} else if ((*skip)-- == 0) {
			*ret = (struct leaf){ .parent = j, .index = i };
			strcpy(ret->where, at);
			return true;
		}
	}
	return false;
}

static json_t *
other(const json_t *v)
{
	char s[8192];
	size_t n;

	if (json_is_integer(v))
		return json_integer(json_integer_value(v) + 1);
	if (json_is_boolean(v))
		return json_boolean(!json_is_true(v));
	n = (size_t)snprintf(s, sizeof(s), "%s", json_string_value(v));
	ck_assert_uint_lt(n, sizeof(s));
	if (n == 0)
		return json_string("x");
	/* In the middle, where base64 has no bits that mean nothing. */
	s[n / 2] = s[n / 2] == '1' ? '2' : '1';
	return json_string(s);
}

static void
put(struct leaf *l, json_t *v)
{
	if (l->name != NULL)
		ck_assert_int_eq(json_object_set_new(l->parent, l->name, v), 0);
	else
		ck_assert_int_eq(json_array_set_new(l->parent, l->index, v), 0);
}

static json_t *
get(const struct leaf *l)
{
	return l->name != NULL ? json_object_get(l->parent, l->name) :
	    json_array_get(l->parent, l->index);
}

START_TEST(no_value_can_be_another)
{
	struct leaf l;
	size_t n = 0;

	setup();
	for (;; n++) {
		struct evidence_found f;
		size_t skip = n;
		json_t *was;

		if (!find_leaf(doc, "", &skip, &l))
			break;
		was = json_incref(get(&l));
		put(&l, other(was));
		ck_assert_msg(evidence_verify(doc, &trust, &f, NULL) != 0,
		    "%s can be changed and nobody notices", l.where);
		put(&l, was);
	}
	ck_assert_uint_gt(n, 300);
	teardown();
}
END_TEST

/* A document that says less must not be believed more. */
START_TEST(nothing_can_be_left_out)
{
	static const char *const members[] = { "genesis", "charters", "key",
		"permit", "event", "inclusion", "checkpoint", "format",
		"signatures" };
	struct evidence_found f;

	setup();
	json_object_del(doc, members[_i]);
	ck_assert_msg(evidence_verify(doc, &trust, &f, NULL) != 0, "%s",
	    members[_i]);
	teardown();
}
END_TEST

static void
drop(const char *a, const char *b, size_t at)
{
	json_t *list = json_object_get(json_object_get(doc, a), b);

	ck_assert_int_eq(json_array_remove(list, at), 0);
}

START_TEST(one_approval_of_two_is_none)
{
	struct evidence_found f;

	setup();
	drop("permit", "approvals", 0);
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EVERIFY);
	teardown();
}
END_TEST

START_TEST(an_amendment_cannot_be_skipped)
{
	struct evidence_found f;

	setup();
	ck_assert_int_eq(json_array_remove(json_object_get(doc, "charters"),
	    1), 0);
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EVERIFY);
	teardown();
}
END_TEST

static const struct {
	const char	*why, *text;
	enum err_code	 code;
} READ[] = {
	{ "it is JSON", "evidence", EINPUT },
	{ "an object", "[]", ESCHEMA },
	{ "with all its parts", "{\"format\":\"claviger/evidence/v1\"}", ESCHEMA },
	{ "and no others", "{\"format\":\"claviger/evidence/v1\",\"more\":1}", ESCHEMA },
};

START_TEST(what_is_no_evidence_is_refused)
{
	json_t *j;
	int rc = evidence_read(READ[_i].text, strlen(READ[_i].text), &j,
	    &unit_err);

	ck_assert_msg(rc == -(int)READ[_i].code, "%s: %s", READ[_i].why,
	    err_code_name((enum err_code)-rc));
}
END_TEST

UNIT_MAIN("evidence",
	UNIT(what_a_house_gives_out_is_believed)
	UNIT(another_fingerprint_is_another_house)
	UNIT(no_value_can_be_another)
	tcase_add_loop_test(tc, nothing_can_be_left_out, 0, 9);
	UNIT(one_approval_of_two_is_none)
	UNIT(an_amendment_cannot_be_skipped)
	UNIT_ROWS(what_is_no_evidence_is_refused, READ))
