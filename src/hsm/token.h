/*
 * token - the loaded module and the one token in it that is ours.
 * Inside src/hsm only.
 *
 * libp11 loads and initialises the module and lists slots and tokens; sessions,
 * login, objects and operations are PKCS #11 calls.  Why: doc/design/0006-token.md.
 */
#ifndef HSM_TOKEN_H
#define HSM_TOKEN_H

#include <libp11.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>

#include "base/err.h"

struct token {
	void			*so;		/* dlopen's handle, for the function list */
	CK_FUNCTION_LIST	*f;
	bool			 begun;		/* f is an instance of our own */
	PKCS11_CTX		*ctx;
	PKCS11_SLOT		*slots;
	unsigned		 n_slots;
	CK_SLOT_ID		 slot;		/* ours */
	CK_TOKEN_INFO		 info;
};

typedef bool token_fits(void *ctx, const CK_TOKEN_INFO *info);

/**
 * token_load - load the module, initialise it, find the token.
 *
 * @module  NULL: p11-kit's proxy.
 * Errors: ETOKEN, ENOENT_ (no token fits), ECONFLICT (several do), ENOMEMORY.
 */
NODISCARD int token_load(const char *module, token_fits *fits, void *ctx,
    struct token *ret, struct err *err);
/** token_unload - finalise the module and let it go; takes an empty one. */
void token_unload(struct token *t);
/** token_text - a field of CK_TOKEN_INFO without its padding; @ret holds @n + 1. */
void token_text(const CK_UTF8CHAR *field, size_t n, char *ret);

/** ckr_error - put words to a PKCS #11 return value. */
int ckr_error(const char *call, CK_RV rv, struct err *err);
/** ckr_is_lost - does this value say that token, session or login is gone? */
bool ckr_is_lost(CK_RV rv);

#endif
