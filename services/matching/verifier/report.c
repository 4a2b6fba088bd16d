/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences in two languages. Ids come from strangers' files: nothing in them may steer a terminal. */
#include "verifier/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A sentence that was cut must not end within a letter. */
static void
end_at_letter(char *text)
{
	size_t n = strlen(text), back = 0;

	while (back < 3 && back < n && ((uint8_t)text[n - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back == n)
		return;
	uint8_t lead = (uint8_t)text[n - 1 - back];
	size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;

	if (back < wanted)
		text[n - 1 - back] = '\0';
}

static void __attribute__((format(printf, 4, 0)))
say(char *text, size_t room, const char *run, const char *sentence, va_list args)
{
	size_t used = (size_t)snprintf(text, room, "%s", run);

	vsnprintf(text + used, room - used, sentence, args);
	end_at_letter(text);
}

bool
report_violation(struct verifier_report *r, enum report_run run, const char *condition, const char *english,
                 const char *french, ...)
{
	static const char *const RUNS[] = { "in the pool: ", "alone: ", "" };
	static const char *const RUNS_FR[] = { "dans le bassin : ", "établissement seul : ", "" };
	va_list args, again;

	if (r->verdict != VERIFIER_ACCEPTED)
		return false;
	r->verdict = VERIFIER_VIOLATION;
	r->condition = condition;
	va_start(args, french);
	va_copy(again, args);
	say(r->text, sizeof r->text, RUNS[run], english, args);
	say(r->text_fr, sizeof r->text_fr, RUNS_FR[run], french, again);
	va_end(again);
	va_end(args);
	return false;
}

bool
report_no_memory(struct verifier_report *r)
{
	if (r->verdict != VERIFIER_ACCEPTED)
		return false;
	r->verdict = VERIFIER_NO_MEMORY;
	r->condition = "no_memory";
	snprintf(r->text, sizeof r->text, "not enough memory to verify the outcome");
	snprintf(r->text_fr, sizeof r->text_fr, "mémoire insuffisante pour vérifier le résultat");
	return false;
}

/* How many bytes of id are one letter that may be shown; 0: none. */
static size_t
letter_size(const uint8_t *s)
{
	size_t size = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;

	if (s[0] < 0x20 || s[0] == 0x7f || s[0] > 0xf4)
		return 0;
	for (size_t k = 1; k < size; k++)
		if ((s[k] & 0xc0) != 0x80)
			return 0;
	if (size == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 0; /* C1 controls */
	if (size == 3 && s[0] == 0xe2 && s[1] == 0x80 &&
	    ((s[2] >= 0xa8 && s[2] <= 0xae) || s[2] == 0x8e || s[2] == 0x8f))
		return 0; /* separators of lines, and what turns the direction of writing */
	if (size == 3 && s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
		return 0;
	return size;
}

const char *
report_show(char *room, const char *id)
{
	size_t used = 0;

	for (const uint8_t *s = (const uint8_t *)id; *s != '\0';) {
		size_t size = letter_size(s);

		if (used + (size == 0 ? 1 : size) > REPORT_SHOWN - 4) {
			memcpy(room + used, "...", 3);
			used += 3;
			break;
		}
		if (size > 0) {
			memcpy(room + used, s, size);
			used += size;
			s += size;
			continue;
		}
		room[used++] = '?';
		do
			s++;
		while ((*s & 0xc0) == 0x80);
	}
	room[used] = '\0';
	return room;
}
