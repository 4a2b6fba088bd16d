/* SPDX-License-Identifier: Apache-2.0 */
/* Names of firms, made comparable and compared; and the keys under which records are looked for. */
#include "firm_rules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#define FOLD_MAX_UNITS 32768 /* a folded text is never longer: cells have at most 5,000 characters */
#define OTHER_INITIALS_PERMILLE 850 /* what is left of a likeness when short words or initials contradict each other */
#define NEQ_LIKE 600 /* with the same NEQ a name need be no more alike than this */
#define NUMBER_DIGITS 6 /* a name with so many digits is a numbered company's, or as telling */
#define NUMBER_LIKE 950 /* the same number; the word beside it may be misspelt */
#define STREET_LIKE 930 /* without the same postal code */

static const char *const reason_texts[FIRM_REASON_COUNT] = { "",
#define FIRM_REASON_AS_TEXT(id, text) text,
	                                                     FIRM_REASONS(FIRM_REASON_AS_TEXT)
#undef FIRM_REASON_AS_TEXT
};

const char *
firm_reason_to_text(enum firm_reason r)
{
	return r > FIRM_NOT && r < FIRM_REASON_COUNT ? reason_texts[r] : "";
}

/* ---- folding --------------------------------------------------------------------------------------------------------- */

/* Normalises into the arena; *size becomes the result's. NULL: no memory, or longer than any sound text. */
static UChar *
normalise(struct arena *a, const UNormalizer2 *form, const UChar *from, int32_t *size)
{
	UErrorCode error = U_ZERO_ERROR;
	int32_t needed = unorm2_normalize(form, from, *size, NULL, 0, &error);

	if ((error != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(error)) || needed > FOLD_MAX_UNITS)
		return NULL;
	UChar *out = arena_alloc(a, ((size_t)needed + 1) * sizeof *out);
	error = U_ZERO_ERROR;
	if (out == NULL)
		return NULL;
	*size = unorm2_normalize(form, from, *size, out, needed + 1, &error);
	return U_FAILURE(error) ? NULL : out;
}

/* Letters that no normal form takes apart, though people write them in two. */
static const char *
taken_apart(UChar32 c)
{
	switch (c) {
	case 0x153: return "oe";
	case 0xe6: return "ae";
	case 0xf8: return "o";
	case 0x142: return "l";
	default: return NULL;
	}
}

/* Is this apostrophe part of a word? Behind l and d (l'Atelier, d'Or) it parts two words; in Horton's it is nothing. */
static bool
is_apostrophe(UChar32 c)
{
	return c == '\'' || c == 0x2019 || c == 0x2bc || c == 0x60 || c == 0xb4;
}

/* What was written so far ends with an article by itself: it goes, with its apostrophe. */
static size_t
without_article(const char *text, size_t size)
{
	bool alone = size == 1 || (size > 1 && text[size - 2] == ' ');

	return size > 0 && alone && (text[size - 1] == 'l' || text[size - 1] == 'd') ? size - 1 : size;
}

static const char *
fold_write(struct arena *a, const UChar *from, int32_t size)
{
	char *out = arena_alloc(a, (size_t)size * 4 + 1);
	size_t at = 0;

	for (int32_t i = 0; out != NULL && i < size;) {
		UChar32 c;
		U16_NEXT(from, i, size, c);
		const char *apart = taken_apart(c);
		if (apart != NULL) {
			memcpy(out + at, apart, strlen(apart));
			at += strlen(apart);
		} else if (u_isalnum(c)) {
			UBool wrong = false;
			int32_t end = (int32_t)at, room = size * 4;
			U8_APPEND((uint8_t *)out, end, room, c, wrong);
			at = wrong ? at : (size_t)end;
		} else if (is_apostrophe(c)) {
			at = without_article(out, at);
		} else if ((U_GET_GC_MASK(c) & U_GC_M_MASK) == 0 && at > 0 && out[at - 1] != ' ') {
			out[at++] = ' ';
		}
	}
	if (out == NULL)
		return NULL;
	at -= at > 0 && out[at - 1] == ' ';
	out[at] = '\0';
	return out;
}

const char *
firm_fold(struct arena *a, const char *utf8)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&error), *apart = unorm2_getNFDInstance(&error);
	size_t bytes = strlen(utf8);
	int32_t size = 0;

	if (U_FAILURE(error) || bytes > FOLD_MAX_UNITS)
		return NULL;
	UChar *text = arena_alloc(a, (bytes + 1) * sizeof *text);
	if (text == NULL)
		return NULL;
	u_strFromUTF8WithSub(text, (int32_t)bytes + 1, &size, utf8, (int32_t)bytes, 0xfffd, NULL, &error);
	if (U_FAILURE(error))
		return NULL;
	text = normalise(a, fold, text, &size);
	text = text == NULL ? NULL : normalise(a, apart, text, &size);
	return text == NULL ? NULL : fold_write(a, text, size);
}

/* ---- misspelling ---------------------------------------------------------------------------------------------------- */

static size_t
least(size_t x, size_t y)
{
	return x < y ? x : y;
}

/* Letters added, left out, changed, or swapped with their neighbour (optimal string alignment). Bytes stand for letters:
 * folded French and English have no others. Texts beyond FIRM_WORD_BYTES are the caller's to cut. */
static size_t
distance(const char *x, const char *y)
{
	size_t rows[3][FIRM_WORD_BYTES + 1], n = strlen(x), m = strlen(y);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		size_t *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

/* ---- names ----------------------------------------------------------------------------------------------------------- */

/* Set aside wherever they stand, in French and English; dots are gone, and single letters have been joined. */
static const char *const forms[] = {
	"inc",  "incorporated", "incorporee",  "incorporation", "ltee", "limitee", "ltd",       "limited", "enr",
	"enrg", "enregistree", "registered",    "senc", "sencrl",  "sencrlsrl", "srl",     "llc",
	"llp",  "ulc",          "corp",        "corporation",   "sarl", "gmbh",      "plc",
};
/* Set aside at the end of a name only: elsewhere they are words. */
static const char *const last_forms[] = {
	"co", "cie", "company", "compagnie", "lp", "sa", "sec", "ag", "nv", "bv", "pc"
};
static const char *const small_words[] = {
	"the", "of", "and", "et", "le", "la", "les", "de", "du", "des", "au", "aux"
};

/* Forms of several words, as folded: they lose these words wherever they stand. */
static const char *const long_forms[] = { "societe en commandite", "societe en nom collectif", "limited partnership",
	                                  "limited liability partnership", "societe par actions" };
/* How a numbered company's name is cut short: 9072-2166 QC inc. */
static const struct {
	const char *brief, *word;
} provinces[] = {
	{ "qc", "quebec" }, { "que", "quebec" }, { "ab", "alberta" }, { "ont", "ontario" }, { "on", "ontario" }
};

static bool
is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, list[i]) == 0)
			return true;
	}
	return false;
}
#define IS_ONE_OF(word, list) is_one_of(word, list, COUNT_OF(list))

/* Is the word that ends at `at` a letter by itself, so that the next one (S.E.N.C., R & R) belongs to it? */
static bool
is_letter(const char *word, size_t size)
{
	return size == 1 && isalpha((unsigned char)word[0]);
}

/* Splits folded text in place; letters that follow each other are one word. */
static size_t
words_split(struct arena *a, char *text, const char **words)
{
	size_t count = 0;
	char *initials = NULL;
	size_t initial_count = 0;

	for (char *word = text; *word != '\0' && count < FIRM_WORDS_MAX;) {
		size_t size = strcspn(word, " ");
		char *next = word + size + (word[size] == ' ');
		word[size] = '\0';
		if (strcmp(word, "and") == 0 || strcmp(word, "et") == 0) {
			word = next;
			continue;
		}
		if (is_letter(word, size) && initials != NULL && initial_count < 15) {
			initials[initial_count++] = word[0];
			initials[initial_count] = '\0';
		} else if (is_letter(word, size)) {
			initials = arena_zalloc(a, 1, 17);
			if (initials == NULL)
				return SIZE_MAX;
			initials[0] = word[0];
			initial_count = 1;
			words[count++] = initials;
		} else {
			if (size > FIRM_WORD_BYTES)
				word[FIRM_WORD_BYTES] = '\0';
			initials = NULL;
			words[count++] = word;
		}
		word = next;
	}
	return count;
}

static void
long_forms_drop(char *text)
{
	for (size_t i = 0; i < COUNT_OF(long_forms); i++) {
		size_t size = strlen(long_forms[i]);
		char *at = strstr(text, long_forms[i]);
		bool whole = at != NULL && at > text && at[-1] == ' ' && (at[size] == ' ' || at[size] == '\0');
		if (whole)
			memmove(at - 1, at + size, strlen(at + size) + 1);
	}
}

static void
provinces_spell(struct firm_name *n)
{
	if (n->count < 2 || !isdigit((unsigned char)n->words[0][0]))
		return;
	for (size_t i = 1; i < n->count; i++) {
		for (size_t p = 0; p < COUNT_OF(provinces); p++) {
			if (strcmp(n->words[i], provinces[p].brief) == 0)
				n->words[i] = provinces[p].word;
		}
	}
}

/* A legal form at the end of a name, also a long one with one letter wrong. */
static bool
is_last_form(const char *word)
{
	if (IS_ONE_OF(word, last_forms) || IS_ONE_OF(word, forms))
		return true;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		if (strlen(forms[i]) >= 6 && strlen(word) >= 5 && distance(word, forms[i]) <= 1)
			return true;
	}
	return false;
}

/* What is left without legal forms and small words; a name of nothing else keeps them. */
static void
words_sift(struct firm_name *n)
{
	const char *kept[FIRM_WORDS_MAX];
	size_t end = n->count, count = 0;

	while (end > 1 && is_last_form(n->words[end - 1]))
		end--;
	for (size_t i = 0; i < end; i++) {
		if (!IS_ONE_OF(n->words[i], forms) && !IS_ONE_OF(n->words[i], small_words))
			kept[count++] = n->words[i];
	}
	if (count == 0)
		return;
	memcpy(n->words, kept, count * sizeof *kept);
	n->count = count;
}

bool
firm_name_read(struct arena *a, const char *legal_name, struct firm_name *out)
{
	const char *folded = firm_fold(a, legal_name);
	char *text = folded == NULL ? NULL : arena_strdup(a, folded);
	size_t bytes = 0, digit_count = 0;

	*out = (struct firm_name){ .joined = "", .digits = "" };
	if (text == NULL)
		return false;
	long_forms_drop(text);
	out->count = words_split(a, text, out->words);
	if (out->count == SIZE_MAX)
		return false;
	words_sift(out);
	provinces_spell(out);
	for (size_t i = 0; i < out->count; i++)
		bytes += strlen(out->words[i]);
	char *joined = arena_zalloc(a, 1, bytes + 1), *digits = arena_zalloc(a, 1, bytes + 1);
	if (joined == NULL || digits == NULL)
		return false;
	for (size_t i = 0, at = 0; i < out->count; i++) {
		memcpy(joined + at, out->words[i], strlen(out->words[i]));
		at += strlen(out->words[i]);
	}
	for (const char *s = joined; *s != '\0'; s++) {
		if (isdigit((unsigned char)*s))
			digits[digit_count++] = *s;
	}
	out->joined = joined;
	out->digits = digits;
	return true;
}

bool
firm_facts_read(struct arena *a, const char *legal_name, const char *neq, const char *address, const char *municipality,
                const char *postal_code, struct firm_facts *out)
{
	*out = (struct firm_facts){ .neq = neq, .postal_code = postal_code };
	out->municipality = firm_fold(a, municipality);
	out->street = firm_fold(a, address);
	return out->municipality != NULL && out->street != NULL && firm_name_read(a, legal_name, &out->name);
}

/* ---- comparing ------------------------------------------------------------------------------------------------------- */

static bool
has_digit(const char *word)
{
	return strpbrk(word, "0123456789") != NULL;
}

/* 1000 for the same word, less for a misspelt one, 0 for another one. Short words and numbers are the same or not. */
static size_t
word_likeness(const char *x, const char *y)
{
	size_t n = strlen(x), m = strlen(y), longer = n > m ? n : m, shorter = n + m - longer;

	if (strcmp(x, y) == 0)
		return 1000;
	if (shorter < 4 || longer - shorter > 2 || has_digit(x) || has_digit(y))
		return 0;
	size_t d = distance(x, y);
	return d > (longer < 7 ? 1U : 2U) ? 0 : 1000 - 1000 * d / (2 * longer);
}

/* Each word with the likest one that is still free; words count by their length. */
static int
words_likeness(const struct firm_name *x, const struct firm_name *y)
{
	bool taken[FIRM_WORDS_MAX] = { false };
	size_t both = 0, sum = 0, free_short_x = 0, free_short_y = 0;

	for (size_t i = 0; i < x->count; i++) {
		size_t best = 0, which = 0;
		for (size_t j = 0; j < y->count; j++) {
			size_t like = taken[j] ? 0 : word_likeness(x->words[i], y->words[j]);
			if (like > best) {
				best = like;
				which = j;
			}
		}
		size_t size = strlen(x->words[i]);
		sum += size;
		if (best > 0) {
			taken[which] = true;
			both += best * (size + strlen(y->words[which]));
		}
		free_short_x += best == 0 && size <= 3;
	}
	for (size_t j = 0; j < y->count; j++) {
		sum += strlen(y->words[j]);
		free_short_y += !taken[j] && strlen(y->words[j]) <= 3;
	}
	size_t like = sum == 0 ? 0 : both / sum;
	return (int)(free_short_x > 0 && free_short_y > 0 ? like * OTHER_INITIALS_PERMILLE / 1000 : like);
}

/* Words run together or apart: BodyQuest, Body Quest. */
static int
joined_likeness(const struct firm_name *x, const struct firm_name *y)
{
	size_t n = strlen(x->joined), m = strlen(y->joined), longer = n > m ? n : m;

	if (strcmp(x->joined, y->joined) == 0)
		return n > 0 ? 1000 : 0;
	if (x->count == y->count || longer > FIRM_WORD_BYTES || longer < 8 || longer - least(n, m) > 1)
		return 0;
	return distance(x->joined, y->joined) > 1 ? 0 : (int)(1000 - 1000 / longer);
}

int
firm_name_likeness(const struct firm_name *x, const struct firm_name *y)
{
	/* numbered companies, and chains that number their shops, differ in nothing else */
	if (strcmp(x->digits, y->digits) != 0)
		return 0;
	int one = words_likeness(x, y), other = words_likeness(y, x), joined = joined_likeness(x, y);

	/* who takes the likest word first may decide: the better of both ways, so that it is symmetric */
	one = one > other ? one : other;
	one = one > joined ? one : joined;
	return strlen(x->digits) >= NUMBER_DIGITS && one < NUMBER_LIKE ? NUMBER_LIKE : one;
}

static bool
same_street(const struct firm_facts *x, const struct firm_facts *y)
{
	return x->street[0] != '\0' && strcmp(x->street, y->street) == 0 && x->municipality[0] != '\0' &&
	       strcmp(x->municipality, y->municipality) == 0;
}

enum firm_reason
firm_compare(const struct firm_facts *x, const struct firm_facts *y, int *score)
{
	int like = firm_name_likeness(&x->name, &y->name);

	*score = 0;
	if (x->neq[0] != '\0' && y->neq[0] != '\0') {
		if (strcmp(x->neq, y->neq) != 0)
			return FIRM_NOT;
		*score = like >= NEQ_LIKE ? 1000 : 500;
		return like >= NEQ_LIKE ? FIRM_NEQ : FIRM_NEQ_OTHER_NAME;
	}
	if (x->postal_code[0] == '\0' || y->postal_code[0] == '\0')
		return FIRM_NOT;
	if (strcmp(x->postal_code, y->postal_code) == 0 && like >= FIRM_LIKE) {
		*score = like < 990 ? like : 990;
		return FIRM_NAME_ADDRESS;
	}
	if (strncmp(x->postal_code, y->postal_code, 3) == 0 && like >= STREET_LIKE && same_street(x, y)) {
		*score = like < 950 ? like : 950;
		return FIRM_NAME_STREET;
	}
	return FIRM_NOT;
}

/* ---- keys ------------------------------------------------------------------------------------------------------------ */
struct key_list {
	const char **out;
	size_t count;
	bool failed;
};

static void
key_add(struct key_list *k, const char *key)
{
	k->failed = k->failed || key == NULL;
	for (size_t i = 0; !k->failed && i < k->count; i++) {
		if (strcmp(k->out[i], key) == 0)
			return;
	}
	if (!k->failed && k->count < FIRM_KEYS_MAX)
		k->out[k->count++] = key;
}

bool
firm_keys(struct arena *a, const struct firm_facts *f, const char *out[FIRM_KEYS_MAX], size_t *count)
{
	struct key_list k = { out, 0, false };
	const char *joined = f->name.joined, *code = f->postal_code;
	size_t size = strlen(joined);

	if (f->neq[0] != '\0')
		key_add(&k, arena_printf(a, "neq %s", f->neq));
	if (code[0] != '\0' && size > 0) {
		/* how it begins and ends finds one-word names, and words that are run together */
		key_add(&k, arena_printf(a, "%s %.3s", code, joined));
		key_add(&k, arena_printf(a, "%s %s$", code, size > 4 ? joined + size - 4 : joined));
		key_add(&k, arena_printf(a, "%.3s %.6s", code, joined));
		key_add(&k, arena_printf(a, "%.3s %s$", code, size > 6 ? joined + size - 6 : joined));
		for (size_t i = 0; i < f->name.count; i++)
			key_add(&k, arena_printf(a, "%s %.3s", code, f->name.words[i]));
	}
	*count = k.count;
	return !k.failed;
}
