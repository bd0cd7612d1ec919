/*
 * inventory - what the files of claviger inventory lend each other, and the
 * noun device.
 *
 * Floor 7, cli.
 */
#ifndef CLI_INVENTORY_H
#define CLI_INVENTORY_H

#include "cli/table.h"
#include "cli/cli.h"

#define ARG_DEVICE \
	{ .name = "DEVICE", .value = V_TEXT, .words = "its serial number" }
#define OPT_WITHIN \
	{ .name = "within", .value = V_DURATION, .meta = "DURATION", .otherwise = "P1Y", \
	  .words = "mark as expiring what ends within this time; a month is 30 days, a year 365" }

#define OPT_AS_OF \
	{ .name = "as-of", .value = V_TIME, .meta = "DATE", \
	  .words = "as the house was then, by the charter of then; a date is its first moment, UTC. The ledger is replayed up to there, which may take long" }

/* Adds to a part what the tables show and the answer has not as such. */
typedef int part_set(json_t *part, struct err *err);
/** marks_set - "marks": expiring, ended, shared, and what it lacks, in one cell. */
part_set marks_set;
/** shared_copy - of a key that other product lines depend on too each part is so. */
NODISCARD int shared_copy(const json_t *key, json_t *part, struct err *err);
/** quorum_set - "quorum": "2 of release-officers". */
part_set quorum_set;
/** certificate_set - its marks; of another CA, "ca" is whom it names as issuer. */
part_set certificate_set;
/** authority_set - "soonest", and its marks. */
part_set authority_set;
/** parts_list - a table of @parts, each set; nothing where there are none. */
NODISCARD int parts_list(json_t *parts, part_set *set,
    const struct table_row *rows, size_t n, struct err *err);
/** inventory_get - GET @fmt of the command's argument, with --within and --as-of. */
NODISCARD int inventory_get(struct cli *cli, const char *fmt, json_t **ret,
    struct err *err);
/** inventory_page - the same of @name, behind a cursor (NULL: from the first). */
NODISCARD int inventory_page(struct cli *cli, const char *fmt, const char *name,
    const char *cursor, json_t **ret, struct err *err);
/** inventory_rest - certificates of other CAs that a product line's view has not yet, page
 * for page; inventory_key_rest - of those of a key's row, its copies
 * and devices. */
NODISCARD int inventory_rest(struct cli *cli, json_t *view, struct err *err);
NODISCARD int inventory_key_rest(struct cli *cli, json_t *key, struct err *err);
/** view_get - GET @path as of --as-of, where that is given: for as long as a
 * replay takes. Takes @path. */
NODISCARD int view_get(struct cli *cli, char *path, json_t **ret,
    struct err *err);
/** as_of_print - of when it is, where that is not now. */
void as_of_print(const json_t *view);

/** inventory_lines - every product line: the command without one. */
NODISCARD int inventory_lines(struct cli *cli, struct err *err);
/** inventory_ends_print - of a key's view: what would end it, and all that it gives. */
NODISCARD int inventory_ends_print(const json_t *view, struct err *err);
/** inventory_is_borne - does a key of the line have this certificate of another CA? */
bool inventory_is_borne(const json_t *view, const json_t *certificate);
/** inventory_csv - a product line as CSV, a row for each part; appended. */
NODISCARD int inventory_csv(const json_t *view, struct blob *ret,
    struct err *err);

/** inventory_cbom - the same as a CycloneDX 1.6 document; new. */
NODISCARD int inventory_cbom(const json_t *view, json_t **ret,
    struct err *err);

cli_run inventory_run_product, inventory_run_gaps;
cli_run inventory_run_key, inventory_run_device, inventory_run_solvency;

#endif
