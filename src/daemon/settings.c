#include <stdlib.h>
#include <string.h>
#include "api/api.h"
#include "base/blob.h"
#include "base/io.h"
#include "base/json.h"
#include "base/log.h"
#include "base/yaml.h"
#include "daemon/settings.h"

#define CONFIG_OCTETS	(256u * 1024)

enum config_type { CONFIG_FOLDER, CONFIG_PATH, CONFIG_URL, CONFIG_NAME, CONFIG_LISTEN,
	CONFIG_LEVEL, CONFIG_TEXT, CONFIG_INTEGER };

struct config_row {
	const char	*key;
	enum config_type type;
	size_t		 offset;
	const char	*otherwise;
	int64_t		 least, most;	/* of a value, or of a text's length */
	const char	*unit, *words;
};

static const struct config_row rows[] = {
#define C(field, key, type, otherwise, least, most, unit, words) \
	{ key, CONFIG_##type, offsetof(struct config, field), otherwise, \
	  least, most, unit, words },
	CONFIG_ROWS(C)
#undef C
};

static void *
slot(const struct config *c, const struct config_row *r)
{
	return (char *)(uintptr_t)c + r->offset;
}

static const char *
text_of(const struct config *c, const struct config_row *r)
{
	return *(char **)slot(c, r);
}

static int
text_set(struct config *c, const struct config_row *r, const char *value,
    struct err *err)
{
	char **to = slot(c, r), *copy = strdup(value);

	if (copy == NULL)
		return err_set(err, ENOMEMORY, "%s", r->key);
	free(*to);
	*to = copy;
	return 0;
}

int
config_level(const char *word, int *ret, struct err *err)
{
	static const struct { const char *word; int level; } levels[] = {
		{ "error", LOG_ERROR }, { "warning", LOG_WARN },
		{ "note", LOG_NOTE }, { "info", LOG_INFO },
		{ "debug", LOG_DEBUG_ },
	};
	size_t i;

	for (i = 0; i < NELEM(levels); i++)
		if (strcmp(levels[i].word, word) == 0) {
			*ret = levels[i].level;
			return 0;
		}
	return err_set(err, ERANGE_, "log.level: \"%.20s\" is none of error, "
	    "warning, note, info, debug", word);
}

static int
integer_set(struct config *c, const struct config_row *r, const char *value,
    struct err *err)
{
	char *end;
	long long n = strtoll(value, &end, 10);

	if (value[0] == '\0' || *end != '\0')
		return err_set(err, ERANGE_, "%s: \"%.40s\" is not a number of %s",
		    r->key, value, r->unit);
	if (n < r->least || n > r->most)
		return err_set(err, ERANGE_, "%s: %lld is not within %lld to %lld %s",
		    r->key, n, (long long)r->least, (long long)r->most, r->unit);
	*(int64_t *)slot(c, r) = n;
	return 0;
}

static int
value_set(struct config *c, const struct config_row *r, const char *value,
    struct err *err)
{
	int level;

	if (r->type == CONFIG_INTEGER)
		return integer_set(c, r, value, err);
	if ((int64_t)strlen(value) < r->least || (int64_t)strlen(value) > r->most)
		return err_set(err, ERANGE_, "%s: expected %lld to %lld characters",
		    r->key, (long long)r->least, (long long)r->most);
	if (r->type == CONFIG_LEVEL)
		TRY(config_level(value, &level, err));
	return text_set(c, r, value, err);
}

static const struct config_row *
row_find(const char *key, size_t n)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (strlen(rows[i].key) == n && strncmp(rows[i].key, key, n) == 0)
			return &rows[i];
	return NULL;
}

int
config_new(struct config **ret, struct err *err)
{
	AUTO(config) *c = calloc(1, sizeof(*c));
	size_t i;

	if (c == NULL)
		return err_set(err, ENOMEMORY, "the configuration");
	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].type == CONFIG_INTEGER)
			TRY(integer_set(c, &rows[i], rows[i].otherwise, err));
		else
			TRY(text_set(c, &rows[i], rows[i].otherwise, err));
	*ret = TAKE(c);
	return 0;
}

void
config_free(struct config *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].type != CONFIG_INTEGER)
			free(*(char **)slot(c, &rows[i]));
	free(c);
}

int
config_set(struct config *c, const char *assignment, struct err *err)
{
	size_t n = strcspn(assignment, "=");
	const struct config_row *r = row_find(assignment, n);

	if (assignment[n] != '=')
		return err_set(err, EUSAGE, "\"%.60s\": expected KEY=VALUE",
		    assignment);
	if (r == NULL)
		return err_set(err, EUSAGE, "there is no setting \"%.*s\"",
		    n > 60 ? 60 : (int)n, assignment);
	return value_set(c, r, assignment + n + 1, err);
}

/* A member's value as the text that --set would have given. */
static int
member_set(struct config *c, const char *key, const json_t *v,
    struct err *err)
{
	const struct config_row *r = row_find(key, strlen(key));
	char text[32];

	if (r == NULL)
		return err_set(err, ESCHEMA, "there is no setting \"%.60s\"", key);
	if (json_is_integer(v)) {
		snprintf(text, sizeof(text), "%lld",
		    (long long)json_integer_value(v));
		return value_set(c, r, text, err);
	}
	if (!json_is_string(v))
		return err_set(err, ESCHEMA, "%s: expected a %s", key,
		    r->type == CONFIG_INTEGER ? "number" : "string");
	return value_set(c, r, json_string_value(v), err);
}

/* "control: { listen: … }" and "control.listen: …" say the same. */
static int
members_set(struct config *c, const char *prefix, const json_t *o,
    char *ret_key, size_t room, struct err *err)
{
	json_t *object = (json_t *)(uintptr_t)o;
	const char *name;
	json_t *v;
	char key[160];

	json_object_foreach(object, name, v) {
		snprintf(key, sizeof(key), "%.60s%s%.60s", prefix,
		    prefix[0] != '\0' ? "." : "", name);
		if (json_is_object(v) && prefix[0] == '\0') {
			TRY(members_set(c, key, v, ret_key, room, err));
			continue;
		}
		if (prefix[0] == '\0')
			snprintf(ret_key, room, "/%s", name);
		else
			snprintf(ret_key, room, "/%s/%s", prefix, name);
		TRY(member_set(c, key, v, err));
	}
	return 0;
}

int
config_read(struct config *c, const char *path, struct err *err)
{
	AUTO(yaml_marks) *marks = NULL;
	AUTO(blob) *text = blob_new();
	AUTO_JSON *doc = NULL;
	char pointer[200] = "", where[128];
	struct err why;
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "the configuration");
	TRY(io_read_file(path, CONFIG_OCTETS, text, err));
	TRY(yaml_read(path, text->data, text->len, &doc, &marks, err));
	if (!json_is_object(doc))
		return err_set(err, ESCHEMA, "%s: expected settings, KEY: VALUE",
		    path);
	if ((rc = members_set(c, "", doc, pointer, sizeof(pointer), &why)) == 0)
		return 0;
	yaml_where(marks, pointer, where, sizeof(where));
	return err_set(err, why.code, "%.90s: %.140s", where, why.what);
}

/* Relative paths lie in the house's folder. */
static int
path_lay(struct config *c, const struct config_row *r, struct err *err)
{
	const char *p = text_of(c, r);
	char whole[4096 + 256];

	if (p[0] == '/' || p[0] == '\0')
		return 0;
	snprintf(whole, sizeof(whole), "%s/%s", c->folder, p);
	return text_set(c, r, whole, err);
}

/* What is called like it is thrown away at each start. */
static int
store_named(const char *path, struct err *err)
{
	const char *name = strrchr(path, '/');

	name = name == NULL ? path : name + 1;
	return strncmp(name, AS_OF_FILE, strlen(AS_OF_FILE)) != 0 ? 0 :
	    err_set(err, ERANGE_, "store.url: no database can be called "
	    AS_OF_FILE ": replays of earlier times lie there");
}

static int
url_lay(struct config *c, struct err *err)
{
	static const char sqlite[] = "sqlite:";
	const char *p = c->store_url;
	char whole[4096 + 256];

	if (strncmp(p, "postgresql:", 11) == 0)
		return 0;
	if (strncmp(p, sqlite, sizeof(sqlite) - 1) != 0)
		return err_set(err, ERANGE_, "store.url: expected sqlite:PATH or "
		    "postgresql:CONNINFO");
	p += sizeof(sqlite) - 1;
	TRY(store_named(p, err));
	if (p[0] == '/' || p[0] == ':')
		return 0;
	snprintf(whole, sizeof(whole), "sqlite:%s/%s", c->folder, p);
	return text_set(c, row_find("store.url", 9), whole, err);
}

int
config_finish(struct config *c, struct err *err)
{
	size_t i;

	if (c->folder[0] == '\0')
		return err_set(err, ESCHEMA, "house.folder is not set: name the "
		    "house's folder in the file or with --set house.folder=DIR");
	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].type == CONFIG_PATH)
			TRY(path_lay(c, &rows[i], err));
	return url_lay(c, err);
}

void
config_print(const struct config *c, FILE *to)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].type == CONFIG_INTEGER)
			fprintf(to, "%s: %lld\n", rows[i].key,
			    (long long)*(int64_t *)slot(c, &rows[i]));
		else
			fprintf(to, "%s: \"%s\"\n", rows[i].key,
			    text_of(c, &rows[i]));
}

static void
bounds_print(const struct config_row *r, FILE *to)
{
	if (r->type == CONFIG_INTEGER)
		fprintf(to, "%lld to %lld %s; ", (long long)r->least,
		    (long long)r->most, r->unit);
	if (r->otherwise[0] != '\0')
		fprintf(to, "default %s", r->otherwise);
	else if (r->least > 0)
		fprintf(to, "must be set");
	else
		fprintf(to, "default off");
}

void
config_help(FILE *to)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		fprintf(to, "  %s (", rows[i].key);
		bounds_print(&rows[i], to);
		fprintf(to, ")\n      %s\n", rows[i].words);
	}
}

void
config_man(FILE *to)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		fprintf(to, ".It Cm %s\n%s\n.Pq ", rows[i].key, rows[i].words);
		bounds_print(&rows[i], to);
		fprintf(to, "\n");
	}
}
