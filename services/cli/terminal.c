/* SPDX-License-Identifier: Apache-2.0 */
/* Safe text by ICU's UTF-8 macros, and the progress bar. */
#include "terminal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#define REPLACEMENT 0xfffd
#define BAR_CELLS 30

/* The character at *i, which moves behind it; negative: bytes that are no UTF-8. */
static UChar32
next_character(const uint8_t *in, size_t *i, size_t size)
{
	UChar32 c;

	U8_NEXT(in, *i, size, c);
	return c;
}

/* How many bytes it takes; to has room for four. */
static size_t
append_character(char *to, UChar32 c)
{
	size_t size = 0;

	U8_APPEND_UNSAFE((uint8_t *)to, size, c);
	return size;
}

static bool
is_harmful(UChar32 c)
{
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
		return true;
	/* Marks and overrides of direction make a line read otherwise than it is; U+2028 and 2029 break it. */
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* What stands for c: 0 drops it. */
static UChar32
safe_character(UChar32 c, bool lines, bool before_lf)
{
	if (lines && (c == '\n' || c == '\t'))
		return c;
	if (lines && c == '\r' && before_lf)
		return 0;
	if (c == '\n' || c == '\r' || c == '\t')
		return ' ';
	return c < 0 || is_harmful(c) ? REPLACEMENT : c;
}

const char *
terminal_safe(struct arena *a, const char *text, size_t size, bool lines)
{
	const uint8_t *in = (const uint8_t *)text;
	/* A bad byte becomes three. */
	char *out = arena_alloc(a, 3 * size + 1);
	size_t made = 0;

	if (out == NULL)
		return "";
	for (size_t i = 0; i < size;) {
		UChar32 c = next_character(in, &i, size);
		c = safe_character(c, lines, i < size && in[i] == '\n');
		if (c != 0)
			made += append_character(out + made, c);
	}
	out[made] = '\0';
	return out;
}

const char *
terminal_safe_text(struct arena *a, const char *text)
{
	const uint8_t *in = (const uint8_t *)text;

	if (text == NULL)
		return "";
	size_t size = strlen(text), i = 0;
	while (i < size) {
		UChar32 c = next_character(in, &i, size);
		if (c < 0 || is_harmful(c))
			return terminal_safe(a, text, size, false);
	}
	return text;
}

size_t
terminal_width(const char *text)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t size = strlen(text), width = 0;

	for (size_t i = 0; i < size;) {
		UChar32 c = next_character(in, &i, size);
		int8_t type = c < 0 ? U_OTHER_SYMBOL : u_charType(c);
		if (type != U_NON_SPACING_MARK && type != U_ENCLOSING_MARK)
			width++;
	}
	return width;
}

/* Bytes of the first characters of text that take at most width columns; at least one character. */
static size_t
fitting_bytes(const char *text, size_t width)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t size = strlen(text), bytes = 0;

	for (size_t i = 0, n = 0; i < size; n++) {
		(void)next_character(in, &i, size);
		if (n >= width && bytes > 0)
			break;
		bytes = i;
	}
	return bytes;
}

const char *
terminal_cut(struct arena *a, const char *text, size_t width)
{
	if (width == 0 || terminal_width(text) <= width)
		return text;
	const char *out =
	    arena_printf(a, "%.*s…", width > 1 ? (int)fitting_bytes(text, width - 1) : 0, text);
	return out == NULL ? text : out;
}

const char *
terminal_wrap(struct arena *a, const char *text, size_t width)
{
	if (width == 0 || terminal_width(text) <= width)
		return text;
	/* At most one break for each character. */
	char *out = arena_alloc(a, 2 * strlen(text) + 1), *to = out;
	if (out == NULL)
		return text;
	while (terminal_width(text) > width) {
		size_t cut = fitting_bytes(text, width), word = cut;
		while (word > 0 && text[word] != ' ')
			word--;
		if (word > 0)
			cut = word;
		to = (char *)mempcpy(to, text, cut);
		*to++ = '\n';
		text += cut + strspn(text + cut, " ");
	}
	memcpy(to, text, strlen(text) + 1);
	return out;
}

void
progress_start(struct progress *p, const char *what, uint64_t total, bool wanted)
{
	*p = (struct progress){ .what = what, .total = total, .on = wanted && total > 0 && isatty(STDERR_FILENO) };
	progress_show(p, 0);
}

void
progress_show(struct progress *p, uint64_t done)
{
	static const char full[] = "##############################", none[] = "..............................";

	if (!p->on)
		return;
	uint64_t permille = done >= p->total ? 1000 : done * 1000 / p->total;
	if (permille + 1 == p->shown)
		return;
	p->shown = permille + 1;
	int cells = (int)(permille * BAR_CELLS / 1000);
	fprintf(stderr, "\r%s [%.*s%.*s] %3u %%", p->what, cells, full, BAR_CELLS - cells, none,
	        (unsigned)(permille / 10));
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->on)
		fprintf(stderr, "\r\033[K");
	p->on = false;
}
