/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the columns of a kind with those of the service that takes it. Included behind service/rows.h. */
#ifndef TESTS_CLI_KINDS_PLAY_H
#define TESTS_CLI_KINDS_PLAY_H

#include "kinds.h"

static inline size_t
count_names(const char *list)
{
	size_t count = 0, size;

	while (kind_next_column(&list, &size) != NULL)
		count++;
	return count;
}

static inline void
same_columns(const char *name, const struct row_table *table)
{
	const struct kind *kind = kind_find(name);

	assert_non_null(kind);
	assert_int_equal(count_names(kind->required) + count_names(kind->other), table->count);
	for (size_t i = 0; i < table->count; i++) {
		bool required = (table->columns[i].flags & COLUMN_REQUIRED) != 0;
		enum kind_column here = kind_column(kind, table->columns[i].name);
		if (here != (required ? KIND_REQUIRED : KIND_OPTIONAL))
			fail_msg("%s: column %s differs", name, table->columns[i].name);
	}
}

#endif
