/* SPDX-License-Identifier: Apache-2.0 */
/* A freeze stands on everything that the intakes had committed when it was asked for. */
#include "round_freeze.h"

#include <inttypes.h>
#include <string.h>

enum { ASK_AGAIN_MS = 1000, FORGET_AFTER_MS = 60000 };

/* ---- the core's logs --------------------------------------------------------------------------------------------- */
static size_t
core_logs_status(void *self, const struct follow_status **out)
{
	struct core_status status;

	core_status(self, &status);
	*out = status.follows;
	return status.follow_count;
}

static void
core_logs_ask(void *self, size_t which, int64_t mono_ms)
{
	core_head_ask(self, which, mono_ms);
}

static bool
core_logs_heard(void *self, size_t which, int64_t asked_mono_ms, uint64_t *head_seq)
{
	return core_head_heard(self, which, asked_mono_ms, head_seq);
}

struct logs
logs_of_core(struct core *c)
{
	return (struct logs){ c, core_logs_status, core_logs_ask, core_logs_heard };
}

/* ---- a freeze ---------------------------------------------------------------------------------------------------- */
static struct freeze *
freeze_find(struct matching *m, const struct id *request)
{
	for (size_t i = 0; i < FREEZES_MAX; i++)
		if (id_equal(&m->freezes[i].request, request))
			return &m->freezes[i];
	return NULL;
}

/* A free place, or one whose caller has gone away. NULL: none, the freeze waits for its turn. */
static struct freeze *
freeze_begin(struct matching *m, const struct id *request, int64_t mono_ms)
{
	for (size_t i = 0; i < FREEZES_MAX; i++) {
		struct freeze *f = &m->freezes[i];
		if (!id_is_zero(&f->request) && mono_ms - f->since_mono_ms < m->freeze_wait_ms + FORGET_AFTER_MS)
			continue;
		*f = (struct freeze){ .request = *request, .since_mono_ms = mono_ms, .asked_mono_ms = INT64_MIN / 2 };
		return f;
	}
	return NULL;
}

static bool
log_is_reached(const struct freeze *f, const struct follow_status *s, size_t which)
{
	return f->heard[which] && !s->diverged && !s->resyncing && s->cursor.seq >= f->heads[which];
}

/* Asks again now and then, since an answer may be lost; the first head that was heard counts. */
static void
heads_hear(struct freeze *f, const struct logs *logs, size_t count, int64_t mono_ms)
{
	bool again = mono_ms - f->asked_mono_ms >= ASK_AGAIN_MS;

	for (size_t i = 0; i < count; i++) {
		if (!f->heard[i])
			f->heard[i] = logs->heard(logs->self, i, f->since_mono_ms, &f->heads[i]);
		if (!f->heard[i] && again)
			logs->ask(logs->self, i, mono_ms);
	}
	if (again)
		f->asked_mono_ms = mono_ms;
}

static enum freeze_result
freeze_ready(struct call *call, const struct follow_status *s, size_t count, struct round_position **out, size_t *n)
{
	*n = count;
	*out = arena_zalloc(call->work->arena, count, sizeof **out);
	for (size_t i = 0; i < count && *out != NULL; i++) {
		(*out)[i] = (struct round_position){ arena_strdup(call->work->arena, s[i].log_id), s[i].cursor.epoch,
			s[i].cursor.seq };
		if ((*out)[i].log_id == NULL)
			return FREEZE_NO_MEMORY;
	}
	return *out == NULL ? FREEZE_NO_MEMORY : FREEZE_READY;
}

enum freeze_result
freeze_look(struct matching *m, struct call *call, struct round_position **out, size_t *n, const char **log,
    const char **missing)
{
	struct logs logs = m->logs != NULL ? *m->logs : logs_of_core(call->work->core);
	struct arena *a = call->work->arena;
	int64_t mono_ms = call->work->mono_ms;
	const struct follow_status *s;
	size_t count = logs.status(logs.self, &s), behind = 0;
	struct freeze *f = freeze_find(m, &call->request_id);

	BUG_IF(count > LOGS_MAX);
	if (f == NULL)
		f = freeze_begin(m, &call->request_id, mono_ms);
	if (f == NULL)
		return FREEZE_WAITS;
	heads_hear(f, &logs, count, mono_ms);
	count = logs.status(logs.self, &s);
	while (behind < count && log_is_reached(f, &s[behind], behind))
		behind++;
	if (behind == count) {
		f->request = (struct id){ { 0 } };
		return freeze_ready(call, s, count, out, n);
	}
	if (mono_ms - f->since_mono_ms < m->freeze_wait_ms)
		return FREEZE_WAITS;
	*log = arena_strdup(a, s[behind].log_id);
	*missing = f->heard[behind] && f->heads[behind] > s[behind].cursor.seq ?
	    arena_printf(a, "%" PRIu64, f->heads[behind] - s[behind].cursor.seq) : "";
	f->request = (struct id){ { 0 } };
	return *log == NULL || *missing == NULL ? FREEZE_NO_MEMORY : FREEZE_LATE;
}
