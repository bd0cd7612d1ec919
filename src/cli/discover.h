/*
 * discover - what lies where nobody looks: found here, told to the service.
 *
 * Floor 7, cli; included here only.
 *
 * A scan looks at places (a folder, an endpoint, a token) and has a finding of
 * each thing there: {kind, form, place, encrypted?, fingerprint?, algorithm?,
 * der?, n?}.  Octets of a private key are in none.
 */
#ifndef CLI_DISCOVER_H
#define CLI_DISCOVER_H

#include "ca/trove.h"
#include "cli/cli.h"

#define DISCOVER_MOST	10000	/* findings of one scan */
#define DISCOVER_PLACE	1024	/* octets of a place */

struct scan {
	json_t		*found;		/* owned: id -> finding */
	json_t		*looked;	/* owned: places that were looked at, with all below them */
	json_t		*passed;	/* owned: [{place, why}]: those that were not */
	int64_t		 things;	/* files, endpoints, objects */
	size_t		 most;		/* findings */
	bool		 full;		/* there was one more */
	bool		 each;		/* somebody named each place: one that was not looked at is an error */
	struct scan_token *token;	/* owned; NULL: of no token that was seen as a whole */
	int64_t		 missing;	/* of found: keys that entries say are there */
};
NODISCARD int scan_init(struct scan *s, struct err *err);
void scan_done(struct scan *s);
/** scan_put - one more thing; steals @finding. Beyond the most the scan is full,
 * and has not looked at the rest. */
NODISCARD int scan_put(struct scan *s, json_t *finding, struct err *err);
/** scan_item - the same, as it lies in a file, or is shown by an endpoint. */
NODISCARD int scan_item(struct scan *s, const char *place,
    const struct trove_item *item, struct err *err);
/** scan_looked, scan_passed - a place that was looked at, or was not, and why. */
NODISCARD int scan_looked(struct scan *s, const char *place, struct err *err);
NODISCARD int scan_passed(struct scan *s, const char *place, const char *why,
    struct err *err);
/** scan_left - may something at this place be there, though it was not seen? */
bool scan_left(const struct scan *s, const char *place);
/** scan_end - of a full one no place was looked at as a whole. */
NODISCARD int scan_end(struct scan *s, struct err *err);
/** scan_der - the octets of a certificate into its finding, if it can be entered. */
NODISCARD int scan_der(json_t *finding, struct span der, struct err *err);
/** place_put - as it stands in a URI: what is not plain, nor in @also, is spelt %XX. */
NODISCARD int place_put(struct blob *ret, const char *text, const char *also,
    struct err *err);

/* A token that was seen as a whole. */
struct scan_token {
	char	 label[33], serial[17];
	char	*top;		/* owned: its place */
	bool	 alone;		/* no other there has its label */
};
/** scan_missing - what the inventory says is in the token, and it does not show, as
 * findings of the form missing; and what it shows by now of those.
 * @told  what was told below its place. */
NODISCARD int scan_missing(struct cli *cli, struct scan *s, const json_t *told,
    struct err *err);
/** scan_places - below which it was told of: all of its label where no other
 * has that; owned by the caller. */
NODISCARD int scan_places(const struct scan *s, json_t **ret, struct err *err);

struct files_bounds {
	size_t		 octets;	/* longest file that is read */
	int		 depth;
	size_t		 files;
	size_t		 things;	/* of one file */
};
extern const struct files_bounds files_bounds;
/** scan_files - a folder and all below it, or one file; no link is followed,
 * and no other file system looked at. Errors: ENOENT_, EIO_; those of scan_put. */
NODISCARD int scan_files(struct scan *s, const char *host, const char *path,
    const struct files_bounds *b, struct err *err);

/** scan_tls, scan_token - as the command line says. */
NODISCARD int scan_tls(struct cli *cli, struct scan *s, struct err *err);
NODISCARD int scan_token(struct cli *cli, struct scan *s, struct err *err);

cli_run discover_run_list, discover_run_show, discover_run_dismiss,
    discover_run_import, discover_run_house;

/** scan_verdict - was anything looked at, of what was to be; each, where somebody named
 * each?  Errors: EIO_. */
NODISCARD int scan_verdict(const struct scan *s, struct err *err);
/** scan_report - tell the service, and take in what it says; prints. */
NODISCARD int scan_report(struct cli *cli, struct scan *s, struct err *err);

#endif
