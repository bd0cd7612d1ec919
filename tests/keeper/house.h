/*
 * house - a charter of three officers and more, requests, approvals and
 * permits as honest people make them; tests then spoil them.
 */
#ifndef TESTS_KEEPER_HOUSE_H
#define TESTS_KEEPER_HOUSE_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include "policy/charter.h"
#include "policy/permit.h"
#include "policy/proof.h"
#include "tests/keeper/rig.h"

#define OFFICERS	4	/* officer-4 is no release officer at first */

struct house_of_test {
	EVP_PKEY	*officer[OFFICERS];
	char		*spki[OFFICERS];	/* base64 */
	struct sha256	 credential[OFFICERS];
	json_t		*charter;
	struct charter	*law;
	char		 id[64];
	json_t		*genesis;
	/* The ledger of the service, as far as the keeper needs to see it. */
	uint64_t	 leaves;
	struct merkle_range range;
};
static struct house_of_test house;

static inline void
house_people(void)
{
	for (int i = 0; i < OFFICERS; i++) {
		struct blob der = { 0 };

		house.officer[i] = EVP_EC_gen("P-256");
		ck_assert_ptr_nonnull(house.officer[i]);
		unit_ok(proof_spki_of(house.officer[i], &der, &unit_err));
		house.spki[i] = b64_encode(der.data, der.len);
		house.credential[i] = sha256_of(der.data, der.len);
		blob_done(&der);
	}
}

static const char house_charter_text[] =
"{\"language\":0,\"name\":\"test\","
"\"roster\":{\"persons\":{"
" \"dev-1\":{\"credentials\":[]},"
" \"officer-1\":{\"credentials\":[{\"type\":\"officer-key\",\"spki\":\"%s\"}]},"
" \"officer-2\":{\"credentials\":[{\"type\":\"officer-key\",\"spki\":\"%s\"}]},"
" \"officer-3\":{\"credentials\":[{\"type\":\"officer-key\",\"spki\":\"%s\"}]},"
" \"officer-4\":{\"credentials\":[{\"type\":\"officer-key\",\"spki\":\"%s\"}]}},"
" \"tools\":{\"ci\":{\"owners\":[\"officer-3\"]}},"
" \"groups\":{\"developers\":[\"dev-1\"],\"robots\":[\"ci\"],"
"  \"officers\":[\"officer-1\",\"officer-2\",\"officer-3\",\"officer-4\"],"
"  \"release\":[\"officer-1\",\"officer-2\",\"officer-3\"]}},"
"\"access\":{\"rules\":["
" {\"name\":\"amend\",\"why\":\"Law by quorum.\",\"action\":[\"charter.amend\"],"
"  \"by\":[\"officers\"],\"approvals\":[{\"count\":2,\"of\":\"officers\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
" {\"name\":\"restore\",\"why\":\"Old state by quorum.\",\"action\":[\"house.restore\"],"
"  \"by\":[\"officers\"],\"approvals\":[{\"count\":2,\"of\":\"officers\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
" {\"name\":\"close\",\"why\":\"Any officer.\",\"action\":[\"window.close\"],\"by\":[\"officers\"]}]},"
"\"recovery\":{\"rotate\":{\"purpose\":\"A new key.\",\"steps\":[\"Make a new key.\"]}},"
"\"classes\":{"
" \"ca\":{\"kind\":\"ca\",\"purpose\":\"Certificates.\",\"owner\":\"officers\",\"recovery\":\"rotate\","
"  \"keys\":{\"algorithms\":[\"ec-p256\"],\"cryptoperiod\":\"P5Y\",\"exportable\":\"never\"},"
"  \"rules\":[{\"name\":\"ca-make\",\"why\":\"By quorum.\",\"action\":[\"key.generate\",\"key.activate\",\"key.resume\",\"key.destroy\"],"
"    \"by\":[\"officers\"],\"approvals\":[{\"count\":2,\"of\":\"officers\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
"   {\"name\":\"ca-issue\",\"why\":\"By quorum.\",\"action\":[\"cert.issue\"],\"by\":[\"officers\",\"robots\"],"
"    \"approvals\":[{\"count\":2,\"of\":\"officers\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
"   {\"name\":\"ca-stop\",\"why\":\"Any officer.\",\"action\":[\"key.suspend\",\"key.deactivate\",\"key.compromise\"],\"by\":[\"officers\"]}]},"
" \"firmware\":{\"kind\":\"firmware-signing\",\"purpose\":\"Images.\",\"owner\":\"officers\",\"recovery\":\"rotate\","
"  \"keys\":{\"algorithms\":[\"ec-p256\",\"ec-p384\",\"rsa-3072\",\"ed25519\"],\"cryptoperiod\":\"P2Y\",\"exportable\":\"never\"},"
"  \"rules\":["
"   {\"name\":\"production-image\",\"why\":\"Two officers.\",\"action\":[\"key.sign\"],"
"    \"when\":{\"key.environment\":\"production\"},\"by\":[\"robots\",\"developers\"],"
"    \"require\":{\"artifact.version\":\"increasing\"},"
"    \"approvals\":[{\"count\":2,\"of\":\"release\",\"not\":[\"requester\"],\"within\":\"PT4H\",\"proof\":[\"officer-key\"]}],"
"    \"permits\":{\"uses\":1,\"for\":\"PT1H\"}},"
"   {\"name\":\"development-image\",\"why\":\"Alone.\",\"action\":[\"key.sign\"],"
"    \"when\":{\"key.environment\":\"development\"},\"by\":[\"robots\",\"developers\"],"
"    \"limit\":{\"uses\":%d,\"per\":\"PT1H\"}},"
"   {\"name\":\"window\",\"why\":\"A build night.\",\"action\":[\"window.open\"],\"by\":[\"robots\",\"officers\"],"
"    \"approvals\":[{\"count\":2,\"of\":\"release\",\"within\":\"PT4H\",\"proof\":[\"officer-key\"]}],"
"    \"permits\":{\"uses\":1000000,\"for\":\"P1D\"},\"any-digest\":true},"
"   {\"name\":\"make\",\"why\":\"By quorum.\",\"action\":[\"key.generate\",\"key.adopt\",\"key.activate\",\"key.resume\",\"key.destroy\"],"
"    \"by\":[\"officers\"],\"approvals\":[{\"count\":2,\"of\":\"release\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
"   {\"name\":\"stop\",\"why\":\"Any officer.\",\"action\":[\"key.suspend\",\"key.deactivate\",\"key.compromise\"],\"by\":[\"officers\"]}]}},"
"\"profiles\":{},\"alerts\":{}}";

static inline json_t *
house_charter_make(int limit)
{
	struct blob text = { 0 };
	json_t *j;

	unit_ok(blob_printf(&text, &unit_err, house_charter_text, house.spki[0],
	    house.spki[1], house.spki[2], house.spki[3], limit));
	unit_ok(json_read(text.data, text.len, &j, &unit_err));
	blob_done(&text);
	return j;
}

static inline void
house_law(json_t *charter)
{
	charter_free(house.law);
	house.law = NULL;
	unit_ok(charter_from_json(charter, &house.law, &unit_err));
	json_decref(house.charter);
	house.charter = charter;
}

/* Founded by a charter that house_people had been asked for before; stolen. */
static inline void
house_found_with(json_t *charter)
{
	json_t *m;

	house_law(charter);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "found",
	    "charter", house.charter));
	unit_ok(rig_call(m));
	house.genesis = json_incref(json_object_get(rig.answer, "genesis"));
	snprintf(house.id, sizeof(house.id), "%s",
	    json_str(house.genesis, "house", ""));
}

static inline void
house_found(int limit)
{
	house_people();
	house_found_with(house_charter_make(limit));
}

/* The rule of this name, in the law as the test knows it. */
static inline const struct rule *
house_rule(const char *name)
{
	size_t n, k;
	const struct key_class *c = charter_classes(house.law, &k);
	const struct rule *r = charter_access(house.law, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(r[i].name, name) == 0)
			return &r[i];
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < c[i].rule_n; j++)
			if (strcmp(c[i].rule[j].name, name) == 0)
				return &c[i].rule[j];
	ck_abort_msg("no rule %s", name);
	return NULL;
}

/* What somebody asks for; parameters are stolen.  Its life is the rule's. */
static inline json_t *
ask(const char *rule, enum action a, const char *who, json_t *parameters)
{
	time_us now = clock_now();
	char id[ID_TEXT];
	json_t *r;

	unit_ok(id_new("req", now, id, &unit_err));
	unit_ok(request_build(house.id, id, a, who, parameters, now,
	    now + rule_within(house_rule(rule)), &r, &unit_err));
	json_decref(parameters);
	return r;
}

/* Officer @i says so. */
static inline json_t *
vote(const json_t *request, const char *rule_name, int i, enum vote v)
{
	const struct rule *rule = house_rule(rule_name);
	struct sha256 charter = charter_hash(house.law);
	AUTO(request) *r = NULL;
	struct blob octets = { 0 }, sig = { 0 };
	json_t *statement, *approval;
	char name[16];

	snprintf(name, sizeof(name), "officer-%d", i);
	unit_ok(request_read(request, &r, &unit_err));
	unit_ok(statement_build(r, &charter, rule->name, &rule->hash, v, NULL,
	    &statement, &unit_err));
	unit_ok(json_canonical(statement, &octets, &unit_err));
	unit_ok(proof_sign(house.officer[i - 1], octets.data, octets.len, &sig,
	    &unit_err));
	unit_ok(approval_build(statement, name, &house.credential[i - 1],
	    sig.data, sig.len, &approval, &unit_err));
	json_decref(statement);
	blob_done(&octets);
	blob_done(&sig);
	return approval;
}

/* Officers as digits: "12" - one and two approve; "" - nobody; an R in front:
 * officer-1 asks and signs the request. Steals the request. */
static inline json_t *
permit(json_t *request, const char *rule, const char *officers)
{
	json_t *approvals = json_array(), *p;

	for (; *officers != '\0'; officers++)
		json_array_append_new(approvals, vote(request, rule,
		    *officers - '0', VOTE_APPROVE));
	unit_ok(permit_build(request, approvals, &p, &unit_err));
	json_decref(request);
	json_decref(approvals);
	return p;
}

/* Use a permit; operation is stolen, the permit is not. */
static inline json_t *
use_message(const json_t *p, json_t *operation)
{
	struct sha256 hash;
	json_t *m;

	unit_ok(json_hash(p, &hash, &unit_err));
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O, s:o}", "do", "use",
	    "permit_document", p, "operation", operation));
	unit_ok(json_set_hash(m, "permit", &hash, &unit_err));
	return m;
}

static inline int
use(const json_t *p, json_t *operation)
{
	return rig_call(use_message(p, operation));
}

/* A key made by quorum: its name's hash into @ret_key. */
static inline void
house_key(const char *class, const char *name, const char *algorithm,
    const char *scheme, const char *environment, char ret_key[SHA256_HEX])
{
	const char *rule = strcmp(class, "ca") == 0 ? "ca-make" : "make";
	json_t *params, *op, *p;

	unit_ok(json_build(&params, &unit_err,
	    "{s:s, s:s, s:s, s:s, s:s, s:[s]}", "name", name, "class", class,
	    "algorithm", algorithm, "scheme", scheme,
	    "environment", environment, "products", "gateway"));
	p = permit(ask(rule, ACTION_KEY_GENERATE, "officer-1", params), rule, "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s}", "op", "generate",
	    "principal", "officer-1"));
	unit_ok(use(p, op));
	snprintf(ret_key, SHA256_HEX, "%s", json_str(json_object_get(
	    json_object_get(rig.answer, "entry"), "result"), "key", ""));
	json_decref(p);
}

static inline json_t *
key_parameters(const char *key, const char *name)
{
	json_t *params;

	unit_ok(json_build(&params, &unit_err, "{s:s, s:s}", "key", key,
	    "key_name", name));
	return params;
}

/* What a compromise says in "since". */
static UNUSED const char *house_since = "2026-01-01T00:00:00.000000Z";

/* Move a key: @officers approve where the rule wants it. */
static inline int
house_move(const char *rule, enum action a, const char *key, const char *name,
    const char *to, const char *officers)
{
	json_t *params = key_parameters(key, name), *op, *p;
	int rc;

	if (a == ACTION_KEY_COMPROMISE)
		unit_ok(json_set_str(params, "since", house_since,
		    &unit_err));
	p = permit(ask(rule, a, "officer-1", params), rule, officers);
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:s}", "op", "state",
	    "key", key, "to", to, "principal", "officer-1"));
	rc = use(p, op);
	json_decref(p);
	return rc;
}

static inline json_t *
digest_of(const char *what, const char *algorithm)
{
	unsigned char d[64];
	unsigned n;
	char hex[129];
	json_t *j;

	ck_assert_int_eq(EVP_Digest(what, strlen(what), d, &n,
	    strcmp(algorithm, "sha-384") == 0 ? EVP_sha384() : EVP_sha256(),
	    NULL), 1);
	hex_encode(d, n, hex);
	unit_ok(json_build(&j, &unit_err, "{s:s, s:s}", "algorithm", algorithm,
	    "value", hex));
	return j;
}

/* One signature: what is asked for, and what is then to be done. */
struct image {
	const char	*key, *name, *text, *product, *version, *track;
};

static inline json_t *
sign_parameters(const struct image *i)
{
	json_t *params = key_parameters(i->key, i->name);

	unit_ok(json_set_new(params, "digest", digest_of(i->text, "sha-256"),
	    &unit_err));
	if (i->product != NULL)
		unit_ok(json_set_str(params, "product", i->product, &unit_err));
	if (i->version != NULL)
		unit_ok(json_set_str(params, "version", i->version, &unit_err));
	if (i->track != NULL)
		unit_ok(json_set_str(params, "track", i->track, &unit_err));
	return params;
}

static inline json_t *
sign_operation(const struct image *i, const char *who)
{
	json_t *op = sign_parameters(i);

	(void)json_object_del(op, "key_name");
	unit_ok(json_set_str(op, "op", "sign", &unit_err));
	unit_ok(json_set_str(op, "principal", who, &unit_err));
	return op;
}

static inline const char *
signature_got(void)
{
	return json_str(json_object_get(json_object_get(rig.answer, "entry"),
	    "result"), "signature", NULL);
}

/* The ledger: every entry as an event, shown as an honest service would;
 * @skip is an entry that is withheld (0: none).  Returns what the keeper says. */
static inline int
show_entries(int64_t from, int64_t skip)
{
	json_t *m, *events = json_array(), *e, *all;
	uint64_t at = house.leaves;
	size_t i;

	unit_ok(json_build(&m, &unit_err, "{s:s, s:I, s:i}", "do", "tail",
	    "from", (json_int_t)from, "limit", 1000));
	unit_ok(rig_call(m));
	all = json_incref(json_object_get(rig.answer, "entries"));
	json_array_foreach(all, i, e) {
		const char *op = json_str(e, "op", "");
		struct blob text = { 0 };
		struct sha256 leaf;
		json_t *event;

		if (strstr(op, "-intent") != NULL ||
		    strstr(op, "-failed") != NULL || json_int(e, "n", 0) == skip)
			continue;
		unit_ok(json_build(&event, &unit_err,
		    "{s:I, s:s, s:s, s:s, s:s, s:{s:O}}", "seq",
		    (json_int_t)house.leaves, "time", json_str(e, "time", ""),
		    "kind", "key.signed", "actor", "ci", "subject", "x",
		    "data", "entry", e));
		unit_ok(json_canonical(event, &text, &unit_err));
		leaf = merkle_leaf(text.data, text.len);
		blob_done(&text);
		unit_ok(merkle_range_add(&house.range, &leaf, NULL, NULL, &unit_err));
		house.leaves++;
		json_array_append_new(events, event);
	}
	json_decref(all);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:I, s:o, s:b}", "do",
	    "show", "from", (json_int_t)at, "events", events, "final", 1));
	return rig_call(m);
}

static inline void
house_teardown(void)
{
	rig_teardown();
	for (int i = 0; i < OFFICERS; i++) {
		EVP_PKEY_free(house.officer[i]);
		free(house.spki[i]);
	}
	charter_free(house.law);
	json_decref(house.charter);
	json_decref(house.genesis);
}

#endif
