/*
 * inventory_cbom - a product line's inventory as a CycloneDX 1.6 document:
 * keys, algorithms and certificates as cryptographic assets (ECMA-424).
 *
 * Floor 7.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "cli/inventory.h"

/* What the standard calls each algorithm of keys. */
static const struct {
	const char *name, *primitive, *parameter, *curve;	/* curve or NULL */
	const char *uses;	/* a JSON array */
} ALGORITHMS[] = {
#define SIGNS	"[\"keygen\",\"sign\",\"verify\"]"
#define HIDES	"[\"keygen\",\"encrypt\",\"decrypt\"]"
	{ "ec-p256", "signature", "256", "secp256r1", SIGNS },
	{ "ec-p384", "signature", "384", "secp384r1", SIGNS },
	{ "ed25519", "signature", "ed25519", "Curve25519", SIGNS },
	{ "rsa-2048", "signature", "2048", NULL, SIGNS },
	{ "rsa-3072", "signature", "3072", NULL, SIGNS },
	{ "rsa-4096", "signature", "4096", NULL, SIGNS },
	{ "aes-128", "block-cipher", "128", NULL, HIDES },
	{ "aes-256", "block-cipher", "256", NULL, HIDES },
};

struct cbom {
	json_t	*components;	/* borrowed, all */
	json_t	*dependencies;
	json_t	*parts;		/* references that the product line depends on */
};

static int
append(json_t *list, json_t *v, struct err *err)
{
	return json_array_append_new(list, v) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "a bill of materials");
}

/* "key/HASH": refers to a part within the document. */
struct ref {
	char	 text[160];
};

static struct ref
ref_of(const char *kind, const char *name)
{
	struct ref r;

	snprintf(r.text, sizeof(r.text), "%s/%s", kind, name);
	return r;
}

static int
depends(struct cbom *b, const struct ref *on, const struct ref *who,
    struct err *err)
{
	json_t *d;

	TRY(json_build(&d, err, "{s:s, s:[s]}", "ref", who->text, "dependsOn",
	    on->text));
	return append(b->dependencies, d, err);
}

static bool
is_there(const struct cbom *b, const struct ref *r)
{
	const json_t *one;
	size_t i;

	json_array_foreach(b->components, i, one)
		if (strcmp(json_str(one, "bom-ref", ""), r->text) == 0)
			return true;
	return false;
}

/* One component; @crypto is stolen, also on failure. */
static int
component(struct cbom *b, const struct ref *r, const char *name,
    json_t *crypto, json_t *properties, struct err *err)
{
	AUTO_JSON *c = crypto;
	json_t *o;

	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:O, s:O*}", "type",
	    "cryptographic-asset", "name", name, "bom-ref", r->text,
	    "cryptoProperties", c, "properties", properties));
	return append(b->components, o, err);
}

/* ---- algorithms ---- */

static int
algorithm_json(const char *name, json_t **ret, struct err *err)
{
	AUTO_JSON *uses = NULL;

	for (size_t i = 0; i < NELEM(ALGORITHMS); i++) {
		if (strcmp(ALGORITHMS[i].name, name) != 0)
			continue;
		TRY(json_read(ALGORITHMS[i].uses, strlen(ALGORITHMS[i].uses),
		    &uses, err));
		return json_build(ret, err, "{s:s, s:{s:s, s:s, s:s*, s:O}}",
		    "assetType", "algorithm", "algorithmProperties",
		    "primitive", ALGORITHMS[i].primitive,
		    "parameterSetIdentifier", ALGORITHMS[i].parameter,
		    "curve", ALGORITHMS[i].curve, "cryptoFunctions", uses);
	}
	return json_build(ret, err, "{s:s, s:{s:s}}", "assetType", "algorithm",
	    "algorithmProperties", "primitive", "unknown");
}

/* By algorithm and scheme, each once. */
static int
algorithm_put(struct cbom *b, const json_t *key, struct ref *ret,
    struct err *err)
{
	const char *name = json_str(key, "algorithm", "unknown"),
	    *scheme = json_str(key, "scheme", NULL);
	char both[100];
	json_t *crypto;

	snprintf(both, sizeof(both), "%s%s%s", name, scheme != NULL ? "/" : "",
	    scheme != NULL ? scheme : "");
	*ret = ref_of("algorithm", both);
	if (is_there(b, ret))
		return 0;
	TRY(algorithm_json(name, &crypto, err));
	return component(b, ret, both, crypto, NULL, err);
}

/* ---- keys ---- */

static int
property(json_t *list, const char *name, const char *value, struct err *err)
{
	char whole[64];
	json_t *p;

	if (value == NULL || value[0] == '\0')
		return 0;
	snprintf(whole, sizeof(whole), "claviger:%s", name);
	TRY(json_build(&p, err, "{s:s, s:s}", "name", whole, "value", value));
	return append(list, p, err);
}

static int
properties(const json_t *o, const char *const *names, size_t n,
    json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	const json_t *gap;
	size_t i;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "a bill of materials");
	for (i = 0; i < n; i++)
		TRY(property(list, names[i], json_str(o, names[i], NULL),
		    err));
	TRY(property(list, "shared", json_flag(o, "shared", false) ? "true" :
	    NULL, err));
	json_array_foreach(json_object_get(o, "gaps"), i, gap)
		TRY(property(list, "gap", json_str(gap, "gap", NULL), err));
	*ret = TAKE(list);
	return 0;
}

/* One whose public half nobody told has its name alone. */
static const char *
identity(const json_t *key)
{
	return json_str(key, "hash", json_str(key, "name", ""));
}

/* The standard's states are of keys that somebody moves; an entry has none. */
static const char *
state_of(const json_t *key)
{
	return json_flag(key, "elsewhere", false) ? NULL :
	    json_str(key, "state", "");
}

/* Of an entry it is known when it was registered: it may be in use for longer. */
static const char *
creation_of(const json_t *key)
{
	return json_flag(key, "elsewhere", false) ? NULL :
	    json_str(key, "created", NULL);
}

static int
private_put(struct cbom *b, const json_t *key, const struct ref *algorithm,
    struct err *err)
{
	static const char *const names[] = { "class", "environment", "owner",
		"recovery", "exportable", "uri", "provenance", "custodian",
		"restored", "restored_by", "note" };
	struct ref r = ref_of("key", identity(key));
	AUTO_JSON *more = NULL;
	json_t *crypto;

	TRY(properties(key, names, NELEM(names), &more, err));
	TRY(property(more, "registered", creation_of(key) == NULL ?
	    json_str(key, "created", NULL) : NULL, err));
	TRY(json_build(&crypto, err, "{s:s, s:{s:s, s:s, s:s*, s:s, s:s*, s:s*,"
	    " s:s*, s:{s:s}}}", "assetType", "related-crypto-material",
	    "relatedCryptoMaterialProperties", "type", strncmp(json_str(key,
	    "algorithm", ""), "aes-", 4) == 0 ? "secret-key" : "private-key",
	    "id", identity(key), "state", state_of(key), "algorithmRef", algorithm->text, "creationDate",
	    creation_of(key), "activationDate", json_str(key,
	    "activated", NULL), "expirationDate", json_str(key, "ends", NULL),
	    "securedBy", "mechanism", json_str(key, "at", "PKCS #11 token")));
	TRY(component(b, &r, json_str(key, "name", ""), crypto, more, err));
	TRY(append(b->parts, json_string(r.text), err));
	return depends(b, algorithm, &r, err);
}

/* ---- certificates ---- */

/* Its subject's public key, once somebody certified it. */
static int
public_put(struct cbom *b, const json_t *key, const struct ref *algorithm,
    struct ref *ret, struct err *err)
{
	json_t *crypto;

	*ret = ref_of("public-key", json_str(key, "hash", ""));
	if (is_there(b, ret))
		return 0;
	TRY(json_build(&crypto, err, "{s:s, s:{s:s, s:s, s:s}}", "assetType",
	    "related-crypto-material", "relatedCryptoMaterialProperties",
	    "type", "public-key", "id", json_str(key, "hash", ""),
	    "algorithmRef", algorithm->text));
	return component(b, ret, json_str(key, "name", ""), crypto, NULL, err);
}

static int
certificate_put(struct cbom *b, const json_t *key, const json_t *c,
    const struct ref *r, const struct ref *algorithm, struct err *err)
{
	static const char *const names[] = { "ca", "issuer", "profile",
		"serial", "status", "reason", "state", "provenance", "owner" };
	struct ref public;
	AUTO_JSON *more = NULL;
	json_t *crypto;

	TRY(public_put(b, key, algorithm, &public, err));
	TRY(properties(c, names, NELEM(names), &more, err));
	TRY(json_build(&crypto, err, "{s:s, s:{s:s, s:s, s:s, s:s, s:s}}",
	    "assetType", "certificate", "certificateProperties",
	    "subjectName", json_str(c, "subject", ""),
	    "notValidBefore", json_str(c, "not_before", ""),
	    "notValidAfter", json_str(c, "not_after", ""),
	    "subjectPublicKeyRef", public.text, "certificateFormat", "X.509"));
	TRY(component(b, r, json_str(c, "subject", ""), crypto, more, err));
	TRY(append(b->parts, json_string(r->text), err));
	return depends(b, &public, r, err);
}

/* An authority's own certificates are its key's; an imported one's is its own. */
static int
certificates_put(struct cbom *b, const json_t *key,
    const struct ref *algorithm, struct err *err)
{
	json_t *one;
	struct ref r;
	size_t i;

	json_array_foreach(json_object_get(key, "certificates"), i, one) {
		r = ref_of("certificate", json_str(one, "id", ""));
		TRY(shared_copy(key, one, err));
		TRY(certificate_put(b, key, one, &r, algorithm, err));
	}
	json_array_foreach(json_object_get(key, "authorities"), i, one) {
		if (!json_flag(one, "imported", false))
			continue;
		r = ref_of("authority", json_str(one, "name", ""));
		TRY(shared_copy(key, one, err));
		TRY(certificate_put(b, key, one, &r, algorithm, err));
	}
	return 0;
}

/* One of another CA, whose key is not of the line. */
static int
other_put(struct cbom *b, const json_t *c, struct err *err)
{
	static const char *const names[] = { "issuer", "serial", "spki",
		"status", "reason", "owner", "provenance" };
	struct ref r = ref_of("certificate", json_str(c, "id", ""));
	AUTO_JSON *more = NULL;
	json_t *crypto;

	TRY(properties(c, names, NELEM(names), &more, err));
	TRY(json_build(&crypto, err, "{s:s, s:{s:s, s:s, s:s, s:s, s:s}}",
	    "assetType", "certificate", "certificateProperties",
	    "subjectName", json_str(c, "subject", ""),
	    "issuerName", json_str(c, "issuer", ""),
	    "notValidBefore", json_str(c, "not_before", ""),
	    "notValidAfter", json_str(c, "not_after", ""),
	    "certificateFormat", "X.509"));
	TRY(component(b, &r, json_str(c, "subject", ""), crypto, more, err));
	return append(b->parts, json_string(r.text), err);
}

static int
others_put(const json_t *view, struct cbom *b, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(view, "certificates"), i, one)
		if (!inventory_is_borne(view, one))
			TRY(other_put(b, one, err));
	return 0;
}

/* ---- the document ---- */

/* One name for one answer: RFC 9562, 5.8. */
static int
serial_set(const json_t *view, json_t *bom, struct err *err)
{
	struct sha256 h;
	char hex[SHA256_HEX], urn[64];

	TRY(json_hash(view, &h, err));
	h.o[6] = (unsigned char)((h.o[6] & 0x0f) | 0x80);
	h.o[8] = (unsigned char)((h.o[8] & 0x3f) | 0x80);
	sha256_hex(&h, hex);
	snprintf(urn, sizeof(urn), "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
	return json_set_str(bom, "serialNumber", urn, err);
}

static int
keys_put(const json_t *view, struct cbom *b, struct err *err)
{
	const json_t *key;
	struct ref algorithm;
	size_t i;

	json_array_foreach(json_object_get(view, "keys"), i, key) {
		TRY(algorithm_put(b, key, &algorithm, err));
		TRY(private_put(b, key, &algorithm, err));
		TRY(certificates_put(b, key, &algorithm, err));
	}
	return 0;
}

int
inventory_cbom(const json_t *view, json_t **ret, struct err *err)
{
	struct ref product = ref_of("product", json_str(view, "product", ""));
	AUTO_JSON *bom = NULL, *parts = json_array();
	struct cbom b = { .parts = parts };
	json_t *all;

	if (parts == NULL)
		return err_set(err, ENOMEMORY, "a bill of materials");
	TRY(json_build(&bom, err, "{s:s, s:s, s:i, s:{s:s, s:{s:[{s:s, s:s,"
	    " s:s}]}, s:{s:s, s:s, s:s}}, s:[], s:[]}", "bomFormat",
	    "CycloneDX", "specVersion", "1.6", "version", 1, "metadata",
	    "timestamp", json_str(view, "time", ""), "tools", "components",
	    "type", "application", "name", "claviger", "version",
	    PACKAGE_VERSION, "component", "type", "device", "name",
	    json_str(view, "product", ""), "bom-ref", product.text,
	    "components", "dependencies"));
	b.components = json_object_get(bom, "components");
	b.dependencies = json_object_get(bom, "dependencies");
	TRY(keys_put(view, &b, err));
	TRY(others_put(view, &b, err));
	TRY(json_build(&all, err, "{s:s, s:O}", "ref", product.text,
	    "dependsOn", parts));
	TRY(append(b.dependencies, all, err));
	TRY(serial_set(view, bom, err));
	*ret = TAKE(bom);
	return 0;
}
