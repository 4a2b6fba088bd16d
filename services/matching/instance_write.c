/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of an instance (RFC 8785, every default written out), and its digest. */
#include <sodium.h>
#include <stdlib.h>

#include "instance.h"

/* What stands in one tier is sorted by id; her own lines, by number, are better fit first. */
struct in_tier {
	int32_t tier, to;
};

static int
by_tier_and_number(const void *a, const void *b)
{
	const struct in_tier *x = a, *y = b;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static void
write_tiers(struct json_out *o, struct in_tier *list, size_t n, const char **ids)
{
	if (n > 1)
		qsort(list, n, sizeof *list, by_tier_and_number);
	json_key(o, "ranking");
	json_open(o, '[');
	for (size_t k = 0; k < n; k++) {
		if (k == 0 || list[k].tier != list[k - 1].tier)
			json_open(o, '[');
		json_text(o, ids[list[k].to]);
		if (k + 1 == n || list[k + 1].tier != list[k].tier)
			json_close(o, ']');
	}
	json_close(o, ']');
}

/* Room for the longest list, and the employers' choices by posting again. */
struct turned {
	size_t *off;
	struct in_tier *choices, *list;
};

static int
turned_make(struct turned *t, const struct instance *in)
{
	const struct engine_instance *e = &in->engine;
	size_t n = e->choices.off[e->n_learners];

	t->off = calloc((size_t)e->n_postings + 1, sizeof *t->off);
	t->choices = calloc(n + 1, sizeof *t->choices);
	t->list = calloc((size_t)e->n_postings + 1, sizeof *t->list);
	if (t->off == NULL || t->choices == NULL || t->list == NULL)
		return -1;
	for (size_t k = 0; k < n; k++)
		t->off[e->choices.entry[k].to + 1]++;
	for (int32_t j = 0; j < e->n_postings; j++)
		t->off[j + 1] += t->off[j];
	for (int32_t i = 0; i < e->n_learners; i++)
		for (size_t k = e->choices.off[i]; k < e->choices.off[i + 1]; k++) {
			const struct engine_entry *c = &e->choices.entry[k];

			t->choices[t->off[c->to]++] = (struct in_tier){ c->value, i };
		}
	for (int32_t j = e->n_postings; j > 0; j--)
		t->off[j] = t->off[j - 1];
	t->off[0] = 0;
	return 0;
}

static void
turned_clear(struct turned *t)
{
	free(t->off);
	free(t->choices);
	free(t->list);
}

static void
write_college(struct json_out *o, const struct instance *in, int32_t college)
{
	json_key(o, "college");
	json_text(o, college == ENGINE_NONE ? NULL : in->college_ids[college]);
}

static void
write_learner(struct json_out *o, const struct instance *in, struct turned *t, int32_t i)
{
	const struct engine_instance *e = &in->engine;
	size_t n = 0;

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
	for (size_t k = e->rankings.off[i]; k < e->rankings.off[i + 1]; k++)
		t->list[n++] = (struct in_tier){ in->ranking_tier[k], e->rankings.line[k].posting };
	write_tiers(o, t->list, n, in->posting_ids);
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
write_posting(struct json_out *o, const struct instance *in, struct turned *t, int32_t j)
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
	write_tiers(o, t->choices + t->off[j], t->off[j + 1] - t->off[j], in->learner_ids);
	write_reserves(o, in, j);
	json_close(o, '}');
}

static void
write_fit(struct json_out *o, const struct instance *in)
{
	const struct engine_rows *r = &in->engine.fit;

	json_key(o, "fit");
	json_open(o, '[');
	for (int32_t i = 0; i < in->engine.n_learners; i++)
		for (size_t k = r->off[i]; k < r->off[i + 1]; k++) {
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

	if (turned_make(&t, in) != 0) {
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
