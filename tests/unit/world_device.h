/*
 * world_device - a world whose factories say what they made.
 */
#ifndef TESTS_WORLD_DEVICE_H
#define TESTS_WORLD_DEVICE_H

#include "tests/unit/world_key.h"

/* Rows that somebody says, by a rule that lets them; @parameters stolen. */
static UNUSED int
world_rows(struct world *w, enum action a, enum event_kind kind,
    json_t *parameters, struct err *err)
{
	json_t *q = world_request(w, a, "officer-1", parameters), *data;
	struct decision d;
	int rc;

	data = world_json("{s:O}", "request", q);
	json_object_set_new(data, "facts", world_facts(w, q, "officer-1",
	    NULL, &d));
	ck_assert_int_eq(d.verdict, ALLOW);
	json_object_set_new(data, "rule", world_rule(d.rule));
	rc = world_try(w, kind, "officer-1", json_str(q, "id", ""), data, NULL,
	    err);
	json_decref(q);
	return rc;
}

/* One row; NULL: not said. */
static UNUSED void
world_device_said(struct world *w, const char *serial, const char *product,
    const char *batch, const char *market)
{
	unit_ok(world_rows(w, ACTION_DEVICE_IMPORT, EVENT_DEVICE_IMPORTED,
	    world_json("{s:[{s:s, s:s*, s:s*, s:s*}]}", "devices", "serial",
	    serial, "product", product, "batch", batch, "market", market),
	    &unit_err));
}

/* Of an image, hexadecimal. */
static UNUSED void
world_digest(const char *image, char ret[SHA256_HEX])
{
	struct sha256 h = sha256_of(image, strlen(image));

	sha256_hex(&h, ret);
}

/* Signed by the tool. */
static UNUSED void
world_image(struct world *w, const char *image, const char *version)
{
	json_t *q = world_request(w, ACTION_KEY_SIGN, "ci",
	    world_sign_parameters(w, image, version));

	/* No rule lets one without a version wait. */
	if (version != NULL)
		world_open(w, q, NULL);
	unit_ok(world_signed(w, q, version != NULL, 1, "ci", image, version,
	    &unit_err));
	json_decref(q);
}

/* What runs on one: the digest of @image. */
static UNUSED void
world_installed(struct world *w, const char *serial, const char *image,
    const char *at, const char *market)
{
	char hex[SHA256_HEX];

	world_digest(image, hex);
	unit_ok(world_rows(w, ACTION_INSTALL_REPORT, EVENT_INSTALL_REPORTED,
	    world_json("{s:[{s:s, s:s, s:s, s:s*}]}", "installs", "serial",
	    serial, "artifact_digest", hex, "installed_at", at, "market",
	    market), &unit_err));
}

/* Two, one of which is said of anew. */
static UNUSED void
world_devices(struct world *w)
{
	unit_ok(world_rows(w, ACTION_DEVICE_IMPORT, EVENT_DEVICE_IMPORTED,
	    world_json("{s:[{s:s, s:s, s:[s], s:s}, {s:s}]}", "devices",
	    "serial", "D-1", "product", "camera", "keys", "fw", "made_at",
	    "2026-11-20T00:00:00.000000Z", "serial", "D-2"), &unit_err));
	world_device_said(w, "D-2", "camera", "B1", "EU");
	world_installed(w, "D-2", "image", "2026-11-22T00:00:00.000000Z",
	    "EU");
}

#endif
