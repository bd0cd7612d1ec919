/* How long revocation lists live, and when the next is signed. */
#include "config.h"

#include "flow/publish.h"
#include "tests/unit/ca.h"

#define DAY	TIME_S(86400)

static const struct flow_options OPTIONS = { .crl_lifetime = 7 * DAY,
	.root_lifetime = 180 * DAY, .delta_lifetime = DAY };

START_TEST(whoever_certified_itself_has_lists_that_live_longer)
{
	AUTO(issuer) *root = ca_issuer("root", NULL, CA_ROOT_NAME);
	AUTO(issuer) *below = ca_issuer("issuing-ca", root, CA_NAME);
	struct cert_ca own = { .der = root->der }, ca = { .der = below->der };
	const struct list_id full = { .delta = false }, delta = { .delta = true };

	ck_assert_int_eq(list_lifetime(&OPTIONS, &own, &full), 180 * DAY);
	ck_assert_int_eq(list_lifetime(&OPTIONS, &ca, &full), 7 * DAY);
	ck_assert_int_eq(list_lifetime(&OPTIONS, &own, &delta), DAY);
	ck_assert_int_eq(list_lifetime(&OPTIONS, &ca, &delta), DAY);
}
END_TEST

static const struct {
	const char	*why;
	time_us		 lifetime, last, want;
} RENEWALS[] = {
	{ "half of its life", 7 * DAY, 7 * DAY, 7 * DAY / 2 },
	{ "it should live longer: before it ends all the same", 180 * DAY,
	    7 * DAY, 7 * DAY / 2 },
	{ "it should live shorter: as if it did", DAY, 7 * DAY, DAY / 2 },
};

START_TEST(the_next_list_is_there_before_the_last_ends)
{
	struct cert_crl last = { .this_update = 1000 * DAY,
	    .next_update = 1000 * DAY + RENEWALS[_i].last };

	ck_assert_msg(list_renewal(RENEWALS[_i].lifetime, &last) ==
	    1000 * DAY + RENEWALS[_i].want, "%s", RENEWALS[_i].why);
}
END_TEST

UNIT_MAIN("flow/list",
	UNIT(whoever_certified_itself_has_lists_that_live_longer)
	UNIT_ROWS(the_next_list_is_there_before_the_last_ends, RENEWALS))
