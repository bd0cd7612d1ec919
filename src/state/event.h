/*
 * event - THE table of everything that can happen.
 *
 * Floor 4.  One row per kind: name, word, whether it carries a journal entry,
 * and its words.  The function that applies a kind is <name>_apply in
 * src/state/apply_*.c; nothing else writes a projection.
 */
#ifndef STATE_EVENT_H
#define STATE_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"

/* E(NAME, apply, "kind", entry, "words") */
#define EVENTS(E) \
	E(HOUSE_FOUNDED, house_founded,      "house.founded",      true,  "the house began: genesis and first charter") \
	E(GENESIS_SIGNED, genesis_signed,     "genesis.signed",     false, "an officer signed the genesis with their credential") \
	E(CHARTER_AMENDED, charter_amended,    "charter.amended",    true,  "a new charter came into force") \
	E(REQUEST_OPENED, request_opened,     "request.opened",     false, "somebody asked for an action that needs approvals") \
	E(REQUEST_APPROVED, request_approved,   "request.approved",   false, "an officer approved a request") \
	E(REQUEST_REJECTED, request_rejected,   "request.rejected",   false, "an officer rejected a request; that closed it") \
	E(REQUEST_CANCELLED, request_cancelled,  "request.cancelled",  false, "a request was withdrawn") \
	E(REQUEST_EXPIRED, request_expired,    "request.expired",    false, "a request ran out of time") \
	E(REQUEST_SUPERSEDED, request_superseded, "request.superseded", false, "a request gave way to one for another digest of the same version") \
	E(REQUEST_DENIED, request_denied,     "request.denied",     false, "policy refused an action") \
	E(KEY_GENERATED, key_generated,      "key.generated",      true,  "a key was generated in the token") \
	E(KEY_ADOPTED, key_adopted,        "key.adopted",        true,  "a key that the token had was taken in") \
	E(KEY_ACTIVATED, key_activated,      "key.activated",      true,  "a key was put to use") \
	E(KEY_SUSPENDED, key_suspended,      "key.suspended",      true,  "a key was suspended") \
	E(KEY_RESUMED, key_resumed,        "key.resumed",        true,  "a suspended key was put to use again") \
	E(KEY_DEACTIVATED, key_deactivated,    "key.deactivated",    true,  "a key was taken out of use") \
	E(KEY_COMPROMISED, key_compromised,    "key.compromised",    true,  "a key was marked compromised") \
	E(KEY_DESTROYED, key_destroyed,      "key.destroyed",      true,  "a key was destroyed in the token") \
	E(KEY_REGISTERED, key_registered,     "key.registered",     false, "a key that lives elsewhere was entered in the inventory") \
	E(KEY_CORRECTED, key_corrected,      "key.corrected",      false, "what is said of a key that lives elsewhere was corrected") \
	E(KEY_UNREGISTERED, key_unregistered,   "key.unregistered",   false, "the entry of a key that lives elsewhere ended") \
	E(KEY_SIGNED, key_signed,         "key.signed",         true,  "a key signed a digest") \
	E(CA_CREATED, ca_created,         "ca.created",         true,  "a certificate authority was made") \
	E(CA_REQUESTED, ca_requested,       "ca.requested",       true,  "others were asked to certify an authority's key") \
	E(CA_IMPORTED, ca_imported,        "ca.imported",        true,  "a certificate authority that others certified was taken in") \
	E(CA_RETIRED, ca_retired,         "ca.retired",         false, "a certificate authority issues no more") \
	E(CERT_ISSUED, cert_issued,        "cert.issued",        true,  "a certificate was issued") \
	E(CERT_REVOKED, cert_revoked,       "cert.revoked",       false, "certificates were revoked") \
	E(CERT_HELD, cert_held,          "cert.held",          false, "certificates were put on hold") \
	E(CERT_RELEASED, cert_released,      "cert.released",      false, "certificates were released from hold") \
	E(CERT_IMPORTED, cert_imported,      "cert.imported",      false, "certificates of other CAs were entered in the inventory") \
	E(CRL_IMPORTED, crl_imported,       "crl.imported",       false, "what another CA has revoked was entered, from its list") \
	E(DISCOVERY_REPORTED, discovery_reported, "discovery.reported", false, "somebody told what was found in no inventory, and what is seen there no more") \
	E(DISCOVERY_DISMISSED, discovery_dismissed, "discovery.dismissed", false, "a finding was dismissed") \
	E(DEVICE_IMPORTED, device_imported,    "device.imported",    false, "devices were entered in the inventory") \
	E(INSTALL_REPORTED, install_reported,   "install.reported",   false, "what runs on devices was reported") \
	E(BATCH_OPENED, batch_opened,       "batch.opened",       false, "somebody began a batch of certificates") \
	E(BATCH_COUNTED, batch_counted,      "batch.counted",      false, "rows of a batch were refused, or got their certificate after all") \
	E(CRL_PUBLISHED, crl_published,      "crl.published",      true,  "a revocation list was signed") \
	E(OCSP_COUNTED, ocsp_counted,       "ocsp.counted",       true,  "OCSP answers were signed") \
	E(WINDOW_OPENED, window_opened,      "window.opened",      false, "a window for several uses was opened") \
	E(WINDOW_CLOSED, window_closed,      "window.closed",      true,  "a window was closed") \
	E(CREDENTIAL_ISSUED, credential_issued,  "credential.issued",  false, "a credential was given to a principal") \
	E(CREDENTIAL_REVOKED, credential_revoked, "credential.revoked", false, "a credential was taken back") \
	E(CREDENTIAL_USED, credential_used,    "credential.used",    false, "an enrolment password was used, for one request") \
	E(HOUSE_RESTORED, house_restored,     "house.restored",     true,  "the house was restored from a backup") \
	E(DRILL_REPORTED, drill_reported,     "drill.reported",     false, "somebody told that a backup of the house was restored elsewhere")

enum event_kind {
#define E(name, fn, word, entry, words) EVENT_##name,
	EVENTS(E)
#undef E
	EVENT__N
};

/** event_kind_name, event_kind_words, event_kind_entry - the columns of a row. */
const char *event_kind_name(enum event_kind k);
const char *event_kind_words(enum event_kind k);
bool event_kind_entry(enum event_kind k);
/** event_kind_from_name - Errors: EINPUT. */
NODISCARD int event_kind_from_name(const char *word, enum event_kind *ret, struct err *err);

/* What a caller hands to state_commit; everything borrowed. */
struct event {
	enum event_kind	 kind;
	const char	*actor;		/* principal, "keeper" or "service" */
	const char	*subject;	/* request, key, credential ... */
	const json_t	*data;		/* every member but "entry"; NULL: none */
	const json_t	*entry;		/* the keeper's entry, or NULL */
	const char	*entry_octets;	/* its canonical octets; NULL: made from entry */
	size_t		 entry_n;
};

/* What applying an event did to a request, for those who wait for it. */
struct effect {
	char		 request[40];	/* "": none changed */
	char		 state[16];	/* the request's, by word */
};

/* The same once it has its place: what an apply function sees, live and in replay. */
struct applied {
	enum event_kind	 kind;
	uint64_t	 seq;
	time_us		 time;
	const char	*actor, *subject;
	const json_t	*data;		/* may lack "entry" */
	const json_t	*entry;		/* NULL where none */
	struct sha256	 entry_hash;	/* zero where none */
	struct effect	*effect;	/* zeroed by the caller; set by apply */
};

/**
 * event_read - parse the canonical octets of one event.
 *
 * @ret_doc    owned by the caller; @ret borrows from it.  The entry's hash is
 *             left zero: who needs it makes it, who checks the entry has it
 *             already.
 * @ret_entry  where the entry's canonical octets lie in @p, if that is known;
 *             or NULL.
 * Errors: EINPUT, ESCHEMA.
 */
NODISCARD int event_read(const void *p, size_t n, json_t **ret_doc,
    struct applied *ret, struct json_inner *ret_entry, struct err *err);

#endif
