/*
 * san - subject alternative names, and the constraints on them, as text and
 * as GeneralNames (RFC 5280, 4.2.1.6 and 4.2.1.10).
 *
 * Floor 2, pure.  Sees base.
 *
 *	dns:host.example		also "*.host.example"
 *	ip:192.0.2.1, ip:2001:db8::1	in their canonical spelling
 *	uri:urn:device:77
 *	email:user@host.example
 *	hardware-module:1.3.6.1.4.1.99:3737	RFC 4108, 5: hwType, hwSerialNum in hex
 *
 * A constraint is dns:example (it and what is below), ip:10.0.0.0/8,
 * uri:host or uri:.domain, email:host, email:.domain or email:user@host.
 */
#ifndef CA_SAN_H
#define CA_SAN_H

#include "base/json.h"
#include "ca/der.h"

#define SAN_MOST	128	/* names in one certificate */
#define SAN_OCTETS	1024	/* the longest, as text */

/* clang-format off */
#define SAN_TYPES(S) \
	S(SAN_EMAIL,    "email",           DER_CONTEXT(1)) \
	S(SAN_DNS,      "dns",             DER_CONTEXT(2)) \
	S(SAN_URI,      "uri",             DER_CONTEXT(6)) \
	S(SAN_IP,       "ip",              DER_CONTEXT(7)) \
	S(SAN_HARDWARE, "hardware-module", DER_CONTEXT_C(0))
/* clang-format on */

enum san_type {
#define S(sym, word, tag) sym,
	SAN_TYPES(S)
#undef S
	SAN__N
};

/** san_type_named - by its word; SAN__N: none. */
enum san_type san_type_named(const char *word);
const char *san_type_word(enum san_type t);
/** san_split - the type, and where the value begins in @text. Errors: EINPUT. */
NODISCARD int san_split(const char *text, enum san_type *ret,
    const char **ret_value, struct err *err);
/** san_fit_check - may a name that has its type's form be certified?  Not a host
 * that is an address, nor a URI with an authority that has no host. Apart from
 * san_json, so that what was issued before can be read. Errors: EINPUT.
 * Standard: RFC 5280, 4.2.1.6. */
NODISCARD int san_fit_check(const char *text, struct err *err);
/** san_put - one GeneralName. Errors: EINPUT: not a name of its type, or in
 * another spelling than the canonical one; the words name the section. */
NODISCARD int san_put(struct der *w, const char *text, struct err *err);
/** san_der - GeneralNames, whole, of an array of texts. Errors: also ERANGE_:
 * none, or more than SAN_MOST; EEXISTS twice the same. */
NODISCARD int san_der(const json_t *san, struct blob *ret, struct err *err);
/** san_json - the array for GeneralNames, whole. Errors: EINPUT, also for a
 * name of a type that has no text here. */
NODISCARD int san_json(struct span names, json_t **ret, struct err *err);

/** constraint_put - one GeneralSubtree (minimum left out, no maximum). */
NODISCARD int constraint_put(struct der *w, const char *text, struct err *err);
/** constraints_put - the content of a NameConstraints value. Errors: ESCHEMA
 * for anything but {permitted?, excluded?} with at least one text in all. */
NODISCARD int constraints_put(struct der *w, const json_t *constraints,
    struct err *err);
/** constraints_within - is all that @own permits permitted by @above? Errors: EDENIED. */
NODISCARD int constraints_within(const json_t *above, const json_t *own,
    struct err *err);
/** constraints_json - {permitted, excluded} of a NameConstraints, whole.
 * Errors: EINPUT, also for what has no text here: a CA with such a constraint
 * cannot be checked, so nothing is issued below it. */
NODISCARD int constraints_json(struct span constraints, json_t **ret,
    struct err *err);
/** constraint_covers - is this name, or this narrower constraint of the same
 * type, within?  False for other types. */
bool constraint_covers(const char *constraint, const char *name);
/**
 * constraints_check - are all names of the array within the constraints: in
 * one that is permitted, where one of its type is, and in none excluded?
 * Errors: EDENIED naming the name and the constraint (RFC 5280, 6.1.4 (g)).
 */
NODISCARD int constraints_check(const json_t *constraints, const json_t *san,
    struct err *err);

#endif
