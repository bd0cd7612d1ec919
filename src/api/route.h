/*
 * route - THE table of what can be asked over HTTP.
 *
 * Floor 6, api.  From its rows come the router, the answer 405, the bounds of
 * bodies, the check of every body and query, the OpenAPI document and the test
 * that tries every door with every kind of key.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include "api/schema.h"
#include "base/err.h"

struct exchange;

enum method { METHOD_GET, METHOD_POST, METHOD__N };

/* Where a route is served. */
#define AT_CONTROL	1u	/* https, and the local listener */
#define AT_PUBLIC	2u	/* plain, read-only */
#define AT_BOTH		(AT_CONTROL | AT_PUBLIC)

/* Who may come in; what they may do there is the charter's to say. */
enum access {
	ACCESS_OPEN,	/* anybody */
	ACCESS_SETUP,	/* the bearer of the one-time setup token */
	ACCESS_PROOF,	/* anybody: a signature in the body authorises */
	ACCESS_KNOWN,	/* any principal; what is theirs, or what they may read */
	ACCESS_READ,	/* any principal whom the charter lets read */
	ACCESS_FEED,	/* the same, who may also show id and token as name and password: what reads it knows no other way */
	ACCESS_POLICY,	/* any principal; the charter decides on the action */
	ACCESS_ENROL,	/* the same by EST; or a device with a certificate to renew */
	ACCESS__N
};

#define KIB(n)	((n) * 1024u)
#define LIST_OCTETS	KIB(64 * 1024)	/* of a revocation list that comes by itself */
#define PAGES_OCTETS	KIB(12 * 1024)	/* of pages that are done together */

/*
 * method path, where, access, action, most octets of body, body, query,
 * handler, words.
 */
#define ROUTES(R) \
R(GET, "/healthz", AT_BOTH, OPEN, "", 0, none, none, \
    healthz, "Whether the service is alive.") \
R(GET, "/readyz", AT_CONTROL, OPEN, "", 0, none, none, \
    readyz, "Whether store, keeper and token answer.") \
R(GET, "/metrics", AT_CONTROL, READ, "house.read", 0, none, none, \
    metrics, "Counters in the Prometheus text form.") \
R(GET, "/genesis", AT_PUBLIC, OPEN, "", 0, none, none, \
    genesis, "The genesis, its fingerprint and the officers' signatures.") \
R(GET, "/checkpoint", AT_PUBLIC, OPEN, "", 0, none, none, \
    checkpoint, "The newest signed checkpoint, as a note.") \
R(GET, "/crl/{ca}/{list}", AT_PUBLIC, OPEN, "", 0, none, none, \
    public_crl, "A revocation list: CA and partition, NAME/0.crl.") \
R(GET, "/ca/{file}", AT_PUBLIC, OPEN, "", 0, none, none, \
    public_ca, "An authority's certificate: NAME.crt, or NAME.pem with those above it.") \
R(POST, "/ocsp", AT_PUBLIC, OPEN, "", KIB(32), none, none, \
    ocsp_post, "An OCSP request (RFC 6960).") \
R(GET, "/ocsp/{request*}", AT_PUBLIC, OPEN, "", 0, none, none, \
    ocsp_get, "The same in base64 (RFC 6960, A.1); caches may keep the answer.") \
R(GET, "/v1/status", AT_CONTROL, OPEN, "", 0, none, none, \
    status, "The house's state; members see more of it.") \
R(GET, "/v1/openapi.json", AT_CONTROL, OPEN, "", 0, none, none, \
    openapi, "This interface as an OpenAPI 3.1 document.") \
R(POST, "/v1/house", AT_CONTROL, SETUP, "", KIB(4096), found, none, \
    house_found, "Found the house under its first charter.") \
R(GET, "/v1/genesis", AT_CONTROL, OPEN, "", 0, none, none, \
    genesis, "The genesis, its fingerprint and the officers' signatures.") \
R(POST, "/v1/genesis/signatures", AT_CONTROL, PROOF, "", KIB(16), \
    genesis_signature, none, \
    genesis_sign, "Add an officer's signature of the genesis.") \
R(POST, "/v1/login/challenges", AT_CONTROL, OPEN, "", KIB(4), challenge, none, \
    login_challenge, "Get a challenge to sign with an officer key.") \
R(POST, "/v1/login", AT_CONTROL, PROOF, "", KIB(16), login, none, \
    login, "Trade a signed challenge for a short session.") \
R(GET, "/v1/whoami", AT_CONTROL, KNOWN, "", 0, none, none, \
    whoami, "Who the caller is taken for.") \
R(GET, "/v1/principals", AT_CONTROL, READ, "house.read", 0, none, q_page, \
    principal_list, "The persons and tools of the house.") \
R(GET, "/v1/principals/{id}", AT_CONTROL, READ, "house.read", 0, none, none, \
    principal_show, "One of them, with groups and credentials.") \
R(GET, "/v1/credentials", AT_CONTROL, READ, "house.read", 0, none, q_page, \
    credential_list, "Every credential, never a secret.") \
R(POST, "/v1/credentials", AT_CONTROL, POLICY, "credential.issue", KIB(64), \
    credential, none, \
    credential_issue, "Issue a token (shown once) or pin a TLS key.") \
R(POST, "/v1/credentials/{id}/revoke", AT_CONTROL, POLICY, \
    "credential.revoke", KIB(64), reason, none, \
    credential_revoke, "End a credential.") \
R(GET, "/v1/keys", AT_CONTROL, READ, "house.read", 0, none, q_keys, \
    key_list, "The inventory of keys: those of the token, or those that live elsewhere.") \
R(POST, "/v1/keys/adopt", AT_CONTROL, POLICY, "key.adopt", KIB(64), \
    key_adopt, none, key_adopt, "Take in a key that is in the token already.") \
R(POST, "/v1/keys/register", AT_CONTROL, POLICY, "key.register", KIB(64), \
    key_register, none, \
    key_register, "Enter a key that lives elsewhere in the inventory.") \
R(POST, "/v1/keys/{key}/correct", AT_CONTROL, POLICY, "key.correct", KIB(64), \
    key_correct, none, \
    key_correct, "Correct what is said of a key that lives elsewhere.") \
R(POST, "/v1/keys/{key}/unregister", AT_CONTROL, POLICY, "key.unregister", \
    KIB(64), reason, none, \
    key_unregister, "End the entry of a key that lives elsewhere.") \
R(POST, "/v1/keys", AT_CONTROL, POLICY, "key.generate", KIB(64), key, none, \
    key_generate, "Generate a key in the token.") \
R(GET, "/v1/keys/{key}", AT_CONTROL, KNOWN, "", 0, none, none, \
    key_show, "One key, by name or hash, with its public half.") \
R(POST, "/v1/keys/{key}/activate", AT_CONTROL, POLICY, "key.activate", KIB(64), \
    key_change, none, key_activate, "Put a key to use.") \
R(POST, "/v1/keys/{key}/suspend", AT_CONTROL, POLICY, "key.suspend", KIB(64), \
    key_change, none, key_suspend, "Stop its use for now.") \
R(POST, "/v1/keys/{key}/resume", AT_CONTROL, POLICY, "key.resume", KIB(64), \
    key_change, none, key_resume, "Allow its use again.") \
R(POST, "/v1/keys/{key}/deactivate", AT_CONTROL, POLICY, "key.deactivate", \
    KIB(64), key_change, none, key_deactivate, "End its use for good.") \
R(POST, "/v1/keys/{key}/compromise", AT_CONTROL, POLICY, "key.compromise", \
    KIB(64), compromise, none, \
    key_compromise, "Say that others may have it, and since when.") \
R(POST, "/v1/keys/{key}/destroy", AT_CONTROL, POLICY, "key.destroy", KIB(64), \
    key_change, none, key_destroy, "Destroy the key in the token.") \
R(POST, "/v1/keys/{key}/sign", AT_CONTROL, POLICY, "key.sign", KIB(8192), \
    sign, none, key_sign, "Sign a digest under the charter.") \
R(GET, "/v1/cas", AT_CONTROL, READ, "house.read", 0, none, q_cas, \
    ca_list, "The certificate authorities.") \
R(POST, "/v1/cas", AT_CONTROL, POLICY, "ca.create", KIB(64), ca, none, \
    ca_create, "Make a root, or an authority below one.") \
R(POST, "/v1/keys/{key}/csr", AT_CONTROL, POLICY, "ca.request", KIB(64), \
    ca_request, none, \
    ca_request, "Ask others to certify an authority's key: a PKCS #10 request.") \
R(POST, "/v1/cas/import", AT_CONTROL, POLICY, "ca.import", KIB(1152), \
    ca_import, none, \
    ca_import, "Take in an authority that others certified; its key is in the token.") \
R(GET, "/v1/cas/{ca}", AT_CONTROL, KNOWN, "", 0, none, none, \
    ca_show, "One authority, with its certificate and chain.") \
R(POST, "/v1/cas/{ca}/renew", AT_CONTROL, POLICY, "ca.create", KIB(64), \
    ca_renew, none, ca_renew, "Certify its key once more, as it is.") \
R(POST, "/v1/cas/{ca}/rekey", AT_CONTROL, POLICY, "ca.create", KIB(64), \
    ca_rekey, none, ca_rekey, "Make its successor, with another key, to issue in its place.") \
R(POST, "/v1/cas/{ca}/retire", AT_CONTROL, POLICY, "ca.retire", KIB(64), \
    reason, none, ca_retire, "Let an authority issue no more.") \
R(POST, "/v1/cas/{ca}/publish", AT_CONTROL, POLICY, "crl.sign", KIB(64), \
    publication, none, crl_sign, "Sign and publish a full revocation list now.") \
R(POST, "/v1/cas/{ca}/certificates", AT_CONTROL, POLICY, "cert.issue", \
    KIB(128), certificate, none, \
    cert_issue, "Issue a certificate by a profile of the charter.") \
R(POST, "/v1/cas/{ca}/batches", AT_CONTROL, POLICY, "cert.issue", \
    KIB(512 * 1024), batch_row, q_batch, \
    batch_issue, "Issue a certificate for each row of a stream.") \
R(GET, "/v1/notices", AT_CONTROL, READ, "house.read", 0, none, q_notices, \
    notice_list, "What people were told, and what they are still to be told, newest first.") \
R(GET, "/v1/alerts", AT_CONTROL, READ, "house.read", 0, none, q_alerts, \
    alert_list, "What runs out, or is not as it should be, the most urgent first.") \
R(GET, "/v1/alerts/{id}", AT_CONTROL, READ, "house.read", 0, none, none, \
    alert_show, "One alert, and who is told of it.") \
R(POST, "/v1/alerts/{id}/acknowledge", AT_CONTROL, READ, "house.read", KIB(8), acknowledgement, \
    none, alert_ack, "See to an alert, so that nobody is told of it again.") \
R(GET, "/v1/calendar", AT_CONTROL, FEED, "house.read", 0, none, q_within, \
    calendar, "All that ends, as an iCalendar.") \
R(POST, "/v1/notices/test", AT_CONTROL, KNOWN, "", KIB(4), none, none, \
    notice_test, "Have a test sent to oneself.") \
R(GET, "/v1/batches", AT_CONTROL, READ, "house.read", 0, none, q_batches, \
    batch_list, "Batches of certificates, newest first.") \
R(GET, "/v1/batches/{id}", AT_CONTROL, KNOWN, "", 0, none, none, \
    batch_show, "One batch, and what became of its rows.") \
R(POST, "/v1/cas/{ca}/revoke", AT_CONTROL, POLICY, "cert.revoke", KIB(256), \
    revocation, none, cert_revoke, "Revoke certificates, for ever.") \
R(POST, "/v1/cas/{ca}/hold", AT_CONTROL, POLICY, "cert.hold", KIB(256), \
    hold, none, cert_hold, "Put certificates on hold.") \
R(POST, "/v1/cas/{ca}/release", AT_CONTROL, POLICY, "cert.release", KIB(256), \
    hold, none, cert_release, "Release certificates from hold.") \
R(GET, "/v1/certificates", AT_CONTROL, READ, "house.read", 0, none, \
    q_certificates, cert_list, "Certificates by subject, name, serial number, device, status or expiry.") \
R(POST, "/v1/certificates/import", AT_CONTROL, POLICY, "cert.import", \
    KIB(640), cert_import, none, \
    cert_import, "Enter certificates of other CAs in the inventory.") \
R(POST, "/v1/certificates/import/pages", AT_CONTROL, POLICY, "cert.import", \
    PAGES_OCTETS, cert_import_pages, none, \
    cert_import_pages, "Enter pages of certificates of other CAs, all of them or none.") \
R(POST, "/v1/crls/import/whole", AT_CONTROL, POLICY, "crl.import", \
    LIST_OCTETS, none, q_crl_import, \
    crl_import_whole, "The same from a long one, which is the body, DER: what it changes here is entered, 7,000 at a time.") \
R(POST, "/v1/crls/import", AT_CONTROL, POLICY, "crl.import", KIB(1024), \
    crl_import, none, \
    crl_import, "Enter what another CA has revoked, from its list.") \
R(GET, "/v1/certificates/{id}", AT_CONTROL, KNOWN, "", 0, none, none, \
    cert_show, "One certificate, with its chain; of another CA by its SHA-256.") \
R(GET, "/v1/findings", AT_CONTROL, READ, "house.read", 0, none, q_findings, \
    finding_list, "What discovery has found, by its places; of a private key also whose it is.") \
R(POST, "/v1/findings", AT_CONTROL, POLICY, "discovery.report", KIB(1024), \
    discovery_report, none, \
    discovery_report, "Tell what was found, and what is seen there no more.") \
R(GET, "/v1/findings/house", AT_CONTROL, READ, "house.read", 0, none, none, \
    finding_house, "What the house's token holds and nobody knows, and keys that it holds no more.") \
R(GET, "/v1/findings/{id}", AT_CONTROL, READ, "house.read", 0, none, none, \
    finding_show, "One finding; of a certificate with its octets.") \
R(POST, "/v1/findings/{id}/dismiss", AT_CONTROL, POLICY, "discovery.dismiss", \
    KIB(64), discovery_dismiss, none, \
    discovery_dismiss, "Say that a finding is as it should be.") \
R(POST, "/v1/drills", AT_CONTROL, POLICY, "drill.report", KIB(64), \
    drill_report, none, \
    drill_report, "Say that a backup of the house was restored on another machine.") \
R(GET, "/v1/inventory/products", AT_CONTROL, READ, "house.read", 0, none, \
    q_gaps, inventory_products, \
    "Every product line that anything names, with what names it.") \
R(GET, "/v1/inventory/products/{product}", AT_CONTROL, READ, "house.read", 0, \
    none, q_inventory, inventory_product, \
    "All that a product line depends on: whose it is, and when it ends.") \
R(GET, "/v1/inventory/keys/{key}", AT_CONTROL, READ, "house.read", 0, none, \
    q_inventory_key, inventory_key, \
    "One key: who may use it, what is open on it, its uses, and what ends each.") \
R(GET, "/v1/inventory/devices", AT_CONTROL, READ, "house.read", 0, none, \
    q_device, inventory_device, \
    "One device: its certificates in their order, keys and batches.") \
R(GET, "/v1/inventory/gaps", AT_CONTROL, READ, "house.read", 0, none, q_gaps, \
    inventory_gaps, "Keys and certificates that lack an owner, a recovery, an end ...") \
R(GET, "/v1/inventory/solvency", AT_CONTROL, READ, "house.read", 0, none, \
    q_solvency, inventory_solvency, \
    "What of each product line ends before its support does, and when to act.") \
R(GET, "/v1/artifacts", AT_CONTROL, READ, "house.read", 0, none, \
    q_artifacts, artifact_list, "What was signed, the newest first.") \
R(GET, "/v1/artifacts/{digest}", AT_CONTROL, READ, "house.read", 0, none, \
    none, artifact_show, "One artifact: every signature over this digest.") \
R(GET, "/v1/devices", AT_CONTROL, READ, "house.read", 0, none, \
    q_device_list, device_list, "Devices, by their serial numbers.") \
R(POST, "/v1/devices", AT_CONTROL, POLICY, "device.import", KIB(640), \
    devices, q_devices, device_import, "Enter devices in the inventory, as their factory says.") \
R(POST, "/v1/devices/pages", AT_CONTROL, POLICY, "device.import", \
    PAGES_OCTETS, device_import_pages, none, \
    device_import_pages, "Enter pages of devices, all of them or none.") \
R(POST, "/v1/installs/pages", AT_CONTROL, POLICY, "install.report", \
    PAGES_OCTETS, install_report_pages, none, \
    install_report_pages, "Report what runs on devices by pages, all of them or none.") \
R(POST, "/v1/installs", AT_CONTROL, POLICY, "install.report", KIB(640), \
    installs, q_installs, install_report, "Report what runs on devices.") \
R(GET, "/v1/requests", AT_CONTROL, KNOWN, "", 0, none, q_requests, \
    request_list, "Requests, newest first.") \
R(GET, "/v1/requests/{id}", AT_CONTROL, KNOWN, "", 0, none, none, \
    request_show, "One request with all that its statement is made of.") \
R(POST, "/v1/requests/{id}/approve", AT_CONTROL, PROOF, "", KIB(64), proof, \
    none, request_approve, "Hand in an officer's approval.") \
R(POST, "/v1/requests/{id}/reject", AT_CONTROL, PROOF, "", KIB(64), proof, \
    none, request_reject, "Hand in an officer's rejection.") \
R(POST, "/v1/requests/{id}/cancel", AT_CONTROL, KNOWN, "", KIB(64), reason, \
    none, request_cancel, "Withdraw one's own request.") \
R(GET, "/v1/requests/{id}/evidence", AT_CONTROL, KNOWN, "", 0, none, q_evidence, \
    request_evidence, "All that is needed to believe one signature; of a key that is suspended or has ended only for those who may export the ledger.") \
R(GET, "/v1/windows", AT_CONTROL, READ, "house.read", 0, none, q_page, \
    window_list, "Signing windows, newest first.") \
R(POST, "/v1/windows", AT_CONTROL, POLICY, "window.open", KIB(1024), window, \
    none, window_open, "Ask for leave to sign several times.") \
R(GET, "/v1/windows/{id}", AT_CONTROL, KNOWN, "", 0, none, none, \
    window_show, "One window and what is left of it.") \
R(POST, "/v1/windows/{id}/close", AT_CONTROL, POLICY, "window.close", KIB(64), \
    reason, none, window_close, "Close a window early.") \
R(GET, "/v1/charter", AT_CONTROL, READ, "house.read", 0, none, q_charter, \
    charter_show, "The charter in force, an earlier one, or their list.") \
R(POST, "/v1/charter/amendments", AT_CONTROL, POLICY, "charter.amend", \
    KIB(4096), amendment, none, charter_amend, "Propose a new charter.") \
R(POST, "/v1/charter/check", AT_CONTROL, READ, "house.read", KIB(4096), charter, none, \
    charter_check, "Whether a charter would be accepted, and what differs.") \
R(POST, "/v1/charter/explain", AT_CONTROL, READ, "house.read", KIB(64), question, none, \
    charter_explain, "Why something would be allowed, wait or be denied.") \
R(POST, "/v1/charter/simulate", AT_CONTROL, READ, "house.read", KIB(4096), simulate, \
    none, charter_simulate, "Which past uses it would decide otherwise.") \
R(GET, "/v1/charter/who-can", AT_CONTROL, READ, "house.read", 0, none, q_who_can, \
    charter_who_can, "Who can use a key, now or at another time.") \
R(GET, "/v1/ledger/checkpoint", AT_CONTROL, KNOWN, "", 0, none, none, \
    checkpoint, "The newest signed checkpoint, as a note.") \
R(GET, "/v1/ledger/events", AT_CONTROL, READ, "audit.export", 0, none, q_events, \
    event_list, "Events in their order.") \
R(GET, "/v1/ledger/events/{seq}", AT_CONTROL, READ, "audit.export", 0, none, none, \
    event_show, "One event with its inclusion proof.") \
R(GET, "/v1/ledger/consistency", AT_CONTROL, KNOWN, "", 0, none, q_span, \
    consistency, "Proof that one tree continues another.") \
R(GET, "/v1/ledger/bundle", AT_CONTROL, READ, "audit.export", 0, none, q_since, \
    bundle, "The whole ledger for an auditor, a line each.") \
R(GET, "/.well-known/est/cacerts", AT_CONTROL, OPEN, "", 0, none, none, \
    est_cacerts, "The CA's certificate and those above it, for EST clients.") \
R(GET, "/.well-known/est/{label}/cacerts", AT_CONTROL, OPEN, "", 0, none, none, \
    est_label_cacerts, "The CA's certificate and those above it, for EST clients.") \
R(GET, "/{label}/.well-known/est/cacerts", AT_CONTROL, OPEN, "", 0, none, none, \
    label_est_cacerts, "The CA's certificate and those above it, for EST clients.") \
R(GET, "/.well-known/est/csrattrs", AT_CONTROL, OPEN, "", 0, none, none, \
    est_csrattrs, "What a request should have, for EST clients.") \
R(GET, "/.well-known/est/{label}/csrattrs", AT_CONTROL, OPEN, "", 0, none, none, \
    est_label_csrattrs, "What a request should have, for EST clients.") \
R(GET, "/{label}/.well-known/est/csrattrs", AT_CONTROL, OPEN, "", 0, none, none, \
    label_est_csrattrs, "What a request should have, for EST clients.") \
R(POST, "/.well-known/est/simpleenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    est_simpleenroll, "A certificate for a PKCS #10 request, by EST.") \
R(POST, "/.well-known/est/{label}/simpleenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    est_label_simpleenroll, "A certificate for a PKCS #10 request, by EST.") \
R(POST, "/{label}/.well-known/est/simpleenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    label_est_simpleenroll, "A certificate for a PKCS #10 request, by EST.") \
R(POST, "/.well-known/est/simplereenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    est_simplereenroll, "Its successor, for the device that shows it, or for who asks for it.") \
R(POST, "/.well-known/est/{label}/simplereenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    est_label_simplereenroll, "Its successor, for the device that shows it, or for who asks for it.") \
R(POST, "/{label}/.well-known/est/simplereenroll", AT_CONTROL, ENROL, "cert.issue", KIB(64), none, none, \
    label_est_simplereenroll, "Its successor, for the device that shows it, or for who asks for it.")

enum route_id {
#define R(method, path, at, access, action, octets, body, query, handler, words) \
	ROUTE_##method##_##handler##_##at,
	ROUTES(R)
#undef R
	ROUTE__N
};

struct route {
	enum method		 method;
	const char		*path;		/* "{name}" takes one segment, "{name*}" all that is left */
	unsigned		 at;
	enum access		 access;
	const char		*action;	/* of the action table, or "" */
	size_t			 octets;	/* longest body, 0: none */
	const struct schema	*body;
	const struct schema	*query;
	int			(*handler)(struct exchange *, struct err *);
	const char		*name;		/* operation id */
	const char		*words;
};

#define ROUTE_PARAMS	2
#define ROUTE_PARAM_MAX	128

struct route_match {
	const struct route	*route;
	char			 param[ROUTE_PARAMS][ROUTE_PARAM_MAX];
	size_t			 nparams;
};

extern const struct route routes[ROUTE__N];

/**
 * route_find - the row for a method and a path (without its query).
 *
 * @at         AT_CONTROL or AT_PUBLIC: the listener it came in by.
 * @ret_allow  "GET, POST", for the answer 405; set with EMETHOD too.
 * Errors: ENOENT_ (no such path here), EMETHOD, EINPUT (an odd path).
 */
NODISCARD int route_find(const char *method, const char *path, unsigned at,
    struct route_match *ret, const char **ret_allow, struct err *err);

/** route_chunks - may its body come in chunks? */
bool route_chunks(const struct route *r);
/** route_est - is it one of EST's, whose bodies and refusals are no JSON? */
bool route_est(const struct route *r);
/** route_batch - does its body stream, row by row? */
bool route_batch(const struct route *r);
/** route_spool - is its body too long for memory? */
bool route_spool(const struct route *r);
/** route_pages - is its body pages that are done together? */
bool route_pages(const struct route *r);
/** route_admits - is its body so long that its sender is looked at before it is read? */
bool route_admits(const struct route *r);
/** route_rows - may its body be a page of rows, NDJSON, with the rest in the query? */
bool route_rows(const struct route *r);
/** route_json - is its body a JSON document? */
bool route_json(const struct route *r);
/** access_name - "open", "setup", "proof" ...; static. */
const char *access_name(enum access a);
const char *method_name(enum method m);

#endif
