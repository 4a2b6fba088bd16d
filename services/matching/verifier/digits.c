/* SPDX-License-Identifier: Apache-2.0 */
/* From the last digit to the first, each pass stable. */
#include "verifier/digits.h"

#include <string.h>

static void
sort_by_digit(const uint64_t *from, uint64_t *to, size_t n, unsigned shift, unsigned bits)
{
	uint32_t count[1 << 11], sum = 0;
	uint64_t digits = UINT64_C(1) << bits, mask = digits - 1;

	memset(count, 0, digits * sizeof *count);
	for (size_t k = 0; k < n; k++)
		count[from[k] >> shift & mask]++;
	for (size_t d = 0; d < digits; d++) {
		uint32_t here = count[d];

		count[d] = sum;
		sum += here;
	}
	for (size_t k = 0; k < n; k++)
		to[count[from[k] >> shift & mask]++] = from[k];
}

uint64_t *
digits_sort(uint64_t *w, uint64_t *swap, size_t n, unsigned low)
{
	unsigned bits = n < 1024 ? 8 : 11;
	uint64_t unlike = 0;

	for (size_t k = 1; k < n; k++)
		unlike |= w[k] ^ w[0];
	for (unsigned shift = low; shift < 64; shift += bits) {
		uint64_t *other = swap;

		if ((unlike >> shift & ((UINT64_C(1) << bits) - 1)) == 0)
			continue;
		sort_by_digit(w, other, n, shift, bits);
		swap = w;
		w = other;
	}
	return w;
}
