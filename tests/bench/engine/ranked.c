/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ranked phase by itself, and what the machine could do at most: engine ranked LEARNERS CHOICES POSTINGS SEATS RUNS.
 * The floor is as many independent random reads as there are proposals, from an array of the row table's size and from
 * one of the seat table's, on pages as large as the machine has.
 */
#include "engine/ranked.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "measure.h"

struct made_round {
	struct engine_instance in;
	struct made_lists lists;
	int32_t *tiers; /* by posting: applicants, who are in as many tiers */
};

/* A table of 8 bytes an entry, on large pages where there are any, every page of it in use. */
static uint64_t *
table(size_t entries)
{
	size_t size = (entries * sizeof(uint64_t) + 4095) / 4096 * 4096;
	uint64_t *t = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (t == MAP_FAILED)
		made_die("no memory");
	(void)madvise(t, size, MADV_HUGEPAGE);
	for (size_t k = 0; k < entries; k++)
		t[k] = k;
	return t;
}

/* The number k mixed (splitmix64), so that no read waits for another. */
static inline uint64_t
mix(uint64_t k)
{
	k *= UINT64_C(0x9e3779b97f4a7c15);
	k = (k ^ k >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	return k ^ k >> 27;
}

static double
floor_s(const uint64_t *rows, size_t n_rows, const uint64_t *seats, size_t n_seats, uint64_t proposals)
{
	static volatile uint64_t kept;
	double since = made_now_s();
	uint64_t sum = 0;

	for (uint64_t k = 1; k <= proposals; k++) {
		uint64_t draw = mix(k);
		sum += rows[(draw >> 32) * n_rows >> 32] + seats[(draw & UINT32_MAX) * n_seats >> 32];
	}
	kept += sum; /* or the loop could be left out */
	return made_now_s() - since;
}

static struct engine_rows
no_rows(int32_t lists)
{
	return (struct engine_rows){ made_room((size_t)lists + 1, sizeof(size_t)),
		                     made_room(1, sizeof(struct engine_entry)) };
}

/* One employer in four ranks three of four of its applicants, and takes the others last. */
static bool
is_ranked(int32_t posting)
{
	return posting % 4 != 0 || made_draw(4) > 0;
}

static int
by_posting(const void *a, const void *b)
{
	const struct engine_entry *x = a, *y = b;

	return (x->to > y->to) - (x->to < y->to);
}

static void
fill_lists(struct made_round *m)
{
	size_t entries = m->lists.off[m->lists.learners], used = 0;
	struct engine_line *line = made_room(entries, sizeof(*line));
	struct engine_entry *choice = made_room(entries, sizeof(*choice));
	size_t *off = made_room((size_t)m->lists.learners + 1, sizeof(*off));

	for (int32_t i = 0; i < m->lists.learners; i++) {
		for (size_t k = m->lists.off[i]; k < m->lists.off[i + 1]; k++) {
			int32_t j = m->lists.to[k], tier = m->tiers[j];
			if (is_ranked(j)) {
				tier = (int32_t)made_draw((uint64_t)m->tiers[j]);
				choice[used++] = (struct engine_entry){ j, tier };
			}
			line[k] = (struct engine_line){ j, ENGINE_PRIORITY(tier, 0) };
		}
		off[i + 1] = used;
		qsort(choice + off[i], used - off[i], sizeof(*choice), by_posting);
	}
	m->in.rankings = (struct engine_rankings){ m->lists.off, line };
	m->in.choices = (struct engine_rows){ off, choice };
}

static void *
filled(int32_t count, uint8_t value)
{
	return memset(made_room((size_t)count, 1), value, (size_t)count);
}

static void
make_round(struct made_round *m, int32_t learners, int32_t choices, int32_t postings, int32_t seats)
{
	uint64_t *lottery = made_room((size_t)learners, sizeof(*lottery));
	int32_t *capacity = made_room((size_t)postings, sizeof(*capacity)),
		*none = made_room((size_t)learners, sizeof(*none));

	m->lists = made_lists_new(learners, postings, choices, 0);
	m->tiers = made_room((size_t)postings, sizeof(*m->tiers));
	for (size_t k = 0; k < m->lists.off[learners]; k++)
		m->tiers[m->lists.to[k]]++;
	for (int32_t i = 0; i < learners; i++) {
		none[i] = ENGINE_NONE;
		lottery[i] = made_draw(UINT64_C(1) << 32) << 32 | made_draw(UINT64_C(1) << 32);
	}
	for (int32_t j = 0; j < postings; j++)
		capacity[j] = seats;
	m->in = (struct engine_instance){ .guarantee = true,
		                          .n_learners = learners,
		                          .n_postings = postings,
		                          .learner_college = none,
		                          .posting_college = none,
		                          .learner_need = made_room((size_t)learners, 1),
		                          .learner_assignable = made_room((size_t)learners, sizeof(bool)),
		                          .lottery = lottery,
		                          .capacity = capacity,
		                          .posting_tiers = m->tiers,
		                          .accepts_unranked = filled(postings, true),
		                          .posting_assignable = made_room((size_t)postings, sizeof(bool)),
		                          .reserve_last = made_room((size_t)postings, sizeof(bool)),
		                          .groups = no_rows(learners),
		                          .fit = no_rows(learners),
		                          .reserves = no_rows(postings) };
	fill_lists(m);
}

/* Everything but the check of the instance: the lottery drawn, everybody placed, slots and cut-offs told. */
static double
phase_s(const struct engine_instance *in, uint64_t *proposals)
{
	double since = made_now_s();
	struct engine_outcome *out;
	enum engine_status status = engine_ranked_alone(in, &out, proposals);
	double seconds = made_now_s() - since;

	if (status != ENGINE_OK)
		made_die(engine_status_to_text(status));
	engine_outcome_destroy(&out);
	return seconds;
}

void
measure_ranked(char **words)
{
	static struct made_round m;
	int32_t learners = atoi(words[0]), postings = atoi(words[2]), seats = atoi(words[3]);
	uint64_t proposals = 0;

	make_round(&m, learners, atoi(words[1]), postings, seats);
	size_t n_rows = m.lists.off[learners], n_seats = (size_t)postings * (size_t)seats;
	made_peak_reset();
	(void)phase_s(&m.in, &proposals);
	printf("kib %lld\nproposals %llu\n", (long long)made_peak_kib(), (unsigned long long)proposals);
	uint64_t *rows = table(n_rows), *held = table(n_seats);
	for (int run = 0; run < atoi(words[4]); run++) {
		printf("seconds %.6f\n", phase_s(&m.in, &proposals));
		printf("floor %.6f\n", floor_s(rows, n_rows, held, n_seats, proposals));
	}
}
