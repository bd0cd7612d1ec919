/* holder - see holder.h. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "flow/holder.h"
#include "policy/action.h"
#include "product/device.h"
#include "state/state.h"

_Static_assert(BEARER_TEXT == CERT_DEVICE, "a device is one everywhere");

/* Nobody vouches for these: whoever may speak of the device itself says more. */
static int
elsewhere_find(struct tx *tx, const char *spki, const char *device,
    struct holder *ret, struct err *err)
{
	struct cert_bearer b;
	bool own;

	TRY(cert_elsewhere_bearer(tx, spki, device, clock_now(), &b, err));
	if (b.device[0] == '\0')
		return 0;
	TRY(device_has_key(tx, spki, device, &own, err));
	if (own)
		return 0;
	memcpy(ret->device, b.device, sizeof(ret->device));
	memcpy(ret->print, b.print, sizeof(ret->print));
	return 0;
}

/* What this house issued comes first: it needs nobody's word. */
static int
device_find(struct tx *tx, const struct sha256 *spki, const char *hex,
    const char *device, struct holder *ret, struct err *err)
{
	TRY(cert_spki_device(tx, spki, device, ret->device, err));
	if (ret->device[0] != '\0')
		return 0;
	TRY(device_of_key(tx, hex, device, ret->device, sizeof(ret->device),
	    err));
	ret->said = ret->device[0] != '\0';
	return ret->said ? 0 : elsewhere_find(tx, hex, device, ret, err);
}

/* Whose a key in the token is needs nobody's word, unless it shall be a
 * device's: a company's number in another CA's certificate is no device. */
int
holder_find(struct tx *tx, const json_t *parameters, struct holder *ret,
    struct err *err)
{
	const char *device = json_str(parameters, "device", "");
	char hex[SHA256_HEX];
	struct sha256 spki;

	memset(ret, 0, sizeof(*ret));
	TRY(json_need_hash(parameters, "spki", &spki, err));
	sha256_hex(&spki, hex);
	TRY(cert_spki_compromised(tx, &spki, ret->compromised, err));
	TRY(cert_elsewhere_compromised(tx, hex, ret->leaked, err));
	if (device[0] == '\0' && json_object_get(parameters, "csr") == NULL)
		return 0;
	return device_find(tx, &spki, hex, device, ret, err);
}

int
holder_check(const struct holder *h, const char *place, struct err *err)
{
	char by[SHA256_HEX + 40] = "";

	if (h->compromised[0] != '\0')
		return err_set(err, ECONFLICT, "%s: certificate %s of this "
		    "key was revoked because somebody else has the key; make a "
		    "new one (RFC 5280, 5.3.1)", place, h->compromised);
	if (h->leaked[0] != '\0')
		return err_set(err, ECONFLICT, "%s: another CA revoked its "
		    "certificate %.64s of this key because somebody else has "
		    "the key; make a new one (RFC 5280, 5.3.1)", place,
		    h->leaked);
	if (h->device[0] == '\0')
		return 0;
	if (h->print[0] != '\0')
		snprintf(by, sizeof(by), ", by certificate %.64s of another CA",
		    h->print);
	return err_set(err, ECONFLICT, "%s: this key is in the inventory as "
	    "that of device %s%s; every device has a key of its own", place,
	    h->device, h->said ? ", by what its factory said" : by);
}
