/*
 * est - what the files of Enrolment over Secure Transport share.
 *
 * Floor 5, flow; included by its est*.c and flow.c only.
 */
#ifndef FLOW_EST_H
#define FLOW_EST_H

#include "flow/certify.h"
#include "state/state.h"

struct flow;

#define EST_LABELS	64

/* Under a label stand one CA and one profile. */
struct est_label {
	char		 label[CERT_NAME];
	char		 ca[CERT_NAME], profile[CERT_NAME];
	char		 as[PEOPLE_NAME];	/* who asks for devices that renew; "": nobody */
	unsigned	 columns;		/* of base64; 0: one line */
};
struct est_labels {
	struct est_label at[EST_LABELS];
	size_t		 n;
};

/**
 * est_labels_read - "LABEL=CA/PROFILE[/TOOL[/lines]] ..." (flow.h).
 * Errors: EUSAGE, naming the word.
 */
NODISCARD int est_labels_read(const char *text, struct est_labels **ret,
    struct err *err);
/** est_label_find - "": that called default. Errors: ENOENT_. */
NODISCARD int est_label_find(const struct flow *f, const char *label,
    const struct est_label **ret, struct err *err);
/** est_certs - a certs-only body for a label. */
NODISCARD int est_certs(const struct est_label *l, const struct span *certs,
    size_t n, struct blob *ret, struct err *err);

/* One enrolment under way. */
struct enrolling {
	struct flow		*flow;
	const struct est_ask	*ask;		/* this and later: only until it goes on */
	const struct flow_later	*later;
	const struct est_label	*label;
	struct csr		*csr;		/* owned */
	struct law		*law;		/* owned */
	const struct profile	*profile;
	char			 device[CERT_DEVICE];	/* "": none */
	struct caller		 who;
	json_t			*body;		/* owned: what is asked for, and under which key */
	char			 key[80];
};
/**
 * est_got - the newest certificate that this request got under its label, by the
 * label's CA or one that followed it.
 *
 * @ended  only of those that are revoked, or out of date then; 0: of all.
 */
NODISCARD int est_got(const struct enrolling *e, struct tx *tx, time_us ended,
    struct cert_row *ret, bool *ret_there, struct err *err);
/** est_has - what its device has under the label, and that is valid. */
NODISCARD int est_has(const struct enrolling *e, struct tx *tx,
    struct cert_row *ret, bool *ret_there, struct err *err);
/**
 * est_password - who may ask with this name and password.
 * @ret_fresh  false: it was used for this very request.
 * Errors: EAUTH.
 */
NODISCARD int est_password(struct enrolling *e, bool *ret_fresh,
    struct err *err);
/** est_password_use - for this request and no other, durably. Errors: EAUTH: it was used meanwhile. */
NODISCARD int est_password_use(const struct enrolling *e, struct err *err);
/**
 * est_renewal - RFC 7030, 4.2.2: there is a certificate to be renewed, and
 * the request has its names; where a device shows it, who asks for the device.
 * Errors: EAUTH, EINPUT, ECONFLICT (there is none).
 */
NODISCARD int est_renewal(struct enrolling *e, struct err *err);

#endif
