/* SPDX-License-Identifier: Apache-2.0 */
/* BLAKE2b from RFC 7693, sequential, keyed or not. */
#include <string.h>

#include "round.h"

static const uint64_t START[8] = { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	                           0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 };

static const uint8_t ORDER[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static uint64_t
turn(uint64_t x, unsigned by)
{
	return x >> by | x << (64 - by);
}

static void
mix(uint64_t v[16], const uint8_t at[4], uint64_t x, uint64_t y)
{
	uint64_t *a = &v[at[0]], *b = &v[at[1]], *c = &v[at[2]], *d = &v[at[3]];

	*a += *b + x;
	*d = turn(*d ^ *a, 32);
	*c += *d;
	*b = turn(*b ^ *c, 24);
	*a += *b + y;
	*d = turn(*d ^ *a, 16);
	*c += *d;
	*b = turn(*b ^ *c, 63);
}

static void
compress(uint64_t h[8], const uint8_t block[128], uint64_t counted, bool last)
{
	static const uint8_t at[8][4] = { { 0, 4, 8, 12 },  { 1, 5, 9, 13 },  { 2, 6, 10, 14 }, { 3, 7, 11, 15 },
		                          { 0, 5, 10, 15 }, { 1, 6, 11, 12 }, { 2, 7, 8, 13 },  { 3, 4, 9, 14 } };
	uint64_t v[16], word[16];

	for (int k = 0; k < 16; k++) {
		word[k] = 0;
		for (int b = 7; b >= 0; b--)
			word[k] = word[k] << 8 | block[8 * k + b];
	}
	memcpy(v, h, 8 * sizeof *v);
	memcpy(v + 8, START, sizeof START);
	v[12] ^= counted;
	if (last)
		v[14] = ~v[14];
	for (int pass = 0; pass < 12; pass++)
		for (int k = 0; k < 8; k++)
			mix(v, at[k], word[ORDER[pass % 10][2 * k]], word[ORDER[pass % 10][2 * k + 1]]);
	for (int k = 0; k < 8; k++)
		h[k] ^= v[k] ^ v[k + 8];
}

void
blake2b(uint8_t *out, size_t out_size, const void *key, size_t key_size, const void *in, size_t size)
{
	const uint8_t *bytes = in;
	uint8_t block[128] = { 0 };
	uint64_t h[8], counted = 0;

	memcpy(h, START, sizeof h);
	h[0] ^= 0x01010000 ^ (uint64_t)key_size << 8 ^ (uint64_t)out_size;
	if (key_size > 0) {
		memcpy(block, key, key_size);
		counted = 128;
		compress(h, block, counted, size == 0);
	}
	if (size > 0 || key_size == 0)
		do {
			size_t part = size < 128 ? size : 128;

			memset(block, 0, sizeof block);
			if (part > 0)
				memcpy(block, bytes, part);
			bytes += part;
			size -= part;
			counted += part;
			compress(h, block, counted, size == 0);
		} while (size > 0);
	for (size_t k = 0; k < out_size; k++)
		out[k] = (uint8_t)(h[k / 8] >> 8 * (k % 8));
}
