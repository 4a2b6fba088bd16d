/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a round comes to, for a coordinator: who is placed and how, who is not and why, how many seats are filled, which
 * rank people got (all ranks, not only the first), and who left.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "round.h"
#include "table.h"
#include "terminal.h"

#define REASONS 13
#define SHARE_CELLS 30

typedef const Bassin__V1__CollegeRow *college;

/* ---- words ------------------------------------------------------------------------------------------------------- */
static const char *
state_text(Bassin__V1__RoundState state)
{
	switch (state) {
	case BASSIN__V1__ROUND_STATE__ROUND_OPENED: return _("open");
	case BASSIN__V1__ROUND_STATE__ROUND_FROZEN: return _("frozen");
	case BASSIN__V1__ROUND_STATE__ROUND_SOLVED: return _("solved");
	case BASSIN__V1__ROUND_STATE__ROUND_PUBLISHED: return _("published");
	case BASSIN__V1__ROUND_STATE__ROUND_CLOSED: return _("closed");
	case BASSIN__V1__ROUND_STATE__ROUND_WITHDRAWN: return _("withdrawn");
	default: return "?";
	}
}

/* Bits of LeftOut.reasons: those of feeds.md's table in its order, then what is the posting's own. */
static const char *
reasons_text(struct arena *a, uint32_t reasons)
{
	static const char *const names[REASONS] = {
		N_("programme"), N_("type"),     N_("period"),        N_("hours"),   N_("weekdays"),
		N_("language"),  N_("distance"), N_("place unknown"), N_("consent"),
		N_("posting not open"), N_("posting withdrawn"), N_("more direct offers than seats"),
		N_("posting unknown"),
	};
	const char *out = "";

	for (int i = 0; i < REASONS && out != NULL; i++)
		if ((reasons & 1u << i) != 0)
			out = arena_printf(a, "%s%s%s", out, *out == '\0' ? "" : ", ", _(names[i]));
	return out == NULL ? "" : out;
}

static const char *
number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%lld", (long long)n);
}

/* "L1 (7K3M9QX2AB)": a college's own learner by the id that it gave; "7K3M9QX2AB". */
static const char *
learner_text(struct arena *a, const char *number, const char *external_id)
{
	const char *text = external_id[0] == '\0' ? number : arena_printf(a, "%s (%s)", external_id, number);

	return text == NULL ? number : text;
}

/* ---- numbers of a college ---------------------------------------------------------------------------------------- */
static int32_t
not_placed(college c)
{
	return c->unplaced_no_consent + c->unplaced_not_eligible + c->unplaced_nothing_ranked + c->unplaced_none_fits +
	       c->unplaced_outranked + c->unplaced_no_seat + c->unplaced_withdrawn;
}

#define NOT_PLACED SIZE_MAX /* the sum of the reasons */
#define MORE_IN_POOL (SIZE_MAX - 1) /* pool less alone */
#define AT(field) offsetof(Bassin__V1__CollegeRow, field)

struct figure {
	const char *name, *title;
	size_t at; /* an int32_t of the college's row */
	bool hide_zero; /* no column when it is 0 everywhere */
};

/* clang-format off */
static const struct figure placed_figures[] = {
	{ "learners", N_("learners"), AT(learners), false },
	{ "eligible", N_("eligible"), AT(eligible), false },
	{ "direct", N_("placed by direct offer"), AT(placed_direct), false },
	{ "ranked", N_("placed by ranking"), AT(placed_ranked), false },
	{ "assigned", N_("placed by assignment"), AT(placed_assigned), false },
	{ "before", N_("placed before"), AT(placed_before), true },
	{ "moved_up", N_("of them moved up"), AT(moved_up), true },
	{ "not_placed", N_("not placed"), NOT_PLACED, false },
};
static const struct figure guarantee_figures[] = {
	{ "alone", N_("placed alone"), AT(alone), false },
	{ "pool", N_("placed in the pool"), AT(pool), false },
	{ "more", N_("more"), MORE_IN_POOL, false },
	{ "better_alone", N_("learners better off alone"), AT(better_alone), false },
};
static const struct figure reason_figures[] = {
	{ "no_consent", N_("no consent"), AT(unplaced_no_consent), false },
	{ "not_eligible", N_("fits nothing"), AT(unplaced_not_eligible), false },
	{ "nothing_ranked", N_("ranked nothing"), AT(unplaced_nothing_ranked), false },
	{ "none_fits", N_("ranked none that fits"), AT(unplaced_none_fits), false },
	{ "outranked", N_("others came first"), AT(unplaced_outranked), false },
	{ "no_seat", N_("no seat left"), AT(unplaced_no_seat), true },
	{ "withdrawn", N_("withdrawn"), AT(unplaced_withdrawn), true },
};
static const struct figure seat_figures[] = {
	{ "postings", N_("postings"), AT(postings), false },
	{ "seats", N_("seats"), AT(seats), false },
	{ "seats_filled", N_("seats filled"), AT(seats_filled), false },
};
/* clang-format on */
#define FIGURES_MAX 8

static int32_t
value_of(const struct figure *f, college c)
{
	if (f->at == NOT_PLACED)
		return not_placed(c);
	if (f->at == MORE_IN_POOL)
		return c->pool - c->alone;
	return *(const int32_t *)(const void *)((const char *)c + f->at);
}

static int64_t
sum_of(const Bassin__V1__RoundReport *r, const struct figure *f)
{
	int64_t sum = 0;

	for (size_t i = 0; i < r->n_colleges; i++)
		sum += value_of(f, r->colleges[i]);
	return sum;
}

/* One line for each college and one for all, under a heading. */
static int
print_figures(const Bassin__V1__RoundReport *r, const char *heading, const struct figure *figures, size_t count,
              struct arena *a, FILE *to)
{
	struct column columns[FIGURES_MAX + 1] = { { "institution", column_title("institution"), COLUMN_TEXT } };
	const struct figure *shown[FIGURES_MAX];
	const char *cells[FIGURES_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!figures[i].hide_zero || sum_of(r, &figures[i]) != 0) {
			shown[n] = &figures[i];
			columns[++n] = (struct column){ figures[i].name, _(figures[i].title), COLUMN_NUMBER };
		}
	struct table *t = table_new(a, columns, n + 1);
	for (size_t i = 0; t != NULL && i <= r->n_colleges; i++) {
		bool all = i == r->n_colleges;
		if (all && r->n_colleges == 1)
			break;
		cells[0] = all ? _("all") : r->colleges[i]->institution;
		for (size_t j = 0; j < n; j++)
			cells[j + 1] = number(a, all ? sum_of(r, shown[j]) : value_of(shown[j], r->colleges[i]));
		if (table_add(t, cells) != 0)
			return -1;
	}
	fprintf(to, "\n%s\n", heading);
	return t == NULL ? -1 : table_print(t, to);
}

/* ---- the other parts --------------------------------------------------------------------------------------------- */
/* own: of the learners of the college that asks; else of the whole pool. */
static int
print_ranks(const int32_t *counts, size_t count, bool own, struct arena *a, FILE *to)
{
	static const char bar[SHARE_CELLS + 1] = "##############################";
	const struct column columns[] = { { "choice", _("choice"), COLUMN_NUMBER },
		                          { "learners", _("learners"), COLUMN_NUMBER },
		                          { "share", _("share"), COLUMN_NUMBER },
		                          { "bar", "", COLUMN_TEXT } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));
	int64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += counts[i];
	if (all == 0)
		return 0;
	for (size_t i = 0; t != NULL && i < count; i++) {
		int64_t n = counts[i];
		const char *cells[] = { number(a, (int64_t)i + 1), number(a, n),
			                arena_printf(a, _("%lld%%"), (long long)(n * 100 / all)),
			                arena_printf(a, "%.*s", (int)(n * SHARE_CELLS / all), bar) };
		if (table_add(t, cells) != 0)
			return -1;
	}
	fprintf(to,
	        own ? _("\nYour learners placed by ranking (%lld in all), by the choice that they got\n") :
	              _("\nPlaced by ranking in the whole pool (%lld in all), by the choice that they got\n"),
	        (long long)all);
	return t == NULL ? -1 : table_print(t, to);
}

static int
print_withdrawals(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const struct column columns[] = { { "at", column_title("at"), COLUMN_TEXT },
		                          { "learner", column_title("learner"), COLUMN_TEXT },
		                          { "posting", column_title("posting"), COLUMN_TEXT },
		                          { "reason", column_title("reason"), COLUMN_LONG } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	if (r->n_withdrawals == 0)
		return 0;
	for (size_t i = 0; t != NULL && i < r->n_withdrawals; i++) {
		const Bassin__V1__Withdrawal *w = r->withdrawals[i];
		const char *cells[] = { time_text(a, w->at_ms), learner_text(a, w->learner, w->external_id), w->posting,
			                outcome_word_text(w->reason) };
		if (table_add(t, cells) != 0)
			return -1;
	}
	fprintf(to, "\n%s\n", _("Withdrawn after the freeze"));
	return t == NULL ? -1 : table_print(t, to);
}

int
round_print_same_person(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const struct column columns[] = { { "institution", column_title("institution"), COLUMN_TEXT },
		                          { "learner", column_title("learner"), COLUMN_TEXT },
		                          { "other_institution", _("also at"), COLUMN_TEXT },
		                          { "other", _("there as"), COLUMN_TEXT } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	if (r->n_same_person == 0)
		return 0;
	for (size_t i = 0; t != NULL && i < r->n_same_person; i++) {
		const Bassin__V1__SamePerson *s = r->same_person[i];
		const char *where = s->other_institution[0] != '\0' ? s->other_institution : _("another college");
		const char *cells[] = { s->institution, learner_text(a, s->learner, s->external_id), where, s->other };
		if (table_add(t, cells) != 0)
			return -1;
	}
	fprintf(to, "\n%s\n", _("One person twice in this round, by equal permanent codes: decide who takes part, and take the other out "
	                         "by 'bassin round withdraw ROUND --learner ID --reason TEXT'"));
	return t == NULL ? -1 : table_print(t, to);
}

/* "ranking", "ranking (moved up from p1)" */
static const char *
by_text(struct arena *a, const Bassin__V1__Placement *p)
{
	const char *from = p->moved_from[0] == '\0' ? NULL : arena_printf(a, _("moved up from %s"), p->moved_from);
	const char *text = from == NULL ? NULL : arena_printf(a, "%s (%s)", outcome_word_text(p->by), from);

	return text == NULL ? outcome_word_text(p->by) : text;
}

static int
print_placements(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const struct column columns[] = { { "institution", column_title("institution"), COLUMN_TEXT },
		                          { "learner", column_title("learner"), COLUMN_TEXT },
		                          { "posting", column_title("posting"), COLUMN_TEXT },
		                          { "by", _("by"), COLUMN_TEXT },
		                          { "choice", _("choice"), COLUMN_NUMBER } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < r->n_placements; i++) {
		const Bassin__V1__Placement *p = r->placements[i];
		const char *cells[] = { p->institution, learner_text(a, p->learner, p->external_id), p->posting, by_text(a, p),
			                p->choice == 0 ? "" : number(a, p->choice) };
		if (table_add(t, cells) != 0)
			return -1;
	}
	if (t == NULL || r->n_placements == 0)
		return t == NULL ? -1 : 0;
	fprintf(to, "\n%s\n", _("Placements"));
	return table_print(t, to);
}

/* "p1 (2 ahead), p2 (5 ahead)" */
static const char *
ahead_text(struct arena *a, const Bassin__V1__Unplaced *u)
{
	const char *out = "";

	for (size_t i = 0; i < u->n_at && out != NULL; i++) {
		const char *ahead = arena_printf(a, _("%d ahead"), u->at[i]->ahead);
		out = ahead == NULL ?
		          NULL :
		          arena_printf(a, "%s%s%s (%s)", out, *out == '\0' ? "" : ", ", u->at[i]->posting, ahead);
	}
	return out == NULL ? "" : out;
}

static int
print_unplaced(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const struct column columns[] = { { "institution", column_title("institution"), COLUMN_TEXT },
		                          { "learner", column_title("learner"), COLUMN_TEXT },
		                          { "reason", column_title("reason"), COLUMN_LONG },
		                          { "at", _("where"), COLUMN_LONG } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < r->n_unplaced; i++) {
		const Bassin__V1__Unplaced *u = r->unplaced[i];
		const char *cells[] = { u->institution, learner_text(a, u->learner, u->external_id), outcome_word_text(u->reason),
			                ahead_text(a, u) };
		if (table_add(t, cells) != 0)
			return -1;
	}
	if (t == NULL || r->n_unplaced == 0)
		return t == NULL ? -1 : 0;
	fprintf(to, "\n%s\n", _("Not placed"));
	return table_print(t, to);
}

static int
print_left_out(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const struct column columns[] = { { "institution", column_title("institution"), COLUMN_TEXT },
		                          { "learner", column_title("learner"), COLUMN_TEXT },
		                          { "posting", column_title("posting"), COLUMN_TEXT },
		                          { "reasons", column_title("reasons"), COLUMN_LONG } };
	struct table *t = table_new(a, columns, COUNT_OF(columns));

	for (size_t i = 0; t != NULL && i < r->n_left_out; i++) {
		const Bassin__V1__LeftOut *l = r->left_out[i];
		const char *cells[] = { l->institution, learner_text(a, l->learner, l->external_id), l->posting,
			                reasons_text(a, l->reasons) };
		if (table_add(t, cells) != 0)
			return -1;
	}
	if (t == NULL || r->n_left_out == 0)
		return t == NULL ? -1 : 0;
	fprintf(to, "\n%s\n", _("Ranked pairs left out, since they do not fit"));
	return table_print(t, to);
}

static void
print_head(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	const char *at = time_text(a, r->published_ms > 0 ? r->published_ms :
	                              r->frozen_ms > 0    ? r->frozen_ms :
	                                                    r->opened_ms);

	fprintf(to, _("Round %s"), terminal_safe_text(a, r->round));
	if (r->title[0] != '\0')
		fprintf(to, " - %s", terminal_safe_text(a, r->title));
	fprintf(to, " - %s", r->dry_run ? _("dry run") : state_text(r->state));
	if (at != NULL && at[0] != '\0')
		fprintf(to, " (%s)", at);
	fputc('\n', to);
	if (r->seed_hash[0] != '\0')
		fprintf(to, _("Hash of the seed: %s\n"), terminal_safe_text(a, r->seed_hash));
	if (r->seed[0] != '\0')
		fprintf(to, _("Seed of the lottery: %s\n"), terminal_safe_text(a, r->seed));
	if (r->instance_digest[0] != '\0')
		fprintf(to, _("Digest of the instance: %s\n"), terminal_safe_text(a, r->instance_digest));
	fprintf(to, "%s\n",
	        r->guarantee ? _("Guarantee: nobody ends worse than with her college alone, and no college places fewer.") :
	                       _("No guarantee in this round: learners may end worse than with their college alone."));
	if (r->verified)
		fprintf(to, "%s\n",
		        _("The verifier has accepted the outcome: stable, optimal, and as the rules of the round say."));
}

/* Colleges' numbers, which are the more telling ones once something is solved. */
static int
print_colleges(const Bassin__V1__RoundReport *r, struct arena *a, FILE *to)
{
	if (print_figures(r, _("Learners"), placed_figures, COUNT_OF(placed_figures), a, to) != 0 ||
	    print_figures(r, _("Not placed, and why"), reason_figures, COUNT_OF(reason_figures), a, to) != 0)
		return -1;
	if (r->verified && print_figures(r, _("What each college places alone, with its own postings, and in the pool"),
	                                 guarantee_figures, COUNT_OF(guarantee_figures), a, to) != 0)
		return -1;
	return print_figures(r, _("Postings and seats that they contributed"), seat_figures, COUNT_OF(seat_figures), a, to);
}

int
round_print(const Bassin__V1__RoundReport *r, bool details, struct arena *a, FILE *to)
{
	print_head(r, a, to);
	if (r->n_colleges > 0 && print_colleges(r, a, to) != 0)
		return -1;
	if (r->postings > 0)
		fprintf(to, _("\nIn the whole pool: %d postings, %d seats, %d filled\n"), r->postings, r->seats, r->seats_filled);
	if (print_ranks(r->own_rank_counts, r->n_own_rank_counts, true, a, to) != 0 ||
	    print_ranks(r->rank_counts, r->n_rank_counts, false, a, to) != 0 || print_withdrawals(r, a, to) != 0 ||
	    round_print_same_person(r, a, to) != 0)
		return -1;
	if (r->waiting_references > 0)
		fprintf(to,
		        P_("\n%d reference to an unknown row was left out: bassin list waiting\n",
		           "\n%d references to unknown rows were left out: bassin list waiting\n",
		           r->waiting_references),
		        r->waiting_references);
	if (details &&
	    (print_placements(r, a, to) != 0 || print_unplaced(r, a, to) != 0 || print_left_out(r, a, to) != 0))
		return -1;
	if (!details && r->n_left_out > 0)
		fprintf(to,
		        P_("\n%zu ranked pair does not fit and was left out: bassin round show --details\n",
		           "\n%zu ranked pairs do not fit and were left out: bassin round show --details\n",
		           r->n_left_out),
		        r->n_left_out);
	return ferror(to) ? -1 : 0;
}
