/*
 * What another CA has revoked is entered once, or not at all, whatever fails:
 * each list is newer than the one before, holds one certificate and releases
 * the other.
 */
#include "config.h"

#include "tests/fault/house.h"
#include "tests/fault/libraries.h"
#include "tests/unit/ca_signer.h"

static struct signer other, leaf;

static void
other_enter(const struct signer *s)
{
	char *text = b64_encode(s->der.data, s->der.len);
	json_t *ask = world_json("{s:[s]}", "certificates", text);

	unit_ok(house_ask("cert.import", "officer-1", "", ask, "", &answer,
	    &unit_err));
	ck_assert_msg(answer.code == OK, "%s", answer.detail);
	answer_done(&answer);
	json_decref(ask);
	free(text);
}

static void
before_list(unsigned n)
{
	struct blob der = { 0 };
	time_t now = time(NULL);
	X509_CRL *list;
	char *text;

	if (other.key == NULL) {
		signer_root(&other);
		signer_make(&leaf, &other, "leaf", 100, NULL, NULL);
		other_enter(&other);
		other_enter(&leaf);
	}
	step_clear();
	list = signer_list(&other, n + 1, now - 60, now + 3600);
	signer_entry(list, 100 + n % 2, REASON_HOLD);
	signer_list_sign(&other, list, &der);
	text = b64_encode(der.data, der.len);
	body = world_json("{s:s}", "crl", text);
	free(text);
	blob_done(&der);
}

static int
run_list(unsigned n, struct err *err)
{
	return asked("crl.import", "officer-1", "", "list", n, OK, err);
}

static void
after_list(unsigned n)
{
	ck_assert_uint_eq(house_made("crl.imported"), 1);
}

static const unsigned KINDS[] = { FAULT_MEMORY, FAULT_SQLITE, FAULT_OPENSSL };

START_TEST(a_list_is_taken_once_or_not_at_all)
{
	static const struct step step = { "a list", before_list, run_list,
		after_list, 60 };

	house_begin();
	ck_assert_uint_gt(house_each(&step, KINDS[_i] | FAULT_HERE), 1);
	house_end();
	signer_done(&leaf);
	signer_done(&other);
}
END_TEST

UNIT_MAIN("fault/flow_list",
	tcase_set_timeout(tc, 600);
	UNIT_ROWS(a_list_is_taken_once_or_not_at_all, KINDS))
