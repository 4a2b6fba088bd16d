/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf <-> our structs. */
#include "wire.h"

#include <string.h>
#include "base/text.h"
#include "bassin/v1/employer.pb-c.h"
#include "bassin/v1/learner.pb-c.h"
#include "bassin/v1/matching.pb-c.h"
#include "store/store.h"

enum {
	TEXT_BYTES_MAX = 4000, /* of a fact */
	REFERENCE_BYTES_MAX = 257, /* institution/external_id */
	LIST_MAX = 1000,
	SEATS_MAX = 500,
	LINES_MAX = 20000,
	DAY_MAX = 84370, /* 2200-12-31 */
	HOURS_MAX = 6000,
	WEEKDAYS_MAX = 127,
	COUNT_MAX = 10000000,
};

/* One batch in hand: the first thing that is not sound sticks. */
struct reading {
	struct told *to;
	const struct event *event;
	bool unsound, no_memory;
};

static void
demand(struct reading *r, bool sound)
{
	r->unsound = r->unsound || !sound;
}

static const char *
text(struct reading *r, const char *t)
{
	size_t size = strlen(t);

	demand(r, size <= TEXT_BYTES_MAX && text_is_utf8(t, size));
	return t;
}

static const char *
id(struct reading *r, const char *t)
{
	demand(r, text_is_id(t));
	return t;
}

/* institution/external_id */
static const char *
reference(struct reading *r, const char *t)
{
	size_t size = strlen(t);

	demand(r, size <= REFERENCE_BYTES_MAX && text_is_utf8(t, size) && text_is_printable(t, false) &&
	              strchr(t, '/') != NULL);
	return t;
}

static int64_t
number(struct reading *r, int64_t n, int64_t min, int64_t max)
{
	demand(r, n >= min && n <= max);
	return n;
}

/* Is the event's key the one that its content belongs under? */
static void
demand_key(struct reading *r, const char *prefix, const char *rest)
{
	size_t size = strlen(prefix);

	demand(r, strncmp(r->event->key, prefix, size) == 0 && strcmp(r->event->key + size, rest) == 0);
}

static void *
unpack(struct reading *r, const ProtobufCMessageDescriptor *type)
{
	ProtobufCAllocator allocator = arena_allocator(r->to->arena);
	void *m = protobuf_c_message_unpack(type, &allocator, r->event->size, r->event->body);

	demand(r, m != NULL);
	return m;
}

/* Room for one more of a list that has no bound by the number of events. NULL: no memory. */
static void *
room_for(struct reading *r, void *list, size_t size, size_t count, size_t *room)
{
	if (count < *room)
		return list;
	size_t more = *room == 0 ? 256 : *room * 2;
	void *grown = arena_zalloc(r->to->arena, more, size);
	if (grown == NULL) {
		r->no_memory = true;
		return NULL;
	}
	if (count > 0)
		memcpy(grown, list, count * size);
	*room = more;
	return grown;
}

/* ---- employer_intake --------------------------------------------------------------------------------------------- */
static void
read_institution(struct reading *r)
{
	const Bassin__V1__InstitutionRecorded *m = unpack(r, &bassin__v1__institution_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->institution);
	r->to->institutions[r->to->institution_count++] =
	    (struct told_institution){ id(r, m->institution), text(r, m->name_fr), text(r, m->name_en) };
}

static void
read_coordinator(struct reading *r)
{
	const Bassin__V1__InstitutionContactRecorded *m =
	    unpack(r, &bassin__v1__institution_contact_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "institution:", m->institution);
	r->to->coordinators[r->to->coordinator_count++] =
	    (struct told_coordinator){ id(r, m->institution), text(r, m->coordinator_name),
		                       text(r, m->coordinator_email), text(r, m->phone), text(r, m->language) };
}

static void
read_employer(struct reading *r)
{
	const Bassin__V1__EmployerContactRecorded *m = unpack(r, &bassin__v1__employer_contact_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "employer:", m->employer);
	r->to->employers[r->to->employer_count++] =
	    (struct told_employer){ reference(r, m->employer), id(r, m->institution),     text(r, m->legal_name),
		                    text(r, m->contact_name),  text(r, m->contact_email), text(r, m->language),
		                    text(r, m->municipality),  number(r, m->headcount, 0, COUNT_MAX),
		                    number(r, m->paused_until, 0, DAY_MAX) };
}

static void
read_firm(struct reading *r)
{
	const Bassin__V1__FirmRecorded *m = unpack(r, &bassin__v1__firm_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->employer);
	r->to->firms[r->to->firm_count++] =
	    (struct told_firm){ reference(r, m->employer), m->firm[0] == '\0' ? "" : reference(r, m->firm) };
}

static const char *
posting_state_text(struct reading *r, int state)
{
	static const char *const texts[] = { NULL, "draft", "open", "paused", "filled", "closed", "withdrawn" };

	demand(r, state >= 1 && (size_t)state < COUNT_OF(texts));
	return r->unsound ? "draft" : texts[state];
}

static const char *
codes_joined(struct reading *r, char **codes, size_t count)
{
	size_t size = 1;

	demand(r, count <= LIST_MAX);
	for (size_t i = 0; i < count && !r->unsound; i++)
		size += strlen(id(r, codes[i])) + 1;
	char *all = r->unsound ? NULL : arena_alloc(r->to->arena, size), *at = all;
	if (all == NULL) {
		r->no_memory = r->no_memory || !r->unsound;
		return "";
	}
	*at = '\0';
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			*at++ = '|';
		at = stpcpy(at, codes[i]);
	}
	return all;
}

static void
read_posting(struct reading *r)
{
	const Bassin__V1__PostingRecorded *m = unpack(r, &bassin__v1__posting_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->posting);
	r->to->postings[r->to->posting_count++] =
	    (struct told_posting){ .posting = reference(r, m->posting),
		                   .institution = id(r, m->institution),
		                   .employer = reference(r, m->employer),
		                   .state = posting_state_text(r, (int)m->state),
		                   .title = text(r, m->title),
		                   .programmes = codes_joined(r, m->programmes, m->n_programmes),
		                   .seats = number(r, m->seats, 0, SEATS_MAX),
		                   .starts_on = number(r, m->starts_on, 0, DAY_MAX),
		                   .ends_on = number(r, m->ends_on, 0, DAY_MAX),
		                   .hours_hundredths = number(r, m->hours_hundredths, 0, HOURS_MAX),
		                   .weekdays = number(r, m->weekdays, 0, WEEKDAYS_MAX),
		                   .remote = m->place_kind == BASSIN__V1__PLACE_KIND__REMOTE,
		                   .own_place = m->place_opt_case == BASSIN__V1__POSTING_RECORDED__PLACE_OPT_PLACE,
		                   .at_ms = r->event->at_ms };
}

/* ---- learner_intake ---------------------------------------------------------------------------------------------- */
static void
read_programme(struct reading *r)
{
	const Bassin__V1__ProgrammeRecorded *m = unpack(r, &bassin__v1__programme_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->programme);
	r->to->programmes[r->to->programme_count++] =
	    (struct told_programme){ id(r, m->programme), text(r, m->title_fr), text(r, m->title_en) };
}

static void
read_learner(struct reading *r)
{
	const Bassin__V1__LearnerContactRecorded *m = unpack(r, &bassin__v1__learner_contact_recorded__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "learner:", m->learner);
	demand(r, pool_number_is_sound(m->learner));
	struct told_learner l = { m->learner, id(r, m->institution), "", "", m->in_pool };
	if (m->in_pool) {
		l.given_name = text(r, m->given_name);
		l.family_name = text(r, m->family_name);
	}
	r->to->learners[r->to->learner_count++] = l;
}

static void
read_erased(struct reading *r)
{
	const Bassin__V1__LearnerErased *m = unpack(r, &bassin__v1__learner_erased__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->learner);
	demand(r, pool_number_is_sound(m->learner));
	r->to->erased[r->to->erased_count++] = m->learner;
}

/* ---- matching ---------------------------------------------------------------------------------------------------- */
static void
put_position(struct reading *r, const char *round, const Bassin__V1__LogPosition *p)
{
	struct told *t = r->to;
	struct told_position now = { .round = round, .log_id = id(r, p->log_id), .seq = (int64_t)p->seq };

	demand(r, p->seq <= INT64_MAX);
	if (p->epoch.len > 0)
		demand(r, id_from_bytes(&now.epoch, p->epoch.data, p->epoch.len));
	for (size_t i = t->position_count; i-- > 0;) {
		if (strcmp(t->positions[i].round, round) == 0 && strcmp(t->positions[i].log_id, now.log_id) == 0) {
			t->positions[i] = now;
			return;
		}
	}
	struct told_position *list = room_for(r, t->positions, sizeof *list, t->position_count, &t->position_room);
	if (list == NULL)
		return;
	t->positions = list;
	t->positions[t->position_count++] = now;
}

static void
put_positions(struct reading *r, const char *round, Bassin__V1__LogPosition **all, size_t count)
{
	demand(r, count <= 16);
	for (size_t i = 0; i < count && !r->unsound; i++)
		put_position(r, round, all[i]);
}

static void
read_round(struct reading *r)
{
	static const char *const texts[] = { NULL, "opened", "frozen", "solved", "published", "closed", "withdrawn" };
	const Bassin__V1__RoundMoved *m = unpack(r, &bassin__v1__round_moved__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->round);
	demand(r, (int)m->state >= 1 && (size_t)m->state < COUNT_OF(texts));
	if (r->unsound)
		return;
	r->to->rounds[r->to->round_count++] =
	    (struct told_round){ id(r, m->round), text(r, m->title), texts[m->state] };
	put_positions(r, m->round, m->positions, m->n_positions);
}

/* moved: she stood there until the round of m, which is the one that tells of it. */
static void
put_placed(struct reading *r, const Bassin__V1__PostingPlaced *m, const Bassin__V1__PlacedLearner *l, bool moved)
{
	struct told *t = r->to;
	const char *round = l->round[0] != '\0' && !moved ? id(r, l->round) : m->round;

	if (!pool_number_is_sound(l->learner)) /* matching's word for who was erased */
		return;
	struct told_placed *list = room_for(r, t->placed, sizeof *list, t->placed_count, &t->placed_room);
	if (list == NULL)
		return;
	t->placed = list;
	t->placed[t->placed_count++] = (struct told_placed){ m->posting, l->learner, id(r, l->institution),
		                                             text(r, l->programme), round, text(r, l->by), moved };
}

/* Whom other rounds have placed stands there too, but is no news. */
static int64_t
new_learners(const Bassin__V1__PostingPlaced *m)
{
	int64_t n = (int64_t)m->n_moved;

	for (size_t i = 0; i < m->n_learners; i++)
		n += m->learners[i]->round[0] == '\0' || strcmp(m->learners[i]->round, m->round) == 0;
	return n;
}

static void
read_placement(struct reading *r)
{
	const Bassin__V1__PostingPlaced *m = unpack(r, &bassin__v1__posting_placed__descriptor);

	if (m == NULL)
		return;
	demand_key(r, "", m->posting);
	demand(r, m->n_learners <= SEATS_MAX && m->n_moved <= SEATS_MAX);
	r->to->placements[r->to->placement_count++] =
	    (struct told_placement){ reference(r, m->posting), id(r, m->round),        reference(r, m->employer),
		                     id(r, m->institution),    new_learners(m),        r->event->at_ms };
	for (size_t i = 0; i < m->n_learners && !r->unsound; i++)
		put_placed(r, m, m->learners[i], false);
	for (size_t i = 0; i < m->n_moved && !r->unsound; i++)
		put_placed(r, m, m->moved[i], true);
	put_positions(r, m->round, m->positions, m->n_positions);
}

static void
put_line(struct reading *r, const char *round, const char *institution, const Bassin__V1__Placement *p)
{
	struct told *t = r->to;

	if (!pool_number_is_sound(p->learner) || strcmp(p->by, "standing") == 0) /* another round's summary told of her */
		return;
	struct told_line *list = room_for(r, t->lines, sizeof *list, t->line_count, &t->line_room);
	if (list == NULL)
		return;
	t->lines = list;
	t->lines[t->line_count++] =
	    (struct told_line){ round, institution, p->learner, reference(r, p->posting), text(r, p->by) };
}

static void
read_summary(struct reading *r)
{
	const Bassin__V1__CollegePlaced *m = unpack(r, &bassin__v1__college_placed__descriptor);

	if (m == NULL)
		return;
	demand(r, m->row != NULL && m->n_placements <= LINES_MAX);
	demand(r, m->row == NULL || m->row->placed_before >= 0);
	if (r->unsound)
		return;
	const Bassin__V1__CollegeRow *c = m->row;
	const char *key = arena_printf(r->to->arena, "%s/%s", id(r, m->round), id(r, c->institution));
	r->no_memory = r->no_memory || key == NULL;
	if (key != NULL)
		demand_key(r, "", key);
	struct told_summary *s = &r->to->summaries[r->to->summary_count++];
	*s = (struct told_summary){ m->round,
		                    c->institution,
		                    (int64_t)c->learners - c->placed_before, /* the others had nothing to get */
		                    c->eligible,
		                    c->placed_direct,
		                    c->placed_ranked,
		                    c->placed_assigned,
		                    c->unplaced_no_consent,
		                    c->unplaced_not_eligible,
		                    c->unplaced_nothing_ranked,
		                    c->unplaced_none_fits,
		                    c->unplaced_outranked,
		                    c->unplaced_no_seat,
		                    c->unplaced_withdrawn,
		                    c->postings,
		                    c->seats,
		                    c->seats_filled,
		                    c->alone,
		                    c->pool,
		                    r->event->at_ms };
#define COUNT_DEMAND(name) (void)number(r, s->name, 0, COUNT_MAX);
	SUMMARY_COUNTS(COUNT_DEMAND)
#undef COUNT_DEMAND
	for (size_t i = 0; i < m->n_placements && !r->unsound; i++)
		put_line(r, m->round, c->institution, m->placements[i]);
	put_positions(r, m->round, m->positions, m->n_positions);
}

/* ---- a batch ----------------------------------------------------------------------------------------------------- */
static const struct {
	int type;
	void (*read)(struct reading *r);
} readers[] = {
	{ BASSIN__V1__EVENT_TYPE__INSTITUTION_RECORDED, read_institution },
	{ BASSIN__V1__EVENT_TYPE__INSTITUTION_CONTACT_RECORDED, read_coordinator },
	{ BASSIN__V1__EVENT_TYPE__EMPLOYER_CONTACT_RECORDED, read_employer },
	{ BASSIN__V1__EVENT_TYPE__FIRM_RECORDED, read_firm },
	{ BASSIN__V1__EVENT_TYPE__POSTING_RECORDED, read_posting },
	{ BASSIN__V1__EVENT_TYPE__PROGRAMME_RECORDED, read_programme },
	{ BASSIN__V1__EVENT_TYPE__LEARNER_CONTACT_RECORDED, read_learner },
	{ BASSIN__V1__EVENT_TYPE__LEARNER_ERASED, read_erased },
	{ BASSIN__V1__EVENT_TYPE__ROUND_MOVED, read_round },
	{ BASSIN__V1__EVENT_TYPE__POSTING_PLACED, read_placement },
	{ BASSIN__V1__EVENT_TYPE__COLLEGE_PLACED, read_summary },
};

/* Each kind has at most one entry per event, so each list gets room for all of them. */
static bool
told_allocate(struct arena *a, size_t count, struct told *t)
{
	*t = (struct told){ .arena = a };
	t->institutions = arena_zalloc(a, count, sizeof *t->institutions);
	t->coordinators = arena_zalloc(a, count, sizeof *t->coordinators);
	t->employers = arena_zalloc(a, count, sizeof *t->employers);
	t->firms = arena_zalloc(a, count, sizeof *t->firms);
	t->postings = arena_zalloc(a, count, sizeof *t->postings);
	t->programmes = arena_zalloc(a, count, sizeof *t->programmes);
	t->learners = arena_zalloc(a, count, sizeof *t->learners);
	t->erased = arena_zalloc(a, count, sizeof *t->erased);
	t->rounds = arena_zalloc(a, count, sizeof *t->rounds);
	t->placements = arena_zalloc(a, count, sizeof *t->placements);
	t->summaries = arena_zalloc(a, count, sizeof *t->summaries);
	return t->institutions != NULL && t->coordinators != NULL && t->employers != NULL && t->firms != NULL &&
	       t->postings != NULL && t->programmes != NULL && t->learners != NULL && t->erased != NULL && t->rounds != NULL &&
	       t->placements != NULL && t->summaries != NULL;
}

int
told_read(struct arena *a, const struct event *events, size_t count, struct told *out)
{
	struct reading r = { .to = out };

	if (!told_allocate(a, count, out))
		return STORE_RETRY;
	for (size_t i = 0; i < count && !r.unsound && !r.no_memory; i++) {
		r.event = &events[i];
		for (size_t k = 0; k < COUNT_OF(readers); k++) {
			if (readers[k].type == events[i].type)
				readers[k].read(&r);
		}
	}
	return r.no_memory ? STORE_RETRY : r.unsound ? STORE_BROKEN : STORE_OK;
}
