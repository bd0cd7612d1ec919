/*
 * lineage - an authority as it issues, with those above it: read and taken apart
 * once, and kept for as long as the ledger has no event that changes an authority
 * or what became of a certificate, of this service or another.
 *
 * Floor 5, flow; included by what certifies.
 * Threads:  share all; one is constant once made.
 */
#ifndef FLOW_LINEAGE_H
#define FLOW_LINEAGE_H

#include "ca/issuer.h"
#include "flow/flow.h"
#include "state/state.h"

struct flow;
struct lineages;

struct lineage {
	struct cert_ca	*ca;
	struct issuer	*issuer;	/* the same, as certificates are drafted */
	struct issuer	*over[ISSUER_ABOVE];	/* owned: those above it */
	struct issuer_path above;	/* borrows them */
	struct blob	 chain;		/* PEM: its certificate, and those above */
	struct err	 fallen;	/* why nothing is issued by it; OK: it stands */
	uint64_t	 at;		/* cert_ca_changed where it was read */
	unsigned	 refs;
};

NODISCARD int lineages_new(struct lineages **ret, struct err *err);
void lineages_free(struct lineages *l);
/** lineage_in - of an authority by name, as it is in @tx; one reference, to be let
 * go by lineage_free.  Errors: ENOENT_, ETOOBIG (more than ISSUER_ABOVE above it). */
NODISCARD int lineage_in(struct flow *f, struct tx *tx, const char *name,
    struct lineage **ret, struct err *err);
/** lineage_of - the same in a reading of its own. */
NODISCARD int lineage_of(struct flow *f, const char *name,
    struct lineage **ret, struct err *err);
struct lineage *lineage_ref(struct lineage *l);
void lineage_free(struct lineage *l);
DEFINE_FREEP(lineage)

#endif
