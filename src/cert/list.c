/*
 * list - certificates by whatever they are looked for.
 *
 * One filter drives: the one whose index leaves the fewest rows; the others
 * are looked at in those rows.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hex.h"
#include "base/json.h"
#include "cert/inside.h"

#define FOUND	1100		/* octets of the longest name */

/* What the ways of finding have in common; $1 to $11 of the statements. */
struct search {
	const struct cert_filter *f;
	const char	*statement;
	char		 id[ID_TEXT];		/* $1: where the page before ended */
	time_us		 after, before;
	unsigned char	 key[FOUND], end[FOUND];	/* $9, $10 */
	size_t		 key_n, end_n;
	struct number	 serial;
	struct sha256	 fingerprint;
	char		 serial_hex[NUMBER_HEX];	/* empty: any */
	char		 fingerprint_hex[SHA256_HEX];	/* empty: any */
};

/* ---- cursors ---- */

static int
bad_cursor(struct err *err)
{
	return err_set(err, EINPUT, "/cursor: not one of this list");
}

static int
cursor_id(struct search *s, const char *id, struct err *err)
{
	if (!id_check(id, "crt"))
		return bad_cursor(err);
	snprintf(s->id, sizeof(s->id), "%s", id);
	return 0;
}

/* "TIME/ID": after that moment and certificate. */
static int
cursor_expiry(struct search *s, const char *cursor, struct err *err)
{
	char	*end;

	s->after = strtoll(cursor, &end, 10);
	return *end != '/' ? bad_cursor(err) : cursor_id(s, end + 1, err);
}

/* "HEX/ID": after that name and certificate. */
static int
cursor_name(struct search *s, const char *cursor, struct err *err)
{
	const char	*slash = strchr(cursor, '/');
	size_t		 n = slash != NULL ? (size_t)(slash - cursor) : 0;
	char		 hex[2 * FOUND];
	unsigned char	 behind[FOUND];

	if (n == 0 || n >= sizeof(hex) || n % 2 != 0)
		return bad_cursor(err);
	memcpy(hex, cursor, n);
	hex[n] = '\0';
	if (hex_decode(hex, n / 2, behind, err) != 0 || n / 2 < s->key_n ||
	    memcmp(behind, s->key, s->key_n) != 0)
		return bad_cursor(err);
	memcpy(s->key, behind, n / 2);
	s->key_n = n / 2;
	return cursor_id(s, slash + 1, err);
}

static int
cursor_make(const struct search *s, const struct rows *r, struct blob *ret,
    struct err *err)
{
	const char	*id = rows_text(r, "id");
	size_t		 n;
	const void	*name;
	char		 hex[2 * FOUND + 1] = "";

	blob_clear(ret);
	if (strcmp(s->statement, "cert_list_name") == 0) {
		name = rows_blob(r, "found", &n);
		hex_encode(name, n < FOUND ? n : FOUND, hex);
		return blob_printf(ret, err, "%s/%s", hex, id);
	}
	if (strcmp(s->statement, "cert_list_expiry") == 0)
		return blob_printf(ret, err, "%lld/%s",
		    (long long)rows_int(r, "not_after"), id);
	return blob_puts(ret, id, err);
}

/* ---- which way ---- */

/* From the name on to before the next one that does not begin so. */
static int
by_name(struct search *s, const char *kind, const char *value, bool prefix,
    struct err *err)
{
	int	 n = snprintf((char *)s->key, sizeof(s->key) - 1, "%s%s", kind,
	    value);

	if (n < 0 || (size_t)n >= sizeof(s->key) - 1)
		return err_set(err, EINPUT, "a name is too long");
	for (int i = 0; prefix && i < n; i++)
		s->key[i] = (unsigned char)tolower(s->key[i]);
	s->key_n = s->end_n = (size_t)n;
	memcpy(s->end, s->key, s->key_n);
	if (prefix)
		s->end[s->end_n - 1]++;	/* 0xff is in no UTF-8 */
	else
		s->end[s->end_n++] = '\0';
	s->statement = "cert_list_name";
	return 0;
}

static int
by_subject(struct search *s, struct err *err)
{
	const char *name;

	TRY(subject_common_name(s->f->subject, &name, err));
	return by_name(s, "cn:", name, true, err);
}

static int
by_number(struct search *s, struct err *err)
{
	char print[SHA256_HEX + 1];	/* what is too long stays so */

	s->statement = s->f->serial != NULL ? "cert_list_serial" :
	    "cert_list_fingerprint";
	if (s->f->serial != NULL) {
		TRY(number_parse_typed(s->f->serial, &s->serial, err));
		number_hex(&s->serial, s->serial_hex);
	}
	if (s->f->fingerprint != NULL) {
		hex_plain(s->f->fingerprint, print, sizeof(print));
		TRY(sha256_parse(print, &s->fingerprint, err));
		sha256_hex(&s->fingerprint, s->fingerprint_hex);
	}
	return 0;
}

static int
choose(struct search *s, struct err *err)
{
	const struct cert_filter *f = s->f;

	if (f->serial != NULL || f->fingerprint != NULL)
		return by_number(s, err);
	if (f->device != NULL)
		s->statement = "cert_list_device";
	else if (f->batch != NULL)
		s->statement = "cert_list_batch";
	else if (f->san != NULL)
		return by_name(s, "", f->san, false, err);
	else if (f->subject != NULL)
		return by_subject(s, err);
	else if (f->status != NULL && strcmp(f->status, "good") != 0)
		s->statement = "cert_list_status";
	else if (f->expires_after != 0 || f->expires_before != 0)
		s->statement = "cert_list_expiry";
	else if (f->ca != NULL)
		s->statement = "cert_list_ca";
	else if (f->profile != NULL)
		s->statement = "cert_list_profile";
	else
		s->statement = "cert_list";
	return 0;
}

static int
search_begin(struct search *s, const char *cursor, struct err *err)
{
	enum cert_status unused;
	bool		 name, expiry;

	if (s->f->status != NULL &&
	    !cert_status_from_name(s->f->status, &unused))
		return err_set(err, EINPUT, "/status: good, revoked or held");
	s->after = s->f->expires_after != 0 ? s->f->expires_after : INT64_MIN;
	s->before = s->f->expires_before != 0 ? s->f->expires_before :
	    INT64_MAX;
	TRY(choose(s, err));
	name = strcmp(s->statement, "cert_list_name") == 0;
	expiry = strcmp(s->statement, "cert_list_expiry") == 0;
	if (!name && !expiry)
		snprintf(s->id, sizeof(s->id), "%s", CERT_LAST);
	if (cursor == NULL)
		return 0;
	return name ? cursor_name(s, cursor, err) :
	    expiry ? cursor_expiry(s, cursor, err) : cursor_id(s, cursor, err);
}

static int
search_run(struct tx *tx, const struct search *s, unsigned limit,
    struct rows **ret, struct err *err)
{
	const struct cert_filter *f = s->f;
	bool		 name = strcmp(s->statement, "cert_list_name") == 0;
	size_t		 n = 8;
	struct value	 v[10] = { v_text(s->id), v_int((int64_t)limit + 1),
	    v_some(f->ca), v_some(f->profile), v_some(f->status),
	    v_some(f->device), v_int(s->after), v_int(s->before) };

	if (strcmp(s->statement, "cert_list_serial") == 0)
		v[n++] = v_number(&s->serial);
	else if (strcmp(s->statement, "cert_list_fingerprint") == 0)
		v[n++] = v_hash(&s->fingerprint);
	else if (strcmp(s->statement, "cert_list_batch") == 0)
		v[n++] = v_text(f->batch);
	else if (name) {
		v[n++] = v_blob(s->key, s->key_n);
		v[n++] = v_blob(s->end, s->end_n);
	}
	return tx_query(tx, s->statement, v, n, ret, err);
}

/* More filters than the way that drives: a subject among a device's. */
static bool
is_meant(const struct search *s, const json_t *j)
{
	return (s->serial_hex[0] == '\0' ||
	    strcmp(s->serial_hex, json_str(j, "serial", "")) == 0) &&
	    (s->fingerprint_hex[0] == '\0' ||
	    strcmp(s->fingerprint_hex, json_str(j, "fingerprint", "")) == 0);
}

static int
refuse_two(const struct cert_filter *f, struct err *err)
{
	int	 n = (f->subject != NULL) + (f->san != NULL) +
	    (f->serial != NULL || f->fingerprint != NULL || f->device != NULL) +
	    (f->batch != NULL);

	return n <= 1 ? 0 : err_set(err, EINPUT, "look for one of subject, "
	    "san, serial, fingerprint, device and batch at a time");
}

/* @ret_next: behind the last row, where there are more. */
static int
page_fill(struct rows *r, const struct search *s, unsigned limit,
    json_t *list, struct blob *ret_next, bool *ret_more, struct err *err)
{
	json_t		*j;

	for (unsigned n = 0;; n++) {
		TRY(rows_next(r, ret_more, err));
		if (!*ret_more || n == limit)
			return 0;
		TRY(cursor_make(s, r, ret_next, err));
		TRY(row_json(r, &j, err));
		if (!is_meant(s, j))
			json_decref(j);
		else if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
}

int
cert_list(struct tx *tx, const struct cert_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	struct search	 s = { .f = f };
	AUTO_JSON	*list = json_array();
	AUTO(blob)	*last = blob_new();
	AUTO(rows)	*r = NULL;
	char		*next = NULL;
	bool		 more;

	if (list == NULL || last == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(refuse_two(f, err));
	TRY(search_begin(&s, cursor, err));
	TRY(search_run(tx, &s, limit, &r, err));
	TRY(page_fill(r, &s, limit, list, last, &more, err));
	if (more && (next = strdup(blob_str(last))) == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	*ret = TAKE(list);
	*ret_next = next;
	return 0;
}
