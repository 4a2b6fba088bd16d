/* SPDX-License-Identifier: Apache-2.0 */
/* The whole outcome judged, in the order in which one thing rests on another: alone, endowments, pool, what is told. */
#include "verifier/judge.h"

#include <pthread.h>
#include <string.h>

void *
judge_take(struct judge *v, size_t count, size_t size)
{
	void *p = memory_take(v->memory, count, size);

	if (p == NULL)
		report_no_memory(v->report);
	return p;
}

/* ---- the instance, laid out -------------------------------------------------------------------------------------- */
static int32_t *
nobody(struct judge *v)
{
	int32_t *p = judge_take(v, (size_t)v->e->n_learners, sizeof *p);

	for (int32_t i = 0; p != NULL && i < v->e->n_learners; i++)
		p[i] = ENGINE_NONE;
	return p;
}

/* By group, then by posting: so each posting's reserves end up in order of group. */
static bool
sort_reserves(struct judge *v)
{
	const struct engine_rows *r = &v->e->reserves;
	size_t n = r->off[v->e->n_postings], sum = 0;
	size_t *next_of_group = judge_take(v, (size_t)v->e->n_groups + 1, sizeof *next_of_group);
	size_t *next_of_posting = judge_take(v, (size_t)v->e->n_postings, sizeof *next_of_posting);
	struct engine_pair *grouped = judge_take(v, n, sizeof *grouped); /* .learner: the kind */

	v->by_group = judge_take(v, n, sizeof *v->by_group);
	if (next_of_group == NULL || next_of_posting == NULL || grouped == NULL || v->by_group == NULL)
		return false;
	for (size_t k = 0; k < n; k++)
		next_of_group[r->entry[k].to + 1]++;
	for (int32_t g = 0; g <= v->e->n_groups; g++)
		next_of_group[g] = sum += next_of_group[g];
	for (int32_t j = 0; j < v->e->n_postings; j++) {
		next_of_posting[j] = r->off[j];
		for (size_t k = r->off[j]; k < r->off[j + 1]; k++)
			grouped[next_of_group[r->entry[k].to]++] = (struct engine_pair){ (int32_t)(k - r->off[j]), j };
	}
	for (size_t k = 0; k < n; k++) {
		int32_t kind = grouped[k].learner, j = grouped[k].posting;

		v->by_group[next_of_posting[j]++] = (struct by_group){ r->entry[r->off[j] + (size_t)kind].to, kind };
	}
	return true;
}

static bool
learn_instance(struct judge *v)
{
	v->fixed_at = nobody(v);
	v->held_at = nobody(v);
	if (v->fixed_at == NULL || v->held_at == NULL || !sort_reserves(v))
		return false;
	for (size_t k = 0; k < v->e->n_fixed; k++)
		v->fixed_at[v->e->fixed[k].learner] = v->e->fixed[k].posting;
	for (size_t k = 0; k < v->e->n_held; k++)
		v->held_at[v->e->held[k].learner] = v->e->held[k].posting;
	return true;
}

/* ---- a run, laid out --------------------------------------------------------------------------------------------- */
static void
count_seats(const struct judge *v, struct run *r)
{
	for (int32_t j = 0; j < v->e->n_postings; j++)
		r->seats[j] = v->e->capacity[j];
	for (size_t k = 0; k < v->e->n_fixed; k++)
		r->seats[v->e->fixed[k].posting]--;
	for (size_t k = 0; r->solo && k < v->e->n_held; k++)
		r->seats[v->e->held[k].posting]--;
	for (int32_t j = 0; r->solo && j < v->e->n_postings; j++)
		if (v->e->posting_college[j] == ENGINE_NONE)
			r->seats[j] = 0;
}

static bool
list_endowed(struct judge *v, struct run *r)
{
	size_t np = (size_t)v->e->n_postings, nl = r->endowment == NULL ? 0 : (size_t)v->e->n_learners;
	size_t *next = judge_take(v, np + 1, sizeof *next);

	r->endowed_off = judge_take(v, np + 1, sizeof *r->endowed_off);
	r->endowed = judge_take(v, nl, sizeof *r->endowed);
	if (next == NULL || r->endowed_off == NULL || r->endowed == NULL)
		return false;
	for (size_t i = 0; i < nl; i++)
		if (r->endowment[i] != ENGINE_NONE)
			next[r->endowment[i] + 1]++;
	for (size_t j = 0; j < np; j++)
		r->endowed_off[j + 1] = next[j + 1] += next[j];
	for (size_t i = 0; i < nl; i++)
		if (r->endowment[i] != ENGINE_NONE)
			r->endowed[next[r->endowment[i]]++] = (struct owner){ (int32_t)i, r->claim->slot_of[i] };
	return true;
}

static bool
run_lay_out(struct judge *v, struct run *r)
{
	size_t nl = (size_t)v->e->n_learners, np = (size_t)v->e->n_postings, kinds = CLAIM_KIND(v->e, np, 0);
	size_t slots = (size_t)r->claim->slot_off[np];

	r->seats = judge_take(v, np, sizeof *r->seats);
	r->result = judge_take(v, nl, sizeof *r->result);
	r->stop = judge_take(v, nl, sizeof *r->stop);
	r->role = judge_take(v, nl, sizeof *r->role);
	r->keys = judge_take(v, slots, sizeof *r->keys);
	r->best = judge_take(v, np, sizeof *r->best);
	r->member_best = judge_take(v, kinds, sizeof *r->member_best);
	r->next = judge_take(v, slots, sizeof *r->next);
	r->wanted = judge_take(v, np, sizeof *r->wanted);
	if (r->seats == NULL || r->result == NULL || r->stop == NULL || r->role == NULL || r->keys == NULL ||
	    r->best == NULL || r->member_best == NULL || r->next == NULL || r->wanted == NULL || !list_endowed(v, r))
		return false;
	memset(r->best, 0xff, np * sizeof *r->best); /* KEY_NOBODY */
	memset(r->member_best, 0xff, kinds * sizeof *r->member_best);
	count_seats(v, r);
	return true;
}

/* ---- side by side ------------------------------------------------------------------------------------------------ */
/*
 * What rests on nothing but what is settled goes side by side, in threads: the solo runs, and once everybody's place in
 * the pool is known what people are told. Each has a report and memory of its own; what is told in the end never
 * depends on which was faster.
 */
struct side {
	struct judge v;
	struct verifier_report report;
	bool (*judge)(struct judge *v);
	pthread_t thread;
	bool running;
};

/* Fewer learners are judged before a second thread would have begun. */
enum { WORTH_A_THREAD = 2000 };

static void *
side_run(void *arg)
{
	struct side *s = arg;

	s->v.report = &s->report;
	s->v.memory = memory_new();
	if (s->v.memory == NULL)
		report_no_memory(&s->report);
	else
		(void)s->judge(&s->v);
	return NULL;
}

static void
side_begin(struct side *s, const struct judge *v, bool (*judge)(struct judge *v))
{
	*s = (struct side){ .v = *v, .report = { .verdict = VERIFIER_ACCEPTED, .condition = "" }, .judge = judge };
	s->running = v->e->n_learners >= WORTH_A_THREAD && pthread_create(&s->thread, NULL, side_run, s) == 0;
	if (!s->running)
		(void)side_run(s);
}

static void
side_end(struct side *s, struct verifier_report *report)
{
	if (s->running)
		BUG_IF(pthread_join(s->thread, NULL) != 0);
	if (report->verdict == VERIFIER_ACCEPTED)
		*report = s->report;
	memory_destroy(&s->v.memory);
}

/* ---- the order of things ----------------------------------------------------------------------------------------- */
static bool
judge_run(struct judge *v, struct run *r)
{
	return judge_filling(v, r) && judge_rings(v, r) && judge_prices(v, r);
}

static bool
judge_alone(struct judge *v)
{
	return run_lay_out(v, &v->alone) && judge_holders(v, &v->alone) && judge_run(v, &v->alone) &&
	       judge_endowments(v);
}

static bool
judge_told(struct judge *v)
{
	return judge_reasons(v) && judge_ahead(v) && judge_counts(v) && judge_guarantee(v);
}

/* First whatever is wrong with the solo runs, since the pool rests on them. */
static void
judge_all(struct judge *v)
{
	struct verifier_report *report = v->report, pool = *report;
	struct side alone, told;

	side_begin(&alone, v, judge_alone);
	v->report = &pool;
	if (run_lay_out(v, &v->pool) && judge_holders(v, &v->pool)) {
		side_begin(&told, v, judge_told);
		(void)(judge_run(v, &v->pool) && judge_fit(v));
		side_end(&told, &pool);
	}
	v->report = report;
	side_end(&alone, report);
	if (report->verdict == VERIFIER_ACCEPTED)
		*report = pool;
}

bool
judge_digest(struct judge *v)
{
	return strcmp(v->claim->digest, v->claim->instance) == 0 ||
	       report_violation(v->report, REPORT_WHOLE, "digest",
	                        "this is the outcome of the instance with digest %s, not of that with digest %s",
	                        "ceci est le résultat de l'instance d'empreinte %s, non de celle d'empreinte %s",
	                        v->claim->digest, v->claim->instance);
}

void
verifier_judge(const struct instance *in, const struct claim *claim, struct verifier_report *report)
{
	struct judge v = { .in = in, .e = &in->engine, .claim = claim, .report = report, .memory = memory_new() };

	*report = (struct verifier_report){ .verdict = VERIFIER_ACCEPTED, .condition = "" };
	if (v.memory == NULL) {
		report_no_memory(report);
		return;
	}
	v.alone = (struct run){ .name = REPORT_ALONE, .solo = true, .claim = &claim->alone };
	v.pool = (struct run){ .name = REPORT_POOL, .claim = &claim->pool, .endowment = claim->endowment };
	if (judge_digest(&v) && learn_instance(&v) && judge_draw(&v))
		judge_all(&v);
	memory_destroy(&v.memory);
}

void
verifier_judge_bytes(const struct instance *in, const char *bytes, size_t size, struct verifier_report *report)
{
	struct claim *claim;

	if (claim_read(in, bytes, size, &claim, report) != 0)
		return;
	verifier_judge(in, claim, report);
	claim_destroy(&claim);
}
