/*
 * charter - the law of the house: roster, classes, access, recovery.
 *
 * Floor 2, pure: files are handed in as buffers.  Sees base.
 * Threads: immutable once read; share freely.
 * Language 0: doc/design/0002-policy-language.md.
 */
#ifndef POLICY_CHARTER_H
#define POLICY_CHARTER_H

#include <jansson.h>
#include <stddef.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/action.h"
#include "policy/lint.h"
#include "policy/roster.h"
#include "policy/rule.h"

#define CHARTER_LANGUAGE	0
#define CHARTER_OCTETS		(4u << 20)	/* largest canonical charter */
#define CHARTER_FILES		512

struct charter;			/* opaque */

struct charter_file {
	const char	*name;		/* "classes/firmware-signing.yaml", relative, with / */
	const void	*data;
	size_t		 octets;
};

/* How long revocation lists may last where "lists" does not say it. */
#define LISTS_LIFETIME		"P10D"
#define LISTS_ROOT_LIFETIME	"P190D"

enum exportable { EXPORT_NEVER, EXPORT_WRAPPED };

struct key_class {
	const char	*name;
	enum class_kind	 kind;
	const char	*purpose;
	const char	*owner;		/* a group */
	const char	*recovery;	/* a procedure of this charter */
	const char *const *algorithm;	/* "ec-p256", ... */
	size_t		 algorithm_n;
	time_us		 cryptoperiod;
	enum exportable	 exportable;
	const struct rule *rule;
	size_t		 rule_n;
};

/**
 * charter_from_files - read a charter's folder.
 *
 * @file      borrowed: every regular file below the folder that ends in
 *            .yaml or .pem; PEM files are those that roster.yaml names.
 * @ret       owned by the caller; set only when there is no error finding.
 * @findings  initialised by the caller; gets errors and warnings with
 *            file:line:column.  May be NULL: the first error is then in @err.
 * Errors: ECHARTER - see the findings; ENOMEMORY, ETOOBIG.
 */
NODISCARD int charter_from_files(const struct charter_file *file, size_t n,
    struct charter **ret, struct findings *findings, struct err *err);
/**
 * charter_from_json - the canonical document, validated in full and linted:
 * whoever receives a charter trusts nobody.  @j is copied.
 * Errors: ECHARTER naming the place; ENOMEMORY, ETOOBIG.
 */
NODISCARD int charter_from_json(const json_t *j, struct charter **ret,
    struct err *err);
/** charter_check_json - the same, with all findings. */
NODISCARD int charter_check_json(const json_t *j, struct charter **ret,
    struct findings *findings, struct err *err);
/** charter_free - takes NULL. */
void charter_free(struct charter *c);
DEFINE_FREEP(charter)

/** charter_json - the canonical document; borrowed. */
const json_t *charter_json(const struct charter *c);
/** charter_hash - of the canonical octets: the charter's name. */
struct sha256 charter_hash(const struct charter *c);
const char *charter_name(const struct charter *c);
const struct roster *charter_roster(const struct charter *c);
/** charter_class - by name, or NULL. */
const struct key_class *charter_class(const struct charter *c, const char *name);
/** charter_classes - all, sorted by name. */
const struct key_class *charter_classes(const struct charter *c, size_t *ret_n);
/** charter_access - the rules for everything that is not a key's. */
const struct rule *charter_access(const struct charter *c, size_t *ret_n);
/** charter_list_most - how long a revocation list of an authority may last, from
 * thisUpdate to nextUpdate; @root: of one that certified itself. */
time_us charter_list_most(const struct charter *c, bool root);
/** charter_support - until when a product line is supported: the end of that day (UTC); 0: nobody
 * has said it. */
time_us charter_support(const struct charter *c, const char *product);
/** charter_rules - of a class, or of access when @class is NULL; NULL and 0
 * for a class that does not exist. */
const struct rule *charter_rules(const struct charter *c, const char *class,
    size_t *ret_n);
/** charter_rule_of - the one with this hash (hexadecimal): an amended one has another. NULL: none. */
const struct rule *charter_rule_of(const struct charter *c, const char *class, const char *hash);
/** charter_class_allows_algorithm - may a key of this class have it? */
bool charter_class_allows_algorithm(const struct key_class *k,
    const char *algorithm);

/** charter_amend_check - may @next follow @c at all, whoever approves?  Another
 * document, a known language, linted as any charter. Errors: ECHARTER. */
NODISCARD int charter_amend_check(const struct charter *c,
    const struct charter *next, struct err *err);

#endif
