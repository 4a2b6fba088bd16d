/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lottery as places. Lottery numbers are spread evenly, so one pass into as many buckets as learners leaves almost
 * nothing to sort; numbers that are not spread cost more, but never more than n log n.
 */
#include <stdlib.h>

#include "engine/pages.h"
#include "engine/ranked.h"

enum { FEW = 32 };

static bool
comes_before(const uint64_t *lottery, int32_t a, int32_t b)
{
	if (lottery[a] != lottery[b])
		return lottery[a] < lottery[b];
	return a < b;
}

static void
insertion_sort(const uint64_t *lottery, int32_t *list, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		int32_t one = list[k];
		size_t to = k;

		for (; to > 0 && comes_before(lottery, one, list[to - 1]); to--)
			list[to] = list[to - 1];
		list[to] = one;
	}
}

static void
heap_sort(const uint64_t *lottery, int32_t *list, size_t n)
{
	for (size_t size = n, root = n / 2; size > 1;) {
		int32_t one;
		size_t k;

		if (root > 0) {
			one = list[k = --root];
		} else {
			one = list[--size];
			list[size] = list[k = 0];
		}
		for (size_t child; (child = 2 * k + 1) < size; k = child) {
			child += child + 1 < size && comes_before(lottery, list[child], list[child + 1]);
			if (!comes_before(lottery, one, list[child]))
				break;
			list[k] = list[child];
		}
		list[k] = one;
	}
}

static unsigned
bits_for(int32_t n)
{
	unsigned bits = 1;

	while (bits < 24 && (INT32_C(1) << bits) < n)
		bits++;
	return bits;
}

enum engine_status
ranked_draw(const uint64_t *lottery, int32_t n, uint32_t *lot, int32_t *by_lot)
{
	unsigned shift = 64 - bits_for(n);
	size_t buckets = (size_t)1 << (64 - shift);
	uint32_t *end = pages_zero(buckets + 1, sizeof *end), from = 0;

	if (end == NULL)
		return ENGINE_NO_MEMORY;
	for (int32_t i = 0; i < n; i++)
		end[(lottery[i] >> shift) + 1]++;
	for (size_t b = 0; b < buckets; b++)
		end[b + 1] += end[b];
	for (int32_t i = 0; i < n; i++)
		by_lot[end[lottery[i] >> shift]++] = i;
	for (size_t b = 0; b < buckets; from = end[b++])
		if (end[b] - from <= FEW)
			insertion_sort(lottery, by_lot + from, end[b] - from);
		else
			heap_sort(lottery, by_lot + from, end[b] - from);
	for (int32_t k = 0; k < n; k++)
		lot[by_lot[k]] = (uint32_t)k;
	free(end);
	return ENGINE_OK;
}
