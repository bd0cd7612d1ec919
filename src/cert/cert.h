/*
 * cert - certificate authorities, what they issued, and what of it is revoked.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a struct cert_ca is constant once made; functions that take a tx
 *           belong to that transaction's thread.
 * Locks:    none.
 */
#ifndef CERT_CERT_H
#define CERT_CERT_H

#include "cert/authority.h"
#include "cert/batch.h"
#include "cert/crl.h"
#include "cert/modulus.h"
#include "cert/ocsp.h"
#include "cert/revoked.h"
#include "cert/row.h"
#include "cert/select.h"
#include "cert/stock.h"

#endif
