/* laws - charters of the chain, parsed once. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "ca/profile.h"
#include "policy/charter.h"
#include "state/inside.h"

#define LAWS	64	/* charters kept; a chain is short, older ones are read again */

struct laws {
	pthread_mutex_t	 lock;
	struct law	*law[LAWS];
	size_t		 next;
};

int
laws_new(struct laws **ret, struct err *err)
{
	struct laws	*l = calloc(1, sizeof(*l));

	if (l == NULL || pthread_mutex_init(&l->lock, NULL) != 0) {
		free(l);
		return err_set(err, ENOMEMORY, "charters");
	}
	*ret = l;
	return 0;
}

void
laws_free(struct laws *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < LAWS; i++)
		law_free(l->law[i]);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct law *
law_ref(struct law *l)
{
	__atomic_add_fetch(&l->refs, 1, __ATOMIC_RELAXED);
	return l;
}

void
law_free(struct law *l)
{
	if (l == NULL || __atomic_sub_fetch(&l->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < l->profile_n; i++)
		profile_free(l->profiles[i]);
	free(l->profiles);
	charter_free(l->charter);
	free(l);
}

const struct profile *
law_profile(const struct law *l, const char *name)
{
	for (size_t i = 0; i < l->profile_n; i++)
		if (strcmp(l->profiles[i]->name, name) == 0)
			return l->profiles[i];
	return NULL;
}

static struct law *
laws_recall(struct laws *l, const char *hash)
{
	struct law	*found = NULL;

	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < LAWS && found == NULL; i++)
		if (l->law[i] != NULL && strcmp(l->law[i]->hex, hash) == 0)
			found = law_ref(l->law[i]);
	pthread_mutex_unlock(&l->lock);
	return found;
}

static void
laws_keep(struct laws *l, struct law *law)
{
	pthread_mutex_lock(&l->lock);
	law_free(l->law[l->next]);
	l->law[l->next] = law_ref(law);
	l->next = (l->next + 1) % LAWS;
	pthread_mutex_unlock(&l->lock);
}

/* A charter whose profiles do not all read is neither founded nor amended to. */
static int
profiles_parse(struct law *law, struct err *err)
{
	json_t		*all = json_object_get(charter_json(law->charter),
			    "profiles"), *doc;
	const char	*name;

	law->profiles = calloc(json_object_size(all) + 1,
	    sizeof(*law->profiles));
	if (law->profiles == NULL)
		return err_set(err, ENOMEMORY, "profiles");
	json_object_foreach(all, name, doc) {
		TRY(profile_read(name, doc, &law->profiles[law->profile_n],
		    err));
		law->profile_n++;
	}
	return 0;
}

static int
law_parse(const char *document, struct law **ret, struct err *err)
{
	AUTO_JSON	*doc = NULL;
	AUTO(law)	*law = calloc(1, sizeof(*law));

	if (law == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	law->refs = 1;
	TRY(json_read(document, strlen(document), &doc, err));
	TRY(charter_from_json(doc, &law->charter, err));
	law->hash = charter_hash(law->charter);
	sha256_hex(&law->hash, law->hex);
	TRY(profiles_parse(law, err));
	*ret = TAKE(law);
	return 0;
}

static int
from_row(struct laws *l, const struct rows *r, struct law **ret,
    struct err *err)
{
	AUTO(law)	*law = laws_recall(l, rows_text(r, "hash"));

	if (law == NULL) {
		TRY(law_parse(rows_text(r, "document"), &law, err));
		laws_keep(l, law);
	}
	*ret = TAKE(law);
	return 0;
}

int
laws_get(struct laws *l, struct tx *tx, const char *hash, struct law **ret,
    struct err *err)
{
	AUTO(rows)	*r = NULL;
	struct law	*law = laws_recall(l, hash);
	int		 rc;

	if (law != NULL) {
		*ret = law;
		return 0;
	}
	rc = tx_one(tx, "state_charter_by_hash", PARAMS(v_text(hash)), &r, err);
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "no charter %.64s", hash);
	TRY(rc);
	return from_row(l, r, ret, err);
}

int
laws_newest(struct laws *l, struct tx *tx, struct law **ret, struct err *err)
{
	AUTO(rows)	*r = NULL;
	int		 rc = tx_one(tx, "state_charter_newest", NO_PARAMS, &r,
	    err);

	if (rc == -ENOENT_)
		return err_set(err, EGENESIS, "no charter yet");
	TRY(rc);
	return from_row(l, r, ret, err);
}

static const struct rule *
rule_of(const struct rule *rule, size_t n, const struct sha256 *hash)
{
	for (size_t i = 0; i < n; i++)
		if (sha256_equal(&rule[i].hash, hash))
			return &rule[i];
	return NULL;
}

const struct rule *
law_rule(const struct law *l, const char *hash)
{
	const struct key_class	*class;
	const struct rule	*found;
	struct sha256		 h;
	size_t			 n, rules;

	if (sha256_parse(hash, &h, NULL) != 0)
		return NULL;
	found = charter_access(l->charter, &rules);
	found = rule_of(found, rules, &h);
	class = charter_classes(l->charter, &n);
	for (size_t i = 0; i < n && found == NULL; i++)
		found = rule_of(class[i].rule, class[i].rule_n, &h);
	return found;
}
