/*
 * world_crl - a world with certificates of other CAs, and lists of these.
 */
#ifndef TESTS_WORLD_CRL_H
#define TESTS_WORLD_CRL_H

#include "base/b64.h"
#include "cert/crl_elsewhere.h"
#include "tests/unit/ca_signer.h"
#include "tests/unit/world_elsewhere.h"

#define NONE	99	/* on no list */
#define KEY	REASON_KEY_COMPROMISE
#define HOLD	REASON_HOLD
#define OVER	REASON_CESSATION

/* Certificates 0, 1 and 2 of one CA, 3 of another one with its name and no key
 * identifier in common; serial numbers 100 to 103. */
#define N	4

struct list {
	long		 number;
	int		 day;
	int		 reason[N];	/* as numbers; NONE */
	const char	*place;		/* of its IDP; or NULL */
	bool		 other;		/* the other CA's */
};

/* Each row follows this one. */
static const struct list FIRST = { 5, 2, { KEY, HOLD, NONE, NONE }, NULL,
	false };

static struct signer ca, other, leaf[N];

static UNUSED void
print_of(const struct signer *s, char ret[SHA256_HEX])
{
	struct sha256 h = sha256_of(s->der.data, s->der.len);

	sha256_hex(&h, ret);
}

static UNUSED void
enter(struct world *w, const struct signer *s)
{
	char print[SHA256_HEX], *text = b64_encode(s->der.data, s->der.len);

	print_of(s, print);
	unit_ok(world_import(w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	free(text);
}

static UNUSED void
begin(struct world *w)
{
	static const int nid[] = { NID_authority_key_identifier, 0 };
	static const char *const value[] = { "keyid" };

	world_begin(w);
	signer_root(&ca);
	signer_root(&other);
	enter(w, &ca);
	enter(w, &other);
	for (int i = 0; i < N; i++) {
		signer_make(&leaf[i], i == 3 ? &other : &ca, "leaf", 100 + i,
		    nid, value);
		enter(w, &leaf[i]);
	}
}

static UNUSED void
end(struct world *w)
{
	for (int i = 0; i < N; i++)
		signer_done(&leaf[i]);
	signer_done(&ca);
	signer_done(&other);
	world_end(w);
}

/* ---- lists ---- */

static UNUSED void
list_make(const struct list *l, struct blob *ret)
{
	const struct signer *s = l->other ? &other : &ca;
	time_t day = SIGNER_FROM / TIME_S(1) + 86400 * l->day;
	X509_CRL *list = signer_list(s, (unsigned long)l->number, day,
	    day + 86400);
	X509_EXTENSION *e;
	char place[80];

	for (int i = 0; i < N; i++)
		if (l->reason[i] != NONE)
			signer_entry(list, 100 + i, l->reason[i]);
	snprintf(place, sizeof(place), "critical,fullname:%s", l->place != NULL ?
	    l->place : "");
	if (l->place != NULL) {
		e = X509V3_EXT_conf_nid(NULL, NULL,
		    NID_issuing_distribution_point, place);
		SIGNER_OK(e != NULL && X509_CRL_add_ext(list, e, -1) == 1);
		X509_EXTENSION_free(e);
	}
	signer_list_sign(s, list, ret);
}

struct asking {
	struct blob	 der;
	json_t		*head;
	bool		 as_before;	/* its event does not look again */
};

static UNUSED int
head_read(struct tx *tx, void *ctx, struct err *err)
{
	struct asking *a = ctx;

	return crl_elsewhere_read(tx, span_blob(&a->der), &a->head, err);
}

static UNUSED int
say(struct world *w, const json_t *head, const char *member, json_t *said,
    bool again, struct err *err)
{
	json_t *q = world_request(w, ACTION_CRL_IMPORT, "officer-1",
	    json_deep_copy(head)), *data;
	struct decision d;
	int rc;

	data = world_json("{s:O, s:o}", "request", q, member, said);
	if (again)
		json_object_set_new(data, "looked_again", json_true());
	json_object_set_new(data, "facts", world_facts(w, q, "officer-1",
	    NULL, &d));
	ck_assert_int_eq(d.verdict, ALLOW);
	json_object_set_new(data, "rule", world_rule(d.rule));
	rc = world_try(w, EVENT_CRL_IMPORTED, "officer-1", json_str(head,
	    "list", ""), data, NULL, err);
	json_decref(q);
	return rc;
}

static UNUSED int
take(struct world *w, struct asking *a, struct err *err)
{
	char *text = b64_encode(a->der.data, a->der.len);
	int rc = say(w, a->head, "crl", json_string(text), false,
	    err);

	free(text);
	return rc;
}

static UNUSED void
asking_make(struct world *w, const struct list *l, struct asking *ret)
{
	list_make(l, &ret->der);
	unit_ok(state_read(w->state, head_read, ret, &unit_err));
}

static UNUSED void
asking_done(struct asking *a)
{
	blob_done(&a->der);
	json_decref(a->head);
}

static UNUSED void
first_take(struct world *w, int times)
{
	struct asking a = { .head = NULL };

	asking_make(w, &FIRST, &a);
	while (times-- > 0)
		unit_ok(take(w, &a, &unit_err));
	asking_done(&a);
}

#endif
