/* SPDX-License-Identifier: Apache-2.0 */
/* See solver.h: the only file here that knows the solver. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "check.h"
#include "instance.h"
#include "outcome.h"
#include "solver.h"
#include "verifier/verifier.h"

static int
to_text(void *to, const char *bytes, size_t size)
{
	text_add(to, bytes, size);
	return 0;
}

/* Solve what was read and write it. */
static void
solve(struct solved *s, int threads, char **complaint)
{
	char digest[2 * INSTANCE_DIGEST_SIZE + 1];
	struct engine_outcome *out = NULL;
	enum engine_status status;
	struct text text = { 0 };

	status = engine_solve(&s->instance->engine, threads, &out);
	if (status != ENGINE_OK) {
		complain(complaint, "the solver gives up: %s", engine_status_to_text(status));
		return;
	}
	instance_digest(s->instance, digest);
	if (outcome_write(s->instance, out, digest, to_text, &text) != 0)
		complain(complaint, "the outcome is not written");
	engine_outcome_destroy(&out);
	s->text = text.bytes;
	s->size = text.size;
}

struct solved
solve_text(const char *json, int threads, char **complaint)
{
	struct solved s = { 0 };
	struct instance_flaw flaw;

	if (sodium_init() < 0)
		exit(3);
	if (instance_read(json, strlen(json), &s.instance, &flaw) != 0)
		complain(complaint, "the instance is refused: %s: %s", flaw.code, flaw.text);
	else
		solve(&s, threads, complaint);
	return s;
}

char *
canonical_text(const char *json, char **why)
{
	struct instance *in;
	struct instance_flaw flaw;
	struct text text = { 0 };

	if (sodium_init() < 0)
		exit(3);
	if (instance_read(json, strlen(json), &in, &flaw) != 0) {
		complain(why, "%s: %s", flaw.code, flaw.text);
		return NULL;
	}
	if (instance_write(in, to_text, &text) != 0)
		complain(why, "the instance is not written");
	instance_destroy(&in);
	return text.bytes;
}

/* ---- as the service does it: piece by piece ---------------------------------------------------------------------- */

static const char *
college_of(const struct round *r, int college)
{
	return college == NONE ? NULL : r->college[college];
}

/*
 * Learners and postings with what belongs to them alone, in any order; their numbers in the draft in *learner,
 * *posting.
 */
static void
draft_people(struct draft *d, const struct round *r, uint64_t *random, int32_t *learner, int32_t *posting)
{
	int first = r->n == 0 ? 0 : dice_below(random, r->n);

	for (int p = r->m - 1; p >= 0; p--) {
		const struct round_posting *it = &r->posting[p];

		posting[p] = draft_posting(d, it->id, college_of(r, it->college), it->capacity, it->accepts_unranked,
		                           it->assignable, it->reserve_last);
		for (int k = 0; k < it->n_reserves; k++)
			draft_reserve(d, posting[p], r->group[it->reserve[k].group], it->reserve[k].seats);
	}
	for (int k = 0; k < r->n; k++) {
		int l = (first + k) % r->n;
		const struct round_learner *who = &r->learner[l];

		learner[l] = draft_learner(d, who->id, college_of(r, who->college), who->need, who->assignable);
		for (int g = 0; g < r->n_groups; g++)
			if (who->groups >> g & 1)
				draft_group(d, learner[l], r->group[g]);
	}
}

static struct draft *
draft_of(const struct round *r, uint64_t *random)
{
	struct draft *d = draft_new(r->seed, r->guarantee);
	int32_t *learner = room((size_t)r->n, sizeof *learner), *posting = room((size_t)r->m, sizeof *posting);

	draft_people(d, r, random, learner, posting);
	for (int l = 0; l < r->n; l++) {
		const struct round_learner *who = &r->learner[l];

		if (who->fixed != NONE)
			draft_fixed(d, learner[l], posting[who->fixed]);
		if (who->held != NONE)
			draft_held(d, learner[l], posting[who->held]);
		for (int p = 0; p < r->m; p++) {
			size_t at = cell(r, l, p);

			if (r->wish[at] != NONE)
				draft_ranking(d, learner[l], 3 * r->wish[at], posting[p]);
			if (r->choice[at] != NONE)
				draft_choice(d, posting[p], 2 * r->choice[at] + 1, learner[l]);
			if (r->fit[at] != NONE)
				draft_fit(d, learner[l], posting[p], r->fit[at]);
		}
	}
	free(learner);
	free(posting);
	return d;
}

struct solved
solve_drafted(const struct round *r, int threads, uint64_t *random, char **complaint)
{
	struct solved s = { 0 };
	struct instance_flaw flaw;
	struct draft *d;

	if (sodium_init() < 0)
		exit(3);
	d = draft_of(r, random);
	if (draft_seal(&d, &s.instance, &flaw) != 0)
		complain(complaint, "the draft is refused: %s: %s", flaw.code, flaw.text);
	else
		solve(&s, threads, complaint);
	return s;
}

void
solved_clear(struct solved *s)
{
	instance_destroy(&s->instance);
	free(s->text);
	*s = (struct solved){ 0 };
}

void
check_accepted(const struct solved *s, char **complaint)
{
	struct verifier_report report;

	verifier_judge_bytes(s->instance, s->text, s->size, &report);
	if (report.verdict != VERIFIER_ACCEPTED)
		complain(complaint, "the verifier says %s: %s", report.condition, report.text);
}

const char *
refused_because(const struct instance *in, const char *outcome, size_t size, char *text)
{
	struct verifier_report report;

	verifier_judge_bytes(in, outcome, size, &report);
	snprintf(text, sizeof report.text, "%s", report.text);
	return report.verdict == VERIFIER_ACCEPTED ? NULL : report.condition;
}
