/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The solver and its checker on a large invented round, and on a small one given as JSON:
 *   matching__solver made LEARNERS POSTINGS RANKED RUNS    stdout, one line a run: seconds of solve, check, read
 *                                                          ("read": the same arrays summed up once)
 *   matching__solver file INSTANCE RUNS                    one line a run: seconds of solve
 * Lists are drawn by popularity (some postings are wanted by many), employers rank a few of those who want them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checker.h"
#include "instance.h"

#define COLLEGES 8
#define CHOSEN 5

static void
die(const char *what)
{
	fprintf(stderr, "solver: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* xorshift64*: the same round each time. */
static uint64_t
draw(uint64_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 33) % below;
}

/* Of two draws the smaller: the first postings are wanted most. */
static int32_t
draw_posting(int32_t postings)
{
	uint64_t a = draw((uint64_t)postings), b = draw((uint64_t)postings);

	return (int32_t)(a < b ? a : b);
}

static bool
is_among(const int32_t *list, int count, int32_t posting)
{
	for (int i = 0; i < count; i++) {
		if (list[i] == posting)
			return true;
	}
	return false;
}

static void
draft_wishes(struct draft *d, int32_t learner, int32_t postings, int ranked, int *chosen)
{
	int32_t list[64];

	for (int i = 0; i < ranked; i++) {
		int32_t p = draw_posting(postings);
		while (is_among(list, i, p))
			p = draw_posting(postings);
		list[i] = p;
		draft_ranking(d, learner, i, p);
		draft_fit(d, learner, p, (int64_t)draw(1001));
		if (chosen[p] < CHOSEN && draw(4) == 0)
			draft_choice(d, p, chosen[p]++ / 2, learner);
	}
}

static struct instance *
instance_make(int32_t learners, int32_t postings, int ranked)
{
	struct draft *d = draft_new("bench", false);
	int *chosen = calloc((size_t)postings, sizeof *chosen);
	struct instance *in;
	struct instance_flaw flaw;
	char id[32], college[32];

	if (d == NULL || chosen == NULL)
		die("memory");
	for (int32_t p = 0; p < postings; p++) {
		(void)snprintf(id, sizeof id, "c%d/p%06d", p % COLLEGES, p);
		(void)snprintf(college, sizeof college, "c%d", p % COLLEGES);
		(void)draft_posting(d, id, college, (int64_t)draw(8) + 1, true, false, false);
	}
	for (int32_t l = 0; l < learners; l++) {
		(void)snprintf(id, sizeof id, "L%09d", l);
		(void)snprintf(college, sizeof college, "c%d", l % COLLEGES);
		draft_wishes(d, draft_learner(d, id, college, 0, false), postings, ranked, chosen);
	}
	free(chosen);
	if (draft_seal(&d, &in, &flaw) != 0)
		die(flaw.text);
	return in;
}

static int64_t
rows_sum(const struct engine_rows *r, int32_t lists)
{
	int64_t sum = 0;

	for (int32_t i = 0; i < lists; i++)
		sum += (int64_t)r->off[i];
	for (size_t i = 0; i < r->off[lists]; i++)
		sum += r->to[i] + r->value[i];
	return sum;
}

/* Every array that the solver must look at, once, from one end to the other. */
static int64_t
instance_sum(const struct engine_instance *in)
{
	int64_t sum = rows_sum(&in->rankings, in->n_learners) + rows_sum(&in->fit, in->n_learners) +
	              rows_sum(&in->choices, in->n_postings);

	for (int32_t i = 0; i < in->n_learners; i++)
		sum += (int64_t)(in->lottery[i] & 0xffff) + in->learner_college[i] + in->learner_need[i];
	for (int32_t i = 0; i < in->n_postings; i++)
		sum += in->capacity[i] + in->posting_college[i] + in->accepts_unranked[i];
	return sum;
}

static double
solve_s(const struct instance *in, double *check_s)
{
	struct engine_outcome *out;
	struct checker_report report;
	double since = now_s();
	enum engine_status status = engine_solve(&in->engine, &out);
	double solved = now_s();

	if (status != ENGINE_OK)
		die(engine_status_to_text(status));
	checker_judge(in, out, &report);
	if (report.verdict != CHECKER_ACCEPTED)
		die(report.text);
	*check_s = now_s() - solved;
	engine_outcome_destroy(&out);
	return solved - since;
}

static struct instance *
instance_load(const char *path)
{
	FILE *f = fopen(path, "rbe");
	static char json[64 << 20];
	struct instance *in;
	struct instance_flaw flaw;

	if (f == NULL)
		die(path);
	size_t size = fread(json, 1, sizeof json, f);
	(void)fclose(f);
	if (instance_read(json, size, &in, &flaw) != 0)
		die(flaw.text);
	return in;
}

int
main(int argc, char **argv)
{
	volatile int64_t kept = 0;
	bool made = argc == 6 && strcmp(argv[1], "made") == 0;
	int32_t learners = made ? atoi(argv[2]) : 1, postings = made ? atoi(argv[3]) : 100;
	int ranked = made ? atoi(argv[4]) : 1, runs = argc > 3 ? atoi(argv[argc - 1]) : 0;

	if ((!made && (argc != 4 || strcmp(argv[1], "file") != 0)) || runs < 1 || learners < 1 || ranked < 1 || ranked > 64 ||
	    postings < 2 * ranked)
		die("made LEARNERS POSTINGS RANKED RUNS | file INSTANCE RUNS");
	struct instance *in = made ? instance_make(learners, postings, ranked) : instance_load(argv[2]);
	for (int i = 0; i < runs; i++) {
		double check, solve = solve_s(in, &check), since = now_s();
		kept += instance_sum(&in->engine);
		printf("%.9f %.9f %.9f\n", solve, check, now_s() - since);
	}
	instance_destroy(&in);
	return 0;
}
