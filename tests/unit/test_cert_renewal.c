/* An authority has one certificate more, or another goes on in its place. */
#include "config.h"

#include "ca/profile.h"
#include "cert/cert.h"
#include "tests/unit/ca.h"
#include "tests/unit/engine.h"

#define KEY	"0000000000000000000000000000000000000000000000000000000000000001"
#define OTHER	"0000000000000000000000000000000000000000000000000000000000000002"

struct made {
	const char	*name, *key, *cn, *succeeds;
	uint64_t	 seq;
	const char	*floor;		/* NULL: none */
	const char	*responder;	/* NULL: none is named */
};

static int
insert(struct tx *tx, void *ctx, struct err *err)
{
	const struct made *m = ctx;
	AUTO_JSON *urls = ca_json(CA_URLS);
	char name[120];
	struct number floor = { .n = 0 };
	struct issuer *i;
	int rc;

	if (m->floor != NULL)
		TRY(number_parse(m->floor, &floor, err));

	snprintf(name, sizeof(name), "[['commonName','%s']]", m->cn);
	i = ca_issuer("root", NULL, name);
	rc = cert_ca_insert(tx, &(struct cert_ca_made){ .name = m->name,
	    .key = m->key, .key_name = m->name, .profile = "root",
	    .request = m->cn, .succeeds = m->succeeds, .urls = urls,
	    .partitions = 1, .der = span_blob(&i->der), .time = CA_TIME,
	    .seq = m->seq, .floor = floor, .responder = m->responder }, err);
	issuer_free(i);
	return rc;
}

static int
made(struct store *s, const char *name, const char *key, const char *cn,
    const char *succeeds)
{
	static uint64_t seq;
	struct made m = { name, key, cn, succeeds, ++seq, NULL, NULL };

	return store_write(s, insert, &m, &unit_err);
}

struct looked {
	const char	*name;
	json_t		*all;		/* owned */
	char		 successor[CERT_NAME], before[CERT_NAME];
	char		 request[ID_TEXT];
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;
	AUTO(cert_ca) *ca = NULL;

	TRY(cert_ca_get(tx, l->name, &ca, err));
	memcpy(l->request, ca->request, sizeof(l->request));
	TRY(cert_ca_successor(tx, l->name, l->successor, err));
	TRY(cert_ca_before(tx, l->name, l->before, err));
	return cert_ca_certificates(tx, l->name, &l->all, err);
}

/* So many certificates, the newest by this request, and this successor; @return
 * whom it succeeds itself, good until the next call. */
static const char *
has(struct store *s, const char *name, size_t n, const char *request,
    const char *successor)
{
	static struct looked l;

	l = (struct looked){ .name = name };
	unit_ok(store_read(s, look, &l, &unit_err));
	ck_assert_uint_eq(json_array_size(l.all), n);
	ck_assert_str_eq(l.request, request);
	ck_assert_str_eq(l.successor, successor);
	json_decref(l.all);
	return l.before;
}

START_TEST(an_authority_is_renewed_by_its_key_and_no_other)
{
	struct store *s = engine_store();

	unit_ok(made(s, "devices", KEY, "first", NULL));
	has(s, "devices", 1, "first", "");
	ck_assert_int_eq(made(s, "devices", OTHER, "second", NULL), -EEXISTS);
	has(s, "devices", 1, "first", "");
	unit_ok(made(s, "devices", KEY, "second", NULL));
	has(s, "devices", 2, "second", "");
	store_free(s);
}
END_TEST

static int
responder_read(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;

	TRY(cert_ca_get(tx, "devices", &ca, err));
	memcpy(ctx, ca->responder, sizeof(ca->responder));
	return 0;
}

/* It is renewed with this responder, and answers by this one then. */
static void
renewed_answers(struct store *s, uint64_t seq, const char *cn,
    const char *responder, const char *then)
{
	struct made m = { "devices", KEY, cn, NULL, seq, NULL, responder };
	char has_now[CERT_NAME];

	unit_ok(store_write(s, insert, &m, &unit_err));
	unit_ok(store_read(s, responder_read, has_now, &unit_err));
	ck_assert_str_eq(has_now, then);
}

START_TEST(a_responder_stays_where_a_renewal_names_none)
{
	struct store *s = engine_store();

	renewed_answers(s, 1, "first", NULL, "");
	renewed_answers(s, 2, "second", "answers", "answers");
	renewed_answers(s, 3, "third", NULL, "answers");
	renewed_answers(s, 4, "fourth", "others", "others");
	store_free(s);
}
END_TEST

struct numbers {
	struct cert_ca	*ca;		/* owned */
};

static int
numbers_read(struct tx *tx, void *ctx, struct err *err)
{
	struct numbers *n = ctx;

	return cert_ca_get(tx, "devices", &n->ca, err);
}

static void
number_is(const struct cert_ca *ca, uint64_t n, const char *hex)
{
	struct number number;
	char text[NUMBER_HEX];
	uint64_t back;

	unit_ok(cert_ca_number(ca, n, &number, &unit_err));
	number_hex(&number, text);
	ck_assert_str_eq(text, hex);
	unit_ok(cert_ca_count(ca, &number, &back, &unit_err));
	ck_assert_uint_eq(back, n);
}

static void
not_counted(const struct cert_ca *ca, const char *hex)
{
	struct number number;
	uint64_t n;

	unit_ok(number_parse(hex, &number, &unit_err));
	unit_fails(cert_ca_count(ca, &number, &n, &unit_err), ERANGE_);
}

START_TEST(lists_are_counted_from_where_the_system_before_ended)
{
	struct made m = { "devices", KEY, "first", NULL, 900, "03ff", NULL };
	struct store *s = engine_store();
	struct numbers n = { .ca = NULL };

	unit_ok(store_write(s, insert, &m, &unit_err));
	unit_ok(made(s, "devices", KEY, "second", NULL));
	unit_ok(store_read(s, numbers_read, &n, &unit_err));
	number_is(n.ca, 1, "0400");
	number_is(n.ca, ((uint64_t)1 << 56) - 1, "01000000000003fe");
	not_counted(n.ca, "03ff");
	not_counted(n.ca, "01");
	not_counted(n.ca, "01000000000003ff");
	cert_ca_free(n.ca);
	store_free(s);
}
END_TEST

START_TEST(without_one_before_they_begin_at_1)
{
	struct store *s = engine_store();
	struct numbers n = { .ca = NULL };

	unit_ok(made(s, "devices", KEY, "first", NULL));
	unit_ok(store_read(s, numbers_read, &n, &unit_err));
	number_is(n.ca, 1, "01");
	not_counted(n.ca, "00");
	not_counted(n.ca, "0100000000000000");
	cert_ca_free(n.ca);
	store_free(s);
}
END_TEST

static int
retire(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_retire(tx, ctx, NULL, CA_TIME, err);
}

START_TEST(the_newest_active_successor_goes_on)
{
	static char third[] = "third", second[] = "second";
	struct store *s = engine_store();

	unit_ok(made(s, "first", KEY, "a", NULL));
	unit_ok(made(s, "second", OTHER, "b", "first"));
	has(s, "first", 1, "a", "second");
	has(s, "second", 1, "b", "");
	unit_ok(made(s, "third", OTHER, "c", "second"));
	has(s, "first", 1, "a", "third");
	unit_ok(store_write(s, retire, third, &unit_err));
	has(s, "first", 1, "a", "second");
	unit_ok(store_write(s, retire, second, &unit_err));
	ck_assert_str_eq(has(s, "first", 1, "a", ""), "");
	ck_assert_str_eq(has(s, "second", 1, "b", ""), "first");
	ck_assert_str_eq(has(s, "third", 1, "c", ""), "second");
	store_free(s);
}
END_TEST

ENGINE_MAIN("cert/renewal",
	UNIT(a_responder_stays_where_a_renewal_names_none)
    UNIT(an_authority_is_renewed_by_its_key_and_no_other)
	UNIT(lists_are_counted_from_where_the_system_before_ended)
	UNIT(without_one_before_they_begin_at_1)
	UNIT(the_newest_active_successor_goes_on))
