/*
 * name - distinguished names: what JSON calls [["commonName","x"], ...] and
 * certificates call Name (RFC 5280, 4.1.2.4).
 *
 * Floor 2, pure.  Sees base.
 * One attribute in each relative name; the order is the order in the name.
 * Each attribute has one string type: UTF8String, but PrintableString for
 * serialNumber, countryName and dnQualifier (X.520, 6.2.9, 6.3.1, 6.4.4),
 * IA5String for emailAddress and domainComponent, and its own upper bound
 * (RFC 5280, appendix A.1).
 */
#ifndef CA_NAME_H
#define CA_NAME_H

#include "base/json.h"
#include "ca/der.h"
#include "ca/oid.h"

#define NAME_ATTRIBUTES	16	/* in one name */
#define NAME_VALUE	256	/* octets of the longest value */

/** name_value_check - may this attribute have this value?
 * Errors: EINPUT, ERANGE_; the words name attribute, bound and section. */
NODISCARD int name_value_check(enum oid attribute, const char *value,
    struct err *err);
/** name_value_shown - is it seen, and seen as what it is?  Not one that is blank, or has a
 * control character (text_control).  Asked of what is certified, not of names that
 * are there already, as an issuer's.  Errors: EINPUT. */
NODISCARD int name_value_shown(const char *attribute, const char *value,
    struct err *err);
/** name_der - append the Name of @subject. An empty array gives the empty name.
 * Errors: ESCHEMA for what is not pairs of known attributes and strings, and
 * those of name_value_check. */
NODISCARD int name_der(const json_t *subject, struct blob *ret,
    struct err *err);
/**
 * name_json - the array for a Name, a whole value (0x30 ...).
 * Attributes without a name here are called by their dotted OID.
 * Reads PrintableString, UTF8String and IA5String, whichever the attribute
 * has; other string types and names of several attributes are refused.
 */
NODISCARD int name_json(struct span name, json_t **ret, struct err *err);
/** name_form_check - is this Name one that name_der makes?  The octets are. */
NODISCARD int name_form_check(struct span name, struct err *err);
/** name_text_other - append a Name as others may write it (RFC 5280, 4.1.2.4:
 * any string type, several attributes in one relative name), for people:
 * ASCII, attributes by number, at most NAME_TEXT octets. Errors: EINPUT. */
#define NAME_TEXT	1000
NODISCARD int name_text_other(struct span name, struct blob *ret,
    struct err *err);
/** name_same - do clients take both Names for one (RFC 5280, 7.1: whatever their case,
 * blanks and string types)?  As OpenSSL compares them.  Errors: EINPUT. */
NODISCARD int name_same(struct span a, struct span b, bool *ret,
    struct err *err);
/** name_get - the value of the first such attribute of a JSON subject, or NULL. */
const char *name_get(const json_t *subject, enum oid attribute);

#endif
