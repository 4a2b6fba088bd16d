/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of an instance (RFC 8785, every default written out), and its digest. */
#include <sodium.h>
#include <stdlib.h>

#include "engine/pages.h"
#include "instance.h"

enum { AHEAD = 32, FEW = 24 }; /* lines looked ahead; that are sorted by moving them */

/*
 * The employers' choices by posting again: tier by tier, in each by learner. Tier t of posting j is number base[j] + t
 * of all tiers, and holds learner[off[number]] .. learner[off[number + 1] - 1].
 */
struct turned {
	size_t *base, *off;
	int32_t *learner;
	uint64_t *line; /* room for one learner's list */
};

static void
turned_clear(struct turned *t)
{
	free(t->base);
	free(t->off);
	free(t->learner);
	free(t->line);
}

static int
turned_make(struct turned *t, const struct engine_instance *e)
{
	const struct engine_entry *c = e->choices.entry;
	size_t n = e->choices.off[e->n_learners], np = (size_t)e->n_postings, tiers;

	*t = (struct turned){ .base = pages_take(np + 1, sizeof *t->base), .line = pages_take(np, sizeof *t->line) };
	if (t->base == NULL || t->line == NULL)
		return -1;
	t->base[0] = 0;
	for (size_t j = 0; j < np; j++)
		t->base[j + 1] = t->base[j] + (size_t)e->posting_tiers[j];
	tiers = t->base[np];
	t->off = pages_zero(tiers + 2, sizeof *t->off);
	t->learner = pages_take(n, sizeof *t->learner);
	if (t->off == NULL || t->learner == NULL)
		return -1;
	/* Counted two places up and summed one place up, so that filling leaves each sum where it belongs. */
	for (size_t k = 0; k < n; k++)
		t->off[t->base[c[k].to] + (size_t)c[k].value + 2]++;
	for (size_t k = 2; k < tiers + 2; k++)
		t->off[k] += t->off[k - 1];
	for (int32_t i = 0; i < e->n_learners; i++)
		for (size_t k = e->choices.off[i]; k < e->choices.off[i + 1]; k++) {
			if (k + AHEAD < n)
				__builtin_prefetch(&t->off[t->base[c[k + AHEAD].to] + (size_t)c[k + AHEAD].value + 1],
				                   1);
			t->learner[t->off[t->base[c[k].to] + (size_t)c[k].value + 1]++] = i;
		}
	return 0;
}

/* Ids lie all over the memory, and are wanted in an order that it cannot foresee. */
static inline void
announce(const char **ids, int32_t soon, int32_t sooner)
{
	__builtin_prefetch(&ids[soon]);
	__builtin_prefetch(ids[sooner]);
}

static void
write_choices(struct json_out *o, const struct instance *in, const struct turned *t, int32_t j)
{
	size_t n = in->engine.choices.off[in->engine.n_learners];

	json_key(o, "ranking");
	json_open(o, '[');
	for (size_t tier = t->base[j]; tier < t->base[j + 1]; tier++) {
		json_open(o, '[');
		for (size_t k = t->off[tier]; k < t->off[tier + 1]; k++) {
			if (k + AHEAD < n)
				announce(in->learner_ids, t->learner[k + AHEAD], t->learner[k + AHEAD / 2]);
			json_text(o, in->learner_ids[t->learner[k]]);
		}
		json_close(o, ']');
	}
	json_close(o, ']');
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Each number holds a tier and, below it, a posting. Mostly in order already. */
static void
sort_lines(uint64_t *line, size_t n)
{
	if (n > FEW) {
		qsort(line, n, sizeof *line, by_number);
		return;
	}
	for (size_t k = 1; k < n; k++) {
		uint64_t moving = line[k];
		size_t to = k;

		for (; to > 0 && line[to - 1] > moving; to--)
			line[to] = line[to - 1];
		line[to] = moving;
	}
}

/* Her lines stand by fit within a tier; here by id. */
static void
write_ranking(struct json_out *o, const struct instance *in, const struct turned *t, int32_t i)
{
	const struct engine_rankings *r = &in->engine.rankings;
	size_t from = r->off[i], n = r->off[i + 1] - from, end = r->off[in->engine.n_learners];

	for (size_t k = from; k < from + n && k + AHEAD < end; k++)
		announce(in->posting_ids, r->line[k + AHEAD].posting, r->line[k + AHEAD / 2].posting);
	for (size_t k = 0; k < n; k++)
		t->line[k] = (uint64_t)in->ranking_tier[from + k] << 32 | (uint32_t)r->line[from + k].posting;
	sort_lines(t->line, n);
	json_key(o, "ranking");
	json_open(o, '[');
	for (size_t k = 0; k < n; k++) {
		if (k == 0 || t->line[k] >> 32 != t->line[k - 1] >> 32)
			json_open(o, '[');
		json_text(o, in->posting_ids[(uint32_t)t->line[k]]);
		if (k + 1 == n || t->line[k + 1] >> 32 != t->line[k] >> 32)
			json_close(o, ']');
	}
	json_close(o, ']');
}

static void
write_college(struct json_out *o, const struct instance *in, int32_t college)
{
	json_key(o, "college");
	json_text(o, college == ENGINE_NONE ? NULL : in->college_ids[college]);
}

static void
write_learner(struct json_out *o, const struct instance *in, const struct turned *t, int32_t i)
{
	const struct engine_instance *e = &in->engine;

	json_open(o, '{');
	json_key(o, "assignable");
	json_bool(o, e->learner_assignable[i]);
	write_college(o, in, e->learner_college[i]);
	json_key(o, "groups");
	json_open(o, '[');
	for (size_t k = e->groups.off[i]; k < e->groups.off[i + 1]; k++)
		json_text(o, in->group_ids[e->groups.entry[k].to]);
	json_close(o, ']');
	json_key(o, "id");
	json_text(o, in->learner_ids[i]);
	write_ranking(o, in, t, i);
	json_key(o, "tier");
	json_number(o, e->learner_need[i]);
	json_close(o, '}');
}

static void
write_reserves(struct json_out *o, const struct instance *in, int32_t j)
{
	const struct engine_rows *r = &in->engine.reserves;

	json_key(o, "reserve_order");
	json_text(o, in->engine.reserve_last[j] ? "last" : "first");
	json_key(o, "reserves");
	json_open(o, '[');
	for (size_t k = r->off[j]; k < r->off[j + 1]; k++) {
		json_open(o, '{');
		json_key(o, "group");
		json_text(o, in->group_ids[r->entry[k].to]);
		json_key(o, "seats");
		json_number(o, r->entry[k].value);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void
write_posting(struct json_out *o, const struct instance *in, const struct turned *t, int32_t j)
{
	const struct engine_instance *e = &in->engine;

	json_open(o, '{');
	json_key(o, "accepts_unranked");
	json_bool(o, e->accepts_unranked[j]);
	json_key(o, "assignable");
	json_bool(o, e->posting_assignable[j]);
	json_key(o, "capacity");
	json_number(o, e->capacity[j]);
	write_college(o, in, e->posting_college[j]);
	json_key(o, "id");
	json_text(o, in->posting_ids[j]);
	write_choices(o, in, t, j);
	write_reserves(o, in, j);
	json_close(o, '}');
}

static void
write_fit(struct json_out *o, const struct instance *in)
{
	const struct engine_rows *r = &in->engine.fit;
	size_t end = r->off[in->engine.n_learners];

	json_key(o, "fit");
	json_open(o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
			if (k + AHEAD < end)
				announce(in->posting_ids, r->entry[k + AHEAD].to, r->entry[k + AHEAD / 2].to);
			json_open(o, '[');
			json_text(o, in->learner_ids[i]);
			json_text(o, in->posting_ids[r->entry[k].to]);
			json_number(o, r->entry[k].value);
			json_close(o, ']');
		}
	json_close(o, ']');
}

static void
write_pairs(struct json_out *o, const struct instance *in, const char *key, const struct engine_pair *pairs, size_t n)
{
	json_key(o, key);
	json_open(o, '[');
	for (size_t k = 0; k < n; k++) {
		json_open(o, '[');
		json_text(o, in->learner_ids[pairs[k].learner]);
		json_text(o, in->posting_ids[pairs[k].posting]);
		json_close(o, ']');
	}
	json_close(o, ']');
}

int
instance_write(const struct instance *in, json_sink *sink, void *to)
{
	const struct engine_instance *e = &in->engine;
	struct json_out o;
	struct turned t;

	if (turned_make(&t, e) != 0) {
		turned_clear(&t);
		return -1;
	}
	json_out_init(&o, sink, to);
	json_open(&o, '{');
	write_fit(&o, in);
	write_pairs(&o, in, "fixed", e->fixed, e->n_fixed);
	json_key(&o, "guarantee");
	json_bool(&o, e->guarantee);
	write_pairs(&o, in, "held", e->held, e->n_held);
	json_key(&o, "learners");
	json_open(&o, '[');
	for (int32_t i = 0; i < e->n_learners; i++)
		write_learner(&o, in, &t, i);
	json_close(&o, ']');
	json_key(&o, "postings");
	json_open(&o, '[');
	for (int32_t j = 0; j < e->n_postings; j++)
		write_posting(&o, in, &t, j);
	json_close(&o, ']');
	json_key(&o, "seed");
	json_text(&o, in->seed);
	json_close(&o, '}');
	turned_clear(&t);
	return json_out_finish(&o);
}

static int
hash_sink(void *to, const char *bytes, size_t size)
{
	return crypto_generichash_update(to, (const unsigned char *)bytes, size);
}

void
instance_digest(const struct instance *in, char hex[2 * INSTANCE_DIGEST_SIZE + 1])
{
	crypto_generichash_state state;
	unsigned char hash[INSTANCE_DIGEST_SIZE];

	BUG_IF(crypto_generichash_init(&state, NULL, 0, sizeof hash) != 0 ||
	       instance_write(in, hash_sink, &state) != 0 || crypto_generichash_final(&state, hash, sizeof hash) != 0);
	sodium_bin2hex(hex, 2 * INSTANCE_DIGEST_SIZE + 1, hash, sizeof hash);
}
