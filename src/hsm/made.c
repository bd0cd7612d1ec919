#include "config.h"

#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "hsm/template.h"

static int
set_uri_attributes(P11KitUri *uri, CK_OBJECT_CLASS class,
    const struct template_name *n)
{
	struct template t = { .n = 0 };
	CK_ULONG i;

	template_uri(&class, n, &t);
	for (i = 0; i < t.n; i++)
		if (p11_kit_uri_set_attribute(uri, &t.a[i]) != P11_KIT_URI_OK)
			return -1;
	return 0;
}

/* Token by serial and label alone: a firmware update of the HSM may change the rest. */
int
made_uri(struct hsm *h, CK_OBJECT_CLASS class, const struct template_name *n,
    struct hsm_made *ret, struct err *err)
{
	P11KitUri *uri = p11_kit_uri_new();
	CK_TOKEN_INFO info, *in;
	char *text = NULL;
	int rc = 0;

	pool_info(&h->pool, &info);
	if (uri == NULL)
		return err_set(err, ENOMEMORY, "a URI");
	in = p11_kit_uri_get_token_info(uri);
	memcpy(in->label, info.label, sizeof(in->label));
	memcpy(in->serialNumber, info.serialNumber, sizeof(in->serialNumber));
	if (set_uri_attributes(uri, class, n) != 0 ||
	    p11_kit_uri_format(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &text) !=
	    P11_KIT_URI_OK || strlen(text) >= sizeof(ret->uri))
		rc = err_set(err, EINTERNAL, "a URI could not be written");
	else
		memcpy(ret->uri, text, strlen(text) + 1);
	free(text);
	p11_kit_uri_free(uri);
	return rc;
}
