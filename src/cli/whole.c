/*
 * whole - see whole.h.
 *
 * Floor 7.
 */
#include "cli/ask.h"
#include "cli/whole.h"
#include "base/json.h"
#include "cli/options.h"

#define ROUND	64	/* octets around all pages */

bool
whole_on(const struct cli *cli)
{
	return in_flag(cli->in, "all-or-nothing") &&
	    !in_flag(cli->in, "dry-run");
}

int
whole_put(struct whole *w, json_t *page, bool kept, struct err *err)
{
	w->n++;
	w->octets += json_dumpb(page, NULL, 0, JSON_COMPACT) + 1;
	if (w->n > w->most || w->octets + ROUND > WHOLE_OCTETS)
		return err_set(err, ETOOBIG, "--all-or-nothing is one "
		    "transaction of %zu pages and %zu MiB at most, and this is "
		    "more; nothing was entered: give fewer at a time, or leave "
		    "it out", w->most, WHOLE_OCTETS >> 20);
	if (!kept)
		return 0;
	if (w->pages == NULL)
		w->pages = json_array();
	return json_array_append(w->pages, page) == 0 ? 0 : err_set(err,
	    ENOMEMORY, "pages");
}

bool
whole_anew(struct whole *w)
{
	bool several = w->n > 1;

	w->n = w->octets = 0;
	return several;
}

int
whole_send(struct whole *w, struct cli *cli, json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL, *answer = NULL;
	char path[80];

	TRY(json_build(&body, err, "{s:O}", "pages", w->pages));
	(void)snprintf(path, sizeof(path), "%s/pages", w->path);
	TRY(ask_now(cli, w->action, path, body, &answer, err));
	*ret = json_incref(json_object_get(answer, "pages"));
	return *ret != NULL ? 0 : err_set(err, EINTERNAL, "the service did not "
	    "answer for each page");
}

void
whole_done(struct whole *w)
{
	json_decref(w->pages);
	w->pages = NULL;
}
