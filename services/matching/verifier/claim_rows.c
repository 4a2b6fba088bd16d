/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of an outcome that stand outside its certificate, and the placements alone, which look the same. */
#include <stdlib.h>

#include "verifier/reader.h"

static const char *const BY[] = { "fixed", "ranked", "assigned" };
static const char *const REASONS[] = { "nothing_ranked", "not_eligible", "outranked", "no_seat" };

/* ---- placements -------------------------------------------------------------------------------------------------- */
struct placement_row {
	struct claim_run *run;
	int32_t last, learner, posting;
	int by;
};

static bool
row_by(struct reader *r, void *row)
{
	return read_word(r, BY, COUNT_OF(BY), &((struct placement_row *)row)->by);
}

static bool
row_learner(struct reader *r, void *to)
{
	struct placement_row *row = to;

	return read_learner(r, row->last, &row->learner);
}

static bool
row_posting(struct reader *r, void *to)
{
	return read_posting(r, ENGINE_NONE, &((struct placement_row *)to)->posting);
}

static bool
read_placement(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "by", row_by, false },
		                               { "learner", row_learner, false },
		                               { "posting", row_posting, false } };
	struct placement_row *row = to;

	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "placements", row) ||
	    !read_in_order(r, "placements", r->in->learner_ids, row->last, row->learner))
		return false;
	row->last = row->learner;
	row->run->posting[row->learner] = row->posting;
	row->run->by[row->learner] = (uint8_t)(CLAIM_FIXED + row->by);
	return true;
}

bool
read_placements(struct reader *r, void *run)
{
	struct placement_row row = { .run = run, .last = ENGINE_NONE };

	return read_list(r, read_placement, "placements", &row);
}

/* ---- endowments -------------------------------------------------------------------------------------------------- */
static bool
read_endowment(struct reader *r, void *to)
{
	int32_t *last = to, learner, posting;

	if (!read_pair_begin(r) || !read_learner(r, *last, &learner) || !read_pair_comma(r) ||
	    !read_posting(r, ENGINE_NONE, &posting) || !read_pair_end(r) ||
	    !read_in_order(r, "endowments", r->in->learner_ids, *last, learner))
		return false;
	*last = learner;
	r->claim->endowment[learner] = posting;
	return true;
}

bool
read_endowments(struct reader *r, void *claim)
{
	int32_t last = ENGINE_NONE;

	(void)claim;
	return read_list(r, read_endowment, "endowments", &last);
}

/* ---- the unplaced ------------------------------------------------------------------------------------------------ */
struct unplaced_row {
	int32_t last, learner;
	int reason;
	bool at;
	size_t first; /* of its rows */
};

struct at_row {
	int32_t posting;
	int64_t ahead;
};

static bool
at_ahead(struct reader *r, void *to)
{
	return read_count(r, &((struct at_row *)to)->ahead);
}

static bool
at_posting(struct reader *r, void *to)
{
	return read_posting(r, ENGINE_NONE, &((struct at_row *)to)->posting);
}

static bool
read_one_at(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "ahead", at_ahead, false }, { "posting", at_posting, false } };
	struct claim *c = r->claim;
	struct at_row row;

	(void)to;
	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "at", &row))
		return false;
	if (r->n_at == c->at_room) {
		size_t room = c->at_room == 0 ? 1024 : c->at_room * 2;
		struct claim_at *at = realloc(c->at, room * sizeof *at);

		if (at == NULL)
			return report_no_memory(r->report);
		c->at = at;
		c->at_room = room;
	}
	c->at[r->n_at++] = (struct claim_at){ row.posting, row.ahead };
	return true;
}

static bool
unplaced_at(struct reader *r, void *to)
{
	((struct unplaced_row *)to)->at = true;
	return read_list(r, read_one_at, "at", NULL);
}

static bool
unplaced_learner(struct reader *r, void *to)
{
	struct unplaced_row *row = to;

	return read_learner(r, row->last, &row->learner);
}

static bool
unplaced_reason(struct reader *r, void *to)
{
	return read_word(r, REASONS, COUNT_OF(REASONS), &((struct unplaced_row *)to)->reason);
}

static bool
read_one_unplaced(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "at", unplaced_at, true },
		                               { "learner", unplaced_learner, false },
		                               { "reason", unplaced_reason, false } };
	struct unplaced_row *row = to;
	size_t ranked;

	row->at = false;
	row->first = r->n_at;
	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "unplaced", row) ||
	    !read_in_order(r, "unplaced", r->in->learner_ids, row->last, row->learner))
		return false;
	ranked = r->e->rankings.off[row->learner + 1] - r->e->rankings.off[row->learner];
	if (row->at != (CLAIM_NOTHING_RANKED + row->reason == CLAIM_OUTRANKED) || r->n_at - row->first > ranked)
		return report_violation(
		    r->report, REPORT_WHOLE, "at",
		    "learner \"%s\" must have a list \"at\" if she was outranked, no longer than her ranking, else "
		    "none",
		    "l'élève « %s » doit avoir une liste « at » avec outranked, pas plus longue que son classement, "
		    "sinon aucune",
		    SHOWN(r->in->learner_ids[row->learner]));
	while (row->last < row->learner)
		r->claim->at_off[++row->last] = row->first;
	r->claim->reason[row->learner] = (uint8_t)(CLAIM_NOTHING_RANKED + row->reason);
	return true;
}

bool
read_unplaced(struct reader *r, void *claim)
{
	struct unplaced_row row = { .last = ENGINE_NONE };

	(void)claim;
	if (!read_list(r, read_one_unplaced, "unplaced", &row))
		return false;
	while (row.last < r->e->n_learners)
		r->claim->at_off[++row.last] = r->n_at;
	return true;
}

/* ---- colleges ---------------------------------------------------------------------------------------------------- */
struct college_row {
	int32_t last, college;
	struct claim_college counts;
};

static bool
college_alone(struct reader *r, void *row)
{
	return read_count(r, &((struct college_row *)row)->counts.alone);
}

static bool
college_learners(struct reader *r, void *row)
{
	return read_count(r, &((struct college_row *)row)->counts.learners);
}

static bool
college_pool(struct reader *r, void *row)
{
	return read_count(r, &((struct college_row *)row)->counts.pool);
}

static bool
college_id(struct reader *r, void *to)
{
	struct college_row *row = to;

	return read_college(r, row->last, &row->college);
}

static bool
read_one_college(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "alone", college_alone, false },
		                               { "college", college_id, false },
		                               { "learners", college_learners, false },
		                               { "pool", college_pool, false } };
	struct college_row *row = to;

	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "colleges", row) ||
	    !read_in_order(r, "colleges", r->in->college_ids, row->last, row->college))
		return false;
	row->last = row->college;
	row->counts.told = true;
	r->claim->colleges[row->college] = row->counts;
	return true;
}

bool
read_colleges(struct reader *r, void *claim)
{
	struct college_row row = { .last = ENGINE_NONE };

	(void)claim;
	return read_list(r, read_one_college, "colleges", &row);
}

/* ---- the objective ----------------------------------------------------------------------------------------------- */
static bool
objective_fit(struct reader *r, void *claim)
{
	return read_count(r, &((struct claim *)claim)->fit);
}

static bool
objective_placed(struct reader *r, void *claim)
{
	return read_count(r, &((struct claim *)claim)->placed);
}

static bool
read_tier(struct reader *r, void *claim)
{
	struct claim *c = claim;

	if (c->n_tiers == ENGINE_NEEDS)
		return reader_refuse(r, "no more than 100 tiers", "au plus 100 rangs de besoin");
	return read_count(r, &c->tiers[c->n_tiers++]);
}

static bool
objective_tiers(struct reader *r, void *claim)
{
	return read_list(r, read_tier, "tiers", claim);
}

bool
read_objective(struct reader *r, void *claim)
{
	static const struct field FIELDS[] = { { "fit", objective_fit, false },
		                               { "placed", objective_placed, false },
		                               { "tiers", objective_tiers, false } };

	return read_object(r, FIELDS, COUNT_OF(FIELDS), "objective", claim);
}
