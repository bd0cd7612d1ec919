/* csv - see csv.h. */
#include <string.h>

#include "base/csv.h"

/* Whether a cell is calculated is told by its first character. */
static bool
is_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

/* RFC 4180, 2.6 and 2.7: in quotes, and a quote twice. */
static int
quoted(struct blob *ret, const char *text, bool formula, struct err *err)
{
	const char *quote;

	TRY(blob_puts(ret, formula ? "\"'" : "\"", err));
	while ((quote = strchr(text, '"')) != NULL) {
		TRY(blob_put(ret, text, (size_t)(quote - text), err));
		TRY(blob_puts(ret, "\"\"", err));
		text = quote + 1;
	}
	TRY(blob_puts(ret, text, err));
	return blob_puts(ret, "\"", err);
}

int
csv_put(struct blob *ret, const char *text, bool last, struct err *err)
{
	bool formula;

	if (text == NULL)
		text = "";
	formula = is_formula(text);
	if (formula || text[strcspn(text, ",\"\r\n\t;'")] != '\0')
		TRY(quoted(ret, text, formula, err));
	else
		TRY(blob_puts(ret, text, err));
	return blob_puts(ret, last ? "\r\n" : ",", err);
}
