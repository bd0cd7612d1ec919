/* lineage - see lineage.h. */
#include <stdlib.h>
#include <string.h>
#include "ca/p7.h"
#include "flow/inside.h"
#include "flow/lineage.h"
#include "state/state.h"

#define LINEAGES	64	/* authorities that issue at one time */

struct lineages {
	pthread_mutex_t	 lock;
	struct lineage	*kept[LINEAGES];	/* a reference each */
	unsigned	 oldest;
};

struct lineage *
lineage_ref(struct lineage *l)
{
	__atomic_add_fetch(&l->refs, 1, __ATOMIC_RELAXED);
	return l;
}

void
lineage_free(struct lineage *l)
{
	if (l == NULL || __atomic_sub_fetch(&l->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	cert_ca_free(l->ca);
	issuer_free(l->issuer);
	for (size_t i = 0; i < l->above.n; i++)
		issuer_free(l->over[i]);
	blob_done(&l->chain);
	free(l);
}

int
lineages_new(struct lineages **ret, struct err *err)
{
	struct lineages *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return err_set(err, ENOMEMORY, "authorities");
	pthread_mutex_init(&l->lock, NULL);
	*ret = l;
	return 0;
}

void
lineages_free(struct lineages *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < LINEAGES; i++)
		lineage_free(l->kept[i]);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* ---- read ---- */

/* Nobody believes any more what one below a fallen authority signs. */
static int
standing_read(struct lineage *l, struct tx *tx, const struct cert_ca *ca,
    struct err *err)
{
	struct cert_row row;
	bool there;

	TRY(cert_ca_revoked(tx, ca, &row, &there, err));
	if (there && l->fallen.code == OK)
		(void)!err_set(&l->fallen, ECONFLICT, "certificate %s of the "
		    "authority %s is %s: nothing is issued by it, nor below it",
		    row.id, ca->name, row.status == CERT_HELD ? "on hold" :
		    "revoked");
	return p7_pem("CERTIFICATE", span_blob(&ca->der), &l->chain, err);
}

/* By the names that the ledger has of who signed whom; of an authority that
 * was taken in from elsewhere there is none, and the keeper looks further. */
static int
above_read(struct lineage *l, struct tx *tx, struct err *err)
{
	char at[CERT_NAME];

	memcpy(at, l->ca->issuer, sizeof(at));
	while (at[0] != '\0') {
		AUTO(cert_ca) *up = NULL;
		size_t n = l->above.n;

		if (n == ISSUER_ABOVE)
			return err_set(err, ETOOBIG, "more than %d authorities "
			    "above %s", ISSUER_ABOVE, l->ca->name);
		TRY(cert_ca_get(tx, at, &up, err));
		TRY(standing_read(l, tx, up, err));
		TRY(issuer_read(span_blob(&up->der), NULL, 1, &l->over[n],
		    err));
		l->above.at[n] = l->over[n];
		l->above.n++;
		memcpy(at, up->issuer, sizeof(at));
	}
	return 0;
}

static int
lineage_read(struct lineage *l, struct tx *tx, const char *name,
    struct err *err)
{
	TRY(cert_ca_get(tx, name, &l->ca, err));
	TRY(standing_read(l, tx, l->ca, err));
	TRY(issuer_read(span_blob(&l->ca->der), l->ca->urls,
	    l->ca->partitions, &l->issuer, err));
	return above_read(l, tx, err);
}

/* ---- kept ---- */

/* NULL: none that is still so. */
static struct lineage *
recall(struct lineages *k, const char *name, uint64_t at)
{
	struct lineage *found = NULL;

	pthread_mutex_lock(&k->lock);
	for (unsigned i = 0; i < LINEAGES && found == NULL; i++)
		if (k->kept[i] != NULL && k->kept[i]->at == at &&
		    strcmp(k->kept[i]->ca->name, name) == 0)
			found = lineage_ref(k->kept[i]);
	pthread_mutex_unlock(&k->lock);
	return found;
}

/* In the place of what is no longer so, or else of the oldest. */
static void
keep(struct lineages *k, struct lineage *l)
{
	struct lineage *gone;
	unsigned i = 0;

	pthread_mutex_lock(&k->lock);
	while (i < LINEAGES && k->kept[i] != NULL && k->kept[i]->at == l->at)
		i++;
	if (i == LINEAGES)
		i = k->oldest++ % LINEAGES;
	gone = k->kept[i];
	k->kept[i] = lineage_ref(l);
	pthread_mutex_unlock(&k->lock);
	lineage_free(gone);
}

int
lineage_in(struct flow *f, struct tx *tx, const char *name,
    struct lineage **ret, struct err *err)
{
	AUTO(lineage) *l = NULL;
	uint64_t at;

	TRY(cert_ca_changed(tx, &at, err));
	if ((l = recall(f->lineages, name, at)) != NULL) {
		*ret = TAKE(l);
		return 0;
	}
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	l->refs = 1;
	l->at = at;
	TRY(lineage_read(l, tx, name, err));
	keep(f->lineages, l);
	*ret = TAKE(l);
	return 0;
}

struct reading {
	struct flow	*flow;
	const char	*name;
	struct lineage	*l;
};

static int
read_of(struct tx *tx, void *ctx, struct err *err)
{
	struct reading *r = ctx;

	return lineage_in(r->flow, tx, r->name, &r->l, err);
}

int
lineage_of(struct flow *f, const char *name, struct lineage **ret,
    struct err *err)
{
	struct reading r = { f, name, NULL };

	TRY(state_read(f->state, read_of, &r, err));
	*ret = r.l;
	return 0;
}
