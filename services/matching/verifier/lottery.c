/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the lottery: the smaller number comes first, equal ones in the order of ids. */
#include <stdlib.h>

#include "verifier/digits.h"
#include "verifier/judge.h"

static int
by_lottery(const void *a, const void *b, void *lottery)
{
	uint32_t i = (uint32_t) * (const uint64_t *)a, k = (uint32_t) * (const uint64_t *)b;
	uint64_t of_i = ((const uint64_t *)lottery)[i], of_k = ((const uint64_t *)lottery)[k];

	if (of_i != of_k)
		return of_i < of_k ? -1 : 1;
	return i < k ? -1 : 1;
}

/* By the upper half of the lottery number, which settles nearly all; those who share it, by the rest. */
bool
judge_draw(struct judge *v)
{
	const uint64_t *lottery = v->e->lottery;
	size_t n = (size_t)v->e->n_learners, first = 0;
	uint64_t *drawn = judge_take(v, n, sizeof *drawn), *swap = judge_take(v, n, sizeof *swap);

	v->place = judge_take(v, n, sizeof *v->place);
	v->drawn = judge_take(v, n, sizeof *v->drawn);
	if (drawn == NULL || swap == NULL || v->place == NULL || v->drawn == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		drawn[i] = lottery[i] >> 32 << 32 | i;
	drawn = digits_sort(drawn, swap, n, 32);
	for (size_t k = 1; k <= n; k++) {
		if (k < n && drawn[k] >> 32 == drawn[first] >> 32)
			continue;
		if (k - first > 1)
			qsort_r(drawn + first, k - first, sizeof *drawn, by_lottery, (void *)(uintptr_t)lottery);
		first = k;
	}
	for (size_t k = 0; k < n; k++) {
		v->drawn[k] = (int32_t)(uint32_t)drawn[k];
		v->place[v->drawn[k]] = (uint32_t)k;
	}
	return true;
}
