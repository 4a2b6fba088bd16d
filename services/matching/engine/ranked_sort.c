/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting of keys and of the lottery: nothing depends on luck, and nothing recurses. */
#include <stdlib.h>
#include <string.h>

#include "engine/pages.h"
#include "engine/ranked_priv.h"

enum { FEW = 48, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

static void
insertion_sort(uint64_t *key, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		uint64_t one = key[k];
		size_t to = k;

		for (; to > 0 && key[to - 1] > one; to--)
			key[to] = key[to - 1];
		key[to] = one;
	}
}

static void
heap_sort(uint64_t *key, size_t n)
{
	for (size_t size = n, root = n / 2; size > 1;) {
		uint64_t one;
		size_t k;

		if (root > 0) {
			one = key[k = --root];
		} else {
			one = key[--size];
			key[size] = key[k = 0];
		}
		for (size_t child; (child = 2 * k + 1) < size; k = child) {
			child += child + 1 < size && key[child + 1] > key[child];
			if (key[child] <= one)
				break;
			key[k] = key[child];
		}
		key[k] = one;
	}
}

/* By digits, the last first; digits in which all agree are passed over. */
static void
digit_sort(uint64_t *key, size_t n, uint64_t *scratch)
{
	uint64_t differ = 0, *from = key, *to = scratch;
	size_t count[DIGITS];

	for (size_t k = 0; k < n; k++)
		differ |= key[k] ^ key[0];
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		uint64_t *swap = from;
		size_t sum = 0;

		if ((differ >> shift & (DIGITS - 1)) == 0)
			continue;
		memset(count, 0, sizeof count);
		for (size_t k = 0; k < n; k++)
			count[from[k] >> shift & (DIGITS - 1)]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t here = count[d];

			count[d] = sum;
			sum += here;
		}
		for (size_t k = 0; k < n; k++)
			to[count[from[k] >> shift & (DIGITS - 1)]++] = from[k];
		from = to;
		to = swap;
	}
	if (from != key)
		memcpy(key, from, n * sizeof *key);
}

void
keys_sort(uint64_t *key, size_t n, uint64_t *scratch)
{
	if (n <= FEW)
		insertion_sort(key, n);
	else if (n <= DIGITS)
		heap_sort(key, n);
	else
		digit_sort(key, n, scratch);
}
