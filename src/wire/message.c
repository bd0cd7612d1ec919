#include "config.h"

#include <string.h>

#include "base/json.h"
#include "wire/frame.h"
#include "wire/message.h"

static const char *const NAMES[] = {
#define M(name, text) [MESSAGE_##name] = text,
	MESSAGES(M)
#undef M
};
_Static_assert(NELEM(NAMES) == MESSAGE__N, "one name per message");

const char *
message_name(enum message m)
{
	return (unsigned)m < MESSAGE__N ? NAMES[m] : "?";
}

int
message_read_known(const void *p, size_t n, json_t **ret, bool *ret_canonical,
    struct err *err)
{
	json_t *j = NULL;

	if (n > FRAME_MESSAGE)
		return err_set(err, ETOOBIG, "a message of %zu octets", n);
	TRY(json_read_known(p, n, &j, ret_canonical, err));
	if (!json_is_object(j)) {
		json_decref(j);
		return err_set(err, EINPUT, "a message must be an object");
	}
	*ret = j;
	return 0;
}

int
message_read(const void *p, size_t n, json_t **ret, struct err *err)
{
	bool canonical;

	return message_read_known(p, n, ret, &canonical, err);
}

int
message_what(const json_t *o, enum message *ret, struct err *err)
{
	const char *what;
	unsigned m;

	TRY(json_need_str(o, "do", &what, err));
	for (m = 0; m < MESSAGE__N; m++)
		if (strcmp(NAMES[m], what) == 0) {
			*ret = (enum message)m;
			return 0;
		}
	return err_set(err, ESCHEMA, "no message is called \"%.32s\"", what);
}

int
message_make(enum message m, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:s}", "do", message_name(m));
}

int
message_write(const json_t *o, struct blob *ret, struct err *err)
{
	return json_canonical(o, ret, err);
}

int
answer_ok(json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:b}", "ok", 1);
}

/* Words may quote what came from outside: only ASCII that prints goes on. */
static void
printable(const char *from, char *ret, size_t room)
{
	size_t i;

	for (i = 0; i + 1 < room && from[i] != '\0'; i++)
		ret[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	ret[i] = '\0';
}

int
answer_no(const struct err *why, json_t **ret, struct err *err)
{
	char what[sizeof(why->what)];

	printable(why->what, what, sizeof(what));
	return json_build(ret, err, "{s:b, s:s, s:s}", "ok", 0,
	    "code", err_code_name(why->code), "what", what);
}

int
answer_check(const json_t *answer, struct err *err)
{
	const json_t *ok = json_object_get(answer, "ok");
	const char *code = json_str(answer, "code", NULL);

	if (json_is_true(ok))
		return 0;
	if (!json_is_false(ok) || code == NULL)
		return err_set(err, EKEEPER, "an answer without \"ok\" or \"code\"");
	return err_set(err, err_from_name(code), "%s",
	    json_str(answer, "what", ""));
}

/* Names are sorted: what stands around the entry is always the same. */
bool
answer_entry_cut(const json_t *answer, struct blob *octets)
{
	static const char before[] = "{\"entry\":", after[] = ",\"ok\":true}";
	const size_t from = sizeof(before) - 1, rest = from + sizeof(after) - 1;

	if (json_object_size(answer) != 2 || octets->len <= rest ||
	    !json_is_object(json_object_get(answer, "entry")) ||
	    !json_is_true(json_object_get(answer, "ok")))
		return false;
	memmove(octets->data, octets->data + from, octets->len - rest);
	blob_cut(octets, octets->len - rest);
	return true;
}
