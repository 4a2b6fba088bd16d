/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the intakes tell, one decoder for each kind of row. A field that is out of range spoils the whole event, which
 * is then set aside with an alarm: the intakes have checked it already, so something is wrong that a person must see.
 */
#include <string.h>

#include "base/text.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "store/store.h"
#include "wire.h"

enum { LIST_MAX = 1000, TIER_MAX = 1000, NEED_MAX = 99, TEXT_BYTES_MAX = 4000, SEATS_MAX = 500 };
enum { DAY_MAX = 84370 /* 2200-12-31 */, METRES_MAX = 20000000, HOURS_MIN = 100, HOURS_MAX = 6000 };

/* One event in hand: the first thing that is not sound sticks. */
struct reading {
	const struct event *event;
	struct arena *a;
	struct view_row *row;
	int texts, numbers;
	bool unsound, no_memory;
};

static void *
unpack(struct reading *r, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(r->a);
	void *m = protobuf_c_message_unpack(type, &allocator, r->event->size, r->event->body);

	r->unsound = r->unsound || m == NULL;
	return m;
}

static void
demand(struct reading *r, bool sound)
{
	r->unsound = r->unsound || !sound;
}

static void
put_text(struct reading *r, const char *text)
{
	BUG_IF(r->texts == VIEW_TEXTS);
	r->row->texts[r->texts++] = text;
}

static void
put_number(struct reading *r, int64_t n, int64_t min, int64_t max)
{
	BUG_IF(r->numbers == VIEW_NUMBERS);
	demand(r, n >= min && n <= max);
	r->row->numbers[r->numbers++] = n;
}

static void
put_absent(struct reading *r)
{
	BUG_IF(r->numbers == VIEW_NUMBERS);
	r->row->absent |= UINT32_C(1) << r->numbers;
	r->row->numbers[r->numbers++] = 0;
}

static void
put_place(struct reading *r, const Bassin__V1__Place *place)
{
	if (place == NULL) {
		put_absent(r);
		put_absent(r);
		return;
	}
	put_number(r, place->latitude_e7, -90 * (int64_t)GEO_E7, 90 * (int64_t)GEO_E7);
	put_number(r, place->longitude_e7, -180 * (int64_t)GEO_E7, 180 * (int64_t)GEO_E7);
}

static void
put_id(struct reading *r, const char *id)
{
	demand(r, text_is_id(id));
	put_text(r, id);
}

static void
put_title(struct reading *r, const char *text)
{
	demand(r, strlen(text) <= TEXT_BYTES_MAX && text_is_printable(text, false));
	put_text(r, text);
}

/* The texts joined by a mark that none of them holds. */
static void
put_joined(struct reading *r, const char *const *texts, size_t n, char mark)
{
	size_t size = 1;

	demand(r, n <= LIST_MAX);
	for (size_t i = 0; i < n && !r->unsound; i++) {
		demand(r, strchr(texts[i], mark) == NULL);
		size += strlen(texts[i]) + 1;
	}
	char *joined = r->unsound ? NULL : arena_alloc(r->a, size), *at = joined;
	if (joined == NULL) {
		r->no_memory = r->no_memory || !r->unsound;
		put_text(r, "");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(texts[i]);
		memcpy(at, texts[i], length);
		at += length;
		*at++ = mark;
	}
	*(n > 0 ? at - 1 : at) = '\0';
	put_text(r, joined);
}

static void
put_ids(struct reading *r, char **ids, size_t n)
{
	for (size_t i = 0; i < n && i < LIST_MAX; i++)
		demand(r, text_is_id(ids[i]));
	put_joined(r, (const char *const *)ids, n, '|');
}

typedef bool is_sound_fn(const char *text);

/* Tiers and references of a ranking, each thing once at most. */
static void
put_ranking(struct reading *r, Bassin__V1__RankedRef **entries, size_t n, is_sound_fn *is_sound)
{
	const char **refs = arena_zalloc(r->a, n + 1, sizeof *refs), **tiers = arena_zalloc(r->a, n + 1, sizeof *tiers);

	demand(r, n <= LIST_MAX);
	if (refs == NULL || tiers == NULL) {
		r->no_memory = true;
		n = 0;
	}
	for (size_t i = 0; i < n && !r->unsound; i++) {
		demand(r, entries[i]->tier >= 1 && entries[i]->tier <= TIER_MAX && is_sound(entries[i]->ref));
		refs[i] = entries[i]->ref;
		tiers[i] = arena_printf(r->a, "%d", (int)entries[i]->tier);
		if (tiers[i] == NULL) {
			r->no_memory = true;
			n = 0;
		}
	}
	put_joined(r, tiers, r->unsound ? 0 : n, ',');
	put_joined(r, refs, r->unsound ? 0 : n, '|');
}

static void
demand_key(struct reading *r, const char *id)
{
	demand(r, strcmp(r->event->key, id) == 0);
}

/* Its key is "institution/external_id", and the institution is said to be that. */
static void
demand_reference_key(struct reading *r, const char *reference, const char *institution)
{
	demand_key(r, reference);
	demand(r, reference_is_sound(reference) && reference_is_of(reference, institution));
}

/* ---- employer_intake --------------------------------------------------------------------------------------------- */
static void
read_institution(struct reading *r)
{
	const Bassin__V1__InstitutionRecorded *m = unpack(r, &bassin__v1__institution_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, m->institution);
	demand(r, text_is_id(m->institution));
	put_title(r, m->name_fr);
	put_title(r, m->name_en);
}

static void
read_employer(struct reading *r)
{
	const Bassin__V1__EmployerRecorded *m = unpack(r, &bassin__v1__employer_recorded__descriptor);

	if (m == NULL)
		return;
	demand_reference_key(r, m->employer, m->institution);
	put_id(r, m->institution);
	put_place(r, m->place_opt_case == BASSIN__V1__EMPLOYER_RECORDED__PLACE_OPT_PLACE ? m->place : NULL);
	put_number(r, m->paused_until, 0, DAY_MAX);
}

static const char *
posting_state_text(struct reading *r, Bassin__V1__PostingState s)
{
	static const char *const TEXTS[] = { NULL, "draft", "open", "paused", "filled", "closed", "withdrawn" };

	demand(r, (int)s >= 1 && (size_t)s < COUNT_OF(TEXTS));
	return r->unsound ? "draft" : TEXTS[s];
}

static void
put_reserves(struct reading *r, Bassin__V1__Reserve **reserves, size_t n)
{
	const char **texts = arena_zalloc(r->a, n + 1, sizeof *texts);

	demand(r, n <= LIST_MAX);
	for (size_t i = 0; i < n && texts != NULL && !r->unsound; i++) {
		demand(r, text_is_id(reserves[i]->group) && reserves[i]->seats >= 0 && reserves[i]->seats <= SEATS_MAX);
		texts[i] = arena_printf(r->a, "%s:%d", reserves[i]->group, (int)reserves[i]->seats);
		if (texts[i] == NULL)
			texts = NULL;
	}
	r->no_memory = r->no_memory || texts == NULL;
	put_joined(r, texts, texts == NULL || r->unsound ? 0 : n, '|');
}

static void
read_posting(struct reading *r)
{
	const Bassin__V1__PostingRecorded *m = unpack(r, &bassin__v1__posting_recorded__descriptor);

	if (m == NULL)
		return;
	demand_reference_key(r, m->posting, m->institution);
	demand(r, reference_is_sound(m->employer) && m->ends_on >= m->starts_on && m->n_programmes > 0);
	put_id(r, m->institution);
	put_text(r, m->employer);
	put_text(r, posting_state_text(r, m->state));
	put_ids(r, m->programmes, m->n_programmes);
	put_ids(r, m->competencies, m->n_competencies);
	put_reserves(r, m->reserves, m->n_reserves);
	put_number(r, m->wil_type, 1, BASSIN__V1__WIL_TYPE__COMPETITION);
	put_number(r, m->seats, 1, SEATS_MAX);
	put_number(r, m->starts_on, 0, DAY_MAX);
	put_number(r, m->ends_on, 0, DAY_MAX);
	put_number(r, m->hours_hundredths, HOURS_MIN, HOURS_MAX);
	put_number(r, m->weekdays, 0, 0x7f);
	put_number(r, m->languages, 0, FIT_FRENCH | FIT_ENGLISH);
	put_number(r, m->place_kind, 0, BASSIN__V1__PLACE_KIND__REMOTE);
	put_place(r, m->place_opt_case == BASSIN__V1__POSTING_RECORDED__PLACE_OPT_PLACE ? m->place : NULL);
	put_number(r, m->accepts_unranked, 0, 1);
	put_number(r, m->assignable, 0, 1);
	put_number(r, m->reserves_last, 0, 1);
}

static void
read_employer_ranking(struct reading *r)
{
	const Bassin__V1__EmployerRankingRecorded *m = unpack(r, &bassin__v1__employer_ranking_recorded__descriptor);

	if (m == NULL)
		return;
	demand_reference_key(r, m->posting, m->institution);
	put_id(r, m->institution);
	put_ranking(r, m->entries, m->n_entries, text_is_id);
}

/* ---- learner_intake ---------------------------------------------------------------------------------------------- */
static void
read_programme(struct reading *r)
{
	const Bassin__V1__ProgrammeRecorded *m = unpack(r, &bassin__v1__programme_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, m->programme);
	demand(r, text_is_id(m->programme));
	put_title(r, m->title_fr);
	put_title(r, m->title_en);
	put_title(r, m->level);
	put_number(r, m->hours, 0, INT32_MAX);
}

static void
demand_learner(struct reading *r, const char *learner)
{
	demand_key(r, learner);
	demand(r, pool_number_is_sound(learner));
}

static void
put_hash(struct reading *r, const ProtobufCBinaryData *hash)
{
	char *hex = arena_alloc(r->a, ROUND_DIGEST_HEX);

	demand(r, hash->len == 0 || hash->len == 32);
	r->no_memory = r->no_memory || hex == NULL;
	if (hex != NULL && !r->unsound)
		hex_from_bytes(hash->data, hash->len, hex);
	put_text(r, hex == NULL || r->unsound ? "" : hex);
}

static void
read_learner(struct reading *r)
{
	const Bassin__V1__ProfileRecorded *m = unpack(r, &bassin__v1__profile_recorded__descriptor);

	if (m == NULL)
		return;
	demand_learner(r, m->learner);
	demand(r, m->available_to >= m->available_from);
	put_id(r, m->institution);
	put_id(r, m->external_id);
	put_id(r, m->programme);
	put_ids(r, m->competencies, m->n_competencies);
	put_ids(r, m->groups, m->n_groups);
	put_hash(r, &m->permanent_code_hash);
	put_number(r, m->in_pool, 0, 1);
	put_place(r, m->place_opt_case == BASSIN__V1__PROFILE_RECORDED__PLACE_OPT_PLACE ? m->place : NULL);
	if (m->max_distance_opt_case == BASSIN__V1__PROFILE_RECORDED__MAX_DISTANCE_OPT_MAX_DISTANCE_M)
		put_number(r, m->max_distance_m, 0, METRES_MAX);
	else
		put_absent(r);
	put_number(r, m->available_from, 0, DAY_MAX);
	put_number(r, m->available_to, 0, DAY_MAX);
	put_number(r, m->hours_hundredths, HOURS_MIN, HOURS_MAX);
	put_number(r, m->weekdays, 0, 0x7f);
	put_number(r, m->languages, 0, FIT_FRENCH | FIT_ENGLISH);
	put_number(r, m->wil_types, 0, UINT32_C(0xfffe));
	put_number(r, m->assignable, 0, 1);
	put_number(r, m->tier, 0, NEED_MAX);
}

static void
read_learner_ranking(struct reading *r)
{
	const Bassin__V1__LearnerRankingRecorded *m = unpack(r, &bassin__v1__learner_ranking_recorded__descriptor);

	if (m == NULL)
		return;
	demand_learner(r, m->learner);
	put_id(r, m->institution);
	put_ranking(r, m->entries, m->n_entries, reference_is_sound);
}

static void
read_direct_offer(struct reading *r)
{
	const Bassin__V1__DirectOfferRecorded *m = unpack(r, &bassin__v1__direct_offer_recorded__descriptor);

	if (m == NULL)
		return;
	demand_learner(r, m->learner);
	demand(r, m->posting[0] == '\0' || reference_is_sound(m->posting));
	put_id(r, m->institution);
	put_text(r, m->posting);
}

/* ---- */
int
view_row_read(enum view_kind kind, const struct event *e, struct arena *a, struct view_row *out)
{
	static const struct { int type; void (*read)(struct reading *r); } KINDS[VIEW_KINDS] = {
		[VIEW_INSTITUTION] = { BASSIN__V1__EVENT_TYPE__INSTITUTION_RECORDED, read_institution },
		[VIEW_EMPLOYER] = { BASSIN__V1__EVENT_TYPE__EMPLOYER_RECORDED, read_employer },
		[VIEW_POSTING] = { BASSIN__V1__EVENT_TYPE__POSTING_RECORDED, read_posting },
		[VIEW_EMPLOYER_RANKING] = { BASSIN__V1__EVENT_TYPE__EMPLOYER_RANKING_RECORDED, read_employer_ranking },
		[VIEW_PROGRAMME] = { BASSIN__V1__EVENT_TYPE__PROGRAMME_RECORDED, read_programme },
		[VIEW_LEARNER] = { BASSIN__V1__EVENT_TYPE__PROFILE_RECORDED, read_learner },
		[VIEW_LEARNER_RANKING] = { BASSIN__V1__EVENT_TYPE__LEARNER_RANKING_RECORDED, read_learner_ranking },
		[VIEW_DIRECT_OFFER] = { BASSIN__V1__EVENT_TYPE__DIRECT_OFFER_RECORDED, read_direct_offer },
	};
	struct reading r = { .event = e, .a = a, .row = out };

	BUG_IF((size_t)kind >= VIEW_KINDS);
	*out = (struct view_row){ .key = e->key, .version = (int64_t)e->version };
	demand(&r, e->type == KINDS[kind].type && e->version <= INT64_MAX);
	if (!r.unsound)
		KINDS[kind].read(&r);
	if (r.no_memory)
		return STORE_RETRY;
	return r.unsound ? STORE_BROKEN : STORE_OK;
}

int
erasure_read(const struct event *e, struct arena *a, const char **learner)
{
	struct reading r = { .event = e, .a = a };
	const Bassin__V1__LearnerErased *m = NULL;

	demand(&r, e->type == BASSIN__V1__EVENT_TYPE__LEARNER_ERASED);
	if (!r.unsound)
		m = unpack(&r, &bassin__v1__learner_erased__descriptor);
	if (m != NULL)
		demand_learner(&r, m->learner);
	*learner = m != NULL ? m->learner : "";
	return r.unsound ? STORE_BROKEN : STORE_OK;
}
