/*
 * waiting - what was asked before and waits still is not asked again.
 *
 * What may be wanted once more later, as to resume a key, has no name by which
 * it is found for ever (idempotency.h): while one waits it is this one, and
 * when that has ended a new one begins.
 *
 * Floor 7.
 */
#include <string.h>

#include "cli/options.h"
#include "cli/waiting.h"

/* Made anew each time, or following from what there is by now. */
static const char *const FRESH[] = { "hash", "expires", "from", "reissue",
	"replaces", "selection", "asked", "changes" };

static int
settled(const json_t *view, json_t **ret, struct err *err)
{
	const json_t *doc = json_object_get(view, "document");
	json_t *p = json_object_get(doc, "parameters");

	TRY(body_copy(p, ret, err));
	for (size_t i = 0; i < NELEM(FRESH); i++)
		(void)json_object_del(*ret, FRESH[i]);
	return 0;
}

/* Of long parts a list has a hash alone: what is like it but for them is read. */
static int
whole(struct cli *cli, const json_t *one, json_t **ret, struct err *err)
{
	char path[96];

	if (json_object_get(one, "left_out") == NULL) {
		*ret = json_incref((json_t *)(uintptr_t)one);
		return 0;
	}
	snprintf(path, sizeof(path), "/v1/requests/%s", json_str(one, "request",
	    ""));
	return cli_get(cli, ret, err, path);
}

static bool
may_be(const json_t *one, const json_t *p, const json_t *wanted)
{
	const json_t *left = json_object_get(one, "left_out"), *value;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)wanted, name, value)
		if (json_object_get(left, name) == NULL &&
		    json_equal(json_object_get(p, name), value) != 1)
			return false;
	return true;
}

static int
is_same(struct cli *cli, const json_t *one, const json_t *wanted, bool *ret,
    struct err *err)
{
	AUTO_JSON *p = NULL, *full = NULL, *all = NULL;

	*ret = false;
	TRY(settled(one, &p, err));
	if (!may_be(one, p, wanted))
		return 0;
	TRY(whole(cli, one, &full, err));
	TRY(settled(full, &all, err));
	*ret = json_equal(all, wanted) == 1;
	return 0;
}

/* Among those of the asker, of this action, in this state. */
static int
look_in(struct cli *cli, const json_t *prepared, const char *state,
    const json_t *wanted, json_t **ret, struct err *err)
{
	const json_t *doc = json_object_get(prepared, "document"), *all, *one;
	AUTO_JSON *list = NULL;
	char path[256];
	bool same;
	size_t i;

	snprintf(path, sizeof(path), "/v1/requests?limit=1000&state=%s&action=%s"
	    "&requester=%s", state, json_str(doc, "action", ""),
	    json_str(doc, "requester", ""));
	TRY(cli_get(cli, &list, err, path));
	all = json_object_get(list, "requests");
	json_array_foreach(all, i, one) {
		TRY(is_same(cli, one, wanted, &same, err));
		if (same) {
			*ret = json_incref((json_t *)(uintptr_t)one);
			break;
		}
	}
	return 0;
}

int
waiting_find(struct cli *cli, const json_t *prepared, json_t **ret,
    struct err *err)
{
	AUTO_JSON *wanted = NULL;

	*ret = NULL;
	TRY(settled(prepared, &wanted, err));
	TRY(look_in(cli, prepared, "waiting", wanted, ret, err));
	return *ret != NULL ? 0 :
	    look_in(cli, prepared, "due", wanted, ret, err);
}
