/* SPDX-License-Identifier: Apache-2.0 */
/* Small random rounds for property tests, from one printed seed, and what every test of rounds needs. */
#ifndef TEST_SAMPLE_ROUND_H
#define TEST_SAMPLE_ROUND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "dice.h"
#include "instance.h"
#include "outcome.h"
#include "verifier/verifier.h"

enum { SAMPLE_LEARNERS = 12, SAMPLE_POSTINGS = 6, SAMPLE_GROUPS = 2, SAMPLE_NO = -1 };

/* A round as tables; SAMPLE_NO where a pair has no entry. */
struct sample {
	int learners, postings;
	int tier[SAMPLE_LEARNERS][SAMPLE_POSTINGS], choice[SAMPLE_POSTINGS][SAMPLE_LEARNERS];
	int fit[SAMPLE_LEARNERS][SAMPLE_POSTINGS], fixed[SAMPLE_LEARNERS], held[SAMPLE_LEARNERS];
	int reserved[SAMPLE_POSTINGS][SAMPLE_GROUPS];
	bool guarantee, assignable[SAMPLE_LEARNERS], in_group[SAMPLE_LEARNERS][SAMPLE_GROUPS];
	bool assigns[SAMPLE_POSTINGS], reserves_last[SAMPLE_POSTINGS];
	int college[SAMPLE_LEARNERS], need[SAMPLE_LEARNERS], offered_by[SAMPLE_POSTINGS], capacity[SAMPLE_POSTINGS];
	bool accepts_unranked[SAMPLE_POSTINGS];
	char seed[24];
};

/* Ids whose bytewise order is easily got wrong: prefixes, bytes above 127, control characters, quotes. */
static const char *const SAMPLE_IDS[SAMPLE_LEARNERS] = { "b", "a", "a\x01", "ab", "\xc3\xa9", "Z", "\"q\"", "\\",
	"\x1f" "c",
	"\xf0\x9f\x8c\xb2", "\xef\xbf\xbd", "a/b" };

static inline void
sample_fix_pairs(struct sample *s, uint64_t *random)
{
	int left[SAMPLE_POSTINGS];

	memcpy(left, s->capacity, sizeof left);
	for (int i = 0; i < s->learners; i++) {
		int j = s->postings == 0 ? 0 : dice_below(random, s->postings);

		s->fixed[i] = s->held[i] = SAMPLE_NO;
		if (s->postings > 0 && dice_below(random, 8) == 0 && left[j] > 0) {
			*(dice_below(random, 2) ? &s->fixed[i] : &s->held[i]) = j;
			left[j]--;
		}
	}
}

static inline struct sample
sample_new(uint64_t *random)
{
	struct sample s = { .learners = dice_below(random, SAMPLE_LEARNERS + 1),
		.postings = dice_below(random, SAMPLE_POSTINGS + 1), .guarantee = dice_below(random, 3) > 0 };
	int dense = 1 + dice_below(random, 4), tiers = 1 + dice_below(random, 6),
	    fits = 1 + dice_below(random, 5);

	snprintf(s.seed, sizeof s.seed, "%llx", (unsigned long long)dice_roll(random));
	for (int i = 0; i < s.learners; i++) {
		s.college[i] = dice_below(random, 4) - 1;
		s.need[i] = dice_below(random, 3) * dice_below(random, 2);
		s.assignable[i] = dice_below(random, 2);
		for (int g = 0; g < SAMPLE_GROUPS; g++)
			s.in_group[i][g] = dice_below(random, 3) == 0;
		for (int j = 0; j < s.postings; j++) {
			s.tier[i][j] = dice_below(random, 4) < dense ? dice_below(random, tiers) : SAMPLE_NO;
			s.choice[j][i] = dice_below(random, 2) ? dice_below(random, tiers) : SAMPLE_NO;
			s.fit[i][j] = dice_below(random, 3) ? dice_below(random, fits) * 250 : SAMPLE_NO;
		}
	}
	for (int j = 0; j < s.postings; j++) {
		s.offered_by[j] = dice_below(random, 4) - 1;
		s.capacity[j] = dice_below(random, 4);
		s.accepts_unranked[j] = dice_below(random, 2);
		s.assigns[j] = dice_below(random, 3) > 0;
		s.reserves_last[j] = dice_below(random, 2);
		for (int g = 0; g < SAMPLE_GROUPS; g++)
			s.reserved[j][g] = dice_below(random, 3) ? SAMPLE_NO : dice_below(random, 3);
	}
	sample_fix_pairs(&s, random);
	return s;
}

static inline const char *
sample_college(int number)
{
	static const char *const NAMES[] = { "c2", "c1", "\xc3\xa9t\xc3\xa9" };

	return number < 0 ? NULL : NAMES[number];
}

static inline struct draft *
sample_draft(const struct sample *s)
{
	static const char *const GROUPS[SAMPLE_GROUPS] = { "g2", "g1" };
	struct draft *d = draft_new(s->seed, s->guarantee);

	assert_non_null(d);
	for (int i = 0; i < s->learners; i++)
		assert_int_equal(draft_learner(d, SAMPLE_IDS[i], sample_college(s->college[i]), s->need[i], s->assignable[i]), i);
	for (int j = 0; j < s->postings; j++)
		assert_int_equal(draft_posting(d, SAMPLE_IDS[SAMPLE_LEARNERS - 1 - j], sample_college(s->offered_by[j]),
		    s->capacity[j], s->accepts_unranked[j], s->assigns[j], s->reserves_last[j]), j);
	for (int g = 0; g < SAMPLE_GROUPS; g++) {
		for (int i = 0; i < s->learners; i++)
			if (s->in_group[i][g])
				draft_group(d, i, GROUPS[g]);
		for (int j = 0; j < s->postings; j++)
			if (s->reserved[j][g] != SAMPLE_NO)
				draft_reserve(d, j, GROUPS[g], s->reserved[j][g]);
	}
	for (int i = 0; i < s->learners; i++)
		for (int j = 0; j < s->postings; j++) {
			if (s->tier[i][j] != SAMPLE_NO)
				draft_ranking(d, i, s->tier[i][j], j);
			if (s->choice[j][i] != SAMPLE_NO)
				draft_choice(d, j, s->choice[j][i], i);
			if (s->fit[i][j] != SAMPLE_NO)
				draft_fit(d, i, j, s->fit[i][j]);
		}
	for (int i = 0; i < s->learners; i++)
		if (s->fixed[i] != SAMPLE_NO)
			draft_fixed(d, i, s->fixed[i]);
	for (int i = 0; i < s->learners; i++)
		if (s->held[i] != SAMPLE_NO)
			draft_held(d, i, s->held[i]);
	return d;
}

static inline struct instance *
sample_instance(const struct sample *s)
{
	struct draft *d = sample_draft(s);
	struct instance *in;
	struct instance_flaw flaw;

	if (draft_seal(&d, &in, &flaw) != 0)
		fail_msg("%s: %s", flaw.code, flaw.text);
	return in;
}

static inline struct instance *
instance_of(const char *json)
{
	struct instance *in;
	struct instance_flaw flaw;

	if (instance_read(json, strlen(json), &in, &flaw) != 0)
		fail_msg("%s: %s", flaw.code, flaw.text);
	return in;
}

static inline struct engine_outcome *
outcome_of(const struct instance *in)
{
	struct engine_outcome *out;

	assert_string_equal(engine_status_to_text(engine_solve(&in->engine, 2, &out)), engine_status_to_text(ENGINE_OK));
	return out;
}

/* NUL-terminated; the caller frees. */
static inline char *
text_of_instance(const struct instance *in)
{
	struct json_text_buffer b = { .max = 1024 * 1024 };

	assert_int_equal(instance_write(in, json_keep, &b), 0);
	assert_int_equal(json_keep(&b, "", 1), 0);
	return b.bytes;
}

static inline char *
text_of_outcome(const struct instance *in, const struct engine_outcome *out)
{
	struct json_text_buffer b = { .max = 1024 * 1024 };
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];

	instance_digest(in, digest);
	assert_int_equal(outcome_write(in, out, digest, json_keep, &b), 0);
	assert_int_equal(json_keep(&b, "", 1), 0);
	return b.bytes;
}

/* The verifier's words about the outcome as it is written; "" when it accepts. They live until the next call. */
static inline const char *
complaint_about(const struct instance *in, const struct engine_outcome *out)
{
	static struct verifier_report report;
	char *bytes = text_of_outcome(in, out);

	verifier_judge_bytes(in, bytes, strlen(bytes), &report);
	free(bytes);
	assert_true((report.verdict == VERIFIER_ACCEPTED) == (report.text[0] == '\0'));
	return report.text;
}

#endif
