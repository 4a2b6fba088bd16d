/* SPDX-License-Identifier: Apache-2.0 */
/* Events are compared by their bytes: what packs alike says the same, so it is not said again. */
#include "wire.h"

#include <string.h>
#include "base/refusal.h"
#include "base/text.h"
#include "bassin/v1/bus.pb-c.h"
#include "bassin/v1/learner.pb-c.h"

#define CONTACT_KEY_MAX (sizeof "learner:" + POOL_NUMBER_SIZE)

/* protobuf-c's structs are not const, but packing only reads. */
static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static char **
texts(const char *const *s)
{
	return (char **)(uintptr_t)s;
}

static int
emit(struct work *w, const char *topic, const char *key, int64_t version, int type, const ProtobufCMessage *body)
{
	return work_emit(w, topic, key, (uint64_t)version, type, body) == 0 ? STORE_OK : STORE_RETRY;
}

/* Emits now, unless before packs to the same bytes. before NULL: nothing stands in the log. */
static int
emit_changed(struct work *w, const char *topic, const char *key, int64_t version, int type,
             const ProtobufCMessage *before, const ProtobufCMessage *now)
{
	if (before != NULL) {
		size_t old_size, new_size;
		const uint8_t *old_bytes = arena_pack(w->arena, before, &old_size);
		const uint8_t *new_bytes = arena_pack(w->arena, now, &new_size);
		if (old_bytes == NULL || new_bytes == NULL)
			return STORE_RETRY;
		if (old_size == new_size && memcmp(old_bytes, new_bytes, old_size) == 0)
			return STORE_OK;
	}
	return emit(w, topic, key, version, type, now);
}

int
wire_programme(struct work *w, const struct code *programme)
{
	const struct cell *c = programme->cells;
	Bassin__V1__ProgrammeRecorded m = BASSIN__V1__PROGRAMME_RECORDED__INIT;

	m.programme = text(c[PROGRAMME_CODE].text);
	m.title_fr = text(c[PROGRAMME_TITLE_FR].text);
	m.title_en = text(c[PROGRAMME_TITLE_EN].text);
	m.level = text(c[PROGRAMME_LEVEL].text);
	m.hours = (int32_t)c[PROGRAMME_HOURS].number;
	return emit(w, "programme", m.programme, programme->version, BASSIN__V1__EVENT_TYPE__PROGRAMME_RECORDED, &m.base);
}

/* ---- learners -------------------------------------------------------------------------------------------------- */
struct profile {
	Bassin__V1__ProfileRecorded message;
	Bassin__V1__Place place;
	uint8_t hash[HASH_SIZE];
};

static uint32_t
languages_of(const struct cell *c)
{
	if (cell_has(&c[LEARNER_LANGUAGES]))
		return (uint32_t)c[LEARNER_LANGUAGES].number;
	return UINT32_C(1) << c[LEARNER_LANGUAGE].number;
}

/* Who is not in the pool leaves out what she declared of herself and who she is elsewhere. Who has withdrawn leaves out all
 * but what shows that she is known, and what no profile goes without. */
static void
profile_narrow(Bassin__V1__ProfileRecorded *m, const struct learner *l)
{
	if (l->in_pool)
		return;
	m->n_groups = 0;
	m->permanent_code_hash = (ProtobufCBinaryData){ 0, NULL };
	if (!learner_has_withdrawn(l))
		return;
	m->place_opt_case = BASSIN__V1__PROFILE_RECORDED__PLACE_OPT__NOT_SET;
	m->max_distance_opt_case = BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT__NOT_SET;
	m->n_competencies = 0;
	m->weekdays = m->wil_types = 0;
}

static void
profile_whereabouts(struct profile *out, const struct learner *l)
{
	Bassin__V1__ProfileRecorded *m = &out->message;

	if (l->has_place) {
		out->place = (Bassin__V1__Place)BASSIN__V1__PLACE__INIT;
		out->place.latitude_e7 = l->place.latitude_e7;
		out->place.longitude_e7 = l->place.longitude_e7;
		m->place_opt_case = BASSIN__V1__PROFILE_RECORDED__PLACE_OPT_PLACE;
		m->place = &out->place;
	}
	if (cell_has(&l->cells[LEARNER_MAX_DISTANCE])) {
		m->max_distance_opt_case = BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT_MAX_DISTANCE_M;
		m->max_distance_m = (int32_t)l->cells[LEARNER_MAX_DISTANCE].number;     /* thousandths of a km */
	}
}

static void
profile_fill(struct profile *out, const struct person *p, const struct learner *l)
{
	Bassin__V1__ProfileRecorded *m = &out->message;
	const struct cell *c = l->cells;

	bassin__v1__profile_recorded__init(m);
	m->learner = text(p->pool_number);
	m->institution = text(p->institution);
	m->external_id = text(p->external_id);
	m->in_pool = l->in_pool;
	m->programme = text(c[LEARNER_PROGRAMME].text);
	profile_whereabouts(out, l);
	m->available_from = (int32_t)c[LEARNER_AVAILABLE_FROM].number;
	m->available_to = (int32_t)c[LEARNER_AVAILABLE_TO].number;
	m->hours_hundredths = (int32_t)c[LEARNER_HOURS].number;
	m->weekdays = (uint32_t)c[LEARNER_WEEKDAYS].number;
	m->languages = languages_of(c);
	m->wil_types = (uint32_t)c[LEARNER_WIL_TYPES].number;
	m->competencies = texts(c[LEARNER_COMPETENCIES].entries);
	m->n_competencies = c[LEARNER_COMPETENCIES].entry_count;
	m->groups = texts(c[LEARNER_GROUPS].entries);
	m->n_groups = c[LEARNER_GROUPS].entry_count;
	m->assignable = cell_is_yes(&c[LEARNER_ASSIGNABLE]);
	m->tier = (int32_t)c[LEARNER_TIER].number;
	if (cell_has(&c[LEARNER_PERMANENT_CODE])) {
		hash_of_permanent_code(p->pool_key, c[LEARNER_PERMANENT_CODE].text, out->hash);
		m->permanent_code_hash = (ProtobufCBinaryData){ HASH_SIZE, out->hash };
	}
	profile_narrow(m, l);
}

static void
contact_fill(Bassin__V1__LearnerContactRecorded *m, const struct person *p, const struct learner *l)
{
	bassin__v1__learner_contact_recorded__init(m);
	m->learner = text(p->pool_number);
	m->institution = text(p->institution);
	m->in_pool = l->in_pool;
	if (!l->in_pool)
		return;
	m->given_name = text(l->cells[LEARNER_GIVEN_NAME].text);
	m->family_name = text(l->cells[LEARNER_FAMILY_NAME].text);
	m->email = text(l->cells[LEARNER_EMAIL].text);
	m->language = text(l->cells[LEARNER_LANGUAGE].text);
}

int
wire_learner(struct work *w, const struct person *p, const struct learner *before, const struct learner *now)
{
	struct profile old_profile, profile;
	Bassin__V1__LearnerContactRecorded old_contact, contact;
	char key[CONTACT_KEY_MAX] = "learner:";
	bool stands = before->version > 0;

	profile_fill(&profile, p, now);
	contact_fill(&contact, p, now);
	if (stands) {
		profile_fill(&old_profile, p, before);
		contact_fill(&old_contact, p, before);
	}
	int result = emit_changed(w, "profile", p->pool_number, now->version, BASSIN__V1__EVENT_TYPE__PROFILE_RECORDED,
	                          stands ? &old_profile.message.base : NULL, &profile.message.base);
	if (result != STORE_OK || !now->contact_told)
		return result;
	strncat(key, p->pool_number, POOL_NUMBER_SIZE);
	return emit_changed(w, "contact", key, now->version, BASSIN__V1__EVENT_TYPE__LEARNER_CONTACT_RECORDED,
	                    before->contact_told ? &old_contact.base : NULL, &contact.base);
}

/* ---- lists and offers ------------------------------------------------------------------------------------------ */
int
wire_ranking(struct work *w, const struct person *p, const struct ranking *list)
{
	Bassin__V1__LearnerRankingRecorded m = BASSIN__V1__LEARNER_RANKING_RECORDED__INIT;
	Bassin__V1__RankedRef *refs = arena_zalloc(w->arena, list->count, sizeof *refs);
	Bassin__V1__RankedRef **entries = arena_zalloc(w->arena, list->count, sizeof(Bassin__V1__RankedRef *));

	if (refs == NULL || entries == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < list->count; i++) {
		int64_t tier;
		if (!text_to_int(list->tiers[i], 1, RANKING_TIER_MAX, &tier))
			return STORE_BROKEN;
		bassin__v1__ranked_ref__init(&refs[i]);
		refs[i].tier = (int32_t)tier;
		refs[i].ref = text(list->postings[i]);
		entries[i] = &refs[i];
	}
	m.learner = text(p->pool_number);
	m.institution = text(p->institution);
	m.entries = entries;
	m.n_entries = list->count;
	return emit(w, "learner_ranking", p->pool_number, list->version, BASSIN__V1__EVENT_TYPE__LEARNER_RANKING_RECORDED,
	            &m.base);
}

int
wire_offer(struct work *w, const struct person *p, int64_t version, const char *posting)
{
	Bassin__V1__DirectOfferRecorded m = BASSIN__V1__DIRECT_OFFER_RECORDED__INIT;

	m.learner = text(p->pool_number);
	m.institution = text(p->institution);
	m.posting = text(posting);
	return emit(w, "direct_offer", p->pool_number, version, BASSIN__V1__EVENT_TYPE__DIRECT_OFFER_RECORDED, &m.base);
}

/* The last word on each key of hers is empty. A reader that could not apply an event of hers has set it aside with all that
 * it says: this heals it, where LearnerErased would not reach. No version follows, since she may not come back. */
static int
wire_emptied(struct work *w, const char *pool_number)
{
	static const struct { const char *topic; int type; } hers[] = {
		{ "profile", BASSIN__V1__EVENT_TYPE__PROFILE_RECORDED },
		{ "contact", BASSIN__V1__EVENT_TYPE__LEARNER_CONTACT_RECORDED },
		{ "learner_ranking", BASSIN__V1__EVENT_TYPE__LEARNER_RANKING_RECORDED },
		{ "direct_offer", BASSIN__V1__EVENT_TYPE__DIRECT_OFFER_RECORDED },
	};
	char contact[CONTACT_KEY_MAX] = "learner:";
	int result = STORE_OK;

	strncat(contact, pool_number, POOL_NUMBER_SIZE);
	for (size_t i = 0; i < COUNT_OF(hers) && result == STORE_OK; i++) {
		bool is_contact = strcmp(hers[i].topic, "contact") == 0;
		result = emit(w, hers[i].topic, is_contact ? contact : pool_number, INT64_MAX, hers[i].type, NULL);
	}
	return result;
}

int
wire_erased(struct work *w, const char *pool_number, const char *institution, const uint8_t hash[HASH_SIZE])
{
	Bassin__V1__LearnerErased m = BASSIN__V1__LEARNER_ERASED__INIT;

	int result = wire_emptied(w, pool_number);
	if (result != STORE_OK)
		return result;
	m.learner = text(pool_number);
	m.institution = text(institution);
	m.person_hash = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)(uintptr_t)hash };
	return emit(w, "erasure", pool_number, 1, BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, &m.base);
}

/* ---- commands that are no feeds -------------------------------------------------------------------------------- */
enum verdict
wire_read_withdraw(struct call *call, struct feed **out, const char **reason)
{
	const Bassin__V1__RowsWithdraw *m = call_message(call, &bassin__v1__rows_withdraw__descriptor);
	Bassin__V1__FeedRows rows = BASSIN__V1__FEED_ROWS__INIT;
	char *column[] = { text("external_id") };

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	enum verdict v = reason_check(call, m->reason, false);
	if (v != VERDICT_OK)
		return v;
	Bassin__V1__FeedRow *items = arena_zalloc(call->work->arena, m->n_external_ids, sizeof *items);
	Bassin__V1__FeedRow **list = arena_zalloc(call->work->arena, m->n_external_ids, sizeof(Bassin__V1__FeedRow *));
	if (items == NULL || list == NULL)
		return VERDICT_RETRY;
	for (size_t i = 0; i < m->n_external_ids; i++) {
		bassin__v1__feed_row__init(&items[i]);
		items[i].n_cells = 1;
		items[i].cells = &m->external_ids[i];
		list[i] = &items[i];
	}
	rows.n_columns = 1;
	rows.columns = column;
	rows.n_rows = m->n_external_ids;
	rows.rows = list;
	*reason = m->reason;
	return feed_from_message(call, &rows, &withdraw_table, out);
}

enum verdict
wire_read_erase(struct call *call, const char **external_id)
{
	const Bassin__V1__LearnerErase *m = call_message(call, &bassin__v1__learner_erase__descriptor);

	if (m == NULL)
		return call_refuse(call, REFUSAL_UNDECODABLE, NULL, NULL);
	if (!text_is_id(m->external_id))
		return call_refuse(call, REFUSAL_BAD_ID, "external_id", "1..128");
	*external_id = m->external_id;
	return VERDICT_OK;
}
