/* SPDX-License-Identifier: Apache-2.0 */
/* What other services say and this one acts upon: seats filled or free again, and learners who were erased. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/core_pg.h"
#include "intake.h"
#include "wire.h"

/* ---- matching, topic placement --------------------------------------------------------------------------------------- */

/* The last word on each posting of a batch stands; the core leaves one event per key. */
static const struct placement *
placement_of(const struct placement *all, size_t n, const struct record *p)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].external_id, p->external_id) == 0 && strcmp(all[i].institution, p->institution) == 0)
			return &all[i];
	}
	return NULL;
}

/* Seats taken are kept always; the version grows only where readers see a difference. true: there is one. */
static bool
seats_take(struct record *p, int64_t taken)
{
	enum posting_state was = p->state;

	p->seats_taken = taken;
	p->state = posting_state_for_seats(was, p->cells[POSTING_SEATS].number, taken);
	if (p->state == was)
		return false;
	p->reason = p->state == STATE_FILLED ? "seats_filled" : "";
	p->version++;
	log_info("posting=%s/%s state=%s was=%s", p->institution, p->external_id, posting_state_to_text(p->state),
	         posting_state_to_text(was));
	return true;
}

static int
placements_apply(struct work *w, const struct placement *placed, size_t n)
{
	const char **institutions = arena_alloc(w->arena, (n + 1) * sizeof *institutions);
	const char **ids = arena_alloc(w->arena, (n + 1) * sizeof *ids);
	struct history *h = history_new(w->arena);
	struct records found;

	if (n == 0)
		return STORE_OK;
	if (institutions == NULL || ids == NULL || h == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++) {
		institutions[i] = placed[i].institution;
		ids[i] = placed[i].external_id;
	}
	int result = postings_load_pairs(w->tx, w->arena, institutions, ids, n, &found);
	for (size_t i = 0; result == STORE_OK && i < found.count; i++) {
		const struct placement *p = placement_of(placed, n, &found.all[i]);
		struct record *r = &found.all[i];
		const char *was = posting_state_to_text(r->state);
		BUG_IF(p == NULL);
		if (!seats_take(r, p->taken))
			continue;
		const char *why = r->state == STATE_FILLED ? "seats_filled" : "seats_free";
		const struct change c = { "posting", r->institution, r->external_id, r->version, why };
		history_add(h, &c, "state", was, posting_state_to_text(r->state));
		if (posting_emit(w, r) != 0)
			result = STORE_RETRY;
	}
	if (result == STORE_OK && found.count > 0)
		result = postings_state_write(w->tx, w->arena, &found);
	tasks_soon(w);
	return result == STORE_OK ? history_keep(h, w, NULL, "matching") : result;
}

static int
on_placed(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	struct placement *placed = arena_alloc(w->arena, (count + 1) * sizeof *placed);
	size_t n = 0;

	(void)f;
	if (placed == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		if (events[i].type != BASSIN__V1__EVENT_TYPE__POSTING_PLACED)
			continue;
		if (!placement_read(w->arena, &events[i], &placed[n++]))
			return STORE_BROKEN;
	}
	return placements_apply(w, placed, n);
}

/* After a resync matching no longer speaks of this posting: nobody is placed there. */
static int
on_placement_gone(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	struct placement gone = { .taken = 0 };

	(void)f;
	(void)topic;
	if (!reference_split(w->arena, key, "", &gone.institution, &gone.external_id))
		return STORE_OK;
	return placements_apply(w, &gone, 1);
}

/* ---- learner intakes, topic erasure ---------------------------------------------------------------------------------- */
/* What our log has told of these lists so far is gone; each is told anew. */
static int
rankings_blank(struct work *w, const struct rankings *lists)
{
	const char **topics = arena_zalloc(w->arena, lists->count, sizeof *topics);
	const char **keys = arena_zalloc(w->arena, lists->count, sizeof *keys);

	if (topics == NULL || keys == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < lists->count; i++) {
		topics[i] = "employer_ranking";
		keys[i] = arena_printf(w->arena, "%s/%s", lists->all[i].institution, lists->all[i].posting);
		if (keys[i] == NULL)
			return STORE_RETRY;
	}
	core_log_forget(w);
	return core_pg_events_blank(w->tx, w->arena, topics, keys, lists->count);
}

/* Entries that name her: by pool number in any list, by her college's own id in lists of that college. */
static int
rankings_forget(struct work *w, const char *const *learners, size_t n, const struct own_ids *own)
{
	struct rankings lists;
	int result = rankings_naming(w->tx, w->arena, learners, n, own, &lists);

	if (result == STORE_OK && lists.count > 0)
		result = rankings_blank(w, &lists);
	if (result != STORE_OK || lists.count == 0)
		return result;
	for (size_t i = 0; i < lists.count; i++) {
		for (size_t j = 0; j < n; j++)
			(void)ranking_remove(&lists.all[i], learners[j]);
		for (size_t j = 0; j < own->count; j++) {
			if (strcmp(own->institutions[j], lists.all[i].institution) == 0)
				(void)ranking_remove(&lists.all[i], own->external_ids[j]);
		}
		lists.all[i].version++;
		if (ranking_emit(w, &lists.all[i]) != 0)
			return STORE_RETRY;
	}
	return rankings_write(w->tx, w->arena, &lists);
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(((const struct erased *)a)->person_hash, ((const struct erased *)b)->person_hash, HASH_SIZE);
}

/* Of all ids that lists of their colleges name, those whose hash is that of one who was erased. `erased` is put in order. */
static int
own_ids_find(struct work *w, struct erased *erased, size_t n, struct own_ids *out)
{
	const struct intake *in = w->service;
	const char **institutions = arena_alloc(w->arena, (n + 1) * sizeof *institutions);
	struct own_ids named;
	uint8_t hash[HASH_SIZE];

	*out = (struct own_ids){ 0 };
	if (n == 0 || !in->has_pool_key)
		return STORE_OK;
	if (institutions == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < n; i++)
		institutions[i] = erased[i].institution;
	int result = rankings_names(w->tx, w->arena, institutions, n, &named);
	if (result != STORE_OK)
		return result;
	qsort(erased, n, sizeof *erased, by_hash);
	for (size_t i = 0; i < named.count; i++) {
		const struct erased wanted = { .person_hash = hash };

		hash_of_person(in->pool_key, named.institutions[i], named.external_ids[i], hash);
		if (bsearch(&wanted, erased, n, sizeof *erased, by_hash) == NULL)
			continue;
		named.institutions[out->count] = named.institutions[i];
		named.external_ids[out->count++] = named.external_ids[i];
	}
	out->institutions = named.institutions;
	out->external_ids = named.external_ids;
	return STORE_OK;
}

static int
on_erased(struct work *w, const struct follow *f, const struct event *events, size_t count)
{
	const char **learners = arena_alloc(w->arena, (count + 1) * sizeof *learners);
	struct erased *hashed = arena_alloc(w->arena, (count + 1) * sizeof *hashed);
	struct own_ids own;
	size_t n = 0, n_hashed = 0;

	(void)f;
	if (learners == NULL || hashed == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < count; i++) {
		struct erased e;
		if (events[i].type != BASSIN__V1__EVENT_TYPE__LEARNER_ERASED)
			continue;
		if (!erased_read(w->arena, &events[i], &e))
			return STORE_BROKEN;
		learners[n++] = e.learner;
		if (e.person_hash != NULL)
			hashed[n_hashed++] = e;
	}
	int result = own_ids_find(w, hashed, n_hashed, &own);
	return result == STORE_OK ? rankings_forget(w, learners, n, &own) : result;
}

/* Nothing was kept of an erasure, so there is nothing to take back. */
static int
on_erasure_gone(struct work *w, const struct follow *f, const char *topic, const char *key)
{
	(void)w;
	(void)f;
	(void)topic;
	(void)key;
	return STORE_OK;
}

static const char *const placement_topics[] = { "placement", NULL };
static const char *const erasure_topics[] = { "erasure", NULL };

const struct follow intake_follows[] = {
	{ "matching", placement_topics, on_placed, on_placement_gone },
	{ "learner_intake", erasure_topics, on_erased, on_erasure_gone },
};
const size_t intake_follow_count = COUNT_OF(intake_follows);
