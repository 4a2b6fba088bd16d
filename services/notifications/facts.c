/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to the facts of letters. Texts are borrowed from the rows, which live as long as the transaction. */
#include "facts.h"

#include <inttypes.h>
#include <string.h>

#include "notifications/sql.h"

struct loading {
	struct work *w;
	struct draft *drafts;
	size_t count;
	bool failed; /* no memory */
};

static struct draft *
draft_of(const struct loading *l, int64_t mail)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->drafts[i].mail == mail)
			return &l->drafts[i];
	}
	return NULL;
}

static void
source_add(struct loading *l, struct draft *d, const char *kind, const char *id)
{
	struct arena *a = l->w->arena;

	if (d->source_count == d->source_room) {
		size_t room = d->source_room == 0 ? 16 : 2 * d->source_room;
		struct source *more = arena_zalloc(a, room, sizeof *more);
		if (more == NULL) {
			l->failed = true;
			return;
		}
		if (d->source_count > 0)
			memcpy(more, d->sources, d->source_count * sizeof *more);
		d->sources = more;
		d->source_room = room;
	}
	const char *source = arena_printf(a, "%s:%s", kind, id);
	if (source == NULL)
		l->failed = true;
	else
		d->sources[d->source_count++] = (struct source){ d->mail, source };
}

/* For what is known by a round and somebody in it. */
static void
source_add_pair(struct loading *l, struct draft *d, const char *kind, const char *round, const char *id)
{
	const char *both = arena_printf(l->w->arena, "%s/%s", round, id);

	if (both == NULL)
		l->failed = true;
	else
		source_add(l, d, kind, both);
}

/* A growing list of the arena; count is that before the new entry. NULL: no memory. */
static void *
grown(struct loading *l, const void *list, size_t size, size_t count)
{
	if (count > 0 && (count & (count - 1)) != 0) /* room is the next power of two */
		return (void *)(uintptr_t)list;
	void *more = arena_zalloc(l->w->arena, count == 0 ? 1 : 2 * count, size);
	if (more == NULL)
		l->failed = true;
	else if (count > 0)
		memcpy(more, list, count * size);
	return more;
}

/* ---- each mail, its recipient, college and round ----------------------------------------------------------------- */
/* clang-format off */
/* Columns of facts_mails.sql. */
enum {
	AT_MAIL, AT_KIND, AT_RECIPIENT, AT_INSTITUTION, AT_ROUND, AT_CREATED, AT_HAS_EMPLOYER, AT_LEGAL_NAME, AT_CONTACT,
	AT_EMAIL, AT_LANGUAGE, AT_HAS_COORDINATOR, AT_COORDINATOR, AT_COORDINATOR_EMAIL, AT_PHONE, AT_COORDINATOR_LANGUAGE,
	AT_NAME_FR, AT_NAME_EN, AT_STATE, AT_TITLE, AT_HAS_SUMMARY, AT_COUNTS,
	AT_SUPPRESSED = AT_COUNTS + 17, AT_HELD_BY_TIME, AT_BY_HAND, AT_IS_DUE, AT_COLLEAGUE,
	AT_PAUSED_UNTIL, AT_STRANGER,
};
/* clang-format on */

static void
summary_read(const struct rows *r, int row, struct mail_summary *s)
{
	int32_t *const to[] = {
		&s->learners,
		&s->eligible,
		&s->placed_direct,
		&s->placed_ranked,
		&s->placed_assigned,
		&s->unplaced[MAIL_NO_CONSENT],
		&s->unplaced[MAIL_NOT_ELIGIBLE],
		&s->unplaced[MAIL_NOTHING_RANKED],
		&s->unplaced[MAIL_NONE_FITS],
		&s->unplaced[MAIL_OUTRANKED],
		&s->unplaced[MAIL_NO_SEAT],
		&s->unplaced[MAIL_WITHDRAWN],
		&s->postings,
		&s->seats,
		&s->seats_filled,
		&s->alone,
		&s->pool,
	};

	_Static_assert(COUNT_OF(to) == AT_SUPPRESSED - AT_COUNTS, "one for each column");
	for (size_t i = 0; i < COUNT_OF(to); i++)
		*to[i] = (int32_t)rows_int(r, row, AT_COUNTS + (int)i);
}

static void
people_read(const struct rows *r, int row, struct mail_facts *f)
{
	f->coordinator = (struct mail_person){ rows_text(r, row, AT_COORDINATOR),
		                               rows_text(r, row, AT_COORDINATOR_EMAIL), rows_text(r, row, AT_PHONE) };
	f->college = (struct mail_words){ rows_text(r, row, AT_NAME_FR), rows_text(r, row, AT_NAME_EN) };
	if (kind_is_for_coordinators(f->kind)) {
		f->recipient_name = f->coordinator.name;
		f->recipient_email = f->coordinator.email;
		f->language = mail_language_from_text(rows_text(r, row, AT_COORDINATOR_LANGUAGE));
	} else {
		f->recipient_name = rows_text(r, row, AT_CONTACT);
		f->recipient_email = rows_text(r, row, AT_EMAIL);
		f->employer_name = rows_text(r, row, AT_LEGAL_NAME);
		f->language = mail_language_from_text(rows_text(r, row, AT_LANGUAGE));
	}
}

static void
draft_read(struct loading *l, const struct rows *r, int row, struct draft *d)
{
	const struct post_settings *s = &notifications_of(l->w)->settings;
	struct mail_facts *f = &d->facts;

	d->mail = rows_int(r, row, AT_MAIL);
	BUG_IF(!kind_from_text(rows_text(r, row, AT_KIND), &f->kind));
	bool of_round = kind_is_of_round(f->kind), summary = f->kind == MAIL_ROUND_SUMMARY;
	f->date_ms = l->w->now_ms;
	f->sender = s->sender;
	people_read(r, row, f);
	if (f->sender.stop_email[0] == '\0')
		f->sender.stop_email = f->coordinator.email;
	f->round_title = rows_text(r, row, AT_TITLE);
	f->reference = of_round ? rows_text(r, row, AT_ROUND) : arena_printf(l->w->arena, "%" PRId64, d->mail);
	l->failed = l->failed || f->reference == NULL;
	if (summary)
		summary_read(r, row, &f->summary);
	d->readiness = (struct readiness){ .kind = f->kind,
		                           .recipient = rows_text(r, row, AT_RECIPIENT),
		                           .institution = rows_text(r, row, AT_INSTITUTION),
		                           .round = rows_text(r, row, AT_ROUND),
		                           .round_state = rows_text(r, row, AT_STATE),
		                           .has_cause = summary && rows_bool(r, row, AT_HAS_SUMMARY),
		                           .has_contact = kind_is_for_coordinators(f->kind) || rows_bool(r, row, AT_HAS_EMPLOYER),
		                           .has_coordinator = rows_bool(r, row, AT_HAS_COORDINATOR),
		                           .has_sender = s->sender_is_complete,
		                           .is_stranger = rows_bool(r, row, AT_STRANGER),
		                           .is_suppressed = rows_bool(r, row, AT_SUPPRESSED),
		                           .paused_until_ms = rows_int(r, row, AT_PAUSED_UNTIL) * DAY_MS,
		                           .now_ms = l->w->now_ms,
		                           .is_stale = !rows_bool(r, row, AT_HELD_BY_TIME) &&
		                                       l->w->now_ms - rows_int(r, row, AT_CREATED) > s->stale_ms };
	d->by_hand = rows_bool(r, row, AT_BY_HAND);
	d->is_due = rows_bool(r, row, AT_IS_DUE);
	d->colleague = rows_text(r, row, AT_COLLEAGUE);
}

static void
sources_of_draft(struct loading *l, struct draft *d)
{
	const struct readiness *r = &d->readiness;

	source_add(l, d, "institution", r->institution);
	if (!kind_is_for_coordinators(r->kind))
		source_add(l, d, "employer", r->recipient);
	if (r->kind == MAIL_TASKS)
		source_add(l, d, "tasks", r->institution);
	if (!kind_is_of_round(r->kind) || d->facts.reference == NULL)
		return;
	source_add(l, d, "round", d->facts.reference);
	source_add_pair(l, d, r->kind == MAIL_ROUND_SUMMARY ? "summary" : "placed", d->facts.reference, r->recipient);
}

/* ---- how far our cursors are ------------------------------------------------------------------------------------- */
static bool
name_is_in(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], name) == 0)
			return true;
	}
	return false;
}

/* Rounds of mails that are due, of which one position is not passed: *out, *count. All that matching said of a round with
 * one commit is here once its log's reader has reached the head that it had then; that is one of the positions. */
static int
rounds_behind(struct work *w, const char ***out, size_t *count)
{
	struct params p = params_new(w->arena);
	struct core_status core;
	struct rows *r;

	param_int(&p, w->now_ms);
	int result = tx_run(w->tx, &SQL_facts_rounds, &p, &r);
	if (result != STORE_OK)
		return result;
	*count = 0;
	*out = arena_zalloc(w->arena, (size_t)rows_count(r), sizeof **out);
	if (*out == NULL)
		return STORE_RETRY;
	core_status(w->core, &core);
	for (int row = 0; row < rows_count(r); row++) {
		struct position at = { .log_id = rows_text(r, row, 1), .seq = (uint64_t)rows_int(r, row, 3) };
		(void)rows_id(r, row, 2, &at.epoch);
		if (position_behind(&core, &at, 1) != NULL && !name_is_in(rows_text(r, row, 0), *out, *count))
			(*out)[(*count)++] = rows_text(r, row, 0);
	}
	return STORE_OK;
}

static int
behind_say(struct work *w, const char *const *rounds, size_t count)
{
	struct params p = params_new(w->arena);

	if (count == 0)
		return STORE_OK;
	param_int(&p, w->now_ms);
	param_texts(&p, rounds, count);
	return tx_run(w->tx, &SQL_mail_behind, &p, NULL);
}

static int
mails_load(struct loading *l, int64_t most, const char *const *behind, size_t behind_count)
{
	struct params p = params_new(l->w->arena);
	struct rows *r;

	param_int(&p, l->w->now_ms);
	param_int(&p, most);
	param_texts(&p, behind, behind_count);
	int result = tx_run(l->w->tx, &SQL_facts_mails, &p, &r);
	if (result != STORE_OK)
		return result;
	l->drafts = arena_zalloc(l->w->arena, (size_t)rows_count(r), sizeof *l->drafts);
	if (l->drafts == NULL)
		return STORE_RETRY;
	for (int i = 0; i < rows_count(r); i++) {
		draft_read(l, r, i, &l->drafts[l->count]);
		sources_of_draft(l, &l->drafts[l->count++]);
	}
	return STORE_OK;
}

/* ---- postings ---------------------------------------------------------------------------------------------------- */
static bool
programmes_read(struct loading *l, const struct rows *r, int row, struct mail_posting *p)
{
	const char *const *fr, *const *en;
	size_t count;

	if (!rows_texts(r, row, 10, l->w->arena, &fr, &count) || !rows_texts(r, row, 11, l->w->arena, &en, &count))
		return false;
	struct mail_words *all = arena_zalloc(l->w->arena, count, sizeof *all);
	if (all == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		all[i] = (struct mail_words){ fr[i], en[i] };
	p->programmes = all;
	p->programme_count = count;
	return true;
}

static void
posting_add(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	struct mail_facts *f = &d->facts;
	struct mail_posting *list = grown(l, f->postings, sizeof *list, f->posting_count);

	if (list == NULL)
		return;
	f->postings = list;
	struct mail_posting *p = &list[f->posting_count++];
	*p = (struct mail_posting){ .reference = rows_text(r, row, 1),
		                    .title = rows_text(r, row, 2),
		                    .remote = rows_bool(r, row, 3),
		                    .place = rows_text(r, row, 4),
		                    .seats = (int32_t)rows_int(r, row, 5),
		                    .starts_on = (int32_t)rows_int(r, row, 6),
		                    .ends_on = (int32_t)rows_int(r, row, 7),
		                    .hours_hundredths = (int32_t)rows_int(r, row, 8),
		                    .weekdays = (uint32_t)rows_int(r, row, 9) };
	l->failed = l->failed || !programmes_read(l, r, row, p);
	source_add(l, d, "posting", p->reference);
	if (f->kind != MAIL_POSTINGS_RECEIVED)
		source_add(l, d, "placement", p->reference);
	if (f->kind != MAIL_CANDIDATES)
		d->readiness.has_cause = true;
}

/* ---- who is placed there ----------------------------------------------------------------------------------------- */
static struct mail_posting *
posting_of(struct draft *d, const char *reference)
{
	struct mail_posting *all = (struct mail_posting *)(uintptr_t)d->facts.postings; /* made by posting_add */

	for (size_t i = 0; i < d->facts.posting_count; i++) {
		if (strcmp(all[i].reference, reference) == 0)
			return &all[i];
	}
	return NULL;
}

static struct mail_candidate
candidate_read(const struct rows *r, int row)
{
	return (struct mail_candidate){ .name = rows_text(r, row, 4),
		                        .number = rows_text(r, row, 2),
		                        .programme = { rows_text(r, row, 5), rows_text(r, row, 6) },
		                        .college = { rows_text(r, row, 9), rows_text(r, row, 10) },
		                        .coordinator = { rows_text(r, row, 11), rows_text(r, row, 12),
		                                         rows_text(r, row, 13) },
		                        .by = rows_text(r, row, 15),
		                        .stay = rows_text(r, row, 17) };
}

static void
candidate_add(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	struct mail_posting *p = posting_of(d, rows_text(r, row, 1));

	if (!rows_bool(r, row, 14) && d->readiness.missing_posting == NULL)
		d->readiness.missing_posting = rows_text(r, row, 1);
	if (p == NULL) /* withdrawn since, or not here */
		return;
	bool moved = rows_bool(r, row, 16);
	const struct mail_candidate **people = moved ? &p->moved : &p->candidates;
	size_t *count = moved ? &p->moved_count : &p->candidate_count;
	struct mail_candidate *list = grown(l, *people, sizeof *list, *count);
	if (list == NULL)
		return;
	*people = list;
	list[(*count)++] = candidate_read(r, row);
	d->readiness.has_cause = true;
	if (!rows_bool(r, row, 3) && d->readiness.missing_learner == NULL)
		d->readiness.missing_learner = rows_text(r, row, 2);
	if (!rows_bool(r, row, 8) && d->readiness.missing_institution == NULL)
		d->readiness.missing_institution = rows_text(r, row, 7);
	source_add(l, d, "learner", rows_text(r, row, 2));
	source_add(l, d, "institution", rows_text(r, row, 7));
}

/* Who it was is not known here: the calendar of whoever was told of the stay knows. */
static void
freed_add(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	struct mail_posting *p = posting_of(d, rows_text(r, row, 1));

	if (p == NULL)
		return;
	struct mail_candidate *list = grown(l, p->freed, sizeof *list, p->freed_count);
	if (list == NULL)
		return;
	p->freed = list;
	struct mail_person told_by = { rows_text(r, row, 3), rows_text(r, row, 4), rows_text(r, row, 5) };
	list[p->freed_count++] =
	    (struct mail_candidate){ .stay = rows_text(r, row, 2),
		                     .coordinator = told_by.email[0] != '\0' ? told_by : d->facts.coordinator };
}

/* A posting where nobody is placed, and from where nobody has moved up, is not told of. */
static void
empty_postings_drop(struct draft *d)
{
	struct mail_posting *all = (struct mail_posting *)(uintptr_t)d->facts.postings;
	size_t kept = 0;

	for (size_t i = 0; i < d->facts.posting_count; i++) {
		if (all[i].candidate_count + all[i].moved_count > 0)
			all[kept++] = all[i];
	}
	d->facts.posting_count = kept;
}

static void
line_add(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	struct mail_summary *s = &d->facts.summary;
	struct mail_placement *list = grown(l, s->placements, sizeof *list, s->placement_count);

	if (list == NULL)
		return;
	s->placements = list;
	list[s->placement_count++] = (struct mail_placement){ .learner_name = rows_text(r, row, 3),
		                                              .learner_number = rows_text(r, row, 1),
		                                              .posting_reference = rows_text(r, row, 4),
		                                              .posting_title = rows_text(r, row, 5),
		                                              .employer = rows_text(r, row, 6),
		                                              .by = rows_text(r, row, 7) };
	if (!rows_bool(r, row, 2) && d->readiness.missing_learner == NULL)
		d->readiness.missing_learner = rows_text(r, row, 1);
	source_add(l, d, "learner", rows_text(r, row, 1));
	source_add(l, d, "posting", rows_text(r, row, 4));
}

/* ---- what there is to do ----------------------------------------------------------------------------------------- */
static void
task_add(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	struct mail_facts *f = &d->facts;
	struct mail_task *list = grown(l, f->tasks, sizeof *list, f->task_count);
	const char *kind = rows_text(r, row, 2), *subject = rows_text(r, row, 3), *other = rows_text(r, row, 4);
	const char *command = matter_command(l->w->arena, kind, subject, other);
	int64_t age_ms = l->w->now_ms - rows_int(r, row, 5);

	l->failed = l->failed || command == NULL;
	if (list == NULL)
		return;
	f->tasks = list;
	list[f->task_count++] = (struct mail_task){ .number = rows_text(r, row, 1),
		                                    .kind = kind,
		                                    .subject = subject,
		                                    .other = other,
		                                    .command = command,
		                                    .age_days = age_ms < 0 ? 0 : (int32_t)(age_ms / DAY_MS) };
	f->task_total = rows_int(r, row, 6);
	d->readiness.has_cause = true;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */
typedef void add_fn(struct loading *l, struct draft *d, const struct rows *r, int row);

/* Rows whose first column is the mail that they belong to. */
static int
details_load(struct loading *l, const int64_t *mails, const struct sql *sql, add_fn *add)
{
	struct params p = params_new(l->w->arena);
	struct rows *r;

	param_ints(&p, mails, l->count);
	int result = tx_run(l->w->tx, sql, &p, &r);
	for (int row = 0; result == STORE_OK && row < rows_count(r) && !l->failed; row++) {
		struct draft *d = draft_of(l, rows_int(r, row, 0));
		BUG_IF(d == NULL);
		add(l, d, r, row);
	}
	return result;
}

/* ---- its reader's turn ------------------------------------------------------------------------------------------- */
static void
turn_read(struct loading *l, struct draft *d, const struct rows *r, int row)
{
	const struct timing *t = &notifications_of(l->w)->settings.timing;

	d->address = rows_text(r, row, 1);
	if (!frequency_from_text(rows_text(r, row, 2), &d->turn.frequency))
		d->turn.frequency = kind_is_for_coordinators(d->facts.kind) ? t->coordinators : t->employers;
	d->turn.last_ms = rows_int(r, row, 3);
	d->turn.urgent = kind_is_urgent(d->facts.kind);
	d->firm = rows_text(r, row, 4);
	d->headcount = rows_int(r, row, 5);
	d->asked = rows_int(r, row, 6);
}

static int
turns_load(struct loading *l, const int64_t *mails)
{
	const struct timing *t = &notifications_of(l->w)->settings.timing;
	const char *requests[MAIL_KIND_COUNT];
	struct params p = params_new(l->w->arena);
	struct rows *r;
	size_t count = 0;

	for (int k = 0; k < MAIL_KIND_COUNT; k++)
		if (kind_is_request((enum mail_kind)k))
			requests[count++] = kind_to_text((enum mail_kind)k);
	param_ints(&p, mails, l->count);
	param_int(&p, timing_month_begins(t, l->w->now_ms));
	param_texts(&p, requests, count);
	int result = tx_run(l->w->tx, &SQL_facts_turns, &p, &r);
	for (int row = 0; result == STORE_OK && row < rows_count(r); row++) {
		struct draft *d = draft_of(l, rows_int(r, row, 0));
		BUG_IF(d == NULL);
		turn_read(l, d, r, row);
	}
	return result;
}

static bool
stay_is_near(const struct work *w, const struct mail_facts *f)
{
	for (size_t i = 0; i < f->posting_count; i++) {
		if (timing_is_near(&notifications_of(w)->settings.timing, w->now_ms, f->postings[i].starts_on))
			return true;
	}
	return false;
}

static int
all_details_load(struct loading *l)
{
	int64_t *mails = arena_zalloc(l->w->arena, l->count, sizeof *mails);

	if (mails == NULL)
		return STORE_RETRY;
	for (size_t i = 0; i < l->count; i++)
		mails[i] = l->drafts[i].mail;
	int result = turns_load(l, mails);
	if (result == STORE_OK)
		result = details_load(l, mails, &SQL_facts_postings, posting_add);
	if (result == STORE_OK)
		result = details_load(l, mails, &SQL_facts_candidates, candidate_add);
	if (result == STORE_OK)
		result = details_load(l, mails, &SQL_facts_freed, freed_add);
	if (result == STORE_OK)
		result = details_load(l, mails, &SQL_facts_lines, line_add);
	if (result == STORE_OK)
		result = details_load(l, mails, &SQL_facts_tasks, task_add);
	for (size_t i = 0; i < l->count; i++) {
		if (l->drafts[i].readiness.kind == MAIL_CANDIDATES)
			empty_postings_drop(&l->drafts[i]);
		if (l->drafts[i].readiness.kind == MAIL_PLACE_FREED)
			l->drafts[i].turn.urgent = stay_is_near(l->w, &l->drafts[i].facts);
	}
	return result;
}

int
facts_load(struct work *w, int64_t most, struct draft **out, size_t *count, bool *some_behind)
{
	struct loading l = { .w = w };
	const char **behind;
	size_t behind_count;

	*count = 0;
	int result = rounds_behind(w, &behind, &behind_count);
	if (result == STORE_OK)
		result = behind_say(w, behind, behind_count);
	if (result == STORE_OK)
		result = mails_load(&l, most, behind, behind_count);
	if (result == STORE_OK && l.count > 0)
		result = all_details_load(&l);
	if (result != STORE_OK)
		return result;
	*out = l.drafts;
	*count = l.count;
	*some_behind = behind_count > 0;
	return l.failed ? STORE_RETRY : STORE_OK;
}
