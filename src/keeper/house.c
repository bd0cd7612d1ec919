#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hex.h"
#include "base/io.h"
#include "base/json.h"
#include "keeper/house.h"

int
house_init(struct house *h, const char *folder, struct err *err)
{
	*h = (struct house){ 0 };
	h->folder = strdup(folder);
	if (h->folder == NULL)
		return err_set(err, ENOMEMORY, "for the house");
	TRY(keys_init(&h->keys, err));
	return json_build(&h->pending, err, "{}");
}

void
house_done(struct house *h)
{
	free(h->folder);
	genesis_free(h->genesis);
	house_profiles_done(h);
	charter_free(h->charter);
	free(h->chain);
	keys_done(&h->keys);
	counts_done(&h->counts);
	shadow_done(&h->shadow);
	json_decref(h->pending);
	*h = (struct house){ 0 };
}

const char *
house_id(const struct house *h)
{
	return h->genesis == NULL ? "" : h->genesis->house;
}

static int
charter_path(const struct house *h, const struct sha256 *hash, char *ret,
    size_t n, struct err *err)
{
	char hex[SHA256_HEX];
	int len;

	sha256_hex(hash, hex);
	len = snprintf(ret, n, "%s/charters/%s.json", h->folder, hex);
	if (len < 0 || (size_t)len >= n)
		return err_set(err, ERANGE_, "the state folder's path is too long");
	return 0;
}

int
house_charter_put(const struct house *h, const struct charter *c,
    struct err *err)
{
	AUTO(blob) *text = blob_new();
	struct sha256 hash = charter_hash(c);
	char path[JOURNAL_PATH];

	if (text == NULL)
		return err_set(err, ENOMEMORY, "for the charter");
	TRY(charter_path(h, &hash, path, sizeof(path), err));
	TRY(json_canonical(charter_json(c), text, err));
	return io_write_file(path, 0600, text->data, text->len, err);
}

int
house_charter_get(const struct house *h, const struct sha256 *hash,
    struct charter **ret, struct err *err)
{
	AUTO(blob) *text = blob_new();
	AUTO(charter) *c = NULL;
	AUTO_JSON *j = NULL;
	char path[JOURNAL_PATH];
	struct sha256 got;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "for the charter");
	TRY(charter_path(h, hash, path, sizeof(path), err));
	TRY(io_read_file(path, CHARTER_OCTETS, text, err));
	got = sha256_of(text->data, text->len);
	if (!sha256_equal(&got, hash))
		return err_set(err, EVERIFY, "%s is not the charter of its name", path);
	TRY(json_read_canonical(text->data, text->len, &j, err));
	TRY(charter_from_json(j, &c, err));
	*ret = TAKE(c);
	return 0;
}

static const struct rule *
rule_among(const struct rule *r, size_t n, const struct sha256 *hash)
{
	for (size_t i = 0; i < n; i++) {
		if (sha256_equal(&r[i].hash, hash))
			return &r[i];
	}
	return NULL;
}

const struct rule *
house_rule(const struct house *h, const struct sha256 *hash)
{
	size_t n, rules;
	const struct rule *all = charter_access(h->charter, &rules);
	const struct rule *found = rule_among(all, rules, hash);
	const struct key_class *k = charter_classes(h->charter, &n);

	for (size_t i = 0; found == NULL && i < n; i++)
		found = rule_among(k[i].rule, k[i].rule_n, hash);
	return found;
}

time_us
house_forget_after(const struct request *r, const struct rule *rule)
{
	time_us until = 0;

	if (r->action == ACTION_WINDOW_OPEN &&
	    clock_parse(json_str(r->parameters, "until", ""), &until, NULL) == 0)
		return until;
	return r->expires + (rule != NULL && rule->approvals_n > 0 ?
	    rule->permits_for : 0);
}

/* The charter follows: the journal names it, its document lies in the folder. */
int
house_follow(struct house *h, const struct sha256 *hash, struct err *err)
{
	AUTO(charter) *c = NULL;
	struct sha256 *chain;

	TRY(house_charter_get(h, hash, &c, err));
	chain = realloc(h->chain, (h->chain_n + 1) * sizeof(*chain));
	if (chain == NULL)
		return err_set(err, ENOMEMORY, "for the charters");
	h->chain = chain;
	h->chain[h->chain_n++] = *hash;
	house_profiles_done(h);
	charter_free(h->charter);
	h->charter = TAKE(c);
	h->charter_hash = *hash;
	return 0;
}

static int
apply_found(struct house *h, const struct entry *e, struct err *err)
{
	if (h->genesis != NULL)
		return err_set(err, EVERIFY, "the journal founds the house twice");
	TRY(genesis_read(json_object_get(e->result, "genesis"), &h->genesis,
	    err));
	return house_follow(h, &h->genesis->charter, err);
}

static int
apply_amend(struct house *h, const struct entry *e, struct err *err)
{
	struct sha256 next;

	TRY(json_need_hash(e->result, "charter", &next, err));
	return house_follow(h, &next, err);
}

/* The tally of the entry's request, and its use under this name. */
int
house_use(struct house *h, const struct entry *e, const struct sha256 *what,
    const struct journal_at *before, const struct rule *rule,
    struct err *err)
{
	struct tally *t = tally_find(&h->counts, e->request);
	struct use_at at = { e->n, before->segment, before->offset };
	AUTO(permit) *p = NULL;
	struct sha256 hash;
	struct use *u;

	if (e->permit_document != NULL) {
		TRY(permit_read(e->permit_document, &p, err));
		TRY(json_hash(p->request->json, &hash, err));
		TRY(tally_get(&h->counts, e->request, &hash,
		    house_forget_after(p->request, rule), &t, err));
		t->permit = p->hash;
	}
	if (t == NULL)
		return err_set(err, EVERIFY, "entry %llu has a permit that no "
		    "entry holds", (unsigned long long)e->n);
	TRY(tally_add(&h->counts, t, what, NULL, &u, err));
	tally_made(t, u, &at);
	return 0;
}

int
house_limit(struct house *h, const struct entry *e, const struct rule *rule,
    const struct sha256 *key, struct err *err)
{
	struct sha256 name;

	if (rule->limit_uses == 0)
		return 0;
	name = limit_name(rule->name, key, json_str(e->operation, "principal",
	    ""));
	return limit_add(&h->counts, &name, rule->limit_per, e->time, err);
}

bool
house_keeps_version(const struct house *h, const struct key *key,
    const char *product, const char *version)
{
	size_t n;
	const struct rule *r = charter_rules(h->charter, key->class, &n);

	/* What cannot be compared is refused where a rule compares. */
	return product != NULL && version != NULL &&
	    version_check(version, NULL) == 0 &&
	    rules_keep_versions(r, n, key->environment);
}

static int
apply_sign_facts(struct house *h, const struct entry *e,
    const struct rule *rule, const struct sha256 *hash, struct err *err)
{
	const json_t *o = e->operation;
	const char *product = json_str(o, "product", NULL);
	const char *version = json_str(o, "version", NULL);
	const struct key *key = keys_find(&h->keys, hash);

	TRY(house_limit(h, e, rule, hash, err));
	if (key == NULL || !house_keeps_version(h, key, product, version))
		return 0;
	return version_raise(&h->counts, product, json_str(o, "track", ""),
	    version, NULL, err);
}

static int
apply_sign(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	const char *hex = json_str(json_object_get(e->operation, "digest"),
	    "value", "");
	struct sha256 key, what;
	unsigned char digest[64];
	size_t n = strlen(hex) / 2;

	TRY(json_need_hash(e->operation, "key", &key, err));
	if (n > sizeof(digest))
		return err_set(err, ERANGE_, "a digest of %zu octets", n);
	TRY(hex_decode(hex, n, digest, err));
	what = use_name(&key, digest, n);
	TRY(house_use(h, e, &what, before, rule, err));
	return apply_sign_facts(h, e, rule, &key, err);
}

/* The register's row: what was asked for, what the class says, what was made. */
static int
row_of(const struct entry *e, const struct key_class *k, json_t **ret,
    struct err *err)
{
	const json_t *p = json_object_get(json_object_get(e->permit_document,
	    "request"), "parameters");
	const char *spki = json_str(e->result, "spki", NULL);
	const char *kcv = json_str(e->result, "kcv", NULL);
	bool here = e->op == ENTRY_GENERATE;
	char time[TIME_TEXT];

	clock_text(e->time, time);
	TRY(json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:O, "
	    "s:b, s:b, s:s, s:s, s:s, s:s*, s:s*, s:s, s:s}",
	    "key", json_str(e->result, "key", ""),
	    "name", json_str(p, "name", ""), "class", k->name,
	    "kind", class_kind_name(k->kind),
	    "algorithm", json_str(p, "algorithm", ""),
	    "scheme", json_str(p, "scheme", ""),
	    "environment", json_str(p, "environment", ""),
	    "products", json_object_get(p, "products"),
	    "exportable", here && k->exportable != EXPORT_NEVER,
	    "exclusive", here,
	    "state", key_state_name(KEY_PREACTIVATION),
	    "request", e->request, "uri", json_str(e->result, "uri", ""),
	    "spki", spki, "kcv", kcv, "created", time, "changed", time));
	return 0;
}

static int
apply_generate(struct house *h, const struct entry *e, struct err *err)
{
	const json_t *p = json_object_get(json_object_get(e->permit_document,
	    "request"), "parameters");
	const struct key_class *k = charter_class(h->charter,
	    json_str(p, "class", ""));
	struct sha256 id = key_token_id(house_id(h), e->request, (uint64_t)
	    json_int(json_object_get(h->pending, e->request), "n", 0));
	json_t *row;

	if (k == NULL)
		return err_set(err, EVERIFY, "a key of a class that there is not");
	TRY(row_of(e, k, &row, err));
	if (json_set_hash(row, "token_id", &id, err) != 0) {
		json_decref(row);
		return -ENOMEMORY;
	}
	TRY(keys_add(&h->keys, row, err));
	(void)json_object_del(h->pending, e->request);
	return 0;
}

static int
apply_state(struct house *h, const struct entry *e, struct err *err)
{
	enum key_state to = KEY_DESTROYED;
	struct sha256 hash;
	struct key *k;

	TRY(json_need_hash(e->operation, "key", &hash, err));
	k = keys_find(&h->keys, &hash);
	if (k == NULL)
		return err_set(err, EVERIFY, "the state of a key that there is not");
	if (e->op == ENTRY_STATE)
		TRY(key_state_from_name(json_str(e->result, "to", ""), &to, err));
	else
		(void)json_object_del(h->pending, e->request);
	return key_set_state(k, to, e->time, err);
}

int
house_doom(struct house *h, const json_t *intent, struct err *err)
{
	struct sha256 hash;
	struct key *k;

	TRY(json_need_hash(json_object_get(intent, "operation"), "key", &hash,
	    err));
	k = keys_find(&h->keys, &hash);
	if (k == NULL)
		return err_set(err, EVERIFY, "the end of a key that there is not");
	k->doomed = true;
	return 0;
}

static int
apply_close(struct house *h, const struct entry *e, struct err *err)
{
	const char *text, *window;
	time_us until;

	TRY(json_need_str(e->result, "window", &window, err));
	TRY(json_need_str(e->result, "until", &text, err));
	TRY(clock_parse(text, &until, err));
	return closing_put(&h->counts.closings, window, until, err);
}

static int
apply_op(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	static const struct sha256 once;

	switch (e->op) {
	case ENTRY_FOUND:
		return apply_found(h, e, err);
	case ENTRY_SIGN:
		return apply_sign(h, e, before, rule, err);
	case ENTRY_DESTROY_INTENT:
		TRY(house_doom(h, e->json, err));
		/* fallthrough */
	case ENTRY_GENERATE_INTENT:
		return json_set_new(h->pending, e->request,
		    json_incref(e->json), err);
	case ENTRY_GENERATE_FAILED:
		(void)json_object_del(h->pending, e->request);
		return 0;
	case ENTRY_GENERATE:
	case ENTRY_ADOPT:
		TRY(apply_generate(h, e, err));
		return house_use(h, e, &once, before, rule, err);
	case ENTRY_STATE:
	case ENTRY_DESTROY:
		TRY(apply_state(h, e, err));
		return house_use(h, e, &once, before, rule, err);
	case ENTRY_CLOSE:
		TRY(apply_close(h, e, err));
		return house_use(h, e, &once, before, rule, err);
	case ENTRY_AMEND:
		TRY(house_use(h, e, &once, before, rule, err));
		return apply_amend(h, e, err);
	case ENTRY_RESTORE:
		h->not_before = e->time;
		return house_use(h, e, &once, before, rule, err);
	case ENTRY_CERTIFY:
		return house_certify(h, e, before, rule, err);
	case ENTRY_CSR:
		return house_csr(h, e, before, rule, err);
	case ENTRY_CRL:
		return house_crl(h, e, before, rule, err);
	case ENTRY_OCSP:
		return house_ocsp(h, e, before, rule, err);
	case ENTRY_ADOPT_CA:
		return house_adopt_ca(h, e, before, rule, err);
	case ENTRY__N:
		break;
	}
	return err_set(err, EVERIFY, "an entry that this keeper does not write");
}

/* An intent may be completed under a later charter, which has its rule no more. */
static bool
completes(enum entry_op op)
{
	return op == ENTRY_GENERATE || op == ENTRY_ADOPT ||
	    op == ENTRY_GENERATE_FAILED ||
	    op == ENTRY_DESTROY;
}

int
house_apply(struct house *h, const struct entry *e,
    const struct journal_at *before, struct err *err)
{
	const struct rule *rule = NULL;

	/* A restore goes on under the charter that the token remembers. */
	if (e->op == ENTRY_RESTORE && h->charter != NULL &&
	    !sha256_equal(&e->charter, &h->charter_hash))
		TRY(house_follow(h, &e->charter, err));
	if (e->op != ENTRY_FOUND) {
		if (h->charter == NULL ||
		    !sha256_equal(&e->charter, &h->charter_hash))
			return err_set(err, EVERIFY, "entry %llu is under "
			    "another charter", (unsigned long long)e->n);
		rule = house_rule(h, &e->rule_hash);
		if (e->request == NULL || (rule == NULL && !completes(e->op)))
			return err_set(err, EVERIFY, "entry %llu has no rule "
			    "of its charter", (unsigned long long)e->n);
	}
	TRY(apply_op(h, e, before, rule, err));
	return shadow_note(&h->shadow, e->n, &e->hash, e->time, e->op, err);
}
