/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON (RFC 8785), written as it comes. */
#include <inttypes.h>
#include <stdio.h>
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

static void
put(struct json_out *o, const char *bytes, size_t size)
{
	while (size > 0) {
		size_t part = sizeof o->bytes - o->used;

		if (part > size)
			part = size;
		memcpy(o->bytes + o->used, bytes, part);
		o->used += part;
		bytes += part;
		size -= part;
		if (o->used == sizeof o->bytes)
			flush(o);
	}
}

/* Every value but the first of its bracket, or the one after a key, follows a comma. */
static void
separate(struct json_out *o)
{
	if (o->comma)
		put(o, ",", 1);
	o->comma = true;
}

void
json_open(struct json_out *o, char bracket)
{
	separate(o);
	put(o, &bracket, 1);
	o->comma = false;
}

void
json_close(struct json_out *o, char bracket)
{
	put(o, &bracket, 1);
	o->comma = true;
}

static void
put_escaped(struct json_out *o, unsigned char c)
{
	static const char SHORT[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8];

	for (size_t k = 0; k + 1 < sizeof SHORT; k += 2)
		if ((unsigned char)SHORT[k] == c) {
			text[0] = '\\';
			text[1] = SHORT[k + 1];
			put(o, text, 2);
			return;
		}
	put(o, text, (size_t)snprintf(text, sizeof text, "\\u%04x", c));
}

static void
put_string(struct json_out *o, const char *s)
{
	const char *plain = s;

	put(o, "\"", 1);
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		put(o, plain, (size_t)(s - plain));
		put_escaped(o, c);
		plain = s + 1;
	}
	put(o, plain, (size_t)(s - plain));
	put(o, "\"", 1);
}

void
json_key(struct json_out *o, const char *key)
{
	separate(o);
	put_string(o, key);
	put(o, ":", 1);
	o->comma = false;
}

void
json_text(struct json_out *o, const char *utf8)
{
	separate(o);
	if (utf8 == NULL)
		put(o, "null", 4);
	else
		put_string(o, utf8);
}

void
json_number(struct json_out *o, int64_t n)
{
	char text[24];

	separate(o);
	put(o, text, (size_t)snprintf(text, sizeof text, "%" PRId64, n));
}

void
json_bool(struct json_out *o, bool b)
{
	separate(o);
	if (b)
		put(o, "true", 4);
	else
		put(o, "false", 5);
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
