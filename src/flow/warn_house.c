/* warn_house - credentials, the service's certificate, lists, quorums, and what
 * the house stands on. */
#include <stdio.h>
#include <string.h>
#include "alert/notice.h"
#include "base/text.h"
#include "base/x509.h"
#include "cert/crl_elsewhere.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "flow/publisher.h"
#include "flow/warn.h"
#include "policy/charter.h"
#include "state/record.h"

#define CREDENTIALS_MOST	5000
#define OVERDUE_MOST	1000	/* lists of other CAs; those that are overdue for longest */

/* ---- who comes in by what ---- */

static int
credential_look(void *ctx, const struct people_end *c, struct err *err)
{
	struct look *l = ctx;
	bool token = strcmp(c->type, "token") == 0;
	struct text_cut label = text_cut(c->label[0] != '\0' ? c->label :
	    c->id, 80);
	char what[2 * TEXT_CUT];
	json_t *about;

	(void)snprintf(what, sizeof(what), "the %s of %s (%s) ends", token ?
	    "token" : "client certificate", c->principal, label.at);
	TRY(json_build(&about, err, "{s:s, s:s, s:s, s:s, s:s}", "name",
	    c->principal, "credential", c->id, "type", c->type, "label",
	    c->label, "what", what));
	return look_found(l, WATCH_CREDENTIAL, c->id, c->created, c->expires,
	    about, err);
}

int
look_credentials(struct look *l, struct err *err)
{
	time_us until;

	TRY(people_ending(l->tx, l->now - ENDED_KEPT, look_horizon(l,
	    WATCH_CREDENTIAL), CREDENTIALS_MOST, credential_look, l, &until,
	    err));
	look_not_whole(l, WATCH_CREDENTIAL, until);
	return 0;
}

/* ---- the service's own certificate ---- */

int
look_tls(struct look *l, struct err *err)
{
	const char *path = l->flow->o.own_certificate;
	time_us from, until;
	const char *what = "the service's own certificate ends";
	struct err why;
	json_t *about;

	if (path == NULL || path[0] == '\0')
		return 0;
	/* Whoever starts the service anew finds nothing to start with: past any
	 * end, and without a day. */
	if (x509_file_times(path, &from, &until, &why) != 0) {
		what = "the service's own certificate cannot be read again";
		from = until = 0;
	}
	TRY(json_build(&about, err, "{s:s, s:s, s:s}", "name", "clavigerd",
	    "file", path, "what", what));
	return look_found(l, WATCH_TLS, "clavigerd", from, until, about, err);
}

/* ---- revocation lists ---- */

static void
late_say(const json_t *one, char *what, size_t n)
{
	const char *ca = json_str(one, "ca", ""),
	    *ends = json_str(one, "next_update", NULL);
	unsigned late = (unsigned)json_int(one, "late", 0);

	if (json_int(one, "untold", 0) > 0)
		(void)snprintf(what, n, "%s", json_str(one, "warning", ""));
	else
		(void)snprintf(what, n, "%u revocation list%s of %s %s older "
		    "than %s should be; the first %s%s", late, late == 1 ? "" :
		    "s", ca, late == 1 ? "is" : "are", late == 1 ? "it" :
		    "they", ends != NULL ? "ends " : "is missing", ends != NULL
		    ? ends : "");
}

static int
late_found(struct look *l, const json_t *one, struct err *err)
{
	const char *ca = json_str(one, "ca", "");
	AUTO(cert_ca) *c = NULL;
	char what[400], class[KEY_NAME];
	json_t *about;

	TRY(cert_ca_get(l->tx, ca, &c, err));
	TRY(look_class(l, c->key, class, err));
	late_say(one, what, sizeof(what));
	TRY(json_build(&about, err, "{s:s, s:s*, s:O, s:O, s:s}", "name", ca,
	    "class", class[0] != '\0' ? class : NULL, "late",
	    json_object_get(one, "late"), "untold", json_object_get(one,
	    "untold"), "what", what));
	return look_found(l, WATCH_LIST, ca, 0, 0, about, err);
}

/* Whoever is revoked since is not known here. */
static int
overdue_found(struct look *l, const json_t *one, struct err *err)
{
	const char *next = json_str(one, "next_update", "");
	struct text_cut by = text_cut(json_str(one, "issuer_name", ""), 80);
	char what[3 * TEXT_CUT];
	json_t *about;

	(void)snprintf(what, sizeof(what), "the revocation list %.40s of %s, "
	    "another CA, is the newest that was entered; the next was due on "
	    "%.10s", json_str(one, "number", ""), by.at, next);
	TRY(json_build(&about, err, "{s:s, s:s*, s:s, s:s, s:O, s:s, s:s}",
	    "name", by.at, "owner", json_str(one, "owner", NULL), "series",
	    json_str(one, "series", ""), "authority", json_str(one,
	    "authority", ""), "products", json_object_get(one, "products"),
	    "next_update", next, "what", what));
	return look_found(l, WATCH_LIST, json_str(one, "series", ""), 0, 0,
	    about, err);
}

static int
overdue_look(struct look *l, struct err *err)
{
	AUTO_JSON *overdue = NULL;
	const json_t *one;
	size_t i;

	TRY(crl_elsewhere_overdue(l->tx, l->now, OVERDUE_MOST, &overdue,
	    err));
	json_array_foreach(overdue, i, one)
		TRY(overdue_found(l, one, err));
	if (json_array_size(overdue) == OVERDUE_MOST)
		look_not_whole(l, WATCH_LIST, 1);
	return 0;
}

int
look_lists(struct look *l, struct err *err)
{
	AUTO_JSON *late = NULL;
	const json_t *one;
	size_t i;

	TRY(watch_late(l->flow->publisher, &late, err));
	json_array_foreach(late, i, one)
		TRY(late_found(l, one, err));
	return overdue_look(l, err);
}

/* ---- people ---- */

/* One more than is needed, so that one may be lost. */
int
look_quorums(struct look *l, struct err *err)
{
	const struct roster *r = charter_roster(l->law->charter);
	struct group_need need;
	char what[300];
	json_t *about;

	for (size_t g = 0; g < r->group_n; g++) {
		if (!charter_group_need(l->law->charter, (int)g, &need) ||
		    need.have > need.need)
			continue;
		(void)snprintf(what, sizeof(what), "%u of the group %s can "
		    "approve, and the rule %s needs %u: nobody is to spare",
		    need.have, need.group, need.rule, need.need);
		TRY(json_build(&about, err, "{s:s, s:s, s:I, s:I, s:s}",
		    "name", need.group, "rule", need.rule, "have",
		    (json_int_t)need.have, "need", (json_int_t)need.need,
		    "what", what));
		TRY(look_found(l, WATCH_QUORUM, need.group, 0, 0, about, err));
	}
	return 0;
}

/* ---- keeper, ledger, notices ---- */

int
look_keeper(struct look *l, struct err *err)
{
	struct text_cut why = text_cut(l->keeper.what, TEXT_CUT);
	char what[2 * TEXT_CUT];
	json_t *about;

	if (l->keeper.code == OK)
		return 0;
	(void)snprintf(what, sizeof(what), "%s%s%s", err_text(l->keeper.code),
	    why.at[0] != '\0' ? ": " : "", why.at);
	TRY(json_build(&about, err, "{s:s, s:s}", "name",
	    err_code_name(l->keeper.code), "what", what));
	return look_found(l, WATCH_KEEPER, "keeper", 0, 0, about, err);
}

/* It grew, and nobody has signed it since the look before. */
int
look_checkpoint(struct look *l, struct err *err)
{
	struct sha256 root;
	uint64_t size, signed_size;
	char what[160];
	json_t *about;

	TRY(record_head(l->tx, &size, &root, err));
	pthread_mutex_lock(&l->flow->lock);
	signed_size = l->flow->checkpoint_size;
	pthread_mutex_unlock(&l->flow->lock);
	if (signed_size >= size || signed_size != l->checkpoint)
		return 0;
	(void)snprintf(what, sizeof(what), "the ledger has %llu events, and the "
	    "newest checkpoint covers %llu", (unsigned long long)size,
	    (unsigned long long)signed_size);
	TRY(json_build(&about, err, "{s:s, s:s}", "name", "ledger", "what",
	    what));
	return look_found(l, WATCH_CHECKPOINT, "ledger", 0, 0, about, err);
}

/* Those that it was to name are told nothing; those before it are, of this. */
static int
look_contacts(struct look *l, struct err *err)
{
	struct text_cut cut;
	struct err why;
	char what[TEXT_CUT + 40];
	json_t *about;

	contacts_refused(l->flow->notifier, &why);
	if (why.code == OK)
		return 0;
	cut = text_cut(why.what, TEXT_CUT);
	(void)snprintf(what, sizeof(what), "the file of contacts is not taken: "
	    "%s", cut.at);
	TRY(json_build(&about, err, "{s:s, s:s}", "name", "contacts", "what",
	    what));
	return look_found(l, WATCH_DELIVERY, "contacts", 0, 0, about, err);
}

int
look_delivery(struct look *l, struct err *err)
{
	AUTO_JSON *failing = NULL;
	const char *by;
	json_t *o, *about;

	if (l->flow->notifier == NULL)
		return 0;
	TRY(look_contacts(l, err));
	TRY(notice_failing(l->tx, notify_reaches, l->flow->notifier, &failing,
	    err));
	json_object_foreach(failing, by, o) {
		char what[160], oldest[TIME_TEXT];

		clock_text(json_int(o, "oldest", 0), oldest);
		(void)snprintf(what, sizeof(what), "%lld notice%s by %s, the "
		    "oldest of %s, %s not taken",
		    (long long)json_int(o, "notices", 0),
		    json_int(o, "notices", 0) == 1 ? "" : "s", by, oldest,
		    json_int(o, "notices", 0) == 1 ? "is" : "are");
		TRY(json_build(&about, err, "{s:s, s:s}", "name", by, "what",
		    what));
		TRY(look_found(l, WATCH_DELIVERY, by, 0, 0, about, err));
	}
	return 0;
}
