/*
 * rival - images that are asked for as one version of a product, under one key
 * and track: people agree to one of them, and no other is signed after it.
 */
#include <stdio.h>
#include <string.h>
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/rival.h"
#include "flow/stage.h"
#include "policy/version.h"

struct meant {
	const char	*key, *product, *track, *version, *digest;
};

/* False: nothing that has a version. */
static bool
meant_read(const char *action, const json_t *p, struct meant *ret)
{
	*ret = (struct meant){ .key = json_str(p, "key", ""),
	    .product = json_str(p, "product", ""),
	    .track = json_str(p, "track", ""),
	    .version = json_str(p, "version", NULL),
	    .digest = json_str(json_object_get(p, "digest"), "value", "") };
	return strcmp(action, "key.sign") == 0 && ret->version != NULL;
}

/* ---- one at a time ---- */

/* False: it has no version, and its name is "". */
static bool
version_name(const char *what, const char *action, const json_t *parameters,
    char ret[MAKING_HOLD])
{
	char normal[VERSION_TEXT];
	struct meant m;

	ret[0] = '\0';
	if (!meant_read(action, parameters, &m))
		return false;
	version_normal(m.version, normal);
	(void)snprintf(ret, MAKING_HOLD, "%s %s %s %s %s", what, m.key, normal,
	    m.product, m.track);
	return true;
}

int
rival_hold(struct flow *f, const char *action, const json_t *parameters,
    char ret_held[MAKING_HOLD], struct err *err)
{
	return version_name("version", action, parameters, ret_held) ?
	    hands_wait(f, ret_held, err) : 0;
}

/* Whoever is opening one now may not have seen that this was approved. */
static int
opened_wait(struct flow *f, const char *action, const json_t *parameters,
    struct err *err)
{
	char opening[MAKING_HOLD];

	TRY(rival_hold(f, action, parameters, opening, err));
	rival_let_go(f, opening);
	return 0;
}

int
rival_sign_hold(struct flow *f, const char *action, const json_t *parameters,
    char ret_held[MAKING_HOLD], struct err *err)
{
	int rc;

	if (!version_name("signing", action, parameters, ret_held))
		return 0;
	TRY(hands_on(f, ret_held, err));
	if ((rc = opened_wait(f, action, parameters, err)) != 0)
		rival_let_go(f, ret_held);
	return rc;
}

void
rival_let_go(struct flow *f, const char *held)
{
	if (held[0] != '\0')
		hands_off(f, held);
}

/* ---- signed already ---- */

struct rivals {
	struct meant	 meant;
	json_t		*ids;		/* owned: of those that wait */
};

static int
signed_check(struct tx *tx, void *ctx, struct err *err)
{
	const struct meant *m = &((struct rivals *)ctx)->meant;
	char digest[130];
	int rc = use_signed(tx, m->key, m->product, m->track, m->version, digest,
	    err);

	if (rc == -ENOENT_ || (rc == 0 && strcmp(digest, m->digest) == 0))
		return 0;
	TRY(rc);
	return err_set(err, ECONFLICT, "version %s of %s was signed "
	    "already, with digest %.16s...; give the artifact a new "
	    "version", m->version, m->product, digest);
}

int
rival_check(struct flow *f, const char *action, const json_t *parameters,
    struct err *err)
{
	struct rivals v = { .ids = NULL };

	if (!meant_read(action, parameters, &v.meant))
		return 0;
	return state_read(f->state, signed_check, &v, err);
}

/* ---- asked for already ---- */

/* What people agreed to does not give way to what nobody has looked at. */
static int
approved_check(struct tx *tx, const struct meant *m, struct err *err)
{
	char id[40];
	int rc = approval_rival_due(tx, m->key, m->product, m->track, m->version,
	    m->digest, id, err);

	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	return err_set(err, ECONFLICT, "version %s of %s was approved already, "
	    "with another digest: %s; give the artifact a new version",
	    m->version, m->product, id);
}

static int
rivals_read(struct tx *tx, void *ctx, struct err *err)
{
	struct rivals *v = ctx;
	const struct meant *m = &v->meant;

	TRY(signed_check(tx, v, err));
	TRY(approved_check(tx, m, err));
	return approval_rivals(tx, m->key, m->product, m->track, m->version,
	    m->digest, &v->ids, err);
}

/* Only one digest can be meant by a version: the newest request for it. */
int
rival_find(const struct drawn *d, json_t **ret, struct err *err)
{
	struct rivals v = { .ids = NULL };

	if (!meant_read(d->begun->ask->action, d->parameters, &v.meant))
		return 0;
	TRY(state_read(d->begun->flow->state, rivals_read, &v, err));
	*ret = v.ids;
	return 0;
}
