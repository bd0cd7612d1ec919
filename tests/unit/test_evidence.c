#include "config.h"

#include <stdio.h>

#include <openssl/ec.h>

#include "base/b64.h"
#include "base/io.h"
#include "base/merkle.h"
#include "evidence/evidence.h"
#include "policy/made.h"
#include "policy/proof.h"
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

/* ---- as if keeper and ledger key had been made to agree ---- */

/*
 * The document put under keys that the test holds, so that anything can be
 * forged in it and only the rules of the house can find it: a genesis with
 * these keys, the making signed anew, the events a small tree of their own.
 */
static EVP_PKEY *keeper_key, *ledger_key;

static json_t *
at(json_t *j, const char *path)
{
	char part[64];
	const char *slash;

	for (;; path = slash + 1) {
		slash = strchr(path, '/');
		snprintf(part, sizeof(part), "%.*s", slash != NULL ?
		    (int)(slash - path) : (int)strlen(path), path);
		j = json_is_array(j) ? json_array_get(j, (size_t)atoi(part)) :
		    json_object_get(j, part);
		ck_assert_msg(j != NULL, "there is no %s", path);
		if (slash == NULL)
			return j;
	}
}

static void
put_at(const char *path, const char *value)
{
	char parent[256];
	const char *name = strrchr(path, '/') + 1;
	json_t *in;

	snprintf(parent, sizeof(parent), "%.*s", (int)(name - path - 1), path);
	in = at(doc, parent);
	if (value != NULL && json_is_object(in))
		ck_assert_int_eq(json_object_set_new(in, name, json_loads(
		    value, JSON_DECODE_ANY, NULL)), 0);
	else if (json_is_object(in))
		ck_assert_int_eq(json_object_del(in, name), 0);
	else
		ck_assert_int_eq(json_array_remove(in, (size_t)atoi(name)), 0);
}

static void
genesis_key(const char *name, EVP_PKEY *key)
{
	struct blob spki = { 0 };

	unit_ok(proof_spki_of(key, &spki, &unit_err));
	unit_ok(json_set_b64(at(doc, "genesis"), name, spki.data, spki.len,
	    &unit_err));
	blob_done(&spki);
}

static void
making_sign(EVP_PKEY *key)
{
	json_t *entry = at(doc, "key/event/data/entry");
	json_t *result = at(entry, "result");
	struct made m = { .house = json_str(at(doc, "genesis"), "house", ""),
	    .request = json_str(entry, "request", ""),
	    .intent = (uint64_t)json_int(result, "intent", 0),
	    .decided = json_str(result, "decided", "") };
	struct blob octets = { 0 }, sig = { 0 };
	struct sha256 permit;
	char hex[SHA256_HEX];

	/* A permit that was changed has another name, says the entry too. */
	unit_ok(json_hash(at(entry, "permit_document"), &permit, &unit_err));
	sha256_hex(&permit, hex);
	json_object_set_new(entry, "permit", json_string(hex));
	m.permit = permit;
	unit_ok(sha256_parse(json_str(result, "key", ""), &m.key, &unit_err));
	unit_ok(made_octets(&m, &octets, &unit_err));
	unit_ok(proof_sign(key, octets.data, octets.len, &sig, &unit_err));
	unit_ok(json_set_b64(result, "proof", sig.data, sig.len, &unit_err));
	blob_done(&octets);
	blob_done(&sig);
}

static struct sha256
leaf_of(json_t *event, int seq)
{
	struct blob octets = { 0 };
	struct sha256 h;

	json_object_set_new(event, "seq", json_integer(seq));
	unit_ok(json_canonical(event, &octets, &unit_err));
	h = merkle_leaf(octets.data, octets.len);
	blob_done(&octets);
	return h;
}

static json_t *
inclusion_of(int index, const struct sha256 *first, const struct sha256 *next)
{
	char a[SHA256_HEX], b[SHA256_HEX];

	sha256_hex(first, a);
	if (next != NULL)
		sha256_hex(next, b);
	return json_pack("{s:i, s:i, s:[s, s*]}", "index", index, "size", 3,
	    "proof", a, next != NULL ? b : NULL);
}

static void
checkpoint_sign(const struct sha256 *root, uint64_t entries)
{
	struct checkpoint c = { .size = 3, .root = *root, .entries = entries };
	struct blob body = { 0 }, sig = { 0 }, spki = { 0 }, note = { 0 };

	snprintf(c.origin, sizeof(c.origin), "claviger/%s",
	    json_str(at(doc, "genesis"), "house", ""));
	unit_ok(note_body(&c, &body, &unit_err));
	unit_ok(proof_sign(ledger_key, body.data, body.len, &sig, &unit_err));
	unit_ok(proof_spki_of(ledger_key, &spki, &unit_err));
	unit_ok(note_finish(&c, spki.data, spki.len, sig.data, sig.len, &note,
	    &unit_err));
	json_object_set_new(doc, "checkpoint", json_string(blob_str(&note)));
	blob_done(&body);
	blob_done(&sig);
	blob_done(&spki);
	blob_done(&note);
}

/* The events of key, amendment and use are the whole ledger. */
static void
ledger_sign(uint64_t entries)
{
	struct sha256 key = leaf_of(at(doc, "key/event"), 0);
	struct sha256 law = leaf_of(at(doc, "charters/1/event"), 1);
	struct sha256 use = leaf_of(at(doc, "event"), 2);
	struct sha256 both = merkle_node(&key, &law);
	struct sha256 root = merkle_node(&both, &use);

	json_object_set_new(at(doc, "key"), "inclusion",
	    inclusion_of(0, &law, &use));
	json_object_set_new(at(doc, "charters/1"), "inclusion",
	    inclusion_of(1, &key, &use));
	json_object_set_new(doc, "inclusion", inclusion_of(2, &both, NULL));
	checkpoint_sign(&root, entries);
}

static void
own_setup(void)
{
	setup();
	keeper_key = EVP_EC_gen("P-256");
	ledger_key = EVP_EC_gen("P-256");
	genesis_key("keeper_key", keeper_key);
	genesis_key("ledger_key", ledger_key);
	json_array_clear(at(doc, "signatures"));
	unit_ok(json_hash(at(doc, "genesis"), &trust, &unit_err));
}

static void
own_teardown(void)
{
	EVP_PKEY_free(keeper_key);
	EVP_PKEY_free(ledger_key);
	teardown();
}

#define MADE	"key/event/data/entry/"
#define USED	"event/data/entry/"
#define OTHER_KEY \
	"\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""

static const struct {
	const char *why, *path, *value, *word;	/* of the refusal */
} FORGED[] = {
	{ "a key made with one approval fewer than its rule asks",
	    MADE "permit_document/approvals/2", NULL, "1 of 2" },
	{ "a key made without approvals",
	    MADE "permit_document/approvals", "[]", "has not signed" },
	{ "a key whose entry names another request than its permit",
	    MADE "request", "\"req_01j0000000000000000000000a\"",
	    "another request" },
	{ "a key made under a rule that is not the one",
	    MADE "rule/hash", OTHER_KEY, "rule" },
	{ "a key whose making was decided on nothing",
	    MADE "facts", NULL, "decided on" },
	{ "a key made as one of another environment",
	    MADE "facts/key.environment/value", "\"development\"",
	    "key.environment" },
	{ "a key made as one of other products",
	    MADE "facts/key.products/value", "[\"all\"]", "key.products" },
	{ "a key made at another time of day",
	    MADE "facts/time.of-day/value", "1441", "time.of-day" },
	{ "a key made by a tool, says nobody else",
	    MADE "facts/principal.kind/value", "\"tool\"", "principal.kind" },
	{ "a key announced after it was made",
	    MADE "result/intent", "999", "announced" },
	{ "a making beyond the checkpoint",
	    MADE "n", "1000", "does not reach" },
	{ "a use beyond the checkpoint",
	    USED "n", "1000", "does not reach" },
	{ "a use before the key was made",
	    USED "n", "2", "before it was" },
	{ "a use under a charter that had not begun",
	    USED "n", "4", "not in force" },
	{ "a weekday that is another",
	    USED "facts/time.weekday/value", "\"xyz\"", "time.weekday" },
	{ "a time of day that is another",
	    USED "facts/time.of-day/value", "1441", "time.of-day" },
	{ "no time at all",
	    USED "facts/time.of-day", NULL, "time.of-day" },
	{ "other products",
	    USED "facts/key.products/value", "[]", "key.products" },
	{ "a key that may leave",
	    USED "facts/key.exportable/value", "true", "key.exportable" },
	{ "a key that others may hold",
	    USED "facts/key.exclusive/value", "false", "key.exclusive" },
	{ "a key of which nobody says whether others hold it",
	    USED "facts/key.exclusive", NULL, "key.exclusive" },
	{ "a claim that nobody made",
	    USED "facts/claim.tests",
	    "{\"from\":\"asserted\",\"value\":\"passed\"}", "claim.tests" },
	{ "a claim of another value",
	    USED "facts/claim.build/value", "\"43\"", "claim.build" },
	{ "a claim that was left out",
	    USED "facts/claim.build", NULL, "claim" },
	{ "a highest version that was left out",
	    USED "facts/artifact.highest-version", NULL, "requirement" },
	{ "somebody of a party",
	    USED "facts/principal.party",
	    "{\"from\":\"asserted\",\"value\":\"acme\"}", "principal.party" },
};

START_TEST(what_the_rules_forbid_is_not_believed_though_it_is_signed)
{
	struct evidence_found f;
	int rc;

	own_setup();
	put_at(FORGED[_i].path, FORGED[_i].value);
	making_sign(keeper_key);
	ledger_sign(100);
	rc = evidence_verify(doc, &trust, &f, &unit_err);
	ck_assert_msg(rc != 0, "%s: believed", FORGED[_i].why);
	ck_assert_msg(strstr(unit_err.what, FORGED[_i].word) != NULL, "%s: %s",
	    FORGED[_i].why, unit_err.what);
	own_teardown();
}
END_TEST

START_TEST(what_is_signed_anew_as_it_was_is_believed)
{
	struct evidence_found f;

	own_setup();
	making_sign(keeper_key);
	ledger_sign(100);
	unit_ok(evidence_verify(doc, &trust, &f, &unit_err));
	evidence_found_done(&f);
	own_teardown();
}
END_TEST

/* All of it as the service can have it signed, but for the key in the token. */
START_TEST(a_key_that_was_never_in_the_token_is_not_believed)
{
	struct evidence_found f;

	own_setup();
	making_sign(ledger_key);
	ledger_sign(100);
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EVERIFY);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "did not sign"));
	put_at(MADE "result/proof", NULL);
	ledger_sign(100);
	unit_fails(evidence_verify(doc, &trust, &f, &unit_err), EVERIFY);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "proof"));
	own_teardown();
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
	UNIT(what_is_signed_anew_as_it_was_is_believed)
	UNIT(a_key_that_was_never_in_the_token_is_not_believed)
	UNIT_ROWS(what_the_rules_forbid_is_not_believed_though_it_is_signed, FORGED)
	UNIT_ROWS(what_is_no_evidence_is_refused, READ))
