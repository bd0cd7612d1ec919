/* finding - the table of what can be wrong. */
#include "audit/finding.h"

static const struct {
	const char	*code, *words;
} ROW[] = {
#define F(name, code, words) { code, words },
	AUDIT_FINDINGS(F)
#undef F
};
_Static_assert(sizeof(ROW) / sizeof(ROW[0]) == FINDING__N, "a row for each");

const char *
finding_code(enum audit_finding f)
{
	return ROW[f].code;
}

const char *
finding_words(enum audit_finding f)
{
	return ROW[f].words;
}
