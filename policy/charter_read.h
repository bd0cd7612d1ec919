/*
 * charter_read - how a charter is put together; private to policy/.
 *
 * Three passes over the canonical document, each only when the one before
 * found no error: types (schema), meaning (build), sense (lint).  A pass
 * notes findings and goes on; it fails only without memory.
 */
#ifndef POLICY_CHARTER_READ_H
#define POLICY_CHARTER_READ_H

#include "base/json.h"
#include "policy/charter.h"
#include "policy/watch.h"

#define PATH_TEXT	400

struct charter {
	json_t		*json;		/* owned: the canonical document */
	struct sha256	 hash;
	struct roster	 roster;
	struct key_class *class;
	size_t		 class_n;
	const struct rule *access;
	size_t		 access_n;
	time_us		 list_most, root_list_most;
	struct alert_rule *alert;	/* in the order of their names */
	size_t		 alert_n;
	void		**owned;	/* every allocation of the above */
	size_t		 owned_n, owned_room;
};

struct reading {
	struct charter	*c;
	struct findings	*f;
	struct err	*err;
	char		 path[PATH_TEXT];	/* JSON pointer of what is read */
	size_t		 path_n;
};

/** charter_alloc - zeroed memory that lives as long as the charter. */
NODISCARD int charter_alloc(struct charter *c, size_t n, size_t size,
    void **ret, struct err *err);
/** path_down - go to a member; give the result to path_up to come back. */
size_t path_down(struct reading *r, const char *name);
size_t path_down_index(struct reading *r, size_t i);
void path_up(struct reading *r, size_t mark);
/** note - a finding at the present path. */
#define note(r, what, ...) \
	findings_add((r)->f, (what), (r)->path, (r)->err, __VA_ARGS__)
/** sorted_keys - the names of an object in order of octets; they live with
 * the charter. */
NODISCARD int sorted_keys(struct reading *r, const json_t *o,
    const char ***ret, size_t *ret_n);

/** charter_schema - pass 1 (charter_schema.c). */
NODISCARD int charter_schema(struct reading *r, const json_t *j);
/** support_end - of a day, "2036-12-31", its last second. Errors: EINPUT. */
NODISCARD int support_end(const char *day, time_us *ret, struct err *err);
/** charter_build_roster, charter_build_classes, charter_build_lists,
 * charter_build_alerts - pass 2. */
NODISCARD int charter_build_roster(struct reading *r);
NODISCARD int charter_build_classes(struct reading *r);
NODISCARD int charter_build_lists(struct reading *r);
NODISCARD int charter_build_alerts(struct reading *r);
/** duration_build - @text as time, more than nothing and at most a century;
 * @name: of what; duration_member: the member of that name. */
NODISCARD int duration_build(struct reading *r, const char *name,
    const char *text, time_us *ret);
NODISCARD int duration_member(struct reading *r, const json_t *o,
    const char *name, time_us *ret);
/** groups_build - a list of the roster's groups; none where there is no such member. */
NODISCARD int groups_build(struct reading *r, const json_t *o,
    const char *member, struct group_set *ret);
/** rule_build - compile the rules of one document (rule_build.c). */
NODISCARD int rules_build(struct reading *r, const json_t *rules,
    const struct key_class *k, const struct rule **ret, size_t *ret_n);
/** match_build - one condition; @need: of "require". */
NODISCARD int match_build(struct reading *r, const char *fact,
    const json_t *j, bool need, struct match *ret);
/** algorithm_known - one of the names that keys may have. */
bool algorithm_known(const char *name);

#endif
