/* A key of the inventory that its token holds no more is missed, until its entry
 * says what became of it. */
#include "config.h"

#include "audit/audit.h"
#include "tests/unit/world_found.h"

/* A key of the entry "vendor" in a token, by its CKA_ID. */
static json_t *
in_token(const char *token, int id)
{
	char hex[SHA256_HEX], place[100];

	spki_print(WORLD_SPKI, hex);
	(void)snprintf(place, sizeof(place), "pkcs11:token=%s;serial=1;"
	    "id=%%%02d;type=private", token, id);
	return world_finding("token-key", place, hex);
}

static void
vendor_said(struct world *w, const char *at, bool anew)
{
	unit_ok(world_said(w, anew ? ACTION_KEY_REGISTER : ACTION_KEY_CORRECT,
	    anew ? EVENT_KEY_REGISTERED : EVENT_KEY_CORRECTED,
	    world_elsewhere_of("vendor", at, WORLD_SPKI), &unit_err));
}

START_TEST(an_entry_lacks_what_its_token_holds_no_more)
{
	json_t *f = in_token("a", 1);
	struct world w;

	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, f);
	IS_FOUND(&w, f, "taken");
	IS_OF(&w, f, "%s", "");
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	IS_OF(&w, f, "key=vendor at=a");
	comes(&w, f);
	IS_FOUND(&w, f, "taken");
	goes(&w, f);
	vendor_said(&w, "a", false);
	IS_FOUND(&w, f, "absent");
	vendor_said(&w, "b", false);
	IS_FOUND(&w, f, "gone");
	vendor_said(&w, "a", false);
	IS_FOUND(&w, f, "gone");
	comes(&w, f);
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	IS_FOUND(&w, f, "gone");
	json_decref(f);
	world_end(&w);
}
END_TEST

/* Nobody knew of it then: what is said since is of another place. */
START_TEST(an_entry_lacks_nothing_that_was_gone_before_it)
{
	json_t *f = in_token("a", 1);
	struct world w;

	world_begin(&w);
	comes(&w, f);
	IS_FOUND(&w, f, "open");
	goes(&w, f);
	vendor_said(&w, "a", true);
	IS_FOUND(&w, f, "gone");
	comes(&w, f);
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	json_decref(f);
	world_end(&w);
}
END_TEST

START_TEST(a_key_with_another_id_in_its_token_is_not_absent)
{
	json_t *one = in_token("a", 1), *two = in_token("a", 2),
	    *other = in_token("ab", 1);
	struct found_filter absent = { .state = "absent" };
	struct world w;

	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, one);
	comes(&w, other);
	comes(&w, two);
	goes(&w, one);
	IS_FOUND(&w, one, "gone");
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	goes(&w, two);
	IS_FOUND(&w, two, "absent");
	IS_FOUND(&w, one, "gone");
	IS_FOUND(&w, other, "taken");
	ck_assert_uint_eq(counted(&w, absent, 1), 1);
	absent.under = "pkcs11:token=ab";
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	goes(&w, other);
	ck_assert_uint_eq(counted(&w, absent, 1), 1);
	absent.kind = "certificate";
	ck_assert_uint_eq(counted(&w, absent, 1), 0);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ 0 }, 1), 2);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "gone" }, 1), 1);
	comes(&w, one);
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "absent" }, 1), 1);
	json_decref(one);
	json_decref(two);
	json_decref(other);
	world_end(&w);
}
END_TEST

struct compared {
	const json_t	*finding;
	enum found_as	 as;
};

static int
look_compare(struct tx *tx, void *ctx, struct err *err)
{
	struct compared *c = ctx;
	char id[SHA256_HEX];

	TRY(found_check(c->finding, id, err));
	return found_compare(tx, c->finding, id, "officer-1", &c->as, err);
}

static enum found_as
compared(struct world *w, const json_t *finding)
{
	struct compared c = { .finding = finding };

	unit_ok(state_read(w->state, look_compare, &c, &unit_err));
	return c.as;
}

/* Else it could not be missed; the house's own keys its keeper misses. */
START_TEST(an_entry_s_key_in_a_token_is_told_once)
{
	json_t *f = in_token("a", 1), *house;
	struct world w;

	world_begin(&w);
	world_key(&w, "production");
	house = world_finding("token-key", "pkcs11:token=a;id=%02", w.key);
	ck_assert_int_eq(compared(&w, house), FOUND_KNOWN);
	ck_assert_int_eq(compared(&w, f), FOUND_NEW);
	vendor_said(&w, "a", true);
	ck_assert_int_eq(compared(&w, f), FOUND_NOTED);
	comes(&w, f);
	ck_assert_int_eq(compared(&w, f), FOUND_KNOWN);
	goes(&w, f);
	ck_assert_int_eq(compared(&w, f), FOUND_NOTED);
	json_decref(house);
	json_decref(f);
	world_end(&w);
}
END_TEST

/* Of what an entry says is in the token, and nobody has ever seen there. */
static json_t *
not_in_token(const char *entry, const char *print)
{
	json_t *f = world_finding("token-key",
	    "pkcs11:token=a;serial=1;object=ghost;type=private", print);

	json_object_set_new(f, "form", json_string("missing"));
	json_object_set_new(f, "entry", json_string(entry));
	return f;
}

/* Another serial number under its label is another token: the first that has it again
 * has what was missed. */
START_TEST(a_token_that_was_made_anew_may_have_it_again)
{
	char print[SHA256_HEX];
	json_t *f = in_token("a", 1), *anew;
	struct world w;

	spki_print(WORLD_SPKI, print);
	anew = world_finding("token-key", "pkcs11:token=a;serial=2;id=%01;"
	    "type=private", print);
	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, f);
	goes(&w, f);
	IS_FOUND(&w, f, "absent");
	comes(&w, anew);
	IS_FOUND(&w, f, "gone");
	goes(&w, anew);
	IS_FOUND(&w, anew, "absent");
	json_decref(f);
	json_decref(anew);
	world_end(&w);
}
END_TEST

static const bool KNOWN[] = { false, true };

START_TEST(what_a_token_never_showed_is_absent_while_an_entry_says_so)
{
	char print[SHA256_HEX];
	struct world w;
	json_t *f, *there;

	spki_print(WORLD_SPKI, print);
	/* Its public key may be known, or not. */
	f = not_in_token("vendor", KNOWN[_i] ? print : NULL);
	there = json_deep_copy(f);
	json_object_set_new(there, "form", json_string("seen"));
	world_begin(&w);
	ck_assert_int_eq(compared(&w, f), FOUND_KNOWN);
	vendor_said(&w, "a", true);
	ck_assert_int_eq(compared(&w, f), FOUND_NEW);
	comes(&w, f);
	IS_FOUND(&w, f, "absent");
	IS_OF(&w, f, "key=vendor at=a");
	ck_assert_uint_eq(counted(&w, (struct found_filter){ .state =
	    "absent" }, 1), 1);
	ck_assert_int_eq(compared(&w, f), FOUND_TOLD);
	comes(&w, there);
	IS_FOUND(&w, f, "taken");
	ck_assert_int_eq(compared(&w, there), FOUND_KNOWN);
	comes(&w, f);
	IS_FOUND(&w, f, "absent");
	vendor_said(&w, "b", false);
	IS_FOUND(&w, f, "gone");
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	ck_assert_int_eq(compared(&w, f), FOUND_KNOWN);
	json_decref(f);
	json_decref(there);
	world_end(&w);
}
END_TEST

/* What another has seen there is not away because somebody did not. */
START_TEST(what_another_told_is_not_missing)
{
	json_t *f = not_in_token("vendor", NULL), *there = json_deep_copy(f);
	struct world w;

	json_object_set_new(there, "form", json_string("seen"));
	world_begin(&w);
	vendor_said(&w, "a", true);
	unit_ok(world_report_by(&w, "officer-2", json_incref(there), NULL,
	    NULL, &unit_err));
	ck_assert_int_eq(compared(&w, f), FOUND_TOLD);
	comes(&w, f);
	IS_FOUND(&w, f, "taken");
	json_decref(f);
	json_decref(there);
	world_end(&w);
}
END_TEST

static bool
replays(struct world *w)
{
	json_t *r;
	bool ok;

	unit_ok(audit_replay(w->store, NULL, &r, &unit_err));
	ok = json_flag(r, "ok", false);
	json_decref(r);
	return ok;
}

/* Which of several events placed it decides what it lacks. */
START_TEST(replay_makes_the_same_of_it)
{
	json_t *f = in_token("a", 1);
	struct world w;

	world_begin(&w);
	vendor_said(&w, "a", true);
	comes(&w, f);
	vendor_said(&w, "b", false);
	vendor_said(&w, "b", false);
	goes(&w, f);
	ck_assert(replays(&w));
	engine_sql("UPDATE elsewhere_key SET placed = placed + 1");
	ck_assert(!replays(&w));
	json_decref(f);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("absent",
    UNIT(an_entry_lacks_what_its_token_holds_no_more)
    UNIT(an_entry_lacks_nothing_that_was_gone_before_it)
    UNIT(a_key_with_another_id_in_its_token_is_not_absent)
    UNIT(an_entry_s_key_in_a_token_is_told_once)
    UNIT_ROWS(what_a_token_never_showed_is_absent_while_an_entry_says_so, KNOWN)
    UNIT(a_token_that_was_made_anew_may_have_it_again)
    UNIT(what_another_told_is_not_missing)
    UNIT(replay_makes_the_same_of_it))
