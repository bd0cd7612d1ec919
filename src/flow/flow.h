/*
 * flow - the pipeline, and the only place where strangers meet.
 *
 * Floor 5.  Sees state, its nouns, keyring, evidence, policy, wire, base.
 * Threads:  share one struct flow; every function may block in the keeper and
 *           in the store unless it says "from memory".
 * Locks:    flow's own -> nothing; none is held over a call outside.
 *
 * identify -> facts -> decide -> (perform | wait | refuse) -> commit -> answer.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/sha256.h"
#include "people/people.h"
#include "post/post.h"

struct flow;			/* opaque */
struct keyring;
struct state;
struct store;

struct flow_options {
	struct state	*state;		/* borrowed, both */
	struct store	*store;
	const char	*setup_token_file;	/* borrowed */
	const char	*est_labels;	/* borrowed: "LABEL=CA/PROFILE[/TOOL[/lines]] ..."; NULL: none */
	unsigned	 show_every;	/* uses */
	unsigned	 session_s;	/* how long a login lasts; 0: as people have it */
	const char	*keys_refused;	/* borrowed: a file of keys that are not certified; NULL, "": none */
	const char	*publisher;	/* principal that publishes revocation; NULL, "": nobody */
	const char	*public_url;	/* of the public listener, for people; or NULL */
	time_us		 crl_lifetime, root_lifetime, delta_lifetime, crl_delay, ocsp_lifetime;
	const char	*contacts;	/* borrowed: a file, see alert/contacts.h; NULL, "": nobody is told */
	const char	*notify_link;	/* borrowed: before a request's id, where people look at it; or NULL, "" */
	struct mail_server mail;	/* borrowed; url NULL, "": none; its password is read from: */
	const char	*mail_password;	/* a file; or NULL, "" */
	const char	*own_certificate;	/* borrowed: the listener's, PEM; NULL, "": not watched */
	unsigned	 look_every;	/* seconds between two looks at what runs out */
	bool		 ocsp_unissued_revoked;	/* RFC 6960, 4.4.8; else unknown */
	void		(*changed)(void *ctx, const char *request);
	void		*ctx;		/* of changed: a request has moved on */
};

NODISCARD int flow_new(const struct flow_options *o, struct flow **ret,
    struct err *err);
void flow_free(struct flow *f);
DEFINE_FREEP(flow)
/** flow_start - with the keyring that flow_welcome was given to; borrowed. */
NODISCARD int flow_start(struct flow *f, struct keyring *k, struct err *err);
/** flow_stop - no more showing; before the keyring goes. */
void flow_stop(struct flow *f);

/**
 * flow_welcome - a new connection to the keeper (a keyring_welcome): compare
 * houses, fetch what the ledger lacks, refuse a ledger shorter than shown.
 */
int flow_welcome(void *flow, struct keyring *k, const json_t *hello,
    struct err *err);
/** flow_tick - each second: expire, perform what is due. */
void flow_tick(struct flow *f, unsigned second);
/** flow_labels_check - can these be options' est_labels? Errors: EUSAGE, naming the word. */
NODISCARD int flow_labels_check(const char *est_labels, struct err *err);
/** flow_setup_open - leave a fresh setup token in its file while the house is not founded. */
NODISCARD int flow_setup_open(struct flow *f, struct err *err);

/* ---- who ---- */

/* What a caller showed; borrowed. */
struct presented {
	const char	*bearer;	/* or NULL */
	const void	*spki;		/* of a client certificate that is valid now, or NULL */
	size_t		 spki_octets;
};
/** flow_identify - Errors: EAUTH. */
NODISCARD int flow_identify(struct flow *f, const struct presented *p,
    struct caller *ret, struct err *err);
/** flow_setup_check - is this the setup token?  Constant time. Errors: EAUTH, EFOUNDED. */
NODISCARD int flow_setup_check(struct flow *f, const char *bearer,
    struct err *err);

/* ---- asking for an action ---- */

/* Everything borrowed. */
struct ask {
	const char		*action;	/* "key.sign" */
	const struct caller	*who;
	const char		*subject;	/* what the path named: key, credential, window; or "" */
	const json_t		*body;		/* checked by its schema */
	const char		*idempotency;	/* "" where none */
	const void		*octets;	/* crl.import: the list, where the body does not have it; or NULL */
	size_t			 octets_n;
};

/* What came of it.  body is owned by whoever called. */
struct answer {
	enum err_code	 code;		/* OK, EQUORUM, or why not */
	int		 http;
	json_t		*body;		/* a result; for a refusal rule, explanation, request */
	char		 detail[240];	/* for a refusal */
	char		 request[ID_TEXT];	/* "" where none */
	bool		 waiting;	/* the request is open: worth waiting for */
};
void answer_done(struct answer *a);

/* An ask that waits for the keeper and the ledger while no thread does. */
struct going;
/* Called once, from any thread, perhaps before flow_ask returns; must not wait.
 * @quick: neither will flow_ask_end. */
typedef void flow_came(void *ctx, bool quick);
struct flow_later {
	struct going	**going;	/* set while it goes on */
	flow_came	*ready;
	void		*ctx;
};

/**
 * flow_ask - the way of every action.
 *
 * @ask    what it points to stays until flow_ask_end where it goes on.
 * @later  *later->going is NULL before; where it is set afterwards, @ret is
 *         not: that is flow_ask_end's, once it is ready.  NULL: this thread
 *         waits for everything.
 * Errors: input and infrastructure only; a refusal is an answer.
 */
NODISCARD int flow_ask(struct flow *f, const struct ask *ask,
    const struct flow_later *later, struct answer *ret, struct err *err);
/** flow_ask_end - the end of one that went on; frees it. */
NODISCARD int flow_ask_end(struct going *g, struct answer *ret, struct err *err);
/** flow_ask_admit - before a long body is read: is there any rule by which they might
 * do it?  @ret_refusal is set where there is none, and recorded; else left. */
NODISCARD int flow_ask_admit(struct flow *f, const struct ask *ask,
    struct answer *ret_refusal, struct err *err);

#define FLOW_TOGETHER	100	/* pages: what one transaction may hold up the others for */
/**
 * flow_ask_together - pages of one action (cert.import, device.import,
 * install.report), each a request of its own, in one transaction or none.
 *
 * @asks  their idempotency is that of all of them.
 * Errors: as flow_ask; EINPUT: a rule asks for approvals of one, or two speak of
 * the same; ETOOBIG.
 */
NODISCARD int flow_ask_together(struct flow *f, const struct ask *asks,
    size_t n, struct answer *ret, struct err *err);
/** flow_result - what a request's own asker would be answered now. */
NODISCARD int flow_result(struct flow *f, const struct caller *who,
    const char *request, struct answer *ret, struct err *err);
/**
 * flow_approve - hand in an approval or a rejection; its proof authorises.
 *
 * @aside  what the last approval allows is done without this thread: then @ret
 *         is waiting, and flow_approved tells more whenever options' changed
 *         names the request.  False: it is done before this returns.
 */
NODISCARD int flow_approve(struct flow *f, const char *request, bool approve,
    bool aside, const json_t *body, struct answer *ret, struct err *err);
/** flow_approved - what whoever handed in the last approval is answered now. */
NODISCARD int flow_approved(struct flow *f, const char *request,
    struct answer *ret, struct err *err);
/** flow_cancel - withdraw one's own request while it waits, for people or for content.
 * Errors: EDENIED, ECONFLICT, ENOENT_, EBUSY_ (it is being performed). */
NODISCARD int flow_cancel(struct flow *f, const struct caller *who,
    const char *request, const json_t *body, json_t **ret, struct err *err);

/* ---- batches of certificates ---- */

/* What the rows of one have in common. */
struct flow_batch {
	char		 id[ID_TEXT];		/* "bat_..." */
	char		 ca[66], profile[66];
	bool		 refused;		/* rows of it were, earlier */
};
/**
 * flow_batch_open - the batch that its requester calls @name, opened now or
 * before.
 *
 * @ret_refusal  set, and recorded, where no rule lets them issue at all.
 * Errors: ENOENT_ (CA), EINPUT (profile); ECONFLICT: it is of another CA or
 *         profile.
 */
NODISCARD int flow_batch_open(struct flow *f, const struct caller *who,
    const char *ca, const char *profile, const char *name,
    struct flow_batch *ret, struct answer *ret_refusal, struct err *err);
#define FLOW_BATCH_NAME	(ID_TEXT + SHA256_HEX)
/** flow_batch_name - what a row is remembered under: the batch and its CSR, in
 * whatever spelling.  Rows of one name are done one after the other. */
NODISCARD int flow_batch_name(const struct flow_batch *b, const json_t *row,
    char ret[FLOW_BATCH_NAME], struct err *err);
/**
 * flow_batch_row - one row, asked for as by everybody: cert.issue.  The same
 * request has the same answer in its batch, whatever happens between.
 *
 * @row  members as for POST /v1/cas/{ca}/certificates, but for the profile.
 * @ret  without its chain. Errors: as flow_ask; ECONFLICT: another row of the
 *       batch has the same CSR, and asks for something else.
 */
NODISCARD int flow_batch_row(struct flow *f, const struct caller *who,
    const struct flow_batch *b, const json_t *row, struct answer *ret,
    struct err *err);
/** flow_batch_was_refused - was this row, by its hash, the last time? */
NODISCARD int flow_batch_was_refused(struct flow *f,
    const struct flow_batch *b, const struct sha256 *row, bool *ret,
    struct err *err);
/** flow_batch_count - rows that were refused, and such as are no longer (arrays of hashes). */
NODISCARD int flow_batch_count(struct flow *f, const struct caller *who,
    const struct flow_batch *b, json_t *refused, json_t *mended,
    struct err *err);
/** flow_keeper_wait - until the keeper answers, and what it did is known here. Errors: EKEEPER. */
NODISCARD int flow_keeper_wait(struct flow *f, time_us wait, struct err *err);

/* ---- enrolment: EST, RFC 7030 ---- */

/* Everything borrowed. */
struct est_ask {
	const char		*label;		/* "" where the path had none */
	bool			 again;		/* simplereenroll */
	const void		*body;
	size_t			 octets;
	const struct caller	*who;		/* NULL: nobody of the roster */
	const char		*user, *password;	/* that are no principal's with a token, or NULL */
	const void		*certificate;	/* DER, whose key they have and which is not out of date; or NULL */
	size_t			 certificate_octets;
};
/* An enrolment that goes on. */
struct enrolling;
/**
 * flow_est_enrol - a certificate for a request, asked for as by everybody.
 *
 * @later     as flow_ask's, but not NULL; what @ask points to may go.
 * @ret_on    set where it goes on, and neither of the following.
 * @ret       what flow_ask answers: OK, EQUORUM (not yet: ask again), or why not.
 * @ret_body  appended to where it is OK: what EST sends.
 * Errors: as flow_ask; ENOENT_ - no such label; EAUTH - neither @who nor, to
 *         renew it, a certificate of this label.
 */
NODISCARD int flow_est_enrol(struct flow *f, const struct est_ask *ask,
    const struct flow_later *later, struct enrolling **ret_on,
    struct answer *ret, struct blob *ret_body, struct err *err);
/** flow_est_end - the end of one that went on, and of its ask @g; frees both. Reads the store. */
NODISCARD int flow_est_end(struct enrolling *e, struct going *g,
    struct answer *ret, struct blob *ret_body, struct err *err);
/** flow_est_cacerts, flow_est_csrattrs - append what EST sends. Errors: ENOENT_. */
NODISCARD int flow_est_cacerts(struct flow *f, const char *label, struct blob *ret, struct err *err);
NODISCARD int flow_est_csrattrs(struct flow *f, const char *label, struct blob *ret, struct err *err);

/* ---- founding ---- */

NODISCARD int flow_found(struct flow *f, const json_t *body, json_t **ret, struct err *err);
NODISCARD int flow_genesis_sign(struct flow *f, const json_t *body, json_t **ret, struct err *err);
NODISCARD int flow_login_challenge(struct flow *f, const json_t *body, json_t **ret, struct err *err);
NODISCARD int flow_login(struct flow *f, const json_t *body, json_t **ret, struct err *err);

/* ---- what the public listener serves, from memory ---- */

struct page;
/** flow_public - a reference to what is at a path, or NULL. */
struct page *flow_public(struct flow *f, const char *path);
/**
 * flow_ocsp - the answer to an OCSP request; also a malformed one gets one.
 *
 * @octets    borrowed for the call.
 * @answered  where it must be signed first: called once, from any thread, with
 *            a page that it owns; it must not wait.
 * @return    a reference; NULL: @answered will be called.
 */
typedef void flow_answered(void *ctx, struct page *answer);
struct page *flow_ocsp(struct flow *f, const void *octets, size_t n,
    flow_answered *answered, void *ctx);
/** flow_ocsp_get - the same for what followed the responder's path in a GET. */
struct page *flow_ocsp_get(struct flow *f, const char *path,
    flow_answered *answered, void *ctx);
/** flow_ocsp_later - the answer tryLater; a reference. */
struct page *flow_ocsp_later(struct flow *f);
/** flow_ocsp_malformed - the answer malformedRequest; a reference. */
struct page *flow_ocsp_malformed(struct flow *f);

/**
 * flow_may_read - does the charter let them read ("house.read",
 * "audit.export")?  @ret is set to a refusal with its explanation, recorded
 * before this returns, or left as it is.
 */
NODISCARD int flow_may_read(struct flow *f, const struct caller *who,
    const char *action, struct answer *ret, struct err *err);

/* ---- reading; @query is checked by its schema ---- */

/** flow_genesis, flow_checkpoint - from memory. Errors: EGENESIS, ENOENT_. */
NODISCARD int flow_genesis(struct flow *f, json_t **ret, struct err *err);
NODISCARD int flow_checkpoint(struct flow *f, struct blob *ret, struct err *err);
/** flow_status - @who is NULL for strangers, who see less. */
NODISCARD int flow_status(struct flow *f, const struct caller *who, json_t **ret, struct err *err);
/** flow_ready - Errors: why not. */
NODISCARD int flow_ready(struct flow *f, json_t **ret, struct err *err);
/** flow_metrics - append lines of the Prometheus text form. */
NODISCARD int flow_metrics(struct flow *f, struct blob *ret, struct err *err);

#define FLOW_READS(R) \
	R(principal_list) R(principal_show) R(credential_list) \
	R(key_list) R(key_show) R(request_list) R(request_show) \
	R(request_evidence) R(window_list) R(window_show) \
	R(charter_show) R(charter_who_can) R(event_list) R(event_show) \
	R(ca_list) R(ca_show) R(cert_list) R(cert_show) \
	R(batch_list) R(batch_show) R(notice_list) R(alert_list) R(alert_show) \
	R(finding_list) R(finding_show) R(finding_house) \
	R(device_list) R(artifact_list) R(artifact_show) \
	R(consistency)
/*
 * flow_NAME - @subject is what the path named or ""; @query also carries a
 * question's body.  Errors: ENOENT_, ENOKEY, EDENIED (another party's), ERANGE_, ESTORE.
 */
#define R(name) NODISCARD int flow_##name(struct flow *f, \
    const struct caller *who, const char *subject, const json_t *query, \
    json_t **ret, struct err *err);
FLOW_READS(R)
R(charter_check) R(charter_explain) R(charter_simulate)
#undef R

/* What a view is of: the state that it reads, and what it calls now. */
struct moment {
	struct state	*state;		/* borrowed */
	time_us		 now;
};
/** flow_now - the present. */
struct moment flow_now(struct flow *f);
/** flow_as_of - as_of of a query. Errors: EINPUT, ERANGE_ (still to come). */
NODISCARD int flow_as_of(const char *text, time_us *ret, struct err *err);
#define FLOW_VIEWS(R) \
	R(inventory_products) R(inventory_product) R(inventory_gaps) R(inventory_key) R(inventory_device) R(inventory_solvency)
/*
 * flow_NAME - from that state alone: the present's or one that was replayed.
 * @subject, @query and errors as above.
 */
#define R(name) NODISCARD int flow_##name(const struct moment *m, \
    const char *subject, const json_t *query, json_t **ret, struct err *err);
FLOW_VIEWS(R)
#undef R

/** flow_notice_test - queue a test for who asks. Errors: ENOENT_ (no contact), ECONFLICT (one is on its way). */
NODISCARD int flow_notice_test(struct flow *f, const struct caller *who, json_t **ret, struct err *err);
/** flow_alert_ack - who asks sees to it. @body {note?}.
 * Errors: ENOENT_, ECONFLICT (it is over, or acknowledged), EDENIED (they are not told of it). */
NODISCARD int flow_alert_ack(struct flow *f, const struct caller *who, const char *id,
    const json_t *body, json_t **ret, struct err *err);
/** flow_calendar - append all that ends within the query's "within", RFC 5545. */
NODISCARD int flow_calendar(struct flow *f, const json_t *query, struct blob *ret, struct err *err);
/** flow_bundle - write the ledger from @since on to @fd, an NDJSON bundle. */
NODISCARD int flow_bundle(struct flow *f, uint64_t since, int fd, struct err *err);

#endif
