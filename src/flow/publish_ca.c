/* publish_ca - the authorities, and their certificates on the shelf. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Its certificate, and those above it. */
static int
ca_place(struct flow *f, const struct cert_ca *ca, struct err *err)
{
	struct publisher *p = f->publisher;
	struct chain c = { .ca = ca->name };
	struct blob der = { 0 };
	int rc;

	TRY(blob_put(&der, ca->der.data, ca->der.len, err));
	TRY(page_put(p, ca->name, "crt", "application/pkix-cert", &der,
	    ca->created, err));
	rc = state_read(f->state, chain_read, &c, err);
	if (rc != 0) {
		blob_done(&c.pem);
		return rc;
	}
	return page_put(p, ca->name, "pem", "application/x-pem-file", &c.pem,
	    ca->created, err);
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

/* What is published of an authority does not change once it is made. */
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
		if (at == p->ca_n)
			TRY(ca_add(f, json_string_value(name), err));
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
