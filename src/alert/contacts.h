/*
 * contacts - where people are reached: addresses are no part of charter or
 * ledger, so that they can be forgotten.
 *
 * Floor 3.  Sees base.  Immutable once read; share freely.
 *
 *	officer-1:
 *	  mail: officer-1@example.com
 *	  quiet: { from: "22:00", until: "07:00", offset: "+01:00" }
 *	  digest: PT30M
 *	release-tools:
 *	  webhook: https://chat.example.com/hooks/claviger
 *	  secret: hook.secret
 *	siem:
 *	  syslog: tls://siem.example.com:6514
 */
#ifndef ALERT_CONTACTS_H
#define ALERT_CONTACTS_H

#include <stdbool.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"

#define CONTACTS_OCTETS	(1024u * 1024)
#define DIGEST_MOST	TIME_S(7 * 86400)

struct contact {
	const char	*mail, *webhook, *syslog;	/* or NULL */
	const char	*secret_file;		/* of the web hook's signatures; or NULL */
	struct secret	*secret;		/* owned; or NULL */
	time_us		 digest;		/* mails are gathered for so long; 0: each at once */
	bool		 quiet;
	int		 from, until;		/* minutes of their day in which they hear nothing */
	int		 offset;		/* of their clock to UTC, minutes */
};

struct contacts;		/* opaque */

/**
 * contacts_read - a file of them; relative paths in it lie beside it.
 * @check  of each, before its secret is read: may a message be sent there?
 *         Errors: ERANGE_.
 * Errors: EIO_, EINPUT, ESCHEMA, ERANGE_ with file and line; EDENIED: others
 * can read a secret.
 */
typedef int contact_check(void *ctx, const struct contact *c, struct err *err);
NODISCARD int contacts_read(const char *path, contact_check *check, void *ctx,
    struct contacts **ret, struct err *err);
/** contacts_parse - the same, of what the file holds. */
NODISCARD int contacts_parse(const char *path, const struct blob *text, contact_check *check,
    void *ctx, struct contacts **ret, struct err *err);
struct contacts *contacts_ref(struct contacts *c);
void contacts_free(struct contacts *c);
DEFINE_FREEP(contacts)
/** contacts_find - of this person or tool, or NULL; borrowed. */
const struct contact *contacts_find(const struct contacts *c, const char *who);

/** contact_unsigned - has this one a web hook whose messages nobody can tell from others'? */
bool contact_unsigned(const struct contact *c);
/** contacts_unsigned - of the @nth of those, from 0, the name (borrowed); NULL: there are no more. */
const char *contacts_unsigned(const struct contacts *c, size_t nth);

/** contact_when - the first moment from @now on at which they hear; by mail: gathered with others. */
time_us contact_when(const struct contact *c, bool mail, time_us now);

#endif
