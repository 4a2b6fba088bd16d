/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the outcome that the rules determine, as JSON. Source: matching.md, "Outcome". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "judge.h"

json_t *
placements_json(const struct round *r, const int *fixed, const int *ranked, const int *assigned)
{
	json_t *list = json_array();

	for (int l = 0; l < r->n; l++) {
		const char *by = fixed[l] != NONE ? "fixed" : ranked[l] != NONE ? "ranked" : "assigned";
		int p = fixed[l] != NONE ? fixed[l] : ranked[l] != NONE ? ranked[l] : assigned[l];

		if (p != NONE)
			json_array_append_new(list, json_pack("{ssssss}", "by", by, "learner", r->learner[l].id,
			                                      "posting", r->posting[p].id));
	}
	return list;
}

static json_t *
group_json(const struct round *r, int p, int kind)
{
	return kind == NONE ? json_null() : json_string(r->group[r->posting[p].reserve[kind].group]);
}

static json_t *
key_json(const struct round *r, int p, int l)
{
	char hex[17];

	snprintf(hex, sizeof hex, "%016llx", (unsigned long long)r->learner[l].lottery);
	return json_pack("{sisssssi}", "fit", fit_of(r, l, p), "learner", r->learner[l].id, "lottery", hex, "tier",
	                 employer_tier(r, l, p));
}

/* The cut-off of one kind of slot. */
static json_t *
cutoff_json(const struct run *run, int p, int kind, const int *holder)
{
	int worst = NONE;

	for (int k = run->slot_off[p]; k < run->slot_off[p + 1]; k++) {
		struct slot s = run->slot[k];

		if (s.kind != kind)
			continue;
		if (holder[k] == NONE)
			return json_null();
		if (holder[k] == s.owner)
			continue;
		s.owner = NONE;
		if (worst == NONE || slot_compare(run, p, &s, holder[k], worst) > 0)
			worst = holder[k];
	}
	return worst == NONE ? json_string("closed") : key_json(run->r, p, worst);
}

static json_t *
posting_json(const struct run *run, int p, const int *holder)
{
	const struct round *r = run->r;
	json_t *cutoffs = json_array(), *slots = json_array();

	for (int k = 0; k <= r->posting[p].n_reserves; k++) {
		int kind = k == r->posting[p].n_reserves ? NONE : k;

		json_array_append_new(cutoffs, json_pack("{soso}", "cutoff", cutoff_json(run, p, kind, holder),
		                                         "reserve", group_json(r, p, kind)));
	}
	for (int k = run->slot_off[p]; k < run->slot_off[p + 1]; k++)
		if (holder[k] != NONE)
			json_array_append_new(slots, json_pack("{sbssso}", "endowed", holder[k] == run->slot[k].owner,
			                                       "learner", r->learner[holder[k]].id, "reserve",
			                                       group_json(r, p, run->slot[k].kind)));
	return json_pack("{sossso}", "cutoffs", cutoffs, "posting", r->posting[p].id, "slots", slots);
}

json_t *
slots_json(const struct run *run, const int *result, bool with_college_only)
{
	int *holder = slot_holders(run, result);
	json_t *list = json_array();

	for (int p = 0; p < run->r->m; p++)
		if (!with_college_only || run->r->posting[p].college != NONE)
			json_array_append_new(list, posting_json(run, p, holder));
	free(holder);
	return list;
}

/*
 * The other learners who rank that posting above their result of the ranked phase or hold it, are acceptable there, and
 * have a better key than hers for an open slot.
 */
static int
ahead(const struct run *pool, const int *result, int l, int p)
{
	const struct round *r = pool->r;
	int count = 0;

	for (int other = 0; other < r->n; other++) {
		int place = pool->place[cell(r, other, p)];
		bool holds = result[other] == p;
		bool above = pool->member[other] && has_ranked(pool, other, p) &&
		             (result[other] == NONE || place < pool->place[cell(r, other, result[other])]);

		if (other != l && (holds || above) && is_acceptable(r, other, p) && key_compare(r, p, other, l) < 0)
			count++;
	}
	return count;
}

static const char *
reason_of(const struct run *pool, int l)
{
	const struct round *r = pool->r;
	bool ranked = false, acceptable = false, row = false;

	for (int p = 0; p < r->m; p++) {
		ranked |= has_ranked(pool, l, p);
		acceptable |= has_ranked(pool, l, p) && is_acceptable(r, l, p);
		row |= r->fit[cell(r, l, p)] != NONE && r->posting[p].assignable;
	}
	if (!ranked && !r->learner[l].assignable)
		return "nothing_ranked";
	if (!acceptable && !(r->learner[l].assignable && row))
		return "not_eligible";
	return r->learner[l].assignable ? "no_seat" : "outranked";
}

json_t *
unplaced_json(const struct run *pool, const int *result, const int *final)
{
	const struct round *r = pool->r;
	json_t *list = json_array();

	for (int l = 0; l < r->n; l++) {
		json_t *o, *at;

		if (final[l] != NONE)
			continue;
		o = json_pack("{ssss}", "learner", r->learner[l].id, "reason", reason_of(pool, l));
		json_array_append_new(list, o);
		if (strcmp(reason_of(pool, l), "outranked") != 0)
			continue;
		at = json_array();
		json_object_set_new(o, "at", at);
		for (int k = pool->list_off[l]; k < pool->list_off[l + 1]; k++)
			if (is_acceptable(r, l, pool->list[k]))
				json_array_append_new(at, json_pack("{sssi}", "posting", r->posting[pool->list[k]].id,
				                                    "ahead", ahead(pool, result, l, pool->list[k])));
	}
	return list;
}

json_t *
colleges_json(const struct round *r, const int *solo, const int *final)
{
	json_t *list = json_array();

	for (int c = 0; c < r->n_colleges; c++) {
		int learners = 0, alone = 0, pool = 0;

		for (int l = 0; l < r->n; l++) {
			const struct round_learner *who = &r->learner[l];

			if (who->college != c)
				continue;
			learners++;
			alone += solo[l] != NONE || who->fixed != NONE || who->held != NONE;
			pool += final[l] != NONE;
		}
		if (learners > 0)
			json_array_append_new(list, json_pack("{sssisisi}", "college", r->college[c], "learners",
			                                      learners, "alone", alone, "pool", pool));
	}
	return list;
}

json_t *
objective_json(const struct round *r, const int *final, int64_t fit)
{
	json_t *tiers = json_array();
	int highest = -1, placed = 0;

	for (int l = 0; l < r->n; l++)
		highest = r->learner[l].need > highest ? r->learner[l].need : highest;
	for (int need = 0; need <= highest; need++) {
		int count = 0;

		for (int l = 0; l < r->n; l++)
			count += r->learner[l].need == need && final[l] != NONE;
		json_array_append_new(tiers, json_integer(count));
		placed += count;
	}
	return json_pack("{sisosI}", "placed", placed, "tiers", tiers, "fit", (json_int_t)fit);
}

static json_t *
endowments_json(const struct round *r, const int *endowed)
{
	json_t *list = json_array();

	for (int l = 0; l < r->n; l++)
		if (endowed[l] != NONE)
			json_array_append_new(list, json_pack("[ss]", r->learner[l].id, r->posting[endowed[l]].id));
	return list;
}

json_t *
whole_json(const struct whole *w)
{
	const struct run *run = w->pool;
	const struct round *r = run->r;
	int *fixed = room((size_t)r->n, sizeof *fixed);
	char digest[65];
	json_t *whole;

	for (int l = 0; l < r->n; l++)
		fixed[l] = r->learner[l].fixed;
	round_digest(r, digest);
	whole = json_pack("{sssososososos{sos{soso}}}", "instance_digest", digest, "placements",
	                  placements_json(r, fixed, w->ranked, w->assigned), "endowments",
	                  endowments_json(r, run->endowed), "unplaced", unplaced_json(run, w->result, w->final),
	                  "colleges", colleges_json(r, w->solo, w->final), "objective",
	                  objective_json(r, w->final, w->fit), "certificate", "alone", w->alone, "pool", "postings",
	                  slots_json(run, w->result, false), "prices", w->prices);
	free(fixed);
	return whole;
}

/* ---- prices ------------------------------------------------------------------------------------------------------ */

/* The price of id in one of the lists; 0 when it is not there. */
static int64_t
price_of(const json_t *list, const char *id)
{
	size_t low = 0, high = json_array_size(list);

	while (low < high) {
		size_t middle = (low + high) / 2;
		const json_t *row = json_array_get(list, middle);
		int c = strcmp(json_string_value(json_array_get(row, 0)), id);

		if (c == 0)
			return json_integer_value(json_array_get(row, 1));
		*(c < 0 ? &low : &high) = c < 0 ? middle + 1 : middle;
	}
	return 0;
}

static void
check_list(const json_t *list, bool of_learners, const struct round *r, char **complaint)
{
	const char *before = NULL;
	json_t *row;
	size_t n;

	if (!json_is_array(list))
		complain(complaint, "no list of prices");
	json_array_foreach(list, n, row)
	{
		const char *id = json_string_value(json_array_get(row, 0));

		if (json_array_size(row) != 2 || id == NULL ||
		    (of_learners ? find_learner(r, id) : find_posting(r, id)) == NONE ||
		    json_integer_value(json_array_get(row, 1)) <= 0 || (before != NULL && strcmp(before, id) >= 0)) {
			complain(complaint, "row %zu of the prices of %s", n, of_learners ? "learners" : "postings");
			return;
		}
		before = id;
	}
}

void
check_price_lists(const struct round *r, const json_t *prices, char **complaint)
{
	if (json_object_size(prices) != 2)
		complain(complaint, "prices are those of learners and postings");
	check_list(json_object_get(prices, "learners"), true, r, complaint);
	check_list(json_object_get(prices, "postings"), false, r, complaint);
}

/* What placing a participant is worth beyond her fit. Source: engine.h, ENGINE_REWARD. */
static int64_t
reward(const struct round *r, const struct assignment *a, int l)
{
	return (101 - (int64_t)a->level[l]) * (INT64_C(1000) * r->n + 1);
}

void
check_strangers(const struct round *r, const bool *member, const bool *offered, const json_t *prices, char **complaint)
{
	for (int l = 0; l < r->n; l++)
		if (!member[l] && price_of(json_object_get(prices, "learners"), r->learner[l].id) != 0)
			complain(complaint, "%s takes no part and has a price", r->learner[l].id);
	for (int p = 0; p < r->m; p++)
		if (!offered[p] && price_of(json_object_get(prices, "postings"), r->posting[p].id) != 0)
			complain(complaint, "%s takes no part and has a price", r->posting[p].id);
}

/*
 * A posting where no seat is left is open to nobody, so that any price would do; assign.h fixes it to what those who
 * are eligible there need.
 */
static int64_t
needed_price(const struct run *run, const struct assignment *a, int p, const json_t *learners)
{
	const struct round *r = run->r;
	int64_t need = 0;

	for (int l = 0; l < r->n && r->posting[p].assignable; l++) {
		int64_t over;

		if (a->level[l] == NONE || r->fit[cell(r, l, p)] == NONE)
			continue;
		over = reward(r, a, l) + r->fit[cell(r, l, p)] - price_of(learners, r->learner[l].id);
		need = over > need ? over : need;
	}
	return need;
}

void
check_prices(const struct run *run, const struct assignment *a, const int *assigned, const json_t *prices,
             char **complaint)
{
	const struct round *r = run->r;
	const json_t *learners = json_object_get(prices, "learners"), *postings = json_object_get(prices, "postings");
	int *left = room((size_t)r->m, sizeof *left);

	for (int p = 0; p < r->m; p++)
		left[p] = a->seats[p];
	for (int l = 0; l < r->n; l++) {
		int64_t u = price_of(learners, r->learner[l].id);

		if (assigned[l] != NONE)
			left[assigned[l]]--;
		else if (run->member[l] && u != 0)
			complain(complaint, "%s is not assigned and has a price", r->learner[l].id);
		for (int k = a->option_off[l]; k < a->option_off[l + 1]; k++) {
			const struct option *o = &a->option[k];
			int64_t over = u + price_of(postings, r->posting[o->posting].id) - reward(r, a, l) - o->fit;

			if (over < 0 || (over > 0 && assigned[l] == o->posting))
				complain(complaint, "prices of %s and %s are %lld %s", r->learner[l].id,
				         r->posting[o->posting].id, (long long)(over < 0 ? -over : over),
				         over < 0 ? "too low" : "too high");
		}
	}
	for (int p = 0; p < r->m; p++)
		if (run->offered[p] && left[p] > 0 && price_of(postings, r->posting[p].id) != 0)
			complain(complaint, "%s has a free seat and a price", r->posting[p].id);
		else if (run->offered[p] && a->seats[p] == 0 &&
		         price_of(postings, r->posting[p].id) != needed_price(run, a, p, learners))
			complain(complaint, "%s has no seat, and not the price that its rows of fit need",
			         r->posting[p].id);
	free(left);
}
