/* facts_canonical - facts as canonical JSON, without a tree of them: each use has its
 * own, and nobody looks into them before they are written. */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/json_text.h"
#include "policy/facts.h"

struct named {
	const char	*name;
	const struct fact_value *v;
};

/* What is known, in the order of names. */
static size_t
known_sorted(const struct facts *f, struct named ret[FACT__N])
{
	const struct fact_value *v;
	size_t n = 0, at;

	for (int i = 0; i < FACT__N; i++) {
		const char *name = fact_name((enum fact)i);

		if ((v = facts_get(f, (enum fact)i, NULL)) == NULL)
			continue;
		for (at = n++; at > 0 && strcmp(ret[at - 1].name, name) > 0;
		    at--)
			ret[at] = ret[at - 1];
		ret[at] = (struct named){ name, v };
	}
	return n;
}

static int
put_set(const struct fact_value *v, struct blob *ret, struct err *err)
{
	TRY(blob_put(ret, "[", 1, err));
	for (size_t i = 0; i < v->set_n; i++) {
		if (i > 0)
			TRY(blob_put(ret, ",", 1, err));
		TRY(json_text_put(v->set[i], strlen(v->set[i]), ret, err));
	}
	return blob_put(ret, "]", 1, err);
}

static int
put_value(const struct fact_value *v, struct blob *ret, struct err *err)
{
	switch (v->type) {
	case FACT_STRING:
		return json_text_put(v->s, strlen(v->s), ret, err);
	case FACT_INTEGER:
		return blob_printf(ret, err, "%lld", (long long)v->i);
	case FACT_FLAG:
		return blob_puts(ret, v->i != 0 ? "true" : "false", err);
	case FACT_SET:
		return put_set(v, ret, err);
	}
	return err_set(err, EINTERNAL, "no type of facts");
}

static int
put_fact(const struct named *n, struct blob *ret, struct err *err)
{
	TRY(json_text_put(n->name, strlen(n->name), ret, err));
	TRY(blob_puts(ret, ":{\"from\":\"", err));
	TRY(blob_puts(ret, provenance_name(n->v->from), err));
	TRY(blob_puts(ret, "\",\"value\":", err));
	TRY(put_value(n->v, ret, err));
	return blob_put(ret, "}", 1, err);
}

static int
put_all(const struct facts *f, struct blob *ret, struct err *err)
{
	struct named all[FACT__N];
	size_t n = known_sorted(f, all);

	TRY(blob_put(ret, "{", 1, err));
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			TRY(blob_put(ret, ",", 1, err));
		TRY(put_fact(&all[i], ret, err));
	}
	return blob_put(ret, "}", 1, err);
}

int
facts_canonical(const struct facts *f, struct blob *ret, struct err *err)
{
	AUTO_JSON *j = NULL;

	/* Claims stand among the others, and are rare. */
	if (!facts_claimed(f))
		return put_all(f, ret, err);
	if ((j = facts_json(f)) == NULL)
		return err_set(err, ENOMEMORY, "facts");
	return json_canonical(j, ret, err);
}
