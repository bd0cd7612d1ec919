#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/yaml.h"
#include "policy/charter_source.h"

/*
 * Where each file's content goes in the canonical document, and so how a
 * finding's JSON pointer leads back to a line.  "*" stands for a name.
 */
static const struct {
	const char	*file;		/* "classes/" takes every file below it */
	const char	*member;	/* "" the document itself */
	bool		 needed;
} PLACES[] = {
	{ "charter.yaml",  "",         true },
	{ "roster.yaml",   "roster",   true },
	{ "access.yaml",   "access",   true },
	{ "recovery.yaml", "recovery", true },
	{ "products.yaml", "products", false },
	{ "classes/",      "classes",  false },
	{ "profiles/",     "profiles", false },
	{ "alerts/",       "alerts",   false },
};

struct part {
	const char	*file;
	char		 pointer[160];	/* where its content stands */
	struct yaml_marks *marks;	/* owned */
};

struct folder {
	const struct charter_file *file;
	size_t		 file_n;
	json_t		*doc;		/* owned */
	struct part	 part[CHARTER_FILES];
	size_t		 part_n;
	struct findings	*f;
	struct err	*err;
};

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* "classes/firmware-signing.yaml" -> "firmware-signing". Errors: none, false. */
static bool
stem_of(const char *name, const char *folder, char ret[80])
{
	size_t n = strlen(folder), m = strlen(name);

	if (strncmp(name, folder, n) != 0 || !ends_in(name, ".yaml") ||
	    m - n - 5 >= 80 || strchr(name + n, '/') != NULL)
		return false;
	(void)snprintf(ret, 80, "%.*s", (int)(m - n - 5), name + n);
	return name_check(ret);
}

/* Which row takes this file, and under which name?  -1: none. */
static int
place_of(const char *name, char stem[80])
{
	size_t i;

	stem[0] = '\0';
	for (i = 0; i < NELEM(PLACES); i++) {
		if (strcmp(name, PLACES[i].file) == 0)
			return (int)i;
		if (ends_in(PLACES[i].file, "/") &&
		    stem_of(name, PLACES[i].file, stem))
			return (int)i;
	}
	return -1;
}

/* What charter.yaml says itself; what has a file of its own stands there. */
static int
put_own(struct folder *d, json_t *content)
{
	const char *name;
	char where[128];
	json_t *v;
	size_t i;

	json_object_foreach(content, name, v) {
		for (i = 1; i < NELEM(PLACES); i++)
			if (strcmp(name, PLACES[i].member) == 0)
				break;
		if (i == NELEM(PLACES)) {
			TRY(json_set_new(d->doc, name, json_incref(v),
			    d->err));
			continue;
		}
		yaml_where(d->part[d->part_n - 1].marks, "", where,
		    sizeof(where));
		TRY(findings_add(d->f, FIND_SCHEMA, where, d->err,
		    "\"%s\" belongs to %s%s", name, PLACES[i].file,
		    ends_in(PLACES[i].file, "/") ? "NAME.yaml" : ""));
	}
	return 0;
}

static int
put(struct folder *d, int place, const char *stem, json_t *content)
{
	const char *member = PLACES[place].member;
	json_t *map;

	if (member[0] == '\0')
		return put_own(d, content);
	if (stem[0] == '\0')
		return json_set_new(d->doc, member, json_incref(content),
		    d->err);
	map = json_object_get(d->doc, member);
	return json_set_new(map, stem, json_incref(content), d->err);
}

/* A file as a whole has a place as all else has, which editors find. */
static void
whole(const char *file, char ret[128])
{
	(void)snprintf(ret, 128, "%.120s:1:1", file);
}

/* "charter.yaml:12:3: what": the place and the words apart. */
static int
refuse_yaml(struct folder *d, const char *file, const char *what)
{
	size_t n = strlen(file);
	const char *words = strstr(what, ": ");
	char where[128];

	whole(file, where);
	if (words == NULL || strncmp(what, file, n) != 0)
		return findings_add(d->f, FIND_YAML, where, d->err, "%s", what);
	/* What is too long is so anywhere. */
	if (what + n < words)
		(void)snprintf(where, sizeof(where), "%.*s",
		    (int)(words - what), what);
	return findings_add(d->f, FIND_YAML, where, d->err, "%s", words + 2);
}

static int
read_yaml(struct folder *d, const struct charter_file *file, int place,
    const char *stem)
{
	struct part *p = &d->part[d->part_n];
	AUTO_JSON *content = NULL;
	struct err e = { 0 };
	int rc;

	rc = yaml_read(file->name, file->data, file->octets, &content,
	    &p->marks, &e);
	if (rc == -ENOMEMORY)
		return err_set(d->err, ENOMEMORY, "reading %s", file->name);
	if (rc != 0)
		return refuse_yaml(d, file->name, e.what);
	d->part_n++;
	p->file = file->name;
	(void)snprintf(p->pointer, sizeof(p->pointer), "%s%s%s%s",
	    PLACES[place].member[0] == '\0' ? "" : "/", PLACES[place].member,
	    stem[0] == '\0' ? "" : "/", stem);
	if (!json_is_object(content))
		return findings_add(d->f, FIND_SCHEMA, p->pointer, d->err,
		    "expected names with values");
	return put(d, place, stem, content);
}

static int
read_file(struct folder *d, const struct charter_file *file)
{
	char stem[80], where[128];
	int place;

	if (ends_in(file->name, ".pem"))
		return 0;	/* read where the roster names it */
	place = place_of(file->name, stem);
	if (place < 0) {
		whole(file->name, where);
		return findings_add(d->f, FIND_FILE, where, d->err,
		    "this file has no place in a charter, which is "
		    "charter.yaml, roster.yaml, access.yaml, recovery.yaml, "
		    "products.yaml, and NAME.yaml in classes/, profiles/ and "
		    "alerts/ (NAME of a-z, 0-9, . _ -)");
	}
	return read_yaml(d, file, place, stem);
}

static int
note_missing(struct folder *d)
{
	char where[128];
	size_t i, k;

	for (i = 0; i < NELEM(PLACES); i++) {
		for (k = 0; k < d->file_n; k++)
			if (strcmp(d->file[k].name, PLACES[i].file) == 0)
				break;
		if (!PLACES[i].needed || k < d->file_n)
			continue;
		whole(PLACES[i].file, where);
		TRY(findings_add(d->f, FIND_FILE, where, d->err, "the charter "
		    "lacks %s", PLACES[i].file));
	}
	return 0;
}

static int
read_all(struct folder *d)
{
	static const char *const maps[] = { "classes", "profiles", "alerts" };
	size_t i;

	if (d->file_n > CHARTER_FILES)
		return err_set(d->err, ETOOBIG, "more than %d files",
		    CHARTER_FILES);
	for (i = 0; i < NELEM(maps); i++)
		TRY(json_set_new(d->doc, maps[i], json_object(), d->err));
	for (i = 0; i < d->file_n; i++)
		TRY(read_file(d, &d->file[i]));
	return note_missing(d);
}

/* The part that a pointer lies in: the one with the longest matching place. */
static const struct part *
part_of(const struct folder *d, const char *pointer)
{
	const struct part *best = NULL;
	size_t i, n, most = 0;

	for (i = 0; i < d->part_n; i++) {
		n = strlen(d->part[i].pointer);
		if (strncmp(pointer, d->part[i].pointer, n) == 0 &&
		    (pointer[n] == '\0' || pointer[n] == '/') &&
		    (best == NULL || n > most)) {
			best = &d->part[i];
			most = n;
		}
	}
	return best;
}

/* From JSON pointers to file:line:column. */
static void
locate(const struct folder *d, size_t from)
{
	const struct part *p;
	struct finding *f;
	char where[sizeof(f->where)];
	size_t i;

	for (i = from; i < d->f->n; i++) {
		f = &d->f->at[i];
		if (f->where[0] != '/' && f->where[0] != '\0')
			continue;
		p = part_of(d, f->where);
		if (p == NULL)
			continue;
		yaml_where(p->marks, f->where + strlen(p->pointer), where,
		    sizeof(where));
		memcpy(f->where, where, sizeof(where));
	}
}

static int
make(struct folder *d, struct charter **ret)
{
	struct source s = { d->doc, d->file, d->file_n, d->f, d->err };
	size_t before = d->f->n;
	int rc;

	TRY(read_all(d));
	if (d->f->errors == 0)
		TRY(source_normalise(&s));
	if (d->f->errors > 0) {
		locate(d, before);
		return findings_refuse(d->f, d->err);
	}
	rc = charter_check_json(d->doc, ret, d->f, d->err);
	locate(d, before);
	return rc == -ECHARTER ? findings_refuse(d->f, d->err) : rc;
}

int
charter_from_files(const struct charter_file *file, size_t n,
    struct charter **ret, struct findings *findings, struct err *err)
{
	struct findings own;
	struct folder *d = calloc(1, sizeof(*d));
	size_t i;
	int rc;

	if (d == NULL || (d->doc = json_object()) == NULL) {
		free(d);
		return err_set(err, ENOMEMORY, "reading a charter");
	}
	findings_init(&own);
	d->file = file;
	d->file_n = n;
	d->f = findings != NULL ? findings : &own;
	d->err = err;
	rc = make(d, ret);
	for (i = 0; i < d->part_n; i++)
		yaml_marks_free(d->part[i].marks);
	json_decref(d->doc);
	free(d);
	findings_done(&own);
	return rc;
}
