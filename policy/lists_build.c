/* lists_build - how long revocation lists may last, from the charter's "lists". */
#include "config.h"

#include "policy/charter_read.h"

#define LEAST	TIME_S(600)
#define MOST	TIME_S(400ll * 86400)

static int
lifetime_read(struct reading *r, const char *member, const char *unsaid,
    time_us *ret)
{
	const char *text = json_str(json_object_get(r->c->json, "lists"),
	    member, unsaid);
	size_t mark = path_down(r, member);

	if (clock_duration(text, ret, NULL) != 0 || *ret < LEAST ||
	    *ret > MOST)
		TRY(note(r, FIND_VALUE, "%s: expected a duration like P10D, "
		    "from PT10M to P400D, not \"%.32s\"", member, text));
	path_up(r, mark);
	return 0;
}

int
charter_build_lists(struct reading *r)
{
	size_t mark = path_down(r, "lists");

	TRY(lifetime_read(r, "lifetime", LISTS_LIFETIME, &r->c->list_most));
	TRY(lifetime_read(r, "root-lifetime", LISTS_ROOT_LIFETIME,
	    &r->c->root_list_most));
	path_up(r, mark);
	return 0;
}
