/* SPDX-License-Identifier: Apache-2.0 */
/* Which matters of this service ask for a person: firms, postings that two colleges have fed, employers who say nothing. */
#include "base/clock.h"
#include "base/text.h"
#include "firm_store.h"
#include "intake.h"
#include "employer_intake/sql.h"

/* Both colleges', who agree which of them withdraws hers. */
static bool
double_add(struct arena *a, const struct rows *rows, int row, struct matters *to)
{
	const char *first = rows_text(rows, row, DOUBLE_POSTING_A), *second = rows_text(rows, row, DOUBLE_POSTING_B);
	const struct matter one = { "posting_duplicate", rows_text(rows, row, DOUBLE_INSTITUTION_A), first, second, 0 };
	const struct matter other = { "posting_duplicate", rows_text(rows, row, DOUBLE_INSTITUTION_B), second, first,
		                      0 };

	return matters_add(a, &one, to) && matters_add(a, &other, to);
}

static int
doubles_add(struct work *w, struct matters *to)
{
	static const char *const from_the_start[4] = { "", "", "", "" };
	struct rows *rows;
	bool same;
	int result = firm_doubles_list(w->tx, w->arena, NULL, from_the_start, MATTERS_MAX / 2, &rows);

	for (int row = 0; result == STORE_OK && row < rows_count(rows); row++) {
		if (!firm_double_is_same(w->arena, rows, row, &same) || (same && !double_add(w->arena, rows, row, to)))
			result = STORE_RETRY;
	}
	return result;
}

int
tasks_find(struct work *w, struct matters *out)
{
	const struct intake *in = w->service;
	struct params p = params_new(w->arena);
	struct rows *rows;
	char today[11];

	*out = (struct matters){ NULL, 0 };
	text_from_day((int32_t)(w->now_ms / DAY_MS), today);
	param_text(&p, today);
	param_int(&p, in->silent_ms);
	param_int(&p, in->waiting_ms);
	param_int(&p, MATTERS_MAX);
	int result = tx_run(w->tx, &SQL_matters, &p, &rows);
	if (result == STORE_OK && !matters_add_rows(w->arena, rows, out))
		result = STORE_RETRY;
	return result == STORE_OK ? doubles_add(w, out) : result;
}

static int64_t
tasks_due(void *service)
{
	return ((const struct intake *)service)->tasks.due_ms;
}

static int
tasks_run(struct work *w)
{
	return matters_tell(w, &((struct intake *)w->service)->tasks, tasks_find);
}

void
tasks_soon(struct work *w)
{
	matters_changed(&((struct intake *)w->service)->tasks, w->mono_ms);
}

int
tasks_on_active(struct work *w)
{
	matters_watch(&((struct intake *)w->service)->tasks, w->mono_ms);
	return STORE_OK;
}

const struct chore intake_chores[] = { { "tasks", tasks_due, tasks_run, NULL } };
const size_t intake_chore_count = COUNT_OF(intake_chores);
