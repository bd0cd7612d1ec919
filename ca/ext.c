#include "config.h"

#include "ca/ext.h"

int
ext_open(struct der *w, enum oid o, bool critical)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, o));
	if (critical)
		TRY(der_bool(w, true));
	return der_open(w, DER_OCTET_STRING);
}

int
ext_close(struct der *w)
{
	TRY(der_close(w));
	return der_close(w);
}

static int
ext_take(struct span *in, struct ext *ret, struct err *err)
{
	struct span body, critical;

	TRY(der_take(in, DER_SEQUENCE, "an extension", &body, err));
	TRY(der_take(&body, DER_OID, "an extension's identifier", &ret->oid,
	    err));
	ret->critical = false;
	if (der_is(&body, DER_BOOLEAN)) {
		TRY(der_take(&body, DER_BOOLEAN, "critical", &critical, err));
		TRY(der_bool_read(critical, "critical", &ret->critical, err));
		if (!ret->critical)
			return err_set(err, EINPUT, "critical is FALSE, its "
			    "default (X.690, 11.5)");
	}
	TRY(der_take(&body, DER_OCTET_STRING, "an extension's value",
	    &ret->value, err));
	return der_end(&body, "an extension", err);
}

static bool
is_there(const struct exts *all, struct span oid)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (span_equal(all->e[i].oid, oid))
			return true;
	return false;
}

int
ext_list(struct span *in, struct exts *ret, struct err *err)
{
	struct span list;

	ret->n = 0;
	TRY(der_take(in, DER_SEQUENCE, "extensions", &list, err));
	do {
		if (ret->n == EXT_MOST)
			return err_set(err, EINPUT, "more than %d extensions",
			    EXT_MOST);
		TRY(ext_take(&list, &ret->e[ret->n], err));
		if (is_there(ret, ret->e[ret->n].oid))
			return err_set(err, EINPUT, "an extension twice "
			    "(RFC 5280, 4.2)");
		ret->n++;
	} while (list.n > 0);
	return 0;
}

int
ext_of(const struct ext *e, enum oid o, bool critical, bool *ret,
    struct err *err)
{
	*ret = oid_is(e->oid, o);
	if (*ret && e->critical != critical)
		return err_set(err, EINPUT, "%s is%s critical", oid_name(o),
		    critical ? " not" : "");
	return 0;
}

int
ext_unknown(const struct ext *e, struct err *err)
{
	char text[OID_TEXT];

	if (!e->critical)
		return 0;
	TRY(oid_text(e->oid, text, err));
	return err_set(err, EINPUT, "extension %s is critical and not known "
	    "here (RFC 5280, 4.2)", text);
}
