/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome of a round, written field by field in the order of RFC 8785. */
#include <inttypes.h>
#include <stdio.h>

#include "outcome.h"

const char *
outcome_by_to_text(enum engine_by by)
{
	static const char *const TEXTS[] = { "not_placed", "fixed", "ranked", "assigned" };

	BUG_IF((size_t)by >= COUNT_OF(TEXTS));
	return TEXTS[by];
}

const char *
outcome_reason_to_text(enum engine_reason reason)
{
	static const char *const TEXTS[] = { "placed", "nothing_ranked", "not_eligible", "outranked", "no_seat" };

	BUG_IF((size_t)reason >= COUNT_OF(TEXTS));
	return TEXTS[reason];
}

static const char *
reserve_name(const struct instance *in, int32_t posting, int32_t reserve)
{
	const struct engine_rows *r = &in->engine.reserves;

	return reserve == ENGINE_OPEN_SLOT ? NULL : in->group_ids[r->entry[r->off[posting] + (size_t)reserve].to];
}

static void
write_cutoff(struct json_out *o, const struct instance *in, const struct engine_cutoff *c)
{
	char lottery[17];

	json_key(o, "cutoff");
	if (c->state != ENGINE_CUT) {
		json_text(o, c->state == ENGINE_SEATS_CLOSED ? "closed" : NULL);
		return;
	}
	snprintf(lottery, sizeof lottery, "%016" PRIx64, in->engine.lottery[c->learner]);
	json_open(o, '{');
	json_key(o, "fit");
	json_number(o, ENGINE_PRIORITY_FIT(c->priority));
	json_key(o, "learner");
	json_text(o, in->learner_ids[c->learner]);
	json_key(o, "lottery");
	json_text(o, lottery);
	json_key(o, "tier");
	json_number(o, ENGINE_PRIORITY_TIER(c->priority));
	json_close(o, '}');
}

static void
write_certified(struct json_out *o, const struct instance *in, const struct engine_run *c, int32_t j)
{
	json_open(o, '{');
	json_key(o, "cutoffs");
	json_open(o, '[');
	for (size_t k = c->cutoff_off[j]; k < c->cutoff_off[j + 1]; k++) {
		bool open = k + 1 == c->cutoff_off[j + 1];

		json_open(o, '{');
		write_cutoff(o, in, &c->cutoffs[k]);
		json_key(o, "reserve");
		json_text(o, reserve_name(in, j, open ? ENGINE_OPEN_SLOT : (int32_t)(k - c->cutoff_off[j])));
		json_close(o, '}');
	}
	json_close(o, ']');
	json_key(o, "posting");
	json_text(o, in->posting_ids[j]);
	json_key(o, "slots");
	json_open(o, '[');
	for (size_t k = c->slot_off[j]; k < c->slot_off[j + 1]; k++) {
		json_open(o, '{');
		json_key(o, "endowed");
		json_bool(o, c->slots[k].endowed);
		json_key(o, "learner");
		json_text(o, in->learner_ids[c->slots[k].learner]);
		json_key(o, "reserve");
		json_text(o, reserve_name(in, j, c->slots[k].reserve));
		json_close(o, '}');
	}
	json_close(o, ']');
	json_close(o, '}');
}

/* Who is placed in a run, by learner. */
static void
write_placements(struct json_out *o, const struct instance *in, const struct engine_run *run)
{
	json_key(o, "placements");
	json_open(o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++) {
		if (run->by[i] == ENGINE_NOT_PLACED)
			continue;
		json_open(o, '{');
		json_key(o, "by");
		json_text(o, outcome_by_to_text(run->by[i]));
		json_key(o, "learner");
		json_text(o, in->learner_ids[i]);
		json_key(o, "posting");
		json_text(o, in->posting_ids[run->posting[i]]);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void
write_prices_of(struct json_out *o, const char *key, const char **ids, const int64_t *prices, int32_t n)
{
	json_key(o, key);
	json_open(o, '[');
	for (int32_t k = 0; k < n; k++) {
		if (prices[k] == 0)
			continue;
		json_open(o, '[');
		json_text(o, ids[k]);
		json_number(o, prices[k]);
		json_close(o, ']');
	}
	json_close(o, ']');
}

/* The slot holders, cut-offs and prices of a run. */
static void
write_run(struct json_out *o, const struct instance *in, const struct engine_run *run, bool solo)
{
	const struct engine_instance *e = &in->engine;

	json_key(o, "postings");
	json_open(o, '[');
	for (int32_t j = 0; j < e->n_postings; j++)
		if (!solo || e->posting_college[j] != ENGINE_NONE)
			write_certified(o, in, run, j);
	json_close(o, ']');
	json_key(o, "prices");
	json_open(o, '{');
	write_prices_of(o, "learners", in->learner_ids, run->learner_price, e->n_learners);
	write_prices_of(o, "postings", in->posting_ids, run->posting_price, e->n_postings);
	json_close(o, '}');
}

static void
write_certificate(struct json_out *o, const struct instance *in, const struct engine_outcome *out)
{
	json_key(o, "certificate");
	json_open(o, '{');
	json_key(o, "alone");
	json_open(o, '{');
	write_placements(o, in, &out->alone);
	write_run(o, in, &out->alone, true);
	json_close(o, '}');
	json_key(o, "pool");
	json_open(o, '{');
	write_run(o, in, &out->pool, false);
	json_close(o, '}');
	json_close(o, '}');
}

static void
write_colleges(struct json_out *o, const struct instance *in, const struct engine_outcome *out)
{
	json_key(o, "colleges");
	json_open(o, '[');
	for (int32_t c = 0; c < in->engine.n_colleges; c++) {
		if (out->college_learners[c] == 0)
			continue;
		json_open(o, '{');
		json_key(o, "alone");
		json_number(o, out->college_alone[c]);
		json_key(o, "college");
		json_text(o, in->college_ids[c]);
		json_key(o, "learners");
		json_number(o, out->college_learners[c]);
		json_key(o, "pool");
		json_number(o, out->college_pool[c]);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void
write_endowments(struct json_out *o, const struct instance *in, const struct engine_outcome *out)
{
	json_key(o, "endowments");
	json_open(o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++) {
		if (out->endowment[i] == ENGINE_NONE)
			continue;
		json_open(o, '[');
		json_text(o, in->learner_ids[i]);
		json_text(o, in->posting_ids[out->endowment[i]]);
		json_close(o, ']');
	}
	json_close(o, ']');
}

static void
write_objective(struct json_out *o, const struct engine_outcome *out)
{
	json_key(o, "objective");
	json_open(o, '{');
	json_key(o, "fit");
	json_number(o, out->fit);
	json_key(o, "placed");
	json_number(o, out->placed);
	json_key(o, "tiers");
	json_open(o, '[');
	for (int32_t n = 0; n < out->n_needs; n++)
		json_number(o, out->needs[n]);
	json_close(o, ']');
	json_close(o, '}');
}

static void
write_unplaced_one(struct json_out *o, const struct instance *in, const struct engine_outcome *out, int32_t i)
{
	json_open(o, '{');
	if (out->reason[i] == ENGINE_OUTRANKED) {
		json_key(o, "at");
		json_open(o, '[');
		for (size_t k = out->at_off[i]; k < out->at_off[i + 1]; k++) {
			json_open(o, '{');
			json_key(o, "ahead");
			json_number(o, out->at[k].ahead);
			json_key(o, "posting");
			json_text(o, in->posting_ids[out->at[k].posting]);
			json_close(o, '}');
		}
		json_close(o, ']');
	}
	json_key(o, "learner");
	json_text(o, in->learner_ids[i]);
	json_key(o, "reason");
	json_text(o, outcome_reason_to_text(out->reason[i]));
	json_close(o, '}');
}

int
outcome_write(const struct instance *in, const struct engine_outcome *out, const char *digest, json_sink *sink,
              void *to)
{
	struct json_out o;

	json_out_init(&o, sink, to);
	json_open(&o, '{');
	write_certificate(&o, in, out);
	write_colleges(&o, in, out);
	write_endowments(&o, in, out);
	json_key(&o, "instance_digest");
	json_text(&o, digest);
	write_objective(&o, out);
	write_placements(&o, in, &out->pool);
	json_key(&o, "unplaced");
	json_open(&o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		if (out->pool.by[i] == ENGINE_NOT_PLACED)
			write_unplaced_one(&o, in, out, i);
	json_close(&o, ']');
	json_close(&o, '}');
	return json_out_finish(&o);
}
