/*
 * intake_rows - a page of rows as NDJSON, into the body that it stands for.
 */
#include <stdio.h>
#include "api/intake.h"
#include "base/csrs.h"

/* What cannot be read stands there as null, so that it is told by its number. */
static int
row_add(const struct csrs_row *row, json_t *rows, struct err *err)
{
	struct err why = { .code = OK };
	json_t *one = NULL;
	int rc = csrs_json(row, &one, &why);

	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "rows");
	return json_array_append_new(rows, rc == 0 ? one : json_null()) == 0 ?
	    0 : err_set(err, ENOMEMORY, "rows");
}

/* One more than may be there is enough to say so. */
static int
rows_read(FILE *from, size_t most, json_t *rows, struct err *err)
{
	struct csrs c = { .from = from, .kind = CSRS_NDJSON };
	struct csrs_row row = { .n = 0 };
	bool more = true;
	int rc = 0;

	while (rc == 0 && json_array_size(rows) <= most) {
		rc = csrs_next(&c, &row, &more, err);
		if (rc != 0 || !more)
			break;
		rc = row_add(&row, rows, err);
	}
	csrs_row_done(&row);
	return rc;
}

int
intake_rows(const void *p, size_t n, const json_t *query,
    const struct schema *s, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_clone_flat(query);
	json_t *rows = json_array();
	FILE *from;
	int rc;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "a body");
	TRY(json_set_new(o, s->rows[0].name, rows, err));
	if (n > 0) {
		from = fmemopen((void *)(uintptr_t)p, n, "r");
		if (from == NULL)
			return err_set(err, ENOMEMORY, "a body");
		rc = rows_read(from, (size_t)s->rows[0].max, rows, err);
		fclose(from);
		TRY(rc);
	}
	TRY(json_check(o, "", s->rows, s->n, err));
	*ret = TAKE(o);
	return 0;
}
