/* found_whose - credentials' private keys that lie about; see found_whose.h. */
#include <string.h>
#include "base/clock.h"
#include "cert/found.h"
#include "flow/found_whose.h"
#include "people/people.h"
#include "policy/charter.h"
#include "policy/roster.h"

#define EACH_MOST	50	/* of one key */

static int
of_put(json_t *finding, const char *principal, const char *proof,
    const char *credential, struct err *err)
{
	AUTO_JSON *o = NULL;
	json_t *of = json_object_get(finding, "of");

	TRY(json_build(&o, err, "{s:s, s:s, s:s}", "principal", principal,
	    "proof", proof, "credential", credential));
	if (of == NULL)
		return json_set_new(finding, "of", TAKE(o), err);
	return json_object_update(of, o) == 0 ? 0 : err_set(err, ENOMEMORY,
	    "a finding");
}

static int
certificate_put(void *ctx, const struct people_end *c, struct err *err)
{
	return of_put(ctx, c->principal, c->type, c->id, err);
}

int
whose_put(struct tx *tx, const struct charter *c, json_t *finding,
    struct err *err)
{
	const char *print = json_str(finding, "fingerprint", "");
	const struct principal *p;
	struct sha256 h;

	if (print[0] == '\0' || strcmp(json_str(finding, "kind", ""),
	    "private-key") != 0)
		return 0;
	TRY(sha256_parse(print, &h, err));
	p = roster_by_credential(charter_roster(c), &h);
	if (p == NULL)
		return people_key_of(tx, print, clock_now(), certificate_put,
		    finding, err);
	return of_put(finding, p->id, proof_kind_name(roster_credential(p,
	    &h)->kind), print, err);
}

static int
of_roster(struct tx *tx, const struct principal *p, json_t *list,
    struct err *err)
{
	char print[SHA256_HEX];

	for (size_t i = 0; i < p->credential_n; i++) {
		sha256_hex(&p->credential[i].hash, print);
		TRY(found_of_key(tx, print, EACH_MOST, list, err));
	}
	return 0;
}

struct keys {
	struct tx	*tx;
	json_t		*list;
};

static int
certificate_found(void *ctx, const char *print, struct err *err)
{
	struct keys *k = ctx;

	return found_of_key(k->tx, print, EACH_MOST, k->list, err);
}

int
whose_found(struct tx *tx, const struct charter *c, json_t *list,
    struct err *err)
{
	const struct roster *r = charter_roster(c);
	struct keys k = { tx, list };
	json_t *one;
	size_t i;

	for (i = 0; i < r->principal_n; i++)
		TRY(of_roster(tx, &r->principal[i], list, err));
	TRY(people_key_each(tx, clock_now(), certificate_found, &k, err));
	json_array_foreach(list, i, one)
		TRY(whose_put(tx, c, one, err));
	return 0;
}
