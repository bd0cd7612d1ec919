/*
 * Revocation lists: whose they are, and that their numbers only grow.  What is
 * on a list is the service's to say; the list itself is the message's attachment.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include "base/hex.h"
#include "base/json.h"
#include "ca/crl.h"
#include "ca/seal.h"
#include "keeper/ca_revoked.h"
#include "keeper/use_ca.h"

struct listing {
	struct key	*key;
	const struct ca_record *ca;
	struct span	 content;
	int64_t		 partition;	/* -1: the whole list */
	char		 scope[CA_SCOPE];
	struct crl_info	 info;
	struct ca_below	 below;		/* owned */
	unsigned char	 digest[EVP_MAX_MD_SIZE];
	size_t		 digest_n;
	const char	*digest_name;
	struct sha256	 what;		/* names the use */
};

static int
list_read(struct keeper *k, struct using *u, struct listing *l,
    struct err *err)
{
	struct sha256 hash;

	TRY(ca_key(k, u, ACTION_CRL_SIGN, &l->key, err));
	if (k->attached == NULL)
		return err_set(err, ESCHEMA, "the list is not attached");
	l->content = span_blob(k->attached);
	if (l->key->scheme == HSM_SCHEME_EDDSA &&
	    l->content.n > ED25519_CONTENT)
		return err_set(err, ETOOBIG, "an ed25519 key signs at most %u "
		    "octets", ED25519_CONTENT);
	TRY(json_need_hash(u->operation, "issuer", &hash, err));
	l->ca = ca_record_find(l->key, &hash);
	if (l->ca == NULL)
		return err_set(err, EDENIED, "%s has no such CA certificate",
		    l->key->name);
	if (strcmp(l->ca->name, json_str(u->request->parameters, "ca", ""))
	    != 0)
		return err_set(err, EPROOF, "the list of another CA was asked "
		    "for");
	l->partition = json_int(u->operation, "partition", -1);
	if (json_int(u->request->parameters, "partition", l->partition) !=
	    l->partition)
		return err_set(err, EPROOF, "the list of another partition was "
		    "asked for");
	if ((l->partition < 0) != (l->ca->issuer->crl[0] == '\0'))
		return err_set(err, EDENIED, "CA %s has %s", l->ca->name,
		    l->partition < 0 ? "a list for each partition" :
		    "one list without a URL");
	ca_scope(l->ca, l->partition, l->scope);
	TRY(ca_digest(l->key, l->content, l->digest, &l->digest_n,
	    &l->digest_name, err));
	l->what = use_name(&l->key->hash, l->digest, l->digest_n);
	return 0;
}

/* RFC 5280, 5.2.5: the URL that the partition's certificates name, or none. */
static int
point_check(const struct listing *l, struct err *err)
{
	AUTO(blob) *url = blob_new();

	if (url == NULL)
		return err_set(err, ENOMEMORY, "for a URL");
	if (l->partition >= 0)
		TRY(issuer_crl_url(l->ca->issuer, (unsigned)l->partition, url,
		    err));
	if (!span_equal(l->info.partition, span_blob(url)) ||
	    l->info.scope != CRL_ALL)
		return err_set(err, EDENIED, "it is not the list of CA %s that "
		    "it says", l->ca->name);
	return 0;
}

/* RFC 5280, 5.2.6: a full list names its deltas' place, and nobody else's. */
static int
freshest_check(const struct listing *l, struct err *err)
{
	AUTO(blob) *url = blob_new();

	if (url == NULL)
		return err_set(err, ENOMEMORY, "for a URL");
	if (l->info.base.n > 0 && !ca_deltas(l->ca, l->partition))
		return err_set(err, EDENIED, "CA %s has no deltas",
		    l->ca->name);
	if (l->info.base.n == 0 && ca_deltas(l->ca, l->partition))
		TRY(issuer_delta_url(l->ca->issuer, (unsigned)l->partition,
		    url, err));
	if (!span_equal(l->info.freshest, span_blob(url)))
		return err_set(err, EDENIED, "deltas are not where it says");
	return 0;
}

/* Who asks for the list of a partition by hand has the whole of it in mind. */
static int
whole_check(const struct using *u, const struct listing *l, struct err *err)
{
	if (l->info.base.n > 0 && json_object_get(u->request->parameters,
	    "partition") != NULL)
		return err_set(err, EPROOF, "a full list was asked for, not a "
		    "delta");
	return 0;
}

static int
issuer_check(const struct listing *l, struct err *err)
{
	const struct issuer *i = l->ca->issuer;

	if (!span_equal(l->info.issuer, i->subject) ||
	    !span_equal(l->info.key_id, i->key_id))
		return err_set(err, EDENIED, "it is the list of another CA");
	if (!span_equal(l->info.algorithm,
	    seal_algorithm(hsm_scheme_name(l->key->scheme))))
		return err_set(err, EDENIED, "it names another algorithm than "
		    "the key's");
	return 0;
}

/* Until it ends, whoever has the service can show it instead of a newer one. */
static int
times_check(const struct keeper *k, const struct using *u,
    const struct listing *l, struct err *err)
{
	time_us most = charter_list_most(k->house.charter,
	    issuer_is_root(l->ca->issuer));

	if (!ca_is_near(l->info.this_update, u->now, 0))
		return err_set(err, EDENIED, "its thisUpdate is too far from "
		    "now");
	if (l->info.next_update - l->info.this_update > most)
		return err_set(err, EDENIED, "it lasts longer than the %lld s "
		    "that the charter lets a list of CA %s last",
		    (long long)(most / TIME_S(1)), l->ca->name);
	return 0;
}

/* A series that was driven to its end could never be gone on with. */
static bool
leaps(const struct number *next, const struct ca_series *s)
{
	uint64_t lists, by;

	/* The tables of the service count what is above the floor. */
	return !number_above(next, &s->floor, &lists) || lists >= CRL_ROOM ||
	    !number_above(next, &s->last, &by) ||
	    by > (s->last.n == 0 ? CRL_FIRST : CRL_LEAP);
}

/* RFC 5280, 5.2.4: a delta is to a full list of the same scope. */
static int
base_check(const struct listing *l, const struct ca_series *s,
    struct err *err)
{
	for (size_t i = 0; i < CA_BASES; i++)
		if (s->base[i].n > 0 && number_order(&l->info.base,
		    &s->base[i]) == 0)
			return 0;
	return err_set(err, EDENIED, "a delta to none of the newest %d full "
	    "lists", CA_BASES);
}

/* RFC 5280, 5.2.3: full lists and deltas of one scope share one series. */
static int
number_check(const struct listing *l, struct err *err)
{
	struct ca_series s;
	char was[NUMBER_HEX], is[NUMBER_HEX];

	TRY(ca_series(l->key, l->scope, &s, err));
	if (!number_positive(&l->info.number))
		return err_set(err, EDENIED, "it has no CRL number");
	number_hex(&s.last, was);
	number_hex(&l->info.number, is);
	if (s.last.n > 0 && number_order(&l->info.number, &s.last) <= 0)
		return err_set(err, ECONFLICT, "CRL number %s does not follow "
		    "%s", is, was);
	if (leaps(&l->info.number, &s))
		return err_set(err, ERANGE_, "CRL number %s leaps ahead", is);
	/* Whoever has both takes the one that began later for the newer. */
	if (l->info.this_update < s.began)
		return err_set(err, EDENIED, "its thisUpdate is before that of "
		    "number %s", was);
	return l->info.base.n > 0 ? base_check(l, &s, err) : 0;
}

/* Numbers become fact with their entry: of each scope one list at a time. */
static int
alone(const struct keeper *k, const struct listing *l, struct err *err)
{
	const struct tickets *q[] = { &k->making, &k->writing };

	for (size_t i = 0; i < NELEM(q); i++) {
		for (const struct ticket *t = q[i]->first; t != NULL;
		    t = t->next) {
			if (t->listed == l->key &&
			    strcmp(t->scope, l->scope) == 0)
				return err_set(err, EBUSY_, "a list of CA %s "
				    "is being signed", l->ca->name);
		}
	}
	return 0;
}

/* In the journal its digest stands for it, and what had to be looked at. */
static int
operation_of(const struct using *u, const struct listing *l, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = json_copy(u->operation);
	char hex[2 * EVP_MAX_MD_SIZE + 1], number[NUMBER_HEX];
	json_t *digest;

	hex_encode(l->digest, l->digest_n, hex);
	TRY(json_build(&digest, err, "{s:s, s:s}", "algorithm",
	    l->digest_name, "value", hex));
	TRY(json_set_new(o, "digest", digest, err));
	number_hex(&l->info.number, number);
	TRY(json_set_str(o, "number", number, err));
	if (l->info.base.n > 0) {
		number_hex(&l->info.base, number);
		TRY(json_set_str(o, "base", number, err));
	}
	TRY(json_set_int(o, "entries", (int64_t)l->info.entries, err));
	TRY(json_set_time(o, "this_update", l->info.this_update, err));
	TRY(json_set_time(o, "next_update", l->info.next_update, err));
	if (l->below.found != NULL)
		TRY(json_set_new(o, "authorities", json_incref(
		    l->below.found), err));
	*ret = TAKE(o);
	return 0;
}

static int
list_ticket(struct keeper *k, struct using *u, const struct listing *l,
    struct ticket **ret, struct err *err)
{
	const struct rule *rule = u->judged.rule;
	struct ticket *t;
	AUTO_JSON *journaled = NULL;
	int rc;

	TRY(operation_of(u, l, &journaled, err));
	TRY(use_draft_as(k, u, ENTRY_CRL, journaled, false, &t, err));
	(void)snprintf(t->scope, sizeof(t->scope), "%s", l->scope);
	number_hex(&l->info.number, t->number);
	t->listed = l->key;
	t->authorities = json_incref(l->below.found);
	t->began = l->info.this_update;
	t->base = ca_deltas(l->ca, l->partition) && l->info.base.n == 0;
	rc = ca_input(l->key, l->content, t, err);
	if (rc == 0)
		rc = use_reserve(k, u, &l->what, rule->approvals_n > 0 ?
		    rule->permits_uses : 1, t, err);
	if (rc == 0)
		rc = use_limit(k, u, l->key, t, err);
	if (rc != 0) {
		ticket_abandon(k, t);
		return rc;
	}
	*ret = t;
	return 0;
}

/* Who issued no authority of the house has entries that nobody need look at. */
static int
content_read(const struct keeper *k, struct listing *l, struct err *err)
{
	TRY(ca_below_find(&k->house.keys, l->ca->issuer, &l->below, err));
	return crl_read(l->content, l->below.n > 0 ? ca_below_each : NULL,
	    &l->below, &l->info, err);
}

static int
list_check(const struct keeper *k, const struct using *u,
    const struct listing *l, struct err *err)
{
	TRY(issuer_check(l, err));
	TRY(point_check(l, err));
	TRY(freshest_check(l, err));
	TRY(whole_check(u, l, err));
	TRY(times_check(k, u, l, err));
	TRY(alone(k, l, err));
	return number_check(l, err);
}

static int
list(struct keeper *k, struct using *u, struct listing *l, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	struct ticket *t = NULL;
	bool done;

	TRY(list_read(k, u, l, err));
	TRY(use_again(k, u, &l->what, &done, err));
	if (done)
		return 0;
	TRY(ca_ready(k, u->now, err));
	d.key = l->key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(content_read(k, l, err));
	TRY(list_check(k, u, l, err));
	TRY(list_ticket(k, u, l, &t, err));
	ticket_sign(k, t);
	return 0;
}

int
use_crl(struct keeper *k, struct using *u, struct err *err)
{
	struct listing l = { 0 };
	int rc = list(k, u, &l, err);

	ca_below_done(&l.below);
	return rc;
}
