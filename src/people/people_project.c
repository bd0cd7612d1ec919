/* people_project - how charters and credential events change who there is. */
#include <string.h>
#include "base/json.h"
#include "people/people.h"
#include "store/store.h"

/* The groups that name this id, as a canonical array. */
static int
groups_of(const json_t *groups, const char *id, struct blob *ret,
    struct err *err)
{
	AUTO_JSON	*list = json_array();
	const char	*name;
	json_t		*members, *m;
	size_t		 i;

	json_object_foreach((json_t *)groups, name, members)
		json_array_foreach(members, i, m)
			if (strcmp(json_string_value(m), id) == 0 &&
			    json_array_append_new(list, json_string(name)) != 0)
				return err_set(err, ENOMEMORY, "groups");
	return json_canonical(list, ret, err);
}

static int
put_one(struct tx *tx, const json_t *roster, const char *id,
    const json_t *who, bool tool, time_us time, uint64_t seq, struct err *err)
{
	AUTO(blob)	*groups = blob_new(), *owners = blob_new();
	json_t		*o = json_object_get(who, "owners");

	if (groups == NULL || owners == NULL)
		return err_set(err, ENOMEMORY, "a principal");
	TRY(groups_of(json_object_get(roster, "groups"), id, groups, err));
	if (o != NULL)
		TRY(json_canonical(o, owners, err));
	return tx_run(tx, "people_put", PARAMS(v_text(id),
	    v_text(tool ? "tool" : "person"), v_text(json_str(who, "party", "")),
	    v_text(blob_str(owners)), v_text(blob_str(groups)), v_int(time),
	    v_int((int64_t)seq)), NULL, err);
}

int
people_roster(struct tx *tx, const json_t *charter, time_us time,
    uint64_t seq, struct err *err)
{
	json_t		*roster = json_object_get(charter, "roster");
	json_t		*who;
	const char	*id;

	json_object_foreach(json_object_get(roster, "persons"), id, who)
		TRY(put_one(tx, roster, id, who, false, time, seq, err));
	json_object_foreach(json_object_get(roster, "tools"), id, who)
		TRY(put_one(tx, roster, id, who, true, time, seq, err));
	return tx_run(tx, "people_leave", PARAMS(v_int(time),
	    v_int((int64_t)seq)), NULL, err);
}

int
people_credential_add(struct tx *tx, const json_t *c, const char *request,
    uint64_t seq, struct err *err)
{
	const char	*id, *principal, *type, *hash, *created, *expires;
	time_us		 from, until;

	TRY(json_need_str(c, "id", &id, err));
	TRY(json_need_str(c, "principal", &principal, err));
	TRY(json_need_str(c, "type", &type, err));
	TRY(json_need_str(c, "hash", &hash, err));
	TRY(json_need_str(c, "created", &created, err));
	TRY(json_need_str(c, "expires", &expires, err));
	TRY(clock_parse(created, &from, err));
	TRY(clock_parse(expires, &until, err));
	return tx_run(tx, "people_credential_put", PARAMS(v_text(id),
	    v_text(principal), v_text(type), v_text(json_str(c, "label", "")),
	    v_text(hash), v_int(from), v_int(until), v_text(request),
	    v_int((int64_t)seq)), NULL, err);
}

/* Used is ended. */
int
people_credential_use(struct tx *tx, const char *id, time_us time,
    uint64_t seq, struct err *err)
{
	int64_t	 changed;

	TRY(tx_run(tx, "people_once_use", PARAMS(v_text(id), v_int(time),
	    v_int((int64_t)seq)), &changed, err));
	if (changed == 0)
		return err_set(err, ENOENT_, "no enrolment password %.40s that "
		    "is not used", id);
	return 0;
}

int
people_credential_revoke(struct tx *tx, const char *id, time_us time,
    const char *reason, uint64_t seq, struct err *err)
{
	int64_t	 changed;

	TRY(tx_run(tx, "people_credential_revoke", PARAMS(v_text(id),
	    v_int(time), v_text(reason), v_int((int64_t)seq)), &changed, err));
	if (changed == 0)
		return err_set(err, ENOENT_, "no credential %.40s that is "
		    "not revoked", id);
	return 0;
}
