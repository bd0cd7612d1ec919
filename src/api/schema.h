/*
 * schema - what the bodies and the queries of the interface look like.
 *
 * Floor 6, api.  Constant tables; the router checks with them before any
 * handler runs, and the OpenAPI document is written from them.
 */
#ifndef API_SCHEMA_H
#define API_SCHEMA_H

#include <stddef.h>
#include "base/json.h"

struct schema {
	const char		*name;	/* in the OpenAPI document */
	const struct json_row	*rows;
	size_t			 n;
};

#define SCHEMAS(S) \
	/* bodies */ \
	S(none) S(found) S(genesis_signature) S(challenge) S(login) S(acknowledgement) \
	S(credential) S(reason) S(publication) S(key) S(key_adopt) \
	S(key_register) S(key_correct) S(cert_import) S(crl_import) S(discovery_report) S(discovery_dismiss) S(drill_report) \
	S(key_change) S(compromise) S(sign) \
	S(q_crl_import) S(cert_import_page) S(cert_import_pages) S(device_import_page) \
	S(device_import_pages) S(install_report_page) S(install_report_pages) \
	S(proof) S(window) S(amendment) S(charter) S(question) S(simulate) \
	/* queries */ \
	S(q_page) S(q_keys) S(q_requests) S(q_notices) S(q_alerts) S(q_findings) S(q_charter) S(q_who_can) \
	S(q_events) S(q_span) S(q_since) S(q_evidence) \
	S(ca) S(ca_request) S(ca_renew) S(ca_rekey) S(ca_import) \
	S(certificate) S(revocation) S(hold) S(q_cas) S(q_certificates) \
	S(batch_row) S(q_batch) S(q_batches) S(q_inventory) S(q_within) S(q_inventory_key) S(q_gaps) S(q_device) S(q_artifacts) \
	S(devices) S(q_devices) S(q_device_list) S(installs) S(q_installs) S(q_solvency)

#define S(name) extern const struct schema schema_##name;
SCHEMAS(S)
#undef S

#endif
