/*
 * never_well - an audit whose allocations fail, one at a time.
 */
#ifndef TESTS_FAULT_NEVER_WELL_H
#define TESTS_FAULT_NEVER_WELL_H

#include "tests/fault/fault.h"
#include "tests/unit/bundle.h"

#define NEVER_MOST	200000

/*
 * Of a bundle that is not well: out of memory is said, or found nothing; never
 * a false verdict.  @from: the first that fails, 1 for all; @each: so many fail
 * each in its turn, and then ever fewer; 0: all.  How many audits ended with
 * an error: what OpenSSL fails at may be a finding.
 */
static unsigned
never_well(struct world *w, const struct blob *b, unsigned kinds,
    unsigned from, unsigned each)
{
	struct audit_options o = { .trust = w->fingerprint, .threads = 1 };
	unsigned said = 0;

	for (unsigned nth = from; nth < NEVER_MOST;
	    nth += 1 + (each == 0 ? 0 : (nth - from) / each)) {
		int fd = memfd_create("bundle", 0);
		json_t *r = NULL;
		struct err why = { .code = OK };
		bool failed;
		int rc;

		ck_assert_int_eq(write(fd, b->data, b->len), (ssize_t)b->len);
		(void)lseek(fd, 0, SEEK_SET);
		fault_arm(kinds, nth);
		rc = audit_verify(fd, &o, &r, &why);
		failed = fault_disarm();
		close(fd);
		ck_assert(rc != 0 || !json_flag(r, "ok", true));
		said += rc != 0;
		json_decref(r);
		if (!failed)
			return said;
	}
	ck_abort_msg("an audit of %zu octets never ends", b->len);
	return 0;
}

#endif
