/* SPDX-License-Identifier: Apache-2.0 */
/* The whole outcome judged: the instance looked up by the checker's own means; then placements, reasons and counts. */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker_priv.h"

static const size_t MAX_BYTES = (size_t)8 << 30;

bool
violation(struct check *c, const char *fmt, ...)
{
	va_list args;

	if (c->report->verdict != CHECKER_ACCEPTED)
		return false;
	c->report->verdict = CHECKER_VIOLATION;
	va_start(args, fmt);
	vsnprintf(c->report->text, sizeof c->report->text, fmt, args);
	va_end(args);
	return false;
}

void *
check_take(struct check *c, size_t count, size_t size)
{
	void *p = arena_zalloc(c->arena, count, size);

	if (p == NULL) {
		c->report->verdict = CHECKER_NO_MEMORY;
		snprintf(c->report->text, sizeof c->report->text, "not enough memory to check the outcome");
	}
	return p;
}

/* Where needle stands in the ascending list[from..to - 1], or `to`. */
static size_t
search(const int32_t *list, size_t from, size_t to, int32_t needle)
{
	size_t low = from, high = to;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle] < needle)
			low = middle + 1;
		else
			high = middle;
	}
	return low < to && list[low] == needle ? low : to;
}

int32_t
check_fit(const struct check *c, int32_t learner, int32_t posting)
{
	const struct engine_rows *fit = &c->in->engine.fit;
	size_t k = search(fit->to, fit->off[learner], fit->off[learner + 1], posting);

	return k == fit->off[learner + 1] ? 0 : fit->value[k];
}

int32_t
check_tier(const struct check *c, int32_t posting, int32_t learner)
{
	size_t k = search(c->chosen_by, c->chosen_off[learner], c->chosen_off[learner + 1], posting);

	return k == c->chosen_off[learner + 1] ? c->last_tier[posting] : c->chosen_tier[k];
}

/* From the id and the seed as published, without the sealed instance's own number. */
static uint64_t
draw(const char *seed, const char *id)
{
	crypto_generichash_blake2b_state state;
	uint8_t h[8] = { 0 };

	BUG_IF(crypto_generichash_blake2b_init(&state, (const uint8_t *)seed, strlen(seed), sizeof h) != 0 ||
	    crypto_generichash_blake2b_update(&state, (const uint8_t *)id, strlen(id)) != 0 ||
	    crypto_generichash_blake2b_final(&state, h, sizeof h) != 0);
	return (uint64_t)h[0] << 56 | (uint64_t)h[1] << 48 | (uint64_t)h[2] << 40 | (uint64_t)h[3] << 32 |
	    (uint64_t)h[4] << 24 | (uint64_t)h[5] << 16 | (uint64_t)h[6] << 8 | h[7];
}

/* Turn the employers' lists round: each learner's lines in order of posting. */
static bool
learn_choices(struct check *c)
{
	const struct engine_instance *e = &c->in->engine;
	const struct engine_rows *r = &e->choices;
	size_t *end = check_take(c, (size_t)e->n_learners + 1, sizeof *end);

	c->chosen_off = check_take(c, (size_t)e->n_learners + 1, sizeof *c->chosen_off);
	c->chosen_by = check_take(c, r->off[e->n_postings], sizeof *c->chosen_by);
	c->chosen_tier = check_take(c, r->off[e->n_postings], sizeof *c->chosen_tier);
	c->last_tier = check_take(c, (size_t)e->n_postings, sizeof *c->last_tier);
	if (c->report->verdict != CHECKER_ACCEPTED)
		return false;
	for (size_t k = 0; k < r->off[e->n_postings]; k++)
		c->chosen_off[r->to[k] + 1]++;
	for (int32_t i = 0; i < e->n_learners; i++)
		end[i + 1] = c->chosen_off[i + 1] += c->chosen_off[i];
	for (int32_t j = 0; j < e->n_postings; j++) {
		size_t last = r->off[j + 1];

		for (size_t k = r->off[j]; k < last; k++) {
			c->chosen_by[end[r->to[k]]] = j;
			c->chosen_tier[end[r->to[k]]++] = r->value[k];
		}
		c->last_tier[j] = last == r->off[j] ? 0 : r->value[last - 1] + 1;
		if (!e->accepts_unranked[j])
			c->last_tier[j] = ENGINE_NONE;
	}
	return true;
}

static bool
learn_instance(struct check *c)
{
	const struct engine_instance *e = &c->in->engine;

	c->lottery = check_take(c, (size_t)e->n_learners, sizeof *c->lottery);
	c->seats = check_take(c, (size_t)e->n_postings, sizeof *c->seats);
	c->fixed = check_take(c, (size_t)e->n_learners, sizeof *c->fixed);
	c->entry_hint = check_take(c, (size_t)e->n_postings, sizeof *c->entry_hint);
	if (c->report->verdict != CHECKER_ACCEPTED)
		return false;
	for (int32_t i = 0; i < e->n_learners; i++)
		c->lottery[i] = draw(c->in->seed, c->in->learner_ids[i]);
	for (int32_t j = 0; j < e->n_postings; j++)
		c->seats[j] = e->capacity[j];
	for (size_t k = 0; k < e->n_fixed; k++) {
		c->fixed[e->fixed[k].learner] = true;
		c->seats[e->fixed[k].posting]--;
	}
	return learn_choices(c);
}

/* Every learner's line is one of the four forms, and the fixed pairs are exactly those of the instance. */
static bool
judge_lines(struct check *c)
{
	const struct engine_instance *e = &c->in->engine;
	const struct engine_outcome *o = c->out;

	for (int32_t i = 0; i < e->n_learners; i++) {
		const char *id = c->in->learner_ids[i];
		bool placed = o->posting[i] != ENGINE_NONE, by = o->by[i] == ENGINE_FIXED || o->by[i] == ENGINE_RANKED;

		if (o->posting[i] < ENGINE_NONE || o->posting[i] >= e->n_postings || o->solo[i] < ENGINE_NONE ||
		    o->solo[i] >= e->n_postings)
			return violation(c, "learner \"%.128s\" is placed at a posting that does not exist", id);
		if (placed != by || placed != (o->reason[i] == ENGINE_PLACED))
			return violation(
			    c, "learner \"%.128s\" must be placed, fixed or by ranking, or have a reason", id);
		if (c->fixed[i] != (o->by[i] == ENGINE_FIXED))
			return violation(
			    c, "the fixed pair of learner \"%.128s\" is %s", id, c->fixed[i] ? "lost" : "made up");
		if (o->endowment[i] != ENGINE_NONE)
			return violation(c, "learner \"%.128s\" is endowed, but nobody can be", id);
	}
	for (size_t k = 0; k < e->n_fixed; k++)
		if (o->posting[e->fixed[k].learner] != e->fixed[k].posting)
			return violation(c, "learner \"%.128s\", fixed with \"%.128s\", is placed elsewhere",
			    c->in->learner_ids[e->fixed[k].learner], c->in->posting_ids[e->fixed[k].posting]);
	return true;
}

/* How a learner sorts two entries of her ranking: tier, higher fit, id. */
static bool
before(const struct check *c, int32_t i, size_t a, size_t b)
{
	const struct engine_rows *r = &c->in->engine.rankings;
	int32_t fit_a = check_fit(c, i, r->to[a]), fit_b = check_fit(c, i, r->to[b]);

	if (r->value[a] != r->value[b])
		return r->value[a] < r->value[b];
	return fit_a != fit_b ? fit_a > fit_b : r->to[a] < r->to[b];
}

/* The entry of the learner's ranking that names posting j, by the hint that learn_entries left; false: none. */
static bool
entry_of(const struct check *c, int32_t i, int32_t j, size_t *entry)
{
	const struct engine_rows *r = &c->in->engine.rankings;

	if (j < 0 || j >= c->in->engine.n_postings)
		return false;
	*entry = c->entry_hint[j];
	return *entry >= r->off[i] && *entry < r->off[i + 1] && r->to[*entry] == j;
}

/* The n rows, as many as she has acceptable postings, must name those, in her order (none twice), rightly counted. */
static bool
judge_at(struct check *c, const struct run *pool, int32_t i, const struct engine_at *at, size_t n)
{
	const struct engine_rows *r = &c->in->engine.rankings;
	const char *id = c->in->learner_ids[i];
	size_t entry, previous = 0;

	for (size_t k = r->off[i]; n > 0 && k < r->off[i + 1]; k++)
		c->entry_hint[r->to[k]] = k;
	for (size_t k = 0; k < n; k++) {
		int32_t j = at[k].posting, ahead;

		if (!entry_of(c, i, j, &entry) || check_tier(c, j, i) == ENGINE_NONE ||
		    (k > 0 && !before(c, i, previous, entry)))
			return violation(c, "row %zu of \"at\" of learner \"%.128s\" names a wrong posting", k + 1, id);
		ahead = run_ahead(c, pool, i, j);
		if (at[k].ahead != ahead)
			return violation(c,
			    "learner \"%.128s\" is told of %d ahead of her at \"%.128s\", but they are %d", id,
			    at[k].ahead, c->in->posting_ids[j], ahead);
		previous = entry;
	}
	return true;
}

static size_t
count_acceptable(const struct check *c, int32_t i)
{
	const struct engine_rows *r = &c->in->engine.rankings;
	size_t n = 0;

	for (size_t k = r->off[i]; k < r->off[i + 1]; k++)
		n += check_tier(c, r->to[k], i) != ENGINE_NONE;
	return n;
}

static enum engine_reason
right_reason(const struct check *c, int32_t i, size_t acceptable)
{
	const struct engine_rows *r = &c->in->engine.rankings;

	if (c->out->by[i] != ENGINE_NOT_PLACED)
		return ENGINE_PLACED;
	if (r->off[i] == r->off[i + 1])
		return ENGINE_NOTHING_RANKED;
	return acceptable == 0 ? ENGINE_NOT_ELIGIBLE : ENGINE_OUTRANKED;
}

static bool
judge_reasons(struct check *c, const struct run *pool)
{
	const struct engine_outcome *o = c->out;
	size_t rows = 0;

	for (int32_t i = 0; i < c->in->engine.n_learners; i++) {
		size_t acceptable = o->by[i] == ENGINE_NOT_PLACED ? count_acceptable(c, i) : 0;

		if (o->reason[i] != right_reason(c, i, acceptable))
			return violation(c, "learner \"%.128s\" is told a wrong reason", c->in->learner_ids[i]);
		if (o->at_off[i] != rows || o->at_off[i + 1] != rows + acceptable)
			return violation(
			    c, "\"at\" of learner \"%.128s\" has a wrong number of rows", c->in->learner_ids[i]);
		if (!judge_at(c, pool, i, o->at + rows, acceptable))
			return false;
		rows += acceptable;
	}
	return true;
}

static bool
judge_colleges(struct check *c)
{
	const struct engine_instance *e = &c->in->engine;
	size_t n = (size_t)e->n_colleges;
	int32_t *learners = check_take(c, n, sizeof *learners), *alone = check_take(c, n, sizeof *alone);
	int32_t *pool = check_take(c, n, sizeof *pool);

	if (learners == NULL || alone == NULL || pool == NULL)
		return false;
	for (int32_t i = 0; i < e->n_learners; i++) {
		int32_t college = e->learner_college[i];

		if (college == ENGINE_NONE)
			continue;
		learners[college]++;
		alone[college] += c->fixed[i] || c->out->solo[i] != ENGINE_NONE;
		pool[college] += c->out->posting[i] != ENGINE_NONE;
	}
	for (size_t k = 0; k < n; k++)
		if (c->out->college_learners[k] != learners[k] || c->out->college_alone[k] != alone[k] ||
		    c->out->college_pool[k] != pool[k])
			return violation(c, "the row of college \"%.128s\" is wrong", c->in->college_ids[k]);
	return true;
}

static bool
judge_objective(struct check *c)
{
	const struct engine_instance *e = &c->in->engine;
	int32_t placed = 0, n_needs = 0, needs[ENGINE_NEEDS] = { 0 };

	for (int32_t i = 0; i < e->n_learners; i++) {
		if (e->learner_need[i] + 1 > n_needs)
			n_needs = e->learner_need[i] + 1;
		placed += c->out->posting[i] != ENGINE_NONE;
		needs[e->learner_need[i]] += c->out->posting[i] != ENGINE_NONE;
	}
	if (c->out->placed != placed || c->out->n_needs != n_needs || c->out->fit != 0 ||
	    memcmp(c->out->needs, needs, sizeof needs) != 0)
		return violation(c, "the objective is not what the placements give: %d placed", placed);
	return true;
}

static bool
is_supported(const struct engine_instance *e)
{
	bool assignable = false;

	for (int32_t i = 0; i < e->n_learners; i++)
		assignable |= e->learner_assignable[i];
	for (int32_t j = 0; j < e->n_postings; j++)
		assignable |= e->posting_assignable[j];
	return !e->guarantee && !assignable && e->n_held == 0 && e->reserves.off[e->n_postings] == 0;
}

/* The results of the ranked phase: without the fixed. */
static const int32_t *
ranked_results(struct check *c)
{
	int32_t *result = check_take(c, (size_t)c->in->engine.n_learners, sizeof *result);

	for (int32_t i = 0; result != NULL && i < c->in->engine.n_learners; i++)
		result[i] = c->fixed[i] ? ENGINE_NONE : c->out->posting[i];
	return result;
}

static bool
judge(struct check *c)
{
	struct run pool = { .name = "pool", .certificate = &c->out->pool };
	struct run alone = { .name = "solo run", .certificate = &c->out->alone, .result = c->out->solo, .solo = true };

	if (!learn_instance(c) || !judge_lines(c))
		return false;
	pool.result = ranked_results(c);
	return pool.result != NULL && run_judge(c, &pool) && judge_reasons(c, &pool) && run_judge(c, &alone) &&
	    judge_colleges(c) && judge_objective(c);
}

void
checker_judge(const struct instance *in, const struct engine_outcome *out, struct checker_report *report)
{
	struct check c = { .in = in, .out = out, .report = report };

	*report = (struct checker_report){ .verdict = CHECKER_ACCEPTED };
	if (!is_supported(&in->engine)) {
		report->verdict = CHECKER_UNSUPPORTED;
		snprintf(report->text, sizeof report->text,
		    "the instance asks for guarantee, assignment, reserves or held pairs, which are not judged yet");
		return;
	}
	c.arena = arena_new(MAX_BYTES);
	if (c.arena == NULL)
		report->verdict = CHECKER_NO_MEMORY;
	else
		judge(&c);
	arena_destroy(&c.arena);
}
