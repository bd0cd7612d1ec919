/*
 * libraries - what OpenSSL and SQLite may fail at, as kinds of fault: for
 * programs that hold everything from the pipeline down to the store.  They are
 * linked with LDFLAGS_FAULT_OTHERS, which has the same names.
 *
 * EVP_DigestVerify is not among them: a signature that it could not verify is
 * one that does not verify, and a refusal of it is recorded, which is right.
 */
#ifndef TESTS_FAULT_LIBRARIES_H
#define TESTS_FAULT_LIBRARIES_H

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <sqlite3.h>
#include "tests/fault/fault.h"

/* kind, result, name, failure, parameters, arguments */
#define LIBRARY_WRAP(kind, type, name, failure, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return fault_due(kind, 0) ? (failure) : __real_##name args; \
	}
#define CRYPTO(type, name, failure, params, args) \
	LIBRARY_WRAP(FAULT_OPENSSL, type, name, failure, params, args)
#define SQLITE(name, failure, params, args) \
	LIBRARY_WRAP(FAULT_SQLITE, int, name, failure, params, args)

CRYPTO(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
CRYPTO(int, EVP_DigestVerifyInit, 0, (EVP_MD_CTX *c, EVP_PKEY_CTX **x,
    const EVP_MD *m, ENGINE *e, EVP_PKEY *k), (c, x, m, e, k))
CRYPTO(EVP_PKEY *, d2i_PUBKEY, NULL, (EVP_PKEY **k, const unsigned char **p,
    long n), (k, p, n))
CRYPTO(unsigned char *, HMAC, NULL, (const EVP_MD *m, const void *k, int kn,
    const unsigned char *p, size_t n, unsigned char *to, unsigned *to_n),
    (m, k, kn, p, n, to, to_n))
CRYPTO(int, RAND_bytes, 0, (unsigned char *p, int n), (p, n))

SQLITE(sqlite3_prepare_v3, SQLITE_IOERR, (sqlite3 *d, const char *t, int n,
    unsigned f, sqlite3_stmt **s, const char **e), (d, t, n, f, s, e))
SQLITE(sqlite3_step, SQLITE_FULL, (sqlite3_stmt *s), (s))
SQLITE(sqlite3_exec, SQLITE_IOERR, (sqlite3 *d, const char *t,
    int (*fn)(void *, int, char **, char **), void *x, char **e),
    (d, t, fn, x, e))
SQLITE(sqlite3_bind_int64, SQLITE_NOMEM, (sqlite3_stmt *s, int i,
    sqlite3_int64 v), (s, i, v))
SQLITE(sqlite3_bind_text64, SQLITE_TOOBIG, (sqlite3_stmt *s, int i,
    const char *p, sqlite3_uint64 n, void (*f)(void *), unsigned char e),
    (s, i, p, n, f, e))
SQLITE(sqlite3_bind_blob64, SQLITE_TOOBIG, (sqlite3_stmt *s, int i,
    const void *p, sqlite3_uint64 n, void (*f)(void *)), (s, i, p, n, f))

#undef CRYPTO
#undef SQLITE

#endif
