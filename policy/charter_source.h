/*
 * charter_source - from what people write to the canonical document.
 * Private to policy/.
 */
#ifndef POLICY_CHARTER_SOURCE_H
#define POLICY_CHARTER_SOURCE_H

#include "policy/charter_read.h"

struct source {
	json_t		*doc;		/* changed in place */
	const struct charter_file *file;
	size_t		 file_n;
	struct findings	*f;
	struct err	*err;
};

/**
 * source_normalise - one spelling for what may be written in two: a word for
 * a list of one, PEM files for public keys, what may be left out.
 */
NODISCARD int source_normalise(struct source *s);

/** findings_refuse - the first error as ECHARTER. */
NODISCARD int findings_refuse(const struct findings *f, struct err *err);

#endif
