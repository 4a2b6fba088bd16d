/* SPDX-License-Identifier: Apache-2.0 */
/* Is a JSON value an instance? Source: matching.md, "Instance", and nothing else. */
#ifndef TEST_SOUND_H
#define TEST_SOUND_H

#include <jansson.h>
#include <stdbool.h>

/* NULL, or what is wrong (static). */
const char *unsound(const json_t *root);

#endif
