/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences for codes. `allowed` comes language-neutral from the services; what of it is words is turned here. */
#include "refusals.h"

#include <stdbool.h>
#include <string.h>

#include "base/address.h"
#include "base/language.h"
#include "base/refusal.h"
#include "table.h"

/* Each says what would be accepted, or why nothing would. */
/* clang-format off */
static const struct sentence {
	const char *code, *plain;
	const char *with;               /* with what is allowed; NULL: it is not shown */
} sentences[] = {
	{ REFUSAL_REQUIRED,       N_("must be given"), NULL },
	{ REFUSAL_NOT_A_NUMBER,   N_("must be a number"), N_("must be a number: %s") },
	{ REFUSAL_OUT_OF_RANGE,   N_("is out of range"), N_("must be within %s") },
	{ REFUSAL_NOT_IN_LIST,    N_("is not in the list"), N_("must be one of: %s") },
	{ REFUSAL_NOT_A_DATE,     N_("must be a date"), N_("must be a date: %s") },
	{ REFUSAL_TOO_LONG,       N_("is too long"), N_("must not be longer than %s") },
	{ REFUSAL_NOT_TEXT,       N_("must be plain text without control characters"), NULL },
	{ REFUSAL_BAD_ID,         N_("must be an id"), N_("must be an id: %s") },
	{ REFUSAL_BAD_ADDRESS,    N_("must be an email address"), N_("must be an email address: %s") },
	{ REFUSAL_BAD_FORMAT,     N_("is not written as it should be"), N_("must be written like this: %s") },
	{ REFUSAL_UNKNOWN,        N_("is not known, or is not yours"), N_("is not known, or is not yours: %s") },
	{ REFUSAL_DUPLICATE,      N_("may stand only once"), N_("may stand only once: %s") },
	{ REFUSAL_NOT_YOURS,      N_("belongs to another institution"), NULL },
	{ REFUSAL_BAD_STATE,      N_("is not in a state that allows this"), N_("must be in one of these states: %s") },
	{ REFUSAL_BEFORE,         N_("is too early"), N_("must not be before %s") },
	{ REFUSAL_UNDECODABLE,    N_("the pool could not read the request: is this command of another version?"),
	                          NULL },
	{ REFUSAL_UNKNOWN_COLUMN, N_("unknown column, ignored"), NULL },
	{ REFUSAL_NO_FILTER,      N_("is not a filter of this list, which has none"),
	                          N_("is not a filter of this list; it has: %s") },
	{ REFUSAL_OTHER_TITLE,    N_("another title stands already"), N_("another title stands already: %s") },
	{ REFUSAL_LATE,           N_("a service was not heard in time; try again"),
	                          N_("a service was not heard in time (events missing: %s); try again") },
	{ REFUSAL_VERIFIER,       N_("the verifier has not accepted the outcome"),
	                          N_("the verifier has not accepted the outcome: %s") },
	{ REFUSAL_STANDS_ANEW,
	  N_("where learners stand has changed since the freeze: call this round off and open another one"), NULL },
	{ REFUSAL_LATER_ROUND,
	  N_("a later round has filled seats to which learners would come back: call that round off first"), NULL },
	{ REFUSAL_NO_CONSENT,     N_("no consent that stands: she stays out of the pool"), NULL },
	{ REFUSAL_UNDOES_SET,     N_("replaces what 'bassin set' had put there"), NULL },
	{ REFUSAL_ERASED,         N_("was erased and may not come back"), NULL },
	{ REFUSAL_WITHDRAWN,      N_("is closed or withdrawn; feeding does not reopen it"), NULL },
	{ REFUSAL_CELL_COUNT,     N_("has too few or too many cells"),
	                          N_("must have as many cells as the header: %s") },
	{ REFUSAL_QUOTES,
	  N_("quotation marks: a cell that has one inside stands in quotation marks, and doubles it"), NULL },
	{ REFUSAL_DUPLICATE_LINE, N_("stands twice in this file"), N_("stands already on line %s of this file") },
	{ REFUSAL_LIST_TOO_LONG,  N_("has too many entries"), N_("may have at most %s entries") },
	{ REFUSAL_ROW_TOO_LARGE,  N_("is too large"), N_("may have at most %s bytes") },
	{ REFUSAL_SET_ASIDE,
	  N_("the pool failed at this row and has set it aside; its operator sees an alarm"), NULL },
	{ REFUSAL_WAITS,          N_("taken; waits for a row that is not known yet"), NULL },
};
/* clang-format on */

/* Words that may stand in `allowed`, and how they read; the last ones are those of base/address.h. */
/* clang-format off */
static const struct { const char *word, *text; } words[] = {
	{ "yyyy-mm-dd", N_("yyyy-mm-dd") },
	{ "1..128", N_("1 to 128 bytes, no '/' or '|' in it, no blank at its ends") },
	{ "college/external_id", N_("college/external_id") }, { "group:1..500", N_("group:1..500") },
	{ "A1A 1A1, no D F I O Q U, no W Z first",
	  N_("A1A 1A1, never with the letters D, F, I, O, Q, U, nor W or Z at the start") },
	{ "7..20 digits, + - ( ) . # x", N_("7 to 20 digits, + - ( ) . # x") },
#define ADDRESS_WORD(flaw, code, allowed) { allowed, allowed },
	ADDRESS_FLAWS(ADDRESS_WORD)
#undef ADDRESS_WORD
};
/* clang-format on */
/* For the catalogue alone: the texts of ADDRESS_FLAWS, which a tool that reads the source does not see there. */
/* clang-format off */
static const char *const address_words[] __attribute__((unused)) = {
	N_("name@domain"), N_("at most 254 characters, 64 before the @"),
	N_("no line break, tab or other control character"),
	N_("ASCII only: an international domain in its xn-- form"),
	N_("exactly one @"),
	N_("before the @: letters, digits, !#$%&'*+-/=?^_`{|}~ and single dots inside"),
	N_("after the @: labels of letters, digits and inner hyphens, at least one dot"),
};
/* clang-format on */

static const struct sentence *
find(const char *code)
{
	for (size_t i = 0; i < COUNT_OF(sentences); i++)
		if (strcmp(sentences[i].code, code) == 0)
			return &sentences[i];
	return NULL;
}

bool
refusal_is_known(const char *code)
{
	return find(code) != NULL;
}

/* pattern with its %s replaced by size bytes of text. A catalogue's text is never a format of ours. */
static const char *
fill(struct arena *a, const char *pattern, const char *text, size_t size)
{
	const char *hole = strstr(pattern, "%s");
	char *out = hole == NULL ?
	                NULL :
	                arena_printf(a, "%.*s%.*s%s", (int)(hole - pattern), pattern, (int)size, text, hole + 2);

	return out == NULL ? pattern : out;
}

/* A word of the list, "8..10 digits", "1..60 0.01" (range and step); anything else as it is. */
static const char *
word(struct arena *a, const char *text)
{
	static const char digits[] = " digits";
	size_t size = strlen(text), blank = strcspn(text, " ");

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(words[i].word, text) == 0)
			return _(words[i].text);
	if (size > sizeof(digits) - 1 && strcmp(text + blank, digits) == 0)
		return fill(a, _("%s digits"), text, blank);
	if (text[blank] == ' ' && strspn(text, "-.0123456789") == blank &&
	    strspn(text + blank + 1, ".0123456789") == size - blank - 1)
		return fill(a, fill(a, _("%s, in steps of %s"), text, blank), text + blank + 1, size - blank - 1);
	return text;
}

/* "a|b" becomes "a, b"; each part in the user's language, where it is a word. An address rule may itself hold a `|`.
 * States are words only where they are told: where one is asked for, the word itself must be typed. */
static const char *
in_words(struct arena *a, const char *allowed, bool are_states)
{
	const char *whole = are_states ? state_word(allowed) : word(a, allowed), *out = "";

	if (whole != allowed || strchr(allowed, '|') == NULL || strchr(allowed, ' ') != NULL)
		return whole;
	for (const char *at = allowed; out != NULL; at++) {
		size_t size = strcspn(at, "|");
		char *part = arena_strndup(a, at, size);
		if (part == NULL)
			return allowed;
		out = arena_printf(a, "%s%s%s", out, *out == '\0' ? "" : ", ",
		                   are_states ? state_word(part) : word(a, part));
		at += size;
		if (*at == '\0')
			return out == NULL ? allowed : out;
	}
	return allowed;
}

const char *
refusal_sentence(struct arena *a, const char *code, const char *allowed)
{
	const struct sentence *s = find(code);
	bool has_allowed = allowed != NULL && allowed[0] != '\0';

	if (s == NULL) {
		char *text = arena_printf(a, "%s%s%s", code, has_allowed ? ": " : "", has_allowed ? allowed : "");
		return text == NULL ? code : text;
	}
	if (!has_allowed || s->with == NULL)
		return _(s->plain);
	const char *shown = in_words(a, allowed, strcmp(code, REFUSAL_BAD_STATE) == 0);
	return fill(a, _(s->with), shown, strlen(shown));
}

const char *
refusal_text(struct arena *a, const Bassin__V1__Refusal *r)
{
	bool tells = strcmp(r->code, REFUSAL_BAD_STATE) == 0 && r->state[0] != '\0' && r->allowed[0] != '\0';

	if (!tells)
		return refusal_sentence(a, r->code, r->allowed);
	const char *is = state_word(r->state), *shown = in_words(a, r->allowed, true);
	return fill(a, fill(a, _("is %s, and must be in one of these states: %s"), is, strlen(is)), shown, strlen(shown));
}

const char *
reply_code_sentence(Bassin__V1__ReplyCode code)
{
	switch (code) {
	case BASSIN__V1__REPLY_CODE__UNAVAILABLE: return _("the service is busy or its store is away; try again");
	case BASSIN__V1__REPLY_CODE__NOT_ACTIVE:
		return _("no instance of the service is active at the moment; try again");
	case BASSIN__V1__REPLY_CODE__EXPIRED: return _("the service was too busy to begin in time; try again");
	case BASSIN__V1__REPLY_CODE__FORBIDDEN: return _("this key may not do that");
	case BASSIN__V1__REPLY_CODE__CONFLICT: return _("this request was sent before with another content");
	case BASSIN__V1__REPLY_CODE__STALE_ID:
		return _("the clocks of this machine and of the pool differ by more than a day");
	case BASSIN__V1__REPLY_CODE__TOO_LARGE: return _("the request is too large");
	case BASSIN__V1__REPLY_CODE__UNDECODABLE:
		return _("the pool could not read the request: is this command of another version?");
	case BASSIN__V1__REPLY_CODE__UNKNOWN_TYPE:
		return _("the pool does not know this request: is this command of another version?");
	case BASSIN__V1__REPLY_CODE__BROKEN:
		return _("the pool failed at this request and has set it aside; its operator sees an alarm");
	default: return _("the pool's answer makes no sense");
	}
}
