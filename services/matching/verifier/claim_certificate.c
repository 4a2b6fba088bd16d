/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of an outcome: for the pool and for all solo runs the slots, cut-offs and prices (outcome.h). */
#include <string.h>

#include "verifier/reader.h"

/* ---- slots ------------------------------------------------------------------------------------------------------- */
struct posting_row {
	struct claim_run *run;
	bool solo;
	int32_t expected, posting; /* the posting that is certified next; n_postings: none */
	int32_t first_slot;
};

static bool
slot_endowed(struct reader *r, void *slot)
{
	return read_flag(r, &((struct claim_slot *)slot)->endowed);
}

static bool
slot_learner(struct reader *r, void *slot)
{
	return read_learner(r, ENGINE_NONE, &((struct claim_slot *)slot)->learner);
}

static bool
slot_reserve(struct reader *r, void *slot)
{
	return read_group(r, &((struct claim_slot *)slot)->kind); /* the group, until the posting is known */
}

static bool
read_slot(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "endowed", slot_endowed, false },
		                               { "learner", slot_learner, false },
		                               { "reserve", slot_reserve, false } };
	struct posting_row *row = to;
	struct claim_slot slot;

	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "slots", &slot))
		return false;
	if (row->run->slot_of[slot.learner] != ENGINE_NONE)
		return report_violation(r->report, row->solo ? REPORT_ALONE : REPORT_POOL, "two_slots",
		                        "learner \"%s\" holds two slots", "l'élève « %s » occupe deux places",
		                        SHOWN(r->in->learner_ids[slot.learner]));
	row->run->slot_of[slot.learner] = r->n_slots;
	row->run->slots[r->n_slots++] = slot; /* nobody twice: never more than learners */
	return true;
}

static bool
posting_slots(struct reader *r, void *row)
{
	return read_list(r, read_slot, "slots", row);
}

/* ---- cut-offs ---------------------------------------------------------------------------------------------------- */
static bool
worst_fit(struct reader *r, void *to)
{
	int64_t fit;

	if (!read_count(r, &fit) || fit > ENGINE_MAX_FIT)
		return reader_refuse(r, "before this, a fit from 0 to 1000", "avant ceci, une convenance de 0 à 1000");
	((struct claim_cutoff *)to)->fit = (int32_t)fit;
	return true;
}

static bool
worst_tier(struct reader *r, void *to)
{
	int64_t tier;

	if (!read_count(r, &tier) || tier >= ENGINE_MAX_TIERS)
		return reader_refuse(r, "before this, a tier from 0 to 4194303", "avant ceci, un rang de 0 à 4194303");
	((struct claim_cutoff *)to)->tier = (int32_t)tier;
	return true;
}

static bool
worst_learner(struct reader *r, void *to)
{
	return read_learner(r, ENGINE_NONE, &((struct claim_cutoff *)to)->learner);
}

static bool
worst_lottery(struct reader *r, void *to)
{
	static const char HEX[] = "0123456789abcdef";
	struct claim_cutoff *c = to;
	const char *text, *digit;
	size_t size, k = 0;

	c->lottery = 0;
	if (!json_in_text(&r->json, &text, &size))
		return reader_refuse(r, "a lottery number", "un numéro de tirage");
	for (; size == 16 && k < size && (digit = memchr(HEX, text[k], 16)) != NULL; k++)
		c->lottery = c->lottery << 4 | (uint64_t)(digit - HEX);
	return k == 16 || reader_refuse(r, "before this, a lottery number of 16 hex digits",
	                                "avant ceci, un numéro de tirage de 16 chiffres hexadécimaux");
}

/* null, "closed", or the worst key. */
static bool
cutoff_cutoff(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "fit", worst_fit, false },
		                               { "learner", worst_learner, false },
		                               { "lottery", worst_lottery, false },
		                               { "tier", worst_tier, false } };
	static const char *const CLOSED[] = { "closed" };
	struct claim_cutoff *c = to;
	int word;

	*c = (struct claim_cutoff){ CLAIM_FREE, ENGINE_NONE, 0, 0, 0 };
	switch (json_in_kind(&r->json)) {
	case JSON_NULL: return json_in_null(&r->json) || reader_refuse(r, "null", "null");
	case JSON_TEXT: c->state = CLAIM_CLOSED; return read_word(r, CLOSED, 1, &word);
	default: c->state = CLAIM_WORST; return read_object(r, FIELDS, COUNT_OF(FIELDS), "cutoff", c);
	}
}

static bool
cutoff_reserve(struct reader *r, void *to)
{
	struct claim_cutoff *c = to;

	return read_group(r, &r->cutoff_groups[c - r->cutoffs]);
}

static bool
read_cutoff(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "cutoff", cutoff_cutoff, false },
		                               { "reserve", cutoff_reserve, false } };

	(void)to;
	if (r->n_cutoffs == r->most_kinds)
		return reader_refuse(r, "fewer cut-offs", "moins de seuils");
	return read_object(r, FIELDS, COUNT_OF(FIELDS), "cutoffs", &r->cutoffs[r->n_cutoffs++]);
}

static bool
posting_cutoffs(struct reader *r, void *row)
{
	(void)row;
	return read_list(r, read_cutoff, "cutoffs", NULL);
}

/* ---- postings ---------------------------------------------------------------------------------------------------- */
static bool
posting_id(struct reader *r, void *to)
{
	struct posting_row *row = to;

	return read_posting(r, row->expected - 1, &row->posting);
}

/* From the groups that were read to the posting's kinds of slot. */
static bool
settle_kinds(struct reader *r, const struct posting_row *row)
{
	const struct engine_rows *reserves = &r->e->reserves;
	int32_t j = row->posting, n = (int32_t)(reserves->off[j + 1] - reserves->off[j]);
	bool sound = r->n_cutoffs == n + 1 && r->cutoff_groups[n] == ENGINE_NONE;

	for (int32_t k = 0; k < n; k++) {
		int32_t group = reserves->entry[reserves->off[j] + (size_t)k].to;

		r->kind_of_group[group] = k;
		sound = sound && r->cutoff_groups[k] == group;
	}
	for (int32_t s = row->first_slot; s < r->n_slots; s++) {
		int32_t *kind = &row->run->slots[s].kind;

		*kind = *kind == ENGINE_NONE ? n : r->kind_of_group[*kind];
		sound = sound && *kind != ENGINE_NONE;
	}
	for (int32_t k = 0; k < n; k++)
		r->kind_of_group[reserves->entry[reserves->off[j] + (size_t)k].to] = ENGINE_NONE;
	return sound ||
	       report_violation(
		   r->report, row->solo ? REPORT_ALONE : REPORT_POOL, "kinds",
		   "posting \"%s\" must list a cut-off for each of its reserves in their order, then for the open "
		   "slots, and "
		   "slots of those kinds alone",
		   "l'offre « %s » doit présenter un seuil par réserve dans leur ordre, puis pour les places "
		   "ouvertes, et des "
		   "places de ces seules sortes",
		   SHOWN(r->in->posting_ids[j]));
}

/* In the solo runs only postings with a college are certified. */
static int32_t
next_certified(const struct reader *r, bool solo, int32_t j)
{
	while (j < r->e->n_postings && solo && r->e->posting_college[j] == ENGINE_NONE)
		j++;
	return j;
}

static bool
wrong_posting(struct reader *r, const struct posting_row *row, const char *found)
{
	bool more = row->expected < r->e->n_postings;

	return report_violation(r->report, row->solo ? REPORT_ALONE : REPORT_POOL, "postings",
	                        "the certificate must list posting \"%s\" next, not \"%s\"",
	                        "le certificat doit présenter ensuite l'offre « %s », non « %s »",
	                        SHOWN(more ? r->in->posting_ids[row->expected] : "-"), SHOWN(found));
}

static bool
read_certified(struct reader *r, void *to)
{
	static const struct field FIELDS[] = { { "cutoffs", posting_cutoffs, false },
		                               { "posting", posting_id, false },
		                               { "slots", posting_slots, false } };
	struct posting_row *row = to;
	struct claim_run *run = row->run;

	r->n_cutoffs = 0;
	row->first_slot = r->n_slots;
	if (!read_object(r, FIELDS, COUNT_OF(FIELDS), "postings", row))
		return false;
	if (row->posting != row->expected)
		return wrong_posting(r, row, r->in->posting_ids[row->posting]);
	if (!settle_kinds(r, row))
		return false;
	memcpy(&run->cutoffs[CLAIM_KIND(r->e, row->posting, 0)], r->cutoffs, (size_t)r->n_cutoffs * sizeof *r->cutoffs);
	row->expected = next_certified(r, row->solo, row->posting + 1);
	for (int32_t j = row->posting; j < row->expected; j++)
		run->slot_off[j + 1] = r->n_slots;
	return true;
}

static bool
read_postings(struct reader *r, struct claim_run *run, bool solo)
{
	struct posting_row row = { .run = run, .solo = solo, .expected = next_certified(r, solo, 0) };

	r->n_slots = 0;
	if (!read_list(r, read_certified, "postings", &row))
		return false;
	return row.expected == r->e->n_postings || wrong_posting(r, &row, "-");
}

/* ---- prices ------------------------------------------------------------------------------------------------------ */
struct price_row {
	int32_t last;
	int64_t *prices;
};

static bool
read_price(struct reader *r, bool of_learner, struct price_row *row)
{
	const char *const *ids = of_learner ? r->in->learner_ids : r->in->posting_ids;
	int32_t number;
	int64_t price;

	if (!read_pair_begin(r))
		return false;
	if (!(of_learner ? read_learner(r, row->last, &number) : read_posting(r, row->last, &number)))
		return false;
	if (!read_pair_comma(r) || !read_count(r, &price) || !read_pair_end(r) ||
	    !read_in_order(r, "prices", ids, row->last, number))
		return false;
	if (price == 0)
		return report_violation(r->report, REPORT_WHOLE, "price_zero", "a price of 0 is listed for \"%s\"",
		                        "un prix de 0 est donné pour « %s »", SHOWN(ids[number]));
	row->last = number;
	row->prices[number] = price;
	return true;
}

static bool
read_learner_price(struct reader *r, void *row)
{
	return read_price(r, true, row);
}

static bool
read_posting_price(struct reader *r, void *row)
{
	return read_price(r, false, row);
}

static bool
prices_learners(struct reader *r, void *run)
{
	struct price_row row = { ENGINE_NONE, ((struct claim_run *)run)->learner_price };

	return read_list(r, read_learner_price, "prices", &row);
}

static bool
prices_postings(struct reader *r, void *run)
{
	struct price_row row = { ENGINE_NONE, ((struct claim_run *)run)->posting_price };

	return read_list(r, read_posting_price, "prices", &row);
}

static bool
read_prices(struct reader *r, void *run)
{
	static const struct field FIELDS[] = { { "learners", prices_learners, false },
		                               { "postings", prices_postings, false } };

	return read_object(r, FIELDS, COUNT_OF(FIELDS), "prices", run);
}

/* ---- the runs ---------------------------------------------------------------------------------------------------- */
static bool
pool_postings(struct reader *r, void *run)
{
	return read_postings(r, run, false);
}

static bool
alone_postings(struct reader *r, void *run)
{
	return read_postings(r, run, true);
}

static bool
certificate_alone(struct reader *r, void *claim)
{
	static const struct field FIELDS[] = { { "placements", read_placements, false },
		                               { "postings", alone_postings, false },
		                               { "prices", read_prices, false } };

	return read_object(r, FIELDS, COUNT_OF(FIELDS), "alone", &((struct claim *)claim)->alone);
}

static bool
certificate_pool(struct reader *r, void *claim)
{
	static const struct field FIELDS[] = { { "postings", pool_postings, false }, { "prices", read_prices, false } };

	return read_object(r, FIELDS, COUNT_OF(FIELDS), "pool", &((struct claim *)claim)->pool);
}

bool
read_certificate(struct reader *r, void *claim)
{
	static const struct field FIELDS[] = { { "alone", certificate_alone, false },
		                               { "pool", certificate_pool, false } };

	return read_object(r, FIELDS, COUNT_OF(FIELDS), "certificate", claim);
}
