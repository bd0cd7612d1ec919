/*
 * options - rows that several commands share.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

#define OPT_NO_WAIT	{ .name = "no-wait", .value = V_FLAG, \
	.words = "do not wait: for approvals, exit 75 with the request's id; for a service that is away or busy (69, 74 or 75 as the page tells), at once" }
#define OPT_WAIT	{ .name = "wait", .value = V_DURATION, \
	.meta = "DURATION", .words = "wait for approvals at most so long" }
#define OPT_REASON	{ .name = "reason", .value = V_TEXT, .meta = "TEXT", \
	.words = "why, for the officers and the ledger" }
#define OPT_AGAIN	{ .name = "again", .value = V_FLAG, \
	.words = "ask anew after a rejection" }
#define OPT_YES		{ .name = "yes", .letter = 'y', .value = V_FLAG, \
	.words = "do not ask; for scripts" }
#define OPT_LIMIT	{ .name = "limit", .value = V_COUNT, .meta = "N", \
	.otherwise = "100", .min = 1, .max = 1000, .words = "show at most so many" }
#define OPT_CURSOR	{ .name = "cursor", .value = V_TEXT, .meta = "CURSOR", \
	.words = "go on behind the page before, with the same filters: its \"next\"" }
#define ARG_KEY		{ .name = "KEY", .value = V_TEXT, \
	.words = "the key's name, or the hash of its public key" }
#define ARG_REQUEST	{ .name = "REQUEST", .value = V_REQUEST, \
	.words = "the request's id" }
#define ARG_CHARTER	{ .name = "FOLDER", .value = V_FOLDER, \
	.words = "the charter's folder, with charter.yaml in it" }

/** body_reason - {"reason"?} from --reason. */
NODISCARD int body_reason(const struct cli *cli, json_t **ret, struct err *err);
/** body_copy - a shallow copy of an object, whole or not at all. */
NODISCARD int body_copy(const json_t *body, json_t **ret, struct err *err);
/** body_str - copy an option into a member where it is given or has a default. */
NODISCARD int body_str(const struct cli *cli, json_t *body, const char *member,
    const char *option, struct err *err);
/** body_strs - every value of a repeated option, as an array. */
NODISCARD int body_strs(const struct cli *cli, json_t *body,
    const char *member, const char *option, struct err *err);
/** body_pairs - NAME=VALUE options as an object of strings. */
NODISCARD int body_pairs(const struct cli *cli, json_t *body,
    const char *member, const char *option, struct err *err);
/** body_time - a V_TIME option in its RFC 3339 spelling. */
NODISCARD int body_time(const struct cli *cli, json_t *body,
    const char *member, const char *option, struct err *err);

#endif
