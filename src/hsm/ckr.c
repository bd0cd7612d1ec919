#include "config.h"

#include <p11-kit/p11-kit.h>

#include "hsm/token.h"

/* What each return value means to us; those left out are ETOKEN. */
static const struct {
	CK_RV		 rv;
	enum err_code	 code;
	bool		 lost;
} ROWS[] = {
	{ CKR_HOST_MEMORY,		ENOMEMORY, false },
	{ CKR_DEVICE_MEMORY,		ETOKEN, false },
	{ CKR_PIN_INCORRECT,		EAUTH, false },
	{ CKR_PIN_INVALID,		EAUTH, false },
	{ CKR_PIN_LEN_RANGE,		EAUTH, false },
	{ CKR_PIN_EXPIRED,		EAUTH, false },
	{ CKR_PIN_LOCKED,		EAUTH, false },
	{ CKR_MECHANISM_INVALID,	ERANGE_, false },
	{ CKR_DATA_LEN_RANGE,		ERANGE_, false },
	{ CKR_KEY_TYPE_INCONSISTENT,	ERANGE_, false },
	{ CKR_KEY_FUNCTION_NOT_PERMITTED, ERANGE_, false },
	{ CKR_SESSION_COUNT,		EBUSY_, false },
	/* The token, its session, login or handles have gone. */
	{ CKR_GENERAL_ERROR,		ETOKEN, true },
	{ CKR_FUNCTION_FAILED,		ETOKEN, true },
	{ CKR_SLOT_ID_INVALID,		ETOKEN, true },
	{ CKR_DEVICE_ERROR,		ETOKEN, true },
	{ CKR_DEVICE_REMOVED,		ETOKEN, true },
	{ CKR_KEY_HANDLE_INVALID,	ETOKEN, true },
	{ CKR_OBJECT_HANDLE_INVALID,	ETOKEN, true },
	{ CKR_SESSION_CLOSED,		ETOKEN, true },
	{ CKR_SESSION_HANDLE_INVALID,	ETOKEN, true },
	{ CKR_TOKEN_NOT_PRESENT,	ETOKEN, true },
	{ CKR_TOKEN_NOT_RECOGNIZED,	ETOKEN, true },
	{ CKR_USER_NOT_LOGGED_IN,	ETOKEN, true },
	{ CKR_CRYPTOKI_NOT_INITIALIZED,	ETOKEN, true },
};

bool
ckr_is_lost(CK_RV rv)
{
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].rv == rv)
			return ROWS[i].lost;
	return false;
}

int
ckr_error(const char *call, CK_RV rv, struct err *err)
{
	enum err_code code = ETOKEN;
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].rv == rv)
			code = ROWS[i].code;
	return err_set(err, code, "%s: 0x%lx, %s", call, (unsigned long)rv,
	    p11_kit_strerror(rv));
}
