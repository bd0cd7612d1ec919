/*
 * discover_token - what a PKCS #11 token holds.
 *
 * Floor 7.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ca/key.h"
#include "cli/discover.h"
#include "base/json.h"
#include "hsm/hsm.h"

struct tokens {
	struct scan	*scan;
	const char	*top;		/* pkcs11:token=...;serial=... */
};

static const struct {
	const char	*kind, *form, *type;	/* type: RFC 7512 */
} THING[] = {
	[HSM_THING_PAIR] = { "token-key", "pair", "private" },
	[HSM_THING_PRIVATE] = { "token-key", "private", "private" },
	[HSM_THING_PUBLIC] = { "public-key", "token", "public" },
	[HSM_THING_SECRET] = { "token-secret", "token", "secret-key" },
	[HSM_THING_CERTIFICATE] = { "certificate", "token", "cert" },
};

static int
octets_put(struct blob *ret, const char *name, const struct blob *octets,
    struct err *err)
{
	if (octets->len == 0)
		return 0;
	TRY(blob_printf(ret, err, ";%s=", name));
	for (size_t i = 0; i < octets->len; i++)
		TRY(blob_printf(ret, err, "%%%02X", octets->data[i]));
	return 0;
}

static int
place_of(const struct tokens *k, const struct hsm_thing *t, struct blob *ret,
    struct err *err)
{
	TRY(blob_puts(ret, k->top, err));
	TRY(octets_put(ret, "id", t->id, err));
	if (t->label->len > 0) {
		TRY(blob_puts(ret, ";object=", err));
		TRY(place_put(ret, blob_str(t->label), "", err));
	}
	return blob_printf(ret, err, ";type=%s", THING[t->kind].type);
}

/* The public half says which key it is; a certificate is read as one in a file. */
static int
known_put(const struct hsm_thing *t, json_t *o, struct err *err)
{
	struct sha256 h = sha256_of(t->value->data, t->value->len);
	const char *algorithm;
	struct err why;

	if (t->value->len == 0)
		return json_set_int(o, "n", 1, err);
	if (t->kind != HSM_THING_CERTIFICATE) {
		if (key_algorithm(span_blob(t->value), &algorithm, &why) != 0)
			algorithm = "other";
		TRY(json_set_str(o, "algorithm", algorithm, err));
	}
	return json_set_hash(o, "fingerprint", &h, err);
}

static int
certificate_take(void *ctx, const struct trove_item *item, struct err *err)
{
	json_t *o = ctx;

	return item->kind == TROVE_CERTIFICATE ? scan_der(o, item->der, err) :
	    0;
}

static int
thing_take(void *ctx, const struct hsm_thing *t, struct err *err)
{
	const struct tokens *k = ctx;
	AUTO(blob) *place = blob_new();
	AUTO_JSON *o = NULL;

	if (place == NULL)
		return err_set(err, ENOMEMORY, "an object");
	TRY(place_of(k, t, place, err));
	k->scan->things++;
	if (place->len > DISCOVER_PLACE) {
		blob_cut(place, DISCOVER_PLACE);
		return scan_passed(k->scan, blob_str(place), "its name is too "
		    "long", err);
	}
	TRY(json_build(&o, err, "{s:s, s:s, s:s}", "kind",
	    THING[t->kind].kind, "form", THING[t->kind].form, "place",
	    blob_str(place)));
	TRY(known_put(t, o, err));
	if (t->kind == HSM_THING_CERTIFICATE)
		TRY(trove_each(span_blob(t->value), certificate_take, o, err));
	return scan_put(k->scan, TAKE(o), err);
}

static int
token_keep(struct scan *s, const struct hsm_info *info, const char *top,
    bool alone, struct err *err)
{
	s->token = calloc(1, sizeof(*s->token));
	if (s->token == NULL || (s->token->top = strdup(top)) == NULL)
		return err_set(err, ENOMEMORY, "a token");
	memcpy(s->token->label, info->label, sizeof(info->label));
	memcpy(s->token->serial, info->serial, sizeof(info->serial));
	s->token->alone = alone;
	return 0;
}

/* @all: also what only its PIN shows, so that what is not seen is gone.
 * @alone: no other token there has its label. */
static int
survey(struct scan *s, struct hsm *h, bool all, bool alone, struct err *err)
{
	AUTO(blob) *top = blob_new();
	struct tokens k = { .scan = s };
	struct hsm_info info;

	if (top == NULL)
		return err_set(err, ENOMEMORY, "a token");
	hsm_info(h, &info);
	TRY(blob_puts(top, "pkcs11:token=", err));
	TRY(place_put(top, info.label, "", err));
	TRY(blob_puts(top, ";serial=", err));
	TRY(place_put(top, info.serial, "", err));
	k.top = blob_str(top);
	TRY(scan_looked(s, k.top, err));
	if (!all)
		TRY(scan_passed(s, k.top, "only what is public was seen, "
		    "without --pin-file", err));
	TRY(hsm_survey(h, thing_take, &k, err));
	return all ? token_keep(s, &info, k.top, alone, err) : 0;
}

int
scan_token(struct cli *cli, struct scan *s, struct err *err)
{
	const char *file = in_str(cli->in, "pin-file");
	AUTO(secret) *pin = NULL;
	AUTO(hsm) *h = NULL;
	struct hsm_options o = { .module = in_str(cli->in, "module"),
	    .label = in_str(cli->in, "token"),
	    .serial = in_str(cli->in, "serial") };

	if (file != NULL)
		TRY(secret_read_file(file, &pin, err));
	o.pin = pin;
	TRY(hsm_open(&o, &h, err));
	/* By its label alone it was found, so there is no other. */
	return survey(s, h, pin != NULL, o.serial == NULL, err);
}
