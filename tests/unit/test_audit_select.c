/* What was changed together is what the filter finds that was agreed to. */
#include "config.h"

#include <time.h>
#include "tests/unit/world_revoked.h"

#define MADE	5

enum { NINE = 1, TEN = 2, ELEVEN = 4, BATCHED = 8, RESPONDER = 16 };

struct made_world {
	struct pki_world k;
	char		 serial[MADE][NUMBER_HEX];
	uint64_t	 before_eleven;	/* events */
	time_us		 then;		/* between the first two and the others */
};

static void
made(struct made_world *m, size_t i)
{
	memcpy(m->serial[i], m->k.serial, sizeof(m->serial[i]));
}

/* What a filter says of time it says to the millisecond. */
static void
wait_a_moment(void)
{
	const struct timespec t = { .tv_nsec = 2000000 };

	ck_assert_int_eq(nanosleep(&t, NULL), 0);
}

static void
made_begin(struct made_world *m)
{
	struct pki_world *k = &m->k;

	pki_world_begin(k);
	pki_device(k, "9", false, &RIGHT);
	made(m, 0);
	pki_device(k, "10", false, &RIGHT);
	made(m, 1);
	wait_a_moment();
	m->then = clock_now();
	m->before_eleven = pki_size(k);
	pki_device(k, "11", false, &RIGHT);
	made(m, 2);
	batch_open(k, "ci", k->devices.name, "device");
	k->batch = BATCH;
	pki_device(k, "12", false, &RIGHT);
	made(m, 3);
	k->batch = NULL;
	pki_responder(k);
	made(m, 4);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The serial numbers of these, in order. */
static json_t *
serials_of(struct made_world *m, unsigned which)
{
	const char *one[MADE];
	json_t *list = json_array();
	size_t n = 0;

	for (size_t i = 0; i < MADE; i++)
		if (which >> i & 1)
			one[n++] = m->serial[i];
	qsort(one, n, sizeof(one[0]), by_text);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(one[i]));
	return list;
}

static void
hold(struct made_world *m, const char *filter, unsigned which,
    struct together t)
{
	json_t *serials = serials_of(m, which);

	t.filter = filter;
	t.serials = serials;
	t.certificates = (int)json_array_size(serials);
	if (t.through == 0)
		t.through = pki_size(&m->k);
	pki_hold(&m->k, &t);
	json_decref(serials);
}

/* How many findings say this. */
static int
told(const json_t *report, const char *what)
{
	json_t *f;
	size_t i;
	int n = 0;

	json_array_foreach(json_object_get(report, "findings"), i, f)
		n += strstr(json_str(f, "what", ""), what) != NULL;
	return n;
}

/* TIME and SPKI stand for what only the world knows. */
static const struct {
	const char *filter;
	unsigned finds;
} FILTERS[] = {
	{ "{'profile':'device'}", NINE | TEN | ELEVEN | BATCHED },
	{ "{'profile':'root'}", 0 },
	{ "{'profile':'nobody'}", 0 },
	{ "{'device':'9'}", NINE },
	{ "{'device':'9','device_last':'10'}", NINE | TEN },
	{ "{'device':'10','device_last':'9'}", 0 },
	{ "{'spki':'SPKI'}", RESPONDER },
	{ "{'by':'publisher'}", RESPONDER },
	{ "{'by':'ci','profile':'ocsp-responder'}", 0 },
	{ "{'batch':'" BATCH "'}", BATCHED },
	{ "{'issued_before':'TIME'}", NINE | TEN },
	{ "{'issued_since':'TIME'}", ELEVEN | BATCHED | RESPONDER },
	{ "{'issued_since':'TIME','profile':'device'}", ELEVEN | BATCHED },
	{ "{'expired':true}", NINE | TEN | ELEVEN | BATCHED | RESPONDER },
	{ "{}", NINE | TEN | ELEVEN | BATCHED | RESPONDER },
};

static void
put_in(char *text, size_t room, const char *name, const char *value)
{
	char rest[300], *at = strstr(text, name);

	if (at == NULL)
		return;
	snprintf(rest, sizeof(rest), "%s", at + strlen(name));
	snprintf(at, room - (size_t)(at - text), "%s%s", value, rest);
}

static void
filter_of(const struct made_world *m, const char *filter, char ret[300])
{
	char then[TIME_TEXT];

	clock_text(m->then, then);
	snprintf(ret, 300, "%s", filter);
	put_in(ret, 300, "TIME", then);
	put_in(ret, 300, "SPKI", m->k.responder.hash);
}

START_TEST(what_a_filter_finds_and_nothing_else_is_changed)
{
	unsigned finds = FILTERS[_i].finds;
	struct made_world m;
	char filter[300];
	int beside = 0, left_out = 0;
	json_t *r;

	made_begin(&m);
	filter_of(&m, FILTERS[_i].filter, filter);
	if (finds != 0)
		hold(&m, filter, finds, (struct together){ .through = 0 });
	r = pki_judged(&m.k, 0);
	bundle_good(r);
	json_decref(r);
	for (unsigned one = NINE; one <= RESPONDER; one <<= 1) {
		if (finds == one)
			continue;
		hold(&m, filter, finds ^ one, (struct together){ .through = 0 });
		beside += (finds & one) == 0;
		left_out += (finds & one) != 0;
	}
	r = pki_judged(&m.k, 0);
	ck_assert_int_eq(told(r, "its filter does not find"), beside);
	ck_assert_int_eq(told(r, "were left out"), left_out);
	ck_assert_int_eq(json_array_size(json_object_get(r, "findings")),
	    beside + left_out);
	json_decref(r);
	pki_world_end(&m.k);
}
END_TEST

/* What came later is not meant, and no place may lie behind the request. */
START_TEST(a_filter_finds_what_was_there_at_its_place)
{
	struct made_world m;
	json_t *r;

	made_begin(&m);
	hold(&m, "{'profile':'device'}", NINE | TEN,
	    (struct together){ .through = m.before_eleven });
	r = pki_judged(&m.k, 0);
	bundle_good(r);
	json_decref(r);
	hold(&m, "{'profile':'device'}", NINE | TEN | ELEVEN,
	    (struct together){ .through = m.before_eleven });
	hold(&m, "{'profile':'device'}", NINE | TEN | ELEVEN | BATCHED,
	    (struct together){ .through = pki_size(&m.k) + 1 });
	r = pki_judged(&m.k, 0);
	ck_assert_int_eq(told(r, "its filter does not find"), 1);
	ck_assert_int_eq(told(r, "is about what came after it"), 1);
	json_decref(r);
	pki_world_end(&m.k);
}
END_TEST

START_TEST(nobody_chooses_when_it_was_that_certificates_had_expired)
{
	struct made_world m;
	json_t *r;

	made_begin(&m);
	hold(&m, "{'device':'9'}", NINE,
	    (struct together){ .valid_after = TIME_S(60) });
	r = pki_judged(&m.k, 0);
	ck_assert_int_eq(told(r, "calls expired what was not"), 1);
	ck_assert_int_eq(told(r, "its filter does not find"), 0);
	json_decref(r);
	/* Two hundred years on, it has. */
	hold(&m, "{'device':'9'}", NINE,
	    (struct together){ .valid_after = TIME_S(200ll * 365 * 86400) });
	r = pki_judged(&m.k, 0);
	ck_assert_int_eq(told(r, "its filter does not find"), 1);
	json_decref(r);
	pki_world_end(&m.k);
}
END_TEST

/* Of what the bundle has it is known all the same. */
START_TEST(a_later_bundle_says_what_it_cannot_compare)
{
	struct made_world m;
	json_t *r, *unchecked;
	char *text;

	made_begin(&m);
	hold(&m, "{'profile':'device'}", NINE | TEN | ELEVEN | BATCHED,
	    (struct together){ .through = 0 });
	r = pki_judged(&m.k, m.before_eleven);
	bundle_good(r);
	unchecked = json_object_get(r, "unchecked");
	text = json_dumps(unchecked, 0);
	ck_assert_ptr_nonnull(strstr(text, "are not compared with its filter"));
	free(text);
	json_decref(r);
	hold(&m, "{'profile':'device'}", NINE | TEN | ELEVEN | RESPONDER,
	    (struct together){ .through = 0 });
	r = pki_judged(&m.k, m.before_eleven);
	text = json_dumps(json_object_get(r, "findings"), 0);
	ck_assert_msg(told(r, "its filter does not find") == 1, "%s", text);
	ck_assert_msg(told(r, "1 certificates that its filter") == 1, "%s",
	    text);
	free(text);
	json_decref(r);
	pki_world_end(&m.k);
}
END_TEST

ENGINE_MAIN("audit/select",
	UNIT_ROWS(what_a_filter_finds_and_nothing_else_is_changed, FILTERS)
	UNIT(a_filter_finds_what_was_there_at_its_place)
	UNIT(nobody_chooses_when_it_was_that_certificates_had_expired)
	UNIT(a_later_bundle_says_what_it_cannot_compare))
