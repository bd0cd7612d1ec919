/*
 * ask - ask the service for something that may have to wait for approvals.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "client/client.h"
#include "cli/cli.h"
#include "client/client.h"

/**
 * ask_post - POST; where the rule asks for approvals and --officer-key is
 * given, the request is signed by the asker first.
 *
 * @idempotency  NULL: a fresh key, which only protects the retries of now.
 * @ret_status   200 (done) or 202 (waits).
 */
NODISCARD int ask_post(struct cli *cli, const char *path, const json_t *body,
    const char *idempotency, int *ret_status, json_t **ret, struct err *err);
/** ask_send - the same for a call with all its members: path, body, content, idempotency. */
NODISCARD int ask_send(struct cli *cli, const struct call *call,
    int *ret_status, json_t **ret, struct err *err);

/**
 * ask_settle - the result, waiting for it unless --no-wait.
 *
 * @answer   what ask_post gave; borrowed.
 * Errors: EQUORUM (it still waits; cli->view says more), EREJECTED,
 * EDENIED (it was approved and may not be; cli->told says more), EEXPIRED, ECONFLICT (cancelled or superseded).
 */
NODISCARD int ask_settle(struct cli *cli, int status, const json_t *answer,
    json_t **ret, struct err *err);

/** ask_wait - wait for a request by its id, as ask_settle does. */
NODISCARD int ask_wait(struct cli *cli, const char *request, json_t **ret,
    struct err *err);

/** ask_result - what a view that no longer waits amounts to. */
NODISCARD int ask_result(struct cli *cli, const json_t *view, json_t **ret,
    struct err *err);

/** ask - post and settle. */
NODISCARD int ask(struct cli *cli, const char *path, const json_t *body,
    const char *idempotency, json_t **ret, struct err *err);

/** ask_once - the same; asked with the same body it is the same request, until
 * --again. @what names it, with the body. */
NODISCARD int ask_once(struct cli *cli, const char *what, const char *path,
    const json_t *body, json_t **ret, struct err *err);

/** ask_now - post alone, of what never waits. @what names it, with the body. */
NODISCARD int ask_now(struct cli *cli, const char *what, const char *path,
    const json_t *body, json_t **ret, struct err *err);

/** ask_octets - the same as ask_once, of a body that is no JSON, whose request nobody
 * signs beforehand. @named: what it is asked by, JSON, in place of the body. */
NODISCARD int ask_octets(struct cli *cli, const char *what,
    const json_t *named, const struct call *call, json_t **ret,
    struct err *err);

/** ask_unless - ask for what may be wanted again when it is done: while the same
 * request of the same asker waits it is that one, and then a new one. */
NODISCARD int ask_unless(struct cli *cli, const char *path, const json_t *body,
    json_t **ret, struct err *err);

/** ask_at - ask_unless, at @fmt, which has one %s for @name. */
NODISCARD int ask_at(struct cli *cli, const char *fmt, const char *name,
    const json_t *body, json_t **ret, struct err *err);

#endif
