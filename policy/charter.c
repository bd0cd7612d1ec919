#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/charter_source.h"
#include "policy/proof.h"

int
charter_alloc(struct charter *c, size_t n, size_t size, void **ret,
    struct err *err)
{
	void **more, *p;
	size_t room;

	if (c->owned_n == c->owned_room) {
		room = c->owned_room == 0 ? 64 : 2 * c->owned_room;
		more = reallocarray(c->owned, room, sizeof(*more));
		if (more == NULL)
			return err_set(err, ENOMEMORY, "reading a charter");
		c->owned = more;
		c->owned_room = room;
	}
	if ((p = calloc(n == 0 ? 1 : n, size)) == NULL)
		return err_set(err, ENOMEMORY, "reading a charter");
	c->owned[c->owned_n++] = p;
	*ret = p;
	return 0;
}

static void
keys_free(const struct roster *r)
{
	for (size_t i = 0; i < r->principal_n; i++)
		for (size_t k = 0; k < r->principal[i].credential_n; k++)
			proof_key_free(r->principal[i].credential[k].key);
}

void
charter_free(struct charter *c)
{
	size_t i;

	if (c == NULL)
		return;
	keys_free(&c->roster);
	for (i = 0; i < c->owned_n; i++)
		free(c->owned[i]);
	free(c->owned);
	json_decref(c->json);
	free(c);
}

/* RFC 6901, 3.  What does not fit is left out: the place is then above. */
size_t
path_down(struct reading *r, const char *name)
{
	size_t mark = r->path_n, n = r->path_n;
	char *p = r->path;

	if (n + 2 * strlen(name) + 2 > sizeof(r->path))
		return mark;
	p[n++] = '/';
	for (; *name != '\0'; name++)
		if (*name == '/' || *name == '~') {
			p[n++] = '~';
			p[n++] = *name == '/' ? '1' : '0';
		} else
			p[n++] = *name;
	p[n] = '\0';
	r->path_n = n;
	return mark;
}

size_t
path_down_index(struct reading *r, size_t i)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", i);
	return path_down(r, text);
}

void
path_up(struct reading *r, size_t mark)
{
	r->path_n = mark;
	r->path[mark] = '\0';
}

static int
by_octets(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
sorted_keys(struct reading *r, const json_t *o, const char ***ret,
    size_t *ret_n)
{
	const char **names, *name;
	size_t n = 0;
	void *p;
	json_t *v;

	TRY(charter_alloc(r->c, json_object_size(o), sizeof(*names), &p,
	    r->err));
	names = p;
	json_object_foreach((json_t *)(uintptr_t)o, name, v)
		names[n++] = name;
	qsort(names, n, sizeof(*names), by_octets);
	*ret = names;
	*ret_n = n;
	return 0;
}

static int
check_size(struct reading *r, const json_t *j)
{
	struct blob b = { 0 };
	int rc = json_canonical(j, &b, r->err);

	if (rc == 0 && b.len > CHARTER_OCTETS)
		rc = err_set(r->err, ETOOBIG, "the charter has %zu octets, "
		    "at most %u are read", b.len, CHARTER_OCTETS);
	if (rc == 0)
		r->c->hash = sha256_of(b.data, b.len);
	blob_done(&b);
	return rc;
}

static int
passes(struct reading *r)
{
	TRY(charter_schema(r, r->c->json));
	if (r->f->errors > 0)
		return 0;
	TRY(charter_build_roster(r));
	TRY(charter_build_classes(r));
	TRY(charter_build_lists(r));
	TRY(charter_build_alerts(r));
	if (r->f->errors > 0)
		return 0;
	return charter_lint(r->c, r->f, r->err);
}

int
charter_check_json(const json_t *j, struct charter **ret,
    struct findings *findings, struct err *err)
{
	AUTO(charter) *c = calloc(1, sizeof(*c));
	struct reading r = { .c = c, .f = findings, .err = err };

	if (c == NULL || (c->json = json_clone(j)) == NULL)
		return err_set(err, ENOMEMORY, "reading a charter");
	TRY(check_size(&r, c->json));
	TRY(passes(&r));
	if (findings->errors > 0)
		return findings_refuse(findings, err);
	*ret = TAKE(c);
	return 0;
}

int
charter_from_json(const json_t *j, struct charter **ret, struct err *err)
{
	struct findings f;
	int rc;

	findings_init(&f);
	rc = charter_check_json(j, ret, &f, err);
	findings_done(&f);
	return rc;
}

const json_t *
charter_json(const struct charter *c)
{
	return c->json;
}

struct sha256
charter_hash(const struct charter *c)
{
	return c->hash;
}

const char *
charter_name(const struct charter *c)
{
	return json_str(c->json, "name", "");
}

time_us
charter_list_most(const struct charter *c, bool root)
{
	return root ? c->root_list_most : c->list_most;
}

int
support_end(const char *day, time_us *ret, struct err *err)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "%.16sT23:59:59Z", day);
	return clock_parse(text, ret, err);
}

time_us
charter_support(const struct charter *c, const char *product)
{
	const char *day = json_str(json_object_get(json_object_get(c->json,
	    "products"), product), "support-until", NULL);
	time_us t = 0;

	return day != NULL && support_end(day, &t, NULL) == 0 ? t : 0;
}

const struct roster *
charter_roster(const struct charter *c)
{
	return &c->roster;
}

const struct key_class *
charter_class(const struct charter *c, const char *name)
{
	size_t from = 0, to = c->class_n, mid;
	int d;

	while (from < to) {
		mid = from + (to - from) / 2;
		d = strcmp(name, c->class[mid].name);
		if (d == 0)
			return &c->class[mid];
		if (d < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct key_class *
charter_classes(const struct charter *c, size_t *ret_n)
{
	*ret_n = c->class_n;
	return c->class;
}

const struct rule *
charter_access(const struct charter *c, size_t *ret_n)
{
	*ret_n = c->access_n;
	return c->access;
}

const struct rule *
charter_rules(const struct charter *c, const char *class, size_t *ret_n)
{
	const struct key_class *k;

	if (class == NULL)
		return charter_access(c, ret_n);
	k = charter_class(c, class);
	*ret_n = k == NULL ? 0 : k->rule_n;
	return k == NULL ? NULL : k->rule;
}

const struct rule *
charter_rule_of(const struct charter *c, const char *class, const char *hash)
{
	size_t n;
	const struct rule *r = charter_rules(c, class, &n);
	char hex[SHA256_HEX];

	for (size_t i = 0; i < n; i++) {
		sha256_hex(&r[i].hash, hex);
		if (strcmp(hex, hash) == 0)
			return &r[i];
	}
	return NULL;
}

bool
charter_class_allows_algorithm(const struct key_class *k,
    const char *algorithm)
{
	size_t i;

	for (i = 0; i < k->algorithm_n; i++)
		if (strcmp(k->algorithm[i], algorithm) == 0)
			return true;
	return false;
}

int
charter_amend_check(const struct charter *c, const struct charter *next,
    struct err *err)
{
	if (sha256_equal(&c->hash, &next->hash))
		return err_set(err, ECHARTER,
		    "this is the charter in force already");
	return 0;
}
