/*
 * rows - see rows.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/rows_page.h"
#include "cli/rows_read.h"
#include "cli/seen.h"
#include "cli/table.h"

struct sending {
	struct cli	*cli;
	const struct rows_what *what;
	struct rows_pages pages;
	struct seen	 seen;		/* what the file said so far */
	int64_t		 repeated;	/* rows that say what one before them said */
};

static const struct table_row BAD[] = {
	{ "LINE", "line" }, { "WHY", "why" },
};

/* ---- what a file has ---- */

static int
subject_hash(const struct rows_what *what, const json_t *row, uint64_t *ret,
    struct err *err)
{
	AUTO(blob) *octets = blob_new();
	const char *text;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "rows");
	for (size_t i = 0; i < what->subject_n; i++) {
		text = json_str(row, what->subject[i], "");
		/* With its NUL: no two of several look like one. */
		TRY(blob_put(octets, text, strlen(text) + 1, err));
	}
	*ret = seen_hash(octets->data, octets->len);
	return 0;
}

/*
 * Which of two rows counts nobody could tell, however far apart they stand: the
 * service sees its page alone, and what is there already may be corrected.
 */
static int
row_add(struct sending *m, uint64_t line, json_t *row, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	uint64_t subject, *said, says;
	struct err why;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "rows");
	TRY(json_canonical(row, octets, err));
	TRY(subject_hash(m->what, row, &subject, err));
	says = seen_hash(octets->data, octets->len);
	TRY(seen_at(&m->seen, subject, &said, err));
	if (*said == 0) {
		*said = says;
		return rows_pages_add(&m->pages, line, row, octets->len, err);
	}
	m->repeated += *said == says;
	if (*said == says)
		return 0;
	(void)!err_set(&why, EINPUT, "/serial: an earlier row says something "
	    "else of \"%s\"", text_cut(json_str(row, "serial", ""), 64).at);
	return rows_pages_bad(&m->pages, line, why.what, err);
}

static int
row_take(struct sending *m, uint64_t line, const json_t *given,
    struct err *why, struct err *err)
{
	AUTO_JSON *row = NULL;
	int rc = given == NULL ? -(int)why->code :
	    m->what->read(m->cli, given, &row, why);

	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "rows");
	if (rc != 0)
		return rows_pages_bad(&m->pages, line, why->what, err);
	return row_add(m, line, row, err);
}

static int
rows_take(struct sending *m, struct rows_from *from, struct err *err)
{
	struct err why;
	uint64_t line;
	bool more;

	for (;;) {
		AUTO_JSON *row = NULL;

		TRY(rows_from_next(from, m->what, &line, &row, &why, &more,
		    err));
		if (!more)
			return rows_pages_send(&m->pages, err);
		TRY(row_take(m, line, row, &why, err));
	}
}

static int
file_take(struct sending *m, struct err *err)
{
	struct rows_from from = { .file = NULL };
	int rc = rows_from_open(m->cli, m->what,
	    in_arg(m->cli->in, 0), &from, err);

	m->repeated = 0;
	seen_done(&m->seen);
	rows_pages_anew(&m->pages);
	if (rc == 0 && m->pages.check)
		rc = rows_twice_check(&from, err);
	if (rc == 0)
		rc = rows_take(m, &from, err);
	rows_from_close(&from);
	return rc;
}

/* ---- all of it ---- */

static int
summary(const struct sending *m, json_t **ret, struct err *err)
{
	const struct rows_pages *p = &m->pages;

	return json_build(ret, err, "{s:I, s:I, s:I, s:I, s:O, s:I, s:O, s:I,"
	    " s:O, s:b}", "entered", (json_int_t)p->entered,
	    "changed", (json_int_t)p->changed, "known", (json_int_t)p->known,
	    "repeated", (json_int_t)m->repeated,
	    "bad", p->bad, "bad_total", (json_int_t)p->bad_n,
	    "unknown_artifacts", p->artifacts,
	    "unknown_devices", (json_int_t)p->devices,
	    "waiting", p->waiting,
	    "dry_run", (int)in_flag(m->cli->in, "dry-run"));
}

static void
print(const struct sending *m)
{
	const struct rows_pages *p = &m->pages;
	const json_t *one;
	size_t i;

	printf("%lld %s, %lld changed, %lld were there, %zu requests wait, "
	    "%lld are bad\n", (long long)p->entered,
	    in_flag(m->cli->in, "dry-run") ? "would be entered" : "entered",
	    (long long)p->changed, (long long)p->known,
	    json_array_size(p->waiting), (long long)p->bad_n);
	if (m->repeated > 0)
		printf("%lld say what an earlier row says\n",
		    (long long)m->repeated);
	if (p->devices > 0)
		printf("%lld devices were not known\n", (long long)p->devices);
	json_array_foreach(p->artifacts, i, one)
		printf("unknown artifact: %s\n", json_string_value(one));
	if (json_array_size(p->bad) > 0)
		table_list(p->bad, ROWS(BAD));
}

/* The worst of it is what the command ends with. */
static int
verdict(const struct rows_pages *p, struct err *err)
{
	const json_t *first = json_array_get(p->bad, 0);
	struct text_cut why = text_cut(json_str(first, "why", "?"), 140);

	if (first != NULL)
		return err_set(err, EINPUT, "%lld rows are bad, the first on "
		    "line %lld: %s%s", (long long)p->bad_n,
		    (long long)json_int(first, "line", 0), why.at, p->check ?
		    "; nothing was entered" : "");
	first = json_array_get(p->waiting, 0);
	return first == NULL ? 0 : err_set(err, EQUORUM, "run the same line "
	    "again once %s has its approvals", json_string_value(first));
}

/* People see what was done also where something went wrong. */
static int
outcome(const struct sending *m, json_t *all, int rc)
{
	if (!cli_outcome(m->cli, all, rc))
		print(m);
	return rc;
}

static int
report(const struct sending *m, struct err *err)
{
	json_t *all;

	TRY(summary(m, &all, err));
	return outcome(m, all, verdict(&m->pages, err));
}

/* The pages before the one that failed are in all the same, but for those that go
 * together. */
static int
stopped(const struct sending *m, int rc)
{
	AUTO_JSON *all = NULL;
	uint64_t sent = rows_pages_sent(&m->pages);
	struct err why;

	if (m->pages.last == 0 || m->pages.together || summary(m, &all, &why) != 0 ||
	    json_set_int(all, "sent_to_line", (int64_t)sent, &why) != 0 ||
	    !cli_told_too(m->cli, all))
		return rc;
	cli_note(m->cli, "up to line %llu all was sent%s; the same file again "
	    "goes on from there", (unsigned long long)sent,
	    sent < m->pages.last ? ", and some behind it" : "");
	return outcome(m, TAKE(all), rc);
}

/* What it would come to is not what came of it. */
static int
look_first(struct sending *m, struct err *err)
{
	struct rows_pages *p = &m->pages;

	p->check = true;
	TRY(file_take(m, err));
	p->entered = p->changed = p->known = p->devices = 0;
	(void)json_array_clear(p->artifacts);
	p->last = 0;
	p->check = p->bad_n > 0;
	return 0;
}

static int
send_all(struct sending *m, struct err *err)
{
	int rc;

	TRY(rows_pages_init(&m->pages, m->cli, m->what, err));
	if (in_flag(m->cli->in, "all-or-nothing"))
		TRY(look_first(m, err));
	if (!m->pages.check && (rc = file_take(m, err)) != 0)
		return stopped(m, rc);
	return report(m, err);
}

int
rows_send(struct cli *cli, const struct rows_what *what, struct err *err)
{
	struct sending m = { .cli = cli, .what = what };
	int rc = send_all(&m, err);

	rows_pages_done(&m.pages);
	seen_done(&m.seen);
	return rc;
}
