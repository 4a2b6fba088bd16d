/* SPDX-License-Identifier: Apache-2.0 */
/* The lists are read once, in the order in which they lie in memory, and each line goes to its college or nowhere. */
#include <stdlib.h>
#include <string.h>

#include "engine/pages.h"
#include "engine/solo_members.h"

static bool
plays(const struct solo_input *from, int32_t learner)
{
	return from->in->learner_college[learner] != ENGINE_NONE && !from->paired[learner];
}

static enum engine_status
take(struct members *m, const struct engine_instance *in)
{
	size_t nl = (size_t)in->n_learners, np = (size_t)in->n_postings, nc = (size_t)in->n_colleges;

	m->learner_off = pages_zero(nc + 2, sizeof *m->learner_off);
	m->posting_off = pages_zero(nc + 2, sizeof *m->posting_off);
	m->line_off = pages_zero(nc + 1, sizeof *m->line_off);
	m->learner = pages_take(nl, sizeof *m->learner);
	m->posting = pages_take(np, sizeof *m->posting);
	m->here = pages_take(nl, sizeof *m->here);
	m->places = pages_take(np, sizeof *m->places);
	m->lot = pages_take(nl, sizeof *m->lot);
	m->by_lot = pages_take(nl, sizeof *m->by_lot);
	m->seats = pages_take(np, sizeof *m->seats);
	m->off = pages_take(nl + nc, sizeof *m->off);
	return m->learner_off == NULL || m->posting_off == NULL || m->line_off == NULL || m->learner == NULL ||
	               m->posting == NULL || m->here == NULL || m->places == NULL || m->lot == NULL ||
	               m->by_lot == NULL || m->seats == NULL || m->off == NULL ?
	           ENGINE_NO_MEMORY :
	           ENGINE_OK;
}

void
members_free(struct members *m)
{
	free(m->learner_off);
	free(m->posting_off);
	free(m->line_off);
	free(m->learner);
	free(m->posting);
	free(m->here);
	free(m->places);
	free(m->lot);
	free(m->by_lot);
	free(m->seats);
	free(m->off);
	free(m->line);
}

static void
count(struct members *m, const struct solo_input *from)
{
	const struct engine_instance *in = from->in;

	for (int32_t i = 0; i < in->n_learners; i++) {
		if (plays(from, i)) {
			m->learner_off[in->learner_college[i] + 2]++;
			m->line_off[in->learner_college[i] + 1] += in->rankings.off[i + 1] - in->rankings.off[i];
		}
	}
	for (int32_t j = 0; j < in->n_postings; j++)
		if (in->posting_college[j] != ENGINE_NONE)
			m->posting_off[in->posting_college[j] + 2]++;
	for (int32_t c = 0; c < in->n_colleges; c++) {
		m->learner_off[c + 2] += m->learner_off[c + 1];
		m->posting_off[c + 2] += m->posting_off[c + 1];
		m->line_off[c + 1] += m->line_off[c];
	}
}

static void
number(struct members *m, const struct solo_input *from)
{
	const struct engine_instance *in = from->in;

	for (int32_t i = 0; i < in->n_learners; i++)
		if (plays(from, i))
			m->learner[m->learner_off[in->learner_college[i] + 1]++] = i;
	for (int32_t j = 0; j < in->n_postings; j++) {
		m->places[j] = (struct run_place){ in->posting_college[j], 0 };
		if (in->posting_college[j] != ENGINE_NONE)
			m->posting[m->posting_off[in->posting_college[j] + 1]++] = j;
	}
	for (int32_t c = 0; c < in->n_colleges; c++) {
		for (size_t k = m->learner_off[c]; k < m->learner_off[c + 1]; k++)
			m->here[m->learner[k]] = (int32_t)(k - m->learner_off[c]);
		for (size_t k = m->posting_off[c]; k < m->posting_off[c + 1]; k++) {
			m->places[m->posting[k]].number = (int32_t)(k - m->posting_off[c]);
			m->seats[k] = from->seats[m->posting[k]];
		}
	}
}

/* next: by college, where its row goes on. */
static void
draw(struct members *m, const struct solo_input *from, size_t *next)
{
	const struct engine_instance *in = from->in;

	memcpy(next, m->learner_off, (size_t)in->n_colleges * sizeof *next);
	for (int32_t k = 0; k < in->n_learners; k++) {
		int32_t i = from->by_lot[k], c = in->learner_college[i];

		if (!plays(from, i))
			continue;
		m->lot[m->learner_off[c] + (size_t)m->here[i]] = (uint32_t)(next[c] - m->learner_off[c]);
		m->by_lot[next[c]++] = m->here[i];
	}
}

/* Whether a line is at a posting of her college cannot be foreseen, so no branch asks. */
static void
list(struct members *m, const struct solo_input *from, size_t *next)
{
	const struct engine_rankings *r = &from->in->rankings;

	for (int32_t c = 0; c < from->in->n_colleges; c++) {
		next[c] = 0;
		members_off(m, c)[0] = 0;
	}
	for (int32_t i = 0; i < from->in->n_learners; i++) {
		int32_t c = from->in->learner_college[i];
		struct engine_line *own;
		size_t n;

		if (!plays(from, i))
			continue;
		own = m->line + m->line_off[c];
		n = next[c];
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			struct run_place place = m->places[r->line[k].posting];

			own[n] = (struct engine_line){ place.number, r->line[k].priority };
			n += place.college == c;
		}
		members_off(m, c)[m->here[i] + 1] = next[c] = n;
	}
}

enum engine_status
members_find(struct members *m, const struct solo_input *from)
{
	enum engine_status status = take(m, from->in);
	size_t *next = pages_take((size_t)from->in->n_colleges, sizeof *next);

	if (next == NULL)
		status = ENGINE_NO_MEMORY;
	if (status == ENGINE_OK) {
		count(m, from);
		m->line = pages_take(m->line_off[from->in->n_colleges], sizeof *m->line);
		if (m->line == NULL)
			status = ENGINE_NO_MEMORY;
	}
	if (status == ENGINE_OK) {
		number(m, from);
		draw(m, from, next);
		list(m, from, next);
	}
	free(next);
	return status;
}
