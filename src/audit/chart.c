/* chart - the charters of the chain, by hash and in order. */
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"

size_t
chart_of(const struct audit *a, const struct sha256 *hash)
{
	size_t	 i = a->chart_n;

	/* The newest is asked for most. */
	while (i > 0)
		if (sha256_equal(&a->chart_hash[--i], hash))
			return i;
	return a->chart_n;
}

size_t
chart_find(const struct audit *a, const char *hex)
{
	struct sha256	 hash;

	return sha256_parse(hex, &hash, NULL) == 0 ? chart_of(a, &hash) :
	    a->chart_n;
}

int
chart_add(struct audit *a, const json_t *document, size_t *ret,
    struct err *err)
{
	AUTO(charter)	*c = NULL;
	struct chart	*at;
	size_t		 i;
	struct sha256	 hash;

	TRY(charter_from_json(document, &c, err));
	hash = charter_hash(c);
	if ((i = chart_of(a, &hash)) < a->chart_n) {
		*ret = i;
		return 0;
	}
	if (a->chart_n == AUDIT_CHARTERS)
		return err_set(err, ETOOBIG, "more than %d charters",
		    AUDIT_CHARTERS);
	at = &a->chart[a->chart_n];
	sha256_hex(&hash, at->hex);
	at->charter = TAKE(c);
	a->chart_hash[a->chart_n] = hash;
	*ret = a->chart_n++;
	return 0;
}

static const struct rule *
among(const struct rule *rule, size_t n, const struct sha256 *hash)
{
	for (size_t i = 0; i < n; i++)
		if (sha256_equal(&rule[i].hash, hash))
			return &rule[i];
	return NULL;
}

const struct rule *
chart_rule(const struct audit *a, size_t chart, const char *hex)
{
	const struct charter	*c = a->chart[chart].charter;
	const struct key_class	*class;
	const struct rule	*found;
	struct sha256		 hash;
	size_t			 n;

	if (sha256_parse(hex, &hash, NULL) != 0)
		return NULL;
	found = charter_access(c, &n);
	found = among(found, n, &hash);
	class = charter_classes(c, &n);
	for (size_t i = 0; i < n && found == NULL; i++)
		found = among(class[i].rule, class[i].rule_n, &hash);
	return found;
}
