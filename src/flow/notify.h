/*
 * notify - requests find their approvers; inside src/flow only.
 *
 * One thread sees what requests wait for whom and queues notices; one for each
 * channel delivers them, or starts who does, so that none waits for another.
 */
#ifndef FLOW_NOTIFY_H
#define FLOW_NOTIFY_H

#include <sys/stat.h>
#include "alert/contacts.h"
#include "alert/notice.h"
#include "post/post.h"

struct charter;
struct flow;

#define NOTICES_AT_ONCE	50	/* in one mail */

struct notifier {
	struct flow		*flow;
	struct mail_server	 mail;		/* url "": none */
	struct secret		*password;	/* owned; or NULL */
	pthread_mutex_t		 lock;		/* over all below */
	pthread_cond_t		 wake;
	struct contacts		*contacts;	/* owned: as the file was last good */
	struct stat		 contacts_is;	/* the file, as it was looked at last */
	bool			 contacts_gone;	/* it was told */
	bool			 contacts_new;	/* they were taken since; the first thread's alone */
	struct err		 contacts_why;	/* why it was not taken; OK: it was */
	struct sha256		 law;		/* the charter that was looked by last; the first thread's alone */
	json_t			*changed;	/* ids of requests to look at */
	json_t			*backlog;	/* the same, that may wait; the first thread's alone */
	json_t			*followed;	/* id -> when to remind, or 0 */
	bool			 scan;		/* look at all of them */
	bool			 stop;
	pthread_t		 thread[1 + CHANNEL__N];
	unsigned		 threads;
};

/** contacts_load - read the file again if it is another. Errors: EIO_, EDENIED and those
 * of contacts_read; each once, and the contacts before stay where there is a file. */
NODISCARD int contacts_load(struct notifier *n, struct err *err);
/** contacts_refused - why the file is not what holds; OK: it is. */
void contacts_refused(struct notifier *n, struct err *ret);
/** contacts_now - as they are known now (contacts_free). */
struct contacts *contacts_now(struct notifier *n);
/** notify_look, notify_remind - changed, or late: queue what its people are to be told, once.
 * Errors: ESTORE and others; nothing was queued, try again. */
NODISCARD int notify_look(struct notifier *n, const char *request, struct err *err);
/** notify_anew - the same, and of those that wait: who was not told yet, is. */
NODISCARD int notify_anew(struct notifier *n, const char *request, struct err *err);
/** notify_mark - to be looked at soon. */
NODISCARD int notify_mark(struct notifier *n, const char *request, struct err *err);
NODISCARD int notify_remind(struct notifier *n, const char *request, struct err *err);
/** notify_about - what is told of a request: of its view. */
NODISCARD int notify_about(const json_t *view, json_t **ret, struct err *err);
/** notify_charter - of a request to amend the charter also what would change: "changes"
 * into @about's subject, sentences, what weakens first; "more_changes" beyond 20. */
NODISCARD int notify_charter(const struct charter *now, const json_t *view,
    json_t *about, struct err *err);
/** notify_put - queue @n, but for its id, person, channel and due, by each way that
 * this person has; nothing where there is none. */
NODISCARD int notify_put(struct tx *tx, const struct contacts *all, const struct notice *n,
    const char *person, struct err *err);
/** notify_wake - there is something to deliver. */
void notify_wake(struct notifier *n);
/** notify_text - notices to one person as a mail: subject, and text appended. */
NODISCARD int notify_text(const struct flow *f, const struct notice *n, size_t count,
    char ret_subject[200], struct blob *ret, struct err *err);
/** notify_json - one notice as a web hook gets it: a line (free). */
NODISCARD int notify_json(const struct flow *f, const struct notice *n, char **ret, struct err *err);
/** notify_reaches - may the person be told by this channel?  Of a file of contacts that is
 * away, or is not taken, nobody knows: true. */
bool notify_reaches(void *notifier, enum channel by, const char *person);
/** notify_on - is it to go on? */
bool notify_on(struct notifier *n);
/** notify_wait - until something may have changed, or a second is over. @return false: stop. */
bool notify_wait(struct notifier *n);
/** notify_send - all that is due to this person by this channel, until something is not taken.
 * @return may others by this channel be tried at once? */
bool notify_send(struct notifier *n, enum channel by, const char *person);
/** notify_deliver - the thread of a channel. */
void *notify_deliver_mail(void *notifier);
void *notify_deliver_hook(void *notifier);
void *notify_deliver_syslog(void *notifier);

#endif
