/* SPDX-License-Identifier: Apache-2.0 */
/* The whole outcome judged, in the order in which one thing rests on another: alone, endowments, pool, what is told. */
#include "verifier/judge.h"

#include <string.h>

void *
judge_take(struct judge *v, size_t count, size_t size)
{
	void *p = arena_zalloc(v->arena, count, size);

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
	struct engine_pair *grouped = judge_take(v, n, sizeof *grouped);        /* .learner: the kind */

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

		v->by_group[next_of_posting[j]++] =
		    (struct by_group){ r->entry[r->off[j] + (size_t)kind].to, kind };
	}
	return true;
}

static bool
learn_instance(struct judge *v)
{
	v->fixed_at = nobody(v);
	v->held_at = nobody(v);
	v->nobody_endowed = nobody(v);
	if (v->fixed_at == NULL || v->held_at == NULL || v->nobody_endowed == NULL || !sort_reserves(v))
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
	size_t np = (size_t)v->e->n_postings;
	size_t *next = judge_take(v, np + 1, sizeof *next);

	r->endowed_off = judge_take(v, np + 1, sizeof *r->endowed_off);
	r->endowed = judge_take(v, (size_t)v->e->n_learners, sizeof *r->endowed);
	if (next == NULL || r->endowed_off == NULL || r->endowed == NULL)
		return false;
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (r->endowment[i] != ENGINE_NONE)
			next[r->endowment[i] + 1]++;
	for (size_t j = 0; j < np; j++)
		r->endowed_off[j + 1] = next[j + 1] += next[j];
	for (int32_t i = 0; i < v->e->n_learners; i++)
		if (r->endowment[i] != ENGINE_NONE)
			r->endowed[next[r->endowment[i]]++] = i;
	return true;
}

static bool
run_lay_out(struct judge *v, struct run *r)
{
	size_t nl = (size_t)v->e->n_learners, np = (size_t)v->e->n_postings, kinds = CLAIM_KIND(v->e, np, 0);

	r->seats = judge_take(v, np, sizeof *r->seats);
	r->result = judge_take(v, nl, sizeof *r->result);
	r->stop = judge_take(v, nl, sizeof *r->stop);
	r->merit = judge_take(v, nl, sizeof *r->merit);
	r->gates = judge_take(v, np, sizeof *r->gates);
	r->member_bars = judge_take(v, kinds, sizeof *r->member_bars);
	r->member_best = judge_take(v, kinds, sizeof *r->member_best);
	if (r->seats == NULL || r->result == NULL || r->stop == NULL || r->merit == NULL || r->gates == NULL ||
	    r->member_bars == NULL || r->member_best == NULL || !list_endowed(v, r))
		return false;
	count_seats(v, r);
	return true;
}

static bool
judge_run(struct judge *v, struct run *r)
{
	return run_lay_out(v, r) && judge_holders(v, r) && judge_filling(v, r) && judge_stable(v, r) &&
	    judge_rings(v, r) && judge_prices(v, r);
}

/* ---- */
bool
judge_digest(struct judge *v)
{
	return strcmp(v->claim->digest, v->claim->instance) == 0 ||
	    report_violation(v->report, REPORT_WHOLE, "digest",
		"this is the outcome of the instance with digest %s, not of that with digest %s",
		"ceci est le résultat de l'instance d'empreinte %s, non de celle d'empreinte %s", v->claim->digest,
		v->claim->instance);
}

/* As much as every judge together takes of an instance of the largest size. */
static const size_t MAX_BYTES = (size_t)64 << 30;

void
verifier_judge(const struct instance *in, const struct claim *claim, struct verifier_report *report)
{
	struct judge v = { .in = in, .e = &in->engine, .claim = claim, .report = report };

	*report = (struct verifier_report){ .verdict = VERIFIER_ACCEPTED, .condition = "" };
	v.arena = arena_new(MAX_BYTES);
	if (v.arena == NULL) {
		report_no_memory(report);
		return;
	}
	if (judge_digest(&v) && learn_instance(&v)) {
		v.alone = (struct run){ .name = REPORT_ALONE, .solo = true, .claim = &claim->alone,
			.endowment = v.nobody_endowed };
		v.pool = (struct run){ .name = REPORT_POOL, .claim = &claim->pool, .endowment = claim->endowment };
		(void)(judge_run(&v, &v.alone) && judge_endowments(&v) && judge_run(&v, &v.pool) && judge_told(&v) &&
		    judge_guarantee(&v));
	}
	arena_destroy(&v.arena);
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
