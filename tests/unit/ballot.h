/*
 * ballot - requests and signed approvals in the quickstart's house.
 */
#ifndef TESTS_BALLOT_H
#define TESTS_BALLOT_H

#include "policy/permit.h"
#include "policy/proof.h"
#include "policy/quorum.h"
#include "tests/unit/charters.h"

#define HOUSE		"house_01m7xvyy4462zbt2wj5gb22r42"
#define OTHER_HOUSE	"house_01m7xvyy4462zbt2wj5gb22r43"
#define REQ		"req_01m7xvyy4462zbt2wj5gb22r44"
#define OTHER_REQ	"req_01m7xvyy4462zbt2wj5gb22r45"
#define HEX_A	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NOW	TIME_S(INT64_C(1795248000))	/* 2026-11-21T08:00:00Z */

#define SIGN_PARAMETERS "{'key':'" HEX_A "','key_name':'k','digest':" \
	"{'algorithm':'sha-256','value':'" HEX_B "'},'product':'lock'," \
	"'version':'1.0','track':'main'}"

/* An object of these, with ' for ". */
static inline UNUSED json_t *
members(const char *text)
{
	char all[4000];

	(void)snprintf(all, sizeof(all), "{%s}", text);
	return json_text(all);
}

/* A request that lives for four hours from NOW. */
static inline UNUSED struct request *
request_of(const char *house, const char *id, enum action a,
    const char *requester, const char *parameters)
{
	AUTO_JSON *p = json_text(parameters), *j = NULL;
	struct request *r = NULL;

	unit_ok(request_build(house, id, a, requester, p, NOW,
	    NOW + TIME_S(4 * 3600), &j, &unit_err));
	unit_ok(request_read(j, &r, &unit_err));
	return r;
}

static inline UNUSED const struct rule *
rule_called(const struct charter *c, const char *class, const char *name)
{
	const struct rule *r;
	size_t i, n;

	r = charter_rules(c, class, &n);
	for (i = 0; i < n; i++)
		if (strcmp(r[i].name, name) == 0)
			return &r[i];
	ck_abort_msg("no rule %s", name);
	return NULL;
}

/* What somebody signs, by their key; @credential NULL: that key's own. */
static inline UNUSED struct approval *
vote_by(const json_t *statement, const char *officer, EVP_PKEY *key,
    const struct sha256 *credential)
{
	struct blob octets = { 0 }, sig = { 0 }, spki = { 0 };
	struct approval *a = NULL;
	AUTO_JSON *j = NULL;
	struct sha256 own;

	unit_ok(json_canonical(statement, &octets, &unit_err));
	unit_ok(proof_sign(key, octets.data, octets.len, &sig, &unit_err));
	unit_ok(proof_spki_of(key, &spki, &unit_err));
	own = sha256_of(spki.data, spki.len);
	unit_ok(approval_build(statement, officer,
	    credential != NULL ? credential : &own, sig.data, sig.len, &j,
	    &unit_err));
	unit_ok(approval_read(j, &a, &unit_err));
	blob_done(&octets);
	blob_done(&sig);
	blob_done(&spki);
	return a;
}

/* The plain case: officer number @i of the quickstart votes on @r. */
static inline UNUSED struct approval *
vote_of_officer(const struct request *r, const struct charter *c,
    const struct rule *rule, size_t i, enum vote v)
{
	struct sha256 h = charter_hash(c);
	AUTO_JSON *s = NULL;

	unit_ok(statement_build(r, &h, rule->name, &rule->hash, v, NULL, &s,
	    &unit_err));
	return vote_by(s, officer_id[i], officer_key[i], NULL);
}

/* The house's charter with one member of its document replaced. */
static inline UNUSED struct charter *
charter_but(const char *a, const char *b, const char *c, const char *value)
{
	AUTO(charter) *shipped = charter_shipped("quickstart");
	AUTO_JSON *j = json_deep_copy(charter_json(shipped));
	struct charter *other = NULL;
	json_t *o = json_object_get(json_object_get(j, a), b);

	ck_assert_int_eq(json_object_set_new(o, c, json_text(value)), 0);
	unit_ok(charter_from_json(j, &other, &unit_err));
	return other;
}

/*
 * Votes are written as letters and officers: "r0 a1 x3" is the request signed
 * by officer-1, an approval of officer-2, a rejection by release-lead.
 */
static inline UNUSED size_t
votes_of(const char *votes, const struct request *r, const struct charter *c,
    const struct rule *rule, struct approval *ret[])
{
	size_t n = 0;

	for (; *votes != '\0'; votes += votes[2] == ' ' ? 3 : 2)
		ret[n++] = vote_of_officer(r, c, rule, (size_t)(votes[1] - '0'),
		    *votes == 'r' ? VOTE_REQUEST : *votes == 'x' ?
		    VOTE_REJECT : VOTE_APPROVE);
	return n;
}

static inline UNUSED void
votes_free(struct approval *a[], size_t n)
{
	while (n > 0)
		approval_free(a[--n]);
}

#endif
