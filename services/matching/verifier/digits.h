/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting numbers digit by digit: in time that is linear, whatever they are. */
#ifndef MATCHING_VERIFIER_DIGITS_H
#define MATCHING_VERIFIER_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Stable, by the bits from `low` on. Digits in which all are alike are passed over.
 *   Returns where they are: in w or in swap, each of n, fewer than 2^32
 */
uint64_t *digits_sort(uint64_t *w, uint64_t *swap, size_t n, unsigned low);

#endif
