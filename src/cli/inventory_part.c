/*
 * inventory_part - how parts of an inventory are listed.
 *
 * Floor 7.
 */
#include "cli/inventory.h"

int
marks_set(json_t *part, struct err *err)
{
	static const char *const flags[] = { "expiring", "ended", "shared" };
	AUTO(blob) *marks = blob_new();
	const json_t *one;
	size_t i;

	if (marks == NULL)
		return err_set(err, ENOMEMORY, "marks");
	for (i = 0; i < NELEM(flags); i++)
		if (json_flag(part, flags[i], false))
			TRY(blob_printf(marks, err, "%s%s", marks->len > 0 ?
			    ", " : "", flags[i]));
	json_array_foreach(json_object_get(part, "gaps"), i, one)
		TRY(blob_printf(marks, err, "%sno %s", marks->len > 0 ? ", " :
		    "", json_str(one, "gap", "?")));
	return json_set_str(part, "marks", blob_str(marks), err);
}

int
shared_copy(const json_t *key, json_t *part, struct err *err)
{
	return !json_flag(key, "shared", false) ? 0 : json_set_new(part,
	    "shared", json_true(), err);
}

int
quorum_set(json_t *use, struct err *err)
{
	AUTO(blob) *words = blob_new();
	const json_t *one;
	size_t i;

	if (words == NULL)
		return err_set(err, ENOMEMORY, "a quorum");
	json_array_foreach(json_object_get(use, "approvals"), i, one)
		TRY(blob_printf(words, err, "%s%lld of %s", i > 0 ? ", " : "",
		    (long long)json_int(one, "count", 0), json_str(one, "of",
		    "?")));
	if (words->len == 0)
		TRY(blob_puts(words, "none", err));
	return json_set_str(use, "quorum", blob_str(words), err);
}

/* Whom it names as issuer, and what it is called. */
static int
other_set(json_t *c, struct err *err)
{
	TRY(json_set_str(c, "id", json_str(c, "fingerprint", ""), err));
	return json_set_str(c, "ca", json_str(c, "issuer", ""), err);
}

int
certificate_set(json_t *c, struct err *err)
{
	if (json_flag(c, "elsewhere", false))
		TRY(other_set(c, err));
	return marks_set(c, err);
}

int
authority_set(json_t *authority, struct err *err)
{
	const json_t *first = json_array_get(table_member(authority,
	    "issued.soonest"), 0);

	if (first != NULL)
		TRY(json_set_str(authority, "soonest", json_str(first,
		    "not_after", ""), err));
	return marks_set(authority, err);
}

int
parts_list(json_t *parts, part_set *set, const struct table_row *rows,
    size_t n, struct err *err)
{
	json_t *one;
	size_t i;

	if (json_array_size(parts) == 0)
		return 0;
	json_array_foreach(parts, i, one)
		if (set != NULL)
			TRY(set(one, err));
	puts("");
	table_list(parts, rows, n);
	return 0;
}
