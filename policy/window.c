#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "policy/window.h"

static time_us
time_of(const json_t *p, const char *name)
{
	time_us t = 0;

	/* parameters_check has read it once already. */
	return clock_parse(json_str(p, name, ""), &t, NULL) == 0 ? t : 0;
}

int
window_bounds(const struct rule *rule, const json_t *p, struct err *err)
{
	time_us from = time_of(p, "from"), until = time_of(p, "until");

	if (until <= from)
		return err_set(err, EDENIED, "the window ends before it begins");
	if (until - from > rule->permits_for)
		return err_set(err, EDENIED, "rule \"%s\" permits windows of "
		    "at most %lld seconds", rule->name,
		    (long long)(rule->permits_for / TIME_S(1)));
	if (json_int(p, "uses", 0) > rule->permits_uses)
		return err_set(err, EDENIED, "rule \"%s\" permits at most "
		    "%lld uses", rule->name, (long long)rule->permits_uses);
	if (json_flag(p, "any_digest", false) && !rule->any_digest)
		return err_set(err, EDENIED, "rule \"%s\" does not permit a "
		    "window without digests", rule->name);
	return 0;
}

/* Names are what people read: one that is not the key's was agreed to for another. */
static int
key_check(const json_t *keys, const struct window_use *use, struct err *err)
{
	char hex[SHA256_HEX];
	const json_t *v;
	bool found = false;
	size_t i;

	sha256_hex(use->key, hex);
	json_array_foreach(keys, i, v) {
		if (strcmp(json_str(v, "key", ""), hex) != 0)
			continue;
		found = true;
		if (use->key_name != NULL && strcmp(json_str(v, "key_name",
		    ""), use->key_name) != 0)
			return err_set(err, EPROOF, "the key that was approved "
			    "has another name");
	}
	return found ? 0 : err_set(err, EDENIED, "the window is not for this "
	    "key");
}

/* A window that names a product or track is for that one alone. */
static int
only_check(const json_t *p, const char *member, const char *used,
    struct err *err)
{
	const char *only = json_str(p, member, NULL);

	if (only == NULL || (used != NULL && strcmp(only, used) == 0))
		return 0;
	return err_set(err, EDENIED, "the window is for %s %s alone", member,
	    only);
}

int
window_use_check(const struct request *w, const struct window_use *use,
    struct err *err)
{
	const json_t *p = w->parameters;

	if (w->action != ACTION_WINDOW_OPEN)
		return err_set(err, EDENIED, "%s is not a window", w->id);
	if (use->now < time_of(p, "from"))
		return err_set(err, EDENIED, "the window is not open yet");
	if (use->now >= time_of(p, "until"))
		return err_set(err, EEXPIRED, "the window has ended");
	TRY(key_check(json_object_get(p, "keys"), use, err));
	if (!json_has(json_object_get(p, "by"), use->principal))
		return err_set(err, EDENIED, "the window is not for %s",
		    use->principal);
	if (!json_flag(p, "any_digest", false) &&
	    !json_has(json_object_get(p, "digests"), use->digest))
		return err_set(err, EDENIED, "the window is not for this "
		    "digest");
	TRY(only_check(p, "product", use->product, err));
	return only_check(p, "track", use->track, err);
}

bool
window_proves(const struct request *w, const struct rule *rule,
    const char *fact)
{
	/* What window_use_check compares; where nobody approves, the service
	 * says who asked, and for what. */
	const char *member = strcmp(fact, "artifact.product") == 0 ?
	    "product" : strcmp(fact, "artifact.track") == 0 ? "track" : NULL;

	return w->action == ACTION_WINDOW_OPEN && rule->approvals_n > 0 &&
	    member != NULL && json_str(w->parameters, member, NULL) != NULL;
}
