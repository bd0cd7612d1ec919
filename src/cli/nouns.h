/*
 * nouns - the nouns of claviger, one file each, and what they lend each other.
 */
#ifndef CLI_NOUNS_H
#define CLI_NOUNS_H

#include "cli/cli.h"

#define ROWS_OPTIONS(a)	.options = (a), .options_n = NELEM(a)
#define ROWS_ARGS(a)	.args = (a), .args_n = NELEM(a)
#define ROWS_EXAMPLES(a) .examples = (a), .examples_n = NELEM(a)
#define ROWS_ERRORS(a)	.errors = (a), .errors_n = NELEM(a)
#define ROWS_COMMANDS(a) .commands = (a), .commands_n = NELEM(a)

#define NOUNS(N) N(init) N(status) N(key) N(ca) N(cert) N(batch) N(inventory) N(artifact) N(device) N(discover) N(sign) N(request) N(notice) N(alert) N(approve) \
	N(reject) N(window) N(charter) N(audit) N(login) N(whoami) \
	N(principal) N(credential) N(genesis) N(ledger) N(backup) N(restore) N(drill) \
	N(help) N(completion)

#define N(n) extern const struct noun_row noun_##n;
NOUNS(N)
#undef N

/** notice_test - run: have a test sent to oneself. */
NODISCARD int notice_test(void *ctx, const struct invocation *in, struct err *err);
/** strays_print - objects of the token that are no keys of the house. */
void strays_print(struct cli *cli, const json_t *strays);
/** key_get - GET /v1/keys/{key}. */
NODISCARD int key_get(struct cli *cli, const char *key, json_t **ret,
    struct err *err);
/** charter_folder - read and lint a charter's folder; findings go to standard error. */
struct charter;
NODISCARD int charter_folder(struct cli *cli, const char *folder,
    struct charter **ret, struct err *err);
/** charter_folder_findings - the same, and the findings as JSON also for ECHARTER. */
NODISCARD int charter_folder_findings(struct cli *cli, const char *folder,
    struct charter **ret, json_t **ret_findings, struct err *err);
/** genesis_sign_with - sign the genesis that @answer carries, and hand it in. */
struct officer;
NODISCARD int genesis_sign_with(struct client *c, const json_t *answer,
    const struct charter *charter, struct officer *o, json_t **ret,
    struct err *err);

#endif
