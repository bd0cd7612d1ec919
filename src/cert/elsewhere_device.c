/* elsewhere_device - whose the certificates of other CAs are, and their keys, and who
 * else has them; see elsewhere.h. */
#include <string.h>
#include "ca/bearer.h"
#include "cert/elsewhere.h"
#include "cert/inside.h"

#define PAGE	16	/* certificates of one key that lie in memory at once */

/* How far the certificates of a key were looked at, and what one of them said. */
struct looking {
	const char	*device;
	time_us		 end;
	struct cert_bearer *found;
};

static int
row_look(const struct rows *r, struct looking *l, struct err *err)
{
	struct cert	 c;
	const void	*der;
	size_t		 n;

	l->end = rows_int(r, "not_after");
	TRY(rows_copy(r, "fingerprint", l->found->print,
	    sizeof(l->found->print), err));
	der = rows_blob(r, "der", &n);
	TRY(cert_read_other(der, n, &c, err));
	bearer_other(&c.tbs, l->device, l->found->device);
	return 0;
}

static int
page_look(struct tx *tx, const char *spki, struct looking *l, bool *ret_more,
    struct err *err)
{
	AUTO(rows)	*r = NULL;

	TRY(tx_query(tx, "elsewhere_cert_bearers", PARAMS(v_text(spki),
	    v_int(l->end), v_text(l->found->print), v_int(PAGE)), &r, err));
	for (unsigned i = 0; i < PAGE; i++) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more)
			return 0;
		TRY(row_look(r, l, err));
		if (l->found->device[0] != '\0')
			return 0;
	}
	return 0;
}

int
cert_elsewhere_bearer(struct tx *tx, const char *spki, const char *device,
    time_us now, struct cert_bearer *ret, struct err *err)
{
	struct looking	 l = { .device = device, .end = now, .found = ret };
	bool		 more = true;

	memset(ret, 0, sizeof(*ret));
	while (more && ret->device[0] == '\0')
		TRY(page_look(tx, spki, &l, &more, err));
	return 0;
}

int
cert_elsewhere_devices_put(struct tx *tx, const struct tbs *t,
    const char *print, struct err *err)
{
	struct bearer_list	 l;

	bearer_all(t, &l);
	for (unsigned i = 0; i < l.n; i++)
		TRY(tx_run(tx, "elsewhere_cert_device_put",
		    PARAMS(v_text(l.name[i]), v_int(t->not_after),
		    v_text(print)), NULL, err));
	return 0;
}

int
cert_elsewhere_compromised(struct tx *tx, const char *spki,
    char ret[SHA256_HEX], struct err *err)
{
	AUTO(rows)	*r = NULL;
	bool		 there;

	TRY(tx_query(tx, "elsewhere_cert_compromised", PARAMS(v_text(spki)),
	    &r, err));
	TRY(rows_next(r, &there, err));
	ret[0] = '\0';
	return there ? rows_copy(r, "fingerprint", ret, SHA256_HEX, err) : 0;
}
