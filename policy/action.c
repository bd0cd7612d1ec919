#include "config.h"

#include <string.h>

#include "policy/action.h"

static const struct {
	const char	*name;
	unsigned	 kinds;
	bool		 on_key, in_keeper;
	const char	*words;
} ROWS[] = {
#define A(sym, name, kinds, on_key, keeper, words) \
	{ name, kinds, on_key, keeper, words },
	ACTIONS(A)
#undef A
};
_Static_assert(NELEM(ROWS) == ACTION__N, "a row for each action");

static const char *const KINDS[] = {
#define K(sym, name, words) name,
	CLASS_KINDS(K)
#undef K
};
_Static_assert(NELEM(KINDS) == KIND__N, "a name for each kind");

const char *
action_name(enum action a)
{
	return ROWS[a].name;
}

const char *
action_words(enum action a)
{
	return ROWS[a].words;
}

int
action_from_name(const char *name, enum action *ret, struct err *err)
{
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (strcmp(ROWS[i].name, name) == 0) {
			*ret = (enum action)i;
			return 0;
		}
	return err_set(err, ESCHEMA, "\"%.64s\" is not an action", name);
}

bool
action_of_class(enum action a)
{
	return ROWS[a].kinds != FOR_HOUSE;
}

bool
action_for_kind(enum action a, enum class_kind k)
{
	return (ROWS[a].kinds >> k & 1) != 0;
}

bool
action_on_key(enum action a)
{
	return ROWS[a].on_key;
}

bool
action_in_keeper(enum action a)
{
	return ROWS[a].in_keeper;
}

const char *
class_kind_name(enum class_kind k)
{
	return KINDS[k];
}

int
class_kind_from_name(const char *name, enum class_kind *ret, struct err *err)
{
	size_t i;

	for (i = 0; i < NELEM(KINDS); i++)
		if (strcmp(KINDS[i], name) == 0) {
			*ret = (enum class_kind)i;
			return 0;
		}
	return err_set(err, ESCHEMA, "\"%.64s\" is not a kind of key class",
	    name);
}
