/*
 * certs - a house with a root, an issuing CA and an OCSP responder in the real
 * keeper; what is to be certified, as an honest service drafts it; tests then
 * spoil it.
 */
#ifndef TESTS_KEEPER_CERTS_H
#define TESTS_KEEPER_CERTS_H

#include <openssl/x509.h>
#include "ca/crl.h"
#include "ca/draft.h"
#include "ca/key.h"
#include "ca/ocsp.h"
#include "ca/seal.h"
#include "ca/serial.h"
#include "tests/keeper/hostile.h"

#define ROOT_URLS "{\"crl\":\"http://pki.example/root\"}"
#define URLS "{\"crl\":\"http://pki.example/devices\",\"delta\":\"http://pki.example/news\"}"

struct held_key {
	const char	*name;
	char		 hash[SHA256_HEX];
	struct blob	 spki;
};

struct pki {
	struct held_key	 root, issuing, responder, firmware;
	struct blob	 root_cert, issuing_cert;
	struct blob	 device;	/* SPKI of a device's key */
};
static struct pki pki = { .root.name = "root", .issuing.name = "issuing",
	.responder.name = "responder", .firmware.name = "firmware" };

static const char certs_rules[] = "["
"{\"name\":\"ca-make\",\"why\":\"By quorum.\",\"action\":[\"key.generate\",\"key.adopt\",\"key.activate\",\"key.resume\",\"ca.create\",\"ca.request\",\"ca.import\"],"
" \"by\":[\"officers\"],\"approvals\":[{\"count\":2,\"of\":\"officers\",\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
"{\"name\":\"device\",\"why\":\"A line.\",\"action\":[\"cert.issue\"],\"by\":[\"robots\"],"
" \"when\":{\"cert.profile\":\"device\",\"cert.ca\":\"devices\"},\"limit\":{\"uses\":5,\"per\":\"PT1H\"}},"
"{\"name\":\"server\",\"why\":\"By quorum.\",\"action\":[\"cert.issue\"],\"by\":[\"robots\"],"
" \"when\":{\"cert.profile\":[\"server\",\"ocsp\",\"time\",\"code\"]},\"approvals\":[{\"count\":1,\"of\":\"officers\",\"not\":[\"requester\"],\"within\":\"P1D\",\"proof\":[\"officer-key\"]}]},"
"{\"name\":\"lists\",\"why\":\"Always.\",\"action\":[\"crl.sign\",\"ocsp.sign\"],\"by\":[\"robots\"]},"
"{\"name\":\"ca-stop\",\"why\":\"Any officer.\",\"action\":[\"key.suspend\",\"key.deactivate\"],\"by\":[\"officers\"]}]";

static const char certs_profiles[] = "{"
"\"root\":{\"purpose\":\"x\",\"kind\":\"root\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P20Y\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"key-usage\":[\"key-cert-sign\",\"crl-sign\"],\"retention\":\"P0D\"},"
"\"issuing\":{\"purpose\":\"x\",\"kind\":\"issuing-ca\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P15Y\"},\"path-length\":0,"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"key-usage\":[\"key-cert-sign\",\"crl-sign\"],\"retention\":\"P0D\"},"
"\"device\":{\"purpose\":\"x\",\"kind\":\"end-entity\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P1Y\",\"backdate\":\"PT1H\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"device\"}],\"san\":[{\"type\":\"uri\",\"value\":\"urn:device:{device}\"}],"
" \"key-usage\":[\"digital-signature\"],\"extended-key-usage\":[\"client-auth\"],\"crl-distribution-point\":true,"
" \"device\":\"required\",\"retention\":\"P1Y\"},"
"\"server\":{\"purpose\":\"x\",\"kind\":\"end-entity\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P30D\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"san\":[{\"type\":\"dns\",\"from\":\"request\",\"most\":4,\"pattern\":\"[a-z.]+[.]example\"}],"
" \"key-usage\":[\"digital-signature\"],\"extended-key-usage\":[\"server-auth\"],\"retention\":\"P1Y\"},"
"\"ocsp\":{\"purpose\":\"x\",\"kind\":\"ocsp-responder\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P14D\",\"backdate\":\"PT1H\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"key-usage\":[\"digital-signature\"],\"extended-key-usage\":[\"ocsp-signing\"],\"ocsp-no-check\":true,\"retention\":\"P0D\"},"
"\"code\":{\"purpose\":\"x\",\"kind\":\"end-entity\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P1Y\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"key-usage\":[\"digital-signature\"],\"extended-key-usage\":[\"code-signing\"],\"retention\":\"P1Y\"},"
"\"time\":{\"purpose\":\"x\",\"kind\":\"timestamping\",\"keys\":[\"ec-p256\"],\"validity\":{\"for\":\"P1Y\"},"
" \"subject\":[{\"attribute\":\"commonName\",\"from\":\"request\",\"required\":true}],"
" \"key-usage\":[\"digital-signature\"],\"extended-key-usage\":[\"time-stamping\"],\"extended-key-usage-critical\":true,\"retention\":\"P0D\"}}";

static inline UNUSED json_t *
json_of(const char *text)
{
	json_t *j;

	unit_ok(json_read(text, strlen(text), &j, &unit_err));
	return j;
}

static inline UNUSED json_t *
certs_charter(void)
{
	json_t *c = house_charter_make(5);

	(void)json_object_set_new(json_object_get(json_object_get(c, "classes"),
	    "ca"), "rules", json_of(certs_rules));
	(void)json_object_set_new(c, "profiles", json_of(certs_profiles));
	(void)json_object_set_new(c, "lists", json_of("{\"lifetime\":\"P20D\"}"));
	return c;
}

static inline void
held_key_make(struct held_key *k, const char *class)
{
	const char *rule = strcmp(class, "ca") == 0 ? "ca-make" : "make";

	house_key(class, k->name, "ec-p256", "ecdsa-sha256", "production",
	    k->hash);
	unit_ok(b64_decode(json_str(json_object_get(json_object_get(rig.answer,
	    "entry"), "result"), "spki", ""), &k->spki, &unit_err));
	unit_ok(house_move(rule, ACTION_KEY_ACTIVATE, k->hash, k->name,
	    "active", "12"));
}

/* ---- what an honest service drafts ---- */

/* All that a certificate comes of.  What is allowed, and what is drafted, are
 * told apart, so that a test may spoil one of them. */
struct attempt {
	const char	*rule, *officers, *who;
	enum action	 action;
	json_t		*allowed;	/* owned: parameters of the request */
	json_t		*drafted;	/* owned: parameters of the draft */
	json_t		*profile;	/* owned: its document */
	const char	*profile_name;
	const struct blob *issuer_cert;	/* NULL: a root */
	struct issuer	*issuer;	/* owned */
	const struct held_key *by;
	struct blob	 spki;		/* owned */
	char		 request[ID_TEXT];
	struct serial	 serial;
	size_t		 serial_n;
	time_us		 not_before;
	unsigned	 partition;
	/* of the operation */
	char		 op_key[SHA256_HEX], op_issuer[SHA256_HEX];
	unsigned	 op_partition;
	struct blob	 tbs;		/* owned; made by attempt_draft unless it is there */
};

static inline void
attempt_done(struct attempt *a)
{
	json_decref(a->allowed);
	json_decref(a->drafted);
	json_decref(a->profile);
	issuer_free(a->issuer);
	blob_done(&a->spki);
	blob_done(&a->tbs);
}

/* What follows from the request, once all else is there. */
static inline void
attempt_number(struct attempt *a)
{
	unit_ok(id_new("req", clock_now(), a->request, &unit_err));
	unit_ok(serial_of(house.id, a->request, a->allowed, &a->serial,
	    &unit_err));
	a->serial_n = sizeof(a->serial.o);
	if (a->issuer != NULL)
		a->partition = serial_partition(&a->serial,
		    a->issuer->partitions);
	a->op_partition = a->partition;
}

static inline void
attempt_begin(struct attempt *a, const struct held_key *by,
    const struct blob *issuer_cert, const char *profile,
    const struct blob *spki, json_t *parameters)
{
	struct sha256 hash = sha256_of(spki->data, spki->len);
	AUTO_JSON *urls = json_of(URLS);

	a->by = by;
	a->issuer_cert = issuer_cert;
	a->profile_name = profile;
	a->profile = json_deep_copy(json_object_get(json_object_get(
	    house.charter, "profiles"), profile));
	unit_ok(blob_put(&a->spki, spki->data, spki->len, &unit_err));
	unit_ok(json_set_str(parameters, "key", by->hash, &unit_err));
	unit_ok(json_set_str(parameters, "key_name", by->name, &unit_err));
	unit_ok(json_set_str(parameters, "profile", profile, &unit_err));
	unit_ok(json_set_hash(parameters, "spki", &hash, &unit_err));
	a->allowed = parameters;
	a->drafted = json_deep_copy(parameters);
	a->not_before = clock_now() / TIME_S(1) * TIME_S(1);
	snprintf(a->op_key, sizeof(a->op_key), "%s", by->hash);
	if (issuer_cert != NULL) {
		unit_ok(issuer_read(span_blob(issuer_cert), urls, 4, &a->issuer,
		    &unit_err));
		hash = sha256_of(issuer_cert->data, issuer_cert->len);
		sha256_hex(&hash, a->op_issuer);
	}
	attempt_number(a);
}

static inline void
attempt_draft(struct attempt *a)
{
	AUTO(profile) *p = NULL;
	struct draft_ask ask = { .issuer = a->issuer,
		.parameters = a->drafted, .scheme = "ecdsa-sha256",
		.serial = span_of(a->serial.o, a->serial_n),
		.not_before = a->not_before, .partition = a->partition,
		.spki = span_blob(&a->spki) };

	if (a->tbs.len > 0)
		return;
	unit_ok(profile_read(a->profile_name, a->profile, &p, &unit_err));
	ask.profile = p;
	unit_ok(draft_tbs(&ask, &a->tbs, &unit_err));
}

static inline json_t *
certify_operation(const struct attempt *a)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:s, s:i}", "op",
	    "certify", "key", a->op_key, "principal", a->who, "issuer",
	    a->op_issuer, "partition", (int)a->op_partition));
	unit_ok(json_set_b64(op, "content", a->tbs.data, a->tbs.len,
	    &unit_err));
	return op;
}

static inline json_t *
attempt_permit(const struct attempt *a)
{
	json_t *q = ask(a->rule, a->action, a->who, json_deep_copy(a->allowed));

	unit_ok(json_set_str(q, "id", a->request, &unit_err));
	return permit(q, a->rule, a->officers);
}

/* What the keeper says; the permit is left in *ret_permit unless NULL. */
static inline int
attempt_go(struct attempt *a, json_t **ret_permit)
{
	json_t *p;
	int rc;

	attempt_draft(a);
	p = attempt_permit(a);
	rc = use(p, certify_operation(a));
	if (ret_permit != NULL)
		*ret_permit = p;
	else
		json_decref(p);
	return rc;
}

/* The certificate that the last answer completes. */
static inline void
attempt_whole(const struct attempt *a, struct blob *ret)
{
	struct blob sig = { 0 };

	unit_ok(b64_decode(signature_got(), &sig, &unit_err));
	unit_ok(seal_assemble(span_blob(&a->tbs), "ecdsa-sha256",
	    span_blob(&sig), ret, &unit_err));
	blob_done(&sig);
}

static inline json_t *
ca_parameters(const char *name, const char *cn, const char *issuer,
    const struct held_key *subject)
{
	json_t *p;

	unit_ok(json_build(&p, &unit_err,
	    "{s:s, s:[[s,s]], s:s, s:o, s:i, s:s*}", "name", name, "subject",
	    "commonName", cn, "subject_key_name", subject->name, "urls",
	    json_of(issuer != NULL ? URLS : ROOT_URLS), "partitions", 4,
	    "issuer", issuer));
	return p;
}

static inline UNUSED json_t *
device_parameters(const char *serial)
{
	char uri[80];
	json_t *p;

	snprintf(uri, sizeof(uri), "uri:urn:device:%s", serial);
	unit_ok(json_build(&p, &unit_err,
	    "{s:s, s:[[s,s]], s:[s], s:s}", "ca", "devices", "subject",
	    "commonName", serial, "san", uri, "device", serial));
	return p;
}

/* A certificate by quorum for a key of this house that is no CA's. */
static inline UNUSED json_t *
named_parameters(const char *cn)
{
	json_t *p;

	unit_ok(json_build(&p, &unit_err, "{s:s, s:[[s,s]], s:[]}", "ca",
	    "devices", "subject", "commonName", cn, "san"));
	return p;
}

static inline void
ca_attempt(struct attempt *a, const struct held_key *by,
    const struct blob *issuer_cert, const char *profile,
    const struct held_key *subject, json_t *parameters)
{
	*a = (struct attempt){ .rule = "ca-make", .officers = "12",
		.who = "officer-1", .action = ACTION_CA_CREATE };
	attempt_begin(a, by, issuer_cert, profile, &subject->spki, parameters);
}

static inline UNUSED void
device_attempt(struct attempt *a, const char *serial)
{
	*a = (struct attempt){ .rule = "device", .officers = "", .who = "ci",
		.action = ACTION_CERT_ISSUE };
	attempt_begin(a, &pki.issuing, &pki.issuing_cert, "device",
	    &pki.device, device_parameters(serial));
}

static inline UNUSED void
named_attempt(struct attempt *a, const char *profile,
    const struct blob *spki)
{
	*a = (struct attempt){ .rule = "server", .officers = "1", .who = "ci",
		.action = ACTION_CERT_ISSUE };
	attempt_begin(a, &pki.issuing, &pki.issuing_cert, profile, spki,
	    named_parameters("a.example"));
}

static inline UNUSED void
certs_cas(const char *root_permits)
{
	json_t *p = ca_parameters("root", "Root", NULL, &pki.root), *only;
	struct attempt a;

	if (root_permits != NULL) {
		unit_ok(json_build(&only, &unit_err, "{s:[s]}", "permitted",
		    root_permits));
		(void)json_object_set_new(p, "name_constraints", only);
	}
	ca_attempt(&a, &pki.root, NULL, "root", &pki.root, p);
	unit_ok(attempt_go(&a, NULL));
	attempt_whole(&a, &pki.root_cert);
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &pki.issuing,
	    ca_parameters("devices", "Devices", "root", &pki.issuing));
	unit_ok(attempt_go(&a, NULL));
	attempt_whole(&a, &pki.issuing_cert);
	attempt_done(&a);
}

/* A root, its issuing CA, and keys that are neither; NULL: all is permitted. */
static inline UNUSED void
certs_setup_below(const char *root_permits)
{
	EVP_PKEY *device = EVP_EC_gen("P-256");

	rig_setup();
	house_people();
	house_found_with(certs_charter());
	held_key_make(&pki.root, "ca");
	held_key_make(&pki.issuing, "ca");
	held_key_make(&pki.responder, "ca");
	held_key_make(&pki.firmware, "firmware");
	unit_ok(proof_spki_of(device, &pki.device, &unit_err));
	EVP_PKEY_free(device);
	certs_cas(root_permits);
}

static inline UNUSED void
certs_setup(void)
{
	certs_setup_below(NULL);
}

static inline UNUSED void
certs_teardown(void)
{
	struct blob *all[] = { &pki.root.spki, &pki.issuing.spki,
		&pki.responder.spki, &pki.firmware.spki, &pki.root_cert,
		&pki.issuing_cert, &pki.device };

	for (size_t i = 0; i < NELEM(all); i++)
		blob_done(all[i]);
	house_teardown();
}

/* ---- lists and answers ---- */

struct list_attempt {
	const char	*ca;		/* of the request */
	const struct held_key *by;
	const struct blob *issuer_cert;
	struct crl_ask	 ask;
	const char	*url;		/* of the partition, or NULL */
	int		 op_partition;	/* -1: none */
	int		 asked;		/* partition of the request; -1: none */
	struct span	 list;		/* instead of the draft; n is 0: none */
};

static inline UNUSED json_t *
crl_permit(const struct list_attempt *a)
{
	json_t *p = key_parameters(a->by->hash, a->by->name);

	unit_ok(json_set_str(p, "ca", a->ca, &unit_err));
	if (a->asked >= 0)
		unit_ok(json_set_int(p, "partition", a->asked, &unit_err));
	return permit(ask("lists", ACTION_CRL_SIGN, "ci", p), "lists", "");
}

#define POINT(n)	"http://pki.example/devices/" n ".crl"
#define NEWS(n)	"http://pki.example/news/" n ".delta.crl"

/* A full list of the first partition, which has deltas. */
static inline UNUSED void
list_begin(struct list_attempt *a, uint64_t number)
{
	time_us now = clock_now();

	*a = (struct list_attempt){ .ca = "devices", .by = &pki.issuing,
		.issuer_cert = &pki.issuing_cert, .url = POINT("0"),
		.asked = -1, .ask = { .freshest = NEWS("0"), .scheme = "ecdsa-sha256",
		.number = number_of(number), .this_update = now,
		.next_update = now + TIME_S(86400) } };
}

/* A full list of a partition that has deltas, or a delta to one. */
static inline UNUSED void
point_begin(struct list_attempt *l, uint64_t number, uint64_t base)
{
	list_begin(l, number);
	l->op_partition = 1;
	l->url = POINT("1");
	l->ask.freshest = base > 0 ? NULL : NEWS("1");
	if (base > 0)
		l->ask.base = number_of(base);
}

static inline UNUSED void
list_draft(const struct list_attempt *a, struct blob *ret)
{
	AUTO_JSON *urls = json_of(URLS);
	AUTO(issuer) *i = NULL;
	struct crl_ask ask = a->ask;

	unit_ok(issuer_read(span_blob(a->issuer_cert), urls, 4, &i, &unit_err));
	if (ask.issuer.n == 0)
		ask.issuer = i->subject;
	if (ask.key_id.n == 0)
		ask.key_id = i->key_id;
	ask.partition = a->url;
	unit_ok(crl_draft(&ask, ret, &unit_err));
}

static inline UNUSED json_t *
crl_operation(const struct list_attempt *a, const char *issuer_hash)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:s}", "op", "crl",
	    "key", a->by->hash, "principal", "ci", "issuer", issuer_hash));
	if (a->op_partition >= 0)
		unit_ok(json_set_int(op, "partition", a->op_partition,
		    &unit_err));
	return op;
}

/* One message with something attached; stolen. */
static inline UNUSED int
rig_call_with(json_t *m, const struct blob *attached)
{
	struct blob b = { 0 };
	uint32_t id;

	unit_ok(message_write(m, &b, &unit_err));
	json_decref(m);
	unit_ok(frame_writer_add_with(rig.out, ++rig.id, b.data, b.len,
	    attached->data, attached->len, &unit_err));
	unit_ok(frame_writer_flush(rig.out, rig.fd, &unit_err));
	blob_done(&b);
	json_decref(rig.answer);
	rig.answer = rig_next(&id);
	ck_assert_msg(rig.answer != NULL, "the keeper hung up");
	ck_assert_uint_eq(id, rig.id);
	return answer_check(rig.answer, &unit_err);
}

static inline UNUSED int
list_use(const struct list_attempt *a, const json_t *p,
    const struct blob *list)
{
	struct sha256 hash = sha256_of(a->issuer_cert->data,
	    a->issuer_cert->len);
	char hex[SHA256_HEX];

	sha256_hex(&hash, hex);
	return rig_call_with(use_message(p, crl_operation(a, hex)), list);
}

static inline UNUSED int
list_go(const struct list_attempt *a)
{
	struct blob list = { 0 };
	json_t *p = crl_permit(a);
	int rc;

	list_draft(a, &list);
	rc = list_use(a, p, &list);
	blob_done(&list);
	json_decref(p);
	return rc;
}

static inline UNUSED json_t *
ocsp_permit(const struct held_key *by)
{
	return permit(ask("lists", ACTION_OCSP_SIGN, "ci",
	    key_parameters(by->hash, by->name)), "lists", "");
}

/* An answer for one certificate, as the responder with this SPKI gives it. */
static inline UNUSED void
answer_draft(const struct blob *spki, time_us produced, time_us this,
    time_us next, struct blob *ret)
{
	struct ocsp_issuer i, own;
	struct number serial = number_of(77);
	struct blob id = { 0 };
	struct ocsp_single s = { .status = OCSP_GOOD, .this_update = this,
		.next_update = next };
	struct ocsp_ask ask = { .produced = produced, .single = &s, .n = 1 };

	unit_ok(ocsp_issuer_make(span_of("\x30\x00", 2),
	    span_blob(&pki.issuing.spki), &i, &unit_err));
	unit_ok(ocsp_issuer_make(span_of("\x30\x00", 2), span_blob(spki), &own,
	    &unit_err));
	unit_ok(ocsp_certid_write(&i, OCSP_SHA1, &serial, &id, &unit_err));
	s.certid = span_blob(&id);
	ask.key_hash = span_of(own.key_sha1, sizeof(own.key_sha1));
	unit_ok(ocsp_response_data(&ask, ret, &unit_err));
	blob_done(&id);
}

static inline UNUSED json_t *
ocsp_operation(const struct held_key *by, const struct blob *answer,
    size_t times)
{
	AUTO_JSON *one = json_object();
	json_t *op, *content = json_array();

	unit_ok(json_set_b64(one, "x", answer->data, answer->len, &unit_err));
	for (size_t i = 0; i < times; i++)
		(void)json_array_append(content, json_object_get(one, "x"));
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s, s:o}", "op",
	    "ocsp", "key", by->hash, "principal", "ci", "content", content));
	return op;
}

static inline UNUSED int
ocsp_go(const struct held_key *by, const json_t *p, size_t times)
{
	time_us now = clock_now();
	struct blob answer = { 0 };
	int rc;

	answer_draft(&by->spki, now, now, now + TIME_S(86400), &answer);
	rc = use(p, ocsp_operation(by, &answer, times));
	blob_done(&answer);
	return rc;
}

/* ---- and what it got ---- */

#define MADE	2	/* certificates of the CAs themselves, that certs_setup made */

/* Refused with this code, and the journal has no certificate more. */
static inline UNUSED void
no_certificate(int rc, size_t made, const char *code)
{
	const char *got = json_str(rig.answer, "code", "none");

	ck_assert_msg(rc != 0, "the keeper did it");
	ck_assert_msg(strcmp(got, code) == 0, "refused as %s (%s), expected %s",
	    got, json_str(rig.answer, "what", ""), code);
	ck_assert_ptr_null(signature_got());
	ck_assert_uint_eq(rig_entries("certify"), made);
}

static inline UNUSED void
no_answer(int rc, const char *code)
{
	const char *got = json_str(rig.answer, "code", "none");

	ck_assert_msg(rc != 0 && strcmp(got, code) == 0,
	    "%s (%s), expected %s", got, json_str(rig.answer, "what", ""), code);
	ck_assert_ptr_null(json_object_get(rig.answer, "signatures"));
}

#endif
