/* SPDX-License-Identifier: Apache-2.0 */
/* References that stay waiting ask for a person: whoever fed them. */
#include "matching/sql.h"
#include "matching.h"
#include "store/store.h"
#include "tasks.h"

int
tasks_find(struct work *w, struct matters *out)
{
	const struct matching *m = w->service;
	struct params p = params_new(w->arena);
	struct rows *rows;

	*out = (struct matters){ NULL, 0 };
	param_int(&p, m->waiting_ms);
	param_int(&p, MATTERS_MAX);
	int result = tx_run(w->tx, &SQL_matters, &p, &rows);
	return result == STORE_OK && !matters_add_rows(w->arena, rows, out) ? STORE_RETRY : result;
}

static int64_t
tasks_due(void *service)
{
	return ((const struct matching *)service)->tasks.due_ms;
}

static int
tasks_run(struct work *w)
{
	return matters_tell(w, &((struct matching *)w->service)->tasks, tasks_find);
}

void
tasks_soon(struct work *w)
{
	struct matching *m = w->service;

	if (m != NULL)
		matters_changed(&m->tasks, w->mono_ms);
}

int
tasks_on_active(struct work *w)
{
	matters_watch(&((struct matching *)w->service)->tasks, w->mono_ms);
	return STORE_OK;
}

const struct chore matching_chores[] = { { "tasks", tasks_due, tasks_run, NULL } };
const size_t matching_chore_count = COUNT_OF(matching_chores);
