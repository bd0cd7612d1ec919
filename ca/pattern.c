#include "config.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ca/pattern.h"

#define REPEAT_ALL	2048

struct pattern {
	regex_t		 regex;
};

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	regfree(&p->regex);
	free(p);
}

/* "[...]" from its bracket; a "]" that comes first stands for itself. */
static size_t
brackets(const char *s)
{
	size_t i = 1;

	i += s[i] == '^';
	i += s[i] == ']';
	while (s[i] != '\0' && s[i] != ']')
		i++;
	return s[i] == ']' ? i + 1 : 0;
}

/* "{m}", "{m,}" or "{m,n}" from its brace; how often at most. 0: none. */
static size_t
repetition(const char *s, unsigned *ret_most)
{
	unsigned from = 0, to = 0;
	int n = 0;

	if (!isdigit((unsigned char)s[1]))
		return 0;
	if (sscanf(s, "{%3u}%n", &from, &n) == 1 && n > 0)
		to = from;
	else if (sscanf(s, "{%3u,}%n", &from, &n) == 1 && n > 0)
		to = from;
	else if (sscanf(s, "{%3u,%3u}%n", &from, &to, &n) != 2 || n == 0 ||
	    to < from)
		return 0;
	*ret_most = to;
	return to > PATTERN_REPEAT || memchr(s, ' ', (size_t)n) != NULL ? 0 :
	    (size_t)n;
}

static int
refuse(const char *why, size_t at, struct err *err)
{
	return err_set(err, EINPUT, "a pattern %s, at character %zu", why,
	    at + 1);
}

/* One part at @s; @last is what {m,n} would repeat: 'a' an atom, 0 nothing. */
static int
part_check(const char *s, size_t i, char *last, unsigned *repeats,
    size_t *ret_n, struct err *err)
{
	unsigned most = 0;
	size_t n = 1;

	if (s[i] == '{') {
		n = repetition(s + i, &most);
		if (n == 0 || *last != 'a' ||
		    (*repeats += most) > REPEAT_ALL)
			return refuse("has a repetition that is not {m,n} "
			    "behind one character, of at most 255 and 2048 in "
			    "all", i, err);
	} else if (s[i] == '[') {
		if ((n = brackets(s + i)) == 0)
			return refuse("has brackets without an end", i, err);
	} else if (s[i] == '\\') {
		if (!ispunct((unsigned char)s[i + 1]))
			return refuse("has a backslash before something other "
			    "than punctuation", i, err);
		n = 2;
	} else if (s[i] == '^' || s[i] == '$') {
		return refuse("is anchored by itself", i, err);
	} else if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] >= 0x7f) {
		return refuse("has a character outside ASCII", i, err);
	}
	*last = s[i] != '\0' && strchr("{}()|*+?", s[i]) != NULL ? 0 : 'a';
	*ret_n = n;
	return 0;
}

static int
text_check(const char *text, struct err *err)
{
	size_t n = strlen(text), i, part;
	unsigned repeats = 0, depth = 0;
	char last = 0;

	if (n == 0 || n > PATTERN_OCTETS)
		return err_set(err, EINPUT, "a pattern has %zu octets, "
		    "expected 1 to %d", n, PATTERN_OCTETS);
	for (i = 0; i < n; i += part) {
		TRY(part_check(text, i, &last, &repeats, &part, err));
		/* "a)|(b" would be balanced by what is put around it. */
		if (text[i] == ')' && depth-- == 0)
			return refuse("closes a group that is not open", i,
			    err);
		depth += text[i] == '(';
	}
	return depth == 0 ? 0 : refuse("has a group without an end", n, err);
}

int
pattern_new(const char *text, struct pattern **ret, struct err *err)
{
	char whole[PATTERN_OCTETS + 8];
	struct pattern *p;
	int rc;

	TRY(text_check(text, err));
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_set(err, ENOMEMORY, "a pattern");
	(void)snprintf(whole, sizeof(whole), "^(%s)$", text);
	rc = regcomp(&p->regex, whole, REG_EXTENDED | REG_NOSUB);
	if (rc != 0) {
		/* A regex that was not compiled is not freed. */
		free(p);
		return err_set(err, rc == REG_ESPACE ? ENOMEMORY : EINPUT,
		    "a pattern is no extended regular expression");
	}
	*ret = p;
	return 0;
}

bool
pattern_matches(const struct pattern *p, const char *value)
{
	return regexec(&p->regex, value, 0, NULL, 0) == 0;
}
