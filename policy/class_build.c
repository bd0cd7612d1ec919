#include "config.h"

#include <string.h>

#include "policy/charter_read.h"

static int
build_algorithms(struct reading *r, const json_t *list, struct key_class *k)
{
	size_t i, n = json_array_size(list), mark;
	const char **name;
	void *mem;

	TRY(charter_alloc(r->c, n, sizeof(*name), &mem, r->err));
	name = mem;
	mark = path_down(r, "algorithms");
	for (i = 0; i < n; i++) {
		name[i] = json_string_value(json_array_get(list, i));
		if (!algorithm_known(name[i]))
			TRY(note(r, FIND_VALUE, "\"%.32s\" is not an "
			    "algorithm that keys may have", name[i]));
		else if (k->kind != KIND_OTA_ENCRYPTION &&
		    strncmp(name[i], "aes-", 4) == 0)
			TRY(note(r, FIND_VALUE, "%s keys cannot sign",
			    name[i]));
	}
	path_up(r, mark);
	k->algorithm = name;
	k->algorithm_n = n;
	return 0;
}

static int
build_keys(struct reading *r, const json_t *j, struct key_class *k)
{
	const char *export = json_str(j, "exportable", "");
	const char *period = json_str(j, "cryptoperiod", "");
	size_t mark = path_down(r, "keys"), inner;

	TRY(build_algorithms(r, json_object_get(j, "algorithms"), k));
	inner = path_down(r, "cryptoperiod");
	if (clock_duration(period, &k->cryptoperiod, NULL) != 0 ||
	    k->cryptoperiod <= 0)
		TRY(note(r, FIND_VALUE, "cryptoperiod: expected a duration "
		    "like P2Y, not \"%.32s\"", period));
	path_up(r, inner);
	inner = path_down(r, "exportable");
	if (strcmp(export, "wrapped") == 0)
		k->exportable = EXPORT_WRAPPED;
	else if (strcmp(export, "never") != 0)
		TRY(note(r, FIND_VALUE, "exportable: expected never or "
		    "wrapped"));
	path_up(r, inner);
	path_up(r, mark);
	return 0;
}

static int
owner_known(struct reading *r, const struct key_class *k)
{
	const struct roster *ro = &r->c->roster;
	int g = roster_group(ro, k->owner);

	if (g < 0)
		return note(r, FIND_UNKNOWN_NAME, "the owner \"%.64s\" is no "
		    "group of the roster", k->owner);
	if (ro->group[g].member_n == 0)
		return note(r, FIND_NO_OWNER, "the owner %s has no members",
		    k->owner);
	return 0;
}

static int
build_owner(struct reading *r, const json_t *j, struct key_class *k)
{
	size_t mark;

	k->owner = json_str(j, "owner", NULL);
	if (k->owner == NULL)
		return note(r, FIND_NO_OWNER, "class %s has no owner: name "
		    "the group that answers for its keys", k->name);
	mark = path_down(r, "owner");
	TRY(owner_known(r, k));
	path_up(r, mark);
	return 0;
}

static int
build_recovery(struct reading *r, const json_t *j, struct key_class *k)
{
	const json_t *known = json_object_get(r->c->json, "recovery");
	size_t mark;

	k->recovery = json_str(j, "recovery", NULL);
	if (k->recovery == NULL)
		return note(r, FIND_NO_RECOVERY, "class %s has no recovery: "
		    "name a procedure of recovery.yaml", k->name);
	mark = path_down(r, "recovery");
	if (json_object_get(known, k->recovery) == NULL)
		TRY(note(r, FIND_UNKNOWN_NAME, "there is no recovery "
		    "procedure \"%.64s\"", k->recovery));
	path_up(r, mark);
	return 0;
}

static int
build_class(struct reading *r, const json_t *j, const char *name,
    struct key_class *k)
{
	struct err e;
	size_t mark = path_down(r, "kind");

	k->name = name;
	k->purpose = json_str(j, "purpose", "");
	if (class_kind_from_name(json_str(j, "kind", ""), &k->kind, &e) != 0) {
		TRY(note(r, FIND_VALUE, "%s", e.what));
		path_up(r, mark);
		return 0;
	}
	path_up(r, mark);
	TRY(build_owner(r, j, k));
	TRY(build_recovery(r, j, k));
	TRY(build_keys(r, json_object_get(j, "keys"), k));
	return rules_build(r, json_object_get(j, "rules"), k, &k->rule,
	    &k->rule_n);
}

int
charter_build_classes(struct reading *r)
{
	const json_t *j = json_object_get(r->c->json, "classes");
	const char **names;
	size_t i, n, mark = path_down(r, "classes"), inner;
	void *mem;

	TRY(sorted_keys(r, j, &names, &n));
	TRY(charter_alloc(r->c, n, sizeof(*r->c->class), &mem, r->err));
	r->c->class = mem;
	r->c->class_n = n;
	for (i = 0; i < n; i++) {
		inner = path_down(r, names[i]);
		TRY(build_class(r, json_object_get(j, names[i]), names[i],
		    &r->c->class[i]));
		path_up(r, inner);
	}
	path_up(r, mark);
	mark = path_down(r, "access");
	TRY(rules_build(r, json_object_get(json_object_get(r->c->json,
	    "access"), "rules"), NULL, &r->c->access, &r->c->access_n));
	path_up(r, mark);
	return 0;
}
