/*
 * What the pipeline reads with no memory left at any moment: the whole of it,
 * or an error; never a part.
 */
#include "config.h"

#include <sys/mman.h>
#include "base/b64.h"
#include "flow/inside.h"
#include "flow/warn.h"
#include "flow/warner.h"
#include "tests/fault/house.h"
#include "tests/fault/libraries.h"

static void
nothing_made(unsigned n)
{
	ck_assert_uint_eq(house_events(), began);
}

typedef int reader(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err);

/* The views of now, asked for as the rest is. */
#define R(name) static int \
view_##name(struct flow *f, const struct caller *who, const char *subject, \
    const json_t *query, json_t **ret, struct err *err) \
{ struct moment now = flow_now(f); \
  return flow_##name(&now, subject, query, ret, err); }
FLOW_VIEWS(R)
#undef R

static const struct {
	const char	*why;
	reader		*fn;
	const char	*who, *subject;
	const char	*query;		/* JSON with ' for " */
} READS[] = {
	{ "principals", flow_principal_list, "ci", "", "{}" },
	{ "a principal", flow_principal_show, "ci", "officer-1", "{}" },
	{ "credentials", flow_credential_list, "ci", "", "{}" },
	{ "keys", flow_key_list, "ci", "", "{'limit':2}" },
	{ "a key", flow_key_show, "ci", KEY, "{}" },
	{ "keys elsewhere", flow_key_list, "ci", "", "{'elsewhere':true}" },
	{ "a key elsewhere", flow_key_show, "ci", "vendor", "{}" },
	{ "all of it", view_inventory_key, "ci", "vendor", "{}" },
	{ "certificates of others", flow_cert_list, "ci", "",
	    "{'elsewhere':true}" },
	{ "findings", flow_finding_list, "ci", "", "{'state':'open'}" },
	{ "absent keys", flow_finding_list, "ci", "", "{'state':'absent'}" },
	{ "requests, of all", flow_request_list, "officer-1", "", "{}" },
	{ "a request", flow_request_show, "officer-2", "REQUEST", "{}" },
	{ "windows", flow_window_list, "ci", "", "{}" },
	{ "the charter", flow_charter_show, "ci", "", "{}" },
	{ "its history", flow_charter_show, "ci", "", "{'history':true}" },
	{ "who can", flow_charter_who_can, "ci", "", "{'key':'" KEY "'}" },
	{ "why", flow_charter_explain, "ci", "",
	    "{'action':'key.sign','key':'" KEY "'}" },
	{ "what would be", flow_charter_check, "ci", "", "{'charter':{}}" },
	{ "events", flow_event_list, "ci", "", "{'limit':20}" },
	{ "an event", flow_event_show, "ci", "0", "{}" },
	{ "consistency", flow_consistency, "ci", "", "{'from':1,'to':5}" },
	{ "product lines", view_inventory_products, "ci", "", "{}" },
	{ "a product line", view_inventory_product, "ci", "camera", "{}" },
	{ "all of a key", view_inventory_key, "ci", KEY, "{}" },
	{ "alerts", flow_alert_list, "ci", "", "{'limit':1}" },
	{ "an alert", flow_alert_show, "ci", "ALERT", "{}" },
	{ "what was signed", flow_artifact_list, "ci", "",
	    "{'product':'camera'}" },
	{ "an artifact", flow_artifact_show, "ci", "IMAGE", "{}" },
	{ "what ends before its support", view_inventory_solvency, "ci", "",
	    "{}" },
	{ "devices", flow_device_list, "ci", "", "{}" },
	{ "a device", view_inventory_device, "ci", "", "{'device':'D-1'}" },
	{ "what lacks something", view_inventory_gaps, "ci", "", "{}" },
	{ "a signature's evidence", flow_request_evidence, "ci", "SIGNED",
	    "{}" },
};

static unsigned reading;
static char waiting[ID_TEXT], made[ID_TEXT], alert[ID_TEXT], image_digest[SHA256_HEX];
static int64_t alerts;		/* that are open */
static json_t *whole;		/* what was read first */

static int
run_read(unsigned n, struct err *err)
{
	const char *subject = READS[reading].subject;
	struct caller who = house_person(READS[reading].who);
	AUTO_JSON *j = NULL;
	int rc;

	if (strcmp(subject, "REQUEST") == 0)
		subject = waiting;
	if (strcmp(subject, "SIGNED") == 0)
		subject = made;
	if (strcmp(subject, "ALERT") == 0)
		subject = alert;
	if (strcmp(subject, "IMAGE") == 0)
		subject = image_digest;
	rc = READS[reading].fn(flow, &who, subject, body, &j, err);
	fault_holds((rc == 0) == (j != NULL));
	if (rc != 0)
		return rc;
	/* All of it, or an error. */
	json_object_del(j, "as_of");
	json_object_del(j, "at");
	json_object_del(j, "time");
	json_object_del(j, "until");
	if (whole == NULL)
		whole = json_incref(j);
	return json_equal(whole, j) ? 0 :
	    err_set(err, EINTERNAL, "something is missing");
}

/* ---- the house itself */

static int
run_bundle(unsigned n, struct err *err)
{
	int fd = memfd_create("bundle", 0);
	int rc = flow_bundle(flow, 0, fd, err);

	close(fd);
	return rc;
}

static int
run_house(unsigned n, struct err *err)
{
	AUTO_JSON *status = NULL, *ready = NULL, *genesis = NULL;
	struct caller who = house_person("officer-1");
	struct blob text = { 0 };
	int rc = flow_status(flow, &who, &status, err);

	/* A member is told all that a member is told. */
	if (rc == 0 && json_object_get(status, "counts") == NULL)
		rc = err_set(err, EINTERNAL, "half a status");
	if (rc == 0)
		rc = flow_ready(flow, &ready, err);
	if (rc == 0)
		rc = flow_genesis(flow, &genesis, err);
	if (rc == 0)
		rc = flow_metrics(flow, &text, err);
	if (rc == 0)
		rc = flow_checkpoint(flow, &text, err);
	blob_done(&text);
	return rc;
}

/* Each time there is one alert, whatever failed before: none doubled, none lost. */
static int
run_look(unsigned n, struct err *err)
{
	AUTO_JSON *status = NULL;
	struct blob text = { 0 };
	int rc = warn_once(flow, err);

	if (rc == 0)
		rc = flow_calendar(flow, body, &text, err);
	if (rc == 0)
		rc = warn_status(flow, &status, err);
	blob_done(&text);
	if (rc != 0)
		return rc;
	return json_int(status, "open", 0) == alerts ? 0 : err_set(err,
	    EINTERNAL, "%lld alerts", (long long)json_int(status, "open", 0));
}

static int
run_may_read(unsigned n, struct err *err)
{
	struct caller ci = house_person("ci"), nobody = house_person("nobody");
	struct answer a = { .code = OK }, no = { .code = OK };
	int rc = flow_may_read(flow, &ci, "audit.export", &a, err);

	fault_holds(a.code == OK && a.body == NULL);
	if (rc == 0)
		rc = flow_may_read(flow, &nobody, "audit.export", &no, err);
	fault_holds(rc != 0 || no.code == EDENIED);
	answer_done(&no);
	return rc;
}

static const struct step STEPS[] = {
	{ "a bundle", NULL, run_bundle, nothing_made, 120 },
	{ "how it stands", NULL, run_house, nothing_made, 150 },
	{ "what runs out", NULL, run_look, nothing_made, 0 },
	{ "who may read", NULL, run_may_read, NULL, 0 },
};

static void
ask_for(const char *query)
{
	char text[256];

	snprintf(text, sizeof(text), "%s", query);
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	step_clear();
	unit_ok(json_read(text, strlen(text), &body, &unit_err));
	if (json_object_get(body, "charter") != NULL)
		json_object_set_new(body, "charter",
		    json_deep_copy(charter_json(w.charter)));
}

static void
say(const char *action, json_t *ask)
{
	struct answer a;

	unit_ok(house_ask(action, "officer-1", "", ask, "", &a, &unit_err));
	ck_assert_msg(a.code == OK, "%s", a.detail);
	answer_done(&a);
	json_decref(ask);
}

#define NO_PRINT \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* What lies about, by its public half; and an entry's key that is away. */
static void
say_found(void)
{
	struct blob spki = { 0 };
	struct sha256 h;
	char hex[SHA256_HEX];
	json_t *gone;

	unit_ok(b64_decode(WORLD_SPKI, &spki, &unit_err));
	h = sha256_of(spki.data, spki.len);
	sha256_hex(&h, hex);
	blob_done(&spki);
	gone = world_finding("token-key", "pkcs11:token=t;id=%01", hex);
	say("discovery.report", world_json("{s:[o, o, o, O], s:[]}", "found",
	    world_finding("private-key", "file://h/x", NULL),
	    world_finding("private-key", "file://h/z", hex),
	    world_finding("certificate", "file://h/y", NO_PRINT), gone,
	    "gone"));
	say("discovery.report", world_json("{s:[], s:[o]}", "found", "gone",
	    world_finding_id(gone)));
	json_decref(gone);
}

/* Of the line that the house has a key for. */
static void
say_elsewhere(void)
{
	char print[SHA256_HEX], *text = world_other("other", print);

	say("key.register", world_json("{s:s, s:s, s:s, s:[s], s:s}", "name",
	    "vendor", "class", "firmware-signing", "at", "a vendor",
	    "products", "camera", "public_key", WORLD_SPKI));
	say("cert.import", world_json("{s:[s], s:[s]}", "certificates", text,
	    "products", "camera"));
	free(text);
	say_found();
}

static void
say_devices(void)
{
	say("install.report", world_json("{s:[{s:s, s:s, s:s, s:s}]}",
	    "installs", "serial", "D-1", "artifact_digest", image_digest,
	    "installed_at", "2026-11-21", "market", "EU"));
	say("device.import", world_json("{s:[{s:s, s:s, s:s, s:[s]}, {s:s}]}",
	    "devices", "serial", "D-1", "product", "camera", "made_at",
	    "2026-11-20", "keys", "fw", "serial", "D-2"));
}

static int
alert_write(struct tx *tx, void *ctx, struct err *err)
{
	return alert_put(tx, ctx, err);
}

/* What that entry lacks has been told of, and lasts. */
static void
raise_one(void)
{
	struct alert a = { .watch = WATCH_GAP, .subject = "elsewhere vendor",
	    .threshold = NO_THRESHOLD, .raised = 1, .changed = 1, .told = 1,
	    .about = world_json("{s:s, s:s}", "name", "vendor", "what", "-") };
	AUTO_JSON *status = NULL;

	unit_ok(id_new("alr", clock_now(), a.id, &unit_err));
	memcpy(alert, a.id, sizeof(alert));
	unit_ok(store_write(w.store, alert_write, &a, &unit_err));
	alert_done(&a);
	unit_ok(warn_once(flow, &unit_err));
	unit_ok(warn_status(flow, &status, &unit_err));
	alerts = json_int(status, "open", 0);
	ck_assert_int_ge(alerts, 1);
}

static int
spoil(struct tx *tx, void *ctx, struct err *err)
{
	return tx_run(tx, "elsewhere_key_put", PARAMS(v_text("spoilt"),
	    v_text(""), v_text("firmware-signing"), v_text("production"),
	    v_text("{"), v_text("-"), v_int(1), v_int(1), v_int(1)),
	    NULL, err);
}

/* One that cannot be read keeps all keys from being looked at, and nothing else:
 * what is open on them is not over. */
static void
part_fails(void)
{
	time_us before = warner_looked(flow->warner);
	AUTO_JSON *status = NULL;

	ck_assert_int_gt(before, 0);
	unit_ok(store_write(w.store, spoil, NULL, &unit_err));
	unit_ok(warn_once(flow, &unit_err));
	unit_ok(warn_status(flow, &status, &unit_err));
	ck_assert_int_eq(json_int(status, "open", 0), alerts);
	ck_assert_int_eq(warner_looked(flow->warner), before);
}

START_TEST(what_is_read_is_whole)
{
	unsigned others = 0;

	house_begin();
	open_image("waiting", 1, "7");
	memcpy(waiting, last, sizeof(waiting));
	open_image("signed", 1, "8");
	snprintf(image_digest, sizeof(image_digest), "%s", json_str(
	    json_object_get(body, "digest"), "value", ""));
	ck_assert_uint_eq(strlen(image_digest), SHA256_HEX - 1);
	house_approve(document, 0);
	house_approve(document, 1);
	memcpy(made, last, sizeof(made));
	say_elsewhere();
	say_devices();
	raise_one();
	sleep(2);
	for (reading = 0; reading < NELEM(READS); reading++) {
		struct step step = { READS[reading].why, NULL, run_read,
			nothing_made, 100 };

		ask_for(READS[reading].query);
		ck_assert_uint_gt(house_each(&step, FAULT_MEMORY |
		    FAULT_HERE), 3);
		step.most = 40;
		others += house_each(&step, FAULT_SQLITE | FAULT_HERE);
		others += house_each(&step, FAULT_OPENSSL | FAULT_HERE);
		json_decref(whole);
		whole = NULL;
	}
	ck_assert_uint_gt(others, 100);
	ask_for("{}");
	for (size_t i = 0; i < NELEM(STEPS); i++) {
		ck_assert_uint_gt(house_each(&STEPS[i], FAULT_MEMORY |
		    FAULT_HERE), 10);
		(void)house_each(&STEPS[i], FAULT_SQLITE | FAULT_HERE);
		(void)house_each(&STEPS[i], FAULT_IO | FAULT_HERE);
	}
	part_fails();
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow_read",
	tcase_set_timeout(tc, 600);
	UNIT(what_is_read_is_whole))
