/*
 * inside - what the files of src/cert share.  Private to it.
 */
#ifndef CERT_INSIDE_H
#define CERT_INSIDE_H

#include "ca/tbs.h"
#include "cert/cert.h"
#include "store/store.h"

#define CERT_LAST	"crt_zzzzzzzzzzzzzzzzzzzzzzzzzz"	/* behind every id */

/* A text column into a field of its own; too long is a damaged row. */
NODISCARD int column_text(const struct rows *r, const char *name, char *ret,
    size_t n, struct err *err);
NODISCARD int column_number(const struct rows *r, const char *name,
    struct number *ret, struct err *err);
NODISCARD int row_read(const struct rows *r, struct cert_row *ret,
    struct err *err);
NODISCARD int row_json(const struct rows *r, json_t **ret, struct err *err);
/* Authorities of its rows: authority.c. */
NODISCARD int ca_from_row(const struct rows *r, struct cert_ca **ret,
    struct err *err);
/* A subject as people read it: "CN=x, O=y". */
NODISCARD int subject_text(const json_t *subject, struct blob *ret,
    struct err *err);
/* What of a typed subject is looked for: "x", or "CN=x", begins a common name.
 * Errors: EINPUT: another attribute, or several. */
NODISCARD int subject_common_name(const char *typed, const char **ret,
    struct err *err);
/* A name of others, as we write names where we can, and as it stands there
 * where not. */
NODISCARD int cert_name_text(struct span name, struct blob *ret,
    struct err *err);
/* A row of elsewhere_certificate, as it is shown. */
NODISCARD int cert_elsewhere_row(const struct rows *r, json_t **ret,
    struct err *err);
/* What came, or changed, of an authority's certificates; negative: so many fewer. */
NODISCARD int cert_stock_add(struct tx *tx, const char *ca,
    const struct cert_stock *add, struct err *err);
/* The rows of a walk, but those that another follows. */
typedef int cert_walk_fn(void *ctx, const struct rows *r, struct err *err);
NODISCARD int cert_walk_rows(struct rows *r, struct cert_walk *w,
    cert_walk_fn *fn, void *ctx, struct err *err);
/* A certificate as it was made, taken apart: what its row will have. */
struct apart {
	struct cert	 c;		/* borrows its octets */
	json_t		*name;		/* owned: its subject */
	struct blob	 subject;	/* owned: the same for people */
	struct cert_row	 row;
};
/* Errors: EINPUT; then nothing need be let go. */
NODISCARD int made_apart(const struct cert_made *m, struct apart *ret,
    struct err *err);
void apart_done(struct apart *a);
/* One PEM block, appended. */
NODISCARD int pem_put(struct span der, struct blob *ret, struct err *err);
/* @a as it stands in a table. */
static inline UNUSED struct value
v_number(const struct number *a)
{
	return v_blob(a->o, a->n);
}
/* Text, or "" where there is none. */
static inline UNUSED struct value
v_some(const char *s)
{
	return v_text(s != NULL ? s : "");
}

/** found_taken - is what a finding of this kind and fingerprint tells of in the
 * inventory by now, and so as it should be?  "": of none. */
NODISCARD int found_taken(struct tx *tx, const char *kind, const char *print,
    bool *ret, struct err *err);
/** found_entry_is - is there an entry of this name that has not ended? */
NODISCARD int found_entry_is(struct tx *tx, const char *name, bool *ret,
    struct err *err);
/** found_owner_put - "of" into a private key's finding: {key, at} of a key that is
 * said to live there, {key, house} of one of the house, {certificate} of one by its
 * id; nothing, if nobody knows the key. */
NODISCARD int found_owner_put(struct tx *tx, json_t *finding,
    struct err *err);
/** found_absent_put - the state "absent", and "of", into the finding of a token's
 * key that is gone and that an entry lacks; else nothing. */
NODISCARD int found_absent_put(struct tx *tx, json_t *finding,
    struct err *err);

/** cert_change_dates - since when it is revoked or held then, and not to be
 * believed (0: that is not said). */
void cert_change_dates(const struct cert_row *row, const struct cert_change *c,
    time_us *ret_revoked, time_us *ret_invalid);
/** cert_listed_change - of what a CA came with; a step that leads somewhere. */
NODISCARD int cert_listed_change(struct tx *tx, const struct cert_row *row,
    const struct cert_change *c, struct err *err);

#endif
