#include "config.h"

#include <string.h>

#include "policy/roster.h"

static const char *const PROOFS[] = { "officer-key", "passkey" };
_Static_assert(NELEM(PROOFS) == PROOF__N, "a name for each kind of proof");

const char *
proof_kind_name(enum proof_kind k)
{
	return PROOFS[k];
}

int
proof_kind_from_name(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(PROOFS); i++)
		if (strcmp(PROOFS[i], name) == 0)
			return (int)i;
	return -1;
}

const struct principal *
roster_find(const struct roster *r, const char *id)
{
	size_t from = 0, to = r->principal_n, mid;
	int c;

	while (from < to) {
		mid = from + (to - from) / 2;
		c = strcmp(id, r->principal[mid].id);
		if (c == 0)
			return &r->principal[mid];
		if (c < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

int
roster_group(const struct roster *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->group_n; i++)
		if (strcmp(r->group[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
roster_in(const struct principal *p, int group)
{
	return group >= 0 && group < ROSTER_GROUPS &&
	    (p->groups.w[group / 64] >> (group % 64) & 1) != 0;
}

bool
roster_owns(const struct roster *r, const struct principal *person,
    const struct principal *tool)
{
	size_t i;

	for (i = 0; i < tool->owner_n; i++)
		if (&r->principal[tool->owner[i]] == person)
			return true;
	return false;
}

const struct credential *
roster_credential(const struct principal *p, const struct sha256 *hash)
{
	size_t i;

	for (i = 0; i < p->credential_n; i++)
		if (sha256_equal(&p->credential[i].hash, hash))
			return &p->credential[i];
	return NULL;
}

const struct principal *
roster_by_credential(const struct roster *r, const struct sha256 *hash)
{
	size_t i;

	for (i = 0; i < r->principal_n; i++)
		if (roster_credential(&r->principal[i], hash) != NULL)
			return &r->principal[i];
	return NULL;
}
