/* namesake - see namesake.h. */
#include <stdio.h>
#include <string.h>
#include "ca/name.h"
#include "ca/tbs.h"
#include "cert/authority.h"
#include "cert/stock.h"
#include "flow/inside.h"
#include "flow/namesake.h"
#include "state/state.h"

struct looking {
	const json_t	*p;
	struct blob	 subject;	/* owned: a Name; empty: none is asked for */
	char		 other[CERT_NAME];	/* who has it; "": nobody */
	bool		 heir;		/* the name is theirs already, or a successor's */
	bool		 goes_on;	/* the authority is there: it keeps its places */
	char		 taken[160];	/* which place is another's; "": none */
};

static bool
is_text(const json_t *p, const char *member, const char *text)
{
	return strcmp(json_str(p, member, ""), text) == 0;
}

static int
subject_look(struct looking *l, const struct cert_ca *c, struct err *err)
{
	struct cert x;
	bool same;

	TRY(cert_read_other(c->der.data, c->der.len, &x, err));
	TRY(name_same(x.tbs.subject, span_blob(&l->subject), &same, err));
	if (!same)
		return 0;
	if (is_text(l->p, "spki", c->key) || is_text(l->p, "succeeds",
	    c->name))
		l->heir = true;
	else
		memcpy(l->other, c->name, sizeof(l->other));
	return 0;
}

/* Answers of several may come from one place; a list is one authority's. */
static void
urls_look(struct looking *l, const struct cert_ca *c)
{
	static const char *const alone[] = { "crl", "delta", "issuer" };
	const json_t *urls = json_object_get(l->p, "urls");
	const char *url;

	for (size_t i = 0; i < NELEM(alone); i++) {
		url = json_str(urls, alone[i], NULL);
		if (url != NULL && is_text(c->urls, alone[i], url))
			(void)snprintf(l->taken, sizeof(l->taken), "/urls/%s: "
			    "authority %s publishes there (RFC 5280, 4.2.1.13)",
			    alone[i], c->name);
	}
}

static int
look(void *ctx, const struct cert_ca *c, struct err *err)
{
	struct looking *l = ctx;

	if (is_text(l->p, "name", c->name))
		l->goes_on = true;
	else
		urls_look(l, c);
	return l->subject.len == 0 ? 0 : subject_look(l, c, err);
}

static int
all_look(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_each(tx, look, ctx, err);
}

int
namesake_check(struct flow *f, const json_t *parameters, struct err *err)
{
	const json_t *subject = json_object_get(parameters, "subject");
	struct looking l = { .p = parameters };
	int rc = subject == NULL ? 0 : name_der(subject, &l.subject, err);

	if (rc == 0)
		rc = state_read(f->state, all_look, &l, err);
	blob_done(&l.subject);
	if (rc == 0 && l.taken[0] != '\0' && !l.goes_on)
		rc = err_set(err, ECONFLICT, "%s", l.taken);
	if (rc == 0 && l.other[0] != '\0' && !l.heir)
		rc = err_set(err, ECONFLICT, "/subject: authority %s has this "
		    "name, and another key: it must be its own (RFC 5280, "
		    "4.1.2.6); \"ca rekey\" makes one that goes on for it",
		    l.other);
	return rc;
}
