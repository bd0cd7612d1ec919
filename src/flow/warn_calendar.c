/* warn_calendar - all that ends, as an iCalendar (RFC 5545). */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "flow/inside.h"
#include "flow/inventory.h"
#include "flow/publisher.h"
#include "flow/warn.h"

#define LINE	75	/* octets, RFC 5545, 3.1 */

struct calendar {
	struct look	 look;
	char		 house[80];
	struct blob	*ret;		/* borrowed */
	size_t		 n;
	struct blob	 line;		/* owned */
};

/* Folded, but not within a character. */
static int
line_put(struct calendar *c, struct err *err)
{
	const char *s = blob_str(&c->line);
	size_t left = strlen(s), most = LINE, n;

	for (; left > 0; s += n, left -= n) {
		n = left < most ? left : most;
		while (n < left && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
		if (most < LINE)
			TRY(blob_puts(c->ret, " ", err));
		TRY(blob_put(c->ret, s, n, err));
		TRY(blob_puts(c->ret, "\r\n", err));
		most = LINE - 1;
	}
	c->line.len = 0;
	return 0;
}

/* 3.3.11: what would end a value is escaped; controls have no place in it, nor
 * has what turns its order round. */
static int
text_put(struct calendar *c, const char *name, const char *value,
    struct err *err)
{
	size_t n;

	TRY(blob_printf(&c->line, err, "%s:", name));
	for (; *value != '\0'; value += n > 0 ? n : 1) {
		n = text_control(value);
		if (strchr("\\;,", *value) != NULL)
			TRY(blob_puts(&c->line, "\\", err));
		TRY(blob_put(&c->line, n > 0 ? " " : value, 1, err));
	}
	return line_put(c, err);
}

/* "20261130T120000Z" of "2026-11-30T12:00:00.000000Z". */
static int
time_put(struct calendar *c, const char *name, time_us t, struct err *err)
{
	char text[TIME_TEXT], put[TIME_TEXT];
	size_t n = 0;

	clock_text(t, text);
	for (const char *s = text; *s != '\0' && *s != '.'; s++)
		if (*s != '-' && *s != ':')
			put[n++] = *s;
	put[n] = '\0';
	TRY(blob_printf(&c->line, err, "%s:%sZ", name, put));
	return line_put(c, err);
}

static int
event_put(void *ctx, struct sighting *s, struct err *err)
{
	struct calendar *c = ctx;
	const char *what = json_str(s->about, "what", "");
	char uid[ALERT_SUBJECT + 128];

	c->n++;
	(void)snprintf(uid, sizeof(uid), "%s-%s@%s", watch_name(s->watch),
	    s->subject, c->house);
	TRY(text_put(c, "BEGIN", "VEVENT", err));
	TRY(text_put(c, "UID", uid, err));
	TRY(time_put(c, "DTSTAMP", c->look.now, err));
	TRY(time_put(c, "DTSTART", s->ends, err));
	TRY(text_put(c, "SUMMARY", what, err));
	TRY(text_put(c, "DESCRIPTION", watch_remedy(s->watch), err));
	TRY(text_put(c, "CATEGORIES", watch_name(s->watch), err));
	TRY(text_put(c, "TRANSP", "TRANSPARENT", err));
	return text_put(c, "END", "VEVENT", err);
}

/* At the first moment of which something may be missing. */
static int
part_put(struct calendar *c, enum watch w, struct err *err)
{
	struct sighting s = { .watch = WATCH_LOOK, .ends = c->look.whole[w] >
	    c->look.now ? c->look.whole[w] : c->look.now };
	AUTO_JSON *about = NULL;
	char what[120];

	(void)snprintf(what, sizeof(what), "not all that is watched as %s is in "
	    "this calendar from here on", watch_name(w));
	(void)snprintf(s.subject, sizeof(s.subject), "%s", watch_name(w));
	TRY(json_build(&about, err, "{s:s}", "what", what));
	s.about = about;
	return event_put(c, &s, err);
}

static int
parts_put(struct calendar *c, struct err *err)
{
	for (int w = 0; w < WATCH__N; w++)
		if (c->look.whole[w] != 0 && watch_ends((enum watch)w))
			TRY(part_put(c, (enum watch)w, err));
	return 0;
}
/* ---- revocation lists: people sign a root's ---- */

/* The first of a CA's that ends; 0: none. */
static int
list_end(const json_t *lists, time_us *ret, struct err *err)
{
	const json_t *one;
	time_us ends;
	size_t i;

	*ret = 0;
	json_array_foreach(lists, i, one) {
		if (json_object_get(one, "next_update") == NULL)
			continue;
		TRY(clock_parse(json_str(one, "next_update", ""), &ends, err));
		if (*ret == 0 || ends < *ret)
			*ret = ends;
	}
	return 0;
}

static int
list_put(void *ctx, const struct cert_ca *ca, struct err *err)
{
	struct calendar *c = ctx;
	struct sighting s = { .watch = WATCH_LIST };
	AUTO_JSON *lists = NULL, *about = NULL;
	char what[160];

	TRY(watch_lists(c->look.flow->publisher, ca->name, &lists, err));
	TRY(list_end(lists, &s.ends, err));
	if (s.ends <= c->look.now || s.ends >= c->look.until)
		return 0;
	(void)snprintf(s.subject, sizeof(s.subject), "%s", ca->name);
	(void)snprintf(what, sizeof(what), "the %s of the authority %s ends, "
	    "unless the next is published", json_array_size(lists) > 1 ?
	    "first revocation list" : "revocation list", ca->name);
	TRY(json_build(&about, err, "{s:s}", "what", what));
	s.about = about;
	return event_put(c, &s, err);
}

static int
calendar_read(struct tx *tx, void *ctx, struct err *err)
{
	struct calendar *c = ctx;

	c->look.tx = tx;
	TRY(look_all(&c->look, err));
	return cert_ca_each(tx, list_put, c, err);
}

static int
calendar_put(struct calendar *c, struct flow *f, struct err *err)
{
	struct house *h = NULL;

	TRY(state_house(f->state, &h, err));
	(void)snprintf(c->house, sizeof(c->house), "%s", h->id);
	house_free(h);
	TRY(text_put(c, "BEGIN", "VCALENDAR", err));
	TRY(text_put(c, "VERSION", "2.0", err));
	TRY(text_put(c, "PRODID", "-//claviger//claviger//EN", err));
	TRY(text_put(c, "NAME", "What runs out", err));
	TRY(state_read(f->state, calendar_read, c, err));
	TRY(parts_put(c, err));
	return text_put(c, "END", "VCALENDAR", err);
}

int
flow_calendar(struct flow *f, const json_t *query, struct blob *ret,
    struct err *err)
{
	struct calendar c = { .ret = ret, .look = { .flow = f,
	    .now = clock_now(), .found = event_put } };
	AUTO(law) *law = NULL;
	time_us within;
	int rc;

	TRY(inventory_period(query, &within, err));
	TRY(state_law(f->state, &law, err));
	c.look.law = law;
	c.look.ctx = &c;
	c.look.until = c.look.now + within;
	rc = calendar_put(&c, f, err);
	blob_done(&c.line);
	return rc;
}
