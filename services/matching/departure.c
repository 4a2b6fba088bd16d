/* SPDX-License-Identifier: Apache-2.0 */
/* Who leaves which round, and which places become free: one statement finds them, round by round they go. */
#include "departure.h"

#include <string.h>

#include "base/log.h"
#include "matching/sql.h"
#include "round_flow.h"

struct departing {
	const char *round, *learner, *institution;
	const char *posting;            /* of a published round: where her place was; else "" */
};

static int
departing_list(struct work *w, const char *const *learners, size_t n, struct departing **out, size_t *count)
{
	struct params p = params_new(w->arena);
	struct rows *r = NULL;
	bool failed = false;

	param_texts(&p, learners, n);
	int result = tx_run(w->tx, &SQL_departing, &p, &r);
	*count = result == STORE_OK ? (size_t)rows_count(r) : 0;
	*out = arena_zalloc(w->arena, *count, sizeof **out);
	if (result != STORE_OK || *out == NULL)
		return result != STORE_OK ? result : STORE_RETRY;
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = (struct departing){ text_kept(w->arena, r, (int)i, 0, &failed),
			text_kept(w->arena, r, (int)i, 1, &failed), text_kept(w->arena, r, (int)i, 2, &failed),
			text_kept(w->arena, r, (int)i, 3, &failed) };
	return failed ? STORE_RETRY : STORE_OK;
}

/* What the snapshot knows of them, beyond that they were there. */
static int
snapshot_forget(struct work *w, const char *round, const struct departing *d, size_t n)
{
	const char **learners = arena_zalloc(w->arena, n, sizeof *learners);
	struct params p = params_new(w->arena);

	if (learners == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++)
		learners[i] = d[i].learner;
	param_text(&p, round);
	param_texts(&p, learners, n);
	return tx_run(w->tx, &SQL_departed_forget, &p, NULL);
}

/* n departures of one round. */
static int
round_depart(struct work *w, const struct departing *d, size_t n)
{
	struct round r;
	bool found = false;
	int result = round_store_load(w->tx, w->arena, d->round, &r, &found);

	if (result != STORE_OK || !found)
		return result;
	for (size_t i = 0; i < n && result == STORE_OK; i++) {
		const struct round_withdrawal left = { d[i].learner, "", d[i].institution, DEPARTURE_REASON, w->now_ms,
			NULL };
		result = withdrawal_store_add(w->tx, w->arena, r.round, &left);
		if (result == STORE_OK && d[i].posting[0] != '\0')
			result = round_tell_posting(w, &r, d[i].posting);
		log_info("round=%s left=%s reason=%s", r.round, d[i].learner, DEPARTURE_REASON);
	}
	if (result != STORE_OK || r.state == ROUND_PUBLISHED)
		return result;
	result = snapshot_forget(w, r.round, d, n);
	return result == STORE_OK ? round_unsolve(w, &r) : result;
}

int
departure_do(struct work *w, const char *const *learners, size_t n)
{
	struct departing *all = NULL;
	size_t count = 0;
	int result = n == 0 ? STORE_OK : departing_list(w, learners, n, &all, &count);

	for (size_t at = 0, end; at < count && result == STORE_OK; at = end) {
		for (end = at; end < count && strcmp(all[end].round, all[at].round) == 0;)
			end++;
		result = round_depart(w, all + at, end - at);
	}
	return result;
}
