#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/blob.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/yaml.h"

#define YAML_OCTETS	((size_t)1 << 20)

struct mark {
	char	*pointer;		/* owned */
	size_t	 line, column;		/* from 1 */
};

struct yaml_marks {
	char		*name;
	struct mark	*mark;
	size_t		 n, room;
};

struct reader {
	const char		*name;
	yaml_parser_t		 parser;
	yaml_event_t		 event;
	struct blob		 pointer;	/* of the value being read */
	struct yaml_marks	*marks;		/* NULL when nobody asked */
	struct err		*err;
};

static int read_value(struct reader *r, int depth, json_t **ret);

static int
refuse(struct reader *r, yaml_mark_t at, const char *what)
{
	return err_set(r->err, EINPUT, "%s:%zu:%zu: %s", r->name, at.line + 1,
	    at.column + 1, what);
}

static int
no_memory(struct reader *r)
{
	return err_set(r->err, ENOMEMORY, "reading %s", r->name);
}

/* The next event, which replaces the one before. */
static int
next(struct reader *r)
{
	yaml_parser_t *p = &r->parser;

	yaml_event_delete(&r->event);
	if (yaml_parser_parse(p, &r->event) == 1)
		return 0;
	memset(&r->event, 0, sizeof(r->event));
	if (p->error == YAML_MEMORY_ERROR)
		return no_memory(r);
	return refuse(r, p->error == YAML_READER_ERROR ? p->mark :
	    p->problem_mark, p->problem == NULL ? "not YAML" : p->problem);
}

static int
remember(struct reader *r, yaml_mark_t at)
{
	struct yaml_marks *m = r->marks;
	struct mark *more;
	size_t room;

	if (m == NULL)
		return 0;
	if (m->n == m->room) {
		room = m->room == 0 ? 32 : 2 * m->room;
		more = reallocarray(m->mark, room, sizeof(*more));
		if (more == NULL)
			return no_memory(r);
		m->mark = more;
		m->room = room;
	}
	if ((m->mark[m->n].pointer = strdup(blob_str(&r->pointer))) == NULL)
		return no_memory(r);
	m->mark[m->n].line = at.line + 1;
	m->mark[m->n].column = at.column + 1;
	m->n++;
	return 0;
}

static void
pointer_cut(struct reader *r, size_t len)
{
	if (r->pointer.data == NULL)
		return;
	r->pointer.len = len;
	r->pointer.data[len] = '\0';
}

/* RFC 6901, 3: "~" is "~0" and "/" is "~1". */
static int
pointer_put(struct reader *r, const char *name)
{
	TRY(blob_put(&r->pointer, "/", 1, r->err));
	for (; *name != '\0'; name++)
		TRY(blob_puts(&r->pointer, *name == '~' ? "~0" :
		    *name == '/' ? "~1" : (char[]){ *name, '\0' }, r->err));
	return 0;
}

/* Words that one YAML or another reads as null, a boolean or a merge. */
static bool
is_treacherous(const char *s)
{
	static const char *const WORDS[] = { "", "~", "null", "true", "false",
	    "yes", "no", "on", "off", "y", "n", "<<", "=" };
	size_t i;

	for (i = 0; i < NELEM(WORDS); i++)
		if (strcasecmp(s, WORDS[i]) == 0)
			return true;
	/* Reals, dates, times, octal, hexadecimal, .inf and .nan. */
	s += *s == '-' || *s == '+';
	s += *s == '.';
	return (*s >= '0' && *s <= '9') || strcasecmp(s, "inf") == 0 ||
	    strcasecmp(s, "nan") == 0;
}

static int
check_scalar(struct reader *r)
{
	const yaml_event_t *e = &r->event;
	const char *s = (const char *)e->data.scalar.value;
	size_t i;

	if (e->data.scalar.anchor != NULL)
		return refuse(r, e->start_mark, "anchors are not allowed");
	if (e->data.scalar.tag != NULL)
		return refuse(r, e->start_mark, "tags are not allowed");
	for (i = 0; i < e->data.scalar.length; i++)
		if ((unsigned char)s[i] < ' ' &&
		    (s[i] == '\0' || strchr("\b\t\n\f\r", s[i]) == NULL))
			return refuse(r, e->start_mark,
			    "a control character in a string");
	return 0;
}

static int
read_scalar(struct reader *r, json_t **ret)
{
	const yaml_event_t *e = &r->event;
	const char *s = (const char *)e->data.scalar.value;
	size_t n = e->data.scalar.length;
	int64_t v;

	TRY(check_scalar(r));
	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		*ret = json_stringn(s, n);
	else if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
		*ret = json_boolean(s[0] == 't');
	else if (json_scan_integer(s, n, &v))
		*ret = json_integer(v);
	else if (is_treacherous(s))
		return refuse(r, e->start_mark, "neither true, false nor an "
		    "integer within 2^53-1: a string like this needs quotes");
	else
		*ret = json_stringn(s, n);
	return *ret == NULL ? no_memory(r) : 0;
}

static int
check_name(struct reader *r, const json_t *object)
{
	const yaml_event_t *e = &r->event;
	const char *s = (const char *)e->data.scalar.value;

	if (e->type == YAML_ALIAS_EVENT)
		return refuse(r, e->start_mark, "aliases are not allowed");
	if (e->type != YAML_SCALAR_EVENT)
		return refuse(r, e->start_mark, "a name must be a string");
	TRY(check_scalar(r));
	if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    is_treacherous(s))
		return refuse(r, e->start_mark,
		    "a name like this needs quotes");
	if (!json_scan_name(s))
		return refuse(r, e->start_mark,
		    "a name must be of printable ASCII");
	if (json_object_get(object, s) != NULL)
		return refuse(r, e->start_mark, "this name was given before");
	return 0;
}

static int
read_member(struct reader *r, int depth, json_t *object)
{
	AUTO_JSON *v = NULL;
	size_t len = r->pointer.len;
	char *name;
	int rc;

	TRY(check_name(r, object));
	name = strdup((const char *)r->event.data.scalar.value);
	if (name == NULL)
		return no_memory(r);
	rc = pointer_put(r, name);
	if (rc == 0)
		rc = next(r);
	if (rc == 0)
		rc = read_value(r, depth, &v);
	if (rc == 0)
		rc = json_set_new(object, name, TAKE(v), r->err);
	free(name);
	pointer_cut(r, len);
	return rc;
}

static int
read_mapping(struct reader *r, int depth, json_t **ret)
{
	AUTO_JSON *object = json_object();

	if (object == NULL)
		return no_memory(r);
	for (;;) {
		TRY(next(r));
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		TRY(read_member(r, depth, object));
	}
	*ret = TAKE(object);
	return 0;
}

static int
read_element(struct reader *r, int depth, json_t *array)
{
	AUTO_JSON *v = NULL;
	size_t len = r->pointer.len;
	int rc;

	rc = blob_printf(&r->pointer, r->err, "/%zu", json_array_size(array));
	if (rc == 0)
		rc = read_value(r, depth, &v);
	if (rc == 0 && json_array_append_new(array, TAKE(v)) != 0)
		rc = no_memory(r);
	pointer_cut(r, len);
	return rc;
}

static int
read_sequence(struct reader *r, int depth, json_t **ret)
{
	AUTO_JSON *array = json_array();

	if (array == NULL)
		return no_memory(r);
	for (;;) {
		TRY(next(r));
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			break;
		TRY(read_element(r, depth, array));
	}
	*ret = TAKE(array);
	return 0;
}

static int
check_start(struct reader *r, int depth, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	if (anchor != NULL)
		return refuse(r, r->event.start_mark,
		    "anchors are not allowed");
	if (tag != NULL)
		return refuse(r, r->event.start_mark, "tags are not allowed");
	if (depth >= JSON_DEPTH)
		return refuse(r, r->event.start_mark, "nested too deep");
	return 0;
}

/* The value that the present event begins; ends at its last event. */
static int
read_value(struct reader *r, int depth, json_t **ret)
{
	const yaml_event_t *e = &r->event;

	TRY(remember(r, e->start_mark));
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, ret);
	case YAML_MAPPING_START_EVENT:
		TRY(check_start(r, depth, e->data.mapping_start.anchor,
		    e->data.mapping_start.tag));
		return read_mapping(r, depth + 1, ret);
	case YAML_SEQUENCE_START_EVENT:
		TRY(check_start(r, depth, e->data.sequence_start.anchor,
		    e->data.sequence_start.tag));
		return read_sequence(r, depth + 1, ret);
	case YAML_ALIAS_EVENT:
		return refuse(r, e->start_mark, "aliases are not allowed");
	default:
		return refuse(r, e->start_mark, "expected a value");
	}
}

static int
read_document(struct reader *r, json_t **ret)
{
	AUTO_JSON *j = NULL;
	const yaml_event_t *e = &r->event;

	TRY(next(r));			/* the stream */
	TRY(next(r));
	if (e->type != YAML_DOCUMENT_START_EVENT)
		return refuse(r, e->start_mark, "there is nothing in it");
	if (e->data.document_start.version_directive != NULL ||
	    e->data.document_start.tag_directives.start !=
	    e->data.document_start.tag_directives.end)
		return refuse(r, e->start_mark, "directives are not allowed");
	TRY(next(r));
	if (e->type == YAML_SCALAR_EVENT)
		return refuse(r, e->start_mark,
		    "expected names with values, or a list");
	TRY(read_value(r, 0, &j));
	TRY(next(r));			/* the document's end */
	TRY(next(r));
	if (e->type != YAML_STREAM_END_EVENT)
		return refuse(r, e->start_mark, "one document only");
	*ret = TAKE(j);
	return 0;
}

static struct yaml_marks *
marks_new(const char *name)
{
	struct yaml_marks *m = calloc(1, sizeof(*m));

	if (m != NULL && (m->name = strdup(name)) == NULL) {
		free(m);
		return NULL;
	}
	return m;
}

int
yaml_read(const char *name, const void *p, size_t n, json_t **ret,
    struct yaml_marks **ret_marks, struct err *err)
{
	AUTO(yaml_marks) *marks = NULL;
	struct reader r;
	int rc;

	memset(&r, 0, sizeof(r));
	r.name = name;
	r.err = err;
	if (n > YAML_OCTETS)
		return err_set(err, ETOOBIG, "%s: over 1 MiB", name);
	if (ret_marks != NULL && (marks = marks_new(name)) == NULL)
		return no_memory(&r);
	r.marks = marks;
	if (yaml_parser_initialize(&r.parser) != 1)
		return no_memory(&r);
	yaml_parser_set_input_string(&r.parser, p, n);
	/* Never guessed from its first octets. */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	rc = read_document(&r, ret);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	blob_done(&r.pointer);
	if (rc == 0 && ret_marks != NULL)
		*ret_marks = TAKE(marks);
	return rc;
}

static const struct mark *
find(const struct yaml_marks *m, const char *pointer, size_t n)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (strlen(m->mark[i].pointer) == n &&
		    memcmp(m->mark[i].pointer, pointer, n) == 0)
			return &m->mark[i];
	return NULL;
}

void
yaml_where(const struct yaml_marks *m, const char *pointer, char *ret,
    size_t n)
{
	const struct mark *at;
	size_t len = strlen(pointer);

	while ((at = find(m, pointer, len)) == NULL && len > 0)
		while (len > 0 && pointer[--len] != '/')
			;
	(void)snprintf(ret, n, "%s:%zu:%zu", m->name,
	    at == NULL ? 1 : at->line, at == NULL ? 1 : at->column);
}

void
yaml_marks_free(struct yaml_marks *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n; i++)
		free(m->mark[i].pointer);
	free(m->mark);
	free(m->name);
	free(m);
}
