/*
 * action - everything that can be asked for: one row each.
 *
 * Floor 2, pure.  Sees base.
 * A new capability begins with a row here; which actions belong to a kind of
 * key class is fixed in this table, and no charter widens it.
 */
#ifndef POLICY_ACTION_H
#define POLICY_ACTION_H

#include <stdbool.h>
#include "base/err.h"

/* Kinds of key class: the name a charter writes, and what they are for. */
#define CLASS_KINDS(K) \
	K(KIND_FIRMWARE_SIGNING, "firmware-signing", "signs the images that devices verify before they run them") \
	K(KIND_CA,               "ca",               "signs certificates, revocation lists and OCSP answers") \
	K(KIND_OTA_ENCRYPTION,   "ota-encryption",   "keeps update payloads from being read on their way") \
	K(KIND_DEBUG_AUTH,       "debug-auth",       "opens the debug port of one device for one purpose")

enum class_kind {
#define K(sym, name, words) sym,
	CLASS_KINDS(K)
#undef K
	KIND__N
};

#define FOR_FIRMWARE	(1u << KIND_FIRMWARE_SIGNING)
#define FOR_CA		(1u << KIND_CA)
#define FOR_OTA		(1u << KIND_OTA_ENCRYPTION)
#define FOR_DEBUG	(1u << KIND_DEBUG_AUTH)
#define FOR_EVERY_CLASS	(FOR_FIRMWARE | FOR_CA | FOR_OTA | FOR_DEBUG)
#define FOR_HOUSE	0u	/* ruled by access.yaml, not by a class */

/*
 * One row per action: name; the kinds of class whose rules may allow it, or
 * FOR_HOUSE; whether it acts on an existing key; whether the keeper performs
 * it (and so decides again); words for people, after "to".
 */
#define ACTIONS(A) \
	A(ACTION_KEY_GENERATE,      "key.generate",      FOR_EVERY_CLASS, false, true,  "generate a key") \
	A(ACTION_KEY_ADOPT,         "key.adopt",         FOR_EVERY_CLASS, false, true,  "take in a key that is in the token already") \
	A(ACTION_KEY_ACTIVATE,      "key.activate",      FOR_EVERY_CLASS, true,  true,  "put a key to use") \
	A(ACTION_KEY_SUSPEND,       "key.suspend",       FOR_EVERY_CLASS, true,  true,  "suspend a key") \
	A(ACTION_KEY_RESUME,        "key.resume",        FOR_EVERY_CLASS, true,  true,  "resume a suspended key") \
	A(ACTION_KEY_DEACTIVATE,    "key.deactivate",    FOR_EVERY_CLASS, true,  true,  "take a key out of use") \
	A(ACTION_KEY_COMPROMISE,    "key.compromise",    FOR_EVERY_CLASS, true,  true,  "mark a key compromised") \
	A(ACTION_KEY_DESTROY,       "key.destroy",       FOR_EVERY_CLASS, true,  true,  "destroy a key") \
	A(ACTION_KEY_REGISTER,      "key.register",      FOR_EVERY_CLASS, false, false, "register a key that lives elsewhere") \
	A(ACTION_KEY_CORRECT,       "key.correct",       FOR_EVERY_CLASS, false, false, "correct what is said of a key that lives elsewhere") \
	A(ACTION_KEY_UNREGISTER,    "key.unregister",    FOR_EVERY_CLASS, false, false, "end the entry of a key that lives elsewhere") \
	A(ACTION_KEY_EXPORT,        "key.export",        FOR_EVERY_CLASS, true,  true,  "export a key") \
	A(ACTION_KEY_SIGN,          "key.sign",          FOR_FIRMWARE,    true,  true,  "sign an image") \
	A(ACTION_CA_CREATE,         "ca.create",         FOR_CA,          true,  true,  "create a certificate authority") \
	A(ACTION_CA_REQUEST,        "ca.request",        FOR_CA,          true,  true,  "ask others to certify an authority's key") \
	A(ACTION_CA_IMPORT,         "ca.import",         FOR_CA,          true,  true,  "take in a CA certificate that others signed") \
	A(ACTION_CA_RETIRE,         "ca.retire",         FOR_CA,          true,  false, "let a certificate authority issue no more") \
	A(ACTION_CERT_ISSUE,        "cert.issue",        FOR_CA,          true,  true,  "issue a certificate") \
	A(ACTION_CERT_REVOKE,       "cert.revoke",       FOR_CA,          true,  false, "revoke certificates") \
	A(ACTION_CERT_HOLD,         "cert.hold",         FOR_CA,          true,  false, "put certificates on hold") \
	A(ACTION_CERT_RELEASE,      "cert.release",      FOR_CA,          true,  false, "release certificates from hold") \
	A(ACTION_CRL_SIGN,          "crl.sign",          FOR_CA,          true,  true,  "sign a revocation list") \
	A(ACTION_OCSP_SIGN,         "ocsp.sign",         FOR_CA,          true,  true,  "sign OCSP answers") \
	A(ACTION_OTA_SEAL,          "ota.seal",          FOR_OTA,         true,  true,  "encrypt an update") \
	A(ACTION_OTA_OPEN,          "ota.open",          FOR_OTA,         true,  true,  "decrypt an update") \
	A(ACTION_KEY_WRAP,          "key.wrap",          FOR_OTA,         true,  true,  "wrap a key for a recipient") \
	A(ACTION_DEBUG_AUTHORIZE,   "debug.authorize",   FOR_DEBUG,       true,  true,  "open a device's debug port") \
	A(ACTION_WINDOW_OPEN,       "window.open",       FOR_EVERY_CLASS, true,  true,  "open a signing window") \
	A(ACTION_WINDOW_CLOSE,      "window.close",      FOR_HOUSE,       false, true,  "close a signing window") \
	A(ACTION_CERT_IMPORT,       "cert.import",       FOR_HOUSE,       false, false, "enter certificates of other CAs in the inventory") \
	A(ACTION_CRL_IMPORT,        "crl.import",        FOR_HOUSE,       false, false, "enter what another CA has revoked") \
	A(ACTION_DISCOVERY_REPORT,  "discovery.report",  FOR_HOUSE,       false, false, "tell what was found in no inventory") \
	A(ACTION_DISCOVERY_DISMISS, "discovery.dismiss", FOR_HOUSE,       false, false, "dismiss what was found") \
	A(ACTION_DEVICE_IMPORT,     "device.import",     FOR_HOUSE,       false, false, "enter devices in the inventory") \
	A(ACTION_INSTALL_REPORT,    "install.report",    FOR_HOUSE,       false, false, "report what runs on devices") \
	A(ACTION_DRILL_REPORT,      "drill.report",      FOR_HOUSE,       false, false, "say that a backup of the house was restored elsewhere") \
	A(ACTION_CHARTER_AMEND,     "charter.amend",     FOR_HOUSE,       false, true,  "amend the charter") \
	A(ACTION_CREDENTIAL_ISSUE,  "credential.issue",  FOR_HOUSE,       false, false, "issue a credential") \
	A(ACTION_CREDENTIAL_REVOKE, "credential.revoke", FOR_HOUSE,       false, false, "revoke a credential") \
	A(ACTION_HOUSE_RESTORE,     "house.restore",     FOR_HOUSE,       false, true,  "restore the house from a backup") \
	A(ACTION_HOUSE_READ,        "house.read",        FOR_HOUSE,       false, false, "read keys, requests and the charter") \
	A(ACTION_AUDIT_EXPORT,      "audit.export",      FOR_HOUSE,       false, false, "read and export the ledger")

enum action {
#define A(sym, name, kinds, on_key, keeper, words) sym,
	ACTIONS(A)
#undef A
	ACTION__N
};
_Static_assert(ACTION__N <= 64, "a rule holds its actions in 64 bits");

/** action_name - the dotted word, "key.sign"; static. */
const char *action_name(enum action a);
/** action_words - for people, after "to": "sign an image"; static. */
const char *action_words(enum action a);
/** action_from_name - Errors: ESCHEMA naming what was read. */
NODISCARD int action_from_name(const char *name, enum action *ret,
    struct err *err);
/** action_of_class - do class rules decide it (else those of access)? */
bool action_of_class(enum action a);
/** action_for_kind - may keys of this kind be asked for it at all? */
bool action_for_kind(enum action a, enum class_kind k);
/** action_on_key - does it act on a key that exists? */
bool action_on_key(enum action a);
/** action_in_keeper - does the keeper perform it, and so decide again? */
bool action_in_keeper(enum action a);

/** class_kind_name, class_kind_from_name - Errors: ESCHEMA. */
const char *class_kind_name(enum class_kind k);
NODISCARD int class_kind_from_name(const char *name, enum class_kind *ret,
    struct err *err);

#endif
