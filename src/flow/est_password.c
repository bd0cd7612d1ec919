/*
 * est_password - a password that lets one request in, once.
 *
 * It is used before the certificate is asked for, and stays good for the very
 * request that it was used for: who waits, or has lost the answer, asks again.
 * What that request got is all that it gets: once it has ended, so has the password.
 */
#include <string.h>
#include "flow/est.h"
#include "flow/inside.h"
#include "state/record.h"
#include "state/state.h"

struct password {
	const struct enrolling	*e;
	struct sha256		 hash;
	struct people_once	 once;
	json_t			*event;		/* owned: the last about it */
	bool			 there;
	struct cert_row		 got;		/* by the same request */
	bool			 has_got;
};

static int
password_read(struct tx *tx, void *ctx, struct err *err)
{
	struct password *p = ctx;
	int rc = people_once(tx, &p->hash, &p->once, err);

	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	p->there = true;
	TRY(est_got(p->e, tx, 0, &p->got, &p->has_got, err));
	return record_event(tx, p->once.seq, &p->event, err);
}

/* The request that it was used for; "": not yet; NULL: it was revoked. */
static const char *
used_for(const struct password *p)
{
	const char *kind = json_str(p->event, "kind", "");

	if (strcmp(kind, event_kind_name(EVENT_CREDENTIAL_USED)) == 0)
		return json_str(json_object_get(p->event, "data"), "csr", NULL);
	return strcmp(kind, event_kind_name(EVENT_CREDENTIAL_ISSUED)) == 0 ?
	    "" : NULL;
}

/* What the request had before the password was used, another brought. */
static bool
brought(const struct password *p)
{
	const unsigned char first[ID_REST] = { 0 };
	char from[ID_TEXT];
	struct err none;
	time_us used;

	if (!p->has_got || clock_parse(json_str(p->event, "time", ""), &used,
	    &none) != 0)
		return p->has_got;
	id_of("crt", used, first, from);
	return strcmp(p->got.id, from) >= 0;
}

static int
password_check(const struct enrolling *e, const struct password *p,
    struct err *err)
{
	const char *device = json_str(json_object_get(json_object_get(
	    p->event, "data"), "credential"), "device", NULL);
	struct sha256 csr = csr_hash(e->csr);
	char hex[SHA256_HEX];

	if (!p->there || used_for(p) == NULL ||
	    strcmp(p->once.who.id, e->ask->user) != 0)
		return err_set(err, EAUTH, "this name and password are not "
		    "known here, or were revoked");
	if (p->once.expires <= clock_now())
		return err_set(err, EAUTH, "this password has expired");
	if (device != NULL && strcmp(device, e->device) != 0)
		return err_set(err, EAUTH, "this password is for another "
		    "device than \"%.64s\"", e->device);
	sha256_hex(&csr, hex);
	if (used_for(p)[0] != '\0' && strcmp(used_for(p), hex) != 0)
		return err_set(err, EAUTH, "this password was used for another "
		    "request");
	if (used_for(p)[0] != '\0' && brought(p) &&
	    !cert_valid(&p->got, clock_now()))
		return err_set(err, EAUTH, "this password was used, and the "
		    "certificate that it brought is not valid any more");
	return 0;
}

int
est_password(struct enrolling *e, bool *ret_fresh, struct err *err)
{
	const char *text = e->ask->password;
	struct password p = { .e = e, .hash = sha256_of(text, strlen(text)) };
	int rc = state_read(e->flow->state, password_read, &p, err);

	if (rc == 0)
		rc = password_check(e, &p, err);
	if (rc == 0) {
		*ret_fresh = used_for(&p)[0] == '\0';
		e->who = p.once.who;
	}
	json_decref(p.event);
	return rc;
}

int
est_password_use(const struct enrolling *e, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct sha256 csr = csr_hash(e->csr);
	struct event event = { .kind = EVENT_CREDENTIAL_USED,
		.actor = e->who.id, .subject = e->who.credential };
	struct receipt r;
	int rc;

	TRY(json_build(&data, err, "{s:s}", "credential", e->who.credential));
	TRY(json_set_hash(data, "csr", &csr, err));
	event.data = data;
	rc = state_commit(e->flow->state, &event, 1, &r, err);
	return rc != -ENOENT_ ? rc : err_set(err, EAUTH,
	    "this password was used meanwhile");
}
