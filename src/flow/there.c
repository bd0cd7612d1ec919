/*
 * there - see there.h.
 */
#include <string.h>
#include "flow/inside.h"
#include "flow/lineage.h"
#include "flow/stage.h"
#include "flow/there.h"

static int
given_read(struct tx *tx, struct there *t, struct err *err)
{
	const char *batch = json_str(t->p, "batch", NULL);
	struct sha256 csr;

	if (batch == NULL)
		return 0;
	TRY(json_need_hash(t->p, "csr", &csr, err));
	TRY(cert_of_batch(tx, batch, &csr, &t->row, &t->given, err));
	if (t->given && strcmp(json_str(t->p, "device", ""),
	    t->row.device) != 0)
		return err_set(err, ECONFLICT, "/csr: the batch has a "
		    "certificate of this request for %s", t->row.device[0] !=
		    '\0' ? t->row.device : "no device");
	return 0;
}

static bool
is_of(const json_t *p, const struct cert_row *row)
{
	struct sha256 csr;

	return json_need_hash(p, "csr", &csr, NULL) == 0 &&
	    sha256_equal(&csr, &row->csr);
}

/* Of this authority, or of another: with the key it asks for now, it may have
 * both; with another it would be two devices that both are this one. */
static int
look(void *ctx, const struct cert_row *row, struct err *err)
{
	struct there *t = ctx;
	struct sha256 spki;
	time_us now = clock_now();

	if (row->status == CERT_HELD && row->not_after >= now)
		memcpy(t->held, row->id, sizeof(t->held));
	if (strcmp(row->ca, json_str(t->p, "ca", "")) == 0) {
		t->row = *row;
		t->there = true;
		return 0;
	}
	TRY(json_need_hash(t->p, "spki", &spki, err));
	if (!cert_valid(row, now) || sha256_equal(&spki, &row->spki))
		return 0;
	if (t->others == OTHERS)
		return err_set(err, ECONFLICT, "device %s has valid certificates "
		    "of more than %d authorities: revoke some first", row->device,
		    OTHERS);
	cert_place(row, t->other[t->others++]);
	return 0;
}

/* Of those that the CA followed. */
static int
line_read(struct tx *tx, struct there *t, const char *device, struct err *err)
{
	const char *profile = json_str(t->p, "profile", "");
	char at[CERT_NAME];
	struct cert_row row;
	bool there;

	TRY(cert_ca_before(tx, json_str(t->p, "ca", ""), at, err));
	for (unsigned i = 0; i < CERT_CHAIN && at[0] != '\0'; i++) {
		TRY(cert_newest(tx, at, profile, device, &row, &there, err));
		if (there && cert_valid(&row, clock_now()) && is_of(t->p, &row))
			memcpy(t->before, row.id, sizeof(t->before));
		TRY(cert_ca_before(tx, at, at, err));
	}
	return 0;
}

int
there_read(struct tx *tx, void *ctx, struct err *err)
{
	struct there *t = ctx;
	const char *device = json_str(t->p, "device", NULL);

	if (t->m != NULL)
		TRY(lineage_in(t->m->granted->flow, tx, json_str(t->p, "ca",
		    ""), &t->m->line, err));
	TRY(given_read(tx, t, err));
	if (t->given)
		return 0;
	TRY(holder_find(tx, t->p, &t->holder, err));
	if (device == NULL)
		return 0;
	TRY(cert_of_device(tx, device, json_str(t->p, "profile", ""), look, t,
	    err));
	return line_read(tx, t, device, err);
}

bool
there_is_same(const struct there *t)
{
	return t->given || is_of(t->p, &t->row);
}

int
there_hold_check(const struct there *t, struct err *err)
{
	if (t->held[0] == '\0')
		return 0;
	return err_set(err, ECONFLICT, "certificate %s of device %s is on hold: "
	    "release or revoke it first", t->held, json_str(t->p, "device",
	    ""));
}
