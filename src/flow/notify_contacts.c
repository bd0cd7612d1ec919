/* notify_contacts - where people are told, as the file says it at each look. */
#include <errno.h>
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/notify.h"

static int
contact_usable(void *ctx, const struct contact *c, struct err *err)
{
	const struct notifier *n = ctx;

	if (c->mail != NULL && !post_address(c->mail))
		return err_set(err, ERANGE_, "mail: \"%.80s\" is no mail address",
		    c->mail);
	if (c->mail != NULL && n->mail.url[0] == '\0')
		return err_set(err, ERANGE_, "mail: mail.server is not set");
	if (c->webhook != NULL)
		TRY(post_hook_check(c->webhook, err));
	return c->syslog == NULL ? 0 : post_syslog_check(c->syslog, err);
}

static void
contacts_set(struct notifier *n, struct contacts *c)
{
	struct contacts *old;

	pthread_mutex_lock(&n->lock);
	old = n->contacts;
	n->contacts = c;
	/* Who was out of reach may be told now. */
	n->scan = true;
	pthread_mutex_unlock(&n->lock);
	contacts_free(old);
}

static bool
is_as_before(const struct notifier *n, const struct stat *st)
{
	const struct stat *is = &n->contacts_is;

	return st->st_ino == is->st_ino && st->st_size == is->st_size &&
	    st->st_mtim.tv_sec == is->st_mtim.tv_sec &&
	    st->st_mtim.tv_nsec == is->st_mtim.tv_nsec &&
	    st->st_mode == is->st_mode;
}

/* Whoever knows its URL can send what looks like ours. */
static void
unsigned_tell(const struct contacts *c)
{
	const char *first = contacts_unsigned(c, 0);

	if (first != NULL)
		log_line(LOG_WARN, "contacts: the web hook of %s%s has no secret: "
		    "who gets its messages cannot tell them from others'", first,
		    contacts_unsigned(c, 1) != NULL ? ", and of others," : "");
}

/* Whoever writes it says where messages go. */
static int
contacts_check(const char *path, const struct stat *st, struct err *err)
{
	if (!S_ISREG(st->st_mode))
		return err_set(err, EIO_, "%s is no file", path);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(err, EDENIED, "%s may be written by others: "
		    "chmod go-w", path);
	return 0;
}

/* Gone is forgotten: they may have asked for it. */
static int
contacts_lost(struct notifier *n, const char *path, struct err *err)
{
	if (n->contacts_gone)
		return 0;
	n->contacts_gone = true;
	memset(&n->contacts_is, 0, sizeof(n->contacts_is));
	contacts_set(n, NULL);
	return err_set(err, EIO_, "%s: %s; nobody is told", path,
	    strerror(errno));
}

static int
contacts_look(struct notifier *n, bool *ret_taken, struct err *err)
{
	const char *path = n->flow->o.contacts;
	struct contacts *c;
	struct stat st;

	if (stat(path, &st) != 0)
		return contacts_lost(n, path, err);
	n->contacts_gone = false;
	if (is_as_before(n, &st))
		return 0;
	/* One that cannot be read is told once, and the one before stays. */
	n->contacts_is = st;
	TRY(contacts_check(path, &st, err));
	TRY(contacts_read(path, contact_usable, n, &c, err));
	unsigned_tell(c);
	contacts_set(n, c);
	*ret_taken = true;
	return 0;
}

static void
contacts_why_set(struct notifier *n, const struct err *why)
{
	pthread_mutex_lock(&n->lock);
	n->contacts_why = *why;
	pthread_mutex_unlock(&n->lock);
}

/* The log has it once; status and the watch for as long as it is so. */
int
contacts_load(struct notifier *n, struct err *err)
{
	bool taken = false;
	int rc = contacts_look(n, &taken, err);

	if (rc != 0)
		contacts_why_set(n, err);
	else if (taken) {
		contacts_why_set(n, &(struct err){ .code = OK });
		n->contacts_new = true;
	}
	return rc;
}

void
contacts_refused(struct notifier *n, struct err *ret)
{
	pthread_mutex_lock(&n->lock);
	*ret = n->contacts_why;
	pthread_mutex_unlock(&n->lock);
}

struct contacts *
contacts_now(struct notifier *n)
{
	struct contacts *c;

	pthread_mutex_lock(&n->lock);
	c = contacts_ref(n->contacts);
	pthread_mutex_unlock(&n->lock);
	return c;
}
