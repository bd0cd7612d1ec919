/* contacts - where people are reached; see contacts.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "alert/contacts.h"
#include "base/blob.h"
#include "base/id.h"
#include "base/io.h"
#include "base/json.h"
#include "base/yaml.h"

#define DAY_MINUTES	(24 * 60)
#define OFFSET_MOST	(14 * 60)	/* the furthest that clocks are from UTC */
#define MINUTE		TIME_S(60)

struct entry {
	const char	*who;		/* borrowed from the document */
	struct contact	 c;
};
struct contacts {
	unsigned	 refs;		/* atomic */
	json_t		*doc;		/* owned */
	struct entry	*entry;		/* in the order of the document; owned */
	size_t		 n;
	char		*folder;	/* owned */
};

static const struct json_row contact_rows[] = {
	{ "mail", WANT_STRING, false, 3, 254, "a mail address" },
	{ "webhook", WANT_STRING, false, 8, 2000, "a URL" },
	{ "syslog", WANT_STRING, false, 6, 2000, "tls://HOST:PORT, tcp://HOST:PORT or unix:PATH" },
	{ "secret", WANT_STRING, false, 1, 4096, "a file: what its messages are signed with" },
	{ "digest", WANT_STRING, false, 3, 32, "a duration: mails are gathered for so long" },
	{ "quiet", WANT_OBJECT, false, 0, 0, "hours in which nothing is sent" },
};
static const struct json_row quiet_rows[] = {
	{ "from", WANT_STRING, true, 5, 5, "HH:MM" },
	{ "until", WANT_STRING, true, 5, 5, "HH:MM" },
	{ "offset", WANT_STRING, false, 6, 6, "of that clock to UTC: +HH:MM" },
};

/* "HH:MM" */
static bool
minutes(const char *s, int most, int *ret)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
			return false;
	*ret = ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 +
	    s[4] - '0';
	return s[5] == '\0' && s[3] < '6' && *ret <= most;
}

static int
quiet_read(const json_t *j, struct contact *c, struct err *err)
{
	const char *offset = json_str(j, "offset", "+00:00");

	TRY(json_check(j, "/quiet", quiet_rows, NELEM(quiet_rows), err));
	if (!minutes(json_str(j, "from", ""), DAY_MINUTES - 1, &c->from) ||
	    !minutes(json_str(j, "until", ""), DAY_MINUTES - 1, &c->until) ||
	    c->from == c->until)
		return err_set(err, ERANGE_, "quiet hours: expected two times of "
		    "the day, as \"22:00\" and \"07:00\"");
	if ((offset[0] != '+' && offset[0] != '-') ||
	    !minutes(offset + 1, OFFSET_MOST, &c->offset))
		return err_set(err, ERANGE_, "quiet hours: expected an offset to "
		    "UTC, as \"+01:00\"");
	if (offset[0] == '-')
		c->offset = -c->offset;
	c->quiet = true;
	return 0;
}

static int
digest_read(const char *text, struct contact *c, struct err *err)
{
	TRY(clock_duration(text, &c->digest, err));
	if (c->digest < MINUTE || c->digest > DIGEST_MOST)
		return err_set(err, ERANGE_, "digest: expected a minute to a "
		    "week");
	return 0;
}

static int
secret_read(const struct contacts *all, struct contact *c, struct err *err)
{
	char path[8192];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s%s", c->secret_file[0] == '/' ? "" :
	    all->folder, c->secret_file[0] == '/' ? "" : "/", c->secret_file);
	/* Whatever else there is might keep us waiting. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, EIO_, "secret: %.100s is no file", path);
	TRY(secret_read_file(path, &c->secret, err));
	return secret_len(c->secret) >= 16 ? 0 : err_set(err, ERANGE_,
	    "secret: expected at least 16 octets in the file");
}

static int
contact_read(const json_t *j, struct contact *c, struct err *err)
{
	const json_t *quiet = json_object_get(j, "quiet");
	const char *digest = json_str(j, "digest", NULL);

	TRY(json_check(j, "", contact_rows, NELEM(contact_rows), err));
	c->mail = json_str(j, "mail", NULL);
	c->webhook = json_str(j, "webhook", NULL);
	c->syslog = json_str(j, "syslog", NULL);
	c->secret_file = json_str(j, "secret", NULL);
	if (c->mail == NULL && c->webhook == NULL && c->syslog == NULL)
		return err_set(err, ESCHEMA, "expected mail, webhook or syslog");
	if (c->secret_file != NULL && c->webhook == NULL)
		return err_set(err, ESCHEMA, "a secret is for a webhook");
	if (digest != NULL)
		TRY(digest_read(digest, c, err));
	if (quiet != NULL)
		TRY(quiet_read(quiet, c, err));
	return 0;
}

static int
entries_read(struct contacts *all, const char **ret_at, contact_check *check,
    void *ctx, struct err *err)
{
	const char *who;
	json_t *j;

	json_object_foreach(all->doc, who, j) {
		struct entry *e = &all->entry[all->n++];

		*ret_at = e->who = who;
		if (!name_check(who))
			return err_set(err, ESCHEMA, "\"%.60s\" is the name of "
			    "nobody", who);
		TRY(contact_read(j, &e->c, err));
		TRY(check(ctx, &e->c, err));
		if (e->c.secret_file != NULL)
			TRY(secret_read(all, &e->c, err));
	}
	return 0;
}

static int
folder_of(const char *path, char **ret, struct err *err)
{
	const char *slash = strrchr(path, '/');

	*ret = slash == NULL ? strdup(".") : strndup(path,
	    (size_t)(slash - path));
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "contacts");
}

static int
document_read(const char *path, const struct blob *text, struct contacts *c,
    struct yaml_marks **marks, struct err *err)
{
	TRY(yaml_read(path, text->data, text->len, &c->doc, marks, err));
	if (!json_is_object(c->doc))
		return err_set(err, ESCHEMA, "%.200s: expected NAME: {mail, "
		    "webhook, ...}", path);
	c->entry = calloc(json_object_size(c->doc) + 1, sizeof(*c->entry));
	if (c->entry == NULL)
		return err_set(err, ENOMEMORY, "contacts");
	return folder_of(path, &c->folder, err);
}

int
contacts_parse(const char *path, const struct blob *text,
    contact_check *check, void *ctx, struct contacts **ret, struct err *err)
{
	AUTO(contacts) *c = calloc(1, sizeof(*c));
	AUTO(yaml_marks) *marks = NULL;
	char pointer[80] = "", where[300];
	const char *at = "";
	struct err why;

	if (c == NULL)
		return err_set(err, ENOMEMORY, "contacts");
	c->refs = 1;
	TRY(document_read(path, text, c, &marks, err));
	if (entries_read(c, &at, check, ctx, &why) != 0) {
		snprintf(pointer, sizeof(pointer), "/%.64s", at);
		yaml_where(marks, pointer, where, sizeof(where));
		return err_set(err, why.code, "%.90s: %.140s", where, why.what);
	}
	*ret = TAKE(c);
	return 0;
}

int
contacts_read(const char *path, contact_check *check, void *ctx,
    struct contacts **ret, struct err *err)
{
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "contacts");
	TRY(io_read_file(path, CONTACTS_OCTETS, text, err));
	return contacts_parse(path, text, check, ctx, ret, err);
}

struct contacts *
contacts_ref(struct contacts *c)
{
	if (c != NULL)
		__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void
contacts_free(struct contacts *c)
{
	if (c == NULL || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < c->n; i++)
		secret_free(c->entry[i].c.secret);
	free(c->entry);
	free(c->folder);
	json_decref(c->doc);
	free(c);
}

const struct contact *
contacts_find(const struct contacts *c, const char *who)
{
	for (size_t i = 0; c != NULL && i < c->n; i++)
		if (strcmp(c->entry[i].who, who) == 0)
			return &c->entry[i].c;
	return NULL;
}

bool
contact_unsigned(const struct contact *c)
{
	return c->webhook != NULL && c->secret_file == NULL;
}

const char *
contacts_unsigned(const struct contacts *c, size_t nth)
{
	for (size_t i = 0; c != NULL && i < c->n; i++)
		if (contact_unsigned(&c->entry[i].c) && nth-- == 0)
			return c->entry[i].who;
	return NULL;
}

/* Minutes from @t until their quiet hours end; 0: they are not in them. */
static int
quiet_for(const struct contact *c, time_us t)
{
	int64_t minute = t / MINUTE + c->offset;
	int at = (int)(minute % DAY_MINUTES);
	int since = (at - c->from + DAY_MINUTES) % DAY_MINUTES;
	int length = (c->until - c->from + DAY_MINUTES) % DAY_MINUTES;

	return since < length ? length - since : 0;
}

time_us
contact_when(const struct contact *c, bool mail, time_us now)
{
	time_us when = now;
	int minutes_more;

	if (mail && c->digest > 0)
		when = (now / c->digest + 1) * c->digest;
	if (c->quiet && (minutes_more = quiet_for(c, when)) > 0)
		when = (when / MINUTE + minutes_more) * MINUTE;
	return when;
}
