/*
 * est_label - which CA and profile stand under a label of EST.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/est.h"
#include "flow/inside.h"

#define FIELDS		4
#define COLUMNS		64	/* RFC 7468, 2; libest must have lines */

/* "a/b/c" in parts; too many are counted, so that they are refused. */
static size_t
cut(char *text, char *ret[FIELDS])
{
	size_t n = 0;
	char *next;

	for (; text != NULL; text = next, n++) {
		if ((next = strchr(text, '/')) != NULL)
			*next++ = '\0';
		if (n < FIELDS)
			ret[n] = text;
	}
	return n;
}

static bool
name_take(const char *from, char *to, size_t room)
{
	size_t n = strlen(from);

	if (!name_check(from) || n >= room)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

static bool
label_read(char *word, struct est_label *l)
{
	char *field[FIELDS], *equals = strchr(word, '=');
	size_t n;

	if (equals == NULL)
		return false;
	*equals = '\0';
	n = cut(equals + 1, field);
	if (n < 2 || n > FIELDS || !name_take(word, l->label,
	    sizeof(l->label)) || !name_take(field[0], l->ca, sizeof(l->ca)) ||
	    !name_take(field[1], l->profile, sizeof(l->profile)))
		return false;
	if (n > 2 && field[2][0] != '\0' &&
	    !name_take(field[2], l->as, sizeof(l->as)))
		return false;
	if (n == FIELDS && strcmp(field[3], "lines") != 0)
		return false;
	l->columns = n == FIELDS ? COLUMNS : 0;
	return true;
}

static const struct est_label *
label_named(const struct est_labels *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->at[i].label, name) == 0)
			return &all->at[i];
	return NULL;
}

static int
word_read(const char *p, size_t n, struct est_labels *all, struct err *err)
{
	struct est_label l = { .columns = 0 };
	char word[320];

	if (n >= sizeof(word))
		return err_set(err, EUSAGE, "est.labels: a word is too long");
	memcpy(word, p, n);
	word[n] = '\0';
	if (!label_read(word, &l))
		return err_set(err, EUSAGE, "est.labels: \"%.*s\": expected "
		    "LABEL=CA/PROFILE, LABEL=CA/PROFILE/TOOL or "
		    "LABEL=CA/PROFILE/TOOL/lines", n > 80 ? 80 : (int)n, p);
	if (label_named(all, l.label) != NULL)
		return err_set(err, EUSAGE, "est.labels: %s stands twice",
		    l.label);
	if (all->n == EST_LABELS)
		return err_set(err, EUSAGE, "est.labels: there may be %d",
		    EST_LABELS);
	all->at[all->n++] = l;
	return 0;
}

int
est_labels_read(const char *text, struct est_labels **ret, struct err *err)
{
	struct est_labels *all = calloc(1, sizeof(*all));
	size_t n;
	int rc = 0;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "the labels");
	for (; rc == 0 && *text != '\0'; text += n) {
		text += strspn(text, " ");
		if ((n = strcspn(text, " ")) > 0)
			rc = word_read(text, n, all, err);
	}
	if (rc != 0) {
		free(all);
		return rc;
	}
	*ret = all;
	return 0;
}

int
flow_labels_check(const char *est_labels, struct err *err)
{
	struct est_labels *all;

	TRY(est_labels_read(est_labels, &all, err));
	free(all);
	return 0;
}

int
est_label_find(const struct flow *f, const char *label,
    const struct est_label **ret, struct err *err)
{
	const char *name = label[0] != '\0' ? label : "default";

	if ((*ret = label_named(f->est, name)) == NULL)
		return err_set(err, ENOENT_, "there is no EST label \"%.64s\" "
		    "here; est.labels of the configuration names them", name);
	return 0;
}
