/*
 * Whatever fails while a list is published, the last one that was valid is
 * served, and the next comes with a higher number.
 */
#include "config.h"

#include "ca/seal.h"
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/publisher.h"
#define WORLD_MORE	"classes/ca.yaml", "profiles/root.yaml"
#include "tests/fault/house.h"

#define LIST	"/crl/root/0.crl"

static uint64_t before;		/* the number that was served */

/* The number of the list that is served; 0: none. */
static uint64_t
served(void)
{
	struct page *p = flow_public(flow, LIST);
	struct span tbs, algorithm, signature;
	struct crl_info info = { .entries = 0 };
	struct err none;
	uint64_t number = 0;

	if (p != NULL && seal_read(span_blob(&p->body->b), "a list", &tbs,
	    &algorithm, &signature, &none) == 0 &&
	    crl_read(tbs, NULL, NULL, &info, &none) == 0 &&
	    info.next_update > clock_now())
		number = number_value(&info.number);
	page_free(p);
	return number;
}

static void
remember(unsigned n)
{
	before = served();
}

static int
run_publish(unsigned n, struct err *err)
{
	int rc = house_ask("crl.sign", "officer-1", "root", body, "", &answer,
	    err);

	if (rc == 0 && answer.code != OK)
		rc = err_set(err, answer.code, "%s", answer.detail);
	answer_done(&answer);
	fault_holds(served() > 0 && served() >= before + (rc == 0));
	return rc;
}

static void
once_more(unsigned n)
{
	ck_assert_uint_gt(served(), before);
}

static int
run_load(unsigned n, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	int rc = ca_named(flow, "root", &ca, err);

	if (rc == 0)
		rc = list_load(flow, ca, err);
	fault_holds(served() == before);
	return rc;
}

/* As a service that has just begun, and knows no authority. */
static void
forget(unsigned n)
{
	remember(n);
	for (size_t i = 0; i < flow->publisher->ca_n; i++)
		cert_ca_free(flow->publisher->ca[i].ca);
	flow->publisher->ca_n = 0;
	watch_free(flow->publisher);
}

static int
run_authorities(unsigned n, struct err *err)
{
	int rc = cas_load(flow, err);

	fault_holds(rc != 0 || (flow->publisher->ca_n == 1 &&
	    flow->publisher->watched != NULL));
	return rc;
}

static int
run_stand(unsigned n, struct err *err)
{
	AUTO_JSON *lists = NULL, *status = NULL;
	struct blob text = { 0 };
	AUTO(law) *law = NULL;
	int rc = watch_lists(flow->publisher, "root", &lists, err);

	fault_holds(rc != 0 || json_array_size(lists) == 2);
	if (rc == 0)
		rc = state_law(flow->state, &law, err);
	if (rc == 0)
		rc = watch_status(flow->publisher, law->charter, &status, err);
	fault_holds(rc != 0 || json_int(status, "lists", 0) == 2);
	if (rc == 0)
		rc = watch_metrics(flow->publisher, &text, err);
	blob_done(&text);
	return rc;
}

static const struct step STEPS[] = {
	{ "a list is published", remember, run_publish, once_more, 150 },
	{ "what is kept is served again", remember, run_load, NULL, 0 },
	{ "the authorities are looked for", forget, run_authorities, NULL, 0 },
	{ "how the lists stand", remember, run_stand, NULL, 0 },
};

static void
authority_make(void)
{
	struct answer a;

	json_decref(house_done("key.generate", "", world_json("{s:s, s:s}",
	    "name", "root-key", "class", "ca")));
	body = json_object();
	unit_ok(house_ask("key.activate", "officer-1", "root-key", body, "",
	    &a, &unit_err));
	answer_done(&a);
	json_decref(house_done("ca.create", "", world_json("{s:s, s:s, s:s,"
	    " s:[[s,s],[s,s]], s:{s:s, s:s}}", "name", "root", "profile",
	    "root", "key", "root-key", "subject", "organizationName", "O",
	    "commonName", "Root", "urls", "crl", "http://a/root", "delta",
	    "http://a/root")));
}

START_TEST(the_last_valid_list_is_served)
{
	struct err why = { .code = OK };

	house_begin();
	authority_make();
	flow->o.publisher = "publisher";
	flow->o.root_lifetime = TIME_S(86400);
	before = 0;
	ck_assert_msg(run_publish(0, &why) == 0, "%s", why.what);
	for (size_t i = 0; i < NELEM(STEPS); i++)
		ck_assert_uint_gt(house_each(&STEPS[i], FAULT_MEMORY |
		    FAULT_HERE), 3);
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow_publish",
	tcase_set_timeout(tc, 600);
	UNIT(the_last_valid_list_is_served))
