/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads JSON as it comes, strictly (RFC 8259, UTF-8 of RFC 3629), in a fixed window: the caller pulls one token after
 * another and no tree is ever built, so that a round of any size can be read from a pipe. Stricter than the RFC in that
 * a text has at most JSON_MAX_TEXT bytes and no NUL, a number at most JSON_MAX_NUMBER characters, that nesting has a
 * ceiling, and that a byte order mark is refused. Keys are handed over as they stand; whoever knows them refuses
 * those that stand twice.
 *
 * What does not fit is no value: the functions return false. Either the syntax is broken (json_in_broken, for good:
 * nothing more can be read), or another kind of value stands there (it is not consumed, json_in_kind tells).
 *
 * Owner: the caller of json_in_open calls json_in_close.
 */
#ifndef MATCHING_JSON_IN_H
#define MATCHING_JSON_IN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/compiler.h"

enum { JSON_MAX_TEXT = 1024, JSON_MAX_NUMBER = 64, JSON_MAX_DEPTH = 60 };

enum json_kind { JSON_END, JSON_OBJECT, JSON_LIST, JSON_TEXT, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };

enum json_fault {
	JSON_SOUND,
	JSON_WANTS_VALUE,
	JSON_WANTS_COMMA_IN_LIST,
	JSON_WANTS_COMMA_IN_OBJECT,
	JSON_WANTS_KEY,
	JSON_WANTS_COLON,
	JSON_WANTS_END,
	JSON_OPEN_TEXT,
	JSON_CONTROL,
	JSON_NOT_UTF8,
	JSON_BAD_ESCAPE,
	JSON_LONE_SURROGATE,
	JSON_NUL,
	JSON_LONG_TEXT,
	JSON_BAD_NUMBER,
	JSON_LONG_NUMBER,
	JSON_TOO_DEEP,
	JSON_BYTE_ORDER_MARK,
	JSON_UNREADABLE,        /* the source failed */
	JSON_NO_MEMORY,
};

/* Fills at most size bytes; 0 at the end, -1 when it cannot be read. */
typedef ssize_t json_source(void *from, void *bytes, size_t size);
/* Called before the window moves on: after it, texts that json_in_text returned are gone. */
typedef void json_moving(void *to);

struct json_place {
	uint32_t line, column;                  /* from 1; column in bytes; UINT32_MAX: that or more */
};

struct json_in {
	unsigned char *at;                      /* the next byte; a NUL stands behind the last one */
	unsigned char *end;                     /* behind the last byte that is there */
	unsigned char *safe;                    /* a token that begins before it is there wholly */
	unsigned char *window;
	bool first;                             /* a bracket was just opened */
	bool ended;                             /* the source has no more */
	int depth;                              /* brackets open */
	uint64_t lists;                         /* bit n: bracket n is that of a list */
	uint64_t passed;                        /* bytes before the window */
	uint64_t column;                        /* of the window's first byte, if it stands in this line (may wrap) */
	uint32_t line;
	enum json_fault fault;
	struct json_place fault_at;
	struct json_place key_at;               /* where the last key began */
	unsigned char fault_byte;               /* what was found; NUL at the end */
	json_source *source;
	void *from;
	json_moving *moving;                    /* or NULL */
	void *moving_to;
	char key[JSON_MAX_TEXT];                /* one with blanks behind it */
};

/* moving may be NULL. Trouble (no memory too) shows at the first token. */
void json_in_open(struct json_in *j, json_source *source, void *from, json_moving *moving, void *moving_to);
void json_in_close(struct json_in *j);          /* may be called twice */

static inline bool json_in_broken(const struct json_in *j);

/* What kind of value stands next; JSON_END: none, or the syntax is broken. */
enum json_kind json_in_kind(struct json_in *j);

/* Where the next token begins. */
static inline struct json_place json_in_place(struct json_in *j);
/* Where the last token began, which had so many bytes and no newline behind it. */
static inline struct json_place json_in_place_before(const struct json_in *j, size_t size);

/* Behind '[' or before any value: is there another value in this list? false also consumes the ']'. */
static inline bool json_in_more(struct json_in *j) MUST_CHECK;

/* Behind '{' or a value: the next key of this object; false also consumes the '}'. Borrowed until the window moves. */
static inline bool json_in_key(struct json_in *j, const char **key, size_t *size) MUST_CHECK;

/* Enter an object or a list. */
static inline bool json_in_enter(struct json_in *j, enum json_kind kind) MUST_CHECK;

/* A text, decoded; borrowed until the window moves, not NUL-terminated. */
static inline bool json_in_text(struct json_in *j, const char **text, size_t *size) MUST_CHECK;

/*
 * A number: the value where it is whole, within +-2^53, however it is written (870, 870.0 and 8.7e2 are one number);
 * *whole tells. written: as it stands, NUL-terminated.
 */
struct json_number {
	bool    whole;
	int64_t value;
	char    written[JSON_MAX_NUMBER + 1];
};
bool json_in_number(struct json_in *j, struct json_number *n) MUST_CHECK;
/* The same for the commonest: at most 9 digits and nothing else. false: another value stands there, not consumed. */
static inline bool json_in_digits(struct json_in *j, int32_t *value) MUST_CHECK;

bool json_in_bool(struct json_in *j, bool *b) MUST_CHECK;
bool json_in_null(struct json_in *j) MUST_CHECK;

/* Pass over one value, whatever it is. */
bool json_in_skip(struct json_in *j) MUST_CHECK;
/* Pass over a value that stands next, and what is left of brackets deeper than depth. */
bool json_in_climb(struct json_in *j, int depth) MUST_CHECK;

/* Nothing but blanks is left. */
bool json_in_end(struct json_in *j) MUST_CHECK;

/* What stands where it broke, and what is allowed there: for "found %s, allowed is %s". Static but for what. */
struct json_words {
	const char *found_en, *found_fr, *allowed_en, *allowed_fr;
};
struct json_words json_in_words(const struct json_in *j, char what[16]);

/* Sources. */
struct json_bytes {
	const char *bytes;
	size_t size;
};
json_source json_from_bytes;                    /* from: struct json_bytes, which it uses up */
json_source json_from_fd;                       /* from: int, a file descriptor */

/* ---- what most tokens need and no more; the rest is in json_in.c ------------------------------------------------- */
unsigned char json_in_look_further(struct json_in *j);
bool json_in_enter_further(struct json_in *j, enum json_kind kind);
bool json_in_more_further(struct json_in *j);
bool json_in_text_further(struct json_in *j, const char **text, size_t *size);
bool json_in_colon_further(struct json_in *j, const char **key, size_t size);
bool json_in_break(struct json_in *j, enum json_fault fault);   /* always false */

static inline bool
json_in_broken(const struct json_in *j)
{
	return j->fault != JSON_SOUND;
}

static inline struct json_place
json_in_place_at(const struct json_in *j, const unsigned char *at)
{
	uint64_t column = j->column + (uint64_t)(at - j->window);

	return (struct json_place){ j->line, column < UINT32_MAX ? (uint32_t)column : UINT32_MAX };
}

/* The first byte of the next token; NUL at the end (no token begins so). */
static inline unsigned char
json_in_look(struct json_in *j)
{
	return *j->at > ' ' && j->at < j->safe ? *j->at : json_in_look_further(j);
}

static inline struct json_place
json_in_place(struct json_in *j)
{
	(void)json_in_look(j);
	return j->fault == JSON_SOUND ? json_in_place_at(j, j->at) : j->fault_at;
}

static inline struct json_place
json_in_place_before(const struct json_in *j, size_t size)
{
	return j->fault == JSON_SOUND ? json_in_place_at(j, j->at - size) : j->fault_at;
}

static inline bool
json_in_enter(struct json_in *j, enum json_kind kind)
{
	if (json_in_look(j) != (kind == JSON_LIST ? '[' : '{') || j->depth == JSON_MAX_DEPTH)
		return json_in_enter_further(j, kind);
	j->lists = j->lists << 1 | (kind == JSON_LIST);
	j->depth++;
	j->at++;
	j->first = true;
	return true;
}

static inline bool
json_in_leave(struct json_in *j)
{
	j->lists >>= 1;
	j->depth--;
	j->at++;
	j->first = false;
	return false;
}

static inline bool
json_in_more(struct json_in *j)
{
	unsigned char c = json_in_look(j);

	if (c == ']')
		return json_in_leave(j);
	if (c == ',' && !j->first) {
		j->at++;
		return true;
	}
	return json_in_more_further(j);
}

#define JSON_ONES UINT64_C(0x0101010101010101)

/* The first byte from p on that is a quote, a backslash, a control character or not ASCII; a NUL stops it in time. */
static inline const unsigned char *
json_plain_end(const unsigned char *p)
{
	for (;; p += 8) {
		uint64_t w, quote, backslash, special;

		memcpy(&w, p, sizeof w);
		w = le64toh(w);
		quote = w ^ JSON_ONES * '"';
		backslash = w ^ JSON_ONES * '\\';
		special = ((quote - JSON_ONES) & ~quote) | ((backslash - JSON_ONES) & ~backslash) |
		    ((w - JSON_ONES * 0x20) & ~w) | w;
		special &= JSON_ONES * 0x80;
		if (special != 0)
			return p + __builtin_ctzll(special) / 8;
	}
}

static inline bool
json_in_text(struct json_in *j, const char **text, size_t *size)
{
	unsigned char *from;
	const unsigned char *end;

	if (json_in_look(j) != '"')
		return json_in_text_further(j, text, size);
	from = j->at + 1;
	end = json_plain_end(from);
	if (*end != '"' || end - from > JSON_MAX_TEXT)
		return json_in_text_further(j, text, size);
	*text = (const char *)from;
	*size = (size_t)(end - from);
	j->at = from + *size + 1;
	return true;
}

static inline bool
json_in_digits(struct json_in *j, int32_t *value)
{
	unsigned char c = json_in_look(j);
	const unsigned char *p = j->at;
	int32_t n = 0;

	while (*p >= '0' && *p <= '9' && p - j->at < 9)
		n = n * 10 + (*p++ - '0');
	if (p == j->at || (c == '0' && p - j->at > 1) || (*p != ',' && *p != ']' && *p != '}'))
		return false;
	*value = n;
	j->at += p - j->at;
	return true;
}

static inline bool
json_in_key(struct json_in *j, const char **key, size_t *size)
{
	unsigned char c = json_in_look(j);

	if (c == '}')
		return json_in_leave(j);
	if (!j->first) {
		if (c != ',')
			return json_in_break(j, JSON_WANTS_COMMA_IN_OBJECT);
		j->at++;
		c = json_in_look(j);
	}
	j->first = false;
	if (c != '"')
		return json_in_break(j, JSON_WANTS_KEY);
	j->key_at = json_in_place_at(j, j->at);
	if (!json_in_text(j, key, size))
		return false;
	if (*j->at != ':')
		return json_in_colon_further(j, key, *size);
	j->at++;
	return true;
}

#endif
