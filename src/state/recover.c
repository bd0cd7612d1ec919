/*
 * recover - journal entries whose event a crash has swallowed get it now, the
 * ordinary one, marked "recovered".
 */
#include <string.h>
#include "base/json.h"
#include "policy/action.h"
#include "policy/keystate.h"
#include "state/inside.h"
#include "wire/entry.h"

struct position {
	uint64_t	 whole, highest;
};

static int
position_read(struct tx *tx, void *ctx, struct err *err)
{
	struct position	*p = ctx;

	TRY(use_position(tx, &p->whole, &p->highest, err));
	return 0;
}

static int
position_mark(struct tx *tx, void *ctx, struct err *err)
{
	struct position	*p = ctx;

	TRY(use_position(tx, &p->whole, &p->highest, err));
	return use_mark(tx, p->whole, err);
}

int
state_position(struct state *s, uint64_t *ret_whole, struct err *err)
{
	struct position	 p = { 0, 0 };

	TRY(store_read(s->store, position_read, &p, err));
	if (p.whole > 0)
		TRY(store_write(s->store, position_mark, &p, err));
	*ret_whole = p.whole;
	return 0;
}

/* One entry on its way to its event. */
struct found {
	struct state		*state;
	const json_t		*entry;
	uint64_t		 n;
	bool			 known;
	struct asked		*asked;		/* its request, where stored; owned */
	json_t			*proposal;	/* of an amendment; owned */
};

static int
silent_write(struct tx *tx, void *ctx, struct err *err)
{
	const struct found	*f = ctx;

	return use_silent(tx, f->n, err);
}

static int
take_proposal(void *ctx, const struct ledger_event *e, struct err *err)
{
	struct found	*f = ctx;
	AUTO_JSON	*doc = NULL;

	TRY(json_read(e->leaf, e->leaf_octets, &doc, err));
	f->proposal = json_incref(json_object_get(json_object_get(doc, "data"),
	    "proposal"));
	return 0;
}

/* What the tables know of it: has it an event, and who asked for what? */
static int
found_read(struct tx *tx, void *ctx, struct err *err)
{
	struct found	*f = ctx;
	const char	*request = json_str(f->entry, "request", NULL);
	struct ledger_filter one = { .limit = 1 };
	struct err	 none;

	TRY(use_known(tx, f->n, &f->known, err));
	if (f->known || request == NULL || f->asked != NULL ||
	    approval_get(tx, request, &f->asked, &none) != 0)
		return 0;
	one.from = f->asked->seq;
	if (strcmp(f->asked->action, "charter.amend") == 0)
		TRY(ledger_each(tx, &one, take_proposal, f, err));
	return 0;
}

static const json_t *
parameters_of(const struct found *f)
{
	const json_t	*q = f->asked != NULL ? f->asked->request :
	    json_object_get(json_object_get(f->entry, "permit_document"),
	    "request");

	return json_object_get(q, "parameters");
}

static const char *
requester_of(const struct found *f)
{
	const json_t	*q = json_object_get(json_object_get(f->entry,
	    "permit_document"), "request");
	const char	*named = json_str(json_object_get(f->entry,
	    "operation"), "principal", NULL);

	if (named != NULL)
		return named;
	if (f->asked != NULL)
		return f->asked->requester;
	return json_str(q, "requester", "service");
}

static int
kind_of_move(const char *to, const char *from, enum event_kind *ret,
    struct err *err)
{
	enum key_state	 state;

	TRY(key_state_from_name(to, &state, err));
	switch (state) {
	case KEY_ACTIVE:
		*ret = strcmp(from, "suspended") == 0 ? EVENT_KEY_RESUMED :
		    EVENT_KEY_ACTIVATED;
		return 0;
	case KEY_SUSPENDED:
		*ret = EVENT_KEY_SUSPENDED;
		return 0;
	case KEY_DEACTIVATED:
		*ret = EVENT_KEY_DEACTIVATED;
		return 0;
	case KEY_COMPROMISED:
		*ret = EVENT_KEY_COMPROMISED;
		return 0;
	case KEY_DESTROYED:
		*ret = EVENT_KEY_DESTROYED;
		return 0;
	case KEY_PREACTIVATION:
	case KEY_STATE__N:
		break;
	}
	return err_set(err, ESCHEMA, "/result/to: no move leads to %s", to);
}

/* What a certificate was made for is for its request to say. */
static enum event_kind
kind_of_certify(const struct found *f)
{
	const json_t	*q = json_object_get(json_object_get(f->entry,
	    "permit_document"), "request");
	const char	*action = f->asked != NULL ? f->asked->action :
	    json_str(q, "action", "");

	return strcmp(action, "ca.create") == 0 ? EVENT_CA_CREATED :
	    EVENT_CERT_ISSUED;
}

enum fate { FATE_EVENT, FATE_SILENT, FATE_OTHERS };

/* Which event an entry becomes. */
static int
fate_of(const struct found *f, enum fate *ret, enum event_kind *ret_kind,
    struct err *err)
{
	const char	*op = json_str(f->entry, "op", "");
	const json_t	*result = json_object_get(f->entry, "result");

	*ret = FATE_EVENT;
	if (strcmp(op, "sign") == 0)
		*ret_kind = EVENT_KEY_SIGNED;
	else if (strcmp(op, "generate") == 0)
		*ret_kind = EVENT_KEY_GENERATED;
	else if (strcmp(op, "adopt") == 0)
		*ret_kind = EVENT_KEY_ADOPTED;
	else if (strcmp(op, "destroy") == 0)
		*ret_kind = EVENT_KEY_DESTROYED;
	else if (strcmp(op, "amend") == 0)
		*ret_kind = EVENT_CHARTER_AMENDED;
	else if (strcmp(op, "restore") == 0)
		*ret_kind = EVENT_HOUSE_RESTORED;
	else if (strcmp(op, "close") == 0)
		*ret_kind = EVENT_WINDOW_CLOSED;
	else if (strcmp(op, "certify") == 0)
		*ret_kind = kind_of_certify(f);
	else if (strcmp(op, "csr") == 0)
		*ret_kind = EVENT_CA_REQUESTED;
	else if (strcmp(op, "adopt-ca") == 0)
		*ret_kind = EVENT_CA_IMPORTED;
	else if (strcmp(op, "crl") == 0)
		*ret_kind = EVENT_CRL_PUBLISHED;
	else if (strcmp(op, "ocsp") == 0)
		*ret_kind = EVENT_OCSP_COUNTED;
	else if (strcmp(op, "state") == 0)
		return kind_of_move(json_str(result, "to", ""),
		    json_str(result, "from", ""), ret_kind, err);
	else if (strcmp(op, "generate-intent") == 0 ||
	    strcmp(op, "destroy-intent") == 0 ||
	    strcmp(op, "generate-failed") == 0)
		*ret = FATE_SILENT;
	else
		*ret = FATE_OTHERS;	/* found: its own way */
	return 0;
}

static int
data_of(const struct found *f, enum event_kind kind, json_t **ret,
    struct err *err)
{
	const json_t	*p = parameters_of(f);
	const json_t	*result = json_object_get(f->entry, "result");
	bool		 move = kind == EVENT_WINDOW_CLOSED ||
	    (strncmp(event_kind_name(kind), "key.", 4) == 0 &&
	    kind != EVENT_KEY_SIGNED && kind != EVENT_KEY_GENERATED &&
	    kind != EVENT_KEY_ADOPTED);
	struct sha256	 hash, want;

	/* The keeper took it up without us: this is its ordinary event. */
	if (kind == EVENT_HOUSE_RESTORED)
		return json_build(ret, err, "{s:s, s:O}", "request",
		    json_str(f->entry, "request", ""), "hole",
		    json_object_get(result, "hole"));
	TRY(json_build(ret, err, "{s:s, s:b, s:s*, s:O*, s:s*, s:s*}",
	    "request", json_str(f->entry, "request", ""), "recovered", 1,
	    "idempotency", json_str(json_object_get(f->entry, "operation"),
	    "idempotency", NULL),
	    "others", kind == EVENT_CERT_ISSUED ? json_object_get(p,
	    "replaces") : NULL,
	    "reason", move ? json_str(p, "reason", NULL) : NULL,
	    "since", move ? json_str(p, "since", NULL) : NULL));
	if (kind != EVENT_CHARTER_AMENDED)
		return 0;
	TRY(json_need_hash(result, "charter", &want, err));
	if (f->proposal == NULL || json_hash(f->proposal, &hash, err) != 0 ||
	    !sha256_equal(&hash, &want))
		return err_set(err, ECONFLICT, "the charter of entry %llu is "
		    "not in the ledger", (unsigned long long)f->n);
	return json_set_new(*ret, "charter", json_incref(f->proposal), err);
}

static const char *
subject_of(const struct found *f, enum event_kind kind)
{
	const json_t	*result = json_object_get(f->entry, "result");
	const json_t	*op = json_object_get(f->entry, "operation");

	if (kind == EVENT_CHARTER_AMENDED)
		return json_str(result, "charter", "");
	if (kind == EVENT_WINDOW_CLOSED)
		return json_str(op, "window", "");
	if (kind == EVENT_HOUSE_RESTORED)
		return json_str(json_object_get(json_object_get(f->entry,
		    "permit_document"), "request"), "house", "");
	if (kind == EVENT_CA_CREATED || kind == EVENT_CA_IMPORTED)
		return json_str(parameters_of(f), "name", "");
	if (kind == EVENT_CERT_ISSUED || kind == EVENT_CRL_PUBLISHED)
		return json_str(parameters_of(f), "ca", "");
	return json_str(op, "key", json_str(result, "key", ""));
}

static int
recover_one(struct found *f, bool *ret_new, struct err *err)
{
	AUTO_JSON	*data = NULL;
	enum event_kind	 kind = EVENT__N;
	enum fate	 fate;
	struct event	 e;
	int		 rc;

	*ret_new = false;
	TRY(store_read(f->state->store, found_read, f, err));
	if (f->known)
		return 0;
	TRY(fate_of(f, &fate, &kind, err));
	if (fate == FATE_OTHERS)
		return 0;
	if (fate == FATE_SILENT)
		return store_write(f->state->store, silent_write, f, err);
	*ret_new = true;
	rc = data_of(f, kind, &data, err);
	if (rc == 0) {
		e = (struct event){ .kind = kind, .actor = requester_of(f),
		    .subject = subject_of(f, kind), .data = data,
		    .entry = f->entry };
		rc = state_commit(f->state, &e, 1, NULL, err);
	}
	/* Its own thread was only slow: the event is there now. */
	if ((rc == -ECONFLICT || rc == -EEXISTS) &&
	    store_read(f->state->store, found_read, f, NULL) == 0 && f->known)
		rc = 0;
	return rc;
}

int
state_recover(struct state *s, const json_t *entries, size_t *ret,
    struct err *err)
{
	json_t	*entry;
	size_t	 i, n = 0;

	json_array_foreach(entries, i, entry) {
		struct found	 f = { .state = s, .entry = entry };
		int64_t		 number;
		bool		 new;
		int		 rc;

		TRY(json_need_int(entry, "n", &number, err));
		f.n = (uint64_t)number;
		rc = recover_one(&f, &new, err);
		asked_free(f.asked);
		json_decref(f.proposal);
		TRY(rc);
		n += new;
	}
	*ret = n;
	return 0;
}
