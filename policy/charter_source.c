#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "policy/charter_source.h"
#include "policy/proof.h"

int
findings_refuse(const struct findings *f, struct err *err)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (find_is_error(f->at[i].what))
			return err_set(err, ECHARTER, "%s: %s",
			    f->at[i].where, f->at[i].text);
	return err_set(err, ECHARTER, "the charter has errors");
}

/* A word where a list of words is meant. */
static int
listed(struct source *s, json_t *o, const char *member)
{
	json_t *v = json_object_get(o, member), *list;

	if (!json_is_string(v))
		return 0;
	if ((list = json_array()) == NULL || json_array_append(list, v) != 0) {
		json_decref(list);
		return err_set(s->err, ENOMEMORY, "reading a charter");
	}
	return json_set_new(o, member, list, s->err);
}

static bool
lacks(const json_t *o, const char *member)
{
	return json_is_object(o) && json_object_get(o, member) == NULL;
}

/* What is meant where nothing is written; made only where it is needed. */
#define otherwise(s, o, member, made) \
	(lacks((o), (member)) ? \
	    json_set_new((o), (member), (made), (s)->err) : 0)

static int
normalise_rules(struct source *s, json_t *holder)
{
	json_t *rule, *clause;
	size_t i, k;

	json_array_foreach(json_object_get(holder, "rules"), i, rule) {
		TRY(listed(s, rule, "action"));
		TRY(listed(s, rule, "by"));
		json_array_foreach(json_object_get(rule, "approvals"), k,
		    clause) {
			TRY(listed(s, clause, "not"));
			TRY(listed(s, clause, "proof"));
			TRY(otherwise(s, clause, "proof",
			    json_pack("[s]", "officer-key")));
		}
	}
	return 0;
}

static int
normalise_classes(struct source *s)
{
	const char *name, *said;
	char where[128];
	json_t *class;

	json_object_foreach(json_object_get(s->doc, "classes"), name, class) {
		said = json_str(class, "class", name);
		(void)snprintf(where, sizeof(where), "/classes/%.64s/class",
		    name);
		if (strcmp(said, name) != 0)
			TRY(findings_add(s->f, FIND_VALUE, where, s->err,
			    "the file is named \"%s\", its class \"%.64s\"",
			    name, said));
		(void)json_object_del(class, "class");
		TRY(otherwise(s, class, "kind", json_string(name)));
		TRY(normalise_rules(s, class));
	}
	return 0;
}

static const struct charter_file *
file_named(const struct source *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->file_n; i++)
		if (strcmp(s->file[i].name, name) == 0)
			return &s->file[i];
	return NULL;
}

/* {"officer-key": "officers/anna.pub.pem"} -> {"type","spki"}. */
static int
normalise_credential(struct source *s, json_t *c, const char *where)
{
	const char *path = json_str(c, "officer-key", NULL);
	const struct charter_file *file;
	struct blob der = { 0 };
	struct err e = { 0 };
	int rc;

	if (path == NULL)
		return 0;
	if ((file = file_named(s, path)) == NULL)
		return findings_add(s->f, FIND_FILE, where, s->err,
		    "the file %.200s is not in the charter's folder", path);
	rc = proof_spki_from_pem(file->data, file->octets, &der, &e);
	if (rc == -ENOMEMORY) {
		blob_done(&der);
		return err_set(s->err, ENOMEMORY, "reading %.200s", path);
	}
	if (rc != 0) {
		blob_done(&der);
		return findings_add(s->f, FIND_CREDENTIAL, where, s->err,
		    "%.100s: %.200s", path, e.what);
	}
	rc = json_set_b64(c, "spki", der.data, der.len, s->err);
	blob_done(&der);
	TRY(rc);
	(void)json_object_del(c, "officer-key");
	return json_set_str(c, "type", "officer-key", s->err);
}

static int
normalise_person(struct source *s, json_t *p, const char *name)
{
	json_t *c, *key = json_object_get(p, "officer-key");
	char where[160];
	size_t i;

	/* The short form: officer-key: FILE, for who has one credential. */
	if (json_is_string(key)) {
		TRY(otherwise(s, p, "credentials", json_pack("[{s:O}]",
		    "officer-key", key)));
		(void)json_object_del(p, "officer-key");
	}
	TRY(otherwise(s, p, "credentials", json_array()));
	json_array_foreach(json_object_get(p, "credentials"), i, c) {
		(void)snprintf(where, sizeof(where),
		    "/roster/persons/%.64s/credentials/%zu", name, i);
		TRY(normalise_credential(s, c, where));
	}
	return 0;
}

static int
normalise_alert(struct source *s, json_t *alert)
{
	static const char *const lists[] = { "watch", "class", "before", "tell" };

	for (size_t i = 0; i < NELEM(lists); i++)
		TRY(listed(s, alert, lists[i]));
	return listed(s, json_object_get(alert, "escalate"), "to");
}

int
source_normalise(struct source *s)
{
	json_t *roster = json_object_get(s->doc, "roster"), *v;
	const char *name;

	TRY(otherwise(s, roster, "tools", json_object()));
	json_object_foreach(json_object_get(roster, "persons"), name, v)
		TRY(normalise_person(s, v, name));
	json_object_foreach(json_object_get(roster, "tools"), name, v)
		TRY(listed(s, v, "owners"));
	json_object_foreach(json_object_get(roster, "groups"), name, v)
		TRY(listed(s, json_object_get(roster, "groups"), name));
	json_object_foreach(json_object_get(s->doc, "alerts"), name, v)
		TRY(normalise_alert(s, v));
	TRY(normalise_rules(s, json_object_get(s->doc, "access")));
	return normalise_classes(s);
}
