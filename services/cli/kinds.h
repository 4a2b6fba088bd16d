/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of feed files: who takes them, their columns, and what makes a row the same as another (feeds.md). */
#ifndef CLI_KINDS_H
#define CLI_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include "bassin/v1/bus.pb-c.h"

#define KIND_KEYS_MAX 2

struct kind {
	const char *name; /* learner_rankings */
	const char *service; /* who takes it */
	Bassin__V1__CommandType feed, list;
	const char *required; /* columns that the file must have, by blanks */
	const char *other;
	const char *keys[KIND_KEYS_MAX]; /* the same values in these columns are the same row */
	const char *group; /* rows with the same value here travel in one batch; NULL: each row alone */
};

/* Also with dashes instead of underscores. NULL: no such kind. */
const struct kind *kind_find(const char *name);
const struct kind *kind_at(size_t index); /* NULL: beyond the end */

enum kind_column { KIND_UNKNOWN, KIND_OPTIONAL, KIND_REQUIRED };
enum kind_column kind_column(const struct kind *k, const char *lower_case_name);

/* The next name of a list by blanks: *size is its length, NULL: the end. Start with *at = list. */
const char *kind_next_column(const char **at, size_t *size);

#endif
