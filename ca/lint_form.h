/*
 * lint_form - what the linter read of a certificate, for its files.
 * Private to ca/lint*.c.
 */
#ifndef CA_LINT_FORM_H
#define CA_LINT_FORM_H

#include "ca/lint.h"

/* What could not be read is as if it were not there, and was told. */
struct linting {
	const struct tbs *t;
	const struct profile *p;	/* or NULL */
	const struct issuer *issuer;	/* or NULL */
	const struct issuer_path *above; /* or NULL */
	struct lint	*ret;
	json_t		*subject, *san;	/* owned; NULL: none, or not readable */
	json_t		*constraints;	/* owned */
	const char	*key;		/* algorithm, or NULL */
	bool		 ca;
	int		 path_length;
	uint32_t	 usage;
	struct span	 purpose[PROFILE_OIDS], policy[PROFILE_OIDS];
	size_t		 purpose_n, policy_n;
	bool		 no_memory;
};

/** lint_add - one finding; @fmt says what is the case, "" nothing more. */
void lint_add(struct linting *l, enum lint_row row, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** lint_has - is the extension there? */
bool lint_has(const struct linting *l, enum oid which);
/** lint_only_purpose - is this the one purpose? */
bool lint_only_purpose(const struct linting *l, enum oid purpose);
/** lint_count - how many of this attribute a subject has. */
size_t lint_count(const json_t *subject, enum oid attribute);

/* Each adds what it finds. */
void lint_extensions(struct linting *l);	/* RFC 5280, 4.2 */
void lint_above(struct linting *l);		/* what the authorities above allow */
void lint_standard(struct linting *l);		/* the profile's own standard */
void lint_matter(struct linting *l);		/* Matter 6.2.2 */
void lint_profile(struct linting *l);		/* is it as the profile says? */

#endif
