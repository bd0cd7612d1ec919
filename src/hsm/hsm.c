#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

static bool
fits(void *ctx, const CK_TOKEN_INFO *info)
{
	const struct hsm *h = ctx;
	char label[33], serial[17];

	token_text(info->label, sizeof(info->label), label);
	token_text(info->serialNumber, sizeof(info->serialNumber), serial);
	return (h->label == NULL || strcmp(h->label, label) == 0) &&
	    (h->serial == NULL || strcmp(h->serial, serial) == 0);
}

static int
copy(const char *from, char **ret, struct err *err)
{
	if (from == NULL || (*ret = strdup(from)) != NULL)
		return 0;
	return err_set(err, ENOMEMORY, "a token's name");
}

/* SoftHSM alone leaves its files to us, and says where they are. */
static int
find_folder(struct hsm *h, const char *given, struct err *err)
{
	char manufacturer[33];

	if (given != NULL)
		return copy(given, &h->folder, err);
	token_text(h->info.manufacturerID, sizeof(h->info.manufacturerID),
	    manufacturer);
	if (strncmp(manufacturer, "SoftHSM", 7) != 0)
		return 0;
	return folder_find(&h->folder, err);
}

static int
start(struct hsm *h, const struct hsm_options *o, struct err *err)
{
	TRY(copy(o->module, &h->pool.module, err));
	TRY(copy(o->label, &h->label, err));
	TRY(copy(o->serial, &h->serial, err));
	if (o->pin != NULL)
		TRY(secret_new(secret_data(o->pin), secret_len(o->pin),
		    &h->pin, err));
	h->pool.fits = fits;
	h->pool.fits_ctx = h;
	h->pool.pin = h->pin;
	h->pool.most = o->sessions;
	h->pool.wait = o->wait;
	TRY(pool_start(&h->pool, err));
	pool_info(&h->pool, &h->info);
	return find_folder(h, o->folder, err);
}

int
hsm_open(const struct hsm_options *o, struct hsm **ret, struct err *err)
{
	AUTO(hsm) *h = NULL;

	if (o->label == NULL && o->serial == NULL)
		return err_set(err, ERANGE_,
		    "a token is named by its label, its serial or both");
	if ((h = calloc(1, sizeof(*h))) == NULL)
		return err_set(err, ENOMEMORY, "a token");
	TRY(start(h, o, err));
	*ret = TAKE(h);
	return 0;
}

void
hsm_free(struct hsm *h)
{
	if (h == NULL)
		return;
	pool_stop(&h->pool);
	secret_free(h->pin);
	free(h->pool.module);
	free(h->label);
	free(h->serial);
	free(h->folder);
	free(h);
}

void
hsm_info(const struct hsm *h, struct hsm_info *ret)
{
	const CK_TOKEN_INFO *i = &h->info;

	token_text(i->label, sizeof(i->label), ret->label);
	token_text(i->manufacturerID, sizeof(i->manufacturerID),
	    ret->manufacturer);
	token_text(i->model, sizeof(i->model), ret->model);
	token_text(i->serialNumber, sizeof(i->serialNumber), ret->serial);
	(void)snprintf(ret->firmware, sizeof(ret->firmware), "%u.%u",
	    i->firmwareVersion.major, i->firmwareVersion.minor);
}

struct check {
	bool			 logged_in;
	const struct sha256	*key;	/* or NULL */
};

/*
 * SoftHSM's sessions live on without its folder: only reading an object tells.
 */
static int
check_job(struct session *s, void *ctx, struct err *err)
{
	const struct check *c = ctx;
	CK_OBJECT_HANDLE o;
	CK_SESSION_INFO info;
	CK_BYTE random[8];
	CK_ULONG type;
	unsigned schemes;

	P11(s, err, C_GetSessionInfo, s->h, &info);
	if (info.state != CKS_RW_USER_FUNCTIONS && c->logged_in)
		return session_error(s, "C_GetSessionInfo",
		    CKR_USER_NOT_LOGGED_IN, err);
	P11(s, err, C_GenerateRandom, s->h, random, sizeof(random));
	if (c->key == NULL)
		return 0;
	TRY(object_key(s, c->key, &o, &schemes, err));
	return object_ulong(s, o, CKA_KEY_TYPE, &type, err);
}

int
hsm_check(struct hsm *h, const struct sha256 *key, struct err *err)
{
	struct check c = { h->pin != NULL, key };

	return pool_run(&h->pool, check_job, &c, err);
}
