/* SPDX-License-Identifier: Apache-2.0 */
/* How a flaw is told: one line that says where, what was found and what is allowed, in English and in French. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "instance_priv.h"

/* Where a text may be cut at or before size: not inside a character. */
static size_t
whole_characters(const char *utf8, size_t size)
{
	while (size > 0 && ((unsigned char)utf8[size] & 0xc0) == 0x80)
		size--;
	return size;
}

/* Controls, among them those of C1 and those that turn the direction of writing. */
static bool
is_control(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	if (u[0] < 0x20 || u[0] == 0x7f || (u[0] == 0xc2 && u[1] < 0xa0))
		return true;
	return u[0] == 0xe2 &&
	       ((u[1] == 0x80 && u[2] >= 0xa8 && u[2] <= 0xae) || (u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9));
}

static size_t
character_size(const char *p)
{
	unsigned char c = (unsigned char)*p;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

const char *
show(struct shown *s, const char *text, size_t size)
{
	const size_t most = sizeof s->text - 12; /* quotes, dots, and one character more */
	size_t used = 1, k = 0;

	s->text[0] = '"';
	while (k < size && used < most) {
		char piece[5] = { 0 };
		size_t n = character_size(text + k);

		n = n > size - k ? size - k : n;
		memcpy(piece, text + k, n);
		if (is_control(piece) || !text_is_utf8(piece, n)) {
			s->text[used++] = '?';
			k += text_is_utf8(piece, n) ? n : 1;
			continue;
		}
		k += n;
		memcpy(s->text + used, piece, n);
		used += n;
	}
	memcpy(s->text + used, k < size ? "...\"" : "\"", k < size ? 5 : 2);
	return s->text;
}

const char *
show_id(struct shown *s, const char *id)
{
	return show(s, id, strlen(id));
}

const char *
subject_make(struct subject *s, const char *list, size_t index, const char *id, const char *key)
{
	struct shown shown;

	s->text[0] = '\0';
	snprintf(s->text, sizeof s->text, "%s[%zu]%s%s%s%s", list, index, id == NULL ? "" : " ",
	         id == NULL ? "" : show_id(&shown, id), key == NULL ? "" : ", ", key == NULL ? "" : key);
	return s->text;
}

/* The words that differ before what is told. */
struct lead {
	const char *line, *column, *colon;
};

static void tell(char *text, size_t room, struct lead lead, struct json_place where, const char *subject,
                 const char *format, va_list args) PRINTF_LIKE(6, 0);

static void
tell(char *text, size_t room, struct lead lead, struct json_place where, const char *subject, const char *format,
     va_list args)
{
	size_t used = 0;

	text[0] = '\0';
	if (where.line != 0)
		used = (size_t)snprintf(text, room, "%s %" PRIu32 ", %s %" PRIu32, lead.line, where.line, lead.column,
		                        where.column);
	if (subject[0] != '\0')
		used += (size_t)snprintf(text + used, room - used, "%s%s", where.line != 0 ? ", " : "", subject);
	if (used > 0)
		used += (size_t)snprintf(text + used, room - used, "%s", lead.colon);
	vsnprintf(text + used, room - used, format, args);
	if (strlen(text) == room - 1)
		text[whole_characters(text, room - 2)] = '\0';
}

_Static_assert(sizeof(struct subject) + 80 < sizeof((struct instance_flaw *)0)->text,
               "where and what leave room to say");

static const struct lead ENGLISH = { "line", "column", ": " }, FRENCH = { "ligne", "colonne", " : " };

void
flaw_set(struct instance_flaw *f, const char *code, struct json_place where, const char *subject, const char *en,
         const char *fr, ...)
{
	va_list args, again;

	if (f->code != NULL)
		return;
	f->code = code;
	va_start(args, fr);
	va_copy(again, args);
	tell(f->text, sizeof f->text, ENGLISH, where, subject, en, args);
	tell(f->text_fr, sizeof f->text_fr, FRENCH, where, subject, fr, again);
	va_end(again);
	va_end(args);
}

static void tell_words(char *text, size_t room, struct lead lead, struct json_place where, const char *subject,
                       const char *format, ...) PRINTF_LIKE(6, 7);

static void
tell_words(char *text, size_t room, struct lead lead, struct json_place where, const char *subject, const char *format,
           ...)
{
	va_list args;

	va_start(args, format);
	tell(text, room, lead, where, subject, format, args);
	va_end(args);
}

void
flaw_found(struct instance_flaw *f, const char *code, struct json_place where, const char *subject, struct json_words w)
{
	if (f->code != NULL)
		return;
	f->code = code;
	tell_words(f->text, sizeof f->text, ENGLISH, where, subject, "found %s, allowed is %s", w.found_en,
	           w.allowed_en);
	tell_words(f->text_fr, sizeof f->text_fr, FRENCH, where, subject, "trouvé %s, permis : %s", w.found_fr,
	           w.allowed_fr);
}

void
flaw_no_memory(struct instance_flaw *f)
{
	flaw_set(f, "no_memory", NOWHERE, "", "not enough memory for the instance",
	         "pas assez de mémoire pour l'instance");
}
