/*
 * The life of a house in the keeper: keys of every kind, crashes at random,
 * starts from a snapshot, a restore.
 */
#include "config.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include "base/note.h"
#include "policy/genesis.h"
#include "tests/keeper/hostile.h"

static const struct {
	const char	*algorithm, *scheme, *digest;
} KINDS[] = {
	{ "ec-p256", "ecdsa-sha256", "sha-256" },
	{ "ec-p384", "ecdsa-sha384", "sha-384" },
	{ "rsa-3072", "rsa-pss-sha256", "sha-256" },
	{ "rsa-3072", "rsa-pkcs1-sha256", "sha-256" },
	{ "ed25519", "ed25519", "sha-256" },
};

static EVP_PKEY *
public_key(const char *spki)
{
	struct blob der = { 0 };
	const unsigned char *p;
	EVP_PKEY *key;

	unit_ok(b64_decode(spki, &der, &unit_err));
	p = der.data;
	key = d2i_PUBKEY(NULL, &p, (long)der.len);
	ck_assert_ptr_nonnull(key);
	blob_done(&der);
	return key;
}

/* Does the signature verify over the text, as its scheme says? */
static void
verifies(EVP_PKEY *key, const char *scheme, const char *text, const char *b64)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pc;
	struct blob sig = { 0 };
	const EVP_MD *md = strcmp(scheme, "ed25519") == 0 ? NULL :
	    strstr(scheme, "384") != NULL ? EVP_sha384() : EVP_sha256();

	unit_ok(b64_decode(b64, &sig, &unit_err));
	ck_assert_int_eq(EVP_DigestVerifyInit(c, &pc, md, NULL, key), 1);
	if (strstr(scheme, "pss") != NULL) {
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(pc,
		    RSA_PKCS1_PSS_PADDING), 1);
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, 32), 1);
	}
	ck_assert_int_eq(EVP_DigestVerify(c, sig.data, sig.len,
	    (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(c);
	blob_done(&sig);
}

static json_t *
operation_with(const char *key, const char *text, const char *digest,
    const char *content)
{
	json_t *op;
	char *b64;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:o}", "op", "sign",
	    "key", key, "principal", "ci", "digest", digest_of(text, digest)));
	if (content != NULL) {
		b64 = b64_encode(content, strlen(content));
		unit_ok(json_set_str(op, "content", b64, &unit_err));
		free(b64);
	}
	return op;
}

START_TEST(keys_of_every_kind_sign_as_their_scheme_says)
{
	const char *scheme = KINDS[_i].scheme, *digest = KINDS[_i].digest;
	const char *content = strcmp(scheme, "ed25519") == 0 ? "hello" : NULL;
	char key[SHA256_HEX];
	json_t *params, *p;
	EVP_PKEY *pub;

	/* SoftHSM 2.6.1 loses a string in each C_SignInit for Ed25519. */
	if (content != NULL)
		(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	rig_setup();
	house_found(5);
	house_key("firmware", "k", KINDS[_i].algorithm, scheme, "development", key);
	pub = public_key(json_str(json_object_get(json_object_get(rig.answer,
	    "entry"), "result"), "spki", ""));
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, key, "k", "active", "12"));
	params = key_parameters(key, "k");
	unit_ok(json_set_new(params, "digest", digest_of("hello", digest), &unit_err));
	p = permit(ask("development-image", ACTION_KEY_SIGN, "ci", params),
	    "development-image", "");
	if (content != NULL) {
		/* The content must be the one of the digest. */
		ck_assert_int_ne(use(p, operation_with(key, "hello", digest, "hallo")), 0);
		ck_assert_int_ne(use(p, operation_with(key, "hello", digest, NULL)), 0);
	} else {
		ck_assert_int_ne(use(p, operation_with(key, "hello", digest, "hello")), 0);
	}
	unit_ok(use(p, operation_with(key, "hello", digest, content)));
	verifies(pub, scheme, "hello", signature_got());
	ck_assert_ptr_null(json_object_get(json_object_get(json_object_get(
	    rig.answer, "entry"), "operation"), "content"));
	json_decref(p);
	EVP_PKEY_free(pub);
}
END_TEST

START_TEST(what_is_founded_is_a_genesis_that_verifies)
{
	AUTO(genesis) *g = NULL;
	struct sha256 charter;
	struct checkpoint c;
	json_t *m;

	rig_setup();
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
	house_found(5);
	unit_ok(genesis_read(house.genesis, &g, &unit_err));
	charter = charter_hash(house.law);
	ck_assert(sha256_equal(&g->charter, &charter));
	ck_assert_str_eq(g->token_label, "claviger");
	ck_assert_str_eq(rig_state(), "ready");
	/* Once only. */
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "found",
	    "charter", house.charter));
	ck_assert_int_eq(rig_call(m), -EFOUNDED);
	/* Its ledger key signs checkpoints. */
	unit_ok(show_entries(1, 0));
	unit_ok(note_verify(json_str(rig.answer, "checkpoint", ""), g->ledger_key,
	    g->ledger_key_n, &c, &unit_err));
	ck_assert_uint_eq(c.size, 1);
	ck_assert_uint_eq(c.entries, 1);
}
END_TEST

START_TEST(a_key_that_was_made_is_listed_and_its_name_taken)
{
	json_t *m, *row, *params, *p, *op;

	setup();
	unit_ok(message_make(MESSAGE_KEYS, &m, &unit_err));
	unit_ok(rig_call(m));
	ck_assert_uint_eq(json_array_size(json_object_get(rig.answer, "keys")), 2);
	ck_assert_uint_eq(json_array_size(json_object_get(rig.answer, "partial")), 0);
	row = json_array_get(json_object_get(rig.answer, "keys"), 0);
	ck_assert_str_eq(json_str(row, "state", ""), "active");
	unit_ok(json_build(&params, &unit_err, "{s:s, s:s, s:s, s:s, s:s, s:[]}",
	    "name", "prod", "class", "firmware", "algorithm", "ec-p256",
	    "scheme", "ecdsa-sha256", "environment", "production", "products"));
	p = permit(ask("make", ACTION_KEY_GENERATE, "officer-1", params), "make", "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "generate",
	    "principal", "officer-1"));
	ck_assert_int_eq(use(p, op), -EEXISTS);
	json_decref(p);
}
END_TEST

START_TEST(a_destroyed_key_is_gone_from_the_token)
{
	json_t *p, *op, *m;

	setup();
	p = permit(ask("make", ACTION_KEY_DESTROY, "officer-1",
	    key_parameters(dev, "dev")), "make", "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "destroy",
	    "key", dev, "principal", "officer-1"));
	unit_ok(use(p, json_incref(op)));
	/* Asked again, it is the same entry. */
	unit_ok(use(p, op));
	ck_assert_uint_eq(rig_entries("destroy"), 1);
	rig_again(SIGKILL);
	unit_ok(message_make(MESSAGE_KEYS, &m, &unit_err));
	unit_ok(rig_call(m));
	ck_assert_uint_eq(json_array_size(json_object_get(rig.answer, "partial")), 0);
	json_decref(p);
}
END_TEST

/* One request, asked of a keeper that is killed at any moment. */
static void
killed_in_the_middle(json_t *p, json_t *op)
{
	struct timespec moment = { 0, 0 };

	for (long us = 0; us < 60000; us += 6000) {
		uint32_t id UNUSED = rig_send(use_message(p, json_incref(op)));

		moment.tv_nsec = us * 1000;
		nanosleep(&moment, NULL);
		rig_again(SIGKILL);
		ck_assert_str_eq(rig_state(), "ready");
	}
}

START_TEST(a_key_is_made_once_whatever_kills_the_keeper)
{
	json_t *params, *p, *op, *m;

	rig_setup();
	house_found(5);
	unit_ok(json_build(&params, &unit_err, "{s:s, s:s, s:s, s:s, s:s, s:[]}",
	    "name", "k", "class", "firmware", "algorithm", "ec-p256",
	    "scheme", "ecdsa-sha256", "environment", "production", "products"));
	p = permit(ask("make", ACTION_KEY_GENERATE, "officer-1", params), "make", "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "generate",
	    "principal", "officer-1"));
	killed_in_the_middle(p, op);
	unit_ok(use(p, op));
	ck_assert_uint_eq(rig_entries("generate"), 1);
	unit_ok(message_make(MESSAGE_KEYS, &m, &unit_err));
	unit_ok(rig_call(m));
	ck_assert_uint_eq(json_array_size(json_object_get(rig.answer, "keys")), 1);
	json_decref(p);
}
END_TEST

/*
 * Signing load, and SIGKILL at random: every answer that came is in the
 * journal with the same bytes, and no use is counted twice.
 */
START_TEST(nothing_that_was_answered_is_lost_when_it_is_killed)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	char text[16];
	unsigned answered = 0;
	json_t *w;

	setup();
	w = window_of(300, "ci");
	srand(7);
	for (int round = 0; round < 12; round++) {
		int stop = rand() % 20;

		for (int n = 0; n < 20; n++) {
			snprintf(text, sizeof(text), "%d-%d", round, n);
			i.text = text;
			(void)rig_send(use_message(w, sign_operation(&i, "ci")));
		}
		for (int n = 0; n < stop; n++) {
			json_t *answer = rig_next(NULL);

			ck_assert_ptr_nonnull(answer);
			ck_assert_msg(json_flag(answer, "ok", false), "%s",
			    json_str(answer, "what", ""));
			json_decref(answer);
			answered++;
		}
		rig_again(SIGKILL);
		ck_assert_uint_ge(rig_entries("sign"), answered);
		answered = (unsigned)rig_entries("sign");
	}
	/* What is left of the window is exactly what was not used. */
	for (unsigned n = answered; n < 300; n++) {
		snprintf(text, sizeof(text), "rest-%u", n);
		i.text = text;
		unit_ok(use(w, sign_operation(&i, "ci")));
	}
	i.text = "one more";
	ck_assert_int_eq(use(w, sign_operation(&i, "ci")), -EUSED);
	ck_assert_uint_eq(rig_entries("sign"), 300);
	json_decref(w);
}
END_TEST

static void
many_shown(json_t *w, unsigned upto)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	static int64_t shown = 1;
	static unsigned n;
	char text[16];

	while (n < upto) {
		unsigned round = n;

		for (; n < upto && n < round + 400; n++) {
			snprintf(text, sizeof(text), "%u", n);
			i.text = text;
			(void)rig_send(use_message(w, sign_operation(&i, "ci")));
		}
		for (; round < n; round++) {
			json_t *answer = rig_next(NULL);

			ck_assert_ptr_nonnull(answer);
			ck_assert_msg(json_flag(answer, "ok", false), "%s",
			    json_str(answer, "what", ""));
			json_decref(answer);
		}
		unit_ok(show_entries(shown, 0));
		shown = json_int(json_object_get(rig_hello(), "journal"), "n", 0) + 1;
	}
}

START_TEST(a_long_journal_is_begun_from_its_snapshot)
{
	struct image i = { prod, "prod", "0", NULL, NULL, NULL };
	char first[256];
	json_t *w, *used, *unused;

	setup();
	w = window_of(20000, "ci");
	used = window_of(2, "ci");
	unused = window_of(2, "ci");
	unit_ok(use(used, sign_operation(&i, "ci")));
	unit_ok(close_window(used, used));
	unit_ok(close_window(unused, unused));
	unit_ok(use(w, sign_operation(&i, "ci")));
	snprintf(first, sizeof(first), "%s", signature_got());
	many_shown(w, 9000);
	rig_again(SIGTERM);
	ck_assert_str_eq(rig_state(), "ready");
	/* What is older than the snapshot is known all the same. */
	unit_ok(use(w, sign_operation(&i, "ci")));
	ck_assert_str_eq(signature_got(), first);
	ck_assert_uint_eq(rig_entries("sign"), 9001);
	refused(use(used, sign_operation(&i, "ci")), 9001, "expired", NULL);
	refused(use(unused, sign_operation(&i, "ci")), 9001, "expired", NULL);
	rig_again(SIGKILL);
	unit_ok(use(w, sign_operation(&i, "ci")));
	refused(use(unused, sign_operation(&i, "ci")), 9001, "expired", NULL);
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(keeper_on("state", "--verify-journal"), 0);
	json_decref(w);
	json_decref(used);
	json_decref(unused);
}
END_TEST

START_TEST(a_changed_snapshot_halts_the_house)
{
	char folder[512];
	const char *const argv[] = { "sh", "-c",
		"set -- \"$1\"/snapshot-*.json; sed -i s/active/suspended/ \"$1\"",
		"sh", folder, NULL };
	json_t *w;

	setup();
	w = window_of(20000, "ci");
	many_shown(w, 5000);
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	snprintf(folder, sizeof(folder), "%s", scratch_path("state"));
	ck_assert_int_eq(rig_run(argv), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	json_decref(w);
}
END_TEST

static json_t *
restore_permit(const json_t *hello, const char *token_hash, int64_t token_n,
    const char *officers)
{
	const json_t *j = json_object_get(hello, "journal");
	const json_t *l = json_object_get(hello, "ledger");
	json_t *params;

	unit_ok(json_build(&params, &unit_err,
	    "{s:{s:I, s:s}, s:{s:I, s:s, s:I, s:s}, s:s}", "token",
	    "n", (json_int_t)token_n, "hash", token_hash, "restored",
	    "n", (json_int_t)json_int(j, "n", 0), "hash", json_str(j, "hash", ""),
	    "size", (json_int_t)json_int(l, "size", 0), "root",
	    json_str(l, "root", ""), "reason", "The disk broke."));
	return permit(ask("restore", ACTION_HOUSE_RESTORE, "officer-1", params),
	    "restore", officers);
}

static int
restore(const json_t *p)
{
	json_t *m;

	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "restore",
	    "permit_document", p));
	return rig_call(m);
}

START_TEST(older_state_is_taken_up_again_by_quorum_alone)
{
	json_t *before, *hello, *p, *w;
	char token_hash[SHA256_HEX];
	int64_t token_n, n;

	setup();
	before = permit(request_for(&IMAGE), "production-image", "12");
	w = window_of(2, "ci");
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	copy_state("state", "old");
	rig_start();
	unit_ok(close_window(w, w));
	unit_ok(use(before, sign_operation(&IMAGE, "ci")));
	hello = json_deep_copy(rig_hello());
	token_n = json_int(json_object_get(hello, "journal"), "n", 0);
	snprintf(token_hash, sizeof(token_hash), "%s",
	    json_str(json_object_get(hello, "journal"), "hash", ""));
	json_decref(hello);
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("new")), 0);
	ck_assert_int_eq(rename(scratch_path("old"), scratch_path("state")), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	hello = json_deep_copy(rig_hello());
	p = restore_permit(hello, token_hash, token_n, "1");
	ck_assert_int_eq(restore(p), -EQUORUM);
	json_decref(p);
	p = restore_permit(hello, token_hash, token_n - 1, "12");
	ck_assert_int_eq(restore(p), -EPRECOND);
	json_decref(p);
	p = restore_permit(hello, token_hash, token_n, "12");
	unit_ok(restore(p));
	n = json_int(json_object_get(rig.answer, "entry"), "n", 0);
	ck_assert_int_gt(n, token_n);
	ck_assert_str_eq(rig_state(), "ready");
	/* What may have been used, or closed, in the hole is not used again. */
	ck_assert_int_eq(use(w, sign_operation(&IMAGE, "ci")), -EPRECOND);
	ck_assert_int_eq(use(before, sign_operation(&IMAGE, "ci")), -EPRECOND);
	unit_ok(sign_with("12"));
	/* And it is a house like any other after a start. */
	rig_again(SIGKILL);
	ck_assert_str_eq(rig_state(), "ready");
	ck_assert_int_eq(use(before, sign_operation(&IMAGE, "ci")), -EPRECOND);
	json_decref(p);
	json_decref(hello);
	json_decref(before);
	json_decref(w);
}
END_TEST

/* The ledger's record alone is lost: by quorum, it is shown again from the start. */
START_TEST(a_lost_ledger_is_shown_again_after_a_restore)
{
	char token_hash[SHA256_HEX];
	json_t *hello, *p;
	int64_t n;

	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(unlink(scratch_path("state/ledger.json")), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	hello = json_deep_copy(rig_hello());
	n = json_int(json_object_get(hello, "journal"), "n", 0);
	snprintf(token_hash, sizeof(token_hash), "%s",
	    json_str(json_object_get(hello, "journal"), "hash", ""));
	p = restore_permit(hello, token_hash, n, "12");
	unit_ok(restore(p));
	house.range = (struct merkle_range){ 0 };
	house.leaves = 0;
	unit_ok(show_entries(1, 0));
	ck_assert_ptr_nonnull(json_str(rig.answer, "checkpoint", NULL));
	rig_again(SIGTERM);
	ck_assert_str_eq(rig_state(), "ready");
	ck_assert_int_eq(json_int(json_object_get(rig.answer, "ledger"), "size",
	    0), (int64_t)house.leaves);
	json_decref(p);
	json_decref(hello);
}
END_TEST

/* An officer whom the newer charter removed does not bring the older one back. */
START_TEST(a_restore_is_judged_by_the_newest_charter)
{
	json_t *next, *group, *hello, *p, *m;
	char token_hash[SHA256_HEX];
	int64_t token_n;

	setup();
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	copy_state("state", "old");
	rig_start();
	next = json_deep_copy(house.charter);
	group = json_object_get(json_object_get(next, "roster"), "groups");
	json_object_set_new(group, "officers",
	    json_pack("[s,s,s]", "officer-1", "officer-3", "officer-4"));
	json_object_set_new(group, "release",
	    json_pack("[s,s,s]", "officer-1", "officer-3", "officer-4"));
	unit_ok(amend(next, next, "12"));
	hello = json_deep_copy(rig_hello());
	token_n = json_int(json_object_get(hello, "journal"), "n", 0);
	snprintf(token_hash, sizeof(token_hash), "%s",
	    json_str(json_object_get(hello, "journal"), "hash", ""));
	json_decref(hello);
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("new")), 0);
	ck_assert_int_eq(rename(scratch_path("old"), scratch_path("state")), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	hello = json_deep_copy(rig_hello());
	p = restore_permit(hello, token_hash, token_n, "12");
	ck_assert_int_eq(restore(p), -EPRECOND);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O, s:O}", "do", "restore",
	    "permit_document", p, "charter", next));
	ck_assert_int_eq(rig_call(m), -EQUORUM);
	json_decref(p);
	house_law(next);
	p = restore_permit(hello, token_hash, token_n, "13");
	unit_ok(restore(p));
	ck_assert_str_eq(rig_state(), "ready");
	unit_ok(sign_with("14"));
	rig_again(SIGKILL);
	ck_assert_str_eq(rig_state(), "ready");
	json_decref(p);
	json_decref(hello);
}
END_TEST

UNIT_MAIN("keeper/life",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT_ROWS(keys_of_every_kind_sign_as_their_scheme_says, KINDS)
	UNIT(what_is_founded_is_a_genesis_that_verifies)
	UNIT(a_key_that_was_made_is_listed_and_its_name_taken)
	UNIT(a_destroyed_key_is_gone_from_the_token)
	UNIT(a_key_is_made_once_whatever_kills_the_keeper)
	UNIT(nothing_that_was_answered_is_lost_when_it_is_killed)
	UNIT(a_long_journal_is_begun_from_its_snapshot)
	UNIT(a_changed_snapshot_halts_the_house)
	UNIT(older_state_is_taken_up_again_by_quorum_alone)
	UNIT(a_lost_ledger_is_shown_again_after_a_restore)
	UNIT(a_restore_is_judged_by_the_newest_charter))
