/*
 * profile_form - fixed values with what they are filled in with.
 * Private to ca/profile*.c.
 */
#ifndef CA_PROFILE_FORM_H
#define CA_PROFILE_FORM_H

#include "ca/pattern.h"
#include "ca/profile.h"

#define FORM_DEVICE	"{device}"	/* the device's serial */
#define FORM_DEVICE_HEX	"{device-hex}"	/* its octets in hexadecimal */
#define FORM_TEXT	(PROFILE_VALUE + 2 * PROFILE_DEVICE + 1)

/** form_check - at most one placeholder, and no other braces. Errors: EINPUT. */
NODISCARD int form_check(const char *form, struct err *err);
/** form_needs_device - is there a placeholder? */
bool form_needs_device(const char *form);
/** form_fill - the text for this device, which may be NULL where it needs none. */
void form_fill(const char *form, const char *device, char ret[FORM_TEXT]);
/**
 * form_matches - is @text this form filled in?
 * @device  the device's serial; where it is "", it is learned from the text.
 */
bool form_matches(const char *form, const char *text,
    char device[PROFILE_DEVICE + 1]);

/** profile_kind_check - does what was read go together: kind, standard, usage
 * and purposes? @where is "/profiles/NAME". Errors: ESCHEMA. */
NODISCARD int profile_kind_check(const struct profile *p, const char *where,
    struct err *err);
/** profile_rules_read - /subject and /san. */
NODISCARD int profile_rules_read(struct profile *p, const char *where,
    struct err *err);

#endif
