/* What a list of another CA says is in the tables: of its own, by the newest of its series. */
#include "config.h"

#include "cert/elsewhere.h"
#include "tests/unit/bundle.h"
#include "tests/unit/world_crl.h"

static const struct {
	const char	*why;
	struct list	 list;
	const char	*member, *value;	/* of the head, which says otherwise; or NULL */
	enum err_code	 code;
	const char	*now[N];	/* "": on no list */
} NEXT[] = {
	{ "what it drops and was held is released", { 6, 3, { KEY, NONE, NONE,
	    NONE }, NULL, false }, NULL, NULL, OK, { "key-compromise", "", "",
	    "" } },
	{ "what it drops and was revoked stays so", { 6, 3, { NONE, HOLD, OVER,
	    NONE }, NULL, false }, NULL, NULL, OK, { "key-compromise",
	    "certificate-hold", "cessation-of-operation", "" } },
	{ "what was held may be revoked", { 6, 3, { KEY, OVER, NONE, NONE },
	    NULL, false }, NULL, NULL, OK, { "key-compromise",
	    "cessation-of-operation", "", "" } },
	{ "of the same day", { 6, 2, { KEY, NONE, NONE, NONE }, NULL, false },
	    NULL, NULL, OK, { "key-compromise", "", "", "" } },
	{ "a lower number", { 4, 3, { KEY, NONE, NONE, NONE }, NULL, false },
	    NULL, NULL, EPRECOND, { "key-compromise", "certificate-hold", "",
	    "" } },
	{ "another of the same number", { 5, 3, { KEY, NONE, NONE, NONE }, NULL,
	    false }, NULL, NULL, EPRECOND, { "key-compromise",
	    "certificate-hold", "", "" } },
	{ "an earlier day", { 6, 1, { KEY, NONE, NONE, NONE }, NULL, false },
	    NULL, NULL, EPRECOND, { "key-compromise", "certificate-hold", "",
	    "" } },
	{ "another series releases nothing and softens nothing", { 1, 1, { HOLD,
	    NONE, KEY, NONE }, "URI:http://o/2.crl", false }, NULL, NULL, OK,
	    { "key-compromise", "certificate-hold", "key-compromise", "" } },
	{ "another series may revoke what is held", { 1, 1, { NONE, KEY, NONE,
	    NONE }, "URI:http://o/2.crl", false }, NULL, NULL, OK,
	    { "key-compromise", "key-compromise", "", "" } },
	{ "another CA of that name means its own", { 1, 1, { OVER, OVER, OVER,
	    KEY }, NULL, true }, NULL, NULL, OK, { "key-compromise",
	    "certificate-hold", "", "key-compromise" } },
	{ "another number than was asked for", { 6, 3, { KEY, NONE, NONE, NONE },
	    NULL, false }, "number", "07", ECONFLICT, { "key-compromise",
	    "certificate-hold", "", "" } },
	{ "another list than was asked for", { 6, 3, { KEY, NONE, NONE, NONE },
	    NULL, false }, "list", NULL, ECONFLICT, { "key-compromise",
	    "certificate-hold", "", "" } },
	{ "an authority that did not sign it", { 6, 3, { KEY, NONE, NONE, NONE },
	    NULL, false }, "authority", "other", EPROOF, { "key-compromise",
	    "certificate-hold", "", "" } },
	{ "an authority that is none", { 6, 3, { KEY, NONE, NONE, NONE }, NULL,
	    false }, "authority", "leaf", ECONFLICT, { "key-compromise",
	    "certificate-hold", "", "" } },
	{ "an authority that is not there", { 6, 3, { KEY, NONE, NONE, NONE },
	    NULL, false }, "authority", NULL, ENOENT_, { "key-compromise",
	    "certificate-hold", "", "" } },
};

/* Of a long list: what was found in it. */
static int
changes_say(struct world *w, struct asking *a, json_t *changes,
    struct err *err)
{
	struct sha256 h;

	unit_ok(json_hash(changes, &h, &unit_err));
	unit_ok(json_set_hash(a->head, "changes", &h, &unit_err));
	return say(w, a->head, "changes", changes, !a->as_before, err);
}

struct found_changes {
	struct asking	*asking;
	json_t		*changes;
	struct crl_brings brings;
};

static int
changes_find(struct tx *tx, void *ctx, struct err *err)
{
	struct found_changes *f = ctx;

	return crl_elsewhere_look(tx, f->asking->head,
	    span_blob(&f->asking->der), f->changes, &f->brings, err);
}

static int
long_take(struct world *w, struct asking *a, struct err *err)
{
	struct found_changes f = { .asking = a, .changes = json_array() };

	unit_ok(state_read(w->state, changes_find, &f, &unit_err));
	ck_assert_uint_eq(json_array_size(f.changes), (size_t)(
	    f.brings.revoked + f.brings.held + f.brings.released));
	return changes_say(w, a, f.changes, err);
}

/* ---- what is there then ---- */

struct looked {
	const char	*print;
	json_t		*doc;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return cert_elsewhere_get(tx, l->print, &l->doc, err);
}

static void
now_is(struct world *w, const char *const now[N], const char *why)
{
	for (int i = 0; i < N; i++) {
		char print[SHA256_HEX];
		struct looked l = { .print = print };

		print_of(&leaf[i], print);
		unit_ok(state_read(w->state, look, &l, &unit_err));
		ck_assert_msg(strcmp(json_str(l.doc, "reason", ""), now[i]) ==
		    0, "%s: %d is \"%s\"", why, i, json_str(l.doc, "reason",
		    ""));
		ck_assert_str_eq(json_str(l.doc, "status", ""), now[i][0] ==
		    '\0' ? "" : strcmp(now[i], "certificate-hold") == 0 ?
		    "held" : "revoked");
		json_decref(l.doc);
	}
}

static void
head_forge(json_t *head, const char *member, const char *value)
{
	char print[SHA256_HEX] =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

	if (value == NULL || strcmp(member, "authority") == 0) {
		if (value != NULL)
			print_of(strcmp(value, "leaf") == 0 ? &leaf[0] :
			    &other, print);
		value = print;
	}
	json_object_set_new(head, member, json_string(value));
}

START_TEST(the_newest_of_a_series_counts)
{
	struct asking a = { .head = NULL };
	struct err why = { .code = OK };
	struct world w;
	int rc;

	begin(&w);
	first_take(&w, 1);
	asking_make(&w, &NEXT[_i].list, &a);
	if (NEXT[_i].member != NULL)
		head_forge(a.head, NEXT[_i].member, NEXT[_i].value);
	rc = take(&w, &a, &why);
	ck_assert_msg(rc == -(int)NEXT[_i].code, "%s: %s", NEXT[_i].why,
	    rc == 0 ? "taken" : why.what);
	now_is(&w, NEXT[_i].now, NEXT[_i].why);
	asking_done(&a);
	end(&w);
}
END_TEST

START_TEST(the_changes_of_a_long_one_say_the_same)
{
	struct asking a = { .head = NULL };
	struct err why = { .code = OK };
	struct world w;
	int rc;

	if (NEXT[_i].member != NULL)
		return;
	begin(&w);
	first_take(&w, 1);
	asking_make(&w, &NEXT[_i].list, &a);
	rc = long_take(&w, &a, &why);
	ck_assert_msg(rc == -(int)NEXT[_i].code, "%s: %s", NEXT[_i].why,
	    rc == 0 ? "taken" : why.what);
	now_is(&w, NEXT[_i].now, NEXT[_i].why);
	asking_done(&a);
	end(&w);
}
END_TEST

/* A long list that is looked at, and waits while others come. */
static const struct {
	const char	*why;
	struct list	 waits, meanwhile;
	bool		 as_before;
	const char	*now[N];
} WAITS[] = {
	{ "what another series has revoked since is not put on hold", { 1, 1, {
	    NONE, NONE, HOLD, NONE }, "URI:http://o/2.crl", false }, { 6, 3, {
	    KEY, HOLD, OVER, NONE }, NULL, false }, false, { "key-compromise",
	    "certificate-hold", "cessation-of-operation", "" } },
	{ "nor released", { 6, 3, { KEY, NONE, NONE, NONE }, NULL, false }, {
	    1, 1, { NONE, OVER, NONE, NONE }, "URI:http://o/2.crl", false },
	    false, { "key-compromise", "cessation-of-operation", "", "" } },
	{ "what another holds may be revoked", { 1, 1, { NONE, NONE, OVER, NONE
	    }, "URI:http://o/2.crl", false }, { 6, 3, { KEY, HOLD, HOLD, NONE },
	    NULL, false }, false, { "key-compromise", "certificate-hold",
	    "cessation-of-operation", "" } },
	{ "an event from before replays as it was", { 1, 1, { NONE, NONE, HOLD,
	    NONE }, "URI:http://o/2.crl", false }, { 6, 3, { KEY, HOLD, OVER,
	    NONE }, NULL, false }, true, { "key-compromise",
	    "certificate-hold", "certificate-hold", "" } },
	{ "a release too", { 6, 3, { KEY, NONE, NONE, NONE }, NULL, false }, {
	    1, 1, { NONE, OVER, NONE, NONE }, "URI:http://o/2.crl", false },
	    true, { "key-compromise", "", "", "" } },
};

START_TEST(a_long_one_that_waited_undoes_nothing)
{
	struct asking a = { .as_before = WAITS[_i].as_before },
	    b = { .head = NULL };
	struct found_changes f = { .asking = &a, .changes = json_array() };
	struct world w;

	begin(&w);
	first_take(&w, 1);
	asking_make(&w, &WAITS[_i].waits, &a);
	unit_ok(state_read(w.state, changes_find, &f, &unit_err));
	asking_make(&w, &WAITS[_i].meanwhile, &b);
	unit_ok(take(&w, &b, &unit_err));
	unit_ok(changes_say(&w, &a, f.changes, &unit_err));
	now_is(&w, WAITS[_i].now, WAITS[_i].why);
	asking_done(&a);
	asking_done(&b);
	end(&w);
}
END_TEST

static const struct { const char *why, *changes; enum err_code code; }
    CHANGES[] = {
	{ "none", "[]", OK },
	{ "a certificate that is not here", "[[\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\",\"superseded\",1]]", ENOENT_ },
	{ "no reason", "[[\"LEAF\",\"because\",1]]", ESCHEMA },
	{ "no time", "[[\"LEAF\",\"superseded\",\"1\"]]", ESCHEMA },
	{ "more than three", "[[\"LEAF\",\"superseded\",1,1]]", ESCHEMA },
	{ "no fingerprint", "[[7,\"superseded\",1]]", ESCHEMA },
	{ "no array", "[{}]", ESCHEMA },
};

START_TEST(changes_that_are_none_are_refused)
{
	static const char *const now[N] = { "key-compromise",
		"certificate-hold", "", "" };
	struct asking a = { .head = NULL };
	struct err why = { .code = OK };
	struct world w;

	begin(&w);
	first_take(&w, 1);
	asking_make(&w, &NEXT[0].list, &a);
	ck_assert_msg(changes_say(&w, &a, json_loads(CHANGES[_i].changes, 0,
	    NULL), &why)
	    == -(int)CHANGES[_i].code, "%s: %s", CHANGES[_i].why, why.what);
	now_is(&w, now, CHANGES[_i].why);
	asking_done(&a);
	end(&w);
}
END_TEST

START_TEST(changes_that_nobody_asked_for_are_refused)
{
	struct asking a = { .head = NULL };
	struct world w;

	begin(&w);
	asking_make(&w, &FIRST, &a);
	json_object_set_new(a.head, "changes", json_string("0011223344556677"
	    "8899aabbccddeeff00112233445566778899aabbccddeeff"));
	unit_fails(say(&w, a.head, "changes", json_array(), true,
	    &unit_err), ECONFLICT);
	asking_done(&a);
	end(&w);
}
END_TEST

START_TEST(what_comes_in_later_is_marked_by_the_same_list)
{
	static const char *const now[N] = { "key-compromise",
		"certificate-hold", "", "" };
	struct world w;

	begin(&w);
	first_take(&w, 2);
	enter(&w, &leaf[0]);
	now_is(&w, now, "again");
	end(&w);
}
END_TEST

START_TEST(a_list_of_nobody_is_not_taken)
{
	static const struct list l = { 1, 1, { KEY, NONE, NONE, NONE }, NULL,
		false };
	struct asking a = { .head = NULL };
	struct world w;

	world_begin(&w);
	signer_root(&ca);
	list_make(&l, &a.der);
	unit_fails(state_read(w.state, head_read, &a, &unit_err), ENOENT_);
	signer_root(&other);
	enter(&w, &other);
	unit_fails(state_read(w.state, head_read, &a, &unit_err), EPROOF);
	asking_done(&a);
	signer_done(&ca);
	signer_done(&other);
	world_end(&w);
}
END_TEST

/* ---- what an audit finds ---- */

static const struct {
	const char *why, *path, *value;
} FORGED[] = {
	{ "another list", "data/crl", "\"MAA=\"" },
	{ "no list", "data/crl", NULL },
	{ "a number", "data/crl", "7" },
	{ "what nobody asked for", "kind", "\"cert.imported\"" },
	{ "another's word", "actor", "\"officer-2\"" },
};

START_TEST(what_no_list_said_is_found)
{
	struct blob b = { 0 }, bad = { 0 };
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	json_t *r;

	begin(&w);
	first_take(&w, 1);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	json_decref(r);
	bundle_forge(&w, &b, "crl.imported", FORGED[_i].path,
	    FORGED[_i].value, &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert_msg(strcmp(bundle_first(r), "request") == 0, "%s: %s",
	    FORGED[_i].why, bundle_first(r));
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	end(&w);
}
END_TEST

ENGINE_MAIN("crl_elsewhere",
    UNIT_ROWS(the_newest_of_a_series_counts, NEXT)
    UNIT_ROWS(the_changes_of_a_long_one_say_the_same, NEXT)
    UNIT_ROWS(a_long_one_that_waited_undoes_nothing, WAITS)
    UNIT_ROWS(changes_that_are_none_are_refused, CHANGES)
    UNIT(changes_that_nobody_asked_for_are_refused)
    UNIT(what_comes_in_later_is_marked_by_the_same_list)
    UNIT(a_list_of_nobody_is_not_taken)
    UNIT_ROWS(what_no_list_said_is_found, FORGED))
