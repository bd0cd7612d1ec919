/*
 * certify - what making a certificate takes, whether of a CA or below one.
 *
 * Floor 5, flow; included by its act_*.c only.
 */
#ifndef FLOW_CERTIFY_H
#define FLOW_CERTIFY_H

#include "ca/draft.h"
#include "ca/serial.h"
#include "flow/inside.h"

/** profile_named - a profile of the charter; lives as long as @law. Errors:
 * EINPUT: it has none so called. */
NODISCARD int profile_named(const struct law *law, const char *name,
    const struct profile **ret, struct err *err);
/** ca_draw - of what is asked for a CA alone: it, its key, a reason. */
NODISCARD int ca_draw(const struct begun *b, struct drawn *ret, struct err *err);
/** ca_named - Errors: ENOENT_. */
NODISCARD int ca_named(struct flow *f, const char *name, struct cert_ca **ret,
    struct err *err);
/** asked_wrongly - what certificate, request or profile refuse was asked for
 * wrongly: no rule of the charter said no. */
int asked_wrongly(int rc, struct err *err);

/* One certificate about to be signed. */
struct certifying {
	struct flow	*flow;
	const struct law *law;
	const char	*house, *request;	/* ids */
	const json_t	*parameters;	/* of the request */
	const struct key *key;		/* that signs */
	const char	*issuer;	/* name of the CA; NULL: a root signs itself */
	struct span	 spki;
};
/** certify_try - is there such a certificate, and has the linter nothing to
 * say? Errors: as draft_tbs and lint_refuse, as input. */
NODISCARD int certify_try(const struct certifying *c, struct err *err);
/**
 * certify - have it signed.
 * @ret_entry  the keeper's, owned.
 */
NODISCARD int certify(const struct granted *g, struct span spki,
    const char *issuer, json_t **ret_entry, struct err *err);
/** issued_answer - what is answered for a certificate: cert_show and the request. */
NODISCARD int issued_answer(struct flow *f, const char *request,
    const char *id, json_t **ret, struct err *err);
/** result_certificate - the id of what a done request's event brought. */
NODISCARD int result_certificate(struct flow *f, const struct asked *a,
    char ret[ID_TEXT], struct err *err);

#endif
