/* publish_ca - the authorities, and their certificates on the shelf. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/publish.h"

void
cas_free(struct publisher *p)
{
	for (size_t i = 0; i < p->ca_n; i++)
		cert_ca_free(p->ca[i].ca);
	free(p->ca);
}

static int
names_read(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_names(tx, ctx, err);
}

static int
page_put(struct publisher *p, const char *ca, const char *end,
    const char *type, struct blob *octets, time_us made, struct err *err)
{
	AUTO(page) *page = NULL;
	char path[CERT_NAME + 16];

	TRY(page_new(type, octets, made, INT64_MAX, &page, err));
	page->keep = TIME_S(86400);
	(void)snprintf(path, sizeof(path), "/ca/%s.%s", ca, end);
	return shelf_put(p->shelf, path, page, err);
}

struct chain {
	const char	*ca;
	struct blob	 pem;
};

static int
chain_read(struct tx *tx, void *ctx, struct err *err)
{
	struct chain *c = ctx;

	return cert_chain(tx, c->ca, &c->pem, err);
}

/* When what is served of it was new: its name, or a renewed certificate. */
static time_us
made_at(const struct cert_ca *ca)
{
	return ca->not_before > ca->created ? ca->not_before : ca->created;
}

/* Its certificate, and those above it: as the store has them now. */
static int
chain_place(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	struct chain c = { .ca = ca->name };
	int rc = state_read(f->state, chain_read, &c, err);

	if (rc != 0) {
		blob_done(&c.pem);
		return rc;
	}
	return page_put(f->publisher, ca->name, "pem",
	    "application/x-pem-file", &c.pem, made_at(ca), err);
}

static int
ca_place(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	struct blob der = { 0 };

	TRY(blob_put(&der, ca->der.data, ca->der.len, err));
	TRY(page_put(f->publisher, ca->name, "crt", "application/pkix-cert",
	    &der, made_at(ca), err));
	return chain_place(f, ca, err);
}

/* Those that are new are due at once; of what fails nothing is kept, and it is
 * tried again. */
static int
ca_add(struct flow *f, const char *name, struct err *err)
{
	struct publisher *p = f->publisher;
	struct published *more = realloc(p->ca, (p->ca_n + 1) *
	    sizeof(*more));
	AUTO(cert_ca) *ca = NULL;

	if (more == NULL)
		return err_set(err, ENOMEMORY, "the authorities");
	p->ca = more;
	TRY(ca_named(f, name, &ca, err));
	TRY(ca_place(f, ca, err));
	TRY(watch_add(p, ca, err));
	more[p->ca_n++] = (struct published){ .ca = TAKE(ca) };
	return 0;
}

/*
 * A renewed one has another certificate and another end, and so have the
 * chains of those below it.  What fails is tried again: it is told by the
 * certificate that is kept here.
 */
static int
ca_again(struct flow *f, size_t at, struct err *err)
{
	struct publisher *p = f->publisher;
	struct published *a = &p->ca[at];
	AUTO(cert_ca) *now = NULL;

	TRY(ca_named(f, a->ca->name, &now, err));
	if (sha256_equal(&now->fingerprint, &a->ca->fingerprint))
		return 0;
	for (size_t i = 0; i < p->ca_n; i++)
		if (i != at)
			TRY(chain_place(f, p->ca[i].ca, err));
	TRY(ca_place(f, now, err));
	watch_renewed(p, now);
	cert_ca_free(a->ca);
	*a = (struct published){ .ca = TAKE(now) };
	return 0;
}

static int
cas_take(struct flow *f, const json_t *names, struct err *err)
{
	struct publisher *p = f->publisher;
	const json_t *name;
	size_t i, at;

	json_array_foreach(names, i, name) {
		for (at = 0; at < p->ca_n; at++)
			if (strcmp(p->ca[at].ca->name,
			    json_string_value(name)) == 0)
				break;
		TRY(at == p->ca_n ? ca_add(f, json_string_value(name), err) :
		    ca_again(f, at, err));
	}
	return 0;
}

int
cas_load(struct flow *f, struct err *err)
{
	AUTO_JSON *names = NULL;
	AUTO(law) *law = NULL;
	int rc = state_law(f->state, &law, err);

	if (rc == -EGENESIS)
		return 0;
	TRY(rc);
	TRY(state_read(f->state, names_read, &names, err));
	TRY(cas_take(f, names, err));
	return responders_load(f, law, names, err);
}
