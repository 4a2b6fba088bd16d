/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window is a buffer that the source fills. A token never reaches beyond it: before one is read, the window moves
 * on unless so many bytes are there as the longest token has. Texts are decoded where they stand, since an escape is
 * never shorter than what it stands for. Eight bytes at a time are looked at where nothing is special, which is the rule.
 */
#include "json_in.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/pages.h"

enum {
	LONGEST_TOKEN = 8 * 1024, /* a text with nothing but escapes: 6 bytes for one, and its quotes */
	WINDOW = 256 * 1024,
	SPARE = 64, /* NULs behind the end: looking ahead stays inside */
};

_Static_assert(JSON_MAX_TEXT * 6 + 16 < LONGEST_TOKEN, "a token fits");
_Static_assert(JSON_MAX_DEPTH < 64, "one bit for each bracket");

/* Where nothing can be read any more. */
static unsigned char NOTHING[SPARE];

/* From now on every look finds NUL. */
static void
read_nothing_more(struct json_in *j)
{
	j->at = j->end = NOTHING;
	j->safe = NOTHING + 1;
	j->ended = true;
}

/* Always false. */
static bool
broken_at(struct json_in *j, enum json_fault fault, const unsigned char *at)
{
	if (j->fault != JSON_SOUND)
		return false;
	j->fault = fault;
	j->fault_at = json_in_place_at(j, at);
	j->fault_byte = at < j->end ? *at : '\0';
	read_nothing_more(j);
	return false;
}

static bool
broken(struct json_in *j, enum json_fault fault)
{
	return broken_at(j, fault, j->at);
}

bool
json_in_break(struct json_in *j, enum json_fault fault)
{
	return broken(j, fault);
}

void
json_in_open(struct json_in *j, json_source *source, void *from, json_moving *moving, void *moving_to)
{
	*j = (struct json_in){
		.line = 1, .column = 1, .source = source, .from = from, .moving = moving, .moving_to = moving_to
	};
	j->window = pages_take(WINDOW + SPARE, 1);
	j->at = j->end = j->safe = j->window;
	if (j->window == NULL)
		broken(j, JSON_NO_MEMORY);
	else
		memset(j->window, 0, SPARE);
}

void
json_in_close(struct json_in *j)
{
	free(j->window);
	j->window = NULL;
	read_nothing_more(j);
}

/* What is not read yet goes to the front, and the window is filled. */
static void
move_on(struct json_in *j)
{
	size_t left = (size_t)(j->end - j->at);

	if (j->moving != NULL)
		j->moving(j->moving_to);
	j->passed += (uint64_t)(j->at - j->window);
	j->column += (uint64_t)(j->at - j->window);
	memmove(j->window, j->at, left);
	j->at = j->window;
	j->end = j->window + left;
	while (!j->ended && j->end < j->window + LONGEST_TOKEN) {
		ssize_t n = j->source(j->from, j->end, (size_t)(j->window + WINDOW - j->end));

		if (n < 0) {
			broken(j, JSON_UNREADABLE);
			return;
		}
		j->end += n;
		j->ended = n == 0;
	}
	memset(j->end, 0, SPARE);
	j->safe = j->ended ? j->end + 1 : j->end - LONGEST_TOKEN + 1;
	if (j->passed == 0 && memcmp(j->window, "\xef\xbb\xbf", 3) == 0)
		broken_at(j, JSON_BYTE_ORDER_MARK, j->window);
}

/* Passes over blanks, and moves the window on where the next token may not be there wholly. */
unsigned char
json_in_look_further(struct json_in *j)
{
	for (;;) {
		if (j->at >= j->safe)
			move_on(j);
		switch (*j->at) {
		case '\n':
			j->line += j->line < UINT32_MAX;
			j->column = (uint64_t)0 - (uint64_t)(j->at - j->window);
			break;
		case ' ':
		case '\t':
		case '\r': break;
		default: return *j->at;
		}
		j->at++;
	}
}

enum json_kind
json_in_kind(struct json_in *j)
{
	switch (json_in_look(j)) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_LIST;
	case '"': return JSON_TEXT;
	case 't': return JSON_TRUE;
	case 'f': return JSON_FALSE;
	case 'n': return JSON_NULL;
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9': return JSON_NUMBER;
	default: broken(j, JSON_WANTS_VALUE); return JSON_END;
	}
}

/* ---- brackets ---------------------------------------------------------------------------------------------------- */
bool
json_in_enter_further(struct json_in *j, enum json_kind kind)
{
	if (json_in_kind(j) == kind && j->depth == JSON_MAX_DEPTH)
		return broken(j, JSON_TOO_DEEP);
	return false;
}

bool
json_in_more_further(struct json_in *j)
{
	if (!j->first)
		return broken(j, JSON_WANTS_COMMA_IN_LIST);
	j->first = false;
	return true;
}

bool
json_in_colon_further(struct json_in *j, const char **key, size_t size)
{
	memcpy(j->key, *key, size); /* the blanks before the colon may move the window */
	*key = j->key;
	if (json_in_look(j) != ':')
		return broken(j, JSON_WANTS_COLON);
	j->at++;
	return true;
}

/* ---- texts ------------------------------------------------------------------------------------------------------- */
/* How many bytes the character at p has, or 0: not UTF-8 (RFC 3629, section 4). */
static size_t
utf8_size(const unsigned char *p)
{
	unsigned char c = p[0], least = 0x80, most = 0xbf;
	size_t size = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (c == 0xe0)
		least = 0xa0;
	else if (c == 0xed)
		most = 0x9f;
	else if (c == 0xf0)
		least = 0x90;
	else if (c == 0xf4)
		most = 0x8f;
	if (size == 0 || p[1] < least || p[1] > most)
		return 0;
	for (size_t k = 2; k < size; k++)
		if (p[k] < 0x80 || p[k] > 0xbf)
			return 0;
	return size;
}

static int
hex_digit(unsigned char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	                              -1;
}

/* The four digits behind \u, or -1. */
static int32_t
hex4(const unsigned char *p)
{
	int32_t value = 0;

	for (int k = 0; k < 4; k++) {
		int digit = hex_digit(p[k]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static unsigned char *
put_utf8(unsigned char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (unsigned char)c;
	} else if (c < 0x800) {
		*to++ = (unsigned char)(0xc0 | c >> 6);
		*to++ = (unsigned char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (unsigned char)(0xe0 | c >> 12);
		*to++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (unsigned char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (unsigned char)(0xf0 | c >> 18);
		*to++ = (unsigned char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (unsigned char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* \uXXXX at p, both halves of a pair; p goes behind it. -1: it is broken. */
static int32_t
unicode_escape(struct json_in *j, const unsigned char **p)
{
	const unsigned char *at = *p;
	int32_t c = hex4(at + 2), low;

	*p += 6;
	if (c <= 0) {
		broken_at(j, c < 0 ? JSON_BAD_ESCAPE : JSON_NUL, at);
		return -1;
	}
	if (c < 0xd800 || c > 0xdfff)
		return c;
	low = c < 0xdc00 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8) : -1;
	if (low < 0xdc00 || low > 0xdfff) {
		broken_at(j, JSON_LONE_SURROGATE, at);
		return -1;
	}
	*p += 6;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* One escape: *p stands on its backslash. NULL: it is broken. */
static unsigned char *
put_escape(struct json_in *j, unsigned char *to, const unsigned char **p)
{
	static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
	unsigned char c = (*p)[1];
	const char *known = c == '\0' ? NULL : strchr(FROM, c);
	int32_t unicode;

	if (c == 'u') {
		unicode = unicode_escape(j, p);
		return unicode < 0 ? NULL : put_utf8(to, (uint32_t)unicode);
	}
	if (known == NULL) {
		broken_at(j, JSON_BAD_ESCAPE, *p);
		return NULL;
	}
	*to++ = (unsigned char)TO[known - FROM];
	*p += 2;
	return to;
}

/* The rest of a text from the first special byte on, decoded in place. from is behind the quote. */
static bool
decode(struct json_in *j, unsigned char *from, const unsigned char *special, size_t *size)
{
	unsigned char *to = from + (special - from);
	const unsigned char *p = special;

	while (*p != '"') {
		size_t n;

		if (to - from > JSON_MAX_TEXT)
			return broken(j, JSON_LONG_TEXT);
		if (*p == '\\') {
			to = put_escape(j, to, &p);
			if (to == NULL)
				return false;
			continue;
		}
		if (*p < ' ')
			return p < j->end ? broken_at(j, JSON_CONTROL, p) : broken_at(j, JSON_OPEN_TEXT, p);
		n = *p < 0x80 ? 1 : utf8_size(p);
		if (n == 0)
			return broken_at(j, JSON_NOT_UTF8, p);
		memmove(to, p, n);
		to += n;
		p += n;
	}
	*size = (size_t)(to - from);
	j->at = (unsigned char *)from + (p - from) + 1;
	return true;
}

bool
json_in_text_further(struct json_in *j, const char **text, size_t *size)
{
	unsigned char *from;
	const unsigned char *p;

	if (json_in_look(j) != '"') {
		(void)json_in_kind(j);
		return false;
	}
	from = j->at + 1;
	p = json_plain_end(from);
	*text = (const char *)from;
	*size = (size_t)(p - from);
	if (*size > JSON_MAX_TEXT)
		return broken(j, JSON_LONG_TEXT);
	if (*p == '"')
		j->at = from + *size + 1;
	else if (!decode(j, from, p, size))
		return false;
	return *size <= JSON_MAX_TEXT || broken_at(j, JSON_LONG_TEXT, from - 1);
}

/* ---- numbers and words ------------------------------------------------------------------------------------------- */
static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* How many characters of a number as RFC 8259 writes it stand at p; 0: it does not. */
static size_t
number_size(const unsigned char *p)
{
	const unsigned char *from = p;

	p += *p == '-';
	if (!is_digit(*p))
		return 0;
	if (*p == '0')
		p++;
	else
		while (is_digit(*p))
			p++;
	if (*p == '.') {
		if (!is_digit(*++p))
			return 0;
		while (is_digit(*p))
			p++;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		if (!is_digit(*p))
			return 0;
		while (is_digit(*p))
			p++;
	}
	return is_digit(*p) ? 0 : (size_t)(p - from);
}

/*
 * The value of a sound number, exactly: its digits as a whole number, times a power of ten that ends up at 0. At most
 * JSON_MAX_NUMBER characters, so nothing here overflows but the value, which is watched.
 */
static void
number_value(struct json_number *n)
{
	const char *p = n->written + (n->written[0] == '-');
	int64_t value = 0, exponent = 0, power = 0;
	int zeros = 0;
	bool fraction = false, minus;

	n->whole = false;
	n->value = 0;
	for (; *p != '\0' && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		exponent -= fraction;
		zeros++; /* digits that are not in value yet: all zeros but this one */
		if (*p == '0')
			continue;
		for (; zeros > 0; zeros--)
			if (value > INT64_C(1) << 53 || (value *= 10) > INT64_C(1) << 54)
				return;
		value += *p - '0';
	}
	if (value == 0) {
		n->whole = true;
		return;
	}
	minus = *p != '\0' && p[1] == '-';
	for (p += *p != '\0'; *p != '\0'; p++)
		if (is_digit((unsigned char)*p) && power < 1000000)
			power = power * 10 + (*p - '0');
	exponent += zeros + (minus ? -power : power);
	for (; exponent > 0 && value <= INT64_C(1) << 53; exponent--)
		value *= 10;
	if (exponent != 0 || value > INT64_C(1) << 53)
		return;
	n->whole = true;
	n->value = n->written[0] == '-' ? -value : value;
}

bool
json_in_number(struct json_in *j, struct json_number *n)
{
	unsigned char c = json_in_look(j);
	const unsigned char *p;
	size_t size;

	if (c != '-' && !is_digit(c)) {
		(void)json_in_kind(j);
		return false;
	}
	size = number_size(j->at);
	if (size == 0)
		return broken(j, JSON_BAD_NUMBER);
	if (size > JSON_MAX_NUMBER)
		return broken(j, JSON_LONG_NUMBER);
	memcpy(n->written, j->at, size);
	n->written[size] = '\0';
	n->value = 0;
	for (p = j->at; is_digit(*p) && size < 16; p++)
		n->value = n->value * 10 + (*p - '0');
	n->whole = p == j->at + size;
	if (!n->whole)
		number_value(n);
	j->at += size;
	return true;
}

/* The word at hand, wholly; text and NUL-padded bytes behind the end never match. */
static bool
word(struct json_in *j, const char *text, size_t size)
{
	if (memcmp(j->at, text, size) != 0)
		return broken(j, JSON_WANTS_VALUE);
	j->at += size;
	return true;
}

bool
json_in_bool(struct json_in *j, bool *b)
{
	enum json_kind kind = json_in_kind(j);

	*b = kind == JSON_TRUE;
	if (kind == JSON_TRUE)
		return word(j, "true", 4);
	return kind == JSON_FALSE && word(j, "false", 5);
}

bool
json_in_null(struct json_in *j)
{
	return json_in_kind(j) == JSON_NULL && word(j, "null", 4);
}

/* ---- passing over ------------------------------------------------------------------------------------------------ */
/* One token that is no bracket, or the bracket that it opens. */
static bool
step(struct json_in *j)
{
	const char *text;
	size_t size;
	struct json_number number;
	bool b;

	switch (json_in_kind(j)) {
	case JSON_OBJECT: return json_in_enter(j, JSON_OBJECT);
	case JSON_LIST: return json_in_enter(j, JSON_LIST);
	case JSON_TEXT: return json_in_text(j, &text, &size);
	case JSON_NUMBER: return json_in_number(j, &number);
	case JSON_TRUE:
	case JSON_FALSE: return json_in_bool(j, &b);
	case JSON_NULL: return json_in_null(j);
	case JSON_END: break;
	}
	return false;
}

bool
json_in_climb(struct json_in *j, int depth)
{
	const char *key;
	size_t size;
	unsigned char c = json_in_look(j);

	/* A value that nobody has taken yet. */
	if (!j->first && c != ',' && c != ']' && c != '}' && !step(j))
		return false;
	while (j->depth > depth && j->fault == JSON_SOUND) {
		bool more = (j->lists & 1) != 0 ? json_in_more(j) : json_in_key(j, &key, &size);

		if (more && !step(j))
			return false;
	}
	return j->fault == JSON_SOUND;
}

bool
json_in_skip(struct json_in *j)
{
	int depth = j->depth;

	return step(j) && (j->depth == depth || json_in_climb(j, depth));
}

bool
json_in_end(struct json_in *j)
{
	if (json_in_look(j) == '\0' && j->at == j->end)
		return j->fault == JSON_SOUND;
	return broken(j, JSON_WANTS_END);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */
static const struct json_words WORDS[] = {
	[JSON_WANTS_VALUE] = { NULL, NULL, "a value", "une valeur" },
	[JSON_WANTS_COMMA_IN_LIST] = { NULL, NULL, "a comma or ]", "une virgule ou ]" },
	[JSON_WANTS_COMMA_IN_OBJECT] = { NULL, NULL, "a comma or }", "une virgule ou }" },
	[JSON_WANTS_KEY] = { NULL, NULL, "a key in quotes", "une clé entre guillemets" },
	[JSON_WANTS_COLON] = { NULL, NULL, "a colon", "un deux-points" },
	[JSON_WANTS_END] = { NULL, NULL, "nothing more", "plus rien" },
	[JSON_OPEN_TEXT] = { "the end inside a text", "la fin au milieu d'un texte", "a closing quote",
	                     "un guillemet fermant" },
	[JSON_CONTROL] = { "a control character in a text", "un caractère de contrôle dans un texte", "its escape",
	                   "son échappement" },
	[JSON_NOT_UTF8] = { "bytes that are not UTF-8", "des octets qui ne sont pas de l'UTF-8", "UTF-8", "UTF-8" },
	[JSON_BAD_ESCAPE] = { "an unknown escape", "un échappement inconnu",
	                      "\\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and 4 digits",
	                      "\\\" \\\\ \\/ \\b \\f \\n \\r \\t ou \\u et 4 chiffres" },
	[JSON_LONE_SURROGATE] = { "half of a surrogate pair", "la moitié d'une paire de substitution", "both halves",
	                          "les deux moitiés" },
	[JSON_NUL] = { "the character NUL", "le caractère NUL", "any other", "tout autre" },
	[JSON_LONG_TEXT] = { "a longer text", "un texte plus long", "at most 1024 bytes", "au plus 1024 octets" },
	[JSON_BAD_NUMBER] = { "what is no number", "ce qui n'est pas un nombre", "a number as RFC 8259 writes it",
	                      "un nombre comme l'écrit le RFC 8259" },
	[JSON_LONG_NUMBER] = { "a longer number", "un nombre plus long", "at most 64 characters",
	                       "au plus 64 caractères" },
	[JSON_TOO_DEEP] = { "deeper nesting", "un emboîtement plus profond", "60 brackets", "60 crochets" },
	[JSON_BYTE_ORDER_MARK] = { "a byte order mark", "un indicateur d'ordre des octets", "UTF-8 without one",
	                           "de l'UTF-8 sans lui" },
	[JSON_UNREADABLE] = { "what cannot be read", "ce qui ne peut être lu", "a readable file",
	                      "un fichier lisible" },
	[JSON_NO_MEMORY] = { "too little memory", "trop peu de mémoire", "more of it", "davantage" },
};

struct json_words
json_in_words(const struct json_in *j, char what[16])
{
	struct json_words w = WORDS[j->fault];

	if (w.found_en != NULL)
		return w;
	w.found_en = w.found_fr = what;
	if (j->fault_byte == '\0') {
		w.found_en = "the end";
		w.found_fr = "la fin";
	} else if (j->fault_byte == '"') {
		w.found_en = "a quote";
		w.found_fr = "un guillemet";
	} else if (j->fault_byte > ' ' && j->fault_byte < 0x7f) {
		memcpy(what, "\" \"", 4);
		what[1] = (char)j->fault_byte;
	} else {
		static const char HEX[] = "0123456789abcdef";

		memcpy(what, "0x  ", 5);
		what[2] = HEX[j->fault_byte >> 4];
		what[3] = HEX[j->fault_byte & 15];
	}
	return w;
}

/* ---- sources ----------------------------------------------------------------------------------------------------- */
ssize_t
json_from_bytes(void *from, void *bytes, size_t size)
{
	struct json_bytes *b = from;

	if (size > b->size)
		size = b->size;
	if (size > 0)
		memcpy(bytes, b->bytes, size);
	b->bytes += size;
	b->size -= size;
	return (ssize_t)size;
}

ssize_t
json_from_fd(void *from, void *bytes, size_t size)
{
	const int *fd = from;
	ssize_t n;

	do
		n = read(*fd, bytes, size);
	while (n < 0 && errno == EINTR);
	return n;
}
