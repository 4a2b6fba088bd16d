/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf and our structs. Cells are sound when they come here: they passed their table. */
#include "wire.h"

#include <string.h>
#include "base/clock.h"
#include "base/refusal.h"
#include "base/text.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "service/pool_key.h"

#define PAUSE_DAYS_MAX 731      /* two years; who asks for longer leaves the pool */

/* protobuf-c's structs hold char * although packing only reads. */
static char *
lent(const char *text)
{
	return (char *)(uintptr_t)text;
}

static char *
cell_text(const struct record *r, int column)
{
	return lent(r->cells[column].text);
}

static char *
reference(struct arena *a, const char *institution, const char *external_id)
{
	return arena_printf(a, "%s/%s", institution, external_id);
}

static Bassin__V1__Place *
place_message(struct arena *a, const struct record *r)
{
	Bassin__V1__Place *p = arena_alloc(a, sizeof *p);

	if (p == NULL)
		return NULL;
	bassin__v1__place__init(p);
	p->latitude_e7 = r->place.latitude_e7;
	p->longitude_e7 = r->place.longitude_e7;
	return p;
}

/* ---- institutions and employers -------------------------------------------------------------------------------------- */
const ProtobufCMessage *
wire_institution(struct arena *a, const struct record *i)
{
	Bassin__V1__InstitutionRecorded *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	bassin__v1__institution_recorded__init(m);
	m->institution = lent(i->external_id);
	m->name_fr = cell_text(i, INSTITUTION_NAME_FR);
	m->name_en = cell_text(i, INSTITUTION_NAME_EN);
	return &m->base;
}

const ProtobufCMessage *
wire_institution_contact(struct arena *a, const struct record *i)
{
	Bassin__V1__InstitutionContactRecorded *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	bassin__v1__institution_contact_recorded__init(m);
	m->institution = lent(i->external_id);
	m->name_fr = cell_text(i, INSTITUTION_NAME_FR);
	m->name_en = cell_text(i, INSTITUTION_NAME_EN);
	m->coordinator_name = cell_text(i, INSTITUTION_COORDINATOR_NAME);
	m->coordinator_email = cell_text(i, INSTITUTION_COORDINATOR_EMAIL);
	m->phone = cell_text(i, INSTITUTION_PHONE);
	m->postal_address = cell_text(i, INSTITUTION_POSTAL_ADDRESS);
	m->language = cell_text(i, INSTITUTION_LANGUAGE);
	return &m->base;
}

const ProtobufCMessage *
wire_employer(struct arena *a, const struct record *e)
{
	Bassin__V1__EmployerRecorded *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	bassin__v1__employer_recorded__init(m);
	m->employer = reference(a, e->institution, e->external_id);
	m->institution = lent(e->institution);
	m->legal_name = cell_text(e, EMPLOYER_LEGAL_NAME);
	m->neq = cell_text(e, EMPLOYER_NEQ);
	m->municipality = cell_text(e, EMPLOYER_MUNICIPALITY);
	m->paused_until = e->paused_until;
	if (e->has_place) {
		m->place_opt_case = BASSIN__V1__EMPLOYER_RECORDED__PLACE_OPT_PLACE;
		m->place = place_message(a, e);
	}
	return m->employer == NULL || (e->has_place && m->place == NULL) ? NULL : &m->base;
}

const ProtobufCMessage *
wire_employer_contact(struct arena *a, const struct record *e)
{
	Bassin__V1__EmployerContactRecorded *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	bassin__v1__employer_contact_recorded__init(m);
	m->employer = reference(a, e->institution, e->external_id);
	m->institution = lent(e->institution);
	m->legal_name = cell_text(e, EMPLOYER_LEGAL_NAME);
	m->contact_name = cell_text(e, EMPLOYER_CONTACT_NAME);
	m->contact_email = cell_text(e, EMPLOYER_CONTACT_EMAIL);
	m->contact_phone = cell_text(e, EMPLOYER_CONTACT_PHONE);
	m->language = cell_text(e, EMPLOYER_LANGUAGE);
	m->address = cell_text(e, EMPLOYER_ADDRESS);
	m->municipality = cell_text(e, EMPLOYER_MUNICIPALITY);
	m->postal_code = cell_text(e, EMPLOYER_POSTAL_CODE);
	m->paused_until = e->paused_until;
	m->headcount = (int32_t)e->cells[EMPLOYER_HEADCOUNT].number;
	return m->employer == NULL ? NULL : &m->base;
}

/* ---- postings -------------------------------------------------------------------------------------------------------- */
static bool
reserves_fill(struct arena *a, const struct cell *c, Bassin__V1__PostingRecorded *m)
{
	Bassin__V1__Reserve *all = arena_zalloc(a, c->entry_count, sizeof *all);

	m->reserves = arena_zalloc(a, c->entry_count, sizeof *m->reserves);
	if (all == NULL || m->reserves == NULL)
		return false;
	for (; m->n_reserves < c->entry_count; m->n_reserves++) {
		const char *entry = c->entries[m->n_reserves];
		Bassin__V1__Reserve *r = &all[m->n_reserves];

		bassin__v1__reserve__init(r);
		r->group = arena_strndup(a, entry, reserve_group_size(entry));
		r->seats = reserve_seats(entry);
		if (r->group == NULL)
			return false;
		m->reserves[m->n_reserves] = r;
	}
	return true;
}

static void
list_fill(const struct cell *c, char ***out, size_t *n)
{
	*out = (char **)(uintptr_t)c->entries;
	*n = c->entry_count;
}

static void
posting_numbers_fill(const struct cell *c, Bassin__V1__PostingRecorded *m)
{
	m->wil_type = (Bassin__V1__WilType)c[POSTING_WIL_TYPE].number;
	m->seats = (int32_t)c[POSTING_SEATS].number;
	m->starts_on = (int32_t)c[POSTING_STARTS_ON].number;
	m->ends_on = (int32_t)c[POSTING_ENDS_ON].number;
	m->hours_hundredths = (int32_t)c[POSTING_HOURS_PER_WEEK].number;
	m->weekdays = (uint32_t)c[POSTING_WEEKDAYS].number;
	m->languages = (uint32_t)c[POSTING_LANGUAGE].number;
	m->place_kind = (Bassin__V1__PlaceKind)c[POSTING_PLACE].number;
	m->accepts_unranked = cell_is_yes(&c[POSTING_ACCEPTS_UNRANKED]);
	m->assignable = cell_is_yes(&c[POSTING_ASSIGNABLE]);
	m->reserves_last = c[POSTING_RESERVE_ORDER].number == 1;
	m->answer_by = (int32_t)c[POSTING_ANSWER_BY].number;
	m->hourly_wage_cents = (int32_t)c[POSTING_HOURLY_WAGE].number;
	if (cell_has(&c[POSTING_PAID])) {
		m->paid_opt_case = BASSIN__V1__POSTING_RECORDED__PAID_OPT_PAID;
		m->paid = cell_is_yes(&c[POSTING_PAID]);
	}
}

const ProtobufCMessage *
wire_posting(struct arena *a, const struct record *p)
{
	Bassin__V1__PostingRecorded *m = arena_alloc(a, sizeof *m);

	if (m == NULL)
		return NULL;
	bassin__v1__posting_recorded__init(m);
	m->posting = reference(a, p->institution, p->external_id);
	m->institution = lent(p->institution);
	m->employer = reference(a, p->institution, p->cells[POSTING_EMPLOYER].text);
	m->state = (Bassin__V1__PostingState)p->state;
	m->state_reason = lent(p->reason);
	m->title = cell_text(p, POSTING_TITLE);
	m->noc = cell_text(p, POSTING_NOC);
	m->description = cell_text(p, POSTING_DESCRIPTION);
	list_fill(&p->cells[POSTING_PROGRAMMES], &m->programmes, &m->n_programmes);
	list_fill(&p->cells[POSTING_COMPETENCIES], &m->competencies, &m->n_competencies);
	posting_numbers_fill(p->cells, m);
	if (p->has_place) {
		m->place_opt_case = BASSIN__V1__POSTING_RECORDED__PLACE_OPT_PLACE;
		m->place = place_message(a, p);
	}
	if (m->posting == NULL || m->employer == NULL || (p->has_place && m->place == NULL) ||
	    !reserves_fill(a, &p->cells[POSTING_RESERVES], m))
		return NULL;
	return &m->base;
}

const ProtobufCMessage *
wire_ranking(struct arena *a, const struct ranking *r)
{
	Bassin__V1__EmployerRankingRecorded *m = arena_alloc(a, sizeof *m);
	Bassin__V1__RankedRef *all = arena_zalloc(a, r->count, sizeof *all);

	if (m == NULL || all == NULL)
		return NULL;
	bassin__v1__employer_ranking_recorded__init(m);
	m->posting = reference(a, r->institution, r->posting);
	m->institution = lent(r->institution);
	m->entries = arena_zalloc(a, r->count, sizeof *m->entries);
	if (m->posting == NULL || m->entries == NULL)
		return NULL;
	for (; m->n_entries < r->count; m->n_entries++) {
		Bassin__V1__RankedRef *e = &all[m->n_entries];
		bassin__v1__ranked_ref__init(e);
		e->tier = (int32_t)r->entries[m->n_entries].tier;
		e->ref = lent(r->entries[m->n_entries].learner);
		m->entries[m->n_entries] = e;
	}
	return &m->base;
}

/* ---- events ---------------------------------------------------------------------------------------------------------- */
static int
emit(struct work *w, const char *topic, const char *key, int64_t version, int type, const ProtobufCMessage *body)
{
	if (key == NULL || body == NULL)
		return -1;
	return work_emit(w, topic, key, (uint64_t)version, type, body);
}

int
institution_emit(struct work *w, const struct record *i)
{
	if (emit(w, "institution", i->external_id, i->version, BASSIN__V1__EVENT_TYPE__INSTITUTION_RECORDED,
	         wire_institution(w->arena, i)) != 0)
		return -1;
	return emit(w, "contact", arena_printf(w->arena, "institution:%s", i->external_id), i->version,
	            BASSIN__V1__EVENT_TYPE__INSTITUTION_CONTACT_RECORDED, wire_institution_contact(w->arena, i));
}

int
employer_emit(struct work *w, const struct record *e)
{
	const char *key = reference(w->arena, e->institution, e->external_id);

	if (emit(w, "employer", key, e->version, BASSIN__V1__EVENT_TYPE__EMPLOYER_RECORDED, wire_employer(w->arena, e)) != 0)
		return -1;
	return emit(w, "contact", arena_printf(w->arena, "employer:%s", key), e->version,
	            BASSIN__V1__EVENT_TYPE__EMPLOYER_CONTACT_RECORDED, wire_employer_contact(w->arena, e));
}

int
firm_emit(struct work *w, const char *employer, const char *firm, int64_t version)
{
	Bassin__V1__FirmRecorded m = BASSIN__V1__FIRM_RECORDED__INIT;

	m.employer = lent(employer);
	m.firm = lent(firm);
	return emit(w, "firm", employer, version, BASSIN__V1__EVENT_TYPE__FIRM_RECORDED, &m.base);
}

int
posting_emit(struct work *w, const struct record *p)
{
	return emit(w, "posting", reference(w->arena, p->institution, p->external_id), p->version,
	            BASSIN__V1__EVENT_TYPE__POSTING_RECORDED, wire_posting(w->arena, p));
}

int
ranking_emit(struct work *w, const struct ranking *r)
{
	return emit(w, "employer_ranking", reference(w->arena, r->institution, r->posting), r->version,
	            BASSIN__V1__EVENT_TYPE__EMPLOYER_RANKING_RECORDED, wire_ranking(w->arena, r));
}

/* ---- commands and facts that come in --------------------------------------------------------------------------------- */
enum verdict
posting_move_read(struct call *call, struct posting_move *out)
{
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__posting_move__descriptor, &message);
	const Bassin__V1__PostingMove *m = message;

	if (v != VERDICT_OK)
		return v;
	if (!reference_split(call->work->arena, m->posting, call->who->institution, &out->institution, &out->external_id))
		return call_refuse(call, REFUSAL_BAD_ID, "posting", "college/external_id");
	if (strcmp(out->institution, call->who->institution) != 0)
		return call_refuse(call, REFUSAL_NOT_YOURS, "posting", NULL);
	out->to = (enum posting_state)m->to;
	if (out->to != STATE_OPEN && out->to != STATE_PAUSED && out->to != STATE_CLOSED && out->to != STATE_WITHDRAWN)
		return call_refuse(call, REFUSAL_NOT_IN_LIST, "to", "open|paused|closed|withdrawn");
	v = reason_check(call, m->reason, out->to != STATE_OPEN);
	out->reason = m->reason;
	return v;
}

enum verdict
employer_pause_read(struct call *call, struct employer_pause *out)
{
	const int64_t today = call->work->now_ms / DAY_MS;
	const bool resumes = call->type == BASSIN__V1__COMMAND_TYPE__EMPLOYER_RESUME;
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__employer_pause__descriptor, &message);
	const Bassin__V1__EmployerPause *m = message;
	char first[11], last[11];

	if (v != VERDICT_OK)
		return v;
	if (!reference_split(call->work->arena, m->employer, call->who->institution, &out->institution, &out->external_id))
		return call_refuse(call, REFUSAL_BAD_ID, "employer", "college/external_id");
	if (strcmp(out->institution, call->who->institution) != 0)
		return call_refuse(call, REFUSAL_NOT_YOURS, "employer", NULL);
	if (!resumes && (m->until <= today || m->until > today + PAUSE_DAYS_MAX)) {
		text_from_day((int32_t)today + 1, first);
		text_from_day((int32_t)today + PAUSE_DAYS_MAX, last);
		const char *allowed = arena_printf(call->work->arena, "%s..%s", first, last);
		return allowed == NULL ? VERDICT_RETRY : call_refuse(call, REFUSAL_OUT_OF_RANGE, "until", allowed);
	}
	out->until = resumes ? 0 : m->until;
	out->reason = m->reason;
	return reason_check(call, m->reason, false);
}

enum verdict
firm_pair_read(struct call *call, bool needs_reason, struct firm_pair *out)
{
	const char *own = call->who->institution;
	const void *message;
	enum verdict v = message_read(call, &bassin__v1__firm_pair__descriptor, &message);
	const Bassin__V1__FirmPair *m = message;

	if (v != VERDICT_OK)
		return v;
	if (!reference_split(call->work->arena, m->one, own, &out->institution_a, &out->external_id_a))
		return call_refuse(call, REFUSAL_BAD_ID, "one", "college/external_id");
	if (!reference_split(call->work->arena, m->other, own, &out->institution_b, &out->external_id_b))
		return call_refuse(call, REFUSAL_BAD_ID, "other", "college/external_id");
	int order = strcmp(out->institution_a, out->institution_b);
	if (order == 0)
		return call_refuse(call, REFUSAL_DUPLICATE, "institution", NULL);
	if (order > 0)
		*out = (struct firm_pair){ out->institution_b, out->external_id_b, out->institution_a, out->external_id_a, "" };
	out->reason = m->reason;
	return reason_check(call, m->reason, needs_reason);
}

bool
placement_read(struct arena *a, const struct event *e, struct placement *out)
{
	ProtobufCAllocator allocator = arena_allocator(a);
	const Bassin__V1__PostingPlaced *m = bassin__v1__posting_placed__unpack(&allocator, e->size, e->body);

	if (m == NULL || !reference_split(a, m->posting, "", &out->institution, &out->external_id))
		return false;
	out->taken = (int64_t)m->n_learners;
	return true;
}

bool
erased_read(struct arena *a, const struct event *e, struct erased *out)
{
	ProtobufCAllocator allocator = arena_allocator(a);
	const Bassin__V1__LearnerErased *m = bassin__v1__learner_erased__unpack(&allocator, e->size, e->body);

	if (m == NULL || strcmp(m->learner, e->key) != 0 || !text_is_id(m->learner))
		return false;
	*out = (struct erased){ .learner = m->learner, .institution = m->institution };
	if (m->institution[0] == '\0')
		return m->person_hash.len == 0;
	out->person_hash = m->person_hash.data;
	return text_is_id(m->institution) && m->person_hash.len == HASH_SIZE;
}
