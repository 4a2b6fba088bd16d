/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON as RFC 8785 wants it, straight to a sink, since a round is too large for a tree of values (and jansson
 * writes control characters in another way). The caller gives keys in ascending order; numbers are whole. Errors: the
 * first failure of the sink sticks; json_out_finish tells.
 */
#ifndef MATCHING_JSON_OUT_H
#define MATCHING_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Takes size bytes; anything but 0 stops the writing. */
typedef int json_sink(void *to, const char *bytes, size_t size);

struct json_out {
	json_sink *sink;
	void      *to;
	bool       failed, comma;
	size_t     used;
	char       bytes[64 * KiB];
};

void json_out_init(struct json_out *o, json_sink *sink, void *to);
int  json_out_finish(struct json_out *o) MUST_CHECK;          /* hands over the rest; -1: the sink failed */

void json_open(struct json_out *o, char bracket);             /* '{' or '[' */
void json_close(struct json_out *o, char bracket);            /* '}' or ']' */
void json_key(struct json_out *o, const char *key);
void json_text(struct json_out *o, const char *utf8);         /* NULL writes null */
void json_number(struct json_out *o, int64_t n);              /* within +-2^53, which JSON carries exactly */
void json_bool(struct json_out *o, bool b);

/* A sink that keeps everything, up to max bytes; start with {.max = ...}. Owner: the caller frees bytes. */
struct json_text_buffer {
	char  *bytes;
	size_t used, room, max;
};
json_sink json_keep;

#endif
