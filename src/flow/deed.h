/*
 * deed - what every action is made of; one row each.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_DEED_H
#define FLOW_DEED_H

#include "flow/flow.h"
#include "state/state.h"

struct begun;
struct drawn;
struct granted;
struct making;
struct rule;

/* Of a deed that is one entry of a key's: its steps, between which no thread
 * need wait; of others lapsed() alone.  All that is not operation() may run on a thread that must not. */
struct steps {
	/* what the keeper is asked for; @m->known instead, where nothing is left to do */
	int		(*operation)(struct making *m, json_t **ret, struct err *err);
	/* the event of the entry that came; @ret_data is owned, and all in @ret
	 * borrowed from it and @m */
	int		(*event)(const struct making *m, const char *idempotency, json_t **ret_data, struct event *ret, struct err *err);
	/* what is answered, once it is durable; may wait, but if @quick only where
	 * the event came another way */
	int		(*answer)(const struct making *m, json_t **ret, struct err *err);
	bool		quick;
	/* has ended what a done request got?  @ret_room: then the same asking may
	 * get another; else ECONFLICT says why not.  NULL: it never ends */
	int		(*lapsed)(const struct drawn *d, const struct asked *a, bool *ret_room, struct err *err);
};

/* What an action is made of; one row each: deed.c. */
struct deed {
	const char	*action;
	/* body into parameters; Errors: input only */
	int		(*draw)(const struct begun *b, struct drawn *ret, struct err *err);
	/* what is refused although policy may allow it; code OK: nothing.
	 * @rule NULL: under a window */
	int		(*fit)(const struct drawn *d, const struct rule *rule, struct err *err);
	/* do it, commit it, say what is answered; make, where there are steps */
	int		(*perform)(const struct granted *g, json_t **ret, struct err *err);
	/* what is answered to whoever asks again once it is done */
	int		(*result)(struct flow *f, const struct asked *a, json_t **ret, struct err *err);
	const struct steps *steps;	/* or NULL */
};

/* The event of what was granted, but for its data, which are owned: of what can be
 * done together with others of its kind. */
typedef int deed_tell(const struct granted *g, json_t **ret_data, struct event *ret, struct err *err);
deed_tell cert_import_tell, device_import_tell, install_report_tell;
/** deed_teller - NULL for a deed that is done alone. */
deed_tell *deed_teller(const struct deed *d);
/** deed_find - NULL for an action that is not asked for here. */
const struct deed *deed_find(const char *action);
/** signed_result - what a signature's asker is answered. */
NODISCARD int signed_result(struct flow *f, const char *request, const char *digest, json_t **ret, struct err *err);

/* deeds, by noun: act_*.c */
#define DEEDS(D) \
	D(credential_issue, "credential.issue") \
	D(credential_revoke, "credential.revoke") \
	D(key_generate, "key.generate") D(key_adopt, "key.adopt") D(key_activate, "key.activate") \
	D(key_suspend, "key.suspend") D(key_resume, "key.resume") \
	D(key_deactivate, "key.deactivate") D(key_compromise, "key.compromise") \
	D(key_destroy, "key.destroy") D(key_sign, "key.sign") \
	D(drill_report, "drill.report") D(device_import, "device.import") D(install_report, "install.report") \
	D(cert_import, "cert.import") D(crl_import, "crl.import") D(discovery_report, "discovery.report") D(discovery_dismiss, "discovery.dismiss") D(key_register, "key.register") D(key_correct, "key.correct") D(key_unregister, "key.unregister") \
	D(window_open, "window.open") D(window_close, "window.close") \
	D(charter_amend, "charter.amend") \
	D(ca_create, "ca.create") D(ca_request, "ca.request") D(ca_import, "ca.import") \
	D(ca_retire, "ca.retire") D(cert_issue, "cert.issue") \
	D(cert_revoke, "cert.revoke") D(cert_hold, "cert.hold") \
	D(cert_release, "cert.release") \
	D(crl_sign, "crl.sign") D(ocsp_sign, "ocsp.sign")
#define D(name, action) extern const struct deed deed_##name;
DEEDS(D)
#undef D

#endif
