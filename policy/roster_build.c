#include "config.h"

#include <string.h>

#include "base/b64.h"
#include "policy/charter_read.h"
#include "policy/proof.h"

static int
keep_spki(struct reading *r, const struct blob *der, struct credential *ret)
{
	void *p;

	TRY(charter_alloc(r->c, der->len, 1, &p, r->err));
	memcpy(p, der->data, der->len);
	ret->spki = p;
	ret->spki_n = der->len;
	ret->hash = sha256_of(p, der->len);
	return 0;
}

static int
build_credential(struct reading *r, const json_t *j, struct credential *ret)
{
	AUTO(proof_key) *key = NULL;
	struct blob der = { 0 };
	struct err e = { 0 };
	int rc;

	if (strcmp(json_str(j, "type", ""), "officer-key") != 0)
		return note(r, FIND_CREDENTIAL, "\"%.32s\" is not a "
		    "credential of this language: officer-key",
		    json_str(j, "type", ""));
	ret->kind = PROOF_OFFICER_KEY;
	rc = b64_decode(json_str(j, "spki", ""), &der, &e);
	if (rc == 0)
		rc = proof_key_new(der.data, der.len, &key, &e);
	if (rc == -ENOMEMORY)
		rc = err_set(r->err, ENOMEMORY, "reading a credential");
	else if (rc != 0)
		rc = note(r, FIND_CREDENTIAL, "%s", e.what);
	else if ((rc = keep_spki(r, &der, ret)) == 0)
		ret->key = TAKE(key);
	blob_done(&der);
	return rc;
}

/* A credential names its officer, so nobody else may hold it. */
static int
check_credential_unique(struct reading *r, const struct credential *c,
    size_t so_far)
{
	const struct roster *ro = &r->c->roster;
	size_t i, k;

	for (i = 0; i < so_far; i++)
		for (k = 0; k < ro->principal[i].credential_n; k++)
			if (ro->principal[i].credential[k].spki != NULL &&
			    sha256_equal(&ro->principal[i].credential[k].hash,
			    &c->hash) && c != &ro->principal[i].credential[k])
				return note(r, FIND_CREDENTIAL, "this key is "
				    "listed for %s already",
				    ro->principal[i].id);
	return 0;
}

static int
build_person(struct reading *r, const json_t *j, struct principal *p,
    size_t index)
{
	const json_t *list = json_object_get(j, "credentials");
	size_t i, n = json_array_size(list), mark, inner;
	void *mem;

	p->party = json_str(j, "party", NULL);
	TRY(charter_alloc(r->c, n, sizeof(*p->credential), &mem, r->err));
	p->credential = mem;
	mark = path_down(r, "credentials");
	for (i = 0; i < n; i++) {
		inner = path_down_index(r, i);
		p->credential_n = i + 1;
		TRY(build_credential(r, json_array_get(list, i),
		    &p->credential[i]));
		if (p->credential[i].spki != NULL)
			TRY(check_credential_unique(r, &p->credential[i],
			    index + 1));
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}

static int
build_tool(struct reading *r, const json_t *j, struct principal *p)
{
	const json_t *list = json_object_get(j, "owners");
	size_t i, n = json_array_size(list), mark = path_down(r, "owners");
	const struct principal *owner;
	const char *id;
	void *mem;

	TRY(charter_alloc(r->c, n, sizeof(*p->owner), &mem, r->err));
	p->owner = mem;
	for (i = 0; i < n; i++) {
		id = json_string_value(json_array_get(list, i));
		owner = roster_find(&r->c->roster, id);
		if (owner == NULL || owner->tool)
			TRY(note(r, FIND_UNKNOWN_NAME, "the roster has no "
			    "person \"%.64s\"", id));
		else if (roster_owns(&r->c->roster, owner, p))
			TRY(note(r, FIND_DUPLICATE, "%s is listed twice",
			    id));
		else
			p->owner[p->owner_n++] =
			    (size_t)(owner - r->c->roster.principal);
	}
	path_up(r, mark);
	return 0;
}

/* All ids, sorted, before anything refers to them. */
static int
list_principals(struct reading *r, const json_t *persons, const json_t *tools)
{
	struct roster *ro = &r->c->roster;
	const char **p, **t;
	size_t pn, tn, i = 0, k = 0, mark;
	void *mem;
	bool tool;

	TRY(sorted_keys(r, persons, &p, &pn));
	TRY(sorted_keys(r, tools, &t, &tn));
	TRY(charter_alloc(r->c, pn + tn, sizeof(*ro->principal), &mem,
	    r->err));
	ro->principal = mem;
	while (i < pn || k < tn) {
		tool = i == pn || (k < tn && strcmp(t[k], p[i]) < 0);
		ro->principal[ro->principal_n].tool = tool;
		ro->principal[ro->principal_n++].id = tool ? t[k++] : p[i++];
	}
	for (i = 1; i < ro->principal_n; i++) {
		if (strcmp(ro->principal[i - 1].id, ro->principal[i].id) != 0)
			continue;
		mark = path_down(r, "tools");
		(void)path_down(r, ro->principal[i].id);
		TRY(note(r, FIND_DUPLICATE, "\"%s\" is a person and a tool",
		    ro->principal[i].id));
		path_up(r, mark);
	}
	return 0;
}

static int
build_principals(struct reading *r, const json_t *persons,
    const json_t *tools)
{
	struct roster *ro = &r->c->roster;
	struct principal *p;
	size_t i, mark;

	for (i = 0; i < ro->principal_n; i++) {
		p = &ro->principal[i];
		mark = path_down(r, p->tool ? "tools" : "persons");
		(void)path_down(r, p->id);
		if (p->tool)
			TRY(build_tool(r, json_object_get(tools, p->id), p));
		else
			TRY(build_person(r, json_object_get(persons, p->id),
			    p, i));
		path_up(r, mark);
	}
	return 0;
}

static int
build_group(struct reading *r, const json_t *j, struct group *g, size_t index)
{
	struct roster *ro = &r->c->roster;
	size_t i, n = json_array_size(j), mark;
	struct principal *p;
	const char *id;
	void *mem;

	TRY(charter_alloc(r->c, n, sizeof(*g->member), &mem, r->err));
	g->member = mem;
	for (i = 0; i < n; i++) {
		id = json_string_value(json_array_get(j, i));
		mark = path_down_index(r, i);
		p = (struct principal *)(uintptr_t)roster_find(ro, id);
		if (p == NULL)
			TRY(note(r, FIND_UNKNOWN_NAME, "the roster has no "
			    "\"%.64s\"", id));
		else if (roster_in(p, (int)index))
			TRY(note(r, FIND_DUPLICATE, "%s is listed twice",
			    id));
		else {
			g->member[g->member_n++] =
			    (size_t)(p - ro->principal);
			p->groups.w[index / 64] |=
			    UINT64_C(1) << (index % 64);
		}
		path_up(r, mark);
	}
	return 0;
}

static int
build_groups(struct reading *r, const json_t *groups)
{
	struct roster *ro = &r->c->roster;
	const char **names;
	size_t i, n, mark = path_down(r, "groups"), inner;
	void *mem;

	TRY(sorted_keys(r, groups, &names, &n));
	TRY(charter_alloc(r->c, n, sizeof(*ro->group), &mem, r->err));
	ro->group = mem;
	for (i = 0; i < n; i++) {
		inner = path_down(r, names[i]);
		ro->group[i].name = names[i];
		TRY(build_group(r, json_object_get(groups, names[i]),
		    &ro->group[i], i));
		ro->group_n = i + 1;
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}

int
charter_build_roster(struct reading *r)
{
	const json_t *j = json_object_get(r->c->json, "roster");
	const json_t *persons = json_object_get(j, "persons");
	const json_t *tools = json_object_get(j, "tools");
	size_t mark = path_down(r, "roster");

	TRY(list_principals(r, persons, tools));
	if (r->f->errors > 0)
		return 0;		/* names are ambiguous */
	TRY(build_principals(r, persons, tools));
	TRY(build_groups(r, json_object_get(j, "groups")));
	path_up(r, mark);
	return 0;
}
