/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers, lists by Zipf's law, assignments, and what a measurement reads off the machine. */
#include "made.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void
made_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(2);
}

void *
made_room(size_t count, size_t size)
{
	void *room = calloc(count == 0 ? 1 : count, size);

	if (room == NULL)
		made_die("no memory");
	return room;
}

uint64_t
made_draw(uint64_t below)
{
	static uint64_t state = UINT64_C(88172645463325252);

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * UINT64_C(2685821657736338717) >> 32) % below;
}

/* 1 / (k + 1) by the inverse of its integral: (n + 1)^u for an even u in [0, 1), rounded down, less 1. */
static int32_t
draw_zipf(int32_t n)
{
	double u = (double)made_draw(UINT64_C(1) << 31) / (double)(UINT64_C(1) << 31);
	int32_t k = (int32_t)pow((double)n + 1, u) - 1;

	return k < n ? k : n - 1;
}

static int
compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

struct made_lists
made_lists_new(int32_t learners, int32_t postings, int32_t each, int ascending)
{
	struct made_lists l = { .learners = learners, .postings = postings };
	int32_t *taken_by = made_room((size_t)postings, sizeof(*taken_by));
	size_t used = 0;

	if (each > postings / 2)
		made_die("too many postings for each learner");
	l.off = made_room((size_t)learners + 1, sizeof(*l.off));
	l.to = made_room((size_t)learners * (size_t)each, sizeof(*l.to));
	for (int32_t i = 0; i < learners; i++) {
		int32_t count = i % 100 == 99 ? 0 : each;
		for (int32_t k = 0; k < count; k++) {
			int32_t j = draw_zipf(postings);
			while (taken_by[j] == i + 1)
				j = draw_zipf(postings);
			taken_by[j] = i + 1;
			l.to[used + (size_t)k] = j;
		}
		if (ascending)
			qsort(l.to + used, (size_t)count, sizeof(*l.to), compare);
		used += (size_t)count;
		l.off[i + 1] = used;
	}
	free(taken_by);
	return l;
}

int32_t *
made_seats(int32_t postings, int64_t sum)
{
	int32_t *seats = made_room((size_t)postings, sizeof(*seats));

	for (int32_t j = 0; j < postings; j++) {
		seats[j] = 1 + (int32_t)made_draw(9);
		sum -= seats[j];
	}
	for (; sum > 0; sum--)
		seats[made_draw((uint64_t)postings)]++;
	while (sum < 0) {
		int32_t j = (int32_t)made_draw((uint64_t)postings);
		if (seats[j] > 0) {
			seats[j]--;
			sum++;
		}
	}
	return seats;
}

/* Gives learner i a seat to stand on that nobody else stands on, if there is one among her edges. */
static void
stand(struct made_problem *p, int32_t *left, int32_t i)
{
	for (size_t e = p->off[i]; e < p->off[i + 1]; e++) {
		int32_t j = p->edge[e].posting;
		if (left[j] > 0) {
			left[j]--;
			p->level[i] = 0;
			p->start[i] = j;
			return;
		}
	}
}

struct made_problem
made_problem_new(int32_t learners, int32_t eligible, int32_t seats_percent)
{
	struct made_lists l = made_lists_new(learners, learners / 5, eligible, 1);
	struct made_problem p = { .n_learners = learners, .n_postings = learners / 5, .off = l.off };

	p.seats = made_seats(p.n_postings, (int64_t)learners * seats_percent / 100);
	p.edge = made_room(l.off[learners], sizeof(*p.edge));
	p.level = made_room((size_t)learners, sizeof(*p.level));
	p.start = made_room((size_t)learners, sizeof(*p.start));
	p.gap = INT64_C(1000) * learners + 1;
	for (size_t e = 0; e < l.off[learners]; e++)
		p.edge[e] = (struct made_edge){ l.to[e], (int32_t)made_draw(1001) };
	free(l.to);
	int32_t *left = made_room((size_t)p.n_postings, sizeof(*left));
	memcpy(left, p.seats, (size_t)p.n_postings * sizeof(*left));
	for (int32_t i = 0; i < learners; i++) {
		p.level[i] = (uint8_t)(1 + made_draw(4));
		p.start[i] = -1;
		if (made_draw(50) == 0)
			stand(&p, left, i);
	}
	free(left);
	return p;
}

static int32_t
fit_of(const struct made_problem *p, int32_t learner, int32_t posting)
{
	for (size_t e = p->off[learner]; e < p->off[learner + 1]; e++)
		if (p->edge[e].posting == posting)
			return p->edge[e].fit;
	made_die("somebody is placed where nothing is open to her");
}

void
made_print_result(const struct made_problem *p, const int32_t *posting)
{
	int32_t *taken = made_room((size_t)p->n_postings, sizeof(*taken));
	int64_t placed[101] = { 0 }, all = 0, fit = 0;

	for (int32_t i = 0; i < p->n_learners; i++) {
		if (posting[i] < 0)
			continue;
		fit += fit_of(p, i, posting[i]);
		placed[p->level[i]]++;
		all++;
		if (++taken[posting[i]] > p->seats[posting[i]])
			made_die("more are placed than there are seats");
	}
	printf("result %lld/%lld/%lld/%lld/%lld/%lld/%lld\n", (long long)all, (long long)placed[0],
	       (long long)placed[1], (long long)placed[2], (long long)placed[3], (long long)placed[4], (long long)fit);
	free(taken);
}

double
made_now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Linux writes the peak down; 5 makes it begin anew. */
void
made_peak_reset(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "we");

	if (f == NULL || fputs("5", f) == EOF || fclose(f) != 0)
		made_die("the peak of memory cannot be reset");
}

int64_t
made_peak_kib(void)
{
	char line[256];
	long long kib = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && kib < 0 && fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "VmHWM: %lld", &kib);
	if (f == NULL || kib < 0)
		made_die("the peak of memory cannot be read");
	(void)fclose(f);
	return kib;
}
