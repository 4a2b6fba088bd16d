/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON (RFC 8785), written as it comes. */
#include <stdlib.h>
#include <string.h>

#include "json_out.h"

void
json_out_init(struct json_out *o, json_sink *sink, void *to)
{
	o->sink = sink;
	o->to = to;
	o->failed = o->comma = false;
	o->used = 0;
}

static void
flush(struct json_out *o)
{
	if (!o->failed && o->used > 0 && o->sink(o->to, o->bytes, o->used) != 0)
		o->failed = true;
	o->used = 0;
}

int
json_out_finish(struct json_out *o)
{
	flush(o);
	return o->failed ? -1 : 0;
}

/* Room for size bytes, less than there is in all; what is put there counts once o->used says so. */
static inline char *
room(struct json_out *o, size_t size)
{
	if (sizeof o->bytes - o->used < size)
		flush(o);
	return o->bytes + o->used;
}

static inline void
put_char(struct json_out *o, char c)
{
	*room(o, 1) = c;
	o->used++;
}

/* Every value but the first of its bracket, or the one after a key, follows a comma. */
static inline void
separate(struct json_out *o)
{
	if (o->comma)
		put_char(o, ',');
	o->comma = true;
}

void
json_open(struct json_out *o, char bracket)
{
	separate(o);
	put_char(o, bracket);
	o->comma = false;
}

void
json_close(struct json_out *o, char bracket)
{
	put_char(o, bracket);
	o->comma = true;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */
enum { PIECE = 1024, LONGEST_ESCAPE = 6 };

/* Is one of these 8 bytes a quote, a backslash or a control character? */
static inline bool
has_special(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\';

	return ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w)) &
	        ones * 0x80) != 0;
}

/* Eight bytes at a time; the last eight overlap those before. */
static bool
is_plain(const char *s, size_t size)
{
	uint64_t w = UINT64_C(0x6161616161616161);

	if (size < sizeof w) {
		for (size_t k = 0; k < size; k++)
			w = w << 8 | (unsigned char)s[k];
		return !has_special(w);
	}
	for (size_t k = 0; k + sizeof w < size; k += sizeof w) {
		memcpy(&w, s + k, sizeof w);
		if (has_special(w))
			return false;
	}
	memcpy(&w, s + size - sizeof w, sizeof w);
	return !has_special(w);
}

/* Returns how many bytes it put, LONGEST_ESCAPE at most. */
static size_t
put_escaped(char *to, unsigned char c)
{
	static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt", HEX[] = "0123456789abcdef";

	if (c >= 0x20 && c != '"' && c != '\\') {
		to[0] = (char)c;
		return 1;
	}
	for (size_t k = 0; k + 1 < sizeof SHORT; k += 2)
		if ((unsigned char)SHORT[k] == c) {
			to[0] = '\\';
			to[1] = SHORT[k + 1];
			return 2;
		}
	memcpy(to, "\\u00", 4);
	to[4] = HEX[c >> 4];
	to[5] = HEX[c & 15];
	return LONGEST_ESCAPE;
}

static void
put_string(struct json_out *o, const char *s)
{
	size_t left = strlen(s);

	put_char(o, '"');
	while (left > 0) {
		size_t size = left < PIECE ? left : PIECE;
		char *to = room(o, PIECE * LONGEST_ESCAPE);

		if (is_plain(s, size)) {
			memcpy(to, s, size);
			o->used += size;
		} else {
			for (size_t k = 0; k < size; k++)
				o->used += put_escaped(o->bytes + o->used, (unsigned char)s[k]);
		}
		s += size;
		left -= size;
	}
	put_char(o, '"');
}

void
json_key(struct json_out *o, const char *key)
{
	separate(o);
	put_string(o, key);
	put_char(o, ':');
	o->comma = false;
}

static void
put_word(struct json_out *o, const char *word, size_t size)
{
	memcpy(room(o, size), word, size);
	o->used += size;
}

void
json_text(struct json_out *o, const char *utf8)
{
	separate(o);
	if (utf8 == NULL)
		put_word(o, "null", 4);
	else
		put_string(o, utf8);
}

void
json_number(struct json_out *o, int64_t n)
{
	char text[20];
	size_t from = sizeof text;
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	separate(o);
	do
		text[--from] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		text[--from] = '-';
	put_word(o, text + from, sizeof text - from);
}

void
json_bool(struct json_out *o, bool b)
{
	separate(o);
	if (b)
		put_word(o, "true", 4);
	else
		put_word(o, "false", 5);
}

int
json_keep(void *to, const char *bytes, size_t size)
{
	struct json_text_buffer *b = to;

	if (size > b->max || b->used > b->max - size)
		return -1;
	if (b->used + size > b->room) {
		size_t room = b->room == 0 ? 4 * (size_t)KiB : b->room * 2;
		char *grown;

		while (room < b->used + size)
			room *= 2;
		grown = realloc(b->bytes, room);
		if (grown == NULL)
			return -1;
		b->bytes = grown;
		b->room = room;
	}
	memcpy(b->bytes + b->used, bytes, size);
	b->used += size;
	return 0;
}
