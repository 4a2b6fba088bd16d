/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers for tests: the same on every machine from one printed seed. Programs of their own need nothing else. */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t
dice_roll(uint64_t *dice)
{
	uint64_t z = *dice += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 .. n - 1; 0 when n is less than 1. */
static inline int32_t
dice_below(uint64_t *dice, int32_t n)
{
	return n <= 1 ? 0 : (int32_t)(dice_roll(dice) % (uint64_t)n);
}

/* BASSIN_SEED, or a fresh one; printed, so that a failure can be repeated. */
static inline uint64_t
dice_seed(void)
{
	const char *given = getenv("BASSIN_SEED");
	uint64_t seed = 0;

	if (given != NULL)
		seed = strtoull(given, NULL, 10);
	else if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
		abort();
	printf("# BASSIN_SEED=%" PRIu64 "\n", seed);
	return seed;
}

#endif
