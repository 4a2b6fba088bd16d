/* SPDX-License-Identifier: Apache-2.0 */
/* What the instance says about a learner, a posting, or both. Source: matching.md, "Rules". */
#include "verifier/judge.h"

/* Where  to  stands in list i, whose entries ascend; false: nowhere. Halves without a branch to mispredict. */
static bool
find(const struct engine_rows *rows, int32_t i, int32_t to, size_t *at)
{
	size_t low = rows->off[i], n = rows->off[i + 1] - low;

	if (n == 0)
		return false;
	while (n > 1) {
		size_t half = n / 2;

		low += rows->entry[low + half].to <= to ? half : 0;
		n -= half;
	}
	*at = low;
	return rows->entry[low].to == to;
}

bool
is_member(const struct judge *v, int32_t i, int32_t group)
{
	size_t at;

	return find(&v->e->groups, i, group, &at);
}

bool
fit_row(const struct judge *v, int32_t i, int32_t j, int32_t *fit)
{
	size_t at;

	*fit = 0;
	if (!find(&v->e->fit, i, j, &at))
		return false;
	*fit = v->e->fit.entry[at].value;
	return true;
}

uint32_t
priority_of(const struct judge *v, int32_t i, int32_t j)
{
	int32_t fit;
	size_t at;

	(void)fit_row(v, i, j, &fit);
	if (find(&v->e->choices, i, j, &at))
		return ENGINE_PRIORITY(v->e->choices.entry[at].value, fit);
	return v->e->accepts_unranked[j] ? ENGINE_PRIORITY(v->e->posting_tiers[j], fit) : ENGINE_REFUSED;
}

int32_t
kind_sizes(const struct judge *v, int32_t j, int32_t seats, int32_t *sizes)
{
	const struct engine_rows *reserves = &v->e->reserves;
	int32_t n = 0;

	for (size_t k = reserves->off[j]; k < reserves->off[j + 1]; k++, n++) {
		sizes[n] = reserves->entry[k].value < seats ? reserves->entry[k].value : seats;
		seats -= sizes[n];
	}
	sizes[n] = seats;
	return n + 1;
}

int32_t
kind_filled(const struct judge *v, int32_t j, int32_t step, int32_t n)
{
	if (!v->e->reserve_last[j])
		return step;
	return step == 0 ? n - 1 : step - 1;
}

/* Which of a posting's reserves is for the group; ENGINE_NONE: none. */
static int32_t
kind_of_group(const struct judge *v, int32_t j, int32_t group)
{
	size_t low = v->e->reserves.off[j], high = v->e->reserves.off[j + 1], end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->by_group[middle].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low < end && v->by_group[low].group == group ? v->by_group[low].kind : ENGINE_NONE;
}

/* Goes through her groups or through its reserves, whichever are fewer, and looks the others up. */
int32_t
kind_of_member(const struct judge *v, int32_t i, int32_t j, size_t *at)
{
	const struct engine_rows *reserves = &v->e->reserves, *groups = &v->e->groups;
	size_t first = reserves->off[j], n = reserves->off[j + 1] - first;
	size_t mine = groups->off[i], m = groups->off[i + 1] - mine;

	if (n == 0 || m == 0)
		return ENGINE_NONE;
	while (*at < (m < n ? m : n)) {
		size_t now = (*at)++;
		int32_t kind;

		if (m >= n) {
			if (is_member(v, i, reserves->entry[first + now].to))
				return (int32_t)now;
			continue;
		}
		kind = kind_of_group(v, j, groups->entry[mine + now].to);
		if (kind != ENGINE_NONE)
			return kind;
	}
	return ENGINE_NONE;
}
