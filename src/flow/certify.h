/*
 * certify - what making a certificate takes, whether of a CA or below one.
 *
 * Floor 5, flow; included by its act_*.c only.
 */
#ifndef FLOW_CERTIFY_H
#define FLOW_CERTIFY_H

#include "ca/draft.h"
#include "ca/serial.h"
#include "flow/flow.h"
#include "state/state.h"

struct begun;
struct drawn;
struct flow;
struct granted;
struct known;
struct making;

/** profile_named - a profile of the charter; lives as long as @law. Errors:
 * EINPUT: it has none so called. */
NODISCARD int profile_named(const struct law *law, const char *name,
    const struct profile **ret, struct err *err);
/** ca_draw - of what is asked for a CA alone: it, its key, a reason. */
NODISCARD int ca_draw(const struct begun *b, struct drawn *ret, struct err *err);
/** ca_named - Errors: ENOENT_. */
NODISCARD int ca_named(struct flow *f, const char *name, struct cert_ca **ret,
    struct err *err);
/** ca_answer - one, and the request that brought it. */
NODISCARD int ca_answer(struct flow *f, const char *request, const char *name,
    json_t **ret, struct err *err);
/** ca_commit - the event of what the keeper did for an authority. */
NODISCARD int ca_commit(const struct granted *g, enum event_kind kind,
    const char *subject, const json_t *entry, struct err *err);
/** ca_name_free - for this key, which may have it already if @renewal.
 * Errors: EEXISTS; ECONFLICT: it is retired. */
NODISCARD int ca_name_free(struct flow *f, const char *name, const char *key,
    bool renewal, struct err *err);
/** ca_issuing - who issues where @name is to: itself, or who succeeds it. Errors: ENOENT_. */
NODISCARD int ca_issuing(struct flow *f, const char *name, struct cert_ca **ret, struct err *err);
/** urls_of - a body's URLs, for so many lists, into parameters. */
NODISCARD int urls_of(const json_t *body, int64_t partitions, json_t *ret,
    struct err *err);
/** key_active - Errors: ESTATE. */
NODISCARD int key_active(const struct key *k, struct err *err);
/** device_of - the device that the request's subject names, where the
 * profile's certificates are of devices. Errors: EINPUT. */
NODISCARD int device_of(const struct profile *p, const struct csr *csr,
    char ret[CERT_DEVICE], struct err *err);
/** asked_wrongly - what certificate, request or profile refuse was asked for
 * wrongly: no rule of the charter said no. */
int asked_wrongly(int rc, struct err *err);

/** known_new - @file: a list of keys that are refused (ca/badkeys.h); NULL, "": none. */
NODISCARD int known_new(const char *file, struct known **ret, struct err *err);
void known_free(struct known *k);
/** known_draw - may this key be certified for what is asked: by what is known of
 * others? Who may never ask, which @ret->vain says then, does not learn it.
 * Errors: EINPUT: it is on that list, or shares a prime with one that was
 * generated or certified here. */
NODISCARD int known_draw(const struct begun *b, struct span spki, struct drawn *ret, struct err *err);

/* One certificate about to be signed. */
struct certifying {
	struct flow	*flow;
	const struct law *law;
	const char	*house, *request;	/* ids */
	const json_t	*parameters;	/* of the request */
	const struct key *key;		/* that signs */
	const char	*issuer;	/* name of the CA; NULL: a root signs itself, or */
	struct lineage	*line;		/* of the CA, where it was read; borrowed */
	struct span	 spki;
};
/** certify_try - is there such a certificate, and has the linter nothing to
 * say? Errors: as draft_tbs and lint_refuse, as input. */
NODISCARD int certify_try(const struct certifying *c, struct err *err);
/** certify_operation - what the keeper is asked for, to sign it; @line of who
 * issues it, NULL: a root signs itself. */
NODISCARD int certify_operation(const struct granted *g, struct span spki,
    struct lineage *line, json_t **ret, struct err *err);
/**
 * certify - have it signed.
 * @ret_entry  the keeper's, owned.
 */
NODISCARD int certify(const struct granted *g, struct span spki,
    const char *issuer, json_t **ret_entry, struct err *err);
/** csr_given - a request as bodies carry it: PEM, or DER in base64. */
NODISCARD int csr_given(const char *text, struct csr **ret, struct err *err);
/** csr_hashes - "spki" and "csr" of the parameters. */
NODISCARD int csr_hashes(const struct csr *csr, json_t *ret, struct err *err);
/** csr_propose - it is kept while people are asked. */
NODISCARD int csr_propose(const struct csr *csr, struct drawn *ret, struct err *err);
/** certified_key - append the SPKI that parameters name: of the proposed request, or the inventory's. */
NODISCARD int certified_key(struct flow *f, const json_t *p, const json_t *proposal, struct blob *ret, struct err *err);
/** key_place - where the body gave the key of these parameters. */
const char *key_place(const json_t *p);
/** ca_issues - can it issue by this profile at all: by what it is, by its path length and its URLs? */
NODISCARD int ca_issues(const struct cert_ca *ca, const struct profile *p, bool *ret, struct err *err);
/** ca_taken_check - before people are asked to take this in as an authority of a @key of
 * the house: is it not here already, does it go on with what is, and has nobody else the key?
 * Errors: EEXISTS, EINPUT, ECONFLICT. */
NODISCARD int ca_taken_check(struct flow *f, const char *key, const char *name,
    const struct issuer *next, struct err *err);
/** certified_free - has nobody else the key that an authority's parameters
 * name? Errors: ECONFLICT. */
NODISCARD int certified_free(struct flow *f, const json_t *p, struct err *err);
/** certified_fit - may the key that parameters name have a certificate of their profile:
 * kind ca for responders, any other for the rest? Errors: EINPUT. */
NODISCARD int certified_fit(struct flow *f, const struct law *law, const json_t *p, struct err *err);
/** entry_certificate - what the certificate that an entry made is called. */
NODISCARD int entry_certificate(const json_t *entry, char ret[ID_TEXT], struct err *err);
/** issued_answer - what is answered for a certificate: cert_show and the request. */
NODISCARD int issued_answer(struct flow *f, const char *request,
    const char *id, json_t **ret, struct err *err);
/** made_answer - the same of what was just made and committed, by an authority
 * whose lineage the making holds: nothing is read again. */
NODISCARD int made_answer(const struct making *m, json_t **ret, struct err *err);
/** event_at - an event by its number; owned. */
NODISCARD int event_at(struct flow *f, uint64_t seq, json_t **ret, struct err *err);
/** result_entry - the entry that a done request's event brought; owned. */
NODISCARD int result_entry(struct flow *f, const struct asked *a,
    json_t **ret, struct err *err);
/** result_certificate - the id of what a done request's event brought. */
NODISCARD int result_certificate(struct flow *f, const struct asked *a,
    char ret[ID_TEXT], struct err *err);
/** issue_draw - cert.issue's body into parameters, by a request of the key's holder or
 * for a key of the inventory; what is there already is known. */
NODISCARD int issue_draw(const struct begun *b, struct drawn *ret, struct err *err);

#endif
