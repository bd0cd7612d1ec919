#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ca/san_form.h"

/* "10.0.0.0/8": address and mask, 4 and 4 or 16 and 16 octets; host bits 0. */
static int
range_parse(const char *s, unsigned char ret[32], size_t *ret_n,
    struct err *err)
{
	const char *slash = strchr(s, '/');
	char address[INET6_ADDRSTRLEN];
	unsigned bits = 0;
	size_t n = 0, i;
	int digits = 0;

	if (slash != NULL && slash - s < INET6_ADDRSTRLEN &&
	    sscanf(slash + 1, "%3u%n", &bits, &digits) == 1 &&
	    slash[1 + digits] == '\0' && slash[1] >= '0' && slash[1] <= '9' &&
	    (slash[1] != '0' || digits == 1)) {
		memcpy(address, s, (size_t)(slash - s));
		address[slash - s] = '\0';
		TRY(address_parse(address, ret, &n, err));
	}
	if (n == 0 || bits > 8 * n)
		return err_set(err, EINPUT, "ip:%.64s is not ADDRESS/BITS "
		    "(RFC 5280, 4.2.1.10)", s);
	for (i = 0; i < n; i++) {
		ret[n + i] = (unsigned char)(bits >= 8 * (i + 1) ? 0xff :
		    bits <= 8 * i ? 0 : 0xff00u >> (bits - 8 * i));
		if ((ret[i] & ~ret[n + i]) != 0)
			return err_set(err, EINPUT, "ip:%.64s has bits set "
			    "behind its %u", s, bits);
	}
	*ret_n = 2 * n;
	return 0;
}

/* A host, or ".domain": what email and uri are constrained by. */
static int
base_check(const char *s, struct err *err)
{
	return dns_check(s + (s[0] == '.'), false, err);
}

static int
form_check(enum san_type t, const char *value, struct err *err)
{
	unsigned char range[32];
	size_t n;

	switch (t) {
	case SAN_DNS:
		return dns_check(value, false, err);
	case SAN_EMAIL:
		return strchr(value, '@') != NULL ? email_check(value, err) :
		    base_check(value, err);
	case SAN_URI:
		return base_check(value, err);
	case SAN_IP:
		return range_parse(value, range, &n, err);
	case SAN_HARDWARE:
	case SAN__N:
		break;
	}
	return err_set(err, EINPUT, "hardware-module names cannot be "
	    "constrained");
}

int
constraint_put(struct der *w, const char *text, struct err *err)
{
	unsigned char range[32];
	const char *value;
	enum san_type t;
	size_t n;

	TRY(san_split(text, &t, &value, err));
	TRY(form_check(t, value, err));
	TRY(der_open(w, DER_SEQUENCE));
	if (t == SAN_IP) {
		TRY(range_parse(value, range, &n, err));
		TRY(der_put(w, san_tag(t), range, n));
	} else {
		TRY(der_text(w, san_tag(t), value));
	}
	return der_close(w);
}

static int
subtrees_put(struct der *w, const json_t *list, unsigned tag)
{
	size_t i;

	if (json_array_size(list) == 0)
		return 0;
	TRY(der_open(w, tag));
	for (i = 0; i < json_array_size(list); i++)
		TRY(constraint_put(w, json_string_value(json_array_get(list,
		    i)), w->err));
	return der_close(w);
}

int
constraints_put(struct der *w, const json_t *constraints, struct err *err)
{
	static const struct json_row ROWS[] = {
		{ "permitted", WANT_STRINGS, false, 0, SAN_MOST, "where names may be" },
		{ "excluded", WANT_STRINGS, false, 0, SAN_MOST, "where they may not" },
	};
	const json_t *permitted = json_object_get(constraints, "permitted");
	const json_t *excluded = json_object_get(constraints, "excluded");

	TRY(json_check(constraints, "/name_constraints", ROWS, NELEM(ROWS),
	    err));
	/* RFC 5280, 4.2.1.10: it is never an empty sequence. */
	if (json_array_size(permitted) + json_array_size(excluded) == 0)
		return err_set(err, ESCHEMA, "/name_constraints: neither "
		    "permitted nor excluded names anything");
	TRY(der_open(w, DER_SEQUENCE));
	TRY(subtrees_put(w, permitted, DER_CONTEXT_C(0)));
	TRY(subtrees_put(w, excluded, DER_CONTEXT_C(1)));
	return der_close(w);
}

/* How many ones the mask begins with; -1: not only there. */
static int
mask_bits(const unsigned char *m, size_t n)
{
	int bits = 0;
	size_t i;

	while ((size_t)bits < 8 * n &&
	    (m[bits / 8] & (0x80u >> (bits % 8))) != 0)
		bits++;
	for (i = (size_t)bits; i < 8 * n; i++)
		if ((m[i / 8] & (0x80u >> (i % 8))) != 0)
			return -1;
	return bits;
}

static int
range_text(struct span c, char ret[SAN_OCTETS + 1], struct err *err)
{
	char address[INET6_ADDRSTRLEN];
	int bits = c.n == 8 || c.n == 32 ? mask_bits(c.p + c.n / 2, c.n / 2) :
	    -1;

	if (bits < 0)
		return err_set(err, EINPUT, "a constraint on addresses is no "
		    "address and mask (RFC 5280, 4.2.1.10)");
	(void)inet_ntop(c.n == 8 ? AF_INET : AF_INET6, c.p, address,
	    sizeof(address));
	(void)snprintf(ret, SAN_OCTETS + 1, "ip:%s/%d", address, bits);
	return 0;
}

/* A GeneralSubtree: base alone; minimum 0 is a default, maximum is absent. */
static int
subtree_text(struct span *list, char ret[SAN_OCTETS + 1], struct err *err)
{
	struct span tree, c;
	enum san_type type;
	const char *value;
	unsigned tag;
	int t;

	TRY(der_take(list, DER_SEQUENCE, "a constraint", &tree, err));
	TRY(der_next(&tree, "a constraint's base", &tag, &c, err));
	TRY(der_end(&tree, "a constraint without minimum and maximum", err));
	for (t = 0; t < SAN_HARDWARE; t++)
		if (san_tag((enum san_type)t) == tag)
			break;
	if (t == SAN_HARDWARE)
		return err_set(err, EINPUT, "a constraint on names with tag "
		    "0x%02x cannot be checked here", tag);
	if (t == SAN_IP)
		TRY(range_text(c, ret, err));
	else if (c.n == 0 || c.n > 256 || memchr(c.p, '\0', c.n) != NULL)
		return err_set(err, EINPUT, "a constraint is empty, too long "
		    "or has a NUL");
	else
		(void)snprintf(ret, SAN_OCTETS + 1, "%s:%.*s",
		    san_type_word((enum san_type)t), (int)c.n,
		    (const char *)c.p);
	TRY(san_split(ret, &type, &value, err));
	return form_check(type, value, err);
}

static int
subtrees_json(struct span *in, unsigned tag, const char *member, json_t *o,
    struct err *err)
{
	AUTO_JSON *array = json_array();
	char text[SAN_OCTETS + 1];
	struct span list;

	if (array == NULL)
		return err_set(err, ENOMEMORY, "constraints");
	if (!der_is(in, tag))
		return 0;
	TRY(der_take(in, tag, member, &list, err));
	do {
		if (json_array_size(array) == SAN_MOST)
			return err_set(err, ERANGE_, "more than %d "
			    "constraints", SAN_MOST);
		TRY(subtree_text(&list, text, err));
		if (json_array_append_new(array, json_string(text)) != 0)
			return err_set(err, ENOMEMORY, "constraints");
	} while (list.n > 0);
	return json_set_new(o, member, TAKE(array), err);
}

int
constraints_json(struct span constraints, json_t **ret, struct err *err)
{
	AUTO_JSON *o = json_object();
	struct span in;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "constraints");
	TRY(der_take(&constraints, DER_SEQUENCE, "nameConstraints", &in, err));
	TRY(der_end(&constraints, "nameConstraints", err));
	TRY(subtrees_json(&in, DER_CONTEXT_C(0), "permitted", o, err));
	TRY(subtrees_json(&in, DER_CONTEXT_C(1), "excluded", o, err));
	TRY(der_end(&in, "nameConstraints", err));
	if (json_object_size(o) == 0)
		return err_set(err, EINPUT, "nameConstraints is empty "
		    "(RFC 5280, 4.2.1.10)");
	*ret = TAKE(o);
	return 0;
}

/* Is @name the host @base, or one below it?  ".base": only below. */
static bool
domain_covers(const char *base, const char *name)
{
	size_t b, n = strlen(name);
	bool below = base[0] == '.';

	base += below;
	b = strlen(base);
	if (n == b)
		return !below && strcmp(base, name) == 0;
	return n > b && name[n - b - 1] == '.' &&
	    strcmp(name + n - b, base) == 0;
}

/* email and uri: a host means itself alone, ".domain" what is below it. */
static bool
host_covers(const char *base, const char *host)
{
	if (host[0] == '.')
		return base[0] == '.' && (strcmp(base, host) == 0 ||
		    domain_covers(base, host + 1));
	return base[0] == '.' ? domain_covers(base, host) :
	    strcmp(base, host) == 0;
}

static bool
email_covers(const char *base, const char *name)
{
	const char *at = strchr(name, '@');

	if (strchr(base, '@') != NULL)
		return strcmp(base, name) == 0;
	return host_covers(base, at == NULL ? name : at + 1);
}

/* A host that constraints can be held to: none in an address, and none behind
 * user information, where OpenSSL takes the user for the host (error 47). */
static bool
uri_host(const char *uri, struct uri_place *ret)
{
	uri_place(uri, ret);
	return !ret->user && host_check(ret->host, false, NULL) == 0;
}

static bool
uri_covers(const char *base, const char *name)
{
	struct uri_place place;

	if (strchr(name, ':') == NULL)
		return host_covers(base, name);	/* a constraint itself */
	return uri_host(name, &place) && host_covers(base, place.host);
}

static bool
range_covers(const char *base, const char *name)
{
	unsigned char range[32], other[32];
	size_t n, m, i;

	if (range_parse(base, range, &n, NULL) != 0)
		return false;
	if (strchr(name, '/') == NULL) {
		if (address_parse(name, other, &m, NULL) != 0 || 2 * m != n)
			return false;
	} else if (range_parse(name, other, &m, NULL) != 0 || m != n ||
	    mask_bits(other + n / 2, n / 2) < mask_bits(range + n / 2, n / 2)) {
		return false;
	}
	for (i = 0; i < n / 2; i++)
		if ((other[i] & range[n / 2 + i]) != range[i])
			return false;
	return true;
}

bool
constraint_covers(const char *constraint, const char *name)
{
	const char *base, *value;
	enum san_type a, b;

	if (san_split(constraint, &a, &base, NULL) != 0 ||
	    san_split(name, &b, &value, NULL) != 0 || a != b)
		return false;
	switch (a) {
	case SAN_DNS:
		/* What "*" stands for is below the rest. */
		return domain_covers(base, value);
	case SAN_EMAIL:
		return email_covers(base, value);
	case SAN_URI:
		return uri_covers(base, value);
	case SAN_IP:
		return range_covers(base, value);
	case SAN_HARDWARE:
	case SAN__N:
		break;
	}
	return false;
}

/* A URI without a host is in no constraint's reach, so it is not permitted. */
static bool
is_permitted(const json_t *permitted, const char *name)
{
	const char *text, *value;
	enum san_type mine, its;
	bool any = false;
	size_t i;

	if (san_split(name, &mine, &value, NULL) != 0)
		return false;
	for (i = 0; i < json_array_size(permitted); i++) {
		text = json_string_value(json_array_get(permitted, i));
		if (san_split(text, &its, &value, NULL) != 0 || its != mine)
			continue;
		any = true;
		if (constraint_covers(text, name))
			return true;
	}
	return !any;
}

/*
 * "*.a.example" also stands for what is excluded below a.example, and a URI
 * without a host must not be, where hosts are constrained (4.2.1.10).
 */
static bool
is_excluded(const char *text, const char *name)
{
	struct uri_place place;

	if (constraint_covers(text, name))
		return true;
	if (strncmp(text, "uri:", 4) == 0 && strncmp(name, "uri:", 4) == 0)
		return !uri_host(name + 4, &place);
	return strncmp(name, "dns:*.", 6) == 0 &&
	    strncmp(text, "dns:", 4) == 0 && domain_covers(name + 6, text + 4);
}

static bool
has_uri(const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (strncmp(json_string_value(one), "uri:", 4) == 0)
			return true;
	return false;
}

/* Said by itself: what is asked for may well be within. */
static int
user_check(const json_t *permitted, const json_t *excluded, const char *name,
    struct err *err)
{
	struct uri_place place = { .user = false };

	if (strncmp(name, "uri:", 4) == 0)
		uri_place(name + 4, &place);
	if (place.user && (has_uri(permitted) || has_uri(excluded)))
		return err_set(err, EDENIED, "%.96s has user information before "
		    "\"@\", and an authority above constrains URIs: clients take "
		    "it for the host (RFC 5280, 4.2.1.10)", name);
	return 0;
}

int
constraints_check(const json_t *constraints, const json_t *san,
    struct err *err)
{
	const json_t *permitted = json_object_get(constraints, "permitted");
	const json_t *excluded = json_object_get(constraints, "excluded");
	const char *name, *text;
	size_t i, k;

	for (i = 0; i < json_array_size(san); i++) {
		name = json_string_value(json_array_get(san, i));
		TRY(user_check(permitted, excluded, name, err));
		if (!is_permitted(permitted, name))
			return err_set(err, EDENIED, "%.96s is in no "
			    "permitted constraint of the authorities above "
			    "(RFC 5280, 4.2.1.10)", name);
		for (k = 0; k < json_array_size(excluded); k++) {
			text = json_string_value(json_array_get(excluded, k));
			if (is_excluded(text, name))
				return err_set(err, EDENIED, "%.96s is in the "
				    "excluded constraint %.64s of an authority "
				    "above (RFC 5280, 4.2.1.10)", name, text);
		}
	}
	return 0;
}

int
constraints_within(const json_t *above, const json_t *own, struct err *err)
{
	const json_t *permitted = json_object_get(above, "permitted"), *one;
	size_t i;

	json_array_foreach(json_object_get(own, "permitted"), i, one)
		if (!is_permitted(permitted, json_string_value(one)))
			return err_set(err, EDENIED, "it would permit %.96s, "
			    "which no authority above permits (RFC 5280, "
			    "4.2.1.10)", json_string_value(one));
	return 0;
}
