/*
 * text - text that must fit.
 *
 * Floor 1.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TEXT_CUT	240

struct text_cut {
	char	 at[TEXT_CUT];
};
/** text_cut - as far as @most octets (and TEXT_CUT), whole characters of UTF-8. */
struct text_cut text_cut(const char *text, size_t most);
/**
 * text_shown - the same of text from outside, for people to read: "?" stands for
 * what moves a terminal's cursor or the order of what is read.
 */
struct text_cut text_shown(const char *text, size_t most);
/**
 * text_control - how many octets the control character has that @text begins
 * with: C0, DEL, C1, U+2028, U+2029, and those of writing from right to left
 * (U+061C, U+200E, U+200F, U+202A..U+202E, U+2066..U+2069); 0: it is none.
 */
size_t text_control(const char *text);
/** text_character - octets of the UTF-8 character (RFC 3629) that @text begins
 * with, 0 where none begins. */
size_t text_character(const char *text);
/** text_is_blank - is nothing of it seen: empty, or blanks (Unicode's White_Space)
 * and what nobody sees (text_spell) alone? */
bool text_is_blank(const char *text);

/**
 * text_spell - @text from outside on one line of a terminal, so that what is read
 * is what is there: blanks for ends of lines and tabulators, "?" for an octet
 * that is not UTF-8 (RFC 3629), "U+202E" for a control character (C0, DEL, C1) and
 * for what nobody sees or what turns the order round (Unicode's
 * Default_Ignorable_Code_Point but for variation selectors, U+2028, U+2029 and
 * U+FFF9..U+FFFB).
 */
void text_spell(const char *text, FILE *to);

/**
 * text_plain - in place: what is not UTF-8 (RFC 3629), and control characters but
 * ends of lines and tabulators, become '?', an octet each.
 */
void text_plain(char *text);

#endif
