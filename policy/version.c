#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/version.h"

#define PARTS	16
#define DIGITS	18	/* below 2^63 */
#define DIGIT	"0123456789"

static int
refuse(const char *v, struct err *err)
{
	return err_set(err, EINPUT, "version \"%.40s\": expected integers "
	    "separated by dots, like 2.10.3", v);
}

/* One part and the dot after it; @v moves on. */
static int
read_part(const char *whole, const char **v, long long *ret, struct err *err)
{
	const char *s = *v;
	size_t n = strspn(s, DIGIT);

	if (n < 1 || n > DIGITS)
		return refuse(whole, err);
	*ret = strtoll(s, NULL, 10);
	s += n;
	if (*s == '.' && s[1] != '\0')
		s++;
	else if (*s != '\0')
		return refuse(whole, err);
	*v = s;
	return 0;
}

static int
read_version(const char *v, long long part[PARTS], struct err *err)
{
	const char *s = v;
	size_t n;

	memset(part, 0, PARTS * sizeof(part[0]));
	if (*s == '\0')
		return refuse(v, err);
	for (n = 0; *s != '\0'; n++) {
		if (n == PARTS)
			return refuse(v, err);
		TRY(read_part(v, &s, &part[n], err));
	}
	return 0;
}

int
version_check(const char *v, struct err *err)
{
	long long part[PARTS];

	if (strlen(v) >= VERSION_TEXT)
		return refuse(v, err);
	return read_version(v, part, err);
}

int
version_compare(const char *a, const char *b, int *ret, struct err *err)
{
	long long pa[PARTS], pb[PARTS];
	size_t i;

	TRY(version_check(a, err));
	TRY(version_check(b, err));
	TRY(read_version(a, pa, err));
	TRY(read_version(b, pb, err));
	for (i = 0; i < PARTS && pa[i] == pb[i]; i++)
		;
	*ret = i == PARTS ? 0 : pa[i] < pb[i] ? -1 : 1;
	return 0;
}

/* The next part without its leading zeros; false: it was zero. */
static bool
put_part(const char **v, char **to)
{
	const char *s = *v + strspn(*v, "0");
	size_t n = strspn(s, DIGIT);

	*v = s + n;
	if (n == 0)
		*(*to)++ = '0';
	memcpy(*to, s, n);
	*to += n;
	return n > 0;
}

void
version_normal(const char *v, char ret[VERSION_TEXT])
{
	char *to = ret, *end = ret + 1;

	if (version_check(v, NULL) != 0) {
		(void)snprintf(ret, VERSION_TEXT, "%s", v);
		return;
	}
	for (;;) {
		if (put_part(&v, &to))
			end = to;
		if (*v == '\0')
			break;
		*to++ = *v++;
	}
	*end = '\0';
}
