#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "hsm/token.h"

/* p11-kit-proxy.so is a link to it, in a package that few have. */
#define PROXY	"libp11-kit.so.0"

static int
load_functions(const char *module, struct token *t, struct err *err)
{
	CK_C_GetFunctionList get;
	void *symbol;
	CK_RV rv;

	/* It stays mapped: what it wants run at exit must still be there. */
	t->so = dlopen(module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (t->so == NULL)
		return err_set(err, ETOKEN, "%s", dlerror());
	if ((symbol = dlsym(t->so, "C_GetFunctionList")) == NULL)
		return err_set(err, ETOKEN, "%s is not a PKCS #11 module",
		    module);
	memcpy(&get, &symbol, sizeof(get));
	rv = get(&t->f);
	return rv == CKR_OK ? 0 : ckr_error("C_GetFunctionList", rv, err);
}

static int
load_slots(const char *module, struct token *t, struct err *err)
{
	PKCS11_CTX *ctx;

	if ((ctx = PKCS11_CTX_new()) == NULL)
		return err_set(err, ENOMEMORY, "a PKCS #11 context");
	if (PKCS11_CTX_load(ctx, module) != 0) {
		PKCS11_CTX_free(ctx);
		return err_set(err, ETOKEN, "%s does not start", module);
	}
	t->ctx = ctx;
	if (PKCS11_enumerate_slots(ctx, &t->slots, &t->n_slots) != 0) {
		t->slots = NULL;
		return err_set(err, ETOKEN, "%s does not list its slots",
		    module);
	}
	return 0;
}

/*
 * p11-kit's proxy is another instance for each who asks for its functions:
 * what libp11 has initialised is not ours then.
 */
static int
begin(struct token *t, struct err *err)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_INFO info;
	CK_RV rv = t->f->C_GetInfo(&info);

	if (rv != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 0;
	if ((rv = t->f->C_Initialize(&args)) != CKR_OK)
		return ckr_error("C_Initialize", rv, err);
	t->begun = true;
	return 0;
}

/* The one token among all that fits. */
static int
pick(struct token *t, token_fits *fits, void *ctx, struct err *err)
{
	unsigned i, found = 0;
	CK_TOKEN_INFO info;
	CK_SLOT_ID slot;

	for (i = 0; i < t->n_slots; i++) {
		if (t->slots[i].token == NULL)
			continue;
		slot = PKCS11_get_slotid_from_slot(&t->slots[i]);
		if (t->f->C_GetTokenInfo(slot, &info) != CKR_OK)
			continue;
		if ((info.flags & CKF_TOKEN_INITIALIZED) == 0 ||
		    !fits(ctx, &info))
			continue;
		t->slot = slot;
		t->info = info;
		found++;
	}
	if (found == 0)
		return err_set(err, ENOENT_, "no such token");
	if (found > 1)
		return err_set(err, ECONFLICT,
		    "%u tokens fit: say which by its serial", found);
	return 0;
}

static int
load(const char *module, token_fits *fits, void *ctx, struct token *t,
    struct err *err)
{
	TRY(load_functions(module, t, err));
	TRY(load_slots(module, t, err));
	TRY(begin(t, err));
	return pick(t, fits, ctx, err);
}

int
token_load(const char *module, token_fits *fits, void *ctx,
    struct token *ret, struct err *err)
{
	struct token t = { 0 };
	int rc = load(module != NULL ? module : PROXY, fits, ctx, &t, err);

	if (rc != 0)
		token_unload(&t);
	else
		*ret = t;
	return rc;
}

void
token_unload(struct token *t)
{
	if (t->begun)
		(void)t->f->C_Finalize(NULL);
	if (t->slots != NULL)
		PKCS11_release_all_slots(t->ctx, t->slots, t->n_slots);
	if (t->ctx != NULL) {
		PKCS11_CTX_unload(t->ctx);
		PKCS11_CTX_free(t->ctx);
	}
	if (t->so != NULL)
		(void)dlclose(t->so);
	memset(t, 0, sizeof(*t));
}

void
token_text(const CK_UTF8CHAR *field, size_t n, char *ret)
{
	while (n > 0 && (field[n - 1] == ' ' || field[n - 1] == '\0'))
		n--;
	memcpy(ret, field, n);
	ret[n] = '\0';
}
