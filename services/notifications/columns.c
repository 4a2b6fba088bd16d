/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a list of structures, gathered into arrays for a statement. */
#include "columns.h"

#include <string.h>

/* size: of the member. NULL: no memory. */
static void *
gather(struct params *p, struct member m, size_t size)
{
	char *all = arena_alloc(p->arena, m.count * size);

	if (all == NULL) {
		p->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < m.count; i++)
		memcpy(all + i * size, (const char *)m.list + i * m.size + m.offset, size);
	return all;
}

void
column_texts(struct params *p, struct member m)
{
	const char **all = gather(p, m, sizeof(char *));

	if (all != NULL)
		param_texts(p, all, m.count);
}

void
column_ints(struct params *p, struct member m)
{
	const int64_t *all = gather(p, m, sizeof(int64_t));

	if (all != NULL)
		param_ints(p, all, m.count);
}

void
column_bools(struct params *p, struct member m)
{
	const bool *all = gather(p, m, sizeof(bool));

	if (all != NULL)
		param_bools(p, all, m.count);
}

void
column_bytess(struct params *p, struct member m)
{
	const struct bytes *all = gather(p, m, sizeof(struct bytes));

	if (all != NULL)
		param_bytess(p, all, m.count);
}

void
column_ids(struct params *p, struct member m)
{
	const struct id *all = gather(p, m, sizeof(struct id));

	if (all != NULL)
		param_ids(p, all, m.count);
}
